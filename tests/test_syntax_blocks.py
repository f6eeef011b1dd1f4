"""The block tree of a scope, exits, and how suites end."""

import pytest

from launchlint.model.source import Span
from launchlint.syntax.records import Block, CallRef, Exit, Lit, Op, Ref, Seq, Star
from tests.layer1 import body

X, Y, Z = Ref("x", ()), Ref("y", ()), Ref("z", ())


def tree(text: str) -> list[tuple[int, str, int, str]]:
    """(parent, kind, group, ends) of the blocks behind the first."""
    return [(b.parent, b.kind, b.group, b.ends) for b in body(text).blocks[1:]]


def test_if() -> None:
    text = "if x:\n    a()\nelif y:\n    b()\nelse:\n    c()\nd()\n"
    assert tree(text) == [(0, "if", 1, ""), (0, "else", 1, ""), (2, "if", 3, ""), (2, "else", 3, "")]
    found = body(text)
    assert [b.test for b in found.blocks] == [None, X, None, Y, None]
    assert [c.block for c in found.calls] == [1, 3, 4, 0]
    assert found.blocks[1].span == Span(1, 1, 2, 8)
    assert found.blocks[4].span == Span(6, 5, 6, 8)


def test_calls_of_an_if_test_stand_before_it() -> None:
    assert [c.block for c in body("if x(): pass\nelif y(): pass\n").calls] == [0, 2]


def test_for_and_while() -> None:
    assert tree("for x in y:\n    pass\nelse:\n    a()\n") == [(0, "for", 1, ""), (0, "for-else", 1, "")]
    assert tree("while x:\n    break\nelse:\n    a()\n") == [(0, "while", 1, "break"), (0, "while-else", 1, "")]
    loop = body("for x in y(): z(x)\n")
    assert loop.blocks[1].test == CallRef(0)
    assert [(c.callee, c.block) for c in loop.calls] == [(Y, 0), (Z, 1)]
    assert loop.binds[0].block == 1
    # The test of a while is evaluated in every round.
    assert body("while x(y): pass\n").calls[0].block == 1
    assert body("while True: pass\n").blocks[1].test == Lit(True)
    assert [b.is_async for b in body("async for x in y: pass\n").blocks] == [False, True]


def test_try() -> None:
    text = "try:\n    a()\nexcept A as e:\n    b()\nexcept (B, C):\n    c()\nexcept:\n    d()\nelse:\n    e()\nfinally:\n    f()\n"
    assert tree(text) == [(0, kind, 1, "") for kind in ("try", "except", "except", "except", "try-else", "finally")]
    found = body(text)
    assert [b.test for b in found.blocks[2:5]] == [Ref("A", ()), Seq("tuple", (Ref("B", ()), Ref("C", ()))), None]
    assert [c.block for c in found.calls] == [1, 2, 3, 4, 5, 6]
    assert found.binds[0].block == 2
    assert tree("try: a()\nexcept* A: b()\n") == [(0, "try", 1, ""), (0, "except", 1, "")]


def test_with() -> None:
    found = body("async with x() as y, z: a()\n")
    assert (found.blocks[1].kind, found.blocks[1].is_async) == ("with", True)
    assert found.blocks[1].test == Seq("tuple", (CallRef(0), Z))
    assert [(c.block, c.role) for c in found.calls] == [(0, "with"), (1, "expr")]
    assert body("with x: pass\n").blocks[1].test == X
    assert body("with x, y: pass\n").blocks[1].test == Seq("tuple", (X, Y))


def test_match() -> None:
    text = "match x:\n    case 1:\n        a()\n    case y if z:\n        b()\n    case _:\n        c()\n"
    assert tree(text) == [(0, "case", 1, "")] * 3
    assert {b.test for b in body(text).blocks[1:]} == {X}
    assert [c.block for c in body(text).calls] == [1, 2, 3]


def test_comprehensions() -> None:
    found = body("v = [a(x) for x in b(y) if c(x) for z in d(x)]\n")
    assert [(b.parent, b.kind, b.group) for b in found.blocks[1:]] == [(0, "loop-comp", 1), (1, "loop-comp", 2)]
    assert [(c.callee, c.block) for c in found.calls] == [(Ref("b", ()), 0), (Ref("c", ()), 1), (Ref("d", ()), 1), (Ref("a", ()), 2)]
    assert [(b.target, b.block) for b in found.binds] == [(X, 1), (Z, 2), (Ref("v", ()), 0)]
    assert body("v = [x async for x in y]\n").blocks[1].is_async


def test_a_block_is_its_own_group_unless_it_is_an_alternative() -> None:
    assert body("if x: pass\nif y: pass\n").blocks[2] == Block(2, 0, "if", 2, Y, "", 2, Span(2, 1, 2, 11))


def test_exits() -> None:
    lines = ["yield", "yield x", "yield from y", "for x in y:", "    break", "    continue", "raise", "raise z from x", "return", "return 1"]
    found = body("def f():\n" + "".join(f"    {line}\n" for line in lines), 1)
    expected = [("yield", None), ("yield", X), ("yield", Star(Y)), ("break", None), ("continue", None), ("raise", None), ("raise", Z), ("return", None)]
    assert [(e.kind, e.value) for e in found.exits] == [*expected, ("return", Lit(1))]
    assert found.exits[3] == Exit("break", None, 1, 6, Span(6, 9, 6, 14))


@pytest.mark.parametrize(
    ("suite", "ends"),
    [
        ("a()", ""),
        ("return 1", "return"),
        ("raise x", "raise"),
        ("return\nraise x", "return"),
        ("if x: return", ""),
        ("if x: return\nelse: return", "return"),
        ("if x: return\nelif y: return\nelse: return", "return"),
        ("if x: return\nelif y: return", ""),
        ("if x: return\nelif y: pass\nelse: return", ""),
        ("if x: return\nelse: raise y", "return"),
        ("if x: raise y\nelse: raise z", "raise"),
        ("if x: return\nelse: pass\nraise z", "raise"),
        ("try: return\nexcept A: raise", "return"),
        ("try: return\nexcept A: pass", ""),
        ("try: a()\nexcept A: return\nelse: return", "return"),
        ("try: a()\nfinally: return", "return"),
        ("try: return\nfinally: a()", "return"),
        ("with x: return", "return"),
        ("with x: raise y", ""),
        ("while x: return", ""),
        ("for x in y: return", ""),
        ("match x:\n case 1: return\n case _: raise y", "return"),
        ("match x:\n case 1: return\n case 2: return", ""),
        ("match x:\n case 1: return\n case _ if y: return", ""),
        ("def g(): return", ""),
    ],
)
def test_how_a_function_ends(suite: str, ends: str) -> None:
    text = "def f():\n" + "".join(f"    {line}\n" for line in suite.split("\n"))
    assert body(text, 1).blocks[0].ends == ends


@pytest.mark.parametrize(
    ("suite", "ends"),
    [
        ("break", "break"),
        ("continue", "continue"),
        ("if x: break\nelse: continue", ""),
        ("if x: break\nelse: raise y", "break"),
        ("if x: continue\nelse: continue", "continue"),
        ("try: a()\nexcept A: continue\na()", ""),
    ],
)
def test_how_a_loop_body_ends(suite: str, ends: str) -> None:
    text = "while True:\n" + "".join(f"    {line}\n" for line in suite.split("\n"))
    assert body(text).blocks[1].ends == ends


def test_an_if_of_comparisons() -> None:
    assert body("if x >= 3: pass\n").blocks[1].test == Op(">=", (X, Lit(3)))
