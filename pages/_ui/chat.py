"""How a talk looks: messages, the specialists' steps while they work, tables, charts, drafts, approval cards, sources and suggestions."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import streamlit as st

from core.config import BUILT_IN, Settings, told_cost
from core.model.changes import ChangeSetStatus
from core.services import conversations as talks
from core.services.changes import ChangeSetView, get_change_set, list_change_sets
from core.services.turn_log import Event, events_after
from pages._ui import state
from pages._ui.boundary import boundary
from pages._ui.chat_cards import draw_chart, draw_draft, draw_table, draw_tips
from pages._ui.chat_input import plan_in_view, say_next, send
from pages._ui.components import Badge, scroll_to_end
from pages._ui.deciding import draw_change_set
from pages._ui.formats import money, plain, told
from pages._ui.guard import Page

LOOK_SECONDS = 0.1
LONGEST_SECONDS = 180.0
_ICONS = {
    "supervisor": ":material/forum:",
    "workspace": ":material/table_view:",
    "planning": ":material/tune:",
    "insights": ":material/insights:",
}


def draw_turn(page: Page, talk: talks.ConversationView, turn: talks.TurnView, *, is_last: bool) -> None:
    """Draw a message and its answer."""
    _draw_message(page, talk, turn, can_edit=is_last)
    with st.chat_message("assistant", avatar=":material/forum:"):
        _draw_steps(turn)
        if turn.state == "failed":
            st.error(told(turn.answer or "The assistant could not answer."), icon=":material/error:")
        else:
            st.markdown(told(turn.answer or ""))
        _draw_cards(page, talk, turn)
        _draw_actions(page, talk, turn, is_last=is_last)
        if is_last and turn.state == "done":
            _draw_suggestions(turn)
        if is_last and state.FOLLOW.pop():
            scroll_to_end(from_anywhere=False)


def used_badges(used: talks.Used, settings: Settings) -> list[Badge]:
    """Tell what today's answers used of what the workspace may use; the built-in model uses neither tokens nor money."""
    if settings.assistant_model == BUILT_IN and not used.tokens:
        return [Badge("Free", ":material/money_off:")]
    badges = [Badge(f"{used.tokens:,} of {settings.assistant_daily_tokens:,} tokens today", ":material/toll:")]
    if settings.price_of(settings.assistant_model) is not None or used.cost_micros:
        spent = f"{told_cost(used.cost_micros)} of ${settings.assistant_daily_cost:,.2f} today"
        return [*badges, Badge(spent.replace("$", r"\$"), ":material/payments:")]
    return [*badges, Badge("Price not set", ":material/payments:")]


def follow_turn(page: Page, talk: talks.ConversationView, turn: talks.TurnView) -> None:
    """Show a running turn as it goes, until it has ended; a refresh or another tab picks it up at any point."""
    _draw_message(page, talk, turn, can_edit=False)
    with st.chat_message("assistant", avatar=":material/forum:"):
        st.button("Stop", icon=":material/stop_circle:", key=f"stop-{turn.turn_id}", on_click=_stop, args=(page, turn.turn_id))
        steps = st.status("Working", expanded=True)
        answer = st.empty()
        if state.FOLLOW.pop():
            scroll_to_end(from_anywhere=True)
        written, position, began = "", 0, time.monotonic()
        while time.monotonic() - began < LONGEST_SECONDS:
            events, turn_state = events_after(page.ctx, page.rt, turn.turn_id, position=position)
            for event in events:
                position = event.position
                written = _show(event, steps, written)
            if events and written:
                answer.markdown(told(written))
            if turn_state not in ("queued", "running"):
                state.FOLLOW.set(True)
                st.rerun()
            time.sleep(LOOK_SECONDS)
        st.caption("It takes longer than usual. This page can be closed: the answer will be here.")


