"""The built-in model is trained beside the app where it no longer fits the code, once, and a question that comes meanwhile waits for it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agents.builtin import intents
from agents.builtin.intents import IntentModel, load_intents
from agents.builtin.model import BuiltInModel
from agents.builtin.phrases import Phrase
from agents.turns import Team, TurnRequest, run_turn
from core.access import AccessContext
from core.runtime import Runtime
from tests.agents.plans import keep_plan

LONGEST = 60


def test_a_question_that_comes_while_the_model_is_trained_says_so_and_trains_nothing_itself(
    ctx: AccessContext, runtime: Runtime, trained_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, began, go_on, trained = load_intents(trained_dir / "models"), Event(), Event(), []

    def train(phrases: Iterable[Phrase]) -> IntentModel:
        trained.append(phrases)
        began.set()
        assert go_on.wait(LONGEST)
        return ready

    monkeypatch.setattr(intents, "train_intents", train)  # the real one cannot be held until the question has come
    monkeypatch.setattr(intents, "BUILT", tmp_path)
    model = BuiltInModel(cache_dir=tmp_path / "models")
    background = Thread(target=model.prepare)
    background.start()
    assert began.wait(LONGEST) and not model.is_ready
    told: list[str] = []

    def emit(kind: str, data: object) -> None:
        told.append(kind)
        if kind == "getting_ready":
            go_on.set()

    team = Team(ctx, runtime, {"supervisor": model}, InMemorySaver())
    seed = {"campaign_data": {"file_id": str(keep_plan(ctx, runtime))}}
    result = run_turn(team, TurnRequest("talk", "turn-1", "How should I split 180k?", "built-in", seed=seed), emit)
    background.join(LONGEST)
    assert result.failure is None and result.distribution is not None and result.distribution.total_minor == 18_000_000
    assert told[0] == "getting_ready" and told.count("getting_ready") == 1 and len(trained) == 1
    run_turn(team, TurnRequest("talk", "turn-2", "And with 20% less?", "built-in"), emit)
    assert told.count("getting_ready") == 1, "it is ready from then on"


def test_a_model_that_fits_the_code_is_read_and_no_process_is_started_for_it(trained_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("nothing is to be trained")

    monkeypatch.setattr(subprocess, "run", refuse)
    model = BuiltInModel(cache_dir=trained_dir / "models")
    assert model.is_ready and model.prepare(aside=True).classes
