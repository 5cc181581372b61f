"""The proposal dialog: what would be written, what follows, what has to be chosen first, and why it may not be possible."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services import changes, drafts
from core.services.draft_views import DraftView
from core.sheets.writing.edits import WritePlan
from pages._ui import formats, nav, state
from pages._ui.boundary import boundary, show_error
from pages._ui.change_view import draw_choices, draw_diff, draw_follows, draw_ratios, draw_rows
from pages._ui.components import say_after_rerun
from pages._ui.formats import plain
from pages._ui.guard import Page
from pages._ui.plan_panels import sentence_of


def _counted(plan: WritePlan) -> str:
    cells = f"{formats.count(len(plan.edits), 'cell')} will change; every formula and format stays."
    rows = f"{formats.count(len(plan.rows.edits), 'row')} will be inserted or deleted. "
    return (rows if plan.rows.edits else "") + (cells if plan.edits else "")


def draw_open_questions(page: Page, draft: DraftView) -> None:
    """Repeat what is open about the money of the sheet, with the way to where it is answered."""
    with boundary():
        if asking := drafts.open_questions(page.ctx, page.rt, draft.draft_id):
            with st.container(border=True, horizontal=True, vertical_alignment="center", key="open-questions"):
                st.markdown(":orange-badge[:material/help: Open] " + " ".join(sentence_of(question) for question in asking[:3]))
                st.caption("Nothing can be proposed until it is answered. Start the draft anew then.")
                nav.link("plan", label="Answer", icon=":material/help:", query={"file": str(draft.file_id)})


def draw_proposal(page: Page, draft: DraftView) -> None:
    """Draw the diff of the newest version against the sheet and the button that proposes it."""
    held, currency = state.INPUT_CHOICES.of(draft.draft_id), draft.distribution.currency
    try:
        asked = changes.preview(page.ctx, page.rt, draft.draft_id)
        chosen = draw_choices(asked.choices, dict(held.get()), currency=currency) if asked.choices else {}
        chosen |= draw_ratios(asked.ratios, dict(held.get()))
        held.set(chosen)
        plan = changes.preview(page.ctx, page.rt, draft.draft_id, inputs=chosen) if chosen else asked
        warnings = changes.warnings_of_writing(page.ctx, page.rt, draft.draft_id, plan) if not plan.is_empty else ()
    except AppError as error:
        show_error(error)
        return
    for sentence in plan.violations:
        st.error(plain(sentence), icon=":material/block:")
    if drafts.open_questions(page.ctx, page.rt, draft.draft_id):
        nav.link("plan", label="Answer it on the plan's page", icon=":material/help:", query={"file": str(draft.file_id)})
    for sentence in (*plan.notes, *warnings):
        st.warning(plain(sentence), icon=":material/info:")
    if not plan.is_empty:
        if not plan.violations:
            st.caption(_counted(plan))
        draw_rows(plan.rows, currency=currency, key=f"proposal-{draft.draft_id}")
        if plan.edits:
            draw_diff(plan.edits, currency=currency, key=f"proposal-{draft.draft_id}")
        draw_follows(plan.follows, currency=currency)
    elif not plan.choices and not plan.violations:
        st.info("Nothing differs from the sheet.", icon=":material/check:")
    note = st.text_input("Note for the approver", key="proposal-note", placeholder="optional")
    ready = not plan.is_empty and not plan.choices and not plan.violations
    if st.button("Propose", type="primary", icon=":material/send:", key="propose-now", disabled=not ready):
        try:
            changes.propose(page.ctx, page.rt, draft.draft_id, note=note, inputs=chosen)
        except AppError as error:
            show_error(error)
            return
        state.DRAWER.set("")
        say_after_rerun("Proposed. It waits under Approvals for an owner or admin.", icon=":material/send:")
        st.rerun()
