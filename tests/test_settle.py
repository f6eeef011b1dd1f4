"""From reports to findings: suppression comments, grading, order, fingerprints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from launchlint.engine.built_in import BUILT_IN
from launchlint.engine.fingerprint import enclosing
from launchlint.engine.registry import Registry, RuleError, UnknownRuleError, load
from launchlint.engine.settle import Policy, Ran, settle
from launchlint.engine.suppress import Suppressions, statements
from launchlint.engine.text import SourceText
from launchlint.facts.project import Project, Read
from launchlint.model.finding import Finding, Report, Severity
from launchlint.model.source import Format, PathClass, Place, SourceFile, Span, Unread
from launchlint.model.value import Known
from launchlint.rule import Rule, Status
from launchlint.syntax.files import FileFacts
from launchlint.syntax.records import Comment

DOC = """A rule.

## What it does
x
## Why it matters
x
## Example
x
## Use instead
x
## Where it stays silent
x
"""
TODAY = date(2030, 6, 15)
REASON = "the gateway ends it after 5 s"


def rule(name: str, severity: Severity = Severity.WARNING, **more: object) -> Rule:
    def run(_project: Project) -> Iterator[Report]:
        return iter(())

    return Rule(name, "family", ("LLM-COST-07",), severity, "0.1.0", "do it right", DOC, run, **more)  # type: ignore[arg-type]


LOUD = rule("loud-rule", Severity.ERROR, aliases=("old-loud-name",))
MILD = rule("mild-rule")
REGISTRY = Registry((LOUD, MILD, *BUILT_IN))


def place(line: int, path: str = "app.py", column: int = 1) -> Place:
    return Place(path, Span(line, column, line, column + 3))


def comments(text: str) -> tuple[Comment, ...]:
    """The comments of a Python text, found well enough for these tests."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        before, mark, after = line.partition("# launchlint:")
        if mark:
            found.append(Comment(after, number, len(before) + 1, not before.strip()))
    return tuple(found)


def run(
    text: str,
    *reports: tuple[Rule, Report],
    policy: Policy | None = None,
    read: Read = Read.PROJECT,
    ran: tuple[Rule, ...] = REGISTRY.rules,
    path_class: PathClass = PathClass.PROD,
    unread: Unread | None = None,
) -> tuple[tuple[Finding, ...], dict[str, int]]:
    source = SourceFile("app.py", "/nowhere/app.py", Format.PYTHON, path_class, len(text))
    sources = SourceText({"app.py": text.encode()}.get, {})
    suppressions = Suppressions([FileFacts(source, "00", comments=comments(text), unread=unread)], REGISTRY, sources, TODAY)
    return settle(reports, policy or Policy(), suppressions, sources, Ran(ran, {PathClass.PROD}, read))


def names(findings: tuple[Finding, ...]) -> list[tuple[str, int]]:
    return [(finding.rule, finding.place.span.line) for finding in findings]


def loud(line: int, **more: object) -> tuple[Rule, Report]:
    return LOUD, Report(place(line), "it is loud", **more)  # type: ignore[arg-type]


# ---------------------------------------------------------------- suppression comments


@pytest.mark.parametrize(
    "text",
    [
        f"call()  # launchlint: ignore[loud-rule] {REASON}",
        f"call()  # launchlint: ignore[ loud-rule , mild-rule] {REASON}",
        f"call()  # launchlint:ignore[old-loud-name] {REASON}",
        f"call()  # launchlint: ignore[loud-rule] {REASON} until=2030-06-15",
        "call()  # launchlint: ignore[loud-rule] 网关限制",
    ],
    ids=["plain", "two rules", "alias", "last day", "another script"],
)
def test_a_comment_on_the_line_silences_the_rule(text: str) -> None:
    findings, counts = run(text, loud(1), ran=(LOUD,))
    assert names(findings) == []
    assert counts["suppressed"] == 1


def test_a_comment_alone_on_its_line_covers_the_next_statement() -> None:
    text = f"# launchlint: ignore[loud-rule] {REASON}\n# launchlint: ignore[mild-rule] {REASON}\ncall()\ncall()"
    findings, _ = run(text, loud(3), (MILD, Report(place(3), "mild")), loud(4))
    assert names(findings) == [("loud-rule", 4)]


def test_a_comment_behind_code_does_not_cover_the_next_line() -> None:
    findings, _ = run(f"a = 1  # launchlint: ignore[loud-rule] {REASON}\ncall()", loud(2))
    assert names(findings) == [("suppression-unused", 1), ("loud-rule", 2)]


