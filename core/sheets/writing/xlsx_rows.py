"""Inserts and deletes rows inside an Excel file: everything that names rows moves along, and the outcome is read back before it counts.

Source: ECMA-376 part 1, 18.3 (worksheets), 18.5 (tables), 18.7 (comments), 20.5 (drawing anchors), 21.2 (charts). What names rows in a
way that is not known here is refused before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from core.errors import InvalidInput
from core.model.changes import RowEdit, Scalar
from core.model.workbook import Workbook, a1, parse_a1
from core.sheets.calculation import Calculator, Place
from core.sheets.formulas import Uncomputable
from core.sheets.functions import Value
from core.sheets.loading import load_workbook
from core.sheets.writing.references import rewritten, spans_of_tabs, tokens
from core.sheets.writing.restructure import Restructured, RowMap
from core.sheets.writing.row_drift import hashes_of
from core.sheets.writing.row_plan import RowPatch
from core.sheets.writing.xlsx import Parts, recalculate_on_load, relations_of
from core.sheets.writing.xlsx_cells import MAIN, cell_at, local_name, new_row, number_cells, put, put_cached, renumber

_EXCEL = "http://schemas.microsoft.com/office/excel/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_blank_text=False)
_REFUSED_PARTS = {
    "xl/ctrlProps/": "form controls",
    "xl/activeX/": "ActiveX controls",
    "xl/macrosheets/": "Excel 4 macro sheets",
    "xl/revisions/": "a log of shared changes",
    "xl/queryTables/": "query tables",
}
_REFUSED_ELEMENTS = {"scenarios": "scenarios", "oleObjects": "embedded objects", "controls": "controls", "cellWatches": "watched cells"}
Area = Callable[[str], str | None]
"""Gives what an area such as `A4:F9` becomes, None when all of it is deleted."""


def row_refusals(content: bytes, first_rows: Mapping[str, int]) -> tuple[str, ...]:
    """Say what in an Excel file keeps rows from being inserted or deleted safely; empty for most files.

    Args:
        first_rows: of each tab whose rows come and go, the first row that is touched.
    """
    parts = Parts(content)
    found = [f"it holds {what}" for start, what in _REFUSED_PARTS.items() if any(name.startswith(start) for name in parts.names)]
    for title in parts.titles:
        root = _tree(parts.read(parts.sheet_part(title)))
        formulas = list(root.iter(f"{{{MAIN}}}f"))
        if any(_breaks_across(node.text or "", parts.titles, first_rows) for node in formulas):
            found.append(f"formulas of {title} add up rows across tabs (Jan:Mar!A1) that would move on one of these tabs only")
        if title in first_rows:
            if any(node.get("t") in ("array", "dataTable") for node in formulas):
                found.append(f"{title} holds array formulas or data tables")
            found += [f"{title} holds {what}" for tag, what in _REFUSED_ELEMENTS.items() if root.find(f"{{{MAIN}}}{tag}") is not None]
    return tuple(dict.fromkeys(found))


def _breaks_across(formula: str, titles: Sequence[str], first_rows: Mapping[str, int]) -> bool:
    """Tell whether a reference across tabs would no longer mean the same cells: Excel moves it with no row of a single tab."""
    for first, last, rows in spans_of_tabs(formula):
        if first not in titles or last not in titles:
            return True
        between = titles[titles.index(first) : titles.index(last) + 1]
        if rows is not None and any(rows[1] >= first_rows[title] for title in between if title in first_rows):
            return True
    return False


def patch_rows(content: bytes, name: str, patch: RowPatch) -> bytes:
    """Give the file with rows inserted and deleted; InvalidInput where something in it cannot follow."""
    edits, result = patch.edits, patch.result
    refusals = row_refusals(content, _first_rows(edits))
    if refusals:
        raise InvalidInput(f"Rows of {name} cannot be inserted or deleted safely: {'; '.join(refusals)}.", hint="Change the rows in Excel.")
    parts = Parts(content)
    for title in parts.titles:
        _Sheet(parts, title, edits, result, patch.cells, patch.values).patch()
    _patch_workbook(parts, result, _first_rows(edits))
    _patch_charts(parts, result)
    parts.drop_calculation_chain()
    packed = parts.pack()
    _prove(packed, name, result.workbook)
    return packed


def values_following(result: Restructured, changed: Mapping[Place, Value]) -> dict[Place, Value | None]:
    """Give the formulas that depend on what changed with their new values, by new place; None where that is not known."""
    calculator = Calculator(result.workbook, changed, stale=result.stale)
    found: dict[Place, Value | None] = {}
    for tab in result.workbook.tabs:
        for (row, column), cell in tab.cells.items():
            place = (tab.name, row, column)
            try:
                if cell.formula is not None and calculator.is_reached(place):
                    found[place] = calculator.value(place)
            except (Uncomputable, RecursionError):
                found[place] = None
    return found


def _prove(packed: bytes, name: str, wanted: Workbook) -> None:
    """Read the file that was made: every formula, text and merged area must be where it was meant to be."""
    made = load_workbook(name, packed)
    merges = all(set(tab.merges) == set(wanted.tab(tab.name).merges) for tab in made.tabs)
    tabs = [tab.name for tab in wanted.tabs]
    if [tab.name for tab in made.tabs] != tabs or hashes_of(made, tabs) != hashes_of(wanted, tabs) or not merges:
        raise InvalidInput(f"{name} could not be rebuilt exactly with the new rows; nothing was written.", hint="Change the rows in Excel.")


def _tree(xml: bytes) -> Any:
    return etree.fromstring(xml, _PARSER)


def _xml(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _area(rows: RowMap, *, grows: bool) -> Area:
    def moved(area: str) -> str | None:
        first, _, last = area.replace("$", "").partition(":")
        if not any(character.isdigit() for character in first):
            return area
        (top, left), (bottom, right) = parse_a1(first), parse_a1(last or first)
        ends = rows.grown(top, bottom) if grows and (top < bottom or not last) else rows.stretch(top, bottom)
        if ends is None:
            return None
        return area if ends == (top, bottom) else a1(ends[0], left) + (f":{a1(ends[1], right)}" if last or ends[0] < ends[1] else "")

    return moved


def _areas(text: str, move: Area) -> str:
    return " ".join(moved for area in re.split(r"[\s;]+", text.strip()) if area and (moved := move(area)) is not None)


class _Sheet:
    """One sheet part and the parts that hang on it."""

    def __init__(
        self,
        parts: Parts,
        title: str,
        edits: Sequence[RowEdit],
        result: Restructured,
        cells: Mapping[Place, Scalar],
        values: Mapping[Place, Value | None],
    ) -> None:
        self._parts, self._title, self._result = parts, title, result
        self._edits = [(edit, row) for edit, row in zip(edits, result.new_rows, strict=True) if edit.tab == title]
        self._cells = {place[1:]: value for place, value in cells.items() if place[0] == title}
        self._values = {place[1:]: value for place, value in values.items() if place[0] == title}
        self._tab = result.workbook.tab(title)
        self._rows = result.maps.get(title)

    def patch(self) -> None:
        stale = any(place[0] == self._title for place in self._result.stale)
        if self._rows is None and not (stale or self._cells or self._values):
            return
        name = self._parts.sheet_part(self._title)
        root = _tree(self._parts.read(name))
        data = root.find(f"{{{MAIN}}}sheetData")
        number_cells(data)
        for place, value in self._cells.items():
            put(cell_at(data, place), value)
        if self._rows is not None:
            self._move_rows(data)
            self._move_sheet(root, self._rows)
            self._move_neighbours(name, self._rows)
        self._write_formulas(root, data)
        self._parts.replace(name, _xml(root))

    def _move_rows(self, data: Any) -> None:
        assert self._rows is not None
        by_row = {int(row.get("r")): row for row in data}
        made = [(at, new_row(by_row[edit.row], edit, at)) for edit, at in self._edits if edit.kind == "insert"]
        for number, row in by_row.items():
            at = self._rows.at(number)
            if at is None:
                data.remove(row)
            elif at != number:
                renumber(row, at)
        for at, row in made:
            following = next((other for other in data if int(other.get("r")) > at), None)
            data.append(row) if following is None else following.addprevious(row)

    def _move_sheet(self, root: Any, rows: RowMap) -> None:
        for node in root:
            tag = local_name(node)
            if tag == "dimension" and node.get("ref"):
                node.set("ref", _area(rows, grows=True)(node.get("ref")) or "A1")
            elif tag == "mergeCells":
                self._write_merges(node)
            elif tag in (
                "conditionalFormatting",
                "dataValidations",
                "protectedRanges",
                "ignoredErrors",
                "hyperlinks",
                "autoFilter",
                "sortState",
            ):
                _move_areas(node, rows)
            elif tag == "rowBreaks":
                for mark in node:
                    place = rows.at(int(mark.get("id")))
                    mark.set("id", str(place if place is not None else int(mark.get("id"))))
        if self._tab.merges and root.find(f"{{{MAIN}}}mergeCells") is None:
            raise InvalidInput(f"{self._title} has no list of merged cells to add to.")
        for node in root.iter(f"{{{_EXCEL}}}sqref"):
            node.text = _areas(node.text or "", _area(rows, grows=True))
        for node in [*root.iter(f"{{{MAIN}}}formula"), *root.iter(f"{{{MAIN}}}formula1"), *root.iter(f"{{{MAIN}}}formula2")]:
            self._move_text(node)

    def _move_text(self, node: Any) -> None:
        if node.text:
            node.text = formula_after(node.text, self._title, self._result)

    def _write_merges(self, node: Any) -> None:
        for child in list(node):
            node.remove(child)
        for span in self._tab.merges:
            etree.SubElement(node, f"{{{MAIN}}}mergeCell", ref=span.a1)
        node.set("count", str(len(self._tab.merges)))
        if not self._tab.merges:
            node.getparent().remove(node)

    def _write_formulas(self, root: Any, data: Any) -> None:
        """Write every formula out by itself: shared ones do not survive rows that come and go between them."""
        for row in data:
            for cell in row:
                formula = cell.find(f"{{{MAIN}}}f")
                if formula is None:
                    continue
                place = parse_a1(cell.get("r"))
                text = self._tab.cells[place].formula if place in self._tab.cells else None
                if formula.get("t") in ("array", "dataTable") or text is None:
                    if (self._title, *place) in self._result.stale:
                        raise InvalidInput(f"{self._title}!{cell.get('r')} is an array formula over moved rows.")
                    continue
                for name in ("t", "si", "ref"):
                    formula.attrib.pop(name, None)
                formula.text = text.removeprefix("=")
                if place in self._values:
                    put_cached(cell, self._values[place])
        for node in root.iter(f"{{{_EXCEL}}}f"):
            self._move_text(node)

    def _move_neighbours(self, name: str, rows: RowMap) -> None:
        """Move what hangs on the sheet: tables, comments, drawings, pivot tables."""
        for kind, _, target in relations_of(self._parts, name):
            if target not in self._parts.names:
                continue
            kind = kind.rpartition("/")[2]
            if kind in ("table", "comments", "threadedComment", "drawing", "pivotTable"):
                root = _tree(self._parts.read(target))
                self._move_part(root, kind, rows)
                self._parts.replace(target, _xml(root))
            elif kind == "vmlDrawing":
                self._parts.replace(target, _moved_vml(self._parts.read(target), rows))

    def _move_part(self, root: Any, kind: str, rows: RowMap) -> None:
        if kind == "drawing":
            for node in root.iter(f"{{{_DRAWING}}}row"):
                node.text = str(_zero_based(int(node.text or 0), rows))
        elif kind in ("comments", "threadedComment"):
            for node in [one for one in root.iter() if local_name(one) in ("comment", "threadedComment")]:
                moved = _area(rows, grows=False)(node.get("ref"))
                node.getparent().remove(node) if moved is None else node.set("ref", moved)
        else:
            for node in root.iter():
                if local_name(node) in ("table", "autoFilter", "sortState", "sortCondition", "location") and node.get("ref"):
                    moved = _area(rows, grows=kind == "table")(node.get("ref"))
                    if moved is None:
                        raise InvalidInput(f"A table or pivot table of {self._title} would lose all of its rows.")
                    node.set("ref", moved)
                elif local_name(node) in ("calculatedColumnFormula", "totalsRowFormula"):
                    self._move_text(node)


def formula_after(text: str, home: str, result: Restructured) -> str:
    """Give a formula that is not in a cell (a name, a rule, a chart) as it reads after the rows moved; ranges grow with what they end at.

    Raises:
        InvalidInput: it refers to deleted rows only.
    """

    def move(ref: Any) -> Any:
        rows, stretch = result.maps.get(ref.tab or home), ref.rows
        if rows is None or stretch is None:
            return ref
        moved = rows.grown(*stretch) if stretch[0] < stretch[1] else rows.stretch(*stretch)
        return ref if moved == stretch else None if moved is None else ref.with_rows(*moved)

    moved = rewritten(text, move)
    if moved.count("#REF!") > text.count("#REF!"):
        raise InvalidInput(f"{text[:60]} (a name, rule or chart) refers to a row that would be deleted.")
    return moved


def _move_areas(node: Any, rows: RowMap) -> None:
    """Move every `ref` and `sqref` of an element; a rule that is left without an area goes."""
    for one in list(node.iter()):
        for name in ("ref", "sqref"):
            if one.get(name) is None:
                continue
            moved = _areas(one.get(name), _area(rows, grows=local_name(one) != "hyperlink"))
            if moved:
                one.set(name, moved)
            elif one.getparent() is not None:
                one.getparent().remove(one)
    if local_name(node) in ("dataValidations", "hyperlinks", "protectedRanges", "ignoredErrors"):
        if len(node) == 0 and node.getparent() is not None:
            node.getparent().remove(node)
        elif node.get("count") is not None:
            node.set("count", str(len(node)))


def _zero_based(row: int, rows: RowMap) -> int:
    place = rows.at(row + 1)
    number = row + 1
    while place is None:
        number += 1
        place = rows.at(number)
    return place - 1


def _moved_vml(xml: bytes, rows: RowMap) -> bytes:
    """Move the anchors of notes and their rows; the old format is no strict XML, so it is patched as text."""

    def anchor(match: re.Match[bytes]) -> bytes:
        numbers = [int(one) for one in match[2].split(b",")]
        for place in (2, 6):
            numbers[place] = _zero_based(numbers[place], rows)
        return match[1] + ", ".join(map(str, numbers)).encode() + match[3]

    def row(match: re.Match[bytes]) -> bytes:
        return match[1] + str(_zero_based(int(match[2]), rows)).encode() + match[3]

    moved = re.sub(rb"(<x:Anchor>)\s*((?:-?\d+\s*,\s*){7}-?\d+)\s*(</x:Anchor>)", anchor, xml)
    return re.sub(rb"(<x:Row>)(\d+)(</x:Row>)", row, moved)


def _first_rows(edits: Sequence[RowEdit]) -> dict[str, int]:
    return {tab: min(edit.row for edit in edits if edit.tab == tab) for tab in {edit.tab for edit in edits}}


def _patch_workbook(parts: Parts, result: Restructured, first_rows: Mapping[str, int]) -> None:
    root = _tree(parts.read(parts.workbook_part))
    titles = parts.titles
    for node in root.iter(f"{{{MAIN}}}definedName"):
        if node.text and _breaks_across(node.text, titles, first_rows):
            raise InvalidInput(f"The name {node.get('name')} spans several tabs, whose rows would move on one of them only.")
        if node.text:
            own = node.get("localSheetId")
            node.text = formula_after(node.text, titles[int(own)] if own is not None and int(own) < len(titles) else "", result)
    parts.replace(parts.workbook_part, recalculate_on_load(_xml(root)))


def _patch_charts(parts: Parts, result: Restructured) -> None:
    """Move the ranges of charts and of pivot tables' sources."""
    for name in parts.names:
        if re.search(r"/(charts|chartEx)/[^/]+\.xml$", name) or "/pivotCache/pivotCacheDefinition" in name:
            root = _tree(parts.read(name))
            changed = list(_chart_changes(root, result))
            if any(changed):
                parts.replace(name, _xml(root))


def _chart_changes(root: Any, result: Restructured) -> Iterator[bool]:
    for node in root.iter():
        if local_name(node) == "f" and node.text and tokens(node.text):
            moved = formula_after(node.text, "", result)
            yield moved != node.text
            node.text = moved
        elif local_name(node) == "worksheetSource" and node.get("ref") and node.get("sheet") in result.maps:
            area = _area(result.maps[node.get("sheet")], grows=True)(node.get("ref"))
            yield area != node.get("ref")
            node.set("ref", area or node.get("ref"))
