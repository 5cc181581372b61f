"""Holds a message against the steps made of it: each amount, line, month and turning word comes back in them, or is asked about.

The reading of a message knows what it understood; this knows the message and the steps alone, and finds what was taken for something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from agents.builtin.amounts import CURRENCY_WORDS, Quantity, find_quantities
from agents.builtin.frame import Frame
from agents.builtin.lexicon import KPIS, Mention, find_names, match_channels, match_markets
from agents.builtin.lookups import Step
from agents.builtin.periods import MONTH_NAMES, PeriodMention
from agents.builtin.table import Table

_AMOUNTS = ("amount_minor", "to_minor", "budget_minor", "round_to_minor")
_HALF = Decimal("0.5")
_NEAR = 2
"""Minor units that rounding may take or add."""
_FALLS = (
    r"los(?:e|es|ing|t|s)|cuts?|gone|less|fewer|short|missing|shr[aiu]nk\w*|sav(?:e|es|ing)|spar\w*|free up|taken? away|"
    r"withdr[ae]w\w*|reduc\w*|minus|weg|fehl\w*|"
    r"verl[io]\w*r\w*|gestrichen|streich\w*|kürz\w*|gekürzt|einspar\w*|weniger|abzug|wegf\w+|weggef\w+|knock\w*|trim\w*|slash\w*"
)
_RISES = (
    r"more|extra|additional|another|found|gain\w*|w[io]n|plus|bonus|on top|mehr|zusätzlich\w*|dazu|weitere\w*|obendrauf|"
    r"gew[oi]nn\w*|gefunden|aufstock\w*|erhöh\w*|"
    r"boost\w*|increas\w*|raise[sd]?|further"
)
_TURNS = re.compile(rf"\b(?:{_FALLS}|{_RISES})\b", re.IGNORECASE)
_TO = re.compile(
    r"(?:\b(?:to|auf|at|bei|of|von|now|jetzt|only|nur|total|noch|is|ist|are|sind|be|as|insgesamt|budget|für|for|with|mit|"
    r"plan|have|haben)|=|:)\W*(?:[a-z]{3}\W)?$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;.!?](?=\s|$)|,(?=\s)|\b(?:and|und|but|aber|then|dann|so)\b|\n", re.IGNORECASE)
_OF_THAT = re.compile(r"\b(?:of (?:that|it|this|them|those)|davon|hiervon|daraus)\b", re.IGNORECASE)
_REST = re.compile(
    r"\b(?:the (?:rest|others?|remainder|remaining)|everything else|all else|nothing else|(?:der|den|dem) rest|alles andere|"
    r"die (?:anderen|übrigen)|sonst|"
    r"restliche\w*)\b",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\W*\b(?:or|oder|beziehungsweise|bzw|respectively)\b\W*(?:the |der |die |den )?$", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not?|nor|without|never|except|but|nicht|kein\w*|ohne|weder|außer)\b|n['’]t\b", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:only|nur|just|solely|ausschließlich|bloß)\s+(?:the |den |die |das )?$", re.IGNORECASE)
_BASIS = re.compile(
    r"\b(?:gross|brutto|(?:incl?\w*|excl?\w*|plus|inkl\w*|exkl\w*|zzgl\w*|with|without|mit|ohne)\.? (?:vat|tax(?:es)?|mwst|"
    r"mehrwertsteuer|ust|fees?|"
    r"agency \w+|agentur\w+|honorar\w*))\b",
    re.IGNORECASE,
)
_SPELLED = sorted((word for word in CURRENCY_WORDS if word.isalpha() and len(word) > len("fr") and word != "try"), key=len, reverse=True)
_CURRENCIES = re.compile(rf"\b({'|'.join(_SPELLED)})\b", re.IGNORECASE)


def doubts(frame: Frame, table: Table, steps: Sequence[Step]) -> list[str]:
    """Give, in the message's own words, what its steps do not have or turn around."""
    text = frame.written
    found = [*_amounts(frame, table, steps), *_lines(frame, table, steps), *_months(frame, table, steps), *_turned(frame, table, steps)]
    found += [m[0] for m in _CURRENCIES.finditer(text) if CURRENCY_WORDS[m[1].lower()] != (table.currency or "")]
    return list(dict.fromkeys(found))


def remarks(frame: Frame) -> list[str]:
    """Give the words for what amounts are to hold (gross, with tax), which no plan here tells apart: told, not asked."""
    return list(dict.fromkeys(m[0] for m in _BASIS.finditer(frame.written)))


