"""`launchlint rules`."""

from __future__ import annotations

import click

from . import CLEAN
from . import output as out


@click.command("rules", short_help="List all rules.", epilog="Example: launchlint rules --output-format markdown")
@click.option("--output-format", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def command(output_format: str) -> int:
    """List all rules with their family, severity and status."""
    from launchlint.engine.registry import load

    rules = sorted(load().rules, key=lambda rule: (rule.family, rule.name))
    if output_format == "json":
        import json

        rows = [
            {
                "name": rule.name,
                "family": rule.family,
                "severity": rule.severity.value,
                "status": rule.status.value,
                "since": rule.since,
                "items": list(rule.items),
                "aliases": list(rule.aliases),
                "needs": rule.needs.name.lower(),
                "security_severity": rule.security_severity,
                "tags": list(rule.tags),
                "summary": rule.summary,
                "cure": rule.cure,
            }
            for rule in rules
        ]
        text = json.dumps(rows, indent=1) + "\n"
    elif output_format == "markdown":
        text = "| rule | family | severity | status | items | what it finds |\n|---|---|---|---|---|---|\n"
        text += "".join(
            f"| `{rule.name}` | {rule.family} | {rule.severity.value} | {rule.status.value} | {', '.join(rule.items)} | {rule.summary} |\n" for rule in rules
        )
    else:
        wide = max((len(rule.name) for rule in rules), default=0)
        family = max((len(rule.family) for rule in rules), default=0)
        text = "".join(f"{rule.name:<{wide}}  {rule.family:<{family}}  {rule.severity.value:<7}  {rule.status.value:<10}  {rule.summary}\n" for rule in rules)
    out.write(text, None)
    return CLEAN
