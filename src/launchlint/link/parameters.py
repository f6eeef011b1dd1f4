"""What a parameter may be given: itself, a dependency, the arguments of the callers, its default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from launchlint.facts.base import Rung
from launchlint.syntax.records import (
    Arg,
    CallRef,
    Expr,
    Parameter,
    ScopeHeader,
    Star,
)

from .bounds import names
from .program import At, Module, Site, last_name
from .things import ClassThing, FunctionThing, ProjectInstance, Things, unique, with_rung

if TYPE_CHECKING:
    from .resolve import Resolver

MAX_CALLERS = 40


def parameter(r: Resolver, module: Module, scope: int, parameter: Parameter) -> Things:
    """What a parameter may be given: self, its annotation, a dependency, its callers, its default."""
    key = ("parameter", module.path, scope, parameter.name)
    return r.once(key, lambda: _parameter(r, module, scope, parameter))


def _parameter(r: Resolver, module: Module, scope: int, parameter: Parameter) -> Things:
    header = module.scope(scope)
    cls = module.method_class(scope)
    if cls is not None and header.parameters and header.parameters[0].name == parameter.name:
        decorators = {last_name(d) for d in header.decorators}
        if "classmethod" in decorators or header.name in {"__new__", "__init_subclass__", "__class_getitem__"}:
            return (ClassThing(module, cls),)
        if "staticmethod" not in decorators:
            return (ProjectInstance(ClassThing(module, cls)),)
    at = r.definition_point(module, header)
    if parameter.annotation is not None:
        found = r.annotated(parameter.annotation, at)
        if found:
            return found
    if parameter.default is not None:
        dependency = r.dependency(parameter.default, at)
        if dependency:
            return dependency
    if parameter.annotation is not None and not {"Any", "object"}.intersection(names(parameter.annotation)):
        return r.things(parameter.default, at)  # `text: str`: the type is said, and it is none that matters here
    found = unique(with_rung(thing, Rung.FACTORY) for site, value in r.given(module, scope, parameter) for thing in r.things(value, site.at))
    return found or r.things(parameter.default, at)


def dependency(r: Resolver, default: Expr, at: At) -> Things:
    """`Depends(factory)`: what the factory returns."""
    if not isinstance(default, CallRef):
        return ()
    call = at.module.body(at.scope).calls[default.id]
    if last_name(call.callee) not in {"Depends", "Security", "Inject", "Provide"} or not call.args:
        return ()
    return unique(with_rung(got, Rung.FACTORY) for thing in r.things(call.args[0].value, at) for got in r.applied(thing, Site(at.module, at.scope, default.id)))


def definition_point(r: Resolver, module: Module, header: ScopeHeader) -> At:
    """The point in the enclosing scope where a function or class is defined."""
    return At(module, header.parent, header.block, header.order, header.span)


def given(r: Resolver, module: Module, scope: int, parameter: Parameter) -> list[tuple[Site, Expr]]:
    """What the resolved callers of a function pass for a parameter; at most MAX_CALLERS candidates are looked at."""
    header = module.scope(scope)
    name, cls = header.name, module.method_class(scope)
    if name == "__init__" and cls is not None:
        name = module.scope(cls).name
    if not name or (name.startswith("__") and name.endswith("__")):
        return []
    found: list[tuple[Site, Expr]] = []
    for count, site in enumerate(r.program.sites(name)):
        if count >= MAX_CALLERS:
            break
        value = _argument_for(header, parameter, site.record.args, bound=cls is not None)
        if value is not None and r.calls_function(site, module, scope, cls):
            found.append((site, value))
    return found


def calls_function(r: Resolver, site: Site, module: Module, scope: int, cls: int | None) -> bool:
    """Whether a call resolves to this function (or, for `__init__`, constructs its class or a subclass without an own one)."""
    for thing in r.things(site.record.callee, site.at):
        match thing:
            case FunctionThing(m, s):
                if m is module and s == scope:
                    return True
            case ClassThing(m, s):
                if cls is not None and m is module and s == cls:
                    return True
    return False


def _argument_for(header: ScopeHeader, parameter: Parameter, args: tuple[Arg, ...], *, bound: bool) -> Expr | None:
    """The expression a call passes for a parameter, None when it passes none or it cannot be told."""
    if parameter.kind != "positional-only":
        for arg in args:
            if arg.name == parameter.name:
                return arg.value
    if parameter.kind in {"positional", "positional-only"}:
        names = [p.name for p in header.parameters if p.kind in {"positional", "positional-only"}]
        position = names.index(parameter.name) - (1 if bound and "staticmethod" not in {last_name(d) for d in header.decorators} else 0)
        given = [arg for arg in args if arg.name is None]
        if 0 <= position < len(given) and not any(isinstance(arg.value, Star) for arg in given[: position + 1]):
            return given[position].value
    return None
