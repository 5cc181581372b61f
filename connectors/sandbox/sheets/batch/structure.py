"""Requests about tabs, rows and columns, and the spreadsheet's own properties."""

from __future__ import annotations

from connectors.sandbox.sheets.batch.fields import colored, required_mask, updated, without_nulls
from connectors.sandbox.sheets.document import Dimension, Sheet
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.sheets.resource import group_json, sheet_properties
from connectors.sandbox.wire import Json, invalid
from core.model.workbook import Span

_OWN = frozenset({"sheetId", "title", "index", "sheetType", "gridProperties"})


def new_sheet(editor: Editor, properties: Json) -> Sheet:
    """Make a tab from SheetProperties and put it where they say."""
    document = editor.document
    title = properties.get("title") or _free_title(editor)
    if document.titled(title) is not None:
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')
    grid = without_nulls(properties.get("gridProperties") or {})
    sheet_id = properties.get("sheetId")
    if sheet_id is not None and any(sheet.sheet_id == sheet_id for sheet in document.sheets):
        raise invalid(f"A sheet with id {sheet_id} already exists.")
    sheet = Sheet(
        document.number() if sheet_id is None else sheet_id,
        title,
        grid.pop("rowCount", 1000),
        grid.pop("columnCount", 26),
        grid_properties=grid,
        properties=colored({name: value for name, value in without_nulls(properties).items() if name not in _OWN}),
    )
    index = properties.get("index")
    document.sheets.insert(len(document.sheets) if index is None else index, sheet)
    return sheet


def _free_title(editor: Editor) -> str:
    number = len(editor.document.sheets) + 1
    while editor.document.titled(f"Sheet{number}") is not None:
        number += 1
    return f"Sheet{number}"


def add_sheet(editor: Editor, body: Json) -> Json:
    sheet = new_sheet(editor, body.get("properties") or {})
    return {"addSheet": {"properties": sheet_properties(editor.document, sheet)}}


def duplicate_sheet(editor: Editor, body: Json) -> Json:
    source = editor.document.sheet(body.get("sourceSheetId", 0))
    properties = {"title": body.get("newSheetName") or f"Copy of {source.title}", "index": body.get("insertSheetIndex", 0)}
    if "newSheetId" in body:
        properties["sheetId"] = body["newSheetId"]
    copy = new_sheet(editor, properties)
    copy.n_rows, copy.n_columns = source.n_rows, source.n_columns
    copy.cells = {address: cell.copy() for address, cell in source.cells.items()}
    copy.merges, copy.properties = list(source.merges), dict(source.properties)
    copy.grid_properties = dict(source.grid_properties)
    copy.rows.properties = {n: dict(p) for n, p in source.rows.properties.items()}
    copy.columns.properties = {n: dict(p) for n, p in source.columns.properties.items()}
    return {"duplicateSheet": {"properties": sheet_properties(editor.document, copy)}}


def delete_sheet(editor: Editor, body: Json) -> Json:
    sheet = editor.document.sheet(body.get("sheetId", 0))
    if not any(other is not sheet and not other.properties.get("hidden") for other in editor.document.sheets):
        raise invalid("You can't remove all the visible sheets in a document.")
    editor.drop_tab(sheet)
    return {}


def update_sheet_properties(editor: Editor, body: Json) -> Json:
    document, mask, new = editor.document, required_mask(body), body["properties"]
    sheet = document.sheet(new.get("sheetId", 0))
    if "title" in mask and new.get("title") and new["title"] != sheet.title:
        other = document.titled(new["title"])
        if other is not None and other is not sheet:
            raise invalid(f'A sheet with the name "{new["title"]}" already exists. Please enter another name.')
        editor.rename_tab(sheet, new["title"])
    if "hidden" in mask and new.get("hidden") and not any(s is not sheet and not s.properties.get("hidden") for s in document.sheets):
        raise invalid("You can't hide all the sheets in a document.")
    if "index" in mask:
        _reorder(editor, sheet, new.get("index", 0))
    rest = {name: inner for name, inner in mask.items() if name not in _OWN}
    if rest:
        kept = {n: v for n, v in sheet.properties.items() if n.removesuffix("Style") not in {r.removesuffix("Style") for r in rest}}
        properties = colored(updated(kept, new, rest))
        sheet.properties = {name: value for name, value in properties.items() if value is not False}
        if new.get("tabColorStyle", {}) and not (new["tabColorStyle"].get("rgbColor")):
            sheet.properties.pop("tabColor", None)
            sheet.properties.pop("tabColorStyle", None)
    if "gridProperties" in mask:
        _update_grid(sheet, new.get("gridProperties") or {}, mask["gridProperties"])
    return {}


def _reorder(editor: Editor, sheet: Sheet, index: int) -> None:
    sheets = editor.document.sheets
    position = next(i for i, other in enumerate(sheets) if other is sheet)
    sheets.pop(position)
    sheets.insert(index - 1 if index > position else index, sheet)


