"""SARIF 2.1.0, as GitHub's code scanning and other readers want it: built of sarif_om's objects, written by a serialiser of our own.

sarif_om's own companion leaves out every attribute that equals its default, `level: warning` among them, which readers then take from the rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from launchlint import __version__
from launchlint.engine.rolling import line_hashes
from launchlint.model.finding import Finding, Outcome, Severity
from launchlint.model.source import Place, Span
from launchlint.rule import Rule

from .context import Context
from .display import repository_prefix, visible
from .document import markdown, plain, precision, readable, sections

if TYPE_CHECKING:
    import sarif_om  # type: ignore[import-untyped]

    from .notebook import Notebook

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS = 5000
_MAX_TAGS = 10
_MAX_TEXT = 1024
_ROOT = "%SRCROOT%"
_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


def render(outcome: Outcome, context: Context) -> str:
    """The log as JSON text, ending in a line break. Findings beyond the 5,000 gravest are left out, with a notification."""
    return json.dumps(_plain(_Builder(outcome, context).log()), separators=(",", ":")) + "\n"


class _Builder:
    def __init__(self, outcome: Outcome, context: Context) -> None:
        import sarif_om

        self._om = sarif_om
        self._outcome = outcome
        self._context = context
        self._prefix = repository_prefix(context.root)
        self._hashes: dict[str, list[str]] = {}
        self._notebooks: dict[str, Notebook] = {}
        self._index = {rule.name: number for number, rule in enumerate(context.registry.rules)}

    def log(self) -> sarif_om.SarifLog:
        """One run in one log: code scanning refuses several runs of one tool and category."""
        om = self._om
        findings = self._outcome.findings
        shown = findings if len(findings) <= MAX_RESULTS else sorted(findings, key=lambda finding: -finding.severity.rank)[:MAX_RESULTS]
        category = f"{self._context.category}/" if self._context.category else ""
        run = om.Run(
            tool=om.Tool(driver=self._driver()),
            results=[self._result(finding) for finding in shown],
            invocations=[om.Invocation(execution_successful=not self._outcome.crashes, tool_execution_notifications=list(self._notifications(len(shown))))],
            automation_details=om.RunAutomationDetails(id=f"launchlint/{category}"),
            column_kind="unicodeCodePoints",
            original_uri_base_ids={_ROOT: om.ArtifactLocation(description=om.Message(text="The top folder of the repository."))},
        )
        return om.SarifLog(version="2.1.0", schema_uri=SCHEMA, runs=[run])

    # ------------------------------------------------------------ rules

    def _driver(self) -> sarif_om.ToolComponent:
        om = self._om
        return om.ToolComponent(
            name="launchlint",
            semantic_version=__version__,
            version=__version__,
            rules=[self._rule(rule) for rule in self._context.registry.rules],
            information_uri=_home(),
        )

    def _rule(self, rule: Rule) -> sarif_om.ReportingDescriptor:
        om = self._om
        security = {"security-severity": rule.security_severity} if rule.security_severity else {}
        return om.ReportingDescriptor(
            id=rule.name,
            name="".join(word.capitalize() for word in rule.name.split("-")),
            deprecated_ids=list(rule.aliases) or None,
            short_description=om.MultiformatMessageString(text=_cut(readable(rule.summary))),
            full_description=om.MultiformatMessageString(text=_cut(" ".join(sections(rule)["What it does"].split()))),
            help=om.MultiformatMessageString(text=plain(rule), markdown=markdown(rule)),
            default_configuration=om.ReportingConfiguration(level=rule.severity.value),
            properties={
                "tags": list(dict.fromkeys((*rule.tags, rule.family, *rule.items)))[:_MAX_TAGS],
                "precision": precision(rule),
                "problem.severity": _PROBLEM[rule.severity],
                **security,
            },
        )

    # ------------------------------------------------------------ results

    def _result(self, finding: Finding) -> sarif_om.Result:
        om = self._om
        place = finding.place
        region = self._region(place)
        related = [
            om.Location(id=number, physical_location=self._physical(each.place, snippet=False), message=om.Message(text=visible(each.message)))
            for number, each in enumerate(finding.related, 1)
        ]
        links = ", ".join(f"[{_label(each.message)}]({number})" for number, each in enumerate(finding.related, 1))
        cell = f" (cell {place.cell}, line {place.span.line})" if place.cell is not None else ""
        hashes = self._line_hashes(place.path)
        line_hash = {"primaryLocationLineHash": hashes[region.line - 1]} if region.line <= len(hashes) else {}
        return om.Result(
            rule_id=finding.rule,
            rule_index=self._index[finding.rule],
            level=finding.severity.value,
            message=om.Message(text=f"{_literal(visible(finding.message))}{cell}{f'; see {links}' if links else ''}. Cure: {_literal(visible(finding.cure))}."),
            locations=[om.Location(physical_location=self._physical(place, snippet=True))],
            related_locations=related or None,
            partial_fingerprints={**line_hash, "launchlint/v1": finding.fingerprint},
        )

    def _physical(self, place: Place, snippet: bool) -> sarif_om.PhysicalLocation:
        om = self._om
        span = self._region(place)
        region = om.Region(start_line=span.line, start_column=span.column, end_line=span.end_line, end_column=span.end_column)
        context_region = None
        if snippet and place.cell is None and (line := self._context.sources.line(place)) is not None:
            before, after = self._context.sources.line(place, -1), self._context.sources.line(place, 1)
            first, last = span.line - (before is not None), span.line + (after is not None)
            # The text around a credential stays out even though it is masked: what is shown as source must be the source.
            if not self._context.sources.has_secret(place.path, None, first, last):
                region.snippet = om.ArtifactContent(text=line[span.column - 1 : span.end_column - 1])
                text = "\n".join(each for each in (before, line, after) if each is not None)
                context_region = om.Region(start_line=first, end_line=last, snippet=om.ArtifactContent(text=text))
        return om.PhysicalLocation(artifact_location=self._artifact(place.path), region=region, context_region=context_region)

    def _region(self, place: Place) -> Span:
        """The first line of the place in the file: code scanning shows an alert on a pull request only when all its lines are in the diff."""
        if place.cell is not None:
            if place.path not in self._notebooks:
                from .notebook import Notebook

                self._notebooks[place.path] = Notebook(self._context.sources.raw(place.path))
            return self._notebooks[place.path].physical(place.cell, place.span)
        line = self._context.sources.line(place)
        span = place.span
        end = span.end_column if span.end_line == span.line else len((line or "").rstrip()) + 1
        return Span(span.line, span.column, span.line, max(end, span.column + 1))

    def _artifact(self, path: str) -> sarif_om.ArtifactLocation:
        from urllib.parse import quote

        return self._om.ArtifactLocation(uri=quote(self._prefix + path), uri_base_id=_ROOT)

    def _line_hashes(self, path: str) -> Sequence[str]:
        if path not in self._hashes:
            self._hashes[path] = line_hashes(self._context.sources.raw(path))
        return self._hashes[path]

    # ------------------------------------------------------------ notifications

    def _notifications(self, shown: int) -> Iterator[sarif_om.Notification]:
        for unread in self._outcome.unread:
            line = unread.line or 1
            yield self._notification("file-not-read", "warning", f"{unread.path} was not read: {unread.why}", Place(unread.path, Span(line, 1, line, 1)))
        for crash in self._outcome.crashes:
            yield self._notification("rule-failed", "error", f"{crash.rule} failed: {crash.error}")
        for rule, why in self._outcome.not_run:
            yield self._notification("rule-not-run", "note", f"{rule} did not run: it {why}")
        if shown < len(self._outcome.findings):
            text = f"{len(self._outcome.findings) - shown} of {len(self._outcome.findings)} findings were left out, the mildest ones"
            yield self._notification("results-cut", "warning", text)

    def _notification(self, name: str, level: str, text: str, place: Place | None = None) -> sarif_om.Notification:
        om = self._om
        locations = None
        if place is not None:
            region = om.Region(start_line=place.span.line)
            locations = [om.Location(physical_location=om.PhysicalLocation(artifact_location=self._artifact(place.path), region=region))]
        descriptor = om.ReportingDescriptorReference(id=name)
        return om.Notification(descriptor=descriptor, level=level, message=om.Message(text=visible(text) + "."), locations=locations)


def _home() -> str | None:
    """The project's page, if the installed package names one."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("launchlint").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    return next((url.partition(",")[2].strip() for url in urls), None)


def _literal(text: str) -> str:
    """Brackets that would read as a link of SARIF's message syntax are escaped."""
    return _LINK.sub(r"\\[", text)


def _label(text: str) -> str:
    return visible(text).replace("[", "(").replace("]", ")")


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


# ---------------------------------------------------------------- serialising

_FIELDS: dict[type, tuple[tuple[str, str, Any], ...]] = {}
_ALWAYS = frozenset(("level", "start_column"))


def _fields(kind: type) -> tuple[tuple[str, str, Any], ...]:
    """(attribute, property, default) of a sarif_om class."""
    if kind not in _FIELDS:
        import attr

        _FIELDS[kind] = tuple(
            (each.name, each.metadata["schema_property_name"], each.default.factory() if isinstance(each.default, attr.Factory) else each.default)  # type: ignore[arg-type]
            for each in attr.fields(kind)
        )
    return _FIELDS[kind]


def _plain(value: Any) -> Any:
    """sarif_om's objects as dicts. What equals its default is left out, save where readers fill the gap with something else."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return {
        key: _plain(each) for name, key, default in _fields(type(value)) if (each := getattr(value, name)) is not None and (each != default or name in _ALWAYS)
    }
