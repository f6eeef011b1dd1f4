"""The rules. A rule that is not listed in ALL does not exist."""

from __future__ import annotations

from launchlint.rule import Rule

from .agent_cap_disabled import check as agent_cap_disabled
from .agent_cap_missing import check as agent_cap_missing
from .agent_loop_unbounded import check as agent_loop_unbounded
from .api_key_hardcoded import check as api_key_hardcoded
from .cors_glob_not_supported import check as cors_glob_not_supported
from .cors_regex_too_wide import check as cors_regex_too_wide
from .cors_wildcard import check as cors_wildcard
from .cors_wildcard_credentials import check as cors_wildcard_credentials
from .http_timeout_missing import check as http_timeout_missing
from .llm_base_url_http import check as llm_base_url_http
from .llm_timeout_sdk_default import check as llm_timeout_sdk_default
from .llm_timeout_unbounded import check as llm_timeout_unbounded
from .output_cap_missing import check as output_cap_missing
from .recursion_limit_misplaced import check as recursion_limit_misplaced
from .retry_count_excessive import check as retry_count_excessive
from .retry_on_any_exception import check as retry_on_any_exception
from .retry_unbounded import check as retry_unbounded
from .retry_without_backoff import check as retry_without_backoff
from .timeout_disabled import check as timeout_disabled
from .timeout_unit_mixup import check as timeout_unit_mixup
from .tls_verification_disabled import check as tls_verification_disabled

ALL: tuple[Rule, ...] = (
    agent_cap_disabled,
    agent_cap_missing,
    agent_loop_unbounded,
    api_key_hardcoded,
    cors_glob_not_supported,
    cors_regex_too_wide,
    cors_wildcard,
    cors_wildcard_credentials,
    http_timeout_missing,
    llm_base_url_http,
    llm_timeout_sdk_default,
    llm_timeout_unbounded,
    output_cap_missing,
    recursion_limit_misplaced,
    retry_count_excessive,
    retry_on_any_exception,
    retry_unbounded,
    retry_without_backoff,
    timeout_disabled,
    timeout_unit_mixup,
    tls_verification_disabled,
)
