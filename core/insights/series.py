"""Evenly spaced measurements of one thing: what trends and anomalies are looked for in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """One value a day (or a week), oldest first, without gaps.

    Attributes:
        name: what is measured, in plain words (`Meta spend`).
        values: finite; same length as `dates`.
        unit: `EUR`, `clicks`, `ratio`, ...
    """

    name: str
    dates: tuple[date, ...]
    values: tuple[float, ...]
    unit: str = ""

    def __post_init__(self) -> None:
        if len(self.dates) != len(self.values):
            raise InvalidInput(f"{self.name}: {len(self.dates)} dates but {len(self.values)} values.")
        if any(value != value or value in (float("inf"), float("-inf")) for value in self.values):
            raise InvalidInput(f"{self.name} holds a value that is not a number.", hint="Leave missing days out or fill them first.")
        steps = {later - earlier for earlier, later in pairwise(self.dates)}
        if len(steps) > 1 or any(step <= timedelta(0) for step in steps):
            raise InvalidInput(f"{self.name} is not evenly spaced.", hint="Give one value for every day, or one for every week.")

    @property
    def step_days(self) -> int:
        return (self.dates[1] - self.dates[0]).days if len(self.dates) > 1 else 1

    @property
    def season(self) -> int:
        """Give the number of steps after which a pattern repeats: 7 for days, 1 (none) for weeks and longer."""
        return 7 if self.step_days == 1 and len(self.values) >= 28 else 1
