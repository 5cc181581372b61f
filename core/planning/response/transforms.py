"""Adstock and saturation: how spend turns into effect over time and with diminishing returns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_LOG3 = float(np.log(3.0))


def geometric_adstock(media: Array, alpha: Array | float, *, carry_in: Array | float = 0.0) -> Array:
    """Spread each period's media over it and the periods after, with weights that sum to 1.

    a[t] = (1 - alpha) * media[t] + alpha * a[t-1]; the weights (1 - alpha) * alpha**lag run on without a cut.

    Args:
        media: periods along the first axis, any shape behind it that broadcasts with `alpha`.
        alpha: share carried into the next period, in [0, 1).
        carry_in: the adstock level before the first period (0: nothing was spent before).
    Returns:
        the adstocked media, periods along the first axis.
    """
    shape = np.broadcast_shapes(media.shape[1:], np.shape(alpha), np.shape(carry_in))
    result = np.empty((media.shape[0], *shape))
    np.multiply(1.0 - np.asarray(alpha), media, out=result)
    if len(result):
        result[0] += np.asarray(alpha) * carry_in
    # a sum over twice as many lags at every step: a few wide operations instead of one a period
    reach, kept = 1, np.asarray(alpha, dtype=np.float64)
    while reach < len(result):
        result[reach:] += kept * result[:-reach]
        reach, kept = 2 * reach, kept * kept
    return result


def carry_out(last_level: Array | float, alpha: Array | float) -> Array:
    """Give the adstock still to come after the last period, summed over all periods to come."""
    return np.asarray(np.asarray(last_level) * alpha / (1.0 - np.asarray(alpha)), dtype=np.float64)


def hill(media: Array, half_saturation: Array | float, shape: Array | float) -> Array:
    """Give x**shape / (half_saturation**shape + x**shape), in [0, 1); 0 for no media."""
    with np.errstate(divide="ignore"):
        odds = np.log(media) - np.log(half_saturation)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(shape) * odds)), dtype=np.float64)


def logistic(media: Array, half_saturation: Array | float) -> Array:
    """Give (1 - exp(-r x)) / (1 + exp(-r x)) with r = ln 3 / half_saturation, in [0, 1)."""
    return np.asarray(np.tanh(0.5 * _LOG3 * media / half_saturation), dtype=np.float64)
