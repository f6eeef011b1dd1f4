"""Runs inside the environment of a library: holds the entries of its knowledge file against the real package.

Standard library only. Reads {"classes", "operations", "absent", "versions", "probes"} as JSON from standard input (`prove_knowledge.py` writes it) and prints
a JSON list of [entry, what, status, detail]; status is "proven", "wrong", "unchecked", or
"elsewhere" when the package is not in this environment.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from .defaults import default, inside
from .look import build, resolve, through, walk
from .signatures import hints, members, shape_of, signatures, spelling
from .verdicts import ElsewhereError, MissingError, UnclearError

# Clients refuse to be built without credentials, which none of the checks uses.
for _name in "OPENAI ANTHROPIC GROQ COHERE MISTRAL GOOGLE GEMINI HF OLLAMA AZURE_OPENAI VOYAGE TAVILY".split():
    os.environ.setdefault(f"{_name}_API_KEY", "unused")
os.environ |= {"CO_API_KEY": "unused", "HF_TOKEN": "unused", "AWS_ACCESS_KEY_ID": "unused", "AWS_SECRET_ACCESS_KEY": "unused"}
os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "OPENAI_API_TYPE": "openai"}
os.environ |= {"AWS_EC2_METADATA_DISABLED": "true", "HF_HUB_OFFLINE": "0", "ANONYMIZED_TELEMETRY": "False"}


class Prover:
    """Collects one row per checked statement."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        self.job = job
        self.rows: list[tuple[str, str, str, str]] = []

    def check(self, entry: str, what: str, look: Callable[[], str | None]) -> bool:
        """Run one check and note what came out."""
        try:
            detail = look() or ""
        except MissingError as error:
            self.rows.append((entry, what, "wrong", str(error)))
        except UnclearError as error:
            self.rows.append((entry, what, "unchecked", str(error)))
        except ElsewhereError as error:
            self.rows.append((entry, what, "elsewhere", str(error)))
        except Exception as error:
            self.rows.append((entry, what, "unchecked", f"{type(error).__name__}: {error}"[:140]))
        else:
            self.rows.append((entry, what, "proven", detail))
            return True
        return False

    def run(self) -> None:
        """Check everything."""
        for name in self.job["absent"]:
            self.check("[library]", f"sentinel {name}", lambda name=name: (resolve(name), None)[1])  # type: ignore[misc]
        made = {entry["names"][0]: self.klass(entry) for entry in self.job["classes"]}
        for op in self.job["operations"]:
            if not op["of"]:
                for name in op["call"]:
                    forward = self.job["probes"].get(f"{name} forwards", name)
                    self.operation(op, name, lambda n=name: resolve(n), lambda f=forward: resolve(f), lambda: None)  # type: ignore[misc]
            for owner in op["of"]:
                for path in op["call"]:
                    cls, build_one = made.get(owner, (None, None))
                    if build_one is None:
                        self.rows.append((f"{owner}:{path}", "operation", "elsewhere", "its class is not here"))
                        continue
                    self.method(op, owner, path, cls, build_one)

    def klass(self, entry: Mapping[str, Any]) -> tuple[Any, Callable[[], Any] | None]:
        """Check a class entry; gives the class and a function that builds an object of it once."""
        own = entry["names"][0]
        for name in entry["names"]:
            if "-" not in name:
                self.check(own, f"symbol {name}", lambda name=name: (resolve(name), None)[1])  # type: ignore[misc]
        cls: Any = None
        for name in entry["names"]:
            with contextlib.suppress(MissingError, UnclearError, ElsewhereError):
                cls = resolve(name)
                break
        kept: list[Any] = []

        def one() -> Any:
            if not kept:
                try:
                    kept.append(self.made(own, cls))
                except UnclearError as error:
                    kept.append(error)
            if isinstance(kept[0], UnclearError):
                raise kept[0]
            return kept[0]

        if "-" in own:
            if not self.check(own, "symbol of its client", lambda: type(one()).__name__):
                return None, None
            forward = self.job["probes"].get(f"{own} forwards")
            target = resolve(forward) if forward else None
        else:
            forward = self.job["probes"].get(f"{own} forwards", own)
            target = resolve(forward) if cls is not None and forward != own else cls
        if cls is None and "-" not in own:
            return None, None
        if target is not None:
            self.details(entry, own, target, one)
        start = self.start(cls, one)
        for path, to in {**entry["attributes"], **entry["returns"]}.items():
            self.check(own, f"member {path} -> {to}", lambda path=path: (walk(start(), path), None)[1])  # type: ignore[misc]
        return cls, one

    def made(self, own: str, cls: Any) -> Any:
        """An object of a class entry. Raises UnclearError when it cannot be built."""
        way = self.job["probes"].get(f"{own} through")
        if way is None:
            return build(own, cls, self.job["probes"].get(f"{own} arguments", {}))
        return through(way, self.made(way["owner"], resolve(way["owner"])))

    @staticmethod
    def start(klass: Any, one: Callable[[], Any]) -> Callable[[], Any]:
        """Where a path starts: an object where one can be built, else the class."""

        def begin() -> Any:
            try:
                return one()
            except UnclearError:
                if klass is None:
                    raise
                return klass

        return begin

    def version(self, label: str) -> str:
        """The version of the package that an entry belongs to: the one called like its root, else the first."""
        versions = self.job["versions"]
        return str(versions.get(label.split(".", maxsplit=1)[0].replace("_", "-"), next(iter(versions.values()), "0")))

    def details(self, entry: Mapping[str, Any], label: str, target: Any, one: Callable[[], Any], face: Any = None) -> None:
        """Check positional parameters, spellings and defaults of an entry against a callable; `face` is what is called, when it hands on to that."""
        prefix = f"{label} type of "
        types_of = {key.removeprefix(prefix): resolve(value) for key, value in self.job["probes"].items() if key.startswith(prefix)}
        if entry["positional"]:
            self.check(label, "positional", lambda: self.positional(face, target, entry["positional"]))
        for logical, spellings in entry["arguments"].items():
            for text in spellings:
                self.check(label, f"{logical} = {text}", lambda text=text: self.spelled(face, target, text, types_of))  # type: ignore[misc]
        for row in entry["defaults"]:
            if row["kind"] in {"provider", "inherited"} or not inside(self.version(label), row["since"], row["until"]):
                continue
            said = "None" if row["kind"] == "none" else row["kind"] if row["kind"] == "required" else repr(row["value"])
            span = f" [{row['since'] or ''}..{row['until'] or ''})" if row["since"] or row["until"] else ""
            probe = self.job["probes"].get(f"{label} {row['logical']}") or self.job["probes"].get(f"{entry['names'][0]} {row['logical']}")
            spellings = entry["arguments"].get(row["logical"], [])
            look = lambda row=row, spellings=spellings, probe=probe: default(row, target, one, spellings, probe)  # noqa: E731
            self.check(label, f"default {row['logical']} = {said}{span}", look)

    @staticmethod
    def spelled(face: Any, target: Any, text: str, types_of: Mapping[str, Any]) -> None:
        """Check a spelling against what is called, else against what that hands on to. Raises MissingError or UnclearError."""
        if face is not None and face is not target:
            with contextlib.suppress(MissingError, UnclearError):
                spelling(face, text, types_of)
                return
        spelling(target, text, types_of)

    @staticmethod
    def positional(face: Any, target: Any, wanted: list[str]) -> None:
        """Check that the first positional parameters have these names. Raises MissingError or UnclearError."""
        for thing in (face, target):
            signature = next(signatures(thing), None) if thing is not None else None
            if signature is None or shape_of(thing) is not None:
                continue
            kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            real = [p.name for p in signature.parameters.values() if p.kind in kinds and p.name not in {"self", "cls"}]
            if not real and any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values()):
                continue
            if real[: len(wanted)] != wanted:
                raise MissingError(f"positional parameters are {real[: len(wanted) + 1]}")
            return
        raise UnclearError("takes any positional arguments")

    def method(self, op: Mapping[str, Any], owner: str, path: str, cls: Any, one: Callable[[], Any]) -> None:
        """Check an operation that is a method."""
        label = f"{owner}:{path}"
        start = self.start(cls, one)
        forward = self.job["probes"].get(f"{label} forwards")
        self.operation(op, label, lambda: walk(start(), path), lambda: _declared(start(), forward or path), one)

    def operation(self, op: Mapping[str, Any], label: str, found: Callable[[], Any], target: Callable[[], Any], one: Callable[[], Any]) -> None:
        """Check an operation: it exists, is awaited or not, and takes what is said."""
        if not self.check(label, "operation", lambda: (found(), None)[1]):
            return
        self.check(label, f"async = {str(op['async']).lower()}", lambda: _async(found(), bool(op["async"])))
        subject = one if op["of"] else found
        shown = {**op, "names": [f"{op['of'][0]}:{op['call'][0]}" if op["of"] else op["call"][0]]}
        if op["arguments"] or op["defaults"] or op["positional"]:
            try:
                self.details(shown, label, target(), subject, found())
            except (MissingError, UnclearError) as error:
                self.rows.append((label, "arguments", "unchecked", str(error)))


def _declared(start: Any, path: str) -> Any:
    """A method as its class declares it, where an object has wrapped its own."""
    head, _, tail = path.rpartition(".")
    owner = walk(start, head) if head else start
    if tail in getattr(owner, "__dict__", {}) and not inspect.isclass(owner) and callable(getattr(type(owner), tail, None)):
        return getattr(type(owner), tail)
    return walk(start, path)


def _async(function: Any, stated_async: bool) -> str:
    """Compare with the function itself; what gives back a manager or an iterator may be either."""
    inner = inspect.unwrap(function)
    is_async = inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner) or inspect.iscoroutinefunction(function)
    if is_async and not stated_async:
        raise MissingError("it is a coroutine function")
    if not stated_async or is_async:
        return ""
    given = list(members(hints(inner).get("return")))
    if any(hasattr(kind, name) for kind in given for name in ("__aenter__", "__aiter__", "__await__")):
        return "gives back something to await or to iterate"
    raise UnclearError("no coroutine function, and its result has no type")


if __name__ == "__main__":
    prover = Prover(json.load(sys.stdin))
    real = sys.stdout
    sys.stdout = sys.stderr
    prover.run()
    real.write(json.dumps(prover.rows))
