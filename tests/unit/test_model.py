"""Money and periods hold their promises."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.model.flight import Period, months_between
from core.model.money import split_minor, to_major, to_minor
from core.model.workbook import a1, parse_a1


@given(st.integers(-(10**14), 10**14), st.lists(st.integers(0, 10**9), min_size=1, max_size=60).filter(any))
def test_parts_always_sum_to_the_whole(total: int, weights: list[int]) -> None:
    parts = split_minor(total, weights)
    assert sum(parts) == total
    assert all(abs(part * sum(weights) - total * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True))


@given(st.integers(-(10**14), 10**14), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_minor_units_survive_the_round_trip(minor: int, currency: str) -> None:
    assert to_minor(to_major(minor, currency), currency) == minor


@given(st.integers(1, 10**6), st.integers(1, 18278))
def test_cell_addresses_survive_the_round_trip(row: int, column: int) -> None:
    assert parse_a1(a1(row, column)) == (row, column)


def test_months_between_names_every_month_once_across_the_year_end() -> None:
    assert [month.key for month in months_between(date(2025, 11, 30), date(2026, 2, 1))] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert Period(date(2026, 1, 5), date(2026, 1, 11)).key == "2026-01-05..2026-01-11"
