"""A model client that waits for an answer for ever.

## What it does
Finds SDK clients, framework model objects and module-level model calls for which no timeout is set and whose library has none by default. Several libraries
lift the limit of the SDK they wrap: LangChain's chat models hand `timeout=None` on, which switches the ten minutes of the OpenAI SDK off.

## Why it matters
Providers do stall: the connection stays open and no byte arrives. Without a timeout the worker, its connection and the user's request are held until somebody
restarts the process, and retries and fallbacks never get their turn, because nothing ever fails.

## Example
```python
from langchain_openai import ChatOpenAI

llm = ChatOpenAI(model="gpt-4o-mini")
```

## Use instead
```python
from langchain_openai import ChatOpenAI

llm = ChatOpenAI(model="gpt-4o-mini", timeout=60, max_tokens=800)
```

## Where it stays silent
Libraries with a default timeout, however long (OpenAI and Anthropic SDKs: 600 s); clients each of whose calls passes a timeout of its own; clients that get an
HTTP client or options that cannot be followed; a timeout that is set to None on purpose, which is another rule's business.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.base import Rung
from launchlint.facts.llm import ClientConstruction, LlmCall, ModelConstruction, SdkSite
from launchlint.model.finding import Report, Severity
from launchlint.model.value import Known, Origin
from launchlint.rule import each


@each(
    ModelConstruction,
    ClientConstruction,
    LlmCall,
    name="llm-timeout-unbounded",
    family="timeouts",
    items=("LLM-ERR-06",),
    severity=Severity.ERROR,
    since="0.1.0",
    cure="set a timeout that is longer than the slowest good answer and shorter than the caller's own",
)
def check(site: SdkSite) -> Iterator[Report]:
    """Of calls only those of functions count: a method's timeout is reported where its client or model was built."""
    if isinstance(site, LlmCall) and (site.through_model or _is_method(site)):
        return
    if isinstance(site, ClientConstruction) and site.timeout_at_every_call:
        return
    if site.receiver.weakest >= Rung.SUFFIX:
        return
    match site.effective("timeout"):
        case Known(None, Origin.SDK_DEFAULT) as default:
            fact = f": {default.because}" if default.because else ""
            yield Report(
                site.place,
                f"`{site.written}` sets no timeout, so a provider that stops answering holds the caller until something outside ends it{fact}",
                basis=(default,),
            )


def _is_method(call: LlmCall) -> bool:
    return ":" in call.callee
