"""What single cells say: weeks by number, remarks and footnotes beside amounts, figures of an export that are no numbers."""

from __future__ import annotations

import pytest

from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.reading.dates import read_flight
from core.sheets.reading.numbers import read_number
from tests.unit.sheets import Rows, budgets, codes, kinds, read, table

_ = None


def _weeks(head: str, cells: list[object]) -> Rows:
    return [
        ["Streuplan 2026"],
        ["Kanal", "Partner", head, "Budget EUR"],
        *[["TV", f"RTL {at}", cell, 1000 + at] for at, cell in enumerate(cells)],
    ]


@pytest.mark.parametrize(
    ("head", "cells", "days"),
    [
        ("KW", ["10/26", "11/26", "03/26"], ["2026-03-02..2026-03-08", "2026-03-09..2026-03-15", "2026-01-12..2026-01-18"]),
        ("KW", [10, 11, 3], ["2026-03-02..2026-03-08", "2026-03-09..2026-03-15", "2026-01-12..2026-01-18"]),
        ("Week", ["W10", "11", "12-13"], ["2026-03-02..2026-03-08", "2026-03-09..2026-03-15", "2026-03-16..2026-03-29"]),
        ("Month", [3, 4, "5"], ["2026-03-01..2026-03-31", "2026-04-01..2026-04-30", "2026-05-01..2026-05-31"]),
        ("Week", ["w/e 8 March 2026", "w/c 9 March 2026"], ["2026-03-02..2026-03-08", "2026-03-09..2026-03-15"]),
    ],
)
def test_bare_numbers_under_a_week_or_month_count_those(head: str, cells: list[object], days: list[str]) -> None:
    assert [f"{item.start}..{item.end}" for item in table(_weeks(head, cells)).line_items] == days


def test_weeks_that_follow_each_other_over_new_year_are_no_months() -> None:
    heads = ["Kanal", "Partner", "KW 51/25", "KW 52/25", "01/26", "02/26", "03/26", "Summe EUR"]
    found = table([["Streuplan"], heads, ["TV", "RTL", 100, 100, 100, 100, 100, 500], ["Radio", "RMS", 200, 100, 100, 100, 100, 600]])
    assert [str(period.start) for period in found.line_items[0].by_period] == [
        *("2025-12-15", "2025-12-22", "2025-12-29", "2026-01-05", "2026-01-12"),
    ]


def test_a_remark_or_a_footnote_beside_an_amount_leaves_it_an_amount_and_is_said() -> None:
    cells = ["12,000", "8,000 (tbc)", "4,500 (est.)", "6,000†", "3,250 1)", "€ 950 [incl. production]"]
    found = read([["Media plan"], ["Channel", "Partner", "Budget EUR"], *[["TV", f"Site {at}", cell] for at, cell in enumerate(cells)]])
    assert budgets(found.tables[0]) == [1_200_000, 800_000, 450_000, 600_000, 325_000, 95_000]
    assert "amount_remark" in codes(found)


@pytest.mark.parametrize("text", ["30 (TVC)", "2026 (plan)", "4,500 (gross 5,000)", "10-12k", "12,000 / 14,000"])
def test_lengths_years_and_second_amounts_are_no_remarks(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("head", "cells", "first"),
    [("Net Cost (excl. GST)", [1000, 2000], "INR"), ("Budget", [1000, 2000], "EUR")],
)
def test_a_gst_offers_the_currencies_of_the_countries_that_levy_one(head: str, cells: list[object], first: str) -> None:
    found = read([["Media plan"], ["Channel", "Partner", head], ["TV", "Star", cells[0]], ["Radio", "Mirchi", cells[1]]])
    (asked,) = [question for question in found.questions if question.kind == "currency"]
    assert asked.options[0].value == first


@pytest.mark.parametrize(
    ("title", "currency"), [("Media AOP (Rs. in Lakhs)", "INR"), ("Media plan", "INR"), ("Media plan Pakistan", "PKR")]
)
def test_lakhs_are_indian_rupees_unless_another_country_is_named(title: str, currency: str) -> None:
    rows: Rows = [[title], ["Channel", "Partner", "Budget"], ["TV", "Star", "12.5 lakh"], ["Radio", "Mirchi", "3 lakhs"]]
    assert (table(rows).currency, kinds(read(rows))) == (currency, set())


