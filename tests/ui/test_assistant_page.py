"""The assistant page: empty with examples, a whole talk, a failure that is told as one, and nothing for those who may not."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.runtime import Runtime, install
from core.services import applying, changes
from core.services import conversations as talks
from core.services.drafts import get_draft, list_drafts
from core.services.turn_log import Ending, append_event, begin_turn, end_turn
from pages._ui import chat
from tests.agents.plans import keep_plan, plan_bytes
from tests.conftest import SettableClock, make_member
from tests.integration.conftest import drive
from tests.integration.plan_in_drive import connect_plan
from tests.ui.conftest import OpenAs, texts

__all__ = ["drive"]


def answered(rt: Runtime, ctx: AccessContext, *messages: str) -> UUID:
    """Make a talk about a plan with answers to the messages."""
    talk = talks.start_conversation(ctx, rt, talks.NewConversation(file_id=keep_plan(ctx, rt))).conversation_id
    for message in messages:
        turn = talks.ask(ctx, rt, talks.Question(talk, message))
        assert rt.assistant is not None
        rt.assistant.run_turn(ctx, conversation_id=talk, run_id=turn.turn_id)
    return talk


def labels(test: object) -> list[str]:
    return [button.label for button in test.button]  # type: ignore[attr-defined]


def test_without_a_plan_it_says_what_to_connect_or_attach(open_as: OpenAs, rt: Runtime, ctx: AccessContext) -> None:
    test = open_as(ctx, "assistant")
    assert not test.exception
    assert "There is no media plan yet" in texts(test)


def test_the_empty_state_has_four_examples_from_the_persons_own_plan(open_as: OpenAs, rt: Runtime, ctx: AccessContext) -> None:
    keep_plan(ctx, rt, "spring.xlsx")
    test = open_as(ctx, "assistant")
    assert not test.exception
    examples = [b.label for b in test.button if str(b.key).startswith("example-")]
    assert len(examples) == 4 and "spring" in examples[0]


def test_a_talk_shows_answer_steps_sources_draft_and_what_to_ask_next(open_as: OpenAs, rt: Runtime, ctx: AccessContext) -> None:
    talk = answered(rt, ctx, "split 180k for Q1, keep Search at 40k")
    test = open_as(ctx, "assistant", talk=str(talk))
    assert not test.exception
    shown = texts(test)
    assert "EUR 180,000" in shown and "Calculate distribution" in shown
    assert {"Open in planner", "Ask again", "Edit", "And with 20% less?"} <= set(labels(test))
    test.button(key=next(b.key for b in test.button if b.label == "Open in planner")).click().run()
    (draft,) = list_drafts(ctx, rt)
    assert draft.total_minor == 18_000_000


def test_a_running_answer_shows_its_steps_and_what_is_written_so_far(
    open_as: OpenAs, rt: Runtime, ctx: AccessContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = talks.start_conversation(ctx, rt, talks.NewConversation(file_id=keep_plan(ctx, rt))).conversation_id
    turn = talks.ask(ctx, rt, talks.Question(talk, "split 180k for Q1")).turn_id
    begin_turn(ctx, rt, turn)
    use = {"agent": "planning", "name": "calculate_distribution", "arguments": {}, "ok": True, "seconds": 0.2}
    append_event(ctx, rt, turn, kind="tool_ended", data=use)
    append_event(ctx, rt, turn, kind="tool_started", data={**use, "name": "save_draft"})
    append_event(ctx, rt, turn, kind="token", data={"text": "EUR 180,000 are"})
    monkeypatch.setattr(chat, "LONGEST_SECONDS", 2 * chat.LOOK_SECONDS)  # the page would follow it for as long as it runs
    test = open_as(ctx, "assistant", talk=str(talk))
    assert not test.exception
    (steps,) = test.status
    assert steps.label == "Save draft …" and steps.state == "running"
    assert "Calculate distribution" in steps.markdown[0].value and "EUR 180,000 are" in texts(test)
    assert "Stop" in labels(test)


def test_a_proposal_is_an_approval_card_for_those_who_may_approve(open_as: OpenAs, rt: Runtime, ctx: AccessContext) -> None:
    talk = answered(rt, ctx, "split 180k for Q1", "write it back to the sheet")
    test = open_as(ctx, "assistant", talk=str(talk))
    assert not test.exception
    assert any("Approve" in label for label in labels(test))


def test_a_conflict_is_settled_on_the_card_which_then_shows_the_new_proposal(
    open_as: OpenAs, rt: Runtime, ctx: AccessContext, drive: Sandbox, clock: SettableClock
) -> None:
    plan = connect_plan(ctx, rt, drive, "Media plan spring")
    view = plan.proposed({(0, 0): 41_000_00, (2, 1): 7_500_25})
    talk = talks.start_conversation(ctx, rt, talks.NewConversation(file_id=plan.file_id)).conversation_id
    turn = talks.ask(ctx, rt, talks.Question(talk, "write it back to the sheet"))
    card = {"kind": "change_set", "title": "", "data": {"id": str(view.id)}}
    end_turn(ctx, rt, turn.turn_id, Ending("done", "I prepared a change.", "built-in", {"cards": [card]}, 0, 0.1))
    plan.edit(kind="set_cell", cell="D4", value="45000")
    changes.approve(ctx, rt, view.id, expected_hash=view.hash)
    applying.begin(ctx, rt, view.id, "write")
    stopped = applying.write(ctx, rt, view.id, "write")
    applying.stop(ctx, rt, view.id, "write", conflicts=stopped["conflicts"], error=None)

    test = open_as(ctx, "assistant", talk=str(talk))
    assert not test.exception and "choose for each" in texts(test) and "45,000" in texts(test)
    clock.advance(minutes=1)  # or both would be proposed at the same instant, and neither be the newer
    test.button(key=f"settle-{view.id}").click().run()
    settled = changes.list_change_sets(ctx, rt)[0]
    assert settled.replaces_id == view.id
    assert f"approve-{settled.id}" in {button.key for button in test.button}
    assert f"approve-{settled.id}" in {button.key for button in open_as(ctx, "assistant", talk=str(talk)).button}, "also when opened again"


def test_a_tip_is_one_click_away_from_a_draft_with_its_change(open_as: OpenAs, rt: Runtime, ctx: AccessContext) -> None:
    heavy = plan_bytes({"Search": (5_000, 5_000, 5_000), "TV": (60_000, 60_000, 60_000)})
    talk = talks.start_conversation(ctx, rt, talks.NewConversation(file_id=keep_plan(ctx, rt, content=heavy))).conversation_id
    turn = talks.ask(ctx, rt, talks.Question(talk, "any tips?"))
    assert rt.assistant is not None
    rt.assistant.run_turn(ctx, conversation_id=talk, run_id=turn.turn_id)
    test = open_as(ctx, "assistant", talk=str(talk))
    assert not test.exception and not test.error and "Attach weekly spend and results" in texts(test)
    test.button(key=next(b.key for b in test.button if b.label == "Try 10% less in TV")).click().run()
    (draft,) = list_drafts(ctx, rt)
    rows = {row.channel: row.total_minor for row in get_draft(ctx, rt, draft.draft_id).distribution.rows}
    assert rows == {"TV": 16_200_000, "Search": 3_300_000} and draft.note == "Tip: Try 10% less in TV"


def test_a_failed_answer_looks_like_a_failure(open_as: OpenAs, rt: Runtime, ctx: AccessContext) -> None:
    talk = talks.start_conversation(ctx, rt, talks.NewConversation(file_id=keep_plan(ctx, rt))).conversation_id
    turn = talks.ask(ctx, rt, talks.Question(talk, "split 180k"))
    end_turn(ctx, rt, turn.turn_id, Ending("failed", "The endpoint refused the key.", "gpt", {}, 0, 0.1))
    test = open_as(ctx, "assistant", talk=str(talk))
    assert [error.value for error in test.error] == ["The endpoint refused the key."]


def test_another_persons_talk_and_a_viewer_see_nothing(open_as: OpenAs, rt: Runtime, ctx: AccessContext, other_ctx: AccessContext) -> None:
    talk = answered(rt, ctx, "what is in the plan?")
    assert "Meta" not in texts(open_as(other_ctx, "assistant", talk=str(talk)))
    viewer = open_as(make_member(rt, Role.VIEWER, of=ctx, name="Vera Viewer"), "assistant", talk=str(talk))
    assert "Ask an owner or admin" in texts(viewer) and not viewer.chat_input


def test_the_model_in_use_is_named(open_as: OpenAs, rt: Runtime, ctx: AccessContext) -> None:
    assert "built-in" in texts(open_as(ctx, "assistant"))
    install(replace(rt, settings=rt.settings.model_copy(update={"openai_base_url": "http://localhost:1/v1", "openai_model": "tiny"})))
    assert "tiny" in texts(open_as(ctx, "assistant"))
