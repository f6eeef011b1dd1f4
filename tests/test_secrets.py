from __future__ import annotations

import base64
import importlib
import json
import random
import re
import time
from pathlib import Path

import pytest

from launchlint.facts.secrets import SecretLiteral
from launchlint.model.finding import Severity
from launchlint.model.source import Format, PathClass, Place, SourceFile, Span
from launchlint.rule import Rule
from launchlint.syntax.files import SecretHit
from launchlint.syntax.secret_formats import NAMED, PREFIXED, SEARCHED, Named
from launchlint.syntax.secrets import classify, scan
from tests.keys import KEYS, fill

check: Rule = importlib.import_module("launchlint.rules.api_key_hardcoded").check
FIXTURES = Path(__file__).parent.parent / "fixtures" / "api-key-hardcoded"
FORMATS = {known.name: known for known in (*PREFIXED, *SEARCHED, *NAMED)}
INSIDE = {
    "url-password": "postgresql://svc:{}@db.acme.io:5432/app",
    "azure-storage-key": "AccountName=acme;AccountKey={};EndpointSuffix=core.windows.net",
    "aws-access-key": '{}", secret="' + KEYS["aws-secret-key"],
}


def _scan(text: str | bytes, kind: Format = Format.PYTHON) -> tuple[SecretHit, ...]:
    data = text.encode() if isinstance(text, str) else text
    return scan(data, SourceFile("a.py", "/a.py", kind, PathClass.PROD, len(data)))


def _line(name: str) -> str:
    known = FORMATS[name]
    variable = known.variables[0].decode().upper() if isinstance(known, Named) else "value"
    return f'{variable} = "{INSIDE.get(name, "{}").format(KEYS[name])}"\n'


def test_there_are_keys_of_twenty_providers_and_more() -> None:
    assert len({known.provider for known in FORMATS.values()}) >= 30
    assert set(KEYS) == {*FORMATS, "supabase-anon-key"}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_found_once_and_not_shown(name: str) -> None:
    hits = _scan(f"import os\n{_line(name)}")
    assert [hit.format for hit in hits] == [name]
    hit, key, known = hits[0], KEYS[name], FORMATS[name]
    shown = 0 if isinstance(known, Named) else len(known.prefix)
    assert hit.length == len(key)
    assert hit.span.line == 2
    assert _line(name).find(key) == hit.span.column - 1
    assert not any(key[i : i + 8] in repr(hits) for i in range(shown, len(key) - 7))
    assert hit.redacted.endswith(f"… ({len(key)} characters)")
    assert len(hit.redacted.split("…")[0]) <= 6


@pytest.mark.parametrize("name", [name for name, known in FORMATS.items() if not isinstance(known, Named)])
def test_a_literal_is_classified_like_the_file(name: str) -> None:
    found = classify(INSIDE.get(name, "{}").format(KEYS[name]))
    assert found is not None
    assert found == (name, len(KEYS[name]), _scan(_line(name))[0].digest)


@pytest.mark.parametrize("name", [known.name for known in NAMED])
def test_a_key_without_prefix_needs_its_variable(name: str) -> None:
    assert _scan(f'api_key = "{KEYS[name]}"\n') == ()
    assert classify(KEYS[name]) is None


@pytest.mark.parametrize("name", [known.name for known in PREFIXED])
def test_a_piece_of_something_longer_is_no_key(name: str) -> None:
    key = KEYS[name]
    for text in (
        f"x{key}",
        f"{key}{'Ab1' * 40}",
        f"+{key}",
        f"/{key}",
        f"{key}+a",
        f"{key}/a",
        f"{key}...",
        f"{key}…",
        f"{key}*",
        f"{key}[0-9]",
        f"{key}{{3}}",
        f"{key}==",
    ):
        assert _scan(f'value = "{text}"; other = "{KEYS["aws-secret-key"]}"') == (), text.replace(key, "KEY")


def test_escapes_quotes_and_urls_are_boundaries() -> None:
    key = KEYS["groq-key"]
    for text in (
        f"'{key}'",
        f'\\"{key}\\"',
        f"\\n{key}\\n",
        f"`{key}`",
        f"Bearer {key},",
        f"K={key}",
        f"({key})",
        f"<b>{key}</b>",
        f"a?k={key}&b=1",
        f"Use {key}.",
    ):
        assert len(_scan(text)) == 1, text.replace(key, "KEY")
    assert len(_scan(f"https://mcp.acme.io/{key}/mcp")) == 1


BODY = random.Random(7).choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=52)


