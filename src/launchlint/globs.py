"""Glob patterns over project-relative paths, as `exclude` and `per-file-ignores` write them.

A pattern without a slash matches any one component of the path (`*.gen.py`, `vendor`); a pattern with a slash matches from the
project root (`src/app/**`, `docs/*.py`), where `*` stays within a component and `**` crosses them. What matches a folder matches
everything in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A test of POSIX paths relative to the project root: does any of the patterns match?"""
    sources = [_source(pattern) for pattern in patterns if pattern.strip("/")]
    if not sources:
        return lambda path: False
    compiled = re.compile("|".join(sources), re.DOTALL)
    return lambda path: compiled.match(path) is not None


@cache
def matches(pattern: str, path: str) -> bool:
    """Whether one pattern matches one path."""
    return matcher((pattern,))(path)


def _source(pattern: str) -> str:
    anchored = "/" in pattern.rstrip("/")
    only_folders = pattern.endswith("/")
    pattern = pattern.removeprefix("./").strip("/")
    body = "/".join(_component(part) for part in pattern.split("/"))
    # "**" eats the slash beside it, so that "a/**/b" also matches "a/b" and "**/b" also "b".
    body = body.replace("\0/", "(?:[^/]+/)*").replace("/\0", "/.+").replace("\0", ".*")
    start = "" if anchored else "(?:[^/]+/)*"
    return f"(?:{start}{body}{'/' if only_folders else '(?:/|$)'})" if not body.endswith((".+", ".*")) else f"(?:{start}{body})"


def _component(part: str) -> str:
    if part == "**":
        return "\0"
    out: list[str] = []
    at = 0
    while at < len(part):
        char = part[at]
        closing = part.find("]", at + 2)
        if char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "[" and closing > 0:
            inside = part[at + 1 : closing].replace("\\", "\\\\").replace("[", "\\[")
            out.append("[" + ("^" + inside[1:] if inside[0] in "!^" else inside) + "]")
            at = closing
        else:
            out.append(re.escape(char))
        at += 1
    return "".join(out)
