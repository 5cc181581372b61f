"""Changes to a document and what follows from them: content, references that move, recalculation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from connectors.sandbox.formulas.evaluation import Place, recalculate
from connectors.sandbox.formulas.syntax import End, Reference, rewrite
from connectors.sandbox.sheets.document import Cell, Dimension, Document, Sheet
from connectors.sandbox.sheets.entry import Entry
from connectors.sandbox.sheets.protection import refuse_cell, refuse_lines, refuse_tab
from connectors.sandbox.wire import Json
from core.model.workbook import Address, Span

Move = Callable[[int], int | None]
"""Old line number to new, None when it is deleted."""


class Editor:
    """Changes one document for somebody (`by`, an address); `finish` recalculates what depends on the changes.

    What is protected from them raises 400; its owner, and nobody by name, may edit everything.
    """

    def __init__(self, document: Document, by: str = "", *, is_owner: bool = False) -> None:
        self.document = document
        self.by = by
        self.is_bound = bool(by) and not is_owner
        self._changed: set[Place] = set()
        self._everything = False

    def put(self, sheet: Sheet, address: Address, entry: Entry) -> None:
        """Enter content into a cell; its format stays unless it has none and the typing brings one."""
        cell = sheet.cell(address)
        cell.formula = entry.formula
        cell.value = entry.value
        if entry.number_format is not None and "numberFormat" not in cell.format:
            cell.format = {**cell.format, "numberFormat": entry.number_format}
        self.touch(sheet, address)

    def place(self, sheet: Sheet, address: Address, cell: Cell | None) -> None:
        """Put a whole cell, format and all, or nothing."""
        if cell is None:
            sheet.cells.pop(address, None)
        else:
            sheet.cells[address] = cell
        self.touch(sheet, address)

    def clear(self, sheet: Sheet, span: Span) -> None:
        """Empty the contents of a span; formats and notes stay."""
        for address in [a for a in sheet.cells if span.holds(*a)]:
            sheet.cells[address].value = None
            sheet.cells[address].formula = None
            self.touch(sheet, address)

    def touch(self, sheet: Sheet, address: Address) -> None:
        if self.is_bound:
            refuse_cell(sheet, *address, self.by)
        sheet.sweep(address)
        self._changed.add((sheet.sheet_id, *address))

    def disturb(self) -> None:
        """Say that references moved: every formula is recalculated."""
        self._everything = True

    def finish(self) -> None:
        changed: set[Place] | Literal["all"] = "all" if self._everything else self._changed
        recalculate(self.document, changed)

    # --- lines that come and go ----------------------------------------------------------------------------------------------------

    def insert_lines(self, sheet: Sheet, dimension: Dimension, first: int, count: int) -> None:
        """Insert empty rows or columns before line `first`."""
        if self.is_bound:
            refuse_lines(sheet, dimension, first, first - 1, self.by)
        self._shift(sheet, dimension, lambda n: n + count if n >= first else n)
        _resize(sheet, dimension, count)

    def delete_lines(self, sheet: Sheet, dimension: Dimension, first: int, count: int) -> None:
        """Delete rows or columns from line `first` on; references to them become #REF!."""
        if self.is_bound:
            refuse_lines(sheet, dimension, first, first + count - 1, self.by)
        self._shift(sheet, dimension, lambda n: n if n < first else None if n < first + count else n - count)
        _resize(sheet, dimension, -count)

    def _shift(self, sheet: Sheet, dimension: Dimension, move: Move) -> None:
        by_row = dimension == "ROWS"
        cells: dict[Address, Cell] = {}
        for (row, column), cell in sheet.cells.items():
            moved = move(row if by_row else column)
            if moved is not None:
                cells[(moved, column) if by_row else (row, moved)] = cell
        sheet.cells = cells
        sheet.merges = [span for span in (_moved_span(merge, by_row, move) for merge in sheet.merges) if span is not None]
        lines = sheet.lines(dimension)
        lines.properties = {to: p for n, p in lines.properties.items() if (to := move(n)) is not None}
        for item in [m for m in self.document.metadata if m.sheet_id == sheet.sheet_id and m.dimension == dimension]:
            item.index = None if item.index is None else move(item.index)
            if item.index is None:
                self.document.metadata.remove(item)
        self._move_references(sheet, by_row, move)

    def _move_references(self, sheet: Sheet, by_row: bool, move: Move) -> None:
        for own in self.document.sheets:
            for cell in own.cells.values():
                if cell.formula is None:
                    continue

                def moved(ref: Reference, own: Sheet = own) -> Reference | None:
                    target = own if ref.tab is None else self.document.titled(ref.tab)
                    return _moved_reference(ref, by_row, move) if target is sheet else ref

                cell.formula = rewrite(cell.formula, moved)
        for named in self.document.named_ranges:
            if named["range"].get("sheetId", 0) == sheet.sheet_id:
                _move_grid_range(named["range"], by_row, move)
        for item in sheet.protected:
            for area in [item.get("range") or {}, *item.get("unprotectedRanges", [])]:
                _move_grid_range(area, by_row, move)
        self.disturb()

    # --- tabs ----------------------------------------------------------------------------------------------------------------------

    def rename_tab(self, sheet: Sheet, title: str) -> None:
        """Rename a tab; formulas that name it follow."""
        if self.is_bound:
            refuse_tab(sheet, self.by)
        old = sheet.title.casefold()
        self._rename_references(lambda tab: title if tab.casefold() == old else tab)
        sheet.title = title

    def drop_tab(self, sheet: Sheet) -> None:
        """Delete a tab; formulas that name it become #REF!."""
        if self.is_bound:
            refuse_tab(sheet, self.by)
        gone = sheet.title.casefold()
        self.document.sheets.remove(sheet)
        self.document.named_ranges = [n for n in self.document.named_ranges if n["range"].get("sheetId", 0) != sheet.sheet_id]
        self.document.metadata = [m for m in self.document.metadata if m.sheet_id != sheet.sheet_id]
        self._rename_references(lambda tab: None if tab.casefold() == gone else tab)
        self.disturb()

    def _rename_references(self, rename: Callable[[str], str | None]) -> None:
        def moved(ref: Reference) -> Reference | None:
            if ref.tab is None:
                return ref
            title = rename(ref.tab)
            return None if title is None else replace(ref, tab=title)

        for sheet in self.document.sheets:
            for cell in sheet.cells.values():
                if cell.formula is not None and "!" in cell.formula:
                    cell.formula = rewrite(cell.formula, moved)


