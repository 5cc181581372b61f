"""Requests about what cells hold and how they look: fill, copy, cut, sort, merge, validate."""

from __future__ import annotations

from connectors.sandbox.masks import Mask
from connectors.sandbox.sheets.batch.fields import colored, required_mask, updated, without_nulls
from connectors.sandbox.sheets.document import Cell, Sheet, Value
from connectors.sandbox.sheets.editing import Editor, translated
from connectors.sandbox.sheets.entry import Entry
from connectors.sandbox.sheets.ranges import grid_range
from connectors.sandbox.wire import Json, invalid
from core.model.workbook import Address, CellError, Span


def set_cell(editor: Editor, sheet: Sheet, address: Address, data: Json, mask: Mask) -> None:
    """Take over the masked parts of a CellData."""
    cell = sheet.cell(address)
    everything = "*" in mask
    if everything or "userEnteredValue" in mask:
        editor.put(sheet, address, _entry(data.get("userEnteredValue") or {}))
        cell = sheet.cell(address)
    if everything or "userEnteredFormat" in mask:
        style = data.get("userEnteredFormat") or {}
        cell.format = colored(updated(cell.format, style, {} if everything else mask["userEnteredFormat"]))
    if everything or "note" in mask:
        cell.note = data.get("note") or None
    if everything or "dataValidation" in mask:
        cell.validation = without_nulls(data["dataValidation"]) if data.get("dataValidation") else None
    editor.touch(sheet, address)


def _entry(value: Json) -> Entry:
    if "formulaValue" in value:
        return Entry(None, formula=value["formulaValue"])
    for name in ("numberValue", "stringValue", "boolValue"):
        if name in value:
            return Entry(value[name] if value[name] != "" else None)
    return Entry(None)


def update_cells(editor: Editor, body: Json) -> Json:
    mask = required_mask(body)
    if "range" in body:
        area = grid_range(editor.document, body["range"])
        sheet, span = area.sheet, area.span
    else:
        start = body["start"]
        sheet = editor.document.sheet(start.get("sheetId", 0))
        top, left = start.get("rowIndex", 0) + 1, start.get("columnIndex", 0) + 1
        rows = body.get("rows") or []
        width = max((len(row.get("values") or []) for row in rows), default=0)
        span = Span(top, left, top + len(rows) - 1, left + width - 1)
        sheet.grow(span.bottom, span.right)
    rows = body.get("rows") or []
    for row in range(span.top, span.bottom + 1):
        line = (rows[row - span.top].get("values") or []) if row - span.top < len(rows) else []
        for column in range(span.left, span.right + 1):
            data = line[column - span.left] if column - span.left < len(line) else {}
            if data or (row, column) in sheet.cells:
                set_cell(editor, sheet, (row, column), data, mask)
    return {}


def append_cells(editor: Editor, body: Json) -> Json:
    sheet = editor.document.sheet(body.get("sheetId", 0))
    start = {"sheetId": sheet.sheet_id, "rowIndex": sheet.last_row(), "columnIndex": 0}
    return update_cells(editor, {"start": start, "rows": body["rows"], "fields": body.get("fields")})


def repeat_cell(editor: Editor, body: Json) -> Json:
    area, mask = grid_range(editor.document, body["range"]), required_mask(body)
    for address in _addresses(area.span):
        set_cell(editor, area.sheet, address, body.get("cell") or {}, mask)
    return {}


def _addresses(span: Span) -> list[Address]:
    return [(row, column) for row in range(span.top, span.bottom + 1) for column in range(span.left, span.right + 1)]


def set_validation(editor: Editor, body: Json) -> Json:
    area = grid_range(editor.document, body["range"])
    rule = body.get("rule")
    for address in _addresses(area.span):
        set_cell(editor, area.sheet, address, {"dataValidation": rule}, {"dataValidation": {}})
    return {}


def update_borders(editor: Editor, body: Json) -> Json:
    area = grid_range(editor.document, body["range"])
    borders = {side: body[side] for side in ("top", "bottom", "left", "right") if side in body}
    for address in _addresses(area.span):
        set_cell(editor, area.sheet, address, {"userEnteredFormat": {"borders": borders}}, {"userEnteredFormat": {"borders": {}}})
    return {}


def merge_cells(editor: Editor, body: Json) -> Json:
    area, kind = grid_range(editor.document, body["range"]), body.get("mergeType", "MERGE_ALL")
    sheet, span = area.sheet, area.span
    if any(_touch(merge, span) and not _covers(span, merge) for merge in sheet.merges):
        raise invalid("You must select all cells in a merged range to merge or unmerge them.")
    sheet.merges = [merge for merge in sheet.merges if not _covers(span, merge)]
    parts = [span]
    if kind == "MERGE_ROWS":
        parts = [Span(row, span.left, row, span.right) for row in range(span.top, span.bottom + 1)]
    elif kind == "MERGE_COLUMNS":
        parts = [Span(span.top, column, span.bottom, column) for column in range(span.left, span.right + 1)]
    for part in parts:
        if (part.top, part.left) != (part.bottom, part.right):
            sheet.merges.append(part)
            _keep_first(editor, sheet, part)
    return {}


def _keep_first(editor: Editor, sheet: Sheet, span: Span) -> None:
    """Merging keeps the first value found and empties the rest."""
    filled = [address for address in _addresses(span) if address in sheet.cells and not sheet.cells[address].is_blank]
    if not filled:
        return
    anchor = (span.top, span.left)
    if filled[0] != anchor:
        editor.put(sheet, anchor, Entry(sheet.cells[filled[0]].value, sheet.cells[filled[0]].formula))
    for address in filled:
        if address != anchor:
            editor.put(sheet, address, Entry(None))


