"""Requests about what is attached to ranges: names, protection, filters and developer metadata."""

from __future__ import annotations

from connectors.sandbox.sheets.batch.fields import required_mask, updated, without_nulls
from connectors.sandbox.sheets.document import DeveloperMetadata, Dimension, Document
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.sheets.ranges import parse_range
from connectors.sandbox.sheets.resource import metadata_json
from connectors.sandbox.wire import Json, invalid


def _bare(grid: Json) -> Json:
    """Give a GridRange as Google answers it: tab 0 is left out."""
    body: Json = without_nulls(grid)
    return {name: value for name, value in body.items() if name != "sheetId" or value}


def add_named_range(editor: Editor, body: Json) -> Json:
    new = body["namedRange"]
    if any(item["name"].casefold() == new["name"].casefold() for item in editor.document.named_ranges):
        raise invalid(f'A range with name "{new["name"]}" already exists.')
    named = {"namedRangeId": new.get("namedRangeId") or str(editor.document.number()), "name": new["name"], "range": _bare(new["range"])}
    editor.document.named_ranges.append(named)
    return {"addNamedRange": {"namedRange": named}}


def update_named_range(editor: Editor, body: Json) -> Json:
    new, mask = body["namedRange"], required_mask(body)
    named = _named(editor.document, new["namedRangeId"])
    if "name" in mask or "*" in mask:
        named["name"] = new["name"]
    if "range" in mask or "*" in mask:
        named["range"] = _bare(new["range"])
    return {}


def delete_named_range(editor: Editor, body: Json) -> Json:
    editor.document.named_ranges.remove(_named(editor.document, body["namedRangeId"]))
    return {}


def _named(document: Document, named_range_id: str) -> Json:
    for item in document.named_ranges:
        if item["namedRangeId"] == named_range_id:
            return item
    raise invalid(f"No named range with id: {named_range_id}")


def add_protected_range(editor: Editor, body: Json) -> Json:
    new = without_nulls(body["protectedRange"])
    sheet = editor.document.sheet((new.get("range") or {}).get("sheetId", 0))
    protected: Json = {"protectedRangeId": new.get("protectedRangeId") or editor.document.number(), "range": _bare(new["range"])}
    protected |= {name: new[name] for name in ("description", "warningOnly", "unprotectedRanges") if new.get(name)}
    editors = {name: people for name, people in (new.get("editors") or {}).items() if people}
    if protected.get("warningOnly") and editors:
        raise invalid("ProtectedRange is warningOnly. Editors cannot be set on it.")
    people = sorted({editor.by, *editors.get("users", [])})  # whoever protects it may edit it
    sheet.protected.append(protected | {"editors": {**editors, "users": people}})
    return {"addProtectedRange": {"protectedRange": protected | {"requestingUserCanEdit": True, "editors": editors}}}


def delete_protected_range(editor: Editor, body: Json) -> Json:
    for sheet in editor.document.sheets:
        for item in sheet.protected:
            if item["protectedRangeId"] == body["protectedRangeId"]:
                sheet.protected.remove(item)
                return {}
    raise invalid(f"No protected range with ID: {body['protectedRangeId']}")


def set_basic_filter(editor: Editor, body: Json) -> Json:
    new = without_nulls(body["filter"])
    sheet = editor.document.sheet(new["range"].get("sheetId", 0))
    whole = {"startRowIndex": 0, "endRowIndex": sheet.n_rows, "startColumnIndex": 0, "endColumnIndex": sheet.n_columns}
    sheet.basic_filter = {**new, "range": {**whole, **_bare(new["range"])}}
    return {}


def clear_basic_filter(editor: Editor, body: Json) -> Json:
    editor.document.sheet(body.get("sheetId", 0)).basic_filter = None
    return {}


# --- developer metadata ------------------------------------------------------------------------------------------------------------


