"""An agent that its framework does not stop either.

## What it does
Finds agents for which no limit on steps is set and whose framework has none: AutoGen teams without `max_turns` and termination condition, agno agents with
tools, runs of the Claude agent SDK without turns or budget, Anthropic's `tool_runner`; and prebuilt LangGraph and LangChain agents whose runs are left to a
default of about 10,000 steps, as it is since langgraph 1.0.6 and langchain 1.0.5.

## Why it matters
Models do run in circles: a tool that keeps failing, two tools that undo each other, a page that tells the agent to go on. Each round sends the whole
conversation once more, so the price grows with the square of the rounds. Many remember LangGraph's 25 steps and count on them; that default is gone.

## Example
```python
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient

client = OpenAIChatCompletionClient(model="gpt-4o-mini", max_tokens=800)
team = RoundRobinGroupChat([AssistantAgent("writer", client), AssistantAgent("editor", client)])
```

## Use instead
```python
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient

client = OpenAIChatCompletionClient(model="gpt-4o-mini", max_tokens=800)
team = RoundRobinGroupChat([AssistantAgent("writer", client), AssistantAgent("editor", client)], max_turns=12)
```

## Where it stays silent
Frameworks with a limit of their own (crewai 25 turns, openai-agents 10, pydantic-ai 50 requests, smolagents 20 steps); agents without tools; agents with a
limit on time, a condition or a budget, also one that cannot be followed; graphs of one's own, which need not have a cycle; LangChain agents with middleware
that counts calls or that cannot be followed; reads of single files, because a run elsewhere may set the limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.agents import AgentRun
from launchlint.facts.base import Rung
from launchlint.facts.project import Project
from launchlint.model.finding import Related, Report, Severity
from launchlint.model.source import Place
from launchlint.model.value import Absent, Items, Known, Object, Origin, Unknown, Value
from launchlint.rule import project

_CURES = {
    "autogen": "pass `max_turns=`, or a termination condition with `MaxMessageTermination(…)` in it",
    "agno": "pass `tool_call_limit=`",
    "claude-agent-sdk": "set `max_turns` or `max_budget_usd` in `ClaudeAgentOptions(…)`",
    "anthropic": "pass `max_iterations=`",
    "langgraph": 'pass {"recursion_limit": 25} as the config of the run, or set it once with `.with_config(…)`',
}
"""Frameworks that leave an agent without a limit, and where theirs is set."""
_NEED_TOOLS = frozenset({"agno"})
"""Without tools their agents answer once."""
_PREBUILT = ("create_react_agent", "create_agent")
_COUNTS_CALLS = ("ModelCallLimitMiddleware", "ToolCallLimitMiddleware")
_PERSON = "UserProxyAgent"
_ABSURD = 1000


@project(
    name="agent-cap-missing",
    family="agents",
    items=("AGT-REL-02",),
    severity=Severity.WARNING,
    since="0.1.0",
    cure="set a limit on steps",
)
def check(read: Project) -> Iterator[Report]:
    """An agent and its runs are one finding, reported where the agent is built."""
    runs = [run for run in read.facts(AgentRun) if run.path_class in read.classes and run.receiver.weakest < Rung.SUFFIX]
    prebuilt = {run.place: run for run in runs if run.callee.endswith(_PREBUILT)}
    told: set[Place] = set()
    for run in runs:
        default = run.effective("iteration_cap")
        if not isinstance(default, Known) or default.origin is not Origin.SDK_DEFAULT or run.library not in _CURES or _ends_otherwise(run):
            continue
        if isinstance(run.effective("misplaced_cap"), Known):
            continue  # its writer meant to set one: the business of `recursion-limit-misplaced`
        cure = _CURES[run.library]
        if default.value is None and (":" not in run.callee or run.library == "anthropic") and _may_go_on(run) and not _waits_for_somebody(run):
            condition = run.effective("termination")
            because = (condition.because if isinstance(condition, Known) else None) or default.because
            fact = f": {because}" if because else ""
            yield Report(run.place, f"`{run.written}` has no limit on steps, so only the model ends it{fact}", cure=cure, basis=(default,))
        elif isinstance(default.value, int) and default.value >= _ABSURD and run.constructed in prebuilt and run.constructed not in told:
            agent = prebuilt[run.constructed]
            if _may_go_on(agent) and not _counts_calls(agent.effective("middleware")):
                told.add(agent.place)
                fact = default.because or f"the default is {default.value:,} steps"
                yield Report(
                    agent.place,
                    f"the agent of `{agent.written}` is run without a limit of its own, so one that goes in circles is stopped by the bill: {fact}",
                    cure=cure,
                    related=(Related(run.place, "run here without `recursion_limit`"),),
                    basis=(default,),
                )


def _ends_otherwise(run: AgentRun) -> bool:
    """Whether something else may end the run: a limit on time, a condition or a budget."""
    return any(not _is_nothing(run.effective(name)) for name in ("time_cap", "termination"))


def _may_go_on(agent: AgentRun) -> bool:
    """Whether there are tools that the model may call again and again."""
    tools = agent.effective("tools")
    if _is_nothing(tools):
        return agent.library not in _NEED_TOOLS and not agent.callee.endswith(_PREBUILT)
    return not (isinstance(tools, Known) and isinstance(tools.value, Items) and not tools.value.items and not tools.value.open)


def _waits_for_somebody(team: AgentRun) -> bool:
    """Whether a person takes part in a team and is asked in every round, or may do so."""
    match team.effective("participants"):
        case Absent():
            return False
        case Known(Items(items, is_open)):
            return is_open or any(not (isinstance(item, Known) and isinstance(item.value, Object)) or item.value.type.endswith(_PERSON) for item in items)
        case _:
            return True


def _counts_calls(middleware: Value) -> bool:
    """Whether middleware limits the calls of a run, or may do so."""
    match middleware:
        case Unknown():
            return True
        case Known(Items(items, is_open)):
            return is_open or any(not isinstance(item, Known) or (isinstance(item.value, Object) and item.value.type.endswith(_COUNTS_CALLS)) for item in items)
        case _:
            return False


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Absent) or (isinstance(value, Known) and value.value is None)
