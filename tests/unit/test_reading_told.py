"""What titles, bands and neighbours of a table tell: its scale, its months, the years of a fiscal year."""

from __future__ import annotations

from datetime import date

import pytest

from core.model.workbook import CellError
from core.sheets.reading.scale_words import scale_in_text
from core.sheets.reading.surroundings import period_in_title
from tests.unit.sheets import Rows, budgets, read, table

_ = None


@pytest.mark.parametrize(
    "text",
    [
        *("(bin TL)", "EUR thousand", "Budget (€ thousands)", "bedragen in duizenden euro's", "miles de euros", "i tusen kr", "Kč tis."),
        *("AED 000", "(1000 kr)", "예산(천원)", "K EUR", "tys. zł", "тыс. руб."),
    ],
)
def test_words_for_thousands_count_beside_money(text: str) -> None:
    assert scale_in_text(text) == 1000


@pytest.mark.parametrize("text", ["M€", "MSEK", "mln zł", "mil. Kč", "$MM", "milyon TL", "R$ milhões"])
def test_words_for_millions_count_beside_money(text: str) -> None:
    assert scale_in_text(text) == 1_000_000


@pytest.mark.parametrize("text", ["1 000 €", "Total: 1000 kr", "Milano (EUR)", "EUR 1.000,00", "Miles Davis", "m2", "CPM", "USD 000123"])
def test_amounts_and_names_are_no_scale(text: str) -> None:
    assert scale_in_text(text) == 1


def test_amounts_with_a_shared_sign_are_read() -> None:
    found = table(
        [["Kanal", "Partner", "Budget"], ["TV", "TV4", "350 tkr"], ["Radio", "Bauer", "12.500 kr"], ["Utomhus", "JCD", "1,5 mkr"]]
    )
    assert (found.currency, budgets(found)) == ("SEK", [35_000_000, 1_250_000, 150_000_000])


