"""How well the built-in model understands what it never saw, and how fast a turn is."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from agents.builtin.intents import load_intents
from agents.builtin.phrases import training_phrases
from tests.agents.phrases.scoring import cases, score
from tests.bench.figure import Figure


def figures() -> list[Figure]:
    """Measure intents and slots on the held-out phrases, and the time of each."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        model = load_intents(Path(folder))
        training = time.perf_counter() - began
        began = time.perf_counter()
        load_intents(Path(folder))
        loading = time.perf_counter() - began
    given = cases("clean")
    began = time.perf_counter()
    found = score(given, model)
    took = time.perf_counter() - began
    note = f"{found.intents} requests, {found.slots} slots by hand, used for nothing else; trained on {len(training_phrases())} phrases"
    return [
        Figure("assistant: intent accuracy, held out", found.intents_right / found.intents, "share", aim="at least 0.95", note=note),
        Figure("assistant: slot accuracy, held out", found.slots_right / found.slots, "share", aim="at least 0.97", note=note),
        Figure("assistant: understand a message", took / len(given) * 1000, "ms", aim="at most 20 ms"),
        Figure("assistant: train the intents, first run", training, "s", aim="at most 10 s"),
        Figure("assistant: load the trained intents", loading, "s", aim="at most 0.1 s"),
    ]
