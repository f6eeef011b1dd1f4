"""Fixtures as tests: what stands in comments of a fixture is what launchlint has to say about it.

A case is a file, or a folder that is one project, in `fixtures/<rule>/` or `fixtures/facts/`. It is laid out in a folder of its own, with
the credentials that its `{{markers}}` stand for, and read from there.

    answer = client.responses.create(…)  # expect: output-cap-missing
    CORS(app)  # expect: cors-wildcard (error)
    answer = self.client.responses.create(…)  # fact: LlmCall output_cap=Absent timeout=Known(600.0) rung=ATTRIBUTE

An expectation stands on the line where the finding or fact starts. Files without comments have a sidecar `<name>.expect` with lines
`3: rule` or, in notebooks, `cell 2, 1: rule`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from launchlint.engine.registry import Registry
from launchlint.engine.run import Request, check, read
from launchlint.facts.base import CallSite, Fact
from launchlint.facts.project import Read
from launchlint.knowledge.shipped import load
from launchlint.link.project import link
from launchlint.link.versions import Versions
from launchlint.model.finding import Finding
from launchlint.model.source import PathClass
from launchlint.model.value import Absent, Fields, Items, Known, Object, Unknown, Value
from launchlint.rule import Rule
from tests.keys import fill

FIXTURES = Path(__file__).parent.parent / "fixtures"
KINDS = ("fires", "silent", "unknown")
CLASSES = frozenset({PathClass.PROD, PathClass.NOTEBOOK})

_EXPECT = re.compile(r"(?:#|//|<!--)\s*expect:\s*([a-z0-9(), -]+)")
_SIDECAR = re.compile(r"(?:cell (\d+), )?(\d+): (.+)")
_RULE = re.compile(r"([a-z0-9-]+)(?: \((error|warning|note)\))?")
_FACT = re.compile(r"#\s*fact:\s*([A-Z]\w+)((?:\s+\w+=\S.*)?)$")
_FIELD = re.compile(r"(\w+)=(Known\((?:[^()]|\([^()]*\))*\)|\S+)")


class Expected(NamedTuple):
    """A finding that has to be there. `severity` is None when the fixture does not say."""

    path: str
    cell: int | None
    line: int
    rule: str
    severity: str | None = None


class ExpectedFact(NamedTuple):
    """A fact that has to be there; `fields` maps field or logical argument to the text that stands for its value."""

    path: str
    line: int
    kind: str
    fields: tuple[tuple[str, str], ...]


def cases(folder: str) -> list[Path]:
    """The cases of a folder of `fixtures/`, sorted."""
    return sorted(each for each in (FIXTURES / folder).iterdir() if each.suffix != ".expect" and each.name != "__pycache__")


def kind_of(case: Path) -> str:
    """What a case shows, by its name: "fires", "silent" or "unknown"."""
    return re.split(r"[_.]", case.name, maxsplit=1)[0]


def sources(case: Path) -> dict[str, str]:
    """The files of a case by their path in the laid-out project, markers filled, sidecars left out."""
    files = [case] if case.is_file() else sorted(each for each in case.rglob("*") if each.is_file() and "__pycache__" not in each.parts)
    base = case.parent if case.is_file() else case
    return {each.relative_to(base).as_posix(): fill(each.read_text("utf-8")) for each in files if each.suffix != ".expect"}


def lay_out(files: dict[str, str], root: Path) -> Path:
    """Write a project to `root`."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return root


def expected(case: Path) -> list[Expected]:
    """The findings that the comments and sidecars of a case ask for, sorted."""
    found: list[Expected] = []
    for path, text in sources(case).items():
        original = case if case.is_file() else case / path
        sidecar = original.with_name(original.name + ".expect")
        if sidecar.is_file():
            for row in sidecar.read_text("utf-8").splitlines():
                match = _SIDECAR.fullmatch(row)
                assert match, f"{sidecar}: cannot read `{row}`"
                found += [Expected(path, int(match[1]) if match[1] else None, int(match[2]), *rule) for rule in _rules(match[3])]
        else:
            for line, row in enumerate(text.splitlines(), 1):
                for match in _EXPECT.finditer(row):
                    found += [Expected(path, None, line, *rule) for rule in _rules(match[1])]
    return sorted(found, key=str)


