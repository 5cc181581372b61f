"""Signing in, as a browser sees it: nothing is shown without it, a session can be ended, a cookie does not outlive it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD, new_context, open_page, picture, settled, sign_in, sign_up
from tests.server import Server, serving

pytestmark = pytest.mark.e2e


def test_a_cold_server_that_is_asked_for_a_protected_page_first_shows_sign_in(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "cold") as cold:
        context = new_context(browser, cold)
        page = context.new_page()
        page.goto("/members")
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
        settled(page)
        expect(page.get_by_text("Invite someone")).to_have_count(0)
        expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
        context.close()


def test_a_newcomer_signs_up_signs_out_and_in_again_to_the_page_they_asked_for(visitor: Page) -> None:
    email = sign_up(visitor)
    expect(visitor.get_by_text("Ann Archer · owner")).to_be_visible()
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert not [cookie for cookie in visitor.context.cookies() if cookie["name"] == "flightplan_session"]
    sign_in(visitor, email, at="/members")
    expect(visitor.get_by_role("heading", name="Members")).to_be_visible()


def test_a_cookie_that_is_replayed_after_signing_out_opens_nothing(visitor: Page, browser: Browser, server: Server) -> None:
    sign_up(visitor)
    stolen = [cookie for cookie in visitor.context.cookies() if cookie["name"] == "flightplan_session"]
    assert stolen[0]["httpOnly"] and stolen[0]["sameSite"] == "Lax"
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    thief = new_context(browser, server)
    thief.add_cookies(stolen)  # type: ignore[arg-type]
    page = thief.new_page()
    open_page(page, "/members")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    thief.close()


def test_a_browser_that_is_signed_out_from_another_one_is_out_at_its_next_click(visitor: Page, browser: Browser, server: Server) -> None:
    email = sign_up(visitor)
    other = new_context(browser, server)
    page = other.new_page()
    sign_in(page, email)
    page.get_by_role("button", name="Sign out").wait_for()
    open_page(visitor, "/account")
    visitor.get_by_role("button", name="Sign out", exact=True).nth(1).click()
    expect(visitor.get_by_text("That browser is signed out.")).to_be_visible()
    open_page(page, "/members")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    other.close()


def test_a_wrong_password_is_answered_without_telling_whether_the_address_is_known(visitor: Page) -> None:
    sign_in(visitor, "nobody-here@example.com")
    expect(visitor.get_by_text("The email or the password is wrong.")).to_be_visible()


def test_someone_invited_joins_with_the_role_of_the_link_and_the_link_works_once(visitor: Page, browser: Browser, server: Server) -> None:
    sign_up(visitor, workspace="South Media")
    open_page(visitor, "/members")
    visitor.get_by_role("textbox", name="Email").fill("vic@example.com")
    visitor.get_by_role("button", name="Invite").click()
    link = visitor.get_by_test_id("stCode").inner_text().strip()
    guest = new_context(browser, server)
    page = guest.new_page()
    open_page(page, link)
    expect(page.get_by_text("invites you to South Media as planner")).to_be_visible()
    for label, value in {"First name": "Vic", "Last name": "Vale", "Email": "vic@example.com"}.items():
        page.get_by_role("textbox", name=label, exact=True).fill(value)
    for label in ("Password", "Repeat the password"):
        page.get_by_role("textbox", name=label, exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Vic Vale · planner")).to_be_visible()
    late = new_context(browser, server)
    page = late.new_page()
    page.goto(link)
    expect(page.get_by_text("This invitation is not valid.")).to_be_visible()
    guest.close()
    late.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_the_account_are_pictured(theme: str, browser: Browser, server: Server) -> None:
    context = new_context(browser, server, dark=theme == "dark")
    page = context.new_page()
    open_page(page, "/")
    taken = [picture(page, f"sign-in-{theme}")]
    sign_up(page)
    for path in ("", "members", "activity", "account"):
        open_page(page, f"/{path}")
        taken.append(picture(page, f"{path or 'home'}-{theme}"))
    assert all(file.stat().st_size > 10_000 for file in taken)
    context.close()