def test_an_amount_times_a_coefficient_is_what_is_paid() -> None:
    head: Rows = [["Город", "Канал", "GRP", "Бюджет, руб.", "Сезонный коэф.", "Бюджет с коэф."]]
    lines: Rows = [["Самара", "СТС", 120, 384000, 1.15, 441600], ["Пермь", "РЕН ТВ", 150, 315000, 1.1, 346500]]
    found = table(_rows("Региональное ТВ", head, *lines, ["Всего", _, 270, 699000, _, 788100]))
    assert budgets(found) == [44_160_000, 34_650_000]


def test_money_with_the_fee_beside_the_fee_leaves_the_media_before_it() -> None:
    head: Rows = [["Канал", "Дата", "Цена, руб.", "Комиссия 15%", "Итого с комиссией"]]
    lines: Rows = [["@novosti", "02.09.2025", 25000, 3750, 28750], ["@moda", "04.09.2025", 14000, 2100, 16100], [_, _, 39000, 5850, 44850]]
    assert budgets(table(_rows("Посевы", head, *lines))) == [2_500_000, 1_400_000]


EXPORT = """Campaign report
1 March 2026 - 31 March 2026
Day;Campaign;Cost;Impr.;Clicks
2026-03-01;A;1.234;10000;<10
2026-03-02;A;2.345;20000;20
next week;A;3.456;30000;30
"""


def test_an_export_asks_for_the_currency_and_the_decimals_that_nothing_tells_and_names_what_it_could_not_read() -> None:
    found = read_workbook(load_workbook("report.csv", EXPORT.encode()))
    assert {"currency", "ambiguous_number"} <= kinds(found)
    assert {(warning.code, warning.cell) for warning in found.warnings} >= {("amount_is_text", "E4"), ("unread_date", "A6")}


def _rows(title: object, head: Rows, *lines: list[object]) -> Rows:
    return [title if isinstance(title, list) else [title], *head, *lines]


@pytest.mark.parametrize(
    ("title", "days"),
    [
        ("Радиокампания: ноябрь 2024 (с 05.11 по 24.11)", "2024-11-05..2024-11-24"),
        ("Региональное ТВ, 12.05.2025-08.06.2025, руб. без НДС", "2025-05-12..2025-06-08"),
        (["Медіаплан", "травень 2024"], "2024-05-01..2024-05-31"),
        ("Radio campaign November 2024 (5 Nov - 24 Nov)", "2024-11-05..2024-11-24"),
    ],
)
def test_a_title_tells_the_days_of_a_plan_in_brackets_or_in_the_cell_beside_it(title: object, days: str) -> None:
    found = table(_rows(title, [["Канал", "Станция", "Бюджет, руб."]], ["Радио", "Авторадио", 1000], ["Радио", "Юмор FM", 2000]))
    assert {f"{item.start}..{item.end}" for item in found.line_items} == {days}


def test_dates_without_a_year_lie_in_the_season_of_two_years_that_the_title_names() -> None:
    head: Rows = [["Kanal", "Partner", "Zeitraum", "Budget €"]]
    found = table(_rows("Winterkampagne 2026/27", head, ["TV", "RTL", "15.12. - 15.01.", 1000], ["OOH", "JCD", "05.01.-31.01.", 700]))
    assert [f"{item.start}..{item.end}" for item in found.line_items] == ["2026-12-15..2027-01-15", "2027-01-05..2027-01-31"]


def test_a_heading_right_over_a_table_names_its_currency() -> None:
    head: list[object] = ["Channel", "Site", "Cost"]
    uk, de = (
        [["UK (GBP)"], head, ["TV", "ITV", 1000], ["Radio", "Global", 500]],
        [["Germany (EUR)"], head, ["TV", "RTL", 2000], ["Radio", "RMS", 700]],
    )
    assert [found.currency for found in read([["Media plan 2026"], *uk, [], *de]).tables] == ["GBP", "EUR"]


