"""Excel files into documents, cell by cell, and documents into Excel files with cached values."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zipfile import BadZipFile

from connectors.sandbox.formulas.evaluation import recalculate
from connectors.sandbox.sheets.batch.fields import stored
from connectors.sandbox.sheets.display import is_date_pattern
from connectors.sandbox.sheets.document import PLAIN, Cell, Document, Sheet, Value
from connectors.sandbox.sheets.entry import serial
from connectors.sandbox.wire import ApiError, Json
from core.model.workbook import CellError, Span, column_letters

_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


def document_of_xlsx(name: str, content: bytes, *, locale: str = "en_US") -> Document:
    """Load a workbook: values, formulas with their cached results, formats, merges, hidden tabs, rows and columns.

    Raises:
        ApiError: 400 where it is no xlsx file.
    """
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it leaves out: validation and conditional formats
        try:
            formulas = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
            cached = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
        except (BadZipFile, KeyError, ValueError) as error:
            raise ApiError(400, "Bad Request", reason="badRequest") from error
    document = Document("", name, locale)
    lacks_cache = False
    for position, source in enumerate(formulas.worksheets):
        sheet = Sheet(0 if position == 0 else document.number(), source.title)
        lacks_cache = _load_sheet(source, cached[source.title], sheet) or lacks_cache
        document.sheets.append(sheet)
    if lacks_cache:
        recalculate(document, "all")
    return document


def _load_sheet(source: Any, cached: Any, sheet: Sheet) -> bool:
    """Load one worksheet; gives whether a formula came without its result."""
    formats: dict[int, Mapping[str, Any]] = {}
    lacks_cache = False
    for row in source.iter_rows():
        for entered in row:
            if entered.value is None and not entered.has_style:
                continue
            if entered.style_id not in formats:
                formats[entered.style_id] = _format(entered)
            cell = _cell(entered, cached, formats[entered.style_id])
            if not cell.is_bare:
                sheet.cells[entered.row, entered.column] = cell
            lacks_cache = lacks_cache or (cell.formula is not None and cell.value is None)
    sheet.n_rows, sheet.n_columns = max(1000, source.max_row), max(26, source.max_column)
    sheet.merges = [Span(m.min_row, m.min_col, m.max_row, m.max_col) for m in source.merged_cells.ranges]
    if source.sheet_state != "visible":
        sheet.properties["hidden"] = True
    sheet.rows.properties = {n: {"hiddenByUser": True} for n, d in source.row_dimensions.items() if d.hidden}
    for dimension in source.column_dimensions.values():
        for number in range(dimension.min or 1, min(dimension.max or 0, sheet.n_columns) + 1):
            if dimension.hidden:
                sheet.columns.properties[number] = {"hiddenByUser": True}
            elif dimension.width and dimension.customWidth:
                sheet.columns.properties[number] = {"pixelSize": round(dimension.width * 7 + 5)}
    if source.freeze_panes:
        frozen = {"frozenRowCount": source.freeze_panes_row, "frozenColumnCount": 0} if hasattr(source, "freeze_panes_row") else {}
        sheet.grid_properties |= frozen
    return lacks_cache


def _cell(entered: Any, cached: Any, style: Mapping[str, Any]) -> Cell:
    raw = entered.value
    note = entered.comment.text if entered.comment else None
    if entered.data_type == "f":
        text = raw if isinstance(raw, str) else getattr(raw, "text", None) or ""
        formula = text if text.startswith("=") else f"={text}"
        return Cell(_value(cached.cell(entered.row, entered.column).value), formula, style, note)
    return Cell(_value(raw), None, style, note)


def _value(raw: object) -> Value:
    if isinstance(raw, bool) or raw is None:
        return raw
    if isinstance(raw, datetime | date | time):
        return serial(raw)
    if isinstance(raw, str):
        return CellError(raw) if raw in _ERRORS else raw
    if isinstance(raw, int | float):
        return int(raw) if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15 else raw
    return str(raw)


def _format(cell: Any) -> Mapping[str, Any]:
    """Give a CellFormat of the style: number format, bold, background."""
    style: Json = {}
    pattern = cell.number_format
    if pattern and pattern != "General":
        style["numberFormat"] = {"type": _pattern_type(pattern), "pattern": pattern}
    if cell.font is not None and (cell.font.b or cell.font.i or cell.font.strike):
        style["textFormat"] = {
            name: True for name, on in (("bold", cell.font.b), ("italic", cell.font.i), ("strikethrough", cell.font.strike)) if on
        }
    fill = cell.fill
    if fill is not None and fill.fill_type == "solid" and isinstance(fill.start_color.rgb, str) and len(fill.start_color.rgb) == 8:
        style["backgroundColor"] = color_json(fill.start_color.rgb[2:])
        style["backgroundColorStyle"] = {"rgbColor": style["backgroundColor"]}
    if cell.alignment is not None and cell.alignment.horizontal in ("left", "center", "right"):
        style["horizontalAlignment"] = cell.alignment.horizontal.upper()
    return style or PLAIN


def _pattern_type(pattern: str) -> str:
    if pattern == "@":
        return "TEXT"
    if is_date_pattern(pattern):
        has_time = re.search(r"[hs]", pattern, re.I) is not None
        has_day = re.search(r"[yd]", pattern, re.I) is not None
        return "DATE_TIME" if has_time and has_day else "TIME" if has_time else "DATE"
    if "%" in pattern:
        return "PERCENT"
    return "CURRENCY" if re.search(r"\[\$[^\]-]+|[$€£¥]", pattern) else "NUMBER"


def color_json(rgb: str) -> Json:
    """Give Google's Color of RRGGBB; parts that are zero are left out."""
    return stored({name: int(rgb[i : i + 2], 16) / 255 for name, i in (("red", 0), ("green", 2), ("blue", 4))})


