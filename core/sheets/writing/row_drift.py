"""Rows to insert and delete found again in the sheet as it is now; the proof is made anew there, and what undo needs is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core.model.changes import CellConflict, CellState, ConflictKind, RowEdit, RowPlan, TotalMove
from core.model.workbook import Cell, Span, Tab, Workbook, a1, parse_a1
from core.sheets.functions import Value
from core.sheets.writing.drift import Drift, PlacedEdit, same_state, state_of, table_key
from core.sheets.writing.following import Followed, Lost, find_tab, follow
from core.sheets.writing.outline import Outline, outline_of
from core.sheets.writing.restructure import Restructured, Scope, restructure
from core.sheets.writing.row_plan import change_of, changed_values, rounding_of, unproven, would_break


@dataclass(frozen=True, slots=True)
class PlacedRows:
    """Row edits with the tab, row and columns they have now.

    Attributes:
        conflicts: why one cannot be done; nothing may be written while there is one.
        outlines: the tables they are in, as they are now.
    """

    edits: tuple[RowEdit, ...] = ()
    scope: Scope = Scope()  # noqa: RUF009 - frozen
    totals: tuple[TotalMove, ...] = ()
    conflicts: tuple[CellConflict, ...] = ()
    outlines: tuple[Outline, ...] = ()


@dataclass(frozen=True, slots=True)
class RowJournal:
    """What undo needs of rows that came and went; cells and rows as they were before or after the write.

    Attributes:
        undo: deletions of the rows that were inserted (after).
        restored: insertions of the rows that were deleted: `row` is the one above (after), `cells` what stood there.
        images: what the source gave of each deleted row, by row id.
        formulas: texts that do not come back by themselves: (tab, cell, text), before.
        merges: merged areas of the tabs, before.
        shape: formulas and texts of the workbook after the write. `rows`: a hash of each row of the changed tabs, after.
    """

    undo: RowPlan = RowPlan()  # noqa: RUF009 - frozen
    restored: tuple[RowEdit, ...] = ()
    images: Mapping[str, Mapping[str, object]] | None = None
    formulas: tuple[tuple[str, str, str], ...] = ()
    merges: tuple[tuple[str, tuple[Span, ...]], ...] = ()
    shape: str = ""
    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()


def place_rows(rows: RowPlan, outlines: Sequence[Outline], theirs: Workbook) -> PlacedRows:
    """Find the rows of a plan in the sheet as it is now, by what they say; line items and totals around them too."""
    edits: list[RowEdit] = []
    conflicts: list[CellConflict] = []
    now: list[Outline] = []
    items: dict[str, set[int]] = {}
    totals: list[TotalMove] = []
    for key in dict.fromkeys((edit.tab, edit.table_key) for edit in rows.edits):
        own = [edit for edit in rows.edits if (edit.tab, edit.table_key) == key]
        outline = next((one for one in outlines if (one.tab, table_key(one)) == key), None)
        tab = None if outline is None else find_tab(outline, theirs)
        if outline is None or tab is None:
            conflicts.extend(_conflict(edit, "tab_missing") for edit in own)
            continue
        around = {row for name, row in rows.items if name == key[0]} | {
            parse_a1(total.cell)[0] for total in rows.totals if total.tab == key[0]
        }
        followed = follow(outline, tab, around | {edit.row for edit in own})
        now.append(followed.now)
        for edit in own:
            outcome = _placed(edit, followed)
            (conflicts if isinstance(outcome, CellConflict) else edits).append(outcome)  # type: ignore[arg-type]
        items.setdefault(tab.name, set()).update(_rows_now(rows, key[0], followed))
        totals += [one for one in _totals_now(rows, key[0], followed) if one not in totals]
    scope = Scope(items, {(total.tab, *parse_a1(total.cell)) for total in totals})
    return PlacedRows(tuple(edits), scope, tuple(totals), tuple(conflicts), tuple(now))


def _rows_now(rows: RowPlan, tab: str, followed: Followed) -> Iterator[int]:
    for name, row in rows.items:
        if name == tab and (at := followed.rows[row].at) is not None:
            yield at


def _totals_now(rows: RowPlan, tab: str, followed: Followed) -> Iterator[TotalMove]:
    """Yield the totals where they are now; one whose row says nothing keeps its distance to the line item above it."""
    known = sorted((row, at) for name, row in rows.items if name == tab and (at := followed.rows[row].at) is not None)
    for total in rows.totals:
        if total.tab != tab:
            continue
        row, column = parse_a1(total.cell)
        found = followed.columns.get(column)
        above = [at - one for one, at in known if one < row]
        at = followed.rows[row].at or (row + above[-1] if above else None)
        if at is None or found is None or found.at is None:
            continue
        cell = followed.tab.cells.get((at, found.at))
        if cell is not None and cell.formula is not None:
            yield replace(total, tab=followed.tab.name, cell=a1(at, found.at))


def _placed(edit: RowEdit, followed: Followed) -> RowEdit | CellConflict:
    found = followed.rows[edit.row]
    if edit.kind == "insert" and edit.row_id in followed.tab.row_ids.values():
        return _conflict(edit, "row_exists")
    if found.at is None:
        return _conflict(edit, "row_ambiguous" if found.lost is Lost.AMBIGUOUS else "row_missing")
    columns: dict[int, int] = {}
    for column in {column for column, _ in edit.cells} | {*edit.copies, *edit.keeps}:
        place = followed.columns.get(column)
        if place is None:
            columns[column] = column  # beyond what was filled when the sheet was read
        elif place.at is None:
            return _conflict(edit, "column_ambiguous" if place.lost is Lost.AMBIGUOUS else "column_missing")
        else:
            columns[column] = place.at
    placed = replace(
        edit,
        tab=followed.tab.name,
        row=found.at,
        tab_id=followed.tab.tab_id,
        table_key=table_key(followed.now),
        cells=tuple((columns[column], state) for column, state in edit.cells),
        copies=tuple(columns[column] for column in edit.copies),
        keeps=tuple(columns[column] for column in edit.keeps),
    )
    return _changed(edit, placed, followed.tab) or placed


def _changed(edit: RowEdit, placed: RowEdit, tab: Tab) -> CellConflict | None:
    """Give the conflict where the row is not built as it was read, or (for a deletion) says something else now."""
    cells = {
        column: cell
        for (row, column), cell in tab.cells.items()
        if row == placed.row and (cell.formula is not None or cell.value is not None)
    }
    formulas, typed = {column for column, cell in cells.items() if cell.formula is not None}, dict(placed.cells)
    if not set(placed.copies) <= formulas or formulas & set(typed):
        column = min(set(placed.copies) - formulas or formulas & set(typed))
        return _conflict(edit, "formula_now", state_of(cells.get(column)), f"{tab.name}!{a1(placed.row, column)}")
    if placed.kind == "insert":
        return None
    if fresh := formulas - set(placed.copies):
        return _conflict(edit, "formula_now", state_of(cells[min(fresh)]), f"{tab.name}!{a1(placed.row, min(fresh))}")
    for column in sorted({*cells, *typed} - formulas):
        if not same_state(state_of(cells.get(column)), typed.get(column, CellState(None))):
            return _conflict(edit, "value_changed", state_of(cells.get(column)), f"{tab.name}!{a1(placed.row, column)}")
    return None


def _conflict(edit: RowEdit, kind: ConflictKind, theirs: CellState | None = None, now_at: str | None = None) -> CellConflict:
    column = edit.cells[0][0] if edit.cells else 1
    at = parse_a1(now_at.rpartition("!")[2])[1] if now_at is not None else column
    base = dict(edit.cells).get(at, CellState(None)) if edit.kind == "delete" else CellState(None)
    ours = CellState("row to be deleted" if edit.kind == "delete" else "new row below")
    return CellConflict(edit.tab, a1(edit.row, at), kind, base, theirs, ours, edit.line_item, now_at, edit.kind)


def restructured(
    theirs: Workbook, clean: Sequence[PlacedEdit], placed: PlacedRows, *, done: Sequence[PlacedEdit] = ()
) -> tuple[Restructured, tuple[str, ...]]:
    """Give the sheet as it will be, and why it may not be written: totals that would not follow, formulas that would break.

    Args:
        done: edits that someone made meanwhile just as planned; the totals moved by them already.
    """
    edited: dict[tuple[str, int, int], Value] = {(one.tab, *parse_a1(one.cell)): one.edit.after.value for one in clean}
    result = restructure(_with(theirs, edited), [change_of(edit, theirs) for edit in placed.edits], placed.scope)
    stood = {(one.tab, *parse_a1(one.cell)): one.edit.before.value for one in done}
    changed = changed_values(result, placed.edits, edited)
    wrong, _ = unproven(theirs, result, changed, placed.totals, slack=rounding_of(placed.edits), stood=stood)
    return result, (*wrong, *would_break(result))


def _with(workbook: Workbook, edited: Mapping[tuple[str, int, int], Value]) -> Workbook:
    tabs = []
    for tab in workbook.tabs:
        own = {(row, column): value for (name, row, column), value in edited.items() if name == tab.name}
        cells = {**tab.cells, **{at: tab.cells.get(at, Cell())._replace(value=value) for at, value in own.items()}}
        tabs.append(replace(tab, cells=cells) if own else tab)
    return replace(workbook, tabs=tuple(tabs))


def after_rows(drift: Drift, placed: PlacedRows, result: Restructured) -> tuple[tuple[PlacedEdit, ...], tuple[Outline, ...]]:
    """Give the written cells and the outlines as they are once the rows have come and gone: what undo follows."""
    moved = []
    for one in drift.clean:
        place = result.place(one.tab, *parse_a1(one.cell))
        if place is not None:
            moved.append(replace(one, cell=a1(place[1], place[2])))
    outlines: dict[tuple[str, str, tuple[int, ...]], Outline] = {}
    for outline in (*drift.outlines, *placed.outlines):
        headers = tuple(place[1] for row in outline.frame.header_rows if (place := result.place(outline.tab, row, 1)) is not None)
        fresh = outline_of(result.workbook.tab(outline.tab), replace(outline.frame, header_rows=headers))
        new = zip(placed.edits, result.new_rows, strict=True)
        ids = {row: edit.row_id for edit, row in new if edit.kind == "insert" and edit.tab == outline.tab}
        beside = outline.frame.target_columns  # tables side by side share their header rows
        outlines[outline.tab, table_key(outline), beside] = replace(fresh, row_ids={**fresh.row_ids, **ids})
    keys = {(tab, key): table_key(fresh) for (tab, key, _), fresh in outlines.items()}
    keyed = [replace(one, table_key=keys.get((one.tab, one.table_key or ""), one.table_key)) for one in moved]
    return tuple(keyed), tuple(outlines.values())


def journal_of(
    theirs: Workbook, placed: PlacedRows, result: Restructured, images: Mapping[str, Mapping[str, object]], outlines: Sequence[Outline]
) -> RowJournal:
    """Give what undo needs: made before the write."""
    keys = {outline.tab: table_key(outline) for outline in outlines}
    undo, restored = [], []
    for edit, row in zip(placed.edits, result.new_rows, strict=True):
        if edit.kind == "insert":
            cells = {column: cell for (at, column), cell in sorted(result.workbook.tab(edit.tab).cells.items()) if at == row}
            typed = tuple((column, state_of(cell)) for column, cell in cells.items() if cell.formula is None and cell.value is not None)
            copies = tuple(column for column, cell in cells.items() if cell.formula is not None)
            undo.append(replace(edit, kind="delete", row=row, cells=typed, copies=copies, keeps=(), table_key=keys[edit.tab]))
        else:
            stood = tuple((column, state_of(cell)) for (at, column), cell in sorted(theirs.tab(edit.tab).cells.items()) if at == edit.row)
            restored.append(
                replace(edit, kind="insert", row=_above(result, edit), cells=stood, copies=(), keeps=(), table_key=keys[edit.tab])
            )
    tabs = sorted({edit.tab for edit in placed.edits})
    scope = [(total, result.place(total.tab, *parse_a1(total.cell))) for total in placed.totals]
    totals = tuple(replace(total, cell=a1(place[1], place[2]), moved_minor=0) for total, place in scope if place is not None)
    journal = RowJournal(
        RowPlan(tuple(undo), totals=totals),
        tuple(restored),
        dict(images),
        merges=tuple((name, theirs.tab(name).merges) for name in tabs),
        shape=shape_of(result.workbook),
        rows=hashes_of(result.workbook, tabs),
    )
    return replace(journal, formulas=tuple(_not_back_by_itself(theirs, result, journal)))


def _above(result: Restructured, edit: RowEdit) -> int:
    """Give the row above a deleted one, as it is numbered afterwards."""
    row = edit.row - 1
    while (place := result.place(edit.tab, row, 1)) is None:
        row -= 1
    return place[1]


def _not_back_by_itself(theirs: Workbook, result: Restructured, journal: RowJournal) -> Iterator[tuple[str, str, str]]:
    back = restructure(result.workbook, [change_of(edit, result.workbook) for edit in (*journal.undo.edits, *journal.restored)], Scope())
    for tab in theirs.tabs:
        now = back.workbook.tab(tab.name).cells
        for (row, column), cell in tab.cells.items():
            natural = now.get((row, column), Cell()).formula
            if cell.formula is not None and (natural != cell.formula or (tab.name, row, column) in back.formulas):
                yield tab.name, a1(row, column), cell.formula


def place_undo(journal: RowJournal, outlines: Sequence[Outline], theirs: Workbook) -> PlacedRows:
    """Find what has to go and to come back. A deleted row is put back only into a sheet that is built as the write left it."""
    placed = place_rows(journal.undo, outlines, theirs)
    if not journal.restored:
        return placed
    if shape_of(theirs) != journal.shape:
        lost = tuple(_conflict(replace(edit, kind="insert"), "row_ambiguous") for edit in journal.restored)
        return replace(placed, conflicts=(*placed.conflicts, *lost))
    return replace(placed, edits=(*placed.edits, *journal.restored))


def undone(theirs: Workbook, clean: Sequence[PlacedEdit], placed: PlacedRows, journal: RowJournal) -> tuple[Restructured, tuple[str, ...]]:
    """Give the sheet as undo leaves it, and the formulas that would break; to the letter as it was where nobody changed its build since."""
    is_as_left = shape_of(theirs) == journal.shape
    scope = Scope() if is_as_left else placed.scope  # the journal was made without one, and holds what does not come back by itself
    result, _ = restructured(theirs, clean, replace(placed, scope=scope, totals=()))
    if not is_as_left:
        return result, tuple(would_break(result))
    formulas = {(tab, *parse_a1(cell)): text for tab, cell, text in journal.formulas}
    tabs = []
    for tab in result.workbook.tabs:
        own = {(row, column): text for (name, row, column), text in formulas.items() if name == tab.name}
        cells = {**tab.cells, **{at: tab.cells.get(at, Cell())._replace(formula=text) for at, text in own.items()}}
        tabs.append(replace(tab, cells=cells) if own else tab)
    merges = {name: tuple(_missing(_natural(result, name), spans)) for name, spans in journal.merges}
    return replace(result, workbook=replace(result.workbook, tabs=tuple(tabs)), formulas=formulas, merges=merges), ()


def _natural(result: Restructured, tab: str) -> list[Span]:
    """Give the merged areas of a tab as the spreadsheet program leaves them."""
    grown = {wanted: was for was, wanted in result.merges.get(tab, ())}
    return [span for one in result.workbook.tab(tab).merges if (span := grown.get(one, one)) is not None]


def _missing(natural: Sequence[Span], wanted: Sequence[Span]) -> Iterator[tuple[Span | None, Span]]:
    for span in wanted:
        if span not in natural:
            yield next((one for one in natural if (one.top, one.left) == (span.top, span.left)), None), span


# --- what a sheet looks like, hashed -------------------------------------------------------------------------------------------------


def row_hashes(tab: Tab) -> tuple[str, ...]:
    """Give a hash of what each row holds: formulas, and values where there is none."""
    rows: dict[int, list[str]] = {}
    for (row, column), cell in sorted(tab.cells.items()):
        state = state_of(cell)
        if state.formula is not None or state.value not in (None, ""):
            rows.setdefault(row, []).append(f"{column}:{_content(state)}")
    blank = _hash([])
    return tuple(_hash(rows[row]) if row in rows else blank for row in range(1, max(rows, default=0) + 1))


def hashes_of(workbook: Workbook, tabs: Collection[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the hashes of the rows of some tabs."""
    return tuple((name, row_hashes(workbook.tab(name))) for name in sorted(tabs))


