"""Model calls, and the clients and models they go through.

Logical arguments: `output_cap`, `timeout`, `retries`, `api_key`, `base_url`, `model`, `messages`, `stream`, `http_client`.
"""

from __future__ import annotations

from dataclasses import dataclass

from .base import CallSite


@dataclass(frozen=True, slots=True, kw_only=True)
class SdkSite(CallSite):
    """A place where an SDK is used: the base of the kinds below.

    `generates` is true when text is generated (an output cap makes sense).
    """

    generates: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmCall(SdkSite):
    """A call that asks a model for output through a raw SDK, a gateway library or a framework model object.

    `through_model` is true when the call goes through a framework model object whose construction is a `ModelConstruction` fact of its own
    (then the construction is the place to report arguments at).
    """

    through_model: bool = False


class ModelConstruction(SdkSite):
    """A framework's model object (`ChatOpenAI(...)`, `init_chat_model(...)`, `crewai.LLM(...)`).

    Arguments given later on the same object (`.bind(max_tokens=…)`, `.invoke(…, max_tokens=…)`) are joined into `arguments[...].effective`.
    """

    __slots__ = ()  # no field of its own: what the base generates holds, and generating costs every start


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConstruction(SdkSite):
    """A raw SDK client (`OpenAI(...)`, `boto3.client("bedrock-runtime")`).

    `timeout_at_every_call` is true when every resolved call of this client passes its own timeout.
    """

    timeout_at_every_call: bool = False


class EmbeddingCall(SdkSite):
    """A call that embeds texts."""

    __slots__ = ()  # no field of its own: what the base generates holds, and generating costs every start
