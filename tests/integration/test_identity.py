"""Accounts, sign-in, sessions, invitations and roles."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select

from core import passwords
from core.access import AccessContext, Permission, Role
from core.db.tables.identity import SignInAttempt, SignInSession, User
from core.errors import AppError, Forbidden, InvalidInput, NotFound, RuleViolation, SignInRequired
from core.runtime import Runtime
from core.services import account, identity, members
from core.services.activity import list_activity
from tests.conftest import SettableClock, make_member

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real bcrypt with less work: the suite makes dozens of accounts."""
    monkeypatch.setattr(passwords, "ROUNDS", 4)


def sign_up(runtime: Runtime, email: str = "ann@example.com") -> str:
    """Sign up and give the session secret."""
    request = identity.SignUp(email=email, name="Ann Archer", password=PASSWORD, workspace_name="North Media")
    return identity.open_session(runtime, identity.sign_up(runtime, request), replaces=None, browser="Firefox")


def test_signing_up_makes_a_workspace_that_the_person_owns(runtime: Runtime) -> None:
    who = identity.signed_in(runtime, sign_up(runtime, " Ann@Example.com "))
    assert (who.email, who.workspace_name, who.ctx.role, who.ctx.actor_name) == ("ann@example.com", "North Media", Role.OWNER, "Ann Archer")
    assert [entry.verb for entry in list_activity(who.ctx, runtime)] == ["created"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "ann"}, "not an email address"),
        ({"email": ""}, "not an email address"),
        ({"name": "  "}, "Your name"),
        ({"workspace_name": ""}, "workspace's name"),
        ({"password": "short"}, "needs at least 10"),
        ({"password": "a" * 12}, "repeats too few"),
        ({"password": "ä1b2c3" * 20}, "longer than 72 bytes"),
    ],
)
def test_what_is_missing_at_sign_up_is_named_and_nothing_is_made(change: dict[str, str], sentence: str, runtime: Runtime) -> None:
    entered = {"email": "ann@example.com", "name": "Ann", "password": PASSWORD, "workspace_name": "North"} | change
    with pytest.raises(InvalidInput, match=sentence):
        identity.sign_up(runtime, identity.SignUp(**entered))
    with runtime.db.global_session() as session:
        assert session.scalars(select(User)).all() == []


def test_an_address_has_one_account_in_any_spelling(runtime: Runtime) -> None:
    sign_up(runtime)
    with pytest.raises(InvalidInput, match="has an account already"):
        sign_up(runtime, "ANN@example.com")


def test_only_hashes_of_passwords_sessions_and_tickets_are_stored(runtime: Runtime) -> None:
    secret = sign_up(runtime)
    with runtime.db.global_session() as session:
        user, browser = session.scalars(select(User)).one(), session.scalars(select(SignInSession)).one()
    assert user.password_hash.startswith("$2b$") and browser.secret_hash == identity.digest(secret) != secret


def test_a_ticket_opens_one_session_within_thirty_seconds(runtime: Runtime, clock: SettableClock) -> None:
    sign_up(runtime)
    ticket = identity.sign_in(runtime, "ann@example.com", PASSWORD)
    identity.open_session(runtime, ticket, replaces=None, browser="")
    late = identity.sign_in(runtime, "ann@example.com", PASSWORD)
    clock.advance(seconds=31)
    for spent in (ticket, late, "", "guess"):
        with pytest.raises(SignInRequired):
            identity.open_session(runtime, spent, replaces=None, browser="")


def test_signing_in_again_ends_the_session_that_the_browser_had(runtime: Runtime) -> None:
    planted = sign_up(runtime)
    identity.open_session(runtime, identity.sign_in(runtime, "ann@example.com", PASSWORD), replaces=planted, browser="")
    with pytest.raises(SignInRequired):
        identity.signed_in(runtime, planted)


