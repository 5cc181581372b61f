"""How well the built-in model understands what it never saw, and how fast a turn is."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from agents.ask import throwaway
from agents.builtin.intents import load_intents, train_intents
from agents.builtin.model import BuiltInModel
from agents.builtin.phrases import training_phrases
from agents.turns import Team, TurnRequest, run_turn
from core.access import AccessContext
from core.config import Settings
from core.runtime import Runtime
from core.services.demo_performance import make_demo_performance
from core.services.response import fit_response
from tests.agents.phrases.scoring import cases, score
from tests.agents.plans import keep_plan, plan_bytes
from tests.bench.figure import Figure

_TALKS = 20
_CHANNELS = ("Search", "Meta", "YouTube", "TV", "Radio", "Display", "OOH")


def figures() -> list[Figure]:
    """Measure intents and slots on the held-out phrases, and the time of each."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        train_intents(training_phrases())
        training = time.perf_counter() - began
        model = load_intents(Path(folder))
        began = time.perf_counter()
        load_intents(Path(folder))
        loading = time.perf_counter() - began
    given = [*cases("clean"), *cases("unseen")]
    began = time.perf_counter()
    found = score(given, model)
    took = time.perf_counter() - began
    of = "slots by hand, of which one misread was mended since; trained on"
    note = f"{found.intents} requests, {found.slots} {of} {len(training_phrases())} phrases"
    return [
        Figure("assistant: intent accuracy, held out", found.intents_right / found.intents, "share", aim="at least 0.95", note=note),
        Figure("assistant: slot accuracy, held out", found.slots_right / found.slots, "share", aim="at least 0.97", note=note),
        Figure(
            "assistant: planned otherwise than said, held out",
            len(found.silent),
            "requests",
            aim="0",
            note="without a question or a remark",
        ),
        Figure("assistant: understand a message", took / len(given) * 1000, "ms", aim="at most 20 ms"),
        Figure("assistant: train the intents, once in make setup", training, "s", aim="at most 10 s"),
        Figure("assistant: load the trained intents", loading, "s", aim="at most 0.1 s"),
        *_turns(),
    ]


@dataclass(frozen=True, slots=True)
class _Timed:
    """One turn: seconds to the first word, to the end, and inside its tools."""

    first: float
    whole: float
    tools: float


def _turns() -> list[Figure]:
    """Time turns of the built-in model on a database of its own: in one talk after another, then twenty talks at once."""
    with tempfile.TemporaryDirectory() as folder, throwaway(Settings()) as (ctx, rt):
        model = BuiltInModel(cache_dir=Path(folder))
        model.prepare()
        team = Team(ctx, rt, {"supervisor": model}, InMemorySaver())
        file_id = str(keep_plan(ctx, rt))
        _timed(team, file_id, "warm")
        alone = [_timed(team, file_id, f"alone-{n}") for n in range(_TALKS)]
        measured = _measured(team, ctx, rt)
        with ThreadPoolExecutor(_TALKS) as pool:
            together = list(pool.map(lambda n: _timed(team, file_id, f"together-{n}"), range(_TALKS)))
    note = "a split of a plan of four lines, built-in model; without the queue (up to 0.2 s) and the page"
    overhead = statistics.median(turn.whole - turn.tools for turn in alone)
    return [
        Figure("assistant: first token", statistics.median(t.first for t in alone), "s", aim="at most 1 s", note=note),
        Figure("assistant: whole simple turn", statistics.median(t.whole for t in alone), "s", aim="at most 3 s", note=note),
        *measured,
        Figure("assistant: of it not in tools", overhead, "s", note="graph, model, number check"),
        Figure("assistant: 20 talks at once, first token, slowest", max(t.first for t in together), "s", note="one process"),
        Figure(
            "assistant: 20 talks at once, whole turn, slowest", max(t.whole for t in together), "s", aim="at most 3 s", note="one process"
        ),
    ]


def _measured(team: Team, ctx: AccessContext, rt: Runtime) -> list[Figure]:
    """Time splits by two years of made performance: seven channels in three months, a posterior for each."""
    plan = {name: (10_000.0 + 1_000 * n, 12_000.0, 9_000.0) for n, name in enumerate(_CHANNELS)}
    file_id = str(keep_plan(ctx, rt, content=plan_bytes(plan)))
    make_demo_performance(ctx, rt, channels=_CHANNELS, currency="EUR")
    fit_response(ctx, rt, "conversions", currency="EUR")
    asked = "What split of 180k brings the most conversions, with Search at 40k?"
    turns = [_timed(team, file_id, f"measured-{n}", asked) for n in range(6)][1:]
    note = "seven channels of 60 draws in three months, S-shaped, one held; bounded to 1e-4"
    return [
        Figure(
            "assistant: first token of a split by response", statistics.median(t.first for t in turns), "s", aim="at most 1 s", note=note
        ),
        Figure(
            "assistant: whole turn of a split by response", statistics.median(t.whole for t in turns), "s", aim="at most 3 s", note=note
        ),
    ]


def _timed(team: Team, file_id: str, thread: str, asked: str = "How should I split 180k for Q1?") -> _Timed:
    began, first = time.perf_counter(), 0.0

    def emit(kind: str, data: Mapping[str, Any]) -> None:
        nonlocal first
        if kind == "token" and not first:
            first = time.perf_counter() - began

    seed = {"campaign_data": {"file_id": file_id}}
    result = run_turn(team, TurnRequest(thread, "turn", asked, "built-in", seed=seed), emit)
    assert result.failure is None and result.distribution is not None
    return _Timed(first, time.perf_counter() - began, sum(use.seconds for use in result.tools))
