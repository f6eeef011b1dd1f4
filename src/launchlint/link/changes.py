"""A dict or list as it is at a point: `d["k"] = …`, `.update(…)`, `|=` and the like since it was bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from launchlint.model.value import ABSENT, Fields, Items, Known, Unknown, Value, join
from launchlint.syntax.records import Bind, Item, Ref

from .program import At, Site, exclusive, last_name, leaves

if TYPE_CHECKING:
    from .fold import Folder

_READ_ONLY = frozenset(
    {"print", "len", "str", "repr", "dict", "list", "tuple", "set", "sorted", "bool", "iter", "isinstance", "dumps", "debug", "info", "warning", "error",
     "copy", "deepcopy", "any", "all", "format", "append", "hash", "type"}
)  # fmt: skip
"""Functions that get a dict and leave it as it is."""


def changed(f: Folder, value: Known, base: Bind, name: str, at: At) -> Value:
    """A dict or list as it is at a point, after `d["k"] = …`, `.update(…)`, `|=` and the like since `base`."""
    body = at.module.body(at.scope)
    around = at.module.chain(at.scope, at.block)

    def sure(block: int) -> bool | None:
        """True when the event surely happened before the point, None when it may have, False when it did not."""
        if block in around:
            return True
        chain = at.module.chain(at.scope, block)
        return False if exclusive(body.blocks, chain, around) or leaves(body.blocks, block, around) else None

    entries = list(value.value.entries) if isinstance(value.value, Fields) else []
    is_open = value.value.open if isinstance(value.value, Fields | Items) else False
    changed = False
    events: list[tuple[int, int, Bind | None, int]] = []
    for bind in body.binds:
        if base.order < bind.order < at.order:
            if (isinstance(bind.target, Item) and bind.target.base == Ref(name, ())) or (bind.kind == "augment" and bind.target == Ref(name, ())):
                events.append((bind.order, bind.block, bind, -1))
    for call in body.calls:
        if base.order < call.order < at.order:
            if isinstance(call.callee, Ref) and call.callee.root == name and call.callee.attributes in {("update",), ("setdefault",), ("pop",), ("clear",)}:
                events.append((call.order, call.block, None, call.id))
            elif isinstance(call.callee, Ref) and call.callee.root == name and call.callee.attributes in {("append",), ("extend",), ("insert",), ("remove",)}:
                is_open = changed = True
            elif any(arg.name is None and arg.value == Ref(name, ()) for arg in call.args) and last_name(call.callee) not in _READ_ONLY:
                is_open = changed = True  # whoever got the dict may have added to it
    for _, block, event, call_id in sorted(events, key=lambda e: e[0]):
        certain = sure(block)
        if certain is False:
            continue
        changed = True
        if event is not None and isinstance(event.target, Item):
            here = At(at.module, at.scope, event.block, event.order, event.span)
            key = f.value(event.target.key, here)
            if not (isinstance(key, Known) and isinstance(key.value, str)):
                is_open = True
                continue
            new = f.value(event.value, here) if event.kind == "assign" else ABSENT if event.kind == "delete" else Unknown("augmented")
            entries.append((key.value, new if certain else join([_get(entries, is_open, key.value), new])))
            continue
        more = _added(f, event, call_id, at)
        if more is None:
            is_open = True
            continue
        for key_added, new in more.entries:
            entries.append((key_added, new if certain else join([_get(entries, is_open, key_added), new])))
        is_open |= more.open
    if not changed:
        return value
    if isinstance(value.value, Items):
        return Known(Items(value.value.items, open=True), value.origin, value.place)
    return Known(Fields(tuple(entries), is_open), value.origin, value.place)


def _added(f: Folder, bind: Bind | None, call_id: int, at: At) -> Fields | None:
    if bind is not None:
        value = f.value(bind.value, At(at.module, at.scope, bind.block, bind.order, bind.span))
        return value.value if isinstance(value, Known) and isinstance(value.value, Fields) else None
    site = Site(at.module, at.scope, call_id)
    if not isinstance(site.record.callee, Ref):
        return None
    method, args = site.record.callee.attributes[-1], site.record.args
    if method == "update":
        return f.fields_of(args, site.at)
    key = f.value(args[0].value, site.at) if args else Unknown("key")
    if method == "pop" and isinstance(key, Known) and isinstance(key.value, str):
        return Fields(((key.value, ABSENT),))
    return None


def _get(entries: list[tuple[str, Value]], is_open: bool, key: str) -> Value:
    return Fields(tuple(entries), is_open).get(key)