@pytest.mark.parametrize(
    "word", ["example", "Placeholder", "FAKE", "dummy", "TEST", "redacted", "your", "xxxx", "abcdefgh", "123456", "98765432", "a1b2c3d4e5f6", "000000"]
)
def test_a_word_of_a_person_inside_the_body_is_a_placeholder(word: str) -> None:
    body = "".join(BODY)
    assert len(_scan(f'k = "gsk_{body}"')) == 1
    assert _scan(f'k = "gsk_{body[: 52 - len(word) - 4]}{word}{body[-4:]}"') == ()


@pytest.mark.parametrize(
    "text", ["sk-1234", "sk-xxx", "EMPTY", "lm-studio", "${OPENAI_API_KEY}", "<your key>", "sk-...", "AKIAIOSFODNN7EXAMPLE", "tvly-YOUR_API_KEY", ""]
)
def test_well_known_stand_ins_are_silent(text: str) -> None:
    assert _scan(f'OPENAI_API_KEY = "{text}"') == ()
    assert classify(text) is None


def test_a_repeated_block_is_a_placeholder() -> None:
    assert _scan(f'k = "gsk_{"aB3xK9qW2mZ7p" * 4}"') == ()


def test_an_access_key_id_counts_with_its_secret() -> None:
    key_id, secret = KEYS["aws-access-key"], KEYS["aws-secret-key"]
    assert _scan(f'id = "{key_id}"') == ()
    assert [hit.format for hit in _scan(f"AWS_ACCESS_KEY_ID={key_id}\nAWS_SECRET_ACCESS_KEY={secret}\n")] == ["aws-access-key"]
    assert [hit.format for hit in _scan(f"AWS_SECRET_ACCESS_KEY={secret}\n")] == ["aws-secret-key"]


def test_a_token_in_a_url_is_one_hit() -> None:
    assert [hit.format for hit in _scan(f"git+https://oauth2:{KEYS['gitlab-token']}@gitlab.com/acme/rag.git")] == ["gitlab-token"]
    assert [hit.format for hit in _scan(f"https://{KEYS['github-token']}@github.com/acme/rag.git")] == ["github-token"]


def test_a_private_key_is_found_however_it_is_wrapped() -> None:
    pem = KEYS["private-key"]
    hits = _scan(f"KEY = '''\n{pem}\n'''\n") + _scan(json.dumps({"key": pem})) + _scan("\n".join(f'"{line}\\n"' for line in pem.split("\n")))
    assert [hit.format for hit in hits] == ["private-key"] * 3
    assert len({hit.digest for hit in hits}) == 1
    assert hits[0].span == Span(2, 1, 1 + len(pem.split("\n")), 26)
    short = pem.split("\n")[0] + "\n" + KEYS["private-key"].split("\n")[3] + "\n" + pem.split("\n")[-1]
    assert [hit.format for hit in _scan(short)] == ["private-key"]
    assert _scan("-----BEGIN " + "PRIVATE KEY-----\n...\n-----END " + "PRIVATE KEY-----") == ()
    assert _scan(pem.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n", 1)) == ()


def test_columns_are_code_points() -> None:
    (hit,) = _scan(f"é = '😀', '{KEYS['groq-key']}'\r\n")
    assert hit.span == Span(1, 11, 1, 67)
    (hit,) = _scan(b"\xef\xbb\xbf" + KEYS["groq-key"].encode())
    assert hit.span[:2] == (1, 1)


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("K = '{}'", "assignment"),
        ("k: {}", "assignment"),
        ("Client(api_key='{}')", "argument"),
        ("Client('{}')", "argument"),
        ("'Authorization': 'Bearer {}'", "header"),
        ("# old: {}", "comment"),
        ("https://a.io/?key={}", "url"),
        ("our key {}", "prose"),
    ],
)
def test_what_stands_around_is_told(text: str, context: str) -> None:
    assert [hit.context for hit in _scan(text.format(KEYS["groq-key"]))] == [context]


def _notebook(*cells: dict[str, object]) -> bytes:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def test_a_notebook_is_read_by_cell() -> None:
    code, printed, prose = KEYS["groq-key"], KEYS["xai-key"], KEYS["e2b-key"]
    data = _notebook(
        {"cell_type": "markdown", "source": [f"key {prose}"]},
        {"cell_type": "code", "source": "x = 1", "outputs": []},
        {
            "cell_type": "code",
            "source": ["é = 1\n", f"k = '{code}'"],
            "outputs": [{"text": [f"{code}\n", f"{printed}\n"]}, {"data": {"text/plain": [printed], "image/png": printed}}],
        },
    )
    hits = _scan(data, Format.NOTEBOOK)
    assert [(hit.format, hit.cell, hit.context) for hit in hits] == [("groq-key", 2, "assignment"), ("xai-key", 2, "output"), ("e2b-key", None, "prose")]
    assert hits[0].span == Span(2, 6, 2, 6 + len(code))
    assert hits[1].span == Span(1, 1, 1, 6)
    assert data.decode().split("\n")[hits[2].span.line - 1][hits[2].span.column - 1 :].startswith(prose)


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"cells": 3}', b'{"cells": [1]}', b'{"cells": [{}]}'])
def test_a_broken_notebook_is_read_as_text(data: bytes) -> None:
    assert len(_scan(data + b" " + KEYS["groq-key"].encode(), Format.NOTEBOOK)) == 1


