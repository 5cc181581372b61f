"""The ways into a talk: typing, attaching a sheet or a brief, a chosen example, and the list of earlier talks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import PurePath
from typing import Any, Literal
from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access import AccessContext
from core.errors import InvalidInput
from core.runtime import Runtime
from core.services import conversations as talks
from core.services.files import FileInfo, FileQuery, get_file, list_files
from core.services.knowledge import add_brief
from core.services.performance import ImportFile, ImportView, import_performance
from core.services.uploads import UPLOAD_TYPES, Upload, upload_file
from pages._ui import state
from pages._ui.boundary import boundary
from pages._ui.components import ask, confirm, download, say_after_rerun, scroll_to_end
from pages._ui.formats import ago, plain
from pages._ui.guard import Page

_WITHOUT_WORDS = {
    "plan": "What is in this plan?",
    "series": "How did the channels perform?",
    "brief": "What does the brief say?",
}
BRIEF_TYPES = ("pdf", "docx", "md", "txt")


def ask_typed(page: Page, talk: talks.ConversationView | None, *, foot: DeltaGenerator) -> None:
    """Draw the input; a sent message starts a turn. What kept it from being sent is told at the foot of the talk, above the input."""
    is_busy = talk is not None and bool(talk.turns) and talk.turns[-1].is_running
    typed = st.chat_input(
        "Ask about a plan, e.g. “How should I split 180k for Q1?”",
        key="assistant-input",
        accept_file="multiple",
        file_type=[*UPLOAD_TYPES, *BRIEF_TYPES],
        disabled=is_busy,
    )
    if typed:
        with foot:
            send(page, talk, typed.text, typed.files)
            st.caption(f"Not sent: {plain(typed.text)}" if typed.text else "Nothing was sent.")
            scroll_to_end(from_anywhere=True)


def send(page: Page, talk: talks.ConversationView | None, message: str, files: Sequence[Any] = (), *, replaces: UUID | None = None) -> None:
    """Ask a message in a talk, starting one when there is none; attached sheets go on the table, briefs into the notes."""
    with boundary():
        talk_id = talk.conversation_id if talk is not None else _start(page)
        currency = _currency(page, talk) if files else None
        taken = {_attach(page, talk_id, file.name, file.getvalue(), currency=currency) for file in files}
        text = message.strip() or next(question for kind, question in _WITHOUT_WORDS.items() if kind in taken or not taken)
        talks.ask(page.ctx, page.rt, talks.Question(talk_id, text, replaces=replaces))
        st.query_params.clear()
        st.query_params["talk"] = str(talk_id)
        state.FOLLOW.set(True)
        st.rerun()


def plan_in_view(page: Page) -> FileInfo | None:
    """Give the plan that a new talk is about: the one in the address, else the first of the list; None without any."""
    files = list_files(page.ctx, page.rt, FileQuery()).files
    asked = st.query_params.get("file", "")
    return next((info for info in files if str(info.file_id) == asked), files[0] if files else None)


def _start(page: Page) -> UUID:
    plan = plan_in_view(page)
    request = talks.NewConversation(file_id=None if plan is None else plan.file_id)
    return talks.start_conversation(page.ctx, page.rt, request).conversation_id


def _currency(page: Page, talk: talks.ConversationView | None) -> str | None:
    """Give the currency of the plan that the talk is about; None where it is about none."""
    plan = plan_in_view(page) if talk is None else None if talk.file_id is None else get_file(page.ctx, page.rt, talk.file_id)
    return None if plan is None else plan.currency


def _attach(page: Page, talk_id: UUID, name: str, content: bytes, *, currency: str | None) -> str:
    """Take an attached file and tell what it is: a `plan` goes on the table, a `series` into the performance, a `brief` into the notes.

    Args:
        currency: of the plan on the table; a series that names none is taken to be in it, and the answer says so.
    """
    if PurePath(name).suffix.lower().lstrip(".") in BRIEF_TYPES:
        add_brief(page.ctx, page.rt, name=name, content=content)
        return "brief"
    info = upload_file(page.ctx, page.rt, Upload(name, content))
    if not info.line_items:  # no plan: a table of weeks with spend and results, or an error that says what is missing
        imported, remarks = _imported(page, info, currency)
        skipped = [*remarks, *imported.skipped[:3]]
        attached = {"name": name, "rows": imported.rows, "currency": imported.currency, "skipped": skipped}
        talks.put_on_table(page.ctx, page.rt, talk_id, {"historical_performance": {"attached": attached}})
        say_after_rerun(f"{imported.rows} rows of {name} are taken in; the assistant fits the response curves with them.")
        return "series"
    talks.put_on_table(page.ctx, page.rt, talk_id, {"campaign_data": {"file_id": str(info.file_id)}, "distribution_plan": {}})
    return "plan"


def _imported(page: Page, info: FileInfo, currency: str | None) -> tuple[ImportView, list[str]]:
    """Import a series, in the plan's currency where the file names none; gives what is to be said of that."""
    try:
        return import_performance(page.ctx, page.rt, ImportFile(info.file_id)), []
    except InvalidInput:
        if currency is None:
            raise
        imported = import_performance(page.ctx, page.rt, ImportFile(info.file_id, currency=currency))
        return imported, [f"{info.name} names no currency: its amounts are taken as {currency}, like the plan's."]


