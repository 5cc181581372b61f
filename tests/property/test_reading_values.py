"""Whatever is written as a number or a date is read back, in every notation."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sheets.reading.dates import read_flight
from core.sheets.reading.day_order import settle_order
from core.sheets.reading.numbers import read_number, settle_mark

LOCALES = ("en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "pl_PL", "ru_RU", "uk_UA", "tr_TR", "sv_SE", "de_CH", "en_IN")
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2098, 12, 31))


def mark_of(locale: str) -> str:
    return "," if Locale.parse(locale).number_symbols["latn"]["decimal"] == "," else "."


@settings(max_examples=150, deadline=None)
@given(AMOUNTS, st.sampled_from(LOCALES))
def test_an_amount_in_any_locale_is_read_back(amount: Decimal, locale: str) -> None:
    text = format_decimal(amount, format="#,##0.00", locale=locale)
    reading = read_number(text)
    assert reading is not None
    assert reading.under(mark_of(locale)) == amount  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(AMOUNTS, st.sampled_from(LOCALES), st.sampled_from(["€ {}", "{} €", "EUR {}", "{} руб.", "${}", "({})", "-{}", "{} zł", "{}р."]))
def test_currency_and_sign_do_not_change_the_amount(amount: Decimal, locale: str, shape: str) -> None:
    reading = read_number(shape.format(format_decimal(amount, format="#,##0.00", locale=locale)))
    assert reading is not None
    value = reading.under(mark_of(locale))  # type: ignore[arg-type]
    assert value == (-amount if shape[0] in "(-" else amount)


@settings(max_examples=100, deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.sampled_from(LOCALES))
def test_a_column_of_one_locale_never_settles_on_the_other_mark(amounts: list[Decimal], locale: str) -> None:
    readings = [read_number(format_decimal(a, format="#,##0.00", locale=locale)) for a in amounts]
    assert settle_mark([r for r in readings if r]) in (mark_of(locale), None)


@given(st.integers(1, 999), st.integers(0, 999))
def test_one_dot_and_three_digits_stay_ambiguous(whole: int, rest: int) -> None:
    reading = read_number(f"{whole}.{rest:03d}")
    assert reading is not None
    assert {reading.point, reading.comma} == {Decimal(f"{whole}.{rest:03d}"), Decimal(whole * 1000 + rest)}
    assert reading.only is None


@pytest.mark.parametrize(
    "text", ["Q1", "T2", "100x250", 'Spot 30"', "Mars 2026", "TOP 10", "A12", "1/1 page", "", "-", "N/A", "10-15", "12:30"]
)
def test_texts_that_only_look_like_numbers_are_none(text: str) -> None:
    assert read_number(text) is None


@settings(max_examples=120, deadline=None)
@given(DAYS, st.sampled_from(["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]))
def test_a_numeric_day_is_read_back(day: date, shape: str) -> None:
    flight = read_flight(day.strftime(shape), "dmy")
    assert flight is not None
    assert flight.start == flight.end == day


@settings(max_examples=120, deadline=None)
@given(DAYS, st.sampled_from(LOCALES[:12]))
def test_a_day_in_words_is_read_back_in_every_language(day: date, locale: str) -> None:
    flight = read_flight(format_date(day, format="long", locale=locale))
    assert flight is not None
    assert flight.start == flight.end == day


@settings(max_examples=100, deadline=None)
@given(
    DAYS,
    st.integers(1, 300),
    st.sampled_from(["{a:%d.%m.%y}-{b:%d.%m.%y}", "{a:%d.%m.%Y} – {b:%d.%m.%Y}", "{a:%d.%m}-{b:%d.%m.%y}", "{a:%Y-%m-%d} - {b:%Y-%m-%d}"]),
)
def test_a_range_is_read_back_also_over_new_year(start: date, days: int, shape: str) -> None:
    end = start + timedelta(days=days)
    flight = read_flight(shape.format(a=start, b=end))
    assert flight is not None
    assert (flight.start, flight.end) == (start, end)


@settings(max_examples=80, deadline=None)
@given(st.integers(2001, 2097), st.integers(1, 12), st.sampled_from(LOCALES[:12]))
def test_a_month_with_its_year_is_read_back(year: int, month: int, locale: str) -> None:
    name = Locale.parse(locale).months["stand-alone"]["wide"][month]
    flight = read_flight(f"{name} {year}")
    assert flight is not None
    assert (flight.start, flight.grain) == (date(year, month, 1), "month")


def test_impossible_days_are_kept_as_such() -> None:
    flight = read_flight("1.10.24-31.09.24")
    assert flight is not None
    assert (flight.start, flight.end, flight.impossible) == (date(2024, 10, 1), None, "31.09.24")


def test_a_flight_with_gaps_keeps_its_parts() -> None:
    flight = read_flight("08-16, 24-30.09.2024")
    assert flight is not None
    assert flight.parts == ((date(2024, 9, 8), date(2024, 9, 16)), (date(2024, 9, 24), date(2024, 9, 30)))


def test_the_order_of_day_and_month_needs_a_witness() -> None:
    assert settle_order(["03/04/2025", "05/06/2025"]) is None
    assert settle_order(["03/04/2025", "25/06/2025"]) == "dmy"
    assert settle_order(["03/04/2025", "06/25/2025"]) == "mdy"
    assert settle_order(["13/04/2025", "06/25/2025"]) is None
