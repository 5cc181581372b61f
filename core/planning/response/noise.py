"""What a first short fit tells about the noise: outliers, markets noisier than others, and rows that follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from core.planning.response.baseline import Baseline
from core.planning.response.result import Notice
from core.planning.response.transforms import Array, Mask

_CURVE_SD = 0.3  # of a channel's average contribution while breaks are looked for, in KPI means
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
    usual = max(spread_of(residual), 1e-9)
    by_market = np.ones(n_markets)
    for m in range(n_markets):
        own = residual[market == m]
        weight = len(own) / (len(own) + _MARKET_ROWS)
        by_market[m] = np.exp(weight * np.log(max(spread_of(own), 0.2 * usual) / usual)) if n_markets > 1 and len(own) else 1.0
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
    prior_sd = with_free_media(baseline, curves)
    columns = np.column_stack([baseline.basis[rows.ravel()], curves])
    evidence = np.array([_evidence_of(kpi, columns, replace(noise, carry=carry), prior_sd) for carry in carries])
    weight = np.exp(evidence - evidence.max())
    mean = float(weight @ _CARRY / weight.sum())
    return replace(noise, carry=np.where(follows, mean**gap, 0.0))


def _evidence_of(kpi: Array, columns: Array, noise: Noise, prior_sd: Array) -> float:
    """Give the log evidence of a linear model under one noise, its size integrated out too, over all prior settings alike."""
    known, target = noise.whiten(columns.T).T, noise.whiten(kpi)
    gram, along = known.T @ known, known.T @ target
    size = max(spread_of(target - known @ np.linalg.lstsq(known, target, rcond=None)[0]), 1e-6)
    evidence = []
    for sd in prior_sd:
        root = np.linalg.cholesky(gram + np.diag((size / sd) ** 2))
        left = max(float(target @ target - (np.linalg.solve(root, along) ** 2).sum()), 1e-12)
        evidence.append(-np.log(np.diag(root) * sd / size).sum() - 0.5 * len(target) * np.log(left))
    return float(np.logaddexp.reduce(evidence) - 0.5 * np.log1p(-(noise.carry**2)).sum())


def with_free_media(baseline: Baseline, curves: Array) -> Array:
    """Give the prior sd (H, p + C) of the baseline, and of media that are free to explain the KPI while the noise is looked at."""
    free = np.full((len(baseline.prior_sd), curves.shape[1]), _CURVE_SD) / np.maximum(curves.mean(axis=0), 0.01)
    return np.asarray(np.maximum(np.column_stack([baseline.prior_sd, free]), 1e-6))


def spread_of(values: Array) -> float:
    return _MAD_TO_SD * float(np.median(np.abs(values))) if len(values) else 0.0


def noise_notices(noise: Noise, rows: Mask, dates: Sequence[date]) -> list[Notice]:
    """Say which rows are outliers and how they are treated."""
    notices: list[Notice] = []
    far = np.flatnonzero(noise.scale >= (_OUTLIER_NAMED / _OUTLIER) ** 2)
    if len(far):
        days = [str(dates[int(at) % len(dates)]) for at in np.flatnonzero(rows)[far[np.argsort(-noise.scale[far])]]]
        more = f" and {len(days) - 3} more" if len(days) > 3 else ""
        notices.append(Notice("outlier", f"the KPI of {', '.join(days[:3])}{more} is far from all others: it counts little"))
    return notices
