"""Google's consent over HTTP: the answer counts once, in the session that asked, and every refusal is a page with a sentence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access import AccessContext, Role
from core.api.routes import all_routes
from core.runtime import Runtime
from core.services.connections import list_connections
from core.services.consent import CALLBACK_PATH
from core.services.identity import SESSION_COOKIE, issue_ticket, open_session
from tests.conftest import SettableClock, make_member
from tests.integration.conftest import drive  # noqa: F401 - a fixture
from tests.integration.consent_page import decide

START = "/oauth/google/start"
pytestmark = pytest.mark.usefixtures("drive")


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    app = Starlette(routes=all_routes())
    with TestClient(app, base_url="http://localhost:8501", follow_redirects=False, headers={"accept": "text/html"}) as opened:
        yield opened


def sign_in(client: TestClient, runtime: Runtime, ctx: AccessContext | None) -> None:
    """Give the browser a new session of the member, or none."""
    client.cookies.clear()
    if ctx is not None:
        with runtime.db.tenant_session(ctx.workspace_id) as session:
            ticket = issue_ticket(session, runtime, ctx.actor_id, ctx.workspace_id)
        client.cookies.set(SESSION_COOKIE, open_session(runtime, ticket, replaces=None, browser="test"))


def asked(client: TestClient) -> str:
    """Press Connect Google; gives where the browser is sent."""
    answer = client.get(START)
    assert answer.status_code == 302 and answer.headers["cache-control"] == "no-store"
    return str(answer.headers["location"])


def test_the_browser_is_sent_to_consent_with_pkce_and_comes_back_to_the_page_of_its_job(
    client: TestClient, runtime: Runtime, ctx: AccessContext
) -> None:
    sign_in(client, runtime, ctx)
    url = asked(client)
    assert "code_challenge_method=S256" in url and "access_type=offline" in url
    back = client.get(CALLBACK_PATH, params=decide(url))
    assert back.status_code == 303 and back.headers["location"].startswith(f"/connections?job=integration-{ctx.actor_id}-")


def test_a_replayed_answer_is_refused_with_400_and_a_sentence(client: TestClient, runtime: Runtime, ctx: AccessContext) -> None:
    sign_in(client, runtime, ctx)
    answer = decide(asked(client))
    client.get(CALLBACK_PATH, params=answer)
    again = client.get(CALLBACK_PATH, params=answer)
    assert again.status_code == 400 and "was used already" in again.text
    assert client.get(CALLBACK_PATH, params=answer | {"state": "made-up"}).status_code == 400


@pytest.mark.parametrize("who", ["nobody", "same person elsewhere", "somebody else"])
def test_an_answer_in_another_browser_is_refused_with_403_and_stays_open_for_the_right_one(
    who: str, client: TestClient, runtime: Runtime, ctx: AccessContext
) -> None:
    sign_in(client, runtime, ctx)
    right = client.cookies[SESSION_COOKIE]
    answer = decide(asked(client))
    others = {"nobody": None, "same person elsewhere": ctx, "somebody else": make_member(runtime, Role.ADMIN, of=ctx, name="Cora")}
    sign_in(client, runtime, others[who])
    refused = client.get(CALLBACK_PATH, params=answer)
    assert refused.status_code == 403 and "browser" in refused.text
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, right)
    assert client.get(CALLBACK_PATH, params=answer).status_code == 303


def test_a_late_answer_is_refused_and_a_declined_one_leads_to_the_page(
    client: TestClient, runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    sign_in(client, runtime, ctx)
    declined = client.get(CALLBACK_PATH, params=decide(asked(client), decision="deny"))
    assert declined.status_code == 303
    answer = decide(asked(client))
    clock.advance(minutes=11)
    late = client.get(CALLBACK_PATH, params=answer)
    assert late.status_code == 400 and "more than ten minutes" in late.text
    assert list_connections(ctx, runtime) == ()


def test_nobody_starts_a_consent_without_a_session_or_the_right_to_connect(
    client: TestClient, runtime: Runtime, ctx: AccessContext
) -> None:
    assert client.get(START).status_code == 401
    sign_in(client, runtime, make_member(runtime, Role.VIEWER, of=ctx, name="Vic Viewer"))
    assert client.get(START).status_code == 403


def test_an_answer_without_a_code_or_a_state_is_refused(client: TestClient, runtime: Runtime, ctx: AccessContext) -> None:
    sign_in(client, runtime, ctx)
    for query in ({}, {"state": "x"}, {"code": "x"}):
        assert client.get(CALLBACK_PATH, params=query).status_code == 400
