"""Which files are read how far, and that a narrower read, a pool and a serial run see the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from launchlint.discover import discover, source_file
from launchlint.engine.contents import Disk
from launchlint.engine.pool import Parser
from launchlint.engine.read import is_settings, read_facts
from launchlint.engine.registry import load
from launchlint.engine.run import Request, check
from launchlint.engine.waves import Waves, imports_in
from launchlint.facts.project import Read
from launchlint.knowledge.shipped import load as load_knowledge
from launchlint.model.source import PathClass
from launchlint.syntax.files import FileFacts
from tests.harness import lay_out
from tests.keys import KEYS

PROJECT = {
    "app/main.py": "from app.client import ask\n\nmessages = []\nwhile True:\n    messages.append(ask(messages))\n",
    "app/client.py": "from openai import OpenAI\nfrom .config import TIMEOUT\nfrom . import limits\n",
    "app/config.py": "from app.deep import VALUE\nTIMEOUT = None\n",
    "app/deep.py": "VALUE = 1\n",
    "app/limits.py": "CAP = 5\n",
    "app/other.py": "x = 1\nwhile x:\n    x = 0\n",
    "app/views.py": "from app.client import ask\n\nask()\n",
    "tests/test_client.py": "import openai\n",
    "settings.yaml": "a: 1\n",
    "app/config.json": '{"b": 2}\n',
    "data/table.json": '{"c": 3}\n',
    "notes.txt": f"key {KEYS['groq-key']}\n",
}


def waves(root: Path, classes: frozenset[PathClass] = frozenset({PathClass.PROD}), jobs: int = 1) -> Waves:
    contents = Disk()
    return Waves(contents, load_knowledge(), classes, Parser(contents, jobs, 0), lambda _what, _done, _of: None)


def parsed(facts: Sequence[FileFacts]) -> set[str]:
    return {each.source.path for each in facts if each.python is not None}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out(PROJECT, tmp_path)


def test_a_project_read_parses_words_then_imports_then_loops_around_them(root: Path) -> None:
    facts = waves(root).project(discover(root))
    assert [each.source.path for each in facts] == sorted(PROJECT)
    assert parsed(facts) == {"app/client.py", "app/config.py", "app/deep.py", "app/limits.py", "app/main.py"}
    assert {each.source.path for each in facts if each.nodes} == {"settings.yaml", "app/config.json"}
    assert {each.source.path for each in facts if each.secrets} == {"notes.txt"}


def test_tests_are_parsed_only_when_they_are_included(root: Path) -> None:
    facts = waves(root, frozenset({PathClass.PROD, PathClass.TEST})).project(discover(root))
    assert "tests/test_client.py" in parsed(facts)


def test_a_file_read_goes_one_hop_and_takes_the_settings_above(root: Path) -> None:
    sources = discover(root)
    named = [source for source in sources if source.path == "app/client.py"]
    facts = waves(root).files(sources, named)
    assert parsed(facts) == {"app/client.py", "app/config.py", "app/limits.py"}
    assert {each.source.path for each in facts if each.nodes} == {"settings.yaml", "app/config.json"}
    assert {"app/deep.py", "app/other.py"} <= {each.source.path for each in facts if not each.digest}
    assert "notes.txt" not in {each.source.path for each in facts}


def test_a_pool_reads_what_a_serial_run_reads(tmp_path: Path) -> None:
    many = {f"m{number}.py": f"import openai\nfrom m{number - 1} import x\n\n\ndef f(x):\n    return x + {number}\n" for number in range(100)}
    root = lay_out({**many, "broken.py": "import openai\ndef f(:\n"}, tmp_path)
    sources = discover(root)
    assert Parser(Disk(), 2, 0).parallel
    assert waves(root, jobs=2).project(sources) == waves(root, jobs=1).project(sources)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"import a.b as c, d", [("a.b", None), ("d", None)]),
        (b"    from ..x import y as z, w  # why", [("..x", "y"), ("..x", "w")]),
        (b"from a import (b,\r\n    c)", [("a", "b")]),
        (b"from a import (", [("a", None)]),
        (b"x = 'import a'", []),
        (b"from . import *", [(".", "*")]),
    ],
)
def test_imports_are_found_by_line(line: bytes, expected: list[tuple[str, str | None]]) -> None:
    assert list(imports_in(line)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("settings.yaml", True), ("a/config-prod.toml", True), ("app_config.json", True), (".env", True), ("conf.yaml", False), ("my-settings.yaml", False)],
)
def test_which_files_hold_settings(path: str, expected: bool) -> None:
    assert is_settings(path) is expected


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.py", b"def f(:\n"),
        ("a.py", b"x = 1\0"),
        ("a.py", b"\xff\xfe\x00"),
        ("a.py", b"# coding: nonsense\n"),
        ("a.py", b"x = " + b"(" * 5000),
        ("a.py", b"-" * 100_000 + b"1"),
        ("n.ipynb", b"{"),
        ("settings.yaml", b"a: [\n"),
        ("settings.yaml", b"\xff"),
        ("settings.json", b"[" * 100_000),
        ("settings.toml", b"a = \n"),
    ],
)
def test_what_cannot_be_read_says_why_and_never_raises(path: str, data: bytes) -> None:
    facts = read_facts(source_file(Path("/x"), path, len(data)), data, parse=True)
    assert facts.python is None
    assert facts.nodes == ()
    assert facts.unread is not None
    assert facts.unread.path == path
    assert facts.unread.why


def test_a_credential_is_found_in_a_file_that_cannot_be_parsed(tmp_path: Path) -> None:
    root = lay_out({"bad.py": f'import openai\ndef f(:\n    KEY = "{KEYS["openai-project-key"]}"\n'}, tmp_path)
    registry = load()
    outcome = check(Request(root, registry, registry.select((), (), False))).outcome
    assert [finding.rule for finding in outcome.findings] == ["api-key-hardcoded"]
    assert [each.path for each in outcome.unread] == ["bad.py"]
    assert outcome.crashes == ()


def test_findings_of_a_file_read_are_among_those_of_a_project_read(root: Path) -> None:
    lay_out({"app/web.py": "import requests\n\n\ndef f():\n    return requests.get('https://example.invalid')\n"}, root)
    registry = load()
    rules = registry.select((), (), False)
    whole = set(check(Request(root, registry, rules)).outcome.findings)
    assert whole
    for path in (path for path in ("app/web.py", *PROJECT) if path.endswith(".py")):
        part = check(Request(root, registry, rules, read=Read.FILE, named=(path,))).outcome
        assert set(part.findings) == {finding for finding in whole if finding.place.path == path}
