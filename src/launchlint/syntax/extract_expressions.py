"""Expressions of a syntax tree, in wire form (see `pack.py`); the calls, lambdas, walruses and yields in them become events of the scope.

Every reader has the shape (scope, node, depth, role) -> Wire; `depth` counts the displays and operators around the node, `role` (times two, so that
"awaited" can be added) says what happens to the result of a call. What is too deep or too wide is Opaque, but its calls are still recorded.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from .extract_scope import Scope
from .pack import BIND_KINDS, BLOCK_KINDS, EXIT_KINDS, ROLES, Wire
from .secrets import classify

MAX_DEPTH = 12
MAX_WIDTH = 64
MAX_TEXT = 200
_MAX_INT_BITS = 256
# A shorter string is no credential.
_MIN_SECRET = 16

EXPR, ASSIGN, RETURN, ARG, DECORATOR, WITH, ITER, YIELD, OTHER = (2 * n for n in range(len(ROLES)))
_ASSIGN, _FOR, _WALRUS, _UNPACK = (BIND_KINDS.index(kind) for kind in ("assign", "for", "walrus", "unpack"))
_COMPREHENSION = BLOCK_KINDS.index("loop-comp")
_EXIT_YIELD = EXIT_KINDS.index("yield")

_TOO_WIDE = ("!", "too wide")
OPERATORS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Invert: "~",
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not",
    ast.USub: "neg",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


class _Readers(dict[type, Callable[[Scope, Any, int, int], Wire]]):
    def __missing__(self, kind: type) -> Callable[[Scope, Any, int, int], Wire]:
        return _unknown


READERS = _Readers()
"""The reader of each expression node; ask with the node's type. `extract_signatures` adds the one of lambdas."""


# ---------------------------------------------------------------- leaves


def literal(value: object) -> Wire:
    """A constant; a string that holds a credential, alone or behind "Bearer", leaves only its kind, length and digest."""
    kind = type(value)
    if kind is str:
        text: str = value  # type: ignore[assignment]
        if len(text) >= _MIN_SECRET:
            secret = classify(text)
            if secret is not None:
                return ("k", *secret)
            text = text[:MAX_TEXT]
        # A lone surrogate has no UTF-8 form, and a pair of them would come back as one character.
        return "'" + (text if text.isascii() else text.encode("utf-8", "replace").decode())
    if value is None:
        return ()
    if kind is int:
        return value if value.bit_length() <= _MAX_INT_BITS else ("!", "big number")  # type: ignore[attr-defined]
    if kind is bool or kind is float:
        return value
    return ("!", "ellipsis" if value is ... else kind.__name__)


def _constant(x: Scope, node: ast.Constant, depth: int, role: int) -> Wire:
    return literal(node.value)


def _name(x: Scope, node: ast.Name, depth: int, role: int) -> Wire:
    return node.id


def _slice(x: Scope, node: ast.Slice, depth: int, role: int) -> Wire:
    return events(x, node, "slice")


def _unknown(x: Scope, node: ast.AST, depth: int, role: int) -> Wire:
    return events(x, node, "unknown syntax")


def events(x: Scope, node: ast.AST, why: str) -> Wire:
    """Record the events inside a node that is not followed, and give the Opaque that stands for it."""
    stack = [node]
    while stack:
        inner = stack.pop()
        if type(inner) in _EVENTFUL:
            READERS[type(inner)](x, inner, 0, OTHER)
        else:
            stack.extend(reversed(list(ast.iter_child_nodes(inner))))
    return ("!", why)


# ---------------------------------------------------------------- references and calls


def attribute(x: Scope, node: ast.Attribute, depth: int, role: int) -> Wire:
    """A dotted reference, or attributes of another value."""
    names = node.attr
    base = node.value
    while type(base) is ast.Attribute:
        names = f"{base.attr}.{names}"
        base = base.value
    if type(base) is ast.Name:
        return f"{base.id}.{names}"
    if depth > MAX_DEPTH:
        return events(x, base, "too deep")
    return ("a", READERS[type(base)](x, base, depth + 1, OTHER), names)


