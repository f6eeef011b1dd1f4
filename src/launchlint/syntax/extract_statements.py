"""Statements of a syntax tree: the block tree, binds, exits and inner scopes of a scope.

Every reader has the shape (scope, node) -> int: the index in `pack.ENDS` of how the statement always ends, 0 when control can fall through it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from .extract_expressions import ASSIGN, DECORATOR, EXPR, ITER, OPERATORS, OTHER, READERS, RETURN, WITH, assign, events, leave
from .extract_scope import Scope
from .extract_signatures import annotation, keyword_record, parameters, record, span
from .pack import BIND_KINDS, BLOCK_KINDS, ENDS, EXIT_KINDS, Wire, maybe
from .records import Import

RETURNS, RAISES, BREAKS, CONTINUES = (ENDS.index(end) for end in ("return", "raise", "break", "continue"))
_BIND = {kind: BIND_KINDS.index(kind) for kind in BIND_KINDS}
_BLOCK = {kind: BLOCK_KINDS.index(kind) for kind in BLOCK_KINDS}
_EXIT = {kind: EXIT_KINDS.index(kind) for kind in EXIT_KINDS}
_TYPE_CHECKING = "type-checking"


class _Readers(dict[type, Callable[[Scope, Any], int]]):
    def __missing__(self, kind: type) -> Callable[[Scope, Any], int]:
        return _unknown


STATEMENTS = _Readers()
"""The reader of each statement node; ask with the node's type."""


def suite(x: Scope, body: Sequence[ast.stmt]) -> int:
    """Read the statements of a suite, and say how it ends."""
    ends = 0
    for node in body:
        ended = STATEMENTS[type(node)](x, node)
        if ended and not ends:
            ends = ended
    return ends


def _together(ends: Sequence[int]) -> int:
    """How a statement ends of whose suites exactly one runs."""
    kinds = set(ends)
    if 0 in kinds:
        return 0
    if len(kinds) == 1:
        return ends[0]
    if CONTINUES in kinds:
        return 0
    return BREAKS if BREAKS in kinds else RETURNS


def _unknown(x: Scope, node: ast.stmt) -> int:
    events(x, node, "unknown syntax")
    return 0


def _nothing(x: Scope, node: ast.stmt) -> int:
    return 0


# ---------------------------------------------------------------- simple statements


def _expr(x: Scope, node: ast.Expr) -> int:
    value = node.value
    if type(value) is not ast.Constant:
        READERS[type(value)](x, value, 0, EXPR)
    return 0


def _assign(x: Scope, node: ast.Assign) -> int:
    value = READERS[type(node.value)](x, node.value, 0, ASSIGN)
    for target in node.targets:
        assign(x, target, value, _BIND["assign"], node)
    return 0


def _annotated(x: Scope, node: ast.AnnAssign) -> int:
    noted = annotation(x, node.annotation)
    if node.value is None:
        assign(x, node.target, ("!", "no value"), _BIND["annotate"], node, annotation=noted)
    else:
        value = READERS[type(node.value)](x, node.value, 0, ASSIGN)
        assign(x, node.target, value, _BIND["assign"], node, annotation=noted)
    return 0


def _augmented(x: Scope, node: ast.AugAssign) -> int:
    value = READERS[type(node.value)](x, node.value, 0, ASSIGN)
    assign(x, node.target, value, _BIND["augment"], node)
    x.binds[-1] = (*x.binds[-1], None, OPERATORS[type(node.op)] + "=")
    return 0


def _type_alias(x: Scope, node: Any) -> int:
    assign(x, node.name, READERS[type(node.value)](x, node.value, 0, ASSIGN), _BIND["assign"], node)
    return 0


def _delete(x: Scope, node: ast.Delete) -> int:
    targets = list(reversed(node.targets))
    while targets:
        target = targets.pop()
        if isinstance(target, ast.Tuple | ast.List):
            targets.extend(reversed(target.elts))
        else:
            _bind(x, READERS[type(target)](x, target, 0, OTHER), ("!", "delete"), "delete", node)
    return 0


def _outer_names(x: Scope, node: ast.Global | ast.Nonlocal) -> int:
    for name in node.names:
        x.outer.add(name)
        _bind(x, name, ("!", "outer name"), "global", node)
    return 0


def _assert(x: Scope, node: ast.Assert) -> int:
    READERS[type(node.test)](x, node.test, 0, OTHER)
    if node.msg is not None:
        READERS[type(node.msg)](x, node.msg, 0, OTHER)
    return 0


def _import(x: Scope, node: ast.Import) -> int:
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        _imported(x, alias, alias.name, None, name)
    return 0


