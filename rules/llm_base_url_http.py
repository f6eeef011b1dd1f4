"""A model service that is reached without encryption.

## What it does
Finds clients, model objects and calls of model SDKs whose base address begins with `http://` and names a host outside one's own network: given in place, in a
constant, in a settings file, or as the default of an environment variable.

## Why it matters
Prompts, documents, answers and the API key in the header cross every network on the way in readable form, and whoever is on the way can change an answer that
an agent acts upon. A redirect to `https` does not help: the first request, with the key, was already sent.

## Example
```python
from openai import OpenAI

client = OpenAI(base_url="http://llm.example.com/v1", timeout=60)
```

## Use instead
```python
from openai import OpenAI

client = OpenAI(base_url="https://llm.example.com/v1", timeout=60)
```

## Where it stays silent
The machine itself, private and link-local addresses, names without a dot (services of Compose and Kubernetes), names under `.internal`, `.local`, `.lan`,
`.svc` and the like; addresses that cannot be followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from launchlint.facts.base import Rung
from launchlint.facts.llm import ClientConstruction, EmbeddingCall, LlmCall, ModelConstruction, SdkSite
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.value import Known, Origin
from launchlint.rule import Status, each

_OWN_NETWORK = (
    ".internal",
    ".local",
    ".lan",
    ".localhost",
    ".localdomain",
    ".home",
    ".home.arpa",
    ".corp",
    ".intranet",
    ".private",
    ".svc",
    ".test",
    ".invalid",
)


@each(
    ClientConstruction,
    ModelConstruction,
    LlmCall,
    EmbeddingCall,
    name="llm-base-url-http",
    family="transport",
    items=("LLM-SEC-07",),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="use the https address of the service, or put a proxy that speaks TLS in front of it",
    status=Status.PREVIEW,
    security_severity="6.8",
    tags=("security", "external/cwe/cwe-319"),
)
def check(site: SdkSite) -> Iterator[Report]:
    """An address is judged where it is given, so that a client and its calls are one finding."""
    url = site.argument("base_url").passed
    if not isinstance(url, Known) or not isinstance(url.value, str) or site.receiver.weakest >= Rung.SUFFIX:
        return
    host = _public_host(url.value)
    if host is None:
        return
    away = url.place is not None and (url.place.path != site.place.path or not site.place.span.line <= url.place.span.line <= site.place.span.end_line)
    when = " unless the environment says otherwise" if url.origin is Origin.ENV_DEFAULT else ""
    yield Report(
        site.place,
        f"`{site.written}` reaches `{host}` over plain HTTP{when}, so the API key, prompts and answers can be read and changed on the way",
        related=(Related(url.place, "address set here"),) if away and url.place is not None else (),
    )


def _public_host(url: str) -> str | None:
    """The host of a plain HTTP address outside one's own network; None for any other address."""
    if not url.lower().startswith("http://"):
        return None
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    if not host.isascii() or any(sign in host for sign in "{}<>$ _%"):
        return None  # a placeholder
    if ":" in host or host.replace(".", "").isdigit():
        return None if _is_own_address(host) else host
    return None if "." not in host or host.endswith(_OWN_NETWORK) or ".svc." in host or host.startswith("your") else host


def _is_own_address(host: str) -> bool:
    import ipaddress

    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return True
