"""Values as desks write them: amounts with words, pending ones, fiscal quarters, durations, counts in thousands."""

from __future__ import annotations

from datetime import date

import pytest

from core.model.reading import Reading
from core.sheets.reading.dates import read_flight
from core.sheets.reading.numbers import read_number
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


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("March 2-29, 2026", date(2026, 3, 2), date(2026, 3, 29)),
        ("Jan–Mar 26", date(2026, 1, 1), date(2026, 3, 31)),
        ("enero de 2026", date(2026, 1, 1), date(2026, 1, 31)),
        ("2026年3月1日〜3月31日", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026. március 16.", date(2026, 3, 16), date(2026, 3, 16)),
        ("KW 10, 12, 14 2026", date(2026, 3, 2), date(2026, 4, 5)),
        ("9/3–22/3 2026", date(2026, 3, 9), date(2026, 3, 22)),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("10. – 12. KW 2026", date(2026, 3, 2), date(2026, 3, 22)),
        ("I пол. 2026", date(2026, 1, 1), date(2026, 6, 30)),
        ("20260302", date(2026, 3, 2), date(2026, 3, 2)),
        ("ab 2. März 2026", date(2026, 3, 2), None),
    ],
)
def test_a_text_means_the_days_that_a_person_reads(text: str, start: date, end: date | None) -> None:
    flight = read_flight(text)
    assert flight is not None and (flight.start, flight.end) == (start, end)


def test_quarters_under_a_fiscal_year_follow_it_and_are_said() -> None:
    rows: Rows = [
        ["FY2026 budget, fiscal year April to March"],
        ["Channel", "Q1", "Q2", "Total €"],
        ["Search", 10, 20, 30],
        ["TV", 5, 5, 10],
    ]
    reading = read(rows)
    assert [p.start for p in reading.tables[0].line_items[0].by_period] == [date(2025, 4, 1), date(2025, 7, 1)]
    assert codes(reading) == {"fiscal_year"}


def test_months_of_a_fiscal_year_from_july_are_asked_for_their_year() -> None:
    reading = read([["FY2026 budget"], ["Channel", "Jul", "Aug", "Total €"], ["Search", 10, 20, 30], ["TV", 5, 5, 10]])
    assert "missing_year" in {question.kind for question in reading.questions}


@pytest.mark.parametrize("days", [(46083, 46110), (20260302, 20260329)])
def test_bare_numbers_under_start_and_end_are_the_days_they_stand_for(days: tuple[int, int]) -> None:
    (item,) = table([["Channel", "Partner", "Start", "End", "Budget EUR"], ["Search", "Google", *days, 5000]]).line_items
    assert (item.start, item.end) == (date(2026, 3, 2), date(2026, 3, 29))


def test_a_month_column_reads_a_short_year_as_a_year() -> None:
    found = table([["Mois", "Levier", "Budget €"], ["févr. 26", "SEA", 12], ["mars 26", "SEA", 14]])
    assert [item.start for item in found.line_items] == [date(2026, 2, 1), date(2026, 3, 1)]


def test_whole_counts_decide_what_a_point_means_in_the_amounts_beside_them() -> None:
    found = table(
        [["Kanal", "Partner", "Impressionen", "Netto €"], ["Suche", "Google", "125.000", "45.000"], ["TV", "RTL", "98.500", "1.250"]]
    )
    assert budgets(found) == [4_500_000, 125_000]


def test_periods_in_thousands_beside_a_budget_that_is_not_give_dates_and_no_amounts() -> None:
    rows: Rows = [
        ["Kanal", "Partner", "Jan 2026 T€", "Feb 2026 T€", "Gesamt €"],
        ["Suche", "Google", 10, 20, 30000],
        ["TV", "RTL", 5, 5.5, 10500],
    ]
    found = table(rows)
    assert budgets(found) == [3_000_000, 1_050_000] and found.scale == 1
    assert [(item.start, item.by_period) for item in found.line_items] == [(date(2026, 1, 1), ()), (date(2026, 1, 1), ())]


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.500,00 EUR zzgl. 19% MwSt.", "EUR", 12500),
        ("350 т.р.", "RUB", 350_000),
        ("R$ 1,5 mi", "BRL", 1_500_000),
        ("350 mil €", "EUR", 350_000),
        ("1,5 mil Kč", "CZK", 1_500_000),
        ("350 eFt", "HUF", 350_000),
        ("1.5亿元", "CNY", 150_000_000),
        ("120만원", "KRW", 1_200_000),
        ("CHF 1'250.—", "CHF", 1250),
        ("12 500,00 $ CA", "CAD", 12500),
        ("4 000.50 £ ¹", "GBP", 4000.5),
    ],
)
def test_an_amount_in_the_notation_of_its_country_is_read(text: str, currency: str, amount: float) -> None:
    number = read_number(text)
    assert number is not None and (number.currency, float(number.only or 0)) == (currency, amount)


@pytest.mark.parametrize(
    "rows",
    [
        [["Kanal", "Partner", "Kontakte", "Budget"], [_, _, "Tsd.", "T€"], ["Suche", "Google", 120, 12.5], ["TV", "RTL", 3000, 250]],
        [["Kanal", "Partner", "Budget"], ["Suche", "Google", 12.5], ["TV", "RTL", 250], ["Summe (T€)", _, 262.5]],
        [["Kanal", "Partner", "Budget"], ["Suche", "Google", 12.5], ["TV", "RTL", 250], ["Summe", _, 262.5], [_], ["Angaben in Tsd. EUR"]],
    ],
)
def test_a_scale_under_the_header_under_the_rows_or_at_their_total_counts(rows: Rows) -> None:
    assert budgets(table(rows)) == [1_250_000, 25_000_000]


