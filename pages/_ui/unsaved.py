"""What a person typed and has not saved: back in the table after a refresh, kept on the server while it is edited."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.access import Permission
from core.services import drafts, unsaved
from core.services.draft_views import DraftView
from pages._ui import formats, state
from pages._ui.budget_state import Editing, from_distribution, start_editing
from pages._ui.budget_tools import read_sheet
from pages._ui.guard import Page


def open_editing(page: Page, draft: DraftView) -> Editing:
    """Give the table as this tab edits it; opened anew it holds what the person typed elsewhere and has not saved."""
    held = state.EDITING.of(draft.draft_id)
    editing: Editing | None = held.get()
    if editing is not None and (editing.version == draft.version or editing.is_dirty):
        return editing
    first = read_sheet(page, draft.draft_id, draft.base_snapshot_id)
    kept = unsaved.get_edits(page.ctx, page.rt, draft.draft_id) if page.ctx.allows(Permission.EDIT_DRAFT) else None
    base = draft if kept is None else drafts.get_draft(page.ctx, page.rt, draft.draft_id, version=kept.version)
    editing = start_editing(base.distribution, version=base.version, first=first)
    if kept is not None:
        editing.change(from_distribution(kept.distribution), redraw=True)
        editing.kept, editing.found_from = editing.budget, kept.edited_at
    held.set(editing)
    return editing


def keep_unsaved(page: Page, draft_id: UUID, editing: Editing) -> None:
    """Keep what differs from the saved version on the server; forget it where nothing does any more."""
    if editing.kept is editing.budget or not page.ctx.allows(Permission.EDIT_DRAFT):
        return
    if editing.is_dirty:
        unsaved.keep_edits(page.ctx, page.rt, draft_id, version=editing.version, distribution=editing.distribution())
        editing.kept = editing.budget
    elif editing.kept is not None:
        unsaved.drop_edits(page.ctx, page.rt, draft_id)
        editing.kept = None


def draw_unsaved(page: Page, draft: DraftView, editing: Editing) -> None:
    """Say that what was typed before a refresh is back, and let the person keep or discard it."""
    if editing.found_from is None or not editing.is_dirty:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        later = "" if editing.version == draft.version else f" It was edited from version {editing.version}; {draft.version} is the newest."
        st.markdown(
            f":material/edit: **Unsaved, from {formats.moment(editing.found_from)}**: your edits are back in the table.{later}",
            width="stretch",
        )
        if st.button("Keep", key="keep-unsaved", type="primary"):
            editing.found_from = None
            st.rerun()
        if st.button("Discard", key="discard-unsaved"):
            unsaved.drop_edits(page.ctx, page.rt, draft.draft_id)
            state.EDITING.of(draft.draft_id).pop()
            st.rerun()
