"""An HTTP request that waits for an answer for ever.

## What it does
Finds requests through HTTP libraries without a timeout of their own (requests, urllib; aiohttp with a `ClientTimeout` that limits neither the whole request nor
its reads) for which none is set at the call.

## Why it matters
A server that accepts the connection and then stops answering holds the thread until the process is restarted. In a tool of an agent that is one web page the
model picked; the run never ends, and the user never gets an answer or an error.

## Example
```python
import requests


def fetch(url: str) -> str:
    return requests.get(url).text
```

## Use instead
```python
import requests


def fetch(url: str) -> str:
    return requests.get(url, timeout=10).text
```

## Where it stays silent
httpx and aiohttp with their defaults (5 s and 300 s); arguments that are unpacked from something that cannot be followed; sessions with an adapter, a subclass
or a patched `request` that may set a timeout; `urlopen` where the project calls `socket.setdefaulttimeout`; `file:` and `data:` URLs; a timeout that is set to
None on purpose, which is another rule's business.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.base import Rung
from launchlint.facts.http import HttpCall
from launchlint.model.finding import Report, Severity
from launchlint.model.value import Known, Origin
from launchlint.rule import each

_LOCAL_SCHEMES = ("file:", "data:")


@each(
    HttpCall,
    name="http-timeout-missing",
    family="timeouts",
    items=("LLM-ERR-06", "AGT-REL-03"),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="pass `timeout=` with the seconds this request may take",
)
def check(call: HttpCall) -> Iterator[Report]:
    """Only the library's default is judged here: whoever writes `timeout=None` has at least thought of it."""
    if call.receiver.weakest >= Rung.SUFFIX or _opens_no_connection(call):
        return
    match call.effective("timeout"):
        case Known(None, Origin.SDK_DEFAULT) as default:
            fact = default.because or "a server that stops answering holds the thread for ever"
            yield Report(call.place, f"`{call.written}` sets no timeout: {fact}", basis=(default,))


def _opens_no_connection(call: HttpCall) -> bool:
    match call.effective("url"):
        case Known(str(url)):
            return url.lower().startswith(_LOCAL_SCHEMES)
        case _:
            return False
