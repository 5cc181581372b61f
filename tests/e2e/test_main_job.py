"""The main job in a browser: sign up, connect, find, open, plan, approve, see the sheet's own cells change, undo.

On a real plan whose budgets are formulas where ../shared is present, else on the hardest of the project's own samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from core.model.workbook import a1
from tests.e2e.conftest import open_page, picture, settled, sign_up
from tests.server import ROOT, Server

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]
REAL = ROOT.parent / "shared" / "data" / "media_plans" / "C16_ru_template_agency_fees_services" / "plan.xlsx"


@dataclass(frozen=True, slots=True)
class Case:
    """A plan to do the job on.

    Attributes:
        edits: what is typed into the planner: (row, period column) from 0, and the amount.
        written: what then stands in the sheet, by cell.
        input_label: the formulas' input to change, where budgets are formulas.
    """

    name: str
    tab: str
    edits: dict[tuple[int, int], str]
    written: dict[str, float]
    input_label: str | None = None


ON_REAL_PLAN = Case("Main job on a real plan", "Лист1", {(0, 0): "15752880", (1, 0): "3427200"}, {"L11": 1100, "L12": 210}, "Цена")
ON_OWN_SAMPLE = Case("Launch E-Bike 2027_v7_FINAL", "Mediaplan", {(0, 0): "15000", (1, 1): "20000.5"}, {"G10": 15000, "H11": 20000.5})


def lay_plan(server: Server) -> Case:
    """Lay the real plan into the Drive of the account that will be connected; the own sample is there already."""
    if not REAL.exists():
        return ON_OWN_SAMPLE
    answer = httpx.post(f"{server.base_url}/sandbox/admin/files", params={"name": ON_REAL_PLAN.name}, content=REAL.read_bytes())
    answer.raise_for_status()
    return ON_REAL_PLAN


def sheet_id(page: Page) -> str:
    """Give the spreadsheet behind the plan's page, by its link to Google."""
    link = page.get_by_role("link", name="Open in Google").get_attribute("href")
    assert link is not None
    return link.partition("/spreadsheets/d/")[2].partition("/")[0]


def sheet_of(server: Server, file_id: str) -> dict[str, Any]:
    """Give the spreadsheet as Google holds it at this moment, every cell of it."""
    document: dict[str, Any] = httpx.get(f"{server.base_url}/sandbox/admin/documents/{file_id}").raise_for_status().json()
    return document


def cells_of(document: dict[str, Any], tab: str) -> dict[str, tuple[object, object]]:
    """Give value and formula of every cell of a tab by address."""
    sheet = next(sheet for sheet in document["sheets"] if sheet["title"] == tab)
    return {a1(row, column): (value, formula) for row, column, value, formula, *_ in sheet["cells"]}


def contents(document: dict[str, Any]) -> list[Any]:
    """Give every tab's cells (values, formulas, formats, merges), without the row marks that Flightplan leaves behind."""
    return [[sheet["title"], sheet["cells"], sheet["merges"]] for sheet in document["sheets"]] + [document["formats"]]


def connect(page: Page) -> None:
    """Connect Google through the sandbox's consent page in the same tab and wait until every file is read."""
    open_page(page, "/connections")
    page.get_by_role("button", name="Connect Google").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Last synced just now")).to_be_visible(timeout=90_000)
    settled(page)


def open_plan(page: Page, name: str) -> str:
    """Find the plan by its name and open it with a click on its row; gives the address of its page."""
    open_page(page, "/files")
    page.get_by_role("textbox", name="Find").fill(name)
    page.get_by_role("textbox", name="Find").press("Enter")
    page.locator('[data-testid^="glide-cell-"]', has_text=name).first.wait_for(state="attached")
    settled(page)
    page.locator('[data-testid="stDataFrame"] .dvn-scroller').click(position={"x": 60, "y": 51})
    page.wait_for_url("**/plan?file=*")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    settled(page)
    return page.url


def type_amounts(page: Page, edits: dict[tuple[int, int], str]) -> None:
    """Type amounts into the planner's table: from its first cell by the keyboard, as one does in a spreadsheet."""
    for (row, period), amount in edits.items():
        grid = page.get_by_test_id("stDataFrame").first
        grid.locator(".dvn-scroller").click(position={"x": 120, "y": 50})
        page.keyboard.press("Control+Home")
        for key, times in (("ArrowRight", 3 + period), ("ArrowDown", row)):  # past the state, the name and its lock
            for _ in range(times):
                page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.locator("#portal textarea").fill(amount)
        page.keyboard.press("Enter")
        page.locator("#portal input").wait_for(state="detached")
        settled(page)


def propose(page: Page, case: Case) -> None:
    """Save what was typed, name the input to change where budgets are formulas, and propose."""
    page.get_by_role("button", name="Save", exact=True).click()
    settled(page)
    page.get_by_role("button", name="Save version").click()
    expect(page.get_by_text("Version 2 ·")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Propose write-back").click()
    dialog = page.get_by_role("dialog")
    if case.input_label is not None:
        dialog.get_by_role("button", name=case.input_label).or_(dialog.get_by_role("radio", name=case.input_label)).first.click()
    expect(dialog.get_by_text(f"{len(case.written)} cells will change")).to_be_visible()
    settled(page)
    picture(page, "main-job-proposal")
    dialog.get_by_role("button", name="Propose", exact=True).click()
    dialog.wait_for(state="detached")
    settled(page)


def show_done(page: Page, status: str) -> None:
    """Wait until the one change set has ended and stands under Done with the status."""
    page.get_by_text("Done (1)").click(timeout=60_000)
    expect(page.locator(".stMarkdownBadge", has_text=status).first).to_be_visible(timeout=60_000)
    settled(page)


def test_a_plan_goes_from_drive_through_the_planner_into_its_own_cells_and_back(visitor: Page, server: Server) -> None:
    case = lay_plan(server)
    sign_up(visitor, name="Paula Planner", workspace="Northwind")
    connect(visitor)
    address = open_plan(visitor, case.name)
    picture(visitor, "main-job-plan")
    file_id = sheet_id(visitor)
    before = sheet_of(server, file_id)

    visitor.get_by_role("button", name="Plan this budget").click()
    visitor.wait_for_url("**/planner?draft=*")
    settled(visitor)
    type_amounts(visitor, case.edits)
    picture(visitor, "main-job-planner")
    propose(visitor, case)
    assert sheet_of(server, file_id) == before, "a proposal writes nothing"

    open_page(visitor, "/approvals")
    visitor.get_by_role("button", name="Approve and write").click()
    show_done(visitor, "Written")
    picture(visitor, "main-job-written")
    was, now = cells_of(before, case.tab), cells_of(sheet_of(server, file_id), case.tab)
    assert {cell: now[cell][0] for cell in case.written} == case.written
    assert {cell: formula for cell, (_, formula) in now.items() if formula} == {
        cell: formula for cell, (_, formula) in was.items() if formula
    }
    typed = {cell for cell in was.keys() | now.keys() if was.get(cell) != now.get(cell) and not now.get(cell, (None, None))[1]}
    assert typed == set(case.written), "no other typed cell changed"

    visitor.get_by_role("button", name="Undo", exact=True).click()
    visitor.get_by_role("dialog").get_by_role("button", name="Undo", exact=True).click()
    show_done(visitor, "Undone")
    assert contents(sheet_of(server, file_id)) == contents(before), "every value, formula, format and merge is as it was"
    visitor.goto(address)
    expect(visitor.get_by_role("heading", name=case.name)).to_be_visible()
