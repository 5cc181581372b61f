"""OpenDocument spreadsheets: one streaming pass over content.xml, repeats expanded only where something stands in them."""

from __future__ import annotations

import zipfile
from datetime import datetime, time
from typing import Any

from lxml import etree

from core.errors import UnreadableFile
from core.model.workbook import Address, Cell, CellError, CellValue, Span, Tab
from core.sheets.loading.limits import Budget

_MAX_REPEAT = 2000
_CURRENCY_FORMATS = {"EUR": "#,##0.00 [$€]", "USD": "[$$-409]#,##0.00"}


def load_tabs(archive: zipfile.ZipFile, budget: Budget) -> list[Tab]:
    """Read every tab of an ods archive. Raises UnreadableFile when it is damaged, encrypted or beyond the budget."""
    with archive.open("content.xml") as part:
        head = part.read(4096)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise UnreadableFile(f"{budget.name} declares XML entities; it was not opened.", hint="Save it again with LibreOffice.")
    tabs: list[Tab] = []
    hidden = _hidden_styles(archive, budget)
    try:
        with archive.open("content.xml") as part:
            for _, element in etree.iterparse(
                part, events=("end",), tag="{*}table", resolve_entities=False, no_network=True, huge_tree=True
            ):
                if element.getparent() is not None and _tag(element.getparent()) == "spreadsheet":
                    tabs.append(_tab(element, hidden, budget))
                    element.clear()
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"{budget.name} is damaged or protected with a password.", hint="Save it again without a password.") from error
    return tabs


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _get(element: Any, name: str) -> str | None:
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), None)


def _hidden_styles(archive: zipfile.ZipFile, budget: Budget) -> frozenset[str]:
    """Give the names of table styles that do not display."""
    root = etree.fromstring(
        budget.read(archive.open("content.xml")), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    )
    names = set()
    for style in root.iter("{*}style"):
        if any(_get(child, "display") == "false" for child in style):
            names.add(_get(style, "name") or "")
    return frozenset(names)


def _tab(table: Any, hidden: frozenset[str], budget: Budget) -> Tab:
    cells: dict[Address, Cell] = {}
    merges: list[Span] = []
    hidden_rows: set[int] = set()
    row = 0
    for element in table.iter("{*}table-row"):
        repeat = int(_get(element, "number-rows-repeated") or 1)
        found = list(_row(element))
        if found:
            for copy in range(min(repeat, _MAX_REPEAT)):
                for column, cell, span in found:
                    cells[row + copy + 1, column] = cell
                    if span != (1, 1):
                        merges.append(Span(row + copy + 1, column, row + copy + span[0], column + span[1] - 1))
            budget.count(len(found) * min(repeat, _MAX_REPEAT))
        if _get(element, "visibility") in ("collapse", "filter"):
            hidden_rows.update(range(row + 1, row + min(repeat, _MAX_REPEAT) + 1))
        row += repeat
    rows, columns = max((r for r, _ in cells), default=0), max((c for _, c in cells), default=0)
    visibility = "hidden" if (_get(table, "style-name") or "") in hidden else "visible"
    return Tab(
        _get(table, "name") or "",
        cells,
        rows,
        columns,
        "hidden" if visibility == "hidden" else "visible",
        tuple(merges),
        frozenset(hidden_rows),
    )


def _row(element: Any) -> list[tuple[int, Cell, tuple[int, int]]]:
    found: list[tuple[int, Cell, tuple[int, int]]] = []
    column = 0
    for node in element:
        if _tag(node) not in ("table-cell", "covered-table-cell"):
            continue
        repeat = int(_get(node, "number-columns-repeated") or 1)
        value = _value(node)
        formula = _get(node, "formula")
        if value is not None or formula is not None:
            span = (int(_get(node, "number-rows-spanned") or 1), int(_get(node, "number-columns-spanned") or 1))
            currency = _get(node, "currency")
            pattern = (
                _CURRENCY_FORMATS.get(currency, f"[${currency}] #,##0.00")
                if currency
                else "0%"
                if _get(node, "value-type") == "percentage"
                else None
            )
            text = formula.split(":", 1)[-1].replace("[.", "").replace("]", "").replace(":.", ":") if formula else None
            for copy in range(min(repeat, _MAX_REPEAT)):
                found.append((column + copy + 1, Cell(value, text, pattern), span))
        column += repeat
    return found


def _value(node: Any) -> CellValue:
    kind, raw = _get(node, "value-type"), _get(node, "value")
    if kind in ("float", "currency", "percentage") and raw is not None:
        number = float(raw)
        return int(number) if number.is_integer() else number
    if kind == "date":
        moment = datetime.fromisoformat(_get(node, "date-value") or "")
        return moment.date() if moment.time() == time(0) else moment
    if kind == "boolean":
        return _get(node, "boolean-value") == "true"
    if kind == "time":
        return _clock(_get(node, "time-value") or "")
    text = "\n".join("".join(paragraph.itertext()) for paragraph in node if _tag(paragraph) == "p")
    if text.startswith("#") and text.rstrip("!?").isupper():
        return CellError(text)
    return text or None


def _clock(text: str) -> CellValue:
    digits = "".join(char if char.isdigit() else " " for char in text).split()
    return time(int(digits[0]) % 24, int(digits[1]), int(digits[2])) if len(digits) >= 3 else text or None
