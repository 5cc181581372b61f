"""Budget planner: the distribution of one plan as a table, its versions, and the way into the sheet."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access import Permission
from core.services import drafts
from core.services.curves import curve_currencies
from pages._ui import formats, nav, state
from pages._ui.boundary import boundary
from pages._ui.budget_lines import draw_lines
from pages._ui.budget_table import draw_grid, draw_history, draw_layers, draw_metrics, take_typed
from pages._ui.budget_tools import choose_draft, draw_distribute, draw_filled, draw_saving, draw_versions, open_drawer
from pages._ui.components import Badge, empty, page_header
from pages._ui.exporting import draw_draft_export
from pages._ui.formats import plain
from pages._ui.guard import guard
from pages._ui.optimise_panel import draw_optimise, draw_planning
from pages._ui.proposing import draw_open_questions, draw_proposal
from pages._ui.unsaved import draw_unsaved, keep_unsaved, open_editing

page = guard(Permission.READ)
EDITS = page.ctx.allows(Permission.EDIT_DRAFT)


@st.fragment
def draw_workbench() -> None:
    with boundary():
        take_typed(draft.draft_id, editing)
        draw_metrics(editing)
        draw_filled(draft, editing)
        with st.container(horizontal=True, vertical_alignment="center"):
            if EDITS:
                draw_distribute(page, draft, editing)
                draw_optimise(page, draft, editing, curves_in=curves_in)
                draw_lines(editing)
            if st.button("Versions", icon=":material/history:", key="versions"):
                open_drawer("versions")
            draw_draft_export(page, draft)
            nav.link_assistant(page, draft.file_id)
            st.space("stretch")
            draw_saving(page, draft, editing)
        with st.container(horizontal=True, vertical_alignment="center"):
            draw_layers(editing)
            draw_history(editing)
        draw_grid(draft.draft_id, editing, can_edit=EDITS)
        keep_unsaved(page, draft.draft_id, editing)


with boundary():
    chosen = choose_draft(page)
    if chosen is None:
        page_header("Budget planner", icon=":material/tune:", says="Edit a plan's budget split, then write it back into its sheet.")
        empty("No draft yet", says="Open a media plan and start planning from it.", icon=":material/tune:")
        nav.link("files", label="Go to your media plans")
        st.stop()
    draft = drafts.get_draft(page.ctx, page.rt, chosen)
    editing = open_editing(page, draft)
    saved = f"Version {draft.version} · {plain(draft.author)}, {formats.ago(draft.saved_at, page.rt.clock.now())}"
    badges = [Badge(saved, ":material/history:"), *([Badge("Not saved", ":material/edit:", "orange")] if editing.is_dirty else [])]
    page_header(plain(draft.name), icon=":material/tune:", says=plain(draft.note), badges=badges)
    draw_open_questions(page, draft)
    curves_in = curve_currencies(page.ctx, page.rt)
    draw_unsaved(page, draft, editing)
    draw_planning(page, draft, editing)
    draw_workbench()
    if state.DRAWER.get() == "versions":
        st.dialog("Versions", width="large", on_dismiss=partial(state.DRAWER.set, ""))(draw_versions)(page, draft)
    elif state.DRAWER.get() == "propose":
        st.dialog("Propose write-back", width="large", on_dismiss=partial(state.DRAWER.set, ""))(draw_proposal)(page, draft)
