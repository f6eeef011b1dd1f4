"""Credentials in bytes: one pass over a file, and never a character of the secret part in what comes out.

The pass maps every byte to "may stand in a key" or not and jumps from one run of at least 20 such bytes to the next, so that its cost hardly grows with
the number of formats; only a run that starts like a known prefix is looked at more closely.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from launchlint.model.source import Format, SourceFile, Span
from launchlint.syntax.files import SecretHit
from launchlint.syntax.secret_formats import NAMED, PREFIXED, SEARCHED, Named, Prefixed
from launchlint.syntax.secret_placeholders import is_counted, is_placeholder

_MIN_RUN = 20
_MAX_RUN = 200
_HEAD = 3
_RUN_MAP = bytes(0x61 if chr(b).isascii() and (chr(b).isalnum() or b in b"_-") else 0x20 for b in range(256))
_RUN = b"a" * _MIN_RUN
_ALNUM = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_NEIGHBOURHOOD = 400

_BY_HEAD: defaultdict[bytes, list[Prefixed]] = defaultdict(list)
for _format in PREFIXED:
    _BY_HEAD[_format.prefix[:_HEAD]].append(_format)

_VARIABLES = tuple(variable for known in NAMED for variable in known.variables)
_VARIABLE_END = b"_key"  # of all of them

# What may stand between a variable and its value: Python, dotenv, YAML, JSON (also escaped), a Kubernetes env entry, a default of getenv.
_GIVEN = re.compile(rb"""(?:\\?["'])?\]?[ \t]*(?::[ \t]*[A-Za-z_.\[\]| ]{3,30}=|:=|=>|[=:,]|\s+value:)[ \t]*(?:\\?["'`])?""")
_AWS_SECRET = re.compile(rb"(?<![A-Za-z0-9+/_.-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_.-])")
_LOCAL_HOST = re.compile(r"(?:localhost|host\.docker\.internal|.*\.(?:local|localhost|internal|svc|test|invalid|example)|(?:.*\.)?example\.(?:com|org|net))")
_PUBLIC_BY_DESIGN = (b"authDomain", b"firebaseapp.com", b"messagingSenderId", b"firebase_url")


class _Match(NamedTuple):
    """A credential in `data`: its format and the range of its bytes."""

    format: Prefixed | Named
    start: int
    end: int


def classify(text: str) -> tuple[str, int, str] | None:
    """The format name, length in characters and digest of the first credential in a string literal, or None."""
    if len(text) < _MIN_RUN:
        return None
    data = text.encode("utf-8", "replace")
    for match in _prefixed(data, alone=True):
        secret = data[match.start : match.end]
        return match.format.name, len(secret), _digest(match.format, secret)
    return None


def scan(data: bytes, source: SourceFile) -> tuple[SecretHit, ...]:
    """All credentials in the bytes of a file, by position; empty for binary data."""
    data = _utf8(data)
    matches = _matches(data)
    if not matches:
        return ()
    hits = tuple(_hit(data, match) for match in matches)
    return _by_cell(data, hits) if source.format is Format.NOTEBOOK else hits


# ---------------------------------------------------------------- finding


def _matches(data: bytes) -> list[_Match]:
    """All credentials by position; of two readings of the same bytes the more telling one (a provider's prefix, then a URL, then a variable)."""
    found: list[_Match] = []
    aws: list[int] = []
    for match in (*_prefixed(data, alone=False), *_named(data)):
        # The secret beside a reported access key id is the same defect.
        if match.format.name == "aws-secret-key" and any(abs(match.start - start) <= _NEIGHBOURHOOD for start in aws):
            continue
        if not any(match.start < other.end and other.start < match.end for other in found):
            found.append(match)
            if match.format.name == "aws-access-key":
                aws.append(match.start)
    return sorted(found, key=lambda match: match.start)


def _prefixed(data: bytes, alone: bool) -> Iterator[_Match]:
    """Matches of the prefixed formats. `alone`: `data` is one literal, without the text around it that some formats ask for."""
    mapped = data.translate(_RUN_MAP)
    end = 0
    while (start := mapped.find(_RUN, end)) >= 0:
        end = mapped.find(b" ", start)
        if end < 0:
            end = len(data)
        head = data[start : start + _HEAD]
        if head not in _BY_HEAD:
            # The n of an escaped line break ("\nsk-…") belongs to the text around.
            if data[start - 1 : start] != b"\\" or head[:1] not in b"nrt" or data[start + 1 : start + 1 + _HEAD] not in _BY_HEAD:
                continue
            start += 1
        if end - start <= _MAX_RUN:
            for known in _BY_HEAD[data[start : start + _HEAD]]:
                if match := known.pattern.fullmatch(data, start, end):
                    if _issued(data, known, match, alone):
                        yield _Match(known, start, end)
                    break
    for known in SEARCHED:
        if known.prefix in data:
            for match in known.pattern.finditer(data):
                if _issued(data, known, match, alone):
                    yield _Match(known, *(match.span(1) if known.name in _INSIDE else match.span()))


def _named(data: bytes) -> Iterator[_Match]:
    lower = data.lower()
    at = 0
    while (at := lower.find(_VARIABLE_END, at)) >= 0:
        at += len(_VARIABLE_END)
        if not lower.endswith(_VARIABLES, 0, at) or not (given := _GIVEN.match(data, at)):
            continue
        for known in NAMED:
            if any(_is_variable(data, lower, variable, at) for variable in known.variables):
                value = known.pattern.match(data, given.end())
                if value and _ends(data, value.end()) and not is_placeholder(_text(value[1]), known.floor):
                    yield _Match(known, *value.span())


def _is_variable(data: bytes, lower: bytes, variable: bytes, end: int) -> bool:
    """Whether a variable's name ends here and no longer word does."""
    start = end - len(variable)
    return lower.endswith(variable, 0, end) and not (start and data[start - 1] in _ALNUM)


# ---------------------------------------------------------------- judging


def _issued(data: bytes, known: Prefixed, match: re.Match[bytes], alone: bool) -> bool:
    """Whether a text of the right shape is a credential that somebody was given."""
    if known.name in _CHECKS:
        return _CHECKS[known.name](data, match, alone)
    return _bounded(data, match) and not is_placeholder(_body(match), known.floor)


def _body(match: re.Match[bytes]) -> str:
    return _text(b"".join(match.groups()))


def _text(data: bytes) -> str:
    return data.decode("ascii", "replace")


def _bounded(data: bytes, match: re.Match[bytes]) -> bool:
    return _begins(data, match.start()) and _ends(data, match.end())


def _begins(data: bytes, start: int) -> bool:
    before = data[start - 1 : start] if start else b""
    if before == b"/":
        return _in_url(data, start)
    return before not in (b"+", b".", b"$", b"*", b"~") and not (before and before[0] in _ALNUM and data[start - 2 : start - 1] != b"\\")


def _ends(data: bytes, end: int) -> bool:
    """Whether nothing follows that makes the text a piece of something longer, a template, a regular expression or a shortened key."""
    after, then = data[end : end + 1], data[end + 1 : end + 2]
    if after == b".":
        return not then or (then != b"." and then[0] not in _ALNUM)
    if after == b"/":
        return _in_url(data, end)
    return not after or (after not in b"+=[{*($_-" and after[0] not in _ALNUM and data[end : end + 3] != "…".encode())


def _in_url(data: bytes, at: int) -> bool:
    return b"://" in re.split(rb"[\s\"'`<>]", data[max(0, at - _NEIGHBOURHOOD) : at])[-1]


def _google(data: bytes, match: re.Match[bytes], alone: bool) -> bool:
    """A Firebase web configuration carries an AIza key that is public by design."""
    around = data[max(0, match.start() - _NEIGHBOURHOOD) : match.end() + _NEIGHBOURHOOD]
    return _bounded(data, match) and not is_placeholder(_body(match), 3.5) and not any(word in around for word in _PUBLIC_BY_DESIGN)


def _aws(data: bytes, match: re.Match[bytes], alone: bool) -> bool:
    """An access key id identifies, it does not open: it counts with the secret beside it."""
    if not _bounded(data, match) or is_placeholder(_body(match), 3.0):
        return False
    around = data[max(0, match.start() - _NEIGHBOURHOOD) : match.end() + _NEIGHBOURHOOD]
    return alone or any(not is_placeholder(_text(secret), 4.2) for secret in _AWS_SECRET.findall(around))


def _supabase(data: bytes, match: re.Match[bytes], alone: bool) -> bool:
    payload = match[2] + b"=" * (-len(match[2]) % 4)
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload))
    except (ValueError, binascii.Error):
        return False
    if not isinstance(claims, dict) or claims.get("role") != "service_role" or claims.get("iss") == "supabase-demo":
        return False
    return _bounded(data, match) and not is_placeholder(_text(match[3]), 4.0)


