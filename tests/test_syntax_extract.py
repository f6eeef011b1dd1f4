"""Layer 1 of Python: every record kind, as written in `syntax/records.py`."""

import pytest

from launchlint.documents.errors import Unreadable
from launchlint.documents.python import parse_text
from launchlint.model.source import Span
from launchlint.syntax.extract import extract
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
    Import,
    Item,
    Lit,
    Op,
    Opaque,
    Parameter,
    PyHeader,
    Ref,
    ScopeBody,
    Seq,
    Star,
)
from tests.layer1 import body, read

X, Y, Z = Ref("x", ()), Ref("y", ()), Ref("z", ())


def binds(text: str) -> list[tuple[Expr, Expr, str]]:
    return [(b.target, b.value, b.kind) for b in body(text).binds]


# ---------------------------------------------------------------- calls


def test_a_call() -> None:
    [inner, outer] = body("client.chat.create(inner(1), *a, model='m', **opts)\n").calls
    assert inner == Call(0, Ref("inner", ()), (Arg(None, Lit(1)),), False, "arg", 0, 1, Span(1, 20, 1, 28))
    args = (Arg(None, CallRef(0)), Arg(None, Star(Ref("a", ()))), Arg("model", Lit("m")), Arg("**", Ref("opts", ())))
    assert outer == Call(1, Ref("client", ("chat", "create")), args, False, "expr", 0, 2, Span(1, 1, 1, 52))


@pytest.mark.parametrize(
    ("text", "role", "awaited"),
    [
        ("x()", "expr", False),
        ("await x()", "expr", True),
        ("v = x()", "assign", False),
        ("v = await x()", "assign", True),
        ("v: int = x()", "assign", False),
        ("v += x()", "assign", False),
        ("a, b = x()", "assign", False),
        ("(v := x())", "assign", False),
        ("v = x() or y", "assign", False),
        ("v = x() if y else z", "assign", False),
        ("v = [x()]", "other", False),
        ("v = x().y", "other", False),
        ("v = x() + 1", "other", False),
        ("v = f'{x()}'", "other", False),
        ("v = f'{y:{x()}}'", "other", False),
        ("def f():\n return x()", "return", False),
        ("def f():\n yield x()", "yield", False),
        ("def f():\n yield from x()", "yield", False),
        ("lambda: x()", "return", False),
        ("y(x())", "arg", False),
        ("y(*x())", "arg", False),
        ("y(k=x())", "arg", False),
        ("y(**x())", "arg", False),
        ("y(await x())", "arg", True),
        ("@x()\ndef f(): pass", "decorator", False),
        ("@x()\nclass f: pass", "decorator", False),
        ("with x() as y: pass", "with", False),
        ("async with x(): pass", "with", False),
        ("for y in x(): pass", "iter", False),
        ("async for y in x(): pass", "iter", False),
        ("[y for y in x()]", "iter", False),
        ("[x() for y in z]", "other", False),
        ("[z for y in z if x()]", "other", False),
        ("while x(): pass", "other", False),
        ("if x(): pass", "other", False),
        ("match x():\n case 1: pass", "other", False),
        ("match y:\n case z if x(): pass", "other", False),
        ("raise x()", "other", False),
        ("raise y from x()", "other", False),
        ("assert y, x()", "other", False),
        ("del y[x()]", "other", False),
        ("y[x()] = 1", "other", False),
        ("def f(a=x()): pass", "other", False),
        ("def f(a: x()): pass", "other", False),
        ("def f(a: 'x()'): pass", "other", False),
        ("def f() -> x(): pass", "other", False),
        ("lambda a=x(): 1", "other", False),
        ("class f(x()): pass", "other", False),
        ("class f(metaclass=x()): pass", "other", False),
        ("v: x() = 1", "other", False),
        ("try: pass\nexcept x(): pass", "other", False),
        ("y[1:x()]", "other", False),
    ],
)
def test_roles(text: str, role: str, awaited: bool) -> None:
    [call] = [c for b in read(text + "\n").bodies for c in b.calls if c.callee == X]
    assert (call.role, call.awaited) == (role, awaited)


