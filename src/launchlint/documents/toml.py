"""TOML: values by tomli, positions by a scan of the same text (tomli keeps none)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from launchlint.documents.errors import Unreadable
from launchlint.documents.positions import NODE_BUDGET, Lines
from launchlint.model.source import Span
from launchlint.syntax.files import Node

Route = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:[^\s,\]}#]*|[^\s,\]}#]+")
_KEY_PART = re.compile(r"[ \t]*(\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[\w-]+)[ \t]*")


class Entry(NamedTuple):
    """Where something stands: a key, a table or an item. `line` is the key's (a table's: its header's); `span` the value's, None for a table."""

    line: int
    span: Span | None


def load(text: str) -> dict[str, Any]:
    """The values. Raises Unreadable with the line."""
    import tomli

    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        # Older versions of tomli have the line only in the message.
        why = str(error)
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", why)
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        raise Unreadable(f"not TOML: {why[: found.start()] if found else why}", line) from error
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error


def index(text: str) -> dict[Route, Entry]:
    """Where every key, table and array item of a valid document stands."""
    return _Scan(text).run()


def nodes(text: str) -> tuple[Node, ...]:
    """The scalars of a document. Dates and times come as they are written. Raises Unreadable."""
    text = text.removeprefix("\ufeff")
    data = load(text)
    try:
        entries = index(text)
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    if len(entries) > NODE_BUDGET:
        raise Unreadable(f"more than {NODE_BUDGET} values")
    return tuple(_scalars(text, data, entries))


def _scalars(text: str, data: dict[str, Any], entries: dict[Route, Entry]) -> Iterator[Node]:
    source = text.split("\n")
    for route, (_, span) in entries.items():
        if span is None:
            continue
        value: Any = data
        for step in route:
            value = value[step]
        if isinstance(value, dict | list):
            continue
        if value is not None and not isinstance(value, str | int | float | bool):
            value = source[span.line - 1][span.column - 1 : span.end_column - 1]
        yield Node(route, value, source[span.line - 1][span.column - 1] in "\"'", span)


class _Scan:
    """One pass over a text that tomli accepted: it may trust the grammar and only keeps track of where it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)
        self.entries: dict[Route, Entry] = {}
        self.last: dict[Route, int] = {}

    def run(self) -> dict[Route, Entry]:
        table: Route = ()
        at = self.blank(0)
        while at < len(self.text):
            if self.text.startswith("[", at):
                table, at = self.header(at)
            else:
                at = self.pair(table, at)
            at = self.blank(at)
        return self.entries

    def blank(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def header(self, at: int) -> tuple[Route, int]:
        many = self.text.startswith("[[", at)
        parts, end = self.key(at + (2 if many else 1))
        route = self.resolve(parts[:-1])
        # A table may be headed inside an array of tables, and then belongs to the last one.
        route = (*route, parts[-1])
        if many:
            self.last[route] = self.last.get(route, -1) + 1
            route = (*route, self.last[route])
        self.entries.setdefault(route, Entry(self.lines.line(at), None))
        return route, end + (2 if many else 1)

    def resolve(self, parts: list[str]) -> Route:
        route: Route = ()
        for part in parts:
            route = (*route, part)
            if route in self.last:
                route = (*route, self.last[route])
        return route

    def key(self, at: int) -> tuple[list[str], int]:
        """A dotted key, and where what follows it starts."""
        parts: list[str] = []
        while found := _KEY_PART.match(self.text, at):
            raw = found[1]
            parts.append(_unquoted(raw) if raw[0] in "\"'" else raw)
            at = found.end()
            if not self.text.startswith(".", at):
                break
            at += 1
        return parts, at

    def pair(self, table: Route, at: int) -> int:
        line = self.lines.line(at)
        parts, end = self.key(at)
        if not parts:
            raise Unreadable("a key was expected", line)
        for depth in range(1, len(parts)):
            self.entries.setdefault((*table, *parts[:depth]), Entry(line, None))
        return self.value((*table, *parts), self.blank(end + 1), line)

    def value(self, route: Route, at: int, line: int) -> int:
        first = self.text[at : at + 1]
        if first == "[":
            end = self.array(route, at)
        elif first == "{":
            end = self.inline(route, at)
        else:
            found = _STRING.match(self.text, at) or _BARE.match(self.text, at)
            if found is None:
                raise Unreadable("a value was expected", line)
            end = found.end()
        self.entries[route] = Entry(line, self.lines.span(at, end))
        return end

    def array(self, route: Route, at: int) -> int:
        at = self.blank(at + 1)
        number = 0
        while not self.text.startswith("]", at):
            at = self.blank(self.value((*route, number), at, self.lines.line(at)))
            if self.text.startswith(",", at):
                at = self.blank(at + 1)
            number += 1
        return at + 1

    def inline(self, route: Route, at: int) -> int:
        at = self.blank(at + 1)
        while not self.text.startswith("}", at):
            at = self.blank(self.pair(route, at))
            if self.text.startswith(",", at):
                at = self.blank(at + 1)
        return at + 1


def _unquoted(key: str) -> str:
    if key[0] == "'" or "\\" not in key:
        return key[1:-1]
    return str(load(f"k = {key}")["k"])
