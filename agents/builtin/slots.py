"""Reads the slots of a message: total, rules per channel or market, moves, shifts, deltas, periods, KPIs and the way to split."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from agents.builtin.amounts import Quantity, find_quantities
from agents.builtin.lexicon import KPIS, Mention, find_names, match_channels, match_markets
from agents.builtin.periods import PeriodMention, find_periods
from agents.builtin.wording import Word, find_words

TargetKind = Literal["channel", "market"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is on the table: the plan's own names and today's date."""

    channels: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    today: date = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Target:
    """A channel or market as the plan spells it; `known` is False when the plan has none such."""

    kind: TargetKind
    names: tuple[str, ...]
    known: bool = True


NOBODY = Target("channel", (), False)
"""Stands for the channel that a wish does not name."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A wish about a target: lock, min, max, unlock, remove, emphasis, up, down. `value` is major units or a share."""

    kind: str
    target: Target
    value: Decimal | None = None
    is_share: bool = False
    per_month: bool = False
    absolute: bool = False
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Money from one target to another; a side that was not said is None."""

    value: Decimal | None
    is_share: bool
    source: Target | None
    destination: Target | None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """A change of the whole budget: `sign` +1 or -1; a share is of the total."""

    value: Decimal
    is_share: bool
    sign: int


@dataclass(frozen=True, slots=True)
class Slots:
    """All that a message says; `orphans` are locks that name no channel."""

    totals: tuple[Decimal, ...] = ()
    currency: str | None = None
    rules: tuple[Rule, ...] = ()
    moves: tuple[Move, ...] = ()
    deltas: tuple[Delta, ...] = ()
    shares: tuple[Decimal, ...] = ()
    targets: tuple[Target, ...] = ()
    periods: tuple[PeriodMention, ...] = ()
    kpis: tuple[str, ...] = ()
    method: str | None = None
    per_month: bool = False
    what_if: bool = False
    bare: tuple[Decimal, ...] = ()
    orphans: tuple[Rule, ...] = ()


Item = tuple[int, int, str, object]
_BREAK = re.compile(
    r"[;:?!]+|\.(?=\s|$)|,(?=\s|$)|(?<!\w)(?:and|und|but|aber|sowie|&|then|dann|plus|while|whereas|during)(?!\w)|\n|\s[–—-]\s",
    re.IGNORECASE,
)
_MODES = ("lock", "unlock", "min", "max", "up", "down", "remove", "emphasis", "move")


@dataclass(slots=True)
class _Chunk:
    """A stretch of the message that can hold one wish."""

    mode: str | None = None
    quantities: list[Quantity] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    amount_first: bool = False
    hard_end: bool = False
    inherited: bool = False
    sides: list[str] = field(default_factory=list)


def read_slots(text: str, vocabulary: Vocabulary) -> Slots:
    """Give every slot of the message; nothing is guessed that was not said."""
    items, periods, kpis = _items(text, vocabulary)
    words = [str(value) for _, _, kind, value in items if kind == "word"]
    chunks = _merge_lists(_chunks(items))
    slots = Slots(
        periods=tuple(periods),
        kpis=tuple(kpis),
        method="even" if "even" in words else "last_plan" if "like_last" in words else None,
        per_month="per_month" in words,
        what_if="what_if" in words,
        currency=next((q.currency for c in chunks for q in c.quantities if q.currency), None),
    )
    for chunk in chunks:
        slots = _apply(slots, chunk)
    return _with_ratio(slots, text)


def _items(text: str, vocabulary: Vocabulary) -> tuple[list[Item], list[PeriodMention], list[str]]:
    """Tag the text; amounts, names and periods hide the role words they contain."""
    periods = find_periods(text, vocabulary.today)
    channels = [(m, "channel") for m in match_channels(text, vocabulary.channels, vocabulary.names)]
    markets = [(m, "market") for m in match_markets(text, vocabulary.markets)]
    kpis = find_names(text, KPIS)
    items: list[Item] = [(p.start, p.end, "period", p) for p in periods]
    for mention, kind in (*channels, *markets):
        target = Target("channel" if kind == "channel" else "market", mention.names, mention.known)
        if not _hidden(mention, items):
            items.append((mention.start, mention.end, "target", target))
    for quantity in find_quantities(text):
        if not _hidden(quantity, items) and not _is_year_or_count(quantity):
            items.append((quantity.start, quantity.end, "quantity", quantity))
    items += [(m.start, m.end, "kpi", m.names[0]) for m in kpis if not _hidden(m, items)]
    items += [(w.start, w.end, "word", w.role) for w in find_words(text) if not _hidden(w, items)]
    items += [
        (m.start(), m.end(), "break", m[0].lower())
        for m in _BREAK.finditer(text)
        if not any(m.start() < e and s < m.end() for s, e, *_ in items)
    ]
    found_kpis = [m.names[0] for m in kpis if not any(k == "target" and m.start < e and s < m.end for s, e, k, _ in items)]
    return sorted(items, key=lambda item: item[0]), periods, list(dict.fromkeys(found_kpis))


def _hidden(span: Mention | Quantity | Word, items: Sequence[Item]) -> bool:
    return any(span.start < end and start < span.end for start, end, *_ in items)


def _is_year_or_count(quantity: Quantity) -> bool:
    return quantity.is_bare and (quantity.value < 100 or 1990 <= quantity.value <= 2040)


def _chunks(items: Sequence[Item]) -> list[_Chunk]:
    chunks, current = [], _Chunk()
    for position, (_, _, kind, value) in enumerate(items):
        if kind == "break":
            hard = str(value)[0] in ";:?!.\n"
            said_enough = current.quantities or (current.mode == "emphasis" and current.targets)
            if said_enough or hard or current.mode == "move":
                if current.mode == "move" and not hard:
                    continue
                current.hard_end = hard
                chunks.append(current)
                carried = None if hard or current.mode not in ("lock", "min", "max") else current.mode
                current = _Chunk(mode=carried, inherited=carried is not None)
        elif kind == "word":
            current = _take_word(str(value), current, chunks, items[position + 1 :])
        elif kind == "quantity" and isinstance(value, Quantity):
            current.amount_first = current.amount_first or not current.targets
            current.quantities.append(value)
            current.flags |= {"to_amount"} if "_to" in current.flags else set()
        elif kind == "target" and isinstance(value, Target):
            if len(current.quantities) == len(current.sides) and current.quantities and current.targets and not current.amount_first:
                chunks.append(current)
                current = _Chunk(mode=current.mode)
            current.targets.append(value)
            current.sides.append("from" if current.flags & {"_from"} else "to" if current.flags & {"_to"} else "")
    chunks.append(current)
    return chunks


def _take_word(role: str, current: _Chunk, chunks: list[_Chunk], rest: Sequence[Item]) -> _Chunk:
    """Let a role word act: a mode opens a chunk (or names the one that is open), the others only mark it."""
    if role in ("from", "to"):
        current.flags -= {"_from", "_to"}
        current.flags.add("_" + role)
        return current
    if current.mode == "move" and role in ("up", "more"):
        return current
    if role not in _MODES:
        current.flags.add(role)
        return current
    trailing = (
        role in ("min", "max", "lock", "up", "down")
        and current.quantities
        and (not rest or rest[0][2] == "break" or rest[0][2] == "period")
    )
    if trailing or (
        current.quantities and role in ("min", "max") and not current.targets and current.mode is None and _next_is_target(rest)
    ):
        current.mode = role
        return current
    if current.quantities or (current.mode is not None and current.targets and not current.inherited):
        chunks.append(current)
        return _Chunk(mode=role)
    return _Chunk(mode=role, targets=current.targets, sides=current.sides, flags=current.flags)


def _next_is_target(rest: Sequence[Item]) -> bool:
    return bool(rest) and rest[0][2] in ("target", "word") and any(kind == "target" for _, _, kind, _ in rest[:2])


def _merge_lists(chunks: Sequence[_Chunk]) -> list[_Chunk]:
    """`20k for Search, TV and Radio`: targets that follow an amount-first chunk belong to it."""
    merged: list[_Chunk] = []
    for chunk in chunks:
        last = merged[-1] if merged else None
        bare_targets = chunk.targets and not chunk.quantities and not (chunk.flags - {"_to", "_from", "each", "per_month", "to_amount"})
        if last and bare_targets and last.amount_first and last.targets and last.mode == chunk.mode and not last.hard_end:
            last.targets += chunk.targets
            last.flags |= chunk.flags
        else:
            merged.append(chunk)
    return [c for c in merged if c.quantities or c.targets]


def _apply(slots: Slots, chunk: _Chunk) -> Slots:
    targets = tuple(chunk.targets)
    slots = replace(slots, targets=slots.targets + targets)
    if chunk.mode == "move":
        return replace(slots, moves=(*slots.moves, _move(chunk)))
    if not chunk.quantities:
        if chunk.mode in ("lock", "unlock", "remove", "emphasis", "up", "down"):
            rules = tuple(Rule(chunk.mode, t) for t in _joined(targets, chunk))
            return replace(slots, rules=slots.rules + rules)
        return slots
    if targets and not _is_total_for_scope(chunk):
        return replace(slots, rules=slots.rules + tuple(_rules(chunk)))
    return _whole_budget(slots, chunk)


def _is_total_for_scope(chunk: _Chunk) -> bool:
    """`split 180k across Search, Meta and TV` names a total and a scope; `have 180k, mostly Germany` likewise."""
    whole = not chunk.quantities[0].is_share and chunk.amount_first and len(chunk.quantities) == 1
    several = len({name for target in chunk.targets for name in target.names}) > 1 and "each" not in chunk.flags
    only_markets = all(target.kind == "market" for target in chunk.targets)
    spoken = "have" in chunk.flags or "total" in chunk.flags
    relative = chunk.flags & {"more", "less"}
    return whole and chunk.mode in (None, "emphasis") and not relative and (several or (only_markets and spoken))


def _rules(chunk: _Chunk) -> list[Rule]:
    """Pair amounts with targets: one amount goes to all, several go one by one."""
    mode = chunk.mode or "lock"
    relative = None
    if "more" in chunk.flags or mode == "up":
        relative = "up"
    if "less" in chunk.flags or mode == "down":
        relative = "down"
    kind = relative or ("lock" if mode in ("remove", "emphasis", "unlock") else mode)
    targets = _joined(tuple(chunk.targets), chunk)
    pairs = list(zip(chunk.quantities, targets, strict=False)) if len(chunk.quantities) > 1 else [(chunk.quantities[0], t) for t in targets]
    absolute = relative is not None and "to_amount" in chunk.flags and not ({"more", "less"} & chunk.flags)
    per_month = "per_month" in chunk.flags
    return [
        Rule("lock" if absolute and not q.is_share else kind, t, q.value, q.is_share, per_month, absolute, q.currency) for q, t in pairs
    ]


def _joined(targets: Sequence[Target], chunk: _Chunk) -> list[Target]:
    """One rule a target; a target named twice in a chunk counts once."""
    unique = list(dict.fromkeys(targets))
    channels = [t for t in unique if t.kind == "channel"]
    return channels if channels and chunk.mode != "emphasis" else unique


def _whole_budget(slots: Slots, chunk: _Chunk) -> Slots:
    quantity = chunk.quantities[0]
    sign = 1 if "more" in chunk.flags or chunk.mode == "up" else -1 if "less" in chunk.flags or chunk.mode == "down" else 0
    if sign and not ("to_amount" in chunk.flags and chunk.mode in ("up", "down") and not quantity.is_share):
        return replace(slots, deltas=(*slots.deltas, Delta(quantity.value, quantity.is_share, sign)))
    amounts = tuple(q.value for q in chunk.quantities if not q.is_share)
    shares = tuple(q.value for q in chunk.quantities if q.is_share)
    bare = tuple(q.value for q in chunk.quantities if q.is_bare)
    if chunk.mode in ("lock", "move") and not chunk.targets and not chunk.flags & {"have", "total"}:
        orphan = Rule("lock", NOBODY, quantity.value, quantity.is_share, "per_month" in chunk.flags, currency=quantity.currency)
        return replace(slots, orphans=(*slots.orphans, orphan))
    rules = tuple(Rule("emphasis", t) for t in chunk.targets if chunk.mode == "emphasis")
    return replace(slots, totals=slots.totals + amounts, shares=slots.shares + shares, bare=slots.bare + bare, rules=slots.rules + rules)


def _move(chunk: _Chunk) -> Move:
    quantity = chunk.quantities[0] if chunk.quantities else None
    source = next((t for t, s in zip(chunk.targets, chunk.sides, strict=False) if s == "from"), None)
    destination = next((t for t, s in zip(chunk.targets, chunk.sides, strict=False) if s == "to"), None)
    unsaid = [t for t, s in zip(chunk.targets, chunk.sides, strict=False) if s == ""]
    if source is None and unsaid and destination not in unsaid:
        source = unsaid[0]
    return Move(
        None if quantity is None else quantity.value,
        quantity is not None and quantity.is_share,
        source,
        destination,
        None if quantity is None else quantity.currency,
    )


_RATIO = re.compile(r"(?<!\d)(\d{1,2})\s?[/:]\s?(\d{1,2})(?!\d|[/.-])")


def _with_ratio(slots: Slots, text: str) -> Slots:
    """`60/40 between Search and TV` gives two shares."""
    match = _RATIO.search(text)
    channels = [t for t in dict.fromkeys(slots.targets) if t.kind == "channel"]
    if match is None or len(channels) != 2 or int(match[1]) + int(match[2]) != 100:
        return slots
    rules = tuple(Rule("lock", t, Decimal(p) / 100, True) for t, p in zip(channels, match.groups(), strict=True))
    return replace(slots, rules=slots.rules + rules)
