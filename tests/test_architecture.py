"""The picture of the house holds: who may import whom, how long a file may be, and what is loaded only when it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "launchlint"
RULES = ROOT / "rules"
LONGEST = 500
LAZY = frozenset({"libcst", "multiprocessing", "sarif_om", "sqlite3", "yaml"})

GROUND = {"model", "globs", "pathclass"}
MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "globs": set(),
    "pathclass": {"model"},
    "facts": {"model"},
    "rule": {"model", "facts"},
    "knowledge": {"model"},
    "discover": GROUND,
    "documents": GROUND,
    "config": {*GROUND, "documents"},
    "syntax": {*GROUND, "documents"},
    "link": {*GROUND, "facts", "knowledge", "documents", "syntax"},
    "engine": {*GROUND, "facts", "rule", "knowledge", "discover", "documents", "syntax", "link", "rules"},
    "report": {*GROUND, "facts", "rule", "documents", "engine"},
    "rules": {"model", "facts", "rule"},
}
# The records of layer 1 are the language in which `documents` hands its nodes over; nothing else of `syntax` is known there.
RECORDS = {("documents", "launchlint.syntax.files"), ("report", "launchlint.syntax.files")}
FREE = {"cli", "__main__", "__init__"}


def python_files() -> list[Path]:
    return [*sorted(SOURCE.rglob("*.py")), *sorted(RULES.glob("*.py"))]


def module_of(path: Path) -> str:
    if path.is_relative_to(RULES):
        return "launchlint.rules" + ("" if path.stem == "__init__" else f".{path.stem}")
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def imported(path: Path) -> Iterator[str]:
    """The launchlint modules a file imports anywhere, relative imports resolved."""
    module = module_of(path)
    package = module if path.stem == "__init__" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "launchlint")
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
            source = ".".join(part for part in (base if node.level else "", node.module or "") if part)
            if source == "launchlint":
                yield from (f"launchlint.{alias.name}" for alias in node.names)
            elif source.split(".")[0] == "launchlint":
                yield source


@pytest.mark.parametrize("path", python_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_one_way(path: Path) -> None:
    package = package_of(module_of(path))
    if package in FREE:
        return
    allowed = {*MAY_IMPORT[package], package}
    wrong = {name for name in imported(path) if package_of(name) not in allowed and (package, name) not in RECORDS and name != "launchlint.__version__"}
    assert wrong == set()


@pytest.mark.parametrize("path", sorted(RULES.glob("*.py")), ids=lambda path: path.name)
def test_a_rule_knows_no_other_rule(path: Path) -> None:
    rules = {name for name in imported(path) if package_of(name) == "rules"}
    assert path.stem == "__init__" or rules == set()


@pytest.mark.parametrize("path", [*python_files(), *sorted((ROOT / "tests").rglob("*.py"))], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_is_too_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def top_level(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run when a module is imported."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            continue
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef):
            yield from top_level(node.body)


@pytest.mark.parametrize("path", python_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_heavy_modules_are_imported_where_they_are_used(path: Path) -> None:
    names = set()
    for node in top_level(ast.parse(path.read_text("utf-8")).body):
        names |= {alias.name for alias in node.names} if isinstance(node, ast.Import) else {node.module or ""}
    assert {name.split(".")[0] for name in names} & LAZY == set()


def test_the_command_starts_without_heavy_modules() -> None:
    code = "import sys, launchlint.cli, launchlint.engine.run, launchlint.rules; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert set(loaded) & LAZY == set()
