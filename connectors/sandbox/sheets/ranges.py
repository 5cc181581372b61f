"""A1 ranges as the Sheets API reads and writes them, and the GridRange objects of batch updates."""

from __future__ import annotations

import re
from typing import NamedTuple

from connectors.sandbox.sheets.document import Document, Sheet
from connectors.sandbox.wire import Json, invalid
from core.model.workbook import Span, column_number

_TITLED = re.compile(r"(?:'((?:[^']|'')*)'|([^'!]+))(?:!(.*))?", re.S)
_A1 = re.compile(r"\$?([A-Za-z]{0,3})\$?(\d*)(?::\$?([A-Za-z]{0,3})\$?(\d*))?")
_BARE_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}\d+")


class Area(NamedTuple):
    """A rectangle of one sheet. `single` is true for the address of one cell: an anchor from which values may spill."""

    sheet: Sheet
    span: Span
    single: bool = False

    @property
    def a1(self) -> str:
        return f"{quoted(self.sheet.title)}!{self.span.a1}"


def quoted(title: str) -> str:
    """Give the title as it stands before `!`."""
    if _BARE_TITLE.fullmatch(title) and not _CELL_LIKE.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def parse_range(document: Document, text: str) -> Area:
    """Find the area that a range names: tab, tab and A1, named range, or A1 on the first tab.

    Raises:
        ApiError: 400 where it cannot be parsed, names no tab or lies outside the grid.
    """
    match = _TITLED.fullmatch(text.strip())
    if match is None:
        raise invalid(f"Unable to parse range: {text}")
    quoted_title, bare, inside = match.groups()
    title = quoted_title.replace("''", "'") if quoted_title is not None else bare
    sheet = document.titled(title)
    name = (inside or title).casefold()
    named = next((item for item in document.named_ranges if item["name"].casefold() == name), None)
    if sheet is not None and (named is None or not inside):
        return Area(sheet, sheet.whole()) if not inside else _inside(sheet, inside, text)
    if named is not None:
        return grid_range(document, named["range"])
    if quoted_title is None and inside is None:
        return _inside(document.sheets[0], title, text)
    raise invalid(f"Unable to parse range: {text}")


def _inside(sheet: Sheet, a1_text: str, text: str) -> Area:
    match = _A1.fullmatch(a1_text.strip())
    if match is None or not (match[1] or match[2]):
        raise invalid(f"Unable to parse range: {text}")
    left_text, top_text, right_text, bottom_text = match.groups()
    single = ":" not in a1_text
    whole_column, whole_row = not top_text, not left_text
    top, left = int(top_text or 1), column_number(left_text) if left_text else 1
    bottom = int(bottom_text) if bottom_text else (top if single and not whole_column else sheet.n_rows)
    right = column_number(right_text) if right_text else (left if single and not whole_row else sheet.n_columns)
    top, bottom = sorted((top, bottom))
    left, right = sorted((left, right))
    if top > sheet.n_rows or left > sheet.n_columns:
        limits = f"Max rows: {sheet.n_rows}, max columns: {sheet.n_columns}"
        raise invalid(f"Range ({quoted(sheet.title)}!{a1_text}) exceeds grid limits. {limits}")
    span = Span(top, left, min(bottom, sheet.n_rows), min(right, sheet.n_columns))
    return Area(sheet, span, single and not whole_column and not whole_row)


def grid_range(document: Document, body: Json) -> Area:
    """Give the area of a GridRange (zero-based, half-open, absent ends are unbounded)."""
    sheet = document.sheet(body.get("sheetId", 0))
    top, left = body.get("startRowIndex", 0) + 1, body.get("startColumnIndex", 0) + 1
    bottom, right = body.get("endRowIndex", sheet.n_rows), body.get("endColumnIndex", sheet.n_columns)
    if top > sheet.n_rows or left > sheet.n_columns:
        raise invalid(f"range exceeds grid limits. Max rows: {sheet.n_rows}, max columns: {sheet.n_columns}")
    return Area(sheet, Span(top, left, min(bottom, sheet.n_rows), min(right, sheet.n_columns)))


def grid_range_json(sheet: Sheet, span: Span) -> Json:
    """Give the GridRange of a span; `sheetId` 0 is left out, as Google does."""
    body: Json = {} if sheet.sheet_id == 0 else {"sheetId": sheet.sheet_id}
    return body | {
        "startRowIndex": span.top - 1,
        "endRowIndex": span.bottom,
        "startColumnIndex": span.left - 1,
        "endColumnIndex": span.right,
    }