def test_callees_of_the_header() -> None:
    header = read(
        """
self.client.chat.create(1)
make().invoke(2)
make()()
Agent[Ctx](3)
tools["a"].run(4)
"-".join(x)
retry(client.embed, key=other.name, fn=plain, n=1, l=[hidden.one])
(lambda: 1)()
"""
    ).header.scopes[0]
    expected = ["self.client.chat.create", "make", "().invoke", "()", "Agent", "tools.run", "().join", "x"]
    assert list(header.callees) == [*expected, "retry", "client.embed", "other.name", "plain"]


# ---------------------------------------------------------------- binds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = y", [(X, Y, "assign")]),
        ("x = z = y", [(X, Y, "assign"), (Z, Y, "assign")]),
        ("self.x = y", [(Ref("self", ("x",)), Y, "assign")]),
        ("x['k'] = y", [(Item(X, Lit("k")), Y, "assign")]),
        ("x().y = z", [(Attr(CallRef(0), ("y",)), Z, "assign")]),
        ("x: int = y", [(X, Y, "assign")]),
        ("x: int", [(X, Opaque("no value"), "annotate")]),
        ("x += y", [(X, Y, "augment")]),
        ("for x in y: pass", [(X, Y, "for")]),
        ("[x for x in y]", [(X, Y, "for")]),
        ("with y as x: pass", [(X, Y, "with")]),
        ("try: pass\nexcept Y as x: pass", [(X, Ref("Y", ()), "except")]),
        ("import x.y", [(X, Opaque("import"), "import")]),
        ("import a as x", [(X, Opaque("import"), "import")]),
        ("from a import b as x", [(X, Opaque("import"), "import")]),
        ("from a import *", []),
        ("def x(): pass", [(X, Fn(1), "def")]),
        ("class x: pass", [(X, Fn(1), "class")]),
        ("f(x := y)", [(X, Y, "walrus")]),
        ("match y:\n case x: pass", [(X, Y, "match")]),
        ("match y:\n case [1, x]: pass", [(X, Opaque("part of a pattern"), "match")]),
        ("match y:\n case {'a': 1, **x}: pass", [(X, Opaque("part of a pattern"), "match")]),
        ("match y:\n case A() as x: pass", [(X, Y, "match")]),
        ("match y:\n case [*x]: pass", [(X, Opaque("part of a pattern"), "match")]),
        ("del x", [(X, Opaque("delete"), "delete")]),
        (
            "del (x, y.z), z[0]",
            [(X, Opaque("delete"), "delete"), (Ref("y", ("z",)), Opaque("delete"), "delete"), (Item(Z, Lit(0)), Opaque("delete"), "delete")],
        ),
    ],
)
def test_binds(text: str, expected: list[tuple[Expr, Expr, str]]) -> None:
    assert binds(text + "\n") == expected


def test_unpacking() -> None:
    assert [(b.target, b.value, b.kind, b.position) for b in body("x, y.a = z\n").binds] == [(X, Z, "unpack", 0), (Ref("y", ("a",)), Z, "unpack", 1)]
    assert [(b.target, b.value, b.position) for b in body("a, (x, y) = z\n").binds][1:] == [(X, Opaque("nested target"), 0), (Y, Opaque("nested target"), 1)]
    assert [(b.value, b.position) for b in body("a, *x, y = z\n").binds] == [(Z, 0), (Opaque("starred target"), 1), (Opaque("starred target"), 2)]
    assert [(b.kind, b.value, b.position) for b in body("for x, y in z: pass\n").binds] == [("for", Z, 0), ("for", Z, 1)]
    assert [(b.kind, b.position) for b in body("with z as (x, y): pass\n").binds] == [("with", 0), ("with", 1)]


def test_operator_annotation_and_span_of_a_bind() -> None:
    assert body("x |= y\n").binds[0].op == "|="
    assert body("x //= y\n").binds[0].op == "//="
    assert body("x: list[int] = y\n").binds == (Bind(X, Y, "assign", Item(Ref("list", ()), Ref("int", ())), 0, 1, Span(1, 1, 1, 17)),)


def test_global_and_nonlocal_names_are_not_bound_here() -> None:
    header, found = read("def f():\n    global x\n    x = 1\n    y = 2\n").scope("f")
    assert header.names == ("y",)
    assert [(b.target, b.kind) for b in found.binds] == [(X, "global"), (X, "assign"), (Y, "assign")]


