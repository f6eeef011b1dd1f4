"""Comments by which a file speaks to the linter."""

import pytest

from launchlint.model.source import Format
from launchlint.syntax.comments import line_comments, python_comments
from launchlint.syntax.records import Comment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\n", ()),
        ("x = 1  # launchlint: ignore[a-b] why\n", (Comment("ignore[a-b] why", 1, 8, False),)),
        ("# launchlint: ignore[a]\nx = 1\n", (Comment("ignore[a]", 1, 1, True),)),
        ("if x:\n\t#launchlint:ignore[a]  \n\ty\n", (Comment("ignore[a]", 2, 2, True),)),
        ("x = '\U0001f680'  # launchlint: a\r\ny  # launchlint: b\r\n", (Comment("a", 1, 10, False), Comment("b", 2, 4, False))),
        ("x = 1  # noqa: E501  # launchlint: a\n", (Comment("a", 1, 22, False),)),
        ("'# launchlint: no'\n'''\n# launchlint: no\n'''\n", ()),
        ("# a launchlint: no\n# my-launchlint: no\n", ()),
        ("x = 'it''s'  # launchlint: a", (Comment("a", 1, 14, False),)),
        ("# launchlint:\n", (Comment("", 1, 1, True),)),
        ("x = (  # launchlint: a\n", (Comment("a", 1, 8, False),)),
        ("print 'x'  # launchlint: a\n", (Comment("a", 1, 12, False),)),
    ],
)
def test_python(text: str, expected: tuple[Comment, ...]) -> None:
    assert python_comments(text) == expected


@pytest.mark.parametrize(
    ("text", "of", "expected"),
    [
        ("a: 1  # launchlint: x\n", Format.YAML, [(1, 7, False)]),
        ("# launchlint: x\na: 1\n", Format.YAML, [(1, 1, True)]),
        ("a: \"b # launchlint: x\"\nb: 'c # launchlint: x'\n", Format.YAML, []),
        ('a: "b \\" # launchlint: x" # launchlint: y\n', Format.YAML, [(1, 27, False)]),
        ("a: don't  # launchlint: x\n", Format.YAML, [(1, 11, False)]),
        ("a: b#launchlint: x\n", Format.YAML, []),
        ("a: b//launchlint: x\n", Format.YAML, []),
        ("FROM x\n# launchlint: x\n", Format.DOCKERFILE, [(2, 1, True)]),
        ('a = "b" # launchlint: x\n', Format.TOML, [(1, 9, False)]),
        ('a = "b"# launchlint: x\n', Format.TOML, [(1, 8, False)]),
        ("A=b # launchlint: x\n", Format.DOTENV, [(1, 5, False)]),
        ('a = 1 // launchlint: x\nb = "http://x" # launchlint: y\n', Format.HCL, [(1, 7, False), (2, 16, False)]),
        ('{"a": "// launchlint: x"} // launchlint: y', Format.JSON, [(1, 27, False)]),
        ("listen 80; # launchlint: x\r\n\t# launchlint: y\r\n", Format.NGINX, [(1, 12, False), (2, 2, True)]),
    ],
)
def test_other_formats(text: str, of: Format, expected: list[tuple[int, int, bool]]) -> None:
    assert [(c.line, c.column, c.alone) for c in line_comments(text, of)] == expected
