"""The demo system, end to end through the installed command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.check_demo import copy_demo, expected, found, launchlint


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_demo(tmp_path_factory.mktemp("demo") / "support-bot")


def test_exactly_what_is_planted_is_found(demo: Path) -> None:
    run = launchlint(demo, "--output-format", "json")
    assert run.returncode == 1, run.stderr
    assert found(json.loads(run.stdout)) == expected()


def test_a_file_read_finds_no_more_than_the_project_read(demo: Path) -> None:
    for path in sorted(path.relative_to(demo).as_posix() for path in demo.rglob("*.py")):
        run = launchlint(demo, "--output-format", "json", path)
        assert found(json.loads(run.stdout)) <= expected(), path


def test_the_credential_is_shown_nowhere(demo: Path) -> None:
    line = (demo / "scripts" / "reindex.py").read_text("utf-8").splitlines()[10]
    credential = line.split('"')[1]
    assert len(credential) > 100
    for form in ("text", "concise", "json", "sarif", "github"):
        run = launchlint(demo, "--output-format", form)
        assert "reindex.py" in run.stdout, form
        assert credential[12:] not in run.stdout + run.stderr, form
        assert credential[-12:] not in run.stdout + run.stderr, form