def _import_from(x: Scope, node: ast.ImportFrom) -> int:
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        _imported(x, alias, module, alias.name, alias.asname or alias.name)
    return 0


def _imported(x: Scope, node: ast.alias, module: str, name: str | None, alias: str) -> None:
    if alias == "*":
        order = x.tick()
    else:
        x.names[alias] = None
        order = _bind(x, alias, ("!", "import"), "import", node)
    x.file.imports.append(Import(module, name, alias, x.id, x.block, order, x.guard))


def _bind(x: Scope, target: Wire, value: Wire, kind: str, at: Any) -> int:
    """Record a bind that is no assignment, and give its order."""
    order = x.tick()
    x.binds.append((target, value, _BIND[kind], None, x.block, order, at.lineno, at.col_offset + 1, at.end_lineno, at.end_col_offset + 1))
    return order


# ---------------------------------------------------------------- exits


def _return(x: Scope, node: ast.Return) -> int:
    leave(x, _EXIT["return"], None if node.value is None else READERS[type(node.value)](x, node.value, 0, RETURN), node)
    return RETURNS


def _raise(x: Scope, node: ast.Raise) -> int:
    value = None if node.exc is None else READERS[type(node.exc)](x, node.exc, 0, OTHER)
    if node.cause is not None:
        READERS[type(node.cause)](x, node.cause, 0, OTHER)
    leave(x, _EXIT["raise"], value, node)
    return RAISES


def _break(x: Scope, node: ast.Break) -> int:
    leave(x, _EXIT["break"], None, node)
    return BREAKS


def _continue(x: Scope, node: ast.Continue) -> int:
    leave(x, _EXIT["continue"], None, node)
    return CONTINUES


# ---------------------------------------------------------------- compound statements


def _if(x: Scope, node: ast.If) -> int:
    """An `elif` is an if in the else block; a chain of them is walked in a loop, because generated code has very long ones."""
    guard = x.guard
    ends: list[int] = []
    alternatives: list[int] = []
    while True:
        test = READERS[type(node.test)](x, node.test, 0, OTHER)
        if guard != _TYPE_CHECKING:
            x.guard = _TYPE_CHECKING if type(test) is str and (test == "TYPE_CHECKING" or test.endswith(".TYPE_CHECKING")) else "if"
        block = x.enter(_BLOCK["if"], test, None, node, node.body[-1])
        ended = suite(x, node.body)
        x.leave(block, ended)
        ends.append(ended)
        if guard != _TYPE_CHECKING:
            x.guard = "if"
        if not node.orelse:
            last = 0
            break
        alternatives.append(x.enter(_BLOCK["else"], None, block, node.orelse[0], node.orelse[-1]))
        if len(node.orelse) > 1 or not isinstance(node.orelse[0], ast.If):
            last = _together((ends.pop(), _left(x, alternatives.pop(), suite(x, node.orelse))))
            break
        node = node.orelse[0]
    if not node.orelse:
        ends.pop()
    while alternatives:
        last = _together((ends.pop(), _left(x, alternatives.pop(), last)))
    x.guard = guard
    return last


def _left(x: Scope, block: int, ends: int) -> int:
    x.leave(block, ends)
    return ends


def _for(x: Scope, node: ast.For | ast.AsyncFor) -> int:
    x.has_loop = True
    iterable = READERS[type(node.iter)](x, node.iter, 0, ITER)
    block = x.enter(_BLOCK["for"], iterable, None, node, node.body[-1], isinstance(node, ast.AsyncFor))
    assign(x, node.target, iterable, _BIND["for"], node.target)
    x.leave(block, suite(x, node.body))
    _otherwise(x, "for-else", block, node.orelse)
    return 0


def _while(x: Scope, node: ast.While) -> int:
    x.has_loop = True
    block = x.enter(_BLOCK["while"], None, None, node, node.body[-1])
    x.blocks[block][3] = READERS[type(node.test)](x, node.test, 0, OTHER)
    x.leave(block, suite(x, node.body))
    _otherwise(x, "while-else", block, node.orelse)
    return 0


def _otherwise(x: Scope, kind: str, group: int, body: list[ast.stmt]) -> int:
    """An else or finally suite, if there is one."""
    if not body:
        return 0
    block = x.enter(_BLOCK[kind], None, group, body[0], body[-1])
    return _left(x, block, suite(x, body))


