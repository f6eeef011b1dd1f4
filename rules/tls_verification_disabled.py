"""An encrypted connection to whoever answers.

## What it does
Finds requests and HTTP clients whose certificate check is switched off: `verify=False` of requests and httpx, `ssl=False` of aiohttp and of its connectors,
`verify=False` of Ollama's and boto3's clients, and clients of model providers that are given such an HTTP client.

## Why it matters
Encryption without a check of the certificate keeps out nobody who can place himself on the way: a hotel network, a wrong DNS entry, a rogue proxy. He reads
prompts, documents and the API key in the header, and can change what comes back, which an agent then acts upon. It works in every test, so nothing tells.

## Example
```python
import requests


def fetch(url: str) -> str:
    return requests.get(url, timeout=10, verify=False).text
```

## Use instead
```python
import requests


def fetch(url: str) -> str:
    return requests.get(url, timeout=10, verify="/etc/ssl/certs/company-ca.pem").text
```

## Where it stays silent
Checks that are on, or whose state comes from elsewhere; paths of certificates and contexts; requests to the machine itself and to `http:` addresses, which
have no certificate to check.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from launchlint.facts.base import CallSite, Rung
from launchlint.facts.http import HttpCall
from launchlint.facts.llm import ClientConstruction, LlmCall, ModelConstruction
from launchlint.facts.project import Project, Read
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.source import Place
from launchlint.model.value import Known, Object, Value
from launchlint.rule import project

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "host.docker.internal"})


@project(
    name="tls-verification-disabled",
    family="transport",
    items=("LLM-SEC-07",),
    severity=Severity.ERROR,
    since="0.1.0",
    needs=Read.FILE,
    cure='leave the check on; for a certificate of your own give its authority as `verify="ca.pem"` or in an `ssl` context',
    exact=True,
    security_severity="7.4",
    tags=("security", "external/cwe/cwe-295"),
)
def check(read: Project) -> Iterator[Report]:
    """A client and its requests are one finding, reported where the check is switched off."""
    told: set[Place] = set()
    for kind in (HttpCall, ClientConstruction, ModelConstruction, LlmCall):
        for site in read.facts(kind):
            off = _switched_off(site)
            if off is None or site.path_class not in read.classes or site.receiver.weakest >= Rung.SUFFIX or _has_no_certificate(site):
                continue
            passed = off == site.argument("verify").passed
            place = site.place if passed or off.place is None else off.place
            if place not in told:
                told.add(place)
                related = () if place == site.place else (Related(site.place, "used here"),)
                what = f"`{site.written}`" if place == site.place else "this client"
                yield Report(
                    place,
                    f"{what} does not check the server's certificate, so whoever gets between can read what is sent, keys among it, and forge what comes back",
                    related=related,
                )


def _switched_off(site: CallSite) -> Known | None:
    """The False that switches the check off: at the request, on its client, or inside the HTTP client that an SDK is given."""
    verify = site.effective("verify")
    if _is_false(verify):
        assert isinstance(verify, Known)
        return verify
    match site.argument("http_client").passed:
        case Known(Object(kind, fields)) if kind.startswith(("httpx.", "httpx2.")):
            inner = fields.get("verify")
            return inner if isinstance(inner, Known) and _is_false(inner) else None
        case _:
            return None


def _is_false(value: Value) -> bool:
    return isinstance(value, Known) and value.value is False


def _has_no_certificate(site: CallSite) -> bool:
    """Whether the address is plain HTTP or the machine itself."""
    for name in ("url", "base_url"):
        match site.effective(name):
            case Known(str(url)):
                return url.lower().startswith("http:") or _host(url) in _LOCAL
    return False


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
