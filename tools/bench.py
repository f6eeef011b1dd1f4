"""What a run costs: `python -m tools.bench DIR`, where DIR is a checkout.

Prints a cold project read (processor time of all processes, largest process), one small file outside any project against a bare interpreter, one file inside
DIR read alone, `ast.parse` over the same files for comparison, and where the time of a project read goes. Cold means that launchlint keeps nothing from an
earlier run; the operating system may have the files in its cache.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, NamedTuple

PROJECT = Path(__file__).parent.parent
COMMAND = Path(sys.executable).with_name("launchlint")
SMALL = 'from openai import OpenAI\n\nclient = OpenAI()\nprint(client.chat.completions.create(model="gpt-4o-mini", messages=[]).choices)\n'
LIBRARIES = (b"openai", b"anthropic", b"litellm", b"langchain")
# (module, function or method in it, name of the phase); a phase does not contain those that run inside it.
PHASES = (
    ("launchlint.knowledge.shipped", "load", "load the knowledge"),
    ("launchlint.engine.run", "discover", "discover"),
    ("launchlint.engine.run", "_read", "choose what to parse"),
    ("launchlint.engine.waves", "fetch", "read bytes"),
    ("launchlint.engine.read", "scan_secrets", "search for credentials"),
    ("launchlint.engine.read", "_nodes", "settings documents"),
    ("launchlint.syntax.read", "read_python", "extract syntax facts"),
    ("ast", "parse", "ast.parse"),
    ("launchlint.engine.run", "_versions", "library versions"),
    ("launchlint.engine.run", "_link", "link, the rest"),
    ("launchlint.link.program", "Program.__init__", "link: index of modules"),
    ("launchlint.link.program", "unpack", "link: unpack bodies"),
    ("launchlint.link.project", "Sites.run", "link: calls and values"),
    ("launchlint.link.project", "cover", "link: what retries cover"),
    ("launchlint.link.project", "Loops.run", "link: loops"),
    ("launchlint.engine.run", "_judge", "rules"),
    ("launchlint.engine.run", "settle", "settle"),
)


class Used(NamedTuple):
    """Seconds of wall and processor (user and system, children included) and MB of the largest process."""

    wall: float
    cpu: float
    rss: float


def run(command: Sequence[str | Path], folder: Path) -> Used:
    """Run a command without looking at what it prints. Ends the program when launchlint could not do its work."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=_installed(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(map(str, command))} exits {process.returncode}")
    return Used(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@cache
def _installed() -> dict[str, str]:
    """The environment, with a place for compiled modules: an installed launchlint has them, a checkout may be told not to write them."""
    compiled = mkdtemp(prefix="launchlint-bench-")
    atexit.register(rmtree, compiled, ignore_errors=True)
    return {**{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}, "PYTHONPYCACHEPREFIX": compiled}


def times(command: Sequence[str | Path], folder: Path, runs: int) -> Used:
    """The median of each figure, after one run that is not counted."""
    run(command, folder)
    return Used(*(median(column) for column in zip(*(run(command, folder) for _ in range(runs)), strict=True)))


def typical_file(root: Path) -> Path:
    """The file nearest to 200 lines, relative to `root`, that names a model library and is no test."""
    listing = subprocess.run(["git", "ls-files", "-z", "--", "*.py"], cwd=root, check=True, capture_output=True).stdout
    best: tuple[int, Path] | None = None
    for name in listing.decode().split("\0"):
        if not name or "test" in name:
            continue
        data = (root / name).read_bytes()
        if any(b"import " + library in data or b"from " + library in data for library in LIBRARIES):
            distance = abs(data.count(b"\n") - 200)
            if best is None or distance < best[0]:
                best = distance, Path(name)
    if best is None:
        raise SystemExit(f"no file of {root} names a model library")
    return best[1]


class Clock:
    """Processor time by phase; the time of a phase that runs inside another one counts for the inner one alone."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = 0.0

    def _turn(self) -> None:
        now = time.process_time()
        if self._open:
            self.spent[self._open[-1]] += now - self._since
        self._since = now

    def timed(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, with its time counted for `phase`."""

        def call(*arguments: Any, **keywords: Any) -> Any:
            self._turn()
            self._open.append(phase)
            try:
                return function(*arguments, **keywords)
            finally:
                self._turn()
                self._open.pop()

        return call


def measure_phases(root: Path) -> None:
    """Print as JSON the seconds of each phase of a project read in one process, and the Python files it parsed."""
    from launchlint.engine import run as engine
    from launchlint.engine.registry import load

    clock = Clock()
    for module, path, phase in PHASES:
        *classes, attribute = path.split(".")
        owner: Any = import_module(module)
        for name in classes:
            owner = getattr(owner, name)
        setattr(owner, attribute, clock.timed(phase, getattr(owner, attribute)))
    registry = load()
    clock.spent["start-up"] = time.process_time()
    checked = clock.timed("other", engine.check)(engine.Request(root, registry, registry.select((), (), False), jobs=1))
    if checked.outcome.crashes:
        sys.exit(f"{checked.outcome.crashes[0].rule}: {checked.outcome.crashes[0].error}")
    parsed = [each.source.absolute for each in checked.files if each.python is not None]
    print(json.dumps({"phases": clock.spent, "parsed": parsed, "files": len(checked.files), "findings": len(checked.outcome.findings)}))


def measure_parse() -> None:
    """Print the seconds that reading and `ast.parse` of the files named on standard input take."""
    import ast
    import gc
    import warnings

    warnings.simplefilter("ignore")
    gc.disable()
    start, size = time.process_time(), 0
    for name in sys.stdin.read().splitlines():
        data = Path(name).read_bytes()
        size += len(data)
        try:
            ast.parse(data)
        except (SyntaxError, ValueError):
            continue
    print(json.dumps([time.process_time() - start, size]))


def again(*arguments: str, given: str = "") -> Any:
    """What this program prints as JSON in a process of its own."""
    command = [sys.executable, "-m", "tools.bench", *arguments]
    return json.loads(subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT, env=_installed()).stdout)


