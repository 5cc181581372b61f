"""Changes cell values inside an OpenDocument spreadsheet and nothing else: cells that stand for many alike are taken apart first.

Source: OASIS OpenDocument 1.3 part 3, 9.1 (tables), 19.384 `office:value`, 19.677 `table:number-columns-repeated`.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree

from core.errors import InvalidInput, UnreadableFile
from core.model.changes import Scalar
from core.model.workbook import Address, Workbook, a1, parse_a1
from core.sheets.calculation import Place
from core.sheets.functions import Value
from core.sheets.loading import load_workbook
from core.sheets.writing.amounts import text_like
from core.sheets.writing.drift import PlacedEdit, apply_edits
from core.sheets.writing.row_drift import hashes_of
from core.sheets.writing.xlsx import formulas_following

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_ROWS, _COLUMNS = f"{{{_TABLE}}}number-rows-repeated", f"{{{_TABLE}}}number-columns-repeated"
_CELLS = (f"{{{_TABLE}}}table-cell", f"{{{_TABLE}}}covered-table-cell")
_VALUES = ("value", "value-type", "string-value", "boolean-value", "date-value", "time-value", "currency")
_NUMBERS = ("float", "currency", "percentage")


def patch_ods(content: bytes, name: str, workbook: Workbook, placed: Sequence[PlacedEdit]) -> bytes:
    """Give the file with the edits in it.

    Args:
        workbook: the same file as read, for what follows from the edits.
    Raises:
        InvalidInput: a target holds a formula, or the file would not read as it was meant to; nothing is returned.
    """
    changes: dict[Place, Scalar] = {(one.tab, *parse_a1(one.cell)): one.edit.after.value for one in placed}
    following = formulas_following(workbook, changes)
    root = etree.fromstring(_part(content), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    tables = {table.get(f"{{{_TABLE}}}name"): table for table in root.iter(f"{{{_TABLE}}}table")}
    for tab in {place[0] for place in (*changes, *following)}:
        if tab not in tables:
            raise InvalidInput(f"The file has no sheet named {tab!r}.")
        _patch_table(tables[tab], _own(changes, tab), _own(following, tab))
    made = _packed(content, bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")))
    tabs = [tab.name for tab in workbook.tabs]
    if hashes_of(load_workbook(name, made), tabs) != hashes_of(apply_edits(workbook, placed), tabs):
        raise InvalidInput(f"{name} could not be changed exactly; nothing was written.", hint="Save it as .xlsx and plan from that.")
    return made


def ods_losses(content: bytes) -> tuple[str, ...]:
    """Say what a patched file cannot keep as it is; empty for most files."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        is_signed = any("documentsignatures" in name for name in package.namelist())
        has_pivots = b"<table:data-pilot-table " in package.read("content.xml")
    found = ["The file is digitally signed: its signature no longer holds once an amount changes."] if is_signed else []
    return tuple(found + (["Pivot tables show the new amounts after Refresh."] if has_pivots else []))


def _part(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            xml = package.read("content.xml")
    except (zipfile.BadZipFile, KeyError) as error:
        raise UnreadableFile("This is not an OpenDocument file.") from error
    if b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml[:4096]:
        raise UnreadableFile("The file declares XML entities; it was not opened.")
    return xml


def _packed(content: bytes, xml: bytes) -> bytes:
    """Pack the file again: the same parts in the same order, the type of the file first and not compressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for info in old.infolist():
            data = xml if info.filename == "content.xml" else old.read(info)
            new.writestr(info, data, compress_type=info.compress_type)
    return packed.getvalue()


def _own(values: Mapping[Place, Any], tab: str) -> dict[Address, Any]:
    return {(row, column): value for (name, row, column), value in values.items() if name == tab}


def _patch_table(table: Any, changes: Mapping[Address, Scalar], cached: Mapping[Address, Value | None]) -> None:
    rows = _rows_alone(table, {row for row, _ in (*changes, *cached)})
    for (row, column), value in changes.items():
        cell = _alone(list(rows[row]), column, _COLUMNS, _CELLS) if row in rows else None
        if cell is None:
            raise InvalidInput(f"{a1(row, column)} is not in the file.")
        if cell.get(f"{{{_TABLE}}}formula") is not None:
            raise InvalidInput(f"{a1(row, column)} holds a formula and is not written over.")
        _put(cell, value)
    for (row, column), number in cached.items():
        cell = _alone(list(rows[row]), column, _COLUMNS, _CELLS) if row in rows else None
        if cell is not None and cell.get(f"{{{_TABLE}}}formula") is not None:
            _put(cell, number if isinstance(number, float) and not isinstance(number, bool) else None)


def _rows_alone(table: Any, wanted: set[int]) -> dict[int, Any]:
    """Give rows by number, each standing for itself alone."""
    found: dict[int, Any] = {}
    number = 0
    for element in list(table.iter(f"{{{_TABLE}}}table-row")):
        repeat = int(element.get(_ROWS) or 1)
        inside = sorted(row for row in wanted if number < row <= number + repeat)
        for row in inside:  # what is taken out last is the rest behind it
            taken = _split(element, row - number - 1, _ROWS)
            found[row] = taken
            following = taken.getnext()
            element, number, repeat = (following, row, number + repeat - row) if row < number + repeat else (taken, row, 0)
        number += repeat
    return found


def _split(element: Any, before: int, attribute: str) -> Any:
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


def _alone(elements: Sequence[Any], wanted: int, attribute: str, tags: Sequence[str]) -> Any:
    """Give the element of a number, standing for itself alone; None past the last one."""
    number = 0
    for element in elements:
        if element.tag in tags:
            repeat = int(element.get(attribute) or 1)
            if number < wanted <= number + repeat:
                return _split(element, wanted - number - 1, attribute)
            number += repeat
    return None


def _put(cell: Any, value: Scalar) -> None:
    """Put a raw value into a cell: the value and the text that shows it; style, notes and formula stay."""
    kind, shown = cell.get(f"{{{_OFFICE}}}value-type"), "\n".join("".join(one.itertext()) for one in cell.findall(f"{{{_TEXT}}}p"))
    stood, currency = cell.get(f"{{{_OFFICE}}}value"), cell.get(f"{{{_OFFICE}}}currency")
    for name in _VALUES:
        cell.attrib.pop(f"{{{_OFFICE}}}{name}", None)
    cell.attrib.pop(f"{{{_CALC}}}value-type", None)
    for paragraph in cell.findall(f"{{{_TEXT}}}p"):
        cell.remove(paragraph)
    if value is None or value == "":
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        kind = kind if kind in _NUMBERS else "float"
        cell.set(f"{{{_OFFICE}}}value-type", kind)
        cell.set(f"{{{_OFFICE}}}value", _plain(value))
        if kind == "currency" and currency is not None:
            cell.set(f"{{{_OFFICE}}}currency", currency)
        text = _like(shown, stood, value, currency)
    else:
        cell.set(f"{{{_OFFICE}}}value-type", "string")
        text = str(value)
    for line in text.split("\n"):
        paragraph = etree.SubElement(cell, f"{{{_TEXT}}}p")
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
