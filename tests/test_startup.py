"""The short way stays short: what a run over one file must not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = {"libcst", "sarif_om", "yaml", "multiprocessing", "concurrent.futures", "importlib.metadata", "asyncio", "tomllib", "sqlite3", "attr", "logging"}


def test_one_file_in_concise_form_imports_nothing_heavy(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text("import requests\n\nrequests.get('https://example.invalid')\n")
    command = [sys.executable, "-X", "importtime", "-m", "launchlint", "check", "--output-format", "concise", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "http-timeout-missing" in done.stdout
    imported = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "click" in imported
    assert "launchlint.link.project" in imported
    assert HEAVY & imported == set()