def draw_talks(page: Page, talk: talks.ConversationView | None) -> None:
    """List the person's talks with search; offer to rename, export and delete the open one."""
    st.button("New conversation", icon=":material/add_comment:", key="new-talk", width="stretch", on_click=_forget_talk)
    text = st.text_input("Search", key="talk-search", placeholder="Search", label_visibility="collapsed", icon=":material/search:")
    known = talks.list_conversations(page.ctx, page.rt, text=text)
    if not known:
        st.caption("Nothing found." if text else "Your conversations appear here.")
    for one in known[:30]:
        is_open = talk is not None and one.conversation_id == talk.conversation_id
        title = plain(one.title or "New conversation")
        kind: Literal["primary", "tertiary"] = "primary" if is_open else "tertiary"
        when = ago(one.updated_at, page.rt.clock.now())
        st.button(
            title,
            key=f"talk-{one.conversation_id}",
            type=kind,
            width="stretch",
            help=when,
            on_click=_open_talk,
            args=(one.conversation_id,),
        )
    if talk is not None:
        _draw_care(page, talk)


def _open_talk(talk_id: UUID) -> None:
    st.query_params.clear()
    st.query_params["talk"] = str(talk_id)


def _forget_talk() -> None:
    st.query_params.clear()


def _draw_care(page: Page, talk: talks.ConversationView) -> None:
    with st.popover("This conversation", icon=":material/more_horiz:", width="stretch"):
        title = st.text_input("Title", value=talk.title, key=f"title-{talk.conversation_id}")
        if title.strip() and title != talk.title:
            with boundary():
                talks.rename_conversation(page.ctx, page.rt, talk.conversation_id, title=title)
                st.rerun()
        exported = partial(_exported, page.ctx, page.rt, talk.conversation_id)  # pressed later, where no session is at hand
        download("Export as Markdown", data=exported, file_name="conversation.md", mime="text/markdown", key="export-talk")
        st.button("Delete", icon=":material/delete:", key="delete-talk", on_click=ask, args=("delete-talk",))
    says = "The messages and what the assistant remembers of them are deleted for good. The record of its tool calls stays."
    confirm("delete-talk", title="Delete this conversation?", says=says, label="Delete", do=partial(_delete, page, talk.conversation_id))


def _exported(ctx: AccessContext, rt: Runtime, talk_id: UUID) -> bytes:
    return talks.export_conversation(ctx, rt, talk_id).encode()


def _delete(page: Page, talk_id: UUID) -> None:
    talks.delete_conversation(page.ctx, page.rt, talk_id)
    st.query_params.clear()
    say_after_rerun("The conversation is deleted.")


def say_next(message: str) -> None:
    """Ask a suggested message; for on_click."""
    state.ASSISTANT_SAY.set(message)
