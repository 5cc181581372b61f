"""A change set that met conflicts, worked out anew from what a person chose: typed sums follow the choices, rows stay proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import Conflict, RuleViolation
from core.model.changes import CellConflict, CellEdit, CellState, RowEdit, RowPlan
from core.model.distribution import Distribution, DistributionRow
from core.model.money import to_major, to_minor
from core.model.reading import PlanTable
from core.model.workbook import Workbook, parse_a1
from core.sheets.calculation import Calculator, Place
from core.sheets.formulas import Uncomputable
from core.sheets.writing.amounts import amount_like, minor_of
from core.sheets.writing.distribution import to_distribution
from core.sheets.writing.drift import Choice, can_overwrite, state_at
from core.sheets.writing.edits import WritePlan, plan_writes
from core.sheets.writing.inputs import INPUT_CHOICE, Wanted, outcome_of

_ANEW = "Refresh the file, look at the plan and propose it again."
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Met:
    """A change set and the conflicts that it met, with what was chosen by (tab, cell); what is not named is left out."""

    edits: tuple[CellEdit, ...]
    rows: RowPlan
    conflicts: tuple[CellConflict, ...]
    choices: Mapping[Key, Choice]

    def overwrites(self, key: Key) -> CellState | None:
        """Give what stands in a cell that is written over all the same, None for any other cell."""
        met = next((one for one in self.conflicts if (one.tab, one.cell) == key and can_overwrite(one)), None)
        return met.theirs if met is not None and self.choices.get(key) == "ours" else None


@dataclass(frozen=True, slots=True)
class Settled:
    """What remains to be written, and the plan as it is then."""

    plan: WritePlan
    distribution: Distribution


def settle_conflicts(tables: Sequence[PlanTable], workbook: Workbook, after: Distribution, met: Met) -> Settled:
    """Work a change set out anew with what was chosen for its conflicts.

    Args:
        workbook: as read when it was proposed. `after`: the version that was proposed.
    Raises:
        Conflict: it cannot be worked out anew from these, or what stands in a cell now is no amount.
        RuleViolation: what remains cannot be written.
    """
    named = replace(after, notes={**after.notes, **_named_inputs(plan_writes(tables, workbook, after), met.edits)})
    again = plan_writes(tables, workbook, named)
    if (again.edits, again.rows) != (met.edits, met.rows):
        raise Conflict("This change set can no longer be worked out anew: its draft was compared with another state since.", hint=_ANEW)
    lines = _without_lost_rows(named, met, workbook, tables)
    now = _amounts_now(lines, tables, workbook, met)
    seen = replace(lines, rows=tuple(_with(row, now) for row in lines.rows))
    plan = plan_writes(tables, workbook, seen)
    rows = plan.rows
    if rows.edits:
        shifts = _shifts(lines, tables, workbook, met)
        other = plan_writes(tables, workbook, replace(lines, rows=tuple(_with(row, shifts) for row in lines.rows)))
        rows, plan = other.rows, replace(plan, violations=tuple(dict.fromkeys((*plan.violations, *other.violations))))
    if plan.violations or plan.choices:
        raise RuleViolation("What remains cannot be written into the sheet.", violations=[*plan.violations, _ANEW])
    edits = tuple(_edits(plan.edits, met))
    if not rows.edits and all(edit.period == "total" for edit in edits):
        edits = ()  # nobody wants sums alone: the sheet stays as it is
    return Settled(replace(plan, edits=edits, rows=rows), seen)


def _named_inputs(plan: WritePlan, edits: Sequence[CellEdit]) -> dict[str, str]:
    """Give the inputs and ratios that were chosen when the edits were made."""
    written = {f"{edit.tab}!{edit.cell}" for edit in edits}
    inputs = {f"{target.tab}!{target.cell}": [f"{one.tab}!{one.cell}" for one in target.options] for target in plan.choices}
    named = {cell: next((one for one in options if one in written), None) for cell, options in inputs.items()}
    ratios = {offer.key: offer.ratio for offer in plan.ratios if {f"{offer.tab}!{cell}" for cell in offer.cells} <= written}
    return {f"{INPUT_CHOICE}{key}": value for key, value in {**named, **ratios}.items() if value is not None}


def _without_lost_rows(after: Distribution, met: Met, workbook: Workbook, tables: Sequence[PlanTable]) -> Distribution:
    """Leave out new line items that met a conflict, and keep removed ones that did."""
    lost = [edit for edit in met.rows.edits if any(_is_about(conflict, edit) for conflict in met.conflicts)]
    inserted = {edit.row_id for edit in lost if edit.kind == "insert"}
    rows = [row for row in after.rows if row.id not in inserted and row.like not in inserted]
    before = to_distribution(tables, workbook).rows
    kept = {edit.row_id for edit in lost if edit.kind == "delete"}
    for number, row in enumerate(before):
        if row.id in kept:
            above = {one.id for one in before[:number]}
            at = max((place for place, one in enumerate(rows, 1) if one.id in above or one.like in above), default=0)
            rows.insert(at, row)
    return replace(after, rows=tuple(rows))


def _is_about(conflict: CellConflict, edit: RowEdit) -> bool:
    return conflict.row == edit.kind and (conflict.tab, parse_a1(conflict.cell)[0]) == (edit.tab, edit.row)


def _amounts_now(after: Distribution, tables: Sequence[PlanTable], workbook: Workbook, met: Met) -> dict[Key, int]:
    """Give the amounts of cells that are left as they are, as they are now; of a cell that was not found, as it was read."""
    return {key: line.now for key, line in _of_lines(after, tables, workbook, met).items() if not line.is_overwritten}


def _shifts(after: Distribution, tables: Sequence[PlanTable], workbook: Workbook, met: Met) -> dict[Key, int]:
    """Give amounts by which the sheet's own sums move as they will from now on: nothing where a cell is left as it is."""
    wanted = {(row.source_tab or "", cell.source_cell): cell.budget_minor for row in after.rows for cell in row.cells if cell.source_cell}
    lines = _of_lines(after, tables, workbook, met)
    return {key: line.base + (wanted[key] - line.now if line.is_overwritten else 0) for key, line in lines.items()}


