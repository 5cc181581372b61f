"""The Spreadsheet resource of Sheets v4: properties, tabs, grid data and developer metadata as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sandbox.masks import Mask, apply_mask, wants
from connectors.sandbox.sheets.display import effective, shown
from connectors.sandbox.sheets.document import Cell, DeveloperMetadata, Document, Lines, Sheet, Value
from connectors.sandbox.sheets.ranges import Area, grid_range_json
from connectors.sandbox.sheets.values import sheet_of
from connectors.sandbox.wire import Json
from core.model.workbook import CellError

WHITE: Json = {"red": 1, "green": 1, "blue": 1}
DEFAULT_FORMAT: Json = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}
_THEME_COLORS: Json = {
    "TEXT": {},
    "BACKGROUND": WHITE,
    "ACCENT1": {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275},
    "ACCENT2": {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314},
    "ACCENT3": {"red": 0.9843137, "green": 0.7372549, "blue": 0.015686275},
    "ACCENT4": {"red": 0.20392157, "green": 0.65882355, "blue": 0.3254902},
    "ACCENT5": {"red": 1, "green": 0.42745098, "blue": 0.003921569},
    "ACCENT6": {"red": 0.27450982, "green": 0.7411765, "blue": 0.7764706},
    "LINK": {"red": 0.06666667, "green": 0.33333334, "blue": 0.8},
}
_THEME: Json = {
    "primaryFontFamily": "Arial",
    "themeColors": [{"colorType": kind, "color": {"rgbColor": color}} for kind, color in _THEME_COLORS.items()],
}
_ERROR_TYPES = {
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#REF!": "REF",
    "#VALUE!": "VALUE",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#N/A": "N_A",
    "#NULL!": "NULL_VALUE",
}


def spreadsheet(document: Document, areas: Sequence[Area], mask: Mask, *, include_grid: bool) -> Json:
    """Give the resource: all tabs, or those of `areas`; grid data where asked for by flag or mask."""
    with_data = include_grid if not mask else wants(mask, "sheets", "data")
    sheets = sheet_of(areas) if areas else document.sheets
    body: Json = {
        "spreadsheetId": document.document_id,
        "properties": _properties(document),
        "sheets": [_sheet_json(document, sheet, areas, mask if with_data else None) for sheet in sheets],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{document.document_id}/edit",
    }
    if document.named_ranges:
        body["namedRanges"] = document.named_ranges
    on_document = [metadata_json(document, item) for item in document.metadata if item.sheet_id is None]
    if on_document:
        body["developerMetadata"] = on_document
    return dict(apply_mask(body, _without_rows(mask)))


def _without_rows(mask: Mask) -> Mask:
    """Give the mask with rowData kept whole: its cells are masked as they are made."""
    data = mask.get("sheets", {}).get("data", {})
    if "rowData" not in data:
        return mask
    return {**mask, "sheets": {**mask["sheets"], "data": {**data, "rowData": {}}}}


def _properties(document: Document) -> Json:
    return {
        "title": document.title,
        "locale": document.locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": document.time_zone,
        "defaultFormat": DEFAULT_FORMAT,
        "spreadsheetTheme": _THEME,
    }


def sheet_properties(document: Document, sheet: Sheet) -> Json:
    """Give the SheetProperties of a tab."""
    return {
        "sheetId": sheet.sheet_id,
        "title": sheet.title,
        "index": next(i for i, other in enumerate(document.sheets) if other is sheet),
        "sheetType": "GRID",
        "gridProperties": {"rowCount": sheet.n_rows, "columnCount": sheet.n_columns, **sheet.grid_properties},
        **sheet.properties,
    }


def _sheet_json(document: Document, sheet: Sheet, areas: Sequence[Area], data_mask: Mask | None) -> Json:
    body: Json = {"properties": sheet_properties(document, sheet)}
    if data_mask is not None:
        spans = [area for area in areas if area.sheet is sheet] or [Area(sheet, sheet.whole())]
        inner = data_mask.get("sheets", {}).get("data", {})
        body["data"] = [grid_data(document, area, inner) for area in spans]
    if sheet.merges:
        body["merges"] = [grid_range_json(sheet, merge) for merge in sheet.merges]
    if sheet.basic_filter is not None:
        body["basicFilter"] = sheet.basic_filter
    if sheet.protected:
        body["protectedRanges"] = sheet.protected
    for name, lines, dimension in (("rowGroups", sheet.rows, "ROWS"), ("columnGroups", sheet.columns, "COLUMNS")):
        if lines.groups:
            body[name] = [group_json(sheet, dimension, group) for group in lines.groups]
    items = [item for item in document.metadata if item.sheet_id == sheet.sheet_id and item.dimension is None]
    if items:
        body["developerMetadata"] = [metadata_json(document, item) for item in items]
    return body


def group_json(sheet: Sheet, dimension: str, group: tuple[int, int, int]) -> Json:
    """Give a DimensionGroup."""
    first, last, depth = group
    place: Json = {} if sheet.sheet_id == 0 else {"sheetId": sheet.sheet_id}
    return {"range": place | {"dimension": dimension, "startIndex": first - 1, "endIndex": last}, "depth": depth}


def grid_data(document: Document, area: Area, mask: Mask) -> Json:
    """Give the GridData of an area; rows and cells after the last one that holds anything are left out."""
    sheet, span = area.sheet, area.span
    body: Json = {}
    if span.top > 1:
        body["startRow"] = span.top - 1
    if span.left > 1:
        body["startColumn"] = span.left - 1
    if wants(mask, "rowData"):
        rows = _row_data(document, area, mask.get("rowData", {}).get("values", {}))
        if rows:
            body["rowData"] = rows
    for name, dimension, lines, first, last in (
        ("rowMetadata", "ROWS", sheet.rows, span.top, span.bottom),
        ("columnMetadata", "COLUMNS", sheet.columns, span.left, span.right),
    ):
        if wants(mask, name):
            tagged = _metadata_by_line(document, sheet, dimension)
            size = 21 if dimension == "ROWS" else 100
            body[name] = [_line_json(lines, number, size, tagged.get(number)) for number in range(first, last + 1)]
    return body


def _line_json(lines: Lines, number: int, size: int, metadata: list[Json] | None) -> Json:
    body: Json = {"pixelSize": size, **lines.properties.get(number, {})}
    return body | {"developerMetadata": metadata} if metadata else body


def _metadata_by_line(document: Document, sheet: Sheet, dimension: str) -> dict[int, list[Json]]:
    found: dict[int, list[Json]] = {}
    for item in document.metadata:
        if item.sheet_id == sheet.sheet_id and item.dimension == dimension and item.index is not None:
            found.setdefault(item.index, []).append(metadata_json(document, item))
    return found


def _row_data(document: Document, area: Area, mask: Mask) -> list[Json]:
    span = area.span
    looks: dict[int, Json] = {}  # what a format looks like under the mask, by identity: few formats serve many cells
    by_row: dict[int, dict[int, Json]] = {}
    for (row, column), cell in area.sheet.cells.items():
        if span.holds(row, column):
            if id(cell.format) not in looks:
                looks[id(cell.format)] = _look_json(cell.format, mask)
            body = apply_mask(_content_json(cell, document.locale), mask) | looks[id(cell.format)]
            if cell.is_blank and not cell.format:
                body.pop("effectiveFormat", None)
            if body:
                by_row.setdefault(row, {})[column] = body
    if not by_row:
        return []
    rows = []
    for row in range(span.top, max(by_row) + 1):
        found = by_row.get(row)
        rows.append({"values": [found.get(column, {}) for column in range(span.left, max(found) + 1)]} if found else {})
    return rows


def _look_json(style: Mapping[str, Any], mask: Mask) -> Json:
    """Give the formats of CellData under the mask: as entered, and on top of the default."""
    body: Json = {"userEnteredFormat": dict(style)} if style else {}
    if wants(mask, "effectiveFormat"):
        body["effectiveFormat"] = merged(DEFAULT_FORMAT, style)
    return dict(apply_mask(body, mask))


def _content_json(cell: Cell, locale: str) -> Json:
    """Give what CellData says of a cell besides its formats."""
    body: Json = {}
    if not cell.is_blank:
        body["userEnteredValue"] = {"formulaValue": cell.formula} if cell.formula is not None else extended_value(cell.value)
        body["effectiveValue"] = extended_value(cell.value)
        body["formattedValue"] = shown(cell, locale)
    if cell.note is not None:
        body["note"] = cell.note
    if cell.validation is not None:
        body["dataValidation"] = cell.validation
    return body


def extended_value(value: Value) -> Json:
    """Give an ExtendedValue."""
    if isinstance(value, CellError):
        return {"errorValue": {"type": _ERROR_TYPES.get(value.text, "ERROR"), "message": f"The formula evaluates to {value.text}."}}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    return {} if value is None else {"numberValue": effective(value)}


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Json:
    """Give a deep merge of two JSON objects; `over` wins."""
    out = dict(base)
    for name, value in over.items():
        old = out.get(name)
        out[name] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) and "olor" not in name else value
    return out


def metadata_json(document: Document, item: DeveloperMetadata) -> Json:
    """Give a DeveloperMetadata object."""
    location: Json
    if item.sheet_id is None:
        location = {"locationType": "SPREADSHEET", "spreadsheet": True}
    elif item.dimension is None or item.index is None:
        location = {"locationType": "SHEET", "sheetId": item.sheet_id}
    else:
        stretch = {"sheetId": item.sheet_id, "dimension": item.dimension, "startIndex": item.index - 1, "endIndex": item.index}
        location = {"locationType": item.dimension.removesuffix("S"), "dimensionRange": stretch}
    body: Json = {"metadataId": item.metadata_id, "metadataKey": item.key, "location": location, "visibility": item.visibility}
    return body if item.value is None else body | {"metadataValue": item.value}
