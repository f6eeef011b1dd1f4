"""Loops and recursions written by hand that reach a model call, and retry loops without an end."""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.agents import AgentLoop
from launchlint.facts.base import CallSite, Fact, Rung, Via
from launchlint.facts.http import HttpCall
from launchlint.facts.llm import LlmCall
from launchlint.facts.retry import RetryLoop
from launchlint.syntax.records import Block, Lit, Ref, ScopeBody

from . import bounds
from .callgraph import CallGraph, Function
from .program import Module, Program, Site, last_name
from .resolve import Resolver

_ACTS = frozenset(
    {"tool_calls", "tool_call", "tool_use", "function_call", "function_calls", "tools", "tool", "stop_reason", "finish_reason", "tool_results", "tool_result",
     "action", "observation", "messages", "history", "execute_tool", "run_tool", "call_tool"}
)  # fmt: skip
_CONVERSATION = frozenset({"messages", "history", "conversation", "input_list", "input_items", "contents", "chat_history", "input_messages"})
_ADDS = frozenset({"append", "extend", "insert", "add_message", "add", "add_messages"})


class Loops:
    """Finds them in all modules. A model call counts when its receiver is known better than by suffix."""

    def __init__(self, program: Program, resolver: Resolver, graph: CallGraph, made: list[tuple[Site, Fact]]) -> None:
        self.program = program
        self.resolver = resolver
        self.graph = graph
        self.models: dict[tuple[str, int], list[tuple[Site, LlmCall]]] = {}
        self.by_call: dict[tuple[str, int, int], CallSite] = {}
        for site, fact in made:
            if isinstance(fact, LlmCall | HttpCall) and fact.receiver.weakest < Rung.SUFFIX:
                self.by_call[(site.module.path, site.scope, site.call)] = fact
                if isinstance(fact, LlmCall):
                    owner = graph.owner(site.module, site.scope)
                    self.models.setdefault((owner.module.path, owner.scope), []).append((site, fact))

    def run(self) -> list[Fact]:
        """All loops and recursions, in no particular order."""
        found: list[Fact] = []
        for module in self.program.modules.values():
            for header in module.header.scopes:
                if header.kind not in {"function", "module"}:
                    continue
                if header.has_loop:
                    found += self.loops(module, header.id)
                if header.kind == "function" and any(name.rsplit(".", 1)[-1] == header.name for name in header.callees):
                    found += self.recursion(module, header.id)
        return found

    # ------------------------------------------------------------ loops

    def loops(self, module: Module, scope: int) -> Iterator[Fact]:
        """The while loops of a function, outermost first; a loop inside a reported one is part of it."""
        body = module.body(scope)
        done: set[int] = set()
        for block in body.blocks:
            if block.kind != "while" or block.id in done:
                continue
            always = isinstance(block.test, Lit) and bool(block.test.value)
            retry = self.retry_loop(module, scope, body, block) if always else None
            if retry is not None:
                yield retry
                continue
            loop = self.agent_loop(module, scope, body, block, always)
            if loop is not None:
                if loop.acts and not loop.bounds:
                    done |= bounds.subtree(body.blocks, block.id)
                yield loop

    def agent_loop(self, module: Module, scope: int, body: ScopeBody, block: Block, always: bool) -> AgentLoop | None:
        """A loop that reaches a model call and acts on the answer."""
        inside = bounds.subtree(body.blocks, block.id)
        path = self._to_model(module, scope, body, inside)
        if path is None:
            return None
        steps, functions = path
        ends = [(why, record) for why, record in bounds.in_loop(body, block.id, always) if not _is_sleep(record)]
        bounded = [Via(module.place(getattr(record, "span", block.span)), why) for why, record in ends]
        if not bounded:
            bounded = self._around(Function(module, scope), functions) or self._checked(module, scope, body, inside)
        return AgentLoop(
            place=module.place(block.span),
            path_class=module.facts.source.path_class,
            function=module.scope(scope).qualname,
            form="loop",
            path=steps,
            bounds=tuple(bounded[:4]),
            acts=self._acts(body, inside) or any(self._acts(f.module.body(f.scope), None) for f in functions),
        )

    def _to_model(self, module: Module, scope: int, body: ScopeBody, inside: set[int]) -> tuple[tuple[Via, ...], list[Function]] | None:
        """The shortest path from the calls in some blocks to a model call."""
        best: tuple[tuple[Via, ...], list[Function]] | None = None
        for call in body.calls:
            if call.block not in inside:
                continue
            site = Site(module, scope, call.id)
            direct = self.by_call.get((module.path, scope, call.id))
            if isinstance(direct, LlmCall):
                return (Via(direct.place, f"`{direct.written}` calls the model"),), []
            for target in self.graph.targets(site):
                for function, hops in self.graph.reachable(target, hops=3):
                    calls = self.models.get((function.module.path, function.scope))
                    if calls and (best is None or len(hops) + 2 < len(best[0])):
                        steps = [Via(site.place, f"the loop calls `{target.name}`")]
                        steps += [Via(hop.place, f"which calls `{to.name}`") for hop, to in hops]
                        steps.append(Via(calls[0][1].place, f"which calls the model: `{calls[0][1].written}`"))
                        best = (tuple(steps), [target, *(to for _, to in hops)])
                        break
        return best

    def _around(self, function: Function, path: list[Function]) -> list[Via]:
        """Explicit caps and deadlines in the functions on the way and in the callers, within four hops."""
        for one in [function, *path, *self.graph.above(function)]:
            header = one.module.scope(one.scope)
            hit = next((p.name for p in header.parameters if bounds.strong(p.name)), None)
            if hit is None:
                hit = next((name for scope in self.graph.scopes(one) for name in bounds.all_names(one.module.body(scope)) if bounds.strong(name)), None)
            if hit is not None:
                return [Via(one.module.place(header.span), f"`{hit}`")]
        return []

    def _checked(self, module: Module, scope: int, body: ScopeBody, inside: set[int]) -> list[Via]:
        """A function called in the loop that compares a counter or a budget, within four hops."""
        for call in body.calls:
            if call.block in inside:
                site = Site(module, scope, call.id)
                for target in self.graph.targets(site):
                    for function, _ in self.graph.reachable(target, hops=3):
                        if any(bounds.checks(function.module.body(s)) for s in self.graph.scopes(function)):
                            return [Via(site.place, f"`{function.name}` may end it")]
        return []

    def _acts(self, body: ScopeBody, blocks: set[int] | None) -> bool:
        """Whether some blocks (None: all) feed the model's answer back: they append to something and speak of tools or messages."""
        inside = {block.id for block in body.blocks} if blocks is None else blocks
        adds = any(call.block in inside and last_name(call.callee) in _ADDS for call in body.calls) or any(
            bind.block in inside and (bind.kind == "augment" or (isinstance(bind.target, Ref) and bind.target.root in _CONVERSATION)) for bind in body.binds
        )
        spoken: set[str] = set()
        for call in body.calls:
            if call.block in inside:
                spoken.update(bounds.names(call.callee))
                for arg in call.args:
                    spoken.update(bounds.names(arg))
        for block in body.blocks:
            if block.id in inside and block.test is not None:
                spoken.update(bounds.names(block.test))
        for bind in body.binds:
            if bind.block in inside:
                spoken.update(bounds.names(bind.target))
                spoken.update(bounds.names(bind.value))
        return adds and bool(spoken & _ACTS)

    # ------------------------------------------------------------ recursion

    def recursion(self, module: Module, scope: int) -> Iterator[Fact]:
        """A function that calls itself and reaches a model call, with nothing that counts the depth."""
        header = module.scope(scope)
        me = Function(module, scope)
        again = next((site for site, target in self.graph.calls(me) if target == me), None)
        if again is None:
            return
        body = module.body(scope)
        for function, hops in self.graph.reachable(me, hops=3):
            calls = self.models.get((function.module.path, function.scope))
            if not calls:
                continue
            steps = [Via(again.place, f"`{header.name}` calls itself")]
            steps += [Via(hop.place, f"it calls `{to.name}`") for hop, to in hops]
            steps.append(Via(calls[0][1].place, f"`{calls[0][1].written}` calls the model"))
            counted = [p.name for p in header.parameters if bounds.counts(p.name) or bounds.strong(p.name)]
            tested = [name for b in body.blocks if b.test is not None for name in bounds.names(b.test) if bounds.counts(name)]
            compared = [c for b in body.blocks if b.kind in {"if", "while"} for c in bounds.compares(b.test)]
            found = [Via(module.place(header.span), f"`{name}`") for name in [*counted, *tested][:2]]
            if not found and compared:
                found = [Via(module.place(header.span), "a comparison")]
            yield AgentLoop(
                place=again.place,
                path_class=module.facts.source.path_class,
                function=header.qualname,
                form="recursion",
                path=tuple(steps),
                bounds=tuple(found or self._around(me, [to for _, to in hops])),
                acts=self._acts(body, None),
            )
            return

    # ------------------------------------------------------------ retries

    def retry_loop(self, module: Module, scope: int, body: ScopeBody, loop: Block) -> RetryLoop | None:
        """`while True` with a `try` around a model or HTTP call whose handler neither leaves nor counts: the strict form only."""
        tries = [b for b in body.blocks if b.parent == loop.id and b.kind == "try"]
        if len(tries) != 1:
            return None
        attempt = tries[0]
        inside = bounds.subtree(body.blocks, attempt.id)
        call = next(
            (self.by_call[key] for c in body.calls if c.block in inside and (key := (module.path, scope, c.id)) in self.by_call),
            None,
        )
        if call is None:
            return None
        handlers = [b for b in body.blocks if b.kind == "except" and b.group == attempt.group]
        if not handlers or not self._succeeds(body, loop, attempt):
            return None
        swallowing = [handler for handler in handlers if not self._leaves(body, handler)]
        wide = [h for h in swallowing if h.test is None or {"Exception", "BaseException"} & set(bounds.names(h.test)) or self._names_sdk_error(h, call)]
        if not wide:
            return None
        whole = bounds.subtree(body.blocks, loop.id)
        if any(e.kind == "yield" and e.block in whole for e in body.exits):
            return None
        ends = [(why, record) for why, record in bounds.in_loop(body, loop.id, always=True) if not _is_sleep(record)]
        if ends or self._around(Function(module, scope), []):
            return None
        sleeps = any(c.block in whole and last_name(c.callee) == "sleep" for c in body.calls)
        return RetryLoop(
            place=module.place(loop.span),
            path_class=module.facts.source.path_class,
            function=module.scope(scope).qualname,
            attempt=Via(call.place, f"`{call.written}` is tried again and again"),
            swallows=Via(module.place(wide[0].span), "this handler lets the loop go on"),
            sleeps=sleeps,
        )

    def _succeeds(self, body: ScopeBody, loop: Block, attempt: Block) -> bool:
        """Whether success leaves the loop: a return or break in the try, its else, or after it in the loop's own suite."""
        inside = bounds.subtree(body.blocks, attempt.id) | {b.id for b in body.blocks if b.group == attempt.group and b.kind == "try-else"} | {loop.id}
        return any(e.kind in {"return", "break"} and e.block in inside for e in body.exits)

    def _leaves(self, body: ScopeBody, handler: Block) -> bool:
        inside = bounds.subtree(body.blocks, handler.id)
        exits = any(call.block in inside and last_name(call.callee) in {"exit", "quit", "_exit", "abort"} for call in body.calls)
        return exits or any(e.kind in {"return", "raise", "break"} and e.block in inside for e in body.exits)

    def _names_sdk_error(self, handler: Block, call: CallSite) -> bool:
        return bool(
            {"RateLimitError", "APIError", "OpenAIError", "APIConnectionError", "RequestException", "HTTPError", "Timeout", "ConnectionError"}
            & set(bounds.names(handler.test))
        )


def _is_sleep(record: object) -> bool:
    callee = getattr(record, "callee", None)
    return isinstance(callee, Ref) and (callee.attributes or (callee.root,))[-1] == "sleep"
