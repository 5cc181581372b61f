"""A written file once more for the eye: each changed cell coloured, with what stood there before, and a list of all changes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from core.model.changes import CellState, RowPlan
from core.sheets.display import harmless
from core.sheets.writing.drift import PlacedEdit

_COLOUR = "FFF59D"
_HEADS = ("Cell", "Line item", "Period", "Before", "Now")
_LIST = "Changes"
_BY = "Flightplan"


def marked_workbook(content: bytes, placed: Sequence[PlacedEdit], rows: RowPlan, *, has_macros: bool) -> bytes:
    """Give an Excel file with its changed cells filled and commented, and a tab that lists them; a copy to look at, not to work on.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: the file holds something that openpyxl does not read.
    """
    from openpyxl import load_workbook  # imported here: only marked copies need the library that writes whole workbooks
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book: Any = load_workbook(io.BytesIO(content), keep_vba=has_macros)
    fill = PatternFill("solid", fgColor=_COLOUR)
    for one in placed:
        cell = book[one.tab][one.cell] if one.tab in book.sheetnames else None
        if cell is not None:
            known = f"{cell.comment.text}\n" if cell.comment is not None else ""
            cell.fill, cell.comment = fill, Comment(f"{known}Was {_text(one.theirs)}, now {_text(one.edit.after)}.", _BY)
    listed = book.create_sheet(_LIST if _LIST not in book.sheetnames else f"{_LIST} (Flightplan)")
    listed.append(_HEADS)
    for line in _lines(placed, rows):
        listed.append([harmless(text) for text in line])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def listed_changes(placed: Sequence[PlacedEdit], rows: RowPlan) -> bytes:
    """Give the changes as CSV (UTF-8 with a mark), for files whose cells hold no colours or comments."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(_HEADS)
    writer.writerows([harmless(text) for text in line] for line in _lines(placed, rows))
    return stream.getvalue().encode("utf-8-sig")


def _lines(placed: Sequence[PlacedEdit], rows: RowPlan) -> Iterator[tuple[str, str, str, str, str]]:
    for edit in rows.edits:
        was, now = ("no row", "row inserted below") if edit.kind == "insert" else ("row", "row deleted")
        yield f"{edit.tab}!{edit.row}", edit.line_item, "", was, now
    for one in placed:
        yield f"{one.tab}!{one.cell}", one.edit.line_item, one.edit.period, _text(one.theirs), _text(one.edit.after)


def _text(state: CellState) -> str:
    if state.formula is not None:
        return state.formula
    return "empty" if state.value in (None, "") else f"{state.value}"
