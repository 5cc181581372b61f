"""Snapshots at rest: a workbook as compressed JSON, a reading as JSON; what is packed is unpacked equal."""

from __future__ import annotations

import json
import zlib
from typing import Any

from core.model.reading import Reading
from core.model.workbook import Workbook
from core.sheets.reading import reading_from_json, reading_to_json, workbook_from_json, workbook_to_json


def pack_reading(reading: Reading) -> dict[str, Any]:
    """Give the reading as JSON-serialisable data."""
    return dict(reading_to_json(reading))


def unpack_reading(packed: dict[str, Any]) -> Reading:
    """Give back what `pack_reading` packed."""
    return reading_from_json(packed)


def pack_workbook(workbook: Workbook) -> bytes:
    """Give the workbook as compressed JSON."""
    return zlib.compress(json.dumps(workbook_to_json(workbook), ensure_ascii=False).encode("utf-8", "surrogatepass"), level=3)


def unpack_workbook(packed: bytes) -> Workbook:
    """Give back what `pack_workbook` packed."""
    return workbook_from_json(json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass")))
