"""Between Google's Spreadsheet JSON and our Workbook; pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from core.model.changes import CellState, Scalar
from core.model.workbook import SPILLED, Address, Cell, CellError, CellValue, Span, Tab, Workbook

Json = dict[str, Any]
ROW_KEY = "flightplan_row"
"""Developer metadata key under which a row's identity is kept."""
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheet serials have no zone
_DATES = frozenset({"DATE", "TIME", "DATE_TIME"})
CELL_FIELDS = (
    "userEnteredValue,effectiveValue,formattedValue,effectiveFormat/numberFormat,"
    "userEnteredFormat(backgroundColor,textFormat(bold,strikethrough))"
)
"""Looks as entered, not as effective: Google would send white and not-bold for every cell, twice the answer's size."""
WORKBOOK_FIELDS = (
    "properties(title,locale),sheets(properties(sheetId,title,hidden,sheetType,gridProperties(rowCount,columnCount)),merges,"
    f"data(startRow,startColumn,rowData/values({CELL_FIELDS}),"
    "rowMetadata(hiddenByUser,hiddenByFilter,developerMetadata(metadataId,metadataKey,metadataValue)),columnMetadata/hiddenByUser))"
)


def workbook_of(body: Json, *, revision: str | None) -> Workbook:
    """Read a Spreadsheet resource with grid data."""
    tabs = tuple(_tab(sheet) for sheet in body["sheets"] if sheet["properties"].get("sheetType", "GRID") == "GRID")
    properties = body["properties"]
    return Workbook(properties["title"], "google_sheet", tabs, locale=properties.get("locale"), revision=revision)


def _tab(sheet: Json) -> Tab:
    properties = sheet["properties"]
    grid = properties.get("gridProperties", {})
    cells: dict[Address, Cell] = {}
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    row_ids: dict[int, str] = {}
    for block in sheet.get("data", []):
        top, left = block.get("startRow", 0) + 1, block.get("startColumn", 0) + 1
        cells.update({address: cell for address, data in cell_data(block) if (cell := _cell(data)) != Cell()})
        for row, line in enumerate(block.get("rowMetadata", []), start=top):
            if line.get("hiddenByUser") or line.get("hiddenByFilter"):
                hidden_rows.add(row)
            found = [m for m in line.get("developerMetadata", []) if m.get("metadataKey") == ROW_KEY]
            if found:
                row_ids[row] = min(found, key=lambda m: m["metadataId"])["metadataValue"]
        hidden_columns |= {column for column, line in enumerate(block.get("columnMetadata", []), start=left) if line.get("hiddenByUser")}
    return Tab(
        name=properties["title"],
        cells=cells,
        n_rows=grid.get("rowCount", 0),
        n_columns=grid.get("columnCount", 0),
        visibility="hidden" if properties.get("hidden") else "visible",
        merges=tuple(_span(merge) for merge in sheet.get("merges", [])),
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset(hidden_columns),
        tab_id=properties.get("sheetId", 0),
        row_ids=row_ids,
    )


def cell_data(block: Json) -> Iterator[tuple[Address, Json]]:
    """Yield address and CellData of a GridData block."""
    top, left = block.get("startRow", 0) + 1, block.get("startColumn", 0) + 1
    for row, line in enumerate(block.get("rowData", []), start=top):
        for column, data in enumerate(line.get("values", []), start=left):
            if data:
                yield (row, column), data


def _span(merge: Json) -> Span:
    top, left = merge.get("startRowIndex", 0), merge.get("startColumnIndex", 0)
    return Span(top + 1, left + 1, merge["endRowIndex"], merge["endColumnIndex"])


def _cell(data: Json) -> Cell:
    look = data.get("userEnteredFormat", {})
    number_format = data.get("effectiveFormat", {}).get("numberFormat", {})
    return Cell(
        value=decoded(data.get("effectiveValue", {}), number_format.get("type", ""), data.get("formattedValue")),
        formula=_formula(data),
        number_format=number_format.get("pattern") or _default_pattern(number_format.get("type", "")),
        text=data.get("formattedValue"),
        bold=bool(look.get("textFormat", {}).get("bold")),
        fill=_fill(look.get("backgroundColor")),
        struck=bool(look.get("textFormat", {}).get("strikethrough")),
    )


def _formula(data: Json) -> str | None:
    """Give a cell's formula; a value that nobody entered comes from the array formula of another cell."""
    if data.get("effectiveValue") and "userEnteredValue" not in data:
        return SPILLED
    formula = data.get("userEnteredValue", {}).get("formulaValue")
    return None if formula is None else str(formula)


def _default_pattern(kind: str) -> str | None:
    """Give a pattern where Google names only the kind, so that a reader knows percentages and dates for what they are."""
    return {"PERCENT": "0.00%", "DATE": "yyyy-mm-dd", "DATE_TIME": "yyyy-mm-dd hh:mm:ss", "TIME": "hh:mm:ss", "TEXT": "@"}.get(kind)


def _fill(color: Json | None) -> str | None:
    if color is None:
        return None
    rgb = "".join(f"{round(255 * float(color.get(part, 0))):02X}" for part in ("red", "green", "blue"))
    return None if rgb == "FFFFFF" else rgb


