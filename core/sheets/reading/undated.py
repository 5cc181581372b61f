"""Dates beside lines that were not dated by them: a plan must not lose its periods in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.model.reading import LineItem
from core.sheets.reading.dates import read_flight
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import is_day
from core.sheets.reading.layout import Layout
from core.sheets.reading.regions import Region
from core.sheets.reading.rows import Row

_LONGEST = 40


def say_undated(region: Region, layout: Layout, rows: Sequence[Row], items: Sequence[LineItem], findings: Findings) -> None:
    """Warn where lines with money have no period and dates stand in their rows, or months over them, that were not read as such."""
    if counted := [header for c, header in region.columns.items() if _is_uncounted(region, layout, c)]:
        told = (
            f"Numbers stand under months ({counted[0].text!r} to {counted[-1].text!r}) that are neither their days nor weeks of the year."
        )
        findings.warn("unread_date", None, f"{told} No line was dated by what stands under them.")
    undated = {item.row for item in items if item.budget_minor and not (item.start or item.end or item.by_period)}
    if not undated or any(question.kind in ("ambiguous_date", "missing_year", "fiscal_year") for question in findings.questions):
        return
    over = list(dict.fromkeys(row.section for row in rows if row.number in undated and _is_date(row.section)))
    places = [*_columns(region, layout, undated), *(over if len(over) > 1 else ())]
    if places:
        told = f"Dates stand in {', '.join(map(repr, places[:4]))}, but {len(undated)} lines were not dated by them."
        findings.warn("unread_date", None, told)


def _is_uncounted(region: Region, layout: Layout, column: int) -> bool:
    """Tell whether a column has something under a bare number under a month, and dates nothing."""
    header = region.columns[column]
    marked = any(row in region.grid.rows and column in region.grid.rows[row] for row in region.body)
    if layout.uses[column].flight is not None or not header.own.isdigit() or not marked:
        return False
    month = read_flight(header.band) if header.band else None
    return month is not None and month.grain == "month"


def _columns(region: Region, layout: Layout, undated: set[int]) -> Iterator[str]:
    """Give the heads of the columns that hold dates in most of the undated lines and nothing but dates in their own rows."""
    for column in (
        c for c in region.columns if c in region.own_columns and layout.uses[c].flight is None and layout.uses[c].name != "deadline"
    ):
        values = [region.grid.cell(row, column).value for row in undated]
        dated = sum(is_day(value) or (isinstance(value, str) and any(map(str.isdigit, value)) and _is_date(value)) for value in values)
        if 2 * dated > len(undated):
            yield region.columns[column].text or region.grid.address(region.header.bottom, column)


def _is_date(text: str) -> bool:
    flight = read_flight(text) if text and len(text) <= _LONGEST else None
    is_day = flight is not None and flight.start is not None and any(map(str.isdigit, text))
    return is_day or (flight is not None and flight.grain in ("month", "quarter", "week"))
