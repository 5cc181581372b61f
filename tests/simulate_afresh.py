"""Made series with known truth, third kind: what media do is none of the model's own forms, and nothing was tuned on them.

Saturation is exponential, logarithmic, a power, Michaelis-Menten or a threshold; carry-over is geometric, peaks later, or has two rates;
the baseline is a random walk with bumps and a season that drifts; noise follows itself and grows with the KPI; spend is planned in ways
of its own.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.random import Generator

from tests.simulate_elsewhere import Array, Known


def simulate_afresh(seed: int, *, markets: int = 1) -> Known:
    """Make one weekly series over `markets`; the same seed and number of markets give the same series."""
    rng = np.random.default_rng([seed, markets, 41])
    n, n_channels = int(rng.integers(90, 200)), int(rng.integers(2, 8))
    plans = [_plan(rng, n) for _ in range(n_channels)]
    effects = [_Effect(rng) for _ in range(n_channels)]
    weights = rng.gamma(1.5, 1.0, n_channels) + 0.15
    weights *= rng.uniform(0.15, 0.55) / weights.sum()
    base, scale = _base(rng, n), float(10 ** rng.uniform(2, 6))
    sizes = np.sort(rng.gamma(2.0, 0.5, markets) + 0.1)[::-1] if markets > 1 else np.ones(1)
    prices = 10 ** rng.uniform(1.5, 4.5, n_channels)
    start = date(2021, 3, 1)
    table: dict[str, list[str]] = {name: [] for name in ("when", "where", "kpi", *(f"m{c}" for c in range(n_channels)))}
    by_market, spent = np.zeros((markets, n_channels)), np.zeros((markets, n_channels))
    for m, size in enumerate(sizes):
        plan = np.stack([p * (rng.lognormal(0, 0.35) * rng.lognormal(0, 0.25, n) if markets > 1 else 1.0) for p in plans], axis=1)
        own = weights * (rng.gamma(9.0, 1 / 9.0, n_channels) if markets > 1 else 1.0)
        media = np.stack([effect(plan[:, c]) for c, effect in enumerate(effects)], axis=1) * own
        level = base * (1.0 - weights.sum()) * (rng.lognormal(0, 0.1) if markets > 1 else 1.0)
        expected = level + media.sum(axis=1)
        kpi = (expected + _noise(rng, expected)) * size * scale
        by_market[m], spent[m] = media.sum(axis=0) * size * scale, np.round(plan * prices * size, 2).sum(axis=0)
        table["when"] += [(start + timedelta(weeks=t)).isoformat() for t in range(n)]
        table["where"] += [f"Area {m + 1}"] * n
        table["kpi"] += [f"{value:.8g}" for value in np.maximum(kpi, 0.0)]
        for c in range(n_channels):
            table[f"m{c}"] += [f"{value:.2f}" for value in plan[:, c] * prices[c] * size]
    channels = [{"name": f"m{c}", "spend": f"m{c}", "exposure": None} for c in range(n_channels)]
    fields: dict[str, object] = {"date": "when", "kpi": "kpi", "kpi_kind": "revenue", "channels": channels}
    fields["market"] = "where" if markets > 1 else None
    return Known("afresh", table, fields, by_market, spent, sum(float(value) for value in table["kpi"]))


class _Effect:
    """What a channel's spend does, one at a usual spend of one kept up."""

    def __init__(self, rng: Generator) -> None:
        self.form = str(rng.choice(["exponential", "logarithm", "power", "michaelis", "threshold"], p=[0.3, 0.2, 0.15, 0.25, 0.1]))
        self.bend = float(rng.uniform(0.4, 2.5))
        lag = np.arange(16)
        kind, keep = rng.choice(["geometric", "later", "two rates"], p=[0.6, 0.2, 0.2]), rng.uniform(0.0, 0.75)
        self.weights = keep**lag
        if kind == "later":
            self.weights = (lag + 1.0) * rng.uniform(0.2, 0.6) ** lag
        elif kind == "two rates":
            self.weights = 0.7 * rng.uniform(0.0, 0.4) ** lag + 0.05 * rng.uniform(0.6, 0.85) ** lag
        self.weights = self.weights / self.weights.sum()

    def __call__(self, spend: Array) -> Array:
        felt = np.convolve(spend, self.weights)[: len(spend)]
        return np.asarray(self._saturated(felt) / self._saturated(np.ones(1)))

    def _saturated(self, felt: Array) -> Array:
        forms = {
            "exponential": 1.0 - np.exp(-self.bend * felt),
            "logarithm": np.log1p(2.0 * self.bend * felt),
            "power": felt ** (1.0 / (1.0 + 0.5 * self.bend)),
            "michaelis": self.bend * felt / (1.0 + self.bend * felt),
            "threshold": 1.0 / (1.0 + np.exp(-3.0 * (felt - 0.7))) - 1.0 / (1.0 + np.exp(2.1)),
        }
        return forms[self.form]


def _plan(rng: Generator, n: int) -> Array:
    """Give spend a week around one: bursts, quarters, steady with test weeks, ramps up, or sales-led bumps."""
    kind, t = rng.choice(["bursts", "quarters", "steady", "ramp", "peaks"]), np.arange(n)
    if kind == "bursts":
        plan = np.convolve(rng.random(n) < 0.12, np.ones(int(rng.integers(2, 6))))[:n] * rng.uniform(0.8, 2.0)
    elif kind == "quarters":
        plan = rng.gamma(4.0, 0.25, n // 13 + 1)[t // 13] * rng.uniform(0.7, 1.3, n)
    elif kind == "steady":
        plan = rng.uniform(0.85, 1.15, n) * np.where(rng.random(n) < 0.08, 0.2, 1.0)
    elif kind == "ramp":
        plan = (0.3 + 1.4 / (1.0 + np.exp(-8.0 * (t / n - rng.uniform(0.2, 0.8))))) * rng.lognormal(0, 0.25, n)
    else:
        plan = 0.5 + 1.5 * np.maximum(np.cos(2 * np.pi * (t - rng.uniform(0, 52)) / 52.18), 0.0) ** 3 + rng.exponential(0.25, n)
    return np.asarray(plan + (0.5 if plan.sum() == 0 else 0.0))


def _base(rng: Generator, n: int) -> Array:
    t = np.arange(n)
    walk = np.cumsum(rng.normal(0, 0.006, n))
    year = 2 * np.pi * (t - rng.uniform(0, 52)) / 52.18
    season = rng.uniform(0, 0.15) * np.cos(year) * (1 + 0.3 * t / n) + rng.uniform(0, 0.06) * np.cos(2 * year + 1)
    bump = rng.uniform(0.0, 0.25) * np.exp(-0.5 * (((t + 5) % 52.18 - 48) / 1.5) ** 2)
    base = np.exp(walk + rng.uniform(-0.2, 0.3) * t / n) * (1 + season + bump)
    return np.asarray(base / base.mean())


def _noise(rng: Generator, expected: Array) -> Array:
    shocks, follow, noise = rng.standard_t(8, len(expected)), rng.uniform(0.0, 0.5), np.zeros(len(expected))
    for t, shock in enumerate(shocks):
        noise[t] = follow * (noise[t - 1] if t else 0.0) + shock
    return np.asarray(noise * rng.uniform(0.015, 0.05) * expected)