def dotted(wire: Wire) -> str:
    """The text by which the index of a scope knows a callee or reference."""
    if type(wire) is str:
        return "()" if wire[:1] == "'" else wire
    if type(wire) is tuple and wire:
        if wire[0] == "a":
            return f"{dotted(wire[1])}.{wire[2]}"
        if wire[0] == "i":
            return dotted(wire[1])
    return "()"


def call(x: Scope, node: ast.Call, depth: int, role: int) -> Wire:
    """A call: recorded after the calls in its callee and arguments."""
    func = node.func
    callee = func.id if type(func) is ast.Name else READERS[type(func)](x, func, 0, OTHER)
    x.callees[callee if type(func) is ast.Name else dotted(callee)] = None
    args: list[Wire] = []
    given = node.args
    if len(given) > MAX_WIDTH:
        for beyond in given[MAX_WIDTH:]:
            events(x, beyond, "too wide")
        given = given[:MAX_WIDTH]
    for value in given:
        kind = type(value)
        if kind is ast.Constant:
            args.append(literal(value.value))  # type: ignore[attr-defined]
            continue
        wire = READERS[kind](x, value, 0, ARG)
        if kind is ast.Name:
            x.callees[wire] = None
        elif kind is ast.Attribute:
            x.callees[dotted(wire)] = None
        args.append(wire)
    for keyword in node.keywords[:MAX_WIDTH]:
        value = keyword.value
        kind = type(value)
        wire = READERS[kind](x, value, 0, ARG)
        if kind is ast.Name:
            x.callees[wire] = None
        elif kind is ast.Attribute:
            x.callees[dotted(wire)] = None
        args.append(("=", keyword.arg or "**", wire))
    if len(node.args) > MAX_WIDTH or len(node.keywords) > MAX_WIDTH:
        for keyword in node.keywords[MAX_WIDTH:]:
            events(x, keyword.value, "too wide")
        # As `**`, because anything may be among what is left out.
        args.append(("=", "**", _TOO_WIDE))
    calls = x.calls
    number = len(calls)
    calls.append((callee, args, role, x.block, x.tick(), node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1))  # type: ignore[operator]
    return (number,)


def _await(x: Scope, node: ast.Await, depth: int, role: int) -> Wire:
    value = node.value
    if type(value) is ast.Call:
        return call(x, value, depth, role | 1)
    return READERS[type(value)](x, value, depth, role)


def _subscript(x: Scope, node: ast.Subscript, depth: int, role: int) -> Wire:
    if depth > MAX_DEPTH:
        return events(x, node, "too deep")
    base, key = node.value, node.slice
    return ("i", READERS[type(base)](x, base, depth + 1, OTHER), READERS[type(key)](x, key, depth + 1, OTHER))


# ---------------------------------------------------------------- displays


def _several(x: Scope, tag: Sequence[Wire], nodes: Sequence[ast.expr], depth: int, role: int) -> Wire:
    """The nodes behind a tag, capped in depth and width."""
    if depth > MAX_DEPTH:
        for node in nodes:
            events(x, node, "too deep")
        return ("!", "too deep")
    deeper = depth + 1
    wires = [READERS[type(node)](x, node, deeper, role) for node in nodes[:MAX_WIDTH]]
    if len(nodes) > MAX_WIDTH:
        for node in nodes[MAX_WIDTH:]:
            events(x, node, "too wide")
        wires.append(_TOO_WIDE)
    return (*tag, *wires)


def _list(x: Scope, node: ast.List, depth: int, role: int) -> Wire:
    return _several(x, "l", node.elts, depth, OTHER)


def _tuple(x: Scope, node: ast.Tuple, depth: int, role: int) -> Wire:
    return _several(x, "u", node.elts, depth, OTHER)


def _set(x: Scope, node: ast.Set, depth: int, role: int) -> Wire:
    return _several(x, "e", node.elts, depth, OTHER)


