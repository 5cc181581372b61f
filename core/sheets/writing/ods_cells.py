"""Rows and cells of an OpenDocument table as XML elements: found by number, taken apart from those alike, filled.

Source: OASIS OpenDocument 1.3 part 3, 9.1 (tables), 19.384 `office:value`, 19.677 `table:number-columns-repeated`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree

from core.model.changes import Scalar
from core.model.workbook import Address
from core.sheets.calculation import Place
from core.sheets.writing.amounts import text_like

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
ROWS, COLUMNS = f"{{{TABLE}}}number-rows-repeated", f"{{{TABLE}}}number-columns-repeated"
CELLS = (f"{{{TABLE}}}table-cell", f"{{{TABLE}}}covered-table-cell")
_VALUES = ("value", "value-type", "string-value", "boolean-value", "date-value", "time-value", "currency")
_NUMBERS = ("float", "currency", "percentage")


def rows_alone(table: Any, wanted: set[int]) -> dict[int, Any]:
    """Give rows by number, each standing for itself alone."""
    found: dict[int, Any] = {}
    number = 0
    for element in list(table.iter(f"{{{TABLE}}}table-row")):
        repeat = int(element.get(ROWS) or 1)
        inside = sorted(row for row in wanted if number < row <= number + repeat)
        for row in inside:  # what is taken out last is the rest behind it
            taken = split(element, row - number - 1, ROWS)
            found[row] = taken
            following = taken.getnext()
            element, number, repeat = (following, row, number + repeat - row) if row < number + repeat else (taken, row, 0)
        number += repeat
    return found


def split(element: Any, before: int, attribute: str) -> Any:
    """Take one out of elements that stand for several alike: so many before it, it, and the rest behind it; give it."""
    repeat = int(element.get(attribute) or 1)
    taken = element
    if before:
        taken = copy.deepcopy(element)
        _repeat(element, before, attribute)
        element.addnext(taken)
        taken.tail = None
    behind = repeat - before - 1
    if behind:
        rest = copy.deepcopy(taken)
        rest.tail = None
        taken.addnext(rest)
        _repeat(rest, behind, attribute)
    _repeat(taken, 1, attribute)
    return taken


def _repeat(element: Any, count: int, attribute: str) -> None:
    if count > 1:
        element.set(attribute, str(count))
    else:
        element.attrib.pop(attribute, None)


def alone(elements: Sequence[Any], wanted: int, attribute: str, tags: Sequence[str]) -> Any:
    """Give the element of a number, standing for itself alone; None past the last one."""
    number = 0
    for element in elements:
        if element.tag in tags:
            repeat = int(element.get(attribute) or 1)
            if number < wanted <= number + repeat:
                return split(element, wanted - number - 1, attribute)
            number += repeat
    return None


def put(cell: Any, value: Scalar) -> None:
    """Put a raw value into a cell: the value and the text that shows it; style, notes and formula stay."""
    kind, shown = cell.get(f"{{{OFFICE}}}value-type"), "\n".join("".join(one.itertext()) for one in cell.findall(f"{{{TEXT}}}p"))
    stood, currency = cell.get(f"{{{OFFICE}}}value"), cell.get(f"{{{OFFICE}}}currency")
    for name in _VALUES:
        cell.attrib.pop(f"{{{OFFICE}}}{name}", None)
    cell.attrib.pop(f"{{{CALC}}}value-type", None)
    for paragraph in cell.findall(f"{{{TEXT}}}p"):
        cell.remove(paragraph)
    if value is None or value == "":
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        kind = kind if kind in _NUMBERS else "float"
        cell.set(f"{{{OFFICE}}}value-type", kind)
        cell.set(f"{{{OFFICE}}}value", _plain(value))
        if kind == "currency" and currency is not None:
            cell.set(f"{{{OFFICE}}}currency", currency)
        text = _like(shown, stood, value, currency)
    else:
        cell.set(f"{{{OFFICE}}}value-type", "string")
        text = str(value)
    for line in text.split("\n"):
        paragraph = etree.SubElement(cell, f"{{{TEXT}}}p")
        paragraph.text = line


def _plain(value: int | float) -> str:
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def _like(shown: str, stood: str | None, value: int | float, currency: str | None) -> str:
    """Give the text that shows a number the way the cell showed its old one; an office program makes its own from the format anyway."""
    if stood is not None and re.search(r"\d", shown):
        text = text_like(shown, Decimal(stood), Decimal(_plain(value)), currency=currency)
        if text is not None:
            return text
    return _plain(value)


def own(values: Mapping[Place, Any], tab: str) -> dict[Address, Any]:
    """Give what belongs to one tab, by row and column."""
    return {(row, column): value for (name, row, column), value in values.items() if name == tab}
