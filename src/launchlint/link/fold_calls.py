"""The value of a call: environment look-ups, conversions, containers, fields, methods of folded values, project functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from launchlint.model.value import ABSENT, Absent, Fields, Items, Known, Object, Origin, Unknown, Value, join
from launchlint.syntax.records import Arg, Attr, Expr, Fn, Ref, Star

from .arithmetic import convert, string_method
from .program import At, Site
from .things import ClassThing, External, FunctionThing, Thing

if TYPE_CHECKING:
    from .fold import Folder

_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "decouple.config", "environ.get"})


def called(f: Folder, site: Site, at: At) -> Value:
    record = site.record
    args = [arg.value for arg in record.args if arg.name is None]
    named = {arg.name: arg.value for arg in record.args if arg.name}
    method = _method(f, site, args)
    if method is not None:
        return method
    things = f.resolver.things(record.callee, site.at)
    if not things:
        return Unknown("call")
    return join(_applied(f, thing, site, args, named) for thing in things)


def _method(f: Folder, site: Site, args: list[Expr]) -> Value | None:
    """A method of a string, list or dict that was folded."""
    callee = site.record.callee
    if isinstance(callee, Ref) and callee.attributes:
        name, base = callee.attributes[-1], Ref(callee.root, callee.attributes[:-1])
    elif isinstance(callee, Attr) and len(callee.attributes) == 1:
        name, base = callee.attributes[-1], callee.base  # type: ignore[assignment]
    else:
        return None
    if name in {"split", "strip", "lower", "upper", "rstrip", "lstrip", "splitlines"}:
        inner = f.value(base, site.at)
        return string_method(inner, name, [f.value(arg, site.at) for arg in args], site.place)
    if name in {"get", "copy"} and not (isinstance(callee, Ref) and callee.root == "os"):
        inner = f.value(base, site.at)
        if isinstance(inner, Known) and isinstance(inner.value, Fields):
            if name == "copy":
                return inner
            key = f.value(args[0], site.at) if args else Unknown("key")
            if isinstance(key, Known) and isinstance(key.value, str):
                found = inner.value.get(key.value)
                return (f.value(args[1], site.at) if len(args) > 1 else Known(None)) if isinstance(found, Absent) else found
            return Unknown("key")
    return None


def _applied(f: Folder, thing: Thing, site: Site, args: list[Expr], named: dict[str, Expr]) -> Value:
    match thing:
        case External(name):
            return _external_call(f, name, site, args, named)
        case ClassThing():
            fields = f.fields_of(site.record.args, site.at)
            return Known(Object(f"{thing.module.path}:{thing.module.scope(thing.scope).qualname}", fields or Fields((), open=True)), Origin.LITERAL, site.place)
        case FunctionThing():
            return f.returned(thing)
        case _:
            return Unknown("call")


def _external_call(f: Folder, name: str, site: Site, args: list[Expr], named: dict[str, Expr]) -> Value:
    at = site.at
    short = name.removeprefix("builtins.")
    if name in _ENVIRONMENT:
        default = args[1] if len(args) > 1 else named.get("default")
        if default is None:
            return Unknown("environment")
        value = f.value(default, at)
        return Known(value.value, Origin.ENV_DEFAULT, site.place) if isinstance(value, Known) and value.value is not None else Unknown("environment")
    if name in f.resolver.knowledge.absent or f"{name}()" in f.resolver.knowledge.absent:
        return ABSENT
    if short in {"int", "float", "str", "bool"} and len(args) == 1:
        return convert(short, f.value(args[0], at))
    if short == "dict":
        return Known(f.fields_of(site.record.args, at) or Fields((), open=True), Origin.LITERAL, site.place)
    if short in {"list", "tuple", "set", "sorted", "frozenset"}:
        return f.value(args[0], at) if args else Known(Items(()), Origin.LITERAL, site.place)
    if name in {"json.dumps", "copy.copy", "copy.deepcopy", "orjson.dumps", "ujson.dumps"} and args:
        return f.value(args[0], at)
    if name in {"typing.cast", "typing_extensions.cast"} and len(args) == 2:
        return f.value(args[1], at)
    if name in {"pydantic.Field", "pydantic.fields.Field", "dataclasses.field"}:
        return _field(f, site, args, named)
    if name not in f.resolver.knowledge.classes and (name.split(".", maxsplit=1)[0] not in f.followed or not name.rsplit(".", 1)[-1][:1].isupper()):
        return Unknown("outside of what is read")  # a function of a library: it may give anything, None among it
    return Known(Object(name, _object_fields(f, name, site)), Origin.LITERAL, site.place)


def _object_fields(f: Folder, name: str, site: Site) -> Fields:
    entry = f.resolver.knowledge.classes.get(name)
    positional = entry.positional if entry is not None else ()
    args: list[Arg] = []
    index = 0
    for arg in site.record.args:
        if arg.name is None and not isinstance(arg.value, Star):
            args.append(Arg(positional[index] if index < len(positional) else str(index), arg.value))
            index += 1
        else:
            args.append(arg)
    return f.fields_of(args, site.at) or Fields((), open=True)


def _field(f: Folder, site: Site, args: list[Expr], named: dict[str, Expr]) -> Value:
    default = args[0] if args else named.get("default")
    if default is not None:
        return f.value(default, site.at)
    factory = named.get("default_factory")
    if isinstance(factory, Ref) and factory in {Ref("list", ()), Ref("set", ()), Ref("tuple", ())}:
        return Known(Items(()), Origin.LITERAL, site.place)
    if isinstance(factory, Ref) and factory == Ref("dict", ()):
        return Known(Fields(()), Origin.LITERAL, site.place)
    if isinstance(factory, Fn):
        return f.returned(FunctionThing(site.module, factory.scope))
    return Unknown("no default")
