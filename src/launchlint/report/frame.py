"""Code frames: the flagged line with carets under the flagged columns."""

from __future__ import annotations

from collections.abc import Callable

from launchlint.engine.text import SourceText
from launchlint.model.source import Place

from .display import visible

_WIDTH = 140
_LEAD = 40
_TAB = 4


def frame(sources: SourceText, place: Place, gutter: int, paint: Callable[[str], str], dim: Callable[[str], str]) -> list[str]:
    """The line and its carets, with a line number in a gutter of `gutter` columns; nothing when the line cannot be had."""
    line = sources.line(place)
    if line is None:
        return []
    start = min(place.span.column - 1, len(line))
    end = len(line.rstrip()) if place.span.end_line > place.span.line else place.span.end_column - 1
    end = max(start + 1, min(end, len(line)))
    first = max(0, start - _LEAD) if len(line) > _WIDTH else 0
    last = min(len(line), first + _WIDTH)
    cells = [_shown(char) for char in line[first:last]]
    before = "".join(cells[: start - first])
    marked = "".join(cells[start - first : min(end, last) - first])
    cut = "…" if first else ""
    text = f"{cut}{''.join(cells)}{'…' if last < len(line) else ''}".rstrip()
    under = " " * (_width(before) + len(cut)) + paint("^" * max(1, _width(marked)))
    return [f"{dim(f'{place.span.line:>{gutter}} |')} {text}", f"{dim(' ' * gutter + ' |')} {under}"]


def _shown(char: str) -> str:
    return " " * _TAB if char == "\t" else visible(char)


def _width(text: str) -> int:
    """Columns of a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
