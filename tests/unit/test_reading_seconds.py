"""Broadcast grids of seconds by day with their taxes beside a signature, and costs beside what they come to in a year."""

from __future__ import annotations

from datetime import date, time

from tests.unit.sheets import Rows, budgets, codes, read

_ = None


def test_seconds_by_day_say_when_a_slot_runs_and_the_tax_beside_a_signature_is_no_line() -> None:
    days: list[object] = [1, 2, 3, 4, 5, 6]
    head: list[object] = [
        "Время дата",
        *days,
        "Всего секунд",
        "Цена за сек., руб.",
        "Стоимость, руб.",
        "Скидка",
        "Стоимость со скидкой, руб.",
    ]
    rows: Rows = [
        *([["Медиа-план ноябрь 2025 г."], [_], head, [time(6, 50), 20, _, 20, _, _, _, 40, 30, 1200, 0.1, 1080]]),
        *([[time(8, 10), _, 20, 20, 20, _, _, 60, 40, 2400, 0.1, 2160], ["Всего", 20, 20, 40, 20, 0, 0, 100, _, 3600, _, 3240]]),
        *([[*[_] * 9, "Всего выходов:", _, 5], ["Исполнитель ____", *[_] * 8, "НДС 20%", _, 648], [*[_] * 9, "К оплате:", _, 3888]]),
    ]
    found = read(rows)
    (plan,) = found.tables
    assert budgets(plan) == [108000, 216000] and "total_mismatch" not in codes(found)
    assert [(i.start, i.end) for i in plan.line_items] == [(date(2025, 11, 1), date(2025, 11, 3)), (date(2025, 11, 2), date(2025, 11, 4))]


def test_what_a_cost_comes_to_in_a_year_is_the_budget() -> None:
    rows: Rows = [
        *([["Marketing budget 2026"], [_], ["Category", "Item", "Cost (GBP)", "Frequency", "Annual Cost (GBP)"]]),
        *([["Paid Social", "LinkedIn Ads", 420, "Monthly", 5040], ["Print", "Magazine", 940, "Quarterly", 3760]]),
        *([["Events", "Trade fair", 1800, "One-off", 1800], ["Total", _, _, _, 10600]]),
    ]
    found = read(rows)
    assert budgets(found.tables[0]) == [504000, 376000, 180000] and not found.questions and found.tables[0].total_minor == 1060000
