"""Calls of libraries as domain facts: the one place where "what is this call?" is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from launchlint.facts.agents import AgentRun
from launchlint.facts.base import CallSite, Fact, Receiver, Rung
from launchlint.facts.http import HttpCall
from launchlint.facts.llm import ClientConstruction, EmbeddingCall, LlmCall, ModelConstruction
from launchlint.facts.retry import RetryPolicy
from launchlint.facts.web import CorsPolicy
from launchlint.knowledge.schema import ClassEntry, Entry, Knowledge, Operation
from launchlint.model.source import Span
from launchlint.model.value import Absent, Argument, Known, Object, Unknown, Value
from launchlint.syntax.records import Arg, Attr, Call, CallRef, Expr, Item, Ref

from .arguments import Arguments, Given, merge
from .guards import for_development, off_by_default
from .program import At, Module, Program, Site, last_name
from .resolve import Resolver
from .results import selected
from .screen import SPECIAL, Screen
from .things import External, Instance, Member, Partial, Rungs, Thing
from .usage import makes_no_text, path_class

_KINDS: dict[str, type[CallSite]] = {
    "llm": LlmCall,
    "embed": EmbeddingCall,
    "http": HttpCall,
    "agent": AgentRun,
    "agent-run": AgentRun,
    "agent-build": AgentRun,
    "client": ClientConstruction,
    "model": ModelConstruction,
    "embedder": ModelConstruction,
    "retry": RetryPolicy,
    "policy": RetryPolicy,
    "cors": CorsPolicy,
}
_HANDS_ON = frozenset(
    {"asyncio.to_thread", "functools.partial", "anyio.to_thread.run_sync", "starlette.concurrency.run_in_threadpool", "fastapi.concurrency.run_in_threadpool",
     "trio.to_thread.run_sync"}
)  # fmt: skip
"""Functions that call what they are given with the arguments that follow, and nothing else."""
_HANDS_ON_METHODS = frozenset({"submit", "run_in_executor", "to_thread", "run_sync", "run_in_threadpool"})
_SENDS = frozenset({"request", "send", "get", "post", "put", "patch", "delete", "open", "timeout"})
"""Attributes of a session that, when replaced, may bring a timeout."""
_SUFFIXES = ("chat.completions.create", "chat.completions.parse", "chat.completions.stream", "models.generate_content", "models.generate_content_stream")


class Target:
    """One thing a call may be: an entry of the knowledge files with the receiver it is called on."""

    __slots__ = ("entry", "name", "owner", "rungs", "sites", "skip")

    def __init__(self, entry: Entry, name: str, owner: Instance | None, rungs: Rungs, sites: tuple[Site, ...], skip: int = 0) -> None:
        self.entry = entry
        self.name = name
        self.owner = owner
        self.rungs = rungs
        self.sites = sites
        self.skip = skip


class Sites:
    """Finds library calls in all modules and makes facts of them."""

    def __init__(self, program: Program, resolver: Resolver, arguments: Arguments, knowledge: Knowledge) -> None:
        self.program = program
        self.resolver = resolver
        self.arguments = arguments
        self.knowledge = knowledge
        self.screen = Screen(knowledge)
        self.facts: list[tuple[Site, Fact]] = []
        self.bound_later: dict[tuple[str, int, int], set[str]] = {}
        """Logical arguments given later to an object, by the site that built it."""
        self.calls_of: dict[tuple[str, int, int], list[CallSite]] = {}
        """The calls made through an object, by the site that built it."""
        self.used: dict[tuple[str, int, int], set[str]] = {}
        """The methods called on an object, by the site that built it."""
        self.copied: set[tuple[str, int, int]] = set()
        """The sites of models that crewAI copies."""
        self.owners: dict[tuple[str, int, int], tuple[str, int, int]] = {}
        """The site that built the object a call goes through, by the call."""

    def run(self) -> None:
        """Look at every module."""
        for module in self.program.modules.values():
            imports = self.screen.imports(module)
            shared = self.method_names(module, 0) if imports.libraries else frozenset()
            for header in module.header.scopes:
                wanted = {dotted for dotted in header.callees if dotted in shared or self.screen.wanted(dotted, imports)}
                if imports.libraries and header.id and not module.names(header.id).isdisjoint(header.callees):
                    wanted.update(self.method_names(module, header.id).intersection(header.callees))
                if wanted:
                    wanted.add("()")  # `retry(method)(…)`
                    for call in module.body(header.id).calls:
                        self.look(Site(module, header.id, call.id), wanted)
                    self.patched(module, header.id)
                for decorator, span in zip(header.decorators, header.decorator_spans, strict=False):
                    if isinstance(decorator, Ref | Attr):
                        self.bare_decorator(module, header.id, decorator, span)

    def method_names(self, module: Module, scope: int) -> frozenset[str]:
        """The names of a scope that may stand for a method or a partial: `create = client.chat.completions.create`."""
        found = set()
        calls = module.body(scope).calls
        for bind in module.body(scope).binds:
            if bind.kind == "assign" and isinstance(bind.target, Ref) and not bind.target.attributes:
                value = bind.value
                method = isinstance(value, Ref | Attr) and last_name(value) in self.screen.tails
                partial = isinstance(value, CallRef) and any(isinstance(arg.value, Ref | Attr) for arg in calls[value.id].args)
                if method or partial:
                    found.add(bind.target.root)
        return frozenset(found)

    def patched(self, module: Module, scope: int) -> None:
        """`session.request = partial(session.request, timeout=5)`: whatever is set on a library object counts as given to it later."""
        for bind in module.body(scope).binds:
            if bind.kind == "assign" and isinstance(bind.target, Ref) and bind.target.attributes:
                *path, attribute = bind.target.attributes
                at = At(module, scope, bind.block, bind.order, bind.span)
                if bind.target.root in {"self", "cls"} and not path:
                    continue
                for thing in self.resolver.things(Ref(bind.target.root, tuple(path)), at):
                    if isinstance(thing, Instance) and thing.site is not None:
                        entry = self.knowledge.classes[thing.entry]
                        names = {name for name, spellings in entry.arguments.items() if attribute in spellings}
                        if attribute in _SENDS:
                            names.add("timeout")
                        self.bound_later.setdefault(key_of(thing.site), set()).update(names)

    # ------------------------------------------------------------ one call

    def look(self, site: Site, wanted: set[str]) -> None:
        """Make the facts of one call, and of methods that it is handed as references."""
        record = site.record
        text = dotted(record.callee)
        if text in wanted:
            things = self.resolver.things(record.callee, site.at)
            targets = [target for thing in things for target in self.targets(thing, (site,), site)]
            if targets:
                self.add(site, in_fitting_order(targets, record))
            elif not things:
                self.by_suffix(site, text)
            for thing in things:
                self.note_later(thing, site)
        for index, arg in enumerate(record.args):
            if isinstance(arg.value, Ref | Attr) and arg.name is None and dotted(arg.value) in wanted:
                self.reference(site, index, arg)
        if text.rsplit(".", 1)[-1] in SPECIAL and record.args:
            self.middleware(site)

    def targets(self, thing: Thing, sites: tuple[Site, ...], site: Site) -> Iterator[Target]:
        """What calling a thing is, in terms of the knowledge files."""
        match thing:
            case External(name, rungs):
                entry = self.knowledge.classes.get(name)
                if entry is not None:
                    yield Target(entry, name, None, rungs, sites)
                for op in self.knowledge.functions.get(name, ()):
                    if self.holds(op, site):
                        yield Target(op, name, None, rungs, sites)
            case Member(owner, path):
                for op in self.knowledge.methods.get(owner.entry, {}).get(path, ()):
                    if self.holds(op, site):
                        yield Target(op, f"{owner.entry}:{path}", owner, owner.rungs, sites)
            case Instance():
                for op in self.knowledge.methods.get(thing.entry, {}).get("__call__", ()):
                    yield Target(op, f"{thing.entry}:__call__", thing, thing.rungs, sites)
            case Partial(target, bound):
                for one in self.targets(target, (bound, *sites), site):
                    one.skip = 0
                    yield one
            case _:
                return

    def holds(self, op: Operation, site: Site) -> bool:
        """Whether an operation's `select` holds for a call."""
        return selected(self.resolver, op, site)

    def add(self, site: Site, targets: list[Target], only: tuple[Arg, ...] | None = None, opened: str | None = None, written: str | None = None) -> None:
        """Make one fact of a call that may be any of `targets`."""
        first = targets[0]
        kind = _KINDS.get(first.entry.kind)
        if kind is None:
            return
        path = site.module.path
        alternatives = []
        for target in targets:
            if target.entry.kind != first.entry.kind:
                continue
            alternatives.append(self.logical(target, site, only, opened, path))
        arguments = merge(alternatives)
        op = first.entry if isinstance(first.entry, Operation) else None
        built = first.owner.site.place if first.owner is not None and first.owner.site is not None else None
        distribution = self.arguments.distribution(first.entry, first.name)
        record = site.record
        fields: dict[str, Any] = {
            "place": site.place,
            "path_class": path_class(self.program, site.at),
            "function": site.module.scope(site.scope).qualname,
            "library": first.entry.library.name,
            "callee": first.name,
            "written": written or dotted(record.callee),
            "receiver": Receiver(first.rungs),
            "arguments": arguments,
            "constructed": built,
            "version": self.arguments.versions.version_of(distribution, path)[0],
            "is_async": first.entry.is_async,
            "awaited": record.awaited,
        }
        if kind is LlmCall:
            owner_entry = self.knowledge.classes[first.owner.entry] if first.owner is not None else None
            fields["through_model"] = owner_entry is not None and owner_entry.kind != "client"
        if issubclass(kind, LlmCall | ModelConstruction | ClientConstruction):
            fields["generates"] = (
                first.entry.generates and first.entry.kind != "embedder" and not makes_no_text(self.arguments.folder, arguments, record, site.at)
            )
        if kind is HttpCall and op is not None:
            fields["method"] = op.method
        if kind is CorsPolicy:
            app = arguments.get("app", Argument()).passed
            if first.owner is None and first.entry.library.name == "flask-cors" and "app" in arguments and isinstance(app, Absent):
                return  # an extension that is told its app later: judged at `init_app`
            if isinstance(app, Unknown) and first.entry.library.name == "starlette":
                return  # wraps whatever handler it is given, not an application
            fields["development"] = for_development(site.at) or off_by_default(self.arguments.folder, site.at)
        if first.entry.library.name == "crewai":
            self.note_copied(site)
        if kind is RetryPolicy:
            fields["bounded"] = bounded(first.entry, arguments)
            fields["form"] = "decorator" if record.role == "decorator" else "object"
        fact = kind(**fields)
        self.facts.append((site, fact))
        if first.owner is not None and first.owner.site is not None:
            self.owners[key_of(site)] = key_of(first.owner.site)
        for target in targets:
            if target.owner is not None:
                for built_at in (target.owner.site, *(p.site for p in _parents(target.owner))):
                    if built_at is not None:
                        self.calls_of.setdefault(key_of(built_at), []).append(fact)

    def logical(self, target: Target, site: Site, only: tuple[Arg, ...] | None, opened: str | None, path: str) -> dict[str, Argument]:
        """The logical arguments of a call as one of its targets."""
        entry = target.entry
        sites = target.sites
        if len(sites) > 1:
            # A partial: its own first positional argument is the function.
            values: dict[str, Value] = {}
            is_open: str | None = None
            for one in sites:
                given = self.arguments.given([one], entry.positional, skip=0 if one is sites[-1] else 1)
                values.update(given.values)
                is_open = is_open or given.open
            given = Given(values, is_open)
        else:
            given = self.arguments.given(sites, entry.positional, skip=target.skip, only=only)
        if opened and not given.open:
            given = Given(given.values, opened)
        if isinstance(entry, Operation) and (target.owner is not None or entry.kind not in {"client", "model", "cors", "retry"}):
            return self.arguments.of_call(entry, given, target.owner, path)
        assert isinstance(entry, ClassEntry | Operation)
        return self.arguments.of_construction(entry, given, target.name, path)

    # ------------------------------------------------------------ other ways to call

    def reference(self, site: Site, index: int, arg: Arg) -> None:
        """A method given as an argument: `asyncio.to_thread(client.chat.completions.create, model=…)`."""
        things = self.resolver.things(arg.value, site.at)
        targets = [t for thing in things for t in self.targets(thing, (site,), site) if t.entry.kind in {"llm", "embed", "http"}]
        if not targets or any(call.callee == CallRef(site.call) for call in site.module.body(site.scope).calls):
            return  # `retry(method)(…)` is judged where the result is called
        outer = self.resolver.things(site.record.callee, site.at)
        known = any(isinstance(t, External) and t.name in _HANDS_ON for t in outer) or last_name(site.record.callee) in _HANDS_ON_METHODS
        if any(isinstance(t, External) and t.name in {"functools.partial", "functools.partialmethod"} for t in outer):
            return  # judged where the partial is called
        rest = tuple(a for i, a in enumerate(site.record.args) if i > index and isinstance(a, Arg))
        self.add(site, targets, only=rest, opened=None if known else "handed to another function", written=dotted(arg.value))

    def middleware(self, site: Site) -> None:
        """`app.add_middleware(CORSMiddleware, allow_origins=…)` and `Middleware(CORSMiddleware, …)`."""
        for thing in self.resolver.things(site.record.args[0].value, site.at):
            if isinstance(thing, External):
                entry = self.knowledge.classes.get(thing.name)
                if entry is not None and entry.kind == "cors":
                    target = Target(entry, thing.name, None, thing.rungs, (site,))
                    self.add(site, [target], only=site.record.args[1:], written=thing.name.rsplit(".", 1)[-1])
                    return

    def bare_decorator(self, module: Module, scope: int, decorator: Expr, span: Span) -> None:
        """`@retry` without parentheses: the library's defaults."""
        header = module.scope(scope)
        at = self.resolver.definition_point(module, header)
        for thing in self.resolver.things(decorator, at):
            if not isinstance(thing, External):
                continue
            for op in self.knowledge.functions.get(thing.name, ()):
                if op.kind == "retry":
                    arguments = self.arguments.of_construction(op, Given({}, None), thing.name, module.path)
                    fact = RetryPolicy(
                        place=module.place(span),
                        path_class=module.facts.source.path_class,
                        function=header.qualname,
                        library=op.library.name,
                        callee=thing.name,
                        written=dotted(decorator),
                        receiver=Receiver(thing.rungs),
                        arguments=arguments,
                        bounded=bounded(op, arguments),
                    )
                    self.facts.append((Site(module, scope, -1), fact))

    def by_suffix(self, site: Site, text: str) -> None:
        """An unmistakable method path on an unknown receiver, in a file that imports the SDK: statistics only."""
        suffix = next((s for s in _SUFFIXES if text.endswith("." + s)), None)
        if suffix is None:
            return
        libraries = self.screen.imports(site.module).libraries
        for entry, paths in self.knowledge.methods.items():
            fits = suffix in paths and self.knowledge.classes[entry].library.name in libraries
            if fits and paths[suffix][0].is_async == site.record.awaited:
                owner = Instance(entry, None, (Rung.SUFFIX,))
                self.add(site, [Target(paths[suffix][0], f"{entry}:{suffix}", owner, owner.rungs, (site,))])
                return

    def _stock_adapter(self, site: Site) -> bool:
        """Whether what is mounted is requests' own adapter, which has no timeout."""
        value = self.arguments.folder.value(site.record.args[-1].value, site.at)
        return isinstance(value, Known) and isinstance(value.value, Object) and value.value.type in {"requests.adapters.HTTPAdapter", "requests.HTTPAdapter"}

    def note_copied(self, site: Site) -> None:
        """CrewAI builds a model of its own from the one it is given; what was handed over is never called."""
        for arg in site.record.args:
            if arg.name and arg.name.endswith("llm"):
                for thing in self.resolver.things(arg.value, site.at):
                    if isinstance(thing, Instance) and thing.site is not None:
                        self.copied.add(key_of(thing.site))

    def given_at_calls(self, callee: str) -> set[str]:
        """The logical arguments that calls through an object of this class may bring."""
        entry = self.knowledge.classes.get(callee)
        if entry is None:
            return {"output_cap", "timeout"}
        names = {name for ops in self.knowledge.methods.get(entry.name, {}).values() for op in ops for name in op.arguments}
        return names | (set(entry.arguments) if "self" in entry.returns.values() else set())

    def note_later(self, thing: Thing, site: Site) -> None:
        """`.bind(max_tokens=…)` and arguments of `.invoke(…)` count for the object they are given to."""
        if isinstance(thing, Partial):
            thing = thing.target
        if not isinstance(thing, Member) or thing.owner.site is None:
            return
        self.used.setdefault(key_of(thing.owner.site), set()).add(thing.path)
        if thing.path == "mount" and not self._stock_adapter(site):
            self.bound_later.setdefault(key_of(thing.owner.site), set()).add("timeout")  # a transport adapter may set it
        entry = self.knowledge.classes[thing.owner.entry]
        spelled: dict[str, str] = {}
        if entry.returns.get(thing.path) == "self":
            spelled = {spelling.split(".")[0]: name for name, spellings in entry.arguments.items() for spelling in spellings}
        if entry.kind == "model":
            for op in self.knowledge.methods.get(thing.owner.entry, {}).get(thing.path, ()):
                spelled |= {spelling.split(".")[0]: name for name, spellings in op.arguments.items() for spelling in spellings}
        names = {spelled[arg.name] for arg in site.record.args if arg.name in spelled}
        if any(arg.name == "**" for arg in site.record.args):
            names |= set(spelled.values())
        self.bound_later.setdefault(key_of(thing.owner.site), set()).update(names)


