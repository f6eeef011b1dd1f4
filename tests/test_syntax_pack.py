"""The packed form: what goes in comes out, and nothing else does."""

import json
import random
from collections.abc import Callable

import pytest

from launchlint.model.source import Span
from launchlint.syntax.pack import BIND_KINDS, BLOCK_KINDS, ENDS, EXIT_KINDS, ROLES, pack, unpack
from launchlint.syntax.records import (
    Arg,
    Attr,
    Bind,
    Block,
    Call,
    CallRef,
    Exit,
    Expr,
    Fn,
    Item,
    Lit,
    Map,
    Op,
    Opaque,
    Pick,
    Ref,
    ScopeBody,
    Secret,
    Seq,
    Star,
    Text,
)

LITERALS = (None, True, False, 0, 1, -7, 2**200, 0.5, -0.0, 1e300, float("inf"), "", "a", "'", "''x", "a.b", '\U0001f680\u00e9\x00\n\\"', "[1]", "x" * 200)
NAMES = ("x", "self", "_", "\u00e9t\u00e9", "null", "true")


class Maker:
    """Makes random records: `depth` bounds how far expressions nest."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.kinds: tuple[Callable[[int], Expr], ...] = (
            lambda d: Lit(self.random.choice(LITERALS)),
            lambda d: Ref(self.name(), self.names()),
            lambda d: CallRef(self.random.randrange(1000)),
            lambda d: Secret("openai-key", 51, "ab" * 16),
            lambda d: Fn(self.random.randrange(1000)),
            lambda d: Opaque("too deep"),
            lambda d: Attr(self.expr(d), (self.name(), *self.names())),
            lambda d: Item(self.expr(d), self.expr(d)),
            lambda d: Seq(self.random.choice(("list", "tuple", "set")), self.several(d)),
            lambda d: Map(tuple((self.random.choice((None, self.expr(d))), self.expr(d)) for _ in range(self.random.randrange(4)))),
            lambda d: Text(self.several(d)),
            lambda d: Pick(self.several(d), self.expr(d)),
            lambda d: Op(self.random.choice(("or", "not in", "+", "neg")), self.several(d)),
            lambda d: Star(self.expr(d)),
        )

    def name(self) -> str:
        return self.random.choice(NAMES)

    def names(self) -> tuple[str, ...]:
        return tuple(self.name() for _ in range(self.random.randrange(3)))

    def several(self, depth: int) -> tuple[Expr, ...]:
        return tuple(self.expr(depth) for _ in range(self.random.randrange(4)))

    def expr(self, depth: int) -> Expr:
        return self.random.choice(self.kinds if depth > 0 else self.kinds[:6])(depth - 1)

    def maybe(self) -> Expr | None:
        return self.random.choice((None, self.expr(3)))

    def span(self) -> Span:
        return Span(*(self.random.randrange(1, 9999) for _ in range(4)))

    def number(self) -> int:
        return self.random.randrange(10_000)

    def body(self) -> ScopeBody:
        pick, count = self.random.choice, self.random.randrange
        calls = tuple(Call(n, self.expr(3), self.args(), bool(count(2)), pick(ROLES), self.number(), self.number(), self.span()) for n in range(count(6)))
        binds = tuple(
            Bind(self.expr(2), self.expr(3), pick(BIND_KINDS), self.maybe(), self.number(), self.number(), self.span(), pick((None, 0, 3)), pick((None, "+=")))
            for _ in range(count(6))
        )
        blocks = tuple(
            Block(n, self.number(), pick(BLOCK_KINDS), self.number(), self.maybe(), pick(ENDS), self.number(), self.span(), bool(count(2)))
            for n in range(count(6))
        )
        exits = tuple(Exit(pick(EXIT_KINDS), self.maybe(), self.number(), self.number(), self.span()) for _ in range(count(6)))
        return ScopeBody(calls, binds, blocks, exits)

    def args(self) -> tuple[Arg, ...]:
        return tuple(Arg(self.random.choice((None, "k", "**")), self.expr(3)) for _ in range(self.random.randrange(4)))


@pytest.mark.parametrize("seed", range(150))
def test_round_trip(seed: int) -> None:
    body = Maker(seed).body()
    data = pack(body)
    # repr, because 1, 1.0 and True are equal, and so are a tuple and a named tuple.
    assert repr(unpack(data)) == repr(body)
    assert pack(unpack(data)) == data
    json.loads(data)


def test_closed_words_fit_the_records() -> None:
    for words, record in ((ROLES, Call), (BIND_KINDS, Bind), (BLOCK_KINDS, Block), (EXIT_KINDS, Exit), (ENDS, Block)):
        for word in words:
            assert word in (record.__doc__ or "") or (word == "" and record is Block)


def test_text_without_a_utf8_form_is_refused() -> None:
    bind = Bind(Ref("x", ()), Lit("\ud800"), "assign", None, 0, 0, Span(1, 1, 1, 1))
    with pytest.raises(ValueError, match="surrogates"):
        pack(ScopeBody((), (bind,), (), ()))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"\x80\x04K\x01.",
        b"null",
        b"{}",
        b"[]",
        b"[[],[],[]]",
        b"[[],[],[],[],[]]",
        b"[1,2,3,4]",
        b"[[[]],[],[],[]]",
        b'[[["x",[],99,0,0,1,1,1,1]],[],[],[]]',
        b'[[["x",[],0,0,0,1,1,1]],[],[],[]]',
        b'[[["x",[null],0,0,0,1,1,1,1]],[],[],[]]',
        b'[[[["zz",1],[],0,0,0,1,1,1,1]],[],[],[]]',
        b'[[[["a"],[],0,0,0,1,1,1,1]],[],[],[]]',
        b"[[[{},[],0,0,0,1,1,1,1]],[],[],[]]",
        b'[[],[["x"]],[],[]]',
        b'[[],[["x","y",99,null,0,0,1,1,1,1]],[],[]]',
        b"[[],[],[[0]],[]]",
        b"[[],[],[[0,0,0,null,0,0,1,1,1,1]],[]]",
        b"[[],[],[],[[9,null,0,0,1,1,1,1]]]",
        b"[" * 100_000,
        b"[[[" + b'["*",' * 5000 + b"1" + b"]" * 5000 + b",[],0,0,0,1,1,1,1]],[],[],[]]",
    ],
    ids=range(23),
)
def test_other_bytes_are_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a packed scope body"):
        unpack(data)


def test_damaged_bytes_are_a_value_error_or_a_body() -> None:
    data = pack(Maker(3).body())
    source = random.Random(1)
    bodies = 0
    for _ in range(3000):
        damaged = bytearray(data)
        for _ in range(source.randrange(1, 4)):
            damaged[source.randrange(len(data))] = source.randrange(256)
        try:
            bodies += isinstance(unpack(bytes(damaged)), ScopeBody)
        except ValueError:
            continue
    assert 0 < bodies < 3000
