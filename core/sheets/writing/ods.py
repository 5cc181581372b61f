"""Changes cell values inside an OpenDocument spreadsheet and nothing else: cells that stand for many alike are taken apart first.

Source: OASIS OpenDocument 1.3 part 3, 9.1 (tables), 19.384 `office:value`, 19.677 `table:number-columns-repeated`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from core.errors import InvalidInput, UnreadableFile
from core.model.changes import Scalar
from core.model.workbook import Address, Workbook, a1, parse_a1
from core.sheets.calculation import Place
from core.sheets.functions import Value
from core.sheets.loading import load_workbook
from core.sheets.writing.drift import PlacedEdit, apply_edits
from core.sheets.writing.ods_cells import CELLS, COLUMNS, TABLE, alone, own, put, rows_alone
from core.sheets.writing.row_drift import hashes_of
from core.sheets.writing.xlsx import formulas_following


def patch_ods(content: bytes, name: str, workbook: Workbook, placed: Sequence[PlacedEdit]) -> bytes:
    """Give the file with the edits in it.

    Args:
        workbook: the same file as read, for what follows from the edits.
    Raises:
        InvalidInput: a target holds a formula, or the file would not read as it was meant to; nothing is returned.
    """
    changes: dict[Place, Scalar] = {(one.tab, *parse_a1(one.cell)): one.edit.after.value for one in placed}
    following = formulas_following(workbook, changes)
    root = tree_of(content_of(content))
    tables = {table.get(f"{{{TABLE}}}name"): table for table in root.iter(f"{{{TABLE}}}table")}
    for tab in {place[0] for place in (*changes, *following)}:
        if tab not in tables:
            raise InvalidInput(f"The file has no sheet named {tab!r}.")
        patch_table(tables[tab], own(changes, tab), own(following, tab))
    made = packed(content, {"content.xml": xml_of(root)})
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


def tree_of(xml: bytes) -> Any:
    """Parse a part of the file."""
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def xml_of(root: Any) -> bytes:
    """Give a part of the file as bytes."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def content_of(content: bytes) -> bytes:
    """Give the part that holds the sheets. UnreadableFile for what is no OpenDocument file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            xml = package.read("content.xml")
    except (zipfile.BadZipFile, KeyError) as error:
        raise UnreadableFile("This is not an OpenDocument file.") from error
    if b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml[:4096]:
        raise UnreadableFile("The file declares XML entities; it was not opened.")
    return xml


def packed(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Pack the file again with some parts anew: in the same order, the type of the file first and not compressed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            data = parts.get(info.filename)
            new.writestr(info, old.read(info) if data is None else data, compress_type=info.compress_type)
    return stream.getvalue()


def patch_table(table: Any, changes: Mapping[Address, Scalar], cached: Mapping[Address, Value | None]) -> None:
    """Write cells of a table, and the values of formulas that follow; None drops one."""
    rows = rows_alone(table, {row for row, _ in (*changes, *cached)})
    for (row, column), value in changes.items():
        cell = alone(list(rows[row]), column, COLUMNS, CELLS) if row in rows else None
        if cell is None:
            raise InvalidInput(f"{a1(row, column)} is not in the file.")
        if cell.get(f"{{{TABLE}}}formula") is not None:
            raise InvalidInput(f"{a1(row, column)} holds a formula and is not written over.")
        put(cell, value)
    for (row, column), number in cached.items():
        cell = alone(list(rows[row]), column, COLUMNS, CELLS) if row in rows else None
        if cell is not None and (number is None or cell.get(f"{{{TABLE}}}formula") is not None):
            put(cell, number if isinstance(number, float) and not isinstance(number, bool) else None)
