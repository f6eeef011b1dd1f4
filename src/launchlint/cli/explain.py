"""`launchlint explain RULE`."""

from __future__ import annotations

import click

from . import CLEAN
from . import output as out


@click.command("explain", short_help="Say what a rule finds, why it matters and what to do.", epilog="Example: launchlint explain http-timeout-missing")
@click.argument("rule")
def command(rule: str) -> int:
    """Print the documentation of RULE as Markdown."""
    from launchlint.engine.registry import UnknownRuleError, load
    from launchlint.report.document import markdown

    try:
        found = load().find(rule)
    except UnknownRuleError as error:
        raise click.UsageError(f"{error}; `launchlint rules` lists them all" if error.suggestion is None else str(error)) from None
    out.write(f"# {found.name}\n\n{markdown(found)}", None)
    return CLEAN