def in_fitting_order(targets: list[Target], call: Call) -> list[Target]:
    """Of a synchronous and an asynchronous alternative the one that fits the call comes first; a coroutine may also be handed on."""
    if call.awaited:
        return sorted(targets, key=lambda target: not target.entry.is_async)
    if call.role in {"arg", "return"}:
        return targets
    return sorted(targets, key=lambda target: target.entry.is_async)


def bounded(entry: Entry, arguments: dict[str, Argument]) -> bool | None:
    """Whether something ends the retries of a policy: True, False, or None when it cannot be known."""
    unknown = False
    for name in entry.bounded_by:
        match arguments.get(name, Argument()).effective:
            case Unknown():
                unknown = True
            case Known(None) | Absent():
                continue
            case Known(Object(kind, _)) if kind in entry.never:
                continue
            case Known():
                return True
    return None if unknown or not entry.bounded_by else False


def key_of(site: Site) -> tuple[str, int, int]:
    """A site as a dictionary key."""
    return (site.module.path, site.scope, site.call)


def _parents(owner: Instance) -> Iterable[Instance]:
    while owner.parent is not None:
        owner = owner.parent
        yield owner


def dotted(expr: Expr) -> str:
    """The text of a callee as headers hold it."""
    match expr:
        case Ref(root, attributes):
            return ".".join((root, *attributes))
        case Attr(base, attributes):
            return ".".join((dotted(base), *attributes))
        case CallRef():
            return "()"
        case Item(base, _):
            return dotted(base)
        case _:
            return "()"