def create_metadata(editor: Editor, body: Json) -> Json:
    new, document = body["developerMetadata"], editor.document
    location = new.get("location") or {}
    if not new.get("metadataKey"):
        raise invalid("developerMetadata.metadataKey must be set.")
    if new.get("visibility") not in ("DOCUMENT", "PROJECT"):
        raise invalid("developerMetadata.visibility must be DOCUMENT or PROJECT.")
    wanted = new.get("metadataId")
    if wanted is not None and any(item.metadata_id == wanted for item in document.metadata):
        raise invalid(f"Metadata with id {wanted} already exists.")
    item = DeveloperMetadata(wanted or document.number(), new["metadataKey"], new.get("metadataValue"), new["visibility"])
    if "dimensionRange" in location:
        stretch = location["dimensionRange"]
        sheet = document.sheet(stretch.get("sheetId", 0))
        if stretch.get("endIndex", 0) - stretch.get("startIndex", 0) != 1:
            raise invalid("developerMetadata.location.dimensionRange must be a single row or column.")
        dimension: Dimension = "COLUMNS" if stretch["dimension"] == "COLUMNS" else "ROWS"
        item.sheet_id, item.dimension, item.index = sheet.sheet_id, dimension, stretch.get("startIndex", 0) + 1
    elif "sheetId" in location:
        item.sheet_id = document.sheet(location["sheetId"]).sheet_id
    elif not location.get("spreadsheet"):
        raise invalid("developerMetadata.location must be set.")
    document.metadata.append(item)
    return {"createDeveloperMetadata": {"developerMetadata": metadata_json(document, item)}}


def update_metadata(editor: Editor, body: Json) -> Json:
    document, mask, new = editor.document, required_mask(body), body["developerMetadata"]
    found = [item for data_filter in body["dataFilters"] for item in find_metadata(document, data_filter)]
    for item in found:
        changed = updated({"metadataKey": item.key, "metadataValue": item.value, "visibility": item.visibility}, new, mask)
        item.key, item.value, item.visibility = changed["metadataKey"], changed.get("metadataValue"), changed["visibility"]
    return {"updateDeveloperMetadata": {"developerMetadata": [metadata_json(document, item) for item in found]}}


def delete_metadata(editor: Editor, body: Json) -> Json:
    document = editor.document
    found = find_metadata(document, body["dataFilter"])
    answer = [metadata_json(document, item) for item in found]
    for item in found:
        document.metadata.remove(item)
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": answer}}


def find_metadata(document: Document, data_filter: Json) -> list[DeveloperMetadata]:
    """Give the metadata that a DataFilter selects."""
    lookup = data_filter.get("developerMetadataLookup")
    if lookup is None:
        if "a1Range" in data_filter:
            parse_range(document, data_filter["a1Range"])
        raise invalid("The sandbox finds developer metadata by developerMetadataLookup only.")
    return [item for item in document.metadata if _selected(item, lookup)]


def _selected(item: DeveloperMetadata, lookup: Json) -> bool:
    kind = "SPREADSHEET" if item.sheet_id is None else "SHEET" if item.dimension is None else item.dimension.removesuffix("S")
    place = lookup.get("metadataLocation") or {}
    sheet_id = place.get("sheetId", (place.get("dimensionRange") or {}).get("sheetId"))
    tests = (
        lookup.get("metadataId") in (None, item.metadata_id),
        lookup.get("metadataKey") in (None, item.key),
        lookup.get("metadataValue") in (None, item.value),
        lookup.get("visibility") in (None, item.visibility),
        lookup.get("locationType") in (None, kind),
        sheet_id in (None, item.sheet_id),
    )
    return all(tests)


KINDS = {
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
    "addProtectedRange": add_protected_range,
    "deleteProtectedRange": delete_protected_range,
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "createDeveloperMetadata": create_metadata,
    "updateDeveloperMetadata": update_metadata,
    "deleteDeveloperMetadata": delete_metadata,
}
