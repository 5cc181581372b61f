"""Assistant: talk about a plan, watch the specialists work, keep what they plan, approve what they propose."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.access import Permission
from core.errors import NotFound
from core.services import conversations as talks
from pages._ui import nav, state
from pages._ui.boundary import boundary
from pages._ui.chat import draw_turn, draw_welcome, follow_turn, used_badges
from pages._ui.chat_input import ask_typed, draw_talks, send
from pages._ui.components import Badge, page_header
from pages._ui.guard import guard

page = guard(Permission.READ)


def current_talk() -> talks.ConversationView | None:
    """Give the talk that the address names; one that is gone is forgotten."""
    asked = st.query_params.get("talk", "")
    try:
        return talks.get_conversation(page.ctx, page.rt, UUID(asked)) if asked else None
    except (ValueError, NotFound):
        del st.query_params["talk"]
        return None


with boundary():
    model = page.rt.settings.assistant_model
    badges = [Badge(f"Model: {model}", ":material/neurology:", "blue" if model != "built-in" else "gray")]
    badges += used_badges(talks.used_today(page.ctx, page.rt), page.rt.settings)
    says = "Ask about your plans; nothing is written without a person's approval."
    page_header("Assistant", icon=":material/forum:", says=says, badges=badges)
    page.ctx.require(Permission.USE_ASSISTANT)
    talk = current_talk()
    left, right = st.columns([1, 3], gap="medium")
    ask_typed(page, talk, foot=st.container())  # outside of the columns: it stays at the foot of the window, which follows the talk down
    with left:
        draw_talks(page, talk)
    with right:
        if talk is None or not talk.turns:
            draw_welcome(page, talk)
        else:
            for turn in talk.turns:
                is_last = turn is talk.turns[-1]
                if turn.is_running:
                    follow_turn(page, talk, turn)
                else:
                    draw_turn(page, talk, turn, is_last=is_last)
        chosen = state.ASSISTANT_SAY.pop()
        if chosen:
            send(page, talk, chosen)
        nav.link("approvals", label="Open Approvals", icon=":material/fact_check:")
