"""How a check ends when it does not succeed."""

from __future__ import annotations


class Missing(Exception):
    """The package has no such thing."""


class Unclear(Exception):
    """It cannot be told."""
