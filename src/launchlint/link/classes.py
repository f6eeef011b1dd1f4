"""Project classes: bases, attributes, annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from launchlint.facts.base import Rung
from launchlint.syntax.records import (
    Attr,
    Call,
    CallRef,
    Expr,
    Item,
    Op,
    Ref,
    Seq,
)

from .program import At, Site, last_name
from .things import ClassThing, External, FunctionThing, Instance, ProjectInstance, Thing, Things, unique, with_rung

if TYPE_CHECKING:
    from .resolve import Resolver

_PROPERTY = frozenset({"property", "cached_property", "lru_property", "async_cached_property", "hybrid_property"})
_GENERIC_WRAPPERS = frozenset({"Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "Union", "SkipValidation", "InstanceOf"})


def annotated(r: Resolver, annotation: Expr | None, at: At) -> Things:
    """Objects of the type that an annotation names."""
    match annotation:
        case Ref() | Attr():
            return unique(made for thing in r.things(annotation, at) for made in (r.instance_of(thing),) if made is not None)
        case Item(base, key) if last_name(base) in _GENERIC_WRAPPERS:
            options = key.items if isinstance(key, Seq) else (key,)
            if last_name(base) == "Annotated":
                for extra in options[1:]:
                    dependency = r.dependency(extra, at)
                    if dependency:
                        return dependency
                options = options[:1]
            return unique(thing for option in options for thing in r.annotated(option, at))
        case Item(base, key) if last_name(base) in {"type", "Type"}:
            return r.things(key, at)
        case Item(base, _):
            return r.annotated(base, at)
        case Op("|", arguments):
            return unique(thing for option in arguments for thing in r.annotated(option, at))
        case _:
            return ()


def instance_of(r: Resolver, thing: Thing, site: Site | None = None, rung: Rung = Rung.ANNOTATION) -> Thing | None:
    """An object of a class, known by its type only."""
    match thing:
        case External(name, rungs):
            entry = r.knowledge.classes.get(name)
            return Instance(entry.name, site, (*rungs, rung)) if entry is not None else None
        case ClassThing():
            return ProjectInstance(thing, site, (rung,))
        case _:
            return None


def mro(r: Resolver, cls: ClassThing) -> list[ClassThing | External]:
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
            at = r.definition_point(one.module, header)
            bases: list[ClassThing | External] = []
            for base in header.bases:
                expr = base.base if isinstance(base, Item) else base
                bases += [t for t in r.things(expr, at) if isinstance(t, ClassThing | External)]
            todo = bases + todo
    return order


def instance_attribute(r: Resolver, owner: ProjectInstance, name: str) -> Things:
    """An attribute of a project object: set on self, declared in the class, inherited, or set by a subclass."""
    cls = owner.cls
    key = ("attribute", cls.module.path, cls.scope, name, owner.site, owner.root, owner.route)
    return r.once(key, lambda: _instance_attribute(r, owner, name))


def _instance_attribute(r: Resolver, owner: ProjectInstance, name: str) -> Things:
    changed = False
    for cls in r.mro(owner.cls):
        if isinstance(cls, External):
            entry = r.knowledge.classes.get(cls.name)
            if entry is not None:
                return r.library_step(Instance(entry.name, None, (Rung.ANNOTATION,), (), opaque=True), name)
            continue
        found = _own_attribute(r, cls, owner, name)
        if found and changed:
            return tuple(thing._replace(opaque=True) if isinstance(thing, Instance) else thing for thing in found)
        if found or _sets_itself(cls, name):
            return found
        changed = changed or any(name in method.attributes for method in cls.module.inner(cls.scope))
        lazy = r.lazy_attribute(cls.module, cls.scope, name)
        if lazy:
            return lazy
    return unique(with_rung(thing, Rung.SHAPE) for sub in direct_subclasses(r, owner.cls) for thing in _own_attribute(r, sub, ProjectInstance(sub), name))


def _sets_itself(cls: ClassThing, name: str) -> bool:
    """Whether a class gives an attribute a value of its own, which then hides that of its bases even where it cannot be followed.

    A value that is made from the attribute itself (`self.client = wrap(self.client)`) or taken from a parameter does not hide anything.
    """
    for method in cls.module.inner(cls.scope):
        if name in method.attributes and method.parameters:
            me = Ref(method.parameters[0].name, (name,))
            body = cls.module.body(method.id)
            for bind in body.binds:
                if bind.target == me and isinstance(bind.value, CallRef) and name not in {a for n in _refs(bind.value, body.calls) for a in n.attributes}:
                    return True
    return False


def _refs(expr: object, calls: tuple[Call, ...]) -> Iterator[Ref]:
    if isinstance(expr, Ref):
        yield expr
    elif isinstance(expr, CallRef):
        yield from _refs(calls[expr.id].callee, calls)
        for arg in calls[expr.id].args:
            yield from _refs(arg.value, calls)
    elif isinstance(expr, tuple):
        for part in expr:
            yield from _refs(part, calls)


def direct_subclasses(r: Resolver, cls: ClassThing) -> list[ClassThing]:
    """The classes one of whose bases is `cls`; at most 24."""
    result: list[ClassThing] = []
    for module, scope in r.program.subclasses(cls.module.scope(cls.scope).name):
        if len(result) == 24:
            break
        header = module.scope(scope)
        at = r.definition_point(module, header)
        if any(thing == cls for base in header.bases for thing in r.things(base.base if isinstance(base, Item) else base, at)):
            result.append(ClassThing(module, scope))
    return result


def _own_attribute(r: Resolver, cls: ClassThing, owner: ProjectInstance, name: str) -> Things:
    module = cls.module
    header = module.scope(cls.scope)
    for inner in reversed(module.inner(cls.scope)):
        if inner.name == name and inner.kind == "function":
            function = FunctionThing(module, inner.id, owner)
            if any(last_name(d) in _PROPERTY for d in inner.decorators):
                return tuple(with_rung(thing, Rung.ATTRIBUTE) for thing in r.returned_directly(function))
            return (function,)
        if inner.name == name and inner.kind == "class":
            return (ClassThing(module, inner.id),)
    found: list[Thing] = []
    if name in header.names:
        for bind in module.binds(cls.scope, name):
            found += [_on_route(r, owner, thing, name) for thing in r.bound(module, cls.scope, bind)]
    for method in module.inner(cls.scope):
        if name in method.attributes and method.parameters:
            me = method.parameters[0].name
            for bind in module.body(method.id).binds:
                if isinstance(bind.target, Ref) and bind.target.root == me and bind.target.attributes == (name,):
                    found += r.bound(module, method.id, bind)
    return unique(with_rung(thing, Rung.ATTRIBUTE) for thing in found)


def _on_route(r: Resolver, owner: ProjectInstance, thing: Thing, name: str) -> Thing:
    """A field of a settings object is itself a settings object, one step further."""
    if isinstance(thing, ProjectInstance):
        return thing._replace(root=owner.root or owner.cls, route=(*owner.route, name))
    return thing


def class_attribute(r: Resolver, cls: ClassThing, name: str) -> Things:
    """An attribute of a project class object."""
    for one in r.mro(cls):
        if isinstance(one, External):
            return (External(f"{one.name}.{name}", one.rungs),) if one.name in r.knowledge.classes else ()
        for inner in one.module.inner(one.scope):
            if inner.name == name:
                return (FunctionThing(one.module, inner.id, cls) if inner.kind == "function" else ClassThing(one.module, inner.id),)
        if name in one.module.scope(one.scope).names:
            return unique(with_rung(thing, Rung.ATTRIBUTE) for bind in one.module.binds(one.scope, name) for thing in r.bound(one.module, one.scope, bind))
    return ()
