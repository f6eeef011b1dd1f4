"""Python source from bytes to a tree."""

import ast
import contextlib
import sys
import warnings

import pytest

from launchlint.documents.errors import Unreadable
from launchlint.documents.python import MAX_BYTES, decode, line_count, parse, parse_annotation, parse_text

ROCKET = "\N{ROCKET}"


def why(data: bytes) -> tuple[str, int | None]:
    with pytest.raises(Unreadable) as caught:
        parse(data)
    return caught.value.why, caught.value.line


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("# -*- coding: latin-1 -*-\nx = '\xe9'\n".encode("latin-1"), "# -*- coding: latin-1 -*-\nx = '\xe9'\n"),
        ("#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nx = '\u20ac'\n".encode("cp1252"), None),
        (b"", ""),
    ],
)
def test_encodings(data: bytes, text: str | None) -> None:
    tree, got = parse(data)
    assert isinstance(tree, ast.Module)
    assert got == (text if text is not None else data.decode("cp1252"))


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"x = 1\ny = '\0'\n", "holds NUL bytes", 2),
        ("x = 1\n".encode("utf-16"), "holds NUL bytes", 1),
        (b"x = 1\ny = '\xff'\n", "not valid UTF-8", None),
        (b"# coding: nonsense\n", "unknown encoding", None),
        (b"# coding: punycode\nx = 1\n", "encoding punycode", 1),
        (b"# coding: rot13\nx = 1\n", "encoding cannot be decoded", 1),
        (b"# coding: ascii\n\nx = '\xe9'\n", "not valid ASCII", 3),
        (b"x" * (MAX_BYTES + 1), "larger than 4 MiB", None),
        (b"x = 1\nprint 'hello'\n", "not valid Python", 2),
        (b"{% if x %}\n", "not valid Python", 1),
        (b"def f(:\n  pass", "not valid Python", 1),
        (b"x = '" + b"a" * 10 + b"\n", "not valid Python", 1),
        (b"if x:\n\ty\n        z\n", "not valid Python", 3),
    ],
)
def test_unreadable(data: bytes, reason: str, line: int | None) -> None:
    found, at = why(data)
    assert reason in found
    assert len(found) < 200
    assert "\n" not in found
    assert line is None or at == line


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 50000 + "1",
        "x = a" + " + a" * 100000,
        "x = a" + ".b" * 100000,
        "x = " + "lambda: " * 20000 + "1",
        "x = " + "not " * 20000 + "1",
        "type X = int\nx = " + "-" * 20000 + "1\n",
        "type X = int\nx = a" + " + a" * 20000 + "\n",
        "type X = int\nx = (a" + "\n+ a" * 20000 + ")\n",
        "type X = int\nif a:\n  pass\n" + "elif b:\n  pass\n" * 20000,
        "type X = int\nx = " + "lambda a, b: " * 20000 + "1\n",
        "type X = int\n" + "".join(" " * n + "if x:\n" for n in range(99)) + " " * 99 + "x\n",
    ],
    ids=range(12),
)
def test_depth_is_unreadable_and_no_crash(text: str) -> None:
    found, _ = why(text.encode())
    assert "deep" in found or "not valid Python" in found


def test_no_warning_reaches_the_user() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parse_text("x = '\\d'\nassert (1, 'x')\ny = 1 if 1is 1 else 0\n")


def columns(text: str) -> dict[str, tuple[int, int, int, int]]:
    """The position of each name and called name."""
    return {n.id: (n.lineno, n.col_offset, n.end_lineno or 0, n.end_col_offset or 0) for n in ast.walk(parse_text(text)) if isinstance(n, ast.Name)}


def test_columns_count_code_points() -> None:
    assert columns(f"x = '{ROCKET}'; yy = 1\nzz = 2\n") == {"x": (1, 0, 1, 1), "yy": (1, 9, 1, 11), "zz": (2, 0, 2, 2)}
    assert columns("\u4e2d\u6587 = one('\xe9', two)")["two"] == (1, 14, 1, 17)
    assert columns(f"'''{ROCKET}\n{ROCKET}''' + after")["after"] == (2, 7, 2, 12)
    assert columns("\tx = '\xe9' + y".lstrip() + f"\r\nif '{ROCKET}':\r\n\tz\r\n")["z"] == (3, 1, 3, 2)


def test_columns_of_decorators_before_a_plain_definition() -> None:
    text = "@deco('\xe9', arg)\ndef f():\n    '\xe9'; inner\n    return plain\n"
    found = columns(text)
    lines = text.split("\n")
    for name, (line, start, end_line, end) in found.items():
        assert line == end_line
        assert lines[line - 1][start:end] == name


def test_a_blank_that_no_line_ends_with() -> None:
    # Only \n, \r\n and \r end a line for Python; editors' other separators stand inside of one.
    text = "x = 'a\u2028b'\ny = '\x0c\x1c'; z = 1\n"
    assert columns(text)["z"] == (2, 10, 2, 11)
    assert line_count(text) == 2


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("x", 1), ("x\n", 1), ("x\ny", 2), ("x\r\ny\r\n", 2), ("x\ry", 2), ("\n", 1)])
def test_line_count(text: str, lines: int) -> None:
    assert line_count(text) == lines


