"""The routes of Sheets v4."""

from __future__ import annotations

import re
from collections.abc import Callable

from connectors.sandbox.callers import caller
from connectors.sandbox.exchange import Answer, Call
from connectors.sandbox.masks import Mask, parse_mask
from connectors.sandbox.oauth.scopes import SHEETS_READ, SHEETS_WRITE
from connectors.sandbox.routing import Handler, Route, route
from connectors.sandbox.sandbox import NewFile, Sandbox
from connectors.sandbox.sheets import values
from connectors.sandbox.sheets.batch import apply_requests
from connectors.sandbox.sheets.batch.contents import set_cell
from connectors.sandbox.sheets.batch.fields import without_nulls
from connectors.sandbox.sheets.batch.marks import find_metadata
from connectors.sandbox.sheets.batch.structure import new_sheet
from connectors.sandbox.sheets.document import DeveloperMetadata, Document, Sheet
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.sheets.protection import seen_by
from connectors.sandbox.sheets.ranges import Area, grid_range, parse_range
from connectors.sandbox.sheets.resource import metadata_json, spreadsheet
from connectors.sandbox.storage import document_from_json, document_to_json
from connectors.sandbox.wire import SPREADSHEET, ApiError, Json, invalid
from core.model.workbook import Span


def _visible(sandbox: Sandbox, call: Call, document_id: str, *, to_edit: bool) -> tuple[Document, str]:
    email = caller(sandbox, call, SHEETS_WRITE if to_edit else SHEETS_READ)
    file = sandbox.drive.files.get(document_id)
    if file is None or file.mime_type != SPREADSHEET:
        if file is not None and file.visible_to(email):
            raise ApiError(400, "This operation is not supported for this document")
        raise ApiError(404, "Requested entity was not found.")
    if not (file.editable_by(email) if to_edit else file.visible_to(email)):
        raise ApiError(403, "The caller does not have permission")
    return sandbox.document(document_id), email


