"""Made performance of two years for the demo workspace's channels, marked as made; the truth behind it is known."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from core.access import AccessContext, Permission
from core.model.money import to_minor
from core.model.reading import PerformanceRow
from core.planning.channels import canonical_channel
from core.planning.response.transforms import Array, geometric_adstock, hill
from core.runtime import Runtime
from core.services.files import FileQuery, list_files, open_plan
from core.services.performance import ImportRows, ImportView, import_rows

MADE_NAME = "Made performance (demo)"
WEEKS = 104
_VALUE_PER_CONVERSION = 64.0
_SCALE = {"JPY": 160.0, "PLN": 4.3, "CZK": 25.0, "SEK": 11.5, "RUB": 90.0, "UAH": 45.0, "HUF": 400.0}  # prices in euros, times about


@dataclass(frozen=True, slots=True)
class MadeChannel:
    """The truth behind a made channel: weekly spend, prices, carry-over, and the cost of a conversion at low spend (major units)."""

    weekly_spend: float
    cpm: float
    ctr: float
    first_cpa: float
    alpha: float
    shape: float
    share_on: float  # share of weeks with spend


_TRUTH: dict[str, MadeChannel] = {
    "Search": MadeChannel(9000, 28.0, 0.055, 16.0, 0.10, 1.0, 1.0),
    "Shopping": MadeChannel(6000, 11.0, 0.012, 18.0, 0.10, 1.0, 1.0),
    "Meta": MadeChannel(8000, 8.5, 0.011, 22.0, 0.30, 1.2, 0.95),
    "Social": MadeChannel(6500, 8.0, 0.010, 24.0, 0.30, 1.2, 0.90),
    "TikTok": MadeChannel(4500, 6.0, 0.008, 27.0, 0.30, 1.3, 0.75),
    "LinkedIn": MadeChannel(3500, 32.0, 0.006, 60.0, 0.35, 1.1, 0.70),
    "YouTube": MadeChannel(5500, 9.5, 0.004, 34.0, 0.50, 1.5, 0.60),
    "Video": MadeChannel(5000, 10.5, 0.004, 36.0, 0.50, 1.5, 0.60),
    "Display": MadeChannel(3500, 3.2, 0.003, 40.0, 0.35, 1.1, 0.80),
    "Programmatic": MadeChannel(4500, 4.0, 0.003, 38.0, 0.35, 1.1, 0.80),
    "TV": MadeChannel(22000, 14.0, 0.0, 48.0, 0.65, 1.8, 0.45),
    "CTV": MadeChannel(7000, 22.0, 0.001, 44.0, 0.55, 1.5, 0.55),
    "Radio": MadeChannel(4000, 6.0, 0.0, 50.0, 0.50, 1.3, 0.45),
    "OOH": MadeChannel(9000, 5.0, 0.0, 60.0, 0.60, 1.4, 0.40),
}
_OTHER = MadeChannel(3000, 9.0, 0.006, 45.0, 0.35, 1.2, 0.65)


def fill_demo_performance(ctx: AccessContext, rt: Runtime) -> list[str]:
    """Make performance for the channels of every plan the workspace has read; gives the currencies, those with most plans first.

    Done before, the same rows are replaced by themselves.
    """
    ctx.require(Permission.CONNECT)
    by_currency: dict[str, list[str]] = {}
    plans: Counter[str] = Counter()
    for info in list_files(ctx, rt, FileQuery()).files:
        if info.currency is None or info.state not in ("fresh", "behind"):
            continue
        plans[info.currency] += 1
        tables = open_plan(ctx, rt, info.file_id).reading.tables
        names = [item.channel for table in tables for item in table.line_items if item.channel]
        by_currency.setdefault(info.currency, []).extend(canonical_channel(name) or name for name in names)
    for currency, channels in by_currency.items():
        if channels:
            make_demo_performance(ctx, rt, channels=sorted(set(channels)), currency=currency)
    return [currency for currency, _ in plans.most_common() if by_currency[currency]]


def make_demo_performance(ctx: AccessContext, rt: Runtime, *, channels: Sequence[str], currency: str) -> ImportView:
    """Import two years of made weekly performance for the channels, ending with the last whole week; the same names give the same data."""
    ctx.require(Permission.CONNECT)
    rows = made_rows(channels, currency, until=rt.clock.now().date())
    return import_rows(ctx, rt, ImportRows(MADE_NAME, rows, currency=currency, is_made=True))


def made_rows(channels: Sequence[str], currency: str, *, until: date) -> tuple[PerformanceRow, ...]:
    """Make weekly rows for each channel and one without spend (Direct) that holds what media did not bring."""
    last_monday = until - timedelta(days=until.weekday() + 7)
    weeks = [last_monday - timedelta(days=7 * back) for back in range(WEEKS - 1, -1, -1)]
    rows: list[PerformanceRow] = []
    brought = np.zeros(WEEKS)
    for channel in dict.fromkeys(channels):
        rng = np.random.default_rng(zlib.crc32(channel.casefold().encode()))
        truth = truth_of(channel, currency)
        spend = _spend(truth, weeks, rng)
        response = respond_truth(truth, spend)
        brought += response
        conversions = response * rng.lognormal(0, 0.06, WEEKS)
        rows += [
            _row(_Line(channel, currency, truth), week, spend=float(s), conversions=float(c), rng=rng)
            for week, s, c in zip(weeks, spend, conversions, strict=True)
        ]
    rows += _direct(weeks, currency, level=0.8 * float(brought.mean()))
    return tuple(rows)


def truth_of(channel: str, currency: str) -> MadeChannel:
    """Give the truth behind a made channel, its prices in the currency."""
    truth, scale = _TRUTH.get(canonical_channel(channel) or "", _OTHER), _SCALE.get(currency, 1.0)
    return replace(truth, weekly_spend=truth.weekly_spend * scale, cpm=truth.cpm * scale, first_cpa=truth.first_cpa * scale)


def respond_truth(truth: MadeChannel, spend: Array) -> Array:
    """Give the conversions that weekly spend really brings in the made world."""
    half = 1.6 * truth.weekly_spend
    stock = geometric_adstock(spend, truth.alpha)
    scale = 2.0 * truth.weekly_spend / truth.first_cpa
    return np.asarray(scale * hill(stock, half, truth.shape), dtype=np.float64)


def _spend(truth: MadeChannel, weeks: Sequence[date], rng: np.random.Generator) -> Array:
    year = np.array([week.timetuple().tm_yday / 365.25 for week in weeks])
    season = 1.0 + 0.25 * np.cos(2 * np.pi * (year - rng.random()))
    bursts = np.repeat(rng.random(WEEKS // 2) < truth.share_on, 2) if truth.share_on < 1 else np.ones(WEEKS, dtype=bool)
    level = truth.weekly_spend / max(truth.share_on, 0.4)
    return np.asarray(np.round(level * season * rng.lognormal(-0.1, 0.42, WEEKS) * bursts, 2))


@dataclass(frozen=True, slots=True)
class _Line:
    """A made channel under its name, in one currency."""

    channel: str
    currency: str
    truth: MadeChannel


def _row(line: _Line, week: date, *, spend: float, conversions: float, rng: np.random.Generator) -> PerformanceRow:
    truth, currency = line.truth, line.currency
    impressions = spend / (truth.cpm * rng.lognormal(0, 0.08)) * 1000
    clicks = impressions * truth.ctr * rng.lognormal(0, 0.06)
    counted = float(rng.poisson(conversions)) if conversions > 0 else 0.0
    return PerformanceRow(
        start=week,
        end=week + timedelta(days=6),
        channel=line.channel,
        campaign=None,
        currency=currency,
        spend_minor=to_minor(spend, currency),
        impressions=float(round(impressions)),
        clicks=float(round(clicks)) if truth.ctr > 0 else None,
        conversions=counted,
        value_minor=to_minor(round(counted * _value(currency) * float(rng.lognormal(0, 0.03)), 2), currency),
    )


def _value(currency: str) -> float:
    return _VALUE_PER_CONVERSION * _SCALE.get(currency, 1.0)


def _direct(weeks: Sequence[date], currency: str, *, level: float) -> list[PerformanceRow]:
    rng = np.random.default_rng(20)
    rows = []
    for i, week in enumerate(weeks):
        season = 1.0 + 0.12 * np.cos(2 * np.pi * (week.timetuple().tm_yday / 365.25 - 0.93))
        counted = float(rng.poisson(level * (0.9 + 0.2 * i / WEEKS) * season * rng.lognormal(0, 0.03)))
        value = to_minor(round(counted * _value(currency), 2), currency)
        end = week + timedelta(days=6)
        rows.append(PerformanceRow(week, end, "Direct", None, currency, 0, None, None, counted, value))
    return rows
