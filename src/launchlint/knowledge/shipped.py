"""The knowledge files that ship with launchlint, read no further than a run needs.

To parse them all costs more than to lint a small file, so that a run over few files takes the heads of all (their words, import roots and sentinels) and the
entries of those whose words it met.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from .schema import Knowledge, Library, Parsed, index, parse, parse_head


@cache
def load() -> Knowledge:
    """All of them."""
    return index({file: _parsed(file) for file in _texts()})


@cache
def heads() -> Knowledge:
    """Libraries, words, import roots and sentinels; no classes and no operations."""
    return index({}, _heads().values())


def load_for(texts: Iterable[bytes]) -> Knowledge:
    """The heads of all, and the entries of the libraries that one of the texts may use."""
    words = [(word.encode(), file) for file, library in _heads().items() for word in library.words]
    pending = {file for text in texts for word, file in words if word in text}
    found: dict[str, Parsed] = {}
    while pending:
        file = pending.pop()
        found[file] = _parsed(file)
        parents = {_file_of(entry.inherits) for entry in found[file].classes if entry.inherits is not None}
        pending |= parents - found.keys()
    return index(found, _heads().values())


def _file_of(name: str) -> str:
    """The file that describes a class: the one with the longest import root in front of its name."""
    roots = {root: file for file, library in _heads().items() for root in library.imports}
    root = name
    while root not in roots:
        root = root.rpartition(".")[0]
        if not root:
            raise KeyError(name)
    return roots[root]


@cache
def _texts() -> Mapping[str, str]:
    with os.scandir(Path(__file__).parent) as entries:
        return {entry.name: Path(entry.path).read_text("utf-8") for entry in entries if entry.name.endswith(".toml")}


@cache
def _heads() -> Mapping[str, Library]:
    return {file: parse_head(text, file) for file, text in _texts().items()}


@cache
def _parsed(file: str) -> Parsed:
    return parse(_texts()[file], file)
