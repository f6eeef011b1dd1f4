"""How many model calls launchlint knows, how it knows them, and what it knows of their arguments: `python -m tools.ladder DIR... [--sample N --seed S]`.

The yardstick is `tools.census`, which counts by name and shares no code with launchlint. A call is found when a fact stands on the lines of its callee;
its rung is the weakest step on the way from the call to the library.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launchlint.engine.registry import Registry
from launchlint.engine.run import Request, link
from launchlint.facts import EmbeddingCall, LlmCall, Rung, SdkSite
from launchlint.model.source import PathClass
from launchlint.model.value import Known, Unknown
from tools.census import Site, census

ARGUMENTS = ("model", "messages", "output_cap", "timeout", "retries", "api_key", "base_url")


@dataclass
class Ladder:
    """One checkout: each census call with its fact or None, and the raw SDK calls in production code that the census does not have."""

    root: Path
    pairs: list[tuple[Site, SdkSite | None]] = field(default_factory=list)
    beyond: list[LlmCall] = field(default_factory=list)

    def on(self, rung: Rung) -> list[tuple[Site, SdkSite]]:
        """The calls whose weakest step is `rung`."""
        return [(site, fact) for site, fact in self.pairs if fact is not None and fact.receiver.weakest == rung]

    @property
    def missed(self) -> list[Site]:
        """The calls of the census without a fact."""
        return [site for site, fact in self.pairs if fact is None]


def climb(root: Path) -> Ladder:
    """Hold the facts of one checkout against its census."""
    whole = link(Request(root.resolve(), Registry(()), ()))
    calls = [fact for fact in whole.facts(LlmCall) if not fact.through_model]
    by_path: defaultdict[str, list[SdkSite]] = defaultdict(list)
    for fact in (*calls, *whole.facts(EmbeddingCall)):
        by_path[fact.place.path].append(fact)
    ladder = Ladder(root)
    matched: set[int] = set()
    for site in census(root):
        here = [fact for fact in by_path[site.path] if site.line <= fact.place.span.line <= site.last_line and id(fact) not in matched]
        here.sort(key=lambda fact: not fact.written.endswith(site.written.rsplit(".", 1)[-1]))
        if here:
            matched.add(id(here[0]))
        ladder.pairs.append((site, here[0] if here else None))
    ladder.beyond = [fact for fact in calls if id(fact) not in matched and fact.path_class is PathClass.PROD]
    return ladder


def show(ladders: Sequence[Ladder]) -> None:
    """The tables."""
    print("\t".join(("repository", "census", "found", *(rung.name.lower() for rung in Rung), "not found", "beyond the census")))
    for ladder in ladders:
        print("\t".join((ladder.root.name, *_figures([ladder]))))
    print("\t".join(("all", *_figures(ladders))))
    total = sum(len(ladder.pairs) for ladder in ladders) or 1
    climbed = 0
    shares = []
    for rung in Rung:
        climbed += sum(len(ladder.on(rung)) for ladder in ladders)
        shares.append(f"{rung.name.lower()} {100 * climbed / total:.0f} %")
    print(f"\ncumulative share of the census: {', '.join(shares)}\n")
    _show_arguments([fact for ladder in ladders for _, fact in ladder.pairs if isinstance(fact, LlmCall)])


def _figures(ladders: Sequence[Ladder]) -> list[str]:
    census_calls = sum(len(ladder.pairs) for ladder in ladders)
    missed = sum(len(ladder.missed) for ladder in ladders)
    rungs = [sum(len(ladder.on(rung)) for ladder in ladders) for rung in Rung]
    return [str(n) for n in (census_calls, census_calls - missed, *rungs, missed, sum(len(ladder.beyond) for ladder in ladders))]


def _show_arguments(calls: Sequence[LlmCall]) -> None:
    print("argument\tcalls\tabsent\tknown\tunknown\treasons of unknown")
    everything: Counter[str] = Counter()
    for name in ARGUMENTS:
        values = [call.effective(name) for call in calls if call.has(name)]
        known = sum(isinstance(value, Known) for value in values)
        reasons = Counter(value.why for value in values if isinstance(value, Unknown))
        everything += reasons
        worst = ", ".join(f"{why} {count}" for why, count in reasons.most_common(4))
        print(f"{name}\t{len(values)}\t{len(values) - known - reasons.total()}\t{known}\t{reasons.total()}\t{worst}")
    print("\nreasons of unknown, all arguments:")
    for why, count in everything.most_common():
        print(f"{count:6}  {why}")


def show_sample(ladders: Sequence[Ladder], size: int, seed: int) -> None:
    """`size` calls of each rung, of those not found and of those beyond the census, to be read by a person."""
    chance = random.Random(seed)
    groups: dict[str, list[str]] = {
        rung.name.lower(): [_line(ladder.root, site.path, site.line, f"{fact.library}: {fact.callee}") for ladder in ladders for site, fact in ladder.on(rung)]
        for rung in Rung
    }
    groups["not found"] = [_line(ladder.root, site.path, site.line, site.suffix) for ladder in ladders for site in ladder.missed]
    groups["beyond the census"] = [
        _line(ladder.root, fact.place.path, fact.place.span.line, f"{fact.receiver.weakest.name.lower()} {fact.callee}")
        for ladder in ladders
        for fact in ladder.beyond
    ]
    for name, lines in groups.items():
        print(f"\n{name}, {min(size, len(lines))} of {len(lines)}:")
        for line in chance.sample(lines, min(size, len(lines))):
            print(f"  {line}")


def _line(root: Path, path: str, line: int, what: str) -> str:
    text = (root / path).read_text("utf-8", "replace").splitlines()
    source = text[line - 1].strip() if line <= len(text) else ""
    return f"{root.name}/{path}:{line}  [{what}]  {source[:140]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="print N calls of each rung")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    ladders = [climb(root) for root in options.roots]
    show(ladders)
    if options.sample:
        show_sample(ladders, options.sample, options.seed)


if __name__ == "__main__":
    main()
