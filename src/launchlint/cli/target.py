"""From paths and options to a `Request`: which project, which configuration, how much is read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import click

from launchlint import config as configuration
from launchlint.config import Config, ConfigError
from launchlint.discover import project_root
from launchlint.engine.registry import EVERYTHING, Registry, UnknownRuleError
from launchlint.engine.registry import load as load_registry
from launchlint.engine.run import Request
from launchlint.engine.settle import Policy
from launchlint.facts.project import Read
from launchlint.model.finding import Severity

_STDIN = "-"


class Target(NamedTuple):
    """What the paths name: the project's root, what in it is named, and the texts that come from stdin."""

    root: Path
    named: tuple[str, ...]
    read: Read
    loose: bool
    buffers: Mapping[str, bytes]
    config: Config


def find(paths: Sequence[str], stdin_filename: str | None, config_file: str | None, no_config: bool, staged: bool) -> Target:
    """Look the paths up. Raises UsageError for paths that are not there, and for a wrong configuration."""
    from_stdin = _STDIN in paths or (stdin_filename is not None and not paths)
    if from_stdin and (stdin_filename is None or len(paths) > 1):
        raise click.UsageError("`-` reads one file from stdin: it wants --stdin-filename and no other path")
    if stdin_filename is not None and not from_stdin:
        raise click.UsageError("--stdin-filename goes with the path `-`")
    if from_stdin and staged:
        raise click.UsageError("--staged and stdin exclude each other")
    places = [Path(stdin_filename or "").resolve()] if from_stdin else [_existing(path, staged) for path in paths or (".",)]
    start = Path(os.path.commonpath(places))
    config = _config(start, config_file, no_config)
    root = project_root(start, config.path)
    named = tuple(dict.fromkeys(_relative(root, place) for place in places))
    files_only = staged or from_stdin or not any(place.is_dir() for place in places)
    marked = (root / ".git").exists() or (config.path is not None and config.path.resolve().parent == root)
    buffers = {named[0]: sys.stdin.buffer.read()} if from_stdin else {}
    return Target(root, named, Read.FILE if files_only else Read.PROJECT, not marked, buffers, config)


def _existing(path: str, staged: bool) -> Path:
    place = Path(path).resolve()
    if not place.exists() and not staged:
        raise click.UsageError(f"there is no file or folder {path}")
    if place.exists() and not (place.is_dir() or place.is_file()):
        raise click.UsageError(f"{path} is neither a file nor a folder")
    return place


def _relative(root: Path, place: Path) -> str:
    way = place.relative_to(root).as_posix()
    return "" if way == "." else way


def _config(start: Path, config_file: str | None, no_config: bool) -> Config:
    if no_config and config_file is not None:
        raise click.UsageError("--config and --no-config exclude each other")
    try:
        if no_config:
            return configuration.default()
        path = Path(config_file) if config_file is not None else configuration.find(start)
        return configuration.load(path) if path is not None else configuration.default()
    except ConfigError as error:
        raise usage(error) from None


def usage(error: ConfigError) -> click.ClickException:
    """A wrong configuration in the words of the command line: where, what, and what to write instead."""
    where = error.path if error.line is None else f"{error.path}:{error.line}"
    return click.ClickException(f"{where}: {error.message}; {error.cure}")


class Grading(NamedTuple):
    """`--severity`: the mildest level that is reported, and levels of single rules."""

    minimum: Severity
    rules: Mapping[str, str]


def grading(values: Sequence[str]) -> Grading:
    """Read `LEVEL` and `RULE=LEVEL`. Raises BadParameter."""
    minimum = Severity.NOTE
    rules = {}
    for value in values:
        rule, equals, level = value.rpartition("=")
        if equals:
            rules[rule] = level
        elif value in list(Severity):
            minimum = Severity(value)
        else:
            raise click.BadParameter(f"`{value}` is neither error, warning or note, nor RULE=LEVEL", param_hint="--severity")
    return Grading(minimum, rules)


def request(target: Target, config: Config, minimum: Severity, **more: Any) -> Request:
    """The request for a target; `more` are further fields of `Request`. Raises UsageError for names of rules that do not exist."""
    registry = load_registry()
    try:
        configuration.validate(config, {*registry.by_name, *registry.families, EVERYTHING})
        off = [name for name, level in config.severity.items() if level is None]
        rules = registry.select(config.select, (*config.ignore, *off), config.preview)
        severities = {rule.name: level for name, level in config.severity.items() if level is not None for rule in registry.meant(name)}
    except ConfigError as error:
        raise usage(error) from None
    except UnknownRuleError as error:
        raise click.UsageError(str(error)) from None
    return Request(
        root=target.root,
        registry=registry,
        rules=rules,
        read=target.read,
        named=target.named,
        classes=config.classes,
        policy=Policy(minimum=minimum, severities=severities, ignored=_ignored(config, registry)),
        exclude=config.exclude,
        loose=target.loose,
        buffers=target.buffers,
        **more,
    )


def _ignored(config: Config, registry: Registry) -> Callable[[str, str], bool]:
    @cache
    def off(path: str) -> frozenset[str]:
        return frozenset(rule.name for name in config.ignored_in(path) for rule in registry.meant(name))

    return lambda rule, path: rule in off(path)
