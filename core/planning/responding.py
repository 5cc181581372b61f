"""Fills a distribution by response: the allocator divides the total over cells with concave curves, within locks and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.errors import RuleViolation
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.planning.allocation import Problem, optimise
from core.planning.allocation.problem import Cell, Curve, Group, Hill
from core.planning.splitting import round_to_steps


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about how line items respond.

    Attributes:
        reference: today's plan; a line item without a curve of its own is taken to be half saturated at its amount there.
        outcomes: expected responses of each row in that plan (conversions, clicks, ...) by row id; rows not named respond like the rest.
        curves: response curves by row id or channel, where they were fitted.
    """

    reference: Distribution
    outcomes: Mapping[str, float]
    curves: Mapping[str, Curve]


def fill_by_response(plan: Distribution, total_minor: int, evidence: Evidence, *, step_minor: int = 1) -> Distribution:
    """Divide a total so that the expected response is largest, exact to the minor unit.

    Raises:
        RuleViolation: locks and bounds cannot hold with the total; the smallest set that clashes and the cheapest ways out are listed.
    """
    references = {row.id: row for row in evidence.reference.rows}
    typical = _typical_amount(evidence.reference)
    per_minor = _response_per_minor(evidence, references)
    cells: list[Cell] = []
    groups: list[Group] = []
    for row in plan.rows:
        own = [_cell(row, cell, _curve(row, cell, references.get(row.id), evidence, (typical, per_minor))) for cell in row.cells]
        cells.extend(own)
        if not row.locked and (row.min_minor is not None or row.max_minor is not None):
            groups.append(Group(row.id, tuple(one.id for one in own), row.min_minor, row.max_minor))
    result = optimise(Problem(plan.currency or "EUR", tuple(cells), budget_minor=total_minor, groups=tuple(groups)))
    if result.status == "infeasible":
        ways_out = [relaxation.text for relaxation in result.relaxations]
        raise RuleViolation(
            "The amounts that are locked or bounded do not fit the total.",
            violations=[*(f"{rule} cannot hold together with the others named here." for rule in result.conflict), *ways_out],
        )
    rows = [
        replace(row, cells=tuple(replace(cell, budget_minor=result.allocation[_cell_id(row, cell)]) for cell in row.cells))
        for row in plan.rows
    ]
    return round_to_steps(replace(plan, rows=tuple(rows)), step_minor)


def _cell_id(row: DistributionRow, cell: DistributionCell) -> str:
    return f"{row.id}|{cell.period}"


def _cell(row: DistributionRow, cell: DistributionCell, curve: Curve) -> Cell:
    held = row.locked or cell.locked or (row.source_tab is not None and cell.source_cell is None)
    return Cell(
        _cell_id(row, cell),
        curve,
        channel=row.channel,
        period=cell.period,
        market=row.market,
        current_minor=cell.budget_minor,
        min_minor=None if held else cell.min_minor,
        max_minor=None if held else cell.max_minor,
        locked_minor=cell.budget_minor if held else None,
    )


def _curve(
    row: DistributionRow, cell: DistributionCell, reference: DistributionRow | None, evidence: Evidence, typical: tuple[float, float]
) -> Curve:
    fitted = evidence.curves.get(row.id, evidence.curves.get(row.channel or ""))
    if fitted is not None:
        return fitted
    amounts = {one.period: one.budget_minor for one in reference.cells} if reference is not None else {}
    total = sum(amounts.values())
    outcome = evidence.outcomes.get(row.id)
    per_minor = typical[1] if outcome is None or total <= 0 else outcome / total
    amount = float(amounts.get(cell.period, 0)) or typical[0]
    return Hill(scale=2 * per_minor * amount, half_saturation_minor=amount, shape=1.0)


def _typical_amount(reference: Distribution) -> float:
    """Give the mean of the amounts above zero: what a line item that has none yet is compared with."""
    amounts = [cell.budget_minor for row in reference.rows for cell in row.cells if cell.budget_minor > 0]
    return sum(amounts) / len(amounts) if amounts else 100_000.0


def _response_per_minor(evidence: Evidence, references: Mapping[str, DistributionRow]) -> float:
    """Give the responses a minor unit brings over all rows whose outcome is known; 0.01 when none is, so that money is the response."""
    known = [(outcome, references[row_id].total_minor) for row_id, outcome in evidence.outcomes.items() if row_id in references]
    spent = sum(total for _, total in known)
    return sum(outcome for outcome, _ in known) / spent if spent > 0 else 0.01
