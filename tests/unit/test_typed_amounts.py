"""What people type or paste into the planner's table, in any country's notation."""

from __future__ import annotations

import numpy as np
import pytest

from pages._ui.typed_amounts import shown_amounts, typed_minor


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        *(("1234,56", 123_456), ("1.234,56", 123_456), ("1,234.56", 123_456), ("1234.56", 123_456), ("1'234.50", 123_450)),
        *(("1 234,56", 123_456), ("1\u202f234,56 €", 123_456), ("1,234", 123_400), ("1.234.567", 123_456_700), ("12k", 1_200_000)),
        *(("0,5", 50), (" 7 ", 700), (1234.56, 123_456), ("-5", -500)),
    ],
)
def test_an_amount_is_read_in_the_notation_it_is_typed_in(text: object, minor: int) -> None:
    assert typed_minor(text, "EUR") == minor


@pytest.mark.parametrize("text", ["1.234", "100.000", "1234,567", "abc", "5%", "1,234.5.6", "$", "12 USD"])
def test_what_could_be_two_amounts_or_is_none_is_refused_in_a_sentence(text: str) -> None:
    told = typed_minor(text, "EUR")
    assert isinstance(told, str) and text in told


def test_a_mark_means_what_the_currency_lets_it_mean() -> None:
    assert (typed_minor("1.234", "JPY"), typed_minor("1.234", "KWD"), typed_minor("$1,234", "CAD")) == (1234, 1234, 123_400)


def test_nothing_typed_is_nothing() -> None:
    assert [typed_minor(value, "EUR") for value in (None, "", "  ", float("nan"))] == [None] * 4


def test_amounts_are_shown_with_every_decimal_and_read_back() -> None:
    minor = np.array([[123_456.0, np.nan], [5.0, 100_000_000.0]])
    shown = shown_amounts(minor, "EUR")
    assert shown.tolist() == [["1,234.56", None], ["0.05", "1,000,000.00"]]
    assert [typed_minor(text, "EUR") for text in shown.ravel()] == [123_456, None, 5, 100_000_000]
    assert [typed_minor(text, "JPY") for text in shown_amounts(np.array([1234.0, 1_234_567.0]), "JPY")] == [1234, 1_234_567]
