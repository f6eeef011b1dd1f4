"""A credential that stands in a file of the repository.

## What it does
Finds credentials of model providers, vector databases, tracing services, clouds and code hosts in any text file, in notebook cells and in saved notebook
outputs. A credential is recognised by its provider's prefix, alphabet, length and randomness; one without a prefix only where it is given to the variable
that its provider's SDK reads.

## Why it matters
A key in a file is copied with every clone, fork, image layer and backup. Whoever reads one of the copies can spend the budget and read the data behind the
key, and it stays valid after the line is deleted, because the history keeps it. Only revoking it at the provider ends that.

## Example
```python
from openai import OpenAI

client = OpenAI(api_key="{{openai-project-key}}", timeout=60)
```

## Use instead
```python
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], timeout=60)
```

## Where it stays silent
Placeholders (`sk-...`, `your-api-key`, `<key>`, `${KEY}`), samples from documentation, repeated or counted-up characters, text with less randomness than an
issued key, digests, base64 data, regular expressions, `AIza` keys of a Firebase web configuration (public by design), an AWS access key id without its
secret, passwords for local hosts, private keys in paths that say they are for localhost or development.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchlint.facts.secrets import SecretLiteral
from launchlint.model.finding import Report, Severity
from launchlint.model.source import PathClass
from launchlint.rule import each

_WHERE = {"output": "is printed in a saved cell output", "comment": "stands in a comment"}

_LOCAL = re.compile(r"(?:^|[/._-])(?:localhost|local|dev|development|mkcert|snakeoil|selfsigned|self-signed)(?:[/._-]|$)", re.IGNORECASE)
"""Paths of keys that are made for a developer's own machine and guard nothing."""


@each(
    SecretLiteral,
    name="api-key-hardcoded",
    family="keys",
    items=("LLM-SEC-01",),
    severity=Severity.ERROR,
    since="0.1.0",
    cure="revoke it at the provider first, then read the new one from the environment or a secret manager",
    everywhere=True,
    security_severity="9.1",
    exact=True,
    tags=("security", "external/cwe/cwe-798"),
)
def check(secret: SecretLiteral) -> Iterator[Report]:
    """A credential counts wherever it stands; outside production code it weighs one step less, because samples and tests use short-lived ones more often."""
    if secret.format == "private-key" and _LOCAL.search(secret.place.path):
        return
    where = _WHERE.get(secret.context, "is written in this file")
    yield Report(
        secret.place,
        f"{_name(secret)} {secret.redacted} {where}: it is valid for whoever reads the repository or its history, and deleting the line does not revoke it",
        cure="revoke it at the provider first, then clear the outputs before the notebook is saved" if secret.context == "output" else None,
        severity=Severity.ERROR if secret.path_class is PathClass.PROD else Severity.WARNING,
    )


def _name(secret: SecretLiteral) -> str:
    if secret.format == "private-key":
        return "private key"
    if secret.format == "url-password":
        return "password in a connection URL"
    return f"{secret.provider} {'token' if secret.format.endswith('-token') else 'key'}"
