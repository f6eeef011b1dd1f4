"""An agent whose limit on steps was taken away.

## What it does
Finds framework agents and runs whose limit on steps is set to what means "no limit" in that library (`max_iterations=None` of LangChain's `AgentExecutor`,
`max_turns=None` of openai-agents and of AutoGen teams, `request_limit=None` of pydantic-ai, `max_llm_calls=0` of google-adk), or to a thousand and more.

## Why it matters
The limit is what ends an agent that runs in circles: a tool that keeps failing, two tools that undo each other, a page that tells it to go on. Without it each
round sends the whole conversation once more, until the context is full or the account is empty. A thousand rounds cost about the same as no limit.

## Example
```python
from agents import Agent, Runner

agent = Agent(name="research")


async def answer(question: str) -> str:
    result = await Runner.run(agent, question, max_turns=None)
    return result.final_output
```

## Use instead
```python
from agents import Agent, MaxTurnsExceeded, Runner

agent = Agent(name="research")


async def answer(question: str) -> str:
    try:
        result = await Runner.run(agent, question, max_turns=20)
    except MaxTurnsExceeded:
        return "I could not finish this. Please narrow the question."
    return result.final_output
```

## Where it stays silent
Agents with another limit beside it (`max_execution_time`, a termination condition, a budget of tokens or dollars), also one that cannot be followed; limits
from elsewhere; libraries in which None means the default (llama-index, ag2); limits that are not given at all, which are the business of `agent-cap-missing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isinf, nan

from launchlint.facts.agents import AgentRun
from launchlint.facts.base import Rung
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.value import Absent, Known, Object, Origin, Payload, Value
from launchlint.rule import each

_NONE_LIFTS = frozenset({"langchain", "langchain-classic", "openai-agents", "pydantic-ai", "autogen", "claude-agent-sdk", "agno", "anthropic"})
"""Libraries in which None takes the limit away."""
_ZERO_LIFTS = frozenset({"google-adk"})
"""Libraries in which zero and less take the limit away; elsewhere they end the agent before it starts."""
_ENDLESS = frozenset({"math.inf", "numpy.inf", "sys.maxsize"})
_ABSURD = 1000


@each(
    AgentRun,
    name="agent-cap-disabled",
    family="agents",
    items=("AGT-REL-02",),
    severity=Severity.ERROR,
    since="0.1.0",
    cure="set the number of steps that the hardest task needs, and handle the error that ends a run",
    exact=True,
)
def check(run: AgentRun) -> Iterator[Report]:
    """A limit is judged where it is given, so that an agent and its runs are one finding."""
    cap = run.argument("iteration_cap").passed
    if not isinstance(cap, Known) or cap.origin is Origin.SDK_DEFAULT or run.receiver.weakest >= Rung.SUFFIX or _ends_otherwise(run):
        return
    related = (Related(cap.place, "limit set here"),) if cap.place is not None and cap.place.path != run.place.path else ()
    steps = _steps(cap.value)
    if isinf(steps) or (cap.value is None and run.library in _NONE_LIFTS) or (steps <= 0 and run.library in _ZERO_LIFTS):
        yield Report(
            run.place,
            f"`{run.written}` runs without a limit on steps, so only the model ends it, and each step sends the whole conversation again",
            related=related,
        )
    elif steps >= _ABSURD:
        yield Report(
            run.place,
            f"`{run.written}` may go on for {steps:,.0f} steps, so an agent that runs in circles is stopped by the bill and not by its limit",
            related=related,
            severity=Severity.WARNING,
        )


def _steps(value: Payload) -> float:
    """The number of steps that a value allows; infinite for what stands for "endless", NaN for what is no number."""
    match value:
        case Object(kind) if kind in _ENDLESS:
            return inf
        case bool():
            return nan
        case int() | float():
            return value
        case _:
            return nan


def _ends_otherwise(run: AgentRun) -> bool:
    """Whether something else may end the run: a limit on time, a condition or a budget."""
    return any(not _is_nothing(run.effective(name)) for name in ("time_cap", "termination"))


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Absent) or (isinstance(value, Known) and value.value is None)
