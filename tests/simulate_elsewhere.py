"""Made series with known truth after the conventions of other tools: written apart from the model and from tests/simulate.py."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Array = NDArray[np.float64]
KINDS = ("pymc", "robyn", "meridian", "daily", "short", "counts", "breaks", "wide", "promo")


@dataclass(frozen=True, slots=True)
class Known:
    """A made series with its truth.

    Attributes:
        table: columns in order, texts as in a file. contribution, spent: (C,) over the window and all markets.
        by_market: (M, C) contributions, one row where there are no markets; spent_by_market: the same of spend.
    """

    kind: str
    table: dict[str, list[str]]
    fields: dict[str, object]
    by_market: Array
    spent_by_market: Array
    kpi_total: float

    @property
    def contribution(self) -> Array:
        return np.asarray(self.by_market.sum(axis=0))

    @property
    def share_of_media(self) -> Array:
        return np.asarray(self.contribution / self.contribution.sum())

    @property
    def contribution_share(self) -> Array:
        return self.contribution / self.kpi_total

    @property
    def return_per_unit(self) -> Array:
        return np.asarray(self.contribution / self.spent_by_market.sum(axis=0))

    def csv(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(self.table)
        writer.writerows(zip(*self.table.values(), strict=True))
        return out.getvalue()

    def spec(self) -> dict[str, object]:
        return self.fields


def simulate_kind(kind: str, seed: int) -> Known:
    """Make one series of a kind; the same kind and seed give the same series."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    return {"meridian": _markets, "daily": _days}.get(kind, _weeks)(kind, rng)


def _weeks(kind: str, rng: Generator) -> Known:
    n = int(rng.integers(8, 61)) if kind == "short" else int(rng.integers(104, 184))
    n_channels = {"short": rng.integers(1, 4), "wide": rng.integers(8, 11)}.get(kind, rng.integers(2, 7))
    start = date(2020, 1, 6) + timedelta(weeks=int(rng.integers(0, 150)))
    year = (np.arange(n) * 7 + start.timetuple().tm_yday) / 365.25
    spend = _spend(rng, n, int(n_channels), year, together=0.8 if kind == "wide" else 0.4 if kind == "robyn" else 0.0)
    style = {"robyn": "weibull", "wide": "weibull", "short": "geometric"}.get(kind, "geometric")
    shapes = np.stack([_effect(rng, spend[:, c], style=style) for c in range(int(n_channels))], axis=1)
    media_share = rng.uniform(0.15, 0.55)
    media = shapes / shapes.mean(axis=0) * rng.dirichlet(np.full(int(n_channels), 1.5)) * media_share
    base = _baseline(kind, rng, n, year)
    base = base / base.mean() * (1.0 - media_share)
    columns: dict[str, Array] = {}
    if kind in ("robyn", "promo"):
        promo = (rng.random(n) < 0.12) * rng.uniform(0.5, 1.0, n)
        columns = {"promo": np.round(promo, 2), "competitor": np.round(50 + _walk(rng, n, 4.0), 1)}
        base = base + 0.25 * columns["promo"] - 0.004 * (columns["competitor"] - 50.0)
    scale = float(10 ** rng.uniform(0.5, 1.3)) if kind == "counts" else float(10 ** rng.uniform(3, 7))
    kpi, media = _observe(kind, rng, base, media, scale)
    table = {"week": [(start + timedelta(weeks=i)).isoformat() for i in range(n)], "sales": [f"{v:.8g}" for v in kpi]}
    table |= {f"ch{c}": [f"{v:.2f}" for v in spend[:, c]] for c in range(spend.shape[1])}
    table |= {name: [f"{v:g}" for v in values] for name, values in columns.items()}
    if kind == "breaks":
        table = _damage(table, rng)
    fields = _fields("week", spend.shape[1], controls=list(columns))
    return Known(kind, table, fields, media.sum(axis=0)[None], spend.sum(axis=0)[None], float(kpi.sum()))


def _observe(kind: str, rng: Generator, base: Array, media: Array, scale: float) -> tuple[Array, Array]:
    """Give the KPI with noise, and the contributions in its unit."""
    expected = base + media.sum(axis=1)
    if kind == "counts":
        return rng.poisson(np.maximum(expected, 0.01) * scale).astype(np.float64), media * scale
    noise = rng.standard_normal(len(expected)) * rng.uniform(0.02, 0.08)
    if kind in ("robyn", "wide"):
        noise = _walk(rng, len(expected), 1.0, pull=rng.uniform(0.3, 0.7)) * rng.uniform(0.02, 0.05)
    if kind == "breaks":
        noise = rng.standard_t(3, len(expected)) * rng.uniform(0.02, 0.05)
        noise[rng.integers(0, len(noise), 2)] += rng.choice([-0.4, 0.5], 2)
    return np.maximum(expected + noise, 0.0) * scale, media * scale