def rgb_of(color: Mapping[str, float]) -> str:
    """Give RRGGBB of Google's Color."""
    return "".join(f"{round(255 * color.get(name, 0)):02X}" for name in ("red", "green", "blue"))


def xlsx_of_document(document: Document) -> bytes:
    """Write a document as xlsx: formulas with their cached results, number formats, merges, hidden state."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC), "author": "Flightplan sandbox"})  # the same bytes each time
    styles: dict[str, Any] = {}
    for sheet in document.sheets:
        target = book.add_worksheet(sheet.title[:31])
        for merge in sheet.merges:
            target.merge_range(merge.top - 1, merge.left - 1, merge.bottom - 1, merge.right - 1, "")
        for (row, column), cell in sheet.cells.items():
            key = repr(sorted(cell.format.items(), key=str))
            if key not in styles:
                styles[key] = book.add_format(_xlsx_format(cell.format))
            _write_cell(target, (row, column), cell, styles[key])
        for number in sheet.rows.hidden():
            target.set_row(number - 1, None, None, {"hidden": True})
        for number in sheet.columns.hidden():
            target.set_column(f"{column_letters(number)}:{column_letters(number)}", None, None, {"hidden": True})
        if sheet.properties.get("hidden"):
            target.hide()
    book.close()
    return buffer.getvalue()


def _xlsx_format(style: Mapping[str, Any]) -> Json:
    out: Json = {}
    if "numberFormat" in style:
        out["num_format"] = style["numberFormat"].get("pattern") or "General"
    out |= {name: True for name in ("bold", "italic") if style.get("textFormat", {}).get(name)}
    if style.get("textFormat", {}).get("strikethrough"):
        out["font_strikeout"] = True
    if "backgroundColor" in style:
        out["bg_color"] = "#" + rgb_of(style["backgroundColor"])
    return out


def _write_cell(target: Any, address: tuple[int, int], cell: Cell, style: Any) -> None:
    row, column = address[0] - 1, address[1] - 1
    value = cell.value.text if isinstance(cell.value, CellError) else cell.value
    if cell.formula is not None:
        target.write_formula(row, column, cell.formula, style, "" if value is None else value)
    elif value is None:
        target.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        target.write_boolean(row, column, value, style)
    elif isinstance(value, str):
        target.write_string(row, column, value, style)
    else:
        target.write_number(row, column, value, style)