def _show(event: Event, steps: Any, written: str) -> str:
    """Show one event; gives the answer as far as it is written."""
    if event.kind == "getting_ready":
        steps.update(label="The built-in model is being trained, once after an update; the answer follows in some ten seconds …")
    elif event.kind == "tool_started":
        steps.update(label=f"{_words(event.data['name'])} …")
    elif event.kind == "tool_ended":
        steps.markdown(_step_line(event.data))
    elif event.kind == "answer_started":
        return ""
    elif event.kind == "token":
        return written + str(event.data["text"])
    return written


def _stop(page: Page, turn_id: UUID) -> None:
    talks.stop_turn(page.ctx, page.rt, turn_id)


def _draw_message(page: Page, talk: talks.ConversationView, turn: talks.TurnView, *, can_edit: bool) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        if state.EDITING_TURN.get() != str(turn.turn_id):
            st.markdown(plain(turn.message))
            if can_edit:
                label, key = "Edit", f"edit-{turn.turn_id}"
                st.button(
                    label, icon=":material/edit:", key=key, type="tertiary", on_click=state.EDITING_TURN.set, args=(str(turn.turn_id),)
                )
            return
        text = st.text_area("Message", value=turn.message, key=f"edited-{turn.turn_id}", label_visibility="collapsed")
        with st.container(horizontal=True):
            if st.button("Ask again", type="primary", key=f"send-{turn.turn_id}"):
                state.EDITING_TURN.set("")
                send(page, talk, text, replaces=turn.turn_id)
            st.button("Cancel", key=f"cancel-{turn.turn_id}", on_click=state.EDITING_TURN.set, args=("",))


def _words(tool: str) -> str:
    return tool.replace("_", " ").capitalize()


def _step_line(use: Mapping[str, Any]) -> str:
    """Tell one tool call: who, what, with which arguments, how long; and what went wrong."""
    given = ", ".join(f"{key.replace('_', ' ')} {_value(key, value, use.get('currency'))}" for key, value in use["arguments"].items())
    icon = ":material/check:" if use["ok"] else ":material/error:"
    line = f"{icon} {_ICONS.get(use['agent'], '')} **{_words(use['name'])}** {given} :gray[· {use['seconds']:.1f} s]"
    return line if use["ok"] else f"{line}  \n:red[{plain(use['error']['message'])}]"


