"""A problem made ready for computing: integer domains by cell, rows over cells; and the exact check of an allocation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from core.planning.allocation.curves import Curves
from core.planning.allocation.hills import Array
from core.planning.allocation.parsing import MOST_MINOR
from core.planning.allocation.problem import Cell, Problem

Integers = NDArray[np.int64]


class Endless(InvalidInput):
    """A target that some cell keeps at any spend, so that no plan is the largest."""


@dataclass(frozen=True)
class Domains:
    """What each cell may be: a multiple of `step` in `low`..`high`, and also 0 where `zero` is set."""

    low: Integers
    high: Integers
    step: Integers
    zero: NDArray[np.bool_]

    @property
    def least(self) -> Integers:
        return np.where(self.zero, 0, self.low)

    @property
    def is_empty(self) -> bool:
        return bool((self.low > self.high).any())


@dataclass(frozen=True)
class Row:
    """A hard total over some cells; `name` is `budget` or `group:<id>`."""

    name: str
    members: Integers
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Model:
    """A compiled problem.

    Attributes:
        spend_price: what a minor unit costs in responses (marginal targets), else 0.
        cost_cap: most minor units a response may cost on average (average targets), else None.
    """

    problem: Problem
    curves: Curves
    domains: Domains
    rows: tuple[Row, ...]
    max_live: int | None
    spend_price: float
    cost_cap: float | None

    @property
    def count(self) -> int:
        return len(self.problem.cells)

    @cached_property
    def matrix(self) -> Array:
        """One line a row, one column a cell, 1 where the cell counts."""
        matrix = np.zeros((len(self.rows), self.count))
        for i, row in enumerate(self.rows):
            matrix[i, row.members] = 1.0
        return matrix

    def with_domains(self, domains: Domains) -> Model:
        return replace(self, domains=domains)

    def objective(self, amounts: Integers) -> float:
        """Give what is maximised: the responses, less the price of spend for a marginal target."""
        return self.response(amounts) - self.spend_price * float(amounts.sum())

    def response(self, amounts: Integers) -> float:
        return float(np.sum(self.curves.values(amounts.astype(np.float64))))

    def allows(self, amounts: Integers) -> bool:
        """Tell whether every rule holds, exactly."""
        return not violations(self.problem, {cell.id: int(x) for cell, x in zip(self.problem.cells, amounts, strict=True)}, self.curves)


def compile_problem(problem: Problem, curves: Curves | None = None) -> Model:
    """Turn rules into domains and rows. An impossible cell shows as an empty domain.

    Raises:
        Endless: a target that no spend ever misses, so that the answer has no end.
    """
    curves = Curves([cell.curve for cell in problem.cells]) if curves is None else curves
    target = problem.target
    cap = None if target is None else target.cost_cap_minor
    domains = domains_of(problem, _spend_limits(problem, curves, cap))
    rows = rows_of(problem)
    return Model(
        problem=problem,
        curves=curves,
        domains=tightened(domains, rows),
        rows=rows,
        max_live=problem.max_live_cells,
        spend_price=1.0 / cap if target is not None and cap is not None and target.is_marginal else 0.0,
        cost_cap=cap if target is not None and not target.is_marginal else None,
    )


def change_limits(current_minor: int, ratio: float) -> tuple[int, int]:
    """Give the least and most a cell may be after a change of at most `ratio` (read as the decimal that was written)."""
    room = current_minor * Fraction(repr(ratio))
    return max(0, -((room - current_minor) // 1)), (current_minor + room) // 1


def violations(problem: Problem, amounts: Mapping[str, int], curves: Curves | None = None) -> list[str]:
    """Name every rule that an allocation breaks, in whole numbers; none means it may be used."""
    broken = [f"cell:{cell.id}:{rule}" for cell in problem.cells for rule in _broken(cell, amounts[cell.id])]
    for group in problem.groups:
        total = sum(amounts[cell] for cell in group.cells)
        if group.min_minor is not None and total < group.min_minor:
            broken.append(f"group:{group.id}:min")
        if group.max_minor is not None and total > group.max_minor:
            broken.append(f"group:{group.id}:max")
    if problem.budget_minor is not None and sum(amounts.values()) != problem.budget_minor:
        broken.append("budget")
    if problem.max_live_cells is not None and sum(x > 0 for x in amounts.values()) > problem.max_live_cells:
        broken.append("max_live_cells")
    if problem.max_change_ratio is not None and not all(_within_change(cell, amounts, problem.max_change_ratio) for cell in problem.cells):
        broken.append("max_change_ratio")
    if problem.target is not None and not problem.target.is_marginal and not _within_cost(problem, amounts, curves):
        broken.append("target")
    return broken


def _broken(cell: Cell, x: int) -> list[str]:
    return [
        rule
        for rule, broken in (
            ("negative", x < 0),
            ("min", cell.min_minor is not None and x < cell.min_minor),
            ("max", cell.max_minor is not None and x > cell.max_minor),
            ("locked", cell.locked_minor is not None and x != cell.locked_minor),
            ("zero_or_at_least", cell.zero_or_at_least_minor is not None and 0 < x < cell.zero_or_at_least_minor),
            ("step", x % cell.step_minor != 0),
        )
        if broken
    ]


def _within_change(cell: Cell, amounts: Mapping[str, int], ratio: float) -> bool:
    if cell.current_minor is None:
        return True
    least, most = change_limits(cell.current_minor, ratio)
    return least <= amounts[cell.id] <= most


def _within_cost(problem: Problem, amounts: Mapping[str, int], curves: Curves | None) -> bool:
    assert problem.target is not None
    curves = Curves([cell.curve for cell in problem.cells]) if curves is None else curves
    x = np.array([amounts[cell.id] for cell in problem.cells], dtype=np.float64)
    return float(x.sum()) <= problem.target.cost_cap_minor * float(np.sum(curves.values(x))) * (1 + 1e-12)


def domains_of(problem: Problem, limits: Integers) -> Domains:
    """Give each cell what its own rules allow, up to its limit."""
    live_counts = problem.max_live_cells is not None
    ranges = [
        _range(cell, problem.max_change_ratio, int(limit), live_counts=live_counts)
        for cell, limit in zip(problem.cells, limits, strict=True)
    ]
    low, high, zero = (np.array(part) for part in zip(*ranges, strict=True))
    step = np.array([cell.step_minor for cell in problem.cells], dtype=np.int64)
    return Domains(low.astype(np.int64), high.astype(np.int64), step, zero.astype(np.bool_))


def _range(cell: Cell, ratio: float | None, limit: int, *, live_counts: bool) -> tuple[int, int, bool]:
    """Give low, high and whether 0 is allowed besides; low above high where nothing is."""
    low, high = 0 if cell.min_minor is None else cell.min_minor, limit if cell.max_minor is None else min(limit, cell.max_minor)
    if cell.locked_minor is not None:
        low, high = max(low, cell.locked_minor), min(high, cell.locked_minor)
    if ratio is not None and cell.current_minor is not None:
        least, most = change_limits(cell.current_minor, ratio)
        low, high = max(low, least), min(high, most)
    threshold = 0 if cell.zero_or_at_least_minor is None else cell.zero_or_at_least_minor
    if live_counts:  # above zero starts at the first step, so that being live is a choice of its own
        threshold = max(threshold, cell.step_minor)
    zero = low == 0 and threshold > 0 and high >= 0
    low = -(-max(low, threshold) // cell.step_minor) * cell.step_minor
    high = high // cell.step_minor * cell.step_minor
    return (0, 0, False) if zero and low > high else (low, high, zero)


def rows_of(problem: Problem) -> tuple[Row, ...]:
    """Give the budget and the totals of groups as rows."""
    position = {cell.id: i for i, cell in enumerate(problem.cells)}
    rows = [
        Row(f"group:{group.id}", np.array([position[cell] for cell in group.cells], dtype=np.int64), group.min_minor, group.max_minor)
        for group in problem.groups
        if group.min_minor is not None or group.max_minor is not None
    ]
    if problem.budget_minor is not None:
        rows.insert(0, Row("budget", np.arange(len(problem.cells)), problem.budget_minor, problem.budget_minor))
    return tuple(rows)


def tightened(domains: Domains, rows: tuple[Row, ...]) -> Domains:
    """Lower each cell's most to what its rows leave beside the least of the others, and one step: so the row binds, and has the price."""
    least, low, zero = domains.least, domains.low.copy(), domains.zero.copy()
    room = domains.high.copy()
    for row in rows:
        if row.high is not None:
            room[row.members] = np.minimum(room[row.members], row.high - int(least[row.members].sum()) + least[row.members])
    high = np.minimum(domains.high, np.maximum(room, 0) // domains.step * domains.step + domains.step)
    shut = zero & (room < low)
    low[shut], high[shut], zero[shut] = 0, 0, False
    # Where the rows leave less than a cell's least, the rows are at fault: they are found infeasible as a whole.
    return Domains(low, np.maximum(high, np.minimum(low, domains.high)), domains.step, zero)


def _spend_limits(problem: Problem, curves: Curves, cap: float | None) -> Integers:
    """Give an amount by cell beyond which no answer can lie."""
    if problem.budget_minor is not None:
        return np.full(len(problem.cells), max([problem.budget_minor, *(_fixed(cell) for cell in problem.cells)]), dtype=np.int64)
    assert cap is not None
    floors = np.array([_fixed(cell) for cell in problem.cells], dtype=np.float64)
    tops = [cell.max_minor if cell.locked_minor is None else cell.locked_minor for cell in problem.cells]
    bounded = np.array([top is not None for top in tops])
    most = np.array([MOST_MINOR if top is None else top for top in tops], dtype=np.float64)
    for row in rows_of(problem):
        if row.high is not None:
            most[row.members] = np.minimum(most[row.members], max(row.high, float(floors[row.members].max(initial=0))))
            bounded[row.members] = True
    limits = np.minimum(most, _worthwhile(curves, cap, floors, most))
    endless = ~bounded & (limits >= MOST_MINOR)
    if endless.any():  # one cell that pays for all takes the others along: name the steepest
        cell = problem.cells[int(np.argmax(np.where(endless, curves.slopes(limits), -1.0)))]
        raise Endless(
            f"target: {cell.id} stays within it at any spend, so the answer has no end.", hint="Give the cell a max_minor or use a budget."
        )
    return np.maximum(limits, floors).astype(np.int64)


def _fixed(cell: Cell) -> int:
    """Give the amount up to which a rule of the cell itself may push it."""
    return max(x for x in (0, cell.min_minor, cell.locked_minor, cell.zero_or_at_least_minor, cell.current_minor) if x is not None)


def _worthwhile(curves: Curves, cap: float, floors: Array, most: Array) -> Array:
    """Double a common spend until, together, cells cost more than the cap allows and one unit more is not worth it anywhere."""
    spend = np.maximum(curves.concave_from, 1.0)
    for _ in range(60):
        reach = np.minimum(spend, most)
        total = cap * float(np.sum(curves.values(reach))) + float(floors.sum())
        done = (spend > total) & (curves.slopes(spend) * cap < 1.0)
        if done.all():
            break
        spend = np.where(done, spend, spend * 2)
    return np.minimum(np.ceil(spend), float(MOST_MINOR))
