"""Where the bytes of project files come from: the disk, an editor's buffer laid over it, or git's index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from launchlint.discover import READ_LIMIT
from launchlint.model.source import Format, SourceFile

_PROBE = 8192
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class TooLargeError(OSError):
    """A text file above the size that is read."""


class Contents(Protocol):
    """Gives the bytes of files."""

    def read(self, source: SourceFile) -> bytes:
        """The bytes of a file, empty for data that is no text. Raises OSError; TooLargeError above `READ_LIMIT` bytes of text."""


class Disk:
    """The files as they are on disk, with the texts of `buffers` (by project path) in place of theirs."""

    def __init__(self, buffers: Mapping[str, bytes] | None = None) -> None:
        self.buffers = buffers or {}

    def read(self, source: SourceFile) -> bytes:
        """See `Contents`."""
        if source.path in self.buffers:
            return self.buffers[source.path]
        with open(source.absolute, "rb", buffering=0) as file:  # noqa: PTH123 - a Path per file costs more than the read
            head = file.read(_PROBE)
            if len(head) < _PROBE or is_binary(source, head):
                return text_only(source, head)
            if source.size > READ_LIMIT:
                raise too_large(source)
            return head + file.read(READ_LIMIT)


def is_binary(source: SourceFile, head: bytes) -> bool:
    """Whether these first bytes are no text. A Python file is text by its name, and its NUL bytes are its reader's to report."""
    return b"\0" in head and not head.startswith(_WIDE) and source.format is not Format.PYTHON


def text_only(source: SourceFile, data: bytes) -> bytes:
    """`data`, or nothing when it is no text."""
    return b"" if is_binary(source, data[:_PROBE]) else data


def too_large(source: SourceFile) -> TooLargeError:
    """The error for a text file that is not read."""
    return TooLargeError(f"larger than {READ_LIMIT // (1024 * 1024)} MB ({source.size / (1024 * 1024):.1f} MB)")
