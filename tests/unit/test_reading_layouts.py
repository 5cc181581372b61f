"""Layouts that planners use, one small sheet each, read as they are meant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.unit.sheets import Rows, budgets, checks, read, table

_ = None


@pytest.mark.parametrize("heads", [["T1", "T2"], ["Q1", "Q2"], ["1T", "2T"], ["I квартал", "II квартал"], ["1 kwartał", "2 kwartał"]])
def test_quarters_with_sections_subtotals_and_vat_are_read(heads: list[str]) -> None:
    rows: Rows = [
        ["Plan de medios 2026"],
        ["Medio", "Soporte", *heads, "Total (€)"],
        ["DIGITAL"],
        ["Meta", "Instagram", 500, 500, 1000],
        ["Google Ads", "Google", 100, 100, 200],
        ["Subtotal DIGITAL", _, 600, 600, 1200],
        ["OFFLINE"],
        ["Radio", "SER", 2000, 0, 2000],
        ["Prensa", "El País", 0, 300, 300],
        ["Subtotal OFFLINE", _, 2000, 300, 2300],
        ["Total sin IVA", _, 2600, 900, 3500],
        ["IVA 21%", _, 546, 189, 735],
        ["Total con IVA", _, 3146, 1089, 4235],
    ]
    found = table(rows)
    assert budgets(found) == [100_000, 20_000, 200_000, 30_000]
    assert [item.labels["section"] for item in found.line_items] == ["DIGITAL", "DIGITAL", "OFFLINE", "OFFLINE"]
    assert (found.line_items[3].start, found.line_items[3].end) == (date(2026, 4, 1), date(2026, 6, 30))
    assert checks(found) == {"subtotal": True, "period_total": True, "total": True, "vat": True, "gross": True}


def test_first_days_of_weeks_stand_for_the_weeks() -> None:
    mondays = [date(2025, 3, 3) + timedelta(weeks=n) for n in range(4)]
    found = table([["Канал", "Формат", *mondays, "Итого, руб"], ["ВК", "Пост", 10, 10, 10, 10, 40], ["TG", "Посев", _, 20, 20, _, 40]])
    assert [(item.start, item.end) for item in found.line_items] == [
        (date(2025, 3, 3), date(2025, 3, 30)),
        (date(2025, 3, 10), date(2025, 3, 23)),
    ]


def test_a_row_that_numbers_the_columns_and_a_discount_are_no_items() -> None:
    rows: Rows = [
        ["№", "Площадка", "Формат", "Кол-во", "Цена, руб", "Сумма, руб"],
        [1, 2, 3, 4, 5, 6],
        [1, "ВК", "Пост", 3, 1000, 3000],
        [2, "ТГ", "Посев", 2, 5000, 10000],
        [_, "Скидка 10%", _, _, _, -1300],
        [_, "Итого", _, _, _, 11700],
    ]
    assert budgets(table(rows)) == [300_000, 1_000_000]
    assert all(check.matches for check in table(rows).totals)


@pytest.mark.parametrize("note", ["alle Angaben in T€", "Angaben in TEUR", "in thousands of EUR", "EUR, тыс.", "Beträge in Tsd. EUR", "k€"])
def test_a_scale_above_the_table_counts(note: str) -> None:
    found = table(
        [["Mediaplan 2026"], [note], ["Kanal", "Vermarkter", "Budget"], ["TV", "RTL", 10.5], ["Radio", "RMS", 5], ["Gesamt", _, 15.5]]
    )
    assert (found.scale, found.currency, budgets(found)) == (1000, "EUR", [1_050_000, 500_000])


def test_dates_under_a_header_that_nobody_knows_are_still_dates() -> None:
    found = table([["Kanał", "Kiedy", "Koszt, PLN"], ["TV", "01.03-31.03.2026", 1000], ["Radio", "15.03.2026-30.03.2026", 500]])
    assert [(item.start, item.end) for item in found.line_items] == [
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 3, 15), date(2026, 3, 30)),
    ]


def test_blank_rows_between_items_and_a_fee_as_the_only_money_are_read() -> None:
    rows: Rows = [
        ["Influencer", "Platform", "Post date", "Fee (USD)"],
        ["@anna", "Instagram", date(2026, 3, 1), 500],
        [_],
        ["@bob", "TikTok", date(2026, 3, 8), 700],
        [_],
        ["Total", _, _, 1200],
    ]
    assert budgets(table(rows)) == [50_000, 70_000]


def test_spend_to_date_beside_clicks_is_a_report_and_no_plan() -> None:
    reading = read(
        [
            ["Campaign", "Spend to date", "Impressions", "Clicks", "CTR"],
            ["Brand", 8412.33, 412000, 15230, 0.037],
            ["Generic", 21984.1, 1830000, 31120, 0.017],
            ["Sum", 30396.43],
        ]
    )
    assert not reading.is_media_plan
    assert [row.spend_minor for row in reading.performance[0].rows] == [841_233, 2_198_410]


def test_a_profit_and_loss_account_is_no_plan() -> None:
    rows: Rows = [
        ["Marketing plan"],
        ["Item", "Jan", "Feb"],
        ["Revenue", 1000, 1100],
        ["Cost of goods sold", 400, 420],
        ["Gross profit", 600, 680],
        ["Marketing", 50, 50],
        ["Operating expenses", 100, 100],
        ["Net income", 450, 530],
    ]
    assert not read(rows).is_media_plan


def test_a_nameless_sum_at_the_top_of_an_export_is_a_total() -> None:
    head = ["Campaign name", "Ad set name", "Amount spent (EUR)", "Impressions", "Results", "Reporting starts", "Reporting ends"]
    rows: Rows = [head, [_, _, 150.5, 30000, 30, _, _], ["Brand", "Set 1", 100.5, 20000, 20, "2026-01-01", "2026-01-31"]]
    rows.append(["Brand", "Set 2", 50, 10000, 10, "2026-01-01", "2026-01-31"])
    (export,) = read(rows).performance
    assert [row.spend_minor for row in export.rows] == [10_050, 5000]
    assert [check.matches for check in export.totals] == [True]


def test_words_that_look_like_profit_do_not_hide_a_plan() -> None:
    rows: Rows = [
        ["Mese", "Mezzo", "Costo totale, €"],
        ["Marzo 2025", "TikTok", 100],
        ["Aprile 2025", "TV", 200],
        ["Totale generale", _, 300],
    ]
    assert budgets(table(rows)) == [10_000, 20_000]


def test_a_list_without_a_header_is_read_with_less_confidence() -> None:
    found = table([["Media plan 2026"], ["Google Ads", 1000], ["Facebook", 500], ["TikTok", 250], ["Total", 1750]])
    assert budgets(found) == [100_000, 50_000, 25_000]
    assert found.confidence <= 0.7
    assert not read([["Shopping"], ["Milk", 2], ["Bread", 3], ["Eggs", 12], ["Sum", 17]]).is_media_plan


@pytest.mark.parametrize(
    "title",
    [
        ["Media Budget 2026"],
        ["Mediaplan Launch", _, _, "Stand:", "12.03.2026"],
        ["Mediaplan Launch", _, "Budget: 30.000 €"],
    ],
)
def test_a_title_directly_above_the_header_stays_out_of_it(title: list[object]) -> None:
    head = ["Channel", "Publisher", "Start", "End", "Cost €"]
    body = [["Social", "Meta", "01.03.2026", "31.03.2026", 10000], ["Search", "Google", "01.03.2026", "30.04.2026", 20000]]
    found = table([title, head, *body])
    assert found.header_rows == (2,)
    assert [(i.start, i.end, i.budget_cell) for i in found.line_items] == [
        (date(2026, 3, 1), date(2026, 3, 31), "E3"),
        (date(2026, 3, 1), date(2026, 4, 30), "E4"),
    ]


def test_the_year_over_the_months_is_theirs() -> None:
    found = table([[_, _, "Budget Q1 2027"], ["Channel", "Publisher", "Jan", "Feb", "Total €"], ["Social", "Meta", 1000, 500, 1500]])
    assert [p.start for p in found.line_items[0].by_period] == [date(2027, 1, 1), date(2027, 2, 1)]


def test_short_russian_months_are_months_though_they_end_like_a_year() -> None:
    rows: Rows = [["Канал", "Янв", "Фев", "Мар", "Апр", "Авг", "Итого, руб."], ["VK", 1, 2, 3, 4, 5, 15], ["Яндекс", 5, 5, 5, 5, 5, 25]]
    assert [p.start.month for p in table(rows, name="2026").line_items[0].by_period] == [1, 2, 3, 4, 8]


def test_two_columns_of_single_days_are_start_and_end_whatever_stands_above_them() -> None:
    rows: Rows = [
        ["Kampania", "Budżet zł", "Data od", "Data do"],
        ["A", 12000, "01.03.2026", "31.03.2026"],
        ["B", 8000, "02.03.2026", "30.04.2026"],
    ]
    assert [(i.start, i.end) for i in table(rows).line_items] == [
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 3, 2), date(2026, 4, 30)),
    ]


def test_a_tab_name_may_say_currency_and_scale() -> None:
    found = table([["Channel", "Q1", "Q2", "Total"], ["Search", 10, 10, 20], ["Social", 5, 5, 10]], name="Budget 2027 (k€)")
    assert (found.currency, found.scale, found.total_minor) == ("EUR", 1000, 3_000_000)
