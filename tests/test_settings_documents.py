from __future__ import annotations

import json as stdlib_json
import time
from collections.abc import Callable

import pytest

from launchlint.documents import dotenv, json, toml, yaml
from launchlint.documents.errors import Unreadable
from launchlint.syntax.files import Node


def values(found: tuple[Node, ...]) -> dict[tuple[str | int, ...], object]:
    return {node.route: node.value for node in found}


def raw(text: str, node: Node) -> str:
    """The text that a node's span covers."""
    lines = text.split("\n")[node.span.line - 1 : node.span.end_line]
    lines[-1] = lines[-1][: node.span.end_column - 1]
    lines[0] = lines[0][node.span.column - 1 :]
    return "\n".join(lines)


def covered(read: Callable[[str], tuple[Node, ...]], text: str) -> dict[tuple[str | int, ...], str]:
    return {node.route: raw(text, node) for node in read(text)}


def why(read: Callable[[str], tuple[Node, ...]], text: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(text)
    return caught.value


# ---------------------------------------------------------------- YAML


def test_yaml_keeps_the_raw_text_and_its_place() -> None:
    text = "on: yes\nserver:\n  cors:\n    allow_origins: ['*', \"a\\tb\"]  # all\n    🙂: é x # c\nempty:\nport: 0x10\nmany: one\n  two\n"
    assert covered(yaml.nodes, text) == {
        ("on",): "yes",
        ("server", "cors", "allow_origins", 0): "'*'",
        ("server", "cors", "allow_origins", 1): '"a\\tb"',
        ("server", "cors", "🙂"): "é x",
        ("empty",): "",
        ("port",): "0x10",
        ("many",): "one\n  two",
    }
    found = {node.route: node for node in yaml.nodes(text)}
    assert found["on",].value == "yes"
    assert found["port",].value == "0x10"
    assert found["many",].value == "one two"
    assert found["server", "cors", "allow_origins", 1].value == "a\tb"
    assert found["server", "cors", "allow_origins", 0].quoted
    assert not found["server", "cors", "🙂"].quoted


def test_yaml_block_scalars_are_text() -> None:
    (node,) = yaml.nodes("run: |\n  a\n  b\n")
    assert (node.value, node.quoted, node.span[:2]) == ("a\nb\n", True, (1, 6))


def test_yaml_documents_are_counted() -> None:
    assert [(node.document, node.value) for node in yaml.nodes("a: 1\n---\na: 2\n---\n---\na: 3\n")] == [(0, "1"), (1, "2"), (2, ""), (3, "3")]


def test_yaml_aliases_and_merges() -> None:
    text = "base: &base {timeout: 5, retries: 2}\nother: &other {retries: 9, cap: 1}\nprod:\n  <<: [*base, *other]\n  timeout: 30\nsame: *base\n'<<': plain\n"
    found = values(yaml.nodes(text))
    assert {route[1]: value for route, value in found.items() if route[0] == "prod"} == {"timeout": "30", "retries": "2", "cap": "1"}
    assert found["same", "timeout"] == "5"
    assert found["<<",] == "plain"
    same = next(node for node in yaml.nodes(text) if node.route == ("same", "timeout"))
    assert raw(text, same) == "5"
    assert same.span.line == 1


def test_yaml_anchors_and_tags() -> None:
    text = 'a: &x  one\nb: !Ref Bucket\nc: !!str 12\nd: &y\n  "two"\ne: !Sub "${A}"\nf: !!int 3\ng: !reset []\n'
    assert values(yaml.nodes(text)) == {("a",): "one", ("b",): "!Ref Bucket", ("c",): "12", ("d",): "two", ("e",): "!Sub ${A}", ("f",): "3"}
    places = covered(yaml.nodes, text)
    assert places["a",] == "one"
    assert places["c",] == "12"
    assert places["d",] == '"two"'
    assert places["b",] == "!Ref Bucket"
    assert next(node for node in yaml.nodes(text) if node.route == ("c",)).quoted


def test_yaml_of_a_repeated_key_the_last_counts_and_odd_keys_are_left_out() -> None:
    assert values(yaml.nodes("a: 1\n? [x, y]\n: 2\na: 3\n1: b\n")) == {("a",): "3", ("1",): "b"}


def test_yaml_line_ends_of_other_kinds_do_not_shift_lines() -> None:
    text = 'a: "x\u2028y\x85z"\r\nb: 1\r\n'
    assert [(node.route, node.span[:2]) for node in yaml.nodes(text)] == [(("a",), (1, 4)), (("b",), (2, 4))]
    assert yaml.nodes("\ufeffa: 1\n")[0].span[:2] == (1, 4)


def test_yaml_template_expressions_that_are_strings_stay() -> None:
    assert values(yaml.nodes('key: ${{ secrets.KEY }}\nnote: "{{ $labels.pod }}"\n')) == {("key",): "${{ secrets.KEY }}", ("note",): "{{ $labels.pod }}"}


def test_yaml_templates_are_masked_and_lose_no_place() -> None:
    text = """{{- if .Values.on }}
kind: Deployment
name: {{ .Release.Name }}-api
image: "{{ .Values.image }}:1"
{{- else }}
kind: Job
{{- end }}
spec:
  {{ .Values.key }}: hidden
  labels:
    {{- toYaml .Values.labels
      | nindent 4 }}
  replicas: 2
  args: ["--host", {{ .Values.host }}]
  {%- for x in y %}
  timeout: 30 # s
  {%- endfor %}
"""
    assert covered(yaml.nodes, text) == {("spec", "replicas"): "2", ("spec", "args", 0): '"--host"', ("spec", "timeout"): "30"}


def test_yaml_that_is_broken() -> None:
    broken = why(yaml.nodes, "a: 1\nb: [1\nc: }\n")
    assert broken.line == 3
    assert broken.why.startswith("not YAML: ")
    assert why(yaml.nodes, "a: {{ x }}\nb: [").why.startswith("not YAML: ")
    assert "control characters" in why(yaml.nodes, "a: \x01").why


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "a: &a {x: 1}\n" + "".join(f"{b}: &{b} {{<<: [{','.join(['*' + a] * 9)}]}}\n" for a, b in zip("abcdefghijk", "bcdefghijkl", strict=True)),
        "a: &a []\n" + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    ],
    ids=["aliases", "merges", "empty"],
)
def test_yaml_bombs_end(text: str) -> None:
    start = time.perf_counter()
    assert "200000" in why(yaml.nodes, text).why
    assert time.perf_counter() - start < 10


