"""What is built is whole: the rules and the knowledge are in the wheel, and the list of packages is the list of folders."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TREES = ("src", "rules")
IGNORED = shutil.ignore_patterns("__pycache__", "*.egg-info")


def packages() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    listed: list[str] = settings["packages"]
    return listed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that is built from a copy, so that no build folder is left in the tree."""
    copy = tmp_path_factory.mktemp("source")
    for tree in TREES:
        shutil.copytree(ROOT / tree, copy / tree, ignore=IGNORED)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy / file)
    built = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(copy), "--no-deps", "--quiet", "--disable-pip-version-check", "--wheel-dir", str(built)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    with zipfile.ZipFile(next(built.glob("launchlint-*.whl"))) as archive:
        return set(archive.namelist())


def test_the_list_of_packages_is_the_list_of_folders() -> None:
    folders = {"launchlint"} | {".".join(path.parent.relative_to(ROOT / "src").parts) for path in (ROOT / "src" / "launchlint").rglob("__init__.py")}
    assert set(packages()) == folders | {"launchlint.rules"}
    assert packages() == sorted(packages())


def test_every_folder_with_python_files_is_a_package() -> None:
    for path in (ROOT / "src" / "launchlint").rglob("*.py"):
        assert (path.parent / "__init__.py").is_file(), path.parent


def test_the_wheel_holds_every_module_and_every_knowledge_file(wheel: set[str]) -> None:
    source = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    rules = {f"launchlint/rules/{path.name}" for path in (ROOT / "rules").glob("*.py")}
    knowledge = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src" / "launchlint" / "knowledge").rglob("*.toml")}
    assert {name for name in wheel if ".dist-info/" not in name} == source | rules | knowledge | {"launchlint/py.typed"}
    assert len(rules) > 1
    assert len(knowledge) > 1


def test_rules_are_flat() -> None:
    assert [path.name for path in (ROOT / "rules").iterdir() if path.is_dir() and path.name != "__pycache__"] == []


def test_rules_are_imported_under_their_package_name_only() -> None:
    code = (
        "import sys, importlib; importlib.import_module('launchlint.engine.registry').load(); "
        "assert 'launchlint.rules' in sys.modules; assert 'rules' not in sys.modules; "
        "print(sys.modules['launchlint.rules'].__file__)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT / "src").stdout
    assert shown.strip().endswith("__init__.py")