def test_a_list_of_prices_without_dates_is_no_plan() -> None:
    assert not read([["Channel", "Model", "Price €"], ["YouTube", "CPV", 0.02], ["Google", "CPC", 1.5]]).tables


@pytest.mark.parametrize("text", ["Mar 2-8", "Mar 2 - 8"])
def test_march_is_no_tuesday(text: str) -> None:
    flight = read_flight(text)
    assert flight is not None and flight.month_day == ((3, 2), (3, 8))


def test_a_note_about_something_else_in_thousands_is_no_scale() -> None:
    rows: Rows = [
        ["Channel", "Budget €"],
        ["Search", 1250],
        ["TV", 2500],
        ["Total", 3750],
        [_],
        ["Production costs in k€ available on request"],
    ]
    assert budgets(table(rows)) == [125_000, 250_000]


def test_net_and_gross_in_one_column_are_said() -> None:
    found = read([["Kanal", "Monat", "Preis"], ["A", "2026-03", "5.000,50 € netto"], ["B", "2026-03", "5.950,50 € brutto"]])
    assert [(w.code, w.cell) for w in found.warnings if w.code == "mixed_vat"] == [("mixed_vat", "C3")]


def test_money_with_its_sign_has_no_three_decimals() -> None:
    reading = read([["Channel", "Partner", "Cost"], ["Search", "Google", "$10,000"], ["Social", "Meta", "$8,500"]])
    assert budgets(reading.tables[0]) == [1_000_000, 850_000] and not reading.questions


def test_what_is_paid_stands_before_the_list_price_under_any_word() -> None:
    rows: Rows = [["Title", "Size", "Ratecard £", "Xyzzy £"], ["Times", "FP", 20000, 12500], ["Sun", "HP", 15000, 9000]]
    assert budgets(table(rows)) == [1_250_000, 900_000]


def test_dates_beside_those_that_were_turned_are_turned_where_only_so_they_fit() -> None:
    rows: Rows = [
        ["Campaign", "Start", "End", "Budget £"],
        ["A", date(2026, 2, 3), date(2026, 12, 3), 1],
        ["B", date(2026, 3, 3), "31/03/2026", 2],
    ]
    assert [(i.start, i.end) for i in table(rows).line_items] == [
        (date(2026, 3, 2), date(2026, 3, 12)),
        (date(2026, 3, 3), date(2026, 3, 31)),
    ]


def test_an_amount_in_a_title_is_no_scale() -> None:
    rows: Rows = [["Channel", "Partner", "Net cost $"], ["CTV", "Hulu", 1500], ["Audio", "Spotify", 2500]]
    for title in ("Budget: $485,000", "Budget: CHF 485’000", "Budget: 1,2 Mio €", "Gesamt 350 TEUR", "Smith, K", "Minneapolis, MN"):
        assert table([[title], *rows]).scale == 1


@pytest.mark.parametrize(("title", "currency"), [("Plan de Medios (ARS)", "ARS"), ("Plan de Medios", None), ("Plan en dólares", "USD")])
def test_a_dollar_sign_in_spanish_is_the_peso_that_is_named_or_asked(title: str, currency: str | None) -> None:
    rows: Rows = [[title], ["Medio", "Soporte", "Neto"], ["TV", "Telefe", "$ 12.500.000,00"], ["Radio", "Mitre", "$ 3.250.500,50"]]
    assert table(rows).currency == currency


def test_days_under_week_commencing_and_week_ending_are_weeks() -> None:
    for header, start, end in (("W/C", date(2026, 3, 2), date(2026, 3, 8)), ("Week ending", date(2026, 2, 24), date(2026, 3, 2))):
        (item,) = table([["Channel", "Partner", header, "Net €"], ["Radio", "Nova", date(2026, 3, 2), 500]]).line_items
        assert (item.start, item.end) == (start, end)


def test_vat_named_above_the_table_counts() -> None:
    assert table([["Mediaplan 2026, SEK exkl. moms"], ["Kanal", "Netto"], ["TV4", 5], ["Meta", 7]]).vat_included is False


@pytest.mark.parametrize(
    "title", ["Медіаплан 2026, тис. грн", "Plan 2026 T€", "Jahresbudget 2026 in Tsd. EUR", "Mediaplan (bedragen x € 1.000)"]
)
def test_a_scale_after_a_year_in_a_title_counts(title: str) -> None:
    assert table([[title], ["Channel", "Partner", "Net"], ["CTV", "Hulu", 15], ["Audio", "NPR", 25]]).scale == 1000


@pytest.mark.parametrize(("title", "currency"), [("TRY IT NOW", None), ("COP26", None), ("RM Williams", None), ("Budget TRY", "TRY")])
def test_a_word_in_capitals_is_no_currency(title: str, currency: str | None) -> None:
    assert table([[title], ["Channel", "Partner", "Budget"], ["TV", "ITV", 500], ["Radio", "LBC", 700]]).currency == currency


def test_weeks_named_month_first_are_read_so_where_only_then_they_follow_one_another() -> None:
    rows: Rows = [["Channel", "Partner", "3/2", "3/9", "3/16", "Total $"], ["CTV", "Hulu", 5, 5, 0, 10], ["Audio", "NPR", 1, 1, 1, 3]]
    assert [p.start for p in table(rows, name="2026").line_items[1].by_period] == [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]


def test_a_short_year_before_a_scale_is_a_year() -> None:
    found = table([["Channel", "FY26 Budget (k€)", "Jan 26 (k€)", "Feb 26 (k€)"], ["TV", 12.5, 5, 7.5], ["Radio", 3, 1, 2]])
    assert [(p.start, p.budget_minor) for p in found.line_items[0].by_period] == [(date(2026, 1, 1), 500_000), (date(2026, 2, 1), 750_000)]
