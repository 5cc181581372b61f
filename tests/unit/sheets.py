"""Small sheets for tests of the reader, and what was read from them."""

from __future__ import annotations

from core.model.reading import Correction, PlanTable, Reading
from core.model.workbook import Cell, Tab, Workbook
from core.sheets.reading import read_workbook

Rows = list[list[object]]


def workbook(rows: Rows, *, name: str = "Plan", bold: tuple[int, ...] = ()) -> Workbook:
    """Give a workbook of one tab; empty texts are empty cells."""
    cells = {
        (r, c): Cell(value, bold=r in bold)  # type: ignore[arg-type]
        for r, row in enumerate(rows, start=1)
        for c, value in enumerate(row, start=1)
        if value not in (None, "")
    }
    return Workbook("plan.xlsx", "xlsx", (Tab(name, cells, len(rows), max(map(len, rows))),))


def read(rows: Rows, *, name: str = "Plan", bold: tuple[int, ...] = (), answers: dict[str, object] | None = None) -> Reading:
    corrections = [Correction("answer", key, value) for key, value in (answers or {}).items()]
    return read_workbook(workbook(rows, name=name, bold=bold), corrections=corrections, fallback_year=2026)


def table(rows: Rows, *, name: str = "Plan", bold: tuple[int, ...] = ()) -> PlanTable:
    (found,) = read(rows, name=name, bold=bold).tables
    return found


def budgets(found: PlanTable) -> list[int | None]:
    return [item.budget_minor for item in found.line_items]


def checks(found: PlanTable) -> dict[str, bool]:
    return {check.kind: check.matches for check in found.totals if check.computed_minor is not None}


def codes(reading: Reading) -> set[str]:
    """Give the codes of what is warned of."""
    return {warning.code for warning in reading.warnings}


def kinds(reading: Reading) -> set[str]:
    """Give the kinds of what is asked."""
    return {question.kind for question in reading.questions}
