"""The one exception that readers of documents raise."""

from __future__ import annotations


class Unreadable(Exception):  # noqa: N818 - it names the document's state
    """A document cannot be read. `why` is one phrase for people; `line` is 1-based, None when the place is not known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why if line is None else f"line {line}: {why}")
        self.why = why
        self.line = line
