"""Reads the slots of a message: total, rules per channel or market, moves, shifts, deltas, periods, KPIs and the way to split."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agents.builtin.amounts import Quantity, find_quantities
from agents.builtin.clauses import Chunk, Item, clauses
from agents.builtin.coverage import is_ordinary, unknown_words, unsure_words
from agents.builtin.exchanging import Exchange, Rounded, find_rounding, find_swaps
from agents.builtin.groups import find_groups, is_each
from agents.builtin.joining import joined
from agents.builtin.lexicon import KPIS, Mention, find_names, match_channels, match_markets, match_parts
from agents.builtin.periods import PeriodMention, find_periods
from agents.builtin.said import NOBODY, Delta, Move, Rule, Slots, Target, Vocabulary
from agents.builtin.wording import Word, find_words

_BREAK = re.compile(
    r"[;?!]+|:(?!\s*[\d€$£])|(?<=[k€$£\d]):(?=\s+[\d€$£])|\.(?=\s|$)|,(?=\s|$)|(?<!\w)(?:and|und|but|aber|sowie|&|then|dann|"
    r"plus|with|mit|davon|wobei|including|"
    r"while|whereas|during|if|where|wenn|falls|dass|sodass|such that|so that)(?!\w)|\n|\s[–—-]\s",
    re.IGNORECASE,
)
_BY = re.compile(r"\b(?:by|um)\s*$", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|nicht|never|niemals|nie|neither|nor|weder)\b"
    r"(?! (?:sure|only|just|nur|yet|bad|schlecht|sicher|so wichtig))|"
    r"\b\w+n['’]t\b(?= (?:\w+ )?(?:cut|reduc\w*|lower|increas\w*|rais\w*|mov\w*|shift\w*|add|drop|remove|put|give|take|boost|"
    r"trim|spend|grow|double)\b)",
    re.IGNORECASE,
)
_AWAY = re.compile(r"\b(?:raus|weg|rauf|runter|drauf)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.,:/])\d[\d.,]*(?![\w/:]|\.\d)(?!\s*(?:channels?|kan[aä]le?n?|lines?|zeilen|options?|optionen|variant\w*|scenarios?|"
    r"szenarien|times|mal|people|leute|plans?|pläne|days?|tagen?)\b)",
    re.IGNORECASE,
)
"""Digits that may be an amount."""


def read_slots(text: str, vocabulary: Vocabulary) -> Slots:
    """Give every slot of the message; nothing is guessed that was not said."""
    items, periods, kpis = _items(text, vocabulary)
    words = [str(value) for _, _, kind, value in items if kind == "word"]
    chunks = clauses(items)
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
    further += [text[q.start : q.end] for c in chunks if c.targets for q in c.quantities[_heard(c) :]]
    undirected = [q for c in chunks if c.mode is None and not c.flags & {"more", "less"} for q in c.quantities]
    further += [text[q.start : q.end] for q in undirected if _BY.search(text[: q.start])]  # up or down by that?
    unknown = unknown_words(text, [(start, end) for start, end, *_ in items], vocabulary)
    further += [word for chunk in chunks for word in _doubtful(text, items, chunk)]
    turning = [_NOT] if slots.moves or any(rule.kind in ("up", "down") for rule in slots.rules) else [_NOT, _AWAY]
    further += [
        m[0] for word in turning for m in word.finditer(text) if not any(m.start() < end and start < m.end() for start, end, *_ in items)
    ]
    further += [m[0] for m in _NUMBER.finditer(text) if not any(m.start() < end and start < m.end() for start, end, *_ in items)]
    slots = replace(slots, unknown=tuple(dict.fromkeys((*unknown, *further))))
    return joined(slots, text)


def _heard(chunk: Chunk) -> int:
    """Give how many amounts of a chunk its wishes have."""
    several = len(chunk.targets) if len(chunk.quantities) > 1 else 1
    return 2 if chunk.mode == "between" else max(1, several)


def _doubtful(text: str, items: Sequence[Item], chunk: Chunk) -> list[str]:
    """Give the words around an amount and a line, where no verb of change was understood, that may well be one."""
    if "together" in chunk.flags and chunk.quantities and len(chunk.targets) > 1:
        return [text[min(chunk.spans)[0] : max(chunk.spans)[1]]]  # one limit for several lines
    one_wish = len(chunk.quantities) == 1 or chunk.mode == "remove"
    mixed = one_wish and len(chunk.targets) > 1 and len({*chunk.sides}) > 1
    if (
        mixed
        and chunk.mode in (None, "lock", "min", "max", "up", "down", "remove")
        and not _moves_without_saying(chunk)
        and not chunk.flags & {"have"}
    ):
        return [text[min(chunk.spans)[0] : max(chunk.spans)[1]]]  # who gives, who gets?
    understood = chunk.mode is not None or chunk.flags & {"more", "less", "even"} or _moves_without_saying(chunk)
    if understood or not (chunk.quantities and chunk.targets):
        return []
    first, last = min(chunk.spans)[0], max(chunk.spans)[1]
    if "from" in chunk.sides:
        return [text[first:last]]  # it gives, and nobody was understood who gets
    start = max((end for _, end, kind, _ in items if kind == "break" and end <= first), default=0)
    end = min((begin for begin, _, kind, _ in items if kind == "break" and begin >= last), default=len(text))
    return unsure_words(text, (start, end), [(begin, stop) for begin, stop, *_ in items])


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
        if not _hidden(quantity, items) and not _is_year_or_count(quantity, text) and not _is_rate(quantity, text):
            items.append((quantity.start, quantity.end, "quantity", quantity))
    items += [(m.start, m.end, "kpi", m.names[0]) for m in kpis if not _hidden(m, items)]
    counted = {m.start for m in kpis}  # `more revenue` says nothing of an amount
    words = find_words(text, [(start, end) for start, end, *_ in items])
    items += [(w.start, w.end, "word", w.role) for w in words if w.role not in ("more", "less") or w.end + 1 not in counted]
    items += [
        (m.start(), m.end(), "break", m[0].lower())
        for m in _BREAK.finditer(text)
        if not any(m.start() < e and s < m.end() for s, e, *_ in items)
        and not (m[0].lower() == "davon" and _is_of_it(m, items))
        and not (m[0] == ":" and any(kind == "target" and end == m.start() for _, end, kind, _ in items))  # `Meta: at least 15%`
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


_RATE = r"(?:cp[aclmov]|tkp|ctr|cvr|roas|roi|cac)"
_RATED = re.compile(
    rf"\b{_RATE}\W{{1,2}}(?:(?:of|at|is|von|bei|um|liegt|ist|around|über|unter|above|below|under|over)\s){{0,3}}$", re.IGNORECASE
)
_RATING = re.compile(rf"\s?-?{_RATE}\b", re.IGNORECASE)


def _is_rate(quantity: Quantity, text: str) -> bool:
    """Tell `a CPM of 8 euros` from money to plan."""
    small = quantity.value < 1000 and not quantity.is_share
    return small and bool(_RATED.search(text[: quantity.start]) or _RATING.match(text, quantity.end))


def _apply(slots: Slots, chunk: Chunk) -> Slots:
    targets = tuple(chunk.targets)
    chunk.flags |= {"more"} if "still" in chunk.flags and targets else set()  # `gib Search noch 4k`; alone it is what is left
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


def _moves_without_saying(chunk: Chunk) -> bool:
    """`9k from Meta to Search`, `give Search 6k from TV`: an amount, one that gives and one that gets."""
    if chunk.mode is not None or len(chunk.quantities) != 1 or len(chunk.targets) != 2:
        return False
    channels_only = all(target.kind == "channel" for target in chunk.targets)
    return channels_only and chunk.sides.count("from") == 1 and not chunk.flags & {"have", "total", "each"}


def _is_total_for_scope(chunk: Chunk) -> bool:
    """`split 180k across Search, Meta and TV` names a total and a scope; `have 180k, mostly Germany` likewise."""
    whole = not chunk.quantities[0].is_share and chunk.amount_first and len(chunk.quantities) == 1
    several = len({name for target in chunk.targets for name in target.names}) > 1 and "each" not in chunk.flags
    only_markets = all(target.kind == "market" for target in chunk.targets)
    spoken = "have" in chunk.flags or "total" in chunk.flags
    if several and "total" in chunk.flags and chunk.mode is None and len(chunk.quantities) == 1 and not chunk.quantities[0].is_share:
        return True  # `50/50 Search and Meta, 80k in all`
    relative = chunk.flags & {"more", "less"}
    return whole and chunk.mode in (None, "emphasis") and not relative and (several or (only_markets and spoken))


def _rules(chunk: Chunk) -> list[Rule]:
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


def _joined(targets: Sequence[Target], chunk: Chunk) -> list[Target]:
    """One rule a target; a target named twice in a chunk counts once."""
    unique = list(dict.fromkeys(targets))
    channels = [t for t in unique if t.kind == "channel"]
    return channels if channels and chunk.mode != "emphasis" else unique


def _whole_budget(slots: Slots, chunk: Chunk) -> Slots:
    quantity = chunk.quantities[0]
    falls = "less" in chunk.flags or chunk.mode in ("down", "unlock")  # `we lose 20k`, `free up 8k`
    sign = -1 if falls and "more" not in chunk.flags else 1 if "more" in chunk.flags or chunk.mode == "up" else 0
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


def _move(chunk: Chunk) -> Move:
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


def _sides(chunk: Chunk) -> tuple[list[Target], list[Target]]:
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
