"""Heads as people change them: unknown words over dates, marks that send to notes."""

from __future__ import annotations

from datetime import date

from core.model.reading import Reading
from tests.unit.sheets import Rows, read

_MAY, _JUNE, _END = date(2026, 5, 4), date(2026, 6, 1), date(2026, 6, 28)


def _runs(reading: Reading) -> list[tuple[date | None, date | None]]:
    return [(item.start, item.end) for table in reading.tables for item in table.line_items]


def test_a_column_of_days_beside_a_start_is_the_end_whatever_its_head_says() -> None:
    for head in (None, "Line", "When?", "T"):
        rows: Rows = [["Channel", "Start", head, "Cost EUR"], ["TV", _MAY, _END, 3000], ["Radio", _JUNE, _END, 500]]
        assert _runs(read(rows)) == [(_MAY, _END), (_JUNE, _END)]


def test_texts_that_are_nothing_but_dates_are_no_names_of_placements() -> None:
    rows: Rows = [["Line", "Channel", "Cost EUR"], ["May 2026", "TV", 3000], ["June 2026", "TV", 500], ["June 2026", "Radio", 400]]
    assert _runs(read(rows))[0] == (date(2026, 5, 1), date(2026, 5, 31))
    formats: Rows = [["Channel", "Format", "Cost EUR"], ["OOH", "18/1", 3000], ["OOH", "4/1", 500]]
    assert _runs(read(formats)) == [(None, None)] * 2


def test_a_mark_that_sends_to_a_note_is_no_part_of_a_head() -> None:
    for mark in ("*", " ¹", " [a]", " (1)", ":"):
        heads = ["Channel", f"Jan 2026{mark}", f"Feb 2026{mark}", f"Total EUR{mark}"]
        reading = read([heads, ["TV", 100, 200, 300], ["Radio", 50, 50, 100]])
        assert [[p.budget_minor for p in item.by_period] for item in reading.tables[0].line_items] == [[10_000, 20_000], [5_000, 5_000]]
