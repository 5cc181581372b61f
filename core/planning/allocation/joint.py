"""Joint draws: the d-th draws of all cells belong together, and a plan has one total response a draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.errors import InvalidInput
from core.planning.allocation.curves import Curves
from core.planning.allocation.hills import Array, hill_values
from core.planning.allocation.model import Integers
from core.planning.allocation.problem import Curve, Draws, Problem

Amounts = Array | Integers


class Joint:
    """The posterior of a problem: cells with draws move together, cells without count the same in every draw.

    Attributes:
        count: draws, D.
    """

    def __init__(self, problem: Problem) -> None:
        counts = {len(cell.curve.draws) for cell in problem.cells if isinstance(cell.curve, Draws)}
        if len(counts) != 1:
            raise InvalidInput(f"risk.quantile needs cells with draws, equally many each; there are {sorted(counts) or 'none'}.")
        self.count = counts.pop()
        self._kinds = [cell.curve for cell in problem.cells]
        self._curves = Curves(self._kinds)
        self._drawn = np.array([i for i, cell in enumerate(problem.cells) if isinstance(cell.curve, Draws)])
        self._table = np.array([cell.curve.draws for cell in problem.cells if isinstance(cell.curve, Draws)]).transpose(2, 0, 1)

    def parts(self, amounts: Amounts) -> Array:
        """Give each cell's response in each draw, (cells, D)."""
        certain = self._curves.values(amounts.astype(np.float64))
        parts = np.repeat(certain[:, None], self.count, axis=1)
        parts[self._drawn] = hill_values(amounts[self._drawn, None].astype(np.float64), *self._table)
        return parts

    def totals(self, amounts: Amounts) -> Array:
        """Give the plan's response in each draw, (D,)."""
        total: Array = self.parts(amounts).sum(axis=0)
        return total

    def totals_of(self, plans: Amounts) -> Array:
        """Give the responses of many plans (plans, cells) in each draw, (plans, D)."""
        total = np.zeros((len(plans), self.count))
        for cell, column in enumerate(plans.T):
            kinds, place = np.unique(column, return_inverse=True)
            total += self._cell(cell, kinds.astype(np.float64))[place]
        return total

    def _cell(self, cell: int, amounts: Array) -> Array:
        """Give one cell's response at many amounts in each draw, (amounts, D)."""
        at = np.flatnonzero(self._drawn == cell)
        if len(at):
            return hill_values(amounts[:, None], *self._table[:, int(at[0])])
        values = Curves([self._kinds[cell]]).values(amounts[None, :])[0]
        return np.repeat(values[:, None], self.count, axis=1)


def weighed(problem: Problem, weights: Array) -> Problem:
    """Give the problem whose curves are means weighed anew, the same weights in every cell."""
    shares = tuple(float(weight) for weight in weights)
    cells = tuple(
        replace(cell, curve=replace(cell.curve, weights=shares)) if isinstance(cell.curve, Draws) else cell for cell in problem.cells
    )
    return replace(problem, cells=cells)


def reweighed(curve: Curve, weights: Array) -> Curve:
    """Give the mean of a curve's draws weighed anew; draws without weight are left out."""
    if not isinstance(curve, Draws):
        return curve
    kept = np.flatnonzero(weights > 0)
    return Draws(tuple(curve.draws[at] for at in kept), tuple(float(weights[at]) for at in kept))
