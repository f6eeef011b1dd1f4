"""How a check ends when it does not succeed."""

from __future__ import annotations


class MissingError(Exception):
    """The package has no such thing."""


class UnclearError(Exception):
    """It cannot be told."""


class ElsewhereError(Exception):
    """The package is not installed in this environment."""
