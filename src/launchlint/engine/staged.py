"""What is staged: the files that a commit would change, and the bytes it would take, both from git's index."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from launchlint.discover import READ_LIMIT, _environment, _git, source_file
from launchlint.globs import matcher
from launchlint.model.source import SourceFile

from .contents import NoIndexError, text_only, too_large

_TIMEOUT = 60.0  # seconds
_REGULAR = ("100644", "100755")
_SAFE = (
    "--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false",
    "-c", "core.sshCommand=false", "-c", "submodule.recurse=false", "-c", "safe.bareRepository=explicit",
)  # fmt: skip


class Index:
    """The contents of git's index under `root`; a `Contents`. Raises NoIndexError.

    `sources` are its regular files, `changed` the paths of those that differ from the last commit.
    """

    def __init__(self, root: Path, exclude: Sequence[str] = ()) -> None:
        program = _git(root)
        if program is None:
            raise NoIndexError("git is not installed")
        self._root = root.resolve()
        self._command = (program, *_SAFE)
        self._blobs: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        excluded = matcher(exclude)
        paths = []
        for path, blob in self._entries():
            if not excluded(path):
                paths.append(path)
                self._blobs[path] = blob
        sizes = self._sizes(paths)
        self.sources = sorted((source_file(self._root, path, sizes[path]) for path in paths), key=lambda source: source.path)
        # A printable name may differ from the name in the index.
        self._blobs = {source.path: self._blobs[os.path.relpath(source.absolute, self._root)] for source in self.sources}
        self.changed = frozenset(self._changed())

    def read(self, source: SourceFile) -> bytes:
        """See `Contents`."""
        if source.size > READ_LIMIT:
            raise too_large(source)
        blob = self._blobs.get(source.path)
        if blob is None:
            raise FileNotFoundError(2, "is not in git's index")
        if self._process is None:
            self._process = self._open("cat-file", "--batch")
        return text_only(source, _ask(self._process, blob))

    def close(self) -> None:
        """End the git process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _entries(self) -> Iterator[tuple[str, str]]:
        for entry in self._run("ls-files", "-z", "--stage").split(b"\0"):
            head, _, path = entry.partition(b"\t")
            mode, blob, stage = [*head.decode("ascii").split(), "", "", ""][:3]
            if mode in _REGULAR and stage == "0":
                yield os.fsdecode(path), blob

    def _changed(self) -> Iterator[str]:
        found = self._run(
            "diff", "--cached", "--name-only", "--relative", "-z", "--no-renames", "--diff-filter=ACMT", "--no-ext-diff", "--no-textconv",
            "--ignore-submodules",
        )  # fmt: skip
        for name in found.split(b"\0"):
            if name:
                yield source_file(self._root, os.fsdecode(name), 0).path

    def _sizes(self, paths: Sequence[str]) -> dict[str, int]:
        wanted = b"".join(self._blobs[path].encode() + b"\n" for path in paths)
        lines = self._run("cat-file", "--batch-check=%(objectsize)", given=wanted).split(b"\n")
        return {path: int(line) if line.isdigit() else 0 for path, line in zip(paths, lines, strict=False)}

    def _run(self, *arguments: str, given: bytes = b"") -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command, found outside the linted project
                (*self._command, *arguments), cwd=self._root, env=_staging_environment(), input=given, capture_output=True, timeout=_TIMEOUT, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoIndexError(f"git did not answer: {error}") from None
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise NoIndexError(said[0] if said else f"git {arguments[0]} failed")
        return done.stdout

    def _open(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - a fixed command, found outside the linted project
            (*self._command, *arguments), cwd=self._root, env=_staging_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip


def _ask(process: subprocess.Popen[bytes], blob: str) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(blob.encode() + b"\n")
        process.stdin.flush()
        head = process.stdout.readline().split()
        if len(head) != 3 or head[1] != b"blob":
            raise OSError(f"git does not have the object {blob}")
        return process.stdout.read(int(head[2]) + 1)[:-1]
    except BrokenPipeError:
        raise OSError("git ended early") from None


def _staging_environment() -> dict[str, str]:
    """The safe environment, with the index that git names to its hooks: for a partial commit that is not the repository's usual one."""
    index = os.environ.get("GIT_INDEX_FILE")
    return {**_environment(), **({"GIT_INDEX_FILE": str(Path(index).resolve())} if index else {})}
