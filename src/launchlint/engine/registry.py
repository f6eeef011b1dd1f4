"""The rules there are, and which of them a run selects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

from launchlint.rule import Rule, Status

HEADINGS = ("What it does", "Why it matters", "Example", "Use instead", "Where it stays silent")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_FAMILY = re.compile(r"[a-z][a-z0-9-]*")
_ITEM = re.compile(r"[A-Z]{3,4}-[A-Z]{2,5}-\d{2}")
_HEADING = re.compile(r"^(?:#+[ ]+)?([A-Z][a-z ]+?):?$", re.MULTILINE)
_SECURITY = re.compile(r"10\.0|[0-9]\.[0-9]")
EVERYTHING = "ALL"


class RuleError(Exception):
    """A rule breaks the form of rules: a fault of whoever wrote it, not of the user."""


class UnknownRuleError(Exception):
    """A name is neither a rule, nor a family, nor ALL. `suggestion` is the closest name, if one is close."""

    def __init__(self, name: str, suggestion: str | None) -> None:
        super().__init__(f"there is no rule or family `{name}`" + (f"; did you mean `{suggestion}`?" if suggestion else ""))
        self.name = name
        self.suggestion = suggestion


@dataclass(frozen=True)
class Registry:
    """All rules, by name. Raises RuleError when one of them breaks the form."""

    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        taken: dict[str, str] = {EVERYTHING: EVERYTHING}
        for rule in self.rules:
            _check_form(rule)
            for name in (rule.name, *rule.aliases):
                if name in taken:
                    raise RuleError(f"rule {rule.name}: the name {name} is taken by {taken[name]}")
                taken[name] = rule.name
        for rule in self.rules:
            if rule.family in taken:
                raise RuleError(f"rule {rule.name}: its family {rule.family} is the name of a rule")

    @cached_property
    def by_name(self) -> Mapping[str, Rule]:
        """Rules by name and by alias."""
        return {name: rule for rule in self.rules for name in (rule.name, *rule.aliases)}

    @cached_property
    def families(self) -> frozenset[str]:
        """The families of all rules."""
        return frozenset(rule.family for rule in self.rules)

    def find(self, name: str) -> Rule:
        """The rule of this name or alias. Raises UnknownRuleError."""
        rule = self.by_name.get(name)
        if rule is None:
            raise UnknownRuleError(name, self.suggest(name, self.by_name))
        return rule

    def suggest(self, name: str, among: Iterable[str]) -> str | None:
        """The name closest to a mistyped one."""
        from difflib import get_close_matches

        return next(iter(get_close_matches(name, list(among), 1)), None)

    def select(self, select: Sequence[str], ignore: Sequence[str], preview: bool) -> tuple[Rule, ...]:
        """The rules that `select` names (rules, families or ALL; nothing means ALL) and `ignore` does not.

        A family or ALL means its stable rules, with `preview` its preview rules too. A rule that is named itself is meant, whatever its status.
        Raises UnknownRuleError.
        """
        chosen: set[str] = set()
        for name in select or (EVERYTHING,):
            for rule in self.meant(name):
                if rule.status is Status.STABLE or (rule.status is Status.PREVIEW and preview) or name in (rule.name, *rule.aliases):
                    chosen.add(rule.name)
        for name in ignore:
            chosen.difference_update(rule.name for rule in self.meant(name))
        return tuple(rule for rule in self.rules if rule.name in chosen)

    def meant(self, name: str) -> Sequence[Rule]:
        """The rules that a name stands for: a rule, an alias, a family or ALL. Raises UnknownRuleError."""
        if name == EVERYTHING:
            return self.rules
        if name in self.families:
            return [rule for rule in self.rules if rule.family == name]
        if name in self.by_name:
            return (self.by_name[name],)
        raise UnknownRuleError(name, self.suggest(name, (*self.by_name, *self.families, EVERYTHING)))


def load() -> Registry:
    """The registry of the rules that ship with launchlint and of those the engine has built in. Raises RuleError."""
    from .built_in import BUILT_IN

    return Registry((*import_module("launchlint.rules").ALL, *BUILT_IN))


def _check_form(rule: Rule) -> None:
    def fail(problem: str) -> RuleError:
        return RuleError(f"rule {rule.name}: {problem}")

    for name in (rule.name, *rule.aliases):
        if not _NAME.fullmatch(name):
            raise fail(f"`{name}` is not two or more lower-case words joined by hyphens")
    if not _FAMILY.fullmatch(rule.family):
        raise fail(f"`{rule.family}` is not a family name")
    for item in rule.items:
        if not _ITEM.fullmatch(item):
            raise fail(f"`{item}` is not a checklist item such as LLM-COST-07")
    if not rule.cure:
        raise fail("it has no cure")
    if rule.security_severity is not None and not _SECURITY.fullmatch(rule.security_severity):
        raise fail(f'security_severity "{rule.security_severity}" is not "0.1" to "10.0"')
    found = [match[1] for match in _HEADING.finditer(rule.doc) if match[1] in HEADINGS]
    if found != list(HEADINGS):
        missing = [heading for heading in HEADINGS if heading not in found]
        raise fail(f"its docstring lacks {', '.join(missing)}" if missing else f"the headings of its docstring are not in the order {', '.join(HEADINGS)}")
