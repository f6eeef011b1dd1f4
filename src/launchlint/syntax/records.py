"""Layer 1: the closed set of records that a Python file is reduced to.

A file becomes a small `PyHeader` (imports, scopes, callee names: always in memory) and one packed body per scope
(`pack.py`), decoded to a `ScopeBody` only when linking asks for it. All records are NamedTuples of plain data, so that
they can be packed as JSON; depth, width and literal length are capped by the extractor.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from launchlint.model.source import Span

# ---------------------------------------------------------------- expressions


class Lit(NamedTuple):
    """A constant. Strings are cut at 200 characters (`...` is an Opaque); bytes are Opaque."""

    value: str | int | float | bool | None


class Secret(NamedTuple):
    """A string literal shaped like a credential: its text is never kept."""

    kind: str
    length: int
    digest: str


class Ref(NamedTuple):
    """A name and the attributes read from it: `client.chat.completions` is Ref("client", ("chat", "completions"))."""

    root: str
    attributes: tuple[str, ...]


class Attr(NamedTuple):
    """Attributes of something that is not a name: `OpenAI().chat` is Attr(CallRef(…), ("chat",))."""

    base: Expr
    attributes: tuple[str, ...]


class CallRef(NamedTuple):
    """A call: index into `ScopeBody.calls` of the scope the expression stands in."""

    id: int


class Item(NamedTuple):
    """A subscript `base[key]`; slices are Opaque keys."""

    base: Expr
    key: Expr


class Seq(NamedTuple):
    """A list, tuple or set display. `kind` is "list", "tuple" or "set"; items may be Star."""

    kind: str
    items: tuple[Expr, ...]


class Map(NamedTuple):
    """A dict display; an entry whose key is None is `**value`."""

    entries: tuple[tuple[Expr | None, Expr], ...]


class Text(NamedTuple):
    """An f-string; constant parts are Lit."""

    parts: tuple[Expr, ...]


class Pick(NamedTuple):
    """One of several: `a if test else b` is Pick((a, b), test)."""

    alternatives: tuple[Expr, ...]
    test: Expr


class Op(NamedTuple):
    """An operator applied to arguments.

    `op` is the Python spelling: "or", "and", "not", "+", "-", "*", "/", "//", "%", "**", "|", "&", "neg", "<", "<=", ">", ">=",
    "==", "!=", "is", "is not", "in", "not in", also "@", "<<", ">>", "^", "~". A chained comparison becomes an "and" of its pairs; a negative number is a
    Lit.
    """

    op: str
    arguments: tuple[Expr, ...]


class Star(NamedTuple):
    """`*value` in a call or a display."""

    value: Expr


class Fn(NamedTuple):
    """A lambda, or what a "def" or "class" bind binds: the id of its scope in this file."""

    scope: int


class Opaque(NamedTuple):
    """Something that is not followed; `why` is a short stable phrase ("comprehension", "too deep", "slice", "bytes", …)."""

    why: str


Expr: TypeAlias = Lit | Secret | Ref | Attr | CallRef | Item | Seq | Map | Text | Pick | Op | Star | Fn | Opaque

# ---------------------------------------------------------------- events of a scope


class Arg(NamedTuple):
    """An argument. `name` is None for a positional one (its value may be Star) and "**" for `**value`."""

    name: str | None
    value: Expr


class Call(NamedTuple):
    """A call. `role` says what happens to its result: "expr" (thrown away), "assign", "return", "arg", "decorator", "with", "iter", "yield", "other"."""

    id: int
    callee: Expr
    args: tuple[Arg, ...]
    awaited: bool
    role: str
    block: int
    order: int
    span: Span


class Bind(NamedTuple):
    """A name given a value.

    `target` is Ref("x", ()) for a name, Ref("self", ("x",)) for an attribute, Item(Ref("d", ()), Lit("k")) for a key.
    `kind`: "assign", "annotate" (annotation without value), "augment" (`op` names the operator: "+=", "|="), "for" (value is the
    iterable), "with" (value is the context manager; `aenter` counts alike), "except" (value is the exception type), "import"
    (see `PyHeader.imports`), "def", "class", "walrus", "match", "unpack" (value is the whole right side; `position` the index in it), "delete",
    "global" (`global`/`nonlocal` statement: the name belongs to an outer scope).
    A "for" or "with" bind of one name of several has a `position` too. Where a value cannot be said (no value, a starred or nested target, a part of a
    pattern) it is Opaque. The value of "augment" is the right side alone.
    """

    target: Expr
    value: Expr
    kind: str
    annotation: Expr | None
    block: int
    order: int
    span: Span
    position: int | None = None
    op: str | None = None


class Block(NamedTuple):
    """A node of the block tree. Block 0 is the scope's own suite and its own parent.

    `kind`: "body", "if", "else", "for", "for-else", "while", "while-else", "try", "except", "try-else", "finally", "with", "case", "loop-comp" (a
    comprehension).
    `test` is the if/while test, the for iterable, the except type (None for bare), the match subject, the context manager (a tuple of several). The calls of
    a while test stand inside the block, those of every other test before it.
    `group` ties the alternatives of one statement (an if and its else; a try, its handlers, else and finally; the cases of a match): blocks of one
    group are exclusive unless the kind says otherwise. An `elif` is an if inside the else block.
    `ends` is how the suite always ends: "return", "raise", "break", "continue" or "" when it falls through.
    """

    id: int
    parent: int
    kind: str
    group: int
    test: Expr | None
    ends: str
    order: int
    span: Span
    is_async: bool = False


class Exit(NamedTuple):
    """A return, yield, raise, break or continue with its value (None when there is none). `yield from x` is a yield of Star(x)."""

    kind: str
    value: Expr | None
    block: int
    order: int
    span: Span


class Parameter(NamedTuple):
    """`kind`: "positional-only", "positional", "keyword-only", "*", "**". `default` is None when there is none."""

    name: str
    kind: str
    annotation: Expr | None
    default: Expr | None


class ScopeBody(NamedTuple):
    """All that happens in one scope (module, class, function or lambda), each kind in the order in which it happens (an argument before its call).

    Calls, binds and exits share one `order` counter per scope, so that they can be compared. Comprehensions belong to the scope around them.
    `calls[i].id == i`. Decorators, default values, annotations and base classes are expressions of the ENCLOSING scope and their CallRefs point
    there; they are
    repeated in the `ScopeHeader` of the inner scope.
    """

    calls: tuple[Call, ...]
    binds: tuple[Bind, ...]
    blocks: tuple[Block, ...]
    exits: tuple[Exit, ...]


# ---------------------------------------------------------------- headers


class Import(NamedTuple):
    """`import a.b as x` is Import("a.b", None, "x"); `import a.b` is Import("a.b", None, "a"); `from ..m import n as y` is Import("..m", "n",
    "y"); a star is name "*".

    `scope` is the scope it stands in, `order`/`block` its place there; `guard` is "" or "try", "type-checking", "if".
    """

    module: str
    name: str | None
    alias: str
    scope: int
    block: int
    order: int
    guard: str


class ScopeHeader(NamedTuple):
    """What is always known of a scope.

    `kind`: "module", "class", "function", "lambda". `qualname` as Python spells it, without "<locals>" ("Outer.method.inner"); the module's is "".
    `block`/`order` place the definition in the parent scope. `callees` holds, once each, the dotted text of every callee and of
    every dotted reference given as an argument ("self.client.chat.completions.create", "().invoke" for a call on a call): the
    linker's index; "()" stands for any value without a name, and subscripts are left out ("Agent" for `Agent[T](…)`). `outer` are the names that `global` or
    `nonlocal` hand to an outer scope. `names` are the names bound in
    this scope (not attributes). `attributes` are the attribute names set on the first parameter ("x" for `self.x = …`). `parameters` and `decorators`,
    `returns`, `bases` are as written;
    their CallRefs point into the parent scope. `keywords` are class keywords such as metaclass.
    """

    id: int
    parent: int
    kind: str
    name: str
    qualname: str
    span: Span
    block: int
    order: int
    is_async: bool
    is_generator: bool
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expr, ...]
    returns: Expr | None
    bases: tuple[Expr, ...]
    keywords: tuple[Arg, ...]
    callees: tuple[str, ...]
    names: tuple[str, ...]
    attributes: tuple[str, ...]
    has_loop: bool
    decorator_spans: tuple[Span, ...] = ()
    outer: tuple[str, ...] = ()


class Comment(NamedTuple):
    """A `# launchlint:` comment: the text after the colon and where it stands; `alone` when nothing else is on its line."""

    text: str
    line: int
    column: int
    alone: bool


class PyHeader(NamedTuple):
    """What is always known of a Python module or notebook. Scope 0 is the module.

    `exports` is `__all__` when it is a literal, else None. `lines` counts source lines. For a notebook, `cells` holds the first
    line of each code cell in the joined source, from which (cell, line) is computed; empty for a module.
    """

    imports: tuple[Import, ...]
    scopes: tuple[ScopeHeader, ...]
    exports: tuple[str, ...] | None
    lines: int
    cells: tuple[int, ...]


class PyModule(NamedTuple):
    """Layer 1 of one Python file: the header and one packed body per scope, by scope id."""

    header: PyHeader
    bodies: tuple[bytes, ...]
