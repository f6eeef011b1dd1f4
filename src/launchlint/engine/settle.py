"""From reports to findings: the one place where something is dropped, re-graded, joined, ordered or counted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from launchlint.facts.project import Read
from launchlint.model.finding import Finding, Report, Severity
from launchlint.model.source import PathClass, Place
from launchlint.rule import Rule

from .fingerprint import Fingerprints
from .suppress import Suppressions
from .text import SourceText


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user decided about findings.

    `minimum` leaves milder findings out. `severities` replaces the severity of rules, by name. `reported` tells of a project path whether findings in it are
    wanted, `ignored` of a rule's name and a path whether the rule is switched off there.
    """

    minimum: Severity = Severity.NOTE
    severities: Mapping[str, Severity] = field(default_factory=dict)
    reported: Callable[[str], bool] = lambda _: True
    ignored: Callable[[str, str], bool] = lambda _rule, _path: False


class Ran(NamedTuple):
    """What a run did: the rules that ran to their end, the path classes they looked into, how much was read."""

    rules: tuple[Rule, ...]
    classes: Collection[PathClass]
    read: Read


def settle(
    reports: Iterable[tuple[Rule, Report]], policy: Policy, suppressions: Suppressions, sources: SourceText, ran: Ran
) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """The findings in the order of their places, and how many findings were left out and why."""
    counts = {"suppressed": 0, "below_minimum": 0}
    kept: list[tuple[Rule, Report]] = []
    for rule, report in reports:
        if policy.ignored(rule.name, report.place.path):
            continue
        if suppressions.covers(rule.name, report.place):
            counts["suppressed"] += 1
        else:
            kept.append((rule, report))
    names = {rule.name for rule in ran.rules}
    kept += [
        (rule, report)
        for rule, report in suppressions.reports(names, ran.classes, ran.read)
        if rule.name in names and not policy.ignored(rule.name, report.place.path)
    ]
    findings: list[Finding] = []
    fingerprints = Fingerprints(sources)
    done: set[tuple[str, Place]] = set()
    for rule, report in sorted(kept, key=_order):
        if (rule.name, report.place) in done:
            continue
        done.add((rule.name, report.place))
        # Every finding takes part in the numbering, so that a filter does not change the fingerprints of those that pass it.
        fingerprint = fingerprints.next(rule.name, report.place)
        if not policy.reported(report.place.path):
            continue
        finding = _finding(rule, report, policy, fingerprint)
        if finding.severity.rank < policy.minimum.rank:
            counts["below_minimum"] += 1
        else:
            findings.append(finding)
    return tuple(findings), counts


def _finding(rule: Rule, report: Report, policy: Policy, fingerprint: str) -> Finding:
    severity = policy.severities.get(rule.name) or report.severity or rule.severity
    message = report.message
    assumed = sorted({known.assumed for known in report.basis if known.assumed})
    if assumed:
        severity = severity.milder
        message = f"{message} ({', '.join(assumed)} assumed: no lock file, requirements or pyproject names the version)"
    return Finding(rule.name, severity, report.place, message, report.cure or rule.cure, report.related, fingerprint)


def _order(item: tuple[Rule, Report]) -> tuple[object, ...]:
    rule, report = item
    weight = -(report.severity or rule.severity).rank
    return (report.place.path, report.place.cell or 0, report.place.span, rule.name, weight, report.message)
