"""Every rule says of its fixtures what they expect, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from launchlint.engine.registry import load
from launchlint.facts.base import Fact
from launchlint.rule import Rule
from tests.harness import (
    FIXTURES,
    KINDS,
    cases,
    disagreement,
    expected,
    expected_facts,
    facts,
    findings,
    found,
    kind_of,
    lay_out,
    matches,
    sources,
)
from tests.keys import fill

RULES = {rule.name: rule for rule in load().rules if (FIXTURES / rule.name).is_dir()}
CASES = [pytest.param(rule, case, id=f"{rule.name}/{case.name}") for rule in RULES.values() for case in cases(rule.name)]
FACT_CASES = [pytest.param(case, id=case.name) for case in cases("facts")] if (FIXTURES / "facts").is_dir() else []


def blocks(doc: str, heading: str) -> list[tuple[str, str]]:
    """The fenced blocks under a heading of a rule's docstring, as (language, text)."""
    section = re.split(rf"^(?:#+ )?{heading}:?$", doc, maxsplit=1, flags=re.MULTILINE)[1]
    section = re.split(r"^## ", section, maxsplit=1, flags=re.MULTILINE)[0]
    return [(match[1], match[2]) for match in re.finditer(r"```(\w+)\n(.*?)```", section, re.DOTALL)]


def example_project(doc: str, heading: str, root: Path) -> Path:
    """The blocks under a heading as a project of one file each."""
    found_blocks = blocks(doc, heading)
    assert found_blocks, f"no code under {heading}"
    suffix = {"python": "py", "yaml": "yaml", "toml": "toml", "json": "json"}
    return lay_out({f"example_{n}.{suffix[language]}": fill(text) for n, (language, text) in enumerate(found_blocks)}, root)


def shipped() -> tuple[Rule, ...]:
    """The rules that are modules of `launchlint.rules`, without the engine's own."""
    from importlib import import_module

    rules: tuple[Rule, ...] = import_module("launchlint.rules").ALL
    return rules


@pytest.mark.parametrize("rule", shipped(), ids=lambda rule: rule.name)
def test_every_rule_has_cases_of_all_kinds_and_one_on_which_it_fires(rule: Rule) -> None:
    kinds = {kind_of(case) for case in cases(rule.name)}
    assert kinds == set(KINDS)
    for case in cases(rule.name):
        wanted = expected(case)
        assert bool(wanted) == (kind_of(case) == "fires"), case
        assert {each.rule for each in wanted} <= {rule.name}, case


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_case_gives_what_it_expects(rule: Rule, case: Path, tmp_path: Path) -> None:
    root = lay_out(sources(case), tmp_path)
    problems = matches(expected(case), [found(each) for each in findings(root, [rule])])
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_file_read_says_nothing_that_the_project_read_does_not(rule: Rule, case: Path, tmp_path: Path) -> None:
    files = sources(case)
    root = lay_out(files, tmp_path)
    whole = {(each.rule, each.place) for each in findings(root, [rule])}
    for path in files:
        narrow = {(each.rule, each.place) for each in findings(root, [rule], file=path)}
        assert narrow <= whole, "\n".join(f"{place.path}:{place.span.line} {name}" for name, place in sorted(narrow - whole))


@pytest.mark.parametrize("rule", shipped(), ids=lambda rule: rule.name)
def test_the_example_fires_and_what_to_use_instead_does_not(rule: Rule, tmp_path: Path) -> None:
    bad = example_project(rule.doc, "Example", tmp_path / "bad")
    good = example_project(rule.doc, "Use instead", tmp_path / "good")
    assert {each.rule for each in findings(bad, [rule])} == {rule.name}
    assert findings(good, [rule]) == []


@pytest.mark.parametrize("rule", shipped(), ids=lambda rule: rule.name)
def test_what_to_use_instead_fires_no_other_rule(rule: Rule, tmp_path: Path) -> None:
    good = example_project(rule.doc, "Use instead", tmp_path)
    assert [each.rule for each in findings(good, shipped())] == []


@pytest.mark.parametrize("case", FACT_CASES)
def test_facts_are_as_a_case_expects(case: Path, tmp_path: Path) -> None:
    wanted = expected_facts(case)
    assert wanted, "a case of facts expects at least one"
    kinds = {each.kind for each in wanted}
    left: list[Fact] = [fact for fact in facts(lay_out(sources(case), tmp_path)) if type(fact).__name__ in kinds]
    problems = []
    for each in wanted:
        here = [f for f in left if (f.place.path, f.place.span.line, type(f).__name__) == (each.path, each.line, each.kind)]
        if not here:
            problems.append(f"{each.path}:{each.line} has no {each.kind}")
            continue
        left.remove(here[0])
        problems += disagreement(each, here[0])
    problems += [f"{fact.place.path}:{fact.place.span.line} has a {type(fact).__name__} that was not expected" for fact in left]
    assert not problems, "\n".join(problems)
