"""`link`: layer 1 of all files and the knowledge files become the domain facts that rules read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from launchlint.facts.base import Fact
from launchlint.facts.llm import ClientConstruction, ModelConstruction
from launchlint.facts.project import Read
from launchlint.facts.secrets import SecretLiteral
from launchlint.knowledge.schema import Knowledge
from launchlint.model.source import PathClass, Place
from launchlint.model.value import Absent, Argument, Known, Origin, Unknown
from launchlint.syntax.files import FileFacts

from .arguments import Arguments
from .callgraph import CallGraph
from .fold import Folder
from .loops import Loops
from .program import Program, Site
from .resolve import Resolver
from .retries import cover
from .settings import Settings
from .sites import Sites, key_of
from .versions import Versions
from .web import settings_policies

F = TypeVar("F", bound=Fact)


class Linked:
    """The linked project: `launchlint.facts.Project` for rules."""

    def __init__(self, facts: Sequence[Fact], read: Read, classes: frozenset[PathClass]) -> None:
        self._facts: dict[type[Fact], list[Fact]] = {}
        for fact in facts:
            self._facts.setdefault(type(fact), []).append(fact)
        for same in self._facts.values():
            same.sort(key=lambda fact: (fact.place.path, fact.place.cell or 0, fact.place.span))
        self._read = read
        self._classes = classes

    @property
    def read(self) -> Read:
        """How much was read."""
        return self._read

    @property
    def classes(self) -> frozenset[PathClass]:
        """The path classes in which violations are looked for."""
        return self._classes

    def facts(self, kind: type[F]) -> Sequence[F]:
        """All facts of exactly this kind."""
        return self._facts.get(kind, ())  # type: ignore[return-value]

    def all(self) -> list[Fact]:
        """Every fact, for the dump."""
        return [fact for same in self._facts.values() for fact in same]


def link(files: Sequence[FileFacts], knowledge: Knowledge, *, read: Read, classes: frozenset[PathClass], versions: Versions) -> Linked:
    """Answer what every call is. Pure: the same files and knowledge give the same facts."""
    facts: list[Fact] = list(secrets(files))
    program = Program(files, knowledge.roots)
    if program.modules:
        resolver = Resolver(program, knowledge)
        folder = Folder(resolver, Settings(files), whole=read is Read.PROJECT)
        arguments = Arguments(folder, knowledge, versions)
        sites = Sites(program, resolver, arguments, knowledge)
        sites.run()
        graph = CallGraph(resolver)
        made = [(site, later(fact, site, sites)) for site, fact in sites.facts]
        made = cover(made, graph)
        facts += [fact for _, fact in made]
        facts += settings_policies(program, folder)
        facts += Loops(program, resolver, graph, made).run()
    return Linked(facts, read, classes)


def secrets(files: Sequence[FileFacts]) -> list[SecretLiteral]:
    """Credentials that the scan of each file found."""
    return [
        SecretLiteral(
            place=Place(file.source.path, hit.span, hit.cell),
            path_class=file.source.path_class,
            provider=hit.provider,
            format=hit.format,
            redacted=hit.redacted,
            digest=hit.digest,
            context=hit.context,
        )
        for file in files
        for hit in file.secrets
    ]


def later(fact: Fact, site: Site, sites: Sites) -> Fact:
    """A construction, with what is given to its object afterwards."""
    if not isinstance(fact, ModelConstruction | ClientConstruction):
        return fact
    names = sites.bound_later.get(key_of(site), set())
    if isinstance(fact, ModelConstruction) and names:
        arguments = {name: Argument(arg.passed, Unknown("given later")) if name in names and _open(arg) else arg for name, arg in fact.arguments.items()}
        for name in names - set(fact.arguments):
            arguments[name] = Argument(effective=Unknown("given later"))
        return replace(fact, arguments=arguments)
    if isinstance(fact, ClientConstruction):
        calls = sites.calls_of.get(key_of(site), [])
        every = bool(calls) and all(not isinstance(call.argument("timeout").passed, Absent) for call in calls)
        if every:
            return replace(fact, timeout_at_every_call=True)
    return fact


def _open(argument: Argument) -> bool:
    return isinstance(argument.effective, Absent) or (isinstance(argument.effective, Known) and argument.effective.origin is Origin.SDK_DEFAULT)
