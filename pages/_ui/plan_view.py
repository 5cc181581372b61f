"""The body of a plan's page: figures, questions, the sheet with its formula bar, and the panels beneath."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from uuid import UUID

import streamlit as st

from core.access import Permission
from core.errors import NotFound
from core.model.reading import Correction, PlanTable, Question
from core.model.workbook import Tab
from core.services.changes import refusal_of
from core.services.files import FileInfo, PlanView, compare_snapshots, decide_plan, list_snapshots, open_plan
from core.services.readings import correct_reading, forget_correction, list_settled, take_over
from core.services.sync import refresh_now
from core.sheets.differences import Differences
from core.sheets.summary import counted_tables, summarise
from pages._ui import formats, state
from pages._ui.components import Metric, empty, failed, metric_row, say_after_rerun, stale
from pages._ui.guard import Page
from pages._ui.plan_panels import (
    alternatives_panel,
    cell_panel,
    columns_panel,
    correction_words,
    differences_panel,
    items_panel,
    question_panel,
    settled_panel,
    skipped_panel,
    totals_panel,
    warnings_panel,
)
from pages._ui.row_choice import row_choice
from pages._ui.sheet_marks import address_of, marks_of
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
            title = "Not read yet" if info.synced_at is None or info.is_plan else "No media plan"
            empty(title, says=f"{error.message} {error.hint}", icon=":material/hourglass_empty:")
        return None


def draw_decide(page: Page, info: FileInfo, *, read_now: bool) -> None:
    """Let a person say whether the file is a plan; the cells of one that was none were not kept, so it may have to be read at once."""
    label = "This is no media plan" if info.is_plan else "This is a media plan"
    if st.button(label, icon=":material/rule:", key="plan_decide", type="tertiary"):
        decide_plan(page.ctx, page.rt, info.file_id, is_plan=not info.is_plan)
        if read_now and not info.is_plan:
            state.SYNC_JOB.set(refresh_now(page.ctx, page.rt, file_id=info.file_id))
        st.rerun()


def draw_age(plan: PlanView, now: datetime) -> None:
    """Say so when what is shown may be old, and when it cannot be written."""
    if plan.state in STALE:
        stale(f"{STALE[plan.state]} {plan.file.failure or ''} Read {formats.ago(plan.synced_at, now)}.")
    if (refusal := refusal_of(plan.file)) is not None:
        st.info(formats.plain(refusal), icon=":material/edit_off:")


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
    """Say what was settled elsewhere, ask what the sheet leaves open and which alternative counts; an answer counts at once."""
    _draw_settled(page, plan)
    _draw_offered(page, plan)
    may_answer = page.ctx.allows(Permission.CORRECT_READING)
    year, show = page.rt.clock.now().year, partial(_show, plan)
    answer = question_panel(_elsewhere(plan), year=year, may_answer=may_answer, show=show)
    answer = alternatives_panel(plan.reading.tables, [tab.name for tab in plan.workbook.tabs], may_correct=may_answer) or answer
    if answer is not None:
        _settle(page, plan, answer)


def _draw_settled(page: Page, plan: PlanView) -> None:
    """Say what counts here that was settled for another file, and that the reading changed since this window drew it."""
    settled = list_settled(page.ctx, page.rt, plan.file.file_id, plan.reading)
    others = sorted({one.made_for for one in settled if one.made_for is not None and one.client is None})
    if others:
        names = formats.plain(", ".join(others))
        st.info(f"Read with what was settled for {names}, of the same layout: see Columns and currency.", icon=":material/history_edu:")
    seen, now = state.PLAN_SEEN.of(plan.file.file_id), (plan.snapshot_id, settled)
    if seen.get() not in (None, now):
        st.toast("The reading changed since this window showed it. What you see now is the newest.", icon=":material/update:")
    seen.set(now)


def _draw_offered(page: Page, plan: PlanView) -> None:
    """Offer what was settled for files of the same layout that another client or account owns: none of it counts by itself."""
    offered = [one for one in list_settled(page.ctx, page.rt, plan.file.file_id, plan.reading) if one.client is not None]
    may = page.ctx.allows(Permission.CORRECT_READING)
    for number, one in enumerate(offered):
        with st.container(horizontal=True, vertical_alignment="center"):
            whose = f"{one.made_for} of {one.client}" if one.client else f"{one.made_for}, from another account"
            says = f"Settled for {formats.plain(whose)}, same layout; not used here: {formats.plain(correction_words(one.correction))}"
            st.markdown(f":material/history_edu: {says}", width="content")
            if st.button("Use it here", key=f"take_{number}_{one.correction.target}", type="tertiary", disabled=not may):
                take_over(page.ctx, page.rt, plan.file.file_id, one.correction)
                _say_settled(plan, "Noted: the sheet is read with that from now on.")
            if st.button("Dismiss", key=f"dismiss_{number}_{one.correction.target}", type="tertiary", disabled=not may):
                forget_correction(page.ctx, page.rt, plan.file.file_id, one.correction)
                _say_settled(plan, "Dismissed: it is not offered for this plan any more.")


def _in_hand(plan: PlanView) -> list[Question]:
    """Give the questions about the cell in hand: they are asked beside it."""
    at_hand = state.PLAN_CELL.of(plan.file.file_id).get()
    tab = _shown_tab(plan)
    return [one for one in plan.reading.questions if at_hand is not None and one.cell == at_hand and one.tab == tab]


def _elsewhere(plan: PlanView) -> list[Question]:
    return [one for one in plan.reading.questions if one not in _in_hand(plan)]


def draw_sheet(page: Page, plan: PlanView) -> None:
    """Draw the chosen tab with a formula bar over it, and what is asked about the cell in hand."""
    tab = _choose_tab(plan)
    at_hand = state.PLAN_CELL.of(plan.file.file_id)
    bar = st.container()
    window = window_of(tab)
    if window.used_rows > ROWS_A_VIEW:
        pages = -(-window.used_rows // ROWS_A_VIEW)
        first = 1 + ROWS_A_VIEW * (st.pagination(pages, key=f"rows_{plan.snapshot_id}_{tab.name}") - 1)
        window = window if first == 1 else window_of(tab, first)
    in_hand = address_of(at_hand.get())
    rows = [*range(window.first_row, window.last_row + 1), *(in_hand[:1] if in_hand else ())]
    marks = marks_of(plan.reading, tab.name, around=rows)
    with bar:
        cell_panel(tab, marks, at_hand.get())
        may_answer, show = page.ctx.allows(Permission.CORRECT_READING), partial(_show, plan)
        answer = question_panel(_in_hand(plan), year=page.rt.clock.now().year, may_answer=may_answer, show=show)
        if in_hand is not None:
            answer = answer or row_choice(plan.reading.tables, tab.name, in_hand, may_correct=may_answer)
        if answer is not None:
            _settle(page, plan, answer)
    clicked = sheet_view(tab, marks, window=window, focus=at_hand.get(), key=f"sheet_{plan.file.file_id}")
    if clicked is not None and clicked != at_hand.get():
        at_hand.set(clicked)
        st.rerun()


def draw_panels(page: Page, plan: PlanView) -> None:
    """Draw what was read as lists; a chosen row leads to its cell."""
    names = ["Line items", "Totals", "Left out", "Columns and currency", "What changed"]
    if plan.reading.warnings:
        names.append(f"Warnings ({len(plan.reading.warnings)})")
    table = _choose_table(plan)
    drawn = dict(zip(names, st.tabs(names, key=f"panels_{plan.file.file_id}"), strict=True))
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
    with drawn["Columns and currency"]:
        _draw_forgetting(page, plan)
    with drawn["What changed"]:
        _draw_changes(page, plan)
    if plan.reading.warnings:
        with drawn[names[-1]]:
            warnings_panel(plan.reading)


def _draw_corrections(page: Page, plan: PlanView, table: PlanTable, key: str) -> None:
    may = page.ctx.allows(Permission.CORRECT_READING)
    if (changed := columns_panel(table, plan.reading.tables, key=f"columns_{key}", may_correct=may)) is not None:
        _settle(page, plan, changed)


def _draw_forgetting(page: Page, plan: PlanView) -> None:
    settled = [one for one in list_settled(page.ctx, page.rt, plan.file.file_id, plan.reading) if one.client is None]
    forgotten = settled_panel(settled, may_correct=page.ctx.allows(Permission.CORRECT_READING))
    if forgotten is not None:
        forget_correction(page.ctx, page.rt, plan.file.file_id, forgotten)
        _say_settled(plan, "Forgotten: the sheet is read without that.")


def _draw_changes(page: Page, plan: PlanView) -> None:
    snapshots = list_snapshots(page.ctx, page.rt, plan.file.file_id)
    if len(snapshots) < 2:
        st.caption("This is the first reading. What changes in the sheet from now on is told here, in money.")
        return
    last = len(snapshots)
    taken = {one.snapshot_id: f"{last - number}. {formats.moment(one.taken_at)}" for number, one in enumerate(snapshots)}
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
    first = _shown_tab(plan)

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


def _shown_tab(plan: PlanView) -> str:
    """Give the tab that is shown: the chosen one while there is such a tab, else the first with a plan on it."""
    names = [tab.name for tab in plan.workbook.tabs]
    known = state.PLAN_TAB.of(plan.file.file_id).get()
    return known if known in names else next((table.tab for table in plan.reading.tables), names[0])


def _choose_table(plan: PlanView) -> PlanTable | None:
    tables = plan.reading.tables
    if not tables:
        empty(
            "No line items were found in this file",
            says="It needs a row of headers such as Channel, Start and Budget, and amounts under it. Mend the file, then bring it again.",
        )
        return None
    if len(tables) == 1:
        return tables[0]
    counted = counted_tables(plan.reading)

    def label(table: PlanTable) -> str:
        aside = "" if table in counted else " · alternative, not counted"
        return f"{table.tab} {table.range} · {formats.money(table.total_minor, table.currency)}{aside}"

    labels = formats.apart({number: label(table) for number, table in enumerate(tables)})
    shown = _shown_tab(plan)
    first = next((number for number, table in enumerate(tables) if table.tab == shown), 0)
    read = "_".join(table.range for table in tables)  # the browser keeps the words of a box whose choices changed under it
    key = f"table_{plan.snapshot_id}_{shown}_{read}"
    return tables[st.selectbox("Table", range(len(tables)), index=first, format_func=labels.__getitem__, key=key)]


def _show(plan: PlanView, tab: str | None, cell: str) -> None:
    """Bring a cell in view; for callbacks."""
    state.PLAN_CELL.of(plan.file.file_id).set(cell)
    if tab is not None:
        state.PLAN_TAB.of(plan.file.file_id).set(tab)


def _settle(page: Page, plan: PlanView, correction: Correction) -> None:
    correct_reading(page.ctx, page.rt, plan.file.file_id, correction)
    _say_settled(plan, "Noted: the sheet is read with that from now on.")


def _say_settled(plan: PlanView, sentence: str) -> None:
    state.PLAN_SEEN.of(plan.file.file_id).set(None)  # it was this window that changed the reading
    say_after_rerun(sentence)
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
