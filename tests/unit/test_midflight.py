"""Re-planning while a plan runs: deliveries in place of plans, and wishes of the table in the optimiser's problem."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core.errors import InvalidInput
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.flight import months_between
from core.model.money import ExchangeRate
from core.planning.allocation.problem import Hill
from core.planning.channels import CurveKey
from core.planning.midflight import Deliveries, past_rules, replan
from core.planning.optimising import RowCurves, Wanted, booked_words, smallest_bookable, to_problem

_MONTHS = tuple(months_between(date(2026, 1, 1), date(2026, 3, 31)))
_SEARCH, _TV = ("Search", None), ("TV", None)
_KEYS: dict[str, CurveKey] = {"a": _SEARCH, "b": _SEARCH, "c": _TV}
_CURVES = RowCurves(_KEYS, {key: {period.key: Hill(100.0, 50_000.0, 0.9) for period in _MONTHS} for key in (_SEARCH, _TV)})


def _plan() -> Distribution:
    def row(name: str, channel: str, *amounts: int) -> DistributionRow:
        cells = tuple(DistributionCell(period.key, amount) for period, amount in zip(_MONTHS, amounts, strict=True))
        return DistributionRow(name, name, cells, channel=channel)

    return Distribution("EUR", _MONTHS, (row("a", "Search", 100, 100, 100), row("b", "Search", 200, 200, 200), row("c", "TV", 500, 0, 500)))


def test_deliveries_take_the_place_of_what_is_over_and_bound_what_is_running() -> None:
    delivered = Deliveries({_SEARCH: {date(2026, 1, 10): 250, date(2026, 1, 31): 110, date(2026, 2, 3): 91}}, date(2026, 2, 10))
    found = replan(_plan(), delivered, _KEYS, over=date(2026, 2, 10))
    assert [[cell.budget_minor for cell in row.cells] for row in found.table.rows] == [[120, 100, 100], [240, 200, 200], [500, 0, 500]]
    assert found.spent == {("a", "2026-02"): 30, ("b", "2026-02"): 61}
    assert [(item.channel, item.period, item.state, item.planned_minor, item.delivered_minor) for item in found.actuals] == [
        ("Search", "2026-01", "over", 300, 360),
        ("TV", "2026-01", "unknown", 500, None),
        ("Search", "2026-02", "running", 300, 91),
    ]


def test_rules_that_are_deliveries_say_so() -> None:
    delivered = Deliveries({_SEARCH: {date(2026, 1, 10): 360, date(2026, 2, 3): 91}}, date(2026, 2, 10))
    said = past_rules(replan(_plan(), delivered, _KEYS, over=date(2026, 2, 10)), date(2026, 2, 10))
    assert said["cell:a|2026-01:locked"] == "what is over for a, Jan 2026 (1.20)"
    assert said["cell:b|2026-02:min"] == "what is spent already for b, Feb 2026 (0.61)"
    assert "cell:c|2026-02:min" not in said and "cell:a|2026-03:min" not in said


def test_deliveries_that_do_not_reach_to_the_end_of_a_period_leave_its_plan() -> None:
    found = replan(_plan(), Deliveries({_SEARCH: {date(2026, 1, 10): 250}}, date(2026, 1, 20)), _KEYS, over=date(2026, 2, 10))
    assert found.table.rows == _plan().rows and found.actuals[0].state == "unknown"


def test_what_is_left_of_the_budget_is_divided_and_nothing_spent_is_planned_away() -> None:
    from core.planning.allocation import optimise

    delivered = Deliveries({_SEARCH: {date(2026, 1, 10): 360, date(2026, 2, 3): 600}}, date(2026, 2, 10))
    mid = replan(_plan(), delivered, _KEYS, over=date(2026, 2, 10))
    wanted = Wanted(budget_minor=_plan().total_minor, frozen_through=date(2026, 2, 10))
    result = optimise(to_problem(mid.table, _CURVES, wanted, spent=mid.spent))
    assert result.budget_minor == _plan().total_minor
    assert result.allocation["a|2026-01"] + result.allocation["b|2026-01"] == 360 and result.allocation["c|2026-01"] == 500
    assert result.allocation["a|2026-02"] >= 200 and result.allocation["b|2026-02"] >= 400


def test_wishes_of_the_table_reach_the_optimiser() -> None:
    rows = (replace(_plan().rows[0], zero_or_at_least_minor=150, step_minor=50), *_plan().rows[1:])
    problem = to_problem(replace(_plan(), rows=rows, max_live_amounts=4), _CURVES, Wanted(step_minor=10))
    assert problem.max_live_cells == 4
    assert {(cell.zero_or_at_least_minor, cell.step_minor) for cell in problem.cells if cell.id.startswith("a|")} == {(150, 50)}
    assert {(cell.zero_or_at_least_minor, cell.step_minor) for cell in problem.cells if cell.id.startswith("b|")} == {(None, 10)}


def test_an_exchange_rate_needs_a_value_and_a_source() -> None:
    with pytest.raises(InvalidInput):
        ExchangeRate("GBP", 1.17, date(2026, 1, 2), " ")
    with pytest.raises(InvalidInput):
        ExchangeRate("GBP", 0.0, date(2026, 1, 2), "ECB")


@pytest.mark.parametrize(
    ("budget", "amount", "smallest"), [(9_000_000, 1_000_000, 10_000), (23_800_000, 600, 600), (90_000, 10_000, 100), (90_000, 3, 100)]
)
def test_the_least_amount_that_is_booked_is_a_round_hundredth_of_the_average_and_no_more_than_any_there_is(
    budget: int, amount: int, smallest: int
) -> None:
    rows = tuple(replace(row, cells=tuple(replace(cell, budget_minor=amount) for cell in row.cells)) for row in _plan().rows)
    assert smallest_bookable(replace(_plan(), rows=rows), budget) == smallest


def test_amounts_are_nothing_or_large_enough_to_be_booked_where_no_other_wish_says_more() -> None:
    first, second, third = _plan().rows
    rows = (replace(first, zero_or_at_least_minor=7), replace(second, max_minor=4), third)
    rows = (
        *rows[:2],
        replace(rows[2], cells=(replace(rows[2].cells[0], min_minor=2), rows[2].cells[1], replace(rows[2].cells[2], locked=True))),
    )
    problem = to_problem(replace(_plan(), rows=rows), _CURVES, Wanted(smallest_minor=5), spent={("c", "2026-02"): 1})
    assert [cell.zero_or_at_least_minor for cell in problem.cells] == [7, 7, 7, None, None, None, None, None, None]
    plain = to_problem(_plan(), _CURVES, Wanted(smallest_minor=5))
    assert {cell.zero_or_at_least_minor for cell in plain.cells} == {5}
    assert {cell.zero_or_at_least_minor for cell in to_problem(_plan(), _CURVES, Wanted()).cells} == {None}
    assert booked_words(10_000, "EUR") == (
        "An amount below EUR 100.00 is not planned: a line has nothing in a period, or at least that (set another under Limits)."
    )
    assert booked_words(0, "EUR") is None