def _dict(x: Scope, node: ast.Dict, depth: int, role: int) -> Wire:
    if depth > MAX_DEPTH:
        return events(x, node, "too deep")
    deeper = depth + 1
    parts: list[Wire] = ["m"]
    for key, value in zip(node.keys[:MAX_WIDTH], node.values, strict=False):
        parts.append(None if key is None else READERS[type(key)](x, key, deeper, OTHER))
        parts.append(READERS[type(value)](x, value, deeper, OTHER))
    if len(node.keys) > MAX_WIDTH:
        for key, value in zip(node.keys[MAX_WIDTH:], node.values[MAX_WIDTH:], strict=True):
            if key is not None:
                events(x, key, "too wide")
            events(x, value, "too wide")
        parts += (None, _TOO_WIDE)
    return tuple(parts)


def _text(x: Scope, node: ast.JoinedStr, depth: int, role: int) -> Wire:
    return _several(x, "t", node.values, depth, OTHER)


def _formatted(x: Scope, node: Any, depth: int, role: int) -> Wire:
    """A replacement field of an f-string or t-string; how it is formatted is of no interest, the calls in it are."""
    wire = READERS[type(node.value)](x, node.value, depth, OTHER)
    if node.format_spec is not None:
        events(x, node.format_spec, "format")
    return wire


def _star(x: Scope, node: ast.Starred, depth: int, role: int) -> Wire:
    return ("*", READERS[type(node.value)](x, node.value, depth, role))


# ---------------------------------------------------------------- operators


def _binary(x: Scope, node: ast.BinOp, depth: int, role: int) -> Wire:
    if depth > MAX_DEPTH:
        return events(x, node, "too deep")
    left, right = node.left, node.right
    one = READERS[type(left)](x, left, depth + 1, OTHER)
    return ("o", OPERATORS[type(node.op)], one, READERS[type(right)](x, right, depth + 1, OTHER))


def _unary(x: Scope, node: ast.UnaryOp, depth: int, role: int) -> Wire:
    operand = node.operand
    kind = type(node.op)
    if depth > MAX_DEPTH:
        return events(x, node, "too deep")
    wire = READERS[type(operand)](x, operand, depth + 1, OTHER)
    if kind is ast.UAdd:
        return wire
    if kind is ast.USub and (type(wire) is int or type(wire) is float):
        return -wire
    return ("o", OPERATORS[kind], wire)


def _boolean(x: Scope, node: ast.BoolOp, depth: int, role: int) -> Wire:
    return _several(x, ("o", OPERATORS[type(node.op)]), node.values, depth, role)


def _compare(x: Scope, node: ast.Compare, depth: int, role: int) -> Wire:
    if len(node.ops) == 1:
        return _several(x, ("o", OPERATORS[type(node.ops[0])]), (node.left, node.comparators[0]), depth, OTHER)
    if depth > MAX_DEPTH or len(node.ops) > MAX_WIDTH:
        return events(x, node, "too deep" if depth > MAX_DEPTH else "too wide")
    values = [READERS[type(n)](x, n, depth + 2, OTHER) for n in (node.left, *node.comparators)]
    pairs = zip(node.ops, values, values[1:], strict=False)
    return ("o", "and", *[("o", OPERATORS[type(op)], one, other) for op, one, other in pairs])


def _conditional(x: Scope, node: ast.IfExp, depth: int, role: int) -> Wire:
    return _several(x, "?", (node.test, node.body, node.orelse), depth, role)


# ---------------------------------------------------------------- binds


def _walrus(x: Scope, node: ast.NamedExpr, depth: int, role: int) -> Wire:
    wire = READERS[type(node.value)](x, node.value, depth, ASSIGN)
    assign(x, node.target, wire, _WALRUS, node)
    return wire


