"""From offsets to lines and columns, and how much of a document is taken."""

from __future__ import annotations

from bisect import bisect_right

from launchlint.model.source import Span

NODE_BUDGET = 200_000
"""Nodes of one document. More is a data file, or an alias bomb, and not configuration."""


class Lines:
    """The lines of a text: offsets are 0-based code points, lines and columns 1-based. Only a line feed ends a line."""

    __slots__ = ("starts",)

    def __init__(self, text: str) -> None:
        self.starts = [0]
        at = text.find("\n")
        while at >= 0:
            self.starts.append(at + 1)
            at = text.find("\n", at + 1)

    def line(self, offset: int) -> int:
        """The line that `offset` stands in."""
        return bisect_right(self.starts, offset)

    def span(self, start: int, end: int) -> Span:
        """The region from `start` up to but excluding `end`."""
        line, end_line = self.line(start), self.line(end)
        return Span(line, start - self.starts[line - 1] + 1, end_line, end - self.starts[end_line - 1] + 1)
