"""The packed form of a scope body: JSON arrays, read back without running or importing anything they name.

The extractor builds the arrays themselves (the "wire" form), since records that are packed at once need never exist; `unpack` makes records of them.

Expressions on the wire:

    missing               null                      Item      ["i", base, key]
    Lit(None)             []                        Seq       ["l" | "u" | "e", item…]   list, tuple, set
    Lit("text")           "'text"                   Map       ["m", key, value, …]       key null for `**value`
    Lit of a number       1, 1.5, true              Text      ["t", part…]
    Ref                   "client.chat"             Pick      ["?", test, alternative…]
    CallRef               [id]                      Op        ["o", operator, argument…]
    Attr                  ["a", base, "chat.create"] Star     ["*", value]
    Secret                ["k", kind, length, digest] Fn      ["f", scope]
                                                    Opaque    ["!", why]

A name cannot begin with a quote, so that a string needs no tag to tell a reference from a literal.

A body is [calls, binds, blocks, exits]:

    call    [callee, args, role * 2 + awaited, block, order, *span]     an argument is its value, or ["=", name, value]
    bind    [target, value, kind, annotation, block, order, *span, position, operator]     the last two may be left out
    block   [parent, kind, group, test, ends, order, *span, is_async]
    exit    [kind, value, block, order, *span]

Words of a closed set (role, kind, ends) are indexes into the tuples below: changing those or anything above needs a new `FORM`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from launchlint.model.source import Span

from .records import Arg, Attr, Bind, Block, Call, CallRef, Exit, Expr, Fn, Item, Lit, Map, Op, Opaque, Pick, Ref, ScopeBody, Secret, Seq, Star, Text

FORM = 1
"""The version of the packed form."""

Wire: TypeAlias = Any
"""An expression or event as nested tuples (from the extractor) or lists (from JSON) of scalars."""

ROLES = ("expr", "assign", "return", "arg", "decorator", "with", "iter", "yield", "other")
BIND_KINDS = ("assign", "annotate", "augment", "for", "with", "except", "import", "def", "class", "walrus", "match", "unpack", "delete", "global")
BLOCK_KINDS = (*("body", "if", "else", "for", "for-else", "while", "while-else", "try", "except", "try-else", "finally", "with", "case", "loop-comp"),)
ENDS = ("", "return", "raise", "break", "continue")
EXIT_KINDS = ("return", "yield", "raise", "break", "continue")

_SEQ_TAGS = {"list": "l", "tuple": "u", "set": "e"}
_SEQ_KINDS = {tag: kind for kind, tag in _SEQ_TAGS.items()}

encode: Callable[[Wire], str] = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
"""Wire form to JSON text."""


def pack(body: ScopeBody) -> bytes:
    """The packed form of a scope body. Raises ValueError for text that is not valid Unicode (lone surrogates)."""
    return encode(
        (
            [_wire_call(call) for call in body.calls],
            [_wire_bind(bind) for bind in body.binds],
            [_wire_block(block) for block in body.blocks],
            [(EXIT_KINDS.index(e.kind), wire(e.value), e.block, e.order, *e.span) for e in body.exits],
        )
    ).encode()


def unpack(data: bytes) -> ScopeBody:
    """The scope body of a packed form. Raises ValueError for bytes that are none."""
    try:
        return scope_body(json.loads(data))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a packed scope body: {error}") from None


# ---------------------------------------------------------------- records from the wire


def scope_body(w: Wire) -> ScopeBody:
    """The records of a body in wire form. Raises ValueError, TypeError, LookupError or AttributeError for anything else."""
    calls, binds, blocks, exits = w
    return ScopeBody(
        tuple([_call(index, call) for index, call in enumerate(calls)]),
        tuple([_bind(*bind) for bind in binds]),
        tuple([_block(index, *block) for index, block in enumerate(blocks)]),
        tuple([Exit(EXIT_KINDS[kind], maybe(value), block, order, Span(*span)) for kind, value, block, order, *span in exits]),
    )


_new = tuple.__new__


@lru_cache(maxsize=1 << 14)
def _reference(text: str) -> Ref:
    # The same few references come again and again; sharing them saves more memory than anything else here.
    root, *attributes = text.split(".")
    return Ref(root, tuple(attributes))


def expression(w: Wire) -> Expr:
    """The expression of a wire form that is not missing. Raises ValueError, TypeError, LookupError or AttributeError for anything else."""
    kind = type(w)
    if kind is str:
        return Lit(w[1:]) if w[:1] == "'" else _reference(w)
    if kind is list or kind is tuple:
        if not w:
            return Lit(None)
        tag = w[0]
        return _READERS[tag](w) if type(tag) is str else CallRef(tag)
    if kind is int or kind is float or kind is bool:
        return Lit(w)
    raise TypeError(f"no expression: {kind.__name__}")


def maybe(w: Wire) -> Expr | None:
    """The expression of a wire form, None when it is missing."""
    return None if w is None else expression(w)


def _several(items: Iterable[Wire]) -> tuple[Expr, ...]:
    return tuple([expression(item) for item in items])


def _map(w: Wire) -> Map:
    return Map(tuple([(maybe(w[n]), expression(w[n + 1])) for n in range(1, len(w), 2)]))


_READERS: dict[str, Callable[[Wire], Expr]] = {
    "a": lambda w: Attr(expression(w[1]), tuple(w[2].split("."))),
    "i": lambda w: Item(expression(w[1]), expression(w[2])),
    "l": lambda w: Seq("list", _several(w[1:])),
    "u": lambda w: Seq("tuple", _several(w[1:])),
    "e": lambda w: Seq("set", _several(w[1:])),
    "m": _map,
    "t": lambda w: Text(_several(w[1:])),
    "?": lambda w: Pick(_several(w[2:]), expression(w[1])),
    "o": lambda w: Op(w[1], _several(w[2:])),
    "*": lambda w: Star(expression(w[1])),
    "k": lambda w: Secret(w[1], w[2], w[3]),
    "f": lambda w: Fn(w[1]),
    "!": lambda w: Opaque(w[1]),
}


def argument(w: Wire) -> Arg:
    """The argument of a wire form."""
    if type(w) is not str and w.__class__ in (list, tuple) and w and w[0] == "=":
        return Arg(w[1], expression(w[2]))
    return Arg(None, expression(w))


def _call(index: int, w: Wire) -> Call:
    callee, args, role, block, order, line, column, end_line, end_column = w
    span = _new(Span, (line, column, end_line, end_column))
    return _new(Call, (index, expression(callee), tuple([argument(a) for a in args]), role & 1 == 1, ROLES[role >> 1], block, order, span))


def _bind(
    target: Wire,
    value: Wire,
    kind: int,
    annotation: Wire,
    block: int,
    order: int,
    line: int,
    column: int,
    end_line: int,
    end_column: int,
    position: int | None = None,
    op: str | None = None,
) -> Bind:
    span = _new(Span, (line, column, end_line, end_column))
    return Bind(expression(target), expression(value), BIND_KINDS[kind], maybe(annotation), block, order, span, position, op)


def _block(index: int, parent: int, kind: int, group: int, test: Wire, ends: int, order: int, *rest: int) -> Block:
    line, column, end_line, end_column, is_async = rest
    return Block(index, parent, BLOCK_KINDS[kind], group, maybe(test), ENDS[ends], order, Span(line, column, end_line, end_column), is_async == 1)


# ---------------------------------------------------------------- the wire from records


def wire(expr: Expr | None) -> Wire:
    """The wire form of an expression; None for a missing one."""
    match expr:
        case None:
            return None
        case Lit(value):
            return "'" + value if isinstance(value, str) else () if value is None else value
        case Ref(root, attributes):
            return ".".join((root, *attributes))
        case CallRef(number):
            return (number,)
        case Attr(base, attributes):
            return ("a", wire(base), ".".join(attributes))
        case Item(base, key):
            return ("i", wire(base), wire(key))
        case Seq(kind, items):
            return (_SEQ_TAGS[kind], *map(wire, items))
        case Map(entries):
            return ("m", *[wire(part) for entry in entries for part in entry])
        case Text(parts):
            return ("t", *map(wire, parts))
        case Pick(alternatives, test):
            return ("?", wire(test), *map(wire, alternatives))
        case Op(op, arguments):
            return ("o", op, *map(wire, arguments))
        case Star(value):
            return ("*", wire(value))
        case Secret(kind, length, digest):
            return ("k", kind, length, digest)
        case Fn(scope):
            return ("f", scope)
        case Opaque(why):
            return ("!", why)


def _wire_call(call: Call) -> Wire:
    args = [wire(value) if name is None else ("=", name, wire(value)) for name, value in call.args]
    return (wire(call.callee), args, ROLES.index(call.role) * 2 + call.awaited, call.block, call.order, *call.span)


def _wire_bind(bind: Bind) -> Wire:
    kind = BIND_KINDS.index(bind.kind)
    return (wire(bind.target), wire(bind.value), kind, wire(bind.annotation), bind.block, bind.order, *bind.span, bind.position, bind.op)


def _wire_block(b: Block) -> Wire:
    return (b.parent, BLOCK_KINDS.index(b.kind), b.group, wire(b.test), ENDS.index(b.ends), b.order, *b.span, int(b.is_async))
