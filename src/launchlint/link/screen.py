"""Which calls of a module are worth resolving: decided on names in the headers, before any body is decoded."""

from __future__ import annotations

from typing import NamedTuple

from launchlint.knowledge.schema import Knowledge

from .program import Module

_GENERIC = frozenset(
    """
    get post put patch delete head options request send run stream query search close copy update create append start chat embed batch complete
    predict generate open call iter compile launch tool client parse chat_stream
    """.split()
)
"""Method names so common that the file must import a library which has them."""
SPECIAL = frozenset({"add_middleware", "Middleware", "mount"})


_EVERYDAY = frozenset("apply clone embedding embeddings initialize pipe responses schedule session wraps".split())
"""Method names that are words of every program: a file that holds one of them need not call a client."""
# A loop that talks to a model speaks of the conversation, and between the two there is often a module that only keeps it.
_CONVERSATION = {("append", "role"), ("append", "messages"), ("append", "history")} | {
    ("while", word) for word in ("messages", "history", "tool_calls", "tool_use", "stop_reason", "finish_reason", "conversation", "tools")
}


def caller_words(knowledge: Knowledge) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Words of calls through clients that other modules build: with an import of such a module they make a file worth parsing.

    The first are telling by themselves. The second come in twos, from method paths such as `conversations.append`: neither says anything without the other.
    """
    paths = {path for methods in knowledge.methods.values() for path in methods}
    paths |= {path.rsplit(".", 1)[-1] for entry in knowledge.classes.values() for path, target in entry.returns.items() if target == "self"}
    alone = {path for path in paths if "." not in path} - _GENERIC - _EVERYDAY
    pairs = {(before.rsplit(".", 1)[-1], tail) for before, _, tail in (path.rpartition(".") for path in paths) if before and tail not in alone}
    return frozenset(alone), frozenset(pairs | _CONVERSATION)


class Imports(NamedTuple):
    """The names that imports of known libraries bind, these libraries, and the names taken from other modules."""

    aliases: frozenset[str]
    libraries: frozenset[str]
    others: frozenset[str]


class Screen:
    """Built once per link from the knowledge files."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.roots = knowledge.roots
        kept = {path.rsplit(".", 1)[-1] for entry in knowledge.classes.values() for path, target in entry.returns.items() if target == "self"}
        self.tails = knowledge.tails | kept | {"__call__"}
        self.names = frozenset(name.rsplit(".", 1)[-1] for name in (*knowledge.classes, *knowledge.functions))
        self.steps = frozenset(step for paths in knowledge.methods.values() for path in paths for step in path.split(".")[:-1])
        self.generic: dict[str, set[str]] = {}
        for entry, paths in knowledge.methods.items():
            library = knowledge.classes[entry].library.name
            for path in paths:
                tail = path.rsplit(".", 1)[-1]
                if tail in _GENERIC:
                    self.generic.setdefault(tail, set()).add(library)

    def imports(self, module: Module) -> Imports:
        """What the imports of a module bind."""
        names: set[str] = set()
        libraries: set[str] = set()
        others: set[str] = set()
        for record in module.header.imports:
            library = None
            if not record.module.startswith("."):
                library = self.library(record.module if record.name is None else f"{record.module}.{record.name}")
            if library is not None:
                names.add(record.alias)
                libraries.add(library)
            elif record.name is not None:
                others.add(record.alias)
        return Imports(frozenset(names), frozenset(libraries), frozenset(others))

    def library(self, dotted: str) -> str | None:
        """The library whose import root a dotted name lies under."""
        while True:
            found = self.roots.get(dotted)
            if found is not None:
                return found
            if "." not in dotted:
                return None
            dotted = dotted.rsplit(".", 1)[0]

    def wanted(self, dotted: str, imports: Imports) -> bool:
        """Whether a callee with this dotted text may be a library call."""
        root, _, rest = dotted.partition(".")
        if root in imports.aliases:
            return True
        tail = rest.rsplit(".", 1)[-1] if rest else root
        if tail in self.names or tail in SPECIAL:
            return True
        if tail not in self.tails:
            return False
        libraries_with = self.generic.get(tail)
        if libraries_with is None:
            return True
        return bool(libraries_with & imports.libraries) or root in imports.others or not self.steps.isdisjoint(dotted.split(".")[1:-1])
