"""Values as desks write them: amounts with words, pending ones, fiscal quarters, durations, counts in thousands."""

from __future__ import annotations

from datetime import date

import pytest

from core.model.reading import Reading
from core.sheets.reading.dates import read_flight
from tests.unit.sheets import Rows, budgets, read, table

_ = None


def codes(reading: Reading) -> set[str]:
    return {warning.code for warning in reading.warnings}


def test_words_beside_an_amount_say_its_basis() -> None:
    rows: Rows = [["Channel", "Partner", "Budget"], ["Search", "Google", "EUR 12,500.00 + VAT"], ["Social", "Meta", "EUR 8,000.50 + VAT"]]
    found = table(rows)
    assert (found.currency, found.vat_included, budgets(found)) == ("EUR", False, [1_250_000, 800_050])


def test_amounts_a_month_in_their_cells_are_said_to_be_so() -> None:
    reading = read([["Canal", "Prestataire", "Montant"], ["SEO", "Agence X", "1 500 €/mois"], ["SEA", "Google", "4 250 € par mois"]])
    assert budgets(reading.tables[0]) == [150_000, 425_000] and "budget_per_period" in codes(reading)


def test_a_line_whose_amount_is_still_to_come_stays_a_line_and_is_named() -> None:
    reading = read([["Channel", "Partner", "Budget GBP"], ["Search", "Google", 5000], ["Social", "Meta", "tbc"], ["Total", _, 5000]])
    assert budgets(reading.tables[0]) == [500_000, None] and "amount_is_text" in codes(reading)


def test_net_media_over_amounts_is_money_and_what_holds_the_vat_is_known_by_arithmetic() -> None:
    head = ["Medium", "Vendor", "Gross media", "Agency commission 15%", "Net media", "VAT 20%", "Total payable £"]
    rows: Rows = [head, ["Print", "Times", 20000, 3000, 17000, 3400, 20400], ["Radio", "Heart", 8000, 1200, 6800, 1360, 8160]]
    assert budgets(table(rows)) == [1_700_000, 680_000]
    payable = table([["Medium", "Vendor", "Media", "VAT 20%", "Total payable £"], *([*row[:2], *row[4:]] for row in rows[1:])])
    assert (budgets(payable), payable.vat_included, payable.basis) == ([2_040_000, 816_000], True, "gross")


FISCAL: Rows = [["Channel", "Q1 FY26", "Q2 FY26", "Total AUD"], ["Search", 100, 120, 220], ["Social", 50, 60, 110]]


@pytest.mark.parametrize("note", ["Fiscal year starts 1 July 2025", "FY26 (Jul-Jun) budget"])
def test_fiscal_quarters_follow_the_month_that_the_sheet_names(note: str) -> None:
    assert [p.start for p in table([[note], *FISCAL]).line_items[0].by_period] == [date(2025, 7, 1), date(2025, 10, 1)]


def test_fiscal_quarters_whose_year_starts_nobody_knows_when_are_asked() -> None:
    reading = read(FISCAL)
    (question,) = reading.questions
    assert question.kind == "fiscal_year" and [item.start for item in reading.tables[0].line_items] == [None, None]
    answered = read(FISCAL, answers={question.key: 4}).tables[0]
    assert (answered.line_items[0].start, answered.line_items[0].end) == (date(2025, 4, 1), date(2025, 9, 30))


@pytest.mark.parametrize(("header", "count", "end"), [("Duration (weeks)", 4, date(2026, 3, 1)), ("No. of days", 10, date(2026, 2, 11))])
def test_a_start_and_a_duration_give_the_end(header: str, count: int, end: date) -> None:
    rows: Rows = [["Channel", "Vendor", "Start", header, "Cost EUR"], ["OOH", "Wall", date(2026, 2, 2), count, 400]]
    assert [item.end for item in table(rows).line_items] == [end]


def test_impressions_in_thousands_are_counted_one_by_one() -> None:
    rows: Rows = [
        ["Site", "Placement", "Impr. (000)", "CPM (EUR)", "Net cost"],
        ["FAZ", "Half", 800, 22, 17600],
        ["Zeit", "Video", 450, 35, 15750],
    ]
    assert [item.metrics["impressions"] for item in table(rows).line_items] == [800_000, 450_000]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("za 7 maart 2026", date(2026, 3, 7), date(2026, 3, 7)),
        ("Mon 2 Mar 2026 - Sun 8 Mar 2026", date(2026, 3, 2), date(2026, 3, 8)),
        ("Starting Mar 16, 2026 until May 31, 2026", date(2026, 3, 16), date(2026, 5, 31)),
        ("KW 10-22/2026", date(2026, 3, 2), date(2026, 5, 31)),
    ],
)
def test_flights_in_prose_are_read(text: str, start: date, end: date) -> None:
    flight = read_flight(text)
    assert flight is not None and (flight.start, flight.end) == (start, end)
