"""The rule API: all that a rule module needs besides `model` and `facts`.

@each(LlmCall, name="output-cap-missing", items=("LLM-COST-07",), severity=Severity.WARNING, since="0.1.0", cure="pass …")
def check(call: LlmCall) -> Iterator[Report]: ...

@project(name="…", …)
def check(project: Project) -> Iterator[Report]: ...
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NotRequired, TypedDict, TypeVar, Unpack

from .facts.base import Fact
from .facts.project import Project, Read
from .model.finding import Report, Severity

F = TypeVar("F", bound=Fact)


class Status(StrEnum):
    """`stable` rules are on by default; `preview` rules run with `--preview`; `deprecated` ones only when selected."""

    STABLE = "stable"
    PREVIEW = "preview"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and all that is known of it. `doc` is the module's docstring with the fixed headings.

    `family` groups rules for people: "output", "keys", "retries", "timeouts", "agents", "cors", ….
    `security_severity` is SARIF's "0.1".."10.0" string and makes it a security rule. `everywhere` rules look at tests, examples and docs too.
    `needs` PROJECT means that the rule is silent unless the whole project was read.
    """

    name: str
    family: str
    items: tuple[str, ...]
    severity: Severity
    since: str
    cure: str
    doc: str
    run: Callable[[Project], Iterator[Report]]
    status: Status = Status.STABLE
    aliases: tuple[str, ...] = ()
    needs: Read = Read.FILE
    everywhere: bool = False
    security_severity: str | None = None
    exact: bool = False
    tags: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.doc.strip().split("\n", 1)[0]


class Meta(TypedDict):
    """What a rule module says of its rule: the fields of `Rule` apart from `doc` and `run`."""

    name: str
    family: str
    items: tuple[str, ...]
    severity: Severity
    since: str
    cure: str
    status: NotRequired[Status]
    aliases: NotRequired[tuple[str, ...]]
    needs: NotRequired[Read]
    everywhere: NotRequired[bool]
    security_severity: NotRequired[str]
    exact: NotRequired[bool]
    tags: NotRequired[tuple[str, ...]]


def each(*kinds: type[F], **meta: Unpack[Meta]) -> Callable[[Callable[[F], Iterator[Report]]], Rule]:
    """Make a rule of a function that looks at one fact at a time."""
    everywhere = meta.get("everywhere", False)

    def decorate(check: Callable[[F], Iterator[Report]]) -> Rule:
        def run(project: Project) -> Iterator[Report]:
            for kind in kinds:
                for fact in project.facts(kind):
                    if everywhere or fact.path_class in project.classes:
                        yield from check(fact)

        return Rule(doc=_doc(check), run=run, **meta)

    return decorate


def project(**meta: Unpack[Meta]) -> Callable[[Callable[[Project], Iterator[Report]]], Rule]:
    """Make a rule of a function that looks at the whole project; it runs only on a project read unless `needs=Read.FILE` is given."""
    meta.setdefault("needs", Read.PROJECT)
    return lambda check: Rule(doc=_doc(check), run=check, **meta)


def _doc(check: Callable[..., Iterator[Report]]) -> str:
    return sys.modules[check.__module__].__doc__ or ""
