"""Protected sheets and rules of data validation of an Excel file, for the cells that are to be written.

Source: ECMA-376 part 1, 18.3.1.85 sheetProtection, 18.8.33 protection (a cell is locked unless its style says otherwise), 18.3.1.32
dataValidation; Office extension x14:dataValidation for lists on other sheets.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from core.model.changes import Scalar
from core.model.workbook import Address, Span, column_number, parse_a1
from core.sheets.writing.guards import Guards, Operator, Protection, Rule
from core.sheets.writing.xlsx import Parts
from core.sheets.writing.xlsx_cells import MAIN, local_name

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
_OPERATORS: Mapping[str, Operator] = {
    "between": "between",
    "notBetween": "not_between",
    "equal": "equal",
    "notEqual": "not_equal",
    "greaterThan": "greater",
    "greaterThanOrEqual": "at_least",
    "lessThan": "less",
    "lessThanOrEqual": "at_most",
}


def xlsx_guards(content: bytes, cells: Mapping[str, Sequence[str]]) -> Guards:
    """Read what guards some cells of an Excel file, by tab; a tab that is not there guards nothing."""
    parts = Parts(content)
    unlocked = _unlocked_styles(parts)
    protections: list[Protection] = []
    rules: dict[tuple[str, str], Rule] = {}
    for tab in set(cells) & set(parts.titles):
        root = etree.fromstring(parts.read(parts.sheet_part(tab)), _PARSER)
        shield = root.find(f"{{{MAIN}}}sheetProtection")
        if shield is not None and shield.get("sheet") in ("1", "true"):
            styles = _styles(root, {parse_a1(cell) for cell in cells[tab]})
            free = tuple(Span(*place, *place) for place, style in styles.items() if style in unlocked)
            protections.append(Protection(tab, None, "locked", free=(*free, *_free_ranges(root))))
        for areas, rule in _rules(root):
            rules |= {(tab, cell): rule for cell in cells[tab] if any(area.holds(*parse_a1(cell)) for area in areas)}
    return Guards(tuple(protections), rules)


def _unlocked_styles(parts: Parts) -> frozenset[int]:
    name = next((name for name in parts.names if name.endswith("/styles.xml")), None)
    formats = None if name is None else etree.fromstring(parts.read(name), _PARSER).find(f"{{{MAIN}}}cellXfs")
    found = enumerate([] if formats is None else formats)
    return frozenset(number for number, one in found if (own := one.find(f"{{{MAIN}}}protection")) is not None and own.get("locked") == "0")


def _styles(root: Any, places: Collection[Address]) -> dict[Address, int]:
    """Give the number of each cell's style: its own, else its row's, else its column's."""
    columns = [
        (int(one.get("min")), int(one.get("max")), int(one.get("style", 0))) for one in root.iterfind(f"{{{MAIN}}}cols/{{{MAIN}}}col")
    ]
    found = {place: next((style for first, last, style in columns if first <= place[1] <= last), 0) for place in places}
    wanted = {row for row, _ in places}
    for row in root.iterfind(f"{{{MAIN}}}sheetData/{{{MAIN}}}row"):
        if int(row.get("r", 0)) not in wanted:
            continue
        if row.get("customFormat") in ("1", "true"):
            found |= {place: int(row.get("s", 0)) for place in places if place[0] == int(row.get("r"))}
        found |= {place: int(cell.get("s", 0)) for cell in row if cell.get("r") and (place := parse_a1(cell.get("r"))) in found}
    return found


def _free_ranges(root: Any) -> Iterator[Span]:
    """Yield ranges that people may edit without the sheet's password."""
    for one in root.iterfind(f"{{{MAIN}}}protectedRanges/{{{MAIN}}}protectedRange"):
        if not any(one.get(name) for name in ("password", "hashValue", "securityDescriptor")):
            yield from _areas(one.get("sqref", ""))


def _areas(text: str) -> Iterator[Span]:
    for area in re.split(r"[\s;]+", text.replace("$", "").strip()):
        first, _, last = area.partition(":")
        if re.fullmatch(r"[A-Za-z]+\d+", first):
            yield Span(*parse_a1(first), *parse_a1(last or first))
        elif re.fullmatch(r"[A-Za-z]+", first):
            yield Span(1, column_number(first), 1_048_576, column_number(last or first))


def _rules(root: Any) -> Iterator[tuple[list[Span], Rule]]:
    for one in root.iter():
        if local_name(one) == "dataValidation" and one.get("type", "none") != "none":
            inner = {local_name(node): "".join(node.itertext()).strip() for node in one}
            yield list(_areas(one.get("sqref") or inner.get("sqref", ""))), _rule(one, inner)


def _rule(one: Any, inner: Mapping[str, str]) -> Rule:
    kind, first, second = one.get("type"), inner.get("formula1", ""), inner.get("formula2", "")
    if kind == "list":
        return Rule("list", tuple(entry.strip() for entry in first[1:-1].split(","))) if first.startswith('"') else Rule("range", (first,))
    bounds: tuple[Scalar, ...] = tuple(_numbers(first, second))
    operator = _OPERATORS.get(one.get("operator", "between"), "between")
    needed = 2 if operator in ("between", "not_between") else 1
    return Rule("number", bounds, operator) if kind in ("whole", "decimal") and len(bounds) >= needed else Rule("other")


def _numbers(*texts: str) -> Iterator[float]:
    for text in texts:
        if re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text):
            yield float(text) if not re.fullmatch(r"-?\d+", text) else int(text)
