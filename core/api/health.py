"""GET /health: app, database, workflows and sandbox, each ok or why not, as JSON; 503 when one is not."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import runtime
from core.errors import AppError


def _health(_request: Request) -> Response:
    try:
        checks = runtime.current().checks
    except AppError as error:
        return JSONResponse({"app": str(error)}, 503, headers={"cache-control": "no-store"})
    said = {"app": "ok"} | {name: check() or "ok" for name, check in checks.items()}
    return JSONResponse(said, 200 if set(said.values()) <= {"ok", "not used"} else 503, headers={"cache-control": "no-store"})


ROUTES = [Route("/health", _health, methods=["GET"])]