def differing_rows(journal: RowJournal, now: Workbook) -> tuple[tuple[str, int], ...]:
    """Give the rows that are not as the write was to leave them, by tab; a tab that is gone counts as its first row."""
    found: list[tuple[str, int]] = []
    tabs = {tab.name: tab for tab in now.tabs}
    for name, wanted in journal.rows:
        are = row_hashes(tabs[name]) if name in tabs else ()
        found += [(name, row) for row in range(1, max(len(wanted), len(are)) + 1) if wanted[row - 1 : row] != are[row - 1 : row]]
    return tuple(found)


def shape_of(workbook: Workbook) -> str:
    """Give a hash of all formulas and texts with their places: what insertions, deletions, sorts and moves change."""
    parts = []
    for tab in sorted(workbook.tabs, key=lambda tab: tab.name):
        for place, cell in sorted(tab.cells.items()):
            if cell.formula is not None or isinstance(cell.value, str):
                parts.append(f"{tab.name}:{place}:{_content(state_of(cell))}")
    return _hash(parts)


def _content(state: CellState) -> str:
    if state.formula is not None:
        return "=" + "".join(state.formula.replace("'", "").split()).upper()
    return repr(float(state.value)) if isinstance(state.value, int | float) and not isinstance(state.value, bool) else repr(state.value)


def _hash(parts: Sequence[str]) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()
