"""Who may edit protected ranges, and what they keep everybody else from.

Source: Sheets v4 reference, ProtectedRange: `warningOnly` asks for confirmation and stops nobody, editors may edit, a range of a whole
tab may leave `unprotectedRanges` free; the owner of a file may always edit. Data validation is no such limit: the reference speaks of
`strict` for what people type, and the API stores what it is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from connectors.sandbox.sheets.document import Dimension, Document, Sheet
from connectors.sandbox.wire import ApiError, Json
from core.model.workbook import Span

PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if you need to edit."
)
_FAR = 10_000_000


def may_edit(item: Json, email: str) -> bool:
    """Tell whether somebody who may edit the file may edit a protected range of it."""
    editors = item.get("editors") or {}
    return bool(item.get("warningOnly") or email in editors.get("users", []) or editors.get("domainUsersCanEdit"))


def seen_by(document: Document, email: str, *, is_owner: bool) -> Document:
    """Give the document as somebody is shown it: `requestingUserCanEdit` is about them, editors only who may edit."""
    if not any(sheet.protected for sheet in document.sheets):
        return document
    sheets = [
        replace(sheet, protected=[_shown(item, can_edit=is_owner or may_edit(item, email)) for item in sheet.protected])
        for sheet in document.sheets
    ]
    return replace(document, sheets=sheets)


def _shown(item: Json, *, can_edit: bool) -> Json:
    hidden = {"requestingUserCanEdit"} if can_edit else {"requestingUserCanEdit", "editors"}
    return {name: value for name, value in item.items() if name not in hidden} | ({"requestingUserCanEdit": True} if can_edit else {})


def refuse_cell(sheet: Sheet, row: int, column: int, email: str) -> None:
    """Raise 400 where a cell is protected from somebody."""
    if any(_holds(item, row, column) for item in sheet.protected if not may_edit(item, email)):
        raise ApiError(400, PROTECTED)


def refuse_lines(sheet: Sheet, dimension: Dimension, first: int, last: int, email: str) -> None:
    """Raise 400 where any cell of some rows or columns is protected from somebody; `first` after `last` is a gap between two lines."""
    for span in _spans(sheet, email):
        top, bottom = (span.top, span.bottom) if dimension == "ROWS" else (span.left, span.right)
        if (top <= last and first <= bottom) if first <= last else (top <= last and first <= bottom and top < bottom):
            raise ApiError(400, PROTECTED)


def refuse_tab(sheet: Sheet, email: str) -> None:
    """Raise 400 where anything on a tab is protected from somebody."""
    if any(True for _ in _spans(sheet, email)):
        raise ApiError(400, PROTECTED)


def _spans(sheet: Sheet, email: str) -> Iterator[Span]:
    return (_span(item.get("range") or {}) for item in sheet.protected if not may_edit(item, email))


def _holds(item: Json, row: int, column: int) -> bool:
    free = (_span(area) for area in item.get("unprotectedRanges", []))
    return _span(item.get("range") or {}).holds(row, column) and not any(span.holds(row, column) for span in free)


def _span(area: Json) -> Span:
    top, left = area.get("startRowIndex", 0) + 1, area.get("startColumnIndex", 0) + 1
    return Span(top, left, area.get("endRowIndex", _FAR), area.get("endColumnIndex", _FAR))
