"""Notes as rows: what kind, who wrote it when, its text; and passages that a search found, each with the note it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import streamlit as st

from core.services.knowledge import Citation, NoteInfo, delete_note, read_note
from pages._ui.components import Color, ask, confirm, say_after_rerun
from pages._ui.formats import ago, plain
from pages._ui.guard import Page

_KINDS: dict[str, tuple[str, str, Color]] = {
    "note": ("Note", ":material/edit_note:", "gray"),
    "brief": ("Brief", ":material/description:", "blue"),
    "plan": ("Plan", ":material/tune:", "violet"),
    "outcome": ("Outcome", ":material/flag:", "green"),
    "reading": ("Reading", ":material/table_view:", "orange"),
    "insight": ("Insight", ":material/insights:", "green"),
}


def _head(kind: str, title: str, author: str, written_at: datetime, now: datetime) -> None:
    label, icon, color = _KINDS[kind]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(label, icon=icon, color=color)
        st.markdown(f"**{plain(title)}**")
        st.caption(f"{plain(author)}, {ago(written_at, now)}")


def draw_note(page: Page, note: NoteInfo, *, can_delete: bool) -> None:
    """Draw a note with its text to unfold, and the way to delete it."""
    key = f"note-{note.note_id}"
    with st.container(border=True):
        _head(note.kind, note.title, note.author_name, note.written_at, page.rt.clock.now())
        st.caption(plain(" ".join(note.excerpt.split())))
        with st.container(horizontal=True):
            if st.toggle("Whole text", key=f"{key}-open"):
                st.code(read_note(page.ctx, page.rt, note.note_id), language=None, wrap_lines=True, height=320)
            if can_delete:
                st.button("Delete", icon=":material/delete:", key=f"{key}-delete", type="tertiary", on_click=ask, args=(key,))
    says = "It goes from the list and from the search index for good; the assistant can no longer cite it."
    confirm(key, title=f"Delete {plain(note.title)}?", says=says, label="Delete", do=partial(_delete, page, note))


def _delete(page: Page, note: NoteInfo) -> None:
    delete_note(page.ctx, page.rt, note.note_id)
    say_after_rerun(f"{note.title} is deleted.")


def draw_found(found: Sequence[Citation], now: datetime) -> None:
    """Draw passages, the nearest first."""
    if not found:
        st.caption("Nothing found.")
    for one in found:
        with st.container(border=True):
            _head(one.kind, one.title, one.author_name, one.written_at, now)
            st.markdown(f"> {plain(' '.join(one.passage.split()))}")
