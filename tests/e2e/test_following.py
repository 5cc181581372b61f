"""The talk's window in a real browser: it follows to a new answer, and leaves a person where they scrolled up to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from pages._ui.components import follow_script

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]
WINDOW = """<body style="margin:0"><div data-testid="stAppScrollToBottomContainer" style="height:400px;overflow:auto">
<div id="talk" style="height:2000px"></div></div></body>"""
ALL = "document.querySelector('[data-testid=stAppScrollToBottomContainer]')"
AT_FOOT = f"{ALL}.scrollHeight - {ALL}.scrollTop - {ALL}.clientHeight < 2"


@pytest.fixture
def talk(browser: Browser) -> Iterator[Page]:
    """A window with a talk that is longer than it."""
    context = browser.new_context(viewport={"width": 600, "height": 400})
    page = context.new_page()
    page.set_content(WINDOW)
    yield page
    context.close()


def follow(page: Page, *, from_anywhere: bool) -> None:
    """Run the script of the page and wait until it has come to its end."""
    done = int(page.evaluate(f"Number({ALL}.dataset.followed || 0)"))
    page.evaluate(f"() => {follow_script(from_anywhere=from_anywhere)}")
    page.wait_for_function(f"Number({ALL}.dataset.followed || 0) > {done}")


def grow(page: Page) -> None:
    page.evaluate("document.getElementById('talk').style.height = document.getElementById('talk').offsetHeight + 1500 + 'px'")


def scroll(page: Page, by: int) -> None:
    """Turn the wheel and wait until the window has moved so far."""
    wanted = page.evaluate(f"Math.min({ALL}.scrollHeight - {ALL}.clientHeight, Math.max(0, {ALL}.scrollTop + {by}))")
    page.mouse.move(200, 200)
    page.mouse.wheel(0, by)
    page.wait_for_function(f"Math.abs({ALL}.scrollTop - {wanted}) < 2")


def test_the_window_follows_an_answer_however_much_it_grows(talk: Page) -> None:
    follow(talk, from_anywhere=True)
    assert talk.evaluate(AT_FOOT)
    grow(talk)
    follow(talk, from_anywhere=False)
    assert talk.evaluate(AT_FOOT)


@pytest.mark.parametrize("by", [-120, -700])
def test_a_person_who_scrolled_up_stays_there_until_the_next_question(talk: Page, by: int) -> None:
    follow(talk, from_anywhere=True)
    scroll(talk, by)
    talk.wait_for_function(f"{ALL}.dataset.away === '1'")
    there = talk.evaluate(f"{ALL}.scrollTop")
    grow(talk)
    follow(talk, from_anywhere=False)
    assert talk.evaluate(f"{ALL}.scrollTop") == there
    follow(talk, from_anywhere=True)
    assert talk.evaluate(AT_FOOT), "the next question brings its answer into view"


def test_back_at_the_foot_the_window_follows_again(talk: Page) -> None:
    follow(talk, from_anywhere=True)
    scroll(talk, -300)
    scroll(talk, 2000)
    talk.wait_for_function(f"{ALL}.dataset.away === undefined")
    grow(talk)
    follow(talk, from_anywhere=False)
    assert talk.evaluate(AT_FOOT)
