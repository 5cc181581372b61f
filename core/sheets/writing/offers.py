"""The inputs of a budget formula as a person is asked about them: what each is called, and what it would have to become."""

from __future__ import annotations

from core.model.reading import LineItem, PlanTable
from core.model.workbook import Workbook, a1, column_letters
from core.sheets.calculation import Place
from core.sheets.writing.inputs import InputOption, Wanted, option_for

_MONEY = frozenset(
    {"budget", "period_budget", "net", "gross", "client", "list", "fee", "vat", "actual", "unit_price", "cpm", "cpc", "cpa", "cpv"}
)
_COUNTED = frozenset({"impressions", "clicks", "views", "units", "conversions", "spots", "days", "weeks", "leads", "sessions", "reach"})


def input_offer(workbook: Workbook, table: PlanTable, item: LineItem | None, wanted: Wanted, source: Place) -> InputOption:
    """Work out what an input of a line item's budget has to become for the wanted amount; what counts whole units stays whole."""
    at = a1(source[1], source[2])
    metric = next((name for name, cell in (item.metric_cells if item else {}).items() if cell == at), None)
    value = workbook.tab(source[0]).value(source[1], source[2])
    counts = (
        metric in _COUNTED if metric is not None else isinstance(value, int) and value >= 100 and not _is_money(workbook, table, source)
    )
    return option_for(workbook, wanted, source, label=_header(table, source, metric), counts=counts)


def _is_money(workbook: Workbook, table: PlanTable, source: Place) -> bool:
    """Tell whether an input is an amount or a price and no count: its column is read so, or its format shows cents or a currency."""
    tab, letters = workbook.tab(source[0]), column_letters(source[2])
    role = next((column.role for column in table.columns if source[0] == table.tab and column.column == letters), "")
    amounts = {at for item in table.line_items for at in item.amount_cells.values()} if source[0] == table.tab else set[str]()
    cell = tab.cells.get((source[1], source[2]))
    shown = (cell.number_format or "") if cell is not None else ""
    return role in _MONEY or a1(source[1], source[2]) in amounts or ".0" in shown or any(sign in shown for sign in ("[$", "€", "£", "$"))


def _header(table: PlanTable, source: Place, metric: str | None) -> str:
    if source[0] == table.tab:
        for column in table.columns:
            if column.column == column_letters(source[2]):
                return column.header
    return metric.replace("_minor", "").replace("_", " ") if metric is not None else f"{source[0]}!{a1(source[1], source[2])}"
