"""Output formats: one module each, loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

from launchlint.model.finding import Outcome

from .context import Context

FORMATS = ("text", "concise", "json", "sarif", "github")


def render(outcome: Outcome, output_format: str, context: Context) -> str:
    """The outcome in one of `FORMATS`."""
    text: str = import_module(f"launchlint.report.{output_format}").render(outcome, context)
    return text
