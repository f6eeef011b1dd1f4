"""The project's modules: headers at hand, scope bodies decoded when asked for, and the indexes over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from launchlint.model.source import PathClass, Place, Span
from launchlint.syntax.files import FileFacts
from launchlint.syntax.pack import unpack
from launchlint.syntax.records import Attr, Bind, Block, Call, Expr, Import, Item, Parameter, PyHeader, Ref, ScopeBody, ScopeHeader

from .modules import ModuleIndex

END = 1 << 30
"""An order after every event of a scope."""


class Module:
    """One Python file. Compared and hashed by identity."""

    __slots__ = ("_attached", "_binds", "_bodies", "_imports", "_inner", "_names", "_outer", "_parameters", "_parents", "facts", "header", "packed", "path")

    def __init__(self, facts: FileFacts) -> None:
        assert facts.python is not None
        self.facts = facts
        self.path = facts.source.path
        self.header: PyHeader = facts.python.header
        self.packed = facts.python.bodies
        self._bodies: dict[int, ScopeBody] = {}
        self._binds: dict[int, dict[str, list[Bind]]] = {}
        self._attached: dict[tuple[str, tuple[str, ...]], list[tuple[int, Bind]]] | None = None
        self._imports: dict[int, dict[str, list[Import]]] | None = None
        self._inner: dict[int, list[ScopeHeader]] | None = None
        self._names: dict[int, frozenset[str]] = {}
        self._outer: dict[str, list[int]] | None = None
        self._parameters: dict[int, dict[str, Parameter]] = {}
        self._parents: dict[tuple[int, int], frozenset[int]] = {}

    def body(self, scope: int) -> ScopeBody:
        """The decoded body of a scope."""
        body = self._bodies.get(scope)
        if body is None:
            body = self._bodies[scope] = unpack(self.packed[scope])
        return body

    def binds(self, scope: int, name: str) -> Sequence[Bind]:
        """The binds of a plain name in a scope, in order."""
        index = self._binds.get(scope)
        if index is None:
            index = self._binds[scope] = {}
            for bind in self.body(scope).binds:
                if isinstance(bind.target, Ref) and not bind.target.attributes:
                    index.setdefault(bind.target.root, []).append(bind)
        return index.get(name, ())

    def attached(self, root: str, attributes: tuple[str, ...]) -> Sequence[tuple[int, Bind]]:
        """The assignments to an attribute path of a name other than self, in all scopes."""
        if self._attached is None:
            self._attached = {}
            for header in self.header.scopes:
                for bind in self.body(header.id).binds:
                    if isinstance(bind.target, Ref) and bind.target.attributes and bind.kind == "assign" and bind.target.root not in {"self", "cls"}:
                        self._attached.setdefault((bind.target.root, bind.target.attributes), []).append((header.id, bind))
        return self._attached.get((root, attributes), ())

    def declaring(self, name: str) -> Sequence[int]:
        """The functions that declare a name `global` or `nonlocal`."""
        if self._outer is None:
            self._outer = {}
            for header in self.header.scopes:
                for outer in header.outer:
                    self._outer.setdefault(outer, []).append(header.id)
        return self._outer.get(name, ())

    def names(self, scope: int) -> frozenset[str]:
        """The names bound in a scope."""
        found = self._names.get(scope)
        if found is None:
            found = self._names[scope] = frozenset(self.header.scopes[scope].names)
        return found

    def parameters(self, scope: int) -> dict[str, Parameter]:
        """The parameters of a scope by name."""
        found = self._parameters.get(scope)
        if found is None:
            found = self._parameters[scope] = {parameter.name: parameter for parameter in self.header.scopes[scope].parameters}
        return found

    def scope(self, scope: int) -> ScopeHeader:
        """The header of a scope."""
        return self.header.scopes[scope]

    def inner(self, scope: int) -> Sequence[ScopeHeader]:
        """The scopes defined directly in a scope."""
        if self._inner is None:
            self._inner = {}
            for header in self.header.scopes[1:]:
                self._inner.setdefault(header.parent, []).append(header)
        return self._inner.get(scope, ())

    def imports(self, scope: int, alias: str) -> Sequence[Import]:
        """The imports in a scope that bind `alias`."""
        if self._imports is None:
            self._imports = {}
            for record in self.header.imports:
                self._imports.setdefault(record.scope, {}).setdefault(record.alias, []).append(record)
        return self._imports.get(scope, {}).get(alias, ())

    def chain(self, scope: int, block: int) -> frozenset[int]:
        """A block and all blocks around it, within its scope."""
        key = (scope, block)
        found = self._parents.get(key)
        if found is None:
            blocks = self.body(scope).blocks
            ids = {block}
            while block != blocks[block].parent:
                block = blocks[block].parent
                ids.add(block)
            found = self._parents[key] = frozenset(ids)
        return found

    def place(self, span: Span) -> Place:
        """A span of this file as a place; in a notebook the cell and the line in it."""
        cells = self.header.cells
        if cells:
            cell = max((n for n, first in enumerate(cells, 1) if first <= span.line), default=1)
            shift = cells[cell - 1] - 1
            return Place(self.path, Span(span.line - shift, span.column, span.end_line - shift, span.end_column), cell)
        return Place(self.path, span)

    def method_class(self, scope: int) -> int | None:
        """The class scope whose method this function scope is, or None."""
        parent = self.scope(scope).parent
        if self.scope(scope).kind == "function" and parent != scope and self.scope(parent).kind == "class":
            return parent
        return None


class At(NamedTuple):
    """A point in a program: an expression is evaluated as it stands there."""

    module: Module
    scope: int
    block: int
    order: int
    span: Span

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.module.place(self.span)


class Site(NamedTuple):
    """A call in a program."""

    module: Module
    scope: int
    call: int

    @property
    def record(self) -> Call:
        """The call itself."""
        return self.module.body(self.scope).calls[self.call]

    @property
    def at(self) -> At:
        """The point of the call."""
        record = self.record
        return At(self.module, self.scope, record.block, record.order, record.span)

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.module.place(self.record.span)


class Program:
    """All modules that were read, and the indexes that linking needs."""

    def __init__(self, files: Iterable[FileFacts], external_roots: Iterable[str]) -> None:
        self.modules: dict[str, Module] = {}
        self.unparsed: list[FileFacts] = []
        paths = []
        for file in files:
            if file.source.path.endswith((".py", ".ipynb")):
                paths.append(file.source.path)
            if file.python is not None:
                self.modules[file.source.path] = Module(file)
            elif file.imports and file.source.path_class is not PathClass.TEST:
                self.unparsed.append(file)
        self.index = ModuleIndex(paths)
        self.external_roots = frozenset(external_roots)
        self._sites: dict[str, list[Site]] = {}
        self._callers: dict[str, list[tuple[Module, int]]] | None = None
        self._subclasses: dict[str, list[tuple[Module, int]]] | None = None

    def find(self, module: str, from_path: str) -> str | None:
        """The project path an absolute or relative import names, also when that file was not parsed."""
        root = module.split(".", 1)[0]
        return self.index.find(module, from_path, external_root=root in self.external_roots)

    @cached_property
    def importers(self) -> dict[str, frozenset[PathClass]]:
        """For each imported module the path classes of the modules that import it."""
        found: dict[str, set[PathClass]] = {}
        records = [(module.facts.source, [(record.module, record.name) for record in module.header.imports]) for module in self.modules.values()]
        for source, imports in [*records, *((file.source, file.imports) for file in self.unparsed)]:
            for module, name in imports:
                path = self.find(module, source.path)
                if path is None or path.endswith("__init__.py"):
                    path = self.find(f"{module}{'' if module.endswith('.') else '.'}{name}", source.path) or path
                if path is not None and path != source.path:
                    found.setdefault(path, set()).add(source.path_class)
        return {path: frozenset(classes) for path, classes in found.items()}

    def mentions(self, tail: str) -> Sequence[tuple[Module, int]]:
        """The scopes that hold a callee or an argument reference whose last name is `tail`."""
        if self._callers is None:
            self._callers = {}
            for module in self.modules.values():
                for header in module.header.scopes:
                    for name in {dotted.rsplit(".", 1)[-1] for dotted in header.callees}:
                        self._callers.setdefault(name, []).append((module, header.id))
        return self._callers.get(tail, ())

    def subclasses(self, name: str) -> Sequence[tuple[Module, int]]:
        """The class scopes one of whose bases is written with the last name `name`."""
        if self._subclasses is None:
            self._subclasses = {}
            for module in self.modules.values():
                for header in module.header.scopes:
                    if header.kind == "class":
                        for base in header.bases:
                            tail = last_name(base)
                            if tail:
                                self._subclasses.setdefault(tail, []).append((module, header.id))
        return self._subclasses.get(name, ())

    def sites(self, tail: str) -> Sequence[Site]:
        """The calls whose callee ends in `tail`."""
        found = self._sites.get(tail)
        if found is None:
            found = self._sites[tail] = [
                Site(module, scope, call.id) for module, scope in self.mentions(tail) for call in module.body(scope).calls if last_name(call.callee) == tail
            ]
        return found


def last_name(expr: Expr | None) -> str:
    """The last name of a dotted or subscripted reference; "" for anything else."""
    match expr:
        case Ref(root, attributes):
            return attributes[-1] if attributes else root
        case Attr(_, attributes):
            return attributes[-1] if attributes else ""
        case Item(base, _):
            return last_name(base)
        case _:
            return ""


def reaching(binds: Sequence[Bind], at: At, blocks: Sequence[Block]) -> list[Bind]:
    """Of the binds of one name in the scope of `at`, those whose value may be seen there, latest first.

    A bind in a block around the point ends the search; one in an exclusive branch (the other arm of an if) is passed over; one later in a loop around the point
    is seen on the next round.
    """
    around = at.module.chain(at.scope, at.block)
    seen: list[Bind] = []
    for bind in reversed(binds):
        if bind.order >= at.order:
            # A later bind is visible only through a loop that holds both.
            shared = at.module.chain(at.scope, bind.block) & around
            if any(blocks[b].kind in {"while", "for", "loop-comp"} for b in shared):
                seen.append(bind)
            continue
        if bind.block in around:
            seen.append(bind)
            if bind.kind != "augment":
                break
            continue
        if not exclusive(blocks, at.module.chain(at.scope, bind.block), around) and not leaves(blocks, bind.block, around):
            seen.append(bind)
    return seen


def exclusive(blocks: Sequence[Block], one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether two points, given as block chains, lie in branches of one statement that never run together."""
    groups = {blocks[b].group: blocks[b].kind for b in one - other}
    for b in other - one:
        kind = groups.get(blocks[b].group)
        if kind is not None and {kind, blocks[b].kind} <= {"if", "else", "case"}:
            return True
    return False


def leaves(blocks: Sequence[Block], block: int, around: frozenset[int]) -> bool:
    """Whether control that passes through `block` never arrives at a point whose chain is `around`: a suite on the way always returns or raises."""
    while block not in around:
        if blocks[block].ends in {"return", "raise"}:
            return True
        block = blocks[block].parent
    return False
