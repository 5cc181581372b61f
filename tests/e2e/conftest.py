"""Fixtures of the browser tests: a server, a browser, a fresh visitor; and what people do over and over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.chromium import chromium_path
from tests.server import ROOT, Server, serving

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PASSWORD = "correct horse battery"
ARTIFACTS = ROOT / "artifacts"
expect.set_options(timeout=20_000)  # as long as actions have: what two servers and browsers do on two cores may take its time


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a cold data folder whose path has a space in it; shared by the worker's tests."""
    with serving(tmp_path_factory.mktemp("e2e") / "data folder") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that is gone after the module: while it lives an event loop runs in this thread, which other suites must not meet."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), headless=True, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Page]:
    """A page in a browser that has never been here, 1440 by 900."""
    context = new_context(browser, server)
    yield context.new_page()
    context.close()


def new_context(browser: Browser, server: Server, *, dark: bool = False) -> BrowserContext:
    """Open a browser profile of its own: cookies are not shared with others."""
    context = browser.new_context(
        base_url=server.base_url, viewport={"width": 1440, "height": 900}, color_scheme="dark" if dark else "light", accept_downloads=True
    )
    context.set_default_timeout(20_000)
    return context


def settled(page: Page) -> None:
    """Wait until Streamlit has run the page to its end."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


def open_page(page: Page, path: str) -> None:
    """Open a page of the app by its address and wait for its heading."""
    page.goto(path)
    page.locator("h1").first.wait_for()
    settled(page)


def sign_up(page: Page, *, name: str = "Ann Archer", workspace: str = "North Media") -> str:
    """Sign up from the sign-in page and wait for the home page; gives the address."""
    email = f"{name.split()[0].lower()}-{uuid4().hex[:8]}@example.com"
    open_page(page, "/")
    page.get_by_role("radio", name="Sign up").click()
    settled(page)
    for label, value in {
        "Workspace": workspace,
        "First name": name.split()[0],
        "Last name": name.split()[1],
        "Email": email,
        "Password": PASSWORD,
        "Repeat the password": PASSWORD,
    }.items():
        page.get_by_role("textbox", name=label, exact=True).fill(value)
    page.get_by_role("button", name="Sign up", exact=True).click()
    page.get_by_role("button", name="Sign out").wait_for()
    settled(page)
    return email


def sign_in(page: Page, email: str, password: str = PASSWORD, *, at: str = "/") -> None:
    """Fill the sign-in form and send it; what follows is the test's."""
    open_page(page, at)
    page.get_by_role("textbox", name="Email", exact=True).fill(email)
    page.get_by_role("textbox", name="Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def picture(page: Page, name: str) -> Path:
    """Keep a picture of the whole page in artifacts/: Streamlit scrolls inside, so the window grows to what is in it."""
    settled(page)
    height = page.evaluate("document.querySelector('[data-testid=stMain], [data-testid=stAppScrollToBottomContainer]').scrollHeight")
    page.set_viewport_size({"width": 1440, "height": max(900, int(height))})
    settled(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=60_000)  # charts and tables are drawn after the script has run
    ARTIFACTS.mkdir(exist_ok=True)
    target = ARTIFACTS / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.png"
    page.screenshot(path=str(target))
    page.set_viewport_size({"width": 1440, "height": 900})
    return target