def test_yaml_that_contains_itself_or_nests_deeply() -> None:
    assert values(yaml.nodes("&a [*a, 1]")) == {(1,): "1"}
    assert values(yaml.nodes("a: &a\n  <<: *a\n  b: 1\n")) == {("a", "b"): "1"}
    assert why(yaml.nodes, "[" * 100_000).why


# ---------------------------------------------------------------- JSON


def test_json_values_and_places() -> None:
    text = '{"a": [1, -2.5e3, "x\\u00e9\\ud83d\\ude00", []], "🙂": {"b": null,\n  "c d": true, "e": {}}, "\\"k": "a,b: [}"}'
    found = json.nodes(text)
    assert values(found) == {
        ("a", 0): 1, ("a", 1): -2500.0, ("a", 2): "xé😀", ("🙂", "b"): None, ("🙂", "c d"): True, ('"k',): "a,b: [}",
    }  # fmt: skip
    assert all(stdlib_json.loads(raw(text, node)) == node.value for node in found)
    assert next(node for node in found if node.route == ("🙂", "c d")).span == (2, 10, 2, 14)
    assert json.nodes("3")[0].route == ()
    assert json.nodes("[[], {}, [{}], 1]")[0].route == (3,)


def test_json_with_comments_and_trailing_commas() -> None:
    text = '\ufeff// head\n{\n  "url": "http://x", /* not\n , a ] */ "list": [1, 2, ], // end\n  "s": "a,]//b",\n}\n'
    found = json.nodes(text)
    assert values(found) == {("url",): "http://x", ("list", 0): 1, ("list", 1): 2, ("s",): "a,]//b"}
    assert raw(text.removeprefix("\ufeff"), found[-1]) == '"a,]//b"'
    assert json.load(text) == {"url": "http://x", "list": [1, 2], "s": "a,]//b"}


def test_json_of_a_repeated_key_the_last_counts() -> None:
    text = '{"a": {"x": 1, "y": 2}, "b": 0, "a": {"x": 3}}'
    assert values(json.nodes(text)) == {("b",): 0, ("a", "x"): 3}
    assert values(json.nodes('{"a": 1, "ab": 2, "a": 3}')) == {("a",): 3, ("ab",): 2}


@pytest.mark.parametrize(
    ("text", "line"), [("", 1), ('{"a": 1\n "b": 2}', 2), ("{'a': 1}", 1), ("[1,,2]", 1), ("[" * 100_000, None), ("[" + "9" * 5000 + "]", None)]
)
def test_json_that_is_broken(text: str, line: int | None) -> None:
    assert why(json.nodes, text).line == line


def test_json_data_files_end_at_the_budget() -> None:
    assert "200000" in why(json.nodes, "[" + "1," * 200_000 + "1]").why


# ---------------------------------------------------------------- TOML


