"""A timeout in the wrong unit.

## What it does
Finds timeouts of less than a second for libraries that count in milliseconds (google-genai, the Mistral SDK), and timeouts of hours for libraries that count in
seconds, written as a round number of thousands (`timeout=30000`).

## Why it matters
Thirty milliseconds are over before the first byte of an answer can arrive: every request fails, or is retried until it fails. Thirty thousand seconds are more
than eight hours, which is as good as no timeout. Both read well in a review, because the number is right and only its unit is not.

## Example
```python
from google import genai
from google.genai import types

client = genai.Client(http_options=types.HttpOptions(timeout=30))
```

## Use instead
```python
from google import genai
from google.genai import types

client = genai.Client(http_options=types.HttpOptions(timeout=30_000))
```

## Where it stays silent
Short timeouts of libraries that count in seconds; whole hours up to a day, and powers of ten, which mean "long"; numbers that cannot be followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts import CallSite, ClientConstruction, EmbeddingCall, HttpCall, LlmCall, ModelConstruction, Rung
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.source import Place
from launchlint.model.value import Absent, Known, Origin
from launchlint.rule import each

_MILLISECONDS = {"google-genai": "google-genai", "mistralai": "the Mistral SDK"}
"""Libraries that count in milliseconds, as messages name them."""

_SHORTEST_MIXUP, _LONGEST_MIXUP = 10_000, 3_600_000
_HOUR, _DAY = 3600, 86_400


@each(
    HttpCall,
    ClientConstruction,
    ModelConstruction,
    LlmCall,
    EmbeddingCall,
    name="timeout-unit-mixup",
    family="timeouts",
    items=("LLM-ERR-06", "AGT-REL-03"),
    severity=Severity.ERROR,
    since="0.1.0",
    cure="give the timeout in the unit that the library counts in",
    exact=True,
)
def check(site: CallSite) -> Iterator[Report]:
    """Facts hold seconds whatever the library's own unit is."""
    argument = site.argument("timeout")
    value = argument.effective
    if site.receiver.weakest >= Rung.SUFFIX or not isinstance(value, Known) or value.origin is Origin.SDK_DEFAULT:
        return
    seconds = value.value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return
    if not isinstance(argument.passed, Absent):
        place = site.place
    elif isinstance(site, HttpCall) and site.constructed is not None:
        place = site.constructed
    else:
        return  # the client's own finding
    library = _MILLISECONDS.get(site.library)
    related = _related(value, place)
    if library is not None and 0 < seconds < 1:
        written = f"{seconds * 1000:g}"
        text = f"`{site.written}` gives up after {written} ms, before any answer can arrive: {library} counts in milliseconds, so {written} s are {written}000"
        yield Report(place, text, related=related)
    elif library is None and _looks_like_milliseconds(seconds):
        text = f"`{site.written}` waits for {seconds / _HOUR:.1f} hours: it counts in seconds, and {seconds:g} reads like {seconds / 1000:g} s in milliseconds"
        yield Report(place, text, related=related)


def _looks_like_milliseconds(seconds: float) -> bool:
    """Whole hours may be meant, and powers of ten mean "long"."""
    if not _SHORTEST_MIXUP <= seconds <= _LONGEST_MIXUP or seconds % 1000:
        return False
    return not (seconds % _HOUR == 0 and seconds <= _DAY) and seconds not in {10_000, 100_000, 1_000_000}


def _related(value: Known, place: Place) -> tuple[Related, ...]:
    where = value.place
    if where is None or (where.path == place.path and place.span[:2] <= where.span[:2] and where.span[2:] <= place.span[2:]):
        return ()
    return (Related(where, "timeout set here"),)
