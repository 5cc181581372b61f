"""Snapshots at rest: a workbook as compressed JSON, a reading as JSON; what is packed is unpacked equal."""

from __future__ import annotations

import json
import zlib
from datetime import date, datetime, time
from typing import Any

from pydantic import TypeAdapter

from core.model.reading import Reading
from core.model.workbook import Cell, CellError, CellValue, Span, Tab, Workbook

_READING: TypeAdapter[Reading] = TypeAdapter(Reading)
_FORMAT = 1


def pack_reading(reading: Reading) -> dict[str, Any]:
    """Give the reading as JSON-serialisable data."""
    packed: dict[str, Any] = _READING.dump_python(reading, mode="json")
    return packed


def unpack_reading(packed: dict[str, Any]) -> Reading:
    """Give back what `pack_reading` packed."""
    return _READING.validate_python(packed)


def pack_workbook(workbook: Workbook) -> bytes:
    """Give the workbook as compressed JSON; cells are lists and number formats are kept once."""
    packed = {
        "format": _FORMAT,
        "name": workbook.name,
        "kind": workbook.kind,
        "locale": workbook.locale,
        "revision": workbook.revision,
        "tabs": [_pack_tab(tab) for tab in workbook.tabs],
    }
    return zlib.compress(json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"), level=3)


def unpack_workbook(packed: bytes) -> Workbook:
    """Give back what `pack_workbook` packed."""
    data = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    tabs = tuple(_unpack_tab(tab) for tab in data["tabs"])
    return Workbook(data["name"], data["kind"], tabs, data["locale"], data["revision"])


def _pack_tab(tab: Tab) -> dict[str, Any]:
    formats: dict[str | None, int] = {}
    cells = [
        [
            row,
            column,
            _pack_value(cell.value),
            cell.formula,
            formats.setdefault(cell.number_format, len(formats)),
            cell.text,
            int(cell.bold),
            cell.fill,
        ]
        for (row, column), cell in tab.cells.items()
    ]
    return {
        "name": tab.name,
        "size": [tab.n_rows, tab.n_columns],
        "visibility": tab.visibility,
        "merges": [list(span) for span in tab.merges],
        "hidden_rows": sorted(tab.hidden_rows),
        "hidden_columns": sorted(tab.hidden_columns),
        "tab_id": tab.tab_id,
        "row_ids": list(tab.row_ids.items()),
        "formats": list(formats),
        "cells": cells,
    }


def _unpack_tab(data: dict[str, Any]) -> Tab:
    formats = data["formats"]
    cells = {
        (row, column): Cell(_unpack_value(value), formula, formats[pattern], text, bool(bold), fill)
        for row, column, value, formula, pattern, text, bold, fill in data["cells"]
    }
    return Tab(
        name=data["name"],
        cells=cells,
        n_rows=data["size"][0],
        n_columns=data["size"][1],
        visibility=data["visibility"],
        merges=tuple(Span(*span) for span in data["merges"]),
        hidden_rows=frozenset(data["hidden_rows"]),
        hidden_columns=frozenset(data["hidden_columns"]),
        tab_id=data["tab_id"],
        row_ids=dict(data["row_ids"]),
    )


def _pack_value(value: CellValue) -> Any:
    """Tag what JSON cannot tell apart; plain scalars stay as they are."""
    match value:
        case CellError(text):
            return {"error": text}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case _:
            return value


def _unpack_value(value: Any) -> CellValue:
    match value:
        case {"error": text}:
            return CellError(str(text))
        case {"datetime": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"time": text}:
            return time.fromisoformat(text)
        case str() | int() | float() | None:
            return value
        case _:
            raise ValueError(f"a snapshot holds a value of unknown type {type(value).__name__}")
