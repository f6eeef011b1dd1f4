"""SARIF: what code scanning needs, and what it takes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from launchlint.engine.registry import load
from launchlint.engine.rolling import line_hashes
from launchlint.engine.text import SourceText
from launchlint.model.finding import Crash, Finding, Outcome, Related, Severity
from launchlint.model.source import Place, Span, Unread
from launchlint.report import sarif
from launchlint.report.context import Context
from launchlint.syntax.files import SecretHit

SECRET = "s3cr3t" + "X" * 20
SOURCE = f'import x\nclient = X(\n\tkey="{SECRET}",\n)\n\n\nif x:\n    call(x)\n'
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": ["a = 1\n", "call(2)"]}]}, indent=1)
FILES = {"src/a:b.py": SOURCE.encode(), "n.ipynb": NOTEBOOK.encode()}
HIT = SecretHit("X", "x-key", "s3…(26)", 26, "00", Span(3, 7, 3, 7 + len(SECRET)), "argument")
CAP, KEY = "output-cap-missing", "api-key-hardcoded"
APP = "src/a:b.py"
CALL = Finding(CAP, Severity.WARNING, Place(APP, Span(8, 5, 8, 12)), "`Agent[X](y)` is odd", "cap it", (), "ab" * 16)
BUILT = Finding(CAP, Severity.NOTE, Place(APP, Span(2, 1, 4, 2)), "m", "c", (Related(Place(APP, Span(1, 1, 1, 9)), "read [here]"),), "cd" * 16)
LEAK = Finding(KEY, Severity.ERROR, Place(APP, Span(3, 7, 3, 7 + len(SECRET))), "m", "c", (), "ef" * 16)
CELL = Finding(CAP, Severity.WARNING, Place("n.ipynb", Span(2, 1, 2, 8), 1), "m", "c", (), "01" * 16)


def run(root: Path, *findings: Finding, category: str = "", **more: Any) -> dict[str, Any]:
    context = Context(load(), SourceText(FILES.get, {APP: [HIT]}), root, category=category)
    log = json.loads(sarif.render(Outcome(findings, **more), context))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (result,) = log["runs"]
    assert isinstance(result, dict)
    return result


def location(result: dict[str, Any]) -> dict[str, Any]:
    (found,) = result["locations"]
    physical = found["physicalLocation"]
    assert isinstance(physical, dict)
    return physical


def test_every_rule_is_described(tmp_path: Path) -> None:
    driver = run(tmp_path)["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == [rule.name for rule in load().rules]
    for rule in driver["rules"]:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert "## What it does" in rule["help"]["markdown"]
        assert "##" not in rule["help"]["text"]
        assert "```" not in rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
        assert 0 < len(rule["properties"]["tags"]) <= 10
        assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
        assert rule["properties"]["problem.severity"] in {"error", "warning", "recommendation"}
        assert ("security-severity" in rule["properties"]) == (load().by_name[rule["id"]].security_severity is not None)


def test_a_security_rule_says_so(tmp_path: Path) -> None:
    (rule,) = [rule for rule in run(tmp_path)["tool"]["driver"]["rules"] if rule["id"] == KEY]
    assert rule["properties"]["security-severity"] == "9.1"
    assert {"security", "external/cwe/cwe-798"} <= set(rule["properties"]["tags"])


def test_a_result_is_complete(tmp_path: Path) -> None:
    log = run(tmp_path, CALL)
    (result,) = log["results"]
    index = [rule["id"] for rule in log["tool"]["driver"]["rules"]].index(CAP)
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == (CAP, index, "warning")
    assert result["message"]["text"] == "`Agent\\[X](y)` is odd. Cure: cap it."
    physical = location(result)
    assert physical["artifactLocation"] == {"uri": "src/a%3Ab.py", "uriBaseId": "%SRCROOT%"}
    assert physical["region"] == {"startLine": 8, "startColumn": 5, "endLine": 8, "endColumn": 12, "snippet": {"text": "call(x)"}}
    assert physical["contextRegion"] == {"startLine": 7, "endLine": 9, "snippet": {"text": "if x:\n    call(x)\n"}}
    assert result["partialFingerprints"] == {"primaryLocationLineHash": line_hashes(SOURCE)[7], "launchlint/v1": "ab" * 16}


def test_the_first_rule_keeps_its_index_and_a_warning_its_level(tmp_path: Path) -> None:
    first = load().rules[0].name
    (result,) = run(tmp_path, Finding(first, Severity.WARNING, CALL.place, "m", "c", (), "00"))["results"]
    assert result["ruleIndex"] == 0
    assert result["level"] == "warning"


def test_a_region_is_the_first_line_only(tmp_path: Path) -> None:
    (result,) = run(tmp_path, BUILT)["results"]
    region = location(result)["region"]
    assert (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) == (2, 1, 2, 12)


def test_related_places_are_linked_from_the_message(tmp_path: Path) -> None:
    (result,) = run(tmp_path, BUILT)["results"]
    (related,) = result["relatedLocations"]
    assert related["id"] == 1
    assert related["message"]["text"] == "read [here]"
    assert result["message"]["text"] == "m; see [read (here)](1). Cure: c."


def test_no_source_is_shown_where_a_credential_stands(tmp_path: Path) -> None:
    log = run(tmp_path, LEAK, BUILT)
    assert SECRET[:6] not in json.dumps(log)
    for result in log["results"]:
        assert "snippet" not in location(result)["region"]
        assert "contextRegion" not in location(result)


def test_a_cell_is_placed_in_the_file(tmp_path: Path) -> None:
    (result,) = run(tmp_path, CELL)["results"]
    region = location(result)["region"]
    line = NOTEBOOK.split("\n")[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "call(2)"
    assert result["message"]["text"] == "m (cell 1, line 2). Cure: c."


def test_paths_start_at_the_top_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "services").mkdir()
    (result,) = run(tmp_path / "services", CALL)["results"]
    assert location(result)["artifactLocation"]["uri"] == "services/src/a%3Ab.py"


def test_the_run_is_described(tmp_path: Path) -> None:
    log = run(tmp_path)
    assert log["results"] == []
    assert log["columnKind"] == "unicodeCodePoints"
    assert log["automationDetails"]["id"] == "launchlint/"
    assert run(tmp_path, category="bot")["automationDetails"]["id"] == "launchlint/bot/"
    assert "%SRCROOT%" in log["originalUriBaseIds"]
    assert log["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}] or log["invocations"] == [{"executionSuccessful": True}]


def test_what_was_not_done_is_a_notification(tmp_path: Path) -> None:
    log = run(tmp_path, crashes=(Crash(CAP, "ValueError: x"),), unread=(Unread("odd.py", "is not Python", 7),), not_run=((KEY, "needs the whole project"),))
    (invocation,) = log["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [(each["descriptor"]["id"], each["level"], each["message"]["text"]) for each in invocation["toolExecutionNotifications"]]
    assert told == [
        ("file-not-read", "warning", "odd.py was not read: is not Python."),
        ("rule-failed", "error", f"{CAP} failed: ValueError: x."),
        ("rule-not-run", "note", f"{KEY} did not run: it needs the whole project."),
    ]
    assert location(invocation["toolExecutionNotifications"][0])["artifactLocation"]["uri"] == "odd.py"


def test_the_gravest_results_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    log = run(tmp_path, BUILT, CALL, LEAK)
    assert [result["level"] for result in log["results"]] == ["error", "warning"]
    (told,) = log["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == "1 of 3 findings were left out, the mildest ones."


def test_line_hashes_are_those_of_the_upload_action() -> None:
    """Vectors of the upload action's own tests."""
    assert line_hashes(" a\nb\n  \t\tc\n d") == ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]


def test_line_hashes_do_not_depend_on_line_ends_and_layout_but_count_repeats() -> None:
    unix = "a = 1\nb\n" * 60
    assert line_hashes(unix) == line_hashes(unix.replace("\n", "\r\n")) == line_hashes(unix.replace("\n", "\r")) == line_hashes(unix.replace(" ", "\t "))
    assert line_hashes(unix)[2].split(":")[0] == line_hashes(unix)[0].split(":")[0]
    assert line_hashes(unix)[2].endswith(":2")
