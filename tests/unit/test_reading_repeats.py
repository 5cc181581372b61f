"""Tables that tell the same money again, and budgets stated above that no sum meets."""

from __future__ import annotations

from core.model.reading import Reading
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from tests.plans.paper import Book

_OOH = [["Tipo", "Ubicación", "Piezas", "Costo MXN"], ["Valla", "Reforma", 2, 288000], ["Parabús", "Centro", 10, 190000]]
_SUMMARY = [["Summary by channel"], [], ["Channel", "Budget", "Share"]]


def _read(book: Book) -> Reading:
    return read_workbook(load_workbook("plan.xlsx", book.xlsx()))


def _money(reading: Reading) -> list[int | None]:
    return [item.budget_minor for table in reading.tables for item in table.line_items]


def test_a_summary_that_calls_the_same_lines_by_another_head_counts_once_also_when_it_stands_first() -> None:
    book = Book()
    book.tab("Summary").rows("A1", [*_SUMMARY, ["Valla", 288000, 0.6], ["Parabús", 190000, 0.4]])
    book.tab("OOH").rows("A1", _OOH)
    reading = _read(book)
    assert _money(reading) == [28800000, 19000000]
    assert reading.tables[0].currency == "MXN"
    assert "repeats_money" in {warning.code for warning in reading.warnings}


def test_a_summary_of_two_tables_side_by_side_counts_once() -> None:
    book = Book()
    tab = book.tab("Plan")
    for where, lines in (("A1", [("TV", "ITV", 45000), ("Radio", "Heart", 8000)]), ("F1", [("TV", "Sky", 21000), ("OOH", "Global", 9000)])):
        tab.rows(where, [["Medium", "Vendor", "Cost GBP"], *lines])
    book.tab("Summary").rows("A1", [*_SUMMARY, ["TV", 66000, 0.8], ["Radio", 8000, 0.1], ["OOH", 9000, 0.1]])
    assert sorted(amount or 0 for amount in _money(_read(book))) == [800000, 900000, 2100000, 4500000]


def test_a_copied_tab_with_its_total_above_the_lines_counts_once() -> None:
    book = Book()
    for name in ("Plan", "Copy"):
        lines = [["TOTAL", None, 61500], ["OOH", "Square", 40000], ["Digital", "News site", 12500], ["Digital", "Weather", 9000]]
        book.tab(name).rows("A1", [["Channel", "Placement", "Budget CAD"], *lines])
    assert _money(_read(book)) == [4000000, 1250000, 900000]


def test_a_budget_above_that_no_sum_meets_is_named_with_both_figures() -> None:
    for stated in ([["Total budget: 250,000.00 GBP"]], [["Total budget", 250000]], [["Campaign budget 250,000 GBP"]]):
        book = Book()
        book.tab("Plan").rows("A1", [*stated, [], ["Channel", "Vendor", "Cost GBP"], ["TV", "ITV", 120000], ["Radio", "Heart", 80000]])
        told = [warning.message for warning in _read(book).warnings if warning.code == "total_mismatch"]
        assert len(told) == 1
        assert "250000" in told[0].replace(",", "")
        assert "200,000.00" in told[0]


def test_a_budget_above_that_the_lines_come_to_is_no_matter() -> None:
    book = Book()
    book.tab("Plan").rows("A1", [["Total budget: £200k"], [], ["Channel", "Cost GBP"], ["TV", 120500], ["Radio", 80000]])
    assert not _read(book).warnings
