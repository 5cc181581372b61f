"""What an export leaves open: figures and days that could not be read, totals that its rows do not make, a currency that nothing names."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.reading import Option, PerformanceRow, TotalCheck
from core.model.workbook import CellError
from core.sheets.reading.day_order import is_order_open
from core.sheets.reading.export_columns import Export
from core.sheets.reading.export_days import ExportDays
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import text_of

_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK", "INR", "AUD", "CAD", "BRL")
_FIGURES = ("spend", "impressions", "clicks", "conversions", "value")
_DAYS = ("day", "start", "end")


def counted(export: Export) -> set[int | None]:
    """Give the columns of an export's money."""
    return {export.columns.get("spend"), export.columns.get("value")} - {None}


def ask_currency(findings: Findings) -> str | None:
    """Ask for the currency of an export's spend."""
    why = "no column, header or line above names a currency"
    answer = findings.ask("currency", "currency", "currency", [Option(code) for code in _CURRENCIES], why=why)
    return answer if isinstance(answer, str) else None


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


def say_mismatch(checks: list[TotalCheck], findings: Findings) -> None:
    """Warn where none of the stated totals is what the rows add up to."""
    if checks and not any(check.matches for check in checks):
        stated, computed = checks[-1].stated_minor or 0, checks[-1].computed_minor or 0
        told = f"The report states {stated / 100:,.2f} in all, its rows sum to {computed / 100:,.2f}."
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
