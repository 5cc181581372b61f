"""A seeded generator of performance series with known truth: channels, weeks, curves, adstock, season, trend, controls and noise vary.

Written apart from the model: adstock is a truncated convolution, saturation the textbook formulas, so that an error in one is not in both.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Saturation = Literal["hill", "logistic"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of series to make; None draws it at random from the seed."""

    channels: int | None = None
    weeks: int | None = None
    saturation: Saturation | None = None
    alpha_max: float = 0.8
    noise: float | None = None
    media_share: float | None = None
    collinear: bool = False
    daily: bool = False


@dataclass(frozen=True, slots=True)
class Simulated:
    """A made series and the truth behind it. `contribution` is (T, C), `spend` (T, C), all in file units."""

    dates: tuple[date, ...]
    kpi: Array
    spend: Array
    controls: Array
    contribution: Array
    alpha: Array
    baseline: Array
    names: tuple[str, ...] = field(default=())

    @property
    def share_of_media(self) -> Array:
        total = self.contribution.sum(axis=0)
        return np.asarray(total / total.sum())

    @property
    def contribution_share(self) -> Array:
        return np.asarray(self.contribution.sum(axis=0) / self.kpi.sum())

    @property
    def return_per_unit(self) -> Array:
        return np.asarray(self.contribution.sum(axis=0) / self.spend.sum(axis=0))

    def csv(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out)
        controls = [f"control_{k + 1}" for k in range(self.controls.shape[1])]
        writer.writerow(["date", "kpi", *self.names, *controls])
        for t, day in enumerate(self.dates):
            writer.writerow([day.isoformat(), self.kpi[t], *self.spend[t], *self.controls[t]])
        return out.getvalue()

    def spec(self) -> dict[str, object]:
        return {
            "date": "date",
            "kpi": "kpi",
            "kpi_kind": "revenue",
            "channels": [{"name": name, "spend": name} for name in self.names],
            "controls": [f"control_{k + 1}" for k in range(self.controls.shape[1])],
        }


def simulate(seed: int, shape: Shape | None = None) -> Simulated:
    """Make one series; the same seed and shape give the same series."""
    shape = shape or Shape()
    rng = np.random.default_rng([seed, 7])
    n_channels = shape.channels or int(rng.integers(1, 11))
    n_periods = shape.weeks or int(rng.integers(30, 209))
    unit = 1 if shape.daily else 7
    year = np.arange(n_periods) * unit / 365.25
    spend = _spend(rng, n_periods, n_channels, year, collinear=shape.collinear)
    alpha = rng.uniform(0.0, shape.alpha_max, n_channels)
    effect = np.stack([_effect(rng, spend[:, c], alpha[c], shape.saturation) for c in range(n_channels)], axis=1)
    media_share = shape.media_share or rng.uniform(0.15, 0.6)
    weights = rng.dirichlet(np.full(n_channels, 2.0)) * media_share
    contribution = effect / effect.mean(axis=0) * weights
    controls = rng.normal(size=(n_periods, int(rng.integers(0, 3))))
    baseline = (1.0 - media_share) * (1.0 + _trend(rng, n_periods) + _season(rng, year)) + controls @ rng.normal(0, 0.03, controls.shape[1])
    noise = rng.normal(0, shape.noise or rng.uniform(0.01, 0.06), n_periods)
    scale = 10.0 ** rng.uniform(2, 6)
    start = date(2022, 1, 3)
    return Simulated(
        dates=tuple(start + timedelta(days=unit * t) for t in range(n_periods)),
        kpi=scale * (baseline + contribution.sum(axis=1) + noise),
        spend=spend,
        controls=controls,
        contribution=scale * contribution,
        alpha=alpha,
        baseline=scale * baseline,
        names=tuple(f"channel_{c + 1}" for c in range(n_channels)),
    )


def _spend(rng: np.random.Generator, n_periods: int, n_channels: int, year: Array, *, collinear: bool) -> Array:
    columns: list[Array] = []
    for c in range(n_channels):
        level = 10.0 ** rng.uniform(2, 5)
        kind = int(rng.integers(0, 3))
        jitter = rng.lognormal(0, rng.uniform(0.2, 0.6), n_periods)
        if kind == 0:  # always on, leaning on the season
            column = jitter * (1 + rng.uniform(0, 0.6) * np.cos(2 * np.pi * (year - rng.random())))
        elif kind == 1:  # flights of a few weeks
            on = np.repeat(rng.random(n_periods // 3 + 1) < rng.uniform(0.25, 0.7), 3)[:n_periods]
            column = jitter * on
        else:  # free use
            column = rng.uniform(0, 1, n_periods) * (rng.random(n_periods) < rng.uniform(0.5, 1.0))
        if collinear and c == 1:
            column = columns[0] / columns[0].mean() * rng.lognormal(0, 0.08, n_periods)
        columns.append(level * np.maximum(column, 0) + (level * 0.01 if not column.any() else 0.0))
    return np.stack(columns, axis=1)


def _effect(rng: np.random.Generator, spend: Array, alpha: float, saturation: Saturation | None) -> Array:
    lags = alpha ** np.arange(min(len(spend), 60))
    stock = np.convolve(spend, lags / lags.sum())[: len(spend)]
    kind = saturation or ("hill" if rng.random() < 0.5 else "logistic")
    top = spend.max()
    if kind == "logistic":
        rate = rng.uniform(1.0, 5.0) / top
        return np.asarray((1 - np.exp(-rate * stock)) / (1 + np.exp(-rate * stock)))
    half, exponent = top * rng.uniform(0.15, 0.9), rng.uniform(0.7, 2.0)
    return np.asarray(stock**exponent / (half**exponent + stock**exponent))


def _trend(rng: np.random.Generator, n_periods: int) -> Array:
    time = np.linspace(0, 1, n_periods)
    kinds = (np.zeros(n_periods), time, np.sqrt(time), 1 / (1 + np.exp(-12 * (time - 0.5))))
    return np.asarray(rng.uniform(-0.2, 0.6) * kinds[int(rng.integers(0, 4))])


def _season(rng: np.random.Generator, year: Array) -> Array:
    phase, size = rng.random(2), rng.uniform(0, 0.2)
    return np.asarray(size * np.cos(2 * np.pi * (year - phase[0])) + 0.4 * size * np.cos(4 * np.pi * (year - phase[1])))
