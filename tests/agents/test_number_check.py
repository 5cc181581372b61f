"""Figures in an answer must come from a tool result of the turn or from the person."""

from __future__ import annotations

import pytest

from agents.checks import MARK, check_figures, numbers_said
from agents.facts import Figure, money, number, share

FIGURES = [
    Figure("EUR 40,000", 40_000.0, "plan:B9", "money"),
    Figure("22.2%", 0.22222, "run:optimize", "share"),
    Figure("2,051", 2051.4, "performance:fit", "number"),
    Figure("0.00737", 0.00737, "performance:fit", "number"),
]


@pytest.mark.parametrize(
    "text",
    [
        "Search gets EUR 40,000.",
        "40.000 EUR",
        "€40k",
        "a share of 22.2%",
        "22 %",
        "2,051 conversions",
        "0.00737 each",
        "0,0074 each",
        "40,000",
    ],
)
def test_a_figure_of_a_tool_stays_and_is_linked(text: str) -> None:
    checked, linked = check_figures(text, FIGURES)
    assert checked == text and len(linked) == 1


@pytest.mark.parametrize("text", ["EUR 41,000", "ROAS of 7.3", "23%", "2,060 conversions", "EUR 0.22", "4000", "40 million"])
def test_a_figure_without_a_source_is_taken_out(text: str) -> None:
    checked, linked = check_figures(text, FIGURES)
    assert MARK in checked and linked == []


@pytest.mark.parametrize("text", ["in Q1 2026", "cell B9 of Plan", "from 2026-01 to 2026-03", "1. Search\n2. Meta", "by 31.03.2026"])
def test_dates_cells_and_list_numbers_are_no_figures(text: str) -> None:
    assert check_figures(text, [])[0] == text


def test_what_the_person_said_may_be_repeated() -> None:
    said = numbers_said(["I have 180k and 30% for TV"])
    checked, linked = check_figures("You said EUR 180,000 and 30%.", [], said=said)
    assert MARK not in checked and {one.source for one in linked} == {"you"}


def test_names_of_the_plan_with_digits_are_no_figures() -> None:
    assert check_figures("Channel 4 leads.", [], names=["Channel 4"])[0] == "Channel 4 leads."


def test_facts_carry_text_value_and_source() -> None:
    assert money(4_000_050, "EUR", "plan:B9")["text"] == "EUR 40,000.50"
    assert money(4_000, "JPY", "plan:B9")["text"] == "JPY 4,000"
    assert share(0.2, "x")["text"] == "20%"
    assert number(0.00737, "x")["text"] == "0.00737"
