"""Flights over blocks of lines, day grids with weekdays, scales of other tables, and plans of the Baltic languages."""

from __future__ import annotations

from datetime import date

from core.sheets.reading.dates import flight_of_heading
from tests.unit.sheets import Rows, budgets, codes, read, table

_ = None


def test_a_heading_with_days_over_some_lines_dates_them() -> None:
    head: list[object] = ["#", "Площадка", "Формат", "Стоимость, руб. без НДС"]
    rows: Rows = [
        *(
            [
                ["Период", "01.09.2025-16.11.2025"],
                [_],
                head,
                ["ФЛАЙТ 1: 01.09.2025 - 28.09.2025"],
                [1, "VK", "видео", 100],
                [2, "Авито", "баннер", 50],
            ]
        ),
        *(
            [
                [_, "Итого флайт", _, 150],
                ["ФЛАЙТ 2: 20.10 - 16.11"],
                [3, "VK", "видео", 70],
                [4, "2ГИС", "метка", 30],
                [_, "Итого флайт", _, 100],
            ]
        ),
        [_, "Итого", _, 250],
    ]
    one, two = (date(2025, 9, 1), date(2025, 9, 28)), (date(2025, 10, 20), date(2025, 11, 16))
    found = table(rows)
    assert [(i.start, i.end) for i in found.line_items] == [one, one, two, two] and budgets(found) == [10000, 5000, 7000, 3000]
    assert flight_of_heading("Digital 2025", 2025) is None and flight_of_heading("Flight 1 (5 May)", 2025) is None


def test_days_with_their_weekdays_below_are_days() -> None:
    days: list[object] = [1, 2, 3, 4, 5, 6]
    rows: Rows = [
        *([["График на радио, август 2025 г."], [_], ["Время выхода", *days, "Кол-во выходов", "Стоимость, руб."]]),
        *([[_, "пт", "сб", "вс", "пн", "вт", "ср"], ["7:15", _, "х", "х", _, _, _, 2, 840], ["8:15", _, _, "х", "х", "х", _, 3, 1560]]),
        ["Итого", *[_] * 6, 5, 2400],
    ]
    runs = [(item.start, item.end) for item in table(rows).line_items]
    assert runs == [(date(2025, 8, 2), date(2025, 8, 3)), (date(2025, 8, 3), date(2025, 8, 5))]


def test_thousands_in_the_head_of_one_table_are_not_those_of_the_next() -> None:
    head: list[object] = ["Площадка", "Кол-во, тыс. показов", "CPM, руб.", "Стоимость, руб. без НДС"]
    rows: Rows = [
        *(
            [
                ["Лето 2025"],
                [_],
                ["ОПЦИЯ 1"],
                head,
                ["Samsung", 1000, 500, 500000],
                ["LG", 400, 500, 200000],
                ["Итого", 1400, _, 700000],
                [_],
            ]
        ),
        *([["ОПЦИЯ 2"], head, ["Samsung", 600, 500, 300000], ["DOOH", 800, 100, 80000], ["Итого", 1400, _, 380000]]),
    ]
    assert [(t.scale, t.total_minor) for t in read(rows).tables] == [(1, 70000000), (1, 38000000)]


def test_a_lithuanian_plan_is_read() -> None:
    rows: Rows = [
        *([["MEDIJOS PLANAS – rudens kampanija"], ["Laikotarpis: 2025-09-01 – 2025-10-26"], [_]]),
        ["Kanalas", "Formatas", "Pradžia", "Pabaiga", "Vnt.", "Kiekis", "Vnt. kaina", "Nuolaida", "Suma be PVM", "Suma su PVM, EUR"],
        ["TV3", "15 sek.", "2025-09-01", "2025-09-28", "GRP", 220, 50, 0.3, 7700, 9317],
        ["Delfi.lt", "Billboard", "2025-09-01", "2025-09-14", "CPM", 950, 8, 0.4, 4560, 5517.6],
        *([["Iš viso be PVM", *[_] * 7, 12260, _], ["PVM 21 %", *[_] * 7, 2574.6, _], ["Iš viso su PVM", *[_] * 7, 14834.6, _]]),
    ]
    found = read(rows)
    (plan,) = found.tables
    assert budgets(plan) == [770000, 456000] and plan.currency == "EUR" and plan.vat_included is False and not codes(found)
    assert (plan.line_items[0].start, plan.line_items[0].end) == (date(2025, 9, 1), date(2025, 9, 28))


def test_a_heading_that_names_a_plain_currency_counts_before_the_thousands_of_the_table_above() -> None:
    head: list[object] = ["Канал", "Формат", "Бюджет"]
    above: Rows = [
        ["Медиаплан"],
        [_],
        ["Digital (тыс. руб.)"],
        head,
        ["Яндекс", "поиск", 150],
        ["VK", "видео", 80],
        ["Итого", "", 230],
        [_],
    ]
    below: Rows = [head, ["Щиты", "3х6", 120000], ["Метро", "экраны", 90000], ["Итого", "", 210000]]
    assert [t.total_minor for t in read([*above, ["Наружная реклама (руб.)"], *below]).tables] == [23000000, 21000000]
    assert [t.scale for t in read([*above, ["Радио (тыс. руб.)"], *below]).tables] == [1000, 1000]
