"""`link`: layer 1 of all files and the knowledge files become the domain facts that rules read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from launchlint.facts.base import CallSite, Fact
from launchlint.facts.http import HttpCall
from launchlint.facts.llm import ClientConstruction, ModelConstruction
from launchlint.facts.project import Read
from launchlint.facts.retry import RetryPolicy
from launchlint.facts.secrets import SecretLiteral
from launchlint.facts.web import CorsPolicy
from launchlint.knowledge.schema import Knowledge
from launchlint.model.source import PathClass, Place
from launchlint.model.value import ABSENT, Absent, Argument, Known, Origin, Unknown
from launchlint.syntax.files import FileFacts
from launchlint.syntax.records import CallRef, Ref

from .arguments import Arguments
from .callgraph import CallGraph
from .fold import Folder
from .loops import Loops
from .program import Program, Site
from .resolve import Resolver
from .retries import cover
from .settings import Settings
from .sites import Sites, key_of
from .usage import is_read, never_runs, stays_local
from .versions import Versions
from .web import reads_app_config, settings_policies

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
        if read is Read.FILE:
            made = [(site, escaping(fact, site, sites)) for site, fact in made]
        made = cover(elsewhere(made, program, versions), graph)
        facts += [fact for _, fact in made]
        facts += settings_policies(program, folder)
        if read is Read.PROJECT:  # what ends a loop may stand in a caller
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
    """A construction or a request, with what is given to its object afterwards."""
    key = key_of(site)
    names = sites.bound_later.get(key, set())
    calls = sites.calls_of.get(key, [])
    if isinstance(fact, RetryPolicy) and fact.bounded is False and names:
        return replace(fact, bounded=None)
    if isinstance(fact, HttpCall):
        names = sites.bound_later.get(sites.owners.get(key, ("", 0, 0)), set())
        timeout = fact.argument("timeout")
        if "timeout" in names and isinstance(timeout.passed, Absent):
            return replace(fact, arguments={**fact.arguments, "timeout": Argument(ABSENT, Unknown("given later"))})
        return fact
    if not isinstance(fact, ModelConstruction | ClientConstruction):
        return fact
    if isinstance(fact, ModelConstruction) and key in sites.copied and not calls:
        return _without_default(fact, "timeout", "copied into crewAI's own model")
    if never_runs(site) or (not calls and not is_read(sites.program, site)):
        return _without_default(_without_default(fact, "timeout", "never used"), "output_cap", "never used", absent=True)
    if isinstance(fact, ClientConstruction) and not calls and (stays_local(site) or sites.used.get(key)):
        return _without_default(fact, "timeout", "asks no model")
    if isinstance(fact, ModelConstruction) and names:
        arguments = {name: Argument(arg.passed, Unknown("given later")) if name in names and _open(arg) else arg for name, arg in fact.arguments.items()}
        for name in names - set(fact.arguments):
            arguments[name] = Argument(effective=Unknown("given later"))
        return replace(fact, arguments=arguments)
    if isinstance(fact, ClientConstruction):
        every = bool(calls) and all(not isinstance(call.argument("timeout").passed, Absent) for call in calls)
        if every:
            return replace(fact, timeout_at_every_call=True)
    return fact


def escaping(fact: Fact, site: Site, sites: Sites) -> Fact:
    """A model or client that other files can reach: on a file read nobody knows what they pass, so what is not passed here is unknown."""
    if not isinstance(fact, ModelConstruction | ClientConstruction):
        return fact
    record = site.record
    body = site.module.body(site.scope)
    bound = [bind for bind in body.binds if bind.value == CallRef(site.call)]
    public = site.scope == 0 and any(isinstance(bind.target, Ref) and not bind.target.root.startswith("_") for bind in bound)
    returned = record.role == "return" or any(
        exit_.kind in {"return", "yield"} and isinstance(exit_.value, Ref) and any(bind.target == exit_.value for bind in bound) for exit_ in body.exits
    )
    if not public and not returned:
        return fact
    later_on = sites.given_at_calls(fact.callee)
    arguments = {
        name: Argument(argument.passed, Unknown("may be given elsewhere")) if name in later_on and _open(argument) else argument
        for name, argument in fact.arguments.items()
    }
    return replace(fact, arguments=arguments)


def elsewhere(made: list[tuple[Site, Fact]], program: Program, versions: Versions) -> list[tuple[Site, Fact]]:
    """Defaults that a setting of the process replaces: `socket.setdefaulttimeout(10)`, `app.config["CORS_ORIGINS"]`."""
    socket = any(True for _ in program.mentions("setdefaulttimeout"))
    flask = any(isinstance(fact, CorsPolicy) and fact.library == "flask-cors" for _, fact in made) and reads_app_config(program)

    def replaced(fact: Fact) -> Fact:
        if socket and isinstance(fact, HttpCall) and fact.library.startswith("urllib"):
            return _without_default(fact, "timeout", "default timeout of sockets")
        if flask and isinstance(fact, CorsPolicy) and fact.library == "flask-cors":
            return _without_default(fact, "origins", "configuration of the app")
        if isinstance(fact, ModelConstruction) and "OpenAI" in fact.callee and versions.decide("openai", fact.place.path, None, "1.0"):
            return _without_default(fact, "timeout", "openai before 1.0 has a timeout of its own")
        return fact

    return [(site, replaced(fact)) for site, fact in made]


def _without_default(fact: CallSite, name: str, why: str, *, absent: bool = False) -> CallSite:
    argument = fact.argument(name)
    if absent and name in fact.arguments and isinstance(argument.effective, Absent):
        return replace(fact, arguments={**fact.arguments, name: Argument(argument.passed, Unknown(why))})
    if isinstance(argument.effective, Known) and argument.effective.origin is Origin.SDK_DEFAULT:
        return replace(fact, arguments={**fact.arguments, name: Argument(argument.passed, Unknown(why))})
    return fact


def _open(argument: Argument) -> bool:
    return isinstance(argument.effective, Absent) or (isinstance(argument.effective, Known) and argument.effective.origin is Origin.SDK_DEFAULT)
