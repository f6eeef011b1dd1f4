"""What value an expression has: constants, containers, environment defaults and attributes folded as far as they can be followed.

Everything that cannot be followed is Unknown with a short stable reason, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence

from launchlint.model.value import ABSENT, Absent, Fields, Items, Known, Object, Origin, Scalar, Unknown, Value, join
from launchlint.syntax.records import Arg, Attr, Bind, CallRef, Expr, Fn, Item, Lit, Map, Op, Parameter, Pick, Ref, Secret, Seq, Star, Text

from .arithmetic import convert, operate, string_method
from .program import END, At, Module, Site, exclusive, leaves
from .resolve import MAX_CALLERS, Definition, Resolver
from .settings import Settings
from .things import ClassThing, External, FunctionThing, Instance, ModuleThing, ProjectInstance, Thing

MAX_DEPTH = 40
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "decouple.config", "environ.get"})
_SETTINGS_BASES = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic_settings.main.BaseSettings", "pydantic.v1.BaseSettings"})
_READ_ONLY = frozenset(
    {"print", "len", "str", "repr", "dict", "list", "tuple", "set", "sorted", "bool", "iter", "isinstance", "dumps", "debug", "info", "warning", "error",
     "copy", "deepcopy", "any", "all", "format", "append", "hash", "type"}
)  # fmt: skip
"""Functions that get a dict and leave it as it is."""


class Folder:
    """Value folding over a resolver. `whole` says that the whole project was read, so that all callers of a private function are known."""

    def __init__(self, resolver: Resolver, settings: Settings, *, whole: bool) -> None:
        self.resolver = resolver
        self.settings = settings
        self.whole = whole
        self._followed = {root.split(".")[0] for root in resolver.knowledge.roots} | {"builtins", "sys", "math", "float"}
        self.depth = 0
        self._running: set[tuple[object, ...]] = set()
        self._cache: dict[tuple[object, ...], Value] = {}

    # ------------------------------------------------------------ expressions

    def value(self, expr: Expr | None, at: At) -> Value:
        """The value of an expression at a point."""
        if self.depth >= MAX_DEPTH:
            return Unknown("too deep")
        self.depth += 1
        try:
            return self._value(expr, at)
        finally:
            self.depth -= 1

    def _value(self, expr: Expr | None, at: At) -> Value:
        match expr:
            case None:
                return Known(None, Origin.LITERAL, at.place)
            case Lit(value):
                return Known(value, Origin.LITERAL, at.place)
            case Secret():
                return Unknown("secret")
            case Ref(root, ()):
                return self.named(root, at)
            case Ref(root, attributes):
                return self._attribute(Ref(root, attributes[:-1]), attributes[-1], at)
            case Attr(base, attributes):
                inner: Expr = Attr(base, attributes[:-1]) if len(attributes) > 1 else base
                return self._attribute(inner, attributes[-1], at)
            case CallRef(call):
                return self._call(Site(at.module, at.scope, call), at)
            case Item(base, key):
                return self._item(base, key, at)
            case Seq(kind, items):
                return self._sequence(kind, items, at)
            case Map(entries):
                return self._mapping(entries, at)
            case Text(parts):
                return self._text(parts, at)
            case Pick(alternatives, _):
                return join(self.value(one, at) for one in alternatives)
            case Op(op, arguments):
                return self._operation(op, arguments, at)
            case Star() | Fn():
                return Unknown("function")
            case _:
                return Unknown(getattr(expr, "why", "expression"))

    def _sequence(self, kind: str, items: Sequence[Expr], at: At) -> Value:
        values: list[Value] = []
        is_open = False
        for item in items:
            if isinstance(item, Star):
                inner = self.value(item.value, at)
                if isinstance(inner, Known) and isinstance(inner.value, Items):
                    values += inner.value.items
                    is_open |= inner.value.open
                else:
                    is_open = True
            else:
                values.append(self.value(item, at))
        return Known(Items(tuple(values), is_open), Origin.LITERAL, at.place)

    def _mapping(self, entries: Sequence[tuple[Expr | None, Expr]], at: At) -> Value:
        fields: list[tuple[str, Value]] = []
        is_open = False
        for key, value in entries:
            if key is None:
                inner = self.value(value, at)
                if isinstance(inner, Known) and isinstance(inner.value, Fields):
                    fields += inner.value.entries
                    is_open |= inner.value.open
                elif isinstance(inner, Known) and not inner.value:
                    continue
                else:
                    is_open = True
            else:
                name = self.value(key, at)
                if isinstance(name, Known) and isinstance(name.value, str):
                    fields.append((name.value, self.value(value, at)))
                else:
                    is_open = True
        return Known(Fields(tuple(fields), is_open), Origin.LITERAL, at.place)

    def _text(self, parts: Sequence[Expr], at: At) -> Value:
        values = [self.value(part, at) for part in parts]
        texts = [v.value for v in values if isinstance(v, Known) and isinstance(v.value, str | int | float)]
        if len(texts) == len(values):
            return Known("".join(str(t) for t in texts)[:400], Origin.LITERAL, at.place)
        return Unknown("formatted text")

    def _operation(self, op: str, arguments: Sequence[Expr], at: At) -> Value:
        values = [self.value(argument, at) for argument in arguments]
        if op == "or" and len(values) >= 2:
            environment = False
            for value in values[:-1]:
                if isinstance(value, Unknown) and value.why == "environment":
                    environment = True
                elif not isinstance(value, Known):
                    return value if isinstance(value, Unknown) else Unknown("or")
                elif value.value:
                    return value
            last = values[-1]
            return Known(last.value, Origin.ENV_DEFAULT, last.place) if environment and isinstance(last, Known) else last
        if op == "|" and all(isinstance(v, Known) and isinstance(v.value, Fields) for v in values):
            merged = [v.value for v in values if isinstance(v, Known) and isinstance(v.value, Fields)]
            return Known(Fields(tuple(e for m in merged for e in m.entries), any(m.open for m in merged)), Origin.LITERAL, at.place)
        if op == "+" and all(isinstance(v, Known) and isinstance(v.value, Items) for v in values):
            lists = [v.value for v in values if isinstance(v, Known) and isinstance(v.value, Items)]
            return Known(Items(tuple(i for one in lists for i in one.items), any(one.open for one in lists)), Origin.LITERAL, at.place)
        return operate(op, values, at.place)

    # ------------------------------------------------------------ names

    def named(self, name: str, at: At) -> Value:
        """The value of a name at a point."""
        definitions = self.resolver.definitions(name, at)
        if definitions is None:
            return Known(Object(f"builtins.{name}", Fields(())), Origin.LITERAL, at.place) if name in {"int", "str", "list", "dict"} else Unknown("name")
        augmented = [one for one in definitions if isinstance(one[2], Bind) and one[2].kind == "augment"]
        value = join(self._defined(one, name, at) for one in definitions if one not in augmented)
        if augmented and not (isinstance(value, Known) and isinstance(value.value, Fields | Items)):
            return Unknown("augmented")
        return value  # `|=` on a dict was folded with its other changes

    def _defined(self, definition: Definition, name: str, at: At) -> Value:
        module, scope, one = definition
        if isinstance(one, Parameter):
            return self.parameter(module, scope, one)
        key = ("bind", module.path, scope, one.order, one.position, name)
        value = self._cache.get(key)
        if value is None:
            if key in self._running:
                return Unknown("cycle")
            self._running.add(key)
            try:
                value = self._cache[key] = self._bound(module, scope, one, name)
            finally:
                self._running.discard(key)
        if isinstance(value, Known) and isinstance(value.value, Fields | Items):
            if scope == at.scope and module is at.module:
                return self._mutated(value, one, name, at)
            return self._mutated(value, one, name, At(module, scope, 0, END, one.span))
        return value

    def _bound(self, module: Module, scope: int, bind: Bind, name: str) -> Value:
        at = At(module, scope, bind.block, bind.order, bind.span)
        match bind.kind:
            case "assign" | "walrus":
                return self.value(bind.value, at)
            case "unpack":
                if isinstance(bind.value, Seq) and bind.position is not None and bind.position < len(bind.value.items):
                    return self.value(bind.value.items[bind.position], at)
                return Unknown("unpacked")
            case "import":
                return self._imported(module, name, at)
            case "annotate":
                return Unknown("no default")
            case "augment":
                return Unknown("augmented")
            case _:
                return Unknown(bind.kind)

    def _imported(self, module: Module, name: str, at: At) -> Value:
        values: list[Value] = []
        for scope in (at.scope, 0):
            for record in module.imports(scope, name):
                path = self.resolver.program.find(record.module, module.path)
                target = self.resolver.program.modules.get(path) if path else None
                if target is not None and target is not module and record.name:
                    values.append(self.module_constant(target, record.name))
                elif path is None and record.name:
                    values.append(self._external(f"{record.module}.{record.name}", at))
                else:
                    return Unknown("import")
            if values:
                break
        return join(values)

    def module_constant(self, module: Module, name: str) -> Value:
        """The value of a module-level name for code that runs later."""
        definitions = self.resolver.global_definitions(module, name)
        if not definitions:
            return Unknown("name")
        return join(self._defined(one, name, At(module, 0, 0, END, module.scope(0).span)) for one in definitions)

    def _external(self, name: str, at: At) -> Value:
        if name in self.resolver.knowledge.absent:
            return ABSENT
        if name.split(".", maxsplit=1)[0] not in self._followed:
            return Unknown("outside of what is read")
        return Known(Object(name, Fields(())), Origin.LITERAL, at.place)

    def _mutated(self, value: Known, base: Bind, name: str, at: At) -> Value:
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
                elif (
                    isinstance(call.callee, Ref) and call.callee.root == name and call.callee.attributes in {("append",), ("extend",), ("insert",), ("remove",)}
                ):
                    is_open = changed = True
                elif any(arg.name is None and arg.value == Ref(name, ()) for arg in call.args) and _last(call.callee) not in _READ_ONLY:
                    is_open = changed = True  # whoever got the dict may have added to it
        for _, block, event, call_id in sorted(events, key=lambda e: e[0]):
            certain = sure(block)
            if certain is False:
                continue
            changed = True
            if event is not None and isinstance(event.target, Item):
                here = At(at.module, at.scope, event.block, event.order, event.span)
                key = self.value(event.target.key, here)
                if not (isinstance(key, Known) and isinstance(key.value, str)):
                    is_open = True
                    continue
                new = self.value(event.value, here) if event.kind == "assign" else Unknown("augmented")
                entries.append((key.value, new if certain else join([_get(entries, is_open, key.value), new])))
                continue
            more = self._added(event, call_id, at)
            if more is None or not certain:
                is_open = True
            else:
                entries += more.entries
                is_open |= more.open
        if not changed:
            return value
        if isinstance(value.value, Items):
            return Known(Items(value.value.items, open=True), value.origin, value.place)
        return Known(Fields(tuple(entries), is_open), value.origin, value.place)

    def _added(self, bind: Bind | None, call_id: int, at: At) -> Fields | None:
        if bind is not None:
            value = self.value(bind.value, At(at.module, at.scope, bind.block, bind.order, bind.span))
            return value.value if isinstance(value, Known) and isinstance(value.value, Fields) else None
        site = Site(at.module, at.scope, call_id)
        if isinstance(site.record.callee, Ref) and site.record.callee.attributes == ("update",):
            return self.fields_of(site.record.args, site.at)
        return None

    def fields_of(self, args: Sequence[Arg], at: At) -> Fields | None:
        """`dict(…)`-like arguments as fields; None when they cannot be followed at all."""
        entries: list[tuple[str, Value]] = []
        is_open = False
        for arg in args:
            if arg.name is None or arg.name == "**":
                inner = self.value(arg.value, at)
                if isinstance(inner, Known) and isinstance(inner.value, Fields):
                    entries += inner.value.entries
                    is_open |= inner.value.open
                else:
                    is_open = True
            else:
                entries.append((arg.name, self.value(arg.value, at)))
        return Fields(tuple(entries), is_open)

    def parameter(self, module: Module, scope: int, parameter: Parameter) -> Value:
        """A parameter: known only when every reference to a private function was read and resolves to a call that agrees."""
        header = module.scope(scope)
        private = header.name.startswith("_") and not header.name.startswith("__")
        nested = module.scope(header.parent).kind in {"function", "lambda"}
        if not self.whole or not (private or nested) or parameter.kind in {"*", "**"}:
            return Unknown("parameter")
        key = ("parameter", module.path, scope, parameter.name)
        if key in self._running:
            return Unknown("cycle")
        self._running.add(key)
        try:
            cls = module.method_class(scope)
            mentions = self.resolver.program.mentions(header.name)
            sites = list(self.resolver.program.sites(header.name))
            if not sites or len(sites) > MAX_CALLERS or len({(m.path, s) for m, s in mentions}) > len({(s.module.path, s.scope) for s in sites}):
                return Unknown("parameter")
            if not all(self.resolver.calls_function(site, module, scope, cls) for site in sites):
                return Unknown("parameter")
            given = dict.fromkeys(site for site, _ in self.resolver.given(module, scope, parameter))
            values = [self.value(value, site.at) for site, value in self.resolver.given(module, scope, parameter)]
            if any(site not in given for site in sites):
                if any(arg.name == "**" or isinstance(arg.value, Star) for site in sites for arg in site.record.args):
                    return Unknown("parameter")
                default = parameter.default
                values.append(Unknown("parameter") if default is None else self.value(default, self.resolver.definition_point(module, header)))
            return join(values)
        finally:
            self._running.discard(key)

    # ------------------------------------------------------------ attributes and items

    def _attribute(self, base: Expr, name: str, at: At) -> Value:
        things = self.resolver.things(base, at)
        if not things:
            inner = self.value(base, at)
            if isinstance(inner, Known) and isinstance(inner.value, Object):
                return inner.value.fields.get(name)
            return Unknown("attribute")
        return join(self.attribute_of(thing, name, at) for thing in things)

    def attribute_of(self, thing: Thing, name: str, at: At) -> Value:
        """The value of an attribute of a thing."""
        match thing:
            case External(dotted):
                return self._external(f"{dotted}.{name}", at)
            case ModuleThing(module):
                return self.module_constant(module, name)
            case ProjectInstance():
                key = ("attribute", thing, name)
                if key in self._running:
                    return Unknown("cycle")
                self._running.add(key)
                try:
                    return self._instance_attribute(thing, name)
                finally:
                    self._running.discard(key)
            case ClassThing():
                return self._class_default(thing, name) or Unknown("class attribute")
            case Instance():
                return Unknown("library attribute")
            case _:
                return Unknown("attribute")

    def _instance_attribute(self, owner: ProjectInstance, name: str) -> Value:
        settings = self._is_settings(owner)
        if owner.site is not None:
            given = [arg for arg in owner.site.record.args if arg.name == name]
            if given:
                return self.value(given[0].value, owner.site.at)
            if any(arg.name == "**" for arg in owner.site.record.args):
                return Unknown("unpacks **")
        default = self._class_default(owner.cls, name)
        if settings:
            written = self.settings.at((*owner.route, name), owner.cls.module.path)
            if written is not None:
                return written
            if isinstance(default, Known):
                return Known(default.value, Origin.ENV_DEFAULT, default.place)
        assigned = self._assigned(owner.cls, name)
        if assigned:
            return join([*assigned, *([default] if default is not None and not isinstance(default, Unknown) else [])])
        if default is None:
            return Unknown("attribute")
        if isinstance(default, Known) and (owner.site is not None or settings or not self._constructed_with_fields(owner.cls)):
            return Known(default.value, Origin.CODE_DEFAULT, default.place)
        return Unknown("field of an object built elsewhere")

    def _is_settings(self, owner: ProjectInstance) -> bool:
        """Whether values of this object come from outside: it has a settings base class, or its fields are a key path of a settings file."""
        root = owner.root or owner.cls
        for cls in self.resolver.mro(root):
            if isinstance(cls, External) and cls.name in _SETTINGS_BASES:
                return True
        return (owner.root is not None or not owner.site) and self.settings.holds(owner.route, root.module.path) and bool(owner.route)

    def _constructed_with_fields(self, cls: ClassThing) -> bool:
        """Whether the class is a dataclass or a pydantic model, whose fields callers may set."""
        header = cls.module.scope(cls.scope)
        if any(_last(d) == "dataclass" or isinstance(d, CallRef) for d in header.decorators):
            return True
        return any(isinstance(base, External) for base in self.resolver.mro(cls)[1:])

    def _class_default(self, cls: ClassThing, name: str) -> Value | None:
        for one in self.resolver.mro(cls):
            if isinstance(one, ClassThing) and name in one.module.scope(one.scope).names:
                binds = one.module.binds(one.scope, name)
                values = [self._defined((one.module, one.scope, bind), name, At(one.module, one.scope, 0, END, bind.span)) for bind in binds]
                return join(values) if values else None
        return None

    def _assigned(self, cls: ClassThing, name: str) -> list[Value]:
        values: list[Value] = []
        for one in self.resolver.mro(cls):
            if not isinstance(one, ClassThing):
                continue
            for method in one.module.inner(one.scope):
                if name not in method.attributes or not method.parameters:
                    continue
                me = method.parameters[0].name
                for bind in one.module.body(method.id).binds:
                    if isinstance(bind.target, Ref) and bind.target == Ref(me, (name,)):
                        at = At(one.module, method.id, bind.block, bind.order, bind.span)
                        values.append(self.value(bind.value, at) if bind.kind == "assign" else Unknown(bind.kind))
                    elif isinstance(bind.target, Item) and bind.target.base == Ref(me, (name,)):
                        values.append(Unknown("changed by key"))
        return values

    def _item(self, base: Expr, key: Expr, at: At) -> Value:
        if isinstance(base, Ref) and base == Ref("os", ("environ",)):
            return Unknown("environment")
        inner, index = self.value(base, at), self.value(key, at)
        if isinstance(inner, Known) and isinstance(index, Known):
            if isinstance(inner.value, Fields) and isinstance(index.value, str):
                found = inner.value.get(index.value)
                return Unknown("key") if isinstance(found, Absent) else found
            if (
                isinstance(inner.value, Items)
                and isinstance(index.value, int)
                and not inner.value.open
                and -len(inner.value.items) <= index.value < len(inner.value.items)
            ):
                return inner.value.items[index.value]
        return Unknown("item")

    # ------------------------------------------------------------ calls

    def _call(self, site: Site, at: At) -> Value:
        record = site.record
        args = [arg.value for arg in record.args if arg.name is None]
        named = {arg.name: arg.value for arg in record.args if arg.name}
        method = self._method(site, args)
        if method is not None:
            return method
        things = self.resolver.things(record.callee, site.at)
        if not things:
            return Unknown("call")
        return join(self._applied(thing, site, args, named) for thing in things)

    def _method(self, site: Site, args: list[Expr]) -> Value | None:
        """A method of a string, list or dict that was folded."""
        callee = site.record.callee
        if isinstance(callee, Ref) and callee.attributes:
            name, base = callee.attributes[-1], Ref(callee.root, callee.attributes[:-1])
        elif isinstance(callee, Attr) and len(callee.attributes) == 1:
            name, base = callee.attributes[-1], callee.base  # type: ignore[assignment]
        else:
            return None
        if name in {"split", "strip", "lower", "upper", "rstrip", "lstrip", "splitlines"}:
            inner = self.value(base, site.at)
            return string_method(inner, name, [self.value(arg, site.at) for arg in args], site.place)
        if name in {"get", "copy"} and not (isinstance(callee, Ref) and callee.root == "os"):
            inner = self.value(base, site.at)
            if isinstance(inner, Known) and isinstance(inner.value, Fields):
                if name == "copy":
                    return inner
                key = self.value(args[0], site.at) if args else Unknown("key")
                if isinstance(key, Known) and isinstance(key.value, str):
                    found = inner.value.get(key.value)
                    return (self.value(args[1], site.at) if len(args) > 1 else Known(None)) if isinstance(found, Absent) else found
                return Unknown("key")
        return None

    def _applied(self, thing: Thing, site: Site, args: list[Expr], named: dict[str, Expr]) -> Value:
        match thing:
            case External(name):
                return self._external_call(name, site, args, named)
            case ClassThing():
                fields = self.fields_of(site.record.args, site.at)
                return Known(
                    Object(f"{thing.module.path}:{thing.module.scope(thing.scope).qualname}", fields or Fields((), open=True)), Origin.LITERAL, site.place
                )
            case FunctionThing():
                return self._returned(thing)
            case _:
                return Unknown("call")

    def _external_call(self, name: str, site: Site, args: list[Expr], named: dict[str, Expr]) -> Value:
        at = site.at
        short = name.removeprefix("builtins.")
        if name in _ENVIRONMENT:
            default = args[1] if len(args) > 1 else named.get("default")
            if default is None:
                return Unknown("environment")
            value = self.value(default, at)
            return Known(value.value, Origin.ENV_DEFAULT, site.place) if isinstance(value, Known) and value.value is not None else Unknown("environment")
        if name in self.resolver.knowledge.absent or f"{name}()" in self.resolver.knowledge.absent:
            return ABSENT
        if short in {"int", "float", "str", "bool"} and len(args) == 1:
            return convert(short, self.value(args[0], at))
        if short == "dict":
            return Known(self.fields_of(site.record.args, at) or Fields((), open=True), Origin.LITERAL, site.place)
        if short in {"list", "tuple", "set", "sorted", "frozenset"}:
            return self.value(args[0], at) if args else Known(Items(()), Origin.LITERAL, site.place)
        if name in {"json.dumps", "copy.copy", "copy.deepcopy", "orjson.dumps", "ujson.dumps"} and args:
            return self.value(args[0], at)
        if name in {"typing.cast", "typing_extensions.cast"} and len(args) == 2:
            return self.value(args[1], at)
        if name in {"pydantic.Field", "pydantic.fields.Field", "dataclasses.field"}:
            return self._field(site, args, named)
        return Known(Object(name, self._object_fields(name, site)), Origin.LITERAL, site.place)

    def _object_fields(self, name: str, site: Site) -> Fields:
        entry = self.resolver.knowledge.classes.get(name)
        positional = entry.positional if entry is not None else ()
        args: list[Arg] = []
        index = 0
        for arg in site.record.args:
            if arg.name is None and not isinstance(arg.value, Star):
                args.append(Arg(positional[index] if index < len(positional) else str(index), arg.value))
                index += 1
            else:
                args.append(arg)
        return self.fields_of(args, site.at) or Fields((), open=True)

    def _field(self, site: Site, args: list[Expr], named: dict[str, Expr]) -> Value:
        default = args[0] if args else named.get("default")
        if default is not None:
            return self.value(default, site.at)
        factory = named.get("default_factory")
        if isinstance(factory, Ref) and factory in {Ref("list", ()), Ref("set", ()), Ref("tuple", ())}:
            return Known(Items(()), Origin.LITERAL, site.place)
        if isinstance(factory, Ref) and factory == Ref("dict", ()):
            return Known(Fields(()), Origin.LITERAL, site.place)
        if isinstance(factory, Fn):
            return self._returned(FunctionThing(site.module, factory.scope))
        return Unknown("no default")

    def _returned(self, function: FunctionThing) -> Value:
        key = ("returned", function.module.path, function.scope)
        if key in self._running:
            return Unknown("cycle")
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        self._running.add(key)
        try:
            body = function.module.body(function.scope)
            values = [self.value(e.value, At(function.module, function.scope, e.block, e.order, e.span)) for e in body.exits if e.kind == "return"]
            result = join(values) if values else Unknown("returns nothing")
        finally:
            self._running.discard(key)
        self._cache[key] = result
        return result


def _get(entries: list[tuple[str, Value]], is_open: bool, key: str) -> Value:
    return Fields(tuple(entries), is_open).get(key)


def _last(expr: Expr) -> str:
    match expr:
        case Ref(root, attributes):
            return attributes[-1] if attributes else root
        case Attr(_, attributes):
            return attributes[-1]
        case _:
            return ""


def scalar(value: Value) -> Scalar:
    """The scalar of a known value; None for anything else."""
    return value.value if isinstance(value, Known) and isinstance(value.value, str | int | float | bool) else None
