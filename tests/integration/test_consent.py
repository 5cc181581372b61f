"""Connecting Google: one answer, in the same browser session, within ten minutes; every other way ends in a sentence."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.errors import AppError, AuthExpired, Forbidden, InvalidInput, NotFound, ScopeMissing, VendorRejected
from core.runtime import Runtime
from core.services.connections import disconnect, list_connections, open_google
from core.services.consent import Consent, ConsentAnswer, answer_consent, complete_consent, start_consent
from core.services.identity import digest
from tests.conftest import SettableClock, make_member
from tests.integration.consent_page import decide

SESSION = UUID(int=7)
pytestmark = pytest.mark.usefixtures("drive")


def answered(consent: Consent, *, session_id: UUID = SESSION, **how: object) -> ConsentAnswer:
    """Answer the consent page and give what its redirect brings."""
    query = decide(consent.url, **how)  # type: ignore[arg-type]
    return ConsentAnswer(query["state"], session_id, code=query.get("code"), error=query.get("error"))


def connected(ctx: AccessContext, rt: Runtime) -> UUID:
    """Connect the first account of the sandbox."""
    answer = answered(start_consent(ctx, rt, session_id=SESSION))
    answer_consent(ctx, rt, answer)
    return complete_consent(ctx, rt, digest(answer.state)).connection_id


def test_a_granted_consent_stores_the_account_with_sealed_tokens(runtime: Runtime, ctx: AccessContext) -> None:
    connection_id = connected(ctx, runtime)
    (view,) = list_connections(ctx, runtime)
    assert view.connection_id == connection_id and view.state == "active" and "@" in view.account_email
    with runtime.db.session(ctx) as session:
        sealed = session.connection().exec_driver_sql("select credential from connections").scalar_one()
        flow = session.connection().exec_driver_sql("select code, verifier from oauth_flows").one()
    assert b"ya29" not in bytes(sealed) and flow.code is None
    assert next(open_google(ctx, runtime, connection_id).files.list_spreadsheets()).name


def test_an_answer_counts_once(runtime: Runtime, ctx: AccessContext) -> None:
    answer = answered(start_consent(ctx, runtime, session_id=SESSION))
    answer_consent(ctx, runtime, answer)
    with pytest.raises(InvalidInput, match="used already"):
        answer_consent(ctx, runtime, answer)
    with pytest.raises(InvalidInput, match="no connection in progress"):
        answer_consent(ctx, runtime, replace(answer, state="made up"))


def test_an_answer_in_another_browser_user_or_workspace_is_refused_and_the_right_one_still_counts(
    runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext
) -> None:
    answer = answered(start_consent(ctx, runtime, session_id=SESSION))
    colleague = make_member(runtime, Role.ADMIN, of=ctx, name="Cora Colleague")
    for who, session_id in ((ctx, uuid4()), (colleague, SESSION), (other_ctx, SESSION)):
        with pytest.raises(Forbidden, match="another browser session"):
            answer_consent(who, runtime, replace(answer, session_id=session_id))
    assert answer_consent(ctx, runtime, answer).startswith(f"integration-{ctx.actor_id}-")


def test_after_ten_minutes_the_answer_is_refused(runtime: Runtime, ctx: AccessContext, clock: SettableClock) -> None:
    answer = answered(start_consent(ctx, runtime, session_id=SESSION))
    clock.advance(minutes=10)
    with pytest.raises(InvalidInput, match="more than ten minutes"):
        answer_consent(ctx, runtime, answer)


@pytest.mark.parametrize(
    ("how", "error", "sentence"),
    [
        ({"decision": "deny"}, VendorRejected, "declined on Google's consent page; nothing was connected. Press Connect Google"),
        ({"without": ("spreadsheets", "drive", "drive.readonly", "drive.file")}, ScopeMissing, "ticked"),
        (None, AuthExpired, "not answered within ten minutes. Press Connect Google"),
    ],
)
def test_every_other_ending_says_what_to_do_and_stores_nothing(
    how: dict[str, object] | None, error: type[AppError], sentence: str, runtime: Runtime, ctx: AccessContext
) -> None:
    consent = start_consent(ctx, runtime, session_id=SESSION)
    with runtime.db.global_session() as session:
        flow_id = session.connection().exec_driver_sql("select state_hash from oauth_flows").scalar_one()
    if how is not None:
        answer_consent(ctx, runtime, answered(consent, **how))
    with pytest.raises(error) as caught:
        complete_consent(ctx, runtime, flow_id)
    assert sentence in str(caught.value)
    assert list_connections(ctx, runtime) == ()


def test_connecting_the_same_account_again_renews_its_one_connection(runtime: Runtime, ctx: AccessContext) -> None:
    assert connected(ctx, runtime) == connected(ctx, runtime)
    assert len(list_connections(ctx, runtime)) == 1


def test_an_expired_token_is_renewed_and_stored(runtime: Runtime, ctx: AccessContext, clock: SettableClock) -> None:
    connection_id = connected(ctx, runtime)
    clock.advance(days=400)
    assert list(open_google(ctx, runtime, connection_id).files.list_spreadsheets())


def test_a_revoked_access_marks_the_connection_and_says_to_connect_again(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, clock: SettableClock
) -> None:
    connection_id = connected(ctx, runtime)
    (view,) = list_connections(ctx, runtime)
    drive.grants.withdraw(view.account_email)
    clock.advance(days=400)
    with pytest.raises(AuthExpired, match="Connect Google again"):
        open_google(ctx, runtime, connection_id)
    (view,) = list_connections(ctx, runtime)
    assert view.state == "revoked" and view.failure is not None


def test_disconnecting_revokes_at_google_and_deletes_the_tokens(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> None:
    connection_id = connected(ctx, runtime)
    done = disconnect(ctx, runtime, connection_id)
    assert done.revoked and "revoked" in done.message
    assert not drive.grants.refresh and list_connections(ctx, runtime) == ()
    with pytest.raises(NotFound):
        open_google(ctx, runtime, connection_id)


def test_nothing_of_it_exists_for_another_workspace_and_a_viewer_may_not_connect(
    runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext
) -> None:
    answer = answered(start_consent(ctx, runtime, session_id=SESSION))
    answer_consent(ctx, runtime, answer)
    with pytest.raises(NotFound):
        complete_consent(other_ctx, runtime, digest(answer.state))
    connection_id = complete_consent(ctx, runtime, digest(answer.state)).connection_id
    assert list_connections(other_ctx, runtime) == ()
    for attempt in (open_google, disconnect):
        with pytest.raises(NotFound):
            attempt(other_ctx, runtime, connection_id)
    viewer = make_member(runtime, Role.VIEWER, of=ctx, name="Vic Viewer")
    with pytest.raises(Forbidden):
        start_consent(viewer, runtime, session_id=SESSION)
    with pytest.raises(Forbidden):
        disconnect(viewer, runtime, connection_id)