def assign(x: Scope, target: ast.expr, value: Wire, kind: int, at: ast.expr | ast.stmt, position: int | None = None, annotation: Wire = None) -> None:
    """Record what a target is bound to; `at` is the node that gives the span."""
    shape = type(target)
    if shape is ast.Name:
        x.names[target.id] = None  # type: ignore[attr-defined]
        wire: Wire = target.id  # type: ignore[attr-defined]
    elif shape is ast.Tuple or shape is ast.List:
        _unpack(x, target, value, _UNPACK if kind == _ASSIGN else kind, at, position)
        return
    else:
        wire = READERS[shape](x, target, 0, OTHER)
        if shape is ast.Attribute and x.first and type(wire) is str:
            root, _, rest = wire.partition(".")
            if root == x.first and "." not in rest:
                x.attributes[rest] = None
    place = (at.lineno, at.col_offset + 1, at.end_lineno, at.end_col_offset + 1)  # type: ignore[operator]
    head = (wire, value, kind, annotation, x.block, x.tick(), *place)
    x.binds.append(head if position is None else (*head, position))


def _unpack(x: Scope, target: Any, value: Wire, kind: int, at: ast.expr | ast.stmt, position: int | None) -> None:
    if position is not None:
        value = ("!", "nested target")
    for number, element in enumerate(target.elts):
        if type(element) is ast.Starred:
            # How many values the star takes is not known, so neither is the position of what follows.
            value = ("!", "starred target")
            assign(x, element.value, value, kind, at, number)
        else:
            assign(x, element, value, kind, at, number)


def _comprehension(x: Scope, node: Any, depth: int, role: int) -> Wire:
    """A loop of its own for each `for` of a comprehension; its value is not followed."""
    outer = x.block
    for generator in node.generators:
        iterable = READERS[type(generator.iter)](x, generator.iter, 0, ITER)
        x.enter(_COMPREHENSION, iterable, None, node, node, bool(generator.is_async))
        assign(x, generator.target, iterable, _FOR, generator.target)
        for test in generator.ifs:
            READERS[type(test)](x, test, 0, OTHER)
    for element in (node.key, node.value) if type(node) is ast.DictComp else (node.elt,):
        READERS[type(element)](x, element, 0, OTHER)
    x.block = outer
    return ("!", "comprehension")


# ---------------------------------------------------------------- exits


def _yield(x: Scope, node: ast.Yield, depth: int, role: int) -> Wire:
    leave(x, _EXIT_YIELD, None if node.value is None else READERS[type(node.value)](x, node.value, 0, YIELD), node)
    x.is_generator = True
    return ("!", "yield")


def _yield_from(x: Scope, node: ast.YieldFrom, depth: int, role: int) -> Wire:
    leave(x, _EXIT_YIELD, ("*", READERS[type(node.value)](x, node.value, 0, YIELD)), node)
    x.is_generator = True
    return ("!", "yield")


def leave(x: Scope, kind: int, value: Wire, at: ast.expr | ast.stmt) -> None:
    """Record an exit."""
    x.exits.append((kind, value, x.block, x.tick(), at.lineno, at.col_offset + 1, at.end_lineno, at.end_col_offset + 1))  # type: ignore[operator]


READERS.update(
    {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: attribute,
        ast.Call: call,
        ast.Await: _await,
        ast.Subscript: _subscript,
        ast.Slice: _slice,
        ast.List: _list,
        ast.Tuple: _tuple,
        ast.Set: _set,
        ast.Dict: _dict,
        ast.JoinedStr: _text,
        ast.FormattedValue: _formatted,
        ast.Starred: _star,
        ast.BinOp: _binary,
        ast.UnaryOp: _unary,
        ast.BoolOp: _boolean,
        ast.Compare: _compare,
        ast.IfExp: _conditional,
        ast.NamedExpr: _walrus,
        ast.ListComp: _comprehension,
        ast.SetComp: _comprehension,
        ast.DictComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.Yield: _yield,
        ast.YieldFrom: _yield_from,
    }
)
# Nodes of Python 3.14 (PEP 750).
READERS.update({getattr(ast, name): reader for name, reader in {"TemplateStr": _text, "Interpolation": _formatted}.items() if hasattr(ast, name)})
_EVENTFUL = frozenset(
    {ast.Call, ast.Await, ast.NamedExpr, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Yield, ast.YieldFrom, ast.Lambda},
)