@pytest.mark.parametrize("line", [2, 3, 4])
def test_a_comment_at_the_head_of_a_statement_covers_all_of_it(line: int) -> None:
    text = f"import x\nclient = Client(  # launchlint: ignore[loud-rule] {REASON}\n    timeout=None,\n)\ncall()"
    findings, _ = run(text, loud(line), loud(5))
    assert names(findings) == [("loud-rule", 5)]


def test_a_comment_above_a_statement_covers_all_of_it() -> None:
    text = f"# launchlint: ignore[loud-rule] {REASON}\nclient = Client(\n    timeout=None,\n)"
    assert names(run(text, loud(3))[0]) == []


def test_a_file_comment_covers_the_file_from_its_head_only() -> None:
    head = f"import x\n# launchlint: ignore-file[loud-rule] {REASON}\n"
    assert names(run(head + "\n" * 40 + "call()", loud(43))[0]) == []
    late = "\n" * 20 + f"# launchlint: ignore-file[loud-rule] {REASON}\ncall()"
    assert names(run(late, loud(22))[0]) == [("suppression-invalid", 21), ("loud-rule", 22)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ignore[loud-rule]", "it gives no reason"),
        ("ignore[loud-rule] until=2031-01-01", "its reason says too little"),
        ("ignore[loud-rule] todo", "its reason says too little"),
        (f"ignore {REASON}", "it names no rule, as in `ignore[rule] reason`"),
        (f"ignore[] {REASON}", "it names no rule, as in `ignore[rule] reason`"),
        (f"ignore[lowd-rule] {REASON}", "there is no rule `lowd-rule`; did you mean `loud-rule`?"),
        (f"ignore[loud-rule] {REASON} until=soon", "`until=soon` is not a date such as until=2030-01-31"),
        (f"ignore[suppression-unused] {REASON}", "`suppression-unused` cannot be suppressed by a comment"),
        (f"disable[loud-rule] {REASON}", "`disable` is neither `ignore` nor `ignore-file`"),
    ],
)
def test_a_comment_that_is_wrong_is_a_finding_and_suppresses_nothing(text: str, problem: str) -> None:
    findings, _ = run(f"call()  # launchlint: {text}", loud(1))
    assert [(finding.rule, finding.message) for finding in findings if finding.rule != "loud-rule"] == [
        ("suppression-invalid", f"this comment suppresses nothing: {problem}")
    ]
    assert "loud-rule" in {finding.rule for finding in findings}


def test_an_unknown_rule_beside_a_known_one_is_reported_and_the_known_one_holds() -> None:
    findings, _ = run(f"call()  # launchlint: ignore[loud-rule, other] {REASON}", loud(1))
    assert [finding.message for finding in findings] == ["this comment suppresses less than it says: there is no rule `other`"]


def test_an_expired_comment_is_a_finding_and_the_old_one_is_back() -> None:
    findings, _ = run(f"call()  # launchlint: ignore[loud-rule] {REASON} until=2030-06-14", loud(1))
    assert sorted(finding.rule for finding in findings) == ["loud-rule", "suppression-expired"]


UNUSED = f"call()  # launchlint: ignore[loud-rule] {REASON}"


def test_an_unused_comment_is_a_note() -> None:
    findings, _ = run(UNUSED)
    assert [(finding.rule, finding.severity, finding.message) for finding in findings] == [
        ("suppression-unused", Severity.NOTE, "`loud-rule` has nothing to report here")
    ]


def test_a_comment_is_not_called_unused_where_its_rule_could_not_speak() -> None:
    assert run(UNUSED, read=Read.FILE)[0] == ()
    assert run(UNUSED, ran=(MILD, *BUILT_IN))[0] == ()
    assert run(UNUSED, path_class=PathClass.TEST)[0] == ()
    assert run(UNUSED, unread=Unread("app.py", "is broken"))[0] == ()


def test_statements_are_logical_lines_as_far_as_the_text_can_be_read() -> None:
    assert list(statements(["a = (", "  1)", "", "def f(", "  x):", "    return x"])) == [(1, 2), (4, 5), (6, 6)]
    assert list(statements(["a = 1", "b = ("])) == [(1, 1)]


# ---------------------------------------------------------------- grading and order


def test_severity_comes_from_the_user_then_the_report_then_the_rule() -> None:
    findings, _ = run("a", loud(1), (MILD, Report(place(1), "mild", severity=Severity.NOTE)))
    assert [finding.severity for finding in findings] == [Severity.ERROR, Severity.NOTE]
    findings, counts = run("a", loud(1), policy=Policy(minimum=Severity.WARNING, severities={"loud-rule": Severity.NOTE}))
    assert findings == ()
    assert counts["below_minimum"] == 1


