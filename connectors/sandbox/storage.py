"""Where the sandbox keeps its state: a folder of JSON files and blobs, or memory only. One process owns a folder at a time."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from connectors.sandbox.sheets.document import PLAIN, Cell, DeveloperMetadata, Document, Lines, Sheet, Value
from connectors.sandbox.wire import Json
from core.errors import Conflict
from core.model.workbook import CellError, Span


class Storage:
    """Reads and writes the state; without a folder it forgets everything at the end."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._blobs: dict[str, bytes] = {}
        self._lock: IO[str] | None = None
        if folder is not None:
            (folder / "documents").mkdir(parents=True, exist_ok=True)
            (folder / "blobs").mkdir(exist_ok=True)
            self._lock = _locked(folder / "owner.lock")

    def close(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def load(self) -> Json | None:
        """Give the state last saved, None when there is none."""
        if self.folder is None or not (self.folder / "state.json").exists():
            return None
        state: Json = json.loads((self.folder / "state.json").read_text("utf-8"))
        return state

    def save(self, state: Json) -> None:
        if self.folder is not None:
            _write(self.folder / "state.json", json.dumps(state, ensure_ascii=False).encode())

    def load_document(self, document_id: str) -> Document:
        assert self.folder is not None, "documents in memory are never loaded"
        return document_from_json(json.loads((self.folder / "documents" / f"{document_id}.json").read_text("utf-8")))

    def save_document(self, document: Document) -> None:
        if self.folder is not None:
            body = json.dumps(document_to_json(document), ensure_ascii=False).encode()
            _write(self.folder / "documents" / f"{document.document_id}.json", body)

    def blob(self, file_id: str) -> bytes:
        if self.folder is None:
            return self._blobs.get(file_id, b"")
        path = self.folder / "blobs" / file_id
        return path.read_bytes() if path.exists() else b""

    def save_blob(self, file_id: str, content: bytes) -> None:
        if self.folder is None:
            self._blobs[file_id] = content
        else:
            _write(self.folder / "blobs" / file_id, content)

    def forget(self, file_id: str) -> None:
        """Drop a file's content."""
        self._blobs.pop(file_id, None)
        if self.folder is not None:
            (self.folder / "documents" / f"{file_id}.json").unlink(missing_ok=True)
            (self.folder / "blobs" / file_id).unlink(missing_ok=True)


def _locked(path: Path) -> IO[str]:
    handle = path.open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise Conflict(
            f"Another process owns the sandbox in {path.parent}.", hint="Stop it, or let this process call it over HTTP."
        ) from None
    return handle


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content)
    partial.replace(path)


# --- documents as JSON -------------------------------------------------------------------------------------------------------------


def document_to_json(document: Document) -> Json:
    """Give a document as JSON; formats are kept once each."""
    formats: list[Mapping[str, Any]] = []
    index: dict[str, int] = {}

    def format_number(style: Mapping[str, Any]) -> int:
        key = json.dumps(dict(style), sort_keys=True)
        if key not in index:
            index[key] = len(formats)
            formats.append(dict(style))
        return index[key]

    sheets = [
        _sheet_to_json(sheet, {id(c): format_number(c.format) for c in sheet.cells.values() if c.format}) for sheet in document.sheets
    ]
    return {
        "id": document.document_id,
        "title": document.title,
        "locale": document.locale,
        "time_zone": document.time_zone,
        "named_ranges": document.named_ranges,
        "metadata": [[m.metadata_id, m.key, m.value, m.visibility, m.sheet_id, m.dimension, m.index] for m in document.metadata],
        "next_number": document.next_number,
        "formats": formats,
        "sheets": sheets,
    }


def _sheet_to_json(sheet: Sheet, formats: dict[int, int]) -> Json:
    cells = []
    for (row, column), cell in sheet.cells.items():
        value = {"error": cell.value.text} if isinstance(cell.value, CellError) else cell.value
        cells.append([row, column, value, cell.formula, formats.get(id(cell)), cell.note, cell.validation])
    return {
        "id": sheet.sheet_id,
        "title": sheet.title,
        "size": [sheet.n_rows, sheet.n_columns],
        "properties": sheet.properties,
        "grid_properties": sheet.grid_properties,
        "merges": [list(merge) for merge in sheet.merges],
        "rows": _lines_to_json(sheet.rows),
        "columns": _lines_to_json(sheet.columns),
        "basic_filter": sheet.basic_filter,
        "protected": sheet.protected,
        "cells": cells,
    }


def _lines_to_json(lines: Lines) -> Json:
    return {"properties": list(lines.properties.items()), "groups": [list(group) for group in lines.groups]}


def document_from_json(body: Json) -> Document:
    """Read a document written by document_to_json."""
    return Document(
        body["id"],
        body["title"],
        body["locale"],
        body["time_zone"],
        sheets=[_sheet_from_json(sheet, body["formats"]) for sheet in body["sheets"]],
        named_ranges=body["named_ranges"],
        metadata=[DeveloperMetadata(*item) for item in body["metadata"]],
        next_number=body["next_number"],
    )


def _sheet_from_json(body: Json, formats: list[Json]) -> Sheet:
    sheet = Sheet(body["id"], body["title"], *body["size"])
    sheet.properties, sheet.grid_properties = body["properties"], body["grid_properties"]
    sheet.merges = [Span(*merge) for merge in body["merges"]]
    sheet.rows, sheet.columns = _lines_from_json(body["rows"]), _lines_from_json(body["columns"])
    sheet.basic_filter, sheet.protected = body["basic_filter"], body["protected"]
    for row, column, raw, formula, style, note, validation in body["cells"]:
        value: Value = CellError(raw["error"]) if isinstance(raw, dict) else raw
        sheet.cells[row, column] = Cell(value, formula, PLAIN if style is None else formats[style], note, validation)
    return sheet


def _lines_from_json(body: Json) -> Lines:
    groups = [(first, last, depth) for first, last, depth in body["groups"]]
    return Lines({int(number): properties for number, properties in body["properties"]}, groups)