@dataclass(frozen=True, slots=True)
class _Line:
    """An amount that met a conflict, in its own cell or in an input of its formula: as it was read, and as the sheet shows it now."""

    base: int
    now: int
    is_overwritten: bool


def _of_lines(after: Distribution, tables: Sequence[PlanTable], workbook: Workbook, met: Met) -> dict[Key, _Line]:
    """Give the amounts of line items that met a conflict, by the cell that they stand in."""
    rows = {row.id for row in after.rows}
    base: dict[Key, int] = {
        (row.source_tab or "", cell.source_cell): cell.budget_minor
        for row in to_distribution(tables, workbook).rows
        if row.id in rows
        for cell in row.cells
        if cell.source_cell is not None
    }
    found = _through_inputs(after, base, tables, workbook, met)
    for one in met.conflicts:
        key = (one.tab, one.cell)
        if one.row is None and key in base:
            now = base[key] if one.theirs is None else _amount(one, base[key], _table_of(tables, one.tab), workbook)
            found[key] = _Line(base[key], now, met.overwrites(key) is not None)
    return found


def _through_inputs(
    after: Distribution, base: Mapping[Key, int], tables: Sequence[PlanTable], workbook: Workbook, met: Met
) -> dict[Key, _Line]:
    """Compute the amounts whose formula has an input that met a conflict.

    Raises:
        Conflict: what stands in the input now is no number, the formula cannot be computed with it, or another line item hangs on it.
    """
    conflicts = {f"{one.tab}!{one.cell}": one for one in met.conflicts if one.row is None and (one.tab, one.cell) not in base}
    inputs = {_key(note.removeprefix(INPUT_CHOICE)): source for note, source in after.notes.items() if source in conflicts}
    totals = {f"{edit.tab}!{edit.cell}" for edit in met.edits if edit.period == "total"}
    unknown = next((one for place, one in conflicts.items() if place not in inputs.values() and place not in totals), None)
    if unknown is not None:
        raise _cannot_follow(unknown)
    now = {place: _number(one) for place, one in conflicts.items() if place in inputs.values() and one.theirs is not None}
    changes = {(one.tab, *parse_a1(one.cell)): now[place] for place, one in conflicts.items() if place in now}
    reached = Calculator(workbook, changes)
    found = {}
    for key, minor in base.items():
        source, place = inputs.get(key), (key[0], *parse_a1(key[1]))
        if source is None and changes and _hangs_on(reached, place):
            raise _cannot_follow(next(iter(conflicts.values())))
        if source is not None:
            table = _table_of(tables, key[0])
            shown = outcome_of(workbook, changes, Wanted(place, minor, table.currency, table.scale)) if source in now else minor
            if shown is None:
                raise _cannot_follow(conflicts[source])
            found[key] = _Line(minor, shown, met.overwrites(_key(source)) is not None)
    return found


