"""What the built-in model knows of the table: the plan's names, amounts and periods, read from the system message."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from agents.builtin.periods import PeriodMention, resolve_period
from agents.builtin.said import Vocabulary
from core.model.flight import Period
from core.model.money import to_minor

MOST_NAMES = 60
"""Lines that the table tells; the largest and smallest of more."""
_BLOCK = re.compile(r"<desk>(.*?)</desk>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Table:
    """The plan on the table; empty names where there is none.

    Attributes:
        amounts: minor units by channel as they stand (of the distribution, else of the plan); `words` by any name, then by line, month
            and market.
        ambiguous: what a name that means different lines can mean.
        total_minor: of the distribution that stands, None before the first.
        start, end: the days that the distribution covers, None for the plan's own periods.
    """

    file: str | None = None
    currency: str | None = None
    channels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    amounts: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    market_amounts: Mapping[str, int] = field(default_factory=dict)
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plan_total_minor: int | None = None
    total_minor: int | None = None
    has_performance: bool = False
    has_draft: bool = False
    method: str | None = None
    plans: tuple[str, ...] = ()
    unreadable: str | None = None
    alternatives: tuple[str, ...] = ()
    today: date = date(2026, 1, 1)
    locale: str = "en"
    model: str = "built-in"

    @property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.channels, self.markets, self.names, tuple(self.ambiguous), self.today)

    def minor(self, value: Decimal) -> int:
        return to_minor(value, self.currency)

    @property
    def whole(self) -> Period | None:
        """Give the days of the whole table; None where it names no dates."""
        dated = [p for p in self.periods if p.start.year > 1]
        return Period(min(p.start for p in dated), max(p.end for p in dated)) if dated else None

    def part(self, mentions: tuple[PeriodMention, ...]) -> Period | None:
        """Give the days said where they are not the whole table."""
        days, whole = self.days(mentions), self.whole
        return None if days is None or (whole is not None and days.start <= whole.start and whole.end <= days.end) else days

    def days(self, mentions: tuple[PeriodMention, ...]) -> Period | None:
        """Give the days from the first to the last period said, None when none was."""
        periods = [resolve_period(m, known=self.periods, today=self.today) for m in mentions]
        return Period(min(p.start for p in periods), max(p.end for p in periods)) if periods else None


def read_table(system: str) -> Table:
    """Read the block that every agent's system message carries."""
    match = _BLOCK.search(system)
    if match is None:
        return Table()
    data = json.loads(match[1])
    return Table(
        file=data.get("file"),
        currency=data.get("currency"),
        channels=tuple(data.get("channels", ())),
        names=tuple(data.get("names", ())),
        markets=tuple(data.get("markets", ())),
        periods=tuple(Period(date.fromisoformat(a), date.fromisoformat(b)) for a, b in data.get("periods", ())),
        amounts=dict(data.get("amounts", {})),
        words=dict(data.get("words", {})),
        lines=dict(data.get("lines", {})),
        months=dict(data.get("months", {})),
        market_amounts=dict(data.get("market_amounts", {})),
        ambiguous={word: tuple(options) for word, options in data.get("ambiguous", {}).items()},
        plan_total_minor=data.get("plan_total_minor"),
        total_minor=data.get("total_minor"),
        has_performance=bool(data.get("has_performance")),
        has_draft=bool(data.get("has_draft")),
        method=data.get("method"),
        plans=tuple(data.get("plans", ())),
        unreadable=data.get("unreadable"),
        alternatives=tuple(data.get("alternatives", ())),
        today=date.fromisoformat(data["today"]),
        locale=data.get("locale", "en"),
        model=data.get("model", "built-in"),
    )
