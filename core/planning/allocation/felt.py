"""What a plan brings where spend is felt elsewhere too: curves of linear maps of the spends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.planning.allocation.curves import Curves
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Integers
from core.planning.allocation.problem import Curve


@dataclass(frozen=True, eq=False)
class Felt:
    """Where spend is felt.

    Attributes:
        matrix: (places, cells), the share of a cell's spend that a place feels. offset: (places,), felt besides, in minor units.
        curves: one a place, of what it feels.
    """

    matrix: Array
    offset: Array
    curves: tuple[Curve, ...]

    @cached_property
    def evaluated(self) -> Curves:
        return Curves(self.curves)

    @cached_property
    def without(self) -> float:
        """What would come of the offsets alone; it is not the plan's doing."""
        return float(np.sum(self.evaluated.values(self.offset)))

    def response(self, amounts: Integers | Array) -> float:
        """Give what a plan adds to what would come without it."""
        return float(np.sum(self.evaluated.values(self.matrix @ amounts + self.offset))) - self.without

    def responses(self, plans: Integers | Array) -> Array:
        """Give what each of many plans (plans, cells) adds."""
        totals: Array = self.evaluated.values(self.matrix @ plans.T + self.offset[:, None]).sum(axis=0) - self.without
        return totals

    def gradient(self, amounts: Integers | Array) -> Array:
        """Give what one unit more in each cell adds, over a step that rounding does not hide."""
        at = self.matrix @ amounts + self.offset
        step = np.maximum(1.0, 1e-6 * at)
        values = self.evaluated.values(np.stack([at, at + step], axis=1))
        slopes: Array = ((values[:, 1] - values[:, 0]) / step) @ self.matrix
        return slopes
