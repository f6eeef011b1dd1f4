"""Python text as layer 1, unpacked, for tests."""

from typing import NamedTuple

from launchlint.documents.python import line_count, parse_text
from launchlint.syntax.extract import extract
from launchlint.syntax.pack import unpack
from launchlint.syntax.records import Expr, PyHeader, Ref, ScopeBody, ScopeHeader


class Read(NamedTuple):
    header: PyHeader
    bodies: list[ScopeBody]

    def scope(self, qualname: str) -> tuple[ScopeHeader, ScopeBody]:
        """The header and the body of a scope."""
        [header] = [h for h in self.header.scopes if h.qualname == qualname]
        return header, self.bodies[header.id]


def read(text: str) -> Read:
    """A module."""
    module = extract(parse_text(text), line_count(text))
    assert [h.id for h in module.header.scopes] == list(range(len(module.bodies)))
    return Read(module.header, [unpack(body) for body in module.bodies])


def body(text: str, scope: int = 0) -> ScopeBody:
    """One scope of a module."""
    return read(text).bodies[scope]


def value(text: str) -> Expr:
    """An expression."""
    [bind] = [b for b in body(f"v = {text}\n").binds if b.target == Ref("v", ())]
    return bind.value
