"""JSON and JSON with comments: validated by `json`, positions by a scan of the same text."""

from __future__ import annotations

import json
import re
from typing import Any

from launchlint.documents.errors import Unreadable
from launchlint.documents.positions import NODE_BUDGET, Lines
from launchlint.syntax.files import Node

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')
# What is never closed runs to the end, so that no text is searched twice.
_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"?|//[^\n]*|/\*(?:.*?\*/|.*)', re.DOTALL)
_TRAILING_COMMA = re.compile(r'"(?:\\.|[^"\\])*"?|,(?=\s*[}\]])')
_CONSTANTS: dict[str, float | bool | None] = {
    "true": True, "false": False, "null": None, "NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf"),
}  # fmt: skip


def nodes(text: str) -> tuple[Node, ...]:
    """The scalars of a document, with comments and trailing commas allowed. Of a repeated key the last one counts. Raises Unreadable."""
    text = _plain(text.removeprefix("\ufeff"))
    return _scan(text)


def load(text: str) -> Any:
    """The values alone, with comments and trailing commas allowed. Raises Unreadable."""
    return json.loads(_plain(text.removeprefix("\ufeff")))


def _plain(text: str) -> str:
    """The same text as strict JSON, every character in its place."""
    try:
        json.loads(text)
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    except ValueError:
        pass
    else:
        return text
    text = _TRAILING_COMMA.sub(_blank, _COMMENT.sub(_blank, text))
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error.msg}", error.lineno) from error
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}") from error
    return text


def _blank(match: re.Match[str]) -> str:
    found = match[0]
    return found if found[0] == '"' else re.sub(r"[^\n]", " ", found)


def _scan(text: str) -> tuple[Node, ...]:
    """The scalars of valid JSON: the grammar may be trusted, so a token before a colon is a key."""
    lines = Lines(text)
    found: dict[tuple[str | int, ...], Node] = {}
    route: list[str | int] = []
    # Where an object waits for its next key there is no step on the route yet.
    inside: list[str] = []
    keys: list[set[str]] = []
    expects_key = False
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == "{":
            inside.append("{")
            keys.append(set())
            expects_key = True
        elif word == "[":
            inside.append("[")
            route.append(0)
            expects_key = False
        elif word in "}]":
            # An empty object, too, has no step of its own to give back.
            if not expects_key:
                route.pop()
            if inside.pop() == "{":
                keys.pop()
            expects_key = False
        elif word == ",":
            if inside[-1] == "[":
                route[-1] = int(route[-1]) + 1
            else:
                route.pop()
                expects_key = True
        elif expects_key:
            name = _scalar(word)
            route.append(name)
            expects_key = False
            if name in keys[-1]:
                repeated = tuple(route)
                found = {key: node for key, node in found.items() if key[: len(repeated)] != repeated}
            keys[-1].add(name)
        elif word != ":":
            key = tuple(route)
            found[key] = Node(key, _scalar(word), word[0] == '"', lines.span(token.start(), token.end()))
            if len(found) > NODE_BUDGET:
                raise Unreadable(f"more than {NODE_BUDGET} values")
    return tuple(found.values())


def _scalar(word: str) -> Any:
    if word[0] == '"':
        return json.loads(word) if "\\" in word else word[1:-1]
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    return json.loads(word)
