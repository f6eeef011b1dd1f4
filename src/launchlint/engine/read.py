"""Layer 1 of one file. Total: whatever goes wrong becomes an `Unread` that every report shows."""

from __future__ import annotations

import re
from hashlib import blake2b

from launchlint.model.source import Format, SourceFile, Unread
from launchlint.pathclass import format_of
from launchlint.syntax.files import FileFacts, Node
from launchlint.syntax.records import Comment, PyModule
from launchlint.syntax.secrets import scan as scan_secrets

from .contents import Contents, TooLargeError
from .text import decode

MARKER = b"launchlint:"
_SETTINGS = re.compile(r"(?:settings|config|app)[^/]*\.(?:ya?ml|toml|json)", re.IGNORECASE)


def is_settings(path: str) -> bool:
    """Whether application code may take values from the file at this path, so that its scalars are worth having."""
    return bool(_SETTINGS.fullmatch(path.rsplit("/", 1)[-1])) or format_of(path) is Format.DOTENV


def fetch(contents: Contents, source: SourceFile) -> bytes | Unread:
    """The bytes of a file, or why they cannot be had."""
    try:
        return contents.read(source)
    except TooLargeError as error:
        return Unread(source.path, str(error))
    except OSError as error:
        return Unread(source.path, f"cannot be opened: {error.strerror or error}")


def read_facts(source: SourceFile, data: bytes, parse: bool) -> FileFacts:
    """Everything that is read of one file. `parse` asks for the syntax of a Python file or notebook and the scalars of a settings file."""
    digest = blake2b(data, digest_size=16).hexdigest()
    python: PyModule | None = None
    comments: tuple[Comment, ...] = ()
    nodes: tuple[Node, ...] = ()
    unread: Unread | None = None
    try:
        secrets = scan_secrets(data, source)
    except Exception as error:
        secrets, unread = (), Unread(source.path, f"the search for credentials failed: {_said(error)}")
    try:
        # The comments of a notebook stand in its cells, which only its parser sees.
        if source.format is Format.NOTEBOOK and MARKER in data:
            parse = True
        if parse and source.format in (Format.PYTHON, Format.NOTEBOOK):
            from launchlint.syntax.read import read_python

            python, comments, failed = read_python(source, data)
            unread = unread or failed
        else:
            if MARKER in data:
                comments = _comments(source, data)
            if parse:
                nodes = _nodes(source, data)
    except Exception as error:
        unread = unread_because(source, error)
    return FileFacts(source, digest, python, secrets, comments, nodes, unread=unread)


def _comments(source: SourceFile, data: bytes) -> tuple[Comment, ...]:
    from launchlint.syntax.comments import line_comments, python_comments

    text = decode(data)
    return python_comments(text) if source.format is Format.PYTHON else line_comments(text, source.format)


def _nodes(source: SourceFile, data: bytes) -> tuple[Node, ...]:
    from importlib import import_module

    if source.format not in (Format.YAML, Format.JSON, Format.TOML, Format.DOTENV):
        return ()
    nodes: tuple[Node, ...] = tuple(import_module(f"launchlint.documents.{source.format.value}").nodes(data.decode("utf-8-sig")))
    return nodes


def unread_because(source: SourceFile, error: Exception) -> Unread:
    """What to say of a file whose reader raised."""
    from launchlint.documents.errors import Unreadable

    if isinstance(error, Unreadable):
        return Unread(source.path, error.why, error.line)
    if isinstance(error, UnicodeDecodeError):
        return Unread(source.path, "is not UTF-8 text")
    return Unread(source.path, f"cannot be read: {_said(error)}")


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__
