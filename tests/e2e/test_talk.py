"""The whole talk in a browser: ask for a split, watch it work, adjust, save, approve on the card, see the sheet change, ask, undo."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.agents.plans import plan_bytes
from tests.e2e.conftest import open_page, picture, settled, sign_up
from tests.e2e.test_main_job import cells_of, connect, contents, sheet_id, sheet_of
from tests.server import Server

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(200)]
NAME, TAB = "Spring talk", "Plan 2026"


def lay_plan(server: Server) -> None:
    """Lay a plan with four channels and a row of total formulas into the Drive that will be connected."""
    httpx.post(f"{server.base_url}/sandbox/admin/files", params={"name": NAME}, content=plan_bytes()).raise_for_status()


def ask_from_the_plan(page: Page) -> str:
    """Open the plan from the list, then the assistant from the plan; gives the spreadsheet's id."""
    open_page(page, "/files")
    page.get_by_role("textbox", name="Find").fill(NAME)
    page.get_by_role("textbox", name="Find").press("Enter")
    page.locator('[data-testid^="glide-cell-"]', has_text=NAME).first.wait_for(state="attached")
    settled(page)
    page.locator('[data-testid="stDataFrame"] .dvn-scroller').click(position={"x": 60, "y": 51})
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    file_id = sheet_id(page)
    page.get_by_role("link", name="Ask the assistant").click()
    expect(page.get_by_text(f"About {NAME}")).to_be_visible()
    settled(page)
    return file_id


def weekly_series() -> bytes:
    """Give a platform's weekly export: forty weeks of three channels, in euros."""
    lines = ["Week,Channel,Cost (EUR),Impressions,Clicks,Conversions"]
    for week in range(40):
        for n, channel in enumerate(("Search", "Meta", "TV")):
            cost = 5_000 * (n + 1) * (1 + 0.4 * ((week * (n + 3)) % 7 - 3) / 3)
            lines.append(f"{date(2026, 1, 5) + timedelta(weeks=week)},{channel},{cost:.2f},{cost * 90:.0f},{cost:.0f},{40 + cost**0.6:.0f}")
    return "\n".join(lines).encode()


def say(page: Page, message: str, *, scroll: bool = True) -> str:
    """Type a message by the keyboard and wait for the whole answer; gives what it says."""
    already = page.get_by_test_id("stChatMessage").count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.click()
    box.fill(message)
    box.press("Enter")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(already + 2)
    answer = page.get_by_test_id("stChatMessage").last
    answer.get_by_role("button", name="Ask again").wait_for()
    settled(page)
    if scroll:
        answer.scroll_into_view_if_needed()
    return answer.inner_text()


def decide(page: Page, status: str) -> None:
    """Wait until the card in the chat shows what became of the change set."""
    expect(page.locator(".stMarkdownBadge", has_text=status).first).to_be_visible(timeout=60_000)
    settled(page)


def test_a_person_plans_adjusts_approves_asks_and_undoes_in_one_talk(visitor: Page, server: Server) -> None:
    lay_plan(server)
    sign_up(visitor, name="Tara Talker", workspace="Talks")
    connect(visitor)
    file_id = ask_from_the_plan(visitor)
    before = sheet_of(server, file_id)

    assert "EUR 120,000" in say(visitor, "I have 120k for Q1: how should I split it?")
    visitor.get_by_test_id("stExpander").get_by_text("1 step in").click()
    expect(visitor.get_by_test_id("stExpander").get_by_text("Calculate distribution")).to_be_visible()
    locked = say(visitor, "lock TV at 20k")
    assert "EUR 20,000" in locked and "EUR 120,000" in locked
    picture(visitor, "talk-locked")
    assert "Saved as version" in say(visitor, "yes, save it")
    say(visitor, "write it back to the sheet")
    assert sheet_of(server, file_id) == before, "a proposal writes nothing"

    visitor.get_by_role("button", name="Approve and write").click()
    decide(visitor, "Written")
    now = cells_of(sheet_of(server, file_id), TAB)
    assert now["F6"][0] == 20000 and sum(float(str(now[f"F{row}"][0])) for row in range(4, 8)) == pytest.approx(120_000)
    assert now["C6"][0] == 13333.33 and now["F8"] == (pytest.approx(120_000), "=SUM(F4:F7)")

    told = say(visitor, "what did you change?")
    assert "approved by Tara Talker" in told and "Plan 2026!C6" in told and "EUR 30,000" in told and "EUR 13,333.33" in told
    picture(visitor, "talk-what-changed")
    visitor.get_by_role("button", name="Undo", exact=True).click()
    visitor.get_by_role("dialog").get_by_role("button", name="Undo", exact=True).click()
    decide(visitor, "Undone")
    assert contents(sheet_of(server, file_id)) == contents(before), "all is as it was"
    assert "was undone" in say(visitor, "so what is in the sheet now, what did you change?")
    picture(visitor, "talk-undone")

    with visitor.expect_download() as saved:  # what is downloaded is made when it is asked for, without the page's session
        visitor.get_by_role("button", name="This conversation").click()
        visitor.get_by_role("button", name="Export as Markdown").press("Enter")
    assert "I have 120k for Q1" in saved.value.path().read_text(encoding="utf-8")
    visitor.keyboard.press("Escape")
    series = {"name": "weekly.csv", "mimeType": "text/csv", "buffer": weekly_series()}
    visitor.locator("input[type=file]").first.set_input_files([series])  # type: ignore[list-item]
    visitor.get_by_text("weekly.csv").first.wait_for()
    assert "weekly.csv is taken in: 120 rows in EUR" in say(visitor, "How did the channels perform?", scroll=False)
