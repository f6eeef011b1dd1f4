"""Folding of operators, conversions and string methods over values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from launchlint.model.source import Place
from launchlint.model.value import Items, Known, Origin, Unknown, Value

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


def operate(op: str, values: Sequence[Value], place: Place) -> Value:
    """An operator over known scalars; the origin is that of the weakest operand. Anything else is Unknown."""
    known = [v for v in values if isinstance(v, Known) and isinstance(v.value, str | int | float) and not isinstance(v.value, bool)]
    if len(known) != len(values) or not known:
        return Unknown("operator")
    origin = next((v.origin for v in known if v.origin is not Origin.LITERAL), Origin.LITERAL)
    try:
        if op == "neg" and len(known) == 1 and not isinstance(known[0].value, str):
            return Known(-known[0].value, origin, place)  # type: ignore[operator]
        if op in _OPERATORS and len(known) == 2:
            left, right = known[0].value, known[1].value
            small = all(isinstance(x, int | float) or op == "+" for x in (left, right))
            if not small or (isinstance(left, str) != isinstance(right, str)):
                return Unknown("operator")
            return Known(_OPERATORS[op](left, right), origin, place)
    except (TypeError, ValueError, ArithmeticError):
        pass
    return Unknown("operator")


def convert(kind: str, value: Value) -> Value:
    """`int(…)`, `float(…)`, `str(…)`, `bool(…)` of a known scalar."""
    if not isinstance(value, Known) or not isinstance(value.value, str | int | float | bool):
        return value if isinstance(value, Unknown) else Unknown("conversion")
    try:
        result: str | int | float | bool
        if kind == "bool":
            result = bool(value.value)
        elif kind == "str":
            result = str(value.value)
        else:
            result = int(value.value) if kind == "int" else float(value.value)
    except (ValueError, OverflowError):
        return Unknown("conversion")
    return Known(result, value.origin, value.place)


def string_method(value: Value, name: str, args: Sequence[Value], place: Place) -> Value:
    """`.split(",")`, `.strip()` and the like on a known string."""
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, Known) or not isinstance(value.value, str):
        return Unknown("method")
    text = value.value
    if name in {"split", "splitlines"}:
        separator = args[0].value if args and isinstance(args[0], Known) and isinstance(args[0].value, str) and args[0].value else None
        parts = text.splitlines() if name == "splitlines" else text.split(separator)
        return Known(Items(tuple(Known(part, value.origin, value.place) for part in parts)), value.origin, value.place or place)
    if args:
        return Unknown("method")
    changed = {"strip": text.strip, "lower": text.lower, "upper": text.upper, "rstrip": text.rstrip, "lstrip": text.lstrip}[name]()
    return Known(changed, value.origin, value.place)
