"""What to do about a message, and what has to be asked before anything is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agents.builtin.frame import Frame
from agents.builtin.lookups import PLANNING, Step
from agents.builtin.phrasing import say
from agents.builtin.said import Slots, Target
from agents.builtin.table import Table
from core.planning.channels import plain


@dataclass(slots=True)
class Decision:
    """What to do: steps in order, what to ask, what to say besides, and what to remember."""

    language: str
    text: str = ""
    steps: list[Step] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    pending: dict[str, Any] = field(default_factory=dict)
    offer: str = ""
    role: dict[str, Any] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    looked: str = ""

    def ask(self, key: str, slot: str, text: str, **values: Any) -> None:
        """Ask a question once and remember what it is for."""
        self.asks.append(say(self.language, key, **values))
        self.pending = {"slot": slot, "text": text}


def ask_alternative(frame: Frame, table: Table, decision: Decision) -> bool:
    """Let the person choose among alternatives of one plan before anything is planned with one of them."""
    if not table.alternatives:
        return False
    text = plain(frame.text)
    named = [name for name in table.alternatives if plain(name) in text]
    if len(named) == 1:
        decision.steps.append(Step("workspace", "read_google_sheet", {"alternative": named[0]}))
        return False
    if frame.asks_for("find_plan", "search_knowledge", "reading_question") or frame.intents[:1] == ("read_plan",):
        return False
    decision.ask("which_alternative", "alternative", frame.text, names=", ".join(table.alternatives))
    return True


def ask_which(frame: Frame, table: Table, decision: Decision) -> bool:
    """Ask which is meant where a name stands for different lines, or several are alike the biggest."""
    slots = frame.slots
    sides = [t for m in slots.moves for t in (m.source, m.destination, *m.more_sources, *m.more_destinations) if t is not None]
    named = [
        n
        for t in (*(r.target for r in slots.rules), *sides, *_exchanged(slots), *(slots.rest.targets if slots.rest is not None else ()))
        for n in (*t.names, *t.but)
    ]
    word = next((name for name in named if name in table.ambiguous), None)
    if word is not None:
        options = table.ambiguous[word]
        decision.ask("ambiguous", "ambiguous", frame.text, word=word, options=", ".join(options))
        decision.pending |= {"options": options, "word": word}
    elif frame.alike:
        decision.ask("alike", "alike", frame.text, names=", ".join(frame.alike[:8]))
        decision.pending |= {"options": frame.alike}
    return bool(decision.asks)


def _exchanged(slots: Slots) -> list[Target]:
    """Give the lines that change places or are rounded."""
    return [*(t for pair in slots.swaps for t in pair), *(slots.rounding.targets if slots.rounding is not None else ())]


def ask_what_is_missing(frame: Frame, table: Table, decision: Decision) -> bool:
    """Ask when a name, a currency or a side of a wish is missing or unknown."""
    slots, text = frame.slots, frame.text
    changes = [*slots.rules, *slots.orphans]
    unknown = [r.target for r in changes if not r.target.known and r.target.names] + [
        t for t in (*(t for m in slots.moves for t in (m.source, m.destination) if t is not None), *_exchanged(slots)) if not t.known
    ]
    only_market = unknown and all(t.kind == "market" for t in unknown) and not table.markets
    if only_market:
        decision.says.append(say(frame.language, "no_markets", name=", ".join(n for t in unknown for n in t.names)))
        unknown = []
    if unknown:
        known = table.markets if unknown[0].kind == "market" else table.channels
        decision.ask("unknown_name", "channel", text, name=unknown[0].names[0], known=", ".join(known[:12]))
    elif slots.currency is not None and table.currency is not None and slots.currency != table.currency:
        decision.ask("other_currency", "total", text, said=slots.currency, plan=table.currency)
    elif slots.orphans:
        decision.ask("which_channel", "channel", text, known=", ".join(table.channels[:12]))
    else:
        return _unclear_amounts(frame, table, decision)
    return True


def _unclear_amounts(frame: Frame, table: Table, decision: Decision) -> bool:
    text, known = frame.text, ", ".join(table.channels[:12])
    for move in frame.slots.moves:
        if move.source is None and move.destination is None:
            continue
        if move.value is None:
            decision.ask("how_much_move", "amount", text)
        elif move.source is None:
            decision.ask("move_from", "source", text, known=known)
        elif move.destination is None:
            decision.ask("move_to", "destination", text, known=known)
        else:
            continue
        return True
    if any(r.kind in ("up", "down") and r.value is None for r in frame.slots.rules):
        decision.ask("how_much_change", "amount", text)
        return True
    odd = [
        r for r in frame.slots.rules if r.kind in ("lock", "min", "max", "unlock") and (r.value is None or r.is_share) and not r.per_month
    ]
    if any(table.part(r.periods) is not None for r in odd) and not frame.asks_for(*PLANNING) and not frame.slots.totals:
        decision.ask("lock_period", "whole_period", text)
        return True
    bare_what_if = frame.asks_for("what_if") and not (frame.slots.deltas or frame.slots.rules or frame.slots.totals or frame.slots.moves)
    if bare_what_if and len(frame.intents) == 1:
        decision.ask("what_if_how_much", "amount", text)
        return True
    return False
