"""A syntax tree reduced to layer 1, in one walk."""

from __future__ import annotations

import ast

from launchlint.documents.errors import Unreadable
from launchlint.documents.python import DEEP
from launchlint.model.source import Span

from .extract_scope import Gathered, Scope
from .extract_statements import suite
from .records import PyHeader, PyModule

EXTRACTOR = 1
"""The version of what is extracted: raised when the same file would give other records than before."""


def extract(tree: ast.Module, lines: int, cells: tuple[int, ...] = ()) -> PyModule:
    """Layer 1 of a module whose columns count code points. `lines` counts its source lines, `cells` are the first lines of a notebook's cells.

    Raises Unreadable when the tree is nested too deeply to be walked.
    """
    file = Gathered()
    module = Scope(file, None, "module", "", Span(1, 1, max(lines, 1), 1))
    try:
        suite(module, tree.body)
        module.close(0, 0, False)
    except RecursionError:
        raise Unreadable(DEEP) from None
    return PyModule(PyHeader(tuple(file.imports), tuple(file.headers), _exports(tree), lines, cells), tuple(file.bodies))


def _exports(tree: ast.Module) -> tuple[str, ...] | None:
    """`__all__` when nothing but lists of literals makes it up."""
    names: list[str] | None = None
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(_is_all(target) for target in targets):
                names = _strings(node.value)
        elif isinstance(node, ast.AugAssign) and _is_all(node.target):
            more = _strings(node.value)
            names = None if names is None or more is None else names + more
    return None if names is None else tuple(names)


def _is_all(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "__all__"


def _strings(node: ast.expr) -> list[str] | None:
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    values = [item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return values if len(values) == len(node.elts) else None
