"""The session cookie: /auth/session trades a ticket for it, /auth/signout ends it. HttpOnly, SameSite=Lax, Secure over https."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import runtime
from core.access import Origin
from core.api.errors import boundary
from core.errors import Forbidden
from core.services.identity import SESSION_COOKIE, SESSION_DAYS, SignedIn, close_session, open_session, signed_in

NO_STORE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def session_secret(request: Request) -> str | None:
    """Give what the browser's session cookie holds."""
    return request.cookies.get(SESSION_COOKIE)


def require_session(request: Request) -> SignedIn:
    """Give the person who asks: the API's door. SignInRequired when there is none."""
    return signed_in(runtime.current(), session_secret(request), origin=Origin.API)


def require_same_origin(request: Request) -> None:
    """Raise Forbidden unless a request that changes something comes from our own pages (own routes have no XSRF check)."""
    source = request.headers.get("origin") or request.headers.get("referer")
    host = request.headers.get("host", "")
    allowed = {host, urlsplit(runtime.current().settings.base_url).netloc}
    if source is None or urlsplit(source).netloc not in allowed:
        raise Forbidden("This request came from another site.", hint="Open Flightplan and try again.")


def local_path(target: str) -> str:
    """Give the target if it is a path of ours, else the home page: no redirects to elsewhere."""
    parts = urlsplit(target)
    is_local = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if is_local and "\\" not in target and target.isprintable() else "/"


@boundary
def _open(request: Request) -> Response:
    if request.headers.get("sec-fetch-site", "none") not in (
        "same-origin",
        "none",
    ):  # else a link elsewhere could sign a visitor in as its maker
        raise Forbidden("This sign-in came from another site.", hint="Open Flightplan and sign in there.")
    rt = runtime.current()
    secret = open_session(
        rt,
        request.query_params.get("ticket", ""),
        replaces=session_secret(request),
        browser=request.headers.get("user-agent", ""),
    )
    response = RedirectResponse(local_path(request.query_params.get("next", "/")), 303, headers=NO_STORE)
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=SESSION_DAYS * 86_400,
        path="/",
        secure=rt.settings.base_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return response


@boundary
def _close(request: Request) -> Response:
    require_same_origin(request)
    secret = session_secret(request)
    if secret is not None:
        close_session(runtime.current(), secret)
    response = RedirectResponse("/", 303, headers=NO_STORE)
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


ROUTES = [Route("/auth/session", _open, methods=["GET"]), Route("/auth/signout", _close, methods=["POST"])]
