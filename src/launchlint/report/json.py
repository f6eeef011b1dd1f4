"""The whole outcome as JSON, for programs. The shape is versioned: a field may be added, none changes its meaning within a version."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from launchlint import __version__
from launchlint.model.finding import Finding, Outcome, Severity
from launchlint.model.source import Place

from .context import Context

VERSION = 1


def render(outcome: Outcome, context: Context) -> str:
    """A document with `version`, `findings`, `unread`, `crashes`, `not_run` and `counts`; paths are relative to `root`."""
    severities = Counter(finding.severity for finding in outcome.findings)
    document = {
        "version": VERSION,
        "tool": {"name": "launchlint", "version": __version__},
        "root": str(context.root),
        "read": context.read.name.lower(),
        "seconds": round(context.seconds, 3),
        "findings": [_finding(finding, context) for finding in outcome.findings],
        "unread": [{"path": each.path, "line": each.line, "why": each.why} for each in outcome.unread],
        "crashes": [{"rule": each.rule, "error": each.error} for each in outcome.crashes],
        "not_run": [{"rule": rule, "why": why} for rule, why in outcome.not_run],
        "counts": {
            **outcome.counts,
            "findings": len(outcome.findings),
            "by_severity": {level.value: severities[level] for level in reversed(Severity)},
            "by_rule": dict(sorted(Counter(finding.rule for finding in outcome.findings).items())),
        },
    }
    return json.dumps(document, indent=1) + "\n"


def _finding(finding: Finding, context: Context) -> dict[str, Any]:
    rule = context.registry.by_name[finding.rule]
    return {
        "rule": finding.rule,
        "family": rule.family,
        "status": rule.status.value,
        "items": list(rule.items),
        "severity": finding.severity.value,
        "message": finding.message,
        "cure": finding.cure,
        **_place(finding.place),
        "related": [{"message": each.message, **_place(each.place)} for each in finding.related],
        "fingerprint": finding.fingerprint,
    }


def _place(place: Place) -> dict[str, Any]:
    span = place.span
    return {
        "path": place.path,
        "cell": place.cell,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