def translated(cell: Cell, rows: int, columns: int) -> Cell:
    """Copy a cell to a place so many rows and columns away: relative references move along."""
    copy = cell.copy()

    def end(item: End) -> End | None:
        row = item.row if item.row is None or item.row_fixed else item.row + rows
        column = item.column if item.column is None or item.column_fixed else item.column + columns
        return None if (row is not None and row < 1) or (column is not None and column < 1) else replace(item, row=row, column=column)

    def move(ref: Reference) -> Reference | None:
        first, last = end(ref.first), end(ref.last)
        return None if first is None or last is None else replace(ref, first=first, last=last)

    if copy.formula is not None:
        copy.formula = rewrite(copy.formula, move)
    return copy


def _moved_ends(first: int, last: int, move: Move) -> tuple[int, int] | None:
    """Move both ends of a stretch; an end that is deleted falls on the nearest line left, None when none is left."""
    left = [to for n in range(first, last + 1) if (to := move(n)) is not None] if move(first) is None or move(last) is None else None
    if left is not None:
        return (left[0], left[-1]) if left else None
    start, end = move(first), move(last)
    return None if start is None or end is None else (start, end)


def _moved_span(span: Span, by_row: bool, move: Move) -> Span | None:
    ends = _moved_ends(span.top, span.bottom, move) if by_row else _moved_ends(span.left, span.right, move)
    if ends is None:
        return None
    return Span(ends[0], span.left, ends[1], span.right) if by_row else Span(span.top, ends[0], span.bottom, ends[1])


def _moved_reference(ref: Reference, by_row: bool, move: Move) -> Reference | None:
    first = ref.first.row if by_row else ref.first.column
    last = ref.last.row if by_row else ref.last.column
    if first is None or last is None:
        return ref
    ends = _moved_ends(min(first, last), max(first, last), move)
    if ends is None:
        return None
    if by_row:
        return replace(ref, first=replace(ref.first, row=ends[0]), last=replace(ref.last, row=ends[1]))
    return replace(ref, first=replace(ref.first, column=ends[0]), last=replace(ref.last, column=ends[1]))


def _move_grid_range(body: Json, by_row: bool, move: Move) -> None:
    start, end = ("startRowIndex", "endRowIndex") if by_row else ("startColumnIndex", "endColumnIndex")
    if start in body and end in body:
        ends = _moved_ends(body[start] + 1, body[end], move)
        if ends is not None:
            body[start], body[end] = ends[0] - 1, ends[1]


def _resize(sheet: Sheet, dimension: Dimension, count: int) -> None:
    if dimension == "ROWS":
        sheet.n_rows += count
    else:
        sheet.n_columns += count
