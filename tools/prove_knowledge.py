"""Holds the knowledge files against the real packages: installs each library and checks every statement that can be checked.

    python tools/prove_knowledge.py [--library NAME ...] [--version newest|verified] [--refresh] [--all]

Each library gets environments of its own under `~/.cache/launchlint-knowledge` (`--refresh` builds them anew). The checks run inside them
(`tools/knowledge_probe/`), with dummy keys; requests are held back before they leave. Exit code 1 when a statement is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import tomli

from launchlint.knowledge import schema

HERE = Path(__file__).parent
KNOWLEDGE = HERE.parent / "src" / "launchlint" / "knowledge"
CACHE = Path.home() / ".cache" / "launchlint-knowledge"
TABLES = tomli.loads((HERE / "knowledge_probe.toml").read_text("utf-8"))


class Row(NamedTuple):
    """One statement of a knowledge file and what came out: `status` is "proven", "wrong" or "unchecked"."""

    file: str
    entry: str
    what: str
    version: str
    status: str
    detail: str


def environments(library: schema.Library, version: str) -> list[list[str]]:
    """What to install for a library, one list of requirements per environment; the newest comes first."""
    sets: list[list[str]] = [list(one) for one in TABLES["environments"].get(library.name, [list(library.distributions)])]
    first = library.distributions[0] if library.distributions else ""
    if version == "verified" and library.verified:
        sets[0] = [f"{_bare(one)}=={library.verified[0]}" if _bare(one).split("[")[0] == first else one for one in sets[0]]
    return [one for one in sets if one] + [[f"{first}=={older}"] for older in library.verified[1:] if first]


def _bare(requirement: str) -> str:
    return re.split(r"[=<>~!]", requirement)[0]


def install(name: str, requirements: list[str], refresh: bool) -> Path:
    """An environment with some requirements; its Python. Raises CalledProcessError with what pip said."""
    folder = CACHE / name
    stamp = folder / "requirements.txt"
    python = folder / "bin" / "python"
    wanted = "\n".join(requirements)
    if not refresh and stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q", *requirements], check=True, capture_output=True, text=True, timeout=1500)
    stamp.write_text(wanted, "utf-8")
    return python


def job(file: str, knowledge: schema.Knowledge, versions: Mapping[str, str]) -> dict[str, Any]:
    """What the probe has to check for one file, as plain data; inheritance is resolved."""
    library, classes, operations = schema.parse((KNOWLEDGE / file).read_text("utf-8"), file)
    return {
        "versions": dict(versions),
        "absent": list(library.absent),
        "classes": [
            {**_shared(knowledge.classes[entry.name]), "names": list(entry.names), "attributes": dict(entry.attributes), "returns": dict(entry.returns)}
            for entry in classes
        ],
        "operations": [{**_shared(op), "of": list(op.of), "call": list(op.call)} for op in operations],
        "probes": probes(),
    }


def probes() -> dict[str, Any]:
    """The tables beside this file under the keys that the probe looks for."""
    found: dict[str, Any] = {f"{key} forwards": value for key, value in TABLES["forwards"].items()}
    found |= {f"{key.rsplit(' ', 1)[0]} type of {key.rsplit(' ', 1)[1]}": value for key, value in TABLES["types"].items()}
    found |= {f"{key} arguments": value for key, value in TABLES["arguments"].items()}
    found |= {f"{key} timeout": value for key, value in TABLES["sent"].items()}
    found |= {f"{key} through": value for key, value in TABLES["through"].items()}
    found |= {key: {"constant": value} for key, value in TABLES["constants"].items()}
    found |= {key: {"read": value} for key, value in TABLES["read"].items()}
    return found


def _shared(entry: schema.Entry) -> dict[str, Any]:
    rows = [
        {"logical": logical, "kind": row.kind, "value": row.value, "since": row.since, "until": row.until}
        for logical, defaults in entry.defaults.items()
        for row in defaults
    ]
    arguments = {name: list(spellings) for name, spellings in entry.arguments.items()}
    return {"async": entry.is_async, "positional": list(entry.positional), "arguments": arguments, "defaults": rows}


def prove(file: str, knowledge: schema.Knowledge, version: str, refresh: bool) -> list[Row]:
    """Check one file in all its environments."""
    library = schema.parse((KNOWLEDGE / file).read_text("utf-8"), file)[0]
    runs: list[tuple[str, list[tuple[str, str, str, str]]]] = []
    rows: list[Row] = []
    for number, requirements in enumerate(environments(library, version)):
        label = " ".join(requirements)
        try:
            python = install(f"{Path(file).stem}-{number}", requirements, refresh)
        except subprocess.SubprocessError as error:
            said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
            rows.append(Row(file, "[library]", "installs", label, "unchecked", f"cannot be installed: {said[-1] if said else error}"[:200]))
            continue
        real = installed(python, [_bare(requirements[0]).split("[")[0], *library.distributions])
        done = subprocess.run(
            [str(python), "-m", "knowledge_probe"],
            env={**os.environ, "PYTHONPATH": str(HERE)},
            input=json.dumps(job(file, knowledge, real)),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode != 0:
            rows.append(Row(file, "[library]", "imports", label, "unchecked", done.stderr.strip().splitlines()[-1][:200]))
            continue
        runs.append((" ".join(next(iter(real.items()), ("", ""))), [(a, b, c, d) for a, b, c, d in json.loads(done.stdout)]))
    return rows + merge(file, runs)


def installed(python: Path, distributions: Iterable[str]) -> dict[str, str]:
    """The versions of those of some distributions that an environment has."""
    code = """
