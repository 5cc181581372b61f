"""What Google's answers are made of: JSON objects and the two error shapes of Sheets and Drive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
FOLDER = "application/vnd.google-apps.folder"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"

_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}
_REASON = {400: "invalid", 401: "authError", 403: "insufficientFilePermissions", 404: "notFound", 429: "rateLimitExceeded"}


class ApiError(Exception):
    """An error that Google would answer with.

    Args:
        code: HTTP status.
        reason: Drive's `errors[0].reason`; a usual one for the code by default.
        details: Sheets' `error.details`.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        reason: str | None = None,
        details: Sequence[Json] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason or _REASON.get(code, "backendError")
        self.details = list(details)
        self.headers = dict(headers or {})

    def sheets_body(self) -> Json:
        """Give the error as Sheets writes it."""
        error: Json = {"code": self.code, "message": self.message, "status": _STATUS.get(self.code, "INTERNAL")}
        if self.details:
            error["details"] = self.details
        return {"error": error}

    def drive_body(self) -> Json:
        """Give the error as Drive writes it."""
        domain = "usageLimits" if self.code == 429 else "global"
        entry = {"domain": domain, "reason": self.reason, "message": self.message}
        return {"error": {"errors": [entry], "code": self.code, "message": self.message}}


def invalid(message: str, *, details: Sequence[Json] = ()) -> ApiError:
    """Make a 400 INVALID_ARGUMENT."""
    return ApiError(400, message, details=details)
