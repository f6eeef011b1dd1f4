"""`# launchlint:` comments, by which a file speaks to the linter."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from launchlint.model.source import Format

from .records import Comment

_MARK = "launchlint:"
_SPEAKS = re.compile(r"(?:#|//)\s*launchlint:\s*(.*)", re.DOTALL)
_SLASHES = frozenset({Format.HCL, Format.JSON, Format.TEXT})
_LINE_END = re.compile(r"\r\n|\r|\n")
# A quote opens a string only where a value can begin: there are apostrophes in plain text.
_BEFORE_VALUE = frozenset(" \t=:,[{(")


def python_comments(text: str) -> tuple[Comment, ...]:
    """The comments of a Python module; by lines when it cannot be tokenized."""
    if _MARK not in text:
        return ()
    found: list[Comment] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                found.extend(_speaking(token.string, line, column, not token.line[:column].strip()))
    except (tokenize.TokenError, SyntaxError, RecursionError):
        return line_comments(text, Format.PYTHON)
    return tuple(found)


def line_comments(text: str, of: Format) -> tuple[Comment, ...]:
    """The comments of a file in which a comment ends with its line: after `#`, and in HCL and JSON also after `//`."""
    if _MARK not in text:
        return ()
    found: list[Comment] = []
    for number, line in enumerate(_LINE_END.split(text), 1):
        if _MARK in line:
            column = _comment_start(line, of in _SLASHES)
            if column is not None:
                found.extend(_speaking(line[column:], number, column, not line[:column].strip()))
    return tuple(found)


def _speaking(comment: str, line: int, column: int, alone: bool) -> Iterator[Comment]:
    """The part of a comment that speaks to the linter: all of it, or what follows another tool's words. `column` counts from 0."""
    match = _SPEAKS.search(comment)
    if match is not None:
        yield Comment(match[1].strip(), line, column + match.start() + 1, alone)


def _comment_start(line: str, slashes: bool) -> int | None:
    """The 0-based column at which a comment starts outside of quotes."""
    quote = ""
    column = 0
    while column < len(line):
        char = line[column]
        before = line[column - 1] if column else " "
        if quote:
            if char == "\\" and quote == '"':
                column += 1
            elif char == quote:
                quote = ""
        elif char in "\"'" and before in _BEFORE_VALUE:
            quote = char
        elif (char == "#" or (slashes and line.startswith("//", column))) and (before.isspace() or before in "\"'])};,"):
            return column
        column += 1
    return None
