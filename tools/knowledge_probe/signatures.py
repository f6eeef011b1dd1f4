"""What a callable, a pydantic class, a typed dictionary or an AWS method takes."""

from __future__ import annotations

import contextlib
import inspect
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from .verdicts import MissingError, UnclearError

_SCALARS = (type(None), str, bytes, int, float, bool)


def hints(thing: Any) -> dict[str, Any]:
    """Annotations as types where they can be evaluated, else as they stand."""
    target = thing.__init__ if inspect.isclass(thing) and not is_typed_dict(thing) else inspect.unwrap(thing) if callable(thing) else thing
    with contextlib.suppress(Exception):
        return typing.get_type_hints(target)
    raw = getattr(target, "__annotations__", {})
    space = vars(sys.modules.get(getattr(target, "__module__", ""), types.ModuleType("none")))
    found = {}
    for name, text in raw.items():
        found[name] = text
        if isinstance(text, str):
            with contextlib.suppress(Exception):
                found[name] = eval(text, dict(space))  # an annotation of an installed package
    return found


def is_typed_dict(thing: Any) -> bool:
    return inspect.isclass(thing) and issubclass(thing, dict) and hasattr(thing, "__total__")


def is_pydantic(thing: Any) -> bool:
    return inspect.isclass(thing) and isinstance(getattr(thing, "model_fields", None), dict)


def fields(thing: Any) -> dict[str, tuple[Any, Any]]:
    """Of a pydantic class: {name or alias: (default, annotation)}."""
    found = {}
    for name, field in thing.model_fields.items():
        default = inspect.Parameter.empty if field.is_required() else field.default_factory if field.default_factory is not None else field.default
        if field.default_factory is not None:
            with contextlib.suppress(Exception):
                default = field.default_factory()
        aliases = {name, field.alias, field.validation_alias}
        for alias in aliases | set(getattr(field.validation_alias, "choices", ())):
            if isinstance(alias, str):
                found[alias] = (default, field.annotation)
    return found


def signatures(thing: Any) -> Iterator[inspect.Signature]:
    """The signatures that together say what a callable takes: its own, and those of base constructors while `**` is handed on."""
    if not inspect.isclass(thing):
        with contextlib.suppress(TypeError, ValueError):
            yield inspect.signature(thing)
        return
    for base in thing.__mro__:
        if base is object or "__init__" not in vars(base):
            continue
        with contextlib.suppress(TypeError, ValueError):
            signature = inspect.signature(vars(base)["__init__"])
            yield signature
            if not _open(signature):
                return


def _open(signature: inspect.Signature) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())


def shape_of(thing: Any) -> Any:
    """The input shape of a method of an AWS client, None for anything else."""
    client = getattr(thing, "__self__", None)
    service = getattr(getattr(client, "meta", None), "service_model", None)
    name = getattr(getattr(client, "meta", None), "method_to_api_mapping", {}).get(getattr(thing, "__name__", ""))
    return service.operation_model(name).input_shape if service is not None and name else None


def accepts(thing: Any, name: str) -> tuple[bool | None, Any]:
    """Whether a callable, class, TypedDict or shape takes `name` (None: it takes any), and the type of it."""
    shape = shape_of(thing) or (thing if hasattr(thing, "members") and hasattr(thing, "type_name") else None)
    if shape is not None:
        return (True, shape.members[name]) if name in getattr(shape, "members", {}) else (False, None)
    if isinstance(getattr(thing, "OPTION_DEFAULTS", None), Mapping):
        return name in thing.OPTION_DEFAULTS, None
    if is_typed_dict(thing):
        return name in thing.__annotations__, hints(thing).get(name)
    if is_pydantic(thing) and vars(thing).get("__init__") is None:
        known = fields(thing)
        if name in known:
            return True, known[name][1]
    is_open = False
    for signature in signatures(thing):
        is_open = False
        for parameter in signature.parameters.values():
            annotation = hints(thing).get(parameter.name, parameter.annotation)
            if parameter.kind is parameter.VAR_KEYWORD:
                is_open = True
                packed = typing.get_args(annotation)
                if packed and is_typed_dict(packed[0]):
                    return name in packed[0].__annotations__, hints(packed[0]).get(name)
            elif parameter.name == name and parameter.kind is not parameter.VAR_POSITIONAL:
                return True, annotation
    if is_pydantic(thing):
        known = fields(thing)
        if name in known:
            return True, known[name][1]
        return (None if thing.model_config.get("extra") == "allow" else False), None
    return (None if is_open else False), None


def members(annotation: Any) -> Iterator[Any]:
    """The classes in an annotation: unions and wrappers are opened."""
    if typing.get_origin(annotation) is not None:
        if inspect.isclass(typing.get_origin(annotation)) and issubclass(typing.get_origin(annotation), Mapping):
            yield dict
            return
        for inner in typing.get_args(annotation):
            yield from members(inner)
    elif inspect.isclass(annotation) or hasattr(annotation, "type_name"):
        yield annotation


def _free(kind: Any) -> bool:
    """Whether a type says nothing about its keys: a plain mapping, or a document or blob of AWS."""
    return kind in (dict, object) or (hasattr(kind, "type_name") and not getattr(kind, "members", None))


def spelling(thing: Any, text: str, types_of: Mapping[str, Any]) -> None:
    """Check a spelling such as "config.max_output_tokens" against a callable. Raises MissingError or UnclearError."""
    first, *rest = text.split(".")
    verdict, annotation = accepts(thing, first)
    if verdict is False:
        raise MissingError(f"takes no `{first}`")
    if verdict is None:
        raise UnclearError(f"takes any keyword, `{first}` among them")
    trail = first
    if trail in types_of:
        annotation = types_of[trail]
    for step in rest:
        kinds = list(members(annotation))
        answers = [accepts(kind, step) for kind in kinds if kind not in _SCALARS and not _free(kind)]
        good = [answer for answer in answers if answer[0]]
        if not good:
            if answers and all(answer[0] is False for answer in answers) and not any(_free(kind) for kind in kinds):
                raise MissingError(f"`{trail}` takes no `{step}`")
            raise UnclearError(f"`{trail}` is a free mapping or has no type")
        annotation, trail = good[0][1], f"{trail}.{step}"
