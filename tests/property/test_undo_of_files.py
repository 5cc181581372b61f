"""What is written into a plan of any kind and undone after someone went on with the file is, cell by cell, as it was before."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from core.errors import AppError
from core.model.changes import CellEdit, CellState
from core.model.distribution import Distribution
from core.model.workbook import Cell, Tab, Workbook
from core.services.targets import RowWrite, patch_file
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.writing.distribution import new_line, plan_tables, to_distribution
from core.sheets.writing.drift import Drift, PlacedEdit, check_drift, outlines_after, state_at, undo_edits
from core.sheets.writing.edits import WritePlan, plan_writes
from core.sheets.writing.inputs import INPUT_CHOICE
from core.sheets.writing.row_drift import PlacedRows, after_rows, journal_of, place_rows, place_undo, restructured, undone
from tests.plans.make import KINDS, Plan
from tests.plans.shapes import make_plan

SEEDS = range(71_000, 71_003)


def changed(table: Distribution, random: Random) -> Distribution:
    """Move some amounts, and copy or drop a line now and then."""
    rows = []
    for row in table.rows:
        cells = tuple(replace(c, budget_minor=c.budget_minor + random.choice([0, 100, 12_345])) if c.source_cell else c for c in row.cells)
        rows.append(replace(row, cells=cells))
    if random.random() < 0.6:
        at = random.randrange(len(rows))
        new = [new_line(table.rows[at], {}, row_id=f"new-{number}", is_copy=True) for number in range(random.randint(1, 2))]
        rows[at + 1 : at + 1] = new
    return replace(table, rows=tuple(rows))


def planned(workbook: Workbook, random: Random) -> WritePlan | None:
    try:
        tables = plan_tables(read_workbook(workbook))
        wanted = changed(to_distribution(tables, workbook), random)
    except AppError:
        return None  # nothing to plan with in this one
    plan = plan_writes(tables, workbook, wanted)
    inputs = {(one.tab, one.cell): next((o for o in one.options if o.needed is not None), None) for one in plan.choices}
    if plan.choices and all(inputs.values()):
        notes = {f"{INPUT_CHOICE}{tab}!{cell}": f"{o.tab}!{o.cell}" for (tab, cell), o in inputs.items() if o is not None}
        plan = plan_writes(tables, workbook, replace(wanted, notes={**wanted.notes, **notes}))
    return None if plan.violations or plan.choices or plan.is_empty else plan


def written(name: str, content: bytes, theirs: Workbook, drift: Drift, rows: RowWrite) -> bytes:
    return patch_file(name, content, theirs, drift.clean, rows if rows.edits else None)


def typed(plan: Plan, content: bytes) -> bytes:
    """Give the file after someone typed a word beside the plan. Text files have no such place; line items in columns know each other
    by their order, so that one more column stops an undo for a person to look at."""
    name, workbook = plan.name, load_workbook(plan.name, content)
    if workbook.kind not in ("xlsx", "xlsm") or plan.kind == "transposed":
        return content
    tab, cell = workbook.tabs[-1].name, "AB1"
    before = state_at(workbook, tab, cell)
    edit = CellEdit(tab, cell, before, CellState("seen by Jo"), "", "")
    return patch_file(name, content, workbook, [PlacedEdit(edit, tab, cell, before)])


def stands(tab: Tab) -> dict[tuple[int, int], object]:
    """Give formulas, and values where there is none, with how they look; numbers to the digits that a sum may differ in."""

    def of(cell: Cell) -> object:
        value = round(cell.value, 6) if isinstance(cell.value, float) else cell.value
        return cell.formula or value, cell.number_format, cell.bold, cell.fill

    return {at: of(cell) for at, cell in tab.cells.items()}


def put_back(plan: Plan, random: Random) -> bool:
    """Write, let someone type, undo and compare; False where this plan takes no such change."""
    theirs = load_workbook(plan.name, plan.content)
    wanted = planned(theirs, random)
    if wanted is None:
        return False
    drift, placed = check_drift(wanted.edits, wanted.outlines, theirs), place_rows(wanted.rows, wanted.outlines, theirs)
    assert not drift.conflicts and not placed.conflicts
    result, failures = restructured(theirs, drift.clean, placed)
    assert failures == ()
    made = written(plan.name, plan.content, theirs, drift, RowWrite(theirs, placed.edits, result, {}, ""))
    cells, outlines = after_rows(drift, placed, result) if placed.edits else (drift.clean, outlines_after(drift, theirs))
    journal = journal_of(theirs, placed, result, {}, outlines)

    content = typed(plan, made)
    now = load_workbook(plan.name, content)
    back = check_drift(undo_edits(cells), outlines, now)
    rows = place_undo(journal, outlines, now) if placed.edits else PlacedRows()
    assert not back.conflicts and not rows.conflicts, (back.conflicts, rows.conflicts)
    as_before, failures = undone(now, back.clean, rows, journal)
    assert failures == ()
    restored = load_workbook(plan.name, written(plan.name, content, now, back, RowWrite(now, rows.edits, as_before, {}, "")))
    original = load_workbook(plan.name, typed(plan, plan.content))
    for tab in original.tabs:
        other = restored.tab(tab.name)
        assert stands(other) == stands(tab) and set(other.merges) == set(tab.merges) and other.hidden_rows == tab.hidden_rows
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_undo_gives_back_every_cell_after_someone_went_on_with_the_file(kind: str) -> None:
    done = [put_back(make_plan(seed, kind), Random(seed)) for seed in SEEDS]
    assert any(done)
