"""Whatever others do to the sheet meanwhile, a write hits the right cell or none, loses no formula, and undo puts back what was there."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.model.distribution import Distribution
from core.model.reading import PlanTable
from core.model.workbook import Workbook, parse_a1
from core.sheets.writing.distribution import to_distribution
from core.sheets.writing.drift import PlacedEdit, check_drift, outlines_after, undo_edits
from core.sheets.writing.edits import WritePlan, plan_writes
from tests.property.sheet_model import SheetModel, make_model, original


def edited(distribution: Distribution, random: Random) -> Distribution:
    rows = []
    for row in distribution.rows:
        cells = tuple(
            replace(cell, budget_minor=cell.budget_minor + random.choice([0, 0, 12_345])) if cell.source_cell else cell
            for cell in row.cells
        )
        rows.append(replace(row, cells=cells))
    return replace(distribution, rows=tuple(rows))


def proposed(model: SheetModel, table: PlanTable, random: Random) -> WritePlan:
    base = model.workbook()
    plan = plan_writes([table], base, edited(to_distribution([table], base), random))
    assert plan.violations == () and plan.choices == ()
    return plan


def assert_right_cells(placed: tuple[PlacedEdit, ...], model: SheetModel, names: dict[str, tuple[str, str]]) -> None:
    """A copy stands for a row where nobody could tell them apart: the row is gone, says something else, or is its equal in every cell."""
    for one in placed:
        row, column = model.name_of(*parse_a1(one.cell))
        wanted = names[one.edit.cell]
        differs = model.label_of(row) != model.label_of(wanted[0])
        stands_for = original(row) == wanted[0] and (differs or model.cells_of(row) == model.cells_of(wanted[0]))
        assert column == wanted[1] and (row == wanted[0] or stands_for), (one, model.log)


def formulas(workbook: Workbook) -> list[tuple[str, tuple[int, int], str]]:
    return [(tab.name, place, cell.formula) for tab in workbook.tabs for place, cell in tab.cells.items() if cell.formula is not None]


@given(st.integers(0, 2**32), st.integers(0, 6), st.integers(0, 4))
@example(11045, 5, 0)  # a copy that was there already when it was written: undo finds its row
@example(9434658, 5, 0)  # a copy that a sort put under the id of its row
@example(1244146, 5, 0)  # written into one of two rows that are equal in every cell: undo has to find that one
@settings(max_examples=1200, deadline=None)
def test_no_wrong_row_is_hit_no_formula_lost_and_undo_restores(seed: int, before: int, after: int) -> None:
    random = Random(seed)
    model, table = make_model(random)
    plan = proposed(model, table, random)
    names = {edit.cell: model.name_of(*parse_a1(edit.cell)) for edit in plan.edits}
    model.disturb(random, before)
    theirs = model.workbook()
    drift = check_drift(plan.edits, plan.outlines, theirs)
    assert len(drift.clean) + len(drift.done) + len(drift.conflicts) >= len(plan.edits)
    conflicted = {(one.tab, one.cell) for one in drift.conflicts}
    clean = tuple(one for one in drift.clean if (one.edit.tab, one.edit.cell) not in conflicted)
    assert_right_cells(clean, model, names)

    drift = replace(drift, clean=clean)
    model.apply(list(clean))
    assert formulas(model.workbook()) == formulas(theirs)
    if not clean:
        return
    back = undo_edits(clean)
    old_names = {one.cell: model.name_of(*parse_a1(placed.cell)) for one, placed in zip(back, clean, strict=True)}
    outlines = outlines_after(drift, theirs)
    model.disturb(random, after)
    undone = check_drift(back, outlines, model.workbook())
    twice = {(one.tab, one.cell) for one in undone.conflicts}
    restored = tuple(one for one in undone.clean if (one.edit.tab, one.edit.cell) not in twice)
    assert_right_cells(restored, model, old_names)
    model.apply(list(restored))
    if after == 0:
        assert not undone.conflicts and model.workbook() == theirs


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_an_untouched_sheet_never_conflicts_and_writing_twice_finds_everything_done(seed: int) -> None:
    random = Random(seed)
    model, table = make_model(random)
    plan = proposed(model, table, random)
    theirs = model.workbook()
    drift = check_drift(plan.edits, plan.outlines, theirs)
    assert not drift.conflicts and len(drift.clean) == len(plan.edits)
    model.apply(list(drift.clean))
    again = check_drift(plan.edits, outlines_after(drift, theirs), model.workbook())
    assert not again.conflicts and not again.clean and len(again.done) == len(plan.edits)
