"""Finds things in an installed package: names, members along a path, objects with dummy arguments."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import typing
import warnings
from collections.abc import Mapping
from typing import Any

from .signatures import hints, is_pydantic, members
from .verdicts import ElsewhereError, MissingError, UnclearError


def resolve(dotted: str) -> Any:
    """The object behind a dotted name. Raises MissingError, or UnclearError when a module of the name fails to import for want of another package."""
    names = dotted.split(".")
    try:
        found: Any = importlib.import_module(names[0])
    except ModuleNotFoundError as error:
        if error.name == names[0]:
            raise ElsewhereError(f"no package {names[0]}") from None
        raise UnclearError(f"importing {names[0]} needs {error.name}") from None
    except Exception as error:
        raise UnclearError(f"importing {names[0]} fails: {error!r}"[:160]) from None
    for at, name in enumerate(names[1:], 1):
        found = _attribute(found, name, ".".join(names[:at]))
    return found


def _attribute(owner: Any, name: str, trail: str) -> Any:
    """An attribute, else a module of a package that nothing has imported so far."""
    try:
        return getattr(owner, name)
    except AttributeError:
        pass
    except Exception as error:
        raise UnclearError(f"{name}: {error!r}"[:160]) from None
    if not inspect.ismodule(owner):
        raise MissingError(f"{trail} has no {name}")
    module = f"{trail}.{name}"
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and (module == error.name or module.startswith(error.name + ".")):
            raise MissingError(f"{trail} has no {name}") from None
        raise UnclearError(f"importing {module} needs {error.name}") from None
    except Exception as error:
        raise UnclearError(f"importing {module} fails: {error!r}"[:160]) from None


async def _entered(manager: Any) -> Any:
    async with manager as made:
        return made


async def _called(cls: Any, arguments: Mapping[str, Any]) -> Any:
    return cls(**arguments)


def through(way: Mapping[str, Any], owner: Any) -> Any:
    """An object that another one gives: an attribute of it, or what a method returns when `arguments` are given."""
    found = walk(owner, way["path"])
    return found(**way["arguments"]) if "arguments" in way else found


def build(entry: str, cls: Any, arguments: Mapping[str, Any]) -> Any:
    """An object of a class entry, with dummy arguments. Raises UnclearError when it cannot be built."""
    if entry.endswith(".bedrock-runtime"):
        library = entry.split(".", maxsplit=1)[0]
        if library == "boto3":
            return resolve("boto3").client("bedrock-runtime")
        session = resolve("aioboto3").Session() if library == "aioboto3" else resolve("aiobotocore.session").get_session()
        make = session.client if library == "aioboto3" else session.create_client
        return asyncio.run(_entered(make("bedrock-runtime", region_name="us-east-1")))
    wanted = dict(arguments)
    with contextlib.suppress(TypeError, ValueError):
        for parameter in inspect.signature(cls).parameters.values():
            required = parameter.default is parameter.empty and parameter.kind in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}
            if required and parameter.name not in wanted:
                wanted[parameter.name] = "unused"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return cls(**wanted)
            except RuntimeError:
                return asyncio.run(_called(cls, wanted))  # it may want a running event loop
    except BaseException as error:
        raise UnclearError(f"cannot be built here: {type(error).__name__}: {error}"[:140]) from None


def walk(start: Any, path: str) -> Any:
    """Follow an attribute path on an object or, through annotations, on a class."""
    for name in path.split("."):
        try:
            found = inspect.getattr_static(start, name) if inspect.isclass(start) else getattr(start, name)
        except AttributeError:
            if is_pydantic(start) and name in start.model_fields:
                found = start.model_fields[name].annotation
            elif inspect.isclass(start) and name in hints_of_class(start):
                found = hints_of_class(start)[name]
            elif hasattr(start, "__getattr__") or inspect.isclass(start):
                raise UnclearError(f"`{name}` is made at run time") from None
            else:
                raise MissingError(f"no `{name}` in `{path}`") from None
        except Exception as error:
            raise UnclearError(f"`{name}`: {error!r}"[:120]) from None
        if isinstance(found, staticmethod | classmethod):
            found = found.__func__
        getter = getattr(found, "fget", None) or (getattr(found, "func", None) if type(found).__name__ == "cached_property" else None)
        if inspect.isclass(start) and getter is not None:
            found = next((cls for cls in members(hints(getter).get("return"))), None)
            if found is None:
                raise UnclearError(f"property `{name}` has no type")
        start = found
    return start


def hints_of_class(cls: type) -> dict[str, Any]:
    """Annotations of class attributes."""
    with contextlib.suppress(Exception):
        return typing.get_type_hints(cls)
    return {}
