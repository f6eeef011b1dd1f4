"""`.env` files: `KEY=value` lines, as docker compose and python-dotenv read them."""

from __future__ import annotations

import re

from launchlint.documents.positions import Lines
from launchlint.syntax.files import Node

_PAIR = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?P<key>[A-Za-z_][\w.\-]*)[ \t]*=[ \t]*
    (?P<value>
        "(?P<double>(?:\\.|[^"\\])*)" (?=[ \t]*(?:\#[^\n]*)?\r?$)
      | '(?P<single>(?:\\.|[^'\\])*)' (?=[ \t]*(?:\#[^\n]*)?\r?$)
      | (?P<plain>[^\n]*)
    )""",
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def nodes(text: str) -> tuple[Node, ...]:
    """One node per key with the route (KEY,). Of a repeated key the last one counts; lines that are no pair are passed over."""
    text = text.removeprefix("\ufeff")
    lines = Lines(text)
    found: dict[str, Node] = {}
    for pair in _PAIR.finditer(text):
        plain = pair["plain"]
        if plain is not None:
            value = _COMMENT.split(plain, maxsplit=1)[0].rstrip()
        elif pair["double"] is not None:
            value = re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), pair["double"], flags=re.DOTALL)
        else:
            value = re.sub(r"\\([\\'])", r"\1", pair["single"])
        start = pair.start("value")
        end = pair.end("value") if plain is None else start + len(value)
        found.pop(pair["key"], None)
        found[pair["key"]] = Node((pair["key"],), value, plain is None, lines.span(start, end))
    return tuple(found.values())
