"""Jupyter notebooks: the Python code cells as one module.

What only IPython understands (`%magic`, `!command`, `name?`) becomes comments of the same length; a cell that still does not parse is taken out and named.
"""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from launchlint.documents.errors import Unreadable
from launchlint.documents.python import MAX_BYTES, line_count, parse_text

MAX_NOTEBOOK_BYTES = 64 * 1024 * 1024
"""Notebooks carry their outputs, pictures among them."""

# Coconut is a superset of Python, and mostly a kernel that was picked by mistake.
_PYTHON_KERNELS = frozenset({"", "python", "python3", "ipython", "ipython3", "coconut"})
# Cell magics whose body is Python; the body of any other is a text or program of another kind.
_PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "python", "python3", "debug"})
_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
_MAGIC_LINE = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*|(?:pip3?|conda|mamba|uv|apt|apt-get|cd|ls|mkdir|wget|git)[ \t]+[\w\-./~\"'].*)$")
_MAGIC_VALUE = re.compile(r"^([ \t]*[\w., \t]+=[ \t]*)([%!].*)$")


class Notebook(NamedTuple):
    """A notebook as a module. `cells` is the first line of each code cell in `text`; `bad` are (cell number, reason) of cells that were taken out."""

    tree: ast.Module
    text: str
    cells: tuple[int, ...]
    bad: tuple[tuple[int, str], ...]


def parse_notebook(data: bytes) -> Notebook:
    """The module that the code cells make up. Raises Unreadable, and nothing else."""
    parts: list[str] = []
    body: list[ast.stmt] = []
    cells: list[int] = []
    bad: list[tuple[int, str]] = []
    line = 1
    size = 0
    for number, source in enumerate(_code_cells(_load(data)), 1):
        size += len(source)
        if size > MAX_BYTES:
            raise Unreadable(f"code cells larger than {MAX_BYTES // (1024 * 1024)} MiB")
        text, tree, why = _read_cell(source)
        if why is not None:
            bad.append((number, why))
        if not text.endswith("\n"):
            text += "\n"
        ast.increment_lineno(tree, line - 1)
        body.extend(tree.body)
        cells.append(line)
        parts.append(text)
        line += line_count(text)
    return Notebook(ast.Module(body, []), "".join(parts), tuple(cells), tuple(bad))


def locate(cells: Sequence[int], line: int) -> tuple[int, int]:
    """The 1-based number of the cell that a line of the joined source stands in, and the line in that cell. `cells` must not be empty."""
    number = max(bisect_right(cells, line), 1)
    return number, line - cells[number - 1] + 1


def _load(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_NOTEBOOK_BYTES:
        raise Unreadable(f"larger than {MAX_NOTEBOOK_BYTES // (1024 * 1024)} MiB")
    try:
        found = json.loads(data)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"not valid JSON ({error.msg})", error.lineno) from None
    except ValueError:
        raise Unreadable("not valid JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("not a notebook")
    return found


def _code_cells(notebook: dict[str, Any]) -> Iterator[str]:
    """The sources of the code cells, of format 4 (`cells`) and 3 (`worksheets`), with line feeds as line ends."""
    language = _language(notebook)
    if language not in _PYTHON_KERNELS:
        raise Unreadable(f"notebook in {language[:40]}")
    sheets = [notebook, *_dicts(notebook.get("worksheets"))]
    if not any(isinstance(sheet.get("cells"), list) for sheet in sheets):
        raise Unreadable("notebook without cells")
    for cell in (cell for sheet in sheets for cell in _dicts(sheet.get("cells"))):
        if cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join([part for part in source if isinstance(part, str)])
        # JSON can spell lone surrogates, which no text can hold.
        text = source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""
        yield text.replace("\r\n", "\n").replace("\r", "\n")


def _dicts(found: object) -> list[dict[str, Any]]:
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _language(notebook: dict[str, Any]) -> str:
    """The language of the kernel in lower case, "" when it is not said."""
    metadata = notebook.get("metadata")
    if isinstance(metadata, dict):
        for section, key in (("language_info", "name"), ("kernelspec", "language")):
            found = metadata.get(section)
            if isinstance(found, dict) and isinstance(found.get(key), str):
                language: str = found[key]
                return language.lower()
    return ""


# ---------------------------------------------------------------- cells


def _read_cell(source: str) -> tuple[str, ast.Module, str | None]:
    """The text of a cell as Python, its tree, and why it was taken out when it was."""
    magic = _CELL_MAGIC.match(source)
    if magic is not None and magic[1] not in _PYTHON_MAGICS:
        return _blank(source), ast.Module([], []), None
    why = "holds NUL bytes"
    if "\0" not in source:
        for text in (source, _without_magics(source)):
            try:
                return text, parse_text(text), None
            except Unreadable as error:
                why = str(error)
    return _blank(source), ast.Module([], []), why


def _without_magics(source: str) -> str:
    """The cell with its IPython lines commented out; only for cells that do not parse, as such a line may also continue an expression."""
    lines: list[str] = []
    continued = False
    for line in source.split("\n"):
        if continued:
            continued = line.endswith("\\")
            lines.append(_comment(line))
            continue
        value = _MAGIC_VALUE.match(line)
        magic = _MAGIC_LINE.match(line)
        if value is not None:
            lines.append(value[1] + _nothing(value[2]))
        elif magic is not None:
            # In an indented suite, which must not become empty, a statement has to stand there.
            lines.append(magic[1] + _nothing(line[len(magic[1]) :]) if magic[1] else _comment(line))
        else:
            lines.append(line)
            continue
        continued = line.endswith("\\")
    return "\n".join(lines)


def _nothing(text: str) -> str:
    """An expression without meaning, as long as the text where that is possible."""
    return "..." + " " * (len(text) - 3)


def _comment(line: str) -> str:
    return "#" + line[1:] if line else line


def _blank(source: str) -> str:
    return "\n".join(map(_comment, source.split("\n")))
