"""What an export leaves open: figures and days that nobody can read, totals that its rows do not make, columns chosen among several."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.model.money import to_major
from core.model.reading import PerformanceRow, TotalCheck
from core.model.workbook import CellError
from core.sheets.reading.day_order import is_order_open
from core.sheets.reading.export_columns import Export, has_days, sum_of
from core.sheets.reading.export_days import ExportDays
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import text_of

_FIGURES = ("spend", "impressions", "clicks", "conversions", "value")
_WITH_VAT = re.compile(r"(?:vat|부가세)\s?포함|含税|含稅|税込", re.IGNORECASE)
_DAYS = ("day", "start", "end")


def counted(export: Export) -> set[int | None]:
    """Give the columns of an export's money."""
    return {export.columns.get("spend"), export.columns.get("value")} - {None}


def say_unread(export: Export, rows: Sequence[PerformanceRow], days: ExportDays, findings: Findings) -> None:
    """Warn of days and figures that could not be read, and of days that were read against the order of the rest."""
    region = export.region
    unread = [c for c, h in region.columns.items() if (h.role.kind, h.role.key) == ("date", "day") and region.content(c).filled]
    if unread and "day" not in export.columns:
        findings.warn("unread_date", region.grid.address(region.header.bottom, unread[0]), "The days of the report could not be read.")
    known = set(export.columns.values())
    lost = [c for c, h in region.columns.items() if c not in known and not h.role.kind and region.content(c).is_numeric and h.own]
    if lost and not {"spend", "impressions", "clicks"} <= set(export.columns):
        heads = ", ".join(repr(region.columns[c].own) for c in lost[:5])
        findings.warn("unread_column", region.grid.address(region.header.bottom, lost[0]), f"Nothing says what {heads} count; left out.")
    _say_texts(export, rows, findings)
    if days.turned:
        findings.warn(
            "mixed_day_order",
            None,
            f"{len(days.turned)} dates such as {days.turned[0]!r} name day and month in the other order than the rest; "
            "they were read so that they fall near the dates that are certain.",
        )


def say_choices(export: Export, rows: Sequence[PerformanceRow], findings: Findings) -> None:
    """Warn where several columns hold what was spent, where it is with VAT, and where rows hold no figure or days of something else."""
    region, spend = export.region, export.columns.get("spend")
    sums = {c: sum_of(export, c, [row.row or 0 for row in rows]) for c in (spend, *export.rivals) if c is not None}
    others = [c for c in export.rivals if spend is not None and abs(sums[c] - sums[spend]) > abs(sums[spend]) / 1000]
    if others and spend is not None:
        names = " and ".join(f"{region.columns[c].own!r} ({sums[c]:,.2f})" for c in others[:4])
        told = f"{region.columns[spend].own!r} ({sums[spend]:,.2f}) was counted as what was spent; {names} were not."
        findings.warn("several_costs", region.grid.address(region.header.bottom, spend), told)
    if spend is not None and (region.columns[spend].role.vat or _WITH_VAT.search(region.columns[spend].own)):
        head = region.columns[spend].own
        findings.warn("with_vat", region.grid.address(region.header.bottom, spend), f"{head!r} is with VAT; it was read as it stands.")
    empty = [row.row or 0 for row in rows if row.spend_minor is None and row.impressions is None and row.clicks is None]
    if empty and len(empty) < len(rows):
        told = f"{len(empty)} of {len(rows)} rows name no spend, impressions or clicks; nothing was counted for them, not even 0."
        findings.warn("no_figures", region.grid.address(empty[0], min(region.columns)), told)
    dated = [c for c, h in region.columns.items() if c not in export.columns.values() and region.content(c).filled and has_days(region, c)]
    if rows and dated and all(row.start is None for row in rows) and not set(_DAYS) & set(export.columns):
        heads = ", ".join(repr(region.columns[c].own) for c in dated[:3])
        told = f"{heads} tells of another event than the delivery; no row has a day, so the days of the report are not known."
        findings.warn("other_dates", region.grid.address(region.header.bottom, dated[0]), told)


def say_mismatch(checks: list[TotalCheck], currency: str | None, findings: Findings) -> None:
    """Warn where none of the stated totals is what the rows add up to."""
    if checks and not any(check.matches for check in checks):
        stated, computed = checks[-1].stated_minor or 0, checks[-1].computed_minor or 0
        told = f"The report states {to_major(stated, currency):,.2f} in all, its rows sum to {to_major(computed, currency):,.2f}."
        findings.warn("total_mismatch", checks[-1].cell, told)


def _say_texts(export: Export, rows: Sequence[PerformanceRow], findings: Findings) -> None:
    """Name the first figure and the first day of the counted rows that are texts nobody can read, and how many there are of each."""
    for name, column in export.columns.items():
        cells = [(row.row or 0, export.region.grid.cell(row.row or 0, column).value) for row in rows]
        if name in _FIGURES:
            lost = [(row, value) for row, value in cells if isinstance(value, CellError) or text_of(value)]
            code, told = "amount_is_text", "no number; left out"
        elif name in _DAYS:
            dated = {row.row for row in rows if row.start is not None}
            lost = [(row, value) for row, value in cells if row not in dated and text_of(value) and not is_order_open(text_of(value))]
            code, told = "unread_date", "no date; left open"
        else:
            continue
        if lost:
            row, value = lost[0]
            head, text = export.region.columns[column].own, value.text if isinstance(value, CellError) else str(value)[:60]
            findings.warn(code, export.region.grid.address(row, column), f"{text!r} under {head!r} is {told} ({len(lost)} such cells).")
