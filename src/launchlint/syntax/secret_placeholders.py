"""Telling an issued key from text that only has its shape: placeholders, samples, counted-up or repeated characters, too little randomness."""

from __future__ import annotations

import math
from collections import Counter

_WORDS = (
    "example", "placeholder", "fake", "dummy", "test", "redacted", "your", "changeme", "change-me", "sample", "insert", "replace", "invalid", "masked",
    "hidden", "notreal", "not-real", "not_real", "mock", "demo", "xxxx", "apikey", "api-key", "api_key", "secret", "password", "passwd", "foobar", "qwerty",
    "deadbeef", "token", "lorem", "default", "abc123", "s3cr3t",
)  # fmt: skip
_LONG_WORDS = ("example", "placeholder", "redacted", "changeme", "replace-", "your-", "notreal")
_LONG = 200


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values()) if total else 0.0


def classes(text: str) -> int:
    """How many of the three kinds of characters occur: digits, lower case letters, upper case letters."""
    return any("0" <= c <= "9" for c in text) + any("a" <= c <= "z" for c in text) + any("A" <= c <= "Z" for c in text)


def is_placeholder(body: str, floor: float) -> bool:
    """Whether the random part of a would-be credential was written by a person. `floor` is the least entropy (bits per character) of an issued one."""
    # At 4 bits and more the body is long and mixed: an issued key without a digit or without a capital practically does not occur.
    if classes(body) < (3 if floor >= 4.0 else 2) or entropy(body) < floor:
        return True
    lower = body.lower()
    if len(body) > _LONG:
        return any(word in lower for word in _LONG_WORDS)
    return any(word in lower for word in _WORDS) or _repeats(body) or is_counted(lower)


def is_counted(text: str) -> bool:
    """Whether six characters in a row count up or down: "abcdef", "987654", also with others between them: "a1b2c3d4e5f6"."""
    return _counts(text, 1) or _counts(text, 2)


def _repeats(body: str) -> bool:
    """A character six times in a row, or a block that comes again and again."""
    if any(c * 6 in body for c in set(body)):
        return True
    pieces = [body[i : i + 4] for i in range(len(body) - 3)]
    return len(set(pieces)) < 0.8 * len(pieces)


def _counts(text: str, stride: int) -> bool:
    """Six characters, `stride` apart, of which each is the one before plus one, or minus one."""
    up = down = 1
    for before, after in zip(text, text[stride:], strict=False):
        step = ord(after) - ord(before)
        up, down = (up + 1 if step == 1 else 1), (down + 1 if step == -1 else 1)
        if up >= 6 or down >= 6:
            return True
    return False
