"""Layer 2: the types of domain facts. `link` makes them; rules read them."""

from .agents import AgentLoop, AgentRun
from .base import CallSite, Fact, Receiver, Rung, Via
from .http import HttpCall
from .llm import ClientConstruction, EmbeddingCall, LlmCall, ModelConstruction, SdkSite
from .project import Project, Read
from .retry import RetryLoop, RetryPolicy
from .secrets import SecretLiteral
from .web import CorsPolicy

__all__ = [
    "AgentLoop",
    "AgentRun",
    "CallSite",
    "ClientConstruction",
    "CorsPolicy",
    "EmbeddingCall",
    "Fact",
    "HttpCall",
    "LlmCall",
    "ModelConstruction",
    "Project",
    "Read",
    "Receiver",
    "RetryLoop",
    "RetryPolicy",
    "Rung",
    "SdkSite",
    "SecretLiteral",
    "Via",
]
