"""Python newer than the running interpreter, respelled so that `ast` accepts it.

libcst reads the newer grammar on every Python. Its tree says where the new spellings stand; the text is edited there and nowhere else, so that every line
keeps its number, and nearly every token its column.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from launchlint.documents.errors import Unreadable

if TYPE_CHECKING:
    import libcst
    from libcst.metadata import CodeRange

MAX_CHARACTERS = 1024 * 1024
"""libcst takes seconds for more."""

# libcst's native parser recurses on the machine's stack, which ends at some thousands of these.
_MAX_CHAIN = 500
_MAX_BRACKETS = 100
_MAX_INDENTS = 90
_MAX_ELIFS = 1000
_CHAINING = frozenset({"lambda", "not", "if", "else", "await", "and", "or", "in", "is", "for", "async", "yield", "from"})
_ESCAPE = re.compile(r"\\.")
_NOT_LINE_END = re.compile(r"[^\r\n]")
_LINE_END = re.compile(r"\r\n|\r|\n")


class _Edit(NamedTuple):
    """Text to put in the place of the characters from `start` up to but excluding `end`."""

    start: int
    end: int
    text: str


def lower(text: str) -> str | None:
    """The text respelled, None when it is no Python of any version. Raises Unreadable for what is too deep or too large to be tried."""
    if len(text) > MAX_CHARACTERS:
        return None
    _refuse_depth(text)
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider

    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        positions = wrapper.resolve(PositionProvider)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        # Besides ParserSyntaxError these are internal errors, and panics of the native part, which are no Exception.
        return None
    return _apply(text, sorted(_edits(wrapper.module, _Place(text, positions))))


def _apply(text: str, edits: list[_Edit]) -> str:
    parts: list[str] = []
    at = 0
    for edit in edits:
        if edit.start >= at:
            parts += (text[at : edit.start], edit.text)
            at = edit.end
    return "".join(parts) + text[at:]


def _refuse_depth(text: str) -> None:
    """Raise Unreadable for nesting at which a native parser may overflow its stack. Commas and statements end a chain; strings are single tokens."""
    chain = brackets = indents = elifs = lambdas = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            kind, word = token.type, token.string
            if kind == tokenize.NEWLINE:
                chain = lambdas = 0
            elif kind == tokenize.INDENT:
                indents += 1
            elif kind == tokenize.DEDENT:
                indents -= 1
            elif kind == tokenize.OP:
                brackets += (word in "([{") - (word in ")]}")
                chain = 0 if word == "," else chain + 1
            elif kind == tokenize.NAME and word in _CHAINING:
                chain += 1
                lambdas += word == "lambda"
            elif kind == tokenize.NAME and word == "elif":
                elifs += 1
            if chain > _MAX_CHAIN or lambdas > _MAX_CHAIN or brackets > _MAX_BRACKETS or indents > _MAX_INDENTS or elifs > _MAX_ELIFS:
                raise Unreadable("nested too deeply", token.start[0])
    except (tokenize.TokenError, SyntaxError):
        # It ends in the middle of something, or its indentation is wrong: the parser will say so before it goes deeper than what was seen.
        return


# ---------------------------------------------------------------- the edits


class _Place:
    """Where nodes stand in the text, as offsets."""

    def __init__(self, text: str, positions: Mapping[libcst.CSTNode, CodeRange]) -> None:
        self.text = text
        self.positions = positions
        # A lone carriage return ends a line too, for Python and for libcst.
        self.starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def span(self, node: libcst.CSTNode) -> tuple[int, int]:
        """The offsets of a node's first character and of the one after its last."""
        found = self.positions[node]
        return self.starts[found.start.line - 1] + found.start.column, self.starts[found.end.line - 1] + found.end.column


def _edits(tree: libcst.Module, place: _Place) -> Iterator[_Edit]:
    import libcst as cst

    text = place.text
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, cst.FormattedString | cst.TemplatedString):
            edit = _formatted(node, place)
            if edit is not None:
                yield edit
            continue
        stack.extend(node.children)
        if isinstance(node, cst.TypeParameters):
            start, end = place.span(node)
            yield _Edit(start, end, _blank(text[start:end]))
        elif isinstance(node, cst.TypeAlias):
            if node.type_parameters is not None:
                stack.remove(node.type_parameters)
            start = place.span(node)[0]
            head = place.span(node.type_parameters or node.name)[1]
            yield _Edit(start, head, node.name.value + _blank(text[start:head])[len(node.name.value) :])
        elif isinstance(node, cst.ExceptHandler | cst.ExceptStarHandler):
            if isinstance(node.type, cst.Tuple) and not node.type.lpar:
                first, last = place.span(node.type)
                yield _Edit(first - (text[first - 1] == " "), first, "(")
                yield _Edit(last, last, ")")
        elif isinstance(node, cst.ListComp | cst.SetComp | cst.GeneratorExp):
            if isinstance(node.elt, cst.StarredElement):
                first = text.index("*", place.span(node.elt)[0])
                yield _Edit(first, first + 1, " ")
        elif isinstance(node, cst.StarredDictComp):
            first = text.index("**", place.span(node)[0])
            yield _Edit(first, first + 2, "  ")
        elif type(node).__name__ in {"LazyImport", "LazyImportFrom"}:
            start = place.span(node)[0]
            # As long as what it replaces, so that what follows keeps its column.
            yield _Edit(start, start + len("lazy "), "pass;")


def _blank(text: str) -> str:
    """Spaces for text, its line ends escaped."""
    return _LINE_END.sub(lambda end: "\\" + end.group(), _NOT_LINE_END.sub(" ", text))


def _formatted(node: Any, place: _Place) -> _Edit | None:
    """A spelling of an f-string that every Python reads; a string as high when there is none."""
    import libcst as cst

    start, end = place.span(node)
    code = place.text[start:end]
    if isinstance(node, cst.FormattedString) and _is_expression(code):
        return None
    body = list(code)
    stack: list[tuple[Any, bool]] = [(node, False)]
    while stack:
        inner, nested = stack.pop()
        if isinstance(inner, cst.TemplatedString):
            at = place.span(inner)[0] - start
            body[at : at + len(inner.prefix)] = inner.prefix.replace("t", "f").replace("T", "F")
        if nested and isinstance(inner, cst.SimpleString | cst.FormattedStringText | cst.TemplatedStringText):
            # No backslash may stand in a replacement field before Python 3.12.
            first, last = place.span(inner)
            body[first - start : last - start] = _ESCAPE.sub("  ", code[first - start : last - start])
        nested = nested or isinstance(inner, cst.FormattedStringExpression | cst.TemplatedStringExpression)
        stack.extend((child, nested) for child in inner.children)
    prefix = "".join(body[: len(node.prefix)])
    content = "".join(body[len(node.start) : len(body) - len(node.end)])
    for quote in (node.end, '"""', "'''"):
        candidate = f"{prefix}{quote}{content}{quote}"
        if _is_expression(candidate):
            return _Edit(start, end, candidate)
    line_ends = "".join(_LINE_END.findall(code))
    return _Edit(start, end, f'"""{line_ends}"""')


def _is_expression(code: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(f"({code})", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
