"""Rows that come and go, worked out on the sheet as it was read and proven: every total must move by exactly what was added or removed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from core.model.changes import RowEdit, RowPlan, Scalar, TotalMove
from core.model.distribution import Distribution, DistributionRow
from core.model.money import to_major
from core.model.reading import PlanTable
from core.model.workbook import Cell, Workbook, a1, parse_a1
from core.sheets.calculation import Calculator, Place
from core.sheets.formulas import Uncomputable
from core.sheets.functions import Value
from core.sheets.writing.amounts import minor_of
from core.sheets.writing.consequences import Follow, Moves, total_moves
from core.sheets.writing.lines import LinePlan, keep_after_all, lines_of
from core.sheets.writing.restructure import Restructured, RowChange, Scope, restructure

_COUNTS_OUT = re.compile(r"\bOFFSET\(", re.I)


@dataclass(frozen=True, slots=True)
class PlannedRows:
    """A row plan, and what its rows do to the sheet."""

    rows: RowPlan
    follows: tuple[Follow, ...]
    notes: tuple[str, ...]
    violations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowPatch:
    """What is written into a file whose rows come and go.

    Attributes:
        edits: placed in the file as it is, as `result` was made from.
        cells: other cells to write, by place in the file as it is.
        values: of formulas that change, by new place; None to drop one.
    """

    edits: Sequence[RowEdit]
    result: Restructured
    cells: Mapping[Place, Scalar]
    values: Mapping[Place, Value | None]


NO_ROWS = PlannedRows(RowPlan(), (), (), ())


def scope_of(tables: Sequence[PlanTable], workbook: Workbook) -> Scope:
    """Give the rows of line items and the formulas that add them up, as read."""
    items: dict[str, set[int]] = {}
    totals: set[Place] = set()
    for table in tables:
        items.setdefault(table.tab, set()).update(item.row for item in table.line_items)
        for total in table.totals:
            place = parse_a1(total.cell)
            cell = workbook.tab(table.tab).cells.get(place)
            if cell is not None and cell.formula is not None:
                totals.add((table.tab, *place))
    return Scope(items, totals)


def change_of(edit: RowEdit, workbook: Workbook, *, row: int | None = None) -> RowChange:
    """Give a row edit as a change of a workbook; `row` is where its row is there."""
    at = edit.row if row is None else row
    if edit.kind == "delete":
        return RowChange("delete", edit.tab, at)
    tab = workbook.tab(edit.tab)
    typed = {
        column: tab.cells.get((at, column), Cell())._replace(value=state.value, formula=None, text=None) for column, state in edit.cells
    }
    kept = {column: tab.cells.get((at, column), Cell()) for column in edit.keeps}
    return RowChange("insert", edit.tab, at, {**kept, **typed}, edit.copies)


def settle_deletions(lines: LinePlan, tables: Sequence[PlanTable], workbook: Workbook, before: Distribution) -> None:
    """Keep, with amounts of 0, every row that formulas elsewhere refer to: deleting it would break them."""
    known, scope = lines_of(tables, workbook, before), scope_of(tables, workbook)
    while lines.edits:
        broken = restructure(workbook, [change_of(edit, workbook) for edit in lines.edits], scope).broken
        blamed = {row: f"{place[0]}!{a1(place[1], place[2])} refers to it" for place, _, rows in broken for row in rows}
        if not broken or not keep_after_all(lines, known, blamed):
            return


def plan_rows(
    lines: LinePlan, tables: Sequence[PlanTable], workbook: Workbook, *, moves: Moves, edited: Mapping[Place, Value]
) -> PlannedRows:
    """Put the rows together and prove them.

    Args:
        workbook: as read. `edited`: cells that the same change set writes, with their new values.
    """
    if not lines.edits:
        return NO_ROWS
    result = restructure(_with(workbook, edited), [change_of(edit, workbook) for edit in lines.edits], scope_of(tables, workbook))
    violations = would_break(result)
    totals = tuple(total_moves(tables, workbook, moves))
    changed = changed_values(result, lines.edits, edited)
    wrong, unknown = unproven(workbook, result, changed, totals, slack=rounding_of(lines.edits))
    violations += _wrong_amounts(lines, tables, workbook, result, changed) or wrong
    notes = [f"{at} cannot be computed here: look at it after writing." for at in unknown]
    notes += _counted_out(workbook, {edit.tab for edit in lines.edits})
    items = tuple(sorted({(table.tab, item.row) for table in tables for item in table.line_items}))
    follows = tuple(_follows(tables, workbook, result, changed))
    return PlannedRows(
        RowPlan(tuple(lines.edits), items, totals, rewritten_for_people(workbook, result)), follows, tuple(notes), tuple(violations)
    )


def _with(workbook: Workbook, edited: Mapping[Place, Value]) -> Workbook:
    tabs = []
    for tab in workbook.tabs:
        own = {(row, column): value for (name, row, column), value in edited.items() if name == tab.name}
        cells = {**tab.cells, **{at: tab.cells.get(at, Cell())._replace(value=value, formula=None) for at, value in own.items()}}
        tabs.append(replace(tab, cells=cells) if own else tab)
    return replace(workbook, tabs=tuple(tabs))


def _counted_out(workbook: Workbook, tabs: Collection[str]) -> list[str]:
    """Name the formulas that count out their rows in tabs whose rows come and go: nothing tells what they should take in."""
    found = [
        f"{tab.name}!{a1(*place)}"
        for tab in workbook.tabs
        for place, cell in sorted(tab.cells.items())
        if cell.formula is not None
        and _COUNTS_OUT.search(cell.formula)
        and (tab.name in tabs or any(name in cell.formula for name in tabs))
    ]
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    what = "counts out rows (OFFSET) and may not follow" if len(found) == 1 else "count out rows (OFFSET) and may not follow"
    return [f"{', '.join(found[:3])}{more} {what}: look there after writing."] if found else []


def changed_values(result: Restructured, edits: Sequence[RowEdit], edited: Mapping[Place, Value]) -> dict[Place, Value]:
    """Give every typed value that is new, by its place in the new workbook."""
    found: dict[Place, Value] = {}
    for place, value in edited.items():
        moved = result.place(*place)
        if moved is not None:
            found[moved] = _value(value)
    for edit, row in zip(edits, result.new_rows, strict=True):
        if edit.kind == "insert":
            found |= {(edit.tab, row, column): _value(state.value) for column, state in edit.cells}
    return found


def _value(value: Value | int) -> Value:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def rounding_of(edits: Sequence[RowEdit]) -> int:
    """Give by how many minor units a total may differ: amounts that are formulas are shown rounded, and added up as they are."""
    return sum(bool(edit.copies) for edit in edits)


def would_break(result: Restructured) -> list[str]:
    """Name each formula that would break, once."""
    return list(dict.fromkeys(f"{place[0]}!{a1(place[1], place[2])} ({formula[:60]}) would break." for place, formula, _ in result.broken))


def unproven(
    workbook: Workbook,
    result: Restructured,
    changed: Mapping[Place, Value],
    totals: Sequence[TotalMove],
    *,
    slack: int,
    stood: Mapping[Place, Value] | None = None,
) -> tuple[list[str], list[str]]:
    """Recompute every total; give what is wrong with those that do not move as they have to, and those that cannot be computed.

    Args:
        slack: minor units by which the sheet's own rounding may differ.
        stood: what cells held when the plan was made that hold already what it writes: totals move from there.
    """
    wrong, unknown = [], []
    before = {place: _value(value) for place, value in (stood or {}).items()}
    for total in totals:
        at = f"{total.tab}!{total.cell}"
        new = result.place(total.tab, *parse_a1(total.cell))
        was = amount_at(workbook, (total.tab, *parse_a1(total.cell)), before, result=None, total=total)
        now = None if new is None else amount_at(result.workbook, new, changed, result=result, total=total)
        if was is None or now is None:
            unknown.append(at)
        elif abs(now - was - total.moved_minor) > slack:
            moved, wanted = to_major(now - was, total.currency), to_major(total.moved_minor, total.currency)
            wrong.append(f"{at} would move by {moved:+,} where the plan moves by {wanted:+,}: its formula does not follow the rows.")
    return wrong, unknown


def amount_at(
    workbook: Workbook, place: Place, changed: Mapping[Place, Value], *, result: Restructured | None, total: TotalMove
) -> int | None:
    """Give the amount that a cell shows, None where it cannot be computed."""
    try:
        value = Calculator(workbook, changed, stale=() if result is None else result.stale).value(place)
    except Uncomputable:
        return None
    return None if isinstance(value, bool | str) or value is None else minor_of(value, total.currency, total.scale)


def _wrong_amounts(
    lines: LinePlan, tables: Sequence[PlanTable], workbook: Workbook, result: Restructured, changed: Mapping[Place, Value]
) -> list[str]:
    """Compare what a new row's formulas will show with what was planned there."""
    by_id = {edit.row_id: row for edit, row in zip(lines.edits, result.new_rows, strict=True)}
    stands = {(table.tab, item.row): item for table in tables for item in table.line_items}
    found = []
    for table, above, line in lines.added:
        item, row = stands[table.tab, above], by_id[line.id]
        for column, minor in _planned(table, above, line, tables, workbook).items():
            place = (table.tab, row, column)
            cell = result.workbook.tab(table.tab).cells.get((row, column))
            if cell is None or cell.formula is None:
                continue
            shows = amount_at(
                result.workbook, place, changed, result=result, total=TotalMove(table.tab, "", 0, table.scale, table.currency)
            )
            if shows != minor:
                said = "something that cannot be computed here" if shows is None else f"{to_major(shows, table.currency):,}"
                model = f"{table.tab}!{a1(item.row, column)}"
                planned = f"{to_major(minor, table.currency):,}"
                found.append(
                    f"{line.label}: amounts like {model} are formulas, and the new row would show {said}, not {planned}. "
                    "Duplicate the line with the amounts it has, and change its inputs once it is in the sheet."
                )
    return found


