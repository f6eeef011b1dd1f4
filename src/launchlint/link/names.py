"""What a name denotes: binds, imports, modules and what they export."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from launchlint.facts.base import Rung
from launchlint.syntax.records import (
    Bind,
    CallRef,
    Fn,
    Import,
    Ref,
    ScopeHeader,
    Seq,
)

from .program import At, Module, reaching
from .things import ClassThing, External, FunctionThing, ModuleThing, Thing, Things, unique, with_rung

if TYPE_CHECKING:
    from .resolve import Definition, Resolver

_BUILTINS = frozenset(dir(builtins))


def name(r: Resolver, name: str, at: At) -> Things:
    """What a name denotes at a point."""
    found = r.definitions(name, at)
    if found is None:
        return _star(r, at.module, name) or ((External(f"builtins.{name}"),) if name in _BUILTINS else ())
    return unique(
        thing for module, scope, one in found for thing in (r.bound(module, scope, one) if isinstance(one, Bind) else r.parameter(module, scope, one))
    )


def definitions(r: Resolver, name: str, at: At) -> list[Definition] | None:
    """The binds and the parameter that may give a name its value at a point, latest first; None when it is not defined in this module."""
    module, scope = at.module, at.scope
    inside = True
    while True:
        header = module.scope(scope)
        if header.kind != "class" or inside:
            parameter = module.parameters(scope).get(name)
            if parameter is not None or name in module.names(scope):
                binds = module.binds(scope, name)
                whole = False
                if scope == at.scope:
                    binds = reaching(binds, at, module.body(scope).blocks)
                    around = module.chain(scope, at.block)
                    whole = any(bind.block in around and bind.order < at.order for bind in binds)
                elif scope == 0:
                    return r.global_definitions(module, name) or None
                found: list[Definition] = [(module, scope, bind) for bind in binds if bind.kind != "delete"]
                found += _set_from_inside(module, scope, name)
                if parameter is not None and not whole:
                    found.append((module, scope, parameter))
                return found or None
        if scope == 0:
            return None
        scope, inside = header.parent, False


def global_definitions(r: Resolver, module: Module, name: str) -> list[Definition]:
    """The binds of a module-level name as seen by code that runs later: at module level and under `global` in functions."""
    found: list[Definition] = [(module, 0, bind) for bind in module.binds(0, name) if bind.kind != "delete"]
    return found + _set_from_inside(module, 0, name)


def _set_from_inside(module: Module, scope: int, name: str) -> list[Definition]:
    """The binds of a name in functions that declare it `global` (for the module) or `nonlocal` (for the function around them)."""
    return [
        (module, inner, bind)
        for inner in module.declaring(name)
        if scope in {0, module.scope(inner).parent}
        for bind in module.binds(inner, name)
        if bind.kind not in {"delete", "global"}
    ]


def module_name(r: Resolver, module: Module, name: str) -> Things:
    """What a module-level name denotes to code that runs later."""
    found = [thing for m, scope, one in r.global_definitions(module, name) if isinstance(one, Bind) for thing in r.bound(m, scope, one)]
    return unique(found) or _star(r, module, name)


def _star(r: Resolver, module: Module, name: str) -> Things:
    for record in module.imports(0, "*"):
        path = r.program.find(record.module, module.path)
        target = r.program.modules.get(path) if path else None
        if target is not None and target is not module:
            found = r.module_attribute(target, name)
            if found:
                return found
    return ()


def module_attribute(r: Resolver, module: Module, name: str) -> Things:
    """A name of a module, or a submodule of a package."""
    key = ("module", module.path, name)
    return r.once(key, lambda: _module_attribute(r, module, name))


def _module_attribute(r: Resolver, module: Module, name: str) -> Things:
    found = module_name(r, module, name)
    if found:
        return found
    if module.path.endswith("__init__.py"):
        path = r.program.index.at(f"{module.path[: -len('/__init__.py')]}/{name}")
        if path and path in r.program.modules:
            return (ModuleThing(r.program.modules[path]),)
    return r.lazy_attribute(module, 0, name)


def lazy_attribute(r: Resolver, module: Module, owner_scope: int, name: str) -> Things:
    """`__getattr__` that hands attributes of another module or object on: `return getattr(r._module, name)`."""
    hook = next((s for s in module.inner(owner_scope) if s.name == "__getattr__"), None)
    if hook is None:
        return ()
    found: list[Thing] = []
    for exit_ in module.body(hook.id).exits:
        if exit_.kind == "return" and isinstance(exit_.value, CallRef):
            call = module.body(hook.id).calls[exit_.value.id]
            if isinstance(call.callee, Ref) and call.callee == Ref("getattr", ()) and call.args:
                at = At(module, hook.id, exit_.block, exit_.order, exit_.span)
                found += [got for thing in r.things(call.args[0].value, at) for got in r.step(thing, name)]
    return unique(found)


def bound(r: Resolver, module: Module, scope: int, bind: Bind) -> Things:
    """What a bind gives its name."""
    key = ("bind", module.path, scope, bind.order, bind.position, bind.target)
    return r.once(key, lambda: _bound(r, module, scope, bind))


def _bound(r: Resolver, module: Module, scope: int, bind: Bind) -> Things:
    at = At(module, scope, bind.block, bind.order, bind.span)
    name = bind.target.root if isinstance(bind.target, Ref) else ""
    match bind.kind:
        case "import":
            return unique(thing for record in module.imports(scope, name) for thing in r.imported(module, record))
        case "def" | "class":
            return (defined(r, module, module.scope(bind.value.scope)),) if isinstance(bind.value, Fn) else ()
        case "assign" | "walrus" | "with":
            things = r.things(bind.value, at)
            if not things and bind.annotation is not None:
                things = r.annotated(bind.annotation, at)
            return tuple(with_rung(thing, Rung.LOCAL) for thing in things)
        case "annotate":
            return r.annotated(bind.annotation, at)
        case "for":
            items = bind.value.items if isinstance(bind.value, Seq) else ()
            return unique(thing for item in items for thing in r.things(item, at))
        case "unpack":
            return _unpacked(r, bind, at)
        case _:
            return ()


def attached(r: Resolver, module: Module, root: str, attributes: tuple[str, ...]) -> Things:
    """What was hung on an object that is not followed itself: `app.state.client = OpenAI()`, `bp.openai_client = client`."""
    if root in {"self", "cls"}:
        return ()
    for length in range(len(attributes), 0, -1):
        binds = module.attached(root, attributes[:length])
        if binds:
            found = unique(thing for scope, bind in binds for thing in r.bound(module, scope, bind))
            return r.steps(tuple(with_rung(thing, Rung.ATTRIBUTE) for thing in found), attributes[length:])
    return ()


def _unpacked(r: Resolver, bind: Bind, at: At) -> Things:
    position = bind.position
    if position is None:
        return ()
    if isinstance(bind.value, Seq):
        return r.things(bind.value.items[position], at) if position < len(bind.value.items) else ()
    if isinstance(bind.value, CallRef):
        found: list[Thing] = []
        for thing in r.things(at.module.body(at.scope).calls[bind.value.id].callee, at):
            if isinstance(thing, FunctionThing):
                body = thing.module.body(thing.scope)
                for exit_ in body.exits:
                    if exit_.kind == "return" and isinstance(exit_.value, Seq) and position < len(exit_.value.items):
                        inner = At(thing.module, thing.scope, exit_.block, exit_.order, exit_.span)
                        found += [with_rung(t, Rung.FACTORY) for t in r.things(exit_.value.items[position], inner)]
        return unique(found)
    return ()


def defined(r: Resolver, module: Module, header: ScopeHeader) -> Thing:
    """The thing a `def` or `class` makes."""
    return ClassThing(module, header.id) if header.kind == "class" else FunctionThing(module, header.id)


def imported(r: Resolver, module: Module, record: Import) -> Things:
    """What an import binds its alias to."""
    target = r.program.find(record.module, module.path)
    if record.name is None:
        if target is not None and (record.alias != record.module.split(".")[0] or "." not in record.module):
            found = r.program.modules.get(target)
            return (ModuleThing(found),) if found else ()
        if target is not None:
            root = r.program.find(record.module.split(".")[0], module.path)
            found = r.program.modules.get(root) if root else None
            return (ModuleThing(found),) if found else ()
        name = record.module if record.alias != record.module.split(".")[0] else record.alias
        return () if record.module.startswith(".") else (External(name),)
    if target is not None:
        found = r.program.modules.get(target)
        if found is None:
            return ()
        got = r.module_attribute(found, record.name) if found is not module else ()
        return tuple(thing if isinstance(thing, External | ModuleThing) else with_rung(thing, Rung.FACTORY) for thing in got)
    if record.module.startswith("."):
        sub = r.program.find(f"{record.module}{'' if record.module.endswith('.') else '.'}{record.name}", module.path)
        found = r.program.modules.get(sub) if sub else None
        return (ModuleThing(found),) if found else ()
    submodule = r.program.find(f"{record.module}.{record.name}", module.path)
    if submodule is not None and submodule in r.program.modules:
        return (ModuleThing(r.program.modules[submodule]),)
    return (External(f"{record.module}.{record.name}"),)