def _rules(text: str) -> Iterator[tuple[str, str | None]]:
    for part in text.rstrip(" -").split(","):
        match = _RULE.fullmatch(part.strip())
        assert match, f"cannot read the expectation `{text}`"
        yield match[1], match[2]


def findings(root: Path, rules: Sequence[Rule], file: str | None = None) -> list[Finding]:
    """What the rules say about a laid-out project: on a project read, or on a file read of one file. Crashes and unread files fail the test."""
    request = Request(
        root=root,
        registry=Registry(tuple(rules)),
        rules=tuple(rules),
        read=Read.PROJECT if file is None else Read.FILE,
        named=("",) if file is None else (file,),
        classes=CLASSES,
        jobs=1,
    )
    outcome = check(request).outcome
    assert outcome.crashes == ()
    assert outcome.unread == ()
    return list(outcome.findings)


def found(finding: Finding) -> Expected:
    """A finding as an expectation would name it."""
    place = finding.place
    return Expected(place.path, place.cell, place.span.line, finding.rule, finding.severity.value)


def matches(wanted: Sequence[Expected], got: Sequence[Expected]) -> list[str]:
    """The differences, in words; empty when each expectation has its finding and each finding its expectation."""
    left = list(got)
    problems = []
    for each in wanted:
        hit = next((one for one in left if one[:4] == each[:4] and each.severity in (None, one.severity)), None)
        if hit is None:
            problems.append(f"missing: {_words(each)}")
        else:
            left.remove(hit)
    return problems + [f"not expected: {_words(one)}" for one in left]


def _words(each: Expected) -> str:
    cell = f"cell {each.cell}, " if each.cell else ""
    return f"{each.path}:{cell}{each.line} {each.rule}{f' ({each.severity})' if each.severity else ''}"


# ---------------------------------------------------------------- facts


def facts(root: Path) -> list[Fact]:
    """All facts of a laid-out project, on a project read."""
    request = Request(root=root, registry=Registry(()), rules=(), classes=CLASSES, jobs=1)
    return link(read(request), load(), read=Read.PROJECT, classes=CLASSES, versions=Versions({})).all()


def expected_facts(case: Path) -> list[ExpectedFact]:
    """The facts that the comments of a case ask for."""
    wanted = []
    for path, text in sources(case).items():
        for line, row in enumerate(text.splitlines(), 1):
            if "# fact:" in row:
                match = _FACT.search(row)
                assert match, f"{case}:{line}: cannot read the fact in `{row.strip()}`"
                wanted.append(ExpectedFact(path, line, match[1], tuple((m[1], m[2]) for m in _FIELD.finditer(match[2]))))
    return wanted


def disagreement(wanted: ExpectedFact, fact: Fact) -> list[str]:
    """The fields in which a fact is not as expected, in words."""
    return [
        f"{wanted.path}:{wanted.line} {wanted.kind}.{name} is {said}, expected {text}"
        for name, text in wanted.fields
        if not _agrees(text, said := _field(fact, name))
    ]


def _field(fact: Fact, name: str) -> str:
    if isinstance(fact, CallSite):
        if name == "rung":
            return fact.receiver.weakest.name
        if name in fact.arguments:
            return _spell(fact.effective(name))
    if hasattr(fact, name):
        return repr(getattr(fact, name))
    return "Absent"


def _spell(value: Value) -> str:
    match value:
        case Known(payload, origin):
            return f"Known({_plain(payload)!r}, {origin.name})"
        case Unknown():
            return "Unknown"
        case Absent():
            return "Absent"


def _plain(payload: object) -> object:
    match payload:
        case Items(items):
            return [_plain(item) for item in items]
        case Fields(entries):
            return {name: _plain(value) for name, value in entries}
        case Object(kind):
            return kind
        case Known(value):
            return _plain(value)
        case Absent() | Unknown():
            return ...
        case _:
            return payload


def _agrees(text: str, said: str) -> bool:
    """`Known(5)` agrees with any origin, `Known` with any value; a lone word is taken as it stands."""
    if text == said or (text == "Known" and said.startswith("Known(")):
        return True
    if text.startswith("Known(") and said.startswith("Known("):
        value, _, origin = text[6:-1].partition("; ")
        got, _, got_origin = said[6:-1].rpartition(", ")
        return bool(_literal(value) == _literal(got)) and origin in ("", got_origin)
    return False


def _literal(text: str) -> object:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return (isinstance(value, bool), value)