import importlib.metadata, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""
    done = subprocess.run([str(python), "-c", code, *distributions], capture_output=True, text=True, check=True)
    return {str(name): str(version) for name, version in json.loads(done.stdout).items()}


def merge(file: str, runs: Iterable[tuple[str, list[tuple[str, str, str, str]]]]) -> list[Row]:
    """One row per statement: a default must hold wherever its range says so, anything else in one environment at least."""
    seen: dict[tuple[str, str], list[Row]] = {}
    for version, rows in runs:
        for entry, what, status, detail in rows:
            seen.setdefault((entry, what), []).append(Row(file, entry, what, version, status, detail))
    strict = {"wrong": 0, "proven": 1, "unchecked": 2}
    best = []
    for (_, what), found in seen.items():
        here = [row for row in found if row.status != "elsewhere"]
        if not here:
            best.append(found[0]._replace(status="wrong"))
        elif what.startswith("default "):
            best.append(min(here, key=lambda row: strict[row.status]))
        else:
            # Environments come newest first.
            best.append(next((row for row in here if row.status == "proven"), here[0]))
    return best


def unproven_ranges(file: str, rows: Iterable[Row], knowledge: schema.Knowledge) -> list[Row]:
    """Defaults of version ranges in which nothing was installed."""
    shown = {(row.entry, row.what.split("[")[0].split("=")[0], row.what.partition("[")[2]) for row in rows}
    missing = []
    for entry in schema.parse((KNOWLEDGE / file).read_text("utf-8"), file)[1]:
        for logical, defaults in knowledge.classes[entry.name].defaults.items():
            for row in defaults:
                span = f"{row.since or ''}..{row.until or ''})"
                if (row.since or row.until) and (entry.name, f"default {logical} ", span) not in shown:
                    what = f"default {logical} [{span}"
                    missing.append(Row(file, entry.name, what, "-", "unchecked", "no version of the range is installed"))
    return missing


def main(arguments: list[str] | None = None) -> int:
    """Command line. 0: nothing is wrong; 1: something is; 2: no such library."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--library", nargs="+", metavar="NAME", help="names of knowledge files without .toml; all when not given")
    parser.add_argument("--version", choices=("newest", "verified"), default="newest")
    parser.add_argument("--refresh", action="store_true", help="build the environments anew")
    parser.add_argument("--all", action="store_true", help="print proven statements too")
    options = parser.parse_args(arguments)
    files = sorted(path.name for path in KNOWLEDGE.glob("*.toml"))
    unknown = set(options.library or ()) - {file.removesuffix(".toml") for file in files}
    if unknown:
        print(f"no knowledge file for {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    knowledge = schema.build({file: (KNOWLEDGE / file).read_text("utf-8") for file in files})
    counts: Counter[str] = Counter()
    for file in files:
        if options.library and file.removesuffix(".toml") not in options.library:
            continue
        rows = prove(file, knowledge, options.version, options.refresh)
        rows += unproven_ranges(file, rows, knowledge)
        show(file, rows, options.all)
        counts.update(row.status for row in rows)
    print(f"{counts['proven']} proven, {counts['wrong']} wrong, {counts['unchecked']} not checkable")
    return 1 if counts["wrong"] else 0


def show(file: str, rows: list[Row], everything: bool) -> None:
    """Print what is wrong, and why other statements could not be checked; every statement when asked for."""
    counts: Mapping[str, int] = Counter(row.status for row in rows)
    print(f"{file}: {counts.get('proven', 0)} proven, {counts.get('wrong', 0)} wrong, {counts.get('unchecked', 0)} not checkable")
    words = {"proven": "proven", "wrong": "WRONG", "unchecked": "not checkable"}
    for row in rows:
        if everything or row.status == "wrong":
            print(f"  {words[row.status]:14}{row.entry}  {row.what}  ({row.version}) {row.detail}")
    if everything:
        return
    reasons = Counter(re.sub(r"`[^`]*`", "`…`", row.detail) for row in rows if row.status == "unchecked")
    for reason, count in reasons.most_common():
        example = next(row for row in rows if row.status == "unchecked" and re.sub(r"`[^`]*`", "`…`", row.detail) == reason)
        print(f"  not checkable {count:4}  {reason}  (as {example.entry}  {example.what})")


if __name__ == "__main__":
    sys.exit(main())
