"""What a first short fit tells about the noise: breaks of level, outliers, markets noisier than others, and rows that follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from core.planning.response.baseline import Baseline
from core.planning.response.result import Notice
from core.planning.response.transforms import Array, Mask

_BREAK_ODDS = 3.0  # log evidence a step of the level must bring beyond that of having looked at every period
_CURVE_SD = 0.3  # of a channel's average contribution while breaks are looked for, in KPI means
_BREAK_SD = 0.3  # prior of a step, in KPI means
_BREAK_EDGE, _BREAKS_MOST, _BREAK_PERIODS_MIN = 6, 2, 40
_OUTLIER = 2.5  # spreads from which a row counts less
_OUTLIER_NAMED = 5.0
_CARRY = np.linspace(0.0, 0.8, 9)  # correlations with the row before that are weighed
_MARKET_ROWS = 10.0  # rows after which a market's own spread counts as much as that of all
_MAD_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class Noise:
    """The noise of fitted rows, market after market.

    Attributes:
        scale: (n,) a row's spread over the usual one. carry: (n,) correlation with the row before; 0 at the head of a market.
    """

    scale: Array
    carry: Array

    def whiten(self, values: Array) -> Array:
        """Bring rows (..., n) to even and independent noise."""
        even = values / self.scale
        if not self.carry.any():
            return np.asarray(even, dtype=np.float64)
        result = even.copy()
        result[..., 1:] -= self.carry[1:] * even[..., :-1]
        return np.asarray(result / np.sqrt(1.0 - self.carry**2), dtype=np.float64)


def plain_noise(rows: Mask) -> Noise:
    """Give noise that is even and independent over the fitted rows."""
    n = int(rows.sum())
    return Noise(np.ones(n), np.zeros(n))


def learn_noise(residual: Array, rows: Mask, n_markets: int) -> Noise:
    """Read spreads and outliers from what a first fit left unexplained; whether rows follow each other is told by `learn_carry`.

    Args:
        residual: (n,) at the fitted rows. rows: (M * T,) mask of them.
    """
    n_periods = rows.size // n_markets
    market = np.flatnonzero(rows) // n_periods
    usual = max(_spread(residual), 1e-9)
    by_market = np.ones(n_markets)
    for m in range(n_markets):
        own = residual[market == m]
        weight = len(own) / (len(own) + _MARKET_ROWS)
        by_market[m] = np.exp(weight * np.log(max(_spread(own), 0.2 * usual) / usual)) if n_markets > 1 and len(own) else 1.0
    score = residual / usual / by_market[market]
    scale = by_market[market] * np.maximum(np.abs(score) / _OUTLIER, 1.0) ** 2
    return Noise(scale, np.zeros(len(scale)))


def learn_carry(kpi: Array, curves: Array, noise: Noise, baseline: Baseline, rows: Mask) -> Noise:
    """Give the noise with the correlation of each row with the one before, by its evidence with baseline and effects integrated out.

    What a flexible baseline leaves unexplained follows itself less than the noise did: read from residuals, 0.5 looks like 0.2.

    Args:
        kpi: (n,) at the fitted rows. curves: (n, C) saturated media there. noise: with spreads only. rows: (M, T) mask of the fitted.
    Source: restricted maximum likelihood (Patterson and Thompson 1971), averaged over correlations and settings of the baseline.
    """
    market, period = np.nonzero(rows)
    follows, gap = np.diff(market, prepend=-1) == 0, np.maximum(np.diff(period, prepend=-1), 1)
    carries = [np.where(follows, carry**gap, 0.0) for carry in _CARRY]
    prior_sd = _with_free_media(baseline, curves)
    columns = np.column_stack([baseline.basis[rows.ravel()], curves])
    evidence = np.array([_evidence_of(kpi, columns, replace(noise, carry=carry), prior_sd) for carry in carries])
    weight = np.exp(evidence - evidence.max())
    mean = float(weight @ _CARRY / weight.sum())
    return replace(noise, carry=np.where(follows, mean**gap, 0.0))


def _evidence_of(kpi: Array, columns: Array, noise: Noise, prior_sd: Array) -> float:
    """Give the log evidence of a linear model under one noise, its size integrated out too, over all prior settings alike."""
    known, target = noise.whiten(columns.T).T, noise.whiten(kpi)
    gram, along = known.T @ known, known.T @ target
    size = max(_spread(target - known @ np.linalg.lstsq(known, target, rcond=None)[0]), 1e-6)
    evidence = []
    for sd in prior_sd:
        root = np.linalg.cholesky(gram + np.diag((size / sd) ** 2))
        left = max(float(target @ target - (np.linalg.solve(root, along) ** 2).sum()), 1e-12)
        evidence.append(-np.log(np.diag(root) * sd / size).sum() - 0.5 * len(target) * np.log(left))
    return float(np.logaddexp.reduce(evidence) - 0.5 * np.log1p(-(noise.carry**2)).sum())


def _with_free_media(baseline: Baseline, curves: Array) -> Array:
    """Give the prior sd (H, p + C) of the baseline, and of media that are free to explain the KPI while the noise is looked at."""
    free = np.full((len(baseline.prior_sd), curves.shape[1]), _CURVE_SD) / np.maximum(curves.mean(axis=0), 0.01)
    return np.asarray(np.maximum(np.column_stack([baseline.prior_sd, free]), 1e-6))


def _spread(values: Array) -> float:
    return _MAD_TO_SD * float(np.median(np.abs(values))) if len(values) else 0.0


def find_breaks(kpi: Array, curves: Array, noise: Noise, baseline: Baseline, rows: Mask) -> tuple[int, ...]:
    """Give the periods from which the level stands higher or lower for good.

    A step is taken where the evidence for the best baseline with it beats the best one without by more than looking everywhere explains.

    Args:
        kpi: (n,) at the fitted rows. curves: (n, C) saturated media there, free to explain a step too. rows: (M, T) mask of the fitted.
    """
    n_periods = rows.shape[1]
    if n_periods < _BREAK_PERIODS_MIN:
        return ()
    period = np.nonzero(rows)[1]
    steps = (period[:, None] >= np.arange(_BREAK_EDGE, n_periods - _BREAK_EDGE)).astype(np.float64)
    known = noise.whiten(np.column_stack([baseline.basis[rows.ravel()], curves]).T).T
    fresh, target = noise.whiten(steps.T).T, noise.whiten(kpi)
    prior_sd = _with_free_media(baseline, curves)
    found: list[int] = []
    while len(found) < _BREAKS_MOST:
        without, gain = _evidence(target, known, fresh, prior_sd)
        best = int(np.argmax((without[:, None] + gain).max(axis=0)))
        if (without + gain[:, best]).max() - without.max() < np.log(steps.shape[1]) + _BREAK_ODDS:
            break
        found.append(best + _BREAK_EDGE)
        known = np.column_stack([known, fresh[:, best]])
        prior_sd = np.column_stack([prior_sd, np.full(len(prior_sd), _BREAK_SD)])
    return tuple(sorted(found))


def _evidence(target: Array, known: Array, fresh: Array, prior_sd: Array) -> tuple[Array, Array]:
    """Give the log evidence of a linear model under each prior (H,), and what one more column would add to it (H, S).

    Source: rank-one updates of the marginal likelihood of a linear model with normal priors; the noise is the pilot's.
    """
    gram, on_known, on_fresh = known.T @ known, known.T @ target, known.T @ fresh
    square, along = (fresh**2).sum(axis=0), fresh.T @ target
    noise = max(_spread(target - known @ np.linalg.lstsq(known, target, rcond=None)[0]), 1e-6) ** 2
    without, gain = [], []
    for sd in prior_sd:
        inner = np.linalg.inv(gram + np.diag(noise / sd**2))
        log_det = -np.linalg.slogdet(inner)[1] + np.log(sd**2 / noise).sum()
        without.append(-0.5 * log_det - 0.5 * float(target @ target - on_known @ inner @ on_known) / noise)
        free = _BREAK_SD**2 * np.maximum(square - np.einsum("ps,pq,qs->s", on_fresh, inner, on_fresh, optimize=True), 0.0) / noise
        score = (along - on_fresh.T @ (inner @ on_known)) / noise
        gain.append(-0.5 * np.log1p(free) + 0.5 * (_BREAK_SD * score) ** 2 / (1.0 + free))
    return np.array(without), np.array(gain)


def with_breaks(baseline: Baseline, breaks: Sequence[int], n_markets: int) -> Baseline:
    """Give the baseline a step of the level at each break, shared by the markets."""
    if not breaks:
        return baseline
    n_periods = len(baseline.basis) // n_markets
    steps = np.tile(np.arange(n_periods)[:, None] >= np.array(breaks), (n_markets, 1)).astype(np.float64)
    sd = np.full((len(baseline.prior_sd), len(breaks)), _BREAK_SD)
    return replace(baseline, basis=np.column_stack([baseline.basis, steps]), prior_sd=np.column_stack([baseline.prior_sd, sd]))


def noise_notices(noise: Noise, breaks: Sequence[int], rows: Mask, dates: Sequence[date]) -> list[Notice]:
    """Say which breaks and outliers were found and how they are treated."""
    notices = [Notice("level_shift", f"the level changed around {dates[at]}: taken as the baseline's, not the media's") for at in breaks]
    far = np.flatnonzero(noise.scale >= (_OUTLIER_NAMED / _OUTLIER) ** 2)
    if len(far):
        days = [str(dates[int(at) % len(dates)]) for at in np.flatnonzero(rows)[far[np.argsort(-noise.scale[far])]]]
        more = f" and {len(days) - 3} more" if len(days) > 3 else ""
        notices.append(Notice("outlier", f"the KPI of {', '.join(days[:3])}{more} is far from all others: it counts little"))
    return notices
