"""The values collection of Sheets v4: get, update, append and clear, by range or by data filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.sheets.display import effective, is_date_cell, shown
from connectors.sandbox.sheets.document import Cell, Document, Sheet
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.sheets.entry import enter
from connectors.sandbox.sheets.ranges import Area, parse_range
from connectors.sandbox.wire import Json, invalid
from core.model.workbook import Address, Span, column_letters


@dataclass(frozen=True, slots=True)
class Rendering:
    """How values are asked for."""

    value: str = "FORMATTED_VALUE"
    date: str = "SERIAL_NUMBER"
    major: str = "ROWS"

    @staticmethod
    def of(body: Json, prefix: str = "") -> Rendering:
        """Read it from query parameters or a request body."""

        def option(name: str, default: str) -> str:
            return str(body.get(prefix + name[0].upper() + name[1:] if prefix else name) or default)

        major = str(body.get("majorDimension") or "ROWS")
        return Rendering(option("valueRenderOption", "FORMATTED_VALUE"), option("dateTimeRenderOption", "SERIAL_NUMBER"), major)


def rendered(cell: Cell | None, how: Rendering, locale: str) -> str | int | float | bool:
    """Give one cell as asked for; an empty one is an empty text."""
    if cell is None or cell.is_blank:
        return ""
    if how.value == "FORMULA" and cell.formula is not None:
        return cell.formula
    if how.value == "FORMATTED_VALUE":
        return shown(cell, locale)
    if how.value == "UNFORMATTED_VALUE" and how.date == "FORMATTED_STRING" and is_date_cell(cell):
        return shown(cell, locale)
    value = effective(cell.value)
    return "" if value is None or not isinstance(value, str | int | float | bool) else value


def value_range(document: Document, area: Area, how: Rendering) -> Json:
    """Give a ValueRange; trailing empty rows and cells are left out, `values` is absent when nothing is there."""
    sheet, span = area.sheet, area.span
    bottom = min(span.bottom, max((row for row, column in sheet.filled() if span.left <= column <= span.right), default=0))
    rows: list[list[Any]] = []
    for row in range(span.top, bottom + 1):
        columns = range(span.left, span.right + 1)
        rows.append(_trimmed([rendered(sheet.cells.get((row, column)), how, document.locale) for column in columns]))
    while rows and not rows[-1]:
        rows.pop()
    if how.major == "COLUMNS":
        width = max(map(len, rows), default=0)
        rows = [_trimmed([row[i] if i < len(row) else "" for row in rows]) for i in range(width)]
    body: Json = {"range": area.a1, "majorDimension": how.major}
    return body | {"values": rows} if rows else body


def _trimmed(values: list[Any]) -> list[Any]:
    while values and values[-1] == "":
        values.pop()
    return values


def rows_of(values: object, major: str | None) -> list[list[Any]]:
    """Check incoming values and give them row by row.

    Raises:
        ApiError: 400 where they are not a list of lists of scalars.
    """
    if values is None:
        return []
    if not isinstance(values, list):
        raise _bad_value("data.values", values)
    for line in values:
        if not isinstance(line, list):
            raise _bad_value("data.values", line)
        for item in line:
            if isinstance(item, list | dict):
                kind = "struct_value" if isinstance(item, dict) else "list_value"
                raise invalid(f"Invalid values[0][0]: {kind} {{}}")
    if major == "COLUMNS":
        height = max(map(len, values), default=0)
        return [[line[i] if i < len(line) else None for line in values] for i in range(height)]
    return values


def _bad_value(field: str, value: object) -> Exception:
    message = f"Invalid value at '{field}' (type.googleapis.com/google.protobuf.ListValue), \"{value}\""
    violation = {"field": field, "description": message}
    return invalid(message, details=[{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}])


def write(editor: Editor, area: Area, rows: Sequence[Sequence[Any]], option: str) -> Json:
    """Enter rows from the area's first cell on; None leaves a cell as it is. Gives an UpdateValuesResponse.

    Raises:
        ApiError: 400 where the rows do not fit into a range of several cells; nothing was changed.
    """
    if option not in ("RAW", "USER_ENTERED"):
        raise invalid("'valueInputOption' is required but not specified")
    sheet, span = area.sheet, area.span
    height, width = len(rows), max(map(len, rows), default=0)
    if not area.single and (height > span.bottom - span.top + 1 or width > span.right - span.left + 1):
        _refuse_overflow(area, height, width)
    sheet.grow(span.top + height - 1, span.left + width - 1)
    written: list[Address] = []
    for row, line in enumerate(rows, start=span.top):
        for column, value in enumerate(line, start=span.left):
            if value is not None:
                written.append((row, column))
                editor.put(sheet, (row, column), enter(value, is_raw=option == "RAW", locale=editor.document.locale))
    answer: Json = {"spreadsheetId": editor.document.document_id}
    if not height or not width:
        return answer | {"updatedRange": area.a1}
    extent = Area(sheet, Span(span.top, span.left, span.top + height - 1, span.left + width - 1))
    answer |= {"updatedRange": extent.a1, "updatedRows": len({row for row, _ in written})}
    return answer | {"updatedColumns": len({column for _, column in written}), "updatedCells": len(written)}


def _refuse_overflow(area: Area, height: int, width: int) -> None:
    span = area.span
    if height > span.bottom - span.top + 1:
        message = f"Requested writing within range [{area.a1}], but tried writing to row [{span.bottom + 1}]"
    else:
        message = f"Requested writing within range [{area.a1}], but tried writing to column [{column_letters(span.right + 1)}]"
    raise invalid(message)


def batch_update(editor: Editor, body: Json) -> Json:
    """Enter several ranges at once; all of them or, when one is refused, none. Gives a BatchUpdateValuesResponse."""
    option = str(body.get("valueInputOption") or "")
    areas = [
        (parse_range(editor.document, item["range"]), rows_of(item.get("values"), item.get("majorDimension"))) for item in body["data"]
    ]
    return totals(editor.document, [write(editor, area, rows, option) for area, rows in areas], [area for area, _ in areas])


def totals(document: Document, responses: list[Json], areas: Sequence[Area]) -> Json:
    """Sum up the responses of several updates."""
    return {
        "spreadsheetId": document.document_id,
        "totalUpdatedRows": len(
            {(a.sheet.sheet_id, r) for a, x in zip(areas, responses, strict=True) for r in _lines(a.span.top, x, "updatedRows")}
        ),
        "totalUpdatedColumns": len(
            {(a.sheet.sheet_id, c) for a, x in zip(areas, responses, strict=True) for c in _lines(a.span.left, x, "updatedColumns")}
        ),
        "totalUpdatedCells": sum(response.get("updatedCells", 0) for response in responses),
        "totalUpdatedSheets": len({area.sheet.sheet_id for area in areas}),
        "responses": responses,
    }


def _lines(first: int, response: Json, count: str) -> range:
    return range(first, first + response.get(count, 0))


def clear(editor: Editor, area: Area) -> str:
    """Empty a range; formats stay. Gives its A1."""
    editor.clear(area.sheet, area.span)
    return area.a1


def append(editor: Editor, area: Area, rows: Sequence[Sequence[Any]], options: Json) -> Json:
    """Write after the table that the area touches. Gives an AppendValuesResponse."""
    table = find_table(area)
    top, left = (area.span.top, area.span.left) if table is None else (table.bottom + 1, table.left)
    if table is not None and options.get("insertDataOption") == "INSERT_ROWS":
        editor.insert_lines(area.sheet, "ROWS", top, len(rows))
    area.sheet.grow(top, left)
    target = Area(area.sheet, Span(top, left, top, left), single=True)
    updates = write(editor, target, rows, str(options.get("valueInputOption") or ""))
    answer: Json = {"spreadsheetId": editor.document.document_id}
    if table is not None:
        answer["tableRange"] = Area(area.sheet, table).a1
    return answer | {"updates": updates}


def find_table(area: Area) -> Span | None:
    """Find the table in or at an area: the block of filled cells around the last one that the area holds."""
    sheet = area.sheet
    filled = set(sheet.filled())
    inside = [address for address in filled if area.span.holds(*address)]
    if not inside:
        return None
    return _block(filled, max(inside))


def _block(filled: set[tuple[int, int]], start: tuple[int, int]) -> Span:
    top = bottom = start[0]
    left = right = start[1]
    growing = True
    while growing:
        growing = False
        around = Span(top - 1, left - 1, bottom + 1, right + 1)
        for row, column in filled:
            if around.holds(row, column) and not Span(top, left, bottom, right).holds(row, column):
                top, bottom, left, right = min(top, row), max(bottom, row), min(left, column), max(right, column)
                growing = True
    return Span(top, left, bottom, right)


def sheet_of(areas: Sequence[Area]) -> list[Sheet]:
    """Give the tabs of several areas, each once, in order."""
    return list({area.sheet.sheet_id: area.sheet for area in areas}.values())
