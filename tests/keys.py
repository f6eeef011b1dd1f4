"""Credentials for tests, generated when they are needed: none stands in the repository.

`KEYS` maps the name of each format to one credential of that shape, equal in every run. Fixtures and docstring examples hold `{{name}}` where a credential
belongs; `fill` puts it there.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string

_HEX = "0123456789abcdef"
_ALNUM = string.ascii_letters + string.digits
_URL64 = _ALNUM + "-_"
_BASE64 = _ALNUM + "+/"
_LOWER = string.ascii_lowercase + string.digits


def _random(name: str, *parts: str | tuple[str, int]) -> str:
    """Fixed texts and (alphabet, length) runs, joined; the same for the same name. A run begins and ends with a letter or digit of its alphabet."""
    source = random.Random(name)
    return "".join(part if isinstance(part, str) else _run(source, *part) for part in parts)


def _run(source: random.Random, alphabet: str, length: int) -> str:
    solid = [c for c in alphabet if c.isalnum()]
    return source.choice(solid) + "".join(source.choices(alphabet, k=length - 2)) + source.choice(solid)


def _jwt(role: str, name: str) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"iss": "supabase", "ref": "qhzkvtwnmbcx", "role": role, "iat": 1718000000, "exp": 2033000000})
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.{_random(name, (_URL64, 43))}"


def _pem(name: str) -> str:
    body = _random(name, (_BASE64, 1216))
    lines = [body[i : i + 64] for i in range(0, len(body), 64)]
    return "\n".join(("-----BEGIN " + "PRIVATE KEY-----", *lines, "-----END " + "PRIVATE KEY-----"))


_SHAPES: dict[str, tuple[str | tuple[str, int], ...]] = {
    "openai-project-key": ("sk-proj-", (_URL64, 74), "T3Blbk" + "FJ", (_URL64, 74)),
    "openai-service-account-key": ("sk-svcacct-", (_URL64, 74), "T3Blbk" + "FJ", (_URL64, 74)),
    "openai-admin-key": ("sk-admin-", (_URL64, 58), "T3Blbk" + "FJ", (_URL64, 58)),
    "openai-key": ("sk-", (_ALNUM, 20), "T3Blbk" + "FJ", (_ALNUM, 20)),
    "anthropic-api-key": ("sk-ant-api03-", (_URL64, 93), "AA"),
    "anthropic-admin-key": ("sk-ant-admin01-", (_URL64, 93), "AA"),
    "anthropic-oauth-token": ("sk-ant-oat01-", (_URL64, 93), "AA"),
    "openrouter-key": ("sk-or-v1-", (_HEX, 64)),
    "langfuse-secret-key": ("sk-lf-", (_HEX, 8), "-", (_HEX, 4), "-", (_HEX, 4), "-", (_HEX, 4), "-", (_HEX, 12)),
    "openai-compatible-key": ("sk-", (_HEX, 32)),
    "google-api-key": ("AIza", (_URL64, 35)),
    "huggingface-token": ("hf_", (string.ascii_letters, 34)),
    "huggingface-organization-token": ("api_org_", (string.ascii_letters, 34)),
    "groq-key": ("gsk_", (_ALNUM, 52)),
    "perplexity-key": ("pplx-", (_ALNUM, 48)),
    "xai-key": ("xai-", (_ALNUM, 80)),
    "replicate-token": ("r8_", (_ALNUM, 37)),
    "cerebras-key": ("csk-", (_LOWER, 48)),
    "fireworks-key": ("fw_", (_ALNUM, 24)),
    "nvidia-key": ("nvapi-", (_URL64, 64)),
    "voyage-key": ("pa-", (_URL64, 43)),
    "together-key": ("tgp_v1_", (_URL64, 43)),
    "llamacloud-key": ("llx-", (_ALNUM, 48)),
    "jina-key": ("jina_", (_ALNUM, 60)),
    "elevenlabs-key": ("sk_", (_HEX, 48)),
    "langsmith-key": ("lsv2_pt_", (_HEX, 32), "_", (_HEX, 10)),
    "tavily-key": ("tvly-dev-", (_ALNUM, 32)),
    "pinecone-key": ("pcsk_", (_ALNUM, 6), "_", (_ALNUM, 63)),
    "firecrawl-key": ("fc-", (_HEX, 32)),
    "e2b-key": ("e2b_", (_HEX, 40)),
    "wandb-key": ("wandb_v1_", (_ALNUM, 27), "_", (_ALNUM, 49)),
    "databricks-token": ("dapi", (_HEX, 32)),
    "github-token": ("ghp_", (_ALNUM, 36)),
    "github-oauth-token": ("gho_", (_ALNUM, 36)),
    "github-fine-grained-token": ("github_pat_", (_ALNUM, 22), "_", (_ALNUM, 59)),
    "gitlab-token": ("glpat-", (_URL64, 20)),
    "slack-bot-token": ("xoxb-", "482915307264-", "7309182546031-", (_ALNUM, 24)),
    "slack-user-token": ("xoxp-", "482915307264-", "730918254603-", "5920473816259-", (_HEX, 32)),
    "slack-app-token": ("xapp-1-", "A07K2QZ81MX-", "7309182546031-", (_HEX, 64)),
    "stripe-secret-key": ("sk_live_", (_ALNUM, 99)),
    "stripe-restricted-key": ("rk_live_", (_ALNUM, 99)),
    "aws-access-key": ("AK" + "IA", (string.ascii_uppercase + "234567", 16)),
    "bedrock-key": ("ABSK", (_BASE64, 124), "="),
    "bedrock-short-term-key": ("bedrock-api-key-" + "YmVkcm9jay5hbWF6b25hd3MuY29t", (_BASE64, 600)),
    "azure-storage-key": ((_BASE64, 86), "=="),
    "url-password": ((_ALNUM, 16),),
    "mistral-key": ((_ALNUM, 32),),
    "cohere-key": ((_ALNUM, 40),),
    "together-legacy-key": ((_HEX, 64),),
    "azure-openai-key": ((_HEX, 32),),
    "zhipu-key": ((_HEX, 32), ".", (_ALNUM, 16)),
    "wandb-legacy-key": ((_HEX, 40),),
    "serper-key": ((_HEX, 40),),
    "serpapi-key": ((_HEX, 64),),
    "deepgram-key": ((_HEX, 40),),
    "assemblyai-key": ((_HEX, 32),),
    "aws-secret-key": ((_ALNUM, 40),),
}

KEYS: dict[str, str] = {name: _random(name, *parts) for name, parts in _SHAPES.items()} | {
    "supabase-service-role-key": _jwt("service_role", "supabase-service-role-key"),
    "supabase-anon-key": _jwt("anon", "supabase-anon-key"),
    "private-key": _pem("private-key"),
}


def fill(text: str) -> str:
    """`text` with each `{{name}}` replaced by the credential of that name; a name that `KEYS` does not hold raises KeyError."""
    return re.sub(r"\{\{([a-z0-9-]+)\}\}", lambda marker: KEYS[marker[1]], text)