def test_utf16_is_read_and_binary_data_is_not() -> None:
    line = f"key = '{KEYS['groq-key']}'"
    assert len(_scan(line.encode("utf-16"))) == 1
    assert _scan(b"\x00\x01" + line.encode()) == ()
    assert _scan(b"\xff\xfe\x00") == ()


def test_a_base64_blob_is_silent_and_quick() -> None:
    blob = base64.b64encode(random.Random(1).randbytes(1_000_000))
    start = time.process_time()
    assert _scan(b'image = "' + blob + b'"') == ()
    assert _scan(b"\n".join(blob[i : i + 76] for i in range(0, len(blob), 76))) == ()
    assert time.process_time() - start < 0.5


def test_no_bytes_raise_and_random_text_is_silent() -> None:
    source = random.Random(2)
    pieces = [
        b"sk-",
        b"T3Blbk" + b"FJ",
        b"eyJ",
        b"://",
        b"-----BEGIN ",
        b"PRIVATE KEY-----",
        b"AccountKey=",
        b"mistral_api_key=",
        b"\n",
        b"\\n",
        b'"',
        b"\xe2\x80",
        b":",
        b"@",
        b".",
    ]
    for round_ in range(400):
        data = b"".join(source.choice(pieces) if source.random() < 0.3 else source.randbytes(source.randrange(40)) for _ in range(40))
        for kind in (Format.TEXT, Format.NOTEBOOK):
            assert _scan(data.replace(b"\0", b" "), kind) == (), round_
        classify(data.decode("utf-8", "replace"))
        classify(data.decode("utf-16", "surrogatepass") if len(data) % 2 == 0 and round_ % 2 == 0 else data.decode("latin-1"))


def test_lone_surrogates_do_not_raise() -> None:
    assert classify("\ud800" * 30) is None


def _expected(path: Path, text: str) -> list[tuple[int | None, int]]:
    sidecar = path.with_name(path.name + ".expect")
    if sidecar.exists():
        rows = [re.fullmatch(r"(?:cell (\d+), )?(\d+): api-key-hardcoded", row) for row in sidecar.read_text().splitlines()]
        return [(int(row[1]) if row[1] else None, int(row[2])) for row in rows if row]
    return [(None, number) for number, line in enumerate(text.split("\n"), 1) if "expect: api-key-hardcoded" in line]


@pytest.mark.parametrize(
    "path", [p for p in sorted(FIXTURES.rglob("*")) if p.is_file() and p.suffix != ".expect"], ids=lambda p: p.relative_to(FIXTURES).as_posix()
)
def test_fixtures(path: Path) -> None:
    text = fill(path.read_text())
    kind = Format.NOTEBOOK if path.suffix == ".ipynb" else Format.TEXT
    expected = _expected(path, text)
    assert [(hit.cell, hit.span.line) for hit in _scan(text, kind)] == expected
    assert bool(expected) == (path.parent.name == "fires")


def test_the_rule_weighs_production_code_most_and_shows_no_key() -> None:
    (hit,) = _scan(_line("openai-project-key"))
    for path_class, severity in ((PathClass.PROD, Severity.ERROR), (PathClass.TEST, Severity.WARNING), (PathClass.DOCS, Severity.WARNING)):
        fact = SecretLiteral(
            place=Place("a.py", hit.span),
            path_class=path_class,
            provider=hit.provider,
            format=hit.format,
            redacted=hit.redacted,
            digest=hit.digest,
            context=hit.context,
        )

        class _Project:
            classes = frozenset({PathClass.PROD})

            def facts(self, kind: type, fact: SecretLiteral = fact) -> list[SecretLiteral]:
                return [fact]

        (report,) = check.run(_Project())  # type: ignore[arg-type]
        assert report.severity is severity
        assert report.message.startswith("OpenAI key sk-pro… (164 characters)")


def test_the_example_fires_and_the_cure_does_not() -> None:
    example, cure = re.findall(r"```python\n(.*?)```", check.doc, re.DOTALL)
    assert len(_scan(fill(example))) == 1
    assert _scan(fill(cure)) == ()