def _numbers(value: object, key: str = "") -> Iterator[tuple[str, float]]:
    """Give every number of the steps' arguments with what it is called there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _numbers(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _numbers(inner, key)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield key, float(value)


def _amounts(frame: Frame, table: Table, steps: Sequence[Step]) -> list[str]:
    """Give the amounts and shares that no argument of the steps comes from."""
    numbers = [pair for step in steps for pair in _numbers(step.arguments)]
    text = frame.written
    said = [q for q in find_quantities(text) if not _is_date(q, text, frame)]
    tries = any(step.tool == "compare_scenarios" for step in steps)
    return [text[q.start : q.end].strip() for q in said if not _comes_back(q, numbers, frame, table, tries=tries)]


def _is_date(quantity: Quantity, text: str, frame: Frame) -> bool:
    inside = any(p.start <= quantity.start < p.end for p in frame.slots.periods)
    bare = quantity.is_bare and (quantity.value < 100 or (1990 <= quantity.value <= 2040 and text[quantity.start : quantity.end].isdigit()))
    return inside or bare


def _comes_back(quantity: Quantity, numbers: Sequence[tuple[str, float]], frame: Frame, table: Table, *, tries: bool) -> bool:
    standing = table.total_minor if table.total_minor is not None else table.plan_total_minor
    now = {*table.amounts.values(), *table.words.values(), *table.lines.values(), *table.market_amounts.values()}
    if quantity.is_share:
        share = float(quantity.value)
        return any(_from_share(key, number, share, standing, now, frame) for key, number in numbers)
    minor = table.minor(quantity.value)
    months = range(1, 25) if frame.slots.per_month else (1,)
    wanted = {minor * n for n in months}
    if standing is not None:
        wanted |= {standing + sign * amount for sign in (1, -1) for amount in wanted}
    tried = {amount + sign * minor for amount in now for sign in (1, -1)} | {0}
    for key, number in numbers:
        if key in (*_AMOUNTS, "budgets_minor") and any(abs(number - one) <= _NEAR for one in wanted):
            return True
        if key == "amount_minor" and tries and any(abs(number - one) <= _NEAR for one in tried):
            return True
    return False


def _from_share(key: str, number: float, share: float, standing: int | None, now: set[int], frame: Frame) -> bool:
    if key == "share":
        chained = sum(1 for move in frame.slots.moves if move.is_share) > 1  # a share of what is left
        return abs(number - share) < 1e-6 or abs(number - (1 - share)) < 1e-6 or chained
    bases = {*now, *([standing] if standing is not None else [])}
    bases |= {round(float(total) * 100) for total in frame.slots.totals}
    return key in (*_AMOUNTS, "budgets_minor") and any(
        abs(number - base * part) <= _NEAR for base in bases for part in (share, 1 + share, 1 - share)
    )


def _lines(frame: Frame, table: Table, steps: Sequence[Step]) -> list[str]:
    """Give the lines and markets named that the steps neither change nor leave out by name."""
    slots = frame.slots
    given = {text for step in steps for text in _texts(step.arguments)}
    left_out = {name for rule in slots.rules for name in rule.target.but} | {n for m in slots.moves if m.source for n in m.source.but}
    apart = _spared(frame.written, table)
    vocabulary = table.vocabulary
    mentions = [*match_channels(frame.written, vocabulary.channels, vocabulary.names), *match_markets(frame.written, vocabulary.markets)]
    known = [m for m in mentions if m.known and not {*m.names} & (given | left_out | apart)]
    text = frame.written
    denied = _DENIES.search(text) is not None  # `neither TV nor Radio`, `no TV or Radio` are both
    either = [
        frame.written[m.start : m.end]
        for m in mentions
        if m.known and _EITHER.search(frame.written[: m.start]) and _names_before(mentions, m.start)
    ]
    return [text[m.start : m.end] for m in known] + (
        [] if denied else [f"{'or' if frame.language == 'en' else 'oder'} {word}" for word in either]
    )


def _names_before(mentions: Sequence[Mention], start: int) -> bool:
    return any(mention.end < start for mention in mentions)


def _spared(text: str, table: Table) -> set[str]:
    """Give the lines that stand behind `everything except`."""
    found: set[str] = set()
    for match in re.finditer(
        r"\b(?:everything|all|alles|every \w+|alle \w+|überall)\W+(?:but|except(?: for)?|außer)\b([^.;]*)", text, re.IGNORECASE
    ):
        found |= {name for mention in match_channels(match[1], table.channels, table.names) for name in mention.names}
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _months(frame: Frame, table: Table, steps: Sequence[Step]) -> list[str]:
    """Give the periods said that are not the days of a step: a second one, or a list of months with a gap."""
    given = {text for step in steps for text in _texts(step.arguments)}
    periods, text = frame.slots.periods, frame.written
    if any(move.into for move in frame.slots.moves):  # `from March to February` is both
        return []
    parted = [p for p in periods if table.part((p,)) is not None]
    found = [text[p.start : p.end] for p in parted if not _has_days(p, table, given)]
    return found + [text[p.start : p.end] for p in periods if _has_gap(text[p.start : p.end]) and not _BETWEEN.search(text[: p.start])]


_BETWEEN = re.compile(r"\b(?:between|zwischen|btw|from|von)\s+$", re.IGNORECASE)


def _has_days(period: PeriodMention, table: Table, given: set[str]) -> bool:
    days = table.days((period,))
    return days is None or {str(days.start), str(days.end)} <= given


def _has_gap(said: str) -> bool:
    """Tell `January and March`, which is not January to March."""
    named = [MONTH_NAMES[word.lower()] for word in re.findall(r"[^\W\d_]+", said) if word.lower() in MONTH_NAMES]
    return (
        len(named) > 1
        and re.search(r"[-–—]|\b(?:to|bis|through|until|till)\b", said, re.IGNORECASE) is None
        and any((b - a) % 12 != 1 for a, b in pairwise(named))
    )


def _turned(frame: Frame, table: Table, steps: Sequence[Step]) -> list[str]:
    """Give words that turn an amount around, where the steps take it as it is."""
    slots, text = frame.slots, frame.written
    found: list[str] = []
    whole = {table.minor(total) for total in slots.totals}
    numbers = [pair for step in steps for pair in _numbers(step.arguments)]
    plain = any(key in ("budget_minor", "budgets_minor") and round(number) in whole for key, number in numbers)
    if plain and not (slots.rules or slots.moves):
        found += [turn for q in find_quantities(text) if q.value in slots.totals for turn in _turns_at(text, q)]
    changes = any(rule.kind in ("up", "down") for rule in slots.rules) or any(not move.is_share for move in slots.moves)
    for match in _OF_THAT.finditer(text) if changes else ():
        before = [q for q in find_quantities(text[: match.start()]) if q.is_share and match.start() - q.end <= _NEAR]
        found += [text[before[-1].start : match.end()]] if before else []
    relative = [rule for rule in slots.rules if rule.kind in ("up", "down")]
    if slots.rest is None and (relative or slots.moves) and not slots.totals:
        found += [m[0] for m in _REST.finditer(text)]
        found += [m[0].strip() for rule in relative for m in _only_before(rule.target.names, text, table)]
    unclear = [rule for rule in relative if rule.absolute and rule.is_share and rule.value != _HALF]  # half is half either way
    found += [_said_of(rule.target.names, text) for rule in unclear]
    if slots.per_month and slots.deltas and not any(d.is_share for d in slots.deltas):
        found += [] if any(abs(number) in _by_months(frame, table) for _, number in numbers) else [m[0] for m in _PER_MONTH.finditer(text)]
    method_said = slots.method is not None or slots.rest is not None or slots.in_proportion
    if not method_said and any(step.arguments.get("method") in ("last_plan", "standing") for step in steps):
        found += [m[0] for m in _SAME.finditer(text)]
    return found


_SAME = re.compile(
    r"\b(?:(?:the )?same (?:amount|budget|sum|for|on|to)|equal(?:ly|s)?|identical(?:ly)?|gleich ?viel|"
    r"gleiche[rnms]? (?:betrag|summe|budget))\b",
    re.IGNORECASE,
)
_PER_MONTH = re.compile(r"\b(?:per month|a month|monthly|each month|every month|pro monat|im monat|monatlich|je monat)\b", re.IGNORECASE)


def _by_months(frame: Frame, table: Table) -> set[float]:
    standing = table.total_minor if table.total_minor is not None else table.plan_total_minor
    days = table.days(frame.slots.periods)
    months = round(days.days / 30.4) if days is not None else len(table.periods)
    return {float((standing or 0) + d.sign * table.minor(d.value) * max(1, months)) for d in frame.slots.deltas}


def _turns_at(text: str, quantity: Quantity) -> list[str]:
    """Give the words of rise or fall in the clause of an amount that is not said to be where it ends."""
    if _TO.search(text[: quantity.start]):
        return []
    start = max((m.end() for m in _CLAUSE.finditer(text, 0, quantity.start)), default=0)
    end = next((m.start() for m in _CLAUSE.finditer(text, quantity.end)), len(text))
    counted = {m.start for m in find_names(text, KPIS)}  # `more revenue` says nothing of an amount
    turns = [m for m in _TURNS.finditer(text, start, end) if m.end() + 1 not in counted and not quantity.start <= m.start() < quantity.end]
    return [text[start:end].strip()] if turns else []


def _only_before(names: Sequence[str], text: str, table: Table) -> Iterator[re.Match[str]]:
    for mention in match_channels(text, table.channels, table.names):
        led = _ONLY.search(text[: mention.start]) if {*mention.names} & {*names} else None
        if led is not None:
            yield led


def _said_of(names: Sequence[str], text: str) -> str:
    """Give `Search to 30%` as it was said: of what it has, or of the whole?"""
    share = next((q for q in find_quantities(text) if q.is_share), None)
    return names[0] if share is None else f"{names[0]}: {text[share.start : share.end].strip()}"
