"""One line for each finding, as compilers write them: for editors and scripts."""

from __future__ import annotations

from launchlint.model.finding import Outcome

from .context import Context
from .display import shown_path, shown_place, visible


def render(outcome: Outcome, context: Context) -> str:
    """`path:line:column: severity[rule] message`; what was not read and what failed follows in the same shape without a rule."""
    lines = [f"{shown_place(context.root, each.place)}: {each.severity.value}[{each.rule}] {visible(each.message)}" for each in outcome.findings]
    if not context.quiet:
        lines += [f"{shown_path(context.root, each.path)}:{each.line or 1}:1: not read: {visible(each.why)}" for each in outcome.unread]
    return "".join(f"{line}\n" for line in lines)
