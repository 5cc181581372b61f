"""Fills a distribution by rule, exact to the minor unit: evenly, as another plan, or by weights, within locks and bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import RuleViolation
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.flight import Period
from core.model.money import split_minor, to_major


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a split: its weight and the bounds it has to keep; `most` None is no bound."""

    weight: float
    least: int = 0
    most: int | None = None


def split_within(total_minor: int, shares: Sequence[Share], *, currency: str | None = None) -> list[int]:
    """Split a whole by weights while each part keeps its bounds: parts that would break one are set to it, the others share the rest.

    Args:
        currency: for what is said when it cannot be.
    Returns:
        parts that sum to the whole exactly and keep every bound; as near to the weights as the bounds allow.
    Raises:
        RuleViolation: the bounds cannot hold with this whole.
    """
    least, most = sum(share.least for share in shares), _sum_most(shares)
    if total_minor < least or (most is not None and total_minor > most):
        raise RuleViolation(
            "The amounts that are locked or bounded do not fit the total.", violations=[_misfit(total_minor, least, most, currency)]
        )
    fixed: dict[int, int] = {}
    while True:
        open_parts = [i for i in range(len(shares)) if i not in fixed]
        rest = total_minor - sum(fixed.values())
        parts = _by_weight(rest, [shares[i].weight for i in open_parts])
        below = {i: shares[i].least for i, part in zip(open_parts, parts, strict=True) if part < shares[i].least}
        above = {i: _most(shares[i]) for i, part in zip(open_parts, parts, strict=True) if part > _most(shares[i])}
        if not below and not above:
            return [fixed[i] if i in fixed else parts[open_parts.index(i)] for i in range(len(shares))]
        short = sum(bound - part for i, part in zip(open_parts, parts, strict=True) if (bound := below.get(i)) is not None)
        over = sum(part - bound for i, part in zip(open_parts, parts, strict=True) if (bound := above.get(i)) is not None)
        fixed.update(below if short >= over else above)


def _by_weight(total: int, weights: Sequence[float]) -> list[int]:
    if not weights:
        return []
    return split_minor(total, weights if any(weights) else [1.0] * len(weights))


def _most(share: Share) -> int:
    return 10**18 if share.most is None else share.most


def _sum_most(shares: Sequence[Share]) -> int | None:
    return None if any(share.most is None for share in shares) else sum(_most(share) for share in shares)


def _misfit(total: int, least: int, most: int | None, currency: str | None) -> str:
    unit = f" {currency}" if currency is not None else ""
    if total < least:
        return f"The total is {to_major(least - total, currency):,}{unit} short of what locks and minimums hold."
    assert most is not None
    return f"The total is {to_major(total - most, currency):,}{unit} more than locks and maximums allow."


Weights = Mapping[str, Mapping[str, float]]
"""Weight by row id and period key."""


def spread(distribution: Distribution, total_minor: int, weights: Weights, *, step_minor: int = 1) -> Distribution:
    """Spread a total over line items and then over each one's periods.

    Args:
        weights: by row id and period key; a row's weight is the sum of its periods'. Missing ones weigh nothing.
        step_minor: amounts are multiples of this where locks, bounds and the total allow it; the rest goes to the largest open amount.
    Returns:
        the distribution with amounts that sum to the total and keep every lock and bound.
    Raises:
        RuleViolation: locks and bounds cannot hold with this total.
    """
    limits = [[_limits(row, cell) for cell in row.cells] for row in distribution.rows]
    row_shares = [_row_share(row, cells, weights.get(row.id, {})) for row, cells in zip(distribution.rows, limits, strict=True)]
    totals = split_within(total_minor, row_shares, currency=distribution.currency)
    rows = []
    for row, cells, row_total in zip(distribution.rows, limits, totals, strict=True):
        own = weights.get(row.id, {})
        shares = [Share(own.get(cell.period, 0.0), low, high) for cell, (low, high) in zip(row.cells, cells, strict=True)]
        parts = split_within(row_total, shares, currency=distribution.currency)
        rows.append(replace(row, cells=tuple(replace(cell, budget_minor=part) for cell, part in zip(row.cells, parts, strict=True))))
    return round_to_steps(replace(distribution, rows=tuple(rows)), step_minor)


