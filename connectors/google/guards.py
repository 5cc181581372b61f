"""What a Google Sheet keeps an account from typing: protected ranges and data validation as our guards; pure.

Source: Sheets v4 reference, ProtectedRange (`requestingUserCanEdit` is about the account that asks) and DataValidationRule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.google.grid import cell_data
from core.model.changes import Scalar
from core.model.workbook import Span, a1
from core.sheets.writing.guards import Guards, Operator, Protection, Rule

Json = dict[str, Any]
GUARD_FIELDS = (
    "sheets(properties/title,protectedRanges(range,description,warningOnly,requestingUserCanEdit,unprotectedRanges),"
    "data(startRow,startColumn,rowData/values/dataValidation/condition))"
)
_NUMBERS: Mapping[str, Operator] = {
    "NUMBER_BETWEEN": "between",
    "NUMBER_NOT_BETWEEN": "not_between",
    "NUMBER_EQ": "equal",
    "NUMBER_NOT_EQ": "not_equal",
    "NUMBER_GREATER": "greater",
    "NUMBER_GREATER_THAN_EQ": "at_least",
    "NUMBER_LESS": "less",
    "NUMBER_LESS_THAN_EQ": "at_most",
}
_FAR = 10_000_000


def guards_of(body: Json) -> Guards:
    """Give the guards of an answer with GUARD_FIELDS."""
    protections: list[Protection] = []
    rules: dict[tuple[str, str], Rule] = {}
    for sheet in body.get("sheets", []):
        tab = sheet["properties"]["title"]
        protections += _protections(tab, sheet.get("protectedRanges", []))
        for block in sheet.get("data", []):
            found = ((a1(*place), data["dataValidation"]["condition"]) for place, data in cell_data(block) if "dataValidation" in data)
            rules |= {(tab, cell): _rule(condition) for cell, condition in found}
    return Guards(tuple(protections), rules)


def _protections(tab: str, items: list[Json]) -> Iterator[Protection]:
    for item in items:
        is_warning = bool(item.get("warningOnly"))
        if is_warning or not item.get("requestingUserCanEdit"):
            free = tuple(_span(area) for area in item.get("unprotectedRanges", []))
            yield Protection(tab, _span(item.get("range", {})), "asked" if is_warning else "refused", item.get("description", ""), free)


def _span(area: Json) -> Span:
    top, left = area.get("startRowIndex", 0) + 1, area.get("startColumnIndex", 0) + 1
    return Span(top, left, area.get("endRowIndex", _FAR), area.get("endColumnIndex", _FAR))


def _rule(condition: Json) -> Rule:
    kind = condition.get("type", "")
    values: tuple[Scalar, ...] = tuple(one.get("userEnteredValue", "") for one in condition.get("values", []))
    if kind == "ONE_OF_LIST":
        return Rule("list", values)
    if kind == "ONE_OF_RANGE" and len(values) == 1:
        return Rule("range", values)
    bounds: tuple[Scalar, ...] = tuple(_bounds(values))
    return Rule("number", bounds, _NUMBERS[kind]) if kind in _NUMBERS and values and len(bounds) == len(values) else Rule("other")


def _bounds(values: tuple[Scalar, ...]) -> Iterator[float]:
    for value in values:
        try:
            number = float(str(value))
        except ValueError:
            continue
        yield int(number) if number.is_integer() else number