def test_a_column_with_vat_that_grows_the_amounts_by_one_rate_leaves_them_without() -> None:
    head: Rows = [["Mecra", "Yayıncı", "Net Bütçe (TL)", "KDV Dahil (TL)"]]
    grown = table(_rows("Medya Planı", head, ["TV", "Kanal D", 1250000, 1500000], ["Dijital", "Google", 350000, 420000]))
    assert (grown.vat_included, budgets(grown)) == (False, [125_000_000, 35_000_000])


def test_a_line_that_is_its_share_of_the_subtotal_is_a_fee() -> None:
    lines: Rows = [["TV", "ITV", 6000], ["Radio", "Global", 1500], ["Subtotal", _, 7500], ["Agency fee 5%", _, 375], ["ASBOF 0.1%", _, 7.5]]
    found = table(_rows("Plan", [["Channel", "Supplier", "Net total £"]], *lines, ["VAT 20%", _, 1576.5], ["Grand total", _, 9459]))
    assert budgets(found) == [600_000, 150_000] and all(check.matches for check in found.totals if check.computed_minor is not None)


@pytest.mark.parametrize(("amounts", "minor", "asked"), [([1.25, 0.4], 125_000_000, False), ([125000, 40000], 12_500_000, True)])
def test_a_letter_alone_in_the_head_is_a_scale_where_the_amounts_are_small_and_else_asked(
    amounts: list[float], minor: int, asked: bool
) -> None:
    found = read(
        _rows("Media plan", [["Channel", "Vendor", "Budget EUR (m)"]], *[["TV", f"V{at}", amount] for at, amount in enumerate(amounts)])
    )
    assert budgets(found.tables[0])[0] == minor and ("scale" in kinds(found)) is asked


def test_a_quarter_is_the_months_that_stand_before_it() -> None:
    head: Rows = [["Medium", "Vehicle", "Apr'26", "May'26", "Jun'26", "Q1", "Total"]]
    found = table(
        _rows("AOP FY27 (INR Lacs)", head, ["TV", "Zee", 10.5, 12, 8, 30.5, 30.5], ["Digital", "Google", 5, 5, 5.25, 15.25, 15.25])
    )
    assert [f"{item.start}..{item.end}" for item in found.line_items] == ["2026-04-01..2026-06-30"] * 2
    assert budgets(found) == [305_000_000, 152_500_000]


def test_indian_amounts_end_with_a_stroke_where_they_have_no_paise() -> None:
    found = table(
        [["Plan"], ["Medium", "Publication", "Net Amount (INR)"], ["Print", "TOI", "2,12,500/-"], ["Radio", "Mirchi", "86,700/-"]]
    )
    assert budgets(found) == [21_250_000, 8_670_000]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("02.03.2026, 4 Wochen", "2026-03-02..2026-03-29"),
        ("w/c 2 March 2026 (4 weeks)", "2026-03-02..2026-03-29"),
        ("ab 02.03.2026 für 10 Tage", "2026-03-02..2026-03-11"),
        ("w/c 2 Mar - w/c 23 Mar 2026", "2026-03-02..2026-03-29"),
        ("wk comm 16/03/26", "2026-03-16..2026-03-22"),
        ("Weeks 10-13 2026", "2026-03-02..2026-03-29"),
        ("KW 12 und 13 2026", "2026-03-16..2026-03-29"),
        ("2026-03-02 / 2026-03-29", "2026-03-02..2026-03-29"),
        ("02.03.2026 09:00 - 29.03.2026 18:00", "2026-03-02..2026-03-29"),
        ("I kw. 2026", "2026-01-01..2026-03-31"),
    ],
)
def test_runs_told_by_their_length_by_weeks_or_with_times_are_read(text: str, days: str) -> None:
    flight = read_flight(text)
    assert flight is not None and f"{flight.start}..{flight.end}" == days


