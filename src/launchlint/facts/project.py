"""What a rule may ask of the whole read."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol, TypeVar

from launchlint.model.source import PathClass

from .base import Fact

F = TypeVar("F", bound=Fact)


class Read(IntEnum):
    """How much was read: `FILE` (named files and what they import, one hop) or `PROJECT` (everything)."""

    FILE = 0
    PROJECT = 1


class Project(Protocol):
    """The linked project, as rules see it. Facts come sorted by place."""

    @property
    def read(self) -> Read:
        """How much was read."""

    @property
    def classes(self) -> frozenset[PathClass]:
        """The path classes in which violations are looked for (credentials are looked for everywhere)."""

    def facts(self, kind: type[F]) -> Sequence[F]:
        """All facts of exactly this kind."""
