"""Broadcast grids by time of day, operators' cards with metrics down the rows, metrics in the corner of a grid, and price lists."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.unit.sheets import Rows, budgets, codes, read, table

_ = None


def test_slots_named_by_their_time_are_lines_with_the_days_that_are_marked() -> None:
    days: list[object] = list(range(1, 8))
    rows: Rows = [
        *([["Медиаплан"], ["Период: октябрь 2025 г."], [_], ["Время / дата", *days, "Кол-во выходов", "Стоимость, руб. без НДС"]]),
        *([[time(7, 10), 1, 1, _, _, 1, _, _, 3, 3000], [time(8, 10), _, _, _, 2, 1, _, _, 3, 4500]]),
        *([["Погода 21:30", _, _, 1, _, _, _, _, 1, 2500], [time(23, 0), _, _, _, _, _, _, _, 0, 0], ["ИТОГО", *[_] * 7, 7, 10000]]),
    ]
    found = table(rows, name="Лист 1")
    assert budgets(found) == [300000, 450000, 250000]
    assert [(item.start, item.end) for item in found.line_items[:2]] == [
        (date(2025, 10, 1), date(2025, 10, 5)),
        (date(2025, 10, 4), date(2025, 10, 5)),
    ]


_CARD: Rows = [
    *([["Бренд", "Карта"], [_], ["Инвентарь", _, "Баннер в меню"], ["Период РК", _, "10-14.02.2025", "03-09.03.2025", "07-15.04.2025"]]),
    *([["Кол-во дней", _, 5, 7, 9, 21], ["Контакты за период", "OTS", 7000, 8000, 5000, 20000]]),
    *([["Охват", "Reach 1+", 1800, 2100, 1300, "-"], ["Частота", "Frequency", 4.0, 4.0, 4.0, "-"]]),
    *([["Стоимость за период без НДС", "Cost", 5000, 6000, 4000, 15000], ["Скидка", _, 0.1, 0.1, 0.1, 0.1]]),
    ["Стоимость с учётом скидок до НДС", _, 4500, 5400, 3600, 13500],
]


def test_a_card_whose_metrics_have_a_second_name_beside_them_costs_what_is_left_after_the_discount() -> None:
    assert budgets(table(_CARD, name="Баннер")) == [1350000]


def test_a_price_list_is_no_plan() -> None:
    rows: Rows = [
        *([["Прайс-лист на размещение рекламы"], ["Цены в рублях, без НДС"], [_]]),
        ["Место размещения", "Формат", "Показов в неделю, прогноз", "Цена за неделю", "Цена за месяц"],
        *([["Главная", "100%x250", 180000, 96000, 345600], ["Новости", "Native", 260000, 72500, 261000]]),
    ]
    found = read(rows)
    assert not found.tables and not found.is_media_plan and codes(found) <= {"other_table", "unread_table"}


@pytest.mark.parametrize("corner", ["Impressions", "Clicks", "Показы", "GRP"])
def test_a_grid_with_a_metric_in_its_corner_counts_no_money(corner: str) -> None:
    months: Rows = [["Jan 2026", 100, 200], ["Feb 2026", 110, 210], ["Mar 2026", 120, 220]]
    turned: Rows = [[corner, "Google", "Meta"], *months]
    upright: Rows = [[corner, "Jan 2026", "Feb 2026"], ["Google", 100, 110], ["Meta", 200, 210]]
    for rows in (turned, [*turned, ["Total", 330, 630]], upright):
        assert not read([["Media plan 2026"], [_], *rows]).tables


def test_a_grid_with_a_budget_in_its_corner_is_money_in_its_currency() -> None:
    found = table(
        [["Media plan"], [_], ["Budget (k€)", "Google", "Meta"], ["Jan 2026", 100, 200], ["Feb 2026", 110, 210], ["Total", 210, 410]]
    )
    assert (found.currency, found.scale, budgets(found)) == ("EUR", 1000, [21000000, 41000000])


def test_an_address_programme_costs_what_its_parts_add_up_to() -> None:
    rows: Rows = [
        *([["Адресная программа 2026, цены в руб. без НДС"], [_]]),
        ["Город", "Адрес", "Мес.", "Прайс в месяц", "Скидка", "Размещение", "Печать", "Монтаж", "Итого по стороне"],
        *([["Самара", "ул. 1", 3, 38000, 0.15, 96900, 4200, 2500, 103600], ["Уфа", "ул. 2", 2, 52000, 0.1, 93600, 4300, 2500, 100400]]),
        *([["Уфа", "ул. 3", 1, 29500, 0.15, 25075, 0, 0, 25075], ["Итого", _, _, _, _, 215575, 8500, 5000, 229075]]),
    ]
    found = read(rows)
    assert budgets(found.tables[0]) == [10360000, 10040000, 2507500] and not found.questions
    assert all(item.publisher is None for item in found.tables[0].line_items)
