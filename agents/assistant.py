"""The assistant as the application knows it: answers a turn of a conversation as a durable run and logs what happens.

Importing this is cheap; the graph and the models are imported by the first turn, or by `warm_up` beside the first page.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from agents.checkpoints import checkpointer_of, thread_of
from core import runtime
from core.access import AccessContext
from core.config import Settings
from core.errors import BudgetExceeded
from core.runtime import Runtime
from core.services.turn_log import Ending, TurnTask, append_event, begin_turn, end_turn

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.turns import TurnRequest, TurnResult


log = structlog.get_logger()


class TeamAssistant:
    """Answers with the configured model, or the built-in one where there is none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def model(self) -> str:
        """Give the name of the model in use."""
        return self._settings.assistant_model

    @cached_property
    def _models(self) -> dict[str, BaseChatModel]:
        from agents.models import build_models

        return build_models(self._settings)

    def train(self) -> None:
        """Train the built-in model beside the app where the one that is kept no longer fits the code."""
        from agents.builtin.model import BuiltInModel

        for model in self._models.values():
            if isinstance(model, BuiltInModel):
                model.prepare(aside=True)

    def warm_up(self) -> None:
        """Import and load what the first turn needs."""
        from agents import turns

        self.train()
        log.debug("assistant_ready", model=self.model, entry=turns.run_turn.__name__)

    def run_turn(self, ctx: AccessContext, *, conversation_id: UUID, run_id: UUID) -> None:
        """Answer one turn; the same run again goes on where it was interrupted, one that has ended stays as it is."""
        from agents.turns import Team, run_turn

        rt = runtime.current()
        task = begin_turn(ctx, rt, run_id)
        if task.has_ended:
            return
        stopped = threading.Event()

        def emit(kind: str, data: Mapping[str, Any]) -> None:
            if append_event(ctx, rt, run_id, kind=kind, data=data):
                stopped.set()

        with checkpointer_of(ctx, _app_url(rt)) as checkpointer:
            before = _newest_state(checkpointer, thread_of(ctx, conversation_id)) if task.fork_from is None else task.fork_from
            result = run_turn(Team(ctx, rt, self._models, checkpointer), self._request(ctx, task), emit, stopped=stopped)
        end_turn(ctx, rt, run_id, _ending(result, self.model, before))

    def forget(self, ctx: AccessContext, *, conversation_id: UUID) -> None:
        """Delete the state of a conversation for good."""
        with checkpointer_of(ctx, _app_url(runtime.current())) as checkpointer:
            checkpointer.delete_thread(thread_of(ctx, conversation_id))

    def _request(self, ctx: AccessContext, task: TurnTask) -> TurnRequest:
        from agents.runner import Limits
        from agents.turns import TurnRequest

        of = self._settings
        limits = Limits(
            of.assistant_turn_steps,
            of.assistant_turn_steps,
            of.assistant_turn_tokens,
            of.assistant_turn_seconds,
            round(of.assistant_turn_cost * 1e6) if of.openai_prices else None,
        )
        thread = thread_of(ctx, task.conversation_id)
        return TurnRequest(thread, str(task.turn_id), task.message, self.model, task.locale, task.seed, limits, task.fork_from)


def _app_url(rt: Runtime) -> str:
    return rt.db.engine.url.render_as_string(hide_password=False)


def _newest_state(checkpointer: BaseCheckpointSaver[Any], thread: str) -> str:
    """Give the id of the newest state of a thread, "" before the first."""
    found = checkpointer.get_tuple({"configurable": {"thread_id": thread}})
    return "" if found is None else str(found.checkpoint["id"])


def _ending(result: TurnResult, model: str, before: str) -> Ending:
    from agents.desk import draft_rows

    stopped = isinstance(result.failure, BudgetExceeded)
    return Ending(
        state="done" if result.failure is None else "stopped" if stopped else "failed",
        answer=result.answer,
        model=model,
        result={
            "agents": list(result.agents),
            "tools": [asdict(use) for use in result.tools],
            "figures": [asdict(figure) for figure in result.figures],
            "asks": list(result.asks),
            "cards": [asdict(card) for card in result.cards],
            "change_set": result.change_set,
            "draft": draft_rows(result.distribution) if result.distribution is not None else None,
            "error": None if result.failure is None else result.failure.code,
        },
        tokens=result.tokens,
        cost_micros=result.cost_micros,
        seconds=result.seconds,
        state_before=before,
    )
