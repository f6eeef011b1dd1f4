r"""A pattern of allowed origins that lets strangers in.

## What it does
Tries the literal pattern of a CORS configuration on origins that a stranger can have, in the way the library does it: Starlette and FastAPI hold
`allow_origin_regex` against the whole origin, flask-cors holds a string with regular expression characters against its start. The origins tried are made of the
hosts that the pattern names: with something appended, with something put before, with another character for a dot; and sites on hosting where anybody may
publish.

## Why it matters
A pattern that is meant for one's own subdomains and is one character too wide admits a domain that anybody can register for ten euros. Such a site is then
trusted like one's own: it calls the API from the user's browser, with the user's cookies if credentials are allowed, and reads the answers.

## Example
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://.*example\.com", allow_credentials=True)
```

## Use instead
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://([a-z0-9-]+\.)?example\.com", allow_credentials=True)
```

## Where it stays silent
Patterns that none of the tried origins passes, that cannot be followed, or whose evaluation might take long (a repeated group that holds repetitions or
alternatives); policies that allow every origin anyway; policies that are added for local development only; globs, which are the business of
`cors-glob-not-supported`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from launchlint.facts.base import Rung
from launchlint.facts.web import Admission, CorsPolicy
from launchlint.model.finding import Report, Severity
from launchlint.model.value import Items, Known
from launchlint.rule import each

_EVIL = "evil.invalid"
_SHARED = frozenset((
    "vercel.app", "netlify.app", "github.io", "herokuapp.com", "pages.dev", "workers.dev", "web.app", "firebaseapp.com", "azurewebsites.net",
    "azurestaticapps.net", "onrender.com", "fly.dev", "run.app", "streamlit.app", "hf.space", "ngrok.io", "ngrok-free.app", "ngrok.app", "trycloudflare.com",
    "cloudfront.net", "amazonaws.com", "replit.app", "replit.dev", "repl.co", "lovable.app", "glitch.me", "surge.sh", "gitpod.io", "github.dev", "railway.app",
))  # fmt: skip
"""Hosting where anybody may publish a site under a name of their choice."""

_FLASK_PATTERN = frozenset("*\\]?$^[()")
"""A string with one of these is a pattern for flask-cors."""
_GLOB = re.compile(r"(?:^|[/:@])\*")
_VARIABLE = re.compile(r"\[[^\]]*\]|\\[dDwWsSbBAZ]|\{[^}]*\}")
_SCHEME = re.compile(r"https?\??:?\\?/?\\?/?|\(\?[:i]*")
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\\?\.[A-Za-z0-9-]+)*")

_LONGEST = 300
_QUANTIFIERS = 12
_ENDLESS = 5


class _Stranger(NamedTuple):
    """An origin that a stranger can have, and what it shows when a pattern admits it."""

    origin: str
    because: str


@each(
    CorsPolicy,
    name="cors-regex-too-wide",
    family="cors",
    items=("SEC-ACC-08",),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="escape the dots, close the pattern with `$`, let only whole labels of your own domain vary; or list the origins",
    exact=True,
    security_severity="8.1",
    tags=("security", "external/cwe/cwe-942", "external/cwe/cwe-185"),
)
def check(policy: CorsPolicy) -> Iterator[Report]:
    """The first pattern of a policy that admits a stranger; with credentials it is an error."""
    if policy.receiver.weakest >= Rung.SUFFIX or policy.development or policy.wildcard() is not None:
        return
    for part in policy.admissions():
        for value, admits in _patterns(policy, part):
            stranger = next((one for one in _strangers(str(value.value), policy.library) if admits(one.origin)), None)
            if stranger is not None:
                place, related = policy.told_at(value)
                harm = "act as the signed-in user" if part.with_credentials else "call this API from a user's browser"
                yield Report(
                    place,
                    f"the pattern `{value.value}` of `{policy.name}` admits `{stranger.origin}`, so a stranger's page can {harm}: {stranger.because}",
                    related=related,
                    severity=Severity.ERROR if part.with_credentials else None,
                )
                return


def _patterns(policy: CorsPolicy, part: Admission) -> Iterator[tuple[Known, Callable[[str], object]]]:
    """The patterns of a policy, each with the library's own way to hold an origin against it."""
    if policy.library == "starlette":
        match part.origin_regex:
            case Known(str(text)) if (compiled := _compiled(text, 0)) is not None:
                yield part.origin_regex, compiled.fullmatch
        return
    if policy.library != "flask-cors" or not isinstance(part.origins, Known):
        return
    values = part.origins.value.items if isinstance(part.origins.value, Items) else (part.origins,)
    for value in values:
        match value:
            case Known(str(text)) if _FLASK_PATTERN & set(text) and not _GLOB.search(text) and (compiled := _compiled(text, re.IGNORECASE)) is not None:
                yield value, compiled.match


def _compiled(pattern: str, flags: int) -> re.Pattern[str] | None:
    """The compiled pattern; None when it is broken or when matching it might take long, as the text is a stranger's."""
    if len(pattern) > _LONGEST or _may_take_long(pattern):
        return None
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError):
        return None


def _may_take_long(pattern: str) -> bool:
    """Whether a group that repeats or chooses is itself repeated, or there are too many repetitions in a row."""
    text = re.sub(r"\\.", "x", pattern)
    text = re.sub(r"\[\^?\]?[^\]]*\]", "x", text)
    if len(re.findall(r"[*+?{]", text)) > _QUANTIFIERS or len(re.findall(r"[*+]|,\}", text)) > _ENDLESS:
        return True
    groups: list[bool] = []
    for index, sign in enumerate(text):
        if sign == "(":
            groups.append(False)
        elif sign == ")" and groups:
            restless = groups.pop()
            if restless and text[index + 1 : index + 2] in {"*", "+", "{"}:
                return True
            if restless and groups:
                groups[-1] = True
        elif sign in "*+{|" and groups:
            groups[-1] = True
    return False


def _strangers(pattern: str, library: str) -> Iterator[_Stranger]:
    """Origins that a pattern for one's own sites must not admit."""
    for scheme in ("https", "http"):
        yield _Stranger(f"{scheme}://{_EVIL}", "it stands for every origin")
    after = (
        "flask-cors compares only the start of an origin, so whatever follows the pattern is free"
        if library == "flask-cors"
        else "what ends the pattern also stands for dots, and so for another domain"
    )
    for host in _hosts(pattern):
        for scheme in ("https", "http"):
            for origin in (f"{host}.{_EVIL}", f"app.{host}.{_EVIL}"):
                yield _Stranger(f"{scheme}://{origin}", after)
            if "." not in host:
                continue
            if host in _SHARED:
                yield _Stranger(f"{scheme}://evil.{host}", f"anybody can publish a site under `{host}`")
            if any(sign.isalpha() for sign in host.rsplit(".", 1)[-1]):
                yield _Stranger(f"{scheme}://x{host}", "no dot has to stand before your domain, so other names may end like it")
            *labels, last, top = host.split(".")
            if labels:
                yield _Stranger(f"{scheme}://{'x'.join((*labels, last))}.{top}", "a dot that is not escaped stands for any character")


def _hosts(pattern: str) -> list[str]:
    r"""The hosts a pattern names, without what varies: "example.com" of `https://.*\.example\.com`."""
    text = _VARIABLE.sub(" ", pattern)
    hosts = (match.group().replace("\\", "").strip("-") for match in _HOST.finditer(_SCHEME.sub(" ", text)))
    return [host for host in dict.fromkeys(hosts) if "." in host or host == "localhost"]