def import_times(folder: Path) -> dict[str, float]:
    """Milliseconds of import by package in a run on `small.py`; the standard library is one package, launchlint's own are told apart."""
    command = [sys.executable, "-X", "importtime", str(COMMAND), "check", "small.py"]
    lines = subprocess.run(command, cwd=folder, env=_installed(), capture_output=True, text=True, check=False).stderr.splitlines()
    spent: defaultdict[str, float] = defaultdict(float)
    for line in lines:
        parts = line.removeprefix("import time:").split("|")
        if line.startswith("import time:") and parts[0].strip().isdigit():
            name = parts[2].strip().split(".")
            package = ".".join(name[:2]) if name[0] == "launchlint" else "the standard library" if name[0] in sys.stdlib_module_names else name[0]
            spent[package] += int(parts[0]) / 1000
    return spent


def _show(what: str, used: Used, bare: Used | None) -> None:
    more = f"   {(used.wall - bare.wall) * 1000:5.0f} ms more than the interpreter, {used.wall / bare.wall:.1f} times it" if bare else ""
    print(f"{what:40} {used.wall * 1000:5.0f} ms wall {used.cpu * 1000:5.0f} ms processor{more}")


def report(root: Path, runs: int) -> None:
    """Measure everything and print it."""
    bare = times([sys.executable, "-c", "pass"], root, 9)
    _show("bare interpreter", bare, None)
    with TemporaryDirectory() as folder:
        (Path(folder) / "small.py").write_text(SMALL, "utf-8")
        _show("a small file outside any project", times([COMMAND, "check", "small.py"], Path(folder), 9), bare)
        imports = import_times(Path(folder))
    typical = typical_file(root)
    lines = (root / typical).read_bytes().count(b"\n")
    _show(f"{typical.name}, {lines} lines, alone", times([COMMAND, "check", typical], root, 5), bare)
    print(f"  ({typical})\n\nimports for the small file, in ms, slowed down by being measured:")
    for package, spent in sorted(imports.items(), key=lambda item: -item[1])[:8]:
        print(f"  {package:24} {spent:6.1f}")

    whole = times([COMMAND, "check", "--jobs", "1"], root, runs)
    pool = times([COMMAND, "check", "--jobs", "2"], root, runs)
    print(f"\nproject read of {root.name}: {whole.cpu:.2f} s processor, {whole.wall:.2f} s wall, {whole.rss:.0f} MB")
    print(f"the same in two processes: {pool.cpu:.2f} s processor, {pool.wall:.2f} s wall, {pool.rss:.0f} MB in the largest of them")
    phases = again("--phases", str(root))
    seconds, size = again("--parse", given="\n".join(phases["parsed"]))
    print(f"{phases['files']} files, {len(phases['parsed'])} of them parsed ({size / 1e6:.1f} MB), {phases['findings']} findings")
    print(f"ast.parse over the parsed files: {seconds:.2f} s; the project read takes {whole.cpu / seconds:.1f} times that")
    total = sum(phases["phases"].values())
    print(f"\nwhere the time goes, in one process: {total:.2f} s")
    for phase, spent in sorted(phases["phases"].items(), key=lambda item: -item[1]):
        print(f"  {phase:24} {spent:6.2f} s {100 * spent / total:5.1f} %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=Path())
    parser.add_argument("--runs", type=int, default=3, help="project reads to take the median of")
    parser.add_argument("--phases", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--parse", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.parse:
        measure_parse()
    elif options.phases:
        measure_phases(options.root.resolve())
    else:
        report(options.root.resolve(), options.runs)


if __name__ == "__main__":
    main()
