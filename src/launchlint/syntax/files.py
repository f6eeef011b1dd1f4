"""Layer 1 of any file: what `read_facts` returns for one `SourceFile`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from launchlint.model.source import SourceFile, Span, Unread

from .records import Comment, PyModule


class SecretHit(NamedTuple):
    """A credential in the bytes of a file: provider and format, redacted text, length and digest; never the text itself.

    `context` is what stands around it: "assignment", "argument", "header", "url", "comment", "prose", "output" (a notebook output).
    """

    provider: str
    format: str
    redacted: str
    length: int
    digest: str
    span: Span
    context: str
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Everything that was read of one file. `python` is None for other formats and for files that were not worth parsing.

    `digest` is the blake2b-128 hex digest of the bytes.
    """

    source: SourceFile
    digest: str
    python: PyModule | None = None
    secrets: tuple[SecretHit, ...] = ()
    comments: tuple[Comment, ...] = ()
    unread: Unread | None = None
