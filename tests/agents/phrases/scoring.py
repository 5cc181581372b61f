"""Scores the built-in model on phrases that it never saw: intents and slots of a message, first try."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from agents.builtin.frame import understand
from agents.builtin.intents import IntentModel
from agents.builtin.policy import decide
from agents.builtin.said import Move, Slots
from agents.builtin.table import Table
from agents.builtin.unheard import changes

FOLDER = Path(__file__).parent
CHANNELS = ("Search", "Meta", "TV", "Radio", "Display", "YouTube", "OOH")
TABLE = Table(file="Spring plan", currency="EUR", channels=CHANNELS, markets=("DE", "AT", "CH"), today=date(2026, 11, 21), has_draft=True,
              total_minor=15_000_000, plan_total_minor=15_000_000, amounts=dict.fromkeys(CHANNELS, 2_000_000))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A message, the intents that do it right (any of them), and the slots in it."""

    text: str
    intents: frozenset[str]
    slots: dict[str, object]


@dataclass(frozen=True, slots=True)
class Score:
    """How many were right, and what was wrong in words.

    Attributes:
        silent: requests whose money is planned otherwise than it was said, without a question or a remark.
    """

    intents_right: int
    intents: int
    slots_right: int
    slots: int
    wrong: tuple[str, ...]
    silent: tuple[str, ...] = ()


def cases(name: str) -> list[Case]:
    """Read a file of phrases: intents (a|b), text and slots as JSON, tab between."""
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Case(text, frozenset(intents.split("|")), json.loads(slots[0]) if slots else {}) for intents, text, *slots in rows]


def score(given: Sequence[Case], model: IntentModel) -> Score:
    """Read each message as the first of a talk with a distribution on the table; a slot is right only when it is read exactly."""
    right = slots_right = slots = 0
    wrong, silent = [], []
    for case in given:
        frame = understand(case.text, TABLE, None, model)
        is_right = bool(frame.intents) and frame.intents[0] in case.intents
        right += is_right
        said = said_slots(frame.slots)
        misread = {slot: (wanted, said.get(slot)) for slot, wanted in case.slots.items() if not _same(wanted, said.get(slot))}
        slots += len(case.slots)
        slots_right += len(case.slots) - len(misread)
        if not is_right or misread:
            wrong.append(f"{case.text!r}: {'' if is_right else f'{sorted(case.intents)} read as {frame.intents}; '}{misread or ''}")
        decision = decide(frame, TABLE)
        if _money(case.slots) != _money(said) and changes(decision.steps) and not decision.asks and not decision.says:
            silent.append(f"{case.text!r}: {_money(case.slots)} planned as {_money(said)}")
    return Score(right, len(given), slots_right, slots, tuple(wrong), tuple(silent))


def _money(said: dict[str, object]) -> tuple[object, ...]:
    """Give all that was said of amounts, whatever else was."""
    totals = said.get("totals", [said["total"]] if "total" in said else [])
    moves = said.get("moves", [said["move"]] if "move" in said else [])
    lists = (totals, moves, said.get("rules", []), said.get("swaps", []))
    return (*(sorted(one) if isinstance(one, list) else one for one in lists), said.get("delta"))


def _same(wanted: object, got: object) -> bool:
    return sorted(wanted, key=str) == sorted(got, key=str) if isinstance(wanted, list) and isinstance(got, list) else wanted == got


def said_slots(slots: Slots) -> dict[str, object]:
    """Write slots as the files do."""
    said: dict[str, object] = {"method": slots.method, "kpi": list(slots.kpis)}
    said["on"] = [name for target in slots.targets for name in target.names]
    if slots.rest is not None:
        said["rest"] = ["stays"] if slots.rest.stays else [name for target in slots.rest.targets for name in target.names]
    if slots.totals:
        said["total"] = float(slots.totals[0])
        said["totals"] = [float(total) for total in slots.totals]
    if slots.periods:
        period = slots.periods[0]
        said["period"] = [None if period.reach == "until" else period.first_month, None if period.reach == "since" else period.last_month]
    if slots.deltas:
        said["delta"] = float(slots.deltas[0].value * slots.deltas[0].sign)
    said["rules"] = [f"{r.kind} {'/'.join(r.target.names)}" + ("" if r.value is None else f" {_figure(r.value)}") for r in slots.rules]
    said["moves"] = [_move(move) for move in slots.moves]
    if slots.moves:
        said["move"] = _move(slots.moves[0])
    said["swaps"] = [" ".join(side.names[0] for side in swap) for swap in slots.swaps]
    return said


def _move(move: Move) -> str:
    sides = (move.source, *move.more_sources, move.destination, *move.more_destinations)
    return f"{_figure(move.value or Decimal(0))} {' '.join(side.names[0] for side in sides if side is not None)}"


def _figure(value: Decimal) -> str:
    """A third is written 0.3333 in the files."""
    return f"{round(float(value), 4):g}"
