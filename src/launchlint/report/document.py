"""A rule's documentation, from its docstring with the fixed headings."""

from __future__ import annotations

import re

from launchlint.rule import Rule, Status

_SECTION = re.compile(r"^##[ ]+(.+?)[ ]*$", re.MULTILINE)
_SAMPLE_KEY = re.compile(r"\{\{([a-z0-9-]+)\}\}")
_PRECISION = {Status.STABLE: "high", Status.PREVIEW: "medium", Status.DEPRECATED: "low"}
_MARKUP = re.compile(r"^```\w*\n|^```$|^#+[ ]+", re.MULTILINE)


def sections(rule: Rule) -> dict[str, str]:
    """The text under each heading."""
    parts = _SECTION.split(readable(rule.doc))
    return {heading: text.strip() for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def readable(doc: str) -> str:
    """The docstring with the names of sample credentials in angle brackets: credentials are made up only when the example runs."""
    return _SAMPLE_KEY.sub(r"<\1>", doc).strip()


def markdown(rule: Rule) -> str:
    """All that there is to know about a rule, as Markdown without the title."""
    items = f"Checklist items: {', '.join(rule.items)}. " if rule.items else ""
    aliases = f"Former names: {', '.join(f'`{alias}`' for alias in rule.aliases)}. " if rule.aliases else ""
    facts = f"{items}{aliases}Severity: {rule.severity.value}. Status: {rule.status.value}, since {rule.since}."
    return f"{readable(rule.doc)}\n\n## Cure\n{rule.cure[:1].upper()}{rule.cure[1:]}.\n\n{facts}\n"


def plain(rule: Rule) -> str:
    """The same without Markdown's marks."""
    return _MARKUP.sub("", markdown(rule))


def precision(rule: Rule) -> str:
    """SARIF's word for how often the rule is right."""
    return "very-high" if rule.exact else _PRECISION[rule.status]
