"""What rules report and what users see."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from .source import Place, Unread
from .value import Known


class Severity(StrEnum):
    """SARIF levels, in rising order of weight."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for a note, 1 for a warning, 2 for an error."""
        return ("note", "warning", "error").index(self.value)

    @property
    def milder(self) -> Severity:
        """One step down; a note stays a note."""
        return (Severity.NOTE, Severity.NOTE, Severity.WARNING)[self.rank]


class Related(NamedTuple):
    """A second place that explains a finding ("client built here", "value set here")."""

    place: Place
    message: str


class Report(NamedTuple):
    """What a rule saw. The engine adds the rule's name, severity, cure and the suppression state.

    `message` is one sentence: the thing, and the consequence with the fact behind it; no full stop at the end.
    `basis` are the values the verdict rests on: when one of them holds only for an assumed library version, the engine
    lowers the severity by one step and says so.
    """

    place: Place
    message: str
    cure: str | None = None
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    basis: tuple[Known, ...] = ()


class Finding(NamedTuple):
    """A report after settling: everything an output format needs.

    `fingerprint` is independent of line numbers: equal for the same defect after edits elsewhere in the file.
    """

    rule: str
    severity: Severity
    place: Place
    message: str
    cure: str
    related: tuple[Related, ...]
    fingerprint: str


class Crash(NamedTuple):
    """A rule that raised: our own fault, reported by name while the other rules run on."""

    rule: str
    error: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole run, ready to be rendered.

    `counts` holds figures for the summary line (files read, files skipped by the prefilter, suppressed findings…).
    `not_run` names rules that need a wider read than this run was, with the reason.
    """

    findings: tuple[Finding, ...]
    crashes: tuple[Crash, ...] = ()
    unread: tuple[Unread, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    not_run: tuple[tuple[str, str], ...] = ()