def _private_key(data: bytes, match: re.Match[bytes], alone: bool) -> bool:
    body = _text(_key_material(match[1]))
    return bool(re.fullmatch(r"[A-Za-z0-9+/]{60,}={0,2}", body)) and not is_placeholder(body, 4.5)


def _key_material(between: bytes) -> bytes:
    """The base64 text between the BEGIN and END lines, without line breaks, their escapes, quotes and string concatenation."""
    return re.sub(rb"\\[nr]|[\"']\s*\+\s*[\"']|[\s\"',\\]", b"", between)


def _azure_storage(data: bytes, match: re.Match[bytes], alone: bool) -> bool:
    emulator = b"devstoreaccount1" in data[max(0, match.start() - _NEIGHBOURHOOD) : match.end() + _NEIGHBOURHOOD]
    return not emulator and not is_placeholder(_body(match), 4.5)


def _url_password(data: bytes, match: re.Match[bytes], alone: bool) -> bool:
    user, _, rest = _text(match[0])[3:].partition(":")
    password, host = _text(match[1]), rest.rpartition("@")[2].lower()
    number = re.fullmatch(r"[0-9.]+", host)
    nowhere = number or _LOCAL_HOST.fullmatch(host) or is_counted(host)
    scheme = data[max(0, match.start() - 20) : match.start()]
    return bool(re.search(rb"[a-z0-9]$", scheme)) and not nowhere and password != user and not is_placeholder(password, 3.0)


