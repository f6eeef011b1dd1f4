"""What an expression denotes: the ladder from a name to the library object behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps

from launchlint.facts.base import Rung
from launchlint.knowledge.schema import ClassEntry, Knowledge
from launchlint.syntax.records import (
    Attr,
    Bind,
    CallRef,
    Expr,
    Fn,
    Import,
    Item,
    Op,
    Parameter,
    Pick,
    Ref,
    ScopeHeader,
)

from . import classes, names, parameters, results
from .program import At, Module, Program, Site
from .things import ClassThing, External, FunctionThing, Instance, Member, ModuleThing, Partial, ProjectInstance, Thing, Things, unique

Definition = tuple[Module, int, Bind | Parameter]

MAX_DEPTH = 60


_FOLLOWED = (Instance, Member, ProjectInstance, FunctionThing, ClassThing, Partial)


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

    @_guarded
    def things(self, expr: Expr | None, at: At) -> Things:
        """What an expression may denote at a point, each alternative once."""
        match expr:
            case Ref(root, attributes):
                found = self.steps(self.name(root, at), attributes)
                if len(attributes) > 1 and not any(isinstance(thing, _FOLLOWED) for thing in found):
                    return names.attached(self, at.module, root, attributes) or found
                return found
            case Attr(base, attributes):
                return self.steps(self.things(base, at), attributes)
            case CallRef(call):
                return self.call(Site(at.module, at.scope, call))
            case Item(base, key):
                return self.subscript(base, key, at)
            case Pick(alternatives, _):
                return unique(thing for one in alternatives for thing in self.things(one, at))
            case Op("or" | "and", arguments):
                return unique(thing for one in arguments for thing in self.things(one, at))
            case Fn(scope):
                return (FunctionThing(at.module, scope),)
            case _:
                return ()

    def steps(self, things: Things, attributes: Sequence[str]) -> Things:
        """Follow attributes from each thing."""
        for attribute in attributes:
            things = unique(found for thing in things for found in self.step(thing, attribute))
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
                return self.library_step(thing, attribute)
            case Member(owner, path):
                return self.library_step(owner, f"{path}.{attribute}")
            case ProjectInstance():
                return self.instance_attribute(thing, attribute)
            case ClassThing():
                return self.class_attribute(thing, attribute)
            case _:
                return ()

    def library_step(self, owner: Instance, path: str) -> Things:
        entry = self.knowledge.classes[owner.entry]
        target = entry.attributes.get(path)
        if target is not None:
            return (owner if target == "self" else Instance(self.entry(target).name, owner.site, owner.rungs, owner.later, owner.opaque, owner),)
        return (Member(owner, path),)

    def entry(self, name: str) -> ClassEntry:
        return self.knowledge.classes[name]

    def once(self, key: tuple[object, ...], compute: Callable[[], Things]) -> Things:
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

    # ------------------------------------------------------------ the parts, each in its own module

    def name(self, name: str, at: At) -> Things:
        """What a name denotes at a point."""
        return names.name(self, name, at)

    def definitions(self, name: str, at: At) -> list[Definition] | None:
        """The binds and the parameter that may give a name its value at a point, latest first; None when it is not defined in this module."""
        return names.definitions(self, name, at)

    def global_definitions(self, module: Module, name: str) -> list[Definition]:
        """The binds of a module-level name as seen by code that runs later: at module level and under `global` in functions."""
        return names.global_definitions(self, module, name)

    def module_attribute(self, module: Module, name: str) -> Things:
        """A name of a module, or a submodule of a package."""
        return names.module_attribute(self, module, name)

    def lazy_attribute(self, module: Module, owner_scope: int, name: str) -> Things:
        """`__getattr__` that hands attributes of another module or object on: `return getattr(self._module, name)`."""
        return names.lazy_attribute(self, module, owner_scope, name)

    @_guarded
    def bound(self, module: Module, scope: int, bind: Bind) -> Things:
        """What a bind gives its name."""
        return names.bound(self, module, scope, bind)

    def imported(self, module: Module, record: Import) -> Things:
        """What an import binds its alias to."""
        return names.imported(self, module, record)

    @_guarded
    def parameter(self, module: Module, scope: int, parameter: Parameter) -> Things:
        """What a parameter may be given: self, its annotation, a dependency, its callers, its default."""
        return parameters.parameter(self, module, scope, parameter)

    def dependency(self, default: Expr, at: At) -> Things:
        """`Depends(factory)`: what the factory returns."""
        return parameters.dependency(self, default, at)

    def definition_point(self, module: Module, header: ScopeHeader) -> At:
        """The point in the enclosing scope where a function or class is defined."""
        return parameters.definition_point(self, module, header)

    def given(self, module: Module, scope: int, parameter: Parameter) -> list[tuple[Site, Expr]]:
        """What the resolved callers of a function pass for a parameter; at most MAX_CALLERS candidates are looked at."""
        return parameters.given(self, module, scope, parameter)

    def calls_function(self, site: Site, module: Module, scope: int, cls: int | None) -> bool:
        """Whether a call resolves to this function (or, for `__init__`, constructs its class or a subclass without an own one)."""
        return parameters.calls_function(self, site, module, scope, cls)

    def annotated(self, annotation: Expr | None, at: At) -> Things:
        """Objects of the type that an annotation names."""
        return classes.annotated(self, annotation, at)

    def instance_of(self, thing: Thing, site: Site | None = None, rung: Rung = Rung.ANNOTATION) -> Thing | None:
        """An object of a class, known by its type only."""
        return classes.instance_of(self, thing, site, rung)

    def mro(self, cls: ClassThing) -> list[ClassThing | External]:
        """The class and its bases, depth first, each once; library bases as External."""
        return classes.mro(self, cls)

    def instance_attribute(self, owner: ProjectInstance, name: str) -> Things:
        """An attribute of a project object: set on self, declared in the class, inherited, or set by a subclass."""
        return classes.instance_attribute(self, owner, name)

    def class_attribute(self, cls: ClassThing, name: str) -> Things:
        """An attribute of a project class object."""
        return classes.class_attribute(self, cls, name)

    @_guarded
    def call(self, site: Site) -> Things:
        """What a call gives back."""
        return results.call(self, site)

    @_guarded
    def applied(self, target: Thing, site: Site) -> Things:
        """What calling a thing gives back."""
        return results.applied(self, target, site)

    def returned_directly(self, function: FunctionThing) -> Things:
        """See `results`."""
        return results.returned_directly(self, function)

    def subscript(self, base: Expr, key: Expr, at: At) -> Things:
        """`base[key]`: a subscripted class is the class; an item of a dict is what was put there."""
        return results.subscript(self, base, key, at)
