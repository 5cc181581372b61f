"""A talk for tests: a team over the real database, answering messages as turns of one conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langgraph.checkpoint.memory import InMemorySaver

from agents.builtin.model import BuiltInModel
from agents.runner import Limits
from agents.turns import Team, TurnRequest, TurnResult, run_turn
from core.access import AccessContext
from core.runtime import Runtime
from tests.agents.plans import keep_plan

Ask = Callable[[str], TurnResult]


class Talk:
    """One conversation about one plan; `events` are those of the last turn."""

    def __init__(self, team: Team, seed: Mapping[str, Mapping[str, Any]]) -> None:
        self.team, self._seed, self._turns, self.limits = team, seed, 0, Limits()
        self.events: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, message: str) -> TurnResult:
        self._turns += 1
        self.events = []
        seed = self._seed if self._turns == 1 else {}
        request = TurnRequest("talk", f"turn-{self._turns}", message, "built-in", seed=seed, limits=self.limits)
        return run_turn(self.team, request, lambda kind, data: self.events.append((kind, data)))


@pytest.fixture
def built_in(trained_dir: Path) -> BuiltInModel:
    return BuiltInModel(cache_dir=trained_dir / "models")


def talk_with(ctx: AccessContext, rt: Runtime, models: Mapping[str, BaseChatModel], *, seed: Mapping[str, Any] | None = None) -> Talk:
    """Start a talk about a fresh plan."""
    table = seed if seed is not None else {"campaign_data": {"file_id": str(keep_plan(ctx, rt))}}
    return Talk(Team(ctx, rt, models, InMemorySaver()), table)


@pytest.fixture
def talk(ctx: AccessContext, runtime: Runtime, built_in: BuiltInModel) -> Talk:
    """A talk with the built-in model about a plan of EUR 150,000 for January to March."""
    return talk_with(ctx, runtime, {"supervisor": built_in})
