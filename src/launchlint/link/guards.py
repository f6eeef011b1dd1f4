"""Code that runs only on a developer's own machine, or only when somebody turns a setting on."""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.model.value import Known, Value
from launchlint.syntax.records import Call, Expr, Lit, Op, Ref

from .bounds import names, words
from .fold import Folder
from .program import At
from .things import ProjectInstance

_DEVELOPMENT = frozenset({"debug", "dev", "develop", "development", "local", "localhost", "testing", "is_dev", "is_local"})
_PRODUCTION = frozenset({"prod", "production", "live"})


def for_development(at: At) -> bool:
    """Whether a point is reached only under a test that names a development environment (`if DEBUG:`, `if ENV != "production":`)."""
    body = at.module.body(at.scope)
    chain = at.module.chain(at.scope, at.block)
    for block in body.blocks:
        if block.id in chain and block.kind == "if" and _speaks_of(block.test, body.calls, positive=True):
            return True
        if block.id in chain and block.kind == "else":
            branch = next((b for b in body.blocks if b.group == block.group and b.kind == "if"), None)
            if branch is not None and _speaks_of(branch.test, body.calls, positive=False):
                return True
    return False


def off_by_default(folder: Folder, at: At) -> bool:
    """Whether a point is reached only under a setting whose value is false unless somebody changes it."""
    body = at.module.body(at.scope)
    chain = at.module.chain(at.scope, at.block)
    for block in body.blocks:
        if block.id in chain and block.kind == "if" and block.test is not None:
            point = At(at.module, at.scope, block.parent, block.order, block.span)
            value = folder.value(block.test, point)
            values = [value] if isinstance(value, Known) else _declared(folder, block.test, point)
            if any(isinstance(one, Known) and one.value is False for one in values):
                return True
    return False


def _declared(folder: Folder, test: Expr, at: At) -> list[Value | None]:
    """The defaults that the classes of a settings object declare for the attribute a test reads."""
    if not isinstance(test, Ref) or not test.attributes:
        return []
    owners = folder.resolver.things(Ref(test.root, test.attributes[:-1]), at)
    return [folder.class_default(one.cls, test.attributes[-1]) for one in owners if isinstance(one, ProjectInstance)]


def _speaks_of(test: Expr | None, calls: tuple[Call, ...], *, positive: bool) -> bool:
    """Whether a test holds (or, with `positive` False, fails) in development only."""
    negated = False
    while isinstance(test, Op) and test.op == "not":
        test, negated = test.arguments[0], not negated
    if isinstance(test, Op) and test.op == "!=":
        negated = not negated
    said = {word for name in names(test, calls) for word in words(name)} | {word for text in _texts(test) for word in words(text)}
    for_development = bool(said & _DEVELOPMENT) and not said & _PRODUCTION
    for_production = bool(said & _PRODUCTION) and not said & _DEVELOPMENT
    return (for_development and negated != positive) or (for_production and negated == positive)


def _texts(expr: object) -> Iterator[str]:
    if isinstance(expr, Lit):
        if isinstance(expr.value, str):
            yield expr.value
    elif isinstance(expr, tuple):
        for part in expr:
            yield from _texts(part)
