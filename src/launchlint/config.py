"""Settings from `launchlint.toml` or from `[tool.launchlint]` in `pyproject.toml`.

The nearest file above the linted path counts, alone: nothing is merged. A configuration names rules and globs and nothing else; it
belongs to the linted repository, so it can never name code to load.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from launchlint.documents.errors import Unreadable
from launchlint.globs import matches
from launchlint.model.finding import Severity
from launchlint.model.source import PathClass

FILE_NAME = "launchlint.toml"
INCLUDABLE = {"tests": PathClass.TEST, "examples": PathClass.EXAMPLE, "docs": PathClass.DOCS, "notebooks": PathClass.NOTEBOOK, "scripts": PathClass.SCRIPT}
_OFF = "off"


class ConfigError(Exception):
    """The configuration is wrong. `path` is the file or "command line", `line` is 1-based, `cure` says what to write instead."""

    def __init__(self, path: str, line: int | None, message: str, cure: str) -> None:
        super().__init__(f"{path if line is None else f'{path}:{line}'}: {message}; {cure}")
        self.path = path
        self.line = line
        self.message = message
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a run.

    `select` empty means the rules that are on by default. `severity` re-grades rules, None turns one off. `include` names path classes to look
    for violations in besides production. `exclude` and the keys of `per_file_ignores` are globs as in `launchlint.globs`. `path` is the file
    the settings come from, None for the defaults; `text` is its content, for line numbers.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    preview: bool = False
    fail_on: Severity = Severity.WARNING
    severity: Mapping[str, Severity | None] = field(default_factory=dict)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fail_on_unread: bool = False
    path: Path | None = None
    text: str = field(default="", repr=False)

    @property
    def classes(self) -> frozenset[PathClass]:
        """The path classes in which violations are looked for."""
        return frozenset((PathClass.PROD, *(INCLUDABLE[name] for name in self.include)))

    def ignored_in(self, path: str) -> frozenset[str]:
        """The rules that `per-file-ignores` silences in the file at `path` (relative to the project root)."""
        return frozenset(rule for glob, rules in self.per_file_ignores.items() if matches(glob, path) for rule in rules)

    def override(
        self,
        *,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        severity: Mapping[str, str] | None = None,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        fail_on: str | None = None,
        preview: bool | None = None,
        fail_on_unread: bool | None = None,
    ) -> Config:
        """The same settings with the command line's on top.

        `select` and `include` replace what the file says, `ignore`, `exclude` and `severity` are added to it; what is not given stays.
        Raises ConfigError for values that no file could hold either.
        """
        check = _Check("command line", {}, ())
        given: dict[str, Any] = {
            "select": tuple(select) or self.select,
            "ignore": (*self.ignore, *ignore),
            "severity": {**self.severity, **{rule: check.severity(("severity", rule), word, off=True) for rule, word in (severity or {}).items()}},
            "include": tuple(check.one_of(("include",), name, INCLUDABLE) for name in include) or self.include,
            "exclude": (*self.exclude, *exclude),
            "fail_on": self.fail_on if fail_on is None else check.severity(("fail-on",), fail_on),
            "preview": self.preview if preview is None else preview,
            "fail_on_unread": self.fail_on_unread if fail_on_unread is None else fail_on_unread,
        }
        return replace(self, **given)


def default() -> Config:
    """The settings of a project that has no configuration."""
    return Config()


def find(start: Path) -> Path | None:
    """The nearest configuration file at or above `start`; in one folder `launchlint.toml` goes before `pyproject.toml`.

    Raises ConfigError for a broken `pyproject.toml` that mentions launchlint.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        own, shared = folder / FILE_NAME, folder / "pyproject.toml"
        if own.is_file():
            return own
        # The word is looked for first: most pyproject files need no parsing.
        if shared.is_file() and "launchlint" in (text := _text(shared)) and _table(shared, text) is not None:
            return shared
    return None


def load(path: Path) -> Config:
    """Read one configuration file. Raises ConfigError."""
    text = _text(path)
    table = _table(path, text)
    if table is None:
        raise ConfigError(str(path), None, "there is no [tool.launchlint] table", f"add one, or write the settings into {FILE_NAME}")
    return _config(path, text, table)


def validate(config: Config, rule_names: Collection[str]) -> None:
    """Raise ConfigError when a setting names a rule that is not among `rule_names` (rules, their aliases, families, …)."""
    named = {
        "select": config.select,
        "ignore": config.ignore,
        "severity": tuple(config.severity),
        "per-file-ignores": tuple(rule for rules in config.per_file_ignores.values() for rule in rules),
    }
    for key, names in named.items():
        for name in names:
            if name not in rule_names:
                line = _line_of_word(config, key, name)
                path = str(config.path) if line is not None else "command line"
                raise ConfigError(path, line, f"`{key}` names the unknown rule `{name}`", _cure(name, rule_names, "`launchlint rules` lists them all"))


