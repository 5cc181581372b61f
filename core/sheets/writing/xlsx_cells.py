"""Rows and cells of a worksheet part as XML elements: numbered, found or made, filled."""

from __future__ import annotations

import copy
from typing import Any

from lxml import etree

from core.model.changes import RowEdit, Scalar
from core.model.workbook import a1, parse_a1
from core.sheets.functions import Value

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def local_name(node: Any) -> str:
    """Give an element's name without its namespace; nothing for a comment."""
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def number_cells(data: Any) -> None:
    """Give every row and cell its address, which a file may leave out."""
    number = 0
    for row in data:
        number = int(row.get("r") or number + 1)
        row.set("r", str(number))
        column = 0
        for cell in row:
            column = parse_a1(cell.get("r"))[1] if cell.get("r") else column + 1
            cell.set("r", a1(number, column))


def renumber(row: Any, at: int) -> None:
    """Give a row and its cells another number."""
    row.set("r", str(at))
    for cell in row:
        cell.set("r", a1(at, parse_a1(cell.get("r"))[1]))


def cell_at(data: Any, place: tuple[int, int]) -> Any:
    """Give the cell at a place, made where the file has none."""
    row = next((one for one in data if int(one.get("r")) == place[0]), None)
    if row is None:
        row = etree.Element(f"{{{MAIN}}}row", r=str(place[0]))
        following = next((other for other in data if int(other.get("r")) > place[0]), None)
        data.append(row) if following is None else following.addprevious(row)
    return _cell_in(row, place)


def _cell_in(row: Any, place: tuple[int, int]) -> Any:
    following = None
    for cell in row:
        column = parse_a1(cell.get("r"))[1]
        if column == place[1]:
            return cell
        if column > place[1]:
            following = cell
            break
    made = etree.Element(f"{{{MAIN}}}c", r=a1(*place))
    row.append(made) if following is None else following.addprevious(made)
    return made


def new_row(model: Any, edit: RowEdit, at: int) -> Any:
    """Give a row like the one above: its looks, its formulas, what is typed, and nothing else."""
    row = copy.deepcopy(model)
    row.attrib.pop("hidden", None)  # money that was just added is not to be out of sight
    renumber(row, at)
    typed, formulas = dict(edit.cells), set(edit.copies)
    for cell in row:
        column = parse_a1(cell.get("r"))[1]
        if column not in typed and column not in formulas and column not in edit.keeps:
            put(cell, None)
    for column, state in typed.items():
        put(_cell_in(row, (at, column)), state.value)
    return row


def put(cell: Any, value: Scalar) -> None:
    """Put a raw value into a cell; its style stays."""
    for child in list(cell):
        cell.remove(child)
    for name in ("t", "cm", "vm"):
        cell.attrib.pop(name, None)
    if value is None or value == "":
        return
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return
    if isinstance(value, bool):
        cell.set("t", "b")
    etree.SubElement(cell, f"{{{MAIN}}}v").text = str(int(value)) if isinstance(value, bool) else repr(value)


def put_cached(cell: Any, value: Value | None) -> None:
    """Set the stored value of a formula; anything but a number is dropped."""
    for child in list(cell):
        if local_name(child) in ("v", "is"):
            cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, float) and not isinstance(value, bool):
        etree.SubElement(cell, f"{{{MAIN}}}v").text = repr(value)
