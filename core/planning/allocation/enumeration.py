"""Every plan of a small problem, where looking at all of them is exact and quick."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.planning.allocation.model import Integers, Model

MOST_PLANS: Final = 100_000


def every_plan(model: Model, *, most: int = MOST_PLANS) -> Integers | None:
    """Give all plans within the rules, (plans, cells); None where there are too many to look at.

    The cell with the most choices takes what a budget leaves. An average target is not looked at.
    """
    domains = model.domains
    counts = [int(count) for count in (domains.high - domains.low) // domains.step + 1 + domains.zero]
    budget = next((row.high for row in model.rows if row.name == "budget"), None)
    rest = -1 if budget is None else int(np.argmax(counts))
    free = [cell for cell in range(model.count) if cell != rest]
    if math.prod(counts[cell] for cell in free) > most:
        return None
    plans = np.zeros((math.prod(counts[cell] for cell in free), model.count), dtype=np.int64)
    axes = np.meshgrid(*(_choices(model, cell) for cell in free), indexing="ij") if free else []
    for cell, axis in zip(free, axes, strict=True):
        plans[:, cell] = axis.ravel()
    if budget is not None:
        plans[:, rest] = budget - plans.sum(axis=1)
        plans = plans[_allowed(model, rest, plans[:, rest])]
    for row in model.rows:
        totals = plans[:, row.members].sum(axis=1)
        plans = plans[(totals >= (0 if row.low is None else row.low)) & (totals <= (np.inf if row.high is None else row.high))]
    return plans if model.max_live is None else plans[(plans > 0).sum(axis=1) <= model.max_live]


def _choices(model: Model, cell: int) -> Integers:
    domains = model.domains
    some = np.arange(domains.low[cell], domains.high[cell] + 1, domains.step[cell], dtype=np.int64)
    return np.append(some, 0) if domains.zero[cell] else some


def _allowed(model: Model, cell: int, amounts: Integers) -> NDArray[np.bool_]:
    low, high, step = (int(part[cell]) for part in (model.domains.low, model.domains.high, model.domains.step))
    within = (amounts >= low) & (amounts <= high) & ((amounts - low) % step == 0)
    return np.asarray(within | ((amounts == 0) & bool(model.domains.zero[cell])))
