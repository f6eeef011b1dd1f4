"""A CORS policy that lets every website in.

## What it does
Finds CORS configurations whose allowed origins hold `*`: written in place, in a variable, as the default of an environment variable, in a settings file, or as
the default of the framework (flask-cors). In Starlette and FastAPI a star anywhere in a plain string counts, because membership is tested with
`"*" in allow_origins`. A policy that also allows credentials is the business of `cors-wildcard-credentials`.

## Why it matters
Browsers keep the page of one site from reading another site's answers; a star takes that protection away. Any page a user opens may then call the API from the
user's network and read what it says: an internal tool is open to whatever its users browse, and a public one spends its owner's tokens for strangers' pages.

## Example
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"])
```

## Use instead
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"])
```

## Where it stays silent
Lists of named origins; origins that come from somewhere that cannot be followed; a star in `allow_methods` or `allow_headers`; policies that are added for
local development only; patterns, which are another rule's business.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.base import Rung
from launchlint.facts.web import CorsPolicy
from launchlint.model.finding import Report, Severity
from launchlint.model.value import Origin
from launchlint.rule import each


@each(
    CorsPolicy,
    name="cors-wildcard",
    family="cors",
    items=("SEC-ACC-08",),
    severity=Severity.WARNING,
    since="0.1.0",
    exact=True,
    cure="list the origins that need access, for each environment",
    security_severity="6.5",
    tags=("security", "external/cwe/cwe-942"),
)
def check(policy: CorsPolicy) -> Iterator[Report]:
    """One finding for one policy, also when several of its resources are open."""
    wildcard = policy.wildcard()
    if wildcard is None or policy.receiver.weakest >= Rung.SUFFIX or policy.development:
        return
    star, with_credentials = wildcard
    if with_credentials:
        return
    by_default = star.origin is Origin.SDK_DEFAULT
    fact = f": {star.because}" if by_default and star.because else ""
    place, related = policy.told_at(star)
    yield Report(
        place,
        f"`{policy.name}` allows every origin, so any web page a user opens can call this API and read its answers{fact}",
        related=related,
        basis=(star,) if by_default else (),
    )
