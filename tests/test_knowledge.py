"""The knowledge files and their loader: what `tools/prove_knowledge.py` cannot see because it is about the files themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from launchlint.knowledge import schema, shipped
from launchlint.knowledge.schema import ClassEntry, Entry, KnowledgeError, Library, Operation

ROOT = Path(__file__).parent.parent
FILES = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "src" / "launchlint" / "knowledge").glob("*.toml"))}
PARSED = {file: schema.parse(text, file) for file, text in FILES.items()}

LOGICAL = frozenset(
    """
    output_cap timeout retries retry_policy attempts api_key base_url model messages system stream tools http_client input agent provider client
    iteration_cap misplaced_cap participants time_cap termination human_input approval middleware checkpointer interrupt_before interrupt_after inputs
    stop wait on deadline reraise modalities
    url method json data content headers verify transport connect
    origins origin_regex credentials methods resources app strict_cors share auth
    server host port debug command args env tool
    """.split()
)
"""Every logical argument there is. A new one needs a reader in `link/` or a rule, a line in docs/knowledge.md, and its name here."""

HEAD = """
[library]
name = "toy"
imports = ["toy"]
distributions = ["toy"]
verified = ["1.0"]
"""


def entries() -> Iterator[tuple[str, Entry]]:
    for file, (_, classes, operations) in PARSED.items():
        for entry in (*classes, *operations):
            yield file, entry


def label(entry: Entry) -> str:
    match entry:
        case ClassEntry():
            return entry.name
        case Operation():
            return entry.call[0]
        case _:
            raise AssertionError(entry)


def test_all_shipped_files_load() -> None:
    knowledge = shipped.load()
    assert len(knowledge.libraries) == len(FILES), "two files bear the same library name"
    assert {"openai", "anthropic", "bedrock", "google-genai", "litellm"} <= set(knowledge.libraries)
    assert knowledge.classes["openai.lib.azure.AzureOpenAI"].defaults["timeout"][0].value == 600.0
    assert "chat.completions.create" in knowledge.methods["openai.AzureOpenAI"]


def test_the_head_of_a_file_can_be_read_alone() -> None:
    for file, text in FILES.items():
        assert schema.parse_head(text, file) == PARSED[file].library


def test_the_words_of_a_file_meet_every_name_in_it() -> None:
    """Files are chosen by their words: a name that holds none of them would be looked up in a file that was not read."""
    for file, (library, classes, operations) in PARSED.items():
        names = {name for entry in classes for name in entry.names} | {name for op in operations if not op.of for name in op.call}
        for name in names:
            assert set(library.words) & set(name.split(".")), f"{name} in {file} holds none of its words (an import root is a good word, even an English one)"


def test_the_part_of_the_knowledge_for_a_text_is_what_the_whole_says_of_it() -> None:
    whole, part = shipped.load(), shipped.load_for([b"from langchain_deepseek import ChatDeepSeek"])
    assert (part.libraries, part.roots, part.words, part.absent) == (whole.libraries, whole.roots, whole.words, whole.absent)
    assert "langchain_deepseek.ChatDeepSeek" in part.classes  # inherits from langchain-openai, which inherits from langchain-core
    assert "requests.get" not in part.functions
    for name, entry in part.classes.items():
        assert entry == whole.classes[name]
        assert part.methods.get(entry.name) == whole.methods.get(entry.name)


def test_every_file_can_be_loaded_by_its_words() -> None:
    for file, (library, classes, _) in PARSED.items():
        part = shipped.load_for([" ".join(library.words).encode()])
        for entry in classes:
            assert not library.words or entry.name in part.classes, file
            for target in (*entry.returns.values(), *entry.attributes.values()):
                assert not library.words or target == "self" or target in part.classes, f"{file}: {target}"


@pytest.mark.parametrize("file", FILES)
def test_every_library_says_on_which_version_it_was_proven(file: str) -> None:
    library: Library = PARSED[file][0]
    assert library.verified or not library.distributions, f"{file} names a package but no verified version"
    for version in library.verified:
        assert re.fullmatch(r"\d+(\.\d+)*([a-z]+\d+|\.post\d+)?", version)


def test_no_spelling_is_claimed_twice() -> None:
    claimed: dict[str, str] = {}
    for file, (_, classes, _) in PARSED.items():
        for entry in classes:
            for name in entry.names:
                assert name not in claimed, f"{name} in {file} and {claimed[name]}"
                claimed[name] = file


def test_no_function_is_claimed_by_two_files() -> None:
    claimed: dict[str, str] = {}
    for file, (_, _, operations) in PARSED.items():
        for name in (name for op in operations if not op.of for name in op.call):
            assert claimed.setdefault(name, file) == file, f"{name} in {file} and {claimed[name]}"


def test_logical_arguments_come_from_the_closed_list() -> None:
    strange = {
        f"{file} {label(entry)}: {name}" for file, entry in entries() for name in (*entry.arguments, *entry.defaults, *entry.units) if name not in LOGICAL
    }
    assert not strange


def test_logical_arguments_are_documented() -> None:
    table = (ROOT / "docs" / "knowledge.md").read_text("utf-8")
    assert {name for name in LOGICAL if f"`{name}`" not in table} == set()


def test_objects_named_as_results_exist() -> None:
    known = {*shipped.load().classes, "self"}
    for file, entry in entries():
        named: Mapping[str, str] = {**entry.returns, **entry.attributes} if isinstance(entry, ClassEntry) else {}
        for target in (*named.values(), *([entry.returns] if isinstance(entry, Operation) and entry.returns else [])):
            assert target in known, f"{file} {label(entry)}: {target} is no class entry"


def test_a_default_that_decides_a_finding_says_why_in_words_that_fit_a_message() -> None:
    for file, entry in entries():
        for logical in ("output_cap", "timeout", "iteration_cap"):
            for row in entry.defaults.get(logical, ()):
                if row.kind == "none" and entry.kind != "config":
                    assert row.because, f"{file} {label(entry)}: {logical} has no limit, but no because"
                if row.because:
                    assert row.because[-1] not in ".!:;", f"{file}: {row.because}"
                    assert "\n" not in row.because


def test_version_ranges_do_not_overlap() -> None:
    def key(version: str | None, otherwise: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", version)) if version else otherwise

    for file, entry in entries():
        for logical, rows in entry.defaults.items():
            spans = sorted((key(row.since, ()), key(row.until, (10**9,))) for row in rows)
            for before, after in pairwise(spans):
                assert before[1] <= after[0], f"{file} {label(entry)}: ranges of {logical} overlap"


def test_what_bounds_a_policy_is_one_of_its_arguments() -> None:
    for file, entry in entries():
        if isinstance(entry, ClassEntry) and entry.inherits:
            continue
        assert set(entry.bounded_by) <= {*entry.arguments, *entry.defaults}, f"{file} {label(entry)}"


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ('[[class]]\nnames = ["toy.A"]\nkinds = "client"\n', 10, "unknown key `kinds`"),
        ('[[class]]\nnames = ["toy.A"]\nkind = "clinet"\n', 10, "unknown kind `clinet`"),
        ('[[operation]]\ncall = ["toy.f"]\nkind = "lm"\n', 10, "unknown kind `lm`"),
        ('[[operation]]\ncall = ["toy.f"]\nselekt = 1\n', 10, "unknown key `selekt`"),
        ('[[class]]\nnames = ["toy.A"]\ndefaults = { timeout = [{ none = true, required = true }] }\n', 10, "exactly one of"),
        ('[[class]]\nnames = ["toy.A"]\ndefaults = { timeout = [{ none = true, sins = "1" }] }\n', 10, "unknown key `sins`"),
        ("[[class]]\nnames = []\n", 8, "needs `names`"),
        ('[[operation]]\nkind = "llm"\n', 8, "needs `call`"),
        ("[extra]\n", 8, "unknown key `extra`"),
    ],
)
def test_the_loader_rejects_what_is_outside_the_schema_with_file_and_line(body: str, line: int, said: str) -> None:
    with pytest.raises(KnowledgeError) as error:
        schema.parse(HEAD + "\n" + body, "toy.toml")
    assert str(error.value).startswith(f"toy.toml:{line}: ")
    assert said in str(error.value)


def test_the_loader_rejects_what_is_not_toml() -> None:
    with pytest.raises(KnowledgeError, match=r"toy\.toml: .*line 2"):
        schema.parse("[library]\nname = \n", "toy.toml")


def test_the_loader_rejects_a_library_without_its_head() -> None:
    with pytest.raises(KnowledgeError, match="lacks 'imports'"):
        schema.parse('[library]\nname = "toy"\n', "toy.toml")


def test_a_class_takes_over_what_it_does_not_say_itself() -> None:
    body = """
