"""Values of settings classes from the repository's own settings files.

A field path of a settings class ("server.cors.allow_origins") that exists as a key path in a file `settings*`, `config*` or `app*` takes its value from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from launchlint.model.source import Place
from launchlint.model.value import Items, Known, Origin, Unknown, Value, join
from launchlint.syntax.files import FileFacts, Node

SETTINGS_FILE = re.compile(r"(?:^|/)(?:settings|config|configuration|app|application)[\w.-]*\.(?:ya?ml|toml|json)$", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:^|[/._-])(?:test|tests|testing|mock|ci|example|sample|local|dev|development|template)(?:[/._-]|$)", re.IGNORECASE)
_VARIABLE = re.compile(r"^\$\{[A-Za-z_]\w*(?::-?|-)?([^}]*)\}$")
_Route = tuple[str | int, ...]


class Settings:
    """The scalars of all settings files, by route."""

    def __init__(self, files: Iterable[FileFacts]) -> None:
        self._values: dict[str, dict[_Route, Node]] = {}
        self._prefixes: dict[str, set[_Route]] = {}
        for file in files:
            path = file.source.path
            if file.nodes and SETTINGS_FILE.search(path) and not _ELSEWHERE.search(path):
                routes = self._values.setdefault(path, {})
                prefixes = self._prefixes.setdefault(path, set())
                for node in file.nodes:
                    routes[node.route] = node
                    prefixes.update(node.route[:n] for n in range(1, len(node.route) + 1))

    def _near(self, path: str) -> list[str]:
        """The settings files of the unit of a module: those in a folder around it, in the nearest such folder."""
        folder = path.rsplit("/", 1)[0] if "/" in path else ""
        while True:
            found = [file for file in self._values if (file.rsplit("/", 1)[0] if "/" in file else "") in {folder, f"{folder}/config".lstrip("/")}]
            if found or not folder:
                return sorted(found)
            folder = folder.rsplit("/", 1)[0] if "/" in folder else ""

    def holds(self, route: tuple[str, ...], path: str) -> bool:
        """Whether a settings file near `path` has this key path."""
        return any(route in self._prefixes[file] for file in self._near(path))

    def at(self, route: tuple[str, ...], path: str) -> Value | None:
        """What the settings files near `path` say for a key path; overlays that disagree give Unknown, none gives None."""
        values = [value for file in self._near(path) if (value := self._in_file(file, route)) is not None]
        return join(values) if values else None

    def _in_file(self, file: str, route: tuple[str, ...]) -> Value | None:
        nodes = self._values[file]
        node = nodes.get(route)
        if node is not None:
            return _value(file, node)
        items = [n for r, n in nodes.items() if len(r) == len(route) + 1 and r[:-1] == route and isinstance(r[-1], int)]
        if items:
            return Known(Items(tuple(_value(file, n) for n in items)), Origin.FILE, Place(file, items[0].span))
        return Unknown("nested settings") if route in self._prefixes[file] else None


def _value(file: str, node: Node) -> Value:
    raw = node.value
    place = Place(file, node.span)
    if isinstance(raw, str):
        variable = _VARIABLE.match(raw)
        if variable is not None:
            return Known(_scalar(variable.group(1)), Origin.FILE, place) if variable.group(1) else Unknown("environment")
        return Known(raw if node.quoted else _scalar(raw), Origin.FILE, place)
    return Known(raw, Origin.FILE, place)


def _scalar(text: str) -> str | int | float | bool | None:
    lowered = text.strip().lower()
    if lowered in {"null", "~", "none", ""}:
        return None
    if lowered in {"true", "false", "yes", "no", "on", "off"}:
        return lowered in {"true", "yes", "on"}
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
