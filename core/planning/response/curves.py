"""Response curves in money: posterior draws as Hill triples, whatever family the fit preferred, and the allocator's curves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from core.model.flight import Period
from core.model.money import minor_exponent
from core.planning.response.result import FitResult, HillCurve
from core.planning.response.transforms import Array, Mask, hill, logistic

_REACHES = tuple(float(z) for z in np.geomspace(0.25, 16.0, 10))
_SHAPE_RANGE = (0.3, 6.0)
_MIXTURE_POINTS = 32


def closest_hill(spend: Array, response: Array, *, start: tuple[float, float, float]) -> tuple[float, float, float]:
    """Fit scale, half saturation and shape to a curve by least squares.

    Args:
        spend: above zero, increasing. response: same length, not all zero.
        start: a first guess of (scale, half saturation, shape), all above zero.
    Returns:
        (scale, half saturation, shape), the shape within 0.3 and 6.
    """
    from scipy.optimize import least_squares

    top = float(np.abs(response).max())

    def miss(log_parameters: Array) -> Array:
        scale, half, shape = np.exp(log_parameters)
        return np.asarray((scale * hill(spend, half, shape) - response) / top, dtype=np.float64)

    guess = np.log(start)
    low, high = guess - 6.0, guess + 6.0
    low[2], high[2] = np.log(_SHAPE_RANGE)
    found = least_squares(miss, np.clip(guess, low + 1e-9, high - 1e-9), bounds=(low, high), xtol=1e-10, ftol=1e-10)
    scale, half, shape = (float(value) for value in np.exp(found.x))
    return scale, half, shape


@cache
def _logistic_as_hill() -> Array:
    """Give, for each of `_REACHES` (largest spend in half saturations), the Hill triple closest to a unit logistic curve."""
    rows = []
    for reach in _REACHES:
        spend = np.linspace(reach / 60, reach, 60)
        rows.append(closest_hill(spend, logistic(spend, 1.0), start=(1.1, 1.0, 1.3)))
    return np.array(rows)


def hill_triples(scale: Array, half: Array, shape: Array, is_logistic: Mask, *, reach: float) -> Array:
    """Give draws as Hill triples (D, 3); logistic ones by the Hill curve closest to them from zero up to `reach`.

    The closest curve is off by at most 2.5% of its height within four half saturations, 6.5% far beyond.
    """
    table = _logistic_as_hill()
    at = np.log(np.clip(reach / half, _REACHES[0], _REACHES[-1]))
    by_reach = np.stack([np.interp(at, np.log(_REACHES), np.log(table[:, j])) for j in range(3)], axis=1)
    factor = np.where(is_logistic[:, None], np.exp(by_reach), np.stack([np.ones_like(shape), np.ones_like(shape), shape], axis=1))
    return np.stack([scale * factor[:, 0], half * factor[:, 1], np.clip(factor[:, 2], *_SHAPE_RANGE)], axis=1)


def mean_curve(triples: Array, reach: float) -> HillCurve:
    """Give the Hill curve closest to the posterior mean response from zero up to `reach`."""
    spend = np.linspace(reach / 40, reach, 40)
    response = respond(triples, spend).mean(axis=0)
    if response.max() <= 0:
        return HillCurve(0.0, float(np.median(triples[:, 1])), float(np.median(triples[:, 2])))
    middle = np.median(triples, axis=0)
    start = (max(float(middle[0]), float(response.max())), float(middle[1]), float(middle[2]))
    return HillCurve(*closest_hill(spend, response, start=start))


def respond(triples: Array, spend: Array) -> Array:
    """Give the response (D, ...) of each draw (D, 3) to spend of any shape, in the triples' units."""
    scale, half, shape = (triples[:, j].reshape(-1, *[1] * spend.ndim) for j in range(3))
    return np.asarray(scale * hill(spend[None], half, shape), dtype=np.float64)


def mean_mixture(triples: Array) -> Array:
    """Give the few Hill triples (K, 3) whose plain mean is the mean curve of many (D, 3), for planning the mean.

    A non-negative least squares fit on the curves themselves: exact at 32 spends, within 1e-4 between a thousandth and a hundred times
    the median half saturation.
    """
    from scipy.optimize import nnls

    spend = float(np.median(triples[:, 1])) * np.geomspace(1e-3, 1e2, _MIXTURE_POINTS)
    each = respond(triples, spend).T
    wanted = each.mean(axis=1)
    if wanted.min() <= 0.0:
        return triples
    weights, _ = nnls(each / wanted[:, None], np.ones(len(spend)))
    kept = weights > 0
    mixture = np.array(triples[kept], dtype=np.float64)
    mixture[:, 0] *= weights[kept] * len(mixture)
    return mixture


def allocation_curves(fit: FitResult, currency: str | None, periods: Sequence[Period]) -> dict[str, dict[str, Array]]:
    """Give the posterior as the allocator takes it: Hill triples for spend in minor units, by channel and period key.

    A plan's period of n data periods (a month of 4.3 weeks) with spend X responds as n periods with X / n each: scale and
    half saturation are n times those of one. The fit's spend is taken to be major units of `currency`.

    Returns:
        (D, 3) arrays of (scale in KPI, half_saturation_minor, shape) by channel name, then by `Period.key`.
    """
    minor = 10.0 ** minor_exponent(currency)
    result: dict[str, dict[str, Array]] = {}
    for channel in fit.channels:
        result[channel.name] = {}
        for period in periods:
            n = period.days / fit.period_days
            result[channel.name][period.key] = channel.curve_draws * np.array([n, n * minor, 1.0])
    return result
