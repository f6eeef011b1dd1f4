"""Output formats: what they say, and what they must never show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from launchlint.engine.registry import load
from launchlint.engine.text import SourceText
from launchlint.model.finding import Crash, Finding, Outcome, Related, Severity
from launchlint.model.source import Place, Span, Unread
from launchlint.report import render
from launchlint.report.context import Context
from launchlint.report.display import repository_prefix, visible
from launchlint.report.notebook import Notebook
from launchlint.report.text import statistics
from launchlint.syntax.files import SecretHit

SECRET = "s3cr3t" + "X" * 20
SOURCE = f'import x\nclient = X(\n\tkey="{SECRET}", name="日本",\n)\nwhile True: pass\x1b[2J\n'
FILES = {"app.py": SOURCE.encode(), "a:b c.py": b"one\n"}
HIT = SecretHit("X", "x-key", "s3…(26)", 26, "00", Span(3, 7, 3, 7 + len(SECRET)), "argument")
CAP, KEY, LOOP = "output-cap-missing", "api-key-hardcoded", "agent-loop-unbounded"


def finding(rule: str, span: Span, severity: Severity = Severity.ERROR, path: str = "app.py", related: tuple[Related, ...] = ()) -> Finding:
    return Finding(rule, severity, Place(path, span), f"message of {rule}", "do it right", related, "ab" * 16)


OUTCOME = Outcome(
    findings=(
        finding(KEY, Span(3, 6, 3, 8 + len(SECRET))),
        finding(CAP, Span(3, 36, 3, 45), Severity.WARNING, related=(Related(Place("app.py", Span(2, 1, 4, 2)), "client built here"),)),
        finding(LOOP, Span(5, 1, 5, 11), Severity.NOTE),
    ),
    crashes=(Crash("cors-wildcard", "ValueError: 1\nboom"),),
    unread=(Unread("odd.py", "is not Python\x1b", 7),),
    counts={"files": 3, "parsed": 2, "suppressed": 4, "below_minimum": 0},
    not_run=((LOOP, "needs the whole project"),),
)


def context(root: Path, **more: object) -> Context:
    return Context(load(), SourceText(FILES.get, {"app.py": [HIT]}), root, **more)  # type: ignore[arg-type]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("output_format", ["text", "concise", "json", "sarif", "github"])
def test_no_format_shows_a_credential_or_a_control_character(root: Path, output_format: str) -> None:
    text = render(OUTCOME, output_format, context(root, quiet=False))
    assert SECRET not in text
    assert "s3cr3t" not in text
    assert "\x1b" not in text
    assert "odd.py" in text


def test_text_shows_code_carets_related_places_cure_and_a_summary(root: Path) -> None:
    text = render(OUTCOME, "text", context(root, seconds=1.26))
    assert text.split("\n") == [
        f"app.py:3:6: error[{KEY}] message of {KEY}",
        f'3 |     key="{"*" * 26}", name="日本",',
        "  |         " + "^" * 28,
        "  = cure: do it right",
        "",
        f"app.py:3:36: warning[{CAP}] message of {CAP}",
        f'3 |     key="{"*" * 26}", name="日本",',
        "  | " + " " * 38 + "^" * 11,
        "  = client built here: app.py:2:1",
        "2 | client = X(",
        "  | ^^^^^^^^^^^",
        "  = cure: do it right",
        "",
        f"app.py:5:1: note[{LOOP}] message of {LOOP}",
        "5 | while True: pass\\x1b[2J",
        "  | ^^^^^^^^^^",
        "  = cure: do it right",
        "",
        "not read: odd.py:7: is not Python\\x1b",
        f"not run: {LOOP} (needs the whole project)",
        "failed: cors-wildcard: ValueError: 1\\nboom (this is our fault, not yours)",
        "",
        "3 findings (1 error, 1 warning, 1 note) in 3 files, 1.3 s; 4 suppressed; 1 file not read; 1 rule not run; 1 rule failed",
        "",
    ]


def test_colour_is_only_added_around_the_same_text(root: Path) -> None:
    import re

    plain = render(OUTCOME, "text", context(root))
    coloured = render(OUTCOME, "text", context(root, colour=True))
    assert "\x1b[1;31m" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == plain


def test_quiet_leaves_only_findings(root: Path) -> None:
    assert "not read" not in render(OUTCOME, "text", context(root, quiet=True))
    assert "findings (" not in render(OUTCOME, "text", context(root, quiet=True))
    assert render(OUTCOME, "concise", context(root, quiet=True)).count("\n") == 3


def test_nothing_found_is_said(root: Path) -> None:
    assert render(Outcome((), counts={"files": 1}), "text", context(root)) == "no findings in 1 file, 0.0 s\n"


def test_text_names_twenty_unread_files_and_counts_the_rest(root: Path) -> None:
    outcome = Outcome((), unread=tuple(Unread(f"f{number}.py", "is broken") for number in range(25)))
    text = render(outcome, "text", context(root))
    assert text.count("not read: f") == 20
    assert "not read: 5 more files (json and sarif output name them all)" in text
    assert len(json.loads(render(outcome, "json", context(root)))["unread"]) == 25


def test_a_long_line_is_cut_around_what_is_flagged(root: Path) -> None:
    sources = SourceText({"l.py": b"x" * 5000 + b"HERE" + b"y" * 5000}.get, {})
    outcome = Outcome((finding(CAP, Span(1, 5001, 1, 5005), path="l.py"),))
    lines = render(outcome, "text", Context(load(), sources, root, quiet=True)).split("\n")
    assert len(lines[1]) < 160
    column = lines[2].index("^")
    assert lines[1][column : column + 4] == "HERE"


def test_concise_is_one_line_each(root: Path) -> None:
    assert render(OUTCOME, "concise", context(root)).split("\n") == [
        f"app.py:3:6: error[{KEY}] message of {KEY}",
        f"app.py:3:36: warning[{CAP}] message of {CAP}",
        f"app.py:5:1: note[{LOOP}] message of {LOOP}",
        "odd.py:7:1: not read: is not Python\\x1b",
        "",
    ]


def test_concise_names_cells_of_notebooks(root: Path) -> None:
    outcome = Outcome((Finding(CAP, Severity.NOTE, Place("n.ipynb", Span(1, 8, 1, 9), 3), "m", "c", (), "00"),))
    assert render(outcome, "concise", context(root)) == f"n.ipynb:cell 3:1:8: note[{CAP}] m\n"


def test_paths_are_shown_as_they_are_reached_from_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from launchlint.report.display import shown_path

    (root / "sub").mkdir()
    monkeypatch.chdir(root / "sub")
    shown_path.cache_clear()
    assert render(OUTCOME, "concise", context(root)).startswith("../app.py:3:6: ")
    monkeypatch.chdir("/")
    shown_path.cache_clear()
    assert render(OUTCOME, "concise", context(root)).startswith(f"{str(root)[1:]}/app.py:3:6: ")


def test_github_commands_are_escaped(root: Path) -> None:
    (root / ".git").mkdir()
    (root / "sub").mkdir()
    outcome = Outcome((Finding(CAP, Severity.NOTE, Place("a:b c,d.py", Span(1, 2, 1, 4)), "100 % sure", "do\nit", (), "00"), OUTCOME.findings[0]))
    first, second, _ = render(outcome, "github", context(root / "sub")).split("\n")
    assert first.startswith("::error ")
    assert second == f"::notice title=launchlint ({CAP}),file=sub/a%3Ab c%2Cd.py,line=1,endLine=1,col=2,endColumn=4::100 %25 sure%0Ado\\nit"


def test_json_holds_everything(root: Path) -> None:
    document = json.loads(render(OUTCOME, "json", context(root)))
    assert document["version"] == 1
    assert document["counts"]["by_severity"] == {"error": 1, "warning": 1, "note": 1}
    assert document["counts"]["by_rule"] == {LOOP: 1, KEY: 1, CAP: 1}
    assert document["unread"] == [{"path": "odd.py", "line": 7, "why": "is not Python\x1b"}]
    assert document["crashes"] == [{"rule": "cors-wildcard", "error": "ValueError: 1\nboom"}]
    assert document["not_run"] == [{"rule": LOOP, "why": "needs the whole project"}]
    (related,) = document["findings"][1]["related"]
    assert (related["message"], related["path"], related["line"], related["end_line"]) == ("client built here", "app.py", 2, 4)
    assert document["findings"][0]["items"] == ["LLM-SEC-01"]


def test_statistics_count_by_rule(root: Path) -> None:
    lines = statistics(OUTCOME, context(root, quiet=True)).split("\n")
    assert lines == [f"     1  note     {LOOP}", f"     1  error    {KEY}", f"     1  warning  {CAP}", ""]


def test_what_a_terminal_would_obey_is_written_out() -> None:
    assert visible("a\x1b[1m\u202eb\ud800\r\n\tc\u200b\x85") == "a\\x1b[1m\\u202eb\\ud800\\x0d\\n\\tc\\u200b\\x85"
    assert visible("naïve 日本 😀") == "naïve 日本 😀"


def test_the_way_from_the_top_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "services" / "bot").mkdir(parents=True)
    assert repository_prefix(tmp_path / "services" / "bot") == "services/bot/"
    assert repository_prefix(tmp_path) == ""


@pytest.mark.parametrize("indent", [1, None])
def test_a_line_of_a_cell_is_found_in_the_file(indent: int | None) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# x\n"]},
        {"cell_type": "code", "source": ["a = 1\n", 's = "😀\\n"; call(2)\n', "b"], "outputs": []},
        {"cell_type": "code", "source": "c = 3\ncall(4)", "outputs": []},
    ]
    text = json.dumps({"cells": cells, "metadata": {}}, indent=indent)
    notebook = Notebook(text)
    lines = text.split("\n")

    def at(cell: int, span: Span) -> str:
        found = notebook.physical(cell, span)
        return lines[found.line - 1][found.column - 1 : found.end_column - 1]

    assert at(1, Span(2, 12, 2, 19)) == "call(2)"
    assert at(1, Span(3, 1, 3, 2)) == "b"
    assert at(2, Span(2, 1, 2, 8)) == "call(4)"
    assert notebook.physical(9, Span(1, 1, 1, 2)) == Span(1, 1, 1, 2)
    assert Notebook("{").physical(1, Span(1, 1, 1, 2)) == Span(1, 1, 1, 2)
