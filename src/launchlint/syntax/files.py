"""Layer 1 of any file: what `read_facts` returns for one `SourceFile`."""

from __future__ import annotations

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


class Node(NamedTuple):
    """A scalar of a configuration document.

    `route` is the way to it ("server", "cors", "allow_origins", 0). `value` is the raw text of the scalar for YAML and dotenv (so that `on` stays "on"),
    with quotes and escapes resolved, and the Python scalar for TOML and JSON. `quoted` tells a quoted YAML scalar from a plain one. `document` counts from 0.
    """

    route: tuple[str | int, ...]
    value: str | int | float | bool | None
    quoted: bool
    span: Span
    document: int = 0


class FileFacts(NamedTuple):
    """Everything that was read of one file. `python` is None for other formats and for files that were not worth parsing.

    `digest` is the blake2b-128 hex digest of the bytes. `imports` are (module, name) of a Python file that was not parsed, found line by line.
    """

    source: SourceFile
    digest: str
    python: PyModule | None = None
    secrets: tuple[SecretHit, ...] = ()
    comments: tuple[Comment, ...] = ()
    nodes: tuple[Node, ...] = ()
    imports: tuple[tuple[str, str | None], ...] = ()
    unread: Unread | None = None