def _try(x: Scope, node: Any) -> int:
    guard = x.guard
    if guard != _TYPE_CHECKING:
        x.guard = "try"
    block = x.enter(_BLOCK["try"], None, None, node, node.body[-1])
    ends = [_left(x, block, suite(x, node.body))]
    for handler in node.handlers:
        caught = None if handler.type is None else READERS[type(handler.type)](x, handler.type, 0, OTHER)
        inner = x.enter(_BLOCK["except"], caught, block, handler, handler)
        if handler.name is not None:
            x.names[handler.name] = None
            _bind(x, handler.name, ("!", "any exception") if caught is None else caught, "except", handler.type)
        ends.append(_left(x, inner, suite(x, handler.body)))
    ends[0] = _otherwise(x, "try-else", block, node.orelse) or ends[0]
    last = _otherwise(x, "finally", block, node.finalbody)
    x.guard = guard
    return last or _together(ends)


def _with(x: Scope, node: ast.With | ast.AsyncWith) -> int:
    managers = [READERS[type(item.context_expr)](x, item.context_expr, 0, WITH) for item in node.items]
    test = managers[0] if len(managers) == 1 else ("u", *managers)
    block = x.enter(_BLOCK["with"], test, None, node, node, isinstance(node, ast.AsyncWith))
    for item, manager in zip(node.items, managers, strict=True):
        if item.optional_vars is not None:
            assign(x, item.optional_vars, manager, _BIND["with"], item.optional_vars)
    ends = suite(x, node.body)
    x.leave(block, ends)
    # A context manager may swallow what is raised.
    return 0 if ends == RAISES else ends


def _match(x: Scope, node: ast.Match) -> int:
    subject = READERS[type(node.subject)](x, node.subject, 0, OTHER)
    group: int | None = None
    ends: list[int] = []
    complete = False
    for case in node.cases:
        block = x.enter(_BLOCK["case"], subject, group, case.pattern, case.body[-1])  # type: ignore[arg-type]
        group = block if group is None else group
        _pattern(x, case.pattern, subject)
        if case.guard is not None:
            READERS[type(case.guard)](x, case.guard, 0, OTHER)
        elif isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            complete = True
        ends.append(_left(x, block, suite(x, case.body)))
    return _together(ends) if complete else 0


def _pattern(x: Scope, pattern: ast.pattern, subject: Wire) -> None:
    """The names that a pattern binds: the subject itself when it is captured whole."""
    for node in ast.walk(pattern):
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name if isinstance(node, ast.MatchAs | ast.MatchStar) else None
        if name is not None:
            x.names[name] = None
            _bind(x, name, subject if node is pattern and isinstance(node, ast.MatchAs) else ("!", "part of a pattern"), "match", node)


# ---------------------------------------------------------------- scopes


def _function(x: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    decorators = tuple([record(x, decorator, DECORATOR) for decorator in node.decorator_list])
    given = parameters(x, node.args)
    returns = maybe(annotation(x, node.returns))
    inner = Scope(x.file, x, "function", node.name, span(node), given[0].name if given and given[0].kind.startswith("positional") else "")
    x.names[node.name] = None
    order = _bind(x, node.name, ("f", inner.id), "def", node)
    inner.blocks[0][4] = suite(inner, node.body)
    inner.close(x.block, order, isinstance(node, ast.AsyncFunctionDef), given, decorators, returns, spans=tuple([span(d) for d in node.decorator_list]))
    return 0


def _class(x: Scope, node: ast.ClassDef) -> int:
    decorators = tuple([record(x, decorator, DECORATOR) for decorator in node.decorator_list])
    bases = tuple([record(x, base, OTHER) for base in node.bases])
    keywords = tuple([keyword_record(x, keyword) for keyword in node.keywords])
    inner = Scope(x.file, x, "class", node.name, span(node))
    inner.guard = x.guard
    suite(inner, node.body)
    x.names[node.name] = None
    order = _bind(x, node.name, ("f", inner.id), "class", node)
    inner.close(x.block, order, False, decorators=decorators, bases=bases, keywords=keywords)
    return 0


STATEMENTS.update(
    {
        ast.Expr: _expr,
        ast.Assign: _assign,
        ast.AnnAssign: _annotated,
        ast.AugAssign: _augmented,
        ast.Delete: _delete,
        ast.Pass: _nothing,
        ast.Global: _outer_names,
        ast.Nonlocal: _outer_names,
        ast.Assert: _assert,
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.Return: _return,
        ast.Raise: _raise,
        ast.Break: _break,
        ast.Continue: _continue,
        ast.If: _if,
        ast.For: _for,
        ast.AsyncFor: _for,
        ast.While: _while,
        ast.Try: _try,
        ast.TryStar: _try,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.Match: _match,
        ast.FunctionDef: _function,
        ast.AsyncFunctionDef: _function,
        ast.ClassDef: _class,
    }
)
# A node of Python 3.12 (PEP 695).
if hasattr(ast, "TypeAlias"):
    STATEMENTS[ast.TypeAlias] = _type_alias
