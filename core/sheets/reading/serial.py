"""Readings and workbooks as JSON and back, without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from core.model.money import to_major
from core.model.reading import PerformanceTable, Reading
from core.model.workbook import Cell, CellError, Cells, CellValue, Span, Tab, Workbook, a1, parse_a1

Json = dict[str, Any]


@lru_cache(maxsize=1)
def _readings() -> TypeAdapter[Reading]:
    return TypeAdapter(Reading)


def reading_to_json(reading: Reading) -> Json:
    """Give the reading as the contract's JSON (docs/reading.md): its fields by name, days as ISO texts, each export with its summary."""
    data: Json = _readings().dump_python(reading, mode="json")
    for table, told in zip(reading.performance, data["performance"], strict=True):
        told["summary"] = performance_summary(table)
    return data


def reading_as_text(reading: Reading) -> str:
    """Give what `reading_to_json` gives as text without spaces between its parts."""
    if reading.performance:
        return json.dumps(reading_to_json(reading), ensure_ascii=False, separators=(",", ":"))
    return _readings().dump_json(reading).decode()  # in one step: a large plan has a quarter of a million amounts


def reading_from_json(data: Mapping[str, Any]) -> Reading:
    """Give back what `reading_to_json` wrote."""
    return _readings().validate_python(data)


def performance_summary(table: PerformanceTable) -> Json:
    """Add up an export: rows, spend in minor units by currency (`` where a row names none), counts, first and last day."""
    spend: dict[str, int] = {}
    for row in table.rows:
        if row.spend_minor is not None:
            code = row.currency or table.currency or ""
            spend[code] = spend.get(code, 0) + row.spend_minor
    exact: dict[str, Decimal] = {}
    for row in table.rows:
        code = row.currency or table.currency or ""
        if row.spend_minor is not None:
            exact[code] = exact.get(code, Decimal(0)) + (
                Decimal(row.spend_exact) if row.spend_exact else to_major(row.spend_minor, code or None)
            )
    days = [day for row in table.rows for day in (row.start, row.end) if day]
    sums = {name: _sum([getattr(row, name) for row in table.rows]) for name in ("impressions", "clicks", "conversions")}
    return {
        "rows": len(table.rows),
        "spend_minor": spend,
        "spend": {code: float(amount) for code, amount in exact.items()},
        **sums,
        "start": _iso(min(days, default=None)),
        "end": _iso(max(days, default=None)),
    }


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known), 6) if known else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def workbook_to_json(workbook: Workbook) -> Json:
    """Give a workbook as JSON: cells by address, sparse; `workbook_from_json` gives it back unchanged."""
    return {
        "name": workbook.name,
        "kind": workbook.kind,
        "locale": workbook.locale,
        "revision": workbook.revision,
        "delimiter": workbook.delimiter,
        "tabs": [_tab(tab) for tab in workbook.tabs],
    }


def _tab(tab: Tab) -> Json:
    return {
        "name": tab.name,
        "n_rows": tab.n_rows,
        "n_columns": tab.n_columns,
        "visibility": tab.visibility,
        "merges": [list(span) for span in tab.merges],
        "hidden_rows": sorted(tab.hidden_rows),
        "hidden_columns": sorted(tab.hidden_columns),
        "tab_id": tab.tab_id,
        "row_ids": {str(k): v for k, v in tab.row_ids.items()},
        "cells": {a1(row, column): _cell(cell) for (row, column), cell in tab.cells.items()},
    }


def _cell(cell: Cell) -> Json:
    """Give a cell without what is not set; days, moments, times and errors are tagged."""
    body: Json = {}
    if cell.value is not None:
        body["v"] = _value(cell.value)
    for key, value in (("f", cell.formula), ("n", cell.number_format), ("t", cell.text), ("c", cell.fill)):
        if value is not None:
            body[key] = value
    if cell.bold:
        body["b"] = True
    if cell.struck:
        body["s"] = True
    return body


def _value(value: CellValue) -> object:
    if isinstance(value, CellError):
        return {"error": value.text}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"time": value.isoformat()} if isinstance(value, time) else value


def _of_value(data: Any) -> CellValue:
    if not isinstance(data, Mapping):
        return data  # type: ignore[no-any-return]
    if "error" in data:
        return CellError(data["error"])
    if "moment" in data:
        return datetime.fromisoformat(data["moment"])
    return date.fromisoformat(data["day"]) if "day" in data else time.fromisoformat(data["time"])


def workbook_from_json(data: Mapping[str, Any]) -> Workbook:
    """Give back what `workbook_to_json` wrote."""
    return Workbook(data["name"], data["kind"], tuple(map(_to_tab, data["tabs"])), data["locale"], data["revision"], data.get("delimiter"))


def _to_tab(data: Mapping[str, Any]) -> Tab:
    rows: dict[int, dict[int, Cell]] = {}
    for at, c in data["cells"].items():
        row, column = parse_a1(at)
        cell = Cell(_of_value(c.get("v")), c.get("f"), c.get("n"), c.get("t"), c.get("b", False), c.get("c"), c.get("s", False))
        rows.setdefault(row, {})[column] = cell
    return Tab(
        data["name"],
        Cells(rows),
        data["n_rows"],
        data["n_columns"],
        data["visibility"],
        tuple(Span(*span) for span in data["merges"]),
        frozenset(data["hidden_rows"]),
        frozenset(data["hidden_columns"]),
        data["tab_id"],
        {int(k): v for k, v in data["row_ids"].items()},
    )
