"""Errors at the HTTP door: an AppError becomes JSON, or a page when a browser asked; the rest becomes a reference id."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from html import escape
from uuid import uuid4

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from core.errors import AppError

log = structlog.get_logger()

STATUS: dict[str, int] = {
    "invalid_input": 400,
    "unreadable_file": 400,
    "rule_violation": 422,
    "not_found": 404,
    "forbidden": 403,
    "sign_in_required": 401,
    "conflict": 409,
    "misconfigured": 503,
    "auth_expired": 400,
    "scope_missing": 400,
    "quota_exceeded": 429,
    "vendor_rejected": 502,
    "vendor_unavailable": 503,
}

_PAGE = """<!doctype html><meta charset="utf-8"><title>Flightplan</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1rem;color:#1b2430;background:#fff}}
a{{color:#2f6fed}}@media(prefers-color-scheme:dark){{body{{background:#0f141b;color:#e6ebf2}}a{{color:#6ea0ff}}}}</style>
<h1>{title}</h1><p>{hint}</p><p><a href="/">Back to Flightplan</a></p>"""


def boundary(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Turn whatever a handler raises into an answer; an unexpected error is logged under the reference id that the answer names."""

    @wraps(handler)
    def answer(request: Request) -> Response:
        try:
            return handler(request)
        except AppError as error:
            log.warning("request_refused", path=request.url.path, code=error.code)
            return _answer(request, STATUS.get(error.code, 400), code=error.code, message=error.message, hint=error.hint)
        except Exception as error:
            reference = uuid4().hex[:8]
            log.error("request_crashed", path=request.url.path, reference=reference, exc_info=error)
            message = f"Something went wrong on our side (reference {reference})."
            return _answer(request, 500, code="unexpected", message=message, hint="Try again in a moment.")

    return answer


def _answer(request: Request, status: int, *, code: str, message: str, hint: str) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_PAGE.format(title=escape(message), hint=escape(hint)), status)
    return JSONResponse({"code": code, "message": message, "hint": hint}, status)
