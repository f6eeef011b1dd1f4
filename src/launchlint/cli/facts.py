"""`launchlint facts FILE`: what the rules get to see of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

import click

from . import CLEAN
from . import output as out

if TYPE_CHECKING:
    from launchlint.facts.base import Fact
    from launchlint.facts.project import Project


@click.command("facts", short_help="Show what is known of a file.", epilog="Example: launchlint facts src/agent.py")
@click.argument("file")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(file: str, output_format: str) -> int:
    """Print the domain facts of FILE: the calls, clients, loops and policies that rules look at, with the values of their arguments."""
    from launchlint.engine.run import link
    from launchlint.facts.project import Read

    from . import target as targets

    target = targets.find((file,), None, None, False, False)
    if target.read is not Read.FILE:
        raise click.UsageError(f"{file} is a folder")
    from launchlint.model.finding import Severity
    from launchlint.model.source import PathClass

    # Whoever asks about a test wants to see what is in it.
    request = replace(targets.request(target, target.config, Severity.NOTE), classes=frozenset(PathClass))
    project = link(request)
    found = list(_of_file(project, target.named[0]))
    if output_format == "json":
        import json

        text = json.dumps([{"fact": type(fact).__name__, **plain(fact)} for fact in found], indent=1) + "\n"
    else:
        text = "".join(f"{line}\n" for fact in found for line in _lines(fact))
    out.write(text, None)
    return CLEAN


def _of_file(project: Project, path: str) -> Iterator[Fact]:
    """The facts of one file by place."""
    import launchlint.facts as layer
    from launchlint.facts.base import Fact

    kinds = [kind for name in layer.__all__ if isinstance(kind := getattr(layer, name), type) and issubclass(kind, Fact)]
    found = [fact for kind in kinds for fact in project.facts(kind) if fact.place.path == path]
    yield from sorted(found, key=lambda fact: (fact.place.cell or 0, fact.place.span, type(fact).__name__))


def plain(value: Any) -> Any:
    """A fact as JSON values. Dataclasses other than the fact itself name their type, because `Absent` has no fields."""
    from launchlint.facts.base import Fact, Receiver

    if isinstance(value, Receiver):
        return [rung.name.lower() for rung in value.path]
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        own = {} if isinstance(value, Fact) else {"is": type(value).__name__.lower()}
        return {**own, **{field.name: plain(getattr(value, field.name)) for field in fields(value)}}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(each) for name, each in value._asdict().items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    return value


def _lines(fact: Fact) -> Iterator[str]:
    """A line for the fact, then one for each field that says something."""
    from launchlint.facts.base import Receiver
    from launchlint.model.value import Argument
    from launchlint.report.display import visible

    span = fact.place.span
    cell = f"cell {fact.place.cell}:" if fact.place.cell is not None else ""
    yield f"{cell}{span.line}:{span.column}: {type(fact).__name__}"
    for field in fields(fact):
        value = getattr(fact, field.name)
        if field.name in ("place", "path_class") or value in (None, "", (), False):
            continue
        if isinstance(value, Receiver):
            yield f"    receiver: {' > '.join(rung.name.lower() for rung in value.path)}"
        elif isinstance(value, dict):
            for name, argument in sorted(value.items()):
                assert isinstance(argument, Argument)
                passed, effective = _value(argument.passed), _value(argument.effective)
                yield visible(f"    {name} = {effective}" + (f" (passed: {passed})" if passed != effective else ""))
        else:
            yield visible(f"    {field.name}: {value}")


def _value(value: Any) -> str:
    from launchlint.model.value import Absent, Known, Unknown

    if isinstance(value, Absent):
        return "absent"
    if isinstance(value, Unknown):
        return f"unknown: {value.why}"
    assert isinstance(value, Known)
    where = f", {value.place.path}:{value.place.span.line}" if value.place is not None else ""
    assumed = f", {value.assumed} assumed" if value.assumed else ""
    return f"{_payload(value.value)} ({value.origin.value}{where}{assumed})"


def _payload(payload: Any) -> str:
    """A value in the shape in which Python would write it; what is unknown in it is `?`."""
    from launchlint.model.value import Fields, Items, Known, Object

    def short(value: Any) -> str:
        return _payload(value.value) if isinstance(value, Known) else "?"

    rest = ", ..."
    match payload:
        case Items(items, is_open):
            return f"[{', '.join(map(short, items))}{rest if is_open else ''}]"
        case Fields(entries, is_open):
            return f"{{{', '.join(f'{name}: {short(value)}' for name, value in entries)}{rest if is_open else ''}}}"
        case Object(name, inner):
            return f"{name}({', '.join(f'{key}={short(value)}' for key, value in inner.entries)}{rest if inner.open else ''})"
        case _:
            return repr(payload)