def test_names_and_attributes() -> None:
    header, _ = read(
        "class A:\n    def m(self, a):\n        self.x = a\n        self.y.z = 1\n        a.b = 2\n        c: int\n        self.x, d = 1, 2\n"
    ).scope("A.m")
    assert header.names == ("c", "d")
    assert header.attributes == ("x",)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("'Foo'", Ref("Foo", ())),
        ("'a.Foo | None'", Op("|", (Ref("a", ("Foo",)), Lit(None)))),
        ("Optional['Foo']", Item(Ref("Optional", ()), Ref("Foo", ()))),
        ("dict[str, 'Foo']", Item(Ref("dict", ()), Seq("tuple", (Ref("str", ()), Ref("Foo", ()))))),
        ("Literal['a', 'b']", Item(Ref("Literal", ()), Seq("tuple", (Lit("a"), Lit("b"))))),
        ("'Literal[\"a\"]'", Item(Ref("Literal", ()), Lit("a"))),
        ("Annotated['Foo', 'doc']", Item(Ref("Annotated", ()), Seq("tuple", (Ref("Foo", ()), Lit("doc"))))),
        ("'Foo' | None", Op("|", (Ref("Foo", ()), Lit(None)))),
        ("'not an annotation'", Lit("not an annotation")),
        ("Callable[['Foo'], int]", Item(Ref("Callable", ()), Seq("tuple", (Seq("list", (Lit("Foo"),)), Ref("int", ()))))),
        ("None", Lit(None)),
    ],
)
def test_annotations(written: str, expected: Expr) -> None:
    assert body(f"x: {written}\n").binds[0].annotation == expected
    [function] = read(f"def f(a: {written}) -> {written}: pass\n").header.scopes[1:]
    assert function.returns == function.parameters[0].annotation == expected


def test_calls_in_a_string_annotation_stand_where_the_string_does() -> None:
    [call] = body("def f(a: 'x(1)'): pass\n").calls
    assert call.span == Span(1, 10, 1, 16)


# ---------------------------------------------------------------- scopes


def test_scopes() -> None:
    found = read(
        """@deco(1)
class Outer(Base, metaclass=Meta):
    field: int = 3

    @property
    async def method(self, a, /, b=2, *args, c: int, d=x(), **kw) -> str:
        def inner():
            yield 1
        while a:
            key = lambda q, *r: q.z()
        return key
"""
    )
    module, outer, method, inner, anonymous = found.header.scopes
    assert [(s.id, s.parent, s.kind, s.name, s.qualname) for s in found.header.scopes] == [
        (0, 0, "module", "", ""),
        (1, 0, "class", "Outer", "Outer"),
        (2, 1, "function", "method", "Outer.method"),
        (3, 2, "function", "inner", "Outer.method.inner"),
        (4, 2, "lambda", "<lambda>", "Outer.method.<lambda>"),
    ]
    assert module.span == Span(1, 1, 11, 1)
    assert outer.decorators == (CallRef(0),)
    assert (outer.bases, outer.keywords) == ((Ref("Base", ()),), (Arg("metaclass", Ref("Meta", ())),))
    assert outer.span == Span(2, 1, 11, 19)
    assert method.parameters == (
        Parameter("self", "positional-only", None, None),
        Parameter("a", "positional-only", None, None),
        Parameter("b", "positional", None, Lit(2)),
        Parameter("args", "*", None, None),
        Parameter("c", "keyword-only", Ref("int", ()), None),
        Parameter("d", "keyword-only", None, CallRef(0)),
        Parameter("kw", "**", None, None),
    )
    assert method.decorators == (Ref("property", ()),)
    assert method.returns == Ref("str", ())
    assert (method.is_async, method.is_generator, method.has_loop) == (True, False, True)
    assert (inner.is_async, inner.is_generator, inner.has_loop) == (False, True, False)
    assert anonymous.parameters == (Parameter("q", "positional", None, None), Parameter("r", "*", None, None))
    assert anonymous.callees == ("q.z",)
    assert found.bodies[4].exits == (Exit("return", CallRef(0), 0, 2, Span(10, 33, 10, 38)),)
    # Defaults and decorators are evaluated in the scope around: the class body.
    assert [c.callee for c in found.bodies[1].calls] == [X]
    assert [c.callee for c in found.bodies[0].calls] == [Ref("deco", ())]
    # A definition is placed where its name is bound; the lambda stands in the loop.
    definition = next(b for b in found.bodies[1].binds if b.kind == "def")
    assert (method.block, method.order) == (definition.block, definition.order)
    assert found.bodies[2].blocks[anonymous.block].kind == "while"


