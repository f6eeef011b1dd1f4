"""Writing results: to stdout or, in one step, to a file; colour and progress."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

_PATIENCE = 1.0  # seconds before progress is shown
_INTERVAL = 0.1


def writable(path: str) -> Path:
    """The file to write, links followed. Raises UsageError when it can be none."""
    target = Path(path).resolve()
    if target.is_dir():
        raise click.UsageError(f"--output-file {path}: it is a folder")
    if not target.parent.is_dir():
        raise click.UsageError(f"--output-file {path}: there is no folder {target.parent}")
    return target


def write(text: str, target: Path | None) -> None:
    """Write to stdout, or replace `target` as a whole, so that no reader sees half of it. Raises UsageError when the file cannot be written."""
    if target is None:
        _to_stdout(text)
        return
    data = text.encode("utf-8", "backslashreplace")
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(data)
            return
        partial = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            partial.write_bytes(data)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise click.UsageError(f"--output-file {target}: {error.strerror or error}") from None


def _to_stdout(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough. What Python flushes on its way out must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def use_colour(choice: str, target: Path | None) -> bool:
    """The flag goes before NO_COLOR, that before FORCE_COLOR, that before whether a person is likely to look."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return target is None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


class Progress:
    """One line on stderr that says what is being done, for runs of more than a second on a terminal."""

    def __init__(self, wanted: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._wanted = wanted and sys.stderr.isatty()
        self._clock = clock
        self._next = clock() + _PATIENCE
        self._shown = False

    def __call__(self, what: str, done: int, of: int) -> None:
        """Show it when it is time."""
        if self._wanted and (now := self._clock()) >= self._next:
            self._next = now + _INTERVAL
            self._shown = True
            sys.stderr.write(f"\r\x1b[K{what} {done:,} of {of:,}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave no trace."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
