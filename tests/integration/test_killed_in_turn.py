"""A worker killed with -9 in the middle of an answer, twice: another process goes on, and there is one answer, one draft, nothing lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from agents.checkpoints import checkpointer_of, thread_of
from agents.checks import MARK
from core.access import AccessContext
from core.db.tables.conversations import ConversationTurn
from core.runtime import Runtime
from core.services import conversations as talks
from core.services.drafts import list_drafts
from core.services.turn_log import events_after
from core.workflows.engine import Engine
from tests.agents.plans import keep_plan
from tests.conftest import wait_for_job
from tests.integration import dying_assistant
from tests.postgres import TestDatabase
from tests.victims import death_of, start_victim

MESSAGE = "split 180k for Q1, keep Search at 40k, and save it"


def die(database: TestDatabase, data_dir: Path, *, on: str, at: int) -> None:
    """Let a worker of its own answer what is queued, or left by a dead one, until it kills itself."""
    env = {
        "DATABASE_URL": database.app_url,
        "DATA_DIR": str(data_dir),
        "EXECUTOR_ID": f"victim-{on}-{at}",
        "DIE_ON": on,
        "DIE_AT": str(at),
    }
    victim = start_victim(dying_assistant.main, env)
    try:
        assert death_of(victim, within=60) == -9
    finally:
        victim.kill()


@pytest.mark.timeout(150)
def test_a_turn_killed_twice_is_answered_once_with_every_figure_and_one_draft(
    with_team: Runtime, ctx: AccessContext, engine: Engine, test_database: TestDatabase, trained_dir: Path
) -> None:
    rt = with_team
    engine._rt = rt
    engine.close()
    talk = talks.start_conversation(ctx, rt, talks.NewConversation(file_id=keep_plan(ctx, rt))).conversation_id
    turn = talks.ask(ctx, rt, talks.Question(talk, MESSAGE))

    die(test_database, trained_dir, on="tool_ended", at=3)  # the draft is saved, the graph has not kept that yet
    assert len(list_drafts(ctx, rt)) == 1
    die(test_database, trained_dir, on="token", at=1)  # the specialist's report is kept, the answer is half told
    (running,) = talks.get_conversation(ctx, rt, talk).turns
    assert running.is_running and running.answer is None
    engine.launch()

    assert wait_for_job(rt, ctx, talks.turn_job(turn.turn_id)).state == "succeeded"
    (done,) = talks.get_conversation(ctx, rt, talk).turns
    assert done.state == "done" and done.answer is not None
    assert MARK not in done.answer and "EUR 180,000" in done.answer and "version 2" in done.answer
    assert Counter(use["name"] for use in done.result["tools"]) == {"set_constraints": 1, "calculate_distribution": 1, "save_draft": 1}
    assert [card["kind"] for card in done.result["cards"]].count("draft") >= 1
    (draft,) = list_drafts(ctx, rt)
    assert draft.version == 2
    assert events_after(ctx, rt, turn.turn_id)[1] == "done"
    with rt.db.session(ctx) as session:
        assert len(session.scalars(select(ConversationTurn)).all()) == 1
    with checkpointer_of(ctx, rt.db.engine.url.render_as_string(hide_password=False)) as saver:
        state = saver.get_tuple({"configurable": {"thread_id": thread_of(ctx, talk)}})
        assert state is not None
        assert [m.type for m in state.checkpoint["channel_values"]["messages"]] == ["human", "ai", "tool", "ai"]
