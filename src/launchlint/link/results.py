"""What a call gives back, and what is in a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from launchlint.facts.base import Rung
from launchlint.syntax.records import (
    Attr,
    Bind,
    Expr,
    Import,
    Lit,
    Map,
    Ref,
)

from .program import At, Module, Site, last_name
from .things import ClassThing, External, FunctionThing, Instance, Member, Partial, ProjectInstance, Thing, Things, unique, with_rung

if TYPE_CHECKING:
    from launchlint.knowledge.schema import Operation

    from .resolve import Resolver

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
_ROOTS_THAT_RUN = frozenset({"asyncio", "builtins", "anyio", "concurrent", "threading", "trio"})
"""Modules whose functions run what they are given, or do nothing with it: their result is no method."""


def call(r: Resolver, site: Site) -> Things:
    """What a call gives back."""
    return r.once(("call", site.module.path, site.scope, site.call), lambda: _call(r, site))


def _call(r: Resolver, site: Site) -> Things:
    callee = r.things(site.record.callee, site.at)
    found = unique(thing for target in callee for thing in r.applied(target, site))
    return found or _injected(r, site, callee) or _wrapped(r, site, callee)


def _wrapped(r: Resolver, site: Site, callee: Things) -> Things:
    """`retry(client.chat.completions.create)`: a function we cannot follow, given a method, gives something that calls it."""
    args = site.record.args
    if not args or args[0].name is not None or not isinstance(args[0].value, Ref | Attr):
        return ()
    if any(isinstance(t, External) and t.name.split(".")[0] in _ROOTS_THAT_RUN for t in callee):
        return ()
    return tuple(t for t in r.things(args[0].value, site.at) if isinstance(t, Member))


def _injected(r: Resolver, site: Site, callee: Things) -> Things:
    """`injector.get(Settings)`: a call we cannot follow, given one class of this project, gives an object of it."""
    if any(isinstance(target, External | ClassThing) for target in callee):
        return ()
    args = site.record.args
    if len(args) != 1 or args[0].name is not None or last_name(site.record.callee) not in {"get", "resolve", "provide", "inject", "get_instance"}:
        return ()
    return tuple(ProjectInstance(t, None, (Rung.SHAPE,)) for t in r.things(args[0].value, site.at) if isinstance(t, ClassThing))


def applied(r: Resolver, target: Thing, site: Site) -> Things:
    """What calling a thing gives back."""
    match target:
        case External(name, rungs):
            return _external_call(r, name, rungs, site)
        case ClassThing():
            return (ProjectInstance(target, site, ()),)
        case FunctionThing():
            return returned(r, target)
        case Member(owner, path):
            return _member_call(r, owner, path, site)
        case ProjectInstance():
            return unique(thing for hook in r.instance_attribute(target, "__call__") if isinstance(hook, FunctionThing) for thing in returned(r, hook))
        case Partial(inner, _):
            return r.applied(inner, site)
        case _:
            return ()


def _external_call(r: Resolver, name: str, rungs: tuple[Rung, ...], site: Site) -> Things:
    entry = r.knowledge.classes.get(name)
    if entry is not None:
        return (Instance(entry.name, site, rungs),)
    for op in r.knowledge.functions.get(name, ()):
        if op.returns and selected(r, op, site):
            return (Instance(r.entry(op.returns).name, site, rungs),)
    args = [arg.value for arg in site.record.args if arg.name is None]
    if name in {"functools.partial", "functools.partialmethod"} and args:
        return tuple(Partial(thing, site) for thing in r.things(args[0], site.at))
    if name in {"typing.cast", "typing_extensions.cast"} and len(args) == 2:
        return r.annotated(args[0], site.at) or r.things(args[1], site.at)
    if name == "importlib.import_module" and args and isinstance(args[0], Lit) and isinstance(args[0].value, str):
        return r.imported(site.module, Import(args[0].value, None, "*module*", site.scope, 0, 0, ""))
    if name == "builtins.getattr" and len(args) >= 2 and isinstance(args[1], Lit) and isinstance(args[1].value, str):
        return r.steps(r.things(args[0], site.at), (args[1].value,))
    if name == "builtins.super":
        cls = site.module.method_class(site.scope)
        return _super(r, site.module, cls) if cls is not None else ()
    if name in _TRANSPARENT and args:
        return r.things(args[0], site.at)
    return ()


def _super(r: Resolver, module: Module, cls: int) -> Things:
    for base in r.mro(ClassThing(module, cls))[1:]:
        made = r.instance_of(base)
        if made is not None:
            return (made,)
    return ()


def selected(r: Resolver, op: Operation, site: Site) -> bool:
    """Whether the `select` of an operation holds for a call: the argument, by name or by its position, is the wanted literal."""
    if op.select is None:
        return True
    argument, wanted = op.select
    position = op.positional.index(argument) if argument in op.positional else 0 if not op.positional else -1
    for index, arg in enumerate(site.record.args):
        if arg.name == argument or (arg.name is None and index == position):
            return (arg.value.value if isinstance(arg.value, Lit) else literal(r, arg.value, site.at)) == wanted
    return False


def literal(r: Resolver, expr: Expr, at: At) -> object:
    """The string an expression is bound to, when a single assignment says so; else None."""
    if isinstance(expr, Lit):
        return expr.value
    if isinstance(expr, Ref) and not expr.attributes:
        binds = at.module.binds(at.scope, expr.root) or at.module.binds(0, expr.root)
        if len(binds) == 1 and isinstance(binds[0].value, Lit):
            return binds[0].value.value
    return None


def _member_call(r: Resolver, owner: Instance, path: str, site: Site) -> Things:
    entry = r.entry(owner.entry)
    target = entry.returns.get(path)
    if target == "self":
        return (owner._replace(later=(*owner.later, site)),)
    if target is not None:
        return (Instance(r.entry(target).name, site, owner.rungs, (), owner.opaque, owner),)
    for op in r.knowledge.methods.get(owner.entry, {}).get(path, ()):
        if op.returns and selected(r, op, site):
            return (Instance(r.entry(op.returns).name, site, owner.rungs, (), owner.opaque, owner),)
    if path in {"__enter__", "__aenter__"}:
        return (owner,)
    return ()


def returned(r: Resolver, function: FunctionThing) -> Things:
    """What a function gives back: its return values (for a context manager what it yields), else its return annotation."""
    return r.once(
        ("returned", function.module.path, function.scope, function.owner), lambda: tuple(with_rung(t, Rung.FACTORY) for t in r.returned_directly(function))
    )


def returned_directly(r: Resolver, function: FunctionThing) -> Things:
    module, scope = function.module, function.scope
    header = module.scope(scope)
    wanted = "yield" if header.is_generator else "return"
    found: list[Thing] = []
    for exit_ in module.body(scope).exits:
        if exit_.kind == wanted:
            found += r.things(exit_.value, At(module, scope, exit_.block, exit_.order, exit_.span))
    if header.returns is not None:
        declared = r.annotated(header.returns, r.definition_point(module, header))
        if not found:
            return declared
        clients = {t.entry for t in declared if isinstance(t, Instance) and r.entry(t.entry).kind == "client"}
        if clients:  # what is declared wins over what several subclasses might give
            return unique(t for t in found if isinstance(t, Instance) and t.entry in clients) or declared
    return unique(found)


def subscript(r: Resolver, base: Expr, key: Expr, at: At) -> Things:
    """`base[key]`: a subscripted class is the class; an item of a dict is what was put there."""
    things = r.things(base, at)
    classes = tuple(t for t in things if isinstance(t, External | ClassThing))
    if classes:
        return classes
    found: list[Thing] = []
    if isinstance(base, Ref):
        for module, scope, bind in _binds_of(r, base, at):
            here = At(module, scope, bind.block, bind.order, bind.span)
            if isinstance(bind.value, Map):
                for name, value in bind.value.entries:
                    if name == key or not isinstance(key, Lit):
                        found += r.things(value, here)
    return unique(with_rung(thing, Rung.FACTORY) for thing in found)


def _binds_of(r: Resolver, ref: Ref, at: At) -> list[tuple[Module, int, Bind]]:
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
