"""Each market's own effect of each channel: drawn around the channel's, and held to it the more the less the market's data say."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.planning.response.candidates import saturate
from core.planning.response.posterior import Draws, Sampler
from core.planning.response.sampling import choose, truncated
from core.planning.response.transforms import Array

_SWEEPS = 40
_SPREADS = np.geomspace(0.03, 0.9, 8)  # sd of a market's effect around the channel's, as a share of it
_SIGMA_SHAPE, _SIGMA_SCALE = 1.0, 0.05**2


@dataclass(frozen=True, slots=True)
class _Linear:
    """The model given adstock and saturation, the baseline taken out; an effect a channel and market, K = C * M of them, D draws.

    Attributes:
        gram: (D, K, K) and along: (D, K) of the whitened rows; square: (D,) of the KPI. rows: how many.
        known_precision, known_along: what lift tests and beliefs say on top, in KPI means.
    """

    gram: Array
    along: Array
    square: Array
    rows: int
    known_precision: Array
    known_along: Array


def spread_over_markets(sampler: Sampler, draws: Draws, n_markets: int, rng: Generator) -> Draws:
    """Redraw each channel's effect market by market, adstock and saturation as they were drawn for all of them.

    Returns:
        the draws with `beta` (D, C, M), `sigma` and `gamma` drawn anew.
    """
    curves = np.stack([saturate(sampler.model.media[..., i], draws.z[:, i], draws.is_logistic[:, i]) for i in range(draws.beta.shape[1])])
    rows = sampler.model.rows
    white = sampler.model.noise.whiten(curves[..., rows])  # (C, D, n)
    market = np.flatnonzero(rows) // (rows.size // n_markets)
    linear = _take_baseline_out(sampler, draws, [white[..., market == m] for m in range(n_markets)], market)
    _add_known(linear, sampler, draws, curves, n_markets)
    flat, sigma2 = _sample(linear, draws, n_markets, rng)
    beta = flat.reshape(len(flat), -1, n_markets)
    media = sum((beta[:, i][:, market] * white[i] for i in range(len(white))), np.zeros(white.shape[1:]))
    return replace(draws, beta=beta, sigma=np.sqrt(sigma2), gamma=_gamma(sampler, draws.setting, media, sigma2, rng))


def _take_baseline_out(sampler: Sampler, draws: Draws, white: list[Array], market: NDArray[np.intp]) -> _Linear:
    """Lay out the regression of the KPI on whitened curves (C, D, n of the market), each an effect of its own in each market."""
    kpi, basis, n_markets = sampler.model.kpi, sampler.model.basis, len(white)
    n_channels, n_draws = white[0].shape[:2]
    gram, along = np.zeros((n_draws, n_channels * n_markets, n_channels * n_markets)), np.zeros((n_draws, n_channels * n_markets))
    on_basis = np.zeros((n_draws, n_channels * n_markets, basis.shape[1]))
    for m, own in enumerate(white):
        at = slice(m, None, n_markets)
        gram[:, at, at] = np.einsum("cdn,edn->dce", own, own, optimize=True)
        along[:, at] = (own @ kpi[market == m]).T
        on_basis[:, at] = (own @ basis[market == m]).swapaxes(0, 1)
    square = np.full(n_draws, float(kpi @ kpi))
    for setting in np.unique(draws.setting):
        of = draws.setting == setting
        rotated, target = on_basis[of] @ sampler.root[setting], sampler.root[setting].T @ (basis.T @ kpi)
        gram[of] -= rotated @ rotated.swapaxes(1, 2)
        along[of] -= rotated @ target
        square[of] -= target @ target
    return _Linear(gram, along, square, len(kpi), np.zeros_like(gram), np.zeros_like(along))


def _add_known(linear: _Linear, sampler: Sampler, draws: Draws, curves: Array, n_markets: int) -> None:
    """Add beliefs of a channel's average contribution, and lift tests, as observations of sums over its markets."""
    n_draws = len(draws.beta)
    for i, prior in enumerate(sampler.model.priors):
        mean, sd = prior.level
        share = curves[i].reshape(n_draws, n_markets, -1).mean(axis=2) / n_markets
        _observe(linear, i, share, np.full(n_draws, mean), draws.level_sd if sd is None else np.full(n_draws, sd))
    for term in sampler.model.lifts:
        i = term.channel
        changed = (saturate(term.media, draws.z[:, i], draws.is_logistic[:, i]) - curves[i]) * term.weight
        gains = changed.reshape(n_draws, n_markets, -1).sum(axis=2)
        _observe(linear, i, gains, np.full(n_draws, term.gain), np.full(n_draws, term.sd))


def _observe(linear: _Linear, i: int, weights: Array, value: Array, sd: Array) -> None:
    own = slice(i * weights.shape[1], (i + 1) * weights.shape[1])
    linear.known_precision[:, own, own] += weights[:, :, None] * weights[:, None, :] / sd[:, None, None] ** 2
    linear.known_along[:, own] += weights * (value / sd**2)[:, None]


def _sample(linear: _Linear, draws: Draws, n_markets: int, rng: Generator) -> tuple[Array, Array]:
    """Draw effects (D, K) and noise (D,) by Gibbs sampling, each draw a chain of its own that starts at the common effect."""
    n_draws, n_channels = draws.beta.shape[:2]
    common, unit = draws.beta[..., 0].copy(), np.maximum(draws.beta[..., 0], 1e-9)
    beta, sigma2 = np.repeat(common, n_markets, axis=1), draws.sigma**2
    spread = np.full(n_draws, 0.2)
    for _ in range(_SWEEPS):
        sd = np.repeat(spread[:, None] * unit, n_markets, axis=1)
        precision = linear.gram / sigma2[:, None, None] + linear.known_precision
        target = linear.along / sigma2[:, None] + linear.known_along + np.repeat(common, n_markets, axis=1) / sd**2
        for k in range(beta.shape[1]):
            own = precision[:, k, k] + 1.0 / sd[:, k] ** 2
            rest = target[:, k] - np.einsum("dj,dj->d", precision[:, k], beta) + precision[:, k, k] * beta[:, k]
            beta[:, k] = truncated(rest / own, 1.0 / np.sqrt(own), rng)
        by_channel = beta.reshape(n_draws, n_channels, n_markets)
        width = spread[:, None] * unit / np.sqrt(n_markets)
        common = truncated(by_channel.mean(axis=2).ravel(), width.ravel(), rng).reshape(n_draws, n_channels)
        apart = (((by_channel - common[..., None]) / unit[..., None]) ** 2).sum(axis=(1, 2))
        spread = _SPREADS[choose(-beta.shape[1] * np.log(_SPREADS)[:, None] - 0.5 * apart / _SPREADS[:, None] ** 2, rng)]
        left = linear.square - 2.0 * (beta * linear.along).sum(axis=1) + np.einsum("dk,dkj,dj->d", beta, linear.gram, beta)
        sigma2 = (_SIGMA_SCALE + 0.5 * np.maximum(left, 0.0)) / rng.gamma(_SIGMA_SHAPE + 0.5 * linear.rows, size=n_draws)
    return beta, sigma2


def _gamma(sampler: Sampler, setting: NDArray[np.intp], media: Array, sigma2: Array, rng: Generator) -> Array:
    on_basis = (sampler.model.kpi - media) @ sampler.model.basis  # (D, p)
    noise = rng.standard_normal(on_basis.shape) * np.sqrt(sigma2)[:, None]
    result = np.empty_like(on_basis)
    for h in np.unique(setting):
        at = setting == h
        result[at] = on_basis[at] @ sampler.inner[h] + noise[at] @ sampler.root[h].T
    return result
