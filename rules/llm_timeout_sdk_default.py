"""A model client that keeps the ten minutes of its SDK.

## What it does
Finds raw SDK clients and module-level model calls for which no timeout is set and whose library waits 600 s or more by default.

## Why it matters
Ten minutes suit a batch job. Users leave after seconds, load balancers cut the connection after one minute, and a container is given 10 to 30 s to stop. The
SDK also retries a timeout, twice by default, so that one provider that hangs may hold a worker for half an hour.

## Example
```python
from openai import OpenAI

client = OpenAI()
```

## Use instead
```python
from openai import OpenAI

client = OpenAI(timeout=60)
```

## Where it stays silent
Clients each of whose calls passes a timeout of its own; clients of which no call is found in a project that gives its timeouts at the calls; clients that get
an HTTP client or options that cannot be followed; libraries with shorter defaults; framework model objects, whose timeouts are set in more places than one.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts import CallSite, ClientConstruction, EmbeddingCall, LlmCall, Project, Read, Rung
from launchlint.model.finding import Report, Severity
from launchlint.model.source import Place
from launchlint.model.value import Absent, Known, Origin
from launchlint.rule import Status, project

_LONG = 600


@project(
    name="llm-timeout-sdk-default",
    family="timeouts",
    items=("LLM-ERR-06",),
    severity=Severity.NOTE,
    since="0.1.0",
    needs=Read.FILE,
    cure="set a timeout that is longer than the slowest good answer and shorter than the caller's own",
    status=Status.PREVIEW,
)
def check(linked: Project) -> Iterator[Report]:
    """A client is reported where it was built when one of its calls has no timeout, or when nobody passes timeouts at calls."""
    calls: list[LlmCall | EmbeddingCall] = [*linked.facts(LlmCall), *linked.facts(EmbeddingCall)]
    without = {call.constructed for call in calls if isinstance(call.argument("timeout").passed, Absent)}
    at_calls = linked.read is Read.FILE or any(not isinstance(call.argument("timeout").passed, Absent) for call in calls)
    for client in linked.facts(ClientConstruction):
        if client.path_class in linked.classes and _is_left_alone(client, without, at_calls=at_calls):
            yield from _judge(client)
    for call in linked.facts(LlmCall):
        if call.path_class in linked.classes and not call.through_model and ":" not in call.callee:
            yield from _judge(call)


def _is_left_alone(client: ClientConstruction, without: set[Place | None], *, at_calls: bool) -> bool:
    return not client.timeout_at_every_call and (client.place in without or not at_calls)


def _judge(site: CallSite) -> Iterator[Report]:
    if site.receiver.weakest >= Rung.SUFFIX:
        return
    match site.effective("timeout"):
        case Known(int() | float() as seconds, Origin.SDK_DEFAULT) as default if seconds >= _LONG:
            retries = site.effective("retries")
            tries = retries.value + 1 if isinstance(retries, Known) and isinstance(retries.value, int) else 1
            longest = f", and for {tries * seconds / 60:.0f} with its retries" if tries > 1 else ""
            fact = f": {default.because}" if default.because else ""
            text = f"`{site.written}` sets no timeout, so a provider that hangs holds the caller for {seconds / 60:.0f} minutes{longest}{fact}"
            yield Report(site.place, text, basis=(default,))
