"""What holds when an argument is not passed: read from signatures, objects, constants, and from the request a call is about to send."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from .look import resolve, walk
from .signatures import fields, is_pydantic, signatures
from .verdicts import MissingError, UnclearError

_SENTINELS = {"NotGiven", "Omit", "Unset", "ellipsis", "_Unset", "UseClientDefault", "UnsetType", "PydanticUndefinedType", "object", "_empty", "Default"}


class _Sent(BaseException):
    """Ends a call at the moment it would touch the network; no SDK catches it, so none retries."""


def plain(value: Any) -> Any:
    """A default as the knowledge files write it: seconds for timeouts, the value for enumerations."""
    if isinstance(value, enum.Enum):
        return value.value
    if re.search("(?:_never|_none)$", type(value).__name__):
        return None  # an object that says "nothing"
    if isinstance(value, timedelta):
        return value.total_seconds()
    for attribute in ("read", "read_timeout", "total"):
        if "imeout" in type(value).__name__ and hasattr(value, attribute):
            return getattr(value, attribute)
    if hasattr(value, "_value") and "imeout" in type(value).__name__:
        return value._value
    return value


def is_sentinel(value: Any) -> bool:
    """Whether a default means "not given"."""
    if "sentinel" in type(value).__name__.lower():
        return True
    return value is ... or value is inspect.Parameter.empty or type(value).__name__ in _SENTINELS


def stated(thing: Any, names: list[str]) -> Iterator[Any]:
    """The defaults that a signature or the fields of a pydantic class state for some parameters."""
    if is_pydantic(thing):
        known = fields(thing)
        found = [known[name][0] for name in names if name in known]
        if found:
            yield from found
            return
    for name in names:
        for signature in signatures(thing):
            if name in signature.parameters:
                yield signature.parameters[name].default
                break


def sent_timeout(call: Callable[[], Any]) -> Any:
    """The read timeout of the request that a call is about to send. Raises UnclearError when it sends none."""
    seen: list[Any] = []
    before: list[Any] = []  # of requests that are not POST: questions before the call itself, or the call

    def note(request: Any, timeout: Any) -> None:
        if request.method != "POST":
            before.append(timeout)
            raise OSError("no network")
        seen.append(timeout)
        raise _Sent

    def http(_client: Any, request: Any, **_: Any) -> None:
        note(request, (request.extensions.get("timeout") or {}).get("read"))

    async def http_async(_client: Any, request: Any, **_: Any) -> None:
        http(_client, request)

    def requests_send(_session: Any, request: Any, **keywords: Any) -> None:
        note(request, plain(keywords.get("timeout")))

    with contextlib.ExitStack() as stack:
        for module in ("httpx", "httpx2"):
            with contextlib.suppress(ImportError):
                library = importlib.import_module(module)
                stack.enter_context(_replaced(library.Client, "send", http))
                stack.enter_context(_replaced(library.AsyncClient, "send", http_async))
        with contextlib.suppress(ImportError):
            stack.enter_context(_replaced(importlib.import_module("requests").Session, "send", requests_send))
        try:
            made = call()
            if inspect.iscoroutine(made):
                asyncio.run(made)
            elif hasattr(made, "__iter__") or hasattr(made, "__next__"):
                next(iter(made), None)
        except _Sent:
            pass
        except Exception as error:
            if not seen and not before:
                raise UnclearError(f"the call sends nothing here: {type(error).__name__}: {error}"[:140]) from None
    if not seen and not before:
        raise UnclearError("the call sends nothing through httpx or requests")
    value = [*seen, *before[-1:]][0]
    return value[1] if isinstance(value, tuple) else value


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def default(row: Mapping[str, Any], thing: Any, made: Callable[[], Any], arguments: list[str], probe: Any) -> str:
    """Check one default row. Returns how it was shown; raises MissingError (it is otherwise) or UnclearError."""
    names = [text for text in arguments if "." not in text]
    if row["kind"] == "required":
        values = list(stated(thing, names))
        if not values:
            raise UnclearError("the parameter is not in the signature")
        if any(value is inspect.Parameter.empty for value in values):
            return "no default in the signature"
        if not all(is_sentinel(value) for value in values):
            raise MissingError("the signature has a default")
        try:
            thing()
        except Exception:
            return "fails without it"
        raise MissingError("works without it")
    wanted = None if row["kind"] == "none" else row["value"]
    if probe is not None:
        try:
            value, how = _probed(probe, made, row["logical"])
        except MissingError as error:
            raise UnclearError(f"where this version keeps it is not known: {error}") from None
        if _same(value, wanted):
            return how
        raise MissingError(f"{how}: {value!r}")
    told = [plain(value) for value in stated(thing, names) if not is_sentinel(value)]
    if any(_same(value, wanted) for value in told) and (wanted is not None or all(value is None for value in told)):
        return "the signature"
    with contextlib.suppress(UnclearError):
        subject = made()
        for name in [*names, *(f"_{name}" for name in names), row["logical"]]:
            value = plain(getattr(subject, name, inspect.Parameter.empty))
            if not is_sentinel(value) and not callable(value):
                if _same(value, wanted):
                    return f"`.{name}` of an object"
                if value is not None:
                    raise MissingError(f"`.{name}` of an object is {value!r}")
    if [value for value in told if value is not None]:
        raise MissingError(f"the signature says {told!r}")
    raise UnclearError("the library decides inside" if told or names else "no parameter to look at")


def _same(value: Any, wanted: Any) -> bool:
    if wanted == "" and value in ("", (), []):
        return True
    if isinstance(value, int | float) and isinstance(wanted, int | float) and not isinstance(value, bool):
        return abs(value - wanted) < 1e-9
    return type(value) is type(wanted) and bool(value == wanted)


def _probed(probe: Any, made: Callable[[], Any], logical: str) -> tuple[Any, str]:
    """Read a default where a table of `prove_knowledge.py` says it can be seen."""
    if "constant" in probe:
        return plain(resolve(probe["constant"])), f"`{probe['constant']}`"
    if "read" in probe:
        value = plain(walk(made(), probe["read"]))
        return value, f"`.{probe['read']}` of an object"
    subject = made()
    function = walk(subject, probe["call"]) if probe["call"] and subject is not None else subject
    value = sent_timeout(lambda: function(**probe["arguments"]))
    scale = probe.get("scale", 1)
    return (value * scale if value is not None else None), f"the {logical} of the request it sends"


def inside(version: str, since: str | None, until: str | None) -> bool:
    """Whether a version lies in a range."""

    def key(text: str) -> list[int]:
        return [int(part) for part in re.findall(r"\d+", text)][:4]

    return (since is None or key(version) >= key(since)) and (until is None or key(version) < key(until))
