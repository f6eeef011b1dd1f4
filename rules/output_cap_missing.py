"""An LLM call that does not cap its output tokens.

## What it does
Finds calls that generate text, and framework model objects, for which no output cap is set: not at the call, not on the model or client behind it, not in a
config object, request body or `.bind(…)`, and not by a default of the library. A cap that is set to None counts as none.

## Why it matters
Output tokens are the slow and expensive half of a call. Without a cap one answer may run to the model's own maximum, which is 16,000 tokens or more for most
current models: a prompt that makes the model ramble costs many times the usual price and holds the request for minutes.

## Example
```python
from openai import OpenAI

client = OpenAI(timeout=60)


def summarise(text: str) -> str:
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}])
    return answer.choices[0].message.content or ""
```

## Use instead
```python
from openai import OpenAI

client = OpenAI(timeout=60)


def summarise(text: str) -> str:
    answer = client.chat.completions.create(
        model="gpt-4o-mini",
        max_completion_tokens=800,
        messages=[{"role": "user", "content": text}],
    )
    return answer.choices[0].message.content or ""
```

## Where it stays silent
Libraries that require a cap (Anthropic) or bring one of their own; calls whose arguments are unpacked from something that cannot be followed; model objects
that get a cap later (`.bind(max_tokens=…)`, `.invoke(…, max_tokens=…)`); embeddings and other calls that generate no text.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.base import Rung
from launchlint.facts.llm import LlmCall, ModelConstruction, SdkSite
from launchlint.model.finding import Report, Severity
from launchlint.model.value import Absent, Known, Origin
from launchlint.rule import each

_CONSEQUENCE = "so one answer may be as long, as slow and as expensive as the model's own maximum allows"


@each(
    LlmCall,
    ModelConstruction,
    name="output-cap-missing",
    family="output",
    items=("LLM-COST-07", "COST-TOK-07"),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="pass an output cap that fits the longest answer the task needs",
)
def check(site: SdkSite) -> Iterator[Report]:
    """A call through a framework model object is left to the construction of that object: one defect, one finding."""
    through_model = isinstance(site, LlmCall) and site.through_model
    if through_model or not site.generates or not site.has("output_cap") or site.receiver.weakest >= Rung.SUFFIX:
        return
    match site.effective("output_cap"):
        case Absent():
            yield Report(site.place, f"`{site.written}` sets no cap on output tokens, {_CONSEQUENCE}")
        case Known(None, Origin.SDK_DEFAULT) as default:
            fact = f": {default.because}" if default.because else ""
            yield Report(site.place, f"`{site.written}` sets no cap on output tokens, {_CONSEQUENCE}{fact}", basis=(default,))
        case Known(None):
            yield Report(site.place, f"`{site.written}` sets its cap on output tokens to None, {_CONSEQUENCE}")
