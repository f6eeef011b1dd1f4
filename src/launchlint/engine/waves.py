"""Which files are read how far.

Every file is searched for credentials; only few Python files are worth parsing. Wave 1 are the files that hold a word of the SDK knowledge, wave 2 the project
modules they import (a module that holds `timeout: float | None = None` names no SDK), to a fixpoint, wave 3 the files that import one of those and hold a
`while` or a word of a call through a client. Examples, notebooks, scripts and generated code are parsed when they are included, else only in wave 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from launchlint.knowledge.schema import Knowledge
from launchlint.link.modules import ModuleIndex
from launchlint.link.screen import caller_words
from launchlint.model.source import Format, PathClass, SourceFile, Unread
from launchlint.syntax.files import FileFacts

from .contents import Contents
from .pool import Parser
from .read import fetch, is_settings, read_facts

Progress = Callable[[str, int, int], None]
"""Told (what is being done, how many are done, how many there are)."""

_IDENTIFIER = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_WORD_MAP = bytes(byte if byte in _IDENTIFIER or byte >= 0x80 else 0x20 for byte in range(256))
_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+\(?([^#\r\n]*)|import[ \t]+([^#\r\n]*))", re.MULTILINE)
_IMPORTING = re.compile(rb"(?:\bfrom|import)(?:[^\r\n(]*\([^)]*\)|[^\r\n]*)")
_PYTHON = (Format.PYTHON, Format.NOTEBOOK)
_CLIENT_WORDS = frozenset((b"session", b"client", b"get_session", b"get_client", b"http", b"llm", b"get_llm"))
_CLIENT = re.compile(r"(?:^|_)(?:session|client|http|llm|model)$", re.IGNORECASE)
"""Names that an object which sends requests goes by when it is imported from the module that built it."""
_REPORT_EVERY = 64
Imports = tuple[tuple[str, str | None], ...]
"""(module, name) of the imports of a file."""


class _Calls:
    """The words of calls through clients."""

    def __init__(self, knowledge: Knowledge) -> None:
        alone, pairs = caller_words(knowledge)
        self._alone = frozenset(word.encode() for word in alone)
        self._pairs = [(one.encode(), other.encode()) for one, other in pairs]
        self._paired = frozenset(word for pair in self._pairs for word in pair)

    def may_stand_among(self, words: Sequence[bytes]) -> bool:
        """Whether these words of a file are enough for a call."""
        if not self._alone.isdisjoint(words):
            return True
        there = self._paired.intersection(words)
        return len(there) > 1 and any(one in there and other in there for one, other in self._pairs)


class Waves:
    """Reads files. `classes` are the path classes in which violations are looked for: tests that are not among them are never parsed."""

    def __init__(self, contents: Contents, knowledge: Knowledge, classes: frozenset[PathClass], parser: Parser, progress: Progress) -> None:
        self._contents = contents
        self._words = frozenset(word.encode() for word in knowledge.words)
        self._imported_words = self._words & {part.encode() for root in knowledge.roots for part in root.split(".")}
        self._knowledge = knowledge
        self._external = frozenset(knowledge.roots)
        self._classes = classes
        self._parser = parser
        self._progress = progress

    def project(self, sources: Sequence[SourceFile]) -> list[FileFacts]:
        """Everything."""
        facts: dict[str, FileFacts] = {}
        index = ModuleIndex(source.path for source in sources)
        by_path = {source.path: source for source in sources}
        first: list[SourceFile] = []
        callers: dict[str, Imports] = {}
        calls = _Calls(self._knowledge)
        for number, source in enumerate(sources):
            if not number % _REPORT_EVERY:
                self._progress("reading", number, len(sources))
            data = fetch(self._contents, source)
            if isinstance(data, Unread):
                facts[source.path] = FileFacts(source, "", unread=data)
                continue
            python = source.format in _PYTHON
            worth = False
            if python and source.path_class not in self._classes:
                # Nothing is looked for here: it is parsed only when something else imports it, but who imports what is worth knowing.
                facts[source.path] = read_facts(source, data, False)._replace(imports=tuple(imports_in(data)))
                continue
            if python:
                words = data.translate(_WORD_MAP).split()
                worth = self._uses(data, self._words.intersection(words))
                if not worth and calls.may_stand_among(words):
                    callers[source.path] = tuple(imports_in(data))
                elif not worth and b"import" in words and _CLIENT_WORDS.intersection(words):
                    imports = tuple(imports_in(data))
                    if any(name is not None and _CLIENT.search(name) for _, name in imports):
                        callers[source.path] = imports
            now = worth and not self._parser.parallel
            facts[source.path] = read_facts(source, data, now or (not python and self._settings(source)))
            if worth and not now:
                first.append(source)
        self._parse(first, facts)
        self._follow(list(facts.values()), facts, by_path, index)
        parsed = {path for path, each in facts.items() if each.python is not None}
        third = [by_path[path] for path in sorted(self._leading_to(parsed, callers, index))]
        self._parse(third, facts)
        self._follow([facts[source.path] for source in third], facts, by_path, index)
        return [facts[source.path] for source in sources]

    def _leading_to(self, parsed: set[str], callers: dict[str, Imports], index: ModuleIndex) -> set[str]:
        """The files among `callers` that import a parsed module, directly or through at most two others of them, and those others."""
        targets = {path: {target for target in self._targets(imports, path, index) if target != path} for path, imports in callers.items()}
        leading = {path for path, named in targets.items() if path not in parsed and not named.isdisjoint(parsed)}
        for _ in range(2):
            leading |= {path for path, named in targets.items() if path not in parsed and not named.isdisjoint(leading)}
        return leading

    def files(self, sources: Sequence[SourceFile], named: Sequence[SourceFile]) -> list[FileFacts]:
        """The named files, the project modules they import, and the settings files in the folders above them.

        Other Python files are in the result by name only, because what an import means depends on which modules there are.
        """
        facts: dict[str, FileFacts] = {}
        index = ModuleIndex(source.path for source in sources)
        by_path = {source.path: source for source in sources}
        self._parse([source for source in named if source.format in _PYTHON and self._may_parse(source)], facts)
        self._parse_one_hop(facts, by_path, index)
        folders = {folder for path in (*facts, *(source.path for source in named)) for folder in above(path)}
        for source in (*named, *(each for each in sources if each.path.rpartition("/")[0] in folders and self._settings(each))):
            if source.path not in facts:
                facts[source.path] = self._read(source, self._settings(source))
        for source in sources:
            if source.format in _PYTHON and source.path not in facts:
                facts[source.path] = FileFacts(source, "")
        return [facts[path] for path in sorted(facts)]

    def _parse_one_hop(self, facts: dict[str, FileFacts], by_path: dict[str, SourceFile], index: ModuleIndex) -> None:
        imported = sorted({path for each in list(facts.values()) for path in self._imported(each, index)} - facts.keys())
        self._parse([by_path[path] for path in imported if self._may_parse(by_path[path])], facts)

    def _follow(self, found: Iterable[FileFacts], facts: dict[str, FileFacts], by_path: dict[str, SourceFile], index: ModuleIndex) -> None:
        pending = [each for each in found if each.python is not None]
        while pending:
            wanted = {path for each in pending for path in self._imported(each, index)}
            fresh = [by_path[path] for path in sorted(wanted) if facts[path].python is None and facts[path].unread is None and self._may_parse(by_path[path])]
            self._parse(fresh, facts)
            pending = [facts[source.path] for source in fresh if facts[source.path].python is not None]

    def _parse(self, sources: Sequence[SourceFile], facts: dict[str, FileFacts]) -> None:
        for number, each in enumerate(self._parser.parse(sources)):
            if not number % _REPORT_EVERY:
                self._progress("parsing", number, len(sources))
            facts[each.source.path] = each

    def _uses(self, data: bytes, words: frozenset[bytes]) -> bool:
        """Whether words of the knowledge are more than prose or names of one's own: `agents` or `requests` must stand in an import, or be asked for by name."""
        if words <= self._imported_words:
            return bool(words) and any(not words.isdisjoint(match[0].translate(_WORD_MAP).split()) for match in _IMPORTING.finditer(data))
        return True

    def _read(self, source: SourceFile, parse: bool) -> FileFacts:
        data = fetch(self._contents, source)
        return FileFacts(source, "", unread=data) if isinstance(data, Unread) else read_facts(source, data, parse)

    def _may_parse(self, source: SourceFile) -> bool:
        return source.path_class is not PathClass.TEST or PathClass.TEST in self._classes

    def _settings(self, source: SourceFile) -> bool:
        return is_settings(source.path) and self._may_parse(source)

    def _imported(self, facts: FileFacts, index: ModuleIndex) -> Iterator[str]:
        if facts.python is not None:
            yield from self._targets(((each.module, each.name) for each in facts.python.header.imports), facts.source.path, index)

    def _targets(self, imports: Iterable[tuple[str, str | None]], path: str, index: ModuleIndex) -> Iterator[str]:
        """The project files that imports name: the module, and what is taken from it when that is a module too."""
        for module, name in imports:
            external = module.split(".", 1)[0] in self._external
            target = index.find(module, path, external)
            if target is not None:
                yield target
            # What is taken from a plain module is no module.
            if name is not None and name != "*" and (target is None or target.endswith("__init__.py")):
                inner = index.find(f"{module}{'' if module.endswith('.') else '.'}{name}", path, external)
                if inner is not None:
                    yield inner


def imports_in(data: bytes) -> Iterator[tuple[str, str | None]]:
    """(module, name) of the imports in Python bytes, line by line: of names in brackets only those on the first line are seen."""
    for match in _IMPORT.finditer(data):
        module, names, modules = (part.decode("utf-8", "replace") for part in match.groups(b""))
        if module:
            taken: list[str | None] = [piece.split()[0] for piece in names.replace(")", " ").split(",") if piece.split()]
            yield from ((module, name) for name in taken or [None])
        else:
            yield from ((piece.split()[0], None) for piece in modules.split(",") if piece.split())


def above(path: str) -> Iterator[str]:
    """The folder of a path and all above it, up to and including the root, which is ""."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""