@pytest.mark.parametrize("secret", [None, "", "guess"])
def test_nobody_is_signed_in_without_a_session(secret: str | None, runtime: Runtime) -> None:
    with pytest.raises(SignInRequired):
        identity.signed_in(runtime, secret)


def test_a_session_ends_after_seven_days_and_when_closed(runtime: Runtime, clock: SettableClock) -> None:
    first = sign_up(runtime)
    second = identity.open_session(runtime, identity.sign_in(runtime, "ann@example.com", PASSWORD), replaces=None, browser="")
    identity.close_session(runtime, second)
    with pytest.raises(SignInRequired):
        identity.signed_in(runtime, second)
    clock.advance(days=7)
    with pytest.raises(SignInRequired):
        identity.signed_in(runtime, first)


def test_what_has_run_out_is_not_kept_for_ever(runtime: Runtime, clock: SettableClock) -> None:
    sign_up(runtime)
    with pytest.raises(InvalidInput):
        identity.sign_in(runtime, "unknown@example.com", "wrong password")
    clock.advance(days=8)
    identity.open_session(runtime, identity.sign_in(runtime, "ann@example.com", PASSWORD), replaces=None, browser="")
    with runtime.db.global_session() as session:
        assert len(session.scalars(select(SignInSession)).all()) == 1
        assert session.scalars(select(SignInAttempt)).all() == []


@pytest.mark.parametrize("address", ["ann@example.com", "unknown@example.com"])
def test_after_five_failures_an_address_waits_ever_longer_whether_or_not_it_is_known(
    address: str, runtime: Runtime, clock: SettableClock
) -> None:
    sign_up(runtime)
    for wait in (30, 60, 120):
        for _ in range(5 if wait == 30 else 1):
            with pytest.raises(InvalidInput, match="The email or the password is wrong"):
                identity.sign_in(runtime, address, "wrong password")
        with pytest.raises(InvalidInput, match="Too many failed sign-ins") as refused:
            identity.sign_in(runtime, address, PASSWORD)
        assert f"Wait {wait + 1} seconds" in refused.value.hint
        clock.advance(seconds=wait)
    if address.startswith("ann"):
        assert identity.sign_in(runtime, address, PASSWORD)
        with pytest.raises(InvalidInput, match="The email or the password is wrong"):
            identity.sign_in(runtime, address, "wrong password")


def test_no_other_form_lets_a_password_be_tried_more_often(runtime: Runtime, ctx: AccessContext) -> None:
    who = identity.signed_in(runtime, sign_up(runtime))
    token = invited(ctx, runtime, email="ann@example.com")
    for number in range(5):
        with pytest.raises(InvalidInput, match="password is wrong"):
            if number % 2:
                account.change_password(who.ctx, runtime, current="wrong password", new="another good phrase", keep_session=None)
            else:
                members.join_as_member(runtime, token, email="ann@example.com", password="wrong password")
    for attempt in (
        lambda: members.join_as_member(runtime, token, email="ann@example.com", password=PASSWORD),
        lambda: account.change_password(who.ctx, runtime, current=PASSWORD, new="another good phrase", keep_session=None),
        lambda: identity.sign_in(runtime, "ann@example.com", PASSWORD),
    ):
        with pytest.raises(InvalidInput, match="Too many failed sign-ins"):
            attempt()


def test_tries_at_the_same_moment_win_nothing(runtime: Runtime) -> None:
    sign_up(runtime)

    def refusal(_: int) -> str:
        with pytest.raises(InvalidInput) as refused:
            identity.sign_in(runtime, "ann@example.com", "wrong password")
        return refused.value.message

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(refusal, range(16)))
    assert sum("password is wrong" in sentence for sentence in said) == identity.FREE_FAILURES