def _update_grid(sheet: Sheet, new: Json, mask: Json) -> None:
    size = {"rowCount": sheet.n_rows, "columnCount": sheet.n_columns, **sheet.grid_properties}
    grid = updated(size, new, mask)
    sheet.n_rows, sheet.n_columns = grid.pop("rowCount", sheet.n_rows), grid.pop("columnCount", sheet.n_columns)
    sheet.grid_properties = {name: value for name, value in grid.items() if value}
    sheet.cells = {(r, c): cell for (r, c), cell in sheet.cells.items() if r <= sheet.n_rows and c <= sheet.n_columns}
    inside = Span(1, 1, sheet.n_rows, sheet.n_columns)
    sheet.merges = [merge for merge in sheet.merges if inside.holds(merge.bottom, merge.right)]


def update_spreadsheet_properties(editor: Editor, body: Json) -> Json:
    document, new = editor.document, body["properties"]
    for name in required_mask(body):
        if name in ("title", "*") and new.get("title"):
            document.title = new["title"]
        if name in ("locale", "*") and new.get("locale"):
            document.locale = new["locale"]
        if name in ("timeZone", "*") and new.get("timeZone"):
            document.time_zone = new["timeZone"]
    return {}


def _stretch(editor: Editor, body: Json) -> tuple[Sheet, Dimension, int, int]:
    """Read a DimensionRange: tab, dimension, first line from 1, last line."""
    sheet = editor.document.sheet(body.get("sheetId", 0))
    dimension: Dimension = "COLUMNS" if body["dimension"] == "COLUMNS" else "ROWS"
    size = sheet.n_rows if dimension == "ROWS" else sheet.n_columns
    return sheet, dimension, body.get("startIndex", 0) + 1, min(body.get("endIndex", size), size + 10_000)


def insert_dimension(editor: Editor, body: Json) -> Json:
    sheet, dimension, first, last = _stretch(editor, body["range"])
    count = last - first + 1
    if body.get("inheritFromBefore") and first == 1:
        raise invalid("inheritFromBefore cannot be set when inserting at the start.")
    inherited = first - 1 if body.get("inheritFromBefore") else first
    formats = {a: cell.format for a, cell in sheet.cells.items() if (a[0] if dimension == "ROWS" else a[1]) == inherited and cell.format}
    editor.insert_lines(sheet, dimension, first, count)
    for line in range(first, last + 1):
        for (row, column), style in formats.items():
            sheet.cell((line, column) if dimension == "ROWS" else (row, line)).format = style
    return {}


def delete_dimension(editor: Editor, body: Json) -> Json:
    sheet, dimension, first, last = _stretch(editor, body["range"])
    size = sheet.n_rows if dimension == "ROWS" else sheet.n_columns
    if first > size:
        raise invalid(f"Cannot delete a {dimension[:-1].lower()} that does not exist.")
    if first == 1 and last >= size:
        raise invalid(f"You can't delete all the {dimension.lower()} on the sheet.")
    editor.delete_lines(sheet, dimension, first, min(last, size) - first + 1)
    return {}


def append_dimension(editor: Editor, body: Json) -> Json:
    sheet = editor.document.sheet(body.get("sheetId", 0))
    if body["dimension"] == "ROWS":
        sheet.n_rows += body["length"]
    else:
        sheet.n_columns += body["length"]
    return {}


def update_dimension_properties(editor: Editor, body: Json) -> Json:
    sheet, dimension, first, last = _stretch(editor, body["range"])
    mask = required_mask(body)
    lines = sheet.lines(dimension)
    for number in range(first, last + 1):
        new = updated(lines.properties.get(number, {}), body["properties"], mask)
        new = {name: value for name, value in new.items() if value is not False}
        if new:
            lines.properties[number] = new
        else:
            lines.properties.pop(number, None)
    return {}


def auto_resize(editor: Editor, body: Json) -> Json:
    """Size columns to their longest text (7 pixels a character and a margin), rows to their standard height."""
    sheet, dimension, first, last = _stretch(editor, body["dimensions"])
    for number in range(first, last + 1):
        if dimension == "COLUMNS":
            longest = max((len(str(cell.value)) for (_, c), cell in sheet.cells.items() if c == number and not cell.is_blank), default=0)
            if longest:
                sheet.columns.properties.setdefault(number, {})["pixelSize"] = 7 * longest + 12
    return {}


def add_group(editor: Editor, body: Json) -> Json:
    sheet, dimension, first, last = _stretch(editor, body["range"])
    lines = sheet.lines(dimension)
    depth = 1 + max((d for a, b, d in lines.groups if a <= first and last <= b), default=0)
    lines.groups.append((first, last, depth))
    sheet.grid_properties["rowGroupControlAfter" if dimension == "ROWS" else "columnGroupControlAfter"] = True
    return {"addDimensionGroup": {"dimensionGroups": [group_json(sheet, dimension, group) for group in lines.groups]}}


def delete_group(editor: Editor, body: Json) -> Json:
    sheet, dimension, first, last = _stretch(editor, body["range"])
    lines = sheet.lines(dimension)
    kept = [group for group in lines.groups if group[:2] != (first, last)]
    if len(kept) == len(lines.groups):
        raise invalid("Cannot delete a group that does not exist.")
    lines.groups = kept
    return {"deleteDimensionGroup": {"dimensionGroups": [group_json(sheet, dimension, group) for group in kept]} if kept else {}}


KINDS = {
    "addSheet": add_sheet,
    "duplicateSheet": duplicate_sheet,
    "deleteSheet": delete_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "appendDimension": append_dimension,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize,
    "addDimensionGroup": add_group,
    "deleteDimensionGroup": delete_group,
}