def test_a_range_that_ends_before_it_starts_is_said() -> None:
    found = read(
        [
            ["Plan"],
            ["Channel", "Site", "Period", "Budget EUR"],
            ["TV", "RTL", "29.03.2026 - 02.03.2026", 1000],
            ["TV", "VOX", "March 2026", 2000],
        ]
    )
    assert "end_before_start" in codes(found)


def test_sums_decide_what_a_mark_means_where_a_column_leaves_it_open() -> None:
    lines = [["TV", "RTL", "1.500", "2.000", "0", "3.500"], ["Radio", "RMS", "750", "1.250", "500", "2.500"]]
    found = read([["Plan 2026 (EUR)"], ["Channel", "Site", "Mar", "Apr", "May", "Total"], *lines])
    assert budgets(found.tables[0]) == [350_000, 250_000] and not kinds(found)


def test_words_where_an_amount_should_stand_are_named_in_lines_of_one_name_too() -> None:
    lines: Rows = [["Affichage", "JCDecaux", 25000], ["Radio", "NRJ", 12500], ["Divers", _, "à définir"]]
    assert "amount_is_text" in codes(read([["Budget 2026"], ["Poste", "Prestataire", "Montant EUR"], *lines]))


def test_a_sign_of_several_currencies_under_the_head_of_another_is_asked() -> None:
    lines: Rows = [["TV", "RTL", "12.500,00"], ["Radio", "P4", "kr 8.500,00"], ["OOH", "JCD", "4.250,50"]]
    assert "currency" in kinds(read([["Plan"], ["Channel", "Site", "Budget EUR"], *lines]))


@pytest.mark.parametrize(("text", "told"), [("12,500.00 net", {"net"}), ("12.500,00 zzgl. MwSt.", {"vat_excl"}), ("12 500 Eur.", set())])
def test_words_beside_an_amount_need_no_sign_of_its_currency(text: str, told: set[str]) -> None:
    number = read_number(text)
    assert number is not None and (number.only, number.told) == (12500, told)


def test_an_amount_that_says_it_is_gross_among_others_that_say_nothing_is_named() -> None:
    lines: Rows = [["TV", "RTL", "11.200,00"], ["Radio", "RMS", "12.500,00 brutto"], ["OOH", "JCD", "9.800,50"]]
    found = read([["Mediaplan"], ["Kanal", "Partner", "Budget EUR"], *lines])
    assert budgets(found.tables[0]) == [1_120_000, 1_250_000, 980_050] and "mixed_vat" in codes(found)


@pytest.mark.parametrize("amounts", [("12500,505", "3400,25"), ("12500.505", "7000.125"), ("1.250", "3.400")])
def test_an_amount_with_a_third_decimal_or_a_forgotten_mark_is_asked_about(amounts: tuple[str, str]) -> None:
    found = read([["Channel", "Format", "Budget EUR"], ["Meta", "Reels", amounts[0]], ["Google", "Text", amounts[1]]])
    assert "ambiguous_number" in kinds(found) and budgets(found.tables[0])[0] is None


def test_months_of_ambiguous_amounts_are_asked_about_once() -> None:
    rows: Rows = [["Channel", "Format", "Jan 2026", "Feb 2026"], ["Meta", "Reels", "1.250", "2.500"], ["Google", "Text", "3.400", "1.000"]]
    found = read([["Budget EUR"], [], *rows])
    assert [question.kind for question in found.questions] == ["ambiguous_number"]
    answered = read([["Budget EUR"], [], *rows], answers={found.questions[0].key: 1250})
    assert budgets(answered.tables[0]) == [375_000, 440_000]


@pytest.mark.parametrize("label", ["Rundung", "Rounding difference", "Arrondi", "Redondeo", "Округление"])
def test_what_rounds_a_total_is_no_line(label: str) -> None:
    found = read(
        [["Kanal", "Format", "Kosten EUR"], ["Meta", "Reels", 1250.5], ["Google", "Text", 3400.25], [label, "", -0.75], ["Summe", "", 4650]]
    )
    assert budgets(found.tables[0]) == [125_050, 340_025] and not codes(found)
