"""Dates and amounts far from those of the other lines: a year or a scale typed wrong must not pass in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median

from core.model.money import to_major
from core.model.reading import LineItem
from core.sheets.reading.findings import Findings

_FAR = 300
_TIMES = 3
_SCALE = 250
"""An amount so many times the usual one, or so small a part of it, may count in thousands where the others do not."""

_SCALED = 100
"""The same above the usual amount where the table counts in thousands or more."""


def say_far_dates(items: Sequence[LineItem], years: set[int], findings: Findings) -> None:
    """Warn of the lines that begin or end most of a year away from all others, or in none of the years that the lines above name."""
    dated = [(item, item.start, item.end) for item in items if item.start and item.end]
    off = [item for item, start, end in dated if years and not any(start.year <= year <= end.year for year in years)]
    far = off if 2 * len(off) < len(dated) else []
    if len(dated) >= 3:
        middle = int(median(start.toordinal() for _, start, _ in dated))
        away = sorted(((_distance(start, end, middle), at) for at, (_, start, end) in enumerate(dated)), reverse=True)
        if away[0][0] > max(_FAR, _TIMES * away[1][0]):
            far = [*far, dated[away[0][1]][0]]
    for item in {item.row: item for item in far}.values():
        told = f"Row {item.row} runs {item.start} to {item.end}, far from the other lines; it was read as it stands."
        findings.warn("date_far_off", item.budget_cell, told)


def _distance(start: date, end: date, middle: int) -> int:
    return max(abs(start.toordinal() - middle), abs(end.toordinal() - middle))


def say_far_amounts(items: Sequence[LineItem], currency: str | None, findings: Findings, *, scale: int) -> None:
    """Warn of the one line (or one in ten) whose amount is hundreds of times the usual one, or a small part of a hundredth of it."""
    stated = [(item, abs(item.budget_minor)) for item in items if item.budget_minor]
    usual = median(amount for _, amount in stated) if len(stated) >= 3 else 0
    if len(stated) == 2 and scale >= 1000:
        usual = min(amount for _, amount in stated)
    most_times = _SCALE if scale == 1 else _SCALED
    far = [item for item, amount in stated if amount * _SCALE < usual or amount > usual * most_times] if usual else []
    for item in far if len(far) <= max(1, len(stated) // 10) else ():
        amount, most = (to_major(round(value), currency) for value in (item.budget_minor or 0, usual))
        told = f"{amount:,.2f} is far from what the other lines have ({most:,.2f}): does it count in another scale? Read as stated."
        findings.warn("amount_far_off", item.budget_cell, told)
