"""The line hash by which code scanning recognises a result after edits elsewhere (`partialFingerprints.primaryLocationLineHash`)."""

from __future__ import annotations

from array import array
from collections import Counter
from operator import mul

_WINDOW = 100
_MASK = (1 << 64) - 1
_WEIGHTS = tuple(pow(37, _WINDOW - 1 - i, 1 << 64) for i in range(_WINDOW))
_END_OF_FILE = 0xFFFF
_BLANKS = str.maketrans("", "", " \t")


def line_hashes(text: str) -> list[str]:
    """The hash of every line, first line first: sixteen or fewer hex digits, a colon and the number of the occurrence in the file.

    A line's hash is a polynomial of base 37 modulo 2^64 over the 100 UTF-16 code units from its first character on, blanks and tabs left out, all line ends
    being LF; the end of the file counts as U+FFFF, and zeros follow it.
    """
    # A line feed is swallowed only directly after a carriage return, so line ends are unified before blanks go.
    unified = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BLANKS)
    units = array("H", unified.encode("utf-16-le", "surrogatepass"))
    units.append(_END_OF_FILE)
    starts = [0, *(i + 1 for i, unit in enumerate(units) if unit == 0x0A)]
    units.extend([0] * _WINDOW)
    seen: Counter[str] = Counter()
    hashes = []
    for start in starts:
        digits = f"{sum(map(mul, units[start : start + _WINDOW], _WEIGHTS)) & _MASK:x}"
        seen[digits] += 1
        hashes.append(f"{digits}:{seen[digits]}")
    return hashes