def _baseline(kind: str, rng: Generator, n: int, year: Array) -> Array:
    time = np.linspace(0.0, 1.0, n)
    base = 1.0 + rng.uniform(-0.3, 0.5) * time
    if kind in ("robyn", "wide"):
        base = base + _walk(rng, n, 0.004, pull=0.999)
    if kind == "breaks":
        base = base + rng.choice([-0.25, 0.25]) * (time > rng.uniform(0.3, 0.7))
    season = sum(rng.normal(0, s) * np.sin(2 * np.pi * k * year + rng.uniform(0, 6.3)) for k, s in ((1, 0.12), (2, 0.07), (3, 0.03)))
    if kind == "promo":
        week = (year % 1) * 52
        season = season + 0.5 * np.exp(-0.5 * ((week - 48) / 1.2) ** 2)
    return np.asarray(np.maximum(base * np.exp(season), 0.1))


def _days(kind: str, rng: Generator) -> Known:
    n, n_channels = int(rng.integers(150, 500)), int(rng.integers(2, 6))
    start = date(2022, 3, 2) + timedelta(days=int(rng.integers(0, 400)))
    days = [start + timedelta(days=i) for i in range(n)]
    year = np.array([day.timetuple().tm_yday for day in days]) / 365.25
    spend = _spend(rng, n, n_channels, year, together=0.2)
    shapes = np.stack([_effect(rng, spend[:, c], style="geometric", keep=(0.3, 0.9), lags=28) for c in range(n_channels)], axis=1)
    media_share = rng.uniform(0.15, 0.5)
    media = shapes / shapes.mean(axis=0) * rng.dirichlet(np.full(n_channels, 1.5)) * media_share
    weekday = np.exp(rng.normal(0, 0.15, 7))[[day.weekday() for day in days]]
    base = _baseline("daily", rng, n, year) * weekday
    scale = float(10 ** rng.uniform(1.5, 5))
    noise = np.exp(rng.standard_normal(n) * rng.uniform(0.04, 0.12))
    kpi = (base / base.mean() * (1 - media_share) + media.sum(axis=1)) * noise * scale
    table = {"day": [day.isoformat() for day in days], "sales": [f"{v:.7g}" for v in kpi]}
    table |= {f"ch{c}": [f"{v:.2f}" for v in spend[:, c]] for c in range(n_channels)}
    return Known(kind, table, _fields("day", n_channels), media.sum(axis=0)[None] * scale, spend.sum(axis=0)[None], float(kpi.sum()))


def _markets(kind: str, rng: Generator) -> Known:
    """Markets of unlike size: spend a head drives the effect, each market's effect spread log-normally around the channel's."""
    n, n_channels, n_markets = int(rng.integers(60, 120)), int(rng.integers(2, 5)), int(rng.integers(3, 7))
    start = date(2021, 1, 4)
    year = np.arange(n) * 7 / 365.25
    heads = np.exp(rng.normal(0, 0.8, n_markets))
    heads /= heads.mean()
    scale = float(10 ** rng.uniform(3, 5))
    shares = rng.dirichlet(np.full(n_channels, 2.0)) * rng.uniform(0.2, 0.5)
    alphas, halves, slopes = rng.uniform(0.1, 0.8, n_channels), rng.uniform(0.4, 1.8, n_channels), rng.uniform(0.8, 1.4, n_channels)
    table: dict[str, list[str]] = {name: [] for name in ("week", "geo", "sales", *(f"ch{c}" for c in range(n_channels)))}
    by_market, spent, total = np.zeros((n_markets, n_channels)), np.zeros((n_markets, n_channels)), 0.0
    season = _baseline("meridian", rng, n, year)
    for m in range(n_markets):
        spend = _spend(rng, n, n_channels, year, together=0.3)
        spend *= 1000.0 / spend.mean(axis=0) * rng.uniform(0.6, 1.5, n_channels)
        carried = np.stack([_carry(spend[:, c] / 1000.0, _geometric(alphas[c], 9)) for c in range(n_channels)], axis=1)
        media = (
            _hill(carried, halves, slopes) / _hill(np.ones(n_channels), halves, slopes) * shares * np.exp(rng.normal(0, 0.3, n_channels))
        )
        base = season / season.mean() * (1 - shares.sum()) * np.exp(rng.normal(0, 0.15)) + _walk(rng, n, 0.005, pull=0.99)
        kpi = np.maximum(base + media.sum(axis=1) + rng.standard_normal(n) * rng.uniform(0.03, 0.08), 0.0) * heads[m] * scale
        by_market[m], spent[m] = media.sum(axis=0) * heads[m] * scale, spend.sum(axis=0) * heads[m]
        total += kpi.sum()
        table["week"] += [(start + timedelta(weeks=i)).isoformat() for i in range(n)]
        table["geo"] += [f"Region {m}"] * n
        table["sales"] += [f"{v:.7g}" for v in kpi]
        for c in range(n_channels):
            table[f"ch{c}"] += [f"{v * heads[m]:.2f}" for v in spend[:, c]]
    return Known(kind, table, _fields("week", n_channels, market="geo"), by_market, spent, total)


