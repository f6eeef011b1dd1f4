"""Credentials in files."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretLiteral(Fact):
    """A credential in a file. `redacted` shows at most six characters and the length; the text itself is nowhere."""

    provider: str
    format: str
    redacted: str
    digest: str
    context: str
