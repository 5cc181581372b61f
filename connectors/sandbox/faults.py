"""Faults on demand: what Google does on a bad day, and what somebody else does to a sheet in between two of our calls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, get_args

from connectors.sandbox.exchange import Answer, Call, error_answer
from connectors.sandbox.sheets.protection import PROTECTED
from connectors.sandbox.wire import ApiError, Json, invalid

Kind = Literal[
    "quota",
    "unauthorized",
    "revoked",
    "scope_missing",
    "html_500",
    "unavailable",
    "slow",
    "forbidden",
    "protected",
    "edit",
    "broken",
    "lost",
]
_KINDS: frozenset[str] = frozenset(get_args(Kind))


@dataclass(slots=True)
class Fault:
    """One planned fault.

    Attributes:
        kind: `quota` 429, `unauthorized` 401, `revoked` the account's grant is withdrawn and the call answers 401, `scope_missing` and
            `forbidden` 403, `protected` 400 for cells that others may not edit, `html_500` an HTML error page,
            `unavailable` 503, `slow` answers late, `edit` somebody edits first, `broken` the connection breaks off before the call is
            carried out, `lost` after it was.
        path: regular expression searched in the path.
        method: HTTP method, any when empty.
        skip: matching calls let through before it strikes.
        times: matching calls it strikes.
        retry_after: seconds, sent with `quota` and `unavailable`.
        seconds: how late `slow` answers.
        edit: for `edit`, see Sandbox.edit.
    """

    kind: Kind
    path: str = ""
    method: str = ""
    skip: int = 0
    times: int = 1
    retry_after: float | None = None
    seconds: float = 0.0
    edit: Json = field(default_factory=dict)

    @staticmethod
    def of(body: Json) -> Fault:
        """Read a fault from JSON; 400 where a field is unknown or the kind is none of ours."""
        unknown = set(body) - set(Fault.__dataclass_fields__)
        if unknown or body.get("kind") not in _KINDS:
            raise invalid(f"Unknown fault: {sorted(unknown) or body.get('kind')}")
        return Fault(**body)

    def strikes(self, call: Call) -> bool:
        """Tell whether it strikes this call, counting it."""
        if self.times <= 0 or (self.method and call.method != self.method) or not re.search(self.path, call.path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


_HTML_500 = "<html><head><title>Error 500 (Server Error)!!1</title></head><body><h1>500. That’s an error.</h1></body></html>"


def fault_answer(fault: Fault, call: Call) -> Answer | None:
    """Give the answer of a fault; None for those that let the call go on."""
    wait = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    if fault.kind == "html_500":
        return Answer(_HTML_500, 500, "text/html; charset=UTF-8")
    if fault.kind == "quota":
        message = "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user'."
        return error_answer(call, ApiError(429, message, reason="userRateLimitExceeded", headers=wait))
    if fault.kind in ("unauthorized", "revoked"):
        return error_answer(call, unauthenticated())
    if fault.kind == "scope_missing":
        return error_answer(call, insufficient_scopes())
    if fault.kind == "forbidden":
        return error_answer(call, ApiError(403, "The caller does not have permission"))
    if fault.kind == "protected":
        return error_answer(call, ApiError(400, PROTECTED))
    if fault.kind == "unavailable":
        return error_answer(call, ApiError(503, "The service is currently unavailable.", headers=wait))
    return None


def unauthenticated() -> ApiError:
    """Make the 401 of a missing, expired or withdrawn access token."""
    challenge = {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'}
    return ApiError(401, "Request had invalid authentication credentials.", reason="authError", headers=challenge)


def insufficient_scopes() -> ApiError:
    """Make the 403 of a token that lacks a scope."""
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"}
    message = "Request had insufficient authentication scopes."
    return ApiError(403, message, reason="insufficientPermissions", details=[detail])