def _planned(table: PlanTable, above: int, line: DistributionRow, tables: Sequence[PlanTable], workbook: Workbook) -> dict[int, int]:
    """Give the planned amounts of a new line by column."""
    from core.sheets.writing.distribution import to_distribution

    model = next(row for row in to_distribution(tables, workbook).rows if (row.source_tab, row.source_row) == (table.tab, above))
    columns = {cell.period: parse_a1(cell.source_cell)[1] for cell in model.cells if cell.source_cell is not None}
    amounts = {columns[cell.period]: cell.budget_minor for cell in line.cells if cell.period in columns}
    item = next(item for item in table.line_items if item.row == above)
    if item.budget_cell is not None:
        amounts[parse_a1(item.budget_cell)[1]] = line.total_minor
    return amounts


def _follows(tables: Sequence[PlanTable], workbook: Workbook, result: Restructured, changed: Mapping[Place, Value]) -> list[Follow]:
    found = []
    for table in tables:
        for total in table.totals:
            place = parse_a1(total.cell)
            cell, new = workbook.tab(table.tab).cells.get(place), result.place(table.tab, *place)
            if cell is None or cell.formula is None or new is None:
                continue
            move = TotalMove(table.tab, total.cell, 0, table.scale, table.currency)
            minor = amount_at(result.workbook, new, changed, result=result, total=move)
            if minor != total.stated_minor:
                found.append(Follow(table.tab, total.cell, total.kind, total.stated_minor, minor))
    return found


def rewritten_for_people(workbook: Workbook, result: Restructured) -> tuple[tuple[str, str, str], ...]:
    """Give the formulas that are written anew, outside the new rows: (cell of now, as it is, as it will be)."""
    found = []
    for tab in workbook.tabs:
        for (row, column), cell in sorted(tab.cells.items()):
            new = result.place(tab.name, row, column)
            if new is not None and new in result.formulas:
                found.append((f"{tab.name}!{a1(row, column)}", cell.formula or "", result.formulas[new]))
    return tuple(found)
