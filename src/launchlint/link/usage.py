"""How an object or a value is used elsewhere: read at all, one of several texts, part of a module's own demonstration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchlint.model.source import PathClass
from launchlint.model.value import Argument, Known
from launchlint.syntax.records import Attr, Bind, Call, CallRef, Expr, Lit, Op, Pick, Ref

from .bounds import names
from .fold import Folder
from .program import At, Module, Program, Site
from .things import ClassThing

_NO_TEXT = re.compile(r"(?:^|[-/:._])(?:image|images|imagen|embed|embedding|embeddings|tts|speech|audio|veo|whisper|dall-e|moderation|rerank)", re.IGNORECASE)


def is_read(program: Program, site: Site) -> bool:
    """Whether the result of a call is read anywhere that was parsed. Only a local name and an attribute of self can be said to be unread."""
    body = site.module.body(site.scope)
    targets = [bind.target for bind in body.binds if bind.value == CallRef(site.call) and bind.kind == "assign"]
    if not targets and site.record.role == "arg":
        outer = next((call for call in body.calls if any(arg.value == CallRef(site.call) for arg in call.args)), None)
        return outer is None or outer.role != "assign" or is_read(program, Site(site.module, site.scope, outer.id))
    if len(targets) != 1 or not isinstance(targets[0], Ref):
        return True
    if not site.scope:
        return _may_be_read(program, site.module, targets[0])
    target = targets[0]
    if target.attributes and target.root != "self":
        return True
    if target.attributes:
        end = "." + target.attributes[-1]
        return any(_reads_attribute(site.module, scope.id, target.attributes[-1]) for scope in site.module.header.scopes) or any(
            dotted.endswith(end)
            for module in program.modules.values()
            if module is not site.module
            for scope in module.header.scopes
            for dotted in scope.callees
        )
    return any(target.root in _read_names(site.module, scope.id) for scope in site.module.header.scopes)


def stays_local(site: Site) -> bool:
    """Whether the result of a call is bound to one local name of a function and only its attributes are read: nobody else can use it."""
    module, scope = site.module, site.scope
    if module.scope(scope).kind != "function":
        return False
    body = module.body(scope)
    held = [bind for bind in body.binds if bind.value == CallRef(site.call) and bind.kind in {"assign", "with"}]
    if len(held) != 1 or not isinstance(held[0].target, Ref) or held[0].target.attributes or module.inner(scope):
        return False
    name = held[0].target
    values: list[object] = [arg.value for call in body.calls for arg in call.args]
    values += [bind.value for bind in body.binds] + [exit_.value for exit_ in body.exits]
    return not any(_mentions(value, name) for value in values)


def _mentions(expr: object, name: Ref) -> bool:
    if isinstance(expr, Ref):
        return expr == name
    return isinstance(expr, tuple) and any(_mentions(part, name) for part in expr)


def _may_be_read(program: Program, module: Module, target: Ref) -> bool:
    """Whether a module variable may be read: here, by an importer, or, in a module that defines nothing else, by whoever runs it."""
    if target.attributes or module.path in program.importers or target.root in (module.header.exports or ()) or len(module.header.scopes) == 1:
        return True
    return any(target.root in _read_names(module, scope.id) for scope in module.header.scopes)


def never_runs(site: Site) -> bool:
    """Whether a call stands in a branch that cannot be taken."""
    return any(_never_chosen(site, bind) for bind in site.module.body(site.scope).binds)


def _never_chosen(site: Site, bind: Bind) -> bool:
    """`self.client if hasattr(self, "client") else OpenAI()` in a class whose `__init__` sets the attribute: the call never runs."""
    if not isinstance(bind.value, Pick) or CallRef(site.call) not in bind.value.alternatives or not isinstance(bind.value.test, CallRef):
        return False
    test = site.module.body(site.scope).calls[bind.value.test.id]
    if test.callee != Ref("hasattr", ()) or len(test.args) != 2 or not isinstance(test.args[1].value, Lit):
        return False
    cls = site.module.method_class(site.scope)
    return cls is not None and any(inner.name == "__init__" and test.args[1].value.value in inner.attributes for inner in site.module.inner(cls))


def _expressions(module: Module, scope: int) -> Iterator[object]:
    body = module.body(scope)
    for call in body.calls:
        yield call.callee
        yield from (arg.value for arg in call.args)
    yield from (bind.value for bind in body.binds)
    yield from (exit_.value for exit_ in body.exits)
    yield from (block.test for block in body.blocks)


def _read_names(module: Module, scope: int) -> set[str]:
    return {name for expr in _expressions(module, scope) for name in names(expr)}


def _reads_attribute(module: Module, scope: int, name: str) -> bool:
    return any(_has_attribute(expr, name) for expr in _expressions(module, scope))


def _has_attribute(expr: object, name: str) -> bool:
    if isinstance(expr, Ref):
        return name in expr.attributes
    if isinstance(expr, tuple):
        return (isinstance(expr, Attr) and name in expr.attributes) or any(_has_attribute(part, name) for part in expr)
    return False


def makes_no_text(folder: Folder, arguments: dict[str, Argument], call: Call, at: At) -> bool:
    """Whether images, speech or vectors come out: said so, or said by a name the model may have, as with Gemini's image models."""
    if isinstance(arguments.get("modalities", Argument()).passed, Known):
        return True
    names = [arg.value for arg in call.args if arg.name in {"model", "model_id", "modelId", "model_name"}]
    return any(_NO_TEXT.search(text) for name in names for text in texts(folder, name, at))


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


def path_class(program: Program, at: At) -> PathClass:
    """What a place is for: that of its file, but an example when only examples, notebooks and scripts import the file, or when it is a demonstration."""
    own = at.module.facts.source.path_class
    if own is not PathClass.PROD:
        return own
    importers = program.importers.get(at.module.path, frozenset())
    if importers and PathClass.PROD not in importers:
        return PathClass.EXAMPLE
    return PathClass.EXAMPLE if in_demonstration(program, at) else own


def in_demonstration(program: Program, at: At) -> bool:
    """Whether a point lies under `if __name__ == "__main__":` of a module that others import: a way to try it, not the service."""
    body = at.module.body(at.scope)
    chain = at.module.chain(at.scope, at.block)
    guarded = at.scope == 0 and any(
        block.id in chain and block.kind == "if" and block.test == Op("==", (Ref("__name__", ()), Lit("__main__"))) for block in body.blocks
    )
    return guarded and at.module.path in program.importers
