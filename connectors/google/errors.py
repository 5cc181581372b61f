"""Google's errors become ours, once, here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from core.clock import SystemClock
from core.errors import (
    AppError,
    AuthExpired,
    Conflict,
    NotFound,
    QuotaExceeded,
    ScopeMissing,
    VendorRejected,
    VendorUnavailable,
)

_CONNECT_AGAIN = "Connect Google again under Connections."
_SCOPE_REASONS = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientScopes"})
_QUOTA_REASONS = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "sharingRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
)


@dataclass(frozen=True, slots=True)
class Problem:
    """An HTTP error of Google's: status, message, reasons given, seconds to wait."""

    status: int
    message: str
    reasons: frozenset[str]
    retry_after: float | None


@contextmanager
def google_errors(subject: str) -> Iterator[None]:
    """Translate what the SDKs raise within the block.

    Args:
        subject: what was being done, as the end of a sentence: "reading the spreadsheet".
    Raises:
        AppError: of the ConnectorError family, NotFound or Conflict; the cause is chained.
    """
    try:
        yield
    except _vendor_exceptions() as error:
        raise translated(error, subject) from error


def _vendor_exceptions() -> tuple[type[BaseException], ...]:
    """Give what the SDKs raise; evaluated when something was raised, so that nothing is imported for it before."""
    from http.client import HTTPException

    import gspread.exceptions
    import httplib2
    from google.auth.exceptions import GoogleAuthError
    from googleapiclient.errors import Error as DriveError
    from oauthlib.oauth2 import OAuth2Error
    from requests import RequestException

    return (
        gspread.exceptions.GSpreadException,
        DriveError,
        GoogleAuthError,
        OAuth2Error,
        RequestException,
        httplib2.HttpLib2Error,
        HTTPException,
        OSError,
    )


def translated(error: BaseException, subject: str) -> AppError:
    """Give our error for one of the SDKs'."""
    from google.auth.exceptions import RefreshError
    from oauthlib.oauth2 import OAuth2Error

    if isinstance(error, RefreshError) and not error.retryable:
        return AuthExpired("Google no longer accepts this connection: access was revoked or has expired.", hint=_CONNECT_AGAIN)
    if isinstance(error, OAuth2Error):
        return _consent_error(error)
    problem = _problem_of(error)
    if problem is None:
        return VendorUnavailable(f"Google could not be reached while {subject}.", hint="Try again in a few minutes.")
    return from_problem(problem, subject)


def _consent_error(error: Any) -> AppError:
    code = str(getattr(error, "error", ""))
    if code in ("invalid_client", "unauthorized_client", "redirect_uri_mismatch"):
        return VendorRejected(
            f"Google refused the OAuth client ({code}).", hint="Check GOOGLE_OAUTH_CLIENT_ID, its secret and its redirect address."
        )
    status = getattr(error, "status_code", 400)
    if isinstance(status, int) and status >= 500:
        return VendorUnavailable("Google could not finish signing in.", hint="It is tried again.")
    return AuthExpired("The consent could not be used: it was already used or has expired.", hint="Connect Google again.")


def _problem_of(error: BaseException) -> Problem | None:
    """Read status and body from whatever carries them."""
    from googleapiclient.errors import HttpError

    if isinstance(error, HttpError):
        return problem(int(error.resp.status), error.content, error.resp)
    response = getattr(error, "response", None)
    if response is not None and getattr(response, "status_code", None):
        return problem(response.status_code, response.content, response.headers)
    return None


def problem(status: int, content: bytes | str, headers: Mapping[str, str]) -> Problem:
    """Read an error answer; an HTML page counts as one without reasons."""
    message, reasons = "", set()
    try:
        error = json.loads(content)["error"]
        message = str(error.get("message", ""))
        reasons = {str(item.get("reason", "")) for item in [*error.get("errors", []), *error.get("details", [])]}
    except (ValueError, TypeError, KeyError, AttributeError):
        message = f"HTTP {status}"
    return Problem(status, message, frozenset(reasons), _seconds(headers.get("retry-after") or headers.get("Retry-After")))


def _seconds(text: str | None) -> float | None:
    """Read a Retry-After: seconds or a date (RFC 9110, 10.2.3)."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - SystemClock().now()).total_seconds())
    except ValueError:
        return None


def from_problem(problem: Problem, subject: str) -> AppError:
    """Give our error for an HTTP error of Google's."""
    context = {"status": problem.status, "reasons": sorted(problem.reasons), "while": subject}
    if problem.status == 401:
        return AuthExpired("Google no longer accepts this connection.", hint=_CONNECT_AGAIN, context=context)
    if problem.status == 403 and problem.reasons & _SCOPE_REASONS:
        hint = "Connect Google again and leave all boxes ticked."
        return ScopeMissing(f"The consent given does not cover {subject}.", hint=hint, context=context)
    if problem.status == 429 or (problem.status == 403 and problem.reasons & _QUOTA_REASONS):
        message = f"Google asks to slow down while {subject}."
        return QuotaExceeded(message, retry_after=problem.retry_after, hint="It goes on by itself.", context=context)
    if problem.status == 404 or (problem.status == 400 and problem.message.startswith(("Unable to parse range", "No grid with id"))):
        missing = f" ({problem.message})" if problem.status == 400 else ""
        return NotFound(f"Google no longer has what was asked for while {subject}{missing}.", hint="Refresh the file.", context=context)
    if problem.status in (409, 412):
        return Conflict(f"Somebody else changed it while {subject}.", hint="Refresh the file.", context=context)
    if problem.status >= 500 or problem.status == 408:
        return VendorUnavailable(f"Google answered with an error of its own ({problem.status}) while {subject}.", context=context)
    hint = "Ask the file's owner for the right to edit it." if problem.status == 403 else ""
    if "protected cell" in problem.message:
        hint = "Ask the sheet's owner to lift the protection for this account, then propose it again."
    elif "data validation" in problem.message:
        hint = "Plan amounts that the sheet's own rule allows, or have the rule changed there."
    return VendorRejected(f"Google refused {subject}: {problem.message}", hint=hint, context=context)
