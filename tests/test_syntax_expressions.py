"""Expressions in layer 1: every kind, and the caps."""

import pytest

from launchlint.documents.python import parse_text
from launchlint.syntax.extract import extract
from launchlint.syntax.records import Arg, Attr, CallRef, Expr, Fn, Item, Lit, Map, Op, Opaque, Pick, Ref, Secret, Seq, Star, Text
from tests.keys import KEYS
from tests.layer1 import body, value

X, Y, Z = Ref("x", ()), Ref("y", ()), Ref("z", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a'", Lit("a")),
        ("''", Lit("")),
        ('"\'"', Lit("'")),
        ("'a' 'b'", Lit("ab")),
        ("'\U0001f680'", Lit("\U0001f680")),
        ("'\\ud83d\\ude00'", Lit("??")),
        ("'" + "long " * 100 + "'", Lit("long " * 40)),
        ("1", Lit(1)),
        ("-1", Lit(-1)),
        ("+1.5", Lit(1.5)),
        ("1e999", Lit(float("inf"))),
        ("True", Lit(True)),
        ("None", Lit(None)),
        ("2 ** 300", Op("**", (Lit(2), Lit(300)))),
        (str(2**300), Opaque("big number")),
        ("b'x'", Opaque("bytes")),
        ("...", Opaque("ellipsis")),
        ("2j", Opaque("complex")),
        ("x", X),
        ("x.y.z", Ref("x", ("y", "z"))),
        ("x().y.z", Attr(CallRef(0), ("y", "z"))),
        ("'-'.join", Attr(Lit("-"), ("join",))),
        ("x()", CallRef(0)),
        ("x(y())", CallRef(1)),
        ("x['k']", Item(X, Lit("k"))),
        ("x[0].y", Attr(Item(X, Lit(0)), ("y",))),
        ("x[1:y]", Item(X, Opaque("slice"))),
        ("x[y, z]", Item(X, Seq("tuple", (Y, Z)))),
        ("[x, *y]", Seq("list", (X, Star(Y)))),
        ("(x,)", Seq("tuple", (X,))),
        ("()", Seq("tuple", ())),
        ("{x, 1}", Seq("set", (X, Lit(1)))),
        ("{}", Map(())),
        ("{'a': x, **y, None: None}", Map(((Lit("a"), X), (None, Y), (Lit(None), Lit(None))))),
        ("f'a{x}b{y.z!r:>{z}}'", Text((Lit("a"), X, Lit("b"), Ref("y", ("z",))))),
        ("f''", Text(())),
        ("x if y else z", Pick((X, Z), Y)),
        ("x or y or z", Op("or", (X, Y, Z))),
        ("x and not y", Op("and", (X, Op("not", (Y,))))),
        ("x + y * 2", Op("+", (X, Op("*", (Y, Lit(2)))))),
        ("-x // y", Op("//", (Op("neg", (X,)), Y))),
        ("x @ y << 1", Op("<<", (Op("@", (X, Y)), Lit(1)))),
        ("~x", Op("~", (X,))),
        ("x < y", Op("<", (X, Y))),
        ("x is not None", Op("is not", (X, Lit(None)))),
        ("x not in y", Op("not in", (X, Y))),
        ("1 < x <= y", Op("and", (Op("<", (Lit(1), X)), Op("<=", (X, Y))))),
        ("(x := y)", Y),
        ("lambda: 1", Fn(1)),
        ("[x for x in y]", Opaque("comprehension")),
        ("{x: 1 for x in y}", Opaque("comprehension")),
        ("list(x for x in y)", CallRef(0)),
        ("await x", X),
        ("await x()", CallRef(0)),
        ("(yield x)", Opaque("yield")),
        ("(yield from x)", Opaque("yield")),
    ],
)
def test_expressions(text: str, expected: Expr) -> None:
    assert value(text) == expected
    assert repr(value(text)) == repr(expected)


@pytest.mark.parametrize(
    "written", ["v = '{}'", "f(key='{}')", "v = {{'k': ['{}']}}", "v = f'{}{{x}}'", "def f(k='{}'): pass", "v: '{}' = 1", "x('Bearer {}')"]
)
def test_a_credential_leaves_no_text(written: str) -> None:
    key = KEYS["openai-project-key"]
    module = extract(parse_text(written.format(key)), 1)
    assert key[8:-8].encode() not in b"".join(module.bodies)
    assert key[8:-8] not in repr(module.header)
    assert '["k","' in b"".join(module.bodies).decode() or "Secret(" in repr(module.header)


def test_a_secret() -> None:
    key = KEYS["openai-project-key"]
    found = value(f"'{key}'")
    assert isinstance(found, Secret)
    assert found.length == len(key)
    assert key not in repr(found)


def test_a_string_with_blanks_is_text() -> None:
    assert value("'You are a helpful assistant'") == Lit("You are a helpful assistant")


def test_depth_is_capped_and_the_calls_below_are_kept() -> None:
    found = body("v = " + "[" * 30 + "deep(1)" + "]" * 30)
    assert "too deep" in repr(found.binds[0].value)
    assert [c.callee for c in found.calls] == [Ref("deep", ())]
    chain = body("v = a(1)" + " + x" * 40)
    assert [c.callee for c in chain.calls] == [Ref("a", ())]
    assert repr(chain.binds[0].value).count("Op(") == 13
    for text in ("x()[0]" + "[0]" * 30, "not " * 30 + "x()", "x() < " * 3 + "y", "(x() if y else " * 30 + "z" + ")" * 30, "{1: " * 30 + "x()" + "}" * 30):
        assert len(body(f"v = {text}").calls) == text.count("x()"), text


def test_depth_starts_again_in_each_call() -> None:
    found = body("v = " + "f([" * 40 + "1" + "])" * 40)
    assert len(found.calls) == 40
    assert "too deep" not in repr(found)


def test_width_is_capped_and_the_calls_beyond_are_kept() -> None:
    items = ", ".join(f"f({n})" for n in range(100))
    for text, expected in ((f"[{items}]", Seq), (f"g({items})", CallRef), (f"{{{', '.join(f'{n}: f({n})' for n in range(100))}}}", Map)):
        found = body(f"v = {text}")
        assert isinstance(found.binds[0].value, expected)
        assert sum(c.callee == Ref("f", ()) for c in found.calls) == 100
    [sequence] = [b.value for b in body(f"v = [{items}]").binds]
    assert isinstance(sequence, Seq)
    assert sequence.items[64:] == (Opaque("too wide"),)
    mapping = value("{" + ", ".join(f"{n}: {n}" for n in range(100)) + "}")
    assert isinstance(mapping, Map)
    assert mapping.entries[64:] == ((None, Opaque("too wide")),)
    for args in (items, ", ".join(f"k{n}=f({n})" for n in range(100))):
        call = body(f"g({args})").calls[-1]
        assert call.args[64:] == (Arg("**", Opaque("too wide")),)
