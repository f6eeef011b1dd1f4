"""Retries that nothing ends.

## What it does
Finds retry decorators and policies without a bound (tenacity without `stop`, backoff with neither `max_tries` nor `max_time`, retrying without a `stop_…`
argument, stamina with both bounds set to None), and `while True` loops around a `try` that repeats a model call or a request whose failure is only swallowed.

## Why it matters
Some failures last: a revoked key, a prompt the provider refuses, an exhausted quota. Retries without a bound repeat them until the process is killed, and the
caller waits all that time. Without a pause they also do so thousands of times a minute, which keeps the rate limit exhausted for everybody else.

## Example
```python
from tenacity import retry, wait_exponential


@retry(wait=wait_exponential(max=60))
def ask(client, question: str) -> str:
    return client.ask(question)
```

## Use instead
```python
from tenacity import retry, stop_after_attempt, wait_exponential


@retry(stop=stop_after_attempt(4), wait=wait_exponential(max=60))
def ask(client, question: str) -> str:
    return client.ask(question)
```

## Where it stays silent
Bounds by attempts, time, an event or a condition of the project's own; options that cannot be followed; loops that count, read a clock or a flag, wait for
input or a queue, or leave on some failure.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.base import Fact, Rung
from launchlint.facts.retry import RetryLoop, RetryPolicy
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.value import Known, Origin
from launchlint.rule import each

_BOUNDS = ("stop", "attempts", "deadline")


@each(
    RetryPolicy,
    RetryLoop,
    name="retry-unbounded",
    family="retries",
    items=("LLM-ERR-01",),
    severity=Severity.ERROR,
    since="0.1.0",
    exact=True,
    cure="end it after a number of attempts or seconds, with a growing pause between them",
)
def check(retry: Fact) -> Iterator[Report]:
    """A policy counts when it is certain that nothing ends it; loops come from the linker in the strict form only."""
    if isinstance(retry, RetryLoop):
        yield Report(
            retry.place,
            "this loop repeats a failed call for ever: its handler goes on to the next round, and nothing counts attempts or time",
            related=(Related(*retry.attempt), Related(*retry.swallows)),
        )
    elif isinstance(retry, RetryPolicy) and retry.bounded is False and retry.receiver.weakest < Rung.SUFFIX:
        default = _default(retry)
        fact = f": {default.because}" if default is not None and default.because else ""
        yield Report(
            retry.place,
            f"`{retry.written}` has no bound, so a call that fails for good is repeated until the process is killed{fact}",
            related=tuple(Related(*via) for via in retry.covers),
            basis=() if default is None else (default,),
        )


def _default(policy: RetryPolicy) -> Known | None:
    """The library's own default that leaves the policy without a bound; None when the code itself takes the bound away."""
    for name in _BOUNDS:
        value = policy.effective(name)
        if isinstance(value, Known) and value.value is None and value.origin is Origin.SDK_DEFAULT:
            return value
    return None
