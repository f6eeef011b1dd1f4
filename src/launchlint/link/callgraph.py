"""Which functions of the project call which: resolved on demand, lambdas counted with the function around them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from launchlint.syntax.records import Attr, Ref

from .program import Module, Site
from .resolve import Resolver
from .things import ClassThing, FunctionThing, Partial, ProjectInstance, Thing


class Function(NamedTuple):
    """A function of the project as a node of the graph."""

    module: Module
    scope: int

    @property
    def name(self) -> str:
        """The qualified name."""
        return self.module.scope(self.scope).qualname


MAX_HOPS = 4
MAX_VISITED = 200


class CallGraph:
    """Calls between project functions."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._calls: dict[tuple[str, int], list[tuple[Site, Function]]] = {}

    def scopes(self, function: Function) -> Iterator[int]:
        """The scope of a function and the lambdas in it."""
        yield function.scope
        for inner in function.module.inner(function.scope):
            if inner.kind == "lambda":
                yield from self.scopes(Function(function.module, inner.id))

    def calls(self, function: Function) -> list[tuple[Site, Function]]:
        """The resolved project functions that a function calls or hands on as a reference."""
        key = (function.module.path, function.scope)
        found = self._calls.get(key)
        if found is None:
            found = []
            for scope in self.scopes(function):
                for call in function.module.body(scope).calls:
                    found += [(site, target) for site in [Site(function.module, scope, call.id)] for target in self.targets(site)]
            self._calls[key] = found
        return found

    def targets(self, site: Site) -> list[Function]:
        """The project functions that a call runs: its callee, and functions given as arguments (`asyncio.to_thread(step)`, `map(step, …)`)."""
        record = site.record
        things: list[Thing] = list(self.resolver.things(record.callee, site.at))
        for arg in record.args:
            if isinstance(arg.value, Ref | Attr):
                things += [t for t in self.resolver.things(arg.value, site.at) if isinstance(t, FunctionThing)]
        return [function for thing in things for function in self._functions(thing)]

    def _functions(self, thing: Thing) -> list[Function]:
        match thing:
            case FunctionThing(module, scope):
                return [Function(module, scope)]
            case Partial(target, _):
                return self._functions(target)
            case ClassThing():
                return [Function(t.module, t.scope) for t in self.resolver.class_attribute(thing, "__init__") if isinstance(t, FunctionThing)]
            case ProjectInstance():
                return [Function(t.module, t.scope) for t in self.resolver.instance_attribute(thing, "__call__") if isinstance(t, FunctionThing)]
            case _:
                return []

    def callers(self, function: Function) -> list[tuple[Site, Function]]:
        """The functions that call this one."""
        name = function.module.scope(function.scope).name
        found = []
        for count, (module, scope) in enumerate(self.resolver.program.mentions(name)):
            if count >= 60:
                break
            owner = self.owner(module, scope)
            found += [(site, owner) for site, target in self.calls(owner) if target == function]
        return found

    def owner(self, module: Module, scope: int) -> Function:
        """The function that a scope belongs to: itself, or the one around a lambda."""
        while module.scope(scope).kind == "lambda":
            scope = module.scope(scope).parent
        return Function(module, scope)

    def reachable(self, start: Function, hops: int = MAX_HOPS) -> Iterator[tuple[Function, tuple[tuple[Site, Function], ...]]]:
        """Functions reachable from `start` with the path of calls to each, nearest first; `start` itself comes first with an empty path."""
        seen = {(start.module.path, start.scope)}
        queue: deque[tuple[Function, tuple[tuple[Site, Function], ...]]] = deque([(start, ())])
        while queue and len(seen) <= MAX_VISITED:
            function, path = queue.popleft()
            yield function, path
            if len(path) >= hops:
                continue
            for site, target in self.calls(function):
                key = (target.module.path, target.scope)
                if key not in seen:
                    seen.add(key)
                    queue.append((target, (*path, (site, target))))

    def above(self, start: Function, hops: int = MAX_HOPS) -> Iterator[Function]:
        """Functions from which `start` is reached, nearest first, without itself."""
        seen = {(start.module.path, start.scope)}
        queue: deque[tuple[Function, int]] = deque([(start, 0)])
        while queue and len(seen) <= MAX_VISITED:
            function, distance = queue.popleft()
            if distance:
                yield function
            if distance < hops:
                for _, caller in self.callers(function):
                    key = (caller.module.path, caller.scope)
                    if key not in seen:
                        seen.add(key)
                        queue.append((caller, distance + 1))
