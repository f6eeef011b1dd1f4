"""Model calls of a checkout counted by name alone: `python -m tools.census DIR`, one `path:line:suffix` a line.

Deliberately dumb and independent of launchlint: plain `ast`, no resolution, no imports of the package. It is the yardstick that `tools.ladder` holds
launchlint's own facts against. It reads application source, which is every tracked Python file that is no test, example, document or generated code.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Site(NamedTuple):
    """A call that looks like a model call. The callee stands on the lines `line` to `last_line`; `written` is its dotted text, `()` for a call in it."""

    path: str
    line: int
    last_line: int
    suffix: str
    written: str


class Suffix(NamedTuple):
    """A callee counts when its text matches and the file imports one of `roots` (any file when there are none)."""

    name: str
    written: re.Pattern[str]
    roots: frozenset[str] = frozenset()
    but_not: re.Pattern[str] | None = None


def _ends(*tails: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\.)(?:{'|'.join(tails)})$")


_RECEIVER = r"(?:\w*(?:client|ollama|cohere|llm|model)\w*|co|\(\))"
SUFFIXES = (
    Suffix("chat.completions", _ends(r"chat\.completions(?:\.with_raw_response)?\.(?:create|parse|stream)")),
    Suffix("responses", _ends(r"responses(?:\.with_raw_response)?\.(?:create|parse|stream)")),
    Suffix("completions", _ends(r"completions\.create"), but_not=re.compile(r"chat\.completions\.create$")),
    Suffix("openai.v0", _ends(r"(?:Chat)?Completion\.a?create"), frozenset({"openai"})),
    Suffix("messages", _ends(r"messages\.(?:create|stream|parse)"), frozenset({"anthropic"}), re.compile(r"threads\.messages|batches")),
    Suffix("generate_content", _ends(r"generate_content(?:_stream)?(?:_async)?")),
    Suffix("converse", _ends(r"converse(?:_stream)?"), frozenset({"boto3", "botocore", "aioboto3", "aiobotocore"})),
    Suffix("invoke_model", _ends(r"invoke_model(?:_with_response_stream)?")),
    Suffix("litellm", _ends(r"a?(?:text_)?completion"), frozenset({"litellm"})),
    Suffix("ollama", _ends(rf"{_RECEIVER}\.(?:chat|generate)"), frozenset({"ollama"})),
    Suffix("cohere", _ends(rf"{_RECEIVER}\.(?:chat|chat_stream|generate)"), frozenset({"cohere"})),
    Suffix("mistral", _ends(r"(?:chat|fim)\.(?:complete|stream)(?:_async)?"), frozenset({"mistralai"})),
    Suffix("huggingface", _ends(r"chat_completion", r"text_generation"), frozenset({"huggingface_hub"})),
)

_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|testing|e2e|evals?|examples?|samples?|demos?|cookbooks?|tutorials?|docs?|notebooks?|benchmarks?|fixtures|site-packages|node_modules)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|[^/]*_pb2(?:_grpc)?)\.py$"
)


def sources(root: Path) -> list[str]:
    """The tracked Python files of application source below `root`, relative to it."""
    listing = subprocess.run(["git", "ls-files", "-z", "--", "*.py"], cwd=root, check=True, capture_output=True).stdout
    return sorted(path for path in listing.decode("utf-8", "surrogateescape").split("\0") if path and not _ASIDE.search(path))


def census(root: Path) -> list[Site]:
    """All calls in the application source of `root` that are model calls by name. Files that do not parse are skipped with a word on standard error."""
    found: list[Site] = []
    for path in sources(root):
        try:
            data = (root / path).read_bytes()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(data)
        except (OSError, SyntaxError, ValueError) as error:
            print(f"{path}: not counted, {error}", file=sys.stderr)
            continue
        found.extend(_sites(path, tree))
    return found


def _sites(path: str, tree: ast.Module) -> Iterator[Site]:
    imported = _imported_roots(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        written = _dotted(node.func)
        for suffix in SUFFIXES:
            if suffix.roots and not suffix.roots & imported:
                continue
            if suffix.written.search(written) and not (suffix.but_not and suffix.but_not.search(written)):
                yield Site(path, node.lineno, node.func.end_lineno or node.lineno, suffix.name, written)
                break


def _imported_roots(tree: ast.Module) -> set[str]:
    roots: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            roots.update([(node.module or "").split(".")[0], *(alias.name for alias in node.names)])
    return roots


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
        case ast.Call():
            return "()"
        case ast.Subscript():
            return "[]"
        case ast.Await(value=value):
            return _dotted(value)
    return "?"


def main() -> None:
    for site in census(Path(sys.argv[1])):
        print(f"{site.path}:{site.line}:{site.suffix}\t{site.written}")


if __name__ == "__main__":
    main()