def _fields(when: str, n_channels: int, *, controls: list[str] | None = None, market: str | None = None) -> dict[str, object]:
    channels = [{"name": f"ch{c}", "spend": f"ch{c}", "exposure": None} for c in range(n_channels)]
    return {"date": when, "kpi": "sales", "kpi_kind": "revenue", "market": market, "channels": channels, "controls": controls or []}


def _spend(rng: Generator, n: int, n_channels: int, year: Array, *, together: float) -> Array:
    """Make spend of unlike habits: always on, in flights, with the season, or a flat monthly budget."""
    common = np.exp(_walk(rng, n, 0.3, pull=0.85))
    columns = []
    for habit in rng.choice(["always", "flights", "season", "monthly"], n_channels, p=[0.4, 0.3, 0.2, 0.1]):
        level = np.exp(_walk(rng, n, rng.uniform(0.15, 0.35), pull=0.8))
        if habit == "flights":
            edges = np.cumsum(rng.integers(2, 9, n))
            level = level * (np.searchsorted(edges, np.arange(n)) % 2)
            level[: max(3, n // 10)] += 0.5 * (level.sum() == 0)
        elif habit == "season":
            level = level * (1.2 + np.sin(2 * np.pi * year + rng.uniform(0, 6.3)))
        elif habit == "monthly":
            level = np.exp(rng.normal(0, 0.4, n // 4 + 1))[np.arange(n) // 4]
        columns.append(level * common**together * 10 ** rng.uniform(2, 5))
    return np.round(np.stack(columns, axis=1), 2)


def _effect(rng: Generator, spend: Array, *, style: str, keep: tuple[float, float] = (0.0, 0.8), lags: int = 12) -> Array:
    """Give adstocked and saturated spend on a scale of its own."""
    if style == "weibull" and rng.random() < 0.7:
        shape, size, lag = rng.uniform(0.6, 2.5), rng.uniform(0.5, 3.5), np.arange(lags)
        weights = (
            np.exp(-((lag / size) ** shape))
            if rng.random() < 0.5
            else ((lag + 0.5) / size) ** (shape - 1) * np.exp(-(((lag + 0.5) / size) ** shape))
        )
    else:
        weights = _geometric(rng.uniform(*keep), lags)
    carried = _carry(spend / spend.max(), weights)
    if rng.random() < 0.5:
        rate = rng.uniform(0.8, 5.0)
        return np.asarray((1 - np.exp(-rate * carried)) / (1 + np.exp(-rate * carried)))
    half = rng.uniform(0.25, 1.0) * carried.max()
    return _hill(carried, half, rng.uniform(0.7, 2.0))


def _geometric(alpha: float, lags: int) -> Array:
    return np.asarray(alpha ** np.arange(lags), dtype=np.float64)


def _carry(spend: Array, weights: Array) -> Array:
    return np.asarray(np.convolve(spend, weights / weights.sum())[: len(spend)])


def _hill(spend: Array, half: Array | float, slope: Array | float) -> Array:
    return np.asarray(spend**slope / (spend**slope + np.asarray(half) ** slope))


def _walk(rng: Generator, n: int, step: float, *, pull: float = 0.9) -> Array:
    """Give an autocorrelated walk around zero."""
    result, level = np.empty(n), 0.0
    for t, shock in enumerate(rng.standard_normal(n) * step):
        level = pull * level + shock
        result[t] = level
    return result


def _damage(table: dict[str, list[str]], rng: Generator) -> dict[str, list[str]]:
    """Shuffle the rows and leave some KPI cells empty."""
    n = len(table["week"])
    for i in rng.integers(5, n - 5, 3):
        table["sales"][i] = ""
    order = rng.permutation(n)
    return {name: [values[i] for i in order] for name, values in table.items()}
