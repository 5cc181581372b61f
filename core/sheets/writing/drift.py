"""The three-way check before every write: the sheet as it was read, as it is now, and what is to be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal

from core.model.changes import CellConflict, CellEdit, CellState, ConflictKind, Scalar
from core.model.workbook import Cell, CellError, CellValue, Tab, Workbook, a1, parse_a1
from core.sheets.writing.following import Followed, Found, Lost, find_tab, follow
from core.sheets.writing.outline import Outline, outline_of

Choice = Literal["theirs", "ours", "leave_out"]


@dataclass(frozen=True, slots=True)
class PlacedEdit:
    """An edit and where its cell is now; `theirs` is what stands there at this moment."""

    edit: CellEdit
    tab: str
    cell: str
    theirs: CellState
    tab_id: int | None = None
    table_key: str | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """The outcome of the check.

    Attributes:
        clean: cells that still stand as they were read, at their place of now.
        done: cells that already hold what is to be written.
        conflicts: everything else; nothing may be written while there is one.
        outlines: the tables written to as they are now; `outlines_after` follows them once written.
    """

    clean: tuple[PlacedEdit, ...]
    done: tuple[PlacedEdit, ...]
    conflicts: tuple[CellConflict, ...]
    outlines: tuple[Outline, ...]


def check_drift(edits: Sequence[CellEdit], outlines: Sequence[Outline], theirs: Workbook) -> Drift:
    """Compare base (in the edits), theirs (the sheet now) and ours (in the edits), following rows, columns and tabs that moved."""
    clean: list[PlacedEdit] = []
    done: list[PlacedEdit] = []
    conflicts: list[CellConflict] = []
    followed = {number: _follow(outlines[number], theirs, rows) for number, rows in _rows_wanted(edits, outlines).items()}
    for edit in edits:
        number = _outline_for(edit, outlines)
        outcome = _place(edit, None if number is None else followed[number])
        if isinstance(outcome, CellConflict):
            conflicts.append(outcome)
        elif same_state(outcome.theirs, edit.after):
            done.append(outcome)
        elif same_state(outcome.theirs, edit.before):
            clean.append(outcome)
        else:
            kind: ConflictKind = "formula_now" if outcome.theirs.formula is not None else "value_changed"
            conflicts.append(_conflict(edit, kind, outcome.theirs, f"{outcome.tab}!{outcome.cell}"))
    now = tuple(one.now for number in sorted(followed) if (one := followed[number]) is not None)
    return Drift(tuple(clean), tuple(done), tuple(conflicts) + _collisions([*clean, *done]), now)


def resolve(
    edits: Sequence[CellEdit], conflicts: Sequence[CellConflict], choices: Mapping[tuple[str, str], Choice]
) -> tuple[CellEdit, ...]:
    """Give the edits that remain after the person chose for each conflict, keyed by its (tab, cell).

    `theirs` and `leave_out` drop the edit, and so does no choice; `ours` writes over theirs where no formula is lost.
    """
    by_place = {(conflict.tab, conflict.cell): conflict for conflict in conflicts}
    kept: list[CellEdit] = []
    for edit in edits:
        conflict = by_place.get((edit.tab, edit.cell))
        if conflict is None:
            kept.append(edit)
        elif choices.get((edit.tab, edit.cell)) == "ours" and can_overwrite(conflict) and conflict.theirs is not None:
            kept.append(replace(edit, before=conflict.theirs, minor_before=None))
    return tuple(kept)


def can_overwrite(conflict: CellConflict) -> bool:
    """Tell whether `ours` can be chosen: the cell is known and no formula would be lost."""
    return conflict.kind == "value_changed" and conflict.theirs is not None and conflict.row is None


def apply_edits(workbook: Workbook, placed: Sequence[PlacedEdit]) -> Workbook:
    """Give the workbook with the edits in place: values only, formats stay, formulas are left as they are."""
    by_tab: dict[str, list[PlacedEdit]] = {}
    for one in placed:
        by_tab.setdefault(one.tab, []).append(one)
    return replace(workbook, tabs=tuple(_with_values(tab, by_tab.get(tab.name, [])) for tab in workbook.tabs))


def _with_values(tab: Tab, placed: Sequence[PlacedEdit]) -> Tab:
    cells = dict(tab.cells)
    for one in placed:
        place = parse_a1(one.cell)
        cells[place] = cells.get(place, Cell())._replace(value=one.edit.after.value, formula=None, text=None)
        if cells[place] == Cell():
            del cells[place]
    return replace(tab, cells=cells) if placed else tab


def outlines_after(drift: Drift, theirs: Workbook, *, row_ids: Mapping[tuple[int, int], str] | None = None) -> tuple[Outline, ...]:
    """Give the outlines as they are once the clean edits are written: what undo follows.

    Args:
        row_ids: developer metadata attached in the meantime, by (tab id, row).
    """
    written = apply_edits(theirs, drift.clean)
    outlines = []
    for outline in drift.outlines:
        fresh = outline_of(written.tab(outline.tab), outline.frame)
        tagged = {row: row_id for (tab_id, row), row_id in (row_ids or {}).items() if tab_id == outline.tab_id}
        outlines.append(replace(fresh, row_ids={**fresh.row_ids, **tagged}))
    return tuple(outlines)


def placed_as_edits(placed: Sequence[PlacedEdit]) -> tuple[CellEdit, ...]:
    """Give placed edits as edits of the sheet they were placed in: base is what stood there, ours what was to be written."""
    return tuple(
        replace(one.edit, tab=one.tab, cell=one.cell, tab_id=one.tab_id, table_key=one.table_key, before=one.theirs) for one in placed
    )


def alike_rows(drift: Drift) -> dict[int, list[int]]:
    """Give the rows written to that share their texts with another row and have no id yet, by tab id: undo finds them by an id only."""
    outlines = {(outline.tab, table_key(outline)): outline for outline in drift.outlines}
    rows: dict[int, set[int]] = {}
    for one in drift.clean:
        outline = outlines.get((one.tab, one.table_key or ""))
        row = parse_a1(one.cell)[0]
        if outline is None or outline.tab_id is None or row in outline.row_ids or row > len(outline.rows):
            continue
        texts = outline.rows[row - 1].texts
        if texts is None or sum(other.texts == texts for other in outline.rows) > 1:
            rows.setdefault(outline.tab_id, set()).add(row)
    return {tab_id: sorted(wanted) for tab_id, wanted in rows.items()}


def undo_edits(written: Sequence[PlacedEdit]) -> tuple[CellEdit, ...]:
    """Give the edits that put back what stood there before a write (`theirs` of each placed edit is the pre-image)."""
    return tuple(
        replace(
            placed.edit,
            tab=placed.tab,
            cell=placed.cell,
            tab_id=placed.tab_id,
            table_key=placed.table_key,
            before=replace(placed.theirs, value=placed.edit.after.value),
            after=placed.theirs,
            minor_before=placed.edit.minor_after,
            minor_after=placed.edit.minor_before,
        )
        for placed in written
    )


def mismatches(written: Sequence[PlacedEdit], read_back: Mapping[tuple[str, str], CellState]) -> tuple[CellConflict, ...]:
    """Compare what was read back with what was to be written; empty when every cell holds exactly that."""
    found: list[CellConflict] = []
    for placed in written:
        state = read_back.get((placed.tab, placed.cell), CellState(None))
        if not same_state(state, placed.edit.after):
            found.append(_conflict(placed.edit, "value_changed", state, f"{placed.tab}!{placed.cell}"))
    return tuple(found)


def same_state(one: CellState, other: CellState) -> bool:
    """Tell whether two cells hold the same input: the same formula, or no formula and the same value (1 is 1.0, but not True)."""
    if one.formula is not None or other.formula is not None:
        return one.formula == other.formula
    if isinstance(one.value, bool) != isinstance(other.value, bool):
        return False
    return _blank(one.value) == _blank(other.value)


def state_of(cell: Cell | None) -> CellState:
    """Give a workbook's cell as the state that is compared; dates as ISO text, errors as their text."""
    return CellState(None) if cell is None else CellState(_scalar(cell.value), cell.formula, cell.number_format)


