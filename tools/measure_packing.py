"""Compare forms in which scope bodies could be kept: `python tools/measure_packing.py FOLDER…`.

Every Python file of the folders is read into layer 1; its scope bodies are then written and read in each form. Times are CPU seconds without the
garbage collector, the best of three.
"""

from __future__ import annotations

import gc
import json
import marshal
import pickle
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from launchlint.documents.errors import Unreadable
from launchlint.documents.python import line_count, parse
from launchlint.syntax import pack
from launchlint.syntax.extract import extract


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    best, result = float("inf"), None
    for _ in range(3):
        result = None
        gc.collect()
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
    return best, result


def bodies(folder: Path) -> tuple[int, list[bytes]]:
    """Bytes of source that were read, and all packed bodies."""
    size = 0
    found: list[bytes] = []
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        try:
            tree, text = parse(data)
            found.extend(extract(tree, line_count(text)).bodies)
        except Unreadable:
            continue
        size += len(data)
    return size, found


def forms() -> dict[str, tuple[Callable[[Any], bytes], Callable[[bytes], Any], bool]]:
    """Name: writer, reader, and whether they deal in records (else in wire form)."""
    return {
        "JSON": (lambda w: pack.encode(w).encode(), json.loads, False),
        "JSON, zlib 1": (lambda w: zlib.compress(pack.encode(w).encode(), 1), lambda b: json.loads(zlib.decompress(b)), False),
        "JSON, zlib 6": (lambda w: zlib.compress(pack.encode(w).encode(), 6), lambda b: json.loads(zlib.decompress(b)), False),
        "marshal": (marshal.dumps, marshal.loads, False),
        "pickle of wire": (lambda w: pickle.dumps(w, 5), pickle.loads, False),
        "pickle of records": (lambda r: pickle.dumps(r, 5), pickle.loads, True),
    }


def measure(folder: Path) -> None:
    size, packed = bodies(folder)
    print(f"\n{folder.name}: {size / 1e6:.1f} MB of source, {len(packed):,} scopes")
    print("| form | size, MB | write, s | read, s | read to records, s |\n|---|---|---|---|---|")
    wires = [json.loads(data) for data in packed]
    records = [pack.scope_body(wire) for wire in wires]
    for name, (write, read, of_records) in forms().items():
        print(f"| {name} | {compare(records if of_records else wires, write, read, pack.scope_body if not of_records else None)} |")
    del wires, records
    print(f"memory: packed bytes {sum(map(sys.getsizeof, packed)) / 1e6:.0f} MB, as records {held(packed) / 1e6:.0f} MB")


def compare(things: list[Any], write: Callable[[Any], bytes], read: Callable[[bytes], Any], finish: Callable[[Any], Any] | None) -> str:
    """A row of the table; `finish` makes records of what `read` gives."""
    write_time, written = timed(lambda: [write(thing) for thing in things])
    read_time, _ = timed(lambda: [read(data) for data in written])
    made_time = read_time if finish is None else timed(lambda: [finish(read(data)) for data in written])[0]
    return f"{sum(map(len, written)) / 1e6:.1f} | {write_time:.2f} | {read_time:.2f} | {made_time:.2f}"


def held(packed: list[bytes]) -> int:
    """Bytes that all bodies take as records."""
    gc.collect()
    tracemalloc.start()
    kept = [pack.unpack(data) for data in packed]
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return taken if kept else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    gc.disable()
    for name in sys.argv[1:]:
        measure(Path(name))
