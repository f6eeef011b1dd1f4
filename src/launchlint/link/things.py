"""What an expression can denote, as far as linking cares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from launchlint.facts.base import Rung

if TYPE_CHECKING:
    from .program import Module, Site

Rungs: TypeAlias = tuple[Rung, ...]


class External(NamedTuple):
    """A name of a library: "openai.OpenAI"; also a module of one."""

    name: str
    rungs: Rungs = (Rung.IMPORT,)


class ModuleThing(NamedTuple):
    """A module of this project."""

    module: Module


class FunctionThing(NamedTuple):
    """A function of this project; `owner` is the instance or class it is bound to."""

    module: Module
    scope: int
    owner: ProjectInstance | ClassThing | None = None


class ClassThing(NamedTuple):
    """A class of this project."""

    module: Module
    scope: int


class Instance(NamedTuple):
    """An object of a library class that has a knowledge entry.

    `site` is the call that built it, None when only its type is known. `later` are calls whose arguments were bound onto it
    afterwards (`.bind(…)`, `.with_options(…)`). `opaque` says that it was built in a way that hides its arguments (a subclass).
    `parent` is the object it was made from (the client behind a chat).
    """

    entry: str
    site: Site | None
    rungs: Rungs
    later: tuple[Site, ...] = ()
    opaque: bool = False
    parent: Instance | None = None


class Member(NamedTuple):
    """An attribute path on a library object that is no class entry of its own: mostly a method."""

    owner: Instance
    path: str


class ProjectInstance(NamedTuple):
    """An object of a project class.

    `route` is the way from the settings object it was read from (see `settings.py`), and `root` that object's class.
    """

    cls: ClassThing
    site: Site | None = None
    rungs: Rungs = ()
    root: ClassThing | None = None
    route: tuple[str, ...] = ()


class Partial(NamedTuple):
    """`functools.partial(target, …)`: the call holds the arguments given so far."""

    target: Thing
    site: Site


Thing: TypeAlias = External | ModuleThing | FunctionThing | ClassThing | Instance | Member | ProjectInstance | Partial


def with_rung(thing: Thing, rung: Rung) -> Thing:
    """The same thing, known through one more step."""
    match thing:
        case External(name, rungs):
            return External(name, (*rungs, rung)[-6:])
        case Instance(entry, site, rungs, later, opaque, parent):
            return Instance(entry, site, (*rungs, rung)[-6:], later, opaque, parent)
        case ProjectInstance(cls, site, rungs, root, route):
            return ProjectInstance(cls, site, (*rungs, rung)[-6:], root, route)
        case Member(owner, path):
            stepped = with_rung(owner, rung)
            return Member(stepped, path) if isinstance(stepped, Instance) else thing
        case _:
            return thing


def rungs_of(thing: Thing) -> Rungs:
    """The path on which a thing is known."""
    match thing:
        case External(_, rungs) | Instance(rungs=rungs) | ProjectInstance(rungs=rungs):
            return rungs
        case Member(owner, _):
            return owner.rungs
        case Partial(target, _):
            return rungs_of(target)
        case _:
            return ()


Things: TypeAlias = tuple[Thing, ...]
MAX_ALTERNATIVES = 8


def unique(things: Iterable[Thing]) -> Things:
    """Each thing once, at most MAX_ALTERNATIVES of them."""
    return tuple(dict.fromkeys(things))[:MAX_ALTERNATIVES]
