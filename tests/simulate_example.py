"""Made series after the published example of PyMC-Marketing, its numbers drawn at random: the sets its own model is right for.

Uniform spends (halved but for bursts, or bursts only), geometric carry-over over 8 weeks, logistic saturation, a fourth root as trend, two
yearly waves, two events and even noise.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from tests.simulate import Array, Simulated

_LAGS = 8


def simulate_example(seed: int, *, channels: int = 4, weeks: int = 156) -> Simulated:
    """Make one series; the same seed gives the same series."""
    rng = np.random.default_rng([seed, 99])
    time = np.arange(weeks)
    day = (time * 7 + 90) % 365.25
    drawn = [_channel(rng, weeks) for _ in range(channels)]
    spend, alpha, media = (np.stack(part, axis=-1) for part in zip(*drawn, strict=True))
    trend = (np.linspace(0, 50, weeks) + 10) ** 0.25 - 1
    season = 0.5 * (-np.sin(4 * np.pi * day / 365.5) + np.cos(2 * np.pi * day / 365.5)) * rng.uniform(0.5, 1.5)
    events = np.stack([(time == int(rng.integers(10, weeks - 10))).astype(np.float64) for _ in range(2)], axis=1)
    baseline = 1000.0 * (2 + trend + season + events @ [1.5, 2.5])
    return Simulated(
        dates=tuple(date(2022, 1, 3) + timedelta(weeks=int(t)) for t in time),
        kpi=baseline + 1000.0 * (media.sum(axis=1) + rng.normal(0, 0.25, weeks)),
        spend=spend,
        controls=events,
        contribution=1000.0 * media,
        alpha=alpha,
        baseline=baseline,
        names=tuple(f"x{c + 1}" for c in range(channels)),
    )


def _channel(rng: np.random.Generator, weeks: int) -> tuple[Array, float, Array]:
    """Give spend, carry-over and contribution."""
    drawn = rng.uniform(size=weeks)
    always = rng.random() < 0.5
    spend = np.where(drawn > 0.9, drawn, drawn / 2) if always else np.where(drawn > rng.uniform(0.5, 0.85), drawn, 0.0)
    alpha = rng.uniform(0.1, 0.7)
    weights = alpha ** np.arange(_LAGS)
    felt = np.convolve(spend, weights / weights.sum())[:weeks]
    rate = rng.uniform(1.5, 5)
    return spend, alpha, (1 - np.exp(-rate * felt)) / (1 + np.exp(-rate * felt)) * rng.uniform(0.5, 3.5)