def test_an_unknown_address_costs_the_same_work_as_a_wrong_password(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "ROUNDS", 10)
    passwords._nobody.cache_clear()
    sign_up(runtime)

    def seconds(address: str) -> float:
        began = time.process_time()
        with pytest.raises(InvalidInput):
            identity.sign_in(runtime, address, "wrong password")
        return time.process_time() - began

    seconds("warm@example.com")
    known, unknown = (statistics.median(seconds(address) for _ in range(3)) for address in ("ann@example.com", "x@example.com"))
    assert 0.4 < known / unknown < 2.5


def test_a_changed_password_signs_out_every_other_browser(runtime: Runtime) -> None:
    here = sign_up(runtime)
    there = identity.open_session(runtime, identity.sign_in(runtime, "ann@example.com", PASSWORD), replaces=None, browser="")
    who = identity.signed_in(runtime, here)
    with pytest.raises(InvalidInput, match="current password is wrong"):
        account.change_password(who.ctx, runtime, current="nonsense", new="another good phrase", keep_session=who.session_id)
    assert account.change_password(who.ctx, runtime, current=PASSWORD, new="another good phrase", keep_session=who.session_id) == 1
    assert identity.signed_in(runtime, here).email == "ann@example.com"
    with pytest.raises(SignInRequired):
        identity.signed_in(runtime, there)
    assert identity.sign_in(runtime, "ann@example.com", "another good phrase")


def test_a_session_of_someone_else_cannot_be_revoked(runtime: Runtime, other_ctx: AccessContext) -> None:
    who = identity.signed_in(runtime, sign_up(runtime))
    assert [listed.session_id for listed in account.list_sessions(who.ctx, runtime)] == [who.session_id]
    with pytest.raises(NotFound):
        account.revoke_session(other_ctx, runtime, who.session_id)
    account.revoke_session(who.ctx, runtime, who.session_id)
    assert account.list_sessions(who.ctx, runtime) == []


def invited(ctx: AccessContext, runtime: Runtime, role: Role = Role.PLANNER, email: str = "vic@example.com") -> str:
    return members.invite(ctx, runtime, email=email, role=role)


def test_an_invitation_makes_a_member_once(runtime: Runtime, ctx: AccessContext) -> None:
    token = invited(ctx, runtime)
    view = members.view_invitation(runtime, token)
    assert (view.role, view.email, view.has_account, view.invited_by) == (Role.PLANNER, "vic@example.com", False, "Ann Owner")
    secret = identity.open_session(
        runtime, members.accept_invitation(runtime, token, name="Vic Vale", password=PASSWORD), replaces=None, browser=""
    )
    assert identity.signed_in(runtime, secret).ctx.role is Role.PLANNER
    with pytest.raises(NotFound):
        members.accept_invitation(runtime, token, name="Eve", password=PASSWORD)


@pytest.mark.parametrize("how", ["withdrawn", "replaced", "expired", "forged", "of another workspace", "nonsense"])
def test_an_invitation_that_has_ended_lets_nobody_in(
    how: str, runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext, clock: SettableClock
) -> None:
    token = invited(ctx, runtime)
    if how == "withdrawn":
        members.withdraw_invitation(ctx, runtime, members.list_invitations(ctx, runtime)[0].invitation_id)
    elif how == "replaced":
        invited(ctx, runtime)
    elif how == "expired":
        clock.advance(days=7)
    elif how == "forged":
        token += "x"
    elif how == "of another workspace":
        token = f"{other_ctx.workspace_id.hex}.{token.partition('.')[2]}"
    else:
        token = "nonsense"
    with pytest.raises(NotFound):
        members.accept_invitation(runtime, token, name="Vic", password=PASSWORD)


