"""Resolves `the biggest channel` or `der teuerste Monat` from the amounts on the table, and tells when that itself is the question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from agents.builtin.table import Table

By = Literal["channel", "line", "month", "market"]
Which = Literal["largest", "smallest"]
_LARGEST = (
    r"biggest|largest|highest|greatest|most expensive|costliest|priciest|heaviest|größte[nrsm]?|groesste[nrsm]?|"
    r"teuerste[nrsm]?|höchste[nrsm]?|stärkste[nrsm]?"
)
_SMALLEST = (
    r"smallest|lowest|least expensive|cheapest|tiniest|lightest|kleinste[nrsm]?|günstigste[nrsm]?|billigste[nrsm]?|"
    r"niedrigste[nrsm]?|geringste[nrsm]?|schwächste[nrsm]?"
)
_NOUNS: dict[By, str] = {
    "channel": r"channels?|kanals?|kanäle|media channels?",
    "line": r"lines?(?: items?)?|items?|positions?|position|zeile|posten|maßnahme|campaign|kampagne|tactic|placement|platzierung",
    "month": r"months?|monate?s?|monat",
    "market": r"markets?|country|countries|markt(?:es)?|land(?:es)?|region",
}
_NOUN = "|".join(f"(?P<{by}>{words})" for by, words in _NOUNS.items())
_RANK = r"(?:(?P<nth>second|third|2nd|3rd|zweit|dritt)[- ]?)?"
_PHRASE = re.compile(
    rf"\b(?:(?:the|our|der|die|das|den|dem|des|our|unser\w*)\s+)?{_RANK}(?:(?P<large>{_LARGEST})|"
    rf"(?P<small>{_SMALLEST}))\s+(?:(?:single|media|own)\s+)?(?:{_NOUN})\b",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"\b(?:the|den|dem|der|die|das)\s+{_RANK}(?:(?P<large>{_LARGEST})|(?P<small>{_SMALLEST}))(?:\s+one)?(?=\s*(?:$|"
    rf"[.,;!?]|and\b|und\b|to\b|by\b|um\b|zum\b))",
    re.IGNORECASE,
)
_WITH = re.compile(
    rf"\b(?:the|der|die|das|den|dem)?\s*(?:{_NOUN})\s+(?:with the|mit dem|mit der|that has the)\s+(?:(?P<large>most|"
    rf"{_LARGEST}|meisten)|(?P<small>least|{_SMALLEST}|wenigsten))"
    r"(?:\s+(?:budget|money|spend|spending|amount|geld|betrag))?\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^\s*(?:and|und|so|also|ok\w*|,)?\s*(?:which|what|where|who|when|welche\w*|was|wo|wann|wofür|tell me|show me|"
    r"sag mir|nenn\w*)\b(?! if\b)",
    re.IGNORECASE,
)
_COSTS = re.compile(
    rf"\b(?:which|what|welche[rsn]?)\s+(?:{_NOUN})\b.{{0,25}}?\b(?:(?P<large>(?:the )?most|am meisten|am teuersten|"
    rf"am größten|am höchsten|{_LARGEST})|"
    rf"(?P<small>(?:the )?least|am wenigsten|am günstigsten|am billigsten|am kleinsten|{_SMALLEST}))\b|"
    r"\b(?:where|wo|wofür|what|when|wann)\b.{0,12}\b(?:spend|geben|costs?|kostet|"
    r"invest\w*)\b.{0,15}?(?:(?P<large2>\bmost\b|am meisten)|(?P<small2>\bleast\b|am wenigsten))",
    re.IGNORECASE,
)
_BEST = re.compile(
    r"\b(?:return(?:s|ed)?|perform\w*|work(?:s|ed)|deliver\w*|brought|brachten?|gebracht|liefe?n?|gelaufen|funktionier\w*|roas|roi|cpa|cpc|cpm|tkp|ctr|cvr|conversions?|clicks?|klicks?|revenue|umsatz|efficien\w*|effizien\w*|"
    r"leads?|impressions?|reach|reichweite|lohnt|bringt|brings?)\b",
    re.IGNORECASE,
)
_MONTH_NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The question for the first of a kind."""

    which: Which
    by: By


def rank_question(text: str) -> Ranking | None:
    """Tell whether a message asks which one is the largest or smallest by its budget."""
    if _BEST.search(text):
        return None
    costs = _COSTS.search(text)
    if costs is not None:
        small = costs["small"] or costs["small2"]
        return Ranking("smallest" if small else "largest", _by(costs) if any(costs[by] for by in _NOUNS) else _asked(text))
    phrase = _PHRASE.search(text) or _WITH.search(text)
    if phrase is None or not (_QUESTION.search(text) or len(text.split()) <= len(phrase[0].split()) + 2):
        return None
    return Ranking("smallest" if phrase["small"] else "largest", _by(phrase))


def _asked(text: str) -> By:
    return "month" if re.match(r"\W*(?:when|wann)\b", text, re.IGNORECASE) else "channel"


def _by(match: re.Match[str]) -> By:
    return next((by for by in _NOUNS if match.groupdict().get(by)), "channel")


def resolved(text: str, table: Table) -> tuple[str, tuple[str, ...]]:
    """Put the name in place of `the biggest channel`; where several are alike, leave it and give their names."""
    for pattern in (_PHRASE, _WITH, _ALONE):
        match = pattern.search(text)
        while match is not None:
            nth = {"s": 2, "2": 2, "z": 2, "t": 3, "3": 3, "d": 3}.get((match.groupdict().get("nth") or "x")[0].lower(), 1)
            names = _first(_amounts(_by(match), table), nth, smallest=bool(match["small"]))
            if len(names) != 1:
                return text, names
            text = text[: match.start()] + _written(names[0], _by(match)) + text[match.end() :]
            match = pattern.search(text)
    return text, ()


def named(text: str, name: str) -> str:
    """Put a name that the person chose in place of `the biggest channel`."""
    return _WITH.sub(name, _PHRASE.sub(name, text))


def _amounts(by: By, table: Table) -> Mapping[str, int]:
    return {"channel": table.amounts, "line": table.lines, "month": table.months, "market": table.market_amounts}[by]


def _first(amounts: Mapping[str, int], nth: int, *, smallest: bool) -> tuple[str, ...]:
    steps = sorted(set(amounts.values()), reverse=not smallest)
    if len(steps) < nth:
        return ()
    return tuple(name for name, minor in amounts.items() if minor == steps[nth - 1])


def _written(name: str, by: By) -> str:
    if by != "month" or not re.fullmatch(r"20\d\d-\d\d", name):
        return name
    day = date.fromisoformat(f"{name}-01")
    return f"{_MONTH_NAMES[day.month - 1]} {day.year}"
