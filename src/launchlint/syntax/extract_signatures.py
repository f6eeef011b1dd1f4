"""What stands in the head of a function or class: parameters, annotations, bases. All of it is evaluated in the scope around."""

from __future__ import annotations

import ast

from launchlint.documents.python import parse_annotation
from launchlint.model.source import Span

from .extract_expressions import MAX_DEPTH, MAX_TEXT, MAX_WIDTH, OTHER, READERS, RETURN, dotted, events, leave, literal
from .extract_scope import Scope
from .pack import EXIT_KINDS, Wire, argument, expression, maybe
from .records import Arg, Expr, Parameter

_RETURN = EXIT_KINDS.index("return")


def _lambda(x: Scope, node: ast.Lambda, depth: int, role: int) -> Wire:
    given = parameters(x, node.args)
    order = x.tick()
    inner = Scope(x.file, x, "lambda", "<lambda>", span(node), given[0].name if given else "")
    leave(inner, _RETURN, READERS[type(node.body)](inner, node.body, 0, RETURN), node.body)
    inner.close(x.block, order, False, given)
    return ("f", inner.id)


def span(node: ast.expr | ast.stmt) -> Span:
    """The region of a node."""
    return Span(node.lineno, node.col_offset + 1, node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1)


def parameters(x: Scope, node: ast.arguments) -> tuple[Parameter, ...]:
    """The parameters of a function, their defaults and annotations evaluated in the scope around it."""
    if not (node.args or node.kwonlyargs or node.posonlyargs or node.vararg or node.kwarg):
        return ()
    found: list[Parameter] = []
    plain = [*node.posonlyargs, *node.args]
    required = len(plain) - len(node.defaults)
    for number, arg in enumerate(plain):
        default = node.defaults[number - required] if number >= required else None
        found.append(_parameter(x, arg, "positional-only" if number < len(node.posonlyargs) else "positional", default))
    if node.vararg is not None:
        found.append(_parameter(x, node.vararg, "*", None))
    for arg, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        found.append(_parameter(x, arg, "keyword-only", default))
    if node.kwarg is not None:
        found.append(_parameter(x, node.kwarg, "**", None))
    return tuple(found)


def _parameter(x: Scope, arg: ast.arg, kind: str, default: ast.expr | None) -> Parameter:
    return Parameter(arg.arg, kind, maybe(annotation(x, arg.annotation)), None if default is None else record(x, default, OTHER))


def record(x: Scope, node: ast.expr, role: int) -> Expr:
    """An expression as a record, for headers."""
    return expression(READERS[type(node)](x, node, 0, role))


def keyword_record(x: Scope, node: ast.keyword) -> Arg:
    """A class keyword as a record."""
    return argument(("=", node.arg or "**", READERS[type(node.value)](x, node.value, 0, OTHER)))


def annotation(x: Scope, node: ast.expr | None, depth: int = 0) -> Wire:
    """An annotation, None when there is none; strings in it that stand for types are read as expressions."""
    if node is None:
        return None
    kind = type(node)
    if kind is ast.Name:
        return node.id  # type: ignore[attr-defined]
    if depth > MAX_DEPTH:
        return events(x, node, "too deep")
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= MAX_TEXT:
        parsed = parse_annotation(node.value)
        if parsed is None:
            return literal(node.value)
        for inner in ast.walk(parsed):
            ast.copy_location(inner, node)
        return READERS[type(parsed)](x, parsed, depth, OTHER) if isinstance(parsed, ast.Constant) else annotation(x, parsed, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return ("o", "|", annotation(x, node.left, depth + 1), annotation(x, node.right, depth + 1))
    if isinstance(node, ast.Subscript):
        base = READERS[type(node.value)](x, node.value, depth + 1, OTHER)
        generic = dotted(base).rpartition(".")[2]
        if generic == "Literal":
            return ("i", base, READERS[type(node.slice)](x, node.slice, depth + 1, OTHER))
        if isinstance(node.slice, ast.Tuple) and len(node.slice.elts) <= MAX_WIDTH:
            # What follows the type in Annotated is plain values.
            types = 1 if generic == "Annotated" else len(node.slice.elts)
            parts = [annotation(x, n, depth + 2) if number < types else READERS[type(n)](x, n, depth + 2, OTHER) for number, n in enumerate(node.slice.elts)]
            return ("i", base, ("u", *parts))
        return ("i", base, annotation(x, node.slice, depth + 1))
    return READERS[kind](x, node, depth, OTHER)


READERS[ast.Lambda] = _lambda