def test_class_fields_are_binds() -> None:
    _, found = read("class A:\n    x: int\n    y: int = 1\n    z = 2\n").scope("A")
    assert [(b.target, b.kind, b.annotation) for b in found.binds] == [(X, "annotate", Ref("int", ())), (Y, "assign", Ref("int", ())), (Z, "assign", None)]


# ---------------------------------------------------------------- order, spans


def test_order_is_that_of_evaluation() -> None:
    found = body("x = f(y := g(), h(x))\nfor i in x:\n    k(i)\n")
    events = sorted([(c.order, c.callee) for c in found.calls] + [(b.order, b.target) for b in found.binds])
    assert [what for _, what in events] == [Ref(name, ()) for name in ("g", "y", "h", "f", "x", "i", "k")]
    orders = [e.order for kind in (found.calls, found.binds, found.blocks, found.exits) for e in kind]
    assert len(orders) == len(set(orders))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_spans_count_lines_and_code_points(end: str) -> None:
    text = end.join(["'\U0001f680\u4e2d'; one()", "\ttwo(".lstrip("\t"), "\t'\u00e9', # \u00e9", "three('\u00e9'))", ""])
    spans = {c.callee: c.span for c in body(text).calls}
    assert spans == {Ref("one", ()): Span(1, 7, 1, 12), Ref("three", ()): Span(4, 1, 4, 11), Ref("two", ()): Span(2, 1, 4, 12)}


def test_a_tab_is_one_column() -> None:
    assert body("if x:\n\ty()\n").calls[0].span == Span(2, 2, 2, 5)


# ---------------------------------------------------------------- headers


def test_imports() -> None:
    found = read(
        """
import a.b
import a.b as c, d
from ..m import n as o, p
from . import q
from r import *
try:
    import s
except ImportError:
    s = None
if TYPE_CHECKING:
    import t
    if x:
        import u
else:
    import v
if typing.TYPE_CHECKING: import w
def f():
    import z
if x:
    class C:
        import y
"""
    )
    rows = [(i.module, i.name, i.alias, i.scope, i.guard) for i in found.header.imports]
    assert rows == [
        ("a.b", None, "a", 0, ""),
        ("a.b", None, "c", 0, ""),
        ("d", None, "d", 0, ""),
        ("..m", "n", "o", 0, ""),
        ("..m", "p", "p", 0, ""),
        (".", "q", "q", 0, ""),
        ("r", "*", "*", 0, ""),
        ("s", None, "s", 0, "try"),
        ("t", None, "t", 0, "type-checking"),
        ("u", None, "u", 0, "type-checking"),
        ("v", None, "v", 0, "if"),
        ("w", None, "w", 0, "type-checking"),
        ("z", None, "z", 1, ""),
        ("y", None, "y", 2, "if"),
    ]
    assert found.header.imports[0] == Import("a.b", None, "a", 0, 0, 1, "")
    assert found.bodies[0].blocks[found.header.imports[7].block].kind == "try"


@pytest.mark.parametrize(
    ("text", "exports"),
    [
        ("x = 1", None),
        ("__all__ = ['a', 'b']", ("a", "b")),
        ("__all__: list[str] = ['a']", ("a",)),
        ("__all__ = ('a',)\n__all__ += ['b']", ("a", "b")),
        ("__all__ = ['a'] + other", None),
        ("__all__ = ['a']\n__all__ += other.__all__", None),
        ("__all__ = []", ()),
        ("x, __all__ = 1, 2", None),
    ],
)
def test_exports(text: str, exports: tuple[str, ...] | None) -> None:
    assert read(text + "\n").header.exports == exports


def test_an_empty_module() -> None:
    found = read("")
    assert found.header == PyHeader((), found.header.scopes, None, 0, ())
    assert found.bodies == [ScopeBody((), (), (Block(0, 0, "body", 0, None, "", 0, Span(1, 1, 1, 1)),), ())]


def test_what_is_too_deep_to_walk_is_unreadable() -> None:
    text = "x = a" + ".b()" * 700
    with pytest.raises(Unreadable, match="deep"):
        extract(parse_text(text), 1)


def test_long_chains_of_elif() -> None:
    found = body("if x: a()\n" + "elif y: b()\n" * 400 + "else: c()\n")
    assert len(found.calls) == 402
