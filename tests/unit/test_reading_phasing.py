"""Months that hold shares of a line's budget, months as words in a column of their own, and times beside totals."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.sheets import Rows, budgets, codes, kinds, read, table

_ = None
_TITLE: Rows = [["Распределение бюджета, II кв. 2026, руб. без НДС"], [_]]


@pytest.mark.parametrize("split", [[0.3, 0.3, 0.4], ["30%", "30%", "40%"], [30, 30, 40]])
def test_shares_by_month_say_when_a_line_runs_and_are_no_money(split: list[object]) -> None:
    head: list[object] = ["Канал", "Бюджет, руб.", "Апрель", "Май", "Июнь"]
    lines: Rows = [[name, amount, *split] for name, amount in (("Контекст", 1500000), ("Таргет", 900000), ("Видео", 600000))]
    rows: Rows = [*_TITLE, head, *lines, ["Итого", 3000000]]
    found = read(rows)
    assert budgets(found.tables[0]) == [150000000, 90000000, 60000000] and not found.questions and not codes(found)
    assert {(i.start, i.end) for i in found.tables[0].line_items} == {(date(2026, 4, 1), date(2026, 6, 30))}


def test_shares_by_month_without_any_money_are_asked() -> None:
    rows: Rows = [*_TITLE, ["Канал", "Доля", "Апрель", "Май"], ["Контекст", "60%", 0.5, 0.5], ["Таргет", "40%", 0.2, 0.8]]
    found = read(rows)
    assert budgets(found.tables[0]) == [None, None] and kinds(found) == {"shares_only"}


def test_amounts_that_a_total_beside_them_sums_up_are_no_shares() -> None:
    lines: Rows = [["Контекст", 40, 60, 100], ["Таргет", 50, 50, 100], ["Итого", 90, 110, 200]]
    assert budgets(table([*_TITLE, ["Канал", "Апрель", "Май", "Итого, тыс. руб."], *lines])) == [10000000, 10000000]


def test_months_as_words_under_any_head_date_their_lines() -> None:
    rows: Rows = [
        ["Медиаплан: влогеры, лето 2026"],
        [_],
        ["Блогер", "Месяц выхода", "Стоимость, руб."],
        ["@anna", "июнь", 450],
        ["@petya", "июль", 120],
    ]
    assert [(i.start, i.end) for i in table(rows).line_items] == [
        (date(2026, 6, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 7, 31)),
    ]
