"""A timeout that is switched off.

## What it does
Finds requests, sessions, SDK clients, framework model objects and model calls whose timeout is None, or whose pair of timeouts has None for the answer, where
the library takes that as "wait for ever". A session or client is named once, where it was built, and not at each of its requests.

## Why it matters
For most clients `timeout=None` is not the same as leaving the argument out: it lifts the 600 s of the OpenAI and Anthropic SDKs and the 5 s of httpx. A server
that accepts the connection and then says nothing holds the worker until somebody restarts it. Streams need no None either: what counts is the pause between two
chunks, so a read timeout may be short while the whole answer takes minutes.

## Example
```python
import httpx


async def complete(url: str, body: dict) -> dict:
    async with httpx.AsyncClient(timeout=None) as client:
        return (await client.post(url, json=body)).json()
```

## Use instead
```python
import httpx


async def complete(url: str, body: dict) -> dict:
    async with httpx.AsyncClient(timeout=httpx.Timeout(10, read=120)) as client:
        return (await client.post(url, json=body)).json()
```

## Where it stays silent
Libraries that take None as "use the default" (LiteLLM, Mistral, Cohere, `aiohttp.ClientSession(timeout=None)`); clients each of whose calls passes a timeout of
its own; values that cannot be followed; a timeout that is left out, which is another rule's business.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts import CallSite, ClientConstruction, EmbeddingCall, HttpCall, LlmCall, ModelConstruction, Rung
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.source import Place
from launchlint.model.value import Absent, Items, Known, Origin, Value
from launchlint.rule import Status, each

_LANGCHAIN = "LangChain hands None on to the SDK, which lifts the SDK's own limit"
_FACTS = {
    "aiohttp": "None lifts aiohttp's 300 s",
    "anthropic": "None lifts the 600 s that the SDK has when `timeout` is left out",
    "google-genai": "google-genai has no limit of its own",
    "groq": "None lifts the 60 s that the SDK has when `timeout` is left out",
    "httpx": "None lifts the 5 s that httpx has when `timeout` is left out",
    "httpx2": "None lifts the 5 s that httpx2 has when `timeout` is left out",
    "huggingface_hub": "the client has no limit of its own",
    "langchain-anthropic": _LANGCHAIN,
    "langchain-groq": _LANGCHAIN,
    "langchain-ollama": "Ollama's client has no limit of its own",
    "langchain-openai": _LANGCHAIN,
    "langchain-together": _LANGCHAIN,
    "langchain-xai": _LANGCHAIN,
    "ollama": "Ollama's client has no limit of its own",
    "openai": "None lifts the 600 s that the SDK has when `timeout` is left out",
    "requests": "requests has no limit of its own",
    "urllib": "None lifts the process-wide default of `socket.setdefaulttimeout` too",
}
"""The libraries in which None means "for ever", each with the fact that the message teaches. In others it means the default."""

_PAIRS = frozenset({"httpx", "httpx2", "requests"})
"""Libraries that take (connect, read, …)."""


@each(
    HttpCall,
    ClientConstruction,
    ModelConstruction,
    LlmCall,
    EmbeddingCall,
    name="timeout-disabled",
    family="timeouts",
    items=("LLM-ERR-06", "AGT-REL-03"),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="set a timeout; for streams a read timeout, which limits the pause between two chunks",
    status=Status.PREVIEW,
)
def check(site: CallSite) -> Iterator[Report]:
    """A session has no fact of its own, so it is reported through its requests, all at the same place; clients and models have one."""
    fact = _FACTS.get(site.library)
    if fact is None or site.receiver.weakest >= Rung.SUFFIX or (isinstance(site, ClientConstruction) and site.timeout_at_every_call):
        return
    argument = site.argument("timeout")
    value = argument.effective
    if not isinstance(value, Known) or value.origin is Origin.SDK_DEFAULT or not _never_ends(value, site.library):
        return
    if not isinstance(argument.passed, Absent):
        place, name = site.place, f"`{site.written}`"
    elif isinstance(site, HttpCall) and site.constructed is not None and not _keeps_default(value, site):
        place, name = site.constructed, f"the {site.library} session behind `{site.written}`"
    else:
        return  # the client's or the model's own finding
    related = () if value.place is None or _within(value.place, place) else (Related(value.place, "set to None here"),)
    what = "its timeout for the answer to None" if isinstance(value.value, Items) else "its timeout to None"
    yield Report(
        place,
        f"{name} sets {what}, so a server that stops answering holds the caller until something outside ends it: {fact}",
        related=related,
        severity=Severity.WARNING if isinstance(site, HttpCall) else Severity.ERROR,
    )


def _never_ends(value: Known, library: str) -> bool:
    match value.value:
        case None:
            return True
        case Items((_, read, *_), open=False) if library in _PAIRS:
            return _is_none(read)
        case _:
            return False


def _is_none(value: Value) -> bool:
    return isinstance(value, Known) and value.value is None


def _keeps_default(value: Known, call: HttpCall) -> bool:
    """`ClientSession(timeout=None)`, unlike `ClientSession(timeout=ClientTimeout(total=None))`, has aiohttp's 300 s."""
    return call.library == "aiohttp" and value.place == call.constructed


def _within(inner: Place, outer: Place) -> bool:
    start, end = outer.span[:2], outer.span[2:]
    return inner.path == outer.path and start <= inner.span[:2] and inner.span[2:] <= end
