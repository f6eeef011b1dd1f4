"""One run, from the files to the outcome: discover, read, link, judge, settle."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from launchlint.discover import discover, source_file
from launchlint.documents.lockfiles import has_pins, pins
from launchlint.facts.base import Fact
from launchlint.facts.project import Project, Read
from launchlint.facts.secrets import SecretLiteral
from launchlint.globs import matcher
from launchlint.knowledge import shipped
from launchlint.knowledge.schema import Knowledge
from launchlint.link.versions import Versions
from launchlint.model.finding import Crash, Outcome, Report
from launchlint.model.source import Format, PathClass, SourceFile, Unread
from launchlint.rule import Rule
from launchlint.syntax.files import FileFacts

from .built_in import BUILT_IN
from .contents import Contents, Disk
from .pool import Parser
from .read import fetch, is_settings, unread_because
from .registry import Registry
from .settle import Policy, Ran, settle
from .suppress import Suppressions
from .text import SourceText
from .waves import Progress, Waves, above

if TYPE_CHECKING:
    from .staged import Index

F = TypeVar("F", bound=Fact)
LINKER = "linker"
# The commonest suffixes of files that hold neither settings nor versions: told apart before their names are looked at more closely.
_NO_HELP = (".ts", ".tsx", ".js", ".jsx", ".css", ".html", ".md", ".mdx", ".svg", ".png", ".jpg", ".go", ".java", ".rs", ".sh", ".sql")


@dataclass(frozen=True)
class Request:
    """What to check.

    `named` are paths relative to `root`: files for a file read, files and folders for a project read ("" is the root itself); findings are reported for what
    lies in them. `loose` says that the root is no project but merely the folder of a file. `buffers` are texts by path that stand for the files on disk.
    `staged` reads the files that a commit would change, from the index; `named` then narrows them. `jobs` is the number of processes, 0 for automatic.
    """

    root: Path
    registry: Registry
    rules: Sequence[Rule]
    read: Read = Read.PROJECT
    named: Sequence[str] = ("",)
    classes: frozenset[PathClass] = frozenset({PathClass.PROD})
    policy: Policy = field(default_factory=Policy)
    exclude: Sequence[str] = ()
    force_exclude: bool = False
    loose: bool = False
    buffers: Mapping[str, bytes] = field(default_factory=dict)
    staged: bool = False
    jobs: int = 0
    progress: Progress = lambda _what, _done, _of: None
    today: date | None = None


class Checked(NamedTuple):
    """The outcome, what was read, and the source text to show beside it."""

    outcome: Outcome
    files: Sequence[FileFacts]
    sources: SourceText


def check(request: Request) -> Checked:
    """Run. Raises NoIndexError when `staged` is asked for and there is no index; everything that goes wrong with single files and rules is in the outcome."""
    index = _index(request) if request.staged else None
    contents: Contents = index or Disk(request.buffers)
    try:
        with _collector_off():
            files, manifests, knowledge = _read(request, contents, index)
            versions, unread = _versions(manifests, contents)
            request.progress("judging", 0, 1)
            project, crashes = _link(request, knowledge, files, versions)
            texts = SourceText(_bytes_of(contents, files), {each.source.path: each.secrets for each in files if each.secrets})
            return _judge(request, files, project, crashes, unread, texts)
    finally:
        if index is not None:
            index.close()


@contextmanager
def _collector_off() -> Iterator[None]:
    """Nothing that is read makes cycles worth collecting, and the collector would walk it over and over."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def link(request: Request) -> Project:
    """Only read and link: what the rules would see. Raises what the linker raises."""
    contents = Disk(request.buffers)
    with _collector_off():
        files, manifests, knowledge = _read(request, contents, None)
        return _linked(request, knowledge, files, _versions(manifests, contents)[0])


# ---------------------------------------------------------------- reading


def read(request: Request) -> list[FileFacts]:
    """Only the reading, from the disk: the facts of the files of a request."""
    return _read(request, Disk(request.buffers), None)[0]


