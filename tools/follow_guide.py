"""Follow "Add a rule in ten minutes" of CONTRIBUTING.md literally, in a clone of this repository: `python -m tools.follow_guide`.

The clone has what is committed. A block after a path in backquotes is written to that file, `bash` blocks are run, and the lines of
`diff` blocks are put into `rules/__init__.py` where the alphabet wants them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

PROJECT = Path(__file__).parent.parent
FIRST, NEXT = "## Add a rule in ten minutes", "## What makes a good rule"
_BLOCK = re.compile(r"(?:^`(?P<path>[\w./-]+)`:\n\n)?^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$", re.DOTALL | re.MULTILINE)


class Step(NamedTuple):
    """A block of the guide; `path` is empty for blocks that are no file."""

    path: str
    language: str
    text: str


def steps() -> Iterator[Step]:
    """The blocks of the guide in order."""
    text = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
    for match in _BLOCK.finditer(text[text.index(FIRST) : text.index(NEXT)]):
        yield Step(match["path"] or "", match["language"], match["text"])


def insert(init: str, line: str) -> str:
    """`rules/__init__.py` with an import or an entry of `ALL` among its kind."""
    lines = init.splitlines()
    kind = re.compile(r"from \.\w+ import ") if line.startswith("from ") else re.compile(r"    \w+,$")
    peers = [number for number, each in enumerate(lines) if kind.match(each)]
    at = next((number for number in peers if lines[number] > line), peers[-1] + 1)
    return "\n".join([*lines[:at], line, *lines[at:], ""])


def main() -> None:
    with TemporaryDirectory() as temporary:
        clone = Path(temporary) / "launchlint"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(PROJECT), str(clone)], check=True)
        done = 0
        for step in steps():
            if step.path:
                target = clone / step.path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(step.text, "utf-8")
            elif step.language == "diff":
                init = clone / "rules" / "__init__.py"
                for line in step.text.splitlines():
                    init.write_text(insert(init.read_text("utf-8"), line.removeprefix("+")), "utf-8")
            elif step.language == "bash":
                if subprocess.run(["bash", "-euo", "pipefail", "-xc", step.text], cwd=clone, check=False).returncode:
                    sys.exit(f"the guide does not work: step {done + 1} fails")
            else:
                continue
            done += 1
    print(f"the guide works: {done} steps")


if __name__ == "__main__":
    main()
