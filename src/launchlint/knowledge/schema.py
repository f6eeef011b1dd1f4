"""The shape of a knowledge file, and its loader.

A file describes one library in dull fields: no conditions, no expressions. What does not fit is a named function in `link/`.

    [library]
    name = "openai"                      # as messages spell it
    imports = ["openai"]                 # import roots that belong to it
    distributions = ["openai"]           # package names, for the version in use and for the prover
    verified = ["3.54.0"]                # versions on which the prover held this file against the real package
    words = ["openai"]                   # a file that holds none of these identifiers says nothing about the library; one that is part of an import
                                         # root counts in imports only, so that it may be an English word
    absent = ["openai.NOT_GIVEN"]        # sentinels that mean "not passed"

    [[class]]
    names = ["openai.OpenAI", "openai.Client"]     # every importable spelling; the first one is the entry's own name
    kind = "client"                      # client | model | embedder | agent | session | policy | transport | config | cors | plain
    async = false
    inherits = "openai.OpenAI"           # another class entry: all fields below are taken over unless given here (tables are merged)
    positional = ["api_key"]             # names of the positional parameters, in order
    arguments = { timeout = ["timeout"], retries = ["max_retries"] }  # logical name -> spellings; "config.cap": into an object
    defaults = { timeout = [ { value = 600.0, because = "`OpenAI` waits 600 s for a response" } ] }
    units = { timeout = "ms" }           # when not seconds
    bounded_by = ["stop"]                # kind policy: logical arguments any one of which ends the retries
    never = ["tenacity.stop_never"]      # values of these that end nothing
    returns = { with_options = "self", "beta.threads" = "openai.X" }      # method path -> class entry, or "self"
    attributes = { chat = "openai.Chat" }                                 # attribute path -> class entry

    [[operation]]
    of = ["openai.OpenAI"]               # class entries; absent for plain functions, whose `call` is the full dotted name
    call = ["chat.completions.create"]   # method paths or dotted functions
    kind = "llm"                         # llm | embed | http | agent-run | agent-build | client | model | retry | cors | plain
    async = false
    generates = true                     # kinds llm and model: text comes out, so an output cap makes sense
    positional = ["url"]
    arguments = { output_cap = ["max_completion_tokens", "max_tokens"] }
    defaults = { … }                     # as for classes
    units, bounded_by, never             # as for classes
    returns = "openai.Stream"            # class entry of the result
    method = "GET"                       # kind http
    select = { argument = "service_name", value = "bedrock-runtime" }     # the entry holds only when this argument is this literal

A default is `{ value = 2 }`, or `{ none = true }` (nothing limits it), or `{ required = true }` (the call fails without it), or `{ provider = true }`
(the service
decides, with a limit), or `{ inherited = true }` (whatever the object behind it does), each with optional `since = "1.0.7"` (first version), `until =
"2.0"` (first version no longer), `because`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

Scalar = str | int | float | bool


class KnowledgeError(Exception):
    """A knowledge file breaks the schema; the message names file, line and key."""


class Default(NamedTuple):
    """What holds when an argument is not passed, for the versions from `since` up to but excluding `until`."""

    kind: str  # "value", "none", "required", "provider" or "inherited"
    value: Scalar | None = None
    because: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a class and an operation have in common. Shapes as in the module docstring."""

    library: Library
    kind: str
    is_async: bool = False
    generates: bool = True
    positional: tuple[str, ...] = ()
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, tuple[Default, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    bounded_by: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassEntry(Entry):
    """A class of the library."""

    names: tuple[str, ...] = ()
    inherits: str | None = None
    returns: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The entry's own name: its first spelling."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Operation(Entry):
    """A function or method of the library. `of` is empty for functions."""

    of: tuple[str, ...] = ()
    call: tuple[str, ...] = ()
    returns: str | None = None
    method: str = ""
    select: tuple[str, Scalar] | None = None


class Library(NamedTuple):
    """The head of a knowledge file."""

    name: str
    imports: tuple[str, ...]
    distributions: tuple[str, ...]
    verified: tuple[str, ...]
    words: tuple[str, ...]
    absent: tuple[str, ...] = ()


class Knowledge(NamedTuple):
    """All knowledge files, indexed.

    `classes` maps every spelling to its entry; `functions` dotted names to the operations with that name; `methods` a class entry's own name to
    {method path: operations};
    `suffixes` the last word of each method path to the libraries that have it; `roots` import roots to library names; `words` all words.
    """

    libraries: Mapping[str, Library]
    classes: Mapping[str, ClassEntry]
    functions: Mapping[str, tuple[Operation, ...]]
    methods: Mapping[str, Mapping[str, tuple[Operation, ...]]]
    roots: Mapping[str, str]
    words: frozenset[str]
    tails: frozenset[str]
    absent: frozenset[str]


_CLASS_KINDS = {"client", "model", "embedder", "agent", "session", "policy", "transport", "config", "cors", "plain"}
_OPERATION_KINDS = {"llm", "embed", "http", "agent-run", "agent-build", "client", "model", "retry", "cors", "plain"}
_SHARED = {"kind", "async", "generates", "positional", "arguments", "defaults", "units", "bounded_by", "never"}
_KEYS = {
    "library": {"name", "imports", "distributions", "verified", "words", "absent"},
    "class": _SHARED | {"names", "inherits", "returns", "attributes"},
    "operation": _SHARED | {"of", "call", "returns", "method", "select"},
    "default": {"value", "none", "required", "provider", "inherited", "since", "until", "because"},
}


class Parsed(NamedTuple):
    """One knowledge file."""

    library: Library
    classes: list[ClassEntry]
    operations: list[Operation]


def parse(text: str, file: str) -> Parsed:
    """Read one knowledge file. Raises KnowledgeError with file and line for anything outside the schema."""
    reader = _Reader(text, file)
    data = reader.tables()
    reader.only(data, {"library", "class", "operation"}, "")
    library = reader.library(data)
    classes = [reader.class_entry(library, table) for table in data.get("class", ())]
    operations = [reader.operation(library, table) for table in data.get("operation", ())]
    return Parsed(library, classes, operations)


def parse_head(text: str, file: str) -> Library:
    """Read the `[library]` table alone, which goes before the entries. Raises KnowledgeError."""
    reader = _Reader(text.partition("\n[[")[0], file)
    return reader.library(reader.tables())


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file

    def tables(self) -> dict[str, Any]:
        import tomli

        try:
            return tomli.loads(self.text)
        except tomli.TOMLDecodeError as error:
            raise KnowledgeError(f"{self.file}: {error}") from None

    def fail(self, key: str, problem: str) -> KnowledgeError:
        line = next((n for n, text in enumerate(self.text.splitlines(), 1) if key and key in text), 1)
        return KnowledgeError(f"{self.file}:{line}: {problem}")

    def only(self, table: Mapping[str, Any], known: set[str], where: str) -> None:
        for key in table:
            if key not in known:
                raise self.fail(key, f"unknown key `{key}` in {where or 'the file'}; known are {', '.join(sorted(known))}")

    def library(self, data: Mapping[str, Any]) -> Library:
        head = data.get("library", {})
        self.only(head, _KEYS["library"], "[library]")
        try:
            return Library(
                name=head["name"],
                imports=tuple(head["imports"]),
                distributions=tuple(head["distributions"]),
                verified=tuple(head.get("verified", ())),
                words=tuple(head.get("words", [root.split(".")[0] for root in head["imports"]])),
                absent=tuple(head.get("absent", ())),
            )
        except KeyError as error:
            raise KnowledgeError(f"{self.file}: [library] lacks {error}") from None

    def shared(self, library: Library, table: Mapping[str, Any], kinds: set[str], default_kind: str) -> dict[str, Any]:
        kind = table.get("kind", default_kind)
        if kind not in kinds:
            raise self.fail(f'"{kind}"', f"unknown kind `{kind}`; known are {', '.join(sorted(kinds))}")
        return {
            "library": library,
            "kind": kind,
            "is_async": bool(table.get("async", False)),
            "generates": bool(table.get("generates", True)),
            "positional": tuple(table.get("positional", ())),
            "arguments": {name: tuple(spellings) for name, spellings in table.get("arguments", {}).items()},
            "defaults": {name: tuple(self.default(d) for d in rows) for name, rows in table.get("defaults", {}).items()},
            "units": dict(table.get("units", {})),
            "bounded_by": tuple(table.get("bounded_by", ())),
            "never": tuple(table.get("never", ())),
        }

    def default(self, row: Mapping[str, Any]) -> Default:
        self.only(row, _KEYS["default"], "a default")
        kinds = [key for key in ("value", "none", "required", "provider", "inherited") if key in row]
        if len(kinds) != 1:
            raise self.fail("defaults", f"a default needs exactly one of value, none, required, provider, inherited: {dict(row)}")
        return Default(kinds[0], row.get("value"), row.get("because"), row.get("since"), row.get("until"))

    def class_entry(self, library: Library, table: Mapping[str, Any]) -> ClassEntry:
        self.only(table, _KEYS["class"], "[[class]]")
        if not table.get("names"):
            raise self.fail("[[class]]", "a [[class]] needs `names`")
        inherits_kind = "inherits" in table and "kind" not in table
        shared = self.shared(library, table, _CLASS_KINDS, "plain")
        if inherits_kind:
            shared["kind"] = ""
        return ClassEntry(
            **shared,
            names=tuple(table["names"]),
            inherits=table.get("inherits"),
            returns=dict(table.get("returns", {})),
            attributes=dict(table.get("attributes", {})),
        )

    def operation(self, library: Library, table: Mapping[str, Any]) -> Operation:
        self.only(table, _KEYS["operation"], "[[operation]]")
        if not table.get("call"):
            raise self.fail("[[operation]]", "an [[operation]] needs `call`")
        select = table.get("select")
        return Operation(
            **self.shared(library, table, _OPERATION_KINDS, "plain"),
            of=tuple(table.get("of", ())),
            call=tuple(table["call"]),
            returns=table.get("returns"),
            method=table.get("method", ""),
            select=(select["argument"], select["value"]) if select else None,
        )


def build(files: Mapping[str, str]) -> Knowledge:
    """Index knowledge files given as {file name: text}. Raises KnowledgeError."""
    return index({file: parse(text, file) for file, text in files.items()})


def index(files: Mapping[str, Parsed], heads: Iterable[Library] = ()) -> Knowledge:
    """Index knowledge files by name. `heads` are libraries of which no more is needed than the head. Raises KnowledgeError."""
    libraries = {library.name: library for library in heads}
    own: dict[str, ClassEntry] = {}
    operations: list[tuple[str, Operation]] = []
    for file, (library, classes, ops) in sorted(files.items()):
        libraries[library.name] = library
        for entry in classes:
            own[entry.name] = entry
        operations += [(file, op) for op in ops]
    names = {spelling: entry.name for entry in own.values() for spelling in entry.names}
    spelled: dict[str, ClassEntry] = {}
    for name in own:
        entry = _inherit(name, own, names)
        for spelling in entry.names:
            spelled[spelling] = entry
    functions: dict[str, list[Operation]] = {}
    methods: dict[str, dict[str, list[Operation]]] = {}
    for file, op in operations:
        if not op.of:
            for name in op.call:
                functions.setdefault(name, []).append(op)
        for name in op.of:
            if name not in spelled:
                raise KnowledgeError(f"{file}: an [[operation]] is `of` {name}, which is no class entry")
            for path in op.call:
                methods.setdefault(spelled[name].name, {}).setdefault(path, []).append(op)
    # A class that inherits has its parent's methods too.
    for name, entry in list(own.items()):
        parent = entry.inherits
        while parent is not None:
            for path, ops in list(methods.get(spelled[parent].name, {}).items()):
                methods.setdefault(name, {}).setdefault(path, list(ops))
            parent = own[spelled[parent].name].inherits
    tails = {path.rsplit(".", 1)[-1] for paths in methods.values() for path in paths}
    return Knowledge(
        libraries=libraries,
        classes=spelled,
        functions={name: tuple(ops) for name, ops in functions.items()},
        methods={name: {path: tuple(ops) for path, ops in paths.items()} for name, paths in methods.items()},
        roots={root: lib.name for lib in libraries.values() for root in lib.imports},
        words=frozenset(word for lib in libraries.values() for word in lib.words),
        tails=frozenset(tails),
        absent=frozenset(name for lib in libraries.values() for name in lib.absent),
    )


def _inherit(name: str, own: Mapping[str, ClassEntry], names: Mapping[str, str], seen: tuple[str, ...] = ()) -> ClassEntry:
    entry = own[name]
    if entry.inherits is None:
        return entry
    if entry.inherits not in names or entry.inherits in seen:
        raise KnowledgeError(f"class entry {name} inherits {entry.inherits}, which is no class entry or inherits it back")
    parent = _inherit(names[entry.inherits], own, names, (*seen, name))
    return replace(
        entry,
        kind=entry.kind or parent.kind,
        positional=entry.positional or parent.positional,
        arguments={**parent.arguments, **entry.arguments},
        defaults={**parent.defaults, **entry.defaults},
        units={**parent.units, **entry.units},
        bounded_by=entry.bounded_by or parent.bounded_by,
        never=entry.never or parent.never,
        returns={**parent.returns, **entry.returns},
        attributes={**parent.attributes, **entry.attributes},
    )
