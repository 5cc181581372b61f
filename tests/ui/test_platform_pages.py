"""Sign-in, home, members, activity and account, per role and state."""

from __future__ import annotations

import pytest

from core.access import AccessContext, Role
from core.errors import VendorUnavailable
from core.runtime import Runtime
from core.services import overview
from core.services.activity import record
from core.services.identity import SignUp, sign_up
from pages._ui import nav
from tests.conftest import make_member
from tests.ui.conftest import OpenAs, texts

PAGES = [row.name for row in nav.ROWS]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_anything_but_sign_in_on_any_page(page: str, open_as: OpenAs) -> None:
    test = open_as(None, page)
    assert not test.exception
    assert [button.label for button in test.get("button") if button.label == "Sign in"] == ["Sign in"]
    assert test.title[0].value.endswith("Flightplan") and len(test.title) == 1


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_every_role_in_an_empty_workspace(
    page: str, role: Role, open_as: OpenAs, runtime: Runtime, ctx: AccessContext
) -> None:
    test = open_as(ctx if role is Role.OWNER else make_member(runtime, role, of=ctx), page)
    assert not test.exception
    assert "Something went wrong" not in texts(test)
    assert test.title, "a page has a title"


def test_a_wrong_password_is_told_on_the_form(open_as: OpenAs) -> None:
    test = open_as(None)
    test.text_input[0].input("x@example.com")
    test.text_input[1].input("wrong password")
    test.get("button")[0].click().run()
    assert "The email or the password is wrong." in str(test.error[0].proto)


def test_a_right_password_sends_the_browser_for_its_cookie(open_as: OpenAs, runtime: Runtime) -> None:
    sign_up(runtime, SignUp(email="ann@example.com", name="Ann", password="correct horse battery", workspace_name="North"))
    test = open_as(None, "members")
    test.text_input[0].input("ann@example.com")
    test.text_input[1].input("correct horse battery")
    test.get("button")[0].click().run()
    script = test.get("html")[0].proto.body
    assert "/auth/session?ticket=" in script and "next=%2Fmembers" in script


def test_the_first_step_of_a_new_workspace_is_to_connect(open_as: OpenAs, ctx: AccessContext) -> None:
    test = open_as(ctx)
    assert "Connect Google" in next(line for line in texts(test).splitlines() if "arrow_circle_right" in line)
    assert "No drafts yet" in texts(test)


def test_home_says_what_failed_instead_of_showing_nothing(open_as: OpenAs, ctx: AccessContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> None:
        raise VendorUnavailable("The list of plans is not available.", hint="Try again in a minute.")

    monkeypatch.setattr(overview, "list_files", down)
    test = open_as(ctx)
    assert "Try again in a minute." in texts(test)
    assert not test.metric


def test_a_viewer_sees_members_without_a_way_to_change_them(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    test = open_as(make_member(runtime, Role.VIEWER, of=ctx, name="Vic Viewer"), "members")
    assert "Vic Viewer" in texts(test) and "Ann Owner" in texts(test)
    assert not test.selectbox and not test.text_input


def test_an_owner_invites_someone_and_gets_the_link_once(open_as: OpenAs, ctx: AccessContext) -> None:
    test = open_as(ctx, "members")
    test.text_input(key="invite-email").input("new@example.com")
    next(button for button in test.get("button") if button.label == "Invite").click().run()
    assert "/?invitation=" in test.code[0].value
    assert "new\\@example" in texts(test)


def test_names_are_shown_as_they_are_entered(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    make_member(runtime, Role.VIEWER, of=ctx, name="![x](http://evil.example/x.png) **Bold**")
    assert "![x](" not in texts(open_as(ctx, "members"))


def test_activity_shows_what_was_done_and_says_when_nothing_was(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    assert "Nothing has happened yet" in texts(open_as(ctx, "activity"))
    with runtime.db.session(ctx) as session:
        record(session, ctx, "approved", "Spring plan", cells=2)
    table = open_as(ctx, "activity").dataframe[0].value
    assert list(table["What"]) == ["approved Spring plan"] and list(table["Details"]) == ["cells 2"]


def test_a_person_whose_session_was_revoked_is_out_at_the_next_run(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages._ui.guard.FRESH_SECONDS", 0.0)
    test = open_as(ctx, "members")
    with runtime.db.global_session() as session:
        session.connection().exec_driver_sql("update sign_in_sessions set revoked_at = now()")
    test.run()
    assert "Invite someone" not in texts(test) and test.title[0].value.endswith("Flightplan")
