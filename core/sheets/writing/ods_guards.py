"""Protected tables and rules of data validation of an OpenDocument spreadsheet, for the cells that are to be written.

Source: OASIS OpenDocument 1.3 part 3, 19.700 `table:protected`, 20.253 `style:cell-protect` (a cell is protected unless its style says
otherwise), 19.601 `table:condition` of a content validation.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from core.model.workbook import Address, Span, parse_a1
from core.sheets.writing.guards import Guards, Operator, Protection, Rule
from core.sheets.writing.ods import content_of, tree_of
from core.sheets.writing.ods_cells import CELLS, COLUMNS, ROWS, TABLE

_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
_FREE = ("none", "formula-hidden")
_LIST = re.compile(r"cell-content-is-in-list\((.*)\)", re.DOTALL)
_ENTRY = re.compile(r'"((?:[^"]|"")*)"|([^;]+)')
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_RANGE = re.compile(r"\[(?:\$?('(?:[^']|'')+'|[^.\[\]]+))?\.(\$?[A-Z]+\$?\d+)(?::\.(\$?[A-Z]+\$?\d+))?\]")
_BETWEEN = re.compile(rf"cell-content-is-(not-)?between\({_NUMBER},{_NUMBER}\)")
_COMPARED = re.compile(rf"cell-content\(\)(<=|>=|!=|<>|=|<|>){_NUMBER}")
_OPERATORS: Mapping[str, Operator] = {
    "=": "equal", "!=": "not_equal", "<>": "not_equal", ">": "greater", ">=": "at_least", "<": "less", "<=": "at_most",
}  # fmt: skip
_Names = tuple[str | None, str | None]
"""The style and the rule of a cell."""


def ods_guards(content: bytes, cells: Mapping[str, Sequence[str]]) -> Guards:
    """Read what guards some cells of an OpenDocument spreadsheet, by tab; a tab that is not there guards nothing."""
    root = tree_of(content_of(content))
    free, rules = _free_styles([root, *_common_styles(content)]), _rules(root)
    protections: list[Protection] = []
    found: dict[tuple[str, str], Rule] = {}
    for table in root.iter(f"{{{TABLE}}}table"):
        tab = table.get(f"{{{TABLE}}}name")
        if tab not in cells:
            continue
        places = _places(table, {parse_a1(cell) for cell in cells[tab]})
        if table.get(f"{{{TABLE}}}protected") == "true":
            open_cells = tuple(Span(*place, *place) for place, (style, _) in places.items() if style in free)
            protections.append(Protection(tab, None, "locked", free=open_cells))
        named = {cell: places.get(parse_a1(cell), (None, None))[1] for cell in cells[tab]}
        found |= {(tab, cell): rules[name] for cell, name in named.items() if name in rules}
    return Guards(tuple(protections), found)


def _common_styles(content: bytes) -> Iterator[Any]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        if "styles.xml" in package.namelist():
            yield tree_of(package.read("styles.xml"))


def _free_styles(roots: Iterable[Any]) -> frozenset[str]:
    """Give the names of cell styles that let people type in a protected table, by themselves or by those they come from."""
    parents: dict[str, str | None] = {}
    own: dict[str, str] = {}
    for style in (style for root in roots for style in root.iter(f"{{{_STYLE}}}style")):
        name = style.get(f"{{{_STYLE}}}name")
        if style.get(f"{{{_STYLE}}}family") != "table-cell" or name in parents:
            continue
        parents[name] = style.get(f"{{{_STYLE}}}parent-style-name")
        for properties in style.iter(f"{{{_STYLE}}}table-cell-properties"):
            if (said := properties.get(f"{{{_STYLE}}}cell-protect")) is not None:
                own[name] = said

    def is_free(name: str | None) -> bool:
        seen: set[str] = set()
        while name is not None and name not in own and name not in seen:
            seen.add(name)
            name = parents.get(name)
        return name is not None and own.get(name) in _FREE

    return frozenset(name for name in parents if is_free(name))


def _places(table: Any, wanted: Collection[Address]) -> dict[Address, _Names]:
    """Give the style and the rule of each cell: the style is its own, else its row's, else its column's."""
    columns = _column_styles(table, {column for _, column in wanted})
    found: dict[Address, _Names] = {}
    number = 0
    for row in table.iter(f"{{{TABLE}}}table-row"):
        repeat = int(row.get(ROWS) or 1)
        inside = [place for place in wanted if number < place[0] <= number + repeat]
        for place in inside:
            cell = _at(row, place[1])
            style, rule = (
                (cell.get(f"{{{TABLE}}}{name}") for name in ("style-name", "content-validation-name")) if cell is not None else (None,) * 2
            )
            found[place] = (style or row.get(f"{{{TABLE}}}default-cell-style-name") or columns.get(place[1]), rule)
        number += repeat
    return found


def _at(row: Any, wanted: int) -> Any:
    """Give the element that a column of a row belongs to; None past the last one."""
    number = 0
    for cell in (cell for cell in row if cell.tag in CELLS):
        number += int(cell.get(COLUMNS) or 1)
        if wanted <= number:
            return cell
    return None


def _column_styles(table: Any, wanted: Collection[int]) -> dict[int, str | None]:
    found: dict[int, str | None] = {}
    number = 0
    for column in table.iter(f"{{{TABLE}}}table-column"):
        repeat = int(column.get(COLUMNS) or 1)
        found |= {one: column.get(f"{{{TABLE}}}default-cell-style-name") for one in wanted if number < one <= number + repeat}
        number += repeat
    return found


def _rules(root: Any) -> dict[str, Rule]:
    found = {}
    for one in root.iter(f"{{{TABLE}}}content-validation"):
        if condition := one.get(f"{{{TABLE}}}condition"):
            found[one.get(f"{{{TABLE}}}name")] = _rule(condition.partition(":")[2] or condition)
    return found


def _rule(condition: str) -> Rule:
    if listed := _LIST.fullmatch(condition):
        if not all(quoted or _is_number(bare.strip()) for quoted, bare in _ENTRY.findall(listed[1])):
            return Rule("range", (_RANGE.sub(_reference, listed[1]),))
        return Rule("list", tuple((quoted.replace('""', '"') if quoted else bare.strip()) for quoted, bare in _ENTRY.findall(listed[1])))
    parts = [
        part.strip() for part in condition.split(" and ") if not re.fullmatch(r"cell-content-is-(whole|decimal)-number\(\)", part.strip())
    ]
    between, compared = (pattern.fullmatch(parts[0]) if len(parts) == 1 else None for pattern in (_BETWEEN, _COMPARED))
    if between is not None:
        return Rule("number", (_number(between[2]), _number(between[3])), "not_between" if between[1] else "between")
    return Rule("number", (_number(compared[2]),), _OPERATORS[compared[1]]) if compared is not None else Rule("other")


def _reference(found: re.Match[str]) -> str:
    """Give a reference as Excel writes it."""
    tab, first, last = found.groups()
    quoted = "" if tab is None else f"{tab}!" if tab.startswith("'") else f"'{tab}'!"
    return f"{quoted}{first}:{last or first}"


def _is_number(text: str) -> bool:
    return re.fullmatch(_NUMBER, text) is not None


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)
