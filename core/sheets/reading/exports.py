"""Ad platforms' exports: told apart from plans, cleaned of junk and total rows, and read as delivered performance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from core.model.flight import month_of
from core.model.money import to_major, to_minor
from core.model.reading import ColumnReading, PerformanceRow, PerformanceTable
from core.model.workbook import Span, column_letters
from core.sheets.reading.ambiguity import settle_ambiguous
from core.sheets.reading.currency import currency_in_text
from core.sheets.reading.export_budgets import is_meant_as_plan
from core.sheets.reading.export_columns import FEWEST_CELLS, Export, export_columns
from core.sheets.reading.export_currency import settle_currency
from core.sheets.reading.export_days import ExportDays, report_range, settle_days
from core.sheets.reading.export_findings import counted, say_choices, say_mismatch, say_unread
from core.sheets.reading.export_months import months_across
from core.sheets.reading.export_results import settle_results
from core.sheets.reading.export_score import platform_of, platform_region, score_export, spends_by_medium
from core.sheets.reading.export_totals import check_totals, group_heads, is_total, sum_row, sums_of, without_heads
from core.sheets.reading.findings import Findings
from core.sheets.reading.flights import Flight
from core.sheets.reading.grid import Grid, day_of, decimal_of
from core.sheets.reading.headers import HeaderBlock
from core.sheets.reading.lexicon import words_of
from core.sheets.reading.regions import Region

EXPORT_FROM = 4
_TIME = frozenset({"time", "endzeit", "heure", "hora", "ora", "eindtijd"})
_MIDNIGHT = re.compile(r"[T ]00:00(?::00)?")
_SPANS: dict[str, Callable[[date], date]] = {
    "week": lambda first: first + timedelta(days=6),
    "month": lambda first: month_of(first).end,
    "quarter": lambda first: month_of(month_of(month_of(first).end + timedelta(days=1)).end + timedelta(days=1)).end,
}
"""The last day of what begins on a day, by the grain of the report."""
_NULLS = {"--", "—", "-", ""}


def read_export(
    grid: Grid, blocks: list[HeaderBlock], regions: list[Region], findings: Findings, *, locale: str | None = None
) -> PerformanceTable | None:
    """Read a tab as a platform's export; None when it is none."""
    if not blocks or grid.tab.merges:
        return None
    if len(blocks) > 2 or not regions:
        return None
    above = _lines_above(grid, blocks[0].bottom)
    regions = [platform_region(region) for region in regions]
    across = months_across(regions[0])
    if not across and (score_export(regions[0], above) < EXPORT_FROM or spends_by_medium(regions[0])):
        return None
    found: list[tuple[Region, PerformanceTable, Findings]] = []
    for region in regions:
        export, said = export_columns(region, months=across if region is regions[0] else None), Findings(findings.tab, findings.answers)
        if is_meant_as_plan(export, said):
            return None
        if {"spend", "impressions", "clicks"} & set(export.columns):
            found.append((region, _read(export, said, above, locale), said))
    if not found or found[0][0] is not regions[0]:
        return None
    same = [each for each in found if sums_of(each[1]) == sums_of(found[0][1])]  # a summary over its own detail
    kept, table, said = max(same, key=lambda each: len(each[1].rows))
    findings.questions.extend(said.questions)
    findings.warnings.extend(said.warnings)
    for other in (region for region in regions if region is not kept):
        top = other.grid.address(other.header.top, min(other.columns))
        findings.warn("other_table", top, f"Another table stands in this report; only {table.range} was counted.")
    return table


def _lines_above(grid: Grid, top: int) -> list[str]:
    """Give the lines over the row of heads, their cells joined: junk, and what was taken for a band of the heads."""
    rows = [sorted(grid.rows[row].items()) for row in grid.row_numbers if row < top]
    return [", ".join(str(cell.value).strip() for _, cell in row).strip('"') for row in rows]


def _read(export: Export, findings: Findings, above: list[str], locale: str | None) -> PerformanceTable:
    region = export.region
    settle_ambiguous(region, counted(export), findings, locale=locale)
    days, around = _day_reader(export, findings, above), report_range(above)
    currency = settle_currency(export, days, findings, above=above, locale=locale)
    results = settle_results(export, findings)
    rows: list[PerformanceRow] = []
    totals: list[int] = []
    seen: Counter[tuple[object, ...]] = Counter()
    for number in region.body:
        if is_total(region.grid, number):
            totals.append(number)
            continue
        told = _told(export, number, currency, days, around)
        rows.extend(row if results is None or number in results else replace(row, conversions=None) for row in told)
        if told:
            seen[tuple(cell.value for _, cell in sorted(region.grid.rows[number].items()))] += 1
    summed = sum_row(rows)
    if summed is not None:
        totals.append(summed.row or 0)
        rows.remove(summed)
    heads = group_heads(rows)
    rows = without_heads(rows, heads)
    checks = [] if export.months else check_totals(export, rows, totals, currency)
    say_mismatch(checks, currency, findings)
    say_unread(export, rows, days, findings)
    say_choices(export, rows, findings)
    if repeated := sum(count - 1 for count in seen.values()):
        findings.warn("duplicate_rows", None, f"{repeated} rows stand twice, cell by cell; they were counted as they stand.")
    span = Span(region.header.top, min(region.columns), region.body[-1] if region.body else region.header.bottom, max(region.columns))
    columns = tuple(
        ColumnReading(
            column_letters(c), next((n for n, at in export.columns.items() if at == c), "label"), h.own, round(h.role.certainty, 2)
        )
        for c, h in region.columns.items()
    )
    return PerformanceTable(region.grid.tab.name, span.a1, platform_of(region), currency, tuple(rows), columns, tuple(checks))


