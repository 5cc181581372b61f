"""Facts that tools answer with: each figure carries its value and where it comes from, so that an answer can be checked and linked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.model.money import minor_exponent, to_major

Fact = dict[str, object]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that may stand in an answer.

    Attributes:
        value: money in major units, a share as a ratio (0.3 for 30%), anything else as it is.
        source: `plan:B9` (a cell), `run:optimize_budget_allocation` (a computation of this turn), `benchmark:WordStream 2025`,
            `performance:fit`, `you` (said by the person).
        kind: `money`, `share` or `number`.
    """

    text: str
    value: float
    source: str
    kind: str


def money(minor: int, currency: str | None, source: str) -> Fact:
    """Give an amount as a fact; `minor` in minor units."""
    return {"minor": minor, "currency": currency, "text": money_text(minor, currency), "source": source}


def share(ratio: float, source: str) -> Fact:
    """Give a share (0-1) as a fact."""
    return {"ratio": round(ratio, 6), "text": f"{ratio * 100:.1f}%".replace(".0%", "%"), "source": source}


def number(value: float, source: str, *, unit: str = "") -> Fact:
    """Give a count or rate as a fact; small rates keep three significant digits."""
    whole = abs(value) >= 100 or float(value).is_integer()
    shown = f"{value:,.0f}" if whole else f"{value:,.2f}" if abs(value) >= 1 else f"{value:.{_decimals(value)}f}"
    return {"value": value, "unit": unit, "text": f"{shown} {unit}".strip(), "source": source}


def _decimals(value: float) -> int:
    """Give how many decimals show three significant digits of a number below one."""
    return max(2, 2 - math.floor(math.log10(abs(value)))) if value else 0


def money_text(minor: int, currency: str | None) -> str:
    """Write `EUR 40,000` or `EUR 40,000.50`; the currency is left out where it is not known."""
    major = to_major(minor, currency)
    decimals = 0 if major == major.to_integral_value() else minor_exponent(currency)
    return f"{currency or ''} {major:,.{decimals}f}".strip()


def figures_in(facts: object) -> Iterator[Figure]:
    """Yield every figure anywhere in a tool's facts."""
    if isinstance(facts, Mapping):
        text, source = facts.get("text"), facts.get("source")
        if isinstance(text, str) and isinstance(source, str):
            yield from _figure(facts, text, source)
        for value in facts.values():
            yield from figures_in(value)
    elif isinstance(facts, Sequence) and not isinstance(facts, str):
        for value in facts:
            yield from figures_in(value)


def quotes_in(facts: object) -> Iterator[str]:
    """Yield the texts in a tool's facts that hold digits (names, messages, sources): an answer may repeat them word for word."""
    if isinstance(facts, Mapping):
        for key, value in facts.items():
            if key not in ("text", "source"):
                yield from quotes_in(value)
    elif isinstance(facts, str):
        if len(facts) > 3 and any(ch.isdigit() for ch in facts):
            yield facts
    elif isinstance(facts, Sequence):
        for value in facts:
            yield from quotes_in(value)


def _figure(fact: Mapping[str, object], text: str, source: str) -> Iterator[Figure]:
    currency = fact.get("currency")
    minor, ratio, value = fact.get("minor"), fact.get("ratio"), fact.get("value")
    if isinstance(minor, int):
        yield Figure(text, float(to_major(minor, currency if isinstance(currency, str) else None)), source, "money")
    elif isinstance(ratio, int | float):
        yield Figure(text, float(ratio), source, "share")
    elif isinstance(value, int | float):
        yield Figure(text, float(value), source, "number")