def state_at(workbook: Workbook, tab: str, cell: str) -> CellState:
    """Give the state of a cell of a workbook by its A1 address."""
    return state_of(workbook.tab(tab).cells.get(parse_a1(cell)))


def _scalar(value: CellValue) -> Scalar:
    if isinstance(value, CellError):
        return value.text
    return value.isoformat() if isinstance(value, datetime | date | time) else value


def _blank(value: Scalar) -> Scalar:
    return None if value == "" else value


def _outline_for(edit: CellEdit, outlines: Sequence[Outline]) -> int | None:
    column = parse_a1(edit.cell)[1]
    for number, outline in enumerate(outlines):
        if outline.tab == edit.tab and column in outline.frame.target_columns and edit.table_key in (None, table_key(outline)):
            return number
    return None


def table_key(outline: Outline) -> str:
    """Give the name that ties an edit to its outline (several tables may share a tab)."""
    return f"{outline.tab}@{','.join(map(str, outline.frame.header_rows))}"


def _rows_wanted(edits: Iterable[CellEdit], outlines: Sequence[Outline]) -> dict[int, set[int]]:
    wanted: dict[int, set[int]] = {}
    for edit in edits:
        number = _outline_for(edit, outlines)
        if number is not None:
            wanted.setdefault(number, set()).add(parse_a1(edit.cell)[0])
    return wanted


