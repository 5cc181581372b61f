"""Heads as people change them: unknown words over dates, marks that send to notes."""

from __future__ import annotations

from datetime import date

from core.model.reading import Reading
from core.sheets.reading.currency import currency_in_text
from tests.unit.sheets import Rows, budgets, codes, read, table

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


def test_an_empty_column_after_the_names_parts_no_table() -> None:
    rows: Rows = [["Channel", None, "Vendor", "Cost EUR"], ["TV", None, "RTL", 3000], [None, None, "VOX", 900], ["Radio", None, "NRJ", 500]]
    table = read(rows).tables[0]
    assert [(item.channel, item.budget_minor) for item in table.line_items] == [("TV", 300_000), ("TV", 90_000), ("Radio", 50_000)]


def test_a_small_table_beyond_a_gap_says_nothing_of_when_lines_run() -> None:
    rows: Rows = [["Channel", "Cost EUR", None, "Pacing", "Target"], ["TV", 3000, None, "Week 1", 0.1], ["Radio", 500, None, "Week 2", 0.3]]
    rows.append(["Social", 700, None, "Week 3", 0.5])
    assert _runs(read([["Plan 2026"], *rows])) == [(None, None)] * 3


def test_a_rate_of_exchange_names_no_currency() -> None:
    assert currency_in_text("EUR/USD") is None
    assert currency_in_text("Cost EUR") == "EUR"


def test_a_month_over_lines_dates_them_and_dates_that_date_nothing_are_named() -> None:
    rows: Rows = [
        ["Channel", "Vendor", "Cost EUR"],
        ["April 2026"],
        ["TV", "RTL", 3000],
        ["May 2026"],
        ["Radio", "NRJ", 500],
        ["TV", "VOX", 90],
    ]
    assert _runs(read(rows)) == [(date(2026, 4, 1), date(2026, 4, 30)), *[(date(2026, 5, 1), date(2026, 5, 31))] * 2]
    rows = [["Channel", "Cost EUR"], ["Mai"], ["TV", 3000], ["Radio", 200], ["Juni"], ["Radio", 500], ["TV", 90]]
    assert "unread_date" in codes(read(rows))


def test_a_box_with_a_number_beside_the_heads_is_none_of_them() -> None:
    for box in (["Rev", 7], ["", 1.08], ["FX", 1.08]):
        rows: Rows = [["Channel", "Format", "Budget EUR", "", *box], ["Meta", "Reels", 1250.5], ["Google", "Text", 3400.25]]
        assert budgets(table(rows)) == [125_050, 340_025]
