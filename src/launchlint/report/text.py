"""Output for people: every finding with its code, related places and cure, then one line that sums up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from launchlint.model.finding import Finding, Outcome, Severity
from launchlint.model.source import Unread

from .context import Context
from .display import plural, shown_path, shown_place, visible
from .frame import frame

_MAX_NOTICES = 20
_CODES = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_BOLD, _DIM, _GREEN = "1", "2", "32"


def render(outcome: Outcome, context: Context) -> str:
    """The whole report, ending in a line break."""
    lines = [line for finding in outcome.findings for line in (*_finding(finding, context), "")]
    if not context.quiet:
        lines += notices(outcome, context)
        lines.append(summary(outcome, context))
    return "".join(f"{line}\n" for line in lines)


def statistics(outcome: Outcome, context: Context) -> str:
    """How many findings each rule has, the most frequent first."""
    counts = Counter((finding.rule, finding.severity) for finding in outcome.findings)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    lines = [f"{count:>6}  {_painter(context, _CODES[severity])(f'{severity.value:<7}')}  {rule}" for (rule, severity), count in rows]
    if not context.quiet:
        lines += notices(outcome, context)
        lines.append(summary(outcome, context))
    return "".join(f"{line}\n" for line in lines)


def summary(outcome: Outcome, context: Context) -> str:
    """One line: what was found, in how much, in what time, and what was left out."""
    by = Counter(finding.severity for finding in outcome.findings)
    found = ", ".join(plural(by[level], level.value) for level in reversed(Severity) if by[level])
    head = f"{plural(len(outcome.findings), 'finding')} ({found})" if found else "no findings"
    counts = outcome.counts
    parts = [f"{_painter(context, _CODES[max(by, key=lambda level: level.rank)] if by else _GREEN)(head)} in {plural(counts.get('files', 0), 'file')}"]
    parts[0] += f", {context.seconds:.1f} s"
    if counts.get("suppressed"):
        parts.append(f"{counts['suppressed']:,} suppressed")
    if counts.get("below_minimum"):
        parts.append(f"{counts['below_minimum']:,} milder than asked for")
    if outcome.unread:
        parts.append(f"{plural(len(outcome.unread), 'file')} not read")
    if outcome.not_run:
        parts.append(f"{plural(len(outcome.not_run), 'rule')} not run")
    if outcome.crashes:
        parts.append(f"{plural(len(outcome.crashes), 'rule')} failed")
    return "; ".join(parts)


def notices(outcome: Outcome, context: Context) -> Iterator[str]:
    """What was not done: files not read, rules not run, rules that failed."""
    for unread in outcome.unread[:_MAX_NOTICES]:
        yield f"not read: {unread_place(unread, context)}: {visible(unread.why)}"
    if len(outcome.unread) > _MAX_NOTICES:
        yield f"not read: {plural(len(outcome.unread) - _MAX_NOTICES, 'more file')} (json and sarif output name them all)"
    reasons: dict[str, list[str]] = {}
    for rule, why in outcome.not_run:
        reasons.setdefault(why, []).append(rule)
    for why, rules in reasons.items():
        yield f"not run: {', '.join(rules)} ({why})"
    for crash in outcome.crashes:
        yield f"failed: {crash.rule}: {visible(crash.error)} (this is our fault, not yours)"
    if any((*outcome.unread, *outcome.not_run, *outcome.crashes)):
        yield ""


def unread_place(unread: Unread, context: Context) -> str:
    """`path` or `path:line`."""
    return shown_path(context.root, unread.path) + (f":{unread.line}" if unread.line is not None else "")


def _finding(finding: Finding, context: Context) -> Iterator[str]:
    paint, bold, dim = _painter(context, _CODES[finding.severity]), _painter(context, _BOLD), _painter(context, _DIM)
    gutter = max(len(str(place.span.line)) for place in (finding.place, *(related.place for related in finding.related)))
    yield f"{bold(shown_place(context.root, finding.place))}: {paint(f'{finding.severity.value}[{finding.rule}]')} {visible(finding.message)}"
    yield from frame(context.sources, finding.place, gutter, paint, dim)
    for related in finding.related:
        yield f"{' ' * gutter} {dim('=')} {visible(related.message)}: {shown_place(context.root, related.place)}"
        if related.place[:1] != finding.place[:1] or related.place.span.line != finding.place.span.line:
            yield from frame(context.sources, related.place, gutter, dim, dim)
    yield f"{' ' * gutter} {dim('=')} {_painter(context, _GREEN)('cure')}: {visible(finding.cure)}"


def _painter(context: Context, code: str) -> Callable[[str], str]:
    return (lambda text: f"\x1b[{code}m{text}\x1b[0m") if context.colour else (lambda text: text)