def _follow(outline: Outline, theirs: Workbook, rows: set[int]) -> Followed | None:
    tab = find_tab(outline, theirs)
    return None if tab is None else follow(outline, tab, rows)


def _place(edit: CellEdit, followed: Followed | None) -> PlacedEdit | CellConflict:
    if followed is None:
        return _conflict(edit, "tab_missing", None, None)
    row, column = parse_a1(edit.cell)
    found_row, found_column = followed.rows[row], followed.columns.get(column, Found(None, Lost.MISSING))
    if found_column.at is None:
        return _conflict(edit, "column_ambiguous" if found_column.lost is Lost.AMBIGUOUS else "column_missing", None, None)
    if found_row.at is None:
        kind: ConflictKind = "row_ambiguous" if found_row.lost is Lost.AMBIGUOUS else "row_missing"
        return _lost_row(edit, kind, followed.tab, found_row.candidate, found_column.at)
    cell = followed.tab.cells.get((found_row.at, found_column.at))
    return PlacedEdit(
        edit, followed.tab.name, a1(found_row.at, found_column.at), state_of(cell), followed.tab.tab_id, table_key(followed.now)
    )


def _lost_row(edit: CellEdit, kind: ConflictKind, tab: Tab, candidate: int | None, column: int) -> CellConflict:
    if candidate is None:
        return _conflict(edit, kind, None, None)
    return _conflict(edit, kind, state_of(tab.cells.get((candidate, column))), f"{tab.name}!{a1(candidate, column)}")


def _conflict(edit: CellEdit, kind: ConflictKind, theirs: CellState | None, now_at: str | None) -> CellConflict:
    return CellConflict(edit.tab, edit.cell, kind, edit.before, theirs, edit.after, edit.line_item, now_at)


def _collisions(placed: Sequence[PlacedEdit]) -> tuple[CellConflict, ...]:
    """Two edits that would land in one cell are a conflict: at most one of them can be right."""
    at: dict[tuple[str, str], list[PlacedEdit]] = {}
    for one in placed:
        at.setdefault((one.tab, one.cell), []).append(one)
    return tuple(
        _conflict(one.edit, "row_ambiguous", one.theirs, f"{one.tab}!{one.cell}")
        for group in at.values()
        if len(group) > 1
        for one in group
    )