def test_an_assumed_version_costs_one_step_and_is_said() -> None:
    basis = (Known(None, assumed="openai 3.54.0"), Known(1), Known(2, assumed="openai 3.54.0"))
    (finding,), _ = run("a", loud(1, basis=basis))
    assert finding.severity is Severity.WARNING
    assert finding.message == "it is loud (openai 3.54.0 assumed: no lock file, requirements or pyproject names the version)"


def test_the_same_report_twice_is_one_finding_and_order_is_by_place() -> None:
    findings, _ = run("a\nb", loud(2), (MILD, Report(place(1), "m")), loud(2), (LOUD, Report(place(2, "aaa.py"), "x")))
    assert [(finding.place.path, finding.rule) for finding in findings] == [("aaa.py", "loud-rule"), ("app.py", "mild-rule"), ("app.py", "loud-rule")]


def test_paths_and_per_file_ignores_leave_findings_out() -> None:
    assert run("a", loud(1), policy=Policy(reported=lambda path: path != "app.py"))[0] == ()
    assert run("a", loud(1), policy=Policy(ignored=lambda name, path: (name, path) == ("loud-rule", "app.py")))[0] == ()


# ---------------------------------------------------------------- fingerprints


def prints(text: str, *lines: int) -> list[str]:
    return [finding.fingerprint for finding in run(text, *(loud(line) for line in lines))[0]]


def test_a_fingerprint_survives_lines_above_and_new_layout() -> None:
    before = "def f():\n    call( 1 )\n"
    after = "import x\n\n\ndef f():\n        call(1)\n"
    assert prints(before, 2) == prints(after, 5)


def test_a_fingerprint_tells_functions_and_repeats_apart() -> None:
    text = "def f():\n    call()\n    call()\ndef g():\n    call()\n"
    assert len(set(prints(text, 2, 3, 5))) == 3


@pytest.mark.parametrize(
    ("line", "expected"),
    [(0, ""), (1, ""), (4, "A.f"), (6, "A.f"), (8, "A"), (9, "")],
)
def test_the_definition_around_a_line_is_found_by_indentation(line: int, expected: str) -> None:
    lines = [
        "import x",
        "class A:",
        "    y = 1",
        "    async def f(self):",
        "        a = 1",
        "",
        "        b = 2",
        "    # note",
        "    z = 1",
        "call()",
    ]
    assert enclosing(lines, line) == expected


# ---------------------------------------------------------------- registry


def test_select_knows_names_families_aliases_and_all() -> None:
    preview = replace(rule("early-rule", aliases=("very-early",)), status=Status.PREVIEW, family="other")
    registry = Registry((LOUD, MILD, preview))
    chosen = {
        key: [each.name for each in registry.select(select, ignore, flag)]
        for key, (select, ignore, flag) in {
            "default": ((), (), False),
            "preview": (("ALL",), (), True),
            "named": (("early-rule",), (), False),
            "alias": (("very-early", "old-loud-name"), (), False),
            "family": (("family",), ("mild-rule",), False),
            "family of previews": (("other",), (), False),
        }.items()
    }
    assert chosen == {
        "default": ["loud-rule", "mild-rule"],
        "preview": ["loud-rule", "mild-rule", "early-rule"],
        "named": ["early-rule"],
        "alias": ["loud-rule", "early-rule"],
        "family": ["loud-rule"],
        "family of previews": [],
    }


def test_an_unknown_name_comes_with_the_closest_known_one() -> None:
    with pytest.raises(UnknownRuleError, match="there is no rule or family `load-rule`; did you mean `loud-rule`"):
        REGISTRY.select(("load-rule",), (), False)
    with pytest.raises(UnknownRuleError, match=r"there is no rule or family `zzz`$"):
        REGISTRY.find("zzz")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "Loud"}, "`Loud` is not two or more lower-case words"),
        ({"items": ("LLM-7",)}, "`LLM-7` is not a checklist item"),
        ({"cure": ""}, "it has no cure"),
        ({"aliases": ("mild-rule",)}, "the name mild-rule is taken"),
        ({"doc": DOC.replace("## Example", "## Sample")}, "its docstring lacks Example"),
        ({"security_severity": "high"}, "security_severity"),
        ({"family": "mild-rule"}, "is the name of a rule"),
    ],
)
def test_a_rule_that_breaks_the_form_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(RuleError, match=problem):
        Registry((replace(LOUD, **change), MILD))


def test_the_rules_that_ship_keep_the_form() -> None:
    registry = load()
    assert {"api-key-hardcoded", "suppression-invalid"} <= {each.name for each in registry.rules}
