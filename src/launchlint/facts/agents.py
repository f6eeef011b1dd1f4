"""Agents: runs of framework agents and loops written by hand."""

from __future__ import annotations

from dataclasses import dataclass

from .base import CallSite, Fact, Via


class AgentRun(CallSite):
    """A framework agent built or run; logical arguments `iteration_cap`, `time_cap`, `tools`, `model`."""

    __slots__ = ()  # no field of its own: what the base generates holds, and generating costs every start


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLoop(Fact):
    """A loop or a recursion that reaches a model call.

    `form` is "loop" or "recursion". `path` are the steps from the loop to the model call, at most four hops. `bounds` are everything that may end it apart
    from the model's own answer (counter, deadline, budget, queue, input …), in words; empty means that nothing was found. `acts` is true when the loop
    feeds the model's answer back (appends messages, runs tools).
    """

    form: str
    path: tuple[Via, ...]
    bounds: tuple[Via, ...] = ()
    acts: bool = False
