"""Which version of a library is in use at a file, from everything the project writes down.

Versions are compared by a few lines of our own: `packaging` is no dependency of launchlint, and only the order of versions is needed.
Whatever is not understood in a range is taken to allow more, never less, so that a certain answer stays certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from launchlint.documents.lockfiles import Pin, is_lock, normalized

Key: TypeAlias = tuple[tuple[int, ...], tuple[int, int], int, int]

_VERSION = re.compile(
    r"v?(?:\d+!)?(?P<release>\d{1,18}(?:\.\d{1,18})*)"
    r"(?:[-_.]?(?P<phase>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<number>\d{0,18}))?"
    r"(?P<post>(?:-\d{1,18})|[-_.]?(?:post|rev|r)[-_.]?\d{0,18})?"
    r"(?P<dev>[-_.]?dev[-_.]?\d{0,18})?"
    r"(?:\+[a-z0-9._-]+)?",
    re.IGNORECASE,
)
_PHASES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}
_CLAUSE = re.compile(r"(?P<operator>===?|~=|>=|<=|!=|<|>|\^|~|=)?\s*(?P<version>[^\s]+?)(?P<star>\.?\*)?")
_SIDE = re.compile(r"(?:^|[-_./])(?:dev|development|test|tests|testing|docs?|lint|ci|build|extra|extras)(?=[-_./]|$)")
# These hold manifests of the folder above.
_MANIFEST_FOLDERS = frozenset(("requirements", "reqs", "deps"))
_LAST = 10**9

_Said: TypeAlias = tuple[int, str, Pin]  # rank, path, pin


def key(version: str) -> Key | None:
    """A version as something to compare; None when it is none. Epochs and local parts ("+cu118") are ignored."""
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        return None
    release = [int(part) for part in found["release"].split(".")]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    post = _number(found["post"]) if found["post"] else -1
    dev = _number(found["dev"]) if found["dev"] else _LAST
    if found["phase"]:
        phase = (_PHASES[found["phase"].lower()], int(found["number"] or 0))
    else:
        # A development version without a phase comes before all phases.
        phase = (-1, 0) if found["dev"] and post < 0 else (3, 0)
    return tuple(release), phase, post, dev


def _number(text: str) -> int:
    digits = re.search(r"\d+", text)
    return int(digits[0]) if digits else 0


class Interval(NamedTuple):
    """Versions from `low` to `high`; None is open, `low` and `high` belong to it when closed."""

    low: Key | None = None
    high: Key | None = None
    high_closed: bool = False


def allowed(spec: str) -> list[Interval]:
    """The versions that a range allows, or more, as intervals one of which holds.

    Understands PEP 440 (`>=1,<2`, `~=1.4`, `==1.*`), Poetry (`^1.2`, `~1.2`, `||`) and conda (`=1.2`, `|`).
    """
    return [_interval(part) for part in re.split(r"\|\|?", spec)]


def _interval(part: str) -> Interval:
    low: Key | None = None
    high: Key | None = None
    closed = False
    for clause in re.split(r"[,\s]+(?=[<>=!~^])|,", part.strip()):
        for new_low, new_high, new_closed in _bounds(clause.strip()):
            if new_low is not None and (low is None or new_low > low):
                low = new_low
            if new_high is not None and (high is None or new_high < high or (new_high == high and not new_closed)):
                high, closed = new_high, new_closed
    return Interval(low, high, closed)


def _bounds(clause: str) -> Iterator[Interval]:
    found = _CLAUSE.fullmatch(clause)
    version = key(found["version"]) if found else None
    if found is None or version is None:
        return
    numbers = _numbers(found["version"])
    operator = found["operator"] or "=="
    if found["star"]:
        if operator in {"==", "="}:
            yield Interval(version, _release(_raised(numbers, len(numbers) - 1)))
    elif operator in {"==", "===", "="}:
        yield Interval(version, version, high_closed=True)
    elif operator in {">=", ">"}:
        yield Interval(low=version)
    elif operator in {"<=", "<"}:
        yield Interval(high=version, high_closed=operator == "<=")
    elif operator == "~=":
        yield Interval(version, _release(_raised(numbers, max(len(numbers) - 2, 0))))
    elif operator == "~":
        yield Interval(version, _release(_raised(numbers, min(1, len(numbers) - 1))))
    elif operator == "^":
        first = next((at for at, number in enumerate(numbers) if number), len(numbers) - 1)
        yield Interval(version, _release(_raised(numbers, first)))


def _numbers(version: str) -> list[int]:
    """The release as written, trailing zeros too: they count in `~=1.4.0`."""
    found = _VERSION.fullmatch(version)
    return [int(part) for part in found["release"].split(".")] if found else [0]


def _raised(numbers: list[int], at: int) -> list[int]:
    return [*numbers[:at], numbers[at] + 1]


def _release(numbers: list[int]) -> Key | None:
    return key(".".join(map(str, numbers)))


class Versions:
    """What all files of a project that write versions down say, asked from the place of a file.

    `pins` maps each such file (POSIX, relative to the project root) to what `documents.lockfiles.pins` read in it.
    """

    def __init__(self, pins: Mapping[str, Mapping[str, Pin]]) -> None:
        # folder -> distribution -> (rank, path, pin), the best first
        self._said: dict[str, dict[str, list[_Said]]] = {}
        for path in sorted(pins):
            folder = path.rpartition("/")[0]
            above, _, last = folder.rpartition("/")
            by_name = self._said.setdefault(above if last.lower() in _MANIFEST_FOLDERS else folder, {})
            for name, pin in pins[path].items():
                by_name.setdefault(name, []).append((_rank(path), path, pin))
        for by_name in self._said.values():
            for said in by_name.values():
                said.sort(key=lambda one: one[:2])

    def version_of(self, distribution: str, for_path: str) -> tuple[str | None, str | None]:
        """(the version in use at `for_path`, the file that says so).

        The nearest folder above `for_path` with a say decides, its lock file first, then its exact pin. Where it only gives a range, a lock file or
        a pin further up decides if it lies within that range. (None, the file with the range) when there is no more than a range, (None, None) when
        nothing says anything or equal files disagree.
        """
        ranged: str | None = None
        ranges: list[str] = []
        for said in self._above(distribution, for_path):
            exact = [(pin.version, path) for _, path, pin in said if pin.version is not None]
            if exact:
                version, path = exact[0]
                # Files of one rank may disagree, or contradict a nearer range.
                certain = len({key(other) for other, _ in exact}) == 1 and all(_admits(spec, version) for spec in ranges)
                return (version, path) if certain else (None, ranged)
            ranged = ranged or said[0][1]
            ranges += [pin.spec for _, _, pin in said]
        return None, ranged

    def decide(self, distribution: str, for_path: str, since: str | None, until: str | None) -> bool | None:
        """Whether the version in use at `for_path` lies in [since, until): True or False when every allowed version agrees, else None.

        A bound of None is open.
        """
        version, _ = self.version_of(distribution, for_path)
        if version is not None:
            specs = [f"=={version}"]
        else:
            nearest = next(self._above(distribution, for_path), None)
            if nearest is None:
                return None
            specs = [pin.spec for _, _, pin in nearest]
        low, high = (key(bound) if bound is not None else None for bound in (since, until))
        if (since is not None and low is None) or (until is not None and high is None):
            return None
        answers = {_compare(interval, low, high) for spec in specs for interval in allowed(spec)}
        return answers.pop() if len(answers) == 1 else None

    def _above(self, distribution: str, for_path: str) -> Iterator[list[_Said]]:
        """What each folder from `for_path` up to the root says, nearest first."""
        name = normalized(distribution)
        folder = for_path
        while folder:
            folder = folder.rpartition("/")[0]
            said = self._said.get(folder, {}).get(name)
            if said:
                yield _decisive(said)


def _rank(path: str) -> int:
    """0 for a lock file, 1 for a manifest, 2 for one of tests, docs or development."""
    if is_lock(path):
        return 0
    name = path.rsplit("/", 1)[-1].lower().rsplit(".", 1)[0]
    return 2 if _SIDE.search(name) else 1


def _decisive(said: list[_Said]) -> list[_Said]:
    """What the files of the best rank say. What a project pins for its tests does not speak for a range it ships with."""
    return [one for one in said if one[0] == said[0][0]]


def _admits(spec: str, version: str) -> bool:
    at = key(version)
    return at is None or any(
        (interval.low is None or interval.low <= at) and (interval.high is None or at < interval.high or (interval.high_closed and at == interval.high))
        for interval in allowed(spec)
    )


def _compare(interval: Interval, low: Key | None, high: Key | None) -> bool | None:
    """True when `interval` lies in [low, high), False when it lies outside, None when it does both."""
    inside = (low is None or (interval.low is not None and interval.low >= low)) and (
        high is None or (interval.high is not None and (interval.high < high or (interval.high == high and not interval.high_closed)))
    )
    if inside:
        return True
    below = low is not None and interval.high is not None and (interval.high < low or (interval.high == low and not interval.high_closed))
    above = high is not None and interval.low is not None and interval.low >= high
    return False if below or above else None
