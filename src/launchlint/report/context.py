"""What an output format needs besides the outcome."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from launchlint.engine.registry import Registry
from launchlint.engine.text import SourceText
from launchlint.facts.project import Read


class Context(NamedTuple):
    """`root` is the project root, absolute; `seconds` the wall time of the run. `category` tells several uploads of one repository apart in code scanning."""

    registry: Registry
    sources: SourceText
    root: Path
    read: Read = Read.PROJECT
    seconds: float = 0.0
    colour: bool = False
    quiet: bool = False
    category: str = ""
