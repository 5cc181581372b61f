"""The body of a plan's page: figures, questions, the sheet with its formula bar, and the panels beneath."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from uuid import UUID

import streamlit as st

from core.access import Permission
from core.errors import NotFound
from core.model.reading import Correction, PlanTable
from core.model.workbook import Tab
from core.services.files import FileInfo, PlanView, compare_snapshots, list_snapshots, open_plan
from core.services.readings import correct_reading, forget_corrections, list_corrections
from core.sheets.differences import Differences
from core.sheets.summary import summarise
from pages._ui import formats, state
from pages._ui.components import Metric, empty, failed, metric_row, say_after_rerun, stale
from pages._ui.guard import Page
from pages._ui.plan_panels import (
    cell_panel,
    columns_panel,
    differences_panel,
    items_panel,
    question_panel,
    skipped_panel,
    totals_panel,
    warnings_panel,
)
from pages._ui.sheet_marks import TabMarks, marks_of
from pages._ui.sheet_view import ROWS_A_VIEW, sheet_view, window_of

STALE = {
    "stale": "This is the last good reading.",
    "disconnected": "The account it came from is disconnected: this is how it was last read.",
    "gone": "It is gone from Drive, or no longer shared with you: this is how it was last read.",
    "behind": "It changed in Drive since: the next sync reads it again.",
}


_WIDEST = 14
"""Characters that fit a figure's box; longer amounts are shown without cents, and exactly in its help."""


def read_plan(page: Page, info: FileInfo) -> PlanView | None:
    """Open the plan, or say why there is nothing to show."""
    try:
        return open_plan(page.ctx, page.rt, info.file_id)
    except NotFound as error:
        if info.failure is not None:
            failed(info.failure)
        else:
            empty("Not read yet", says=f"{error.message} {error.hint}", icon=":material/hourglass_empty:")
        return None


def draw_age(plan: PlanView, now: datetime) -> None:
    """Say so when what is shown may be old."""
    if plan.state in STALE:
        stale(f"{STALE[plan.state]} {plan.file.failure or ''} Read {formats.ago(plan.synced_at, now)}.")


def draw_figures(plan: PlanView) -> None:
    """Draw the plan in five figures."""
    summary = summarise(plan.reading)
    checks = [check for table in plan.reading.tables for check in table.totals if check.computed_minor is not None]
    agreed = sum(check.matches for check in checks)
    exact, rounded = (formats.money(summary.total_minor, summary.currency, whole=whole) for whole in (False, True))
    metric_row(
        [
            Metric("Budget", exact if len(exact) <= _WIDEST else rounded, help=f"{exact} {_basis(plan)}"),
            Metric("Line items", str(summary.line_items)),
            Metric("Runs", _span(summary.start, summary.end)),
            Metric("Totals that add up", f"{agreed} of {len(checks)}" if checks else formats.NOTHING),
            Metric("Open questions", str(summary.questions)),
        ]
    )


def draw_questions(page: Page, plan: PlanView) -> None:
    """Ask what the sheet leaves open; an answer counts at once."""
    if not plan.reading.questions:
        return
    may_answer = page.ctx.allows(Permission.CORRECT_READING)
    year, show = page.rt.clock.now().year, partial(_show, plan)
    if (answer := question_panel(plan.reading.questions, year=year, may_answer=may_answer, show=show)) is not None:
        _settle(page, plan, answer)


