"""HTTP calls through general client libraries."""

from __future__ import annotations

from dataclasses import dataclass

from .base import CallSite


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall(CallSite):
    """A request through requests, httpx, aiohttp, urllib …; logical arguments `url`, `timeout`, `json`, `headers`.

    `method` is "GET", "POST", … or "" when it is not visible.
    """

    method: str = ""
