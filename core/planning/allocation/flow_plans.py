"""Whole plans over time: next to the answer under envelopes, and better ones near a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from core.planning.allocation.curves import Curves
from core.planning.allocation.felt import Felt
from core.planning.allocation.flow_program import relax_felt
from core.planning.allocation.flow_ranges import all_ranges
from core.planning.allocation.grid import first_grid
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains, Integers, Model
from core.planning.allocation.problem import Points
from core.planning.allocation.rounding import round_amounts

TRIES: Final = 3
_MOVES: Final = 60
_PAIRS: Final = 60
"""How many moves of money between two cells are looked at, those that promise most."""


def whole_near(model: Model, felt: Felt, amounts: Array) -> Integers | None:
    """Give an allowed plan next to real amounts: what may be nothing is that, or at least its least; None where none is that near."""
    chosen = _chosen(model, amounts)
    if chosen is None:
        return None
    if (amounts < chosen.domains.low - 0.5).any() or (amounts > chosen.domains.high + 0.5).any():
        found = relax_felt(chosen, felt, first_grid(felt.evaluated, all_ranges(chosen, felt).places))
        if found is None:
            return None
        amounts = found.amounts
    return _rounded(chosen, felt, amounts)


def _chosen(model: Model, amounts: Array) -> Model | None:
    """Settle which cells are nothing: those below half of their least, and the smallest beyond the limit on live cells."""
    domains = model.domains
    stopped = domains.zero & (amounts < 0.5 * domains.low)
    if model.max_live is not None:
        may_stop = np.flatnonzero(domains.zero & ~stopped)
        surplus = int((~stopped & (domains.high > 0)).sum()) - model.max_live
        if surplus > len(may_stop):
            return None
        stopped[may_stop[np.argsort(amounts[may_stop], kind="stable")][: max(surplus, 0)]] = True
    low, high = np.where(stopped, 0, domains.low), np.where(stopped, 0, domains.high)
    return replace(model, domains=Domains(low, high, domains.step, np.zeros_like(domains.zero)), max_live=None)


def _rounded(model: Model, felt: Felt, amounts: Array) -> Integers | None:
    """Round to whole steps by the slopes at the amounts; the domains must be plain ranges."""
    reach = model.domains.high.astype(np.float64) + 1.0
    lines = [Points(((0.0, 0.0), (float(x), float(slope * x)))) for x, slope in zip(reach, felt.gradient(amounts), strict=True)]
    return round_amounts(replace(model, curves=Curves(lines)), amounts)


def improved(model: Model, felt: Felt, plan: Integers) -> Integers:
    """Give the best plan near one, with the same cells live, by envelopes that grow narrower around it."""
    reach, worth = int(plan.sum()) // 20, felt.response(plan)
    for _ in range(TRIES):
        if reach < int(model.domains.step.min()):
            break
        around = _around(model, plan, reach)
        found = relax_felt(around, felt, first_grid(felt.evaluated, all_ranges(around, felt).places))
        moved = None if found is None else _rounded(around, felt, found.amounts)
        gain = -1.0 if moved is None else felt.response(moved) - worth
        if moved is not None and gain > 0:
            plan, worth = moved, worth + gain
        reach //= 2 if gain > 1e-4 * worth else 6
    return plan


def _around(model: Model, plan: Integers, reach: int) -> Model:
    domains = model.domains
    stopped, steps = domains.zero & (plan == 0), np.maximum(reach // domains.step, 1) * domains.step
    low = np.where(stopped, 0, np.maximum(domains.low, plan - steps))
    high = np.where(stopped, 0, np.minimum(domains.high, plan + steps))
    return replace(model, domains=Domains(low, high, domains.step, np.zeros_like(domains.zero)), max_live=None)


def moved(model: Model, felt: Felt, amounts: Integers) -> Integers:
    """Move money between two cells at a time, where the gradient promises most, as long as the response gains."""
    size, finest = int(amounts.max(initial=0)) // 8, int(model.domains.step.min())
    for _ in range(_MOVES):
        if size < finest:
            break
        step = max(step for step in model.domains.step.tolist() if step <= size)
        better = _best_move(model, felt, amounts, size // step * step)
        if better is None:
            size //= 4
        else:
            amounts = better
    return amounts


def _best_move(model: Model, felt: Felt, amounts: Integers, size: int) -> Integers | None:
    plans = promising_moves(model, felt.gradient(amounts), amounts, size)
    responses, now = felt.responses(plans), felt.response(amounts)
    better = [at for at in np.argsort(-responses, kind="stable") if responses[at] > now * (1 + 1e-9)]
    return next((plans[at] for at in better if model.allows(plans[at])), None)


def promising_moves(model: Model, slopes: Array, amounts: Integers, size: int) -> Integers:
    """Give the plans (plans, cells) after moves of money between two cells that the slopes promise most of.

    Only between cells of the same fixed totals, that can give and take so much, in whole steps of both.
    """
    domains = model.domains
    fixed = model.matrix[[i for i, row in enumerate(model.rows) if row.low is not None and row.low == row.high]]
    alike = (fixed[:, :, None] == fixed[:, None, :]).all(axis=0) & ~np.eye(model.count, dtype=np.bool_)
    gives = amounts - size >= domains.least
    takes = amounts + size <= domains.high
    whole = size % np.lcm(domains.step[:, None], domains.step[None, :]) == 0
    promise = np.where(alike & takes[:, None] & gives[None, :] & whole, slopes[:, None] - slopes[None, :], -np.inf)
    order = np.argsort(-promise, axis=None, kind="stable")[:_PAIRS]
    takers, givers = np.unravel_index(order[np.isfinite(promise.ravel()[order])], promise.shape)
    plans = np.repeat(amounts[None, :], len(takers), axis=0)
    at = np.arange(len(takers))
    plans[at, takers] += size
    plans[at, givers] -= size
    return plans
