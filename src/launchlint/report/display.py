"""Text that is safe to print, and paths as the reader can open them."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from launchlint.model.source import Place

# Control characters, bidirectional overrides, zero-width characters and lone surrogates: what could move the cursor, hide text or break an encoder.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")


def visible(text: str) -> str:
    """`text` on one line, with everything that a terminal would obey rather than show written as an escape."""
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return "\\t" if code == 9 else "\\n" if code == 10 else f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


@cache
def shown_path(root: Path, path: str) -> str:
    """A project path as it is reached from the current folder when one of the two lies in the other, else in full."""
    full = root / path
    try:
        here = Path.cwd()
    except OSError:
        return visible(str(full))
    if here == root:
        return visible(path)
    related = here.is_relative_to(root) or root.is_relative_to(here)
    return visible(os.path.relpath(full, here) if related else str(full))


def shown_place(root: Path, place: Place) -> str:
    """`path:line:column`, for notebooks `path:cell number:line:column`."""
    cell = f"cell {place.cell}:" if place.cell is not None else ""
    return f"{shown_path(root, place.path)}:{cell}{place.span.line}:{place.span.column}"


def plural(count: int, noun: str) -> str:
    """A count and its noun: "1 file" or "2 files"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def repository_prefix(root: Path) -> str:
    """The way from the top of the git repository down to `root`, ending in a slash; empty at the top or without a repository."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            way = root.relative_to(folder).as_posix()
            return "" if way == "." else f"{way}/"
    return ""
