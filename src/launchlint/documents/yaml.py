"""YAML by PyYAML's composer: the raw text of every scalar, and where it stands.

Nothing is constructed, so that `on` stays "on" and a tag needs no class. A scalar with a tag of its own keeps it in its text
("!Ref Bucket"): it is a reference far more often than a literal.
"""

from __future__ import annotations

import re
from typing import Any

from launchlint.documents.errors import Unreadable
from launchlint.documents.positions import NODE_BUDGET
from launchlint.model.source import Span
from launchlint.syntax.files import Node

Route = tuple[str | int, ...]

# Stands for a template action, one for each character; from the private use area, so that no real text holds it.
_MASK = "\ue000"
_OPENING = re.compile(r"\{[{%#]")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_ONLY_ACTIONS = re.compile(rf"^([ \t]*){_MASK}(?:{_MASK}|[ \t])*$", re.MULTILINE)
_MERGE = "tag:yaml.org,2002:merge"
_STANDARD = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(_STANDARD + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "binary"))
_PROPERTIES = re.compile(r"(?:&[^\s,\[\]{}]+|!\S*)\s*")
# YAML counts these as line ends, no editor does.
_OTHER_LINE_ENDS = str.maketrans("\x85\u2028\u2029", "   ")


def nodes(text: str) -> tuple[Node, ...]:
    """The scalars of all documents of a stream. Raises Unreadable.

    Merge keys are resolved, and an alias gives the nodes of its anchor, at the anchor's place. Of a repeated key the last one counts.
    In a template (`{{ }}`, `{% %}`) that is no YAML by itself the actions are masked; what an action touches, and keys that are written
    more than once, are left out.
    """
    text = text.removeprefix("\ufeff").translate(_OTHER_LINE_ENDS)
    try:
        return _read(text, masked=False)
    except Unreadable:
        if "{{" not in text and "{%" not in text:
            raise
    return _read(_masked(text), masked=True)


def _masked(text: str) -> str:
    """Actions as characters that mean nothing, and lines of nothing but actions as comments; every line keeps its length."""
    parts: list[str] = []
    done = 0
    for opening in _OPENING.finditer(text):
        if opening.start() < done:
            continue
        end = text.find(_CLOSING[opening[0]], opening.end())
        if end < 0:
            break
        parts += text[done : opening.start()], re.sub(r"[^\n]", _MASK, text[opening.start() : end + 2])
        done = end + 2
    text = "".join(parts) + text[done:]
    return _ONLY_ACTIONS.sub(lambda line: line[1] + "#" + line[0][len(line[1]) + 1 :], text)


def _read(text: str, *, masked: bool) -> tuple[Node, ...]:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    walk = _Walk(text, masked=masked)
    try:
        for number, root in enumerate(yaml.compose_all(text, loader)):
            walk.document = number
            if root is not None:
                walk.visit(root, (), frozenset())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(f"not YAML: {error.problem or error.context}", mark.line + 1 if mark else None) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise Unreadable(f"not YAML: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    return tuple(walk.found)


class _Walk:
    """Collects scalars. Every step counts against the budget, so that an alias bomb ends."""

    def __init__(self, text: str, *, masked: bool) -> None:
        self.text = text
        self.masked = masked
        self.document = 0
        self.steps = 0
        self.found: list[Node] = []

    def step(self) -> None:
        self.steps += 1
        if self.steps > NODE_BUDGET:
            raise Unreadable(f"more than {NODE_BUDGET} values")

    # The stubs of PyYAML give the base class of its nodes no `id`, hence Any.
    def visit(self, node: Any, route: Route, above: frozenset[int]) -> None:
        self.step()
        if node.id == "scalar":
            self.scalar(node, route)
            return
        # An alias may point to a collection it stands in.
        if id(node) in above:
            return
        above = above | {id(node)}
        if node.id == "sequence":
            for number, item in enumerate(node.value):
                self.visit(item, (*route, number), above)
        else:
            for key, value in self.entries(node, above).items():
                if value is not None:
                    self.visit(value, (*route, key), above)

    def entries(self, node: Any, above: frozenset[int]) -> dict[str, Any]:
        """The values of a mapping by key, own keys over merged ones; None where a template leaves it open."""
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            self.step()
            if key.id != "scalar" or (self.masked and _MASK in key.value):
                continue
            if key.tag == _MERGE:
                for source in value.value if value.id == "sequence" else [value]:
                    if source.id == "mapping" and id(source) not in above:
                        # The first of several merged mappings wins.
                        merged = {**self.entries(source, above | {id(source)}), **merged}
                continue
            own[key.value] = None if self.masked and key.value in own else value
        return {**merged, **own} if merged else own

    def scalar(self, node: Any, route: Route) -> None:
        text = node.value
        # In a template an empty value is one that an action writes.
        if self.masked and (_MASK in text or not (text or node.style)):
            return
        start, end = node.start_mark, node.end_mark
        line, column = start.line, start.column
        quoted = bool(node.style)  # "" or None for a plain one, as the loader likes
        if node.tag not in _PLAIN_TAGS:
            tag = node.tag.replace(_STANDARD, "!!")
            self.found.append(Node(route, f"{tag} {text}".rstrip(), False, Span(line + 1, column + 1, end.line + 1, end.column + 1), self.document))
            return
        # The mark stands before an anchor or a standard tag.
        at = start.index
        while (first := self.text[at : at + 1]) and first in "&!" and (found := _PROPERTIES.match(self.text, at)):
            quoted = quoted or found[0].startswith("!!str")
            at = found.end()
        if at != start.index:
            skipped = self.text[start.index : at]
            line += skipped.count("\n")
            column = column + len(skipped) if "\n" not in skipped else len(skipped) - skipped.rindex("\n") - 1
        self.found.append(Node(route, text, quoted, Span(line + 1, column + 1, end.line + 1, end.column + 1), self.document))
