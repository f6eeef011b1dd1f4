"""Fingerprints that survive edits elsewhere in the file: no line number goes in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from launchlint.model.source import Place

from .text import SourceText

_DEFINITION = re.compile(r"([ \t]*)(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_MAX_LINES = 20


class Fingerprints:
    """Hands out fingerprints for the findings of one run, which must be asked for in the order of their places."""

    def __init__(self, sources: SourceText) -> None:
        self._sources = sources
        self._seen: Counter[str] = Counter()

    def next(self, rule: str, place: Place) -> str:
        """32 hex digits over rule, path, the text of the flagged lines without its layout, the definition around it and the number of the occurrence."""
        lines = self._sources.lines(place.path, place.cell)
        first = place.span.line - 1
        last = min(place.span.end_line, place.span.line + _MAX_LINES)
        flagged = "".join("".join(line.split()) for line in lines[first:last])
        parts = (rule, place.path, flagged, enclosing(lines, first))
        key = "\0".join(parts)
        self._seen[key] += 1
        return _digest((*parts, str(self._seen[key])))


def enclosing(lines: Iterable[str], index: int) -> str:
    """The dotted names of the `def` and `class` lines around line `index` (0-based), by indentation.

    Read from the text and not from the syntax tree, because a file is not parsed in every read and the fingerprint must not depend on that.
    """
    before = list(lines)[: index + 1]
    if not before:
        return ""
    names: list[str] = []
    limit = _indent(before[-1]) if before[-1].strip() else 1 << 30
    for line in reversed(before[:-1]):
        if limit == 0:
            break
        if not line.strip() or line.lstrip().startswith("#") or _indent(line) >= limit:
            continue
        if match := _DEFINITION.match(line):
            names.append(match[2])
        # A line further left closes the suite, whatever it is; only text in a string could mislead, and then it does so always.
        limit = _indent(line)
    return ".".join(reversed(names))


def _indent(line: str) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def _digest(parts: Iterable[str]) -> str:
    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(b"%d:" % len(data) + data)
    return state.hexdigest()
