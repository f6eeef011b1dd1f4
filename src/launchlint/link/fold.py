"""What value an expression has: constants, containers, environment defaults and attributes folded as far as they can be followed.

Everything that cannot be followed is Unknown with a short stable reason, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence

from launchlint.model.value import ABSENT, Absent, Fields, Items, Known, Object, Origin, Unknown, Value, join
from launchlint.syntax.records import Arg, Attr, Bind, CallRef, Expr, Fn, Item, Lit, Map, Op, Parameter, Pick, Ref, Secret, Seq, Star, Text

from . import changes, fold_calls
from .arithmetic import operate
from .parameters import MAX_CALLERS
from .program import END, At, Module, Site, last_name
from .resolve import Definition, Resolver
from .settings import Settings
from .things import ClassThing, External, FunctionThing, Instance, ModuleThing, ProjectInstance, Thing

MAX_DEPTH = 40
_SETTINGS_BASES = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic_settings.main.BaseSettings", "pydantic.v1.BaseSettings"})


class Folder:
    """Value folding over a resolver. `whole` says that the whole project was read, so that all callers of a private function are known."""

    def __init__(self, resolver: Resolver, settings: Settings, *, whole: bool) -> None:
        self.resolver = resolver
        self.settings = settings
        self.whole = whole
        self.followed = {root.split(".")[0] for root in resolver.knowledge.roots} | {"builtins", "sys", "math", "float"}
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
                return fold_calls.called(self, Site(at.module, at.scope, call), at)
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
                return changes.changed(self, value, one, name, at)
            return changes.changed(self, value, one, name, At(module, scope, 0, END, one.span))
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
        if name.split(".", maxsplit=1)[0] not in self.followed:
            return Unknown("outside of what is read")
        return Known(Object(name, Fields(())), Origin.LITERAL, at.place)

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
                found = inner.value.fields.get(name)
                return Unknown("attribute") if isinstance(found, Absent) else found
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
                return self.class_default(thing, name) or Unknown("class attribute")
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
        default = self.class_default(owner.cls, name)
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
        if any(last_name(d) == "dataclass" or isinstance(d, CallRef) for d in header.decorators):
            return True
        return any(isinstance(base, External) for base in self.resolver.mro(cls)[1:])

    def class_default(self, cls: ClassThing, name: str) -> Value | None:
        """What a class body gives a name, in the class or the nearest base that has it; None when none has."""
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

    def returned(self, function: FunctionThing) -> Value:
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
