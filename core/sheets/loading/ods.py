"""OpenDocument spreadsheets: one streaming pass over content.xml, repeats expanded only where something stands in them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from lxml import etree

from core.errors import UnreadableFile
from core.model.workbook import Address, Cell, CellError, CellValue, Span, Tab
from core.sheets.loading.limits import Budget
from core.sheets.loading.ods_styles import CellStyle, Styles, excel_formula, get
from core.sheets.loading.xlsx_parts import read_tree, refuse_entities, tag_of

_MAX_REPEAT = 2000
_MAX_FILLED = 400
"""Beyond so many equal empty cells a fill is a background, not the bar of a flight."""
_CURRENCY_FORMATS = {"EUR": "#,##0.00 [$€]", "USD": "[$$-409]#,##0.00"}
_PLAIN = CellStyle()


def load_tabs(archive: zipfile.ZipFile, budget: Budget) -> list[Tab]:
    """Read every tab of an ods archive. Raises UnreadableFile when it is damaged, encrypted or beyond the budget."""
    with archive.open("content.xml") as part:
        refuse_entities(part.read(4096), budget)
    tabs: list[Tab] = []
    try:
        styles = _document_styles(archive, budget)
        with archive.open("content.xml") as part:
            events = etree.iterparse(
                part, events=("end",), tag=("{*}automatic-styles", "{*}table"), resolve_entities=False, no_network=True, huge_tree=True
            )
            for _, element in events:
                if tag_of(element) == "automatic-styles":
                    styles.learn(element)
                elif element.getparent() is not None and tag_of(element.getparent()) == "spreadsheet":
                    tabs.append(_tab(element, styles, budget))
                    element.clear()
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"{budget.name} is damaged or protected with a password.", hint="Save it again without a password.") from error
    return tabs


def _document_styles(archive: zipfile.ZipFile, budget: Budget) -> Styles:
    """Give the styles that the document shares; those of content.xml come on top."""
    styles = Styles({}, set(), {})
    if "styles.xml" in archive.namelist():
        for child in read_tree(archive, "styles.xml", budget):
            if tag_of(child) in ("styles", "automatic-styles"):
                styles.learn(child)
    return styles


def _tab(table: Any, styles: Styles, budget: Budget) -> Tab:
    cells: dict[Address, Cell] = {}
    merges: list[Span] = []
    hidden_rows: set[int] = set()
    arrays: list[tuple[Span, str]] = []
    defaults, hidden_columns = _columns(table)
    row = 0
    for element in table.iter("{*}table-row"):
        repeat = int(get(element, "number-rows-repeated") or 1)
        found = list(_row(element, styles, defaults))
        arrays += _arrays(element, row + 1)
        if found and not (repeat > _MAX_FILLED and all(cell.value is None and cell.formula is None for _, cell, _ in found)):
            for copy in range(min(repeat, _MAX_REPEAT)):
                for column, cell, span in found:
                    cells[row + copy + 1, column] = cell
                    if span != (1, 1):
                        merges.append(Span(row + copy + 1, column, row + copy + span[0], column + span[1] - 1))
            budget.count(len(found) * min(repeat, _MAX_REPEAT))
        if get(element, "visibility") in ("collapse", "filter"):
            hidden_rows.update(range(row + 1, row + min(repeat, _MAX_REPEAT) + 1))
        row += repeat
    for area, formula in arrays:
        inside = [(at, cell) for at, cell in cells.items() if area.top <= at[0] <= area.bottom and area.left <= at[1] <= area.right]
        cells.update({at: cell._replace(formula=formula) for at, cell in inside if cell.formula is None and cell.value is not None})
    rows, columns = max((r for r, _ in cells), default=0), max((c for _, c in cells), default=0)
    hidden = (get(table, "style-name") or "") in styles.hidden
    return Tab(
        get(table, "name") or "",
        cells,
        rows,
        columns,
        "hidden" if hidden else "visible",
        tuple(merges),
        frozenset(hidden_rows),
        frozenset(column for column in hidden_columns if column <= columns),
    )


def _arrays(element: Any, row: int) -> Iterator[tuple[Span, str]]:
    """Yield the areas that array formulas of a row fill, each with its formula."""
    column = 1
    for node in element:
        if tag_of(node) in ("table-cell", "covered-table-cell"):
            down, across = get(node, "number-matrix-rows-spanned"), get(node, "number-matrix-columns-spanned")
            if down is not None or across is not None:
                area = Span(row, column, row + int(down or 1) - 1, column + int(across or 1) - 1)
                yield area, excel_formula(get(node, "formula") or "")
            column += int(get(node, "number-columns-repeated") or 1)


def _columns(table: Any) -> tuple[list[str], set[int]]:
    """Give the default cell style of each column, and the hidden columns (from 1)."""
    names: list[str] = []
    hidden: set[int] = set()
    for element in table.iter("{*}table-column"):
        repeat = min(int(get(element, "number-columns-repeated") or 1), _MAX_REPEAT)
        if get(element, "visibility") in ("collapse", "filter"):
            hidden.update(range(len(names) + 1, len(names) + repeat + 1))
        names += [get(element, "default-cell-style-name") or ""] * repeat
    return names, hidden


def _row(element: Any, styles: Styles, defaults: list[str]) -> Iterator[tuple[int, Cell, tuple[int, int]]]:
    of_row = get(element, "default-cell-style-name")
    column = 0
    for node in element:
        if tag_of(node) not in ("table-cell", "covered-table-cell"):
            continue
        repeat = int(get(node, "number-columns-repeated") or 1)
        name = get(node, "style-name") or of_row or (defaults[column] if column < len(defaults) else "")
        cell = _cell(node, styles.cells.get(name, _PLAIN))
        empty = cell.value is None and cell.formula is None
        if not empty or (cell.fill is not None and repeat <= _MAX_FILLED and tag_of(node) == "table-cell"):
            span = (int(get(node, "number-rows-spanned") or 1), int(get(node, "number-columns-spanned") or 1))
            for copy in range(min(repeat, _MAX_REPEAT)):
                yield column + copy + 1, cell, span
        column += repeat


def _cell(node: Any, style: CellStyle) -> Cell:
    formula, pattern = get(node, "formula"), style.number_format
    currency = get(node, "currency")
    if currency and not (pattern and "[$" in pattern):
        pattern = _CURRENCY_FORMATS.get(currency, f"[${currency}] #,##0.00")
    elif pattern is None and get(node, "value-type") == "percentage":
        pattern = "0%"
    return Cell(_value(node), excel_formula(formula) if formula else None, pattern, None, style.bold, style.fill, style.struck)


def _value(node: Any) -> CellValue:
    kind, raw = get(node, "value-type"), get(node, "value")
    if kind in ("float", "currency", "percentage") and raw is not None:
        number = float(raw)
        return int(number) if number.is_integer() else number
    if kind == "date":
        moment = datetime.fromisoformat(get(node, "date-value") or "")
        return moment.date() if moment.time() == time(0) else moment
    if kind == "boolean":
        return get(node, "boolean-value") == "true"
    if kind == "time":
        return _clock(get(node, "time-value") or "")
    text = "\n".join("".join(paragraph.itertext()) for paragraph in node if tag_of(paragraph) == "p")
    if text.startswith("#") and text.rstrip("!?").isupper():
        return CellError(text)
    return text or None


def _clock(text: str) -> CellValue:
    digits = "".join(char if char.isdigit() else " " for char in text).split()
    return time(int(digits[0]) % 24, int(digits[1]), int(digits[2])) if len(digits) >= 3 else text or None
