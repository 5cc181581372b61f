"""Dates far from those of the other lines: a year typed wrong must not pass in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median

from core.model.reading import LineItem
from core.sheets.reading.findings import Findings

_FAR = 300
_TIMES = 3


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
