"""Inserts and deletes rows inside an OpenDocument spreadsheet: everything that names rows moves along, or the file is refused.

Source: OASIS OpenDocument 1.3 part 3, 9.1 (tables), 9.4 (names and database ranges), 18.3.1 (cell addresses); part 4, 5.8 (references).
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.errors import InvalidInput
from core.model.changes import RowEdit
from core.model.workbook import Address, Span, Workbook
from core.sheets.functions import Value
from core.sheets.loading import load_workbook
from core.sheets.loading.ods_styles import excel_formula
from core.sheets.writing.ods import content_of, packed, patch_table, tree_of, xml_of
from core.sheets.writing.ods_cells import CELLS, COLUMNS, OFFICE, ROWS, TABLE, alone, own, put, rows_alone
from core.sheets.writing.references import Ref, tokens
from core.sheets.writing.restructure import Restructured, RowMap
from core.sheets.writing.row_drift import hashes_of
from core.sheets.writing.row_plan import RowPatch
from core.sheets.writing.xlsx_rows import formula_after

_REFUSED = {
    "tracked-changes": "recorded changes",
    "scenario": "scenarios",
    "consolidation": "a consolidation",
    "detective": "traced cells",
    "dde-link": "links to other programs",
    "sub-table": "tables inside cells",
}
_TAB = r"\$?(?:'(?:[^']|'')*'|[^\s.'$:\[\]]+)"
_CELL = r"\$?[A-Z]{1,3}\$?[0-9]+"
_ADDRESS = re.compile(rf"(?P<tab>{_TAB})\.(?P<first>{_CELL})(?P<rest>:(?:{_TAB})?\.(?P<last>{_CELL}))?")
_NAMED = re.compile(r"\$?\b[A-Z]{1,3}\$?[0-9]+\b")
_ROWS_SPANNED, _COLUMNS_SPANNED = f"{{{TABLE}}}number-rows-spanned", f"{{{TABLE}}}number-columns-spanned"
_ROW, _FORMULA = f"{{{TABLE}}}table-row", f"{{{TABLE}}}formula"


def patch_ods_rows(content: bytes, name: str, patch: RowPatch) -> bytes:
    """Give the file with rows inserted and deleted; InvalidInput where something in it cannot follow."""
    edits, result = patch.edits, patch.result
    root = tree_of(content_of(content))
    tables = {table.get(f"{{{TABLE}}}name"): table for table in root.iter(f"{{{TABLE}}}table")}
    reasons = [what for tag, what in _REFUSED.items() if next(root.iter(f"{{{TABLE}}}{tag}"), None) is not None]
    reasons += [one for title in result.maps for one in _refusals(tables[title], title)] + list(_rules(root, result))
    if reasons:
        raise InvalidInput(f"Rows of {name} cannot be inserted or deleted safely: it holds {', '.join(dict.fromkeys(reasons))}.")
    for title, table in tables.items():
        if title not in {tab.name for tab in result.workbook.tabs}:
            continue
        patch_table(table, own(patch.cells, title), {})
        if (rows := result.maps.get(title)) is not None:
            _move_rows(table, rows, [edit for edit in edits if edit.tab == title])
        _write_formulas(table, title, result, own(patch.values, title))
    made = packed(content, {"content.xml": xml_of(_with_addresses(root, result)), **_objects(content, result)})
    _prove(made, name, result.workbook)
    return made


def _refusals(table: Any, title: str) -> Iterator[str]:
    if any(cell.get(f"{{{TABLE}}}number-matrix-rows-spanned") for cell in table.iter(*CELLS)):
        yield f"array formulas on {title}"


def _rules(root: Any, result: Restructured) -> Iterator[str]:
    """Yield what conditions name cells that may move: rules and conditional formats are written in more ways than are known here."""
    for node in root.iter():
        if isinstance(node.tag, str):
            for key, value in node.attrib.items():
                plain = _ADDRESS.sub(lambda match: match[0] if _rows_of(match["tab"], result) else "", re.sub(r'"[^"]*"', "", value))
                if key.rpartition("}")[2] in ("condition", "value") and "table-cell" not in node.tag and _NAMED.search(plain):
                    yield "a validity rule or conditional format that names cells"


# --- rows ----------------------------------------------------------------------------------------------------------------------------


def _move_rows(table: Any, rows: RowMap, edits: Sequence[RowEdit]) -> None:
    spans = list(_spans(table))
    at = rows_alone(table, {edit.row for edit in edits} | {span.top for span in spans})
    last = dict(at)
    for edit in edits:
        if edit.kind == "insert":
            made = _new_row(at[edit.row], edit)
            last[edit.row].addnext(made)
            last[edit.row] = made
    for edit in edits:
        if edit.kind == "delete":
            group = at[edit.row].getparent()
            group.remove(at[edit.row])
            if group is not table and next(group.iter(_ROW), None) is None:
                group.getparent().remove(group)
    for span in spans:
        _span_again(table, span, rows)
    filler = list(table.iter(_ROW))[-1]
    if int(filler.get(ROWS) or 1) > max(rows.growth, 0) + 1:
        filler.set(ROWS, str(int(filler.get(ROWS)) - rows.growth))  # as many rows in all as before


def _new_row(model: Any, edit: RowEdit) -> Any:
    """Give a row like the one above: its looks, its formulas, what is typed, and nothing else."""
    row = copy.deepcopy(model)
    row.tail = None
    row.attrib.pop(f"{{{TABLE}}}visibility", None)
    typed, column = dict(edit.cells), 1
    for cell in [one for one in row if one.tag in CELLS]:
        repeat, here = int(cell.get(COLUMNS) or 1), column
        column += repeat
        for child in [one for one in cell if not str(one.tag).endswith("}p")]:
            cell.remove(child)  # notes and drawings stay with their own row
        is_filled = cell.get(f"{{{OFFICE}}}value-type") is not None or cell.get(_FORMULA) is not None or len(cell) > 0
        for number in range(here, here + repeat) if is_filled else ():
            if number not in typed and number not in edit.copies and number not in edit.keeps:
                single = alone(list(row), number, COLUMNS, CELLS)
                single.attrib.pop(_FORMULA, None)
                put(single, None)
    for number, state in typed.items():
        single = alone(list(row), number, COLUMNS, CELLS)
        if single is None:
            raise InvalidInput(f"Row {edit.row} of {edit.tab} ends before column {number}.")
        put(single, state.value)
    return row


def _spans(table: Any) -> Iterator[Span]:
    """Yield the merged areas of several rows, as the file is."""
    row = 1
    for element in table.iter(_ROW):
        column = 1
        for cell in element:
            if cell.tag in CELLS:
                down, across = int(cell.get(_ROWS_SPANNED) or 1), int(cell.get(_COLUMNS_SPANNED) or 1)
                if down > 1:
                    yield Span(row, column, row + down - 1, column + across - 1)
                column += int(cell.get(COLUMNS) or 1)
        row += int(element.get(ROWS) or 1)


def _span_again(table: Any, span: Span, rows: RowMap) -> None:
    """Merge an area as it is after the rows moved: with the new rows at its end."""
    grown = rows.grown(span.top, span.bottom)
    if grown is None:
        return
    across = span.right - span.left + 1
    elements = rows_alone(table, set(range(grown[0], grown[1] + 1)))
    for row in range(grown[0], grown[1] + 1):
        for column in range(span.left, span.right + 1):
            cell = alone(list(elements[row]), column, COLUMNS, CELLS)
            if cell is None:
                raise InvalidInput(f"The merged cells {span.a1} are not whole in the file.")
            is_anchor = (row, column) == (grown[0], span.left)
            cell.tag = CELLS[0] if is_anchor else CELLS[1]
            for key, size in ((_ROWS_SPANNED, grown[1] - grown[0] + 1), (_COLUMNS_SPANNED, across)):
                cell.set(key, str(size)) if is_anchor else cell.attrib.pop(key, None)


# --- formulas and addresses ----------------------------------------------------------------------------------------------------------


def _write_formulas(table: Any, title: str, result: Restructured, values: Mapping[Address, Value | None]) -> None:
    places = {place[1:] for place in {*result.stale, *result.formulas} if place[0] == title}
    rows = rows_alone(table, {row for row, _ in (*places, *values)})
    for row, column in sorted(places):
        cell = alone(list(rows[row]), column, COLUMNS, CELLS)
        text = result.workbook.tab(title).cells[row, column].formula or ""
        stands = "" if cell is None else cell.get(_FORMULA) or ""
        prefix, _, _ = stands.partition("=")
        if cell is None or prefix not in ("of:", ""):
            raise InvalidInput(f"{title} holds a formula that is not written as OpenFormula.")
        if excel_formula(stands) != text:
            cell.set(_FORMULA, f"{prefix}{open_formula(text)}")
    for (row, column), value in values.items():
        cell = alone(list(rows[row]), column, COLUMNS, CELLS)
        if cell is not None and cell.get(_FORMULA) is not None:
            put(cell, value if isinstance(value, float) and not isinstance(value, bool) else None)


def open_formula(formula: str) -> str:
    """Spell a formula of Excel's as OpenFormula: `=SUM(B2:B4,'My tab'!C1)` is `=SUM([.B2:.B4];[$'My tab'.C1])`."""
    parts = []
    for piece in tokens(formula):
        if isinstance(piece, Ref):
            tab = f"${piece.prefix[:-1]}" if piece.prefix else ""
            parts.append(f"[{tab}.{piece.first.text()}" + (f":.{piece.last.text()}]" if piece.last is not None else "]"))
        else:
            parts += [text if text.startswith('"') else text.replace(",", ";") for text in re.split(r'("(?:[^"]|"")*")', piece)]
    return "".join(parts)