def draw_sheet(plan: PlanView) -> None:
    """Draw the chosen tab with a formula bar over it."""
    marks = marks_of(plan.reading)
    tab = _choose_tab(plan)
    tab_marks = marks.get(tab.name, TabMarks())
    at_hand = state.PLAN_CELL.of(plan.file.file_id)
    cell_panel(tab, tab_marks, at_hand.get())
    used = window_of(tab).used_rows
    first = 1
    if used > ROWS_A_VIEW:
        pages = -(-used // ROWS_A_VIEW)
        first = 1 + ROWS_A_VIEW * (st.pagination(pages, key=f"rows_{plan.snapshot_id}_{tab.name}") - 1)
    clicked = sheet_view(tab, tab_marks, window=window_of(tab, first), focus=at_hand.get(), key=f"sheet_{plan.file.file_id}")
    if clicked is not None and clicked != at_hand.get():
        at_hand.set(clicked)
        st.rerun()


def draw_panels(page: Page, plan: PlanView) -> None:
    """Draw what was read as lists; a chosen row leads to its cell."""
    names = ["Line items", "Totals", "Left out", "Columns and currency", "What changed"]
    if plan.reading.warnings:
        names.append(f"Warnings ({len(plan.reading.warnings)})")
    drawn = dict(zip(names, st.tabs(names, key=f"panels_{plan.file.file_id}"), strict=True))
    table = _choose_table(plan)
    if table is not None:
        key, show = f"{plan.snapshot_id}_{table.tab}_{table.range}", partial(_show, plan, table.tab)
        with drawn["Line items"]:
            items_panel(table, key=f"items_{key}", show=show)
        with drawn["Totals"]:
            totals_panel(table, key=f"totals_{key}", show=show)
        with drawn["Left out"]:
            skipped_panel(table, key=f"skipped_{key}", show=show)
        with drawn["Columns and currency"]:
            _draw_corrections(page, plan, table, key)
    with drawn["What changed"]:
        _draw_changes(page, plan)
    if plan.reading.warnings:
        with drawn[names[-1]]:
            warnings_panel(plan.reading)


def _draw_corrections(page: Page, plan: PlanView, table: PlanTable, key: str) -> None:
    may = page.ctx.allows(Permission.CORRECT_READING)
    if (changed := columns_panel(table, key=f"columns_{key}", may_correct=may)) is not None:
        _settle(page, plan, changed)
    settled = list_corrections(page.ctx, page.rt, plan.file.file_id)
    if settled and st.button(f"Forget {formats.count(len(settled), 'correction')}", key="forget", icon=":material/undo:", disabled=not may):
        forget_corrections(page.ctx, page.rt, plan.file.file_id)
        say_after_rerun("The sheet is read afresh.")
        st.rerun()


def _draw_changes(page: Page, plan: PlanView) -> None:
    snapshots = list_snapshots(page.ctx, page.rt, plan.file.file_id)
    if len(snapshots) < 2:
        st.caption("This is the first reading. What changes in the sheet from now on is told here, in money.")
        return
    taken = {snapshot.snapshot_id: formats.moment(snapshot.taken_at) for snapshot in snapshots}
    left, right = st.columns(2)
    ids: list[UUID] = list(taken)
    was = left.selectbox("Compare", ids, index=1, format_func=lambda i: taken[i], key=f"was_{plan.file.file_id}")
    now = right.selectbox("with", ids, index=0, format_func=lambda i: taken[i], key=f"now_{plan.file.file_id}")
    found: Differences = compare_snapshots(page.ctx, page.rt, plan.file.file_id, was=was, now=now)
    differences_panel(found)


def _choose_tab(plan: PlanView) -> Tab:
    """Offer the tabs in the sheet's order; the first with a plan on it is shown at first."""
    tabs = {tab.name: tab for tab in plan.workbook.tabs}
    known = state.PLAN_TAB.of(plan.file.file_id)
    with_plan = [table.tab for table in plan.reading.tables]
    first = known.get() or next(iter(with_plan), next(iter(tabs)))

    def label(name: str) -> str:
        hidden = "" if tabs[name].visibility == "visible" else " :material/visibility_off:"
        return formats.plain(name) + (" :material/table_chart:" if name in with_plan else "") + hidden

    if len(tabs) == 1:
        return plan.workbook.tabs[0]
    key = f"tab_{plan.file.file_id}_{first}"
    chosen = st.segmented_control("Tab", list(tabs), default=first, required=True, format_func=label, key=key, label_visibility="collapsed")
    if chosen != first:
        known.set(chosen)
        state.PLAN_CELL.of(plan.file.file_id).set(None)
        st.rerun()
    return tabs[chosen]


def _choose_table(plan: PlanView) -> PlanTable | None:
    tables = plan.reading.tables
    if not tables:
        st.caption("Nothing on this sheet was read as a table of line items.")
        return None
    if len(tables) == 1:
        return tables[0]
    groups = [table for table in tables if table.alternative_group is not None]
    if groups:
        st.info("Some tables are alternatives: only the first of each group counts in the budget.", icon=":material/alt_route:")

    def label(number: int) -> str:
        table = tables[number]
        group = f" · alternative {table.alternative_group}" if table.alternative_group is not None else ""
        return f"{table.tab} {table.range} · {formats.money(table.total_minor, table.currency)}{group}"

    return tables[st.selectbox("Table", range(len(tables)), format_func=label, key=f"table_{plan.snapshot_id}")]


def _show(plan: PlanView, tab: str | None, cell: str) -> None:
    """Bring a cell in view; for callbacks."""
    state.PLAN_CELL.of(plan.file.file_id).set(cell)
    if tab is not None:
        state.PLAN_TAB.of(plan.file.file_id).set(tab)


def _settle(page: Page, plan: PlanView, correction: Correction) -> None:
    correct_reading(page.ctx, page.rt, plan.file.file_id, correction)
    say_after_rerun("Noted: the sheet is read with that from now on.")
    st.rerun()


def _span(start: date | None, end: date | None) -> str:
    """Give `Jan – Mar 2026`; the year twice only where it changes."""
    if start is None or end is None:
        return formats.NOTHING
    if (start.year, start.month) == (end.year, end.month):
        return f"{end:%b %Y}"
    return f"{start:%b} – {end:%b %Y}" if start.year == end.year else f"{start:%b %y} – {end:%b %y}"


def _basis(plan: PlanView) -> str:
    said = {
        f"{table.basis}{'' if table.vat_included is None else ' with VAT' if table.vat_included else ' without VAT'}"
        for table in plan.reading.tables
    }
    return " and ".join(sorted(said))
