r"""An allowed origin written as a glob, which the library does not know.

## What it does
Finds origins with a `*` inside, such as `https://*.example.com` or `http://localhost:*`, in libraries without globs: in a list of Starlette and FastAPI, and
anywhere in flask-cors.

## Why it matters
Starlette compares listed origins letter by letter, so the entry admits nobody: the subdomains it was written for are refused, which shows in browsers only and
tends to be mended with a plain `*`. flask-cors takes the text for a regular expression, in which `/*` means any number of slashes: the subdomains are refused
and `https://xexample.com`, which anybody can register, is let in.

## Example
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://*.example.com"])
```

## Use instead
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://[a-z0-9-]+\.example\.com")
```

## Where it stays silent
A lone `*`, which is the business of `cors-wildcard`, and globs beside one; regular expressions in flask-cors; plain strings in Starlette, where a star anywhere
opens every origin; origins that cannot be followed; policies that are added for local development only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchlint.facts.base import Rung
from launchlint.facts.web import Admission, CorsPolicy
from launchlint.model.finding import Report, Severity
from launchlint.model.value import Items, Known
from launchlint.rule import each

_GLOB = re.compile(r"(?:^|[/:@])\*")
"""A star that repeats nothing a pattern would want repeated."""


@each(
    CorsPolicy,
    name="cors-glob-not-supported",
    family="cors",
    items=("SEC-ACC-08",),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="write a regular expression that ends with `$` and has its dots escaped, or list the origins",
    exact=True,
    security_severity="5.3",
    tags=("security", "external/cwe/cwe-942"),
)
def check(policy: CorsPolicy) -> Iterator[Report]:
    """One finding for one policy: the first glob is shown."""
    if policy.receiver.weakest >= Rung.SUFFIX or policy.development or policy.wildcard() is not None:
        return
    glob = next((value for part in policy.admissions() for value in _globs(policy, part)), None)
    if glob is None:
        return
    place, related = policy.told_at(glob)
    if policy.library == "flask-cors":
        consequence = "does not admit what the star should stand for, and admits strangers: flask-cors takes it for a regular expression and compares its start"
    else:
        consequence = "admits nobody: Starlette compares listed origins letter by letter, and no origin has a star in it"
    yield Report(place, f"the origin `{glob.value}` of `{policy.name}` {consequence}", related=related)


def _globs(policy: CorsPolicy, part: Admission) -> Iterator[Known]:
    """Texts with a star that the policy's library does not read as their writer does."""
    if not isinstance(part.origins, Known):
        return
    listed = isinstance(part.origins.value, Items)
    values = part.origins.value.items if isinstance(part.origins.value, Items) else (part.origins,)
    for value in values:
        match value:
            case Known(str(text)) if policy.library == "starlette" and listed and "*" in text:
                yield value
            case Known(str(text)) if policy.library == "flask-cors" and text != "*" and _GLOB.search(text):
                yield value
