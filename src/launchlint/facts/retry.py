"""Retries: policies of libraries and loops written by hand."""

from __future__ import annotations

from dataclasses import dataclass

from .base import CallSite, Fact, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy(CallSite):
    """A retry decorator or policy object (tenacity, backoff, …).

    Logical arguments: `attempts` (a number), `deadline` (seconds), `stop` (a condition object), `wait`, `on`. Absent means the library's default,
    with `effective` saying what it is.
    `bounded` is True or False when it is certain that something ends the retries, None when it cannot be known.
    `covers` names what the retried function does, found through the call graph ("calls OpenAI at …"); empty when nothing was found.
    """

    form: str = "decorator"
    bounded: bool | None = None
    covers: tuple[Via, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLoop(Fact):
    """`while True:` around a `try` whose body calls a model or sends a request, whose handler neither leaves nor counts.

    `attempt` is the call that is repeated, `swallows` the handler that lets the loop go on.
    """

    attempt: Via
    swallows: Via
    sleeps: bool = False
