"""The rules about launchlint's own comments. `suppress` finds what they report, so their `run` has nothing to do."""

from __future__ import annotations

from launchlint.facts.project import Read
from launchlint.model.finding import Severity
from launchlint.rule import Rule

_FAMILY = "suppressions"

_INVALID = """A suppression comment that does nothing.

## What it does
Finds `# launchlint:` comments that launchlint cannot follow: no rule in brackets, a rule that does not exist, no reason or one of a few letters, a date that
is none, `ignore-file` below line 20, a word other than `ignore` and `ignore-file`.

## Why it matters
Whoever wrote the comment believes that a finding is dealt with. A comment that is not understood suppresses nothing, and one without a reason leaves the next
reader with no way to tell whether it still holds.

## Example
```python
import requests

requests.get("https://billing.internal/rates")  # launchlint: ignore[http-timeout-missing]
```

## Use instead
```python
import requests

requests.get("https://billing.internal/rates")  # launchlint: ignore[http-timeout-missing] the mesh ends every request after 5 s
```

## Where it stays silent
Comments that do not start with `launchlint:`.
"""

_UNUSED = """A suppression comment with nothing left to suppress.

## What it does
Finds `# launchlint: ignore[rule]` comments on lines where the rule has nothing to report.

## Why it matters
The comment outlives the defect, and then hides the next one that comes to stand on its line.

## Example
```python
import requests

requests.get("https://billing.internal/rates", timeout=5)  # launchlint: ignore[http-timeout-missing] the mesh ends every request after 5 s
```

## Use instead
```python
import requests

requests.get("https://billing.internal/rates", timeout=5)
```

## Where it stays silent
When less than the whole project was read, because the finding may need more than that to be seen; for rules that did not run; in files that could not be read
and in files in which the rule does not look.
"""

_EXPIRED = """A suppression comment whose date has passed.

## What it does
Finds `# launchlint: ignore[rule] … until=YYYY-MM-DD` comments after that day. The finding that they suppressed is reported again.

## Why it matters
The date was a promise to come back. A date that passes without a word turns a postponed repair into a permanent exception.

## Example
```python
import requests

requests.get("https://billing.internal/rates")  # launchlint: ignore[http-timeout-missing] replaced by the queue in spring until=2024-04-01
```

## Use instead
```python
import requests

requests.get("https://billing.internal/rates", timeout=5)
```

## Where it stays silent
On the named day itself and before it.
"""


def _rule(name: str, severity: Severity, cure: str, doc: str, needs: Read = Read.FILE) -> Rule:
    return Rule(name, _FAMILY, (), severity, "0.1.0", cure, doc, lambda _: iter(()), needs=needs, everywhere=True)


INVALID = _rule(
    "suppression-invalid", Severity.WARNING, "write `# launchlint: ignore[rule] reason`, with a reason that a reviewer can judge", _INVALID
)  # fmt: skip
UNUSED = _rule("suppression-unused", Severity.NOTE, "delete the comment", _UNUSED, Read.PROJECT)
EXPIRED = _rule("suppression-expired", Severity.WARNING, "repair the finding, or give a new reason and a new date", _EXPIRED)
BUILT_IN = (INVALID, UNUSED, EXPIRED)
