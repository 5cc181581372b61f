"""Each market's own effect of each channel: drawn around the channel's, and held to it the more the less the market's data say.

Adstock and saturation are drawn together with these effects: taken from a fit with one effect for all markets, they would bend to explain
what sets the markets apart, and look surer than they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import log_ndtr

from core.planning.response.candidates import saturate
from core.planning.response.posterior import Draws, Sampler, collect
from core.planning.response.sampling import choose, truncated
from core.planning.response.transforms import Array

_SETTLE, _KEEP, _KEEP_MOST = 18, 32, 112  # turns thrown away, turns kept where chains agree, and at most
_ASK = 16  # turns from one look at whether they agree to the next
_SETTLED = 1.05  # R-hat up to which chains agree
_SWEEPS, _POOL = 2, 128  # of a turn: of the sampler for given ratios of the markets
_EFFECT_SWEEPS = 4  # of a turn: of the effects for given curves
_SPREADS = np.geomspace(0.03, 0.9, 8)  # sd of a market's effect around the channel's, as a share of it
_SPREAD = 0.5  # half-normal prior of it


@dataclass(frozen=True, slots=True)
class _Linear:
    """The model given adstock and saturation, the baseline taken out; an effect a channel and market, K = C * M of them, D draws.

    Attributes:
        gram: (D, K, K) and along: (D, K) of the whitened rows.
        known_precision, known_along: what lift tests and beliefs say on top, in KPI means.
    """

    gram: Array
    along: Array
    known_precision: Array
    known_along: Array


def sample_markets(sampler: Sampler, n_markets: int, rng: Generator) -> Draws:
    """Go on from where the chains of one effect for all markets stand, each channel's effect now drawn market by market.

    Returns:
        fresh draws with `beta` (D, C, M).
    """
    sampler.effort = replace(sampler.effort, pool=_POOL)
    ratio = np.ones((*sampler.beta.T.shape, n_markets))  # (C, K, M)
    spread, history, kept = np.full(sampler.effort.chains, 0.2), [], []
    for turn in range(_SETTLE + _KEEP_MOST):
        sampler.differ(ratio)
        sampler.refresh()
        states = [_swept(sampler, ratio) for _ in range(_SWEEPS)]
        history += [(state[0], state[1].astype(np.intp)) for state in states]
        if turn in (_SETTLE // 2, _SETTLE - 1):
            sampler.learn(history[len(history) // 2 :])
        if turn >= _SETTLE:
            kept += states
        done = turn + 1 - _SETTLE
        if done >= _KEEP and done % _ASK == 0 and collect(kept).rhat.max() <= _SETTLED:
            break
        ratio, spread = _redraw(sampler, collect(states[-1:]), spread, rng)
    return collect(kept)


def _swept(sampler: Sampler, ratio: Array) -> tuple[Array, ...]:
    """Sweep once; give where the chains stand."""
    sampler.sweep()
    z, form, beta, *others = sampler.state()
    return (z, form, beta * ratio.swapaxes(0, 1), *others)


def _redraw(sampler: Sampler, now: Draws, spread: Array, rng: Generator) -> tuple[Array, Array]:
    """Redraw each chain's markets' effects; give their ratio to the channel's (C, K, M), and the spread of ratios (K,)."""
    model, n_markets = sampler.model, now.beta.shape[2]
    curves = np.stack([saturate(model.media[..., i], now.z[:, i], now.form[:, i]) for i in range(now.beta.shape[1])])
    white = model.noise.whiten(curves[..., model.rows])  # (C, D, n)
    market = np.flatnonzero(model.rows) // (model.rows.size // n_markets)
    linear = _take_baseline_out(sampler, now, [white[..., market == m] for m in range(n_markets)], market)
    _add_known(linear, sampler, now, curves, n_markets)
    common = np.maximum(sampler.beta, 1e-9)
    flat, spread = _sample(linear, now, (common, spread), rng)
    ratio = flat.reshape(now.beta.shape) / common[..., None]
    return ratio.swapaxes(0, 1), spread


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
    for setting in np.unique(draws.setting):
        of = draws.setting == setting
        rotated, target = on_basis[of] @ sampler.root[setting], sampler.root[setting].T @ (basis.T @ kpi)
        gram[of] -= rotated @ rotated.swapaxes(1, 2)
        along[of] -= rotated @ target
    return _Linear(gram, along, np.zeros_like(gram), np.zeros_like(along))


def _add_known(linear: _Linear, sampler: Sampler, draws: Draws, curves: Array, n_markets: int) -> None:
    """Add beliefs of a channel's average contribution, and lift tests, as observations of sums over its markets."""
    n_draws = len(draws.beta)
    for i, prior in enumerate(sampler.model.priors):
        mean, sd = prior.level
        share = curves[i].reshape(n_draws, n_markets, -1).mean(axis=2) / n_markets
        _observe(linear, i, share, np.full(n_draws, mean), draws.level_sd if sd is None else np.full(n_draws, sd))
    for term in sampler.model.lifts:
        i = term.channel
        changed = (saturate(term.media, draws.z[:, i], draws.form[:, i]) - curves[i]) * term.weight
        gains = changed.reshape(n_draws, n_markets, -1).sum(axis=2)
        _observe(linear, i, gains, np.full(n_draws, term.gain), np.full(n_draws, term.sd))


def _observe(linear: _Linear, i: int, weights: Array, value: Array, sd: Array) -> None:
    own = slice(i * weights.shape[1], (i + 1) * weights.shape[1])
    linear.known_precision[:, own, own] += weights[:, :, None] * weights[:, None, :] / sd[:, None, None] ** 2
    linear.known_along[:, own] += weights * (value / sd**2)[:, None]


def _sample(linear: _Linear, now: Draws, around: tuple[Array, Array], rng: Generator) -> tuple[Array, Array]:
    """Redraw effects (D, K), each `around` its channel's (D, C) and as far as they spread (D,); each draw is a chain of its own."""
    common, spread = around
    n_draws, _, n_markets = now.beta.shape
    beta, sigma2 = now.beta.reshape(n_draws, -1).copy(), now.sigma**2
    center = np.repeat(common, n_markets, axis=1)
    precision = linear.gram / sigma2[:, None, None] + linear.known_precision
    along = linear.along / sigma2[:, None] + linear.known_along
    for _ in range(_EFFECT_SWEEPS):
        sd = spread[:, None] * center
        target = along + center / sd**2
        for k in range(beta.shape[1]):
            own = precision[:, k, k] + 1.0 / sd[:, k] ** 2
            rest = target[:, k] - np.einsum("dj,dj->d", precision[:, k], beta) + precision[:, k, k] * beta[:, k]
            beta[:, k] = truncated(rest / own, 1.0 / np.sqrt(own), rng)
        apart = ((beta / center - 1.0) ** 2).sum(axis=1)
        each = np.log(_SPREADS) + log_ndtr(1.0 / _SPREADS)
        usual = np.log(_SPREADS) - 0.5 * (_SPREADS / _SPREAD) ** 2  # the grid is even in logarithms
        spread = _SPREADS[choose((usual - beta.shape[1] * each)[:, None] - 0.5 * apart / _SPREADS[:, None] ** 2, rng)]
    return beta, spread
