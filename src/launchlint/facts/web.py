"""Web applications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from launchlint.model.finding import Related
from launchlint.model.source import Place
from launchlint.model.value import ABSENT, Fields, Items, Known, Origin, Unknown, Value

from .base import CallSite


class Admission(NamedTuple):
    """Whom a CORS policy lets in on some of its paths."""

    origins: Value
    origin_regex: Value
    credentials: Value

    @property
    def with_credentials(self) -> bool:
        """Whether it is known that credentials are allowed."""
        return isinstance(self.credentials, Known) and self.credentials.value is True


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsPolicy(CallSite):
    """A CORS configuration; logical arguments `origins`, `origin_regex`, `credentials`, `methods`.

    For settings-style configuration (Django) `callee` is the setting's name. `effective` holds framework defaults.
    `development` is true when the policy is made only under a test that names a development environment.
    """

    development: bool = False

    @property
    def name(self) -> str:
        """What messages call it: the last part of the callee."""
        return self.callee.rsplit(".", 1)[-1].replace(":", ".")

    def admissions(self) -> Iterator[Admission]:
        """The policy's parts: one for each of its resources, which may have options of their own; none when the resources are unknown."""
        general = Admission(self.effective("origins"), self.effective("origin_regex"), self.effective("credentials"))
        match self.effective("resources"):
            case Unknown():
                return
            case Known(Fields(entries)):
                for _, options in entries:
                    own = options.value if isinstance(options, Known) and isinstance(options.value, Fields) else Fields((), open=True)
                    origins, credentials = own.get("origins"), own.get("supports_credentials")
                    yield Admission(
                        general.origins if origins == ABSENT else origins,
                        general.origin_regex,
                        general.credentials if credentials == ABSENT else credentials,
                    )
            case _:
                yield general

    def wildcard(self) -> tuple[Known, bool] | None:
        """The value that lets every origin in, and whether credentials are allowed beside it: the worst of the policy's parts, None when there is none."""
        found = [(star, part.with_credentials) for part in self.admissions() if (star := self._star(part.origins)) is not None]
        return max(found, key=lambda pair: pair[1], default=None)

    def told_at(self, value: Known) -> tuple[Place, tuple[Related, ...]]:
        """Where a defect of `value` is reported, and what is shown beside it: a settings file is the place to mend, code shows where the value comes from."""
        if value.place is None:
            return self.place, ()
        if value.origin is Origin.FILE:
            return value.place, (Related(self.place, "used as the allowed origins here"),)
        outer, inner = self.place.span, value.place.span
        if value.place.path == self.place.path and (outer.line, outer.column) <= (inner.line, inner.column) and inner[2:] <= outer[2:]:
            return self.place, ()
        return self.place, (Related(value.place, "allowed origins set here"),)

    def _star(self, origins: Value) -> Known | None:
        anywhere = self.library == "starlette"  # it asks whether the text contains a star
        match origins:
            case Known(str(text)) if text == "*" or (anywhere and "*" in text):
                return origins
            case Known(Items(items)):
                for item in items:
                    if isinstance(item, Known) and item.value == "*":
                        return item if item.place is not None else origins
            case _:
                pass
        return None
