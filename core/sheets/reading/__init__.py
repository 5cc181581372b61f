"""A workbook into a reading: media plans with provenance, performance exports, questions and warnings."""

from __future__ import annotations

from core.sheets.reading.reader import read_workbook
from core.sheets.reading.serial import reading_as_text, reading_from_json, reading_to_json, workbook_from_json, workbook_to_json

__all__ = ["read_workbook", "reading_as_text", "reading_from_json", "reading_to_json", "workbook_from_json", "workbook_to_json"]
