"""What the reader asks, what it says, and what an answer or a correction changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.model.reading import Correction, Reading
from core.model.workbook import Cell, Tab, Workbook
from core.sheets.__main__ import main
from core.sheets.reading import read_workbook

Rows = list[list[object]]


def tab_of(rows: Rows, name: str = "Plan", **more: object) -> Tab:
    cells = {(r, c): Cell(value) for r, row in enumerate(rows, start=1) for c, value in enumerate(row, start=1) if value not in (None, "")}  # type: ignore[arg-type]
    return Tab(name, cells, len(rows), max(map(len, rows)), **more)  # type: ignore[arg-type]


def read(*tabs: Tab, corrections: tuple[Correction, ...] = (), locale: str | None = None, fallback_year: int | None = None) -> Reading:
    return read_workbook(Workbook("plan.xlsx", "xlsx", tabs), corrections=corrections, locale=locale, fallback_year=fallback_year)


def answer(reading: Reading, kind: str, value: object) -> tuple[Correction, ...]:
    (question,) = [q for q in reading.questions if q.kind == kind]
    return (Correction("answer", question.key, value),)


def kinds(reading: Reading) -> set[str]:
    return {question.kind for question in reading.questions}


def codes(reading: Reading) -> set[str]:
    return {warning.code for warning in reading.warnings}


AMBIGUOUS: Rows = [["Channel", "Budget EUR"], ["Meta", "1.000"], ["TV", "2.500"]]


def test_an_ambiguous_amount_is_asked_once_and_never_guessed() -> None:
    reading = read(tab_of(AMBIGUOUS))
    assert [item.budget_minor for item in reading.tables[0].line_items] == [None, None]
    (question,) = [q for q in reading.questions if q.kind == "ambiguous_number"]
    assert (question.cell, [option.value for option in question.options]) == ("B2", [1000.0, 1.0])


@pytest.mark.parametrize(("value", "amounts"), [(1000.0, [100_000, 250_000]), (1, [100, 250])])
def test_the_answer_settles_the_whole_column(value: float, amounts: list[int]) -> None:
    first = read(tab_of(AMBIGUOUS))
    again = read(tab_of(AMBIGUOUS), corrections=answer(first, "ambiguous_number", value))
    assert [item.budget_minor for item in again.tables[0].line_items] == amounts
    assert "ambiguous_number" not in kinds(again)


def test_a_locale_settles_what_texts_leave_open() -> None:
    assert [item.budget_minor for item in read(tab_of(AMBIGUOUS), locale="de_DE").tables[0].line_items] == [100_000, 250_000]
    rates: Rows = [["Channel", "CPC EUR", "Budget EUR"], ["Meta", "1.250", "100"], ["TV", "2.500", "200"]]
    assert read(tab_of(rates), locale="en_US").tables[0].line_items[0].metrics["cpc_minor"] == 125


def test_a_locale_that_gives_money_a_third_decimal_settles_nothing() -> None:
    reading = read(tab_of(AMBIGUOUS), locale="en_US")
    assert [item.budget_minor for item in reading.tables[0].line_items] == [None, None]
    assert "ambiguous_number" in kinds(reading)


def test_a_currency_that_nothing_names_is_asked_and_its_answer_counts() -> None:
    rows: Rows = [["Channel", "Budget"], ["Meta", 100], ["TV", 50]]
    first = read(tab_of(rows))
    assert first.tables[0].currency is None
    again = read(tab_of(rows), corrections=answer(first, "currency", "JPY"))
    assert (again.tables[0].currency, again.tables[0].total_minor) == ("JPY", 150)


def test_months_without_a_year_are_asked_and_shown_only_in_an_assumed_one() -> None:
    rows: Rows = [["Channel", "January", "February", "Total USD"], ["Meta", 10, 20, 30], ["TV", 5, 5, 10], ["Total", 15, 25, 40]]
    first = read(tab_of(rows))
    assert "missing_year" in kinds(first)
    assert first.tables[0].line_items[0].by_period == ()
    assert first.tables[0].line_items[0].start is None
    assumed = read(tab_of(rows), fallback_year=2031).tables[0].line_items[0]
    assert (assumed.start, assumed.by_period[0].start.year) == (None, 2031)
    again = read(tab_of(rows), corrections=answer(first, "missing_year", 2027)).tables[0].line_items[0]
    assert (str(again.start), str(again.end)) == ("2027-01-01", "2027-02-28")


def test_day_and_month_that_could_change_places_are_asked() -> None:
    rows: Rows = [["Channel", "Start Date", "Budget USD"], ["Meta", "02/03/2026", 10], ["TV", "04/05/2026", 20]]
    first = read(tab_of(rows))
    assert [item.start for item in first.tables[0].line_items] == [None, None]
    again = read(tab_of(rows), corrections=answer(first, "ambiguous_date", "mdy"))
    assert [str(item.start) for item in again.tables[0].line_items] == ["2026-02-03", "2026-04-05"]


def test_two_columns_that_could_be_the_budget_are_asked() -> None:
    rows: Rows = [["Channel", "Budget RUB", "Budget USD"], ["Meta", 9000, 100], ["TV", 18000, 200]]
    first = read(tab_of(rows))
    again = read(tab_of(rows), corrections=answer(first, "which_budget", "C"))
    assert [item.budget_minor for item in again.tables[0].line_items] == [10_000, 20_000]
    assert again.tables[0].currency == "USD"


def test_versions_in_columns_are_alternatives_until_one_is_chosen() -> None:
    rows: Rows = [["Channel", "Budget Option 1, EUR", "Budget Option 2, EUR"], ["Meta", 10, 20], ["TV", 30, 40]]
    first = read(tab_of(rows))
    assert [table.total_minor for table in first.tables] == [4000, 6000]
    assert len({table.alternative_group for table in first.tables}) == 1
    assert all(table.alternative_group for table in first.tables)
    again = read(tab_of(rows), corrections=answer(first, "alternatives", 3))
    assert [(table.total_minor, table.alternative_group) for table in again.tables] == [(6000, None)]


def test_a_total_that_does_not_add_up_is_named_with_both_numbers() -> None:
    rows: Rows = [["Channel", "Budget EUR"], ["Meta", 10], ["TV", 20], ["Total", 40]]
    (check,) = read(tab_of(rows)).tables[0].totals
    assert (check.stated_minor, check.computed_minor, check.matches) == (4000, 3000, False)
    (warning,) = [w for w in read(tab_of(rows)).warnings if w.code == "total_mismatch"]
    assert warning.cell == "B4"


def test_a_formula_without_a_value_is_computed_or_named_never_nought() -> None:
    tab = tab_of([["Channel", "Units", "Price", "Cost EUR"], ["Meta", 10, 2.5], ["TV", 20, 3], ["OOH", 1, 3]])
    tab.cells[2, 4] = Cell(None, "=B2*C2")
    tab.cells[3, 4] = Cell(None, "=ROUND(B3*C3/7,2)")
    tab.cells[4, 4] = Cell(None, "=VLOOKUP(A4,X:Y,2,0)")
    reading = read(tab)
    assert [item.budget_minor for item in reading.tables[0].line_items] == [2500, 857, None]
    assert [w.cell for w in reading.warnings if w.code == "formula_without_value"] == ["D4"]


def test_amounts_in_several_currencies_are_not_added_up() -> None:
    rows: Rows = [["Channel", "Currency", "Budget"], ["Meta", "EUR", 100], ["TV", "USD", 300]]
    table = read(tab_of(rows)).tables[0]
    assert (table.currency, table.total_minor) == (None, None)


def test_corrections_of_roles_rows_currency_and_scale_are_kept() -> None:
    rows: Rows = [["Channel", "Cost", "Invoiced"], ["Meta", 10, 11], ["TV", 20, 22], ["Fee handling", 5, 6]]
    corrections = (
        Correction("column_role", "C", "budget", "Plan"), Correction("line_item_row", "4", False, "Plan"),
        Correction("currency", "Plan", "CHF", "Plan"),
        Correction("scale", "Plan", 1000, "Plan"),
    )  # fmt: skip
    table = read(tab_of(rows), corrections=corrections).tables[0]
    assert [item.budget_minor for item in table.line_items] == [1_100_000, 2_200_000]
    assert (table.currency, table.scale) == ("CHF", 1000)


def test_a_month_that_a_person_calls_no_budget_is_none() -> None:
    rows: Rows = [["Channel", "Jan 2026 €", "Feb 2026 (€)"], ["TV", 100, 200], ["Radio", 50, 60], ["Total", 150, 260]]
    assert [item.budget_minor for item in read(tab_of(rows)).tables[0].line_items] == [30000, 11000]
    told = read(tab_of(rows), corrections=[Correction("column_role", "C", "comment", "Plan")]).tables[0].line_items
    assert [item.budget_minor for item in told] == [10000, 5000]


def test_a_named_header_row_and_an_ignored_table_are_obeyed() -> None:
    rows: Rows = [["Foo", "Bar"], ["Meta Ads", 10], ["TV", 20], ["Media plan"]]
    assert not read(tab_of(rows)).tables
    named = read(tab_of([["Media plan"], *rows[:3]]), corrections=(Correction("header_row", "2", True, "Plan"),))
    assert [item.row for table in named.tables for item in table.line_items] in ([3, 4], [])
    plan: Rows = [["Channel", "Budget EUR"], ["Meta", 10], ["TV", 20]]
    assert not read(tab_of(plan), corrections=(Correction("ignore_table", "Plan", True, "Plan"),)).tables


def test_of_tables_side_by_side_only_the_named_one_is_left_out() -> None:
    rows: Rows = [
        ["Channel", "Publisher", "Budget EUR", None, "Channel", "Publisher", "Budget EUR"],
        ["Search", "Google", 120, None, "TV", "RTL", 400],
        ["Social", "Meta", 80, None, "Radio", "NRJ", 90],
        ["Total", None, 200, None, "Total", None, 490],
    ]
    assert [table.range for table in read(tab_of(rows)).tables] == ["A1:C4", "E1:G4"]
    for cell, left in (("A1", "E1:G4"), ("E1", "A1:C4")):
        ignoring = (Correction("ignore_table", cell, True, "Plan"),)
        assert [table.range for table in read(tab_of(rows), corrections=ignoring).tables] == [left]


def test_the_layout_key_is_the_same_for_new_amounts_and_another_for_new_headers() -> None:
    one, two = (read(tab_of([["Channel", "Budget EUR"], ["Meta", amount]])) for amount in (10, 99))
    other = read(tab_of([["Channel", "Cost EUR"], ["Meta", 10]]))
    assert one.layout_key == two.layout_key
    assert other.layout_key != one.layout_key


def test_the_command_prints_one_object_and_fails_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.csv"
    plan.write_text("Channel;Budget EUR\nMeta;1.000\nTV;2.500\n", encoding="utf-8")
    assert main(["read", str(plan)]) == 0
    reading = json.loads(capsys.readouterr().out)
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({reading["questions"][0]["key"]: 1000}), encoding="utf-8")
    assert main(["read", str(plan), "--answers", str(answers)]) == 0
    assert json.loads(capsys.readouterr().out)["tables"][0]["total_minor"] == 350_000
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04")
    assert main(["read", str(tmp_path / "broken.xlsx")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_amounts_in_a_tab_that_could_not_be_read_are_named() -> None:
    plan = tab_of([["Channel", "Publisher", "Budget EUR"], ["TV", "RTL", 500], ["Radio", "FFH", 300], ["Total", "", 800]])
    odd = tab_of([["Dear all,"], ["on air", "", 12000], ["and", ""], ["on posters", 8000, "€"], ["or this", "", "", 500]], "Mail")
    reading = read(plan, odd)
    assert [t.tab for t in reading.tables] == ["Plan"]
    assert [(w.code, w.tab) for w in reading.warnings] == [("unread_table", "Mail")]


def test_days_across_without_a_month_are_named_and_never_dated() -> None:
    days = list(range(1, 29))
    rows: Rows = [["Channel", "Publisher", *days, "Budget EUR"], ["TV", "RTL", *[10] * 28, 280], ["Radio", "FFH", *[5] * 28, 140]]
    reading = read(tab_of(rows))
    assert [item.by_period for item in reading.tables[0].line_items] == [(), ()]
    assert [w.code for w in reading.warnings] == ["undated_periods"]
    dated = read(tab_of([["Plan March 2026"], *rows]))
    assert dated.warnings == ()
    assert [len(item.by_period) for item in dated.tables[0].line_items] == [28, 28]


HEAD = ["Channel", "Publisher", "Gross EUR", None, "VAT"]


def test_a_mute_column_that_may_be_the_money_is_asked_about() -> None:
    rows: Rows = [HEAD, ["TV", "RTL", 1190, 1000, 190], ["Radio", "FFH", 595, 500, 95], ["Total", "", 1785, 1500, 285]]
    (question,) = read(tab_of(rows)).questions
    assert question.kind == "which_budget"
    assert [option.value for option in question.options] == ["C", "D"]


def test_a_price_that_makes_the_budget_up_is_no_rival_of_it() -> None:
    rows: Rows = [["Channel", "Publisher", "Spots", None, "Cost EUR"], ["TV", "RTL", 2, 900, 1800], ["TV", "VOX", 3, 700, 2100]]
    assert read(tab_of(rows)).questions == ()


def test_lines_outside_every_table_are_named() -> None:
    plan = [
        ["TV", "RTL", "", 700],
        ["Radio", "FFH", "", 900],
        [""],
        ["Channel", "Publisher", "Budget EUR"],
        ["TV", "RTL", 500],
        ["Radio", "FFH", 300],
    ]
    reading = read(tab_of(plan))
    assert [w.code for w in reading.warnings] == ["unread_table"]
    assert "Rows 1 to" in reading.warnings[0].message


def test_cancelled_lines_that_no_total_leaves_out_are_counted_and_named() -> None:
    rows: Rows = [["Channel", "Publisher", "Status", "Budget EUR"], ["TV", "RTL", "booked", 500], ["Radio", "FFH", "cancelled", 300]]
    reading = read(tab_of(rows))
    assert reading.tables[0].total_minor == 80000
    assert [w.code for w in reading.warnings] == ["rows_left_out"]


def test_a_copy_of_a_tab_counts_once_also_where_only_one_of_both_is_dated() -> None:
    rows: Rows = [["Channel", "Publisher", "Budget EUR"], ["TV", "RTL", 500], ["Radio", "FFH", 300], ["Total", "", 800]]
    reading = read(tab_of(rows, "March 2026"), tab_of(rows, "Sheet9"))
    assert [t.tab for t in reading.tables] == ["March 2026"]
    assert [w.code for w in reading.warnings] == ["repeats_money"]


def test_tabs_called_budget_and_forecast_with_the_same_lines_are_asked_about() -> None:
    first: Rows = [["Channel", "Publisher", "Cost EUR"], ["TV", "RTL", 500], ["Radio", "FFH", 300], ["Total", "", 800]]
    second: Rows = [first[0], ["TV", "RTL", 450], ["Radio", "FFH", 390], ["Total", "", 840]]
    assert [q.kind for q in read(tab_of(first, "Budget"), tab_of(second, "Forecast")).questions] == ["alternatives"]
    assert read(tab_of(first, "Aqua"), tab_of(second, "Terra")).questions == ()


def test_options_in_the_rows_of_one_table_are_alternatives() -> None:
    rows: Rows = [
        ["Option", "Channel", "Budget EUR"],
        ["Option A", "TV", 500],
        ["Option A", "Radio", 300],
        ["Option B", "TV", 900],
        ["Option B", "Radio", 100],
    ]
    found = read(tab_of(rows))
    assert [[item.budget_minor for item in table.line_items] for table in found.tables] == [[50_000, 30_000], [90_000, 10_000]]
    assert [question.kind for question in found.questions] == ["alternatives"]


def test_a_tab_that_adds_up_the_lines_of_the_others_counts_once() -> None:
    def rows(tv: int, radio: int) -> Rows:
        return [["Channel", "Publisher", "Budget EUR"], ["TV", "RTL", tv], ["Radio", "FFH", radio], ["Total", "", tv + radio]]

    reading = read(tab_of(rows(500, 300), "North"), tab_of(rows(400, 600), "South"), tab_of(rows(900, 900), "All"))
    assert [t.tab for t in reading.tables] == ["North", "South"]
    assert [w.tab for w in reading.warnings if w.code == "repeats_money"] == ["All"]