def _index(request: Request) -> Index:
    from .staged import Index

    return Index(request.root, request.exclude)


def _read(request: Request, contents: Contents, index: Index | None) -> tuple[list[FileFacts], list[SourceFile], Knowledge]:
    """The facts of the files, the files that may name library versions, and the knowledge that linking them takes."""
    if index is not None:
        sources = index.sources
        within = _within(request.named)
        named = [source for source in sources if source.path in index.changed and within(source.path)]
    else:
        sources = _sources(request)
        named = list(_named(request, sources))
        sources = sorted({source.path: source for source in (*sources, *named)}.values(), key=lambda source: source.path)
    whole = request.read is Read.PROJECT
    expected = sum(source.format in (Format.PYTHON, Format.NOTEBOOK) for source in (sources if whole else named))
    waves = Waves(contents, shipped.load() if whole else shipped.heads(), request.classes, Parser(contents, request.jobs, expected), request.progress)
    files = waves.project(sources) if whole else waves.files(sources, named)
    knowledge = shipped.load() if whole else shipped.load_for(_parsed_bytes(files, contents))
    # What is written down beside a file or in a folder above it decides; `requirements/` and its like count as the folder above them.
    folders = {folder for each in files if each.python is not None for folder in above(each.source.path)}
    manifests = [source for source in sources if has_pins(source.path) and (whole or _folder(source.path) & folders)]
    return files, manifests, knowledge


def _sources(request: Request) -> list[SourceFile]:
    """The files of a project from which a read may choose."""
    if request.read is Read.PROJECT:
        return discover(request.root, request.exclude)
    near = _beside(request)
    if request.loose:
        return near
    # What is new and not yet added is seen beside the named files only: to list it everywhere takes git as long as all the rest.
    tracked = {source.path: source for source in discover(request.root, request.exclude, _helps, untracked=False)}
    excluded = matcher(request.exclude)
    tracked.update((each.path, each) for each in near if each.path not in tracked and _helps(each.path) and not excluded(each.path))
    return [tracked[path] for path in sorted(tracked)]


def _helps(path: str) -> bool:
    """Whether a file that is not named may still have a say in a read of few files: modules, settings, library versions."""
    return path.endswith((".py", ".ipynb")) or (not path.endswith(_NO_HELP) and (is_settings(path) or has_pins(path)))


def _parsed_bytes(files: Sequence[FileFacts], contents: Contents) -> Iterator[bytes]:
    for each in files:
        if each.python is not None:
            data = fetch(contents, each.source)
            if isinstance(data, bytes):
                yield data


def _folder(path: str) -> set[str]:
    """The folder of a file, and the one above that."""
    folder = path.rpartition("/")[0]
    return {folder, folder.rpartition("/")[0]}


def _named(request: Request, sources: Sequence[SourceFile]) -> Iterator[SourceFile]:
    """The named files, also those that discovery leaves out: whoever names a file wants it read, unless exclusion is forced."""
    known = {source.path: source for source in sources}
    excluded = matcher(request.exclude)
    for path in request.named:
        if path in known:
            yield known[path]
        elif path in request.buffers or (request.root / path).is_file():
            if not (request.force_exclude and excluded(path)):
                size = len(request.buffers[path]) if path in request.buffers else (request.root / path).stat().st_size
                yield source_file(request.root, path, size)


