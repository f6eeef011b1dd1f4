"""Workflow commands that GitHub turns into annotations."""

from __future__ import annotations

from launchlint.model.finding import Finding, Outcome, Severity

from .context import Context
from .display import repository_prefix, visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(outcome: Outcome, context: Context) -> str:
    """One command for each finding, the gravest first, because only the first few of a step are shown."""
    prefix = repository_prefix(context.root)
    findings = sorted(outcome.findings, key=lambda finding: -finding.severity.rank)
    lines = [_command(finding, prefix) for finding in findings]
    lines += [
        f"::notice title=launchlint,file={_property(prefix + each.path)},line={each.line or 1}::{_data(f'not read: {visible(each.why)}')}"
        for each in outcome.unread
    ]
    lines += [f"::error title=launchlint::{_data(f'{each.rule} failed: {visible(each.error)}')}" for each in outcome.crashes]
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding, prefix: str) -> str:
    place = finding.place
    cell = f" (cell {place.cell}, line {place.span.line})" if place.cell is not None else ""
    parts = [f"title={_property(f'launchlint ({finding.rule})')}", f"file={_property(prefix + place.path)}"]
    if place.cell is None:
        parts += [f"line={place.span.line}", f"endLine={place.span.end_line}"]
        # GitHub takes columns only for a region on one line.
        if place.span.line == place.span.end_line:
            parts += [f"col={place.span.column}", f"endColumn={place.span.end_column}"]
    return f"::{_COMMANDS[finding.severity]} {','.join(parts)}::{_data(f'{visible(finding.message)}{cell}' + chr(10) + visible(finding.cure))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
