"""Retries that follow one another without a pause.

## What it does
Finds retry decorators and policies around a model call or a request that have no wait between attempts (tenacity without `wait`, retrying without a `wait_…`
argument).

## Why it matters
What fails is mostly a rate limit or an overloaded server, and neither is over within a millisecond. Attempts without a pause are spent at once, so the call
fails as if it had not been retried, and every caller that does so multiplies the load on a server that is already in trouble.

## Example
```python
import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(5))
def fetch(url: str) -> dict:
    answer = requests.get(url, timeout=10)
    answer.raise_for_status()
    return answer.json()
```

## Use instead
```python
import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential


@retry(retry=retry_if_exception_type(requests.ConnectionError), stop=stop_after_attempt(5), wait=wait_random_exponential(max=30))
def fetch(url: str) -> dict:
    answer = requests.get(url, timeout=10)
    answer.raise_for_status()
    return answer.json()
```

## Where it stays silent
backoff and stamina, which always wait; functions in which no model call and no request is found; waits that cannot be followed; policies with a single attempt;
policies without a bound, which are another rule's business.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts import RetryPolicy, Rung
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.value import Absent, Known, Object
from launchlint.rule import Status, each

_FACTS = {
    "tenacity": "tenacity does not wait unless `wait` says how long",
    "retrying": "retrying does not wait unless a `wait_…` argument says how long",
}


@each(
    RetryPolicy,
    name="retry-without-backoff",
    family="retries",
    items=("LLM-ERR-01", "AGT-REL-07"),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="wait between attempts, longer each time and with some randomness",
    status=Status.PREVIEW,
)
def check(policy: RetryPolicy) -> Iterator[Report]:
    """Only the two libraries that do not wait by themselves are judged."""
    fact = _FACTS.get(policy.library)
    if fact is None or policy.bounded is False or not policy.covers or policy.receiver.weakest >= Rung.SUFFIX or _tries_once(policy):
        return
    match policy.effective("wait"):
        case Absent() | Known(None):
            yield Report(
                policy.place,
                f"`{policy.written}` repeats a failed call at once, so its attempts are spent before a rate limit or an outage can pass: {fact}",
                related=tuple(Related(*via) for via in policy.covers),
            )


def _tries_once(policy: RetryPolicy) -> bool:
    match policy.effective("stop"):
        case Known(Object(type=kind, fields=fields)) if kind.endswith(".stop_after_attempt"):
            attempts = fields.get("max_attempt_number")
        case _:
            attempts = policy.effective("attempts")
    return isinstance(attempts, Known) and attempts.value == 1
