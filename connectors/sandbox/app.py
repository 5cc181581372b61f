"""The sandbox as an ASGI app: HTTP in, one handler under the lock, HTTP out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route as HttpRoute
from starlette.types import Receive, Scope, Send

from connectors.sandbox import admin, views
from connectors.sandbox.drive import api as drive_api
from connectors.sandbox.exchange import Answer, Call, Event, error_answer
from connectors.sandbox.faults import Fault, fault_answer
from connectors.sandbox.oauth import endpoints as oauth_api
from connectors.sandbox.openai import endpoints as openai_api
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.sheets import api as sheets_api
from connectors.sandbox.wire import ApiError
from core.errors import NotFound

ROUTES = [*oauth_api.ROUTES, *sheets_api.ROUTES, *drive_api.ROUTES, *openai_api.ROUTES, *admin.ROUTES, *views.ROUTES]
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def build_app(current: Callable[[], Sandbox]) -> Starlette:
    """Make the ASGI app; it can be mounted under any path.

    Args:
        current: gives the sandbox that answers the next call; NotFound where there is none, which answers 404.
    """

    async def endpoint(request: Request) -> Response:
        call = await _call(request)
        try:
            sandbox = current()
        except NotFound as error:
            return JSONResponse({"error": error.message}, 404)
        fault = _struck(sandbox, call)
        if fault is not None and fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind == "broken":
            return BrokenOff()
        given = await run_in_threadpool(answer, sandbox, call, fault)
        return BrokenOff() if fault is not None and fault.kind == "lost" else _response(given)

    return Starlette(routes=[HttpRoute("/{path:path}", endpoint, methods=_METHODS)])


def _struck(sandbox: Sandbox, call: Call) -> Fault | None:
    if call.path.startswith("/admin/"):
        return None
    with sandbox.lock:
        return next((fault for fault in sandbox.faults if fault.strikes(call)), None)


def answer(sandbox: Sandbox, call: Call, fault: Fault | None = None) -> Answer:
    """Answer one call; whatever it changed is saved before the answer goes out."""
    with sandbox.lock:
        sandbox.requests += 1
        try:
            admin.guard(call)
            struck = None if fault is None else _apply_fault(sandbox, call, fault)
            if struck is not None:
                return struck
            found = _routed(sandbox, call)
        except ApiError as error:
            return error_answer(call, error)
        if call.method != "GET" and not call.path.startswith(("/admin/", "/v1/")):
            sandbox.save()
        return found


def _apply_fault(sandbox: Sandbox, call: Call, fault: Fault) -> Answer | None:
    if fault.kind == "edit":
        sandbox.edit(fault.edit)
    if fault.kind == "revoked":
        grant = sandbox.grants.holder(call.headers.get("authorization", "").removeprefix("Bearer "), sandbox.now())
        if grant is not None:
            sandbox.grants.withdraw(grant.email)
    return fault_answer(fault, call)


def _routed(sandbox: Sandbox, call: Call) -> Answer:
    for method, pattern, handler in ROUTES:
        match = pattern.fullmatch(call.path) if method == call.method else None
        if match is not None:
            return handler(sandbox, call, match)
    raise ApiError(404, f"The sandbox does not play {call.method} {call.path}.", reason="notFound")


async def _call(request: Request) -> Call:
    root = request.scope.get("root_path", "")
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    path = unquote(raw.split(b"?")[0].decode())
    return Call(
        request.method,
        path.removeprefix(root) if root else path,
        request.scope["query_string"].decode(),
        {name.lower(): value for name, value in request.headers.items()},
        await request.body(),
        root,
        request.client.host if request.client else "",
    )


async def _streamed(events: Sequence[Event]) -> AsyncIterator[bytes]:
    for event in events:
        if event.pause_seconds:
            await asyncio.sleep(event.pause_seconds)
        yield event.data


class BrokenOff(Response):
    """An answer that never arrives: the connection is closed where its body should begin."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"99")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})  # and no more: the server hangs up


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if answer.events:
        return StreamingResponse(_streamed(answer.events), answer.status, headers, media_type=answer.media_type)
    if isinstance(answer.body, dict):
        return JSONResponse(answer.body, answer.status, headers, media_type=answer.media_type)
    return Response(answer.body, answer.status, headers, media_type=answer.media_type if answer.body is not None else None)
