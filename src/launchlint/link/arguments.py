"""From the arguments of a call to the logical arguments of the SDK: as passed, and as they take effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from launchlint.knowledge.schema import ClassEntry, Default, Entry, Knowledge, Operation
from launchlint.model.value import ABSENT, Absent, Argument, Fields, Known, Object, Origin, Unknown, Value, join
from launchlint.syntax.records import Arg, Star

from .fold import Folder
from .program import Site, last_name
from .things import Instance
from .versions import Versions


class Given(NamedTuple):
    """What a call passes, by Python parameter name. `open` says why more may be passed than is seen, or is None."""

    values: Mapping[str, Value]
    open: str | None

    def at(self, spelling: str) -> Value:
        """The value at a spelling such as "timeout" or "config.max_output_tokens"."""
        name, *rest = spelling.split(".")
        value = self.values.get(name)
        if value is None:
            return Unknown(self.open) if self.open else ABSENT
        for step in rest:
            match value:
                case Known(Fields() as fields):
                    value = fields.get(step)
                case Known(Object(_, fields)):
                    value = fields.get(step)
                case Known(None):
                    return ABSENT
                case Known():
                    return Unknown("not an object")
                case _:
                    return value
        return value


class Arguments:
    """Binds arguments of calls to logical names and adds client, model and SDK defaults."""

    def __init__(self, folder: Folder, knowledge: Knowledge, versions: Versions) -> None:
        self.folder = folder
        self.knowledge = knowledge
        self.versions = versions

    def given(self, sites: Sequence[Site], positional: Sequence[str], skip: int = 0, only: Sequence[Arg] | None = None) -> Given:
        """What calls pass together (a partial and its call: the later wins). `skip` positional arguments are not the callee's."""
        values: dict[str, Value] = {}
        is_open: str | None = None
        index = -skip
        for site in sites:
            for arg in only if only is not None else site.record.args:
                if arg.name is None and isinstance(arg.value, Star):
                    is_open = is_open or "unpacks *"
                    index = len(positional)
                elif arg.name is None:
                    if index >= 0:
                        name = positional[index] if index < len(positional) else str(index)
                        values[name] = self.folder.value(arg.value, site.at)
                    index += 1
                elif arg.name == "**":
                    inner = self.folder.value(arg.value, site.at)
                    if isinstance(inner, Known) and isinstance(inner.value, Fields):
                        values.update(inner.value.entries)
                        is_open = is_open or ("unpacks an open **" if inner.value.open else None)
                    elif not (isinstance(inner, Known) and not inner.value):
                        is_open = is_open or f"unpacks ** ({inner.why})" if isinstance(inner, Unknown) else is_open or "unpacks **"
                else:
                    values[arg.name] = self.folder.value(arg.value, site.at)
        return Given(values, is_open)

    def passed(self, given: Given, entry: Entry, name: str, path: str) -> Value:
        """The logical argument as passed, in seconds whatever the SDK's unit: the first spelling that is known wins, None only when no other says more,
        and an unknown one leaves it unknown.
        """
        unknown: Unknown | None = None
        nothing: Known | None = None
        for spelling in entry.arguments.get(name, ()):
            value = self.inside(given.at(spelling), name, path)
            if isinstance(value, Known) and value.value is None:
                nothing = nothing or value
            elif isinstance(value, Known):
                if entry.units.get(name) == "ms" and isinstance(value.value, int | float) and not isinstance(value.value, bool):
                    return Known(value.value / 1000, value.origin, value.place)
                return value
            if isinstance(value, Unknown):
                unknown = unknown or value
        return unknown or nothing or ABSENT

    def inside(self, value: Value, name: str, path: str) -> Value:
        """`ClientTimeout(total=30)` given as the timeout: the logical argument inside a configuration object, or that object's own default."""
        if isinstance(value, Known) and isinstance(value.value, Object):
            entry = self.knowledge.classes.get(value.value.type)
            if entry is not None and name in entry.arguments:
                fields = value.value.fields
                given = Given(dict(fields.entries), "unpacks **" if fields.open else None)
                found = self.passed(given, entry, name, path)
                found = self.default(entry, entry.name, name, path) if isinstance(found, Absent) else found
                return value if isinstance(found, Absent) else found
        return value

    def of_call(self, operation: Operation, given: Given, owner: Instance | None, path: str) -> dict[str, Argument]:
        """All logical arguments of an operation on a receiver (None for module functions)."""
        names = dict.fromkeys([*operation.arguments, *operation.defaults])
        entry = self.knowledge.classes[owner.entry] if owner is not None else None
        if entry is not None:
            names.update(dict.fromkeys([*entry.arguments, *entry.defaults]))
        result: dict[str, Argument] = {}
        for name in names:
            passed = self.passed(given, operation, name, path)
            effective = passed
            if isinstance(effective, Absent) and owner is not None:
                effective = self.of_receiver(owner, name, operation, path)
            if isinstance(effective, Absent) and not (owner is not None and owner.site is not None and _inherits(operation, name)):
                effective = self.default(operation, operation.call[0], name, path)
            result[name] = Argument(passed, effective)
        return result

    def of_receiver(self, owner: Instance, name: str, operation: Operation | None, path: str) -> Value:
        """The logical argument as the receiver has it: bound on later, given at construction, or its default."""
        entry = self.knowledge.classes[owner.entry]
        for site in reversed(owner.later):
            step = next(iter(self.knowledge.methods.get(owner.entry, {}).get(last_name(site.record.callee), ())), None)
            given = self.given([site], step.positional if step is not None else ())
            for one in (step, entry, operation):
                value = self.passed(given, one, name, path) if one is not None else ABSENT
                if not isinstance(value, Absent):
                    return value
        if name in entry.arguments or name in entry.defaults:
            if owner.opaque or owner.site is None:
                return Unknown("built elsewhere")
            given = self.given([owner.site], entry.positional)
            value = self.passed(given, entry, name, path)
            if not isinstance(value, Absent):
                return value
            if name == "timeout" and self.own_transport(given, entry, path):
                return Unknown("brings its own HTTP client")
        elif name == "timeout" and (owner.opaque or owner.site is None):
            return Unknown("built elsewhere")  # a session may carry an adapter that sets it
        default = self.default(entry, entry.name, name, path)
        if isinstance(default, Absent) and owner.parent is not None:
            return self.of_receiver(owner.parent, name, None, path)
        return default

    def of_construction(self, entry: ClassEntry | Operation, given: Given, name: str, path: str) -> dict[str, Argument]:
        """All logical arguments of a construction."""
        result: dict[str, Argument] = {}
        strange = _strange(entry, given)
        for logical in dict.fromkeys([*entry.arguments, *entry.defaults]):
            passed = self.passed(given, entry, logical, path)
            effective = self.default(entry, name, logical, path) if isinstance(passed, Absent) else passed
            if logical == "timeout" and isinstance(passed, Absent) and self.own_transport(given, entry, path):
                effective = Unknown("brings its own HTTP client")
            if strange and logical in _SPELLED and isinstance(passed, Absent):
                effective = Unknown("arguments of another version")
            result[logical] = Argument(passed, effective)
        return result

    def own_transport(self, given: Given, entry: Entry, path: str) -> bool:
        """Whether an HTTP client is handed in, which may have a timeout of its own."""
        return not isinstance(self.passed(given, entry, "http_client", path), Absent)

    # ------------------------------------------------------------ defaults

    def default(self, entry: Entry, name: str, logical: str, path: str) -> Value:
        """The SDK's default in the version in use; Absent when the knowledge file states none."""
        rows = entry.defaults.get(logical)
        if not rows:
            return ABSENT
        scale = 1000 if entry.units.get(logical) == "ms" else 1
        if all(row.since is None and row.until is None for row in rows):
            return _as_value(rows[0], None, scale)
        distribution = self.distribution(entry, name)
        verdicts = [(row, self.versions.decide(distribution, path, row.since, row.until)) for row in rows]
        certain = next((row for row, verdict in verdicts if verdict), None)
        if certain is not None:
            return _as_value(certain, None, scale)
        possible = [row for row, verdict in verdicts if verdict is None] or list(rows)
        newest = next((row for row in possible if row.until is None), possible[-1])
        known = entry.library.verified[:1]
        return _as_value(newest, f"{distribution} {known[0]}" if known else distribution, scale)

    def distribution(self, entry: Entry, name: str) -> str:
        """The package a dotted name comes from: the one called like its import root, else the library's first."""
        root = name.split(".", maxsplit=1)[0].split(":", maxsplit=1)[0].replace("_", "-")
        return root if root in entry.library.distributions else next(iter(entry.library.distributions), entry.library.name)