def test_toml_values_and_places() -> None:
    text = '''\
top = 1 # one
"quoted key" . sub = 'a # b'
when = 1979-05-27 07:32:00Z
[server.cors]
allow_origins = [ "*",  # all
  "é🙂", [1, 2] ]
inline = { a = true, b.c = """x
"y""", d = [{ e = 1.5 }] }
[[job]]
name = "one"
[job.env]
K = "v"
[[job]]
name = "two"
[[job.step]]
run = \'\'\'it's\'\'\'
'''
    found = toml.nodes(text)
    assert values(found) == {
        ("top",): 1, ("quoted key", "sub"): "a # b", ("when",): "1979-05-27 07:32:00Z", ("server", "cors", "allow_origins", 0): "*",
        ("server", "cors", "allow_origins", 1): "é🙂", ("server", "cors", "allow_origins", 2, 0): 1, ("server", "cors", "allow_origins", 2, 1): 2,
        ("server", "cors", "inline", "a"): True, ("server", "cors", "inline", "b", "c"): 'x\n"y', ("server", "cors", "inline", "d", 0, "e"): 1.5,
        ("job", 0, "name"): "one", ("job", 0, "env", "K"): "v", ("job", 1, "name"): "two", ("job", 1, "step", 0, "run"): "it's",
    }  # fmt: skip
    assert covered(toml.nodes, text)["server", "cors", "allow_origins", 1] == '"é🙂"'
    assert covered(toml.nodes, text)["server", "cors", "inline", "b", "c"] == '"""x\n"y"""'
    assert covered(toml.nodes, text)["job", 1, "step", 0, "run"] == "'''it's'''"
    assert [node.quoted for node in found][:3] == [False, True, False]


def test_toml_strings_with_quotes_at_their_end() -> None:
    text = 'a = """x"""""\nb = "\\"#"\n"c\\u00e9" = \'\'\'\'y\'\'\'\'\'\nd = ""\ne = """"""\n'
    found = toml.nodes(text)
    assert values(found) == {("a",): 'x""', ("b",): '"#', ("cé",): "'y''", ("d",): "", ("e",): ""}
    assert [node.span.line for node in found] == [1, 2, 3, 4, 5]


def test_toml_index_knows_tables_and_keys() -> None:
    entries = toml.index("[tool.x]\na.b = 1\n\n[[y]]\n")
    assert {route: entry.line for route, entry in entries.items()} == {("tool", "x"): 1, ("tool", "x", "a"): 2, ("tool", "x", "a", "b"): 2, ("y", 0): 4}


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = \n", 2), ("a = [\n1,\n", 3), ("a = 1\na = 2\n", 2), ("{{ x }}\n", 1)])
def test_toml_that_is_broken(text: str, line: int) -> None:
    broken = why(toml.nodes, text)
    assert broken.line == line
    assert broken.why.startswith("not TOML: ")
    assert "(at " not in broken.why


def test_toml_nested_too_deeply() -> None:
    assert why(toml.nodes, "a = " + "[" * 50_000 + "]" * 50_000).why


# ---------------------------------------------------------------- dotenv


def test_dotenv() -> None:
    text = """\ufeff# head
PLAIN=value # comment
  export  SPACED = a b\t
HASH=a#b
QUOTED="x # y\\n\\"z\\"" # comment
SINGLE='it\\'s $X'
EMPTY=
NOTHING= # comment
MANY="one
two"
not a pair
URL=postgres://u@h/db?x=1
OPEN="never closed
REF=${OTHER:-4}
PLAIN=last
a.b-c=1
"""
    found = dotenv.nodes(text)
    assert values(found) == {
        ("SPACED",): "a b", ("HASH",): "a#b", ("QUOTED",): 'x # y\n"z"', ("SINGLE",): "it's $X", ("EMPTY",): "", ("NOTHING",): "", ("MANY",): "one\ntwo",
        ("URL",): "postgres://u@h/db?x=1", ("OPEN",): '"never closed', ("REF",): "${OTHER:-4}", ("PLAIN",): "last", ("a.b-c",): "1",
    }  # fmt: skip
    plain = text.removeprefix("\ufeff")
    places = {node.route[0]: raw(plain, node) for node in found}
    assert places["QUOTED"] == '"x # y\\n\\"z\\""'
    assert places["MANY"] == '"one\ntwo"'
    assert places["NOTHING"] == places["EMPTY"] == ""
    assert places["SPACED"] == "a b"
    assert next(node for node in found if node.route == ("PLAIN",)).span == (15, 7, 15, 11)
    assert {node.route[0] for node in found if node.quoted} == {"QUOTED", "SINGLE", "MANY"}


def test_dotenv_with_windows_line_ends() -> None:
    assert values(dotenv.nodes('A=1\r\nB="2"\r\nC=\r\n')) == {("A",): "1", ("B",): "2", ("C",): ""}


def test_dotenv_takes_time_in_proportion() -> None:
    start = time.perf_counter()
    dotenv.nodes('A="' + "x\n" * 20_000 + "B='" * 2_000)
    assert time.perf_counter() - start < 5
