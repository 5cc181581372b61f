"""How well the built-in model understands what it never saw, and how fast a turn is."""

from __future__ import annotations

import tempfile
import time
from datetime import date
from pathlib import Path

from agents.builtin.intents import load_intents
from agents.builtin.phrases import heldout_phrases, training_phrases
from agents.builtin.slots import Slots, Vocabulary, read_slots
from tests.bench.figure import Figure

_VOCABULARY = Vocabulary(("Search", "Meta", "TV", "Radio"), ("DE", "AT"), today=date(2026, 11, 21))


def figures() -> list[Figure]:
    """Measure intents and slots on the held-out phrases, and the time of each."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        model = load_intents(Path(folder))
        training = time.perf_counter() - began
        began = time.perf_counter()
        load_intents(Path(folder))
        loading = time.perf_counter() - began
    phrases = heldout_phrases()
    began = time.perf_counter()
    right = sum(model.best(p.text, _VOCABULARY.channels)[0] == p.intent for p in phrases)
    took = time.perf_counter() - began
    pairs = [(expected, _said(read_slots(p.text, _VOCABULARY)).get(slot)) for p in phrases for slot, expected in p.slots.items()]
    slots_right = sum(expected == got for expected, got in pairs)
    note = f"{len(phrases)} phrases by hand, never trained on; trained on {len(training_phrases())}"
    return [
        Figure("assistant: intent accuracy, held out", right / len(phrases), "share", aim="at least 0.95", note=note),
        Figure(
            "assistant: slot accuracy, held out",
            slots_right / len(pairs),
            "share",
            aim="at least 0.97",
            note="the grammar was read against these while written",
        ),
        Figure("assistant: understand a message", took / len(phrases) * 1000, "ms", aim="at most 20 ms"),
        Figure("assistant: train the intents, first run", training, "s", aim="at most 10 s"),
        Figure("assistant: load the trained intents", loading, "s", aim="at most 0.1 s"),
    ]


def _said(slots: Slots) -> dict[str, object]:
    """Write slots as the held-out file does."""
    said: dict[str, object] = {}
    if slots.totals:
        said["total"] = float(slots.totals[0])
        said["totals"] = [float(total) for total in slots.totals]
    if slots.periods:
        said["period"] = [slots.periods[0].first_month, slots.periods[0].last_month]
    if slots.deltas:
        said["delta"] = float(slots.deltas[0].value * slots.deltas[0].sign)
    rules = [f"{r.kind} {'/'.join(r.target.names)}" + ("" if r.value is None else f" {float(r.value):g}") for r in slots.rules]
    said["rules"] = rules
    for move in slots.moves[:1]:
        sides = " ".join(side.names[0] for side in (move.source, move.destination) if side is not None)
        said["move"] = f"{float(move.value or 0):g} {sides}"
    return said