_CHECKS: dict[str, Callable[[bytes, re.Match[bytes], bool], bool]] = {
    "google-api-key": _google,
    "aws-access-key": _aws,
    "supabase-service-role-key": _supabase,
    "private-key": _private_key,
    "azure-storage-key": _azure_storage,
    "url-password": _url_password,
}
_INSIDE = frozenset({"azure-storage-key", "url-password"})  # formats whose secret is the first group, not the whole match


# ---------------------------------------------------------------- telling


def _digest(known: Prefixed | Named, secret: bytes) -> str:
    """Equal for equal credentials; a private key is equal to itself however it is wrapped."""
    if known.name == "private-key":
        secret = _key_material(secret)
    return hashlib.blake2b(secret, digest_size=16, person=b"launchlint.key.1").hexdigest()


def _hit(data: bytes, match: _Match, cell: int | None = None) -> SecretHit:
    known, start, end = match
    secret = data[start:end]
    # Characters are shown only where they are mostly the provider's prefix.
    shown = secret[:6].decode("ascii") if isinstance(known, Prefixed) and secret.startswith(known.prefix) else ""
    line_start = data.rfind(b"\n", 0, start) + 1
    line = data.count(b"\n", 0, start) + 1
    column = len(data[line_start:start].decode("utf-8", "replace")) + 1
    breaks = secret.count(b"\n")
    end_column = end - data.rfind(b"\n", start, end) if breaks else column + len(secret)
    span = Span(line, column, line + breaks, end_column)
    context = _context(data[line_start:start].decode("utf-8", "replace"), isinstance(known, Prefixed) and known.prefix == b"://")
    return SecretHit(known.provider, known.name, f"{shown}… ({len(secret)} characters)", len(secret), _digest(known, secret), span, context, cell)


def _context(before: str, url: bool) -> str:
    """What stands around a credential, from the text before it on its line."""
    start = before.lstrip().lower()
    if start.startswith(("#", "//", "--", "* ", "/*", "<!--")):
        return "comment"
    if re.search(r"(?i)(?:authorization|x-api-key|api-key|bearer|basic)\W*(?:bearer|token)?\W*$", before):
        return "header"
    if url or re.search(r"://\S*$", before):
        return "url"
    bare = before.rstrip().rstrip("\"'`\\").rstrip()
    if bare.endswith(("(", ",")):
        return "argument"
    if bare.endswith(("=", ":")):
        return "argument" if bare.count("(") > bare.count(")") else "assignment"
    return "prose"


def _utf8(data: bytes) -> bytes:
    """The text as UTF-8 without a byte order mark; empty for binary data."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return b"" if b"\0" in data[:8192] else data.removeprefix(b"\xef\xbb\xbf")


# ---------------------------------------------------------------- notebooks


def _by_cell(data: bytes, raw: tuple[SecretHit, ...]) -> tuple[SecretHit, ...]:
    """The hits of a notebook: in code cells, in their outputs, then whatever else the file holds (markdown, metadata) by its place in the file."""
    try:
        notebook: Any = json.loads(data)
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return raw
    hits: list[SecretHit] = []
    for number, cell in enumerate(cells, 1):
        code = _joined(cell.get("source", "")).encode("utf-8", "replace")
        here = [_hit(code, match, number) for match in _matches(code)]
        seen = {hit.digest for hit in here}
        first = Span(1, 1, 1, len(code.split(b"\n", 1)[0].decode("utf-8", "replace")) + 1)
        for text in _strings(cell.get("outputs")):
            printed = text.encode("utf-8", "replace")
            for match in _matches(printed):
                hit = _hit(printed, match)
                if hit.digest not in seen:
                    seen.add(hit.digest)
                    here.append(hit._replace(span=first, context="output", cell=number))
        hits += here
    known = {hit.digest for hit in hits}
    return (*hits, *(hit for hit in raw if hit.digest not in known))


def _joined(text: Any) -> str:
    return "".join(part for part in text if isinstance(part, str)) if isinstance(text, list) else str(text)


def _strings(value: Any) -> Iterator[str]:
    """All texts of an output; images are left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if all(isinstance(part, str) for part in value):
            yield "".join(value)
        else:
            for part in value:
                yield from _strings(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if not key.startswith("image/"):
                yield from _strings(part)
