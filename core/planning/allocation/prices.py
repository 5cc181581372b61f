"""What the rules of a problem cost: one price for each that may bind."""

from __future__ import annotations

from dataclasses import dataclass

from core.planning.allocation.hills import Array


@dataclass(frozen=True)
class Prices:
    """What one unit of slack is worth, each at least 0: per row above and below, per live cell, and per unit of cost (average targets)."""

    upper: Array
    lower: Array
    live: float = 0.0
    cost: float = 0.0

    @property
    def rows(self) -> Array:
        return self.upper - self.lower