def _limits(row: DistributionRow, cell: DistributionCell) -> tuple[int, int | None]:
    """Give the least and most of a cell; a locked one, and one that the sheet has no cell for, stays as it is."""
    if row.locked or cell.locked or (row.source_tab is not None and cell.source_cell is None):
        return cell.budget_minor, cell.budget_minor
    return (0 if cell.min_minor is None else cell.min_minor), cell.max_minor


def _row_share(row: DistributionRow, cells: Sequence[tuple[int, int | None]], own: Mapping[str, float]) -> Share:
    least = sum(low for low, _ in cells)
    most = None if any(high is None for _, high in cells) else sum(high for _, high in cells if high is not None)
    held = row.locked or all(low == high for low, high in cells)
    if not held and row.min_minor is not None:
        least = max(least, row.min_minor)
    if not held and row.max_minor is not None:
        most = row.max_minor if most is None else min(most, row.max_minor)
    return Share(sum(own.get(cell.period, 0.0) for cell in row.cells), least, most)


def round_to_steps(distribution: Distribution, step: int) -> Distribution:
    """Round open amounts down to multiples of a step and give what is left to the largest that may take it; row totals stay."""
    if step == 1:
        return distribution
    limits = [[_limits(row, cell) for cell in row.cells] for row in distribution.rows]
    rows = []
    for row, cells in zip(distribution.rows, limits, strict=True):
        parts = [cell.budget_minor for cell in row.cells]
        for i, (low, high) in enumerate(cells):
            if low != high:
                parts[i] = max(parts[i] - parts[i] % step, low)
        left = row.total_minor - sum(parts)
        takers = sorted((i for i, (low, high) in enumerate(cells) if low != high), key=lambda i: -parts[i])
        for i in takers:
            room = left if cells[i][1] is None else min(left, (cells[i][1] or 0) - parts[i])
            parts[i] += max(room, 0)
            left -= max(room, 0)
        rows.append(replace(row, cells=tuple(replace(cell, budget_minor=part) for cell, part in zip(row.cells, parts, strict=True))))
    return replace(distribution, rows=tuple(rows))


def even_weights(distribution: Distribution) -> dict[str, dict[str, float]]:
    """Weigh line items alike and their periods by days; only periods that the line item can be written in count."""
    weights = {}
    for row in distribution.rows:
        open_periods = {cell.period: period for cell, period in zip(row.cells, distribution.periods, strict=True) if _is_open(row, cell)}
        days = sum(period.days for period in open_periods.values())
        weights[row.id] = {key: period.days / days for key, period in open_periods.items()} if days else {}
    return weights


def weights_like(distribution: Distribution) -> dict[str, dict[str, float]]:
    """Weigh every amount by what a distribution has there."""
    return {row.id: {cell.period: float(cell.budget_minor) for cell in row.cells} for row in distribution.rows}


def weights_by_row(distribution: Distribution, by_row: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Weigh line items as given, and the periods of each as they are now, or by days where there is nothing yet."""
    even, like = even_weights(distribution), weights_like(distribution)
    weights = {}
    for row in distribution.rows:
        own = like[row.id] if row.total_minor > 0 else even[row.id]
        whole = sum(own.values())
        weights[row.id] = {key: by_row.get(row.id, 0.0) * value / whole for key, value in own.items()} if whole else {}
    return weights


def _is_open(row: DistributionRow, cell: DistributionCell) -> bool:
    return row.source_tab is None or cell.source_cell is not None


def period_label(period: Period) -> str:
    """Give a period's name for people: `Jan 2026`, `5 Jan - 11 Jan 2026`, `Whole plan`."""
    if period.start.year <= 1 or period.end.year >= 9999:
        return "Whole plan"
    if len(period.key) == 7:
        return period.start.strftime("%b %Y")
    start = f"{period.start.day} {period.start:%b}" + ("" if period.start.year == period.end.year else f" {period.start.year}")
    return f"{start} - {period.end.day} {period.end:%b %Y}"
