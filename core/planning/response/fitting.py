"""Fit a series: lay out the model, sample its posterior, and read intervals, curves and diagnostics from the draws."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from core.planning.response.candidates import GEOMETRIC
from core.planning.response.diagnostics import Holdout, find_warnings, fit_quality
from core.planning.response.events import Event, FirstFit, event_notices, find_events, with_events
from core.planning.response.layout import Belief, Layout, lay_out
from core.planning.response.markets import sample_markets
from core.planning.response.noise import Noise, learn_carry, learn_noise, noise_notices, plain_noise
from core.planning.response.posterior import Draws, Effort, Model, Sampler, thin
from core.planning.response.result import FitResult, Notice
from core.planning.response.series import Series
from core.planning.response.spec import FitSpec
from core.planning.response.summary import Posterior, summarise, summarise_markets
from core.planning.response.transforms import Mask

_KEPT_DRAWS = 500
_HOLDOUT_EFFORT = Effort(chains=8, burn_in=80, keep=80)
_PILOT_EFFORT = Effort(chains=4, burn_in=60, keep=40)
_RHAT_MAX = 1.05
_KEEP_MORE, _MORE = 100, 4  # sweeps that chains which disagree are drawn on, and so many times at most


def fit(series: Series, spec: FitSpec, *, seed: int = 0, beliefs: Mapping[str, Belief] | None = None) -> FitResult:
    """Fit adstock, saturation and effect of every channel with their uncertainty.

    Args:
        series: from `build_series`. seed: the same seed gives the same answer.
        beliefs: by channel name, what is known beforehand.
    Returns:
        intervals are 90% of the posterior; a channel that never spent answers with its prior and says so.
    """
    # BLAS threads cost more than they bring on matrices of this size, and tie the last digit to the machine's load
    with threadpool_limits(limits=1):
        return _fit(series, spec, seed, beliefs or {})


def _fit(series: Series, spec: FitSpec, seed: int, beliefs: Mapping[str, Belief]) -> FitResult:
    started = time.perf_counter()
    plain = lay_out(series, spec, beliefs)
    rng = np.random.default_rng(seed)
    rows = series.observed.ravel()
    layout, noise, noticed = _prepare(plain, rows, rng)
    draws = _sample(layout.model(rows=rows, noise=noise), len(series.markets), rng)
    posterior = Posterior(layout, draws)
    holdout = _hold_out(plain, rng)
    channels = summarise(posterior, rng)
    quality = fit_quality(posterior, holdout)
    result = FitResult(
        channels=channels,
        fit=quality,
        warnings=(),
        seconds=0.0,
        seed=seed,
        period_days=series.period_days,
        dates=tuple(day.isoformat() for day in series.dates),
        decomposition=posterior.decomposition(),
        expected=posterior.expected.sum(axis=0),
        markets=summarise_markets(posterior),
    )
    warnings = (*series.notices, *noticed, *find_warnings(posterior, result))
    return replace(result, warnings=warnings, seconds=time.perf_counter() - started)


def _prepare(layout: Layout, rows: Mask, rng: np.random.Generator) -> tuple[Layout, Noise, list[Notice]]:
    """Learn from a short fit where the level breaks and what the noise is like, and say so."""
    n_markets, plain = len(layout.series.markets), plain_noise(rows)
    pilot = Posterior(layout, Sampler(layout.model(rows=rows, noise=plain, forms=GEOMETRIC), _PILOT_EFFORT, rng).run())
    noise = _noise(pilot, rows)
    events = _events(pilot, noise, rows)
    if events:
        layout = replace(layout, baseline=with_events(layout.baseline, events, n_markets, layout.series.mid_days))
        pilot = Posterior(layout, Sampler(layout.model(rows=rows, noise=plain, forms=GEOMETRIC), _PILOT_EFFORT, rng).run())
        noise = _noise(pilot, rows)
    dates = layout.series.dates
    return layout, noise, event_notices(events, dates) + noise_notices(noise, rows, dates)


def _events(pilot: Posterior, noise: Noise, rows: Mask) -> tuple[Event, ...]:
    layout = pilot.layout
    expected = pilot.predict().mean(axis=0)[rows] - layout.baseline.offset
    curves, by_market = pilot.curves.mean(axis=1)[:, rows].T, rows.reshape(len(layout.series.markets), -1)
    first = FirstFit(expected, layout.kpi[rows] - expected, curves, noise, by_market, layout.series.mid_days)
    return find_events(first, layout.baseline)


def _noise(pilot: Posterior, rows: Mask) -> Noise:
    layout, n_markets = pilot.layout, len(pilot.layout.series.markets)
    residual = layout.kpi[rows] + layout.baseline.offset - pilot.predict().mean(axis=0)[rows]
    spreads = learn_noise(residual, rows, n_markets)
    curves = pilot.curves.mean(axis=1)[:, rows].T
    return learn_carry(layout.kpi[rows], curves, spreads, layout.baseline, rows.reshape(n_markets, -1))


def _sample(model: Model, n_markets: int, rng: np.random.Generator) -> Draws:
    if n_markets > 1 and model.priors:
        sampler = Sampler(model, _HOLDOUT_EFFORT, rng)
        sampler.settle()
        return thin(sample_markets(sampler, n_markets, rng), _KEPT_DRAWS)
    sampler = Sampler(model, Effort(), rng)
    draws = sampler.run()
    for _ in range(_MORE):
        if not draws.rhat.size or draws.rhat.max() <= _RHAT_MAX:
            break
        draws = sampler.go_on(_KEEP_MORE)
    return thin(draws, _KEPT_DRAWS)


def _hold_out(layout: Layout, rng: np.random.Generator) -> Holdout | None:
    series = layout.series
    n_periods = len(series.dates)
    periods = min(round(182 / series.period_days), n_periods // 5)
    late = np.zeros(series.kpi.shape, dtype=bool)
    late[:, n_periods - periods :] = True
    held, seen = (late & series.observed).ravel(), (~late & series.observed).ravel()
    if n_periods < 30 or not held.any() or seen.sum() < 20 or layout.media[:, : n_periods - periods].sum() == 0:
        return None
    layout, known, _ = _prepare(layout, seen, rng)
    draws = Sampler(layout.model(rows=seen, noise=known), _HOLDOUT_EFFORT, rng).run()
    posterior = Posterior(layout, draws)
    noise = rng.standard_normal((len(draws.sigma), int(held.sum()))) * draws.sigma[:, None]
    unit = (layout.scale * np.repeat(layout.size, n_periods))[held]
    return Holdout(periods, series.kpi.ravel()[held], (posterior.predict()[:, held] + noise) * unit)
