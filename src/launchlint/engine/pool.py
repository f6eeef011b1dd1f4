"""Parsing many files: one after the other, or in worker processes when there are many and more than one core."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from launchlint.model.source import SourceFile, Unread
from launchlint.syntax.files import FileFacts

from .contents import Contents, Disk
from .read import fetch, read_facts

WORTH_A_POOL = 300
_CHUNK = 32


class Parser:
    """Parses files. `jobs` is the number of processes, 0 for as many as pay off for `expected` Python files.

    Workers read from the disk themselves, so only contents that lie there are parsed in a pool.
    """

    def __init__(self, contents: Contents, jobs: int, expected: int) -> None:
        self._contents = contents
        cores = os.cpu_count() or 1
        self._jobs = jobs or (cores if expected >= WORTH_A_POOL else 1)
        self.parallel = self._jobs > 1 and isinstance(contents, Disk)

    def parse(self, sources: Sequence[SourceFile]) -> Iterator[FileFacts]:
        """The facts of each file, with its syntax, in the order given."""
        if not self.parallel or len(sources) < _CHUNK * 2:
            for source in sources:
                yield _parse(self._contents, source)
            return
        yield from self._in_pool(sources)

    def _in_pool(self, sources: Sequence[SourceFile]) -> Iterator[FileFacts]:
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool
        from multiprocessing import get_context

        # A fork is safe while no thread runs, and an order of magnitude faster to start than a spawned interpreter.
        context = get_context("fork" if hasattr(os, "fork") and os.name == "posix" and os.uname().sysname == "Linux" else "spawn")
        chunks = [sources[at : at + _CHUNK] for at in range(0, len(sources), _CHUNK)]
        done = 0
        try:
            with ProcessPoolExecutor(self._jobs, context) as pool:
                for facts in pool.map(_parse_chunk, [(self._contents, chunk) for chunk in chunks]):
                    yield from facts
                    done += len(facts)
        except BrokenProcessPool:
            # A worker was killed, most often for want of memory. What is left is parsed here, one file at a time.
            for source in sources[done:]:
                yield _parse(self._contents, source)


def _parse_chunk(work: tuple[Contents, Sequence[SourceFile]]) -> list[FileFacts]:
    contents, sources = work
    return [_parse(contents, source) for source in sources]


def _parse(contents: Contents, source: SourceFile) -> FileFacts:
    data = fetch(contents, source)
    return FileFacts(source, "", unread=data) if isinstance(data, Unread) else read_facts(source, data, True)
