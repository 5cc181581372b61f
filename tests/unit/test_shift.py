"""Round amounts, exchanges and later months: every cent stays somewhere."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.flight import Period
from core.planning.shift import Place, added, exchanged, held, postponed, rounded

JAN, FEB = Period(date(2026, 1, 1), date(2026, 1, 31)), Period(date(2026, 2, 1), date(2026, 2, 28))


def plan(rows: list[tuple[int, int]]) -> Distribution:
    def row(n: int, amounts: tuple[int, int]) -> DistributionRow:
        cells = zip((JAN, FEB), amounts, "BC", strict=True)
        return DistributionRow(f"r{n}", f"r{n}", tuple(DistributionCell(p.key, minor, source_cell=f"{c}{n}") for p, minor, c in cells))

    return Distribution("EUR", (JAN, FEB), tuple(row(n, amounts) for n, amounts in enumerate(rows)))


def place(*rows: int, periods: frozenset[str] | None = None, evenly: bool = False) -> Place:
    return Place(tuple(frozenset({f"r{n}"}) for n in rows), periods, evenly)


AMOUNTS = st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=2, max_size=6)


@given(AMOUNTS, st.integers(1, 10**6))
def test_rounding_keeps_the_sum_and_leaves_one_odd_cell_at_most(rows: list[tuple[int, int]], unit: int) -> None:
    before = plan(rows)
    after = rounded(before, place(*range(len(rows))), unit)
    cells = [cell.budget_minor for row in after.rows for cell in row.cells]
    assert sum(cells) == before.total_minor and min(cells) >= 0
    assert sum(minor % unit != 0 for minor in cells) <= 1


@given(AMOUNTS)
def test_an_exchange_swaps_what_two_lines_have_in_each_month_and_touches_no_other(rows: list[tuple[int, int]]) -> None:
    before = plan(rows)
    after = exchanged(before, place(0), place(1))
    amounts = [tuple(cell.budget_minor for cell in row.cells) for row in after.rows]
    assert amounts == [rows[1], rows[0], *rows[2:]]


@given(AMOUNTS)
def test_later_money_stays_on_its_own_line(rows: list[tuple[int, int]]) -> None:
    before = plan(rows)
    january = place(*range(len(rows)), periods=frozenset({JAN.key}))
    after = postponed(before, january, frozenset({FEB.key}), 1.0)
    assert [tuple(cell.budget_minor for cell in row.cells) for row in after.rows] == [(0, sum(row)) for row in rows]


def test_money_shared_in_proportion_is_right_to_the_cent_for_each_line_and_not_only_for_its_cells() -> None:
    before = plan([(1_000_000, 2_000_000), (2_000_000, 4_000_000)])
    after = added(before, place(0, 1), 1_500_000)
    assert [row.total_minor for row in after.rows] == [3_500_000, 7_000_000]


def test_an_exchange_without_a_cell_to_hold_the_money_is_refused() -> None:
    before = plan([(100, 200), (300, 400)])
    assert held(before, place(0, 1)) == 1000
    with pytest.raises(InvalidInput):
        exchanged(before, place(0), Place((frozenset({"gone"}),)))
