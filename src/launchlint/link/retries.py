"""What a retried function does, found through the call graph."""

from __future__ import annotations

from dataclasses import replace

from launchlint.facts.base import CallSite, Fact, Rung, Via
from launchlint.facts.http import HttpCall
from launchlint.facts.llm import EmbeddingCall, LlmCall
from launchlint.facts.retry import RetryPolicy
from launchlint.syntax.records import CallRef

from .callgraph import CallGraph, Function
from .program import Site


def cover(made: list[tuple[Site, Fact]], graph: CallGraph) -> list[tuple[Site, Fact]]:
    """Retry policies with the model and HTTP calls under them."""
    calls: dict[tuple[str, int], list[CallSite]] = {}
    for site, fact in made:
        if isinstance(fact, LlmCall | EmbeddingCall | HttpCall) and fact.receiver.weakest < Rung.SUFFIX:
            owner = graph.owner(site.module, site.scope)
            calls.setdefault((owner.module.path, owner.scope), []).append(fact)
    return [(site, replace(fact, covers=_covered(site, graph, calls)) if isinstance(fact, RetryPolicy) else fact) for site, fact in made]


def _covered(site: Site, graph: CallGraph, calls: dict[tuple[str, int], list[CallSite]]) -> tuple[Via, ...]:
    scope = site.scope
    if site.call >= 0:
        decorated = [h.id for h in site.module.inner(site.scope) if CallRef(site.call) in h.decorators]
        if not decorated:
            return ()
        scope = decorated[0]
    found: list[Via] = []
    for function, _ in graph.reachable(Function(site.module, scope), hops=2):
        found += [Via(call.place, f"`{call.written}` is retried") for call in calls.get((function.module.path, function.scope), ())]
    return tuple(found[:3])
