"""More retries than anybody waits for.

## What it does
Finds SDK clients, framework model objects and calls that are told to retry a failed request more than ten times, and retry decorators and policies around a
model call or a request that allow more than ten attempts and nothing else that ends them.

## Why it matters
Pauses grow to 8 s in the OpenAI and Anthropic SDKs, so twenty retries hold the caller for more than two minutes before it hears of a failure that was certain
after three. Requests that time out are retried too: with twenty retries at 60 s each the caller waits for 21 minutes. A provider in trouble gets every one of
those requests, from each caller.

## Example
```python
from openai import OpenAI

client = OpenAI(max_retries=25, timeout=60)
```

## Use instead
```python
from openai import OpenAI

client = OpenAI(max_retries=4, timeout=60)
```

## Where it stays silent
Up to ten; the defaults of the libraries; policies that a deadline ends as well; policies around functions in which no model call and no request is found, such
as one that waits for a database to start; numbers that cannot be followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts import CallSite, ClientConstruction, LlmCall, ModelConstruction, RetryPolicy, Rung
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.value import Absent, Known, Object, Origin, Value
from launchlint.rule import Status, each

_MANY = 10


@each(
    ClientConstruction,
    ModelConstruction,
    LlmCall,
    RetryPolicy,
    name="retry-count-excessive",
    family="retries",
    items=("LLM-ERR-01",),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="retry a handful of times, then let a fallback or the user have a turn",
    status=Status.PREVIEW,
)
def check(site: CallSite) -> Iterator[Report]:
    """An SDK counts what follows the first try, a policy all tries; both may be ten."""
    if site.receiver.weakest >= Rung.SUFFIX:
        return
    if isinstance(site, RetryPolicy):
        times = _number(_attempts(site))
        if times and site.covers and _no_deadline(site):
            text = f"`{site.written}` tries up to {times} times, so a failure that lasts keeps the caller waiting for all of them"
            yield Report(site.place, text, related=tuple(Related(*via) for via in site.covers))
        return
    argument = site.argument("retries")
    times = _number(argument.effective)
    if times and not isinstance(argument.passed, Absent):
        yield Report(site.place, f"`{site.written}` retries {times} times, so a failure that lasts keeps the caller waiting for all of them")


def _attempts(policy: RetryPolicy) -> Value:
    match policy.effective("stop"):
        case Known(Object(type=kind, fields=fields)) if kind.endswith(".stop_after_attempt"):
            return fields.get("max_attempt_number")
        case _:
            return policy.effective("attempts")


def _number(value: Value) -> int:
    """The count when it is known, written by somebody and too high, else 0."""
    match value:
        case Known(int(times), origin) if origin is not Origin.SDK_DEFAULT and times > _MANY:
            return times
        case _:
            return 0


def _no_deadline(policy: RetryPolicy) -> bool:
    deadline = policy.effective("deadline")
    return isinstance(deadline, Absent) or (isinstance(deadline, Known) and deadline.value is None)
