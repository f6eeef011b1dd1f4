"""Lint a copy of the demo system as a user would, and hold what comes out against what is planted in it: `python -m tools.check_demo`.

The copy lies in a temporary folder, because a credential that looks real is written into it and must stand nowhere in this repository.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.keys import fill

DEMO = Path(__file__).parent.parent / "fixtures" / "apps" / "support-bot"
EXPECTED = DEMO.parent / "support-bot.expected.json"
FAMILIES = {"output", "keys", "retries", "timeouts", "agents", "cors"}


def copy_demo(target: Path) -> Path:
    """A copy of the demo system at `target`, with a generated credential where the demo has a placeholder."""
    shutil.copytree(DEMO, target)
    for path in target.rglob("*.py"):
        path.write_text(fill(path.read_text("utf-8")), "utf-8")
    return target


def expected() -> set[tuple[str, str, int]]:
    """(rule, path, line) of each finding that has to come out."""
    return {(rule, path, line) for rule, path, line in json.loads(EXPECTED.read_text("utf-8"))}


def launchlint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`launchlint check` run in `folder` by the command that was installed beside this interpreter."""
    command = Path(sys.executable).with_name("launchlint")
    return subprocess.run([command, "check", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def found(report: dict[str, Any]) -> set[tuple[str, str, int]]:
    """(rule, path, line) of each finding of a JSON report."""
    return {(finding["rule"], finding["path"], finding["line"]) for finding in report["findings"]}


def main() -> None:
    with TemporaryDirectory() as temporary:
        demo = copy_demo(Path(temporary) / DEMO.name)
        shown = launchlint(demo)
        print(shown.stdout, end="", flush=True)
        print(shown.stderr, end="", file=sys.stderr, flush=True)
        if shown.returncode != 1:
            sys.exit(f"The demo went wrong: launchlint exits {shown.returncode}, not 1")
        report = json.loads(launchlint(demo, "--output-format", "json").stdout)
    results = found(report)
    problems = [f"no finding of the family {name}" for name in sorted(FAMILIES - {finding["family"] for finding in report["findings"]})]
    problems += [f"not found: {rule} at {path}:{line}" for rule, path, line in sorted(expected() - results)]
    problems += [f"not planted: {rule} at {path}:{line}" for rule, path, line in sorted(results - expected())]
    problems += [f"{crash['rule']} failed: {crash['error']}" for crash in report["crashes"]]
    problems += [f"not read: {unread['path']}: {unread['why']}" for unread in report["unread"]]
    if problems:
        sys.exit("\n".join(("The demo went wrong:", *problems)))
    print(f"The demo went as planned: exit code 1, {len(results)} findings, among them some of each family: {', '.join(sorted(FAMILIES))}.")


if __name__ == "__main__":
    main()
