"""Legacy Excel files (BIFF), read with xlrd."""

from __future__ import annotations

import contextlib
import io
import struct
from typing import Any

from core.errors import UnreadableFile
from core.model.workbook import Address, Cell, CellError, CellValue, Span, Tab, Visibility
from core.sheets.loading.limits import Budget
from core.sheets.loading.number_formats import from_serial, shows_date

_VISIBILITY: dict[int, Visibility] = {0: "visible", 1: "hidden", 2: "very_hidden"}


def load_tabs(content: bytes, budget: Budget) -> list[Tab]:
    """Read every tab of an xls file; formulas are not kept by the format's reader, their cached values are."""
    import xlrd  # imported here: only legacy files need it
    from xlrd.compdoc import CompDocError

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
            return [_tab(book, sheet, budget) for sheet in book.sheets()]
    except (xlrd.XLRDError, CompDocError, struct.error, AssertionError, IndexError, KeyError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(f"{budget.name} is no readable Excel 97 file.", hint="Save it as xlsx and upload it again.") from error


def _tab(book: Any, sheet: Any, budget: Budget) -> Tab:
    cells: dict[Address, Cell] = {}
    for row in range(sheet.nrows):
        budget.count(sheet.row_len(row))
        for column in range(sheet.row_len(row)):
            cell = _cell(book, sheet.cell(row, column))
            if cell is not None:
                cells[row + 1, column + 1] = cell
    merges = tuple(Span(r1 + 1, c1 + 1, r2, c2) for r1, r2, c1, c2 in sheet.merged_cells)
    hidden_rows = frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
    hidden_columns = frozenset(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden)
    rows, columns = max((r for r, _ in cells), default=0), max((c for _, c in cells), default=0)
    return Tab(sheet.name, cells, rows, columns, _VISIBILITY.get(sheet.visibility, "visible"), merges, hidden_rows, hidden_columns)


def _cell(book: Any, source: Any) -> Cell | None:
    kind, raw = source.ctype, source.value
    style = book.xf_list[source.xf_index]
    pattern = book.format_map[style.format_key].format_str if style.format_key in book.format_map else None
    pattern = None if pattern in (None, "General") else pattern
    fill = _fill(book, style)
    value: CellValue = None
    if kind == 1:
        value = raw or None
    elif kind in (2, 3):
        value = int(raw) if float(raw).is_integer() else float(raw)
        if kind == 3 or shows_date(pattern):
            decoded = from_serial(raw, from_1904=bool(book.datemode))
            value = value if isinstance(decoded, float) else decoded
    elif kind == 4:
        value = bool(raw)
    elif kind == 5:
        from xlrd.biffh import error_text_from_code

        value = CellError(error_text_from_code.get(raw, "#ERR!"))
    if value is None and fill is None:
        return None
    font = book.font_list[style.font_index]
    return Cell(value, None, pattern, None, bool(font.bold), fill, bool(font.struck_out))


def _fill(book: Any, style: Any) -> str | None:
    if style.background.fill_pattern == 0:
        return None
    rgb = book.colour_map.get(style.background.pattern_colour_index)
    return None if rgb in (None, (255, 255, 255)) else "".join(f"{part:02X}" for part in rgb)
