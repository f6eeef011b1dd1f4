"""Web applications."""

from __future__ import annotations

from dataclasses import dataclass

from .base import CallSite


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsPolicy(CallSite):
    """A CORS configuration; logical arguments `origins`, `origin_regex`, `credentials`, `methods`.

    For settings-style configuration (Django) `callee` is the setting's name. `effective` holds framework defaults.
    `development` is true when the policy is made only under a test that names a development environment.
    """

    development: bool = False