def unmerge_cells(editor: Editor, body: Json) -> Json:
    area = grid_range(editor.document, body["range"])
    if any(_touch(merge, area.span) and not _covers(area.span, merge) for merge in area.sheet.merges):
        raise invalid("You must select all cells in a merged range to merge or unmerge them.")
    area.sheet.merges = [merge for merge in area.sheet.merges if not _covers(area.span, merge)]
    return {}


def _touch(a: Span, b: Span) -> bool:
    return a.top <= b.bottom and b.top <= a.bottom and a.left <= b.right and b.left <= a.right


def _covers(outer: Span, inner: Span) -> bool:
    return outer.holds(inner.top, inner.left) and outer.holds(inner.bottom, inner.right)


def sort_range(editor: Editor, body: Json) -> Json:
    """Sort rows: numbers, then texts, then truth values, blanks last whichever the order."""
    area = grid_range(editor.document, body["range"])
    sheet, span = area.sheet, area.span
    rows = list(range(span.top, span.bottom + 1))
    for spec in reversed(body.get("sortSpecs") or []):
        column = spec.get("dimensionIndex", 0) + 1
        values = {row: _value(sheet, row, column) for row in rows}
        filled = [row for row in rows if values[row] is not None]
        filled.sort(key=lambda row: _sort_key(values[row]), reverse=spec.get("sortOrder") == "DESCENDING")
        rows = filled + [row for row in rows if values[row] is None]
    columns = range(span.left, span.right + 1)
    old = {(row, column): sheet.cells.get((row, column)) for row in rows for column in columns}
    for to, source in zip(range(span.top, span.bottom + 1), rows, strict=True):
        for column in columns:
            cell = old[source, column]
            editor.place(sheet, (to, column), None if cell is None else translated(cell, to - source, 0))
    return {}


def _value(sheet: Sheet, row: int, column: int) -> Value:
    cell = sheet.cells.get((row, column))
    return None if cell is None else cell.value


def _sort_key(value: Value) -> tuple[int, float, str]:
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, (value.text if isinstance(value, CellError) else str(value)).casefold()


def copy_paste(editor: Editor, body: Json) -> Json:
    source, target = grid_range(editor.document, body["source"]), grid_range(editor.document, body["destination"])
    kind = body.get("pasteType", "PASTE_NORMAL")
    height, width = source.span.bottom - source.span.top + 1, source.span.right - source.span.left + 1
    old = {address: source.sheet.cells.get(address) for address in _addresses(source.span)}
    bottom, right = max(target.span.bottom, target.span.top + height - 1), max(target.span.right, target.span.left + width - 1)
    for row, column in _addresses(Span(target.span.top, target.span.left, bottom, right)):
        place = (source.span.top + (row - target.span.top) % height, source.span.left + (column - target.span.left) % width)
        copied = translated(old[place] or Cell(), row - place[0], column - place[1])
        pasted = _pasted(target.sheet.cells.get((row, column), Cell()), copied, kind)
        editor.place(target.sheet, (row, column), None if pasted.is_bare else pasted)
    return {}


def _pasted(old: Cell, copied: Cell, kind: str) -> Cell:
    """Give what a cell becomes when another is pasted over it."""
    if kind == "PASTE_VALUES":
        return Cell(copied.value, None, old.format, old.note, old.validation)
    if kind == "PASTE_FORMAT":
        return Cell(old.value, old.formula, copied.format, old.note, old.validation)
    if kind == "PASTE_FORMULA":
        return Cell(copied.value, copied.formula, old.format, old.note, old.validation)
    if kind == "PASTE_DATA_VALIDATION":
        return Cell(old.value, old.formula, old.format, old.note, copied.validation)
    if kind == "PASTE_CONDITIONAL_FORMATTING":  # the sandbox keeps no rules
        return old
    return copied


def cut_paste(editor: Editor, body: Json) -> Json:
    source, to = grid_range(editor.document, body["source"]), body["destination"]
    sheet = editor.document.sheet(to.get("sheetId", 0))
    rows, columns = to.get("rowIndex", 0) + 1 - source.span.top, to.get("columnIndex", 0) + 1 - source.span.left
    old = {address: source.sheet.cells.pop(address, None) for address in _addresses(source.span)}
    for (row, column), cell in old.items():
        editor.place(sheet, (row + rows, column + columns), cell)
        editor.touch(source.sheet, (row, column))
    return {}


def find_replace(editor: Editor, body: Json) -> Json:
    """Replace text in plain text cells (whole spreadsheet or one tab)."""
    sheets = editor.document.sheets if body.get("allSheets") else [editor.document.sheet(body.get("sheetId", 0))]
    count = 0
    for sheet in sheets:
        for address, cell in list(sheet.cells.items()):
            if isinstance(cell.value, str) and cell.formula is None and body["find"] in cell.value:
                count += cell.value.count(body["find"])
                editor.put(sheet, address, Entry(cell.value.replace(body["find"], body.get("replacement", ""))))
    return {"findReplace": {"occurrencesChanged": count} if count else {}}


KINDS = {
    "updateCells": update_cells,
    "appendCells": append_cells,
    "repeatCell": repeat_cell,
    "setDataValidation": set_validation,
    "updateBorders": update_borders,
    "mergeCells": merge_cells,
    "unmergeCells": unmerge_cells,
    "sortRange": sort_range,
    "copyPaste": copy_paste,
    "cutPaste": cut_paste,
    "findReplace": find_replace,
}
