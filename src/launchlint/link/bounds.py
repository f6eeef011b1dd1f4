"""Words and shapes that show that something ends a loop: counters, deadlines, budgets, waiting for the outside.

Of 34 naive `while True` hits read by hand none was right, so whatever looks like a bound counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from launchlint.syntax.records import Arg, Attr, Block, Call, CallRef, Expr, Lit, Op, Ref, ScopeBody

from .program import last_name

_BOUND_WORDS = frozenset(
    """
    max limit limits budget step steps turn turns iteration iterations iter iters attempt attempts retry retries tries depth deadline timeout
    remaining count counter round rounds quota hops level quit exit stop stopped cancelled cancel interrupted shutdown closed running abort
    aborted expired elapsed
    """.split()
)
_CHECK_WORDS = frozenset(
    """
    limit limits budget deadline timeout cancel cancelled abort aborted expired exhausted exceeded interrupted interrupt quota max throttle
    """.split()
)
"""Words that make a called function a check: `self._check_budget()`."""
_STRONG = re.compile(
    r"^(?:max_(?:\w+_)?(?:iterations?|steps?|turns?|iters?|rounds?|loops?|calls?|attempts?|retries|depth|duration|time|seconds|cost)|"
    r"(?:iteration|step|turn|recursion|time|cost|depth|call|loop)_(?:limit|budget|cap)|deadline|budget|budget_\w+|\w+_budget|"
    r"wait_for|fail_after|move_on_after|recursion_limit|(?:n|num)_(?:turns|steps|iterations|rounds)|max_execution_time|step_count|iteration_count|turn_count)$",
    re.IGNORECASE,
)
_PLAIN_TESTS = frozenset({"isinstance", "all", "any", "len", "bool", "hasattr", "getattr"})
_CLOCK = frozenset({"time", "monotonic", "perf_counter", "now", "utcnow"})
_WAITS = frozenset(
    """
    input get_input ask recv receive receive_text receive_json receive_bytes readline accept sleep wait poll listen subscribe is_set
    is_cancelled wait_for timeout fail_after move_on_after confirm getch read_line prompt_async
    get_user_input user_input console_input get_nowait popleft heappop pop dequeue checkpoint fetchone fetchmany scan
    """.split()
)
_OF_THE_MODEL = frozenset({"stop_reason", "finish_reason", "stop", "stop_sequences", "should_stop_reason", "end_turn", "max_tokens"})
_CLASS_NAME = re.compile(r"_*[A-Z]+[a-z]")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words(name: str) -> set[str]:
    """The lower-case words of a snake_case or camelCase name."""
    return {word.lower() for word in _WORD.findall(name)}


def counts(name: str) -> bool:
    """Whether a name speaks of a bound; `max_tokens` and what the model says (`stop_reason`) do not end a loop."""
    if name in _OF_THE_MODEL or _CLASS_NAME.match(name):
        return False
    found = words(name)
    return bool(found & _BOUND_WORDS) and not found & {"token", "tokens", "length", "size", "width", "chars"}


def strong(name: str) -> bool:
    """Whether a name is that of an explicit cap or deadline."""
    return _STRONG.match(name) is not None


def names(expr: object, calls: Sequence[Call] = ()) -> Iterator[str]:
    """All identifiers in an expression, or in any record made of expressions; with `calls`, also those of the calls in it."""
    match expr:
        case CallRef(call):
            if call < len(calls):
                yield from names(calls[call].callee, calls)
                for arg in calls[call].args:
                    yield from names(arg, calls)
        case Ref(root, attributes):
            yield root
            yield from attributes
        case Attr(base, attributes):
            yield from names(base, calls)
            yield from attributes
        case Arg(name, value):
            if name and name != "**":
                yield name
            yield from names(value, calls)
        case tuple():
            for part in expr:
                if isinstance(part, tuple):
                    yield from names(part, calls)
        case _:
            return


def all_names(body: ScopeBody) -> Iterator[str]:
    """All identifiers in a scope."""
    for call in body.calls:
        yield from names(call.callee)
        for arg in call.args:
            yield from names(arg)
    for bind in body.binds:
        yield from names(bind.target)
        yield from names(bind.value)
    for block in body.blocks:
        if block.test is not None:
            yield from names(block.test)


def subtree(blocks: tuple[Block, ...], root: int) -> set[int]:
    """A block and all blocks in it."""
    inside = {root}
    for block in blocks:  # parents come before children
        if block.parent in inside and block.id != block.parent:
            inside.add(block.id)
    return inside


def compares(expr: Expr | None) -> Iterator[Op]:
    """The comparisons in a test."""
    if isinstance(expr, Op):
        if expr.op in {"<", "<=", ">", ">=", "==", "!="}:
            yield expr
        for argument in expr.arguments:
            yield from compares(argument)


def in_loop(body: ScopeBody, loop: int, always: bool) -> list[tuple[str, object]]:
    """What may end a loop apart from the model's answer, as (words, record) pairs; empty when nothing was found.

    `always` says that the loop's own test never ends it (`while True`).
    """
    inside = subtree(body.blocks, loop)
    moved = {
        ".".join((bind.target.root, *bind.target.attributes))
        for bind in body.binds
        if bind.block in inside and bind.kind == "augment" and isinstance(bind.target, Ref) and _is_number(bind.value)
    }
    clock = _clock(body)
    found: list[tuple[str, object]] = []
    for block in body.blocks:
        if block.id not in inside or block.test is None or block.kind not in {"if", "while", "case"}:
            continue
        if block.id == loop and always:
            continue
        tested = set(names(block.test, body.calls))
        if any(counts(name) or strong(name) for name in tested):
            found.append(("a test on a counter, limit or flag", block))
        found += [("a compared counter", block) for comparison in compares(block.test) if _counted(comparison, moved, clock, body)]
    test = body.blocks[loop].test
    if not always and any(isinstance(part, CallRef) and last_name(body.calls[part.id].callee) not in _PLAIN_TESTS for part in _parts(test)):
        found.append(("a condition that cannot be followed", body.blocks[loop]))
    for call in body.calls:
        if call.block in inside:
            if _waits(call):
                found.append(("it waits for input, a queue or the clock", call))
            elif words(last_name(call.callee)) & _CHECK_WORDS or strong(last_name(call.callee)):
                found.append(("a check by name", call))
    return found


def _is_number(expr: Expr) -> bool:
    return isinstance(expr, Lit) and isinstance(expr.value, int | float)


def _counted(comparison: Op, moved: set[str], clock: set[str], body: ScopeBody) -> bool:
    """Whether a comparison is with a counter, the clock or a growing length; `len(x) > 0` and comparisons with a text are none of these."""
    sides = comparison.arguments
    if any(isinstance(side, Lit) and isinstance(side.value, str) for side in sides):
        return False
    if any(isinstance(side, Ref) and ".".join((side.root, *side.attributes)) in moved for side in sides):
        return True
    found = {name for side in sides for name in names(side, body.calls)}
    if found & clock:
        return True
    return "len" in found and not any(isinstance(side, Lit) and side.value in {0, 1} for side in sides)


def _clock(body: ScopeBody) -> set[str]:
    """The functions that read the clock, and the names that hold what they gave: a deadline when something is compared with them."""
    held = {bind.target.root for bind in body.binds if isinstance(bind.target, Ref) and _CLOCK.intersection(names(bind.value, body.calls))}
    return held | _CLOCK


def checks(body: ScopeBody) -> bool:
    """Whether a function compares something that counts, or names an explicit cap or deadline."""
    exprs: list[Expr | None] = [block.test for block in body.blocks]
    exprs += [arg.value for call in body.calls for arg in call.args]
    exprs += [exit_.value for exit_ in body.exits]
    for expr in exprs:
        for comparison in compares(expr):
            if any(counts(name) or strong(name) for side in comparison.arguments for name in names(side, body.calls)):
                return True
    return any(strong(name) for name in all_names(body))


def _parts(expr: object) -> Iterator[object]:
    yield expr
    if isinstance(expr, Op):
        for argument in expr.arguments:
            yield from _parts(argument)


def _waits(call: Call) -> bool:
    name = last_name(call.callee)
    if name == "get" and not call.args:
        return True  # a queue
    if name == "pop":
        return not call.args
    return name in _WAITS
