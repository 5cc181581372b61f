"""What was once misread without a word: shares under heads of money, currencies and scales that contradict each other, open lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.model.workbook import Cell, Tab, Workbook
from core.sheets.__main__ import main
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from tests.unit.sheets import Rows, budgets, codes, kinds, read, table

_ = None


@pytest.mark.parametrize("head", ["Budget EUR", "Kosten EUR", "Coût €", "Budżet PLN", "Бюджет, руб."])
def test_percentages_under_a_head_of_money_are_shares_and_asked(head: str) -> None:
    rows: Rows = [["Channel", "Partner", head], ["TV", "RTL", "60 %"], ["Search", "Google", "40 %"], ["Total", _, "100 %"]]
    found = read(rows)
    assert kinds(found) == {"shares_only"} and budgets(found.tables[0]) == [None, None]
    assert budgets(read(rows, answers={"shares_only:Plan:total": 10_000}).tables[0]) == [600_000, 400_000]
    assert budgets(table([*rows[:3], ["Total", _, 10_000]])) == [600_000, 400_000]


def test_cells_shown_as_percentages_under_a_head_of_money_are_no_money() -> None:
    names = [("Channel", "Partner", "Budget EUR"), ("TV", "RTL", 0.6), ("Search", "Google", 0.4)]
    shown = {
        (r, c): Cell(v, number_format="0%" if isinstance(v, float) else None)
        for r, row in enumerate(names, 1)
        for c, v in enumerate(row, 1)
    }
    found = read_workbook(Workbook("plan.xlsx", "xlsx", (Tab("Plan", shown, 3, 3),)))
    assert kinds(found) == {"shares_only"} and budgets(found.tables[0]) == [None, None]


def test_one_percentage_among_amounts_is_not_counted_and_said() -> None:
    found = read([["Channel", "Partner", "Budget EUR"], ["TV", "RTL", 6000], ["Search", "Google", 4000], ["Social", "Meta", "15 %"]])
    assert budgets(found.tables[0]) == [600_000, 400_000, None] and "amount_is_text" in codes(found)


@pytest.mark.parametrize(
    "note", ["All prices in USD", "Alle Beträge in USD", "Tous les montants en USD", "Все суммы в USD", "Importes en USD"]
)
def test_a_line_that_names_another_currency_than_the_head_is_asked(note: str) -> None:
    plan: Rows = [["Channel", "Partner", "Cost EUR"], ["TV", "RTL", 1000], ["Search", "Google", 2000]]
    assert kinds(read([[note], *plan])) == {"currency"} == kinds(read([*plan, [_], [note]]))
    assert not kinds(read([["All prices in EUR"], *plan])) and not kinds(read([["Budget approved: 5,000 USD"], *plan]))


def test_one_of_two_amounts_in_another_scale_is_said() -> None:
    heads = ["Channel", "Partner", "Cost k EUR"]
    assert "amount_far_off" in codes(read([heads, ["TV", "RTL", 15], ["Search", "Google", 25_000]]))
    assert not codes(read([heads, ["TV", "RTL", 15], ["Search", "Google", 250]]))


def test_a_cost_that_is_not_impressions_times_cpm_is_said_in_a_short_plan_too() -> None:
    heads = ["Channel", "Partner", "Impressions", "CPM", "Cost EUR"]
    right: Rows = [heads, ["TV", "RTL", 100_000, 5, 500], ["Search", "Google", 200_000, 4, 800]]
    assert not codes(read(right))
    assert "amount_mismatch" in codes(read([*right[:2], ["Search", "Google", 200_000, 4, 8000]]))


def test_amounts_under_a_rate_of_commission_are_money() -> None:
    rows: Rows = [
        ["Channel", "Partner", "Gross EUR", "AE 15%", "Net net EUR"],
        ["TV", "RTL", 1000, 150, 850],
        ["Radio", "RMS", 2000, 300, 1700],
    ]
    found = table(rows)
    assert budgets(found) == [85_000, 170_000] and all("discount" not in item.metrics for item in found.line_items)


@pytest.mark.parametrize("word", ["optional", "Option", "optionnel", "opcional", "tentative", "опционально", "valfri"])
def test_lines_that_say_they_are_optional_are_named(word: str) -> None:
    found = read([["Channel", "Partner", "Cost EUR", "Status"], ["TV", "RTL", 1000, "booked"], ["Search", "Google", 2000, word]])
    assert "rows_left_out" in codes(found) and found.tables[0].total_minor == 300_000


def test_a_line_that_is_still_to_be_dated_and_priced_is_a_line() -> None:
    heads = ["Channel", "Publisher", "Start", "End", "Cost EUR"]
    found = read([heads, ["Social", "Meta", "2026-03-01", "2026-03-31", 1000], ["TV", "RTL", "tbc", _, "tbc"]])
    assert budgets(found.tables[0]) == [100_000, None] and "amount_is_text" in codes(found)


def test_russian_text_of_dos_is_read() -> None:
    text = "Канал;Площадка;Начало;Окончание;Бюджет, руб.\r\nВидео;Яндекс;01.03.2026;31.03.2026;1 234,50\r\n"
    text += "Поиск;ВК;01.04.2026;30.04.2026;100\r\n"
    for encoding in ("cp866", "cp1251", "koi8-r"):
        (found,) = read_workbook(load_workbook("plan.csv", text.encode(encoding))).tables
        assert [item.publisher for item in found.line_items] == ["Яндекс", "ВК"] and found.total_minor == 133_450


def test_the_command_line_names_a_missing_file_an_odd_locale_and_answers_to_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(tmp_path / "gone.xlsx")]) == 2
    assert "cannot be opened" in (told := capsys.readouterr().err) and "Errno" not in told
    plan, answers = tmp_path / "plan.csv", tmp_path / "answers.json"
    plan.write_text("Channel,Partner,Cost EUR\nTV,RTL,1000\nSearch,Google,2000\n")
    assert main(["read", str(plan), "--locale", "nowhere land"]) == 2 and "locale" in capsys.readouterr().err
    answers.write_text('{"currency:Plan:nothing": "EUR"}')
    assert main(["read", str(plan), "--answers", str(answers)]) == 0 and "currency:Plan:nothing" in capsys.readouterr().err