def _hangs_on(calculator: Calculator, place: Place) -> bool:
    """Tell whether a cell depends on what changed; one whose formula is not understood may."""
    try:
        return calculator.is_reached(place)
    except (Uncomputable, RecursionError):
        return True


def _number(conflict: CellConflict) -> float:
    """Give what stands in an input now."""
    value = None if conflict.theirs is None else conflict.theirs.value
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _cannot_follow(conflict)
    return float(value)


def _cannot_follow(conflict: CellConflict) -> Conflict:
    return Conflict(f"{conflict.tab}!{conflict.cell} makes up amounts by formulas, and what it comes to now is not known here.", hint=_ANEW)


def _key(place: str) -> Key:
    tab, _, cell = place.rpartition("!")
    return tab, cell


def _table_of(tables: Sequence[PlanTable], tab: str) -> PlanTable:
    return next(table for table in tables if table.tab == tab)


def _amount(conflict: CellConflict, base: int, table: PlanTable, workbook: Workbook) -> int:
    """Give what stands in a cell now as money."""
    value = None if conflict.theirs is None else conflict.theirs.value
    if value is None or value == "":
        return 0
    if isinstance(value, str):
        sample = state_at(workbook, conflict.tab, conflict.cell).value
        known = None if not isinstance(sample, str) else amount_like(sample, to_major(base, table.currency) / table.scale, value)
        minor = None if known is None else to_minor(known * table.scale, table.currency)
    else:
        minor = minor_of(value, table.currency, table.scale)
    if minor is None:
        raise Conflict(f"{conflict.now_at or conflict.cell} says {value!r} now, which is not known as an amount.", hint=_ANEW)
    return minor


def _with(row: DistributionRow, amounts: Mapping[Key, int]) -> DistributionRow:
    own = {cell.source_cell: amounts.get((row.source_tab or "", cell.source_cell or "")) for cell in row.cells}
    cells = [cell if (minor := own[cell.source_cell]) is None else replace(cell, budget_minor=minor) for cell in row.cells]
    return replace(row, cells=tuple(cells))


def _edits(edits: Sequence[CellEdit], met: Met) -> list[CellEdit]:
    """Give the edits without the cells that are left as they are; what is written over is expected as it is now."""
    conflicts = {(one.tab, one.cell) for one in met.conflicts if one.row is None}
    kept = []
    for edit in edits:
        theirs = met.overwrites((edit.tab, edit.cell))
        if (edit.tab, edit.cell) not in conflicts:
            kept.append(edit)
        elif theirs is not None:
            kept.append(replace(edit, before=theirs, minor_before=None))
    return kept
