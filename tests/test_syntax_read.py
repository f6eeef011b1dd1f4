"""Reading Python files: whatever stands in them, nothing but an answer comes back."""

import json
import random
import sysconfig
from pathlib import Path

import pytest

from launchlint.model.source import Format, PathClass, SourceFile
from launchlint.syntax.pack import pack, unpack
from launchlint.syntax.read import read_python
from launchlint.syntax.records import Comment

STDLIB = Path(sysconfig.get_path("stdlib"))


def source(of: Format = Format.PYTHON) -> SourceFile:
    return SourceFile("a.py", "/a.py", of, PathClass.PROD, 0)


def test_a_module() -> None:
    module, comments, unread = read_python(source(), b"import a\n\nx = a.b(1)  # launchlint: ignore[c] d\n")
    assert module is not None
    assert (module.header.lines, module.header.cells, module.header.scopes[0].callees) == (3, (), ("a.b",))
    assert comments == (Comment("ignore[c] d", 3, 13, False),)
    assert unread is None


def test_a_module_that_is_no_python_still_has_comments() -> None:
    module, comments, unread = read_python(source(), b"print 'a'  # launchlint: ignore[b] c\n")
    assert module is None
    assert comments == (Comment("ignore[b] c", 1, 12, False),)
    assert unread is not None
    assert (unread.path, unread.line) == ("a.py", 1)
    assert "not valid Python" in unread.why


def test_an_undecodable_module() -> None:
    module, comments, unread = read_python(source(), b"x = '\xff'")
    assert (module, comments) == (None, ())
    assert unread is not None
    assert unread.why == "not valid UTF-8 and no encoding declared"


def test_what_is_too_deep_to_walk() -> None:
    module, _, unread = read_python(source(), b"x = a" + b".b()" * 700)
    assert module is None
    assert unread is not None
    assert "deep" in unread.why


def test_a_notebook_with_a_bad_cell() -> None:
    cells = ["import a\n", "print 'x'", "y = a.b()  # launchlint: ignore[c] d"]
    data = json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode()
    module, comments, unread = read_python(source(Format.NOTEBOOK), data)
    assert module is not None
    assert (module.header.cells, module.header.lines, module.header.scopes[0].callees) == ((1, 2, 3), 3, ("a.b",))
    assert comments == (Comment("ignore[c] d", 3, 12, False),)
    assert unread is not None
    assert unread.why.startswith("cell 2: line 1: not valid Python")


def test_many_bad_cells_are_counted() -> None:
    data = json.dumps({"cells": [{"cell_type": "code", "source": "1 +"}] * 30}).encode()
    _, _, unread = read_python(source(Format.NOTEBOOK), data)
    assert unread is not None
    assert unread.why.endswith("; 25 more cells")


def sample() -> list[Path]:
    """A fixed part of the standard library, and all of its files that are wrong on purpose."""
    files = sorted(path for path in STDLIB.rglob("*.py") if "site-packages" not in path.parts and path.stat().st_size < 100_000)
    odd = [path for path in files if "bad" in path.name or "data" in path.parent.name or path.name.startswith(("py2_", "test_grammar", "test_patma"))]
    return sorted({*random.Random(11).sample(files, min(80, len(files))), *odd})


def test_the_standard_library() -> None:
    unread_files = []
    calls = 0
    for path in sample():
        module, _, unread = read_python(source(), path.read_bytes())
        if module is None:
            assert unread is not None
            assert unread.why
            unread_files.append(path.name)
            continue
        assert unread is None
        for header, packed in zip(module.header.scopes, module.bodies, strict=True):
            body = unpack(packed)
            calls += len(body.calls)
            assert unpack(pack(body)) == body
            assert [call.id for call in body.calls] == list(range(len(body.calls)))
            assert [block.id for block in body.blocks] == list(range(len(body.blocks)))
            assert all(block.parent < block.id for block in body.blocks[1:])
            for events in (body.calls, body.binds, body.blocks, body.exits):
                orders = [event.order for event in events]
                assert orders == sorted(orders)
                assert all(0 <= event.block < len(body.blocks) for event in events if not hasattr(event, "group"))
            assert header.id == 0 or header.parent < header.id
    assert calls > 5000
    assert all("bad" in name or name in {"bom.py", "crlf.py", "different_encoding.py", "false_encoding.py", "py2_test_grammar.py"} for name in unread_files)


@pytest.mark.parametrize("of", [Format.PYTHON, Format.NOTEBOOK])
def test_damaged_files(of: Format) -> None:
    text = "type X[T] = f'{a['b']}'\nasync def f(x: 'int' = 1):\n    async with g() as (a, b): yield [*c for c in d]\n"
    text += "    match x:\n        case {'k': [1, *r]}: return\n"
    data = json.dumps({"cells": [{"cell_type": "code", "source": text}]}).encode() if of is Format.NOTEBOOK else text.encode()
    dice = random.Random(5)
    answers = 0
    for _ in range(400):
        damaged = bytearray(data)
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(len(damaged))
            if dice.random() < 0.5:
                damaged[at] = dice.randrange(256)
            else:
                del damaged[at : at + dice.randrange(1, 9)]
        module, _, unread = read_python(source(of), bytes(damaged))
        answers += module is not None
        assert module is not None or unread is not None
    assert answers > 0
