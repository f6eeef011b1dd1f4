"""Where a line of a notebook's code cell stands in the `.ipynb` file, for formats that know only lines of files."""

from __future__ import annotations

from launchlint.documents.errors import Unreadable
from launchlint.model.source import Span
from launchlint.syntax.files import Node


class Notebook:
    """The cells of one notebook by their JSON text; without any when it cannot be read."""

    def __init__(self, text: str) -> None:
        from launchlint.documents import json

        self._lines = text.split("\n")
        self._cells: list[list[Node]] = []
        try:
            nodes = json.nodes(text)
        except (Unreadable, ValueError):
            return
        kinds = {node.route[1]: node.value for node in nodes if len(node.route) == 3 and node.route[0] == "cells" and node.route[2] == "cell_type"}
        sources: dict[int | str, list[Node]] = {number: [] for number, kind in kinds.items() if kind == "code"}
        for node in nodes:
            if len(node.route) >= 3 and node.route[0] == "cells" and node.route[2] == "source" and node.route[1] in sources:
                sources[node.route[1]].append(node)
        self._cells = [sources[number] for number in sorted(sources, key=int)]

    def physical(self, cell: int, span: Span) -> Span:
        """The region of the file that holds the first line of `span`; the first character of the file when it cannot be told."""
        at = 1
        for node in self._cells[cell - 1] if 0 < cell <= len(self._cells) else ():
            text = str(node.value)
            inside = text.split("\n")
            # A last part without a line break is continued by the next string; an empty one is only the break itself.
            if at <= span.line <= at + len(inside) - 1 and (text.endswith("\n") is False or span.line < at + len(inside) - 1):
                before = sum(len(line) + 1 for line in inside[: span.line - at])
                last = inside[span.line - at]
                end = span.end_column - 1 if span.end_line == span.line else len(last)
                start = self._column(node, before + min(span.column - 1, len(last)))
                return Span(node.span.line, start, node.span.line, max(start + 1, self._column(node, before + min(end, len(last)))))
            at += len(inside) - 1
        return Span(1, 1, 1, 2)

    def _column(self, node: Node, index: int) -> int:
        """The column of the `index`-th character of a JSON string, escapes counted at their written length."""
        line = self._lines[node.span.line - 1]
        at = node.span.column  # 0-based: the character after the opening quote
        while index > 0 and at < len(line) and line[at] != '"':
            if line[at] != "\\":
                at += 1
            elif line[at + 1 : at + 2] != "u":
                at += 2
            else:
                pair = line[at + 2 : at + 4].lower() in {"d8", "d9", "da", "db"} and line[at + 6 : at + 8] == "\\u"
                at += 12 if pair else 6
            index -= 1
        return at + 1
