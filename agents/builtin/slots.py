"""Reads the slots of a message: total, rules per channel or market, moves, shifts, deltas, periods, KPIs and the way to split."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agents.builtin.amounts import Quantity, find_quantities
from agents.builtin.coverage import is_ordinary, unknown_words
from agents.builtin.exchanging import Exchange, Rounded, find_rounding, find_swaps
from agents.builtin.groups import find_groups, is_each
from agents.builtin.joining import joined
from agents.builtin.lexicon import KPIS, Mention, find_names, match_channels, match_markets, match_parts
from agents.builtin.periods import PeriodMention, find_periods
from agents.builtin.said import NOBODY, Delta, Move, Rule, Slots, Target, Vocabulary
from agents.builtin.wording import Word, find_words

Item = tuple[int, int, str, object]
_BREAK = re.compile(
    r"[;?!]+|:(?!\s*[\d€$£])|\.(?=\s|$)|,(?=\s|$)|(?<!\w)(?:and|und|but|aber|sowie|&|then|dann|plus|with|mit|davon|wobei|including|"
    r"while|whereas|during)(?!\w)|\n|\s[–—-]\s",
    re.IGNORECASE,
)
_BY = re.compile(r"\b(?:by|um)\s*$", re.IGNORECASE)
_MODES = ("lock", "unlock", "min", "max", "between", "up", "down", "remove", "emphasis", "move")


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
    periods: list[PeriodMention] = field(default_factory=list)
    shifts: bool = False


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
        swaps=tuple(value.sides for *_, value in items if isinstance(value, Exchange)),
        rounding=next((value.rounding for *_, value in items if isinstance(value, Rounded)), None),
        each=is_each(text),
    )
    for chunk in chunks:
        slots = _apply(slots, chunk)
    further = [text[q.start : q.end] for c in chunks if c.mode == "move" for q in c.quantities[1:]]  # a move has one amount
    undirected = [q for c in chunks if c.mode is None and not c.flags & {"more", "less"} for q in c.quantities]
    further += [text[q.start : q.end] for q in undirected if _BY.search(text[: q.start])]  # up or down by that?
    unknown = unknown_words(text, [(start, end) for start, end, *_ in items], vocabulary)
    slots = replace(slots, unknown=(*unknown, *further))
    return joined(slots, text)


def _items(text: str, vocabulary: Vocabulary) -> tuple[list[Item], list[PeriodMention], list[str]]:
    """Tag the text; amounts, names and periods hide the role words they contain."""
    periods = find_periods(text, vocabulary.today)
    channels = [(m, "channel") for m in match_channels(text, vocabulary.channels, vocabulary.names)]
    markets = [(m, "market") for m in match_markets(text, vocabulary.markets)]
    kpis = find_names(text, KPIS)
    items: list[Item] = [(p.start, p.end - bool(re.match(r"\.(?:\s+[A-ZÄÖÜ]|\s*$)", text[p.end - 1 :])), "period", p) for p in periods]
    named = [m for m, _ in channels]
    rounded = find_rounding(text, named)
    items += [] if rounded is None else [(rounded.start, rounded.end, "break", rounded)]
    items += [(swap.start, swap.end, "break", swap) for swap in find_swaps(text, named)]
    items += [(group.start, group.end, "target", group.target) for group in find_groups(text, named)]
    taken = [(m.start, m.end) for m, _ in (*channels, *markets)] + [(p.start, p.end) for p in periods]
    parts = [(m, "channel") for m in match_parts(text, (*vocabulary.channels, *vocabulary.names), taken, is_ordinary)]
    for mention, kind in (*channels, *markets, *parts):
        target = Target("channel" if kind == "channel" else "market", mention.names, mention.known)
        if not _hidden(mention, items):
            items.append((mention.start, mention.end, "target", target))
    for quantity in find_quantities(text):
        if not _hidden(quantity, items) and not _is_year_or_count(quantity, text):
            items.append((quantity.start, quantity.end, "quantity", quantity))
    items += [(m.start, m.end, "kpi", m.names[0]) for m in kpis if not _hidden(m, items)]
    counted = {m.start for m in kpis}  # `more revenue` says nothing of an amount
    words = find_words(text, [(start, end) for start, end, *_ in items])
    items += [(w.start, w.end, "word", w.role) for w in words if w.role not in ("more", "less") or w.end + 1 not in counted]
    items += [
        (m.start(), m.end(), "break", m[0].lower())
        for m in _BREAK.finditer(text)
        if not any(m.start() < e and s < m.end() for s, e, *_ in items) and not (m[0].lower() == "davon" and _is_of_it(m, items))
    ]
    found_kpis = [m.names[0] for m in kpis if not any(k == "target" and m.start < e and s < m.end for s, e, k, _ in items)]
    return sorted(items, key=lambda item: item[0]), periods, list(dict.fromkeys(found_kpis))


def _is_of_it(match: re.Match[str], items: Sequence[Item]) -> bool:
    """Tell `at least 20% of it on Display` from `118k, of it 25k Meta`."""
    before = any(kind == "quantity" and end == match.start() - 1 for _, end, kind, _ in items)
    after = [
        kind for start, _, kind, _ in sorted(items, key=lambda item: item[0]) if start >= match.end() and kind in ("target", "quantity")
    ]
    return before and after[:1] == ["target"]


def _hidden(span: Mention | Quantity | Word, items: Sequence[Item]) -> bool:
    return any(span.start < end and start < span.end for start, end, *_ in items)


def _is_year_or_count(quantity: Quantity, text: str) -> bool:
    """Tell 2026 and 12 from 2.000, which nobody writes for a year."""
    return quantity.is_bare and (quantity.value < 100 or (1990 <= quantity.value <= 2040 and text[quantity.start : quantity.end].isdigit()))


def _chunks(items: Sequence[Item]) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    current = _Chunk()
    for position, (_, _, kind, value) in enumerate(items):
        if kind == "break":
            current = _take_break(value, current, chunks, items[position + 1 :])
        elif kind == "word":
            current = _take_word(str(value), current, chunks, items[position + 1 :])
        elif kind == "quantity" and isinstance(value, Quantity):
            current.amount_first = current.amount_first or not current.targets
            current.quantities.append(value)
            current.flags |= {"to_amount"} if "_to" in current.flags else set()
        elif kind == "period" and isinstance(value, PeriodMention):
            current.shifts |= "_from" in current.flags and value.first_month != value.last_month
            current.periods.append(value)
            current.flags -= {"_from", "_to"}
        elif kind == "target" and isinstance(value, Target):
            is_paired = (
                len(current.quantities) == len(current.sides) and current.quantities and current.targets and not current.amount_first
            )
            if is_paired and not (len(current.sides) == 1 and (current.mode == "move" or current.flags & {"_to", "_from"})):
                chunks.append(current)
                current = _Chunk(mode=current.mode)
            current.targets.append(value)
            current.sides.append("from" if current.flags & {"_from"} else "to" if current.flags & {"_to"} else "")
    chunks.append(current)
    return chunks


def _take_break(value: object, current: _Chunk, chunks: list[_Chunk], rest: Sequence[Item]) -> _Chunk:
    """Close the chunk that is open where it says enough."""
    if current.mode == "between" and len(current.quantities) == 1:  # between 20k and 30k
        return current
    hard = not isinstance(value, str) or value[0] in ";:?!.\n"
    said_enough = current.quantities or (current.mode == "emphasis" and current.targets)
    current.flags |= {"_parted"} if current.mode == "lock" and current.targets else set()
    if "_after" in current.flags and not current.quantities and not hard and _names_another(rest):
        chunks.append(current)  # `Search so belassen und TV auf 40k deckeln`
        return _Chunk(mode="lock", inherited=True)
    if not (said_enough or hard or current.mode == "move"):
        return current
    if not hard and (current.mode == "move" or _awaits_destination(current, rest)):
        current.flags -= {"_" + side for side in current.sides}  # `out of Display and put it on YouTube`
        return current
    current.hard_end = hard
    chunks.append(current)
    carried = None if hard or current.mode not in ("lock", "min", "max") else current.mode
    return _Chunk(mode=carried, inherited=carried is not None)


def _names_another(rest: Sequence[Item]) -> bool:
    """Tell whether a name comes before any amount."""
    return [kind for *_, kind, _ in rest if kind in ("target", "quantity")][:1] == ["target"]


def _awaits_destination(chunk: _Chunk, rest: Sequence[Item]) -> bool:
    """`11k out of TV and into Meta`: a giver is named, and before any other amount the one that gets."""
    if chunk.mode is not None or chunk.sides != ["from"] or len(chunk.quantities) != 1:
        return False
    kinds = [kind for _, _, kind, _ in rest if kind in ("break", "quantity", "target")]
    return kinds[:1] == ["target"] and "quantity" not in kinds[1:2]


def _take_word(role: str, current: _Chunk, chunks: list[_Chunk], rest: Sequence[Item]) -> _Chunk:
    """Let a role word act: a mode opens a chunk (or names the one that is open), the others only mark it."""
    if role in ("from", "to"):
        current.flags -= {"_from", "_to"}
        current.flags.add("_" + role)
        return current
    if (current.mode == "move" and role in ("up", "more")) or (role == current.mode in ("up", "down") and not current.quantities):
        return current
    ends = not rest or rest[0][2] in ("break", "period")
    if current.mode == "lock" and role in ("unlock", "remove") and current.targets and not current.quantities and ends:
        current.mode = role  # `die Sperre von Meta aufheben`, `lass Display weg`
        return current
    if role == "remove" and current.mode is None and current.sides == ["from"] and current.quantities:
        return current  # `aus TV 5k rausnehmen und in YouTube stecken`
    if current.mode == "move" and role == "remove" and not current.quantities:  # `take Radio out`
        current.mode = role
        return current
    if role not in _MODES:
        current.flags.add(role)
        return current
    if (role == "move" and ends and _lacks_verb(current)) or (not current.quantities and _bounds(role, current, rest)):
        current.mode = role
        return current
    trailing = role in ("min", "max", "lock", "up", "down") and current.quantities and ends
    if trailing or (
        current.quantities and role in ("min", "max") and not current.targets and current.mode is None and _next_is_target(rest)
    ):
        current.mode = role
        return current
    if current.quantities or (current.mode is not None and current.targets and not current.inherited):
        chunks.append(current)
        return _Chunk(mode=role)
    current.flags |= {"_after"} if role == "lock" and current.targets else set()
    return _Chunk(mode=role, targets=current.targets, sides=current.sides, flags=current.flags)


def _lacks_verb(chunk: _Chunk) -> bool:
    """`a quarter of TV to Meta, please move`, as German has it."""
    return chunk.mode is None and len(chunk.quantities) == 1 and chunk.sides.count("from") == 1 < len(chunk.sides)


def _bounds(role: str, chunk: _Chunk, rest: Sequence[Item]) -> bool:
    """`keep Radio below 9k` bounds the line that is held; in `keep Radio as it is and cap Meta` the bound is for another."""
    of_another = "_parted" in chunk.flags and _names_another(rest)
    return not of_another and (role == "between" or (role in ("min", "max") and chunk.mode == "lock" and bool(chunk.targets)))


def _next_is_target(rest: Sequence[Item]) -> bool:
    return bool(rest) and rest[0][2] in ("target", "word") and any(kind == "target" for _, _, kind, _ in rest[:2])


def _merge_lists(chunks: Sequence[_Chunk]) -> list[_Chunk]:
    """`20k for Search, TV and Radio`: targets that follow an amount-first chunk belong to it."""
    merged: list[_Chunk] = []
    for chunk in chunks:
        last = merged[-1] if merged else None
        goes_on = last is None or "_to" not in chunk.flags or "_to" in last.flags
        bare_targets = (
            goes_on
            and chunk.targets
            and not chunk.quantities
            and not (chunk.flags - {"_to", "_from", "each", "per_month", "to_amount", "have"})
        )
        if last and bare_targets and last.amount_first and last.targets and last.mode == chunk.mode and not last.hard_end:
            last.targets += chunk.targets
            last.flags |= chunk.flags
        else:
            same = (
                last and last.mode in ("min", "max") and chunk.mode in ("min", "max") and not last.hard_end and "total" not in chunk.flags
            )
            if last and same and chunk.quantities and not chunk.targets:  # `at least 9k and at most 16k` of the same channel
                chunk.targets = list(last.targets)
            merged.append(chunk)
    return [c for c in merged if c.quantities or c.targets]


def _apply(slots: Slots, chunk: _Chunk) -> Slots:
    targets = tuple(chunk.targets)
    slots = replace(slots, targets=slots.targets + targets)
    if chunk.mode == "move" or _moves_without_saying(chunk):
        return replace(slots, moves=(*slots.moves, _move(chunk)))
    if not chunk.quantities:
        mode = chunk.mode or ("less" in chunk.flags and "down") or ("more" in chunk.flags and "up")
        if mode in ("lock", "unlock", "remove", "emphasis", "up", "down"):
            rules = tuple(Rule(mode, t, periods=tuple(chunk.periods)) for t in _joined(targets, chunk))
            return replace(slots, rules=slots.rules + rules)
        return slots
    if targets and not _is_total_for_scope(chunk):
        return replace(slots, rules=slots.rules + tuple(_rules(chunk)))
    return _whole_budget(slots, chunk)


def _moves_without_saying(chunk: _Chunk) -> bool:
    """`9k from Meta to Search`, `give Search 6k from TV`: an amount, one that gives and one that gets."""
    if chunk.mode is not None or len(chunk.quantities) != 1 or len(chunk.targets) != 2:
        return False
    channels_only = all(target.kind == "channel" for target in chunk.targets)
    return channels_only and chunk.sides.count("from") == 1 and not chunk.flags & {"have", "total", "each"}


def _is_total_for_scope(chunk: _Chunk) -> bool:
    """`split 180k across Search, Meta and TV` names a total and a scope; `have 180k, mostly Germany` likewise."""
    whole = not chunk.quantities[0].is_share and chunk.amount_first and len(chunk.quantities) == 1
    several = len({name for target in chunk.targets for name in target.names}) > 1 and "each" not in chunk.flags
    only_markets = all(target.kind == "market" for target in chunk.targets)
    spoken = "have" in chunk.flags or "total" in chunk.flags
    if several and "total" in chunk.flags and chunk.mode is None and len(chunk.quantities) == 1 and not chunk.quantities[0].is_share:
        return True  # `50/50 Search and Meta, 80k in all`
    relative = chunk.flags & {"more", "less"}
    return whole and chunk.mode in (None, "emphasis") and not relative and (several or (only_markets and spoken))


def _rules(chunk: _Chunk) -> list[Rule]:
    """Pair amounts with targets: one amount goes to all, several go one by one."""
    mode = chunk.mode or "lock"
    if mode == "between" and len(chunk.quantities) == 2:
        low, high = sorted(chunk.quantities, key=lambda q: q.value)
        ends = (("min", low), ("max", high))
        return [Rule(kind, t, q.value, q.is_share, currency=q.currency) for t in _joined(tuple(chunk.targets), chunk) for kind, q in ends]
    relative = None
    if "more" in chunk.flags or mode == "up":
        relative = "up"
    if "less" in chunk.flags or mode == "down":
        relative = "down"
    kind = relative or ("lock" if mode in ("remove", "emphasis", "unlock", "between") else mode)
    targets = _joined(tuple(chunk.targets), chunk)
    pairs = list(zip(chunk.quantities, targets, strict=False)) if len(chunk.quantities) > 1 else [(chunk.quantities[0], t) for t in targets]
    absolute = relative is not None and "to_amount" in chunk.flags and not ({"more", "less"} & chunk.flags)
    per_month, periods = "per_month" in chunk.flags, tuple(chunk.periods)
    return [
        Rule("lock" if absolute and not q.is_share else kind, t, q.value, q.is_share, per_month, absolute, q.currency, periods)
        for q, t in pairs
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
    if chunk.mode in ("min", "max") and quantity.is_share and not chunk.targets:  # of which line?
        orphan = Rule(chunk.mode, NOBODY, quantity.value, True, "per_month" in chunk.flags)
        return replace(slots, orphans=(*slots.orphans, orphan))
    if chunk.mode in ("lock", "move") and not chunk.targets and not chunk.flags & {"have", "total"}:
        orphan = Rule("lock", NOBODY, quantity.value, quantity.is_share, "per_month" in chunk.flags, currency=quantity.currency)
        return replace(slots, orphans=(*slots.orphans, orphan))
    rules = tuple(Rule("emphasis", t) for t in chunk.targets if chunk.mode == "emphasis")
    return replace(slots, totals=slots.totals + amounts, shares=slots.shares + shares, bare=slots.bare + bare, rules=slots.rules + rules)


def _move(chunk: _Chunk) -> Move:
    quantity = chunk.quantities[0] if chunk.quantities else None
    sources, destinations = _sides(chunk)
    periods, into = tuple(chunk.periods), tuple[PeriodMention, ...]()
    if len(periods) == 1 and chunk.shifts and not destinations:  # `TV from October to November`
        said = periods[0]
        periods, into = (replace(said, last_month=said.first_month),), (replace(said, first_month=said.last_month),)
        destinations = sources
    elif len(periods) == 2:
        periods, into = periods[:1], periods[1:]
        destinations = destinations or sources
    return Move(
        None if quantity is None else quantity.value,
        quantity is not None and quantity.is_share,
        sources[0] if sources else None,
        destinations[0] if destinations else None,
        None if quantity is None else quantity.currency,
        more_sources=tuple(sources[1:]),
        more_destinations=tuple(destinations[1:]),
        periods=periods,
        into=into,
        each="each" in chunk.flags or "*" in [name for target in sources for name in target.names],
    )


def _sides(chunk: _Chunk) -> tuple[list[Target], list[Target]]:
    """Give who gives and who gets; a target without its own word goes with the one before where both sides are said."""
    pairs = [(t, s) for n, (t, s) in enumerate(zip(chunk.targets, chunk.sides, strict=False)) if t not in chunk.targets[:n]]
    both = {"from", "to"} <= {side for _, side in pairs}
    sources: list[Target] = []
    destinations: list[Target] = []
    unsaid: list[Target] = []
    last = ""
    for target, side in pairs:
        last = side or (last if both else "")
        (sources if last == "from" else destinations if last == "to" else unsaid).append(target)
    if not sources and unsaid:
        sources.append(unsaid.pop(0))
    if not destinations and unsaid:  # `take 5k out of Display and put it on YouTube`
        destinations.append(unsaid.pop(-1))
    return [*sources, *unsaid], destinations
