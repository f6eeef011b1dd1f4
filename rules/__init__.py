"""The rules. A rule that is not listed in ALL does not exist."""

from __future__ import annotations

from launchlint.rule import Rule

ALL: tuple[Rule, ...] = ()
