"""Google's consent: /oauth/google/start sends the browser there, /oauth/google/callback takes the answer in the same session.

No answer in: 401. Another browser, user or workspace: 403. An unknown, used or late answer: 400. A declined consent comes back to the
page like a granted one; its job says what to do.
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import runtime
from core.api.errors import boundary
from core.api.sessions import NO_STORE, require_session
from core.errors import Forbidden, InvalidInput, SignInRequired
from core.services.consent import CALLBACK_PATH, ConsentAnswer, answer_consent, start_consent

AFTERWARDS = "/connections"


@boundary
def _start(request: Request) -> Response:
    signed = require_session(request)
    consent = start_consent(signed.ctx, runtime.current(), session_id=signed.session_id)
    return RedirectResponse(consent.url, 302, headers=NO_STORE)


@boundary
def _callback(request: Request) -> Response:
    asked = request.query_params
    if "state" not in asked or not ("code" in asked or "error" in asked):
        raise InvalidInput("This is not an answer of Google's consent page.", hint="Press Connect Google on Connections.")
    try:
        signed = require_session(request)
    except SignInRequired as error:
        raise Forbidden("This browser is not the one that asked Google for access.", hint="Sign in and press Connect Google.") from error
    answer = ConsentAnswer(asked["state"], signed.session_id, code=asked.get("code"), error=asked.get("error"))
    job_id = answer_consent(signed.ctx, runtime.current(), answer)
    return RedirectResponse(f"{AFTERWARDS}?{urlencode({'job': job_id})}", 303, headers=NO_STORE)


ROUTES = [Route("/oauth/google/start", _start, methods=["GET"]), Route(CALLBACK_PATH, _callback, methods=["GET"])]