def decoded(value: Json, kind: str, text: str | None) -> CellValue:
    """Give the value of an ExtendedValue; numbers shown as dates become dates."""
    if "numberValue" in value:
        number: int | float = value["numberValue"]
        return _moment(number, kind) if kind in _DATES else number
    if "errorValue" in value:
        return CellError(text or "#ERROR!")
    if "boolValue" in value:
        return bool(value["boolValue"])
    found = value.get("stringValue")
    return None if found is None else str(found)


def _moment(serial: int | float, kind: str) -> CellValue:
    """Decode days since 30 December 1899; a number out of the calendar's range stays one."""
    try:
        moment = _EPOCH + timedelta(seconds=round(serial * 86400))
    except OverflowError:
        return serial
    if kind == "TIME" and 0 <= serial < 1:
        return moment.time()
    return moment.date() if kind == "DATE" and moment.time() == time() else moment


def state_of(data: Json) -> CellState:
    """Give a cell as Sheets holds it: raw value (dates as serial numbers), formula, number format."""
    value = data.get("effectiveValue", {})
    if "errorValue" in value:
        raw: Scalar = data.get("formattedValue") or "#ERROR!"
    else:
        raw = next((value[name] for name in ("numberValue", "boolValue", "stringValue") if name in value), None)
    number_format = data.get("effectiveFormat", {}).get("numberFormat", {})
    return CellState(raw, _formula(data), number_format.get("pattern") or _default_pattern(number_format.get("type", "")))


# --- our workbook into a new spreadsheet -------------------------------------------------------------------------------------------


def new_spreadsheet(workbook: Workbook) -> Json:
    """Give the body of spreadsheets.create with values, formulas, formats, merges and hidden state."""
    properties = {"title": workbook.name} | ({"locale": workbook.locale} if workbook.locale else {})
    return {"properties": properties, "sheets": [_new_sheet(tab, sheet_id) for sheet_id, tab in enumerate(workbook.tabs)]}


def _new_sheet(tab: Tab, sheet_id: int) -> Json:
    n_rows = max(tab.n_rows, 1, *(row for row, _ in tab.cells)) if tab.cells else max(tab.n_rows, 1)
    n_columns = max(tab.n_columns, 1, *(column for _, column in tab.cells)) if tab.cells else max(tab.n_columns, 1)
    rows: list[Json] = [{"values": [{} for _ in range(n_columns)]} for _ in range(max((row for row, _ in tab.cells), default=0))]
    for (row, column), cell in tab.cells.items():
        rows[row - 1]["values"][column - 1] = _new_cell(cell)
    properties: Json = {"sheetId": sheet_id, "title": tab.name, "gridProperties": {"rowCount": n_rows, "columnCount": n_columns}}
    if tab.visibility != "visible":
        properties["hidden"] = True
    block: Json = {"startRow": 0, "startColumn": 0, "rowData": rows}
    if tab.hidden_rows:
        block["rowMetadata"] = [{"hiddenByUser": row in tab.hidden_rows} for row in range(1, max(tab.hidden_rows) + 1)]
    if tab.hidden_columns:
        block["columnMetadata"] = [{"hiddenByUser": column in tab.hidden_columns} for column in range(1, max(tab.hidden_columns) + 1)]
    return {"properties": properties, "data": [block], "merges": [_merge(span, sheet_id) for span in tab.merges]}


def _merge(span: Span, sheet_id: int) -> Json:
    rows = {"startRowIndex": span.top - 1, "endRowIndex": span.bottom}
    return {"sheetId": sheet_id, **rows, "startColumnIndex": span.left - 1, "endColumnIndex": span.right}


def _new_cell(cell: Cell) -> Json:
    value, kind = _entered(cell.value)
    body: Json = {"userEnteredValue": {"formulaValue": cell.formula} if cell.formula else value} if cell.formula or value else {}
    look: Json = {}
    if cell.number_format or kind:
        look["numberFormat"] = _number_format(cell.number_format, kind)
    if cell.bold or cell.struck:
        look["textFormat"] = {name: True for name, on in (("bold", cell.bold), ("strikethrough", cell.struck)) if on}
    if cell.fill:
        look["backgroundColor"] = {part: int(cell.fill[i : i + 2], 16) / 255 for part, i in (("red", 0), ("green", 2), ("blue", 4))}
    return body | {"userEnteredFormat": look} if look else body


def _number_format(pattern: str | None, kind: str) -> Json:
    if pattern is None:
        return {"type": kind}
    guessed = "PERCENT" if "%" in pattern else "TEXT" if pattern == "@" else "NUMBER"
    return {"type": kind or guessed, "pattern": pattern}


def _entered(value: CellValue) -> tuple[Json, str]:
    """Give an ExtendedValue and the kind of number format it needs."""
    if value is None:
        return {}, ""
    if isinstance(value, bool):
        return {"boolValue": value}, ""
    if isinstance(value, datetime):
        return {"numberValue": (value.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)}, "DATE_TIME"
    if isinstance(value, date):
        return {"numberValue": (value - _EPOCH.date()).days}, "DATE"
    if isinstance(value, time):
        return {"numberValue": (value.hour * 3600 + value.minute * 60 + value.second) / 86400}, "TIME"
    if isinstance(value, CellError):
        return {"stringValue": value.text}, ""
    return ({"stringValue": value} if isinstance(value, str) else {"numberValue": value}), ""


def quoted_range(tab: str, cell: str) -> str:
    """Give `'Tab'!B7` with the tab's quotes doubled."""
    return "'" + tab.replace("'", "''") + "'!" + cell
