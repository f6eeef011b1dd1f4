"""A CORS policy that lets every website act as the signed-in user.

## What it does
Finds CORS configurations that allow every origin and credentials beside it: `allow_origins=["*"]` with `allow_credentials=True` in Starlette and FastAPI,
`supports_credentials=True` in flask-cors without `origins`, `CORS_ALLOW_ALL_ORIGINS` with `CORS_ALLOW_CREDENTIALS` in Django; in place, in a variable, as the
default of an environment variable or in a settings file.

## Why it matters
Browsers refuse a plain star for requests with cookies, so many believe the pair to be harmless. The frameworks work around that: they answer with the origin of
whoever asks, as if it had been listed. Any page a signed-in user opens can then read that user's conversations and documents and send requests in their name.

## Example
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
```

## Use instead
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"], allow_credentials=True)
```

## Where it stays silent
Named origins with credentials; a star without credentials, which is the business of `cors-wildcard`; origins or credentials that come from somewhere that
cannot be followed; policies that are added for local development only; patterns, which are the business of `cors-regex-too-wide`.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.base import Rung
from launchlint.facts.web import CorsPolicy
from launchlint.model.finding import Report, Severity
from launchlint.model.value import Origin
from launchlint.rule import each

_REFLECTS = {
    "starlette": "Starlette answers a request with cookies with the caller's own origin",
    "flask-cors": "flask-cors answers with the caller's own origin",
    "django-cors-headers": "django-cors-headers answers with the caller's own origin",
}
"""What was seen when each library was run with both options."""


@each(
    CorsPolicy,
    name="cors-wildcard-credentials",
    family="cors",
    items=("SEC-ACC-08",),
    severity=Severity.ERROR,
    since="0.1.0",
    cure="list the origins that need access, for each environment, or do without credentials",
    exact=True,
    security_severity="8.1",
    tags=("security", "external/cwe/cwe-942"),
)
def check(policy: CorsPolicy) -> Iterator[Report]:
    """One finding for one policy, also when several of its resources are open."""
    wildcard = policy.wildcard()
    if wildcard is None or policy.receiver.weakest >= Rung.SUFFIX or policy.development:
        return
    star, with_credentials = wildcard
    if not with_credentials:
        return
    by_default = star.origin is Origin.SDK_DEFAULT
    facts = [fact for fact in (star.because if by_default else None, _REFLECTS.get(policy.library)) if fact]
    place, related = policy.told_at(star)
    yield Report(
        place,
        f"`{policy.name}` allows every origin with credentials, so any web page a user opens can act as that user and read the answers"
        + (f": {', and '.join(facts)}" if facts else ""),
        related=related,
        basis=(star,) if by_default else (),
    )
