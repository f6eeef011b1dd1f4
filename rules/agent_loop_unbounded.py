"""An agent loop that only the model can end.

## What it does
Finds loops and recursions written by hand that call a model, hand its answer back to it (tool results, appended messages) and have nothing else that ends them:
no counter, deadline, budget, queue or input in the loop, in what it calls or in what calls it, as far as four calls away.

## Why it matters
The model decides when it is done, and sometimes it never is: it calls a failing tool again, or two tools in turn. Each round sends the whole conversation once
more, so the price grows with the square of the rounds until the context is full or the account is empty.

## Example
```python
from anthropic import Anthropic

client = Anthropic(timeout=60)


def run(messages: list, tools: list, call_tool) -> str:
    while True:
        answer = client.messages.create(model="claude-sonnet-4-5", max_tokens=1024, tools=tools, messages=messages)
        messages.append({"role": "assistant", "content": answer.content})
        if answer.stop_reason != "tool_use":
            return answer.content[0].text
        messages.append({"role": "user", "content": [call_tool(block) for block in answer.content if block.type == "tool_use"]})
```

## Use instead
```python
from anthropic import Anthropic

client = Anthropic(timeout=60)
MAX_STEPS = 12


def run(messages: list, tools: list, call_tool) -> str:
    for _ in range(MAX_STEPS):
        answer = client.messages.create(model="claude-sonnet-4-5", max_tokens=1024, tools=tools, messages=messages)
        messages.append({"role": "assistant", "content": answer.content})
        if answer.stop_reason != "tool_use":
            return answer.content[0].text
        messages.append({"role": "user", "content": [call_tool(block) for block in answer.content if block.type == "tool_use"]})
    raise RuntimeError(f"no answer after {MAX_STEPS} steps")
```

## Where it stays silent
Loops with any bound within four calls; chats that wait for a person in every round; workers that wait for a queue or a socket; loops that never hand the
model's answer back to it; agents of a framework, which bring limits of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from launchlint.facts.agents import AgentLoop
from launchlint.facts.project import Read
from launchlint.model.finding import Related, Report, Severity
from launchlint.rule import each


@each(
    AgentLoop,
    name="agent-loop-unbounded",
    family="agents",
    items=("AGT-REL-01", "AGT-REL-02"),
    severity=Severity.ERROR,
    since="0.1.0",
    needs=Read.PROJECT,
    cure="count the rounds, leave after a fixed number of them and handle that case",
)
def check(loop: AgentLoop) -> Iterator[Report]:
    """A loop that does not act on the model's answer is a poller or a worker, and those may run for ever."""
    if loop.acts and not loop.bounds:
        yield Report(
            loop.place,
            f"this {loop.form} ends only when the model says so: nothing limits its rounds, time or price",
            related=tuple(Related(*step) for step in loop.path),
        )
