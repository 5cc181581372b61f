"""A change of rows as a list of steps for a spreadsheet that moves references by itself; each counts rows as the steps before left them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.model.changes import RowEdit, Scalar
from core.model.workbook import Span, Tab, Workbook, parse_a1
from core.sheets.writing.drift import PlacedEdit
from core.sheets.writing.restructure import Restructured


@dataclass(frozen=True, slots=True)
class PutCell:
    """Put a raw value or a formula into a cell; its format stays."""

    tab_id: int
    row: int
    column: int
    value: Scalar = None
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class InsertRow:
    """Insert an empty row that looks like the one above it, but for being hidden where it `is_shown`; `row_id` marks it."""

    tab_id: int
    row: int
    row_id: str | None = None
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class TagRow:
    """Give a row an identity that travels with it."""

    tab_id: int
    row: int
    row_id: str


@dataclass(frozen=True, slots=True)
class CopyCells:
    """Copy a stretch of one row onto another: contents, formats, validation."""

    tab_id: int
    source: int
    target: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class DeleteRow:
    """Delete a row."""

    tab_id: int
    row: int


@dataclass(frozen=True, slots=True)
class RestoreRow:
    """Fill a row with what the source gave of it before it was deleted."""

    tab_id: int
    row: int
    image: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MergeArea:
    """Merge an area; `was` is the area as it is merged now."""

    tab_id: int
    span: Span
    was: Span | None = None


Operation = PutCell | InsertRow | TagRow | CopyCells | DeleteRow | RestoreRow | MergeArea


def operations(
    workbook: Workbook,
    placed: Sequence[PlacedEdit],
    edits: Sequence[RowEdit],
    result: Restructured,
    *,
    images: Mapping[str, Mapping[str, object]] | None = None,
) -> tuple[Operation, ...]:
    """Give the steps that make `result` of a workbook.

    Args:
        workbook: as it is. `placed`: cells to write before rows come and go. `edits`: placed in it, as `result` was made from.
        images: for rows that are put back, what they were, by row id.
    """
    tabs = {tab.name: tab for tab in workbook.tabs}
    steps: list[Operation] = []
    for one in placed:
        row, column = parse_a1(one.cell)
        steps.append(PutCell(_id(tabs[one.tab]), row, column, one.edit.after.value))
    order = sorted(range(len(edits)), key=lambda number: (edits[number].kind == "insert", edits[number].row, number), reverse=True)
    for number in order:  # new rows first: a range that ends with a deleted row takes in what comes right above that row
        edit, tab = edits[number], tabs[edits[number].tab]
        if edit.kind == "delete":
            above = sum(one.kind == "insert" and one.tab == edit.tab and one.row < edit.row for one in edits)
            steps.append(DeleteRow(_id(tab), edit.row + above))
        elif images is not None and edit.row_id in images:
            steps += [InsertRow(_id(tab), edit.row + 1), RestoreRow(_id(tab), edit.row + 1, images[edit.row_id])]
        else:
            steps.extend(_new_row(edit, tab))
    steps += [PutCell(_id(tabs[place[0]]), place[1], place[2], None, formula) for place, formula in sorted(result.formulas.items())]
    for name, pairs in result.merges.items():
        steps += [MergeArea(_id(tabs[name]), wanted, was) for was, wanted in pairs]
    return tuple(steps)


def tagged_cells(placed: Sequence[PlacedEdit], tags: Mapping[tuple[int, int], str]) -> tuple[Operation, ...]:
    """Give the steps that write cells and give rows an identity, by (tab id, row)."""
    steps: list[Operation] = [TagRow(tab_id, row, row_id) for (tab_id, row), row_id in sorted(tags.items())]
    for one in placed:
        assert one.tab_id is not None, "only sheets with tab ids are changed step by step"
        steps.append(PutCell(one.tab_id, *parse_a1(one.cell), one.edit.after.value))
    return tuple(steps)


def _id(tab: Tab) -> int:
    assert tab.tab_id is not None, "only sheets with tab ids are changed step by step"
    return tab.tab_id


def _new_row(edit: RowEdit, tab: Tab) -> Iterator[Operation]:
    model, at = edit.row, edit.row + 1
    yield InsertRow(_id(tab), at, edit.row_id, is_shown=model in tab.hidden_rows)
    merged = {
        column
        for span in tab.merges
        if span.top < span.bottom and span.top <= model <= span.bottom
        for column in range(span.left, span.right + 1)
    }
    typed, taken = dict(edit.cells), {*edit.copies, *edit.keeps}
    filled = sorted({column for row, column in tab.cells if row == model} | set(typed))
    columns = [column for column in filled if column not in merged]
    yield from (CopyCells(_id(tab), model, at, left, right) for left, right in _stretches(columns))
    for column in columns:
        if column in typed:
            yield PutCell(_id(tab), at, column, typed[column].value)
        elif column not in taken:
            yield PutCell(_id(tab), at, column)


def _stretches(columns: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the gapless stretches of sorted numbers."""
    start = None
    for number, column in enumerate(columns):
        start = column if start is None else start
        if number + 1 == len(columns) or columns[number + 1] != column + 1:
            yield start, column
            start = None
