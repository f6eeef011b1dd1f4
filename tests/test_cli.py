"""The command line from outside: exit codes, what goes where, and nothing that looks like a crash."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from launchlint.cli import CLEAN, FAULT, FOUND, USAGE, run
from launchlint.cli.output import Progress, use_colour
from launchlint.engine import registry as registry_module
from launchlint.engine.registry import Registry
from launchlint.facts.project import Project
from launchlint.model.finding import Report, Severity
from launchlint.report.display import shown_path
from launchlint.rule import Rule
from tests.keys import KEYS

KEY = KEYS["openai-project-key"]
LEAK = f'KEY = "{KEY}"\n'
RULE = "api-key-hardcoded"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with one credential in it, as the current folder."""
    (tmp_path / "launchlint.toml").write_text("")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "leak.py").write_text(LEAK)
    (tmp_path / "app" / "clean.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    shown_path.cache_clear()
    yield tmp_path
    shown_path.cache_clear()


def check(*arguments: str) -> int:
    return run(["check", *arguments])


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.invalid")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


# ---------------------------------------------------------------- exit codes and output


def test_findings_are_printed_and_the_code_is_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == FOUND
    out = capsys.readouterr().out
    assert f"app/leak.py:1:8: error[{RULE}]" in out
    assert out.rstrip().split("\n")[-1].startswith("1 finding (1 error) in ")
    assert KEY not in out


def test_nothing_found_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("app/clean.py") == CLEAN
    assert "no findings in 1 file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--fail-on", "error"), FOUND),
        (("--severity", f"{RULE}=warning", "--fail-on", "error"), CLEAN),
        (("--severity", f"{RULE}=note"), CLEAN),
        (("--severity", f"{RULE}=note", "--fail-on", "note"), FOUND),
        (("--severity", f"{RULE}=off", "--fail-on", "note"), CLEAN),
        (("--severity", f"{RULE}=note", "--severity", "warning", "--fail-on", "note"), CLEAN),
        (("--ignore", "keys"), CLEAN),
        (("--select", "cors,timeouts"), CLEAN),
        (("--select", RULE), FOUND),
        (("--exclude", "leak.py"), CLEAN),
    ],
)
def test_options_decide_the_code(arguments: tuple[str, ...], code: int) -> None:
    assert check(*arguments) == code


