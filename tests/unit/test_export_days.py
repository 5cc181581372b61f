"""The days of exports: decided by the file, by closeness, by a person, and mended where a file mixes both orders."""

from __future__ import annotations

from datetime import date

from core.sheets.reading.export_days import settle_days
from core.sheets.reading.findings import Findings


def test_each_separator_keeps_the_order_that_its_days_above_twelve_decide() -> None:
    days = settle_days(["11/16/2024", "11/30/2024", "20-11-2024"], Findings("t"), cell="A2")
    assert days.of("11/16/2024")[0] == date(2024, 11, 16)
    assert days.of("20-11-2024")[0] == date(2024, 11, 20)


def test_days_that_follow_one_another_decide_the_order() -> None:
    findings = Findings("t")
    days = settle_days([f"0{n}-10-2025" for n in range(1, 9)], findings, cell="A2")
    assert (days.of("08-10-2025")[0], findings.questions) == (date(2025, 10, 8), [])


def test_an_order_that_nothing_decides_is_asked_and_its_days_stay_open() -> None:
    findings = Findings("t")
    days = settle_days(["03/04/2025"], findings, cell="B7")
    assert days.of("03/04/2025")[0] is None
    assert [(q.kind, q.cell, [o.value for o in q.options]) for q in findings.questions] == [("ambiguous_date", "B7", ["dmy", "mdy"])]
    answered = settle_days(["03/04/2025"], Findings("t", {findings.questions[0].key: "mdy"}), cell="B7")
    assert answered.of("03/04/2025")[0] == date(2025, 3, 4)


def test_in_a_file_of_both_orders_each_day_is_read_near_the_certain_ones() -> None:
    texts = ["11/16/2024", "11/28/2024", "18-11-2024", "1/11/2024", "11/2/2024", "12/11/2024"]
    days = settle_days(texts, Findings("t"), cell="A2")
    assert [days.of(text)[0] for text in texts[3:]] == [date(2024, 11, 1), date(2024, 11, 2), date(2024, 11, 12)]
    assert days.turned == ["1/11/2024", "12/11/2024"]


def test_a_file_of_one_order_is_never_turned() -> None:
    days = settle_days(["11/20/2024", "11/30/2024", "12/11/2024"], Findings("t"), cell="A2")
    assert (days.of("12/11/2024")[0], days.turned) == (date(2024, 12, 11), [])


def test_words_and_iso_dates_need_no_order() -> None:
    days = settle_days(["2024-05-06", "3 Apr 2024"], Findings("t"), cell="A2")
    assert [days.of("2024-05-06")[0], days.of("3 Apr 2024")[0]] == [date(2024, 5, 6), date(2024, 4, 3)]
