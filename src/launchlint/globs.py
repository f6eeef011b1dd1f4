"""Glob patterns over project-relative paths, as `exclude` and `per-file-ignores` write them.

A pattern without a slash matches any one component of the path (`*.gen.py`, `vendor`); a pattern with a slash matches from the
project root (`src/app/**`, `docs/*.py`), where `*` stays within a component and `**` crosses them. What matches a folder matches
everything in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

_TOKENS = re.compile(r"\[[!^]?[^\]]+\]|.", re.DOTALL)


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
    folders_only = pattern.endswith("/")
    parts = [part for part in pattern.removeprefix("./").split("/") if part]
    if "/" not in pattern.rstrip("/"):
        parts = ["**", *parts]
    # What stands before, between and after the "**"s.
    runs: list[list[str]] = [[]]
    for part in parts:
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_component(part))
    first, *others = runs
    source = "".join(f"{part}/" for part in first)
    if not others:
        source = source.removesuffix("/")
    for run in others[:-1]:
        # Each run may stand where it is first found, for ever, so that no pattern costs more than another.
        source += f"(?>(?:[^/]+/)*?{''.join(f'{part}/' for part in run)})"
    if others:
        source += f"(?:[^/]+/)*{'/'.join(others[-1])}" if others[-1] else ".+"
    return f"(?:{source}{'/' if folders_only else '(?:/|$)'})" if not others or others[-1] else f"(?:{source})"


def _component(part: str) -> str:
    first, *others = [_literal(piece) for piece in _split_stars(part)]
    if not others:
        return first
    return first + "".join(f"(?>[^/]*?{piece})" for piece in others[:-1]) + f"[^/]*{others[-1]}"


def _split_stars(part: str) -> list[str]:
    """The pieces between stars; a star within brackets is none."""
    pieces = [""]
    for sign in _TOKENS.findall(part):
        if sign == "*":
            pieces.append("")
        else:
            pieces[-1] += sign
    return pieces


def _literal(piece: str) -> str:
    out: list[str] = []
    for sign in _TOKENS.findall(piece):
        if sign == "?":
            out.append("[^/]")
        elif len(sign) > 2 and sign[0] == "[":
            inside = sign[1:-1].replace("\\", "\\\\").replace("[", "\\[").replace("&", "\\&").replace("~", "\\~").replace("|", "\\|")
            out.append("[" + ("^" + inside[1:] if inside[0] in "!^" else inside) + "]")
        else:
            out.append(re.escape(sign))
    return "".join(out)