def _with_addresses(root: Any, result: Restructured) -> Any:
    """Move every address of cells in attributes: names, filters, print areas, ranges of charts, places of pictures, rules."""
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        for key, value in node.attrib.items():
            local = key.rpartition("}")[2]
            if "address" in local or "range" in local or local in ("linked-cell", "buttons"):
                moved = _ADDRESS.sub(lambda match: _moved(match, result), value)
                if moved != value:
                    node.set(key, moved)
            elif local == "expression" and value.startswith(("of:=", "=")):
                node.set(key, _moved_expression(value, result))
    return root


def _moved(match: re.Match[str], result: Restructured) -> str:
    rows = _rows_of(match["tab"], result)
    if rows is None:
        return match[0]
    first, last = _row_of(match["first"]), _row_of(match["last"] or match["first"])
    ends = rows.grown(first, last) if first < last else rows.stretch(first, last)
    if ends is None:
        raise InvalidInput(f"{match[0]} (a name, rule, chart or picture) refers to a row that would be deleted.")
    moved = f"{match['tab']}.{_at_row(match['first'], ends[0])}"
    return moved + ("" if match["rest"] is None else match["rest"].removesuffix(match["last"]) + _at_row(match["last"], ends[1]))


def _rows_of(tab: str, result: Restructured) -> RowMap | None:
    name = tab.removeprefix("$")
    return result.maps.get(name[1:-1].replace("''", "'") if name.startswith("'") else name)