def _day_reader(export: Export, findings: Findings, above: list[str]) -> ExportDays:
    places = [(row, column) for name in ("day", "start", "end") if (column := export.columns.get(name)) for row in export.region.body]
    values = {place: export.region.grid.cell(*place).value for place in places}
    texts = {place: value.strip() for place, value in values.items() if isinstance(value, str)}
    cell = export.region.grid.address(*next(iter(texts))) if texts else None
    days = settle_days(texts.values(), findings, cell=cell, above=above)
    days.settle_swapped({day for value in values.values() if (day := day_of(value))}, texts.values(), findings)
    return days


def _told(export: Export, number: int, currency: str | None, days: ExportDays, around: Flight | None) -> list[PerformanceRow]:
    """Give what a row of the sheet tells: one row, or one for each month across in which something was spent."""
    if not export.months:
        row = _row(export, number, currency, days, around)
        return [] if row is None else [row]
    apart = [(replace(export, columns={**export.columns, "spend": column}), month) for column, month in export.months.items()]
    rows = [_row(each, number, currency, days, month) for each, month in apart]
    return [row for row in rows if row is not None and row.spend_minor is not None]


def _row(export: Export, number: int, currency: str | None, days: ExportDays, around: Flight | None) -> PerformanceRow | None:
    grid, columns = export.region.grid, export.columns

    def number_of(name: str) -> Decimal | None:
        column = columns.get(name)
        value = None if column is None else decimal_of(grid.cell(number, column).value, export.region.marks.get(column) or export.mark)
        return value if value is None or column is None else value * export.factors.get(column, 1)

    def text(name: str) -> str | None:
        column = columns.get(name)
        value = grid.cell(number, column).value if column is not None else None
        return None if value is None or str(value).strip() in _NULLS else " ".join(str(value).split())

    spend, impressions, clicks = number_of("spend"), number_of("impressions"), number_of("clicks")
    campaign = text("campaign")
    if spend is None and impressions is None and clicks is None and (campaign is None or len(grid.rows[number]) < FEWEST_CELLS):
        return None  # a blank row, or a line of the report's small print
    code = currency_in_text(text("currency") or "", whole=True) or currency
    start, end = _days(export, number, days, around)
    value = number_of("value")
    labels = {
        header: str(cell).strip()
        for column, header in export.labels.items()
        if (cell := grid.cell(number, column).value) is not None and str(cell).strip() not in _NULLS
    }
    return PerformanceRow(
        start,
        end,
        text("channel"),
        campaign,
        code,
        None if spend is None else to_minor(spend, code),
        _float(impressions),
        _float(clicks),
        _float(number_of("conversions")),
        None if value is None else to_minor(value, code),
        text("market"),
        labels,
        number,
        None if spend is None or spend == to_major(to_minor(spend, code), code) else f"{spend:f}",
    )


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _days(export: Export, number: int, days: ExportDays, around: Flight | None) -> tuple[date | None, date | None]:
    """Give the first and last day of a row; a week or month that the report's range cuts off ends with it."""
    found: dict[str, tuple[date | None, date | None]] = {}
    for name in ("day", "start", "end"):
        column = export.columns.get(name)
        value = export.region.grid.cell(number, column).value if column is not None else None
        found[name] = days.of(value)
    start, end = found["day"]
    if start and start == end and export.grain in _SPANS:
        end = _SPANS[export.grain](start)
    if start and end and around and around.start and around.end and start <= around.end and around.start <= end:
        return max(start, around.start), min(end, around.end)
    if start:
        return start, end
    if found["start"][0] or found["end"][1]:
        return found["start"][0], _last_day(export, number, found["start"][0], found["end"][1] or found["start"][1])
    return (around.start, around.end) if around and "day" not in export.columns else (None, None)


def _last_day(export: Export, number: int, start: date | None, end: date | None) -> date | None:
    """Give the last day of a row: the one before an end that is a time, midnight, as its start is (`End Time 2026-03-02 00:00:00`)."""
    columns = [export.columns.get(name) for name in ("start", "end")]
    cells = [export.region.grid.cell(number, column).value for column in columns if column]
    is_time = columns[1] is not None and bool(_TIME & set(words_of(export.region.columns[columns[1]].own)))
    at_midnight = len(cells) == 2 and all(isinstance(value, str) and _MIDNIGHT.search(value) for value in cells)
    return end - timedelta(days=1) if is_time and at_midnight and start and end and end > start else end
