"""Files and places in them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Format(StrEnum):
    """What a file is, decided by name alone; `documents` decides the dialect by content."""

    PYTHON = "python"
    NOTEBOOK = "notebook"
    YAML = "yaml"
    JSON = "json"
    TOML = "toml"
    DOCKERFILE = "dockerfile"
    HCL = "hcl"
    DOTENV = "dotenv"
    NGINX = "nginx"
    LOCK = "lock"
    TEXT = "text"


class PathClass(StrEnum):
    """What a file is for, decided by its path relative to the project root."""

    PROD = "prod"
    TEST = "test"
    EXAMPLE = "example"
    DOCS = "docs"
    NOTEBOOK = "notebook"
    SCRIPT = "script"
    GENERATED = "generated"


class SourceFile(NamedTuple):
    """One file that discovery found.

    `path` is POSIX and relative to the project root; `absolute` is where the bytes are; `size` is in bytes.
    """

    path: str
    absolute: str
    format: Format
    path_class: PathClass
    size: int


class Span(NamedTuple):
    """A region. Lines and columns are 1-based, columns are Unicode code points, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Place(NamedTuple):
    """A region of a file. `cell` is the 1-based code-cell number in a notebook, and `span` then counts within the cell."""

    path: str
    span: Span
    cell: int | None = None


class Unread(NamedTuple):
    """A file that could not be read or parsed. It is reported by every format and never changes the exit code by itself."""

    path: str
    why: str
    line: int | None = None
