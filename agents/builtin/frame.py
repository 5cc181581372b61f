"""What a message asks for, with what was said before: intents, slots, and what is still missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from agents.builtin.intents import IntentModel
from agents.builtin.slots import Delta, Move, Rule, Slots, Target, read_slots
from agents.builtin.table import Table
from agents.builtin.wording import language_of
from core.planning.channels import plain

_SEGMENTS = re.compile(
    r"(?<=[?!;:])\s+|(?<=\w)\.\s+|,\s*(?:and|und|but|aber|then|dann)?\s*(?=(?:what|how|why|which|was|wie|warum|welche|show|zeig|save|speicher|write|schreib)\b)"
    r"|\s+(?:and|und|then|dann)\s+(?=(?:then|what|how|why|tell|show|save|write|compare|was|wie|warum|dann|zeig|speicher|schreib|vergleich|explain|erklär)\w*\b)",
    re.IGNORECASE,
)
_SURE = 0.22
_ASIDES = ("greeting", "yes", "no", "help")


@dataclass(frozen=True, slots=True)
class Memory:
    """What the model keeps from its last answer, inside that message.

    Attributes:
        pending: the slot that was asked for (`total`, `channel`, `source`, `destination`, `amount`, `file`) and the message it was for.
        offer: what a plain yes would do.
        role: what the last amount stood for: {"kind": "total"} or {"kind": "lock", "channel": ...}.
        channels: named last, for `it` and `that`.
    """

    language: str = "en"
    pending: Mapping[str, Any] = field(default_factory=dict)
    offer: str = ""
    role: Mapping[str, Any] = field(default_factory=dict)
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A message understood.

    Attributes:
        intents: in the order of the message, likeliest reading of each part.
        confidence: of the whole message's reading, 0-1.
    """

    text: str
    language: str
    intents: tuple[str, ...]
    slots: Slots
    confidence: float
    memory: Memory

    def asks_for(self, *intents: str) -> bool:
        return any(intent in intents for intent in self.intents)


def understand(text: str, table: Table, memory: Memory | None, model: IntentModel) -> Frame:
    """Read a message; a reply to a question is completed with what the question was about."""
    before = memory if memory is not None else Memory(language=table.locale)
    language = language_of(text, before.language)
    slots = read_slots(text, table.vocabulary)
    whole, confidence = model.best(text, table.vocabulary.channels)
    intents = _intents(text, table, model, whole, confidence)
    frame = Frame(text, language, intents, slots, confidence, before)
    if before.pending:
        frame = _completed(frame, table, model)
    return _corrected(frame)


def _intents(text: str, table: Table, model: IntentModel, whole: str, confidence: float) -> tuple[str, ...]:
    parts = [p for p in _SEGMENTS.split(text) if p and len(p.split()) > 1]
    found = [model.best(part, table.vocabulary.channels) for part in parts] if len(parts) > 1 else []
    named = [intent for intent, odds in found if odds >= _SURE and intent not in _ASIDES]
    if confidence >= _SURE and whole not in named and (not named or whole not in ("out_of_scope", *_ASIDES)):
        named.insert(0, whole)
    return tuple(dict.fromkeys(named)) or ((whole,) if confidence >= _SURE / 2 else ())


def _completed(frame: Frame, table: Table, model: IntentModel) -> Frame:
    """Put the answer to our question into the request it was asked for."""
    pending, slots = frame.memory.pending, frame.slots
    slot = pending["slot"]
    if slot == "total" and (slots.totals or slots.bare) and not slots.rules:
        earlier = _earlier(frame, table, model)
        return replace(
            earlier, slots=replace(earlier.slots, totals=slots.totals or slots.bare, periods=slots.periods or earlier.slots.periods)
        )
    if slot == "period" and slots.periods and not slots.totals and not slots.rules:
        earlier = _earlier(frame, table, model)
        return replace(earlier, slots=replace(earlier.slots, periods=slots.periods))
    if slot in ("channel", "source", "destination") and slots.targets and not slots.totals and not slots.rules:
        return _with_target(_earlier(frame, table, model), slot, slots.targets[0])
    if slot == "alternative" and any(plain(name) in plain(frame.text) for name in table.alternatives):
        earlier = _earlier(frame, table, model)
        return replace(earlier, text=f"{frame.text} {earlier.text}")
    if slot == "amount" and (slots.totals or slots.shares) and not slots.rules:
        return _with_amount(_earlier(frame, table, model), slots)
    return frame


def _earlier(frame: Frame, table: Table, model: IntentModel) -> Frame:
    text = str(frame.memory.pending.get("text", ""))
    earlier = understand(text, table, replace(frame.memory, pending={}), model)
    return replace(earlier, language=frame.language)


def _with_target(frame: Frame, slot: str, target: Target) -> Frame:
    slots = frame.slots
    if slot == "channel":
        rules = tuple(replace(rule, target=target) for rule in slots.orphans)
        known = tuple(r if r.target.known else replace(r, target=target) for r in slots.rules)
        return replace(frame, slots=replace(slots, rules=known + rules, orphans=()))
    side = {"source": target} if slot == "source" else {"destination": target}
    return replace(frame, slots=replace(slots, moves=tuple(_filled(move, side) for move in slots.moves)))


def _filled(move: Move, side: Mapping[str, Target]) -> Move:
    return replace(move, source=move.source or side.get("source"), destination=move.destination or side.get("destination"))


def _with_amount(frame: Frame, said: Slots) -> Frame:
    value, is_share = (said.totals[0], False) if said.totals else (said.shares[0], True)
    moves = tuple(replace(m, value=value, is_share=is_share) if m.value is None else m for m in frame.slots.moves)
    rules = tuple(
        replace(r, value=value, is_share=is_share) if r.value is None and r.kind in ("up", "down") else r for r in frame.slots.rules
    )
    deltas = frame.slots.deltas or (() if frame.slots.moves or rules else (Delta(value, is_share, 1),))
    return replace(frame, slots=replace(frame.slots, moves=moves, rules=rules, deltas=deltas))


def _corrected(frame: Frame) -> Frame:
    """`no, 200k` corrects the amount that was given last; `lock it at 20k` means the channel named last."""
    role, slots = frame.memory.role, frame.slots
    starts_with_no = re.match(r"\s*(?:no|nein|nee|sorry|actually|ich meinte|i meant|doch|lieber)\b", frame.text, re.IGNORECASE)
    if starts_with_no and role.get("kind") in ("lock", "min", "max") and slots.totals and not slots.rules:
        rule = Rule(str(role["kind"]), Target("channel", (str(role["channel"]),)), slots.totals[0])
        return replace(frame, intents=("set_constraint",), slots=replace(slots, rules=(rule,), totals=()))
    if (
        slots.orphans
        and len(frame.memory.channels) == 1
        and re.search(r"\b(?:it|that|this|ihn|sie|es|das|den)\b", frame.text, re.IGNORECASE)
    ):
        target = Target("channel", frame.memory.channels)
        return replace(frame, slots=replace(slots, rules=slots.rules + tuple(replace(r, target=target) for r in slots.orphans), orphans=()))
    return frame


def channels_of(targets: Sequence[Target]) -> list[str]:
    """Give the plan's own names among targets, each once."""
    return list(dict.fromkeys(name for target in targets if target.kind == "channel" and target.known for name in target.names))


def share_or_amount(value: Decimal | None, is_share: bool, table: Table) -> dict[str, Any]:
    """Give tool arguments for a value: `share` or `amount_minor`."""
    if value is None:
        return {}
    return {"share": float(value)} if is_share else {"amount_minor": table.minor(value)}