def _reading(answer: Callable[[Document, Call, re.Match[str]], Json]) -> Handler:
    """Make a handler of a function that only reads."""

    def handler(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
        document, email = _visible(sandbox, call, match["id"], to_edit=False)
        return Answer(answer(seen_by(document, email, is_owner=sandbox.owns(email, document)), call, match))

    return handler


def _writing(answer: Callable[[Editor, Call, re.Match[str]], Json]) -> Handler:
    """Make a handler of a function that changes a document: all of its changes or, on an error, none."""

    def handler(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
        document, email = _visible(sandbox, call, match["id"], to_edit=True)
        before = document_to_json(document)
        editor = Editor(document, email, is_owner=sandbox.owns(email, document))
        try:
            body = answer(editor, call, match)
        except (ApiError, KeyError, TypeError, ValueError) as error:
            sandbox.restore(document.document_id, before)
            raise error if isinstance(error, ApiError) else invalid(f"Invalid JSON payload received. {error}") from error
        editor.finish()
        sandbox.changed(document.document_id, email)
        return Answer(body)

    return handler


# --- the spreadsheet ---------------------------------------------------------------------------------------------------------------


def _mask(call: Call) -> Mask:
    return parse_mask(call.query["fields"]) if call.query.get("fields") else {}


def get(document: Document, call: Call, _: re.Match[str]) -> Json:
    areas = [parse_range(document, text) for text in call.values("ranges")]
    include = call.query.get("includeGridData", "false").lower() == "true"
    return spreadsheet(document, areas, _mask(call), include_grid=include)


def get_by_filter(document: Document, call: Call, _: re.Match[str]) -> Json:
    body = call.json()
    areas = [area for data_filter in body.get("dataFilters", []) for area in areas_of(document, data_filter)]
    return spreadsheet(document, areas, _mask(call), include_grid=bool(body.get("includeGridData")))


def create(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    email = caller(sandbox, call, SHEETS_WRITE)
    body = without_nulls(call.json())
    properties = body.get("properties") or {}
    document = Document("", properties.get("title", "Untitled spreadsheet"), properties.get("locale", "en_US"))
    document.time_zone = properties.get("timeZone", "Etc/GMT")
    editor = Editor(document)
    for position, item in enumerate(body.get("sheets") or [{"properties": {"sheetId": 0, "title": "Sheet1"}}]):
        given = item.get("properties") or {}
        sheet = new_sheet(editor, {"title": f"Sheet{position + 1}", **({"sheetId": 0} if position == 0 else {}), **given})
        sheet.merges = [grid_range(document, {"sheetId": sheet.sheet_id, **merge}).span for merge in item.get("merges", [])]
        for block in item.get("data") or []:
            _fill(editor, sheet, block)
    document.named_ranges = body.get("namedRanges", [])
    editor.disturb()
    editor.finish()
    sandbox.add_file(NewFile(document.title, SPREADSHEET, email, document=document))
    return Answer(spreadsheet(document, [], _mask(call), include_grid=False))


def _fill(editor: Editor, sheet: Sheet, block: Json) -> None:
    top, left = block.get("startRow", 0) + 1, block.get("startColumn", 0) + 1
    for row, line in enumerate(block.get("rowData") or [], start=top):
        for column, data in enumerate(line.get("values") or [], start=left):
            if data:
                sheet.grow(row, column)
                set_cell(editor, sheet, (row, column), data, {"*": {}})
    for name, first, lines in (("rowMetadata", top, sheet.rows), ("columnMetadata", left, sheet.columns)):
        for number, properties in enumerate(block.get(name) or [], start=first):
            if properties:
                lines.properties[number] = properties


def batch_update(editor: Editor, call: Call, _: re.Match[str]) -> Json:
    body = call.json()
    replies = apply_requests(editor, body.get("requests") or [])
    answer: Json = {"spreadsheetId": editor.document.document_id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        editor.finish()
        include = bool(body.get("responseIncludeGridData"))
        seen = seen_by(editor.document, editor.by, is_owner=not editor.is_bound)
        answer["updatedSpreadsheet"] = spreadsheet(seen, [], {}, include_grid=include)
    return answer


# --- values ------------------------------------------------------------------------------------------------------------------------


def get_values(document: Document, call: Call, match: re.Match[str]) -> Json:
    return values.value_range(document, parse_range(document, match["range"]), values.Rendering.of(call.query))


def batch_get(document: Document, call: Call, _: re.Match[str]) -> Json:
    how = values.Rendering.of(call.query)
    found = [values.value_range(document, parse_range(document, text), how) for text in call.values("ranges")]
    return {"spreadsheetId": document.document_id, "valueRanges": found}


def update_values(editor: Editor, call: Call, match: re.Match[str]) -> Json:
    body = call.json()
    rows = values.rows_of(body.get("values"), body.get("majorDimension"))
    area = parse_range(editor.document, match["range"])
    answer = values.write(editor, area, rows, call.query.get("valueInputOption", ""))
    return answer | _written(editor, [answer], call.query)


def append_values(editor: Editor, call: Call, match: re.Match[str]) -> Json:
    body = call.json()
    rows = values.rows_of(body.get("values"), body.get("majorDimension"))
    answer = values.append(editor, parse_range(editor.document, match["range"]), rows, call.query)
    answer["updates"] |= _written(editor, [answer["updates"]], call.query)
    return answer


def batch_update_values(editor: Editor, call: Call, _: re.Match[str]) -> Json:
    body = call.json()
    answer = values.batch_update(editor, body)
    for response in answer["responses"]:
        response |= _written(editor, [response], body)
    return answer


def _written(editor: Editor, responses: list[Json], options: Json) -> Json:
    """Give `updatedData` where the written values are asked back."""
    if str(options.get("includeValuesInResponse", "false")).lower() != "true":
        return {}
    editor.finish()
    area = parse_range(editor.document, responses[0]["updatedRange"])
    return {"updatedData": values.value_range(editor.document, area, values.Rendering.of(options, "response"))}


def clear_values(editor: Editor, _: Call, match: re.Match[str]) -> Json:
    cleared = values.clear(editor, parse_range(editor.document, match["range"]))
    return {"spreadsheetId": editor.document.document_id, "clearedRange": cleared}


def batch_clear(editor: Editor, call: Call, _: re.Match[str]) -> Json:
    areas = [parse_range(editor.document, text) for text in call.json().get("ranges") or []]
    return {"spreadsheetId": editor.document.document_id, "clearedRanges": [values.clear(editor, area) for area in areas]}


# --- by data filter ----------------------------------------------------------------------------------------------------------------


def areas_of(document: Document, data_filter: Json) -> list[Area]:
    """Give the areas that a DataFilter selects: an A1 range, a GridRange, or rows and columns by their metadata."""
    if "a1Range" in data_filter:
        return [parse_range(document, data_filter["a1Range"])]
    if "gridRange" in data_filter:
        return [grid_range(document, data_filter["gridRange"])]
    return [_metadata_area(document, item) for item in find_metadata(document, data_filter) if item.sheet_id is not None]


def _metadata_area(document: Document, item: DeveloperMetadata) -> Area:
    assert item.sheet_id is not None, "only metadata of a tab has an area"
    sheet = document.sheet(item.sheet_id)
    if item.index is None:
        return Area(sheet, sheet.whole())
    if item.dimension == "COLUMNS":
        return Area(sheet, Span(1, item.index, sheet.n_rows, item.index))
    return Area(sheet, Span(item.index, 1, item.index, sheet.n_columns))


def batch_get_by_filter(document: Document, call: Call, _: re.Match[str]) -> Json:
    body = call.json()
    how = values.Rendering.of(body)
    found = [
        {"valueRange": values.value_range(document, area, how), "dataFilters": [data_filter]}
        for data_filter in body.get("dataFilters", [])
        for area in areas_of(document, data_filter)
    ]
    return {"spreadsheetId": document.document_id, "valueRanges": found}


def batch_update_by_filter(editor: Editor, call: Call, _: re.Match[str]) -> Json:
    body = call.json()
    option, responses, areas = str(body.get("valueInputOption") or ""), [], []
    for item in body.get("data", []):
        rows = values.rows_of(item.get("values"), item.get("majorDimension"))
        for area in areas_of(editor.document, item["dataFilter"]):
            areas.append(area)
            responses.append(values.write(editor, area, rows, option))
    answer = values.totals(editor.document, responses, areas)
    answer["responses"] = [{name: value for name, value in response.items() if name != "spreadsheetId"} for response in answer["responses"]]
    return answer


def batch_clear_by_filter(editor: Editor, call: Call, _: re.Match[str]) -> Json:
    areas = [area for data_filter in call.json().get("dataFilters", []) for area in areas_of(editor.document, data_filter)]
    return {"spreadsheetId": editor.document.document_id, "clearedRanges": [values.clear(editor, area) for area in areas]}


def search_metadata(document: Document, call: Call, _: re.Match[str]) -> Json:
    matched = [
        {"developerMetadata": metadata_json(document, item), "dataFilters": [data_filter]}
        for data_filter in call.json().get("dataFilters", [])
        for item in find_metadata(document, data_filter)
    ]
    return {"matchedDeveloperMetadata": matched} if matched else {}


def get_metadata(document: Document, _: Call, match: re.Match[str]) -> Json:
    for item in document.metadata:
        if item.metadata_id == int(match["metadata"]):
            return metadata_json(document, item)
    raise ApiError(404, f"No developer metadata with id: {match['metadata']}")


def copy_sheet_to(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    """Copy a tab into another spreadsheet."""
    source, _ = _visible(sandbox, call, match["id"], to_edit=False)
    target, email = _visible(sandbox, call, call.json()["destinationSpreadsheetId"], to_edit=True)
    sheet = source.sheet(int(match["sheet"]))
    copy = new_sheet(Editor(target), {"title": _free_copy_title(target, sheet.title)})
    spare = document_from_json(document_to_json(source)).sheet(sheet.sheet_id)
    copy.cells, copy.merges, copy.rows, copy.columns = spare.cells, spare.merges, spare.rows, spare.columns
    copy.n_rows, copy.n_columns = spare.n_rows, spare.n_columns
    sandbox.changed(target.document_id, email)
    found = spreadsheet(target, [Area(copy, copy.whole())], {}, include_grid=False)
    return Answer(found["sheets"][0]["properties"])


def _free_copy_title(document: Document, title: str) -> str:
    name, number = f"Copy of {title}", 2
    while document.titled(name) is not None:
        name, number = f"Copy of {title} {number}", number + 1
    return name


_ID = r"/v4/spreadsheets/(?P<id>[\w-]+)"
_RANGE = _ID + r"/values/(?P<range>.+)"
ROUTES: list[Route] = [
    *route("POST", r"/v4/spreadsheets", create),
    *route("GET", _ID, _reading(get)),
    *route("POST", _ID + ":getByDataFilter", _reading(get_by_filter)),
    *route("POST", _ID + ":batchUpdate", _writing(batch_update)),
    *route("GET", _ID + "/values:batchGet", _reading(batch_get)),
    *route("POST", _ID + "/values:batchUpdate", _writing(batch_update_values)),
    *route("POST", _ID + "/values:batchClear", _writing(batch_clear)),
    *route("POST", _ID + "/values:batchGetByDataFilter", _reading(batch_get_by_filter)),
    *route("POST", _ID + "/values:batchUpdateByDataFilter", _writing(batch_update_by_filter)),
    *route("POST", _ID + "/values:batchClearByDataFilter", _writing(batch_clear_by_filter)),
    *route("POST", _RANGE + ":append", _writing(append_values)),
    *route("POST", _RANGE + ":clear", _writing(clear_values)),
    *route("GET", _RANGE, _reading(get_values)),
    *route("PUT", _RANGE, _writing(update_values)),
    *route("POST", _ID + "/developerMetadata:search", _reading(search_metadata)),
    *route("GET", _ID + r"/developerMetadata/(?P<metadata>\d+)", _reading(get_metadata)),
    *route("POST", _ID + r"/sheets/(?P<sheet>\d+):copyTo", copy_sheet_to),
]
