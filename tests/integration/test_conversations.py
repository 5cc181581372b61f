"""Talks kept on the real database: durable turns, the tenant wall around the graph's state, asking again, stopping, deleting."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text

from agents.assistant import TeamAssistant
from agents.checkpoints import checkpointer_of, prepare_checkpoints, thread_of
from core.access import AccessContext, Role
from core.config import Price
from core.db.tables.conversations import ConversationTurn, ToolCallAudit, TurnEvent
from core.errors import BudgetExceeded, Conflict, Forbidden, Misconfigured, NotFound
from core.runtime import Runtime, install, with_assistant
from core.services import conversations as talks
from core.services.turn_log import begin_turn, events_after
from core.workflows.engine import Engine
from tests.agents.plans import keep_plan
from tests.conftest import make_member, wait_for_job
from tests.postgres import TestDatabase


def answer(rt: Runtime, ctx: AccessContext, question: talks.Question) -> talks.TurnView:
    """Ask and let the assistant answer here, without a worker."""
    turn = talks.ask(ctx, rt, question)
    assert rt.assistant is not None
    rt.assistant.run_turn(ctx, conversation_id=question.conversation_id, run_id=turn.turn_id)
    return talks.get_conversation(ctx, rt, question.conversation_id).turns[-1]


def start(rt: Runtime, ctx: AccessContext) -> UUID:
    return talks.start_conversation(ctx, rt, talks.NewConversation(file_id=keep_plan(ctx, rt))).conversation_id


def total(turn: talks.TurnView) -> int:
    return int(turn.result["draft"]["total_minor"])


def test_a_question_is_answered_by_a_durable_run(rt: Runtime, ctx: AccessContext, engine: Engine) -> None:
    talk = start(rt, ctx)
    engine._rt = rt  # the engine was made before the assistant was wired in
    turn = talks.ask(ctx, rt, talks.Question(talk, "split 180k for Q1"))
    wait_for_job(rt, ctx, talks.turn_job(turn.turn_id))
    (done,) = talks.get_conversation(ctx, rt, talk).turns
    assert done.state == "done" and total(done) == 18_000_000
    events, state = events_after(ctx, rt, turn.turn_id)
    assert state == "done"
    assert [e.position for e in events] == list(range(1, len(events) + 1))
    assert {"tool_started", "tool_ended", "card", "token"} <= {e.kind for e in events}


def test_a_question_that_no_run_could_be_started_for_keeps_no_talk_waiting(
    rt: Runtime, ctx: AccessContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = start(rt, ctx)

    def starting(*_: object, **__: object) -> str:
        raise Misconfigured("Workflows are still starting.", hint="Try again in a minute.")

    with monkeypatch.context() as patched, pytest.raises(Misconfigured):
        patched.setattr(type(rt.jobs), "start", starting)  # a runner cannot be made to refuse otherwise
        talks.ask(ctx, rt, talks.Question(talk, "split 180k for Q1"))
    assert [turn.state for turn in talks.get_conversation(ctx, rt, talk).turns] == ["failed"]
    assert answer(rt, ctx, talks.Question(talk, "split 180k for Q1")).state == "done"


def test_a_talk_goes_on_in_another_process_where_it_stood(rt: Runtime, ctx: AccessContext, trained_dir: Path) -> None:
    talk = start(rt, ctx)
    answer(rt, ctx, talks.Question(talk, "split 180k for Q1"))
    fresh = with_assistant(rt, TeamAssistant(rt.settings.model_copy(update={"data_dir": trained_dir})))
    install(fresh)
    assert total(answer(fresh, ctx, talks.Question(talk, "and with 20% less?"))) == 14_400_000


def test_a_turn_taken_up_again_is_answered_once(rt: Runtime, ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    turn = talks.ask(ctx, rt, talks.Question(talk, "split 180k for Q1"))
    begin_turn(ctx, rt, turn.turn_id)  # a worker that died before it could answer
    assert rt.assistant is not None
    for _ in range(2):
        rt.assistant.run_turn(ctx, conversation_id=talk, run_id=turn.turn_id)
    (done,) = talks.get_conversation(ctx, rt, talk).turns
    assert done.state == "done"
    with rt.db.session(ctx) as session:
        assert len(session.scalars(select(ToolCallAudit).where(ToolCallAudit.turn_id == turn.turn_id)).all()) == 1
    with checkpointer_of(ctx, rt.db.engine.url.render_as_string(hide_password=False)) as saver:
        state = saver.get_tuple({"configurable": {"thread_id": thread_of(ctx, talk)}})
        assert state is not None
        assert [m.type for m in state.checkpoint["channel_values"]["messages"]].count("human") == 1


def test_an_edited_message_replaces_the_last_answer_and_what_it_did(rt: Runtime, ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    answer(rt, ctx, talks.Question(talk, "split 180k for Q1"))
    wrong = answer(rt, ctx, talks.Question(talk, "lock TV at 99k"))
    edited = answer(rt, ctx, talks.Question(talk, "lock TV at 20k", replaces=wrong.turn_id))
    tv = sum(row["budget_minor"] for row in edited.result["draft"]["rows"] if row["channel"] == "TV")
    assert tv == 2_000_000
    assert [t.message for t in talks.get_conversation(ctx, rt, talk).turns] == ["split 180k for Q1", "lock TV at 20k"]


def test_the_first_message_can_be_asked_again_from_an_empty_table(rt: Runtime, ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    first = answer(rt, ctx, talks.Question(talk, "split 180k for Q1"))
    again = answer(rt, ctx, talks.Question(talk, "split 90k for Q1", replaces=first.turn_id))
    assert total(again) == 9_000_000


def test_a_stopped_turn_ends_with_what_is_known(rt: Runtime, ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    turn = talks.ask(ctx, rt, talks.Question(talk, "split 180k for Q1"))
    talks.stop_turn(ctx, rt, turn.turn_id)
    assert rt.assistant is not None
    rt.assistant.run_turn(ctx, conversation_id=talk, run_id=turn.turn_id)
    (stopped,) = talks.get_conversation(ctx, rt, talk).turns
    assert stopped.state == "stopped" and "stopped" in (stopped.answer or "")
    assert total(answer(rt, ctx, talks.Question(talk, "split 90k for Q1"))) == 9_000_000


def test_a_second_question_waits_for_the_first(rt: Runtime, ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    talks.ask(ctx, rt, talks.Question(talk, "split 180k"))
    with pytest.raises(Conflict, match="still answering"):
        talks.ask(ctx, rt, talks.Question(talk, "and 20k more?"))


def test_nobody_else_sees_a_talk(rt: Runtime, ctx: AccessContext, other_ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    turn = answer(rt, ctx, talks.Question(talk, "split 180k"))
    colleague = make_member(rt, Role.ADMIN, of=ctx, name="Cleo Colleague")
    for stranger in (other_ctx, colleague):
        assert talks.list_conversations(stranger, rt) == []
        with pytest.raises(NotFound):
            talks.get_conversation(stranger, rt, talk)
        with pytest.raises(NotFound):
            events_after(stranger, rt, turn.turn_id)
        with pytest.raises(NotFound):
            talks.ask(stranger, rt, talks.Question(talk, "and now?"))
    with pytest.raises(Forbidden):
        talks.list_conversations(make_member(rt, Role.VIEWER, of=ctx, name="Vera Viewer"), rt)


def test_the_graphs_state_of_one_workspace_is_out_of_reach_of_another(rt: Runtime, ctx: AccessContext, other_ctx: AccessContext) -> None:
    import psycopg

    talk = start(rt, ctx)
    answer(rt, ctx, talks.Question(talk, "split 180k"))
    url, thread = rt.db.engine.url.render_as_string(hide_password=False), thread_of(ctx, talk)
    with checkpointer_of(ctx, url) as own:
        state = own.get_tuple({"configurable": {"thread_id": thread}})
        assert state is not None
    with checkpointer_of(other_ctx, url) as foreign:
        assert foreign.get_tuple({"configurable": {"thread_id": thread}}) is None
        foreign.delete_thread(thread)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            foreign.put({"configurable": {"thread_id": thread, "checkpoint_ns": ""}}, state.checkpoint, state.metadata, {})
    with checkpointer_of(ctx, url) as own:
        assert own.get_tuple({"configurable": {"thread_id": thread}}) is not None


def test_a_deleted_talk_leaves_nothing_but_the_audit(rt: Runtime, ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    turn = answer(rt, ctx, talks.Question(talk, "split 180k"))
    talks.delete_conversation(ctx, rt, talk)
    assert talks.list_conversations(ctx, rt) == []
    with rt.db.session(ctx) as session:
        assert session.scalars(select(TurnEvent).where(TurnEvent.turn_id == turn.turn_id)).all() == []
        assert session.scalars(select(ToolCallAudit.tool).where(ToolCallAudit.turn_id == turn.turn_id)).all() == ["calculate_distribution"]
    with checkpointer_of(ctx, rt.db.engine.url.render_as_string(hide_password=False)) as saver:
        assert saver.get_tuple({"configurable": {"thread_id": thread_of(ctx, talk)}}) is None


def test_talks_are_found_renamed_rated_and_exported(rt: Runtime, ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    turn = answer(rt, ctx, talks.Question(talk, "split 180k evenly"))
    start(rt, ctx)
    assert [t.title for t in talks.list_conversations(ctx, rt, text="evenly")] == ["split 180k evenly"]
    talks.rename_conversation(ctx, rt, talk, title="Spring")
    talks.give_feedback(ctx, rt, turn.turn_id, thumb=-1)
    view = talks.get_conversation(ctx, rt, talk)
    assert view.title == "Spring" and view.turns[0].feedback == -1
    exported = talks.export_conversation(ctx, rt, talk)
    assert exported.startswith("# Spring") and "EUR 180,000" in exported


def test_a_day_without_tokens_left_is_said_before_anything_runs(rt: Runtime, ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    spent = replace(rt, settings=rt.settings.model_copy(update={"assistant_daily_tokens": 0}))
    with pytest.raises(BudgetExceeded, match="tokens of the day"):
        talks.ask(ctx, spent, talks.Question(talk, "split 180k"))


def test_a_day_without_money_left_is_said_before_anything_runs(rt: Runtime, ctx: AccessContext) -> None:
    talk = start(rt, ctx)
    turn = answer(rt, ctx, talks.Question(talk, "split 180k"))
    assert turn.cost_micros == 0, "the built-in model is free"
    with rt.db.session(ctx) as session:
        session.get_one(ConversationTurn, turn.turn_id).cost_micros = 2_500_000
    assert talks.used_today(ctx, rt) == talks.Used(turn.tokens, 2_500_000)
    priced = {"openai_base_url": "http://localhost:1/v1", "openai_model": "m", "openai_prices": {"m": Price(Decimal(2), Decimal(8))}}
    spent = replace(rt, settings=rt.settings.model_copy(update=priced | {"assistant_daily_cost": 2.5}))
    with pytest.raises(BudgetExceeded, match=r"spent its \$2.50 of the day"):
        talks.ask(ctx, spent, talks.Question(talk, "and 20k more?"))


def test_the_tables_are_prepared_once_a_version(rt: Runtime, test_database: TestDatabase) -> None:
    prepare_checkpoints(test_database.owner_url, app_role=str(rt.db.engine.url.username))
    with rt.db.global_session() as session:
        query = "select count(*) from pg_class where relnamespace = 'langgraph'::regnamespace and relforcerowsecurity"
        protected = session.scalar(text(query))
    assert protected == 3
