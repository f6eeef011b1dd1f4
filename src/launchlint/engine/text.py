"""Source lines for people: fetched on demand, with every known credential masked.

Everything that shows or hashes source text goes through `SourceText`, so that no report can show a credential.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Mapping, Sequence

from launchlint.model.source import Place
from launchlint.syntax.files import SecretHit

_LINE_END = re.compile(r"\r\n|\r|\n")
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
MASK = "*"
# Encodings that source text is found in; other codecs that a file may name take quadratic time or are no encodings of text.
_ENCODINGS = frozenset("ascii big5 cp1250 cp1251 cp1252 euc_jp euc_kr gb18030 gb2312 gbk iso8859-1 iso8859-2 iso8859-15 koi8-r shift_jis utf-8".split())


class SourceText:
    """The lines of the project's files. `read` gives the bytes of a project path, or None when they are gone."""

    def __init__(self, read: Callable[[str], bytes | None], secrets: Mapping[str, Sequence[SecretHit]]) -> None:
        self._read = read
        self._secrets = secrets
        self._texts: dict[str, str] = {}
        self._lines: dict[tuple[str, int | None], list[str]] = {}

    def raw(self, path: str) -> str:
        """The whole text as it is, for hashing only."""
        if path not in self._texts:
            self._texts[path] = decode(self._read(path) or b"")
        return self._texts[path]

    def lines(self, path: str, cell: int | None = None) -> Sequence[str]:
        """The lines of a file or of a notebook's code cell (1-based), masked; empty when they cannot be had."""
        key = (path, cell)
        if key not in self._lines:
            text = self.raw(path) if cell is None else _cell(self.raw(path), cell)
            lines = _LINE_END.split(text)
            for hit in self._secrets.get(path, ()):
                if hit.cell == cell and hit.context != "output":
                    _mask(lines, hit)
            self._lines[key] = lines
        return self._lines[key]

    def line(self, place: Place, offset: int = 0) -> str | None:
        """The masked line that `place` starts on, or the one `offset` lines further; None when there is none."""
        lines = self.lines(place.path, place.cell)
        index = place.span.line - 1 + offset
        return lines[index] if 0 <= index < len(lines) else None

    def has_secret(self, path: str, cell: int | None, first: int, last: int) -> bool:
        """Whether a credential stands on one of these lines."""
        return any(hit.cell == cell and hit.span.line <= last and hit.span.end_line >= first for hit in self._secrets.get(path, ()))


def decode(data: bytes) -> str:
    """Bytes as text for showing: the encoding that a Python cookie names, else UTF-8; what does not fit becomes U+FFFD."""
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace")
    cookie = _CODING.search(b"\n".join(data[:400].split(b"\n", 2)[:2]))
    try:
        name = codecs.lookup(cookie[1].decode("ascii")).name if cookie else "utf-8"
    except LookupError:
        name = "utf-8"
    return data.decode(name if name in _ENCODINGS else "utf-8", "replace")


def _cell(text: str, cell: int) -> str:
    try:
        cells = [entry for entry in json.loads(text)["cells"] if entry.get("cell_type") == "code"]
        source = cells[cell - 1]["source"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""
    return source if isinstance(source, str) else "".join(part for part in source if isinstance(part, str))


def _mask(lines: list[str], hit: SecretHit) -> None:
    """Cover a credential with as many asterisks, so that columns stay true."""
    span = hit.span
    for number in range(span.line, min(span.end_line, len(lines)) + 1):
        line = lines[number - 1]
        start = span.column - 1 if number == span.line else 0
        end = min(span.end_column - 1, len(line)) if number == span.end_line else len(line)
        lines[number - 1] = line[:start] + MASK * max(0, end - start) + line[end:]
