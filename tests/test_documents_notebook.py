"""Notebooks as one module."""

import ast
import json
from typing import Any

import pytest

from launchlint.documents.errors import Unreadable
from launchlint.documents.notebook import locate, parse_notebook


def notebook(*cells: str | list[str], **metadata: Any) -> bytes:
    made: list[dict[str, Any]] = [{"cell_type": "code", "source": source, "outputs": [], "metadata": {}} for source in cells]
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4}).encode()


def test_cells_are_joined() -> None:
    made = json.loads(notebook("x = 1\n", ["y = f(x)\n", "z = 2"], ""))
    made["cells"].insert(1, {"cell_type": "markdown", "source": "# not code"})
    found = parse_notebook(json.dumps(made).encode())
    assert found.text == "x = 1\ny = f(x)\nz = 2\n\n"
    assert found.cells == (1, 2, 4)
    assert found.bad == ()
    assert [node.lineno for node in found.tree.body] == [1, 2, 3]
    assert [locate(found.cells, line) for line in (1, 2, 3, 4)] == [(1, 1), (2, 1), (2, 2), (3, 1)]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("%matplotlib inline\nx = 1", "#matplotlib inline\nx = 1\n"),
        ("!pip install openai\nx = 1", "#pip install openai\nx = 1\n"),
        ("!pip install \\\n  openai\nx = 1", "#pip install \\\n# openai\nx = 1\n"),
        ("pip install -q openai\nx = 1", "#ip install -q openai\nx = 1\n"),
        ("?print\nprint?\nx = 1", "#print\n#rint?\nx = 1\n"),
        ("files = !ls -l\nx = 1", "files = ...   \nx = 1\n"),
        ("if y:\n    !ls -l here\nx = 1", "if y:\n    ...        \nx = 1\n"),
        ("%%time\nx = 1", "#%time\nx = 1\n"),
        ("%%bash\nrm -rf x = 1", "#%bash\n#m -rf x = 1\n"),
        ("%%\nx = 1", "#%\n# = 1\n"),
        ("x = (7\n% 3)", "x = (7\n% 3)\n"),
        ("await f()\nx = 1", "await f()\nx = 1\n"),
        ("x = 1\r\ny = 2", "x = 1\ny = 2\n"),
    ],
)
def test_what_only_ipython_reads(source: str, text: str) -> None:
    found = parse_notebook(notebook(source))
    assert found.bad == ()
    assert found.text == text
    names = {n.id for n in ast.walk(found.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    assert ("x" in names) == ("%%bash" not in source and not source.startswith("%%\n"))


def test_a_bad_cell_is_taken_out_and_named() -> None:
    found = parse_notebook(notebook("x = 1", "print 'old'\ny = 2", "z = 3", "x = '\0'"))
    assert [(number, "not valid Python" in why or "NUL" in why) for number, why in found.bad] == [(2, True), (4, True)]
    assert found.text.split("\n")[:4] == ["x = 1", "#rint 'old'", "# = 2", "z = 3"]
    assert [node.lineno for node in found.tree.body] == [1, 4]


def test_newer_syntax_in_a_cell() -> None:
    found = parse_notebook(notebook("type X = int", "y = f'{d['a']}'"))
    assert found.bad == ()
    assert [node.lineno for node in found.tree.body] == [1, 2]


def test_columns_count_code_points() -> None:
    found = parse_notebook(notebook("x = 1", "s = '\N{ROCKET}'; t = 1"))
    assert found.tree.body[2].col_offset == 9


def test_the_older_format() -> None:
    sheet = {"cells": [{"cell_type": "code", "input": ["x = 1\n"], "language": "python"}, {"cell_type": "heading", "source": "y"}]}
    found = parse_notebook(json.dumps({"worksheets": [sheet], "nbformat": 3, "metadata": {}}).encode())
    assert found.text == "x = 1\n"


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"language_info": {"name": "python"}},
        {"kernelspec": {"language": "Python"}},
        {"language_info": {"name": "coconut"}},
        {"kernelspec": 7, "language_info": {"name": 8}},
    ],
)
def test_python_kernels(metadata: dict[str, Any]) -> None:
    assert parse_notebook(notebook("x = 1", **metadata)).text == "x = 1\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (notebook("x <- 1", language_info={"name": "R"}), "notebook in r"),
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe\xff", "not valid JSON"),
        (b"[" * 100000, "nested too deeply"),
        (b"[]", "not a notebook"),
        (b"null", "not a notebook"),
        (b"{}", "notebook without cells"),
        (b'{"cells": {}}', "notebook without cells"),
        (notebook("x = 1\n" * 800_000), "code cells larger than 4 MiB"),
    ],
)
def test_unreadable(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse_notebook(data)


@pytest.mark.parametrize(
    "cells", [[None, 1, [], "x"], [{}], [{"cell_type": "code"}], [{"cell_type": "code", "source": 7}], [{"cell_type": "code", "source": [1, None, "x\n"]}]]
)
def test_odd_cells(cells: list[Any]) -> None:
    found = parse_notebook(json.dumps({"cells": cells}).encode())
    assert found.bad == ()


def test_lone_surrogates() -> None:
    found = parse_notebook(b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}')
    assert found.text == "x = '?'\n"
