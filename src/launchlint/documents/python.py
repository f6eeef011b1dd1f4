"""Python source: from bytes to a syntax tree whose columns count code points.

What the running interpreter does not accept because it is newer than it is rewritten to an older spelling (`lowering.py`), line by line.
"""

from __future__ import annotations

import ast
import codecs
import re
import sys
import tokenize
import warnings
from bisect import bisect_left
from io import BytesIO
from typing import Any

from launchlint.documents.errors import Unreadable

MAX_BYTES = 4 * 1024 * 1024
"""A larger file is data that happens to be spelled as Python."""

DEEP = "nested too deeply"

_LINE_END = re.compile(r"\r\n|\r|\n")
# Codecs that tokenize accepts and that are no encodings of source text; decoding punycode takes quadratic time.
_NO_SOURCE = frozenset({"idna", "punycode", "undefined", "raw-unicode-escape", "unicode-escape"})


def parse(data: bytes) -> tuple[ast.Module, str]:
    """The tree and the text of a module. Raises Unreadable, and nothing else."""
    text = decode(data)
    return parse_text(text), text


def decode(data: bytes) -> str:
    """The text of a module, after its byte order mark or coding comment (PEP 263). Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"larger than {MAX_BYTES // (1024 * 1024)} MiB")
    if b"\0" in data:
        raise Unreadable("holds NUL bytes", data.count(b"\n", 0, data.index(b"\0")) + 1)
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        name = codecs.lookup(encoding).name
        if name in _NO_SOURCE:
            raise Unreadable(f"encoding {name} is not one of source text", 1)
        return data.decode(encoding)
    except SyntaxError as error:
        raise Unreadable(_undecodable(str(error)), None) from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"not valid {error.encoding.upper()}", data.count(b"\n", 0, error.start) + 1) from None
    except (LookupError, ValueError):
        raise Unreadable("encoding cannot be decoded", 1) from None


def parse_text(text: str) -> ast.Module:
    """The tree of a module's text, which may use `await` outside of a function. Raises Unreadable, and nothing else."""
    try:
        tree = _parse(text)
    except SyntaxError as error:
        tree, text = _parse_newer(text, error)
    if not text.isascii():
        _count_code_points(tree, text)
    return tree


def parse_annotation(text: str) -> ast.expr | None:
    """The expression in a string annotation, None when there is none. Its positions are meaningless."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def line_count(text: str) -> int:
    """How many lines a text has, as Python counts them."""
    ends = text.count("\n") if "\r" not in text else sum(1 for _ in _LINE_END.finditer(text))
    return ends + (not text.endswith(("\n", "\r")) and text != "")


def _parse(text: str) -> ast.Module:
    """ast.parse without warnings. Raises SyntaxError for what is not Python here, and Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (RecursionError, MemoryError):
        raise Unreadable(DEEP) from None
    except SyntaxError as error:
        if error.msg.startswith("too many nested") or error.msg == "too many levels of indentation":
            raise Unreadable(DEEP, error.lineno) from None
        raise
    except ValueError:
        raise Unreadable("holds characters that no source text holds") from None


def _parse_newer(text: str, error: SyntaxError) -> tuple[ast.Module, str]:
    """The tree of text that the running Python refuses, and the text it was made from."""
    from launchlint.documents.lowering import lower

    running = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    lowered = lower(text)
    if lowered is None:
        raise Unreadable(f"not valid {running} ({error.msg})", error.lineno) from None
    try:
        return _parse(lowered), lowered
    except SyntaxError as second:
        raise Unreadable(f"syntax newer than {running} ({second.msg})", second.lineno) from None


def _count_code_points(tree: ast.Module, text: str) -> None:
    """Rewrite the columns of all nodes, which `ast` counts in UTF-8 bytes, to code points. Only nodes around a line that is not ASCII are looked at."""
    wide = {number: line.encode("utf-8", "replace") for number, line in enumerate(_LINE_END.split(text), 1) if not line.isascii()}
    numbers = [*wide, sys.maxsize]
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        first = getattr(node, "lineno", None)
        if first is not None:
            last = node.end_lineno
            if numbers[bisect_left(numbers, first)] > last:
                # The decorators of a definition stand before its first line.
                stack.extend(getattr(node, "decorator_list", ()))
                continue
            if first in wide:
                node.col_offset = _code_points(wide[first], node.col_offset)
            if last in wide:
                node.end_col_offset = _code_points(wide[last], node.end_col_offset)
        stack.extend(ast.iter_child_nodes(node))


def _code_points(line: bytes, offset: int) -> int:
    return len(line[:offset].decode("utf-8", "replace"))


def _undecodable(message: str) -> str:
    return "unknown encoding" if "unknown encoding" in message else "not valid UTF-8 and no encoding declared"
