"""One tree of errors for pages, API, workflows and tools.

AppError(message, hint, context)            code, retryable
├── InvalidInput            invalid_input       a value, file or request that cannot be used
│   └── UnreadableFile      unreadable_file     a file that cannot be opened or parsed at all
├── RuleViolation           rule_violation      one or more business rules broken; .violations lists all
├── NotFound                not_found           also what a foreign id answers
├── Forbidden               forbidden           the role lacks the permission
├── SignInRequired          sign_in_required    no session, or an expired one
├── Conflict                conflict            someone else changed it first
├── Misconfigured           misconfigured       a setting is missing or wrong
├── ConnectorError          connector_error     the outside world
│   ├── AuthExpired         auth_expired        token revoked or expired: connect again
│   ├── ScopeMissing        scope_missing       consent did not include what is needed
│   ├── QuotaExceeded       quota_exceeded      retryable, .retry_after seconds
│   ├── VendorRejected      vendor_rejected     the vendor refused the request: do not retry
│   └── VendorUnavailable   vendor_unavailable  retryable
└── AgentError              agent_error         the assistant could not go on
    └── BudgetExceeded      budget_exceeded     steps, tokens, time or money used up
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


class AppError(Exception):
    """Anything a person can be told about.

    Args:
        message: what went wrong, naming the file, tab, cell or field.
        hint: what the person can do next; empty when there is nothing.
        context: facts for the log (ids, codes; never secrets or cell texts).
    """

    code: ClassVar[str] = "app_error"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "", context: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.context: dict[str, object] = dict(context or {})

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InvalidInput(AppError):
    """A value, file or request that cannot be used as it is; nothing was changed."""

    code = "invalid_input"


class UnreadableFile(InvalidInput):
    """A file that cannot be opened or parsed at all; nothing was changed."""

    code = "unreadable_file"


class RuleViolation(AppError):
    """One or more business rules are broken; all of them are listed, nothing was changed."""

    code = "rule_violation"

    def __init__(self, message: str, *, violations: Sequence[str], hint: str = "", context: Mapping[str, object] | None = None) -> None:
        super().__init__(message, hint=hint, context=context)
        self.violations = tuple(violations)


class NotFound(AppError):
    """It does not exist in this workspace (a foreign id answers the same)."""

    code = "not_found"


class Forbidden(AppError):
    """The person's role lacks the permission; nothing was changed."""

    code = "forbidden"


class SignInRequired(AppError):
    """There is no session, or it expired or was revoked."""

    code = "sign_in_required"


class Conflict(AppError):
    """Someone else changed it first; nothing was overwritten."""

    code = "conflict"


class Misconfigured(AppError):
    """A setting is missing or wrong."""

    code = "misconfigured"


class ConnectorError(AppError):
    """The outside world answered with an error, or not at all."""

    code = "connector_error"


class AuthExpired(ConnectorError):
    """The access was revoked or has expired: the person must connect again."""

    code = "auth_expired"


class ScopeMissing(ConnectorError):
    """The consent given does not cover what was asked for."""

    code = "scope_missing"


class QuotaExceeded(ConnectorError):
    """The vendor asks to wait; `retry_after` is in seconds, None when it did not say."""

    code = "quota_exceeded"
    retryable = True

    def __init__(
        self, message: str, *, retry_after: float | None = None, hint: str = "", context: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message, hint=hint, context=context)
        self.retry_after = retry_after


class VendorRejected(ConnectorError):
    """The vendor refused the request for good."""

    code = "vendor_rejected"


class VendorUnavailable(ConnectorError):
    """The vendor is down, slow or answered nonsense; trying again may help."""

    code = "vendor_unavailable"
    retryable = True


class AgentError(AppError):
    """The assistant could not go on."""

    code = "agent_error"


class BudgetExceeded(AgentError):
    """Steps, tokens, time or money of a turn or a day are used up."""

    code = "budget_exceeded"
