"""Health and the session cookie, in process: what is answered, to whom, and what a cookie may never do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core import runtime as process
from core.access import AccessContext
from core.api.errors import boundary
from core.api.routes import all_routes
from core.api.sessions import local_path
from core.errors import QuotaExceeded
from core.runtime import Runtime
from core.services.identity import SESSION_COOKIE, issue_ticket, signed_in


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=all_routes()), base_url="http://localhost:8501", follow_redirects=False) as opened:
        yield opened


def ticket_of(runtime: Runtime, ctx: AccessContext) -> str:
    with runtime.db.tenant_session(ctx.workspace_id) as session:
        return issue_ticket(session, runtime, ctx.actor_id, ctx.workspace_id)


def test_health_names_each_part_and_is_503_when_one_is_not_well(client: TestClient, runtime: Runtime) -> None:
    process.install(replace(runtime, checks={"database": lambda: "", "sandbox": lambda: "not used"}))
    well = client.get("/health")
    assert (well.status_code, well.json()) == (200, {"app": "ok", "database": "ok", "sandbox": "not used"})
    process.install(replace(runtime, checks={"database": lambda: "The database does not answer."}))
    unwell = client.get("/health")
    assert (unwell.status_code, unwell.json()["database"]) == (503, "The database does not answer.")
    process.install(None)
    assert client.get("/health").status_code == 503


def test_a_ticket_becomes_a_closed_cookie_and_leads_to_the_page_that_was_wanted(
    client: TestClient, runtime: Runtime, ctx: AccessContext
) -> None:
    answer = client.get("/auth/session", params={"ticket": ticket_of(runtime, ctx), "next": "/members"})
    assert (answer.status_code, answer.headers["location"], answer.headers["referrer-policy"]) == (303, "/members", "no-referrer")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    assert signed_in(runtime, answer.cookies[SESSION_COOKIE]).ctx.actor_id == ctx.actor_id


def test_another_site_cannot_sign_anyone_in(client: TestClient, runtime: Runtime, ctx: AccessContext) -> None:
    ticket = ticket_of(runtime, ctx)
    refused = client.get("/auth/session", params={"ticket": ticket}, headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403 and "set-cookie" not in refused.headers
    taken = client.get("/auth/session", params={"ticket": ticket}, headers={"sec-fetch-site": "same-origin"})
    assert taken.status_code == 303 and "set-cookie" in taken.headers


def test_over_https_the_cookie_is_secure(client: TestClient, runtime: Runtime, ctx: AccessContext) -> None:
    process.install(replace(runtime, settings=runtime.settings.model_copy(update={"public_url": "https://plan.example"})))
    answer = client.get("/auth/session", params={"ticket": ticket_of(runtime, ctx)})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("ticket", ["", "guess", "spent"])
def test_a_ticket_that_is_not_good_sets_no_cookie(ticket: str, client: TestClient, runtime: Runtime, ctx: AccessContext) -> None:
    if ticket == "spent":
        ticket = ticket_of(runtime, ctx)
        client.get("/auth/session", params={"ticket": ticket})
    answer = client.get("/auth/session", params={"ticket": ticket}, headers={"accept": "text/html"})
    assert answer.status_code == 401 and "set-cookie" not in answer.headers
    assert "This sign-in has expired." in answer.text


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb", "\\\\evil", "/ok\\..\\x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(target: str) -> None:
    assert local_path(target) == "/"


def test_a_path_of_ours_is_kept() -> None:
    assert local_path("/plan?file=1&tab=Plan%20A") == "/plan?file=1&tab=Plan%20A"


@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}, {"referer": "https://evil.example/x"}, {"origin": "null"}])
def test_another_site_cannot_sign_anyone_out(headers: dict[str, str], client: TestClient, runtime: Runtime, ctx: AccessContext) -> None:
    secret = client.get("/auth/session", params={"ticket": ticket_of(runtime, ctx)}).cookies[SESSION_COOKIE]
    client.cookies.set(SESSION_COOKIE, secret)
    assert client.post("/auth/signout", headers=headers).status_code == 403
    assert client.get("/auth/signout").status_code == 405
    assert signed_in(runtime, secret).ctx.actor_id == ctx.actor_id
    assert client.post("/auth/signout", headers={"origin": "http://localhost:8501"}).status_code == 303
    with pytest.raises(Exception, match="has ended"):
        signed_in(runtime, secret)


def test_an_error_is_told_with_its_code_and_anything_else_with_a_reference_only(runtime: Runtime) -> None:
    @boundary
    def refuse(_: Request) -> Response:
        raise QuotaExceeded("Google asks to wait.", hint="Try in a minute.")

    @boundary
    def crash(_: Request) -> Response:
        raise ValueError("the secret 4711")

    with TestClient(Starlette(routes=[Route("/refuse", refuse), Route("/crash", crash)])) as opened:
        refused, crashed = opened.get("/refuse"), opened.get("/crash")
    assert (refused.status_code, refused.json()) == (
        429,
        {"code": "quota_exceeded", "message": "Google asks to wait.", "hint": "Try in a minute."},
    )
    assert crashed.status_code == 500 and "4711" not in crashed.text and "reference" in crashed.text