@pytest.mark.parametrize(
    ("title", "start", "end"),
    [
        ("Campaign plan 1-30 April 2026 (AED)", date(2026, 4, 1), date(2026, 4, 30)),
        ("Digitalplan Mai 2026, alle Preise in EUR netto", date(2026, 5, 1), date(2026, 5, 31)),
        ("Budget médias TTC – mars 2026", date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_the_title_of_a_plan_names_its_period(title: str, start: date, end: date) -> None:
    flight = period_in_title(title, "dmy")
    assert flight is not None and (flight.start, flight.end) == (start, end)


@pytest.mark.parametrize(
    "title",
    ["Media plan, version March 2026", "Budget March 2026 and forecast April 2026", "Autumn plan 07/09/2026 - 11/10/2026", "May 2026"],
)
def test_a_title_that_names_another_date_or_several_is_no_period(title: str) -> None:
    assert period_in_title(title, "dmy") is None


def test_a_fiscal_quarter_beside_its_months_sums_them_up() -> None:
    rows: Rows = [
        ["Channel", "Partner", "Jul-26", "Aug-26", "Sep-26", "Q1 FY27"],
        ["TV", "Seven", 50, 60, 0, 110],
        ["Radio", "ARN", 20, 20, 15, 55],
    ]
    reading = read(rows)
    assert budgets(reading.tables[0]) == [11_000, 5_500]
    assert "fiscal_year" not in {question.kind for question in reading.questions}


def test_a_title_with_both_years_dates_months_that_run_over_new_year() -> None:
    rows: Rows = [
        ["Media plan FY2026/27"],
        ["Channel", "Oct", "Nov", "Dec", "Jan", "Total €"],
        ["TV", 100, 100, 100, 100, 400],
        ["Radio", 250, 250, 250, 250, 1000],
    ]
    assert [str(p.start) for p in table(rows).line_items[0].by_period] == ["2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01"]


def test_a_whole_fiscal_year_in_a_cell_is_asked_for_its_start() -> None:
    reading = read([["Channel", "Partner", "Period", "Budget £"], ["TV", "ITV", "FY2026/27", 12], ["Radio", "LBC", "FY2026/27", 6]])
    assert "fiscal_year" in {question.kind for question in reading.questions}
    assert reading.tables[0].line_items[0].start is None


def test_days_with_a_month_name_under_week_commencing_are_weeks() -> None:
    rows: Rows = [
        ["Media Schedule 2026"],
        [_, _, "w/c"],
        ["Channel", "Format", "07-Sep", "14-Sep", "21-Sep", "Total £"],
        ["Radio", "Spot", 4000, 4000, _, 8000],
        ["Press", "Page", _, 12500, 12500, 25000],
    ]
    found = table(rows)
    assert [(item.budget_minor, item.start, item.end) for item in found.line_items] == [
        (800_000, date(2026, 9, 7), date(2026, 9, 20)),
        (2_500_000, date(2026, 9, 14), date(2026, 9, 27)),
    ]


def test_lines_below_a_block_that_its_first_line_names_once_are_items() -> None:
    rows: Rows = [
        ["Channel", "Publisher", "Jan 2026", "Budget €"],
        *(["Search", name, amount, amount] for name, amount in (("Google", 3000), ("Bing", 2000), ("Ecosia", 1000))),
        ["Total search", _, 6000, 6000],
        ["Social", "Meta", 4000, 4000],
        [_, "TikTok", 2500, 2500],
        ["Total social", _, 6500, 6500],
        ["Total", _, 12500, 12500],
    ]
    found = table(rows)
    assert budgets(found) == [300_000, 200_000, 100_000, 400_000, 250_000]
    assert all(check.matches for check in found.totals)


def test_the_total_of_a_block_whose_lines_were_taken_out_is_nothing() -> None:
    rows: Rows = [
        ["Channel", "Publisher", "Budget €"],
        *(["Search", "Google", 3000], ["Search", "Bing", 2000], ["Total search", _, 5000], ["Total social", _, 0]),
        *(["TV", "RTL", 7000], ["Total TV", _, 7000], ["Total", _, 12000]),
    ]
    assert all(check.matches for check in table(rows).totals)


def test_one_amount_in_another_currency_is_asked_about_and_nothing_is_added_up() -> None:
    rows: Rows = [["Kanal", "Partner", "Budget EUR"], ["TV", "RTL", "12.500 €"], ["Radio", "RMS", "$8.000"], ["Online", "GMX", "4.000 €"]]
    reading = read(rows)
    assert [question.kind for question in reading.questions] == ["currency"] and reading.tables[0].total_minor is None


@pytest.mark.parametrize("odd", [["Radio", "LBC", 125_000], ["Radio", "LBC", 0.0875]])
def test_an_amount_in_another_scale_than_the_rest_is_named(odd: list[object]) -> None:
    reading = read([["Channel", "Partner", "Budget (k€)"], ["TV", "ITV", 120], odd, ["Online", "FT", 85.5], ["Social", "Meta", 60]])
    assert [warning.code for warning in reading.warnings] == ["amount_far_off"]


def test_marks_that_contradict_each_other_in_a_column_are_asked_about() -> None:
    rows: Rows = [["Channel", "Partner", "Budget EUR"], ["TV", "ITV", "12.500"], ["Radio", "LBC", "8.5"], ["Online", "FT", "4,000"]]
    reading = read(rows)
    assert [question.kind for question in reading.questions] == ["ambiguous_number"] and budgets(reading.tables[0]) == [None, 850, None]


def test_an_amount_that_is_an_error_keeps_its_line_and_is_named() -> None:
    rows: Rows = [["Channel", "Partner", "Budget EUR"], ["TV", "ITV", CellError("#REF!")], ["Radio", "LBC", 8500], ["Online", "FT", 8550]]
    reading = read(rows)
    assert budgets(reading.tables[0]) == [None, 850_000, 855_000] and "#REF!" in reading.warnings[0].message


def test_weeks_named_by_their_mondays_are_read_month_first_where_only_so_they_follow_one_another() -> None:
    head = ["Channel", "Partner", *(f"Week of {day}" for day in ("11/2", "11/9", "11/16")), "Total"]
    found = table([["BFCM 2026"], head, ["Social", "Meta", 250, 250, 400, 900], ["Search", "Google", 150, 150, 200, 500]])
    assert [str(p.start) for p in found.line_items[0].by_period] == ["2026-11-02", "2026-11-09", "2026-11-16"]


def test_italian_weeks_are_no_septembers() -> None:
    head = ["Mezzo", "Veicolo", "Sett. 45", "Sett. 46", "Totale €"]
    found = table([["Campagna 2026"], head, ["Radio", "Deejay", 12000, 12000, 24000], ["Web", "Meta", 3500, 3500, 7000]])
    assert [str(p.start) for p in found.line_items[0].by_period] == ["2026-11-02", "2026-11-09"]


def test_days_under_named_waves_belong_to_the_head() -> None:
    rows: Rows = [
        ["Média", "Support", "Vague 1", "Vague 2", "Total net €"],
        [_, _, "02/11 - 15/11/2026", "30/11 - 13/12/2026"],
        *(["TV", "M6", 120000, 150000, 270000], ["Radio", "RTL2", 35000, 40500, 75500]),
    ]
    assert [(str(p.start), str(p.end)) for p in table(rows).line_items[1].by_period] == [
        ("2026-11-02", "2026-11-15"),
        ("2026-11-30", "2026-12-13"),
    ]


def test_amounts_in_warnings_are_in_units_of_their_currency() -> None:
    """A yen has no cents: 50 yen between a line and its months are no rounding, and what is told is not a hundredth."""
    rows: Rows = [
        ["Channel", "Budget (JPY)", "Jan 2026", "Feb 2026"],
        ["TV", 1_200_000, 600_000, 600_000],
        ["Radio", 300_000, 150_000, 149_950],
    ]
    (told,) = [warning for warning in read(rows).warnings if warning.code.startswith("period_")]
    assert (told.code, told.message) == ("period_mismatch", "States 300,000.00, its periods sum to 299,950.00.")
