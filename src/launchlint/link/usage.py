"""How an object or a value is used elsewhere: read at all, one of several texts, part of a module's own demonstration."""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.syntax.records import Bind, CallRef, Expr, Lit, Op, Pick, Ref

from .bounds import names
from .fold import Folder
from .program import At, Module, Program, Site
from .things import ClassThing


def is_read(program: Program, site: Site) -> bool:
    """Whether the result of a call is read anywhere that was parsed. Only a local name and an attribute of self can be said to be unread."""
    body = site.module.body(site.scope)
    targets = [bind.target for bind in body.binds if bind.value == CallRef(site.call) and bind.kind == "assign"]
    if len(targets) != 1 or not isinstance(targets[0], Ref) or not site.scope:
        return True
    target = targets[0]
    if target.attributes and target.root != "self":
        return True
    name = target.attributes[-1] if target.attributes else target.root
    if any(name in _read_names(site.module, scope.id) for scope in site.module.header.scopes):
        return True
    return bool(target.attributes) and bool(program.mentions(name))


def _read_names(module: Module, scope: int) -> set[str]:
    body = module.body(scope)
    found: set[str] = set()
    for call in body.calls:
        found.update(names(call.callee))
        for arg in call.args:
            found.update(names(arg.value))
    for bind in body.binds:
        found.update(names(bind.value))
    for exit_ in body.exits:
        found.update(names(exit_.value))
    for block in body.blocks:
        found.update(names(block.test))
    return found


def texts(folder: Folder, expr: Expr, at: At, depth: int = 4) -> Iterator[str]:
    """The literal texts that an expression may have, among others that cannot be followed."""
    match expr:
        case Lit(str(text)):
            yield text
        case Op("or", arguments):
            for argument in arguments:
                yield from texts(folder, argument, at, depth)
        case Pick(alternatives, _):
            for alternative in alternatives:
                yield from texts(folder, alternative, at, depth)
        case Ref(root, ()) if depth:
            for module, scope, one in folder.resolver.definitions(root, at) or ():
                if isinstance(one, Bind) and one.kind == "assign":
                    yield from texts(folder, one.value, At(module, scope, one.block, one.order, one.span), depth - 1)
        case Ref(root, (attribute,)) if depth:
            cls = at.module.method_class(at.scope)
            if cls is not None and root in {"self", "cls"}:
                for module, scope, bind in _attribute_binds(ClassThing(at.module, cls), attribute):
                    yield from texts(folder, bind.value, At(module, scope, bind.block, bind.order, bind.span), depth - 1)
        case _:
            return


def _attribute_binds(cls: ClassThing, name: str) -> Iterator[tuple[Module, int, Bind]]:
    module = cls.module
    for bind in module.binds(cls.scope, name):
        yield module, cls.scope, bind
    for method in module.inner(cls.scope):
        if name in method.attributes:
            for bind in module.body(method.id).binds:
                if isinstance(bind.target, Ref) and bind.target.attributes == (name,):
                    yield module, method.id, bind


def in_demonstration(program: Program, at: At) -> bool:
    """Whether a point lies under `if __name__ == "__main__":` of a module that others import: a way to try it, not the service."""
    body = at.module.body(at.scope)
    chain = at.module.chain(at.scope, at.block)
    guarded = at.scope == 0 and any(
        block.id in chain and block.kind == "if" and block.test == Op("==", (Ref("__name__", ()), Lit("__main__"))) for block in body.blocks
    )
    return guarded and at.module.path in program.imported