@pytest.mark.parametrize("output_format", ["concise", "json", "sarif", "github"])
def test_every_format_gives_the_same_code(output_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--output-format", output_format) == FOUND
    captured = capsys.readouterr()
    assert RULE in captured.out
    assert captured.err == ""


def test_paths_choose_what_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other").mkdir()
    Path("other/leak.py").write_text(LEAK)
    assert check("other", "--output-format", "json") == FOUND
    document = json.loads(capsys.readouterr().out)
    assert [finding["path"] for finding in document["findings"]] == ["other/leak.py"]
    assert document["read"] == "project"
    assert document["counts"]["files"] == 1


def test_named_files_are_a_file_read(capsys: pytest.CaptureFixture[str]) -> None:
    check("app/leak.py", "app/clean.py", "--output-format", "json")
    assert json.loads(capsys.readouterr().out)["read"] == "file"


def test_a_named_file_is_read_although_it_is_excluded_unless_exclusion_is_forced() -> None:
    Path("launchlint.toml").write_text('exclude = ["app"]\n')
    assert check() == CLEAN
    assert check("app/leak.py") == FOUND
    assert check("app/leak.py", "--force-exclude") == CLEAN


def test_a_file_outside_a_project_is_read_with_its_neighbours_only(tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path_factory.mktemp("loose")
    (folder / "deep").mkdir()
    (folder / "one.py").write_text(LEAK)
    assert check(str(folder / "one.py"), "--output-format", "concise") == FOUND
    assert f"one.py:1:8: error[{RULE}]" in capsys.readouterr().out


def test_per_file_ignores_of_the_configuration_hold() -> None:
    Path("launchlint.toml").write_text('[per-file-ignores]\n"app/*" = ["keys"]\n')
    assert check() == CLEAN
    assert check("--no-config") == FOUND


def test_statistics_replace_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--statistics", "--quiet") == FOUND
    assert capsys.readouterr().out == f"     1  error    {RULE}\n"


def test_an_unread_file_is_named_and_counts_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    Path("big.txt").write_bytes(b"x" * (6 * 1024 * 1024))
    assert check("--ignore", "keys") == CLEAN
    assert "not read: big.txt: larger than 5 MB (6.0 MB)" in capsys.readouterr().out
    assert check("--ignore", "keys", "--fail-on-unread") == FOUND


def test_binary_files_are_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    Path("image.bin").write_bytes(b"\0" * (6 * 1024 * 1024))
    assert check("--ignore", "keys") == CLEAN
    assert "not read" not in capsys.readouterr().out


# ---------------------------------------------------------------- stdin and index


def test_an_unsaved_buffer_stands_for_the_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Stdin:
        buffer = io.BytesIO(b"\n\n" + LEAK.encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    assert check("--stdin-filename", "app/clean.py", "--output-format", "concise", "-") == FOUND
    assert capsys.readouterr().out.startswith(f"app/clean.py:3:8: error[{RULE}]")


def test_staged_reads_the_index_and_only_what_changes(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(here, "init", "-q")
    git(here, "add", "app/leak.py")
    git(here, "commit", "-qm", "x")
    Path("app/new.py").write_text("\n" + LEAK)
    Path("app/unstaged.py").write_text(LEAK)
    git(here, "add", "app/new.py", "app/clean.py")
    Path("app/new.py").write_text("x = 1\n")
    Path("app/clean.py").write_text(LEAK)
    assert check("--staged", "--output-format", "concise") == FOUND
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["app/new.py:2:8"]
    assert check("--staged", "app/clean.py") == CLEAN


def test_staged_runs_nothing_that_the_repository_configures(here: Path) -> None:
    git(here, "init", "-q")
    git(here, "add", "app/leak.py")
    mark = f"touch {here}/ran; cat"
    Path(".gitattributes").write_text("* diff=x filter=x\n")
    for name in ("diff.x.textconv", "diff.x.command", "diff.external", "filter.x.smudge", "filter.x.process", "core.fsmonitor", "core.pager", "pager.diff"):
        git(here, "config", name, mark)
    (here / ".git" / "hooks").mkdir(exist_ok=True)
    assert check("--staged", "--quiet") == FOUND
    assert check("--quiet") == FOUND
    assert not (here / "ran").exists()


def test_staged_without_a_repository_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--staged") == USAGE
    assert "--staged: " in capsys.readouterr().err


# ---------------------------------------------------------------- usage errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chekc",), "Did you mean 'check'?"),
        (("src/",), "To lint a path: launchlint check src/"),
        (("check", "--selct", "x"), "--select"),
        (("check", "nowhere"), "there is no file or folder nowhere"),
        (("check", "--select", "api-key-hardcodd"), f"did you mean `{RULE}`?"),
        (("check", "--severity", "grave"), "neither error, warning or note, nor RULE=LEVEL"),
        (("check", "--include", "test"), "did you mean `tests`?"),
        (("check", "--config", "nowhere.toml"), "nowhere.toml"),
        (("check", "--config", "x", "--no-config"), "exclude each other"),
        (("check", "--output-file", "app"), "it is a folder"),
        (("check", "--output-file", "no/where.txt"), "there is no folder"),
        (("check", "-"), "--stdin-filename"),
        (("check", "--stdin-filename", "a.py", "app"), "goes with the path `-`"),
        (("explain", "api-key-hardcodd"), f"did you mean `{RULE}`?"),
        (("facts", "app"), "app is a folder"),
    ],
)
def test_a_usage_error_is_2_with_a_cure(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == USAGE
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_a_configuration_error_names_file_line_and_cure(capsys: pytest.CaptureFixture[str]) -> None:
    Path("launchlint.toml").write_text('preview = true\nselekt = ["keys"]\n')
    assert check() == USAGE
    assert "launchlint.toml:2: unknown key `selekt`; did you mean `select`?" in capsys.readouterr().err


# ---------------------------------------------------------------- our own faults


def fake(name: str, raises: bool) -> Rule:
    def judge(_project: Project) -> Iterator[Report]:
        if raises:
            raise ValueError("broken\nin two lines")
        yield from ()

    headings = "".join(f"\n## {heading}\nx\n" for heading in registry_module.HEADINGS)
    return Rule(name, "fakes", (), Severity.NOTE, "0.1.0", "x", f"A rule.\n{headings}", judge)


def test_a_rule_that_raises_is_named_and_the_others_run_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = registry_module.load()
    monkeypatch.setattr("launchlint.cli.target.load_registry", lambda: Registry((fake("broken-rule", True), *real.rules)))
    assert check("--output-format", "json") == FAULT
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert [finding["rule"] for finding in document["findings"]] == [RULE]
    (crash,) = document["crashes"]
    assert crash["rule"] == "broken-rule"
    assert crash["error"].startswith("ValueError: broken in two lines (test_cli.py:")
    assert captured.err.startswith("launchlint: broken-rule failed: ValueError: broken in two lines")


def test_credentials_are_found_although_the_linker_raises(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def link(*_arguments: object, **_more: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("launchlint.link.project.link", link)
    assert check("--output-format", "json") == FAULT
    document = json.loads(capsys.readouterr().out)
    assert [finding["rule"] for finding in document["findings"]] == [RULE]
    assert [crash["rule"] for crash in document["crashes"]] == ["linker"]
    assert {"rule": "cors-wildcard", "why": "needs what the linker could not make"} in document["not_run"]


def test_whatever_else_happens_is_one_line_and_3(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_request: object) -> None:
        raise KeyError("x\ny")

    monkeypatch.setattr("launchlint.engine.run.check", broken)
    assert check() == FAULT
    assert capsys.readouterr().err == "launchlint: KeyError: 'x\\ny' (this is our fault, not yours: please report it)\n"


def test_an_interrupt_leaves_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_request: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("launchlint.engine.run.check", interrupted)
    assert check() == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error() -> None:
    for number in range(400):
        Path(f"leak{number}.py").write_text(LEAK)
    process = subprocess.Popen([sys.executable, "-m", "launchlint", "check", "--output-format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == FOUND


# ---------------------------------------------------------------- files, colour, progress


def test_an_output_file_is_replaced_in_one_step(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out.json").write_text("old")
    Path("link.json").symlink_to("out.json")
    assert check("--output-format", "json", "--output-file", "link.json") == FOUND
    assert json.loads(Path("out.json").read_text())["version"] == 1
    assert Path("link.json").is_symlink()
    assert sorted(path.name for path in here.iterdir() if "tmp" in path.name) == []
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("1 finding (1 error)")


def test_a_device_is_written_and_not_replaced() -> None:
    assert check("--output-file", os.devnull, "--quiet") == FOUND
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    ("choice", "environment", "tty", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(choice: str, environment: dict[str, str], tty: bool, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout", _Terminal(tty))
    assert use_colour(choice, None) is expected
    assert use_colour(choice, Path("x")) is (expected and (choice == "always" or "FORCE_COLOR" in environment))


class _Terminal(io.StringIO):
    def __init__(self, tty: bool) -> None:
        super().__init__()
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


def test_progress_waits_a_second_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal(True)
    monkeypatch.setattr("sys.stderr", terminal)
    now = [0.0]
    progress = Progress(True, lambda: now[0])
    progress("reading", 1, 2000)
    assert terminal.getvalue() == ""
    now[0] = 1.5
    progress("reading", 1000, 2000)
    progress("reading", 1001, 2000)
    progress.clear()
    assert terminal.getvalue() == "\r\x1b[Kreading 1,000 of 2,000\r\x1b[K"


def test_progress_is_not_shown_off_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _Terminal(False)
    monkeypatch.setattr("sys.stderr", stream)
    progress = Progress(True, iter((0.0, 9.0, 9.0)).__next__)
    progress("reading", 1, 2)
    assert stream.getvalue() == ""


# ---------------------------------------------------------------- the other commands


def test_rules_lists_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    names = {rule.name for rule in registry_module.load().rules}
    assert run(["rules"]) == CLEAN
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == names
    assert run(["rules", "--output-format", "json"]) == CLEAN
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in rows} == names
    assert run(["rules", "--output-format", "markdown"]) == CLEAN
    assert capsys.readouterr().out.count("\n") == len(names) + 2


def test_explain_prints_the_documentation_with_the_cure(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", RULE]) == CLEAN
    out = capsys.readouterr().out
    assert out.startswith(f"# {RULE}\n")
    assert [line[3:] for line in out.splitlines() if line.startswith("## ")] == [*registry_module.HEADINGS, "Cure"]
    assert "{{" not in out


def test_facts_shows_what_rules_see(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["facts", "app/leak.py"]) == CLEAN
    out = capsys.readouterr().out
    assert out.startswith("1:8: SecretLiteral\n    provider: OpenAI\n")
    assert KEY not in out
    assert run(["facts", "app/leak.py", "--output-format", "json"]) == CLEAN
    (fact,) = json.loads(capsys.readouterr().out)
    assert (fact["fact"], fact["place"]["span"]["column"], fact["path_class"]) == ("SecretLiteral", 8, "prod")


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == CLEAN
    assert capsys.readouterr().out.startswith("launchlint ")
    assert run(["check", "--help"]) == CLEAN
    assert "Exit codes: 0 clean" in capsys.readouterr().out
