"""Writing back: calls and time for 600 cells, the drift check, Excel patching, and wrong rows under other people's edits."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import xlsxwriter

from connectors.google.connector import build as build_google
from connectors.sandbox.drive.xlsx import document_of_xlsx
from connectors.sandbox.sandbox import NewFile
from connectors.sandbox.server import serve
from connectors.sandbox.wire import SPREADSHEET
from connectors.spec import SandboxAddress
from core.config import Settings
from core.model.reading import LineItem, PeriodAmount, PlanTable
from core.model.workbook import Workbook, a1, parse_a1
from core.services.targets import Contents, GoogleSheetTarget
from core.sheets.loading import load_workbook
from core.sheets.writing.distribution import to_distribution
from core.sheets.writing.drift import check_drift, mismatches
from core.sheets.writing.edits import WritePlan, plan_writes
from core.sheets.writing.xlsx import patch_xlsx
from tests.bench.figure import Figure
from tests.property.sandbox_runs import runs
from tests.property.sheet_model import make_model, original

_OWNER = "bench@northwind.example"
_RUNS = 10_000
_PATCHED = "sums recomputed, every other byte kept"


def figures() -> list[Figure]:
    """Measure everything once."""
    content, table = plan_file(50, 12)
    return [*write_600_cells(content, table), *_files(), _wrong_rows(), *_sandbox_runs()]


def plan_file(rows: int, periods: int) -> tuple[bytes, PlanTable]:
    """Give a plan of rows by periods with formulas for its sums, and what was read from it."""
    stream = io.BytesIO()
    items = []
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ["Channel", *(f"Month {i + 1}" for i in range(periods)), "Sum"])
        for row in range(1, rows + 1):
            sheet.write(row, 0, f"Line item {row}")
            sheet.write_row(row, 1, [100.0 + row] * periods)
            sheet.write_formula(row, periods + 1, f"=SUM(B{row + 1}:{a1(row + 1, periods + 1)})", None, (100.0 + row) * periods)
            parts = [
                PeriodAmount(date(2026, i + 1, 1), date(2026, i + 1, 28), (100 + row) * 100, a1(row + 1, i + 2)) for i in range(periods)
            ]
            items.append(LineItem(row=row + 1, channel=f"Line item {row}", by_period=tuple(parts)))
    area = f"A1:{a1(rows + 1, periods + 2)}"
    return stream.getvalue(), PlanTable("Plan", area, (1,), "rows", "EUR", 1, "net", (), tuple(items), (), None)


def _all_changed(table: PlanTable, workbook: Workbook) -> WritePlan:
    plan = to_distribution([table], workbook)
    rows = [replace(row, cells=tuple(replace(cell, budget_minor=cell.budget_minor + 1_234) for cell in row.cells)) for row in plan.rows]
    return plan_writes([table], workbook, replace(plan, rows=tuple(rows)))


def write_600_cells(content: bytes, table: PlanTable) -> list[Figure]:
    """Write 600 cells through the real SDK into the sandbox."""
    with serve() as server:
        server.sandbox.add_account(_OWNER, "Bench")
        document = document_of_xlsx("Bench plan", content)
        file_id = server.sandbox.add_file(NewFile("Bench plan", SPREADSHEET, _OWNER, document=document)).file_id
        google = build_google(Settings.model_construct(), SandboxAddress(server.base_url, server.base_url))
        target = GoogleSheetTarget(google.open(server.sandbox.authorize(_OWNER)), file_id)
        written = _all_changed(table, target.read())
        calls, began = server.sandbox.requests, time.perf_counter()
        drift = check_drift(written.edits, written.outlines, target.read())
        target.write(drift.clean, Contents())
        wrong = mismatches(drift.clean, target.read_back(drift.clean))
        seconds, calls = time.perf_counter() - began, server.sandbox.requests - calls
    cells = len(drift.clean)
    assert cells == 600 and not wrong and not drift.conflicts
    return [
        Figure("Calls to Google for 600 cells", calls, "calls", "at most 3", "one call a cell (a row-by-row writer): 600", 600 / calls),
        Figure("Write-back of 600 cells, sandbox on loopback", seconds, "s", note="read, drift check, one batch write, read back"),
    ]


def _files() -> list[Figure]:
    content, table = plan_file(500, 12)
    workbook = load_workbook("plan.xlsx", content)
    written = _all_changed(table, workbook)
    drift = check_drift(written.edits, written.outlines, workbook)
    return [
        Figure("Work out the edits of 6,000 cells", _seconds(lambda: _all_changed(table, workbook)), "s"),
        Figure("Drift check of 6,000 cells", _seconds(lambda: check_drift(written.edits, written.outlines, workbook)), "s"),
        Figure("Patch 6,000 cells of an Excel file", _seconds(lambda: patch_xlsx(content, workbook, drift.clean)), "s", note=_PATCHED),
    ]


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _wrong_rows() -> Figure:
    """Count cells that would be written to another line item's row or column, over random edits by others."""
    wrong = written = stopped = 0
    for seed in range(_RUNS):
        random = Random(seed)
        model, table = make_model(random)
        base = model.workbook()
        plan = _all_changed(table, base)
        names = {edit.cell: model.name_of(*parse_a1(edit.cell)) for edit in plan.edits}
        model.disturb(random, random.randint(0, 6))
        drift = check_drift(plan.edits, plan.outlines, model.workbook())
        stopped += len(drift.conflicts)
        for placed in drift.clean:
            row, column = model.name_of(*parse_a1(placed.cell))
            written += 1
            is_copy = original(row) == names[placed.edit.cell][0]
            wrong += (column != names[placed.edit.cell][1]) or (row != names[placed.edit.cell][0] and not is_copy)
    note = f"{written:,} cells placed, {stopped:,} reported as conflicts, {_RUNS:,} sheets with up to 6 edits by others"
    return Figure("Cells that would hit a wrong row", wrong, "cells", "0", note=note)


def _sandbox_runs() -> list[Figure]:
    """Write through the real client while others edit: cells and rows, wrong cells and lost formulas counted by their hidden names."""
    wrong = lost = cells = rows = stopped = 0
    with runs() as sandbox:
        for seed in range(_RUNS):
            outcome = sandbox.run(seed)
            wrong, lost = wrong + len(outcome.wrong), lost + len(outcome.lost)
            cells, rows, stopped = cells + outcome.cells, rows + outcome.rows, stopped + (outcome.conflicts > 0)
    note = f"{_RUNS:,} write-backs through gspread, {cells:,} cells and {rows:,} rows written, {stopped:,} stopped by a conflict"
    return [
        Figure("Wrong cells and rows on the sandbox, others editing", wrong, "cells", "0", note=note),
        Figure("Formulas lost on the sandbox, others editing", lost, "formulas", "0", note="the same runs"),
    ]
