"""Retries that repeat every failure.

## What it does
Finds retry decorators and policies around a model call or a request that do not say which exceptions are worth another attempt (tenacity without `retry`,
retrying without `retry_on_exception`).

## Why it matters
A rate limit or a lost connection may be gone at the next attempt. A revoked key, a prompt that the provider refuses, an unknown model and a typing error in the
code are not: they fail again each time, the caller waits for all the pauses in vain, and every attempt on an answer that could not be parsed is paid for.

## Example
```python
from openai import OpenAI
from tenacity import retry, stop_after_attempt, wait_random_exponential

client = OpenAI(timeout=60)


@retry(stop=stop_after_attempt(5), wait=wait_random_exponential(max=60))
def summarise(text: str) -> str:
    answer = client.responses.create(model="gpt-4o-mini", max_output_tokens=800, input=text)
    return answer.output_text
```

## Use instead
```python
import openai
from openai import OpenAI
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

client = OpenAI(timeout=60)
PASSING = (openai.RateLimitError, openai.APIConnectionError, openai.InternalServerError)


@retry(retry=retry_if_exception_type(PASSING), stop=stop_after_attempt(5), wait=wait_random_exponential(max=60))
def summarise(text: str) -> str:
    answer = client.responses.create(model="gpt-4o-mini", max_output_tokens=800, input=text)
    return answer.output_text
```

## Where it stays silent
Policies that name a condition, however wide; functions in which no model call and no request is found within two calls; arguments that cannot be followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts import RetryPolicy, Rung
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.value import Absent
from launchlint.rule import Status, each

_FACTS = {
    "tenacity": "tenacity retries on every exception unless `retry` says on which",
    "retrying": "retrying retries on every exception unless `retry_on_exception` says on which",
}


@each(
    RetryPolicy,
    name="retry-on-any-exception",
    family="retries",
    items=("LLM-ERR-02",),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="name what may pass: rate limits, lost connections, timeouts and errors of the server",
    status=Status.PREVIEW,
)
def check(policy: RetryPolicy) -> Iterator[Report]:
    """The default of the library is what counts: stamina and backoff ask for the exceptions."""
    fact = _FACTS.get(policy.library)
    if fact is None or not policy.covers or policy.receiver.weakest >= Rung.SUFFIX or not isinstance(policy.effective("on"), Absent):
        return
    yield Report(
        policy.place,
        f"`{policy.written}` repeats every failure, also a revoked key, a refused request or a bug, which fails the same way each time: {fact}",
        related=tuple(Related(*via) for via in policy.covers),
    )
