"""Compare ways to read Python files: `python tools/measure_parsers.py FOLDER [EVERY]`, where EVERY takes each n-th file only.

Times are CPU seconds over the files that every reader accepts, without those that are read to warm up.
"""

from __future__ import annotations

import ast
import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider

from launchlint.documents.python import decode, line_count, parse_text
from launchlint.syntax.extract import extract


def visited(text: str) -> Any:
    return libcst.parse_module(text).visit(libcst.CSTTransformer())


def positioned(text: str) -> Any:
    return MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True).resolve(PositionProvider)


READERS: dict[str, Callable[[str], Any]] = {
    "`ast.parse`": ast.parse,
    "`ast.parse`, then `ast.walk`": lambda text: list(ast.walk(ast.parse(text))),
    "`parse_text` (code-point columns)": parse_text,
    "`parse_text` and `extract` (all of layer 1)": lambda text: extract(parse_text(text), line_count(text)),
    "`libcst.parse_module`": libcst.parse_module,
    "libcst with a visitor": visited,
    "libcst with positions": positioned,
}


def texts(folder: Path, every: int) -> list[str]:
    found: list[str] = []
    for path in sorted(folder.rglob("*.py"))[::every]:
        text = decode(path.read_bytes())
        try:
            ast.parse(text)
            libcst.parse_module(text)
        except (SyntaxError, libcst.ParserSyntaxError):
            continue
        found.append(text)
    return found


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    files = texts(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    size = sum(len(text.encode()) for text in files)
    print(f"{len(files)} files, {size / 1e6:.1f} MB\n| reader | s | MB/s |\n|---|---|---|")
    for name, read in READERS.items():
        for text in files[:3]:
            read(text)
        gc.collect()
        start = time.process_time()
        for text in files:
            read(text)
        taken = time.process_time() - start
        print(f"| {name} | {taken:.2f} | {size / 1e6 / taken:.2f} |")


if __name__ == "__main__":
    main()
