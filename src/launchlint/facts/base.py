"""What every domain fact has: a place, and how it is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from launchlint.model.source import PathClass, Place
from launchlint.model.value import Argument, Value

_NO_ARGUMENT = Argument()


class Rung(IntEnum):
    """How a receiver is known, from the surest to the weakest."""

    IMPORT = 0
    LOCAL = 1
    ANNOTATION = 2
    ATTRIBUTE = 3
    FACTORY = 4
    SHAPE = 5
    SUFFIX = 6


class Receiver(NamedTuple):
    """The whole path on which a receiver was followed; `weakest` is what a rule decides on."""

    path: tuple[Rung, ...]

    @property
    def weakest(self) -> Rung:
        """The weakest rung of the path."""
        return max(self.path, default=Rung.IMPORT)


class Via(NamedTuple):
    """A step of a call path, for `related`: where, and in words."""

    place: Place
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A domain fact. `function` is the qualified name around it ("" at module level)."""

    place: Place
    path_class: PathClass
    function: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSite(Fact):
    """Any call with a resolved dotted callee: the escape hatch from which a rule may start.

    `callee` is the library's own dotted name ("requests.get", "openai.OpenAI", or "openai.OpenAI:chat.completions.create" for a method);
    `written` is the callee as it stands in the source. `arguments` are logical arguments named by the knowledge file of the library.
    `constructed` is where the receiver was built. `version` is the library version in use, None when it had to be assumed.
    """

    library: str
    callee: str
    written: str
    receiver: Receiver
    arguments: dict[str, Argument] = field(default_factory=dict)
    constructed: Place | None = None
    version: str | None = None
    is_async: bool = False
    awaited: bool = False

    def argument(self, name: str) -> Argument:
        """The logical argument `name`; Absent when the library has no such argument."""
        return self.arguments.get(name, _NO_ARGUMENT)

    def has(self, name: str) -> bool:
        """Whether the library knows this logical argument here at all."""
        return name in self.arguments

    def effective(self, name: str) -> Value:
        """The value of the logical argument `name` that takes effect."""
        return self.argument(name).effective
