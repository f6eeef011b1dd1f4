"""What is gathered of one scope while its statements are walked."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import count

from launchlint.model.source import Span

from .pack import BLOCK_KINDS, Wire, encode
from .records import Arg, Expr, Import, Parameter, ScopeHeader

BODY = BLOCK_KINDS.index("body")


class Gathered:
    """What is gathered of a file: its imports, and headers and packed bodies by scope id."""

    __slots__ = ("bodies", "headers", "imports")

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self.headers: list[ScopeHeader] = []
        self.bodies: list[bytes] = []


class Scope:
    """A scope in the making: events in wire form, names as insertion-ordered sets, and where the walk stands in it.

    `block` is the block the walk is in, `tick` numbers events, `first` is the name of the first parameter. `outer` are names that `global` or `nonlocal`
    give to a scope around this one. The slot in `file` is taken at once, so that scopes are numbered in source order.
    """

    __slots__ = (
        *("attributes", "binds", "block", "blocks", "callees", "calls", "exits", "file", "first", "guard"),
        *("id", "is_generator", "has_loop", "kind", "name", "names", "outer", "parent", "qualname", "tick"),
    )

    def __init__(self, file: Gathered, parent: Scope | None, kind: str, name: str, span: Span, first: str = "") -> None:
        self.file = file
        self.id = len(file.headers)
        self.parent = self.id if parent is None else parent.id
        self.kind = kind
        self.name = name
        self.qualname: str = f"{parent.qualname}.{name}" if parent is not None and parent.qualname else name
        self.first = first
        self.guard: str = "type-checking" if parent is not None and parent.guard == "type-checking" else ""
        self.calls: list[Wire] = []
        self.binds: list[Wire] = []
        self.blocks: list[Wire] = []
        self.exits: list[Wire] = []
        self.tick: Callable[[], int] = count().__next__
        self.block = 0
        self.callees: dict[str, None] = {}
        self.names: dict[str, None] = {}
        self.outer: set[str] = set()
        self.attributes: dict[str, None] = {}
        self.is_generator = False
        self.has_loop = False
        self.blocks.append([0, BODY, 0, None, 0, self.tick(), *span, 0])
        # Placeholders: `close` puts the real ones into the slots.
        file.headers.append(_OPEN)
        file.bodies.append(b"")

    def enter(self, kind: int, test: Wire, group: int | None, first: ast.expr | ast.stmt | ast.excepthandler, last: ast.AST, is_async: bool = False) -> int:
        """Open a block that reaches from the start of `first` to the end of `last`, and stand in it. Without a group it founds one."""
        number = len(self.blocks)
        end_line: int = last.end_lineno  # type: ignore[attr-defined]
        end_column: int = last.end_col_offset + 1  # type: ignore[attr-defined]
        place = (first.lineno, first.col_offset + 1, end_line, end_column)
        self.blocks.append([self.block, kind, number if group is None else group, test, 0, self.tick(), *place, int(is_async)])
        self.block = number
        return number

    def leave(self, block: int, ends: int) -> None:
        """Close a block, and stand in the one around it."""
        wire = self.blocks[block]
        wire[4] = ends
        self.block = wire[0]

    def close(
        self,
        block: int,
        order: int,
        is_async: bool,
        parameters: tuple[Parameter, ...] = (),
        decorators: tuple[Expr, ...] = (),
        returns: Expr | None = None,
        bases: tuple[Expr, ...] = (),
        keywords: tuple[Arg, ...] = (),
        spans: tuple[Span, ...] = (),
    ) -> None:
        """Put the header and the packed body into the file. `block` and `order` place the definition in the scope around it."""
        self.file.bodies[self.id] = encode((self.calls, self.binds, self.blocks, self.exits)).encode()
        self.file.headers[self.id] = ScopeHeader(
            self.id,
            self.parent,
            self.kind,
            self.name,
            self.qualname,
            Span(*self.blocks[0][6:10]),
            block,
            order,
            is_async,
            self.is_generator,
            parameters,
            decorators,
            returns,
            bases,
            keywords,
            tuple(self.callees),
            tuple([name for name in self.names if name not in self.outer]) if self.outer else tuple(self.names),
            tuple(self.attributes),
            self.has_loop,
            spans,
            tuple(sorted(self.outer)),
        )


_OPEN = ScopeHeader(0, 0, "", "", "", Span(0, 0, 0, 0), 0, 0, False, False, (), (), None, (), (), (), (), (), False)
