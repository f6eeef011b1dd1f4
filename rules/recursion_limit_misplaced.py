"""A recursion limit that LangGraph does not read.

## What it does
Finds runs of LangGraph graphs and agents whose `recursion_limit` stands inside `configurable` and not beside it.

## Why it matters
LangGraph reads the limit from the top level of the config. `configurable` holds values for the graph's own nodes, so the limit in it is accepted without a word
and has no effect: the graph goes on up to the default, which is about 10,000 steps since version 1.0.6.

## Example
```python
from langgraph.prebuilt import create_react_agent

agent = create_react_agent("openai:gpt-4o-mini", tools=[])


def answer(question: str, thread: str) -> dict:
    return agent.invoke({"messages": [("user", question)]}, {"configurable": {"thread_id": thread, "recursion_limit": 20}})
```

## Use instead
```python
from langgraph.prebuilt import create_react_agent

agent = create_react_agent("openai:gpt-4o-mini", tools=[])


def answer(question: str, thread: str) -> dict:
    return agent.invoke({"messages": [("user", question)]}, {"configurable": {"thread_id": thread}, "recursion_limit": 20})
```

## Where it stays silent
Configs that cannot be followed, configs that also hold the limit in its place, and calls on objects that are not known to be LangGraph's.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.agents import AgentRun
from launchlint.facts.base import Rung
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.value import Absent, Known, Origin
from launchlint.rule import each


@each(
    AgentRun,
    name="recursion-limit-misplaced",
    family="agents",
    items=("AGT-REL-02",),
    severity=Severity.ERROR,
    since="0.1.0",
    cure='move it up beside `configurable`: {"recursion_limit": 20, "configurable": {…}}',
    exact=True,
)
def check(run: AgentRun) -> Iterator[Report]:
    """The limit in the wrong place counts only while none is in the right one; of what cannot be known nothing is said."""
    misplaced = run.argument("misplaced_cap").passed
    if not isinstance(misplaced, Known) or run.receiver.weakest >= Rung.SUFFIX:
        return
    match run.effective("iteration_cap"):
        case Absent():
            holds = ""
        case Known(int(steps), Origin.SDK_DEFAULT):
            holds = f" and {steps:,} steps are allowed"
        case _:
            return
    away = misplaced.place is not None and misplaced.place.span.line != run.place.span.line
    related = (Related(misplaced.place, "limit set here"),) if away and misplaced.place is not None else ()
    yield Report(
        run.place,
        f"`{run.written}` gets its `recursion_limit` inside `configurable`, where LangGraph does not read it, so it has no effect{holds}",
        related=related,
    )
