"""Formulas that a file stores without a value: computed where they are plain arithmetic, never read as nought."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.model.workbook import Address, Cell, CellValue, Tab, Workbook
from core.sheets.calculation import Calculator, Place
from core.sheets.formulas import Node, Operation, Reference, Uncomputable
from core.sheets.loading.number_formats import from_serial, shows_date

_MOST = 200_000


def with_computed(workbook: Workbook) -> Workbook:
    """Give the workbook with values for the formulas that had none; those that cannot be computed stay without."""
    missing = {tab.name: _missing(tab) for tab in workbook.tabs}
    if not any(missing.values()) or sum(map(len, missing.values())) > _MOST:
        return workbook
    calculator = Calculator(workbook)
    return replace(
        workbook, tabs=tuple(_computed(tab, missing[tab.name], calculator) if missing[tab.name] else tab for tab in workbook.tabs)
    )


def _missing(tab: Tab) -> list[Address]:
    if tab.all_valued:
        return []
    return [
        (row, column)
        for row, line in tab.by_row().items()
        for column, cell in line.items()
        if cell.formula is not None and cell.value is None
    ]


def _computed(tab: Tab, missing: list[Address], calculator: Calculator) -> Tab:
    cells: dict[Address, Cell] = dict(tab.cells)
    for at in missing:
        value = _value(calculator, tab, at)
        if value is not None:
            cells[at] = cells[at]._replace(value=value)
    return replace(tab, cells=cells)


def _value(calculator: Calculator, tab: Tab, at: Address) -> CellValue:
    try:
        value = calculator.value((tab.name, *at))
    except Uncomputable:
        return None
    if isinstance(value, float):
        if shows_date(tab.cells[at].number_format) or _gives_day(calculator, (tab.name, *at)):
            return from_serial(value)
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value


def _gives_day(calculator: Calculator, place: Place) -> bool:
    """Tell whether a formula makes a day, whatever format its cell has: by its function, or as a day and some days more."""
    node = calculator.tree(place)
    return node is not None and _is_day(calculator, node, place[0])


def _is_day(calculator: Calculator, node: Node | None, tab: str) -> bool:
    if isinstance(node, Reference):
        at = (node.tab or tab, node.span.top, node.span.left)
        cell = calculator.cell(at)
        return cell is not None and (isinstance(cell.value, date) or (cell.value is None and _gives_day(calculator, at)))
    if not isinstance(node, Operation):
        return False
    if node.name in ("+", "-"):
        return sum(_is_day(calculator, operand, tab) for operand in node.operands) == 1
    return node.name in ("DATE", "EDATE", "EOMONTH", "WORKDAY")