def _value(key: str, value: Any, currency: str | None) -> str:
    """Write an argument in words; amounts in minor units as money."""
    if isinstance(value, list):
        return "; ".join(_value(key, one, currency) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_minor', '').replace('_', ' ')} {_value(name, one, currency)}" for name, one in value.items())
    if key.endswith("_minor") and isinstance(value, int):
        return plain(money(value, currency))
    return plain(str(value))


def _draw_steps(turn: talks.TurnView) -> None:
    uses = turn.result.get("tools", ())
    if not uses:
        return
    took = "" if turn.seconds is None else f" in {turn.seconds:.1f} s"
    steps = "1 step" if len(uses) == 1 else f"{len(uses)} steps"
    tokens = f" · {turn.tokens:,} tokens" if turn.tokens else ""
    cost = f" · {told_cost(turn.cost_micros)}".replace("$", r"\$") if turn.cost_micros else ""
    with st.expander(f"{steps}{took}{tokens}{cost}", icon=":material/account_tree:"):
        for use in uses:
            st.markdown(_step_line(use))


def _draw_cards(page: Page, talk: talks.ConversationView, turn: talks.TurnView) -> None:
    """Draw what a turn made besides words; of several drafts only the last, it is the one that stands."""
    cards = turn.result.get("cards", ())
    drafts = [c for c in cards if c["kind"] == "draft" and "distribution" in c["data"]]
    for n, card in enumerate(cards):
        key = f"{turn.turn_id}-{n}"
        with boundary():
            if card["kind"] == "chart":
                draw_chart(card, key=key)
            elif card["kind"] == "table":
                draw_table(card, key=key)
            elif card["kind"] == "tips":
                draw_tips(page, card, key=key)
            elif card["kind"] == "change_set" and _is_newest(talk, turn, card):
                with st.container(border=True):
                    draw_change_set(page, _as_settled(page, get_change_set(page.ctx, page.rt, UUID(card["data"]["id"]))))
            elif drafts and card is drafts[-1]:
                draw_draft(page, card, key=key)


def _as_settled(page: Page, view: ChangeSetView) -> ChangeSetView:
    """Give the proposal that took its place when its conflicts were settled, itself where none did."""
    known = list_change_sets(page.ctx, page.rt) if view.status == ChangeSetStatus.REJECTED and view.conflicts else []
    while (follower := next((one for one in known if one.replaces_id == view.id), None)) is not None:
        view = follower
    return view


def _is_newest(talk: talks.ConversationView, turn: talks.TurnView, card: Mapping[str, Any]) -> bool:
    """Tell whether no later turn shows the same change set: the same proposal twice is one, and stands where it was made last."""
    later = (one for other in talk.turns if other.position > turn.position for one in other.result.get("cards", ()))
    return all(one["kind"] != "change_set" or one["data"]["id"] != card["data"]["id"] for one in later)


def _draw_actions(page: Page, talk: talks.ConversationView, turn: talks.TurnView, *, is_last: bool) -> None:
    """Draw sources, copy, retry and thumbs."""
    with st.container(horizontal=True, vertical_alignment="center"):
        figures = turn.result.get("figures", ())
        if figures:
            with st.popover(f"Sources ({len(figures)})", icon=":material/link:"):
                for figure in figures[:40]:
                    st.markdown(f"{plain(figure['text'])} :gray[from] `{figure['source'].replace('`', '')}`")
        with st.popover("Copy", icon=":material/content_copy:"):
            st.code(turn.answer or "", language="markdown", wrap_lines=True)
        if is_last and st.button("Ask again", icon=":material/refresh:", key=f"retry-{turn.turn_id}", type="tertiary"):
            send(page, talk, turn.message, replaces=turn.turn_id)
        given = st.feedback("thumbs", key=f"thumbs-{turn.turn_id}", default={1: 1, -1: 0}.get(turn.feedback or 0))
        thumb = {None: None, 1: 1, 0: -1}[given]
        if thumb is not None and thumb != turn.feedback:
            talks.give_feedback(page.ctx, page.rt, turn.turn_id, thumb=1 if thumb == 1 else -1)


def _draw_suggestions(turn: talks.TurnView) -> None:
    """Offer what could be asked next, from what lies on the table."""
    draft = turn.result.get("draft")
    if turn.result.get("asks"):
        return
    if turn.result.get("change_set"):
        offers = ["What did you change?"]
    elif draft:
        largest = max(draft["rows"], key=lambda row: row["budget_minor"], default={"channel": ""})["channel"]
        offers = [
            f"Why so much on {largest}?",
            "And with 20% less?",
            "What would 10% more bring?",
            "Save it as a draft",
            "Write it back to the sheet",
        ]
    else:
        offers = ["How should I split the budget?", "Are there problems in the plan?", "Any tips?"]
    with st.container(horizontal=True):
        for n, offer in enumerate(offers):
            st.button(plain(offer), key=f"offer-{turn.turn_id}-{n}", on_click=say_next, args=(offer,))


def draw_welcome(page: Page, talk: talks.ConversationView | None) -> None:
    """Draw the empty state: what it does and four examples from the person's own plans."""
    plan = plan_in_view(page)
    with st.container(border=True):
        st.markdown("#### :material/forum: What would you like to plan?")
        if plan is None:
            st.caption("There is no media plan yet. Connect Google on Connections, or attach a sheet below (xlsx, ods, csv).")
            return
        st.caption(
            f"About {plain(plan.name)}; for another, name it or open it on Media plans. "
            "Every figure in an answer comes from your sheets, your data or a computation, and says which."
        )
        for n, example in enumerate(
            (f"What is in {plan.name}?", "How should I split the budget?", "What would 10% more bring?", "Do the totals add up?")
        ):
            st.button(
                plain(example), key=f"example-{n}", icon=":material/arrow_forward:", on_click=_ask_about, args=(str(plan.file_id), example)
            )


def _ask_about(file_id: str, message: str) -> None:
    st.query_params["file"] = file_id
    say_next(message)