[[class]]
names = ["toy.Client", "toy.client.Client"]
kind = "client"
positional = ["key"]
arguments = { api_key = ["key"], timeout = ["timeout"] }
defaults = { timeout = [{ value = 60 }] }

[[class]]
names = ["toy.AsyncClient"]
async = true
inherits = "toy.client.Client"
arguments = { timeout = ["seconds"] }

[[operation]]
of = ["toy.Client"]
call = ["chat.create"]
kind = "llm"

[[operation]]
of = ["toy.AsyncClient"]
call = ["chat.stream"]
kind = "llm"
async = true
"""
    knowledge = schema.build({"toy.toml": HEAD + body})
    child = knowledge.classes["toy.AsyncClient"]
    assert child.kind == "client"
    assert child.is_async
    assert child.positional == ("key",)
    assert dict(child.arguments) == {"api_key": ("key",), "timeout": ("seconds",)}
    assert child.defaults["timeout"][0].value == 60
    assert set(knowledge.methods["toy.AsyncClient"]) == {"chat.create", "chat.stream"}
    assert set(knowledge.methods["toy.Client"]) == {"chat.create"}
    assert knowledge.tails == {"create", "stream"}


@pytest.mark.parametrize("parent", ["toy.Nothing", "toy.B"])
def test_a_class_cannot_inherit_what_is_not_there_or_inherits_it_back(parent: str) -> None:
    body = f'[[class]]\nnames = ["toy.A"]\ninherits = "{parent}"\n[[class]]\nnames = ["toy.B"]\ninherits = "toy.A"\n'
    with pytest.raises(KnowledgeError, match="no class entry or inherits it back"):
        schema.build({"toy.toml": HEAD + body})


def test_an_operation_needs_a_class_that_exists() -> None:
    with pytest.raises(KnowledgeError, match=r"`of` toy\.Nothing, which is no class entry"):
        schema.build({"toy.toml": HEAD + '[[operation]]\nof = ["toy.Nothing"]\ncall = ["run"]\n'})