def _row_of(cell: str) -> int:
    return int(cell.lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _at_row(cell: str, row: int) -> str:
    return cell.rstrip("0123456789") + str(row)


def _moved_expression(value: str, result: Restructured) -> str:
    prefix, plain = value.partition("=")[0], excel_formula(value)
    moved = formula_after(plain, "", result)
    return value if moved == plain else prefix + open_formula(moved)


def _objects(content: bytes, result: Restructured) -> dict[str, bytes]:
    """Give the charts that show moved rows."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if re.fullmatch(r"Object [^/]+/content\.xml", name):
                before = package.read(name)
                root = tree_of(before)
                was = xml_of(root)
                now = xml_of(_with_addresses(root, result))
                found.update({name: now} if now != was else {})
    return found


def _prove(made: bytes, name: str, wanted: Workbook) -> None:
    """Read the file that was made: every formula, text and merged label must be where it was meant to be."""
    read, tabs = load_workbook(name, made), [tab.name for tab in wanted.tabs]
    same = [tab.name for tab in read.tabs] == tabs and hashes_of(read, tabs) == hashes_of(wanted, tabs)
    if not same or any(_labels(read, tab) != _labels(wanted, tab) for tab in tabs):
        raise InvalidInput(f"{name} could not be rebuilt exactly with the new rows; nothing was written.", hint="Change the rows there.")


def _labels(workbook: Workbook, tab: str) -> set[Span]:
    own_tab = workbook.tab(tab)
    return {span for span in own_tab.merges if own_tab.value(span.top, span.left) is not None}