_SPELLED = {
    "output_cap": frozenset({"max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "num_predict", "max_length"}),
    "timeout": frozenset({"timeout", "request_timeout", "timeout_ms", "timeout_s", "timeout_seconds"}),
}
"""How libraries spell the two arguments whose absence is reported."""


def _strange(entry: ClassEntry | Operation, given: Given) -> bool:
    """Whether a cap or a timeout is passed by a name this class is not known to take: the version in use is another one, and nothing is said of it."""
    known = {spelling.split(".")[0] for spellings in entry.arguments.values() for spelling in spellings}
    return any(name in names and name not in known for names in _SPELLED.values() for name in given.values)


def _inherits(operation: Operation, name: str) -> bool:
    rows = operation.defaults.get(name, ())
    return bool(rows) and all(row.kind == "inherited" for row in rows)


def _as_value(row: Default, assumed: str | None, scale: int) -> Value:
    match row.kind:
        case "none":
            return Known(None, Origin.SDK_DEFAULT, None, assumed, row.because)
        case "value":
            value = row.value / scale if scale != 1 and isinstance(row.value, int | float) else row.value
            return Known(value, Origin.SDK_DEFAULT, None, assumed, row.because)
        case "inherited":
            return Unknown("decided by the object behind it")
        case _:
            return Known(Object(row.kind, Fields(())), Origin.SDK_DEFAULT, None, assumed, row.because)


def merge(alternatives: Sequence[Mapping[str, Argument]]) -> dict[str, Argument]:
    """The logical arguments of a call with several possible receivers: what they agree on, the rest Unknown."""
    if len(alternatives) == 1:
        return dict(alternatives[0])
    names = dict.fromkeys(name for one in alternatives for name in one)
    missing = Argument()
    return {
        name: Argument(join(one.get(name, missing).passed for one in alternatives), join(one.get(name, missing).effective for one in alternatives))
        for name in names
    }
