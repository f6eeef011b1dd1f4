"""What an expression denotes: the ladder from a name to the library object behind it."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import wraps

from launchlint.facts.base import Rung
from launchlint.knowledge.schema import ClassEntry, Knowledge
from launchlint.syntax.records import (
    Arg,
    Attr,
    Bind,
    CallRef,
    Expr,
    Fn,
    Import,
    Item,
    Lit,
    Map,
    Op,
    Parameter,
    Pick,
    Ref,
    ScopeHeader,
    Seq,
)

from .program import At, Module, Program, Site, reaching
from .things import ClassThing, External, FunctionThing, Instance, Member, ModuleThing, Partial, ProjectInstance, Thing, with_rung

Things = tuple[Thing, ...]
Definition = tuple[Module, int, Bind | Parameter]

MAX_DEPTH = 60
MAX_ALTERNATIVES = 8
MAX_CALLERS = 40
_BUILTINS = frozenset(dir(builtins))
_TRANSPARENT = frozenset(
    {
        "asyncio.run",
        "builtins.next",
        "builtins.iter",
        "contextlib.closing",
        "contextlib.nullcontext",
        "copy.copy",
        "copy.deepcopy",
        "langsmith.wrappers.wrap_openai",
        "langsmith.wrappers.wrap_anthropic",
        "braintrust.wrap_openai",
        "braintrust.wrap_anthropic",
        "streamlit.cache_resource",
        "typing.no_type_check",
        "weave.op",
    }
)
"""Functions that give back what they are given."""
_PROPERTY = frozenset({"property", "cached_property", "lru_property", "async_cached_property", "hybrid_property"})
_GENERIC_WRAPPERS = frozenset({"Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "Union", "SkipValidation", "InstanceOf"})

_ROOTS_THAT_RUN = frozenset({"asyncio", "builtins", "anyio", "concurrent", "threading", "trio"})
"""Modules whose functions run what they are given, or do nothing with it: their result is no method."""


def _guarded(method: Callable[..., Things]) -> Callable[..., Things]:
    """Bound the recursion of resolution: too deep gives nothing, which is always safe."""

    @wraps(method)
    def call(self: Resolver, *args: object) -> Things:
        if self.depth >= MAX_DEPTH:
            return ()
        self.depth += 1
        try:
            return method(self, *args)
        finally:
            self.depth -= 1

    return call


class Resolver:
    """Resolution over one program. All answers are cached; a cycle gives nothing on the inner round."""

    def __init__(self, program: Program, knowledge: Knowledge) -> None:
        self.program = program
        self.knowledge = knowledge
        self.depth = 0
        self._cache: dict[tuple[object, ...], Things] = {}
        self._running: set[tuple[object, ...]] = set()

    # ------------------------------------------------------------ expressions

    @_guarded
    def things(self, expr: Expr | None, at: At) -> Things:
        """What an expression may denote at a point, each alternative once."""
        match expr:
            case Ref(root, attributes):
                return self.steps(self.name(root, at), attributes)
            case Attr(base, attributes):
                return self.steps(self.things(base, at), attributes)
            case CallRef(call):
                return self.call(Site(at.module, at.scope, call))
            case Item(base, key):
                return self.subscript(base, key, at)
            case Pick(alternatives, _):
                return _unique(thing for one in alternatives for thing in self.things(one, at))
            case Op("or" | "and", arguments):
                return _unique(thing for one in arguments for thing in self.things(one, at))
            case Fn(scope):
                return (FunctionThing(at.module, scope),)
            case _:
                return ()

    def steps(self, things: Things, attributes: Sequence[str]) -> Things:
        """Follow attributes from each thing."""
        for attribute in attributes:
            things = _unique(found for thing in things for found in self.step(thing, attribute))
        return things

    @_guarded
    def step(self, thing: Thing, attribute: str) -> Things:
        """What an attribute of a thing denotes."""
        match thing:
            case External(name, rungs):
                return (External(f"{name}.{attribute}", rungs),)
            case ModuleThing(module):
                return self.module_attribute(module, attribute)
            case Instance():
                return self._library_step(thing, attribute)
            case Member(owner, path):
                return self._library_step(owner, f"{path}.{attribute}")
            case ProjectInstance():
                return self.instance_attribute(thing, attribute)
            case ClassThing():
                return self.class_attribute(thing, attribute)
            case _:
                return ()

    def _library_step(self, owner: Instance, path: str) -> Things:
        entry = self.knowledge.classes[owner.entry]
        target = entry.attributes.get(path)
        if target is not None:
            return (owner if target == "self" else Instance(self._entry(target).name, owner.site, owner.rungs, owner.later, owner.opaque, owner),)
        return (Member(owner, path),)

    def _entry(self, name: str) -> ClassEntry:
        return self.knowledge.classes[name]

    # ------------------------------------------------------------ names

    def name(self, name: str, at: At) -> Things:
        """What a name denotes at a point."""
        found = self.definitions(name, at)
        if found is None:
            return self._star(at.module, name) or ((External(f"builtins.{name}"),) if name in _BUILTINS else ())
        return _unique(
            thing for module, scope, one in found for thing in (self.bound(module, scope, one) if isinstance(one, Bind) else self.parameter(module, scope, one))
        )

    def definitions(self, name: str, at: At) -> list[Definition] | None:
        """The binds and the parameter that may give a name its value at a point, latest first; None when it is not defined in this module."""
        module, scope = at.module, at.scope
        inside = True
        while True:
            header = module.scope(scope)
            if header.kind != "class" or inside:
                parameter = next((p for p in header.parameters if p.name == name), None)
                if parameter is not None or name in header.names:
                    binds = module.binds(scope, name)
                    if any(bind.kind == "global" for bind in binds):
                        return self.global_definitions(module, name) or None
                    whole = False
                    if scope == at.scope:
                        binds = reaching(binds, at, module.body(scope).blocks)
                        around = module.chain(scope, at.block)
                        whole = any(bind.block in around and bind.order < at.order for bind in binds)
                    elif scope == 0:
                        return self.global_definitions(module, name) or None
                    found: list[Definition] = [(module, scope, bind) for bind in binds if bind.kind != "delete"]
                    if parameter is not None and not whole:
                        found.append((module, scope, parameter))
                    return found or None
            if scope == 0:
                return None
            scope, inside = header.parent, False

    def global_definitions(self, module: Module, name: str) -> list[Definition]:
        """The binds of a module-level name as seen by code that runs later: at module level and under `global` in functions."""
        found: list[Definition] = [(module, 0, bind) for bind in module.binds(0, name) if bind.kind not in {"delete", "global"}]
        for header in module.header.scopes[1:]:
            if header.kind == "function" and name in header.names:
                binds = module.binds(header.id, name)
                if any(bind.kind == "global" for bind in binds):
                    found += [(module, header.id, bind) for bind in binds if bind.kind not in {"delete", "global"}]
        return found

    def module_name(self, module: Module, name: str) -> Things:
        """What a module-level name denotes to code that runs later."""
        found = [thing for m, scope, one in self.global_definitions(module, name) if isinstance(one, Bind) for thing in self.bound(m, scope, one)]
        return _unique(found) or self._star(module, name)

    def _star(self, module: Module, name: str) -> Things:
        for record in module.imports(0, "*"):
            path = self.program.find(record.module, module.path)
            target = self.program.modules.get(path) if path else None
            if target is not None and target is not module:
                found = self.module_attribute(target, name)
                if found:
                    return found
        return ()

    def module_attribute(self, module: Module, name: str) -> Things:
        """A name of a module, or a submodule of a package."""
        key = ("module", module.path, name)
        return self._once(key, lambda: self._module_attribute(module, name))

    def _module_attribute(self, module: Module, name: str) -> Things:
        found = self.module_name(module, name)
        if found:
            return found
        if module.path.endswith("__init__.py"):
            path = self.program.index.at(f"{module.path[: -len('/__init__.py')]}/{name}")
            if path and path in self.program.modules:
                return (ModuleThing(self.program.modules[path]),)
        return self._lazy_attribute(module, 0, name)

    def _lazy_attribute(self, module: Module, owner_scope: int, name: str) -> Things:
        """`__getattr__` that hands attributes of another module or object on: `return getattr(self._module, name)`."""
        hook = next((s for s in module.inner(owner_scope) if s.name == "__getattr__"), None)
        if hook is None:
            return ()
        found: list[Thing] = []
        for exit_ in module.body(hook.id).exits:
            if exit_.kind == "return" and isinstance(exit_.value, CallRef):
                call = module.body(hook.id).calls[exit_.value.id]
                if isinstance(call.callee, Ref) and call.callee == Ref("getattr", ()) and call.args:
                    at = At(module, hook.id, exit_.block, exit_.order, exit_.span)
                    found += [got for thing in self.things(call.args[0].value, at) for got in self.step(thing, name)]
        return _unique(found)

    @_guarded
    def bound(self, module: Module, scope: int, bind: Bind) -> Things:
        """What a bind gives its name."""
        key = ("bind", module.path, scope, bind.order, bind.position, bind.target)
        return self._once(key, lambda: self._bound(module, scope, bind))

    def _bound(self, module: Module, scope: int, bind: Bind) -> Things:
        at = At(module, scope, bind.block, bind.order, bind.span)
        name = bind.target.root if isinstance(bind.target, Ref) else ""
        match bind.kind:
            case "import":
                return _unique(thing for record in module.imports(scope, name) for thing in self.imported(module, record))
            case "def" | "class":
                return (self.defined(module, module.scope(bind.value.scope)),) if isinstance(bind.value, Fn) else ()
            case "assign" | "walrus" | "with":
                things = self.things(bind.value, at)
                if not things and bind.annotation is not None:
                    things = self.annotated(bind.annotation, at)
                return tuple(with_rung(thing, Rung.LOCAL) for thing in things)
            case "annotate":
                return self.annotated(bind.annotation, at)
            case "for":
                items = bind.value.items if isinstance(bind.value, Seq) else ()
                return _unique(thing for item in items for thing in self.things(item, at))
            case "unpack":
                return self._unpacked(bind, at)
            case _:
                return ()

    def _unpacked(self, bind: Bind, at: At) -> Things:
        position = bind.position
        if position is None:
            return ()
        if isinstance(bind.value, Seq):
            return self.things(bind.value.items[position], at) if position < len(bind.value.items) else ()
        if isinstance(bind.value, CallRef):
            found: list[Thing] = []
            for thing in self.things(at.module.body(at.scope).calls[bind.value.id].callee, at):
                if isinstance(thing, FunctionThing):
                    body = thing.module.body(thing.scope)
                    for exit_ in body.exits:
                        if exit_.kind == "return" and isinstance(exit_.value, Seq) and position < len(exit_.value.items):
                            inner = At(thing.module, thing.scope, exit_.block, exit_.order, exit_.span)
                            found += [with_rung(t, Rung.FACTORY) for t in self.things(exit_.value.items[position], inner)]
            return _unique(found)
        return ()

    def defined(self, module: Module, header: ScopeHeader) -> Thing:
        """The thing a `def` or `class` makes."""
        return ClassThing(module, header.id) if header.kind == "class" else FunctionThing(module, header.id)

    def imported(self, module: Module, record: Import) -> Things:
        """What an import binds its alias to."""
        target = self.program.find(record.module, module.path)
        if record.name is None:
            if target is not None and (record.alias != record.module.split(".")[0] or "." not in record.module):
                found = self.program.modules.get(target)
                return (ModuleThing(found),) if found else ()
            if target is not None:
                root = self.program.find(record.module.split(".")[0], module.path)
                found = self.program.modules.get(root) if root else None
                return (ModuleThing(found),) if found else ()
            name = record.module if record.alias != record.module.split(".")[0] else record.alias
            return () if record.module.startswith(".") else (External(name),)
        if target is not None:
            found = self.program.modules.get(target)
            if found is None:
                return ()
            got = self.module_attribute(found, record.name) if found is not module else ()
            return tuple(thing if isinstance(thing, External | ModuleThing) else with_rung(thing, Rung.FACTORY) for thing in got)
        if record.module.startswith("."):
            sub = self.program.find(f"{record.module}{'' if record.module.endswith('.') else '.'}{record.name}", module.path)
            found = self.program.modules.get(sub) if sub else None
            return (ModuleThing(found),) if found else ()
        submodule = self.program.find(f"{record.module}.{record.name}", module.path)
        if submodule is not None and submodule in self.program.modules:
            return (ModuleThing(self.program.modules[submodule]),)
        return (External(f"{record.module}.{record.name}"),)

    # ------------------------------------------------------------ parameters and annotations

    @_guarded
    def parameter(self, module: Module, scope: int, parameter: Parameter) -> Things:
        """What a parameter may be given: self, its annotation, a dependency, its callers, its default."""
        key = ("parameter", module.path, scope, parameter.name)
        return self._once(key, lambda: self._parameter(module, scope, parameter))

    def _parameter(self, module: Module, scope: int, parameter: Parameter) -> Things:
        header = module.scope(scope)
        cls = module.method_class(scope)
        if cls is not None and header.parameters and header.parameters[0].name == parameter.name:
            decorators = {_tail(d) for d in header.decorators}
            if "classmethod" in decorators or header.name in {"__new__", "__init_subclass__", "__class_getitem__"}:
                return (ClassThing(module, cls),)
            if "staticmethod" not in decorators:
                return (ProjectInstance(ClassThing(module, cls)),)
        at = self.definition_point(module, header)
        if parameter.annotation is not None:
            found = self.annotated(parameter.annotation, at)
            if found:
                return found
        if parameter.default is not None:
            dependency = self._dependency(parameter.default, at)
            if dependency:
                return dependency
        found = _unique(with_rung(thing, Rung.FACTORY) for site, value in self.given(module, scope, parameter) for thing in self.things(value, site.at))
        return found or self.things(parameter.default, at)

    def _dependency(self, default: Expr, at: At) -> Things:
        """`Depends(factory)`: what the factory returns."""
        if not isinstance(default, CallRef):
            return ()
        call = at.module.body(at.scope).calls[default.id]
        if _tail(call.callee) not in {"Depends", "Security", "Inject", "Provide"} or not call.args:
            return ()
        return _unique(
            with_rung(got, Rung.FACTORY) for thing in self.things(call.args[0].value, at) for got in self.applied(thing, Site(at.module, at.scope, default.id))
        )

    def definition_point(self, module: Module, header: ScopeHeader) -> At:
        """The point in the enclosing scope where a function or class is defined."""
        return At(module, header.parent, header.block, header.order, header.span)

    def annotated(self, annotation: Expr | None, at: At) -> Things:
        """Objects of the type that an annotation names."""
        match annotation:
            case Ref() | Attr():
                return _unique(made for thing in self.things(annotation, at) for made in (self.instance_of(thing),) if made is not None)
            case Item(base, key) if _tail(base) in _GENERIC_WRAPPERS:
                options = key.items if isinstance(key, Seq) else (key,)
                if _tail(base) == "Annotated":
                    for extra in options[1:]:
                        dependency = self._dependency(extra, at)
                        if dependency:
                            return dependency
                    options = options[:1]
                return _unique(thing for option in options for thing in self.annotated(option, at))
            case Item(base, key) if _tail(base) in {"type", "Type"}:
                return self.things(key, at)
            case Item(base, _):
                return self.annotated(base, at)
            case Op("|", arguments):
                return _unique(thing for option in arguments for thing in self.annotated(option, at))
            case _:
                return ()

    def instance_of(self, thing: Thing, site: Site | None = None, rung: Rung = Rung.ANNOTATION) -> Thing | None:
        """An object of a class, known by its type only."""
        match thing:
            case External(name, rungs):
                entry = self.knowledge.classes.get(name)
                return Instance(entry.name, site, (*rungs, rung)) if entry is not None else None
            case ClassThing():
                return ProjectInstance(thing, site, (rung,))
            case _:
                return None

    def given(self, module: Module, scope: int, parameter: Parameter) -> list[tuple[Site, Expr]]:
        """What the resolved callers of a function pass for a parameter; at most MAX_CALLERS candidates are looked at."""
        header = module.scope(scope)
        name, cls = header.name, module.method_class(scope)
        if name == "__init__" and cls is not None:
            name = module.scope(cls).name
        if not name or (name.startswith("__") and name.endswith("__")):
            return []
        found: list[tuple[Site, Expr]] = []
        for count, site in enumerate(self.program.sites(name)):
            if count >= MAX_CALLERS:
                break
            value = _argument_for(header, parameter, site.record.args, bound=cls is not None)
            if value is not None and self.calls_function(site, module, scope, cls):
                found.append((site, value))
        return found

    def calls_function(self, site: Site, module: Module, scope: int, cls: int | None) -> bool:
        """Whether a call resolves to this function (or, for `__init__`, constructs its class or a subclass without an own one)."""
        for thing in self.things(site.record.callee, site.at):
            match thing:
                case FunctionThing(m, s):
                    if m is module and s == scope:
                        return True
                case ClassThing(m, s):
                    if cls is not None and m is module and s == cls:
                        return True
        return False

    # ------------------------------------------------------------ classes

    def mro(self, cls: ClassThing) -> list[ClassThing | External]:
        """The class and its bases, depth first, each once; library bases as External."""
        order: list[ClassThing | External] = []
        todo: list[ClassThing | External] = [cls]
        while todo and len(order) < 24:
            one = todo.pop(0)
            if one in order:
                continue
            order.append(one)
            if isinstance(one, ClassThing):
                header = one.module.scope(one.scope)
                at = self.definition_point(one.module, header)
                bases: list[ClassThing | External] = []
                for base in header.bases:
                    expr = base.base if isinstance(base, Item) else base
                    bases += [t for t in self.things(expr, at) if isinstance(t, ClassThing | External)]
                todo = bases + todo
        return order

    def instance_attribute(self, owner: ProjectInstance, name: str) -> Things:
        """An attribute of a project object: set on self, declared in the class, inherited, or set by a subclass."""
        cls = owner.cls
        key = ("attribute", cls.module.path, cls.scope, name, owner.site, owner.root, owner.route)
        return self._once(key, lambda: self._instance_attribute(owner, name))

    def _instance_attribute(self, owner: ProjectInstance, name: str) -> Things:
        for cls in self.mro(owner.cls):
            if isinstance(cls, External):
                entry = self.knowledge.classes.get(cls.name)
                if entry is not None:
                    return self._library_step(Instance(entry.name, None, (Rung.ANNOTATION,), (), opaque=True), name)
                continue
            found = self._own_attribute(cls, owner, name)
            if found:
                return found
            lazy = self._lazy_attribute(cls.module, cls.scope, name)
            if lazy:
                return lazy
        found = ()
        for sub in self.direct_subclasses(owner.cls):
            found = _unique((*found, *self._own_attribute(sub, ProjectInstance(sub), name)))
        return found

    def direct_subclasses(self, cls: ClassThing) -> list[ClassThing]:
        """The classes one of whose bases is `cls`; at most 24."""
        result = []
        for module, scope in self.program.subclasses(cls.module.scope(cls.scope).name)[:24]:
            header = module.scope(scope)
            at = self.definition_point(module, header)
            if any(thing == cls for base in header.bases for thing in self.things(base.base if isinstance(base, Item) else base, at)):
                result.append(ClassThing(module, scope))
        return result

    def _own_attribute(self, cls: ClassThing, owner: ProjectInstance, name: str) -> Things:
        module = cls.module
        header = module.scope(cls.scope)
        for inner in reversed(module.inner(cls.scope)):
            if inner.name == name and inner.kind == "function":
                function = FunctionThing(module, inner.id, owner)
                if any(_tail(d) in _PROPERTY for d in inner.decorators):
                    return tuple(with_rung(thing, Rung.ATTRIBUTE) for thing in self._returned(function))
                return (function,)
            if inner.name == name and inner.kind == "class":
                return (ClassThing(module, inner.id),)
        found: list[Thing] = []
        if name in header.names:
            for bind in module.binds(cls.scope, name):
                found += [self._on_route(owner, thing, name) for thing in self.bound(module, cls.scope, bind)]
        for method in module.inner(cls.scope):
            if name in method.attributes and method.parameters:
                me = method.parameters[0].name
                for bind in module.body(method.id).binds:
                    if isinstance(bind.target, Ref) and bind.target.root == me and bind.target.attributes == (name,):
                        found += self.bound(module, method.id, bind)
        return _unique(with_rung(thing, Rung.ATTRIBUTE) for thing in found)

    def _on_route(self, owner: ProjectInstance, thing: Thing, name: str) -> Thing:
        """A field of a settings object is itself a settings object, one step further."""
        if isinstance(thing, ProjectInstance):
            return replace(thing, root=owner.root or owner.cls, route=(*owner.route, name))
        return thing

    def class_attribute(self, cls: ClassThing, name: str) -> Things:
        """An attribute of a project class object."""
        for one in self.mro(cls):
            if isinstance(one, External):
                return (External(f"{one.name}.{name}", one.rungs),) if one.name in self.knowledge.classes else ()
            for inner in one.module.inner(one.scope):
                if inner.name == name:
                    return (FunctionThing(one.module, inner.id, cls) if inner.kind == "function" else ClassThing(one.module, inner.id),)
            if name in one.module.scope(one.scope).names:
                return _unique(
                    with_rung(thing, Rung.ATTRIBUTE) for bind in one.module.binds(one.scope, name) for thing in self.bound(one.module, one.scope, bind)
                )
        return ()

    # ------------------------------------------------------------ calls

    @_guarded
    def call(self, site: Site) -> Things:
        """What a call gives back."""
        return self._once(("call", site.module.path, site.scope, site.call), lambda: self._call(site))

    def _call(self, site: Site) -> Things:
        callee = self.things(site.record.callee, site.at)
        found = _unique(thing for target in callee for thing in self.applied(target, site))
        return found or self._injected(site, callee) or self._wrapped(site, callee)

    def _wrapped(self, site: Site, callee: Things) -> Things:
        """`retry(client.chat.completions.create)`: a function we cannot follow, given a method, gives something that calls it."""
        args = site.record.args
        if not args or args[0].name is not None or not isinstance(args[0].value, Ref | Attr):
            return ()
        if any(isinstance(t, External) and t.name.split(".")[0] in _ROOTS_THAT_RUN for t in callee):
            return ()
        return tuple(t for t in self.things(args[0].value, site.at) if isinstance(t, Member))

    def _injected(self, site: Site, callee: Things) -> Things:
        """`injector.get(Settings)`: a call we cannot follow, given one class of this project, gives an object of it."""
        if any(isinstance(target, External | ClassThing) for target in callee):
            return ()
        args = site.record.args
        if len(args) != 1 or args[0].name is not None or _tail(site.record.callee) not in {"get", "resolve", "provide", "inject", "get_instance"}:
            return ()
        return tuple(ProjectInstance(t, None, (Rung.SHAPE,)) for t in self.things(args[0].value, site.at) if isinstance(t, ClassThing))

    @_guarded
    def applied(self, target: Thing, site: Site) -> Things:
        """What calling a thing gives back."""
        match target:
            case External(name, rungs):
                return self._external_call(name, rungs, site)
            case ClassThing():
                return (ProjectInstance(target, site, ()),)
            case FunctionThing():
                return self.returned(target)
            case Member(owner, path):
                return self._member_call(owner, path, site)
            case ProjectInstance():
                return _unique(
                    thing for hook in self.instance_attribute(target, "__call__") if isinstance(hook, FunctionThing) for thing in self.returned(hook)
                )
            case Partial(inner, _):
                return self.applied(inner, site)
            case _:
                return ()

    def _external_call(self, name: str, rungs: tuple[Rung, ...], site: Site) -> Things:
        entry = self.knowledge.classes.get(name)
        if entry is not None:
            return (Instance(entry.name, site, rungs),)
        for op in self.knowledge.functions.get(name, ()):
            if op.returns and (op.select is None or self._selected(op.select, site)):
                return (Instance(self._entry(op.returns).name, site, rungs),)
        args = [arg.value for arg in site.record.args if arg.name is None]
        if name in {"functools.partial", "functools.partialmethod"} and args:
            return tuple(Partial(thing, site) for thing in self.things(args[0], site.at))
        if name in {"typing.cast", "typing_extensions.cast"} and len(args) == 2:
            return self.annotated(args[0], site.at) or self.things(args[1], site.at)
        if name == "importlib.import_module" and args and isinstance(args[0], Lit) and isinstance(args[0].value, str):
            return self.imported(site.module, Import(args[0].value, None, "*module*", site.scope, 0, 0, ""))
        if name == "builtins.getattr" and len(args) >= 2 and isinstance(args[1], Lit) and isinstance(args[1].value, str):
            return self.steps(self.things(args[0], site.at), (args[1].value,))
        if name == "builtins.super":
            cls = site.module.method_class(site.scope)
            return self._super(site.module, cls) if cls is not None else ()
        if name in _TRANSPARENT and args:
            return self.things(args[0], site.at)
        return ()

    def _super(self, module: Module, cls: int) -> Things:
        for base in self.mro(ClassThing(module, cls))[1:]:
            made = self.instance_of(base)
            if made is not None:
                return (made,)
        return ()

    def _selected(self, select: tuple[str, object], site: Site) -> bool:
        argument, wanted = select
        for index, arg in enumerate(site.record.args):
            if (arg.name == argument or (arg.name is None and index == 0)) and isinstance(arg.value, Lit):
                return arg.value.value == wanted
            if arg.name == argument or (arg.name is None and index == 0):
                return self.literal(arg.value, site.at) == wanted
        return False

    def literal(self, expr: Expr, at: At) -> object:
        """The string an expression is bound to, when a single assignment says so; else None."""
        if isinstance(expr, Lit):
            return expr.value
        if isinstance(expr, Ref) and not expr.attributes:
            binds = at.module.binds(at.scope, expr.root) or at.module.binds(0, expr.root)
            if len(binds) == 1 and isinstance(binds[0].value, Lit):
                return binds[0].value.value
        return None

    def _member_call(self, owner: Instance, path: str, site: Site) -> Things:
        entry = self._entry(owner.entry)
        target = entry.returns.get(path)
        if target == "self":
            return (replace(owner, later=(*owner.later, site)),)
        if target is not None:
            return (Instance(self._entry(target).name, site, owner.rungs, (), owner.opaque, owner),)
        for op in self.knowledge.methods.get(owner.entry, {}).get(path, ()):
            if op.returns and (op.select is None or self._selected(op.select, site)):
                return (Instance(self._entry(op.returns).name, site, owner.rungs, (), owner.opaque, owner),)
        if path in {"__enter__", "__aenter__"}:
            return (owner,)
        return ()

    def returned(self, function: FunctionThing) -> Things:
        """What a function gives back: its return values (for a context manager what it yields), else its return annotation."""
        return self._once(
            ("returned", function.module.path, function.scope, function.owner), lambda: tuple(with_rung(t, Rung.FACTORY) for t in self._returned(function))
        )

    def _returned(self, function: FunctionThing) -> Things:
        module, scope = function.module, function.scope
        header = module.scope(scope)
        wanted = "yield" if header.is_generator else "return"
        found: list[Thing] = []
        for exit_ in module.body(scope).exits:
            if exit_.kind == wanted:
                found += self.things(exit_.value, At(module, scope, exit_.block, exit_.order, exit_.span))
        if not found and header.returns is not None:
            found += self.annotated(header.returns, self.definition_point(module, header))
        return _unique(found)

    # ------------------------------------------------------------ subscripts

    def subscript(self, base: Expr, key: Expr, at: At) -> Things:
        """`base[key]`: a subscripted class is the class; an item of a dict is what was put there."""
        things = self.things(base, at)
        classes = tuple(t for t in things if isinstance(t, External | ClassThing))
        if classes:
            return classes
        found: list[Thing] = []
        if isinstance(base, Ref):
            for module, scope, bind in self._binds_of(base, at):
                here = At(module, scope, bind.block, bind.order, bind.span)
                if isinstance(bind.value, Map):
                    for name, value in bind.value.entries:
                        if name == key or not isinstance(key, Lit):
                            found += self.things(value, here)
        return _unique(with_rung(thing, Rung.FACTORY) for thing in found)

    def _binds_of(self, ref: Ref, at: At) -> list[tuple[Module, int, Bind]]:
        module, scope = at.module, at.scope
        if len(ref.attributes) == 1:
            cls = module.method_class(scope)
            if cls is None:
                return []
            return [
                (module, method.id, bind)
                for method in module.inner(cls)
                if ref.attributes[0] in method.attributes
                for bind in module.body(method.id).binds
                if isinstance(bind.target, Ref) and bind.target.attributes == ref.attributes
            ]
        if ref.attributes:
            return []
        while True:
            binds = module.binds(scope, ref.root)
            if binds or scope == 0:
                return [(module, scope, bind) for bind in binds]
            scope = module.scope(scope).parent

    # ------------------------------------------------------------ helpers

    def _once(self, key: tuple[object, ...], compute: Callable[[], Things]) -> Things:
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        if key in self._running:
            return ()
        self._running.add(key)
        try:
            result = compute()
        finally:
            self._running.discard(key)
        self._cache[key] = result
        return result


def _unique(things: Iterable[Thing]) -> Things:
    return tuple(dict.fromkeys(things))[:MAX_ALTERNATIVES]


def _tail(expr: Expr | None) -> str:
    match expr:
        case Ref(root, attributes):
            return attributes[-1] if attributes else root
        case Attr(_, attributes):
            return attributes[-1] if attributes else ""
        case Item(base, _):
            return _tail(base)
        case _:
            return ""


def _argument_for(header: ScopeHeader, parameter: Parameter, args: tuple[Arg, ...], *, bound: bool) -> Expr | None:
    """The expression a call passes for a parameter, None when it passes none or it cannot be told."""
    if parameter.kind != "positional-only":
        for arg in args:
            if arg.name == parameter.name:
                return arg.value
    if parameter.kind in {"positional", "positional-only"}:
        names = [p.name for p in header.parameters if p.kind in {"positional", "positional-only"}]
        position = names.index(parameter.name) - (1 if bound and "staticmethod" not in {_tail(d) for d in header.decorators} else 0)
        given = [arg for arg in args if arg.name is None]
        if 0 <= position < len(given) and not any(type(arg.value).__name__ == "Star" for arg in given[: position + 1]):
            return given[position].value
    return None
