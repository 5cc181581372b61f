"""Rows that come and go as requests of spreadsheets.batchUpdate, and what is kept of a row before it is deleted; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from connectors.google.grid import ROW_KEY
from core.errors import Conflict
from core.model.changes import Scalar
from core.model.workbook import Span
from core.sheets.writing.operations import CopyCells, DeleteRow, InsertRow, MergeArea, Operation, PutCell, RestoreRow, TagRow

Json = dict[str, Any]
MARK_KEY = "flightplan_write"
"""Developer metadata key of changes of rows under way: a mark is in the spreadsheet from its batch until that was read back."""
IMAGE_FIELDS = (
    "namedRanges/range,sheets(properties(sheetId,title),conditionalFormats/ranges,protectedRanges/range,"
    "data(startRow,rowData/values(userEnteredValue,userEnteredFormat,note,dataValidation,textFormatRuns),"
    "rowMetadata(pixelSize,hiddenByUser,developerMetadata(metadataKey,metadataValue))))"
)
LOOKS_FIELDS = (
    "properties(title,locale),namedRanges/range,sheets(properties(sheetId,title,hidden,sheetType,gridProperties(rowCount,columnCount)),"
    "merges,conditionalFormats/ranges,protectedRanges/range,data(startRow,startColumn,rowData/values(userEnteredValue,effectiveValue,"
    "formattedValue,effectiveFormat/numberFormat,userEnteredFormat,note,dataValidation,textFormatRuns),rowMetadata(pixelSize,"
    "hiddenByUser,hiddenByFilter,developerMetadata(metadataId,metadataKey,metadataValue)),columnMetadata/hiddenByUser))"
)
"""All that a workbook is read from and all that IMAGE_FIELDS give, of every row."""
_CELL_MASK = "userEnteredValue,userEnteredFormat,note,dataValidation,textFormatRuns"


def batch(operations: Sequence[Operation], *, mark: str | None) -> list[Json]:
    """Give the requests of one batchUpdate; a `mark` is left beside those of others."""
    requests = [request for operation in operations for request in _requests(operation)]
    if mark is None:
        return requests
    item = {"metadataKey": MARK_KEY, "metadataValue": mark, "location": {"spreadsheet": True}, "visibility": "DOCUMENT"}
    return [*requests, {"createDeveloperMetadata": {"developerMetadata": item}}]


def mark_filter(mark: str) -> Json:
    """Give the data filter of one mark."""
    return {"developerMetadataLookup": {"metadataKey": MARK_KEY, "metadataValue": mark}}


def _requests(operation: Operation) -> Iterator[Json]:
    if isinstance(operation, PutCell):
        yield _put(operation)
    elif isinstance(operation, TagRow):
        yield row_tag(operation.tab_id, operation.row, operation.row_id)
    elif isinstance(operation, InsertRow):
        yield {"insertDimension": {"range": _rows(operation.tab_id, operation.row), "inheritFromBefore": True}}
        if operation.is_shown:
            place = {"range": _rows(operation.tab_id, operation.row), "properties": {"hiddenByUser": False}, "fields": "hiddenByUser"}
            yield {"updateDimensionProperties": place}
        if operation.row_id is not None:
            yield row_tag(operation.tab_id, operation.row, operation.row_id)
    elif isinstance(operation, CopyCells):
        source, target = (
            _area(operation.tab_id, Span(row, operation.left, row, operation.right)) for row in (operation.source, operation.target)
        )
        for kind in ("PASTE_NORMAL", "PASTE_DATA_VALIDATION", "PASTE_CONDITIONAL_FORMATTING"):
            yield {"copyPaste": {"source": source, "destination": target, "pasteType": kind}}
        yield {"repeatCell": {"range": target, "cell": {}, "fields": "note"}}  # a note is about the line that it was written on
    elif isinstance(operation, DeleteRow):
        yield {"deleteDimension": {"range": _rows(operation.tab_id, operation.row)}}
    elif isinstance(operation, RestoreRow):
        yield from _restored(operation)
    elif isinstance(operation, MergeArea):
        if operation.was is not None:
            yield {"unmergeCells": {"range": _area(operation.tab_id, operation.was)}}
        yield {"mergeCells": {"range": _area(operation.tab_id, operation.span), "mergeType": "MERGE_ALL"}}


def _put(cell: PutCell) -> Json:
    value = {"formulaValue": cell.formula} if cell.formula is not None else _entered(cell.value)
    start = {"sheetId": cell.tab_id, "rowIndex": cell.row - 1, "columnIndex": cell.column - 1}
    return {"updateCells": {"start": start, "rows": [{"values": [{"userEnteredValue": value}]}], "fields": "userEnteredValue"}}


def _entered(value: Scalar) -> Json | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}


def _rows(tab_id: int, row: int) -> Json:
    return {"sheetId": tab_id, "dimension": "ROWS", "startIndex": row - 1, "endIndex": row}


def _area(tab_id: int, span: Span) -> Json:
    rows = {"startRowIndex": span.top - 1, "endRowIndex": span.bottom}
    return {"sheetId": tab_id, **rows, "startColumnIndex": span.left - 1, "endColumnIndex": span.right}


def row_tag(tab_id: int, row: int, value: str) -> Json:
    """Give the request that attaches an identity to a row."""
    item = {"metadataKey": ROW_KEY, "metadataValue": value, "location": {"dimensionRange": _rows(tab_id, row)}, "visibility": "DOCUMENT"}
    return {"createDeveloperMetadata": {"developerMetadata": item}}


def _restored(operation: RestoreRow) -> Iterator[Json]:
    image: Json = dict(operation.image)
    start = {"sheetId": operation.tab_id, "rowIndex": operation.row - 1, "columnIndex": 0}
    if image.get("values"):
        yield {"updateCells": {"start": start, "rows": [{"values": image["values"]}], "fields": _CELL_MASK}}
    properties = {name: image[name] for name in ("pixelSize", "hiddenByUser") if name in image}
    if properties:
        place = {"range": _rows(operation.tab_id, operation.row), "properties": properties, "fields": ",".join(properties)}
        yield {"updateDimensionProperties": place}
    if "row_id" in image:
        yield row_tag(operation.tab_id, operation.row, image["row_id"])


def images_of(body: Json) -> dict[tuple[str, int], Json]:
    """Give by (tab, row) what `RestoreRow` needs, from an answer with IMAGE_FIELDS for each row and the one above it.

    Raises:
        Conflict: a row has a name, a protection or a conditional format of its own, which would not come back.
    """
    named = [item["range"] for item in body.get("namedRanges", []) if "range" in item]
    found: dict[tuple[str, int], Json] = {}
    for sheet in body.get("sheets", []):
        tab_id, title = sheet["properties"].get("sheetId", 0), sheet["properties"]["title"]
        own = [area for area in named if area.get("sheetId", 0) == tab_id]
        own += [item["range"] for item in sheet.get("protectedRanges", []) if "range" in item]
        own += [area for item in sheet.get("conditionalFormats", []) for area in item.get("ranges", [])]
        for block in sheet.get("data", []):
            row = block.get("startRow", 0) + 1
            if any((area.get("startRowIndex", 0), area.get("endRowIndex")) == (row, row + 1) for area in own):
                raise Conflict(
                    f"Row {row + 1} of {title} has a name, a protection or a conditional format of its own, which would be lost with it.",
                    hint="Keep the line item and set its amounts to 0.",
                )
            found[title, row + 1] = _image(block)
    return found


def image_in(body: Json, tab: str, row: int) -> Json:
    """Give what `RestoreRow` needs of one row, from an answer with LOOKS_FIELDS.

    Raises:
        Conflict: as `images_of`.
    """
    sheet = next(sheet for sheet in body["sheets"] if sheet["properties"]["title"] == tab)
    (block,) = sheet["data"]
    two = {name: block.get(name, [])[row - 2 : row] for name in ("rowData", "rowMetadata")}
    return images_of({**body, "sheets": [{**sheet, "data": [{"startRow": row - 2, **two}]}]})[tab, row]


def _image(block: Json) -> Json:
    rows, lines = block.get("rowData", []), block.get("rowMetadata", [])
    values = rows[1].get("values", []) if len(rows) > 1 else []
    kept = _CELL_MASK.split(",")
    image: Json = {"values": [{name: cell[name] for name in kept if name in cell} for cell in values]}
    if len(lines) > 1:  # the row comes back with the looks of the one above it
        above, own = lines[0], lines[1]
        image |= {"pixelSize": own["pixelSize"]} if own.get("pixelSize") not in (None, above.get("pixelSize")) else {}
        hidden = bool(own.get("hiddenByUser"))
        image |= {"hiddenByUser": hidden} if hidden != bool(above.get("hiddenByUser")) else {}
        ids = [item["metadataValue"] for item in own.get("developerMetadata", []) if item.get("metadataKey") == ROW_KEY]
        image |= {"row_id": ids[0]} if ids else {}
    return image
