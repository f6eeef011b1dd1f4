"""The shapes of issued credentials, as data.

Two kinds. A *prefixed* format is recognised wherever it stands: the provider puts a fixed prefix in front of a body of known length. A *named* format
has no prefix and looks like any other random text, so it counts only when it is given to the variable that its provider's SDK reads.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_HEX = "[a-f0-9]"
_ALNUM = "[A-Za-z0-9]"
_URL64 = "[A-Za-z0-9_-]"
_UUID = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"


# To compile all patterns takes longer than to search a small file, and most are never needed.
_compiled = cache(re.compile)


class Prefixed(NamedTuple):
    """A credential with a prefix of its own.

    `expression` matches the whole credential; its groups together are the random body that entropy is measured on (`floor`, bits per character).
    `source` says where the shape is documented: a scanner whose rule was compared, or the provider.
    """

    name: str
    provider: str
    prefix: bytes
    expression: bytes
    floor: float
    source: str

    @property
    def pattern(self) -> re.Pattern[bytes]:
        """`expression`, compiled."""
        return _compiled(self.expression)


class Named(NamedTuple):
    """A credential without a prefix: a value of this shape given to one of `variables` (lower case, any longer name may end in them)."""

    name: str
    provider: str
    variables: tuple[bytes, ...]
    expression: bytes
    floor: float
    source: str

    @property
    def pattern(self) -> re.Pattern[bytes]:
        """`expression`, compiled."""
        return _compiled(self.expression)


def _prefixed(name: str, provider: str, prefix: str, rest: str, floor: float, source: str) -> Prefixed:
    return Prefixed(name, provider, prefix.encode(), (re.escape(prefix) + rest).encode(), floor, source)


def _named(name: str, provider: str, variables: str, body: str, floor: float, source: str) -> Named:
    return Named(name, provider, tuple(variables.encode().split()), f"({body})".encode(), floor, source)


# Recognised in runs of letters, digits, "_" and "-" of at least 20 characters; the run must match as a whole.
PREFIXED = (
    _prefixed("openai-project-key", "OpenAI", "sk-proj-", f"({_URL64}{{20,80}})T3BlbkFJ({_URL64}{{20,80}})", 4.0, "gitleaks openai-api-key"),
    _prefixed("openai-service-account-key", "OpenAI", "sk-svcacct-", f"({_URL64}{{20,80}})T3BlbkFJ({_URL64}{{20,80}})", 4.0, "gitleaks openai-api-key"),
    _prefixed("openai-admin-key", "OpenAI", "sk-admin-", f"({_URL64}{{20,80}})T3BlbkFJ({_URL64}{{20,80}})", 4.0, "gitleaks openai-api-key"),
    _prefixed("openai-key", "OpenAI", "sk-", f"({_ALNUM}{{20}})T3BlbkFJ({_ALNUM}{{20}})", 4.0, "gitleaks openai-api-key"),
    _prefixed("anthropic-api-key", "Anthropic", "sk-ant-api03-", f"({_URL64}{{93}})AA", 4.5, "gitleaks anthropic-api-key"),
    _prefixed("anthropic-admin-key", "Anthropic", "sk-ant-admin01-", f"({_URL64}{{93}})AA", 4.5, "gitleaks anthropic-admin-api-key"),
    _prefixed("anthropic-oauth-token", "Anthropic", "sk-ant-oat01-", f"({_URL64}{{93}})AA", 4.5, "trufflehog anthropic"),
    _prefixed("openrouter-key", "OpenRouter", "sk-or-v1-", f"({_HEX}{{64}})", 3.2, "trufflehog openrouter"),
    _prefixed("langfuse-secret-key", "Langfuse", "sk-lf-", f"({_UUID})", 3.0, "trufflehog langfuse"),
    _prefixed("openai-compatible-key", "DeepSeek or another OpenAI-compatible service", "sk-", f"({_HEX}{{32}})", 3.0, "trufflehog deepseek"),
    _prefixed("google-api-key", "Google", "AIza", f"({_URL64}{{35}})", 3.5, "gitleaks gcp-api-key"),
    _prefixed("huggingface-token", "Hugging Face", "hf_", "([A-Za-z]{34})", 3.5, "gitleaks huggingface-access-token"),
    _prefixed("huggingface-organization-token", "Hugging Face", "api_org_", "([A-Za-z]{34})", 3.5, "gitleaks huggingface-organization-api-token"),
    _prefixed("groq-key", "Groq", "gsk_", f"({_ALNUM}{{52}})", 4.0, "trufflehog groq"),
    _prefixed("perplexity-key", "Perplexity", "pplx-", f"({_ALNUM}{{48}})", 4.0, "gitleaks perplexity-api-key"),
    _prefixed("xai-key", "xAI", "xai-", f"({_ALNUM}{{80}})", 4.0, "trufflehog xai"),
    _prefixed("replicate-token", "Replicate", "r8_", f"({_URL64}{{37}})", 3.5, "trufflehog replicate"),
    _prefixed("cerebras-key", "Cerebras", "csk-", "([a-z0-9]{48})", 3.7, "gitleaks cerebras-api-key"),
    _prefixed("fireworks-key", "Fireworks AI", "fw_", f"({_ALNUM}{{22,48}})", 3.7, "keys issued by the console"),
    _prefixed("nvidia-key", "NVIDIA", "nvapi-", f"({_URL64}{{64}})", 4.0, "trufflehog nvapi"),
    _prefixed("voyage-key", "Voyage AI", "pa-", f"({_URL64}{{43}})", 4.2, "keys issued by the console"),
    _prefixed("together-key", "Together AI", "tgp_v1_", f"({_URL64}{{43}})", 4.0, "keys issued by the console"),
    _prefixed("llamacloud-key", "LlamaCloud", "llx-", f"({_ALNUM}{{48}})", 4.0, "keys issued by the console"),
    _prefixed("jina-key", "Jina AI", "jina_", f"({_URL64}{{60}})", 4.0, "keys issued by the console"),
    _prefixed("elevenlabs-key", "ElevenLabs", "sk_", f"({_HEX}{{48}})", 3.2, "trufflehog elevenlabs"),
    _prefixed("langsmith-key", "LangSmith", "lsv2_", f"(?:pt|sk)_({_HEX}{{32}})_({_HEX}{{10}})", 3.0, "trufflehog langsmith"),
    _prefixed("tavily-key", "Tavily", "tvly-", "(?:dev-|prod-)?([A-Za-z0-9-]{32,64})", 3.7, "trufflehog tavily"),
    _prefixed("pinecone-key", "Pinecone", "pcsk_", f"({_ALNUM}{{5,6}})_({_ALNUM}{{63}})", 4.0, "trufflehog pinecone"),
    _prefixed("firecrawl-key", "Firecrawl", "fc-", f"({_HEX}{{32}})", 3.0, "keys issued by the console"),
    _prefixed("e2b-key", "E2B", "e2b_", f"({_HEX}{{40}})", 3.1, "keys issued by the console"),
    _prefixed("wandb-key", "Weights & Biases", "wandb_v1_", f"({_ALNUM}{{27}})_({_ALNUM}{{49}})", 4.0, "trufflehog wandb"),
    _prefixed("databricks-token", "Databricks", "dapi", f"({_HEX}{{32}})(?:-[0-9])?", 3.0, "gitleaks databricks-api-token"),
    _prefixed("github-token", "GitHub", "ghp_", f"({_ALNUM}{{36}})", 3.7, "gitleaks github-pat"),
    _prefixed("github-oauth-token", "GitHub", "gho_", f"({_ALNUM}{{36}})", 3.7, "gitleaks github-oauth"),
    _prefixed("github-fine-grained-token", "GitHub", "github_pat_", f"({_ALNUM}{{22}})_({_ALNUM}{{59}})", 4.0, "gitleaks github-fine-grained-pat"),
    _prefixed("gitlab-token", "GitLab", "glpat-", f"({_URL64}{{20}})", 3.2, "gitleaks gitlab-pat"),
    _prefixed("slack-bot-token", "Slack", "xoxb-", f"[0-9]{{10,13}}-[0-9]{{10,13}}-({_ALNUM}{{20,34}})", 3.2, "gitleaks slack-bot-token"),
    _prefixed("slack-user-token", "Slack", "xoxp-", f"(?:[0-9]{{10,13}}-){{3}}({_ALNUM}{{28,34}})", 3.0, "gitleaks slack-user-token"),
    _prefixed("slack-app-token", "Slack", "xapp-", f"[0-9]-[A-Z0-9]+-[0-9]+-({_HEX}{{64}})", 3.2, "gitleaks slack-app-token"),
    _prefixed("stripe-secret-key", "Stripe", "sk_live_", f"({_ALNUM}{{24,99}})", 3.5, "gitleaks stripe-access-token"),
    _prefixed("stripe-restricted-key", "Stripe", "rk_live_", f"({_ALNUM}{{24,99}})", 3.5, "gitleaks stripe-access-token"),
    _prefixed("aws-access-key", "AWS", "AKIA", "([A-Z2-7]{16})", 3.0, "gitleaks aws-access-token"),
)

# Recognised by a search of their own: the body may hold "+", "/", "=" or dots.
SEARCHED = (
    _prefixed("bedrock-key", "Amazon Bedrock", "ABSK", "([A-Za-z0-9+/]{109,269})={0,2}", 4.5, "gitleaks aws-amazon-bedrock-api-key-long-lived"),
    _prefixed(
        "bedrock-short-term-key",
        "Amazon Bedrock",
        "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t",
        "([A-Za-z0-9+/]{40,4000})={0,2}",
        4.5,
        "gitleaks aws-amazon-bedrock-api-key-short-lived",
    ),
    _prefixed("azure-storage-key", "Azure Storage", "AccountKey=", "([A-Za-z0-9+/]{86}==)", 4.5, "trufflehog azure_storage"),
    _prefixed(
        "supabase-service-role-key", "Supabase", "eyJ", f"({_URL64}{{10,100}})\\.({_URL64}{{40,400}})\\.({_URL64}{{43}})", 4.0, "claim role=service_role"
    ),
    _prefixed(
        "private-key",
        "private key",
        "-----BEGIN ",
        "(?:RSA |EC |DSA |OPENSSH )?PRIVATE KEY-----([^-]{60,8000})-----END (?:RSA |EC |DSA |OPENSSH )?PRIVATE KEY-----",
        4.5,
        "RFC 7468",
    ),
    _prefixed(
        "url-password",
        "connection URL",
        "://",
        r"[A-Za-z0-9_.%+-]{1,64}:([A-Za-z0-9_.!~%^&#+=-]{10,100})@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+",
        3.0,
        "RFC 3986",
    ),
)

NAMED = (
    _named("mistral-key", "Mistral AI", "mistral_api_key mistralai_api_key", f"{_ALNUM}{{32}}", 3.5, "trufflehog mistral"),
    _named("cohere-key", "Cohere", "cohere_api_key co_api_key", f"{_ALNUM}{{40}}", 3.5, "gitleaks cohere-api-token"),
    _named("together-legacy-key", "Together AI", "together_api_key togetherai_api_key together_ai_api_key", f"{_HEX}{{64}}", 3.5, "keys issued by the console"),
    _named(
        "azure-openai-key",
        "Azure OpenAI",
        "azure_openai_api_key azure_openai_key azure_api_key azure_openai_service_key",
        f"(?:{_HEX}{{32}}|{_ALNUM}{{84}})",
        3.4,
        "trufflehog azure_openai",
    ),
    _named(
        "zhipu-key", "Zhipu AI", "zhipuai_api_key zhipu_api_key zai_api_key glm_api_key", rf"{_HEX}{{32}}\.{_ALNUM}{{16}}", 3.5, "keys issued by the console"
    ),
    _named("wandb-legacy-key", "Weights & Biases", "wandb_api_key", f"{_HEX}{{40}}", 3.3, "trufflehog wandb"),
    _named("serper-key", "Serper", "serper_api_key", f"{_HEX}{{40}}", 3.3, "keys issued by the console"),
    _named("serpapi-key", "SerpApi", "serpapi_api_key serp_api_key serpapi_key", f"{_HEX}{{64}}", 3.5, "keys issued by the console"),
    _named("deepgram-key", "Deepgram", "deepgram_api_key", f"{_HEX}{{40}}", 3.3, "trufflehog deepgram"),
    _named("assemblyai-key", "AssemblyAI", "assemblyai_api_key", f"{_HEX}{{32}}", 3.2, "keys issued by the console"),
    _named("aws-secret-key", "AWS", "aws_secret_access_key secret_access_key aws_secret_key", "[A-Za-z0-9+/]{40}", 4.2, "gitleaks aws-secret"),
)