def _beside(request: Request) -> list[SourceFile]:
    """The regular files in the folders of the named files: the neighbourhood of a file that belongs to no project."""
    found = {}
    for folder in {path.rpartition("/")[0] for path in request.named}:
        if not (request.root / folder).is_dir():
            continue  # a buffer may have a name that is not on the disk yet
        with os.scandir(request.root / folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    found[path] = source_file(request.root, path, entry.stat(follow_symlinks=False).st_size)
    return [found[path] for path in sorted(found)]


def _versions(manifests: Sequence[SourceFile], contents: Contents) -> tuple[Versions, list[Unread]]:
    found = {}
    unread = []
    for source in manifests:
        data = fetch(contents, source)
        if isinstance(data, Unread):
            unread.append(data)
            continue
        try:
            found[source.path] = pins(source.path, data)
        except Exception as error:
            unread.append(unread_because(source, error))
    return Versions(found), unread


def _bytes_of(contents: Contents, files: Sequence[FileFacts]) -> Callable[[str], bytes | None]:
    by_path = {each.source.path: each.source for each in files}

    def bytes_of(path: str) -> bytes | None:
        source = by_path.get(path)
        data = fetch(contents, source) if source is not None else None
        return data if isinstance(data, bytes) else None

    return bytes_of


# ---------------------------------------------------------------- judging


class _SecretsOnly:
    """What is left to judge when linking failed: the credentials, which need no linking."""

    def __init__(self, files: Sequence[FileFacts], read: Read, classes: frozenset[PathClass]) -> None:
        self.read = read
        self.classes = classes
        from launchlint.link.project import secrets

        self._secrets = list(secrets(files))

    def facts(self, kind: type[F]) -> Sequence[F]:
        """The credentials, and nothing of any other kind."""
        return self._secrets if kind is SecretLiteral else ()  # type: ignore[return-value]


def _link(request: Request, knowledge: Knowledge, files: Sequence[FileFacts], versions: Versions) -> tuple[Project, list[Crash]]:
    try:
        return _linked(request, knowledge, files, versions), []
    except Exception as error:
        return _SecretsOnly(files, request.read, request.classes), [Crash(LINKER, _said(error))]


def _linked(request: Request, knowledge: Knowledge, files: Sequence[FileFacts], versions: Versions) -> Project:
    from launchlint.link.project import link as link_files

    return link_files(files, knowledge, read=request.read, classes=request.classes, versions=versions)


def _judge(request: Request, files: Sequence[FileFacts], project: Project, crashes: list[Crash], unread: Sequence[Unread], texts: SourceText) -> Checked:
    reports: list[tuple[Rule, Report]] = []
    ran: list[Rule] = []
    not_run: list[tuple[str, str]] = []
    linked = not crashes
    for rule in request.rules:
        if rule.needs > request.read:
            if rule not in BUILT_IN:
                not_run.append((rule.name, "needs the whole project"))
        elif linked or rule.everywhere:
            try:
                reports += [(rule, report) for report in rule.run(project)]
                ran.append(rule)
            except Exception as error:
                crashes.append(Crash(rule.name, _said(error)))
        else:
            not_run.append((rule.name, "needs what the linker could not make"))
    suppressions = Suppressions(files, request.registry, texts, request.today or date.today())
    within = _within(request.named)
    named = request.policy.reported
    policy = Policy(request.policy.minimum, request.policy.severities, lambda path: within(path) and named(path), request.policy.ignored)
    findings, left_out = settle(reports, policy, suppressions, texts, Ran(tuple(ran), request.classes, request.read))
    failed = {each.path: each for each in (*unread, *(facts.unread for facts in files if facts.unread is not None)) if within(each.path)}
    outcome = Outcome(
        findings=findings,
        crashes=tuple(crashes),
        unread=tuple(failed[path] for path in sorted(failed)),
        counts={
            "files": sum(bool(each.digest) and within(each.source.path) for each in files),
            "parsed": sum(each.python is not None for each in files),
            **left_out,
        },
        not_run=tuple(not_run),
    )
    return Checked(outcome, files, texts)


def _within(named: Collection[str]) -> Callable[[str], bool]:
    """A test of paths: named itself, or in a named folder."""
    exact = frozenset(named)
    folders = tuple(f"{path}/" for path in named)
    return lambda path: "" in exact or path in exact or path.startswith(folders)


def _said(error: BaseException) -> str:
    """An exception in one line, with the place it was raised at."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})" if trace is not None else ""
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}{': ' if text else ''}{text}{where}"
