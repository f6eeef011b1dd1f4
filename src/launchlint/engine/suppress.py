"""`# launchlint: ignore[rule] reason` and `# launchlint: ignore-file[rule] reason`: what they cover, and what is wrong with them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from launchlint.facts.project import Read
from launchlint.model.finding import Report
from launchlint.model.source import Format, PathClass, Place, Span
from launchlint.rule import Rule
from launchlint.syntax.files import FileFacts
from launchlint.syntax.records import Comment

from .built_in import BUILT_IN, EXPIRED, INVALID, UNUSED
from .registry import Registry
from .text import SourceText

FILE_HEAD = 20
_COMMENT = re.compile(r"\s*(?P<verb>[A-Za-z-]+)\s*(?:\[(?P<names>[^\]]*)\])?(?P<reason>.*)", re.DOTALL)
_UNTIL = re.compile(r"(?<!\S)until=(\S*)")
_MIN_REASON = 8
_BUILT_IN = frozenset(rule.name for rule in BUILT_IN)


@dataclass(slots=True)
class _Suppression:
    """One comment that is understood. `line` counts in the cell for notebooks; `target` is the line it covers besides its own; `used` are rules it silenced."""

    place: Place
    names: tuple[str, ...]
    until: date | None
    whole_file: bool
    target: int
    used: set[str] = field(default_factory=set)


class Suppressions:
    """The suppression comments of one run. `today` decides which of them have expired."""

    def __init__(self, files: Iterable[FileFacts], registry: Registry, sources: SourceText, today: date) -> None:
        self._registry = registry
        self._sources = sources
        self._today = today
        self._files: dict[str, FileFacts] = {}
        self._by_file: dict[str, list[_Suppression]] = {}
        self._invalid: list[Report] = []
        self._statements: dict[tuple[str, int | None], list[tuple[int, int]]] = {}
        for facts in files:
            if facts.comments:
                self._files[facts.source.path] = facts
                self._read(facts)

    def covers(self, rule: str, place: Place) -> bool:
        """Whether a comment silences this rule at this place; the comment then counts as used."""
        hit = False
        for suppression in self._by_file.get(place.path, ()):
            if rule in suppression.names and not self._expired(suppression) and self._reaches(suppression, place):
                suppression.used.add(rule)
                hit = True
        return hit

    def reports(self, ran: Collection[str], classes: Collection[PathClass], read: Read) -> Iterator[tuple[Rule, Report]]:
        """What is to be said about the comments themselves, after all findings went through `covers`. `ran` are the names of the rules that ran."""
        for report in self._invalid:
            yield INVALID, report
        for path, suppressions in self._by_file.items():
            for suppression in suppressions:
                if self._expired(suppression):
                    yield EXPIRED, Report(suppression.place, f"this suppression of {_listed(suppression.names)} ended on {suppression.until}")
                elif read is Read.PROJECT and self._files[path].unread is None:
                    unused = [name for name in suppression.names if name in ran and name not in suppression.used and self._looks(name, path, classes)]
                    if unused:
                        where = "in this file" if suppression.whole_file else "here"
                        yield UNUSED, Report(suppression.place, f"{_listed(unused)} {'has' if len(unused) == 1 else 'have'} nothing to report {where}")

    def _looks(self, name: str, path: str, classes: Collection[PathClass]) -> bool:
        return self._registry.by_name[name].everywhere or self._files[path].source.path_class in classes

    def _expired(self, suppression: _Suppression) -> bool:
        return suppression.until is not None and suppression.until < self._today

    def _reaches(self, suppression: _Suppression, place: Place) -> bool:
        if suppression.whole_file:
            return True
        if suppression.place.cell != place.cell:
            return False
        lines = {place.span.line, self._statement(place)}
        return suppression.place.span.line in lines or suppression.target in lines

    # ------------------------------------------------------------ reading comments

    def _read(self, facts: FileFacts) -> None:
        path = facts.source.path
        located = [(_locate(facts, comment), comment) for comment in facts.comments]
        alone = {(cell, line) for (cell, line), comment in located if comment.alone}
        for (cell, line), comment in located:
            text = self._sources.line(Place(path, Span(line, 1, line, 1), cell)) or ""
            end = max(len(text.rstrip()), comment.column) + 1
            place = Place(path, Span(line, comment.column, line, end), cell)
            parsed = self._parse(comment, place)
            if isinstance(parsed, str):
                self._invalid.append(Report(place, f"this comment suppresses nothing: {parsed}"))
                continue
            target = line
            while comment.alone and (cell, target) in alone:
                target += 1
            parsed.target = target
            self._by_file.setdefault(path, []).append(parsed)

    def _parse(self, comment: Comment, place: Place) -> _Suppression | str:
        """The suppression, or what is wrong with the comment. An unknown rule beside known ones is reported, and the known ones still hold."""
        match = _COMMENT.match(comment.text)
        verb = match["verb"] if match else ""
        if match is None or verb not in ("ignore", "ignore-file"):
            return f"`{verb}` is neither `ignore` nor `ignore-file`" if verb else "it says neither `ignore` nor `ignore-file`"
        names = [name.strip() for name in (match["names"] or "").split(",") if name.strip()]
        if not names:
            return f"it names no rule, as in `{verb}[rule] reason`"
        known, problems = self._resolve(names)
        dates = _UNTIL.findall(match["reason"])
        try:
            until = date.fromisoformat(dates[-1]) if dates else None
        except ValueError:
            return f"`until={dates[-1]}` is not a date such as until=2030-01-31"
        # In bytes, so that a reason in a script with a letter for a word counts too.
        if len("".join(filter(str.isalpha, _UNTIL.sub("", match["reason"]))).encode("utf-8", "replace")) < _MIN_REASON:
            return "it gives no reason" if not match["reason"].strip() else "its reason says too little"
        if verb == "ignore-file" and place.span.line > FILE_HEAD and place.cell in (None, 1):
            return f"`ignore-file` holds only in the first {FILE_HEAD} lines"
        if not known:
            return "; ".join(problems)
        if problems:
            self._invalid.append(Report(place, f"this comment suppresses less than it says: {'; '.join(problems)}"))
        return _Suppression(place, tuple(known), until, verb == "ignore-file", 0)

    def _resolve(self, names: Sequence[str]) -> tuple[list[str], list[str]]:
        known: list[str] = []
        problems: list[str] = []
        for name in names:
            rule = self._registry.by_name.get(name)
            if rule is None:
                suggestion = self._registry.suggest(name, self._registry.by_name)
                problems.append(f"there is no rule `{name}`" + (f"; did you mean `{suggestion}`?" if suggestion else ""))
            elif rule.name in _BUILT_IN:
                problems.append(f"`{rule.name}` cannot be suppressed by a comment")
            elif rule.name not in known:
                known.append(rule.name)
        return known, problems

    # ------------------------------------------------------------ statements

    def _statement(self, place: Place) -> int:
        """The first line of the statement that a line belongs to."""
        line = place.span.line
        source = self._files[place.path].source
        if source.format not in (Format.PYTHON, Format.NOTEBOOK):
            return line
        key = (place.path, place.cell)
        if key not in self._statements:
            self._statements[key] = list(statements(self._sources.lines(place.path, place.cell)))
        ranges = self._statements[key]
        at = bisect_right(ranges, (line, 1 << 30)) - 1
        return ranges[at][0] if at >= 0 and ranges[at][1] >= line else line


def statements(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """First and last line of every logical line of Python text, as far as it can be read."""
    import tokenize

    layout = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
    start: int | None = None
    text = iter([line + "\n" for line in lines])
    try:
        for token in tokenize.generate_tokens(lambda: next(text, "")):
            if token.type == tokenize.NEWLINE and start is not None:
                yield start, token.start[0]
                start = None
            elif start is None and token.type not in layout:
                start = token.start[0]
    except (tokenize.TokenError, SyntaxError):
        return


def _locate(facts: FileFacts, comment: Comment) -> tuple[int | None, int]:
    """(cell, line in it) of a comment, whose line counts in the joined source of a notebook."""
    cells = facts.python.header.cells if facts.python is not None else ()
    if facts.source.format is not Format.NOTEBOOK or not cells:
        return None, comment.line
    from launchlint.documents.notebook import locate

    return locate(cells, comment.line)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
