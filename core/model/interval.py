"""An uncertain figure: its mean with the ends of its 90% interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Mean with the ends of the 90% interval, in whatever unit the figure has."""

    mean: float
    low: float
    high: float
