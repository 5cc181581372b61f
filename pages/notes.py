"""Notes and briefs: what the workspace knows, written down, uploaded or remembered by itself; found by what it says, deleted for good."""

from __future__ import annotations

import streamlit as st

from core.access import Permission
from core.services.knowledge import NewNote, add_brief, add_note, list_notes, search_knowledge
from pages._ui.boundary import boundary
from pages._ui.chat_input import BRIEF_TYPES
from pages._ui.components import empty, page_header, say_after_rerun
from pages._ui.guard import guard
from pages._ui.note_rows import draw_found, draw_note

page = guard(Permission.READ)
WRITES = page.ctx.allows(Permission.USE_ASSISTANT)


def draw_adding() -> None:
    upload, write = st.tabs([":material/upload_file: Upload briefs", ":material/edit_note: Write a note"])
    with upload, st.form("briefs", clear_on_submit=True, border=False):
        files = st.file_uploader("Briefs", type=list(BRIEF_TYPES), accept_multiple_files=True, key="briefs-files")
        if st.form_submit_button("Upload", type="primary") and files:
            with boundary():
                for file in files:
                    add_brief(page.ctx, page.rt, name=file.name, content=file.getvalue())
                say_after_rerun("Uploaded; the assistant can cite it from now on.")
                st.rerun()
    with write, st.form("note", clear_on_submit=True, border=False):
        title = st.text_input("Title", key="note-title", max_chars=200)
        body = st.text_area("Text", key="note-body", height=120)
        if st.form_submit_button("Save note", type="primary"):
            with boundary():
                add_note(page.ctx, page.rt, NewNote(title, body))
                say_after_rerun("Noted; the assistant can cite it from now on.")
                st.rerun()


with boundary():
    notes = list_notes(page.ctx, page.rt)
    says = "What the assistant may cite. Saved plans, settled readings and finished flights are remembered by themselves."
    page_header("Notes and briefs", icon=":material/sticky_note_2:", says=says)
    if WRITES:
        draw_adding()
    if not notes:
        empty("Nothing is known yet", says="Upload a brief (pdf, docx, md, txt) or write a note.", icon=":material/sticky_note_2:")
        st.stop()
    query = st.text_input("Search", key="notes-search", placeholder="Search by what it says", icon=":material/search:")
    if query.strip():
        draw_found(search_knowledge(page.ctx, page.rt, query.strip(), limit=12), page.rt.clock.now())
    else:
        for note in notes[:100]:
            draw_note(page, note, can_delete=WRITES)
        if len(notes) > 100:
            st.caption(f"The newest 100 of {len(notes):,}. Search finds the others.")
