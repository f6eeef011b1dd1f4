"""Layer 1 of one Python file or notebook, from its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from launchlint.documents.errors import Unreadable
from launchlint.documents.python import decode, line_count, parse_text
from launchlint.model.source import Format, SourceFile, Unread

from .comments import python_comments
from .extract import extract
from .records import Comment, PyModule

if TYPE_CHECKING:
    from launchlint.documents.notebook import Notebook

_MAX_NAMED_CELLS = 5


def read_python(source: SourceFile, data: bytes) -> tuple[PyModule | None, tuple[Comment, ...], Unread | None]:
    """Layer 1, the comments for the linter, and what could not be read. Never raises for what stands in the file.

    The comments of a module that does not parse are still found; a notebook of which some cells do not parse gives both a module and an Unread.
    """
    comments: tuple[Comment, ...] = ()
    try:
        if source.format is Format.NOTEBOOK:
            from launchlint.documents.notebook import parse_notebook

            notebook = parse_notebook(data)
            comments = python_comments(notebook.text)
            module = extract(notebook.tree, line_count(notebook.text), notebook.cells)
            return module, comments, _bad_cells(source.path, notebook)
        text = decode(data)
        comments = python_comments(text)
        return extract(parse_text(text), line_count(text)), comments, None
    except Unreadable as error:
        return None, comments, Unread(source.path, error.why, error.line)


def _bad_cells(path: str, notebook: Notebook) -> Unread | None:
    if not notebook.bad:
        return None
    named = "; ".join([f"cell {number}: {why}" for number, why in notebook.bad[:_MAX_NAMED_CELLS]])
    more = len(notebook.bad) - _MAX_NAMED_CELLS
    return Unread(path, f"{named}; {more} more cells" if more > 0 else named)
