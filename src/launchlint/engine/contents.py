"""Where the bytes of project files come from: the disk, an editor's buffer laid over it, or git's index."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Protocol

from launchlint.discover import READ_LIMIT
from launchlint.model.source import Format, SourceFile

_PROBE = 8192
_AT_ONCE = 128 * 1024  # bytes; of larger files the beginning is read first, because pictures and archives are not read on
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class TooLargeError(OSError):
    """A text file above the size that is read."""


class NoIndexError(Exception):
    """There is no git, no repository, or git refuses it."""


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
        file = os.open(source.absolute, _READ)
        try:
            if source.size > _AT_ONCE:
                head = os.read(file, _PROBE)
                if is_binary(source, head):
                    return b""
                if source.size > READ_LIMIT:
                    raise too_large(source)
                return head + os.read(file, READ_LIMIT)
            # One byte more than there should be tells whether the file has grown.
            data = os.read(file, source.size + 1)
            return text_only(source, data if len(data) <= source.size else data + os.read(file, READ_LIMIT))
        finally:
            os.close(file)


def is_binary(source: SourceFile, head: bytes) -> bool:
    """Whether these first bytes are no text. A Python file is text by its name, and its NUL bytes are its reader's to report."""
    return b"\0" in head and not head.startswith(_WIDE) and source.format is not Format.PYTHON


def text_only(source: SourceFile, data: bytes) -> bytes:
    """`data`, or nothing when it is no text."""
    return b"" if is_binary(source, data[:_PROBE]) else data


def too_large(source: SourceFile) -> TooLargeError:
    """The error for a text file that is not read."""
    return TooLargeError(f"larger than {READ_LIMIT // (1024 * 1024)} MB ({source.size / (1024 * 1024):.1f} MB)")
