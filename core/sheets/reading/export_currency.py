"""The one currency of an export's spend: from its column, its heads, its cells or the lines above; asked where nothing tells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.sheets.reading.currency import currency_in_text, currency_of_format
from core.sheets.reading.export_columns import Export
from core.sheets.reading.export_days import ExportDays
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import number_text
from core.sheets.reading.money import ask_currency
from core.sheets.reading.roles import role_of_header

_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK", "INR", "AUD", "CAD", "BRL")
_DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN")
_BARE_DOLLAR = re.compile(r"(?<![A-Za-z])\$(?!\s?(?:CA|AU|NZ|MX|HK|SG|US))")
_AMERICAN_DAY = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}, \d{4}", re.IGNORECASE)
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_WHY = "no column, header or line above names a currency"
_WHICH_DOLLAR = "only $ stands in the file, which several countries write; read as US dollars until somebody says otherwise"


def settle_currency(export: Export, days: ExportDays, findings: Findings, *, above: Sequence[str], locale: str | None) -> str | None:
    """Give the currency of an export's spend, None where rows have several or nobody knows; a bare `$` is US dollars, and asked about."""
    currency = _named_currency(export, findings) or _currency_above(above)
    if currency == "USD" and _is_bare_dollar(export, above) and not _is_american(export, days, above, locale):
        return ask_currency(findings, _DOLLARS, _WHICH_DOLLAR) or currency
    if currency is None and "spend" in export.columns and not _codes(export):
        return ask_currency(findings, _CURRENCIES, _WHY)
    return currency


def _is_bare_dollar(export: Export, above: Sequence[str]) -> bool:
    """Tell whether nothing but the sign says dollars: no code in a column, a head, a cell or above."""
    region, spend = export.region, export.columns.get("spend")
    heads = [header.own for header in region.columns.values()]
    cells = [str(value) for row in region.body[:20] if isinstance(value := region.grid.cell(row, spend or 0).value, str)]
    told = any("USD" in text or "US$" in text or "dollar" in text.casefold() for text in (*above, *heads, *cells, region.grid.tab.name))
    return not told and not _codes(export) and any(_BARE_DOLLAR.search(text) for text in (*heads, *cells))


def _is_american(export: Export, days: ExportDays, above: Sequence[str], locale: str | None) -> bool:
    """Tell whether days are written as in the United States, or the file's locale is theirs."""
    region, columns = export.region, [c for name in ("day", "start") if (c := export.columns.get(name)) is not None]
    cells = [str(region.grid.cell(row, c).value) for c in columns for row in region.body[:20]]
    written = any(_AMERICAN_DAY.search(text) for text in (*above, *cells))
    written |= "mdy" in days.orders.values() and any(_YEAR_LAST.match(text) for text in cells)
    return written or (locale or "").replace("-", "_").endswith("_US")


def _named_currency(export: Export, findings: Findings) -> str | None:
    """Give the file's one currency: from its currency column or its money headers; rows of several keep their own."""
    region = export.region
    if export.columns.get("currency") is not None:
        codes = _codes(export)
        if len(codes) == 1:
            return next(iter(codes))
        if codes:
            findings.warn("several_currencies", None, f"Rows are in {', '.join(sorted(codes))}; they were not added up across currencies.")
            return None
    spend = export.columns.get("spend")
    named = [region.columns[spend]] if spend in region.columns else []
    if named and (code := currency_in_text(named[0].own)):
        return code
    for header in region.columns.values():
        if header.role.kind in ("money", "price") and header.role.currency:
            return header.role.currency
    cells = [region.grid.cell(row, spend or 0) for row in region.body]
    formats = {code for cell in cells if cell.number_format and (code := currency_of_format(cell.number_format))}
    if len(formats) == 1:
        return formats.pop()
    shown = {n.currency for row in region.body if (n := number_text(region.grid.cell(row, spend or 0).value)) and n.currency}
    return shown.pop() if len(shown) == 1 else None


def _codes(export: Export) -> set[str]:
    """Give the currencies that the rows of a currency column name."""
    column, grid = export.columns.get("currency"), export.region.grid
    texts = {str(grid.cell(row, column).value) for row in export.region.body} if column is not None else set()
    return {code for text in texts if (code := currency_in_text(text, whole=True))}


def _currency_above(above: Sequence[str]) -> str | None:
    """Give the currency that a line over the header names (`Currency, SEK`)."""
    pairs = [re.split(r"[,:;\t]+", line.strip()) for line in above]
    codes = {currency_in_text(p[1].strip(), whole=True) for p in pairs if len(p) == 2 and role_of_header(p[0]).key == "currency"}
    return codes.pop() if len(codes) == 1 else None
