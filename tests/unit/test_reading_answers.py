"""An answer is what it means: it holds for the next file where it fits, and where it does not, the question is asked again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.model.reading import Correction, Reading
from core.model.workbook import Cell, Tab, Workbook
from core.sheets.__main__ import main
from core.sheets.reading import read_workbook
from core.sheets.reading.makes import is_of_one_file, is_positional, kept_answer, stable_name
from tests.unit.sheets import Rows, budgets, codes, kinds

MARCH: Rows = [["Channel", "Cost EUR"], ["Meta", "3.000"], ["TV", "2.500"]]
APRIL: Rows = [["Channel", "Cost EUR"], ["Meta", "4.000"], ["TV", "2.500"]]


def read(rows: Rows, *corrections: Correction, name: str = "Plan", file: str = "plan.xlsx") -> Reading:
    cells = {(r, c): Cell(value) for r, row in enumerate(rows, start=1) for c, value in enumerate(row, start=1) if value is not None}  # type: ignore[arg-type]
    return read_workbook(Workbook(file, "xlsx", (Tab(name, cells, len(rows), max(map(len, rows))),)), corrections=corrections)


def answered(reading: Reading, kind: str, value: object) -> Correction:
    (question,) = [question for question in reading.questions if question.kind == kind]
    return Correction("answer", question.key, kept_answer(question, value), question.tab)


def test_an_answer_about_a_number_is_kept_as_the_decimal_mark_and_holds_for_other_numbers() -> None:
    kept = answered(read(MARCH), "ambiguous_number", 3000.0)
    assert kept.value == ","
    assert budgets(read(APRIL, kept).tables[0]) == [400_000, 250_000] and not read(APRIL, kept).questions
    point = answered(read(MARCH), "ambiguous_number", 3.0)
    assert point.value == "." and budgets(read(APRIL, point).tables[0]) == [400, 250]


@pytest.mark.parametrize("junk", [3000.0, "junk", None, "", [1], True])
def test_an_answer_that_fits_no_reading_of_the_number_is_asked_again_and_said(junk: object) -> None:
    found = read(APRIL, Correction("answer", "ambiguous_number:Plan:column:2", junk, "Plan"))
    assert kinds(found) == {"ambiguous_number"} and "answer_unfit" in codes(found)
    assert budgets(found.tables[0]) == [None, None]


QUESTIONS: dict[str, Rows] = {
    "currency": [["Channel", "Cost"], ["Meta", 100], ["TV", 200]],
    "ambiguous_date": [["Channel", "Day", "Cost EUR"], ["Meta", "01/03/2027", 100], ["TV", "05/04/2027", 200]],
    "missing_year": [["Channel", "Month", "Cost EUR"], ["Meta", "March", 100], ["TV", "April", 200]],
    "shares_only": [["Channel", "Share"], ["Meta", "40%"], ["TV", "60%"]],
    "which_budget": [["Channel", "Start", "Budget 2025 EUR", "Budget 2026 EUR"], ["Meta", "May", 100, 300], ["TV", "June", 200, 500]],
}


@pytest.mark.parametrize("kind", QUESTIONS)
def test_junk_never_closes_a_question(kind: str) -> None:
    asked = read(QUESTIONS[kind])
    assert kind in kinds(asked)
    for junk in ("junk", None, "ZZ", -1, {"a": 1}):
        again = read(QUESTIONS[kind], answered(asked, kind, junk))
        assert kind in kinds(again) and "answer_unfit" in codes(again)
        assert [t.total_minor for t in again.tables] == [t.total_minor for t in asked.tables]


def test_a_letter_that_is_no_column_of_amounts_any_more_is_no_budget() -> None:
    kept = Correction("answer", "which_budget:Plan:budget", "A", "Plan")
    found = read(QUESTIONS["which_budget"], kept)
    assert "which_budget" in kinds(found) and budgets(found.tables[0]) == budgets(read(QUESTIONS["which_budget"]).tables[0])


def test_the_year_and_the_whole_of_shares_serve_one_file_and_columns_are_known_by_their_place() -> None:
    assert is_of_one_file(Correction("answer", "missing_year:Plan:year", 2026))
    assert is_of_one_file(Correction("answer", "shares_only:Plan:total", 80_000.0))
    assert not is_of_one_file(Correction("answer", "ambiguous_number:Plan:column:5", ","))
    assert is_positional(Correction("answer", "ambiguous_number:Plan:column:5", ","))
    assert is_positional(Correction("answer", "which_budget:Plan:budget", "D")) and is_positional(Correction("column_role", "D", "budget"))
    assert not is_positional(Correction("answer", "missing_year:Plan:year", 2026))


@pytest.mark.parametrize(
    "one, other",
    [("April", "May"), ("ACME April 2027", "ACME Mai 2028"), ("Plan v2", "Plan v3"), ("Tabelle1", "Sheet2"), ("05.2027", "2027-06-01")],
)
def test_tabs_called_after_months_dates_and_versions_are_of_one_make(one: str, other: str) -> None:
    assert stable_name(one) == stable_name(other)


def test_options_and_other_tabs_are_told_apart_by_their_names() -> None:
    assert len({stable_name(name) for name in ("Option 1", "Option 2", "Search", "Plan A", "Plan")}) == 5


def test_an_answer_serves_the_next_month_and_the_next_csv() -> None:
    kept = answered(read(MARCH, name="April"), "ambiguous_number", 3000.0)
    may = read(APRIL, kept, name="May")
    assert not may.questions and budgets(may.tables[0]) == [400_000, 250_000]
    asks = read(MARCH, name="Asks", file="Asks.csv")
    following = read(APRIL, answered(asks, "ambiguous_number", 3000.0), name="Asks next", file="Asks next.csv")
    assert not following.questions and following.layout_key == asks.layout_key
    assert read(MARCH, name="April").layout_key == read(APRIL, name="May").layout_key
    assert following.former_layout_key != asks.former_layout_key


def test_a_role_given_on_a_tab_serves_the_tab_of_the_next_month() -> None:
    role = Correction("column_role", "C", "budget", "April")
    rows = QUESTIONS["which_budget"]
    assert budgets(read(rows, role, name="May").tables[0]) == [10_000, 20_000]


def test_next_quarters_months_have_the_same_layout_and_next_years_budgets_another() -> None:
    quarters = [[["Channel", *months], ["Meta", 1, 2], ["TV", 3, 4]] for months in (["Jan 2027", "Feb 2027"], ["Apr 2027", "May 2027"])]
    assert read(quarters[0]).layout_key == read(quarters[1]).layout_key
    years = [
        [["Channel", *heads], ["Meta", 1, 2], ["TV", 3, 4]] for heads in (["Budget 2025", "Budget 2026"], ["Budget 2026", "Budget 2025"])
    ]
    assert read(years[0]).layout_key != read(years[1]).layout_key


def test_the_command_says_that_an_answer_does_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan, answers = tmp_path / "plan.csv", tmp_path / "answers.json"
    plan.write_text("Channel;Budget EUR\nMeta;4.000\nTV;2.500\n", encoding="utf-8")
    answers.write_text(json.dumps({"ambiguous_number:plan:column:2": 3000}), encoding="utf-8")
    assert main(["read", str(plan), "--answers", str(answers)]) == 0
    printed = capsys.readouterr()
    assert printed.err.startswith("note: The answer '3000' does not fit") and printed.err.count("\n") == 1
    assert [question["kind"] for question in json.loads(printed.out)["questions"]] == ["ambiguous_number"]