# ---------------------------------------------------------------- reading


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), None, f"it cannot be read: {error}", "a configuration is UTF-8 text") from error


def _table(path: Path, text: str) -> Mapping[str, Any] | None:
    from launchlint.documents import toml

    try:
        data: Any = toml.load(text)
    except Unreadable as error:
        raise ConfigError(str(path), error.line, error.why, "correct the syntax") from error
    if path.name != "pyproject.toml":
        return data if isinstance(data, dict) else None
    tool = data.get("tool")
    table = tool.get("launchlint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(str(path), _line(text, ("tool", "launchlint")), "`tool.launchlint` is no table", "write [tool.launchlint]")
    return table


def _config(path: Path, text: str, table: Mapping[str, Any]) -> Config:
    from launchlint.documents import toml

    prefix = ("tool", "launchlint") if path.name == "pyproject.toml" else ()
    check = _Check(str(path), {route: entry.line for route, entry in toml.index(text).items()}, prefix)
    readers = {
        "select": check.strings,
        "ignore": check.strings,
        "preview": check.boolean,
        "fail-on": check.severity,
        "severity": lambda route, value: {
            rule: check.severity((*route, rule), word, off=True) for rule, word in check.table(route, value).items()
        },
        "include": lambda route, value: tuple(check.one_of(route, name, INCLUDABLE) for name in check.strings(route, value)),
        "exclude": check.strings,
        "per-file-ignores": lambda route, value: {
            glob: check.strings((*route, glob), rules) for glob, rules in check.table(route, value).items()
        },
        "fail-on-unread": check.boolean,
    }  # fmt: skip
    settings: dict[str, Any] = {}
    for key, value in table.items():
        if key not in readers:
            raise check.error((key,), f"unknown key `{key}`", _cure(key, readers, f"known keys are {', '.join(readers)}"))
        settings[key.replace("-", "_")] = readers[key]((key,), value)
    return Config(**settings, path=path, text=text)


@dataclass(frozen=True, slots=True)
class _Check:
    """Turns raw values into settings, or raises with the line of the key. `lines` maps routes to lines, `prefix` leads to the settings."""

    path: str
    lines: Mapping[tuple[str | int, ...], int]
    prefix: tuple[str, ...]

    def error(self, route: tuple[str, ...], message: str, cure: str) -> ConfigError:
        return ConfigError(self.path, self.lines.get((*self.prefix, *route)), message, cure)

    def wrong(self, route: tuple[str, ...], value: object, wanted: str) -> ConfigError:
        return self.error(route, f"`{'.'.join(route)}` is {value!r}", f"it must be {wanted}")

    def boolean(self, route: tuple[str, ...], value: object) -> bool:
        if not isinstance(value, bool):
            raise self.wrong(route, value, "true or false")
        return value

    def strings(self, route: tuple[str, ...], value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(route, value, "a list of strings")
        return tuple(value)

    def table(self, route: tuple[str, ...], value: object) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(route, value, "a table")
        return value

    def one_of(self, route: tuple[str, ...], value: object, known: Collection[str]) -> str:
        if not isinstance(value, str) or value not in known:
            raise self.error(route, f"`{'.'.join(route)}` names {value!r}", _cure(value, known, f"known are {', '.join(known)}"))
        return value

    def severity(self, route: tuple[str, ...], value: object, *, off: bool = False) -> Severity | None:
        known = [*reversed(Severity), *((_OFF,) if off else ())]
        word = self.one_of(route, value, known)
        return None if word == _OFF else Severity(word)


def _cure(wrong: object, known: Iterable[str], otherwise: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(wrong, list(known), n=1, cutoff=0.6) if isinstance(wrong, str) else []
    return f"did you mean `{close[0]}`?" if close else otherwise


def _line(text: str, route: tuple[str | int, ...]) -> int | None:
    from launchlint.documents import toml

    entry = toml.index(text).get(route)
    return entry.line if entry else None


def _line_of_word(config: Config, key: str, word: str) -> int | None:
    """The line on which `word` stands in the value of `key`; None when the file does not say it."""
    if config.path is None or (start := _line(config.text, (*(("tool", "launchlint") if config.path.name == "pyproject.toml" else ()), key))) is None:
        return None
    whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    return next((number for number, line in enumerate(config.text.split("\n"), 1) if number >= start and whole.search(line)), None)