def test_await_outside_of_a_function() -> None:
    assert isinstance(parse_text("await x()").body[0], ast.Expr)


def test_annotations() -> None:
    assert ast.dump(parse_annotation(" Optional[Foo] ") or ast.Constant(0)) == ast.dump(ast.parse("Optional[Foo]", mode="eval").body)
    assert parse_annotation("not an annotation") is None
    assert parse_annotation("x\0") is None


# ---------------------------------------------------------------- newer syntax

NEWER = {
    "type parameters": ("def f[T: int, *Ts, **P](x: T) -> T:\n    return call(x)\n", "def f(x: T) -> T:\n    return call(x)\n"),
    "over lines": ("class A[\n    T,  # why\n    U,\n](Base):\n    x = call()\n", "class A(\n    Base):\n    x = call()\n"),
    "of a class without bases": ("class A[T]: x = call()\n", "class A: x = call()\n"),
    "defaults": ("class A[T = int]: x = call()\n", "class A: x = call()\n"),
    "alias": ("if x:\n    type X[T] = list[T]\n", "if x:\n    X = list[T]\n"),
    "alias over lines": ("type X[\n  T\n] = list[T]\n", "X = list[T]\n"),
    "except": ("try:\n    f()\nexcept A, B:\n    g()\n", "try:\n    f()\nexcept (A, B):\n    g()\n"),
    "except star": ("try:\n    f()\nexcept* A, B:\n    g()\n", "try:\n    f()\nexcept* (A, B):\n    g()\n"),
    "same quotes": ('x = f"{d["a"]} {call("b")}"\n', "x = f\"{d['a']} {call('b')}\"\n"),
    "nested f-strings": ("x = f'{f'{call(1)}'}'\n", "x = f'{f\"{call(1)}\"}'\n"),
    "line end in a field": ("x = f'{\n  call(1)\n}'\n", "x = f'''{\n  call(1)\n}'''\n"),
    "backslash": ("x = f\"{'\\n'.join(call(y))}!\"\n", "x = f\"{'  '.join(call(y))}!\"\n"),
    "template": ("x = t'{call(1)} and'\n", "x = f'{call(1)} and'\n"),
    "raw template": ("x = rT'\\d{call(1)} and'\n", "x = rF'\\d{call(1)} and'\n"),
    "lazy import": ("lazy import os.path\nlazy from a import b\n", "pass;import os.path\npass;from a import b\n"),
    "unpacking": (
        "x = [*a for a in call(b)]\ny = {*a for a in b}\nz = (*a for a in b)\n",
        "x = [a for a in call(b)]\ny = {a for a in b}\nz = (a for a in b)\n",
    ),
    "unpacking mappings": ("x = {**a for a in call(b)}\n", "x = {a for a in call(b)}\n"),
}


@pytest.mark.parametrize("name", NEWER)
def test_newer_syntax_is_respelled(name: str) -> None:
    newer, older = NEWER[name]
    assert ast.dump(without_type_params(parse_text(newer))) == ast.dump(parse_text(older))


@pytest.mark.parametrize("name", NEWER)
def test_newer_syntax_keeps_its_lines(name: str) -> None:
    text = "\n" + NEWER[name][0] + "\nafter = last(1)\n"
    [line] = [n.lineno for n in ast.walk(parse_text(text)) if isinstance(n, ast.Name) and n.id == "last"]
    assert text.split("\n")[line - 1] == "after = last(1)"


def without_type_params(tree: ast.Module) -> ast.Module:
    """The tree as an older grammar has it, for interpreters that know the newer one."""
    if sys.version_info >= (3, 12):
        pytest.skip("this Python reads it itself")
    return tree


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it itself")
def test_newer_syntax_keeps_columns_where_it_can() -> None:
    text = "def f[T](x): return aa\ntype X = bb\nexcept_ = 1\nlazy import q; cc\ny = [*d for d in dd]\nz = '\N{ROCKET}'; ee\n"
    for name, (line, start, _, end) in columns(text).items():
        if len(name) == 2:
            assert text.split("\n")[line - 1][start:end] == name


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it itself")
def test_an_f_string_without_an_older_spelling_becomes_a_string_as_high() -> None:
    tree = parse_text("x = f'{call(  # why\n  1)}' f'{y}'\nz = 1\n")
    assert [type(n).__name__ for n in tree.body] == ["Assign", "Assign"]
    assert tree.body[1].lineno == 3
    assert any(isinstance(n, ast.Name) and n.id == "y" for n in ast.walk(tree))


def test_decode_never_raises_anything_else() -> None:
    read = 0
    for first in range(256):
        for rest in (b"", b"\n", b"# coding: utf-16\n", b"# coding: utf-7\n+AGE"):
            with contextlib.suppress(Unreadable):
                decode(bytes([first]) + rest)
                read += 1
    assert 128 < read < 1024
