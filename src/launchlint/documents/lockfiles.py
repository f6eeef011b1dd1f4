"""Which library versions a project writes down: lock files, requirements and package manifests.

Lock files are read by a line scan, for they are large and dull; small manifests by their parsers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from launchlint.documents.errors import Unreadable
from launchlint.documents.positions import Lines
from launchlint.model.source import Format
from launchlint.pathclass import format_of


class Pin(NamedTuple):
    """What a file says of one distribution. `spec` is the range as written ("" allows everything), alternatives joined by " || ".

    `version` is set when the file allows one version only, and `exact` is true then.
    """

    version: str | None
    spec: str
    line: int
    exact: bool


_Row = tuple[str, str, int]  # distribution as written, spec, line

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_REQUIREMENT = re.compile(rf"\s*(?P<name>{_NAME})\s*(?:\[[^\]]*\])?\s*(?P<at>@)?\s*\(?(?P<spec>[^;#@()]*)")
# Conda: "numpy", "numpy=1.2", "numpy=1.2=py39_0", "conda-forge::numpy >=1.2".
_CONDA = re.compile(rf"(?:[\w.-]+::)?(?P<name>{_NAME})\s*(?P<spec>[^#]*)")
_EXACT = re.compile(r"===?\s*(?P<version>[A-Za-z0-9.!+_-]+)|(?P<bare>\d[A-Za-z0-9.!+_-]*)")
_SETUP_LITERAL = re.compile(rf"""(?P<quote>["'])(?P<text>{_NAME}(?:\[[\w, -]*\])?\s*(?:===?|~=|>=|<=|!=|<|>)[^"'\n]*)(?P=quote)""")


def normalized(name: str) -> str:
    """A distribution's name in the form in which names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def is_lock(path: str) -> bool:
    """Whether the file at `path` states what is installed, and not only what would do."""
    return path.rsplit("/", 1)[-1].lower() in {"uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock", "pylock.toml"}


def has_pins(path: str) -> bool:
    """Whether `pins` knows how to read a file of this name."""
    return _reader(path) is not None


def pins(path: str, data: bytes) -> dict[str, Pin]:
    """What the file at `path` says, by normalised distribution name. Raises Unreadable; a file of another kind says nothing."""
    reader = _reader(path)
    if reader is None:
        return {}
    found: dict[str, Pin] = {}
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    for name, spec, line in reader(text):
        key = normalized(name)
        before = found.get(key)
        if before is None or spec != before.spec:
            found[key] = _pin(spec if before is None else f"{before.spec} || {spec}" if before.spec and spec else "", line if before is None else before.line)
    return found


def _pin(spec: str, line: int) -> Pin:
    exact = _EXACT.fullmatch(spec)
    version = (exact["version"] or exact["bare"]) if exact else None
    return Pin(version, spec, line, version is not None)


def _reader(path: str) -> Callable[[str], Iterable[_Row]] | None:
    name = path.rsplit("/", 1)[-1].lower()
    if name == "pipfile.lock":
        return _pipfile_lock
    if is_lock(path):
        return _toml_lock
    if format_of(path) is Format.LOCK:
        return _requirements
    if name.startswith("environment") and name.endswith((".yml", ".yaml")):
        return _conda
    return {"pyproject.toml": _pyproject, "pipfile": _pipfile, "setup.cfg": _setup_cfg, "setup.py": _setup_py}.get(name)


# ---------------------------------------------------------------- lock files


def _toml_lock(text: str) -> Iterator[_Row]:
    """uv.lock, poetry.lock, pdm.lock, pylock.toml: a [[package]] table begins with its name and its version."""
    name: str | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("["):
            name = "" if line.startswith(("[[package]]", "[[packages]]")) else None
        elif name is None:
            continue
        elif line.startswith("name = ") and not name:
            name = line[7:].strip().strip("\"'")
        elif line.startswith("version = ") and name:
            yield name, "==" + line[10:].strip().strip("\"'"), number
            name = None


def _pipfile_lock(text: str) -> Iterator[_Row]:
    from launchlint.documents import json

    for node in json.nodes(text):
        # ("default", "openai", "version"): "==1.2.3"
        if len(node.route) == 3 and node.route[0] in {"default", "develop"} and node.route[2] == "version" and isinstance(node.value, str):
            yield str(node.route[1]), node.value, node.span.line


# ---------------------------------------------------------------- requirements


def _requirements(text: str) -> Iterator[_Row]:
    logical, start = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        if not logical:
            start = number
        if line.endswith("\\"):
            logical += line[:-1] + " "
            continue
        logical += line
        # An option (`-r other.txt`, `-e .`, `--index-url …`), a path or an address says nothing about versions here.
        stripped = logical.strip()
        if stripped and stripped[0].isalnum() and "://" not in stripped.split("@")[0].split("#")[0]:
            yield from _requirement(re.split(r"\s--", stripped)[0], start)
        logical = ""


def _requirement(text: str, line: int) -> Iterator[_Row]:
    found = _REQUIREMENT.match(text)
    if found:
        yield found["name"], "" if found["at"] else _tidy(found["spec"]), line


def _tidy(spec: str) -> str:
    return ",".join(part.strip().replace(" ", "") for part in spec.strip().split(",") if part.strip())


def _conda(text: str) -> Iterator[_Row]:
    from launchlint.documents import yaml

    for node in yaml.nodes(text):
        if node.route[:1] != ("dependencies",) or not isinstance(node.value, str):
            continue
        if len(node.route) == 4 and node.route[2] == "pip":
            yield from _requirement(node.value, node.span.line)
        elif len(node.route) == 2 and (found := _CONDA.match(node.value)):
            spec = _tidy(found["spec"])
            if spec.startswith("=") and not spec.startswith("=="):
                # `=1.2` is a prefix, and what follows a second `=` is a build.
                spec = f"=={spec[1:].split('=')[0].removesuffix('*').rstrip('.')}.*"
            yield found["name"], spec, node.span.line


# ---------------------------------------------------------------- manifests


def _pyproject(text: str) -> Iterator[_Row]:
    from launchlint.documents import toml

    for node in toml.nodes(text):
        match node.route:
            case (
                ("project", "dependencies", int())
                | ("project", "optional-dependencies", str(), int())
                | ("dependency-groups", str(), int())
                | ("tool", "pdm", "dev-dependencies", str(), int())
                | ("tool", "uv", "dev-dependencies", int())
            ):
                yield from _requirement(str(node.value), node.span.line)
            case ("tool", "poetry", "dependencies" | "dev-dependencies", str() as name, *rest) | (
                "tool",
                "poetry",
                "group",
                str(),
                "dependencies",
                str() as name,
                *rest,
            ):
                if name != "python":
                    yield from _poetry(name, rest, node.value, node.span.line)


def _pipfile(text: str) -> Iterator[_Row]:
    from launchlint.documents import toml

    for node in toml.nodes(text):
        match node.route:
            case ("packages" | "dev-packages", str() as name, *rest):
                yield from _poetry(name, rest, node.value, node.span.line, bare_is_exact=False)


def _poetry(name: str, rest: list[Any], value: object, line: int, *, bare_is_exact: bool = True) -> Iterator[_Row]:
    """`openai = "^1.2"`, `openai = { version = "^1.2", extras = [] }`, or a list of such tables; a source other than the index allows everything."""
    steps = [step for step in rest if not isinstance(step, int)]
    if steps in ([], ["version"]) and isinstance(value, str):
        spec = _tidy(value)
        yield name, "" if spec == "*" or (spec[:1].isdigit() and not bare_is_exact) else spec, line
    elif steps in (["git"], ["path"], ["url"], ["file"]):
        yield name, "", line


def _setup_cfg(text: str) -> Iterator[_Row]:
    import configparser

    # Only where keys with requirements stand is asked of the parser; lines come from the text.
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise Unreadable(f"not a configuration file: {str(error).splitlines()[0]}") from error
    lines = text.split("\n")
    for value in _setup_options(parser):
        for requirement in (part.strip() for part in value.split("\n")):
            if requirement and not requirement.startswith("#"):
                line = next((number for number, one in enumerate(lines, 1) if one.strip().endswith(requirement)), 1)
                yield from _requirement(requirement, line)


def _setup_options(parser: Any) -> Iterator[str]:
    for section in parser.sections():
        for key, value in parser.items(section):
            if (section, key) == ("options", "install_requires") or section == "options.extras_require":
                yield value


def _setup_py(text: str) -> Iterator[_Row]:
    """Only what is plain: string literals with a comparison in them."""
    lines = Lines(text)
    for literal in _SETUP_LITERAL.finditer(text):
        yield from _requirement(literal["text"], lines.line(literal.start()))
