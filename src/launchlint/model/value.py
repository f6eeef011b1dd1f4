"""What is known about an argument: absent, known with its origin, or unknown with a reason.

Rules fire on `Absent` and `Known` and are silent on `Unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from .source import Place


class Origin(StrEnum):
    """Where a known value was written."""

    LITERAL = "literal"
    CODE_DEFAULT = "code-default"
    ENV_DEFAULT = "env-default"
    FILE = "file"
    DEPLOYMENT = "deployment"
    SDK_DEFAULT = "sdk-default"


class Absent(NamedTuple):
    """Not passed, and nothing that could pass it was seen."""


class Known(NamedTuple):
    """A value that was followed to where it is written.

    `place` is where it is written (None for SDK defaults). `assumed` is set when the value holds only for the library
    version that launchlint had to assume, and names that version ("openai 3.54.0"). `because` quotes the fact behind an
    SDK default in words that fit into a message ("`ChatOpenAI` passes timeout=None to the SDK").
    """

    value: Payload
    origin: Origin = Origin.LITERAL
    place: Place | None = None
    assumed: str | None = None
    because: str | None = None


class Unknown(NamedTuple):
    """A value that could not be followed. `why` is a short stable phrase that statistics can count."""

    why: str


Value: TypeAlias = Absent | Known | Unknown
ABSENT = Absent()


class Items(NamedTuple):
    """A list, tuple or set of values. `open` means that there may be more items than were seen."""

    items: tuple[Value, ...]
    open: bool = False


class Fields(NamedTuple):
    """A mapping with string keys. `open` means that there may be more keys than were seen (`**other`)."""

    entries: tuple[tuple[str, Value], ...]
    open: bool = False

    def get(self, key: str) -> Value:
        """The value at `key`; Unknown for a missing key of an open mapping, else Absent."""
        for name, value in reversed(self.entries):
            if name == key:
                return value
        return Unknown("open mapping") if self.open else ABSENT


class Object(NamedTuple):
    """An instance: the dotted name of its class and the arguments it was built with (positional ones are named "0", "1", …)."""

    type: str
    fields: Fields


Scalar: TypeAlias = str | int | float | bool | None
Payload: TypeAlias = Scalar | Items | Fields | Object


class Argument(NamedTuple):
    """One logical argument of an SDK call: as passed at the call, and as it takes effect after client, model and SDK defaults."""

    passed: Value = ABSENT
    effective: Value = ABSENT


def join(values: Iterable[Value]) -> Value:
    """The value on a path that is one of several: equal values stay, anything else is Unknown."""
    result: Value | None = None
    for value in values:
        if isinstance(value, Unknown):
            return value
        if result is None:
            result = value
        elif not _same(result, value):
            merged = _merged(result, value)
            if merged is None:
                return Unknown("differs between paths")
            result = merged
    return result if result is not None else Unknown("no path")


def _merged(a: Value, b: Value) -> Known | None:
    """Two mappings, or two objects of one class, joined key by key; None for anything else."""
    if isinstance(a, Known) and isinstance(b, Known) and isinstance(a.value, Object) and isinstance(b.value, Object):
        fields = _merged(Known(a.value.fields), Known(b.value.fields))
        if a.value.type != b.value.type or fields is None or not isinstance(fields.value, Fields):
            return None
        return Known(Object(a.value.type, fields.value), a.origin, a.place)
    if not (isinstance(a, Known) and isinstance(b, Known) and isinstance(a.value, Fields) and isinstance(b.value, Fields)):
        return None
    names = dict.fromkeys(name for name, _ in (*a.value.entries, *b.value.entries))
    one, other = a.value, b.value
    entries = tuple((name, join([one.get(name), other.get(name)])) for name in names)
    return Known(Fields(entries, one.open or other.open), a.origin, a.place)


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, Known) and isinstance(b, Known):
        return type(a.value) is type(b.value) and a.value == b.value
    return type(a) is type(b)
