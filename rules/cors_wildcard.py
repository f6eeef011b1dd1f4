"""A CORS policy that lets every website in.

## What it does
Finds CORS configurations whose allowed origins hold `*`: written in place, in a variable, as the default of an environment variable, in a settings file, or as
the default of the framework (flask-cors). In Starlette and FastAPI a star anywhere in a plain string counts, because membership is tested with
`"*" in allow_origins`. With credentials allowed it is an error.

## Why it matters
Browsers keep the page of one site from reading another site's answers; a star takes that protection away. Any page a user opens may then call the API from the
user's network and read what it says. With credentials, frameworks answer with the caller's own origin, and the page acts as the signed-in user.

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
Lists of named origins; origins that come from somewhere that cannot be followed; a star in `allow_methods` or `allow_headers`; policies that are added for
local development only; patterns, which are another rule's business.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.base import Rung
from launchlint.facts.web import CorsPolicy
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.value import ABSENT, Fields, Items, Known, Origin, Unknown, Value
from launchlint.rule import each

_OPEN = "so any web page a user opens can call this API and read its answers"
_OPEN_WITH_CREDENTIALS = "so any web page a user opens can call this API with that user's cookies and read its answers"


@each(
    CorsPolicy,
    name="cors-wildcard",
    family="cors",
    items=("SEC-ACC-08",),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="list the origins that need access, for each environment",
    security_severity="6.5",
    tags=("security", "external/cwe/cwe-942"),
)
def check(policy: CorsPolicy) -> Iterator[Report]:
    """One finding for one policy, also when several of its resources are open; one with credentials is told first."""
    if policy.receiver.weakest >= Rung.SUFFIX or policy.development:
        return
    found = sorted(_stars(policy), key=lambda pair: not pair[1])
    if not found:
        return
    star, with_credentials = found[0]
    name = policy.callee.rsplit(".", 1)[-1].replace(":", ".")
    fact = f": {star.because}" if star.origin is Origin.SDK_DEFAULT and star.because else ""
    if with_credentials:
        message = f"`{name}` allows every origin with credentials, {_OPEN_WITH_CREDENTIALS}{fact}"
    else:
        message = f"`{name}` allows every origin, {_OPEN}{fact}"
    place, related = policy.place, tuple[Related, ...]()
    if star.place is not None and star.origin is Origin.FILE:
        place, related = star.place, (Related(policy.place, "used as the allowed origins here"),)
    elif star.place is not None and not _within(star, policy):
        related = (Related(star.place, "allowed origins set here"),)
    yield Report(
        place,
        message,
        related=related,
        severity=Severity.ERROR if with_credentials else None,
        basis=(star,) if star.origin is Origin.SDK_DEFAULT else (),
    )


def _stars(policy: CorsPolicy) -> Iterator[tuple[Known, bool]]:
    """The values that open the policy, each with whether credentials are allowed beside it."""
    general, credentials = policy.effective("origins"), policy.effective("credentials")
    anywhere = policy.library == "starlette"
    resources = policy.effective("resources")
    if isinstance(resources, Unknown):
        return  # each resource may have origins of its own
    if isinstance(resources, Known) and isinstance(resources.value, Fields):
        for _, options in resources.value.entries:
            own = options.value if isinstance(options, Known) and isinstance(options.value, Fields) else Fields((), open=True)
            star = _star(_own_or_general(own, "origins", general), anywhere)
            if star is not None:
                yield star, _is_true(_own_or_general(own, "supports_credentials", credentials))
        return
    star = _star(general, anywhere)
    if star is not None:
        yield star, _is_true(credentials)


def _own_or_general(options: Fields, name: str, general: Value) -> Value:
    own = options.get(name)
    return general if own == ABSENT else own


def _star(origins: Value, anywhere: bool) -> Known | None:
    """The known value that lets every origin in, or None. `anywhere`: a star inside a longer string counts as well."""
    match origins:
        case Known(str(text)) if text == "*" or (anywhere and "*" in text):
            return origins
        case Known(Items(items)):
            for item in items:
                if isinstance(item, Known) and item.value == "*":
                    return item if item.place is not None else origins
        case _:
            pass
    return None


def _is_true(value: Value) -> bool:
    return isinstance(value, Known) and value.value is True


def _within(star: Known, policy: CorsPolicy) -> bool:
    assert star.place is not None
    outer, inner = policy.place.span, star.place.span
    return star.place.path == policy.place.path and (outer.line, outer.column) <= (inner.line, inner.column) and inner[2:] <= outer[2:]
