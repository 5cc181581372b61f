"""Every page of a filled workspace, pictured in both themes for people to look at; artifacts/ keeps them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pages._ui import nav
from tests.e2e.conftest import new_context, open_page, picture
from tests.server import Server, serving

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]
_IS_DARK = """dark => {
  const [r, g, b] = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor.match(/[0-9]+/g).map(Number);
  return (r + g + b < 384) === dark;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: the sandbox's Drive holds the demo's files only."""
    with serving(tmp_path_factory.mktemp("pictures") / "data") as running:
        yield running


def test_every_page_of_the_demo_workspace_is_drawn_and_pictured_in_light_and_dark(browser: Browser, server: Server) -> None:
    context = new_context(browser, server)
    context.set_default_timeout(60_000)  # the demo's curves are fitted meanwhile, on the same processors
    page = context.new_page()
    open_page(page, "/")
    page.get_by_role("button", name="Try the demo workspace").click()
    expect(page.get_by_text("Waiting for someone")).to_be_visible(timeout=120_000)
    for row in nav.ROWS:
        open_page(page, "/" if row.name == "home" else f"/{row.name}")
        _picture_both(page, row.name)
    open_page(page, "/files")
    page.locator('[data-testid="stDataFrame"] .dvn-scroller').click(position={"x": 60, "y": 51})
    page.wait_for_url("**/plan?file=*")
    expect(page.locator("td[data-at]").first).to_be_visible(timeout=60_000)
    _picture_both(page, "plan")
    context.close()


def _picture_both(page: Page, name: str) -> None:
    """Picture a page in light, then in dark: whoever's computer changes over in the evening sees the open page change."""
    for scheme, is_dark in (("light", False), ("dark", True)):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(_IS_DARK, arg=is_dark)
        assert picture(page, f"{name}-{scheme}").stat().st_size > 10_000
        expect(page.get_by_text("Something went wrong")).to_have_count(0)
    page.emulate_media(color_scheme="light")