def test_someone_with_an_account_joins_a_second_workspace_and_can_switch(runtime: Runtime, ctx: AccessContext) -> None:
    secret = sign_up(runtime, "vic@example.com")
    token = invited(ctx, runtime, Role.VIEWER)
    with pytest.raises(InvalidInput, match="password is wrong"):
        members.join_as_member(runtime, token, email="vic@example.com", password="not the password")
    joined = identity.open_session(
        runtime, members.join_as_member(runtime, token, email="vic@example.com", password=PASSWORD), replaces=None, browser=""
    )
    who = identity.signed_in(runtime, joined)
    assert (who.ctx.workspace_id, who.ctx.role) == (ctx.workspace_id, Role.VIEWER)
    assert {option.role for option in account.list_workspaces(who.ctx, runtime)} == {Role.OWNER, Role.VIEWER}
    home = identity.signed_in(runtime, secret).ctx.workspace_id
    account.switch_workspace(who.ctx, runtime, session_id=who.session_id, workspace_id=home)
    assert identity.signed_in(runtime, joined).ctx.role is Role.OWNER
    with pytest.raises(NotFound):
        account.switch_workspace(who.ctx, runtime, session_id=who.session_id, workspace_id=uuid4())


def test_a_changed_role_and_a_removal_count_at_once(runtime: Runtime, ctx: AccessContext) -> None:
    token = invited(ctx, runtime)
    secret = identity.open_session(
        runtime, members.accept_invitation(runtime, token, name="Vic Vale", password=PASSWORD), replaces=None, browser=""
    )
    vic = identity.signed_in(runtime, secret).ctx
    members.change_role(ctx, runtime, vic.actor_id, Role.VIEWER)
    assert not identity.signed_in(runtime, secret).ctx.allows(Permission.EDIT_DRAFT)
    members.remove_member(ctx, runtime, vic.actor_id)
    with pytest.raises(SignInRequired):
        identity.signed_in(runtime, secret)
    with pytest.raises(Forbidden, match="not a member of any workspace"):
        identity.sign_in(runtime, "vic@example.com", PASSWORD)


def test_a_workspace_always_keeps_an_owner(runtime: Runtime, ctx: AccessContext) -> None:
    for attempt in (
        lambda: members.change_role(ctx, runtime, ctx.actor_id, Role.ADMIN),
        lambda: members.remove_member(ctx, runtime, ctx.actor_id),
    ):
        with pytest.raises(RuleViolation, match="no owner"):
            attempt()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PLANNER, Role.VIEWER])
def test_only_owners_make_owners_and_only_admins_manage(role: Role, runtime: Runtime, ctx: AccessContext) -> None:
    member = make_member(runtime, role, of=ctx, name="Max Member")
    target = make_member(runtime, Role.VIEWER, of=ctx, name="Tia Target")
    for attempt in (
        lambda: members.change_role(member, runtime, target.actor_id, Role.OWNER),
        lambda: members.invite(member, runtime, email="new@example.com", role=Role.OWNER),
        lambda: members.change_role(member, runtime, ctx.actor_id, Role.VIEWER),
        lambda: members.remove_member(member, runtime, ctx.actor_id),
    ):
        with pytest.raises(Forbidden):
            attempt()
    if role is Role.ADMIN:
        members.change_role(member, runtime, target.actor_id, Role.PLANNER)
    else:
        with pytest.raises(Forbidden):
            members.change_role(member, runtime, target.actor_id, Role.PLANNER)


def test_members_of_another_workspace_do_not_exist(runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext) -> None:
    invited(ctx, runtime)
    invitation = members.list_invitations(ctx, runtime)[0]
    attempts = [
        lambda: members.change_role(other_ctx, runtime, ctx.actor_id, Role.VIEWER),
        lambda: members.remove_member(other_ctx, runtime, ctx.actor_id),
        lambda: members.withdraw_invitation(other_ctx, runtime, invitation.invitation_id),
    ]
    for attempt in attempts:
        with pytest.raises(AppError) as refused:
            attempt()
        assert refused.value.code == "not_found"
    assert members.list_invitations(other_ctx, runtime) == []
    assert [member.user_id for member in members.list_members(other_ctx, runtime)] == [other_ctx.actor_id]
