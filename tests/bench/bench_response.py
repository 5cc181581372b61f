"""How fast, how close and how honest the response model and its forecasts are on series with known truth."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import numpy as np

from core.model.flight import Period
from core.model.interval import Interval
from core.planning.channels import CurveKey
from core.planning.forecast import ChannelCurve, ForecastRequest, PlannedLine, predict
from core.planning.history import Fact, response_series, weekly_history
from core.planning.rates import Backtest, backtest_rates, learn_rates
from core.planning.response import FitResult, build_series, fit, parse_csv, parse_spec
from core.services.demo_performance import made_rows, respond_truth, truth_of
from tests.bench.figure import Figure
from tests.simulate import Shape, Simulated, simulate
from tests.simulate_afresh import simulate_afresh
from tests.simulate_elsewhere import KINDS, Known, simulate_kind
from tests.simulate_example import simulate_example

# PyMC-Marketing 0.19, 500 draws, 2 chains, on sets of 4 channels x 156 weeks made by another generator
_PEER, _PEER_SECONDS, _PEER_ERROR, _PEER_COVERAGE = "PyMC-Marketing 0.19 (its own sets)", 15.0, 0.042, 0.75
# PyMC-Marketing 0.19.2 measured beside on the first sets of two generators: geometric adstock of 8 weeks, logistic saturation, two yearly
# harmonics, a linear trend and the sets' controls, 1,000 steps of tuning; mean error of a share, and of shares inside
_BESIDE, _BESIDE_OWN, _BESIDE_EXAMPLE = 6, (0.0372, 0.625), (0.0156, 0.917)
_SAME = "PyMC-Marketing 0.19.2 (same sets)"
_SETS, _KIND_SETS, _AFRESH_SETS, _EXAMPLE_SETS, _WORKSPACES, _TEN_SETS, _AREA_SETS = 40, 5, 20, 12, 10, 10, 8
NEAR = "85% to 95%"


@dataclass(frozen=True, slots=True)
class Measured:
    """One set: processor seconds, errors of shares of media, and whether intervals hold the truth (shares, returns, markets, weeks)."""

    seconds: float
    errors: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    returns: list[float] = field(default_factory=list)
    markets: list[float] = field(default_factory=list)
    weeks: list[float] = field(default_factory=list)


def figures() -> list[Figure]:
    """Measure sets of two generators and made workspaces, two at a time."""
    with ProcessPoolExecutor(2) as pool:
        four = list(pool.map(partial(measure_shape, Shape(channels=4, weeks=156)), range(1000, 1000 + _SETS)))
        ten = list(pool.map(partial(measure_shape, Shape(channels=10, weeks=156)), range(2000, 2000 + _TEN_SETS)))
        many = list(pool.map(partial(measure_shape, Shape()), range(3000, 3000 + _SETS)))
        kinds = {kind: list(pool.map(partial(measure_kind, kind), range(100, 100 + _KIND_SETS))) for kind in KINDS}
        example = list(pool.map(measure_example, range(1000, 1000 + _EXAMPLE_SETS)))
        afresh = list(pool.map(measure_afresh, range(900, 900 + _AFRESH_SETS)))
        areas = list(pool.map(measure_areas, range(212, 212 + _AREA_SETS)))
        forecasts = list(pool.map(measure_forecast, range(_WORKSPACES)))
    elsewhere = [measured for sets in kinds.values() for measured in sets]
    by_kind = ", ".join(f"{kind} {mean(sets, 'errors'):.3f} / {mean(sets, 'returns'):.0%}" for kind, sets in kinds.items())
    seconds, error = float(np.median([m.seconds for m in four])), mean(four, "errors")
    own_beside, example_beside = four[:_BESIDE], example[:_BESIDE]
    ten_seconds = max(m.seconds for m in ten)
    return [
        Figure("response_seconds_4x156", seconds, "CPU s, median", "under 3 s", f"{_PEER}: {_PEER_SECONDS} s", _PEER_SECONDS / seconds),
        Figure("response_share_error_4x156", error, "mean", "under 0.042", f"{_PEER}: {_PEER_ERROR}", _PEER_ERROR / error),
        Figure("response_coverage_4x156", mean(four, "shares"), "of 90% intervals", NEAR, f"{_PEER}: {_PEER_COVERAGE}"),
        Figure("response_share_error_beside_own", mean(own_beside, "errors"), "mean", peer=f"{_SAME}: {_BESIDE_OWN[0]}", note="6 sets"),
        Figure("response_coverage_beside_own", mean(own_beside, "shares"), "of 90% intervals", NEAR, f"{_SAME}: {_BESIDE_OWN[1]}"),
        Figure(
            "response_share_error_beside_example",
            mean(example_beside, "errors"),
            "mean",
            peer=f"{_SAME}: {_BESIDE_EXAMPLE[0]}",
            note="6 sets after its own published example, which its model is exactly right for",
        ),
        Figure(
            "response_coverage_beside_example", mean(example_beside, "shares"), "of 90% intervals", NEAR, f"{_SAME}: {_BESIDE_EXAMPLE[1]}"
        ),
        Figure("response_share_error_example", mean(example, "errors"), "mean", note=f"{len(example)} such sets"),
        Figure("response_share_coverage_example", mean(example, "shares"), "of 90% intervals", NEAR),
        Figure("response_seconds_10x156", ten_seconds, f"CPU s, worst of {len(ten)}", "at most 5 s"),
        Figure("response_share_coverage_many", mean(many, "shares"), "of 90% intervals", NEAR, note="40 sets, 1-10 channels, 30-208 weeks"),
        Figure("response_return_coverage_many", mean(many, "returns"), "of 90% intervals", NEAR),
        Figure("response_holdout_coverage_many", mean(many, "weeks"), "of 90% intervals", NEAR),
        Figure(
            "response_share_error_elsewhere", mean(elsewhere, "errors"), "mean", note=f"{len(elsewhere)} sets after other tools: {by_kind}"
        ),
        Figure("response_share_coverage_elsewhere", mean(elsewhere, "shares"), "of 90% intervals", NEAR),
        Figure("response_return_coverage_elsewhere", mean(elsewhere, "returns"), "of 90% intervals", NEAR),
        Figure("response_market_coverage", mean(elsewhere, "markets"), "of 90% intervals", NEAR, note="returns by market and channel"),
        Figure("response_holdout_coverage_elsewhere", mean(elsewhere, "weeks"), "of 90% intervals", NEAR),
        Figure("response_share_error_afresh", mean(afresh, "errors"), "mean", note="20 sets of forms that the model does not have"),
        Figure("response_share_coverage_afresh", mean(afresh, "shares"), "of 90% intervals", NEAR),
        Figure("response_return_coverage_afresh", mean(afresh, "returns"), "of 90% intervals", NEAR),
        Figure("response_market_coverage_afresh", mean(areas, "markets"), "of 90% intervals", NEAR, note="8 such sets of four markets"),
        Figure("response_return_coverage_areas", mean(areas, "returns"), "of 90% intervals", NEAR, note="the same, by channel"),
        Figure("forecast_outcome_coverage", mean(forecasts, "returns"), "of 90% ranges", NEAR, note="conversions of 4 weeks, 3 budgets"),
        Figure("forecast_backtest_coverage", mean(forecasts, "weeks"), "of 90% ranges", NEAR, note="impressions, clicks and rates"),
    ]


def measure_fit(simulated: Simulated | Known) -> tuple[float, FitResult]:
    """Fit a made series; give processor seconds and the answer."""
    spec = parse_spec(simulated.spec())
    started = time.process_time()
    result = fit(build_series(parse_csv(simulated.csv()), spec), spec)
    return time.process_time() - started, result


def holds(interval: Interval, truth: float) -> float:
    return float(interval.low <= truth <= interval.high)


def measure_shape(shape: Shape, seed: int) -> Measured:
    return _measure(simulate(seed, shape))


def measure_kind(kind: str, seed: int) -> Measured:
    return _measure(simulate_kind(kind, seed))


def measure_example(seed: int) -> Measured:
    return _measure(simulate_example(seed))


def measure_afresh(seed: int) -> Measured:
    return _measure(simulate_afresh(seed))


def measure_areas(seed: int) -> Measured:
    return _measure(simulate_afresh(seed, markets=4))


def _measure(made: Simulated | Known) -> Measured:
    seconds, result = measure_fit(made)
    several = len(result.channels) > 1  # a lone channel's share of media is 1
    shares = list(zip(result.channels, made.share_of_media, strict=True)) if several else []
    held_out = result.fit.interval_coverage_holdout
    markets = zip(result.markets, made.by_market / made.spent_by_market, strict=True) if isinstance(made, Known) and result.markets else ()
    return Measured(
        seconds,
        errors=[abs(channel.share_of_media.mean - truth) for channel, truth in shares],
        shares=[holds(channel.share_of_media, truth) for channel, truth in shares],
        returns=[holds(channel.return_per_unit, truth) for channel, truth in zip(result.channels, made.return_per_unit, strict=True)],
        markets=[holds(c.return_per_unit, truth) for market, own in markets for c, truth in zip(market.channels, own, strict=True)],
        weeks=[] if held_out is None else [held_out],
    )


def measure_forecast(seed: int) -> Measured:
    """Forecast four weeks of each made channel at three budgets, and backtest its rates."""
    names = [f"{name} {seed}" for name in ("Search", "Meta", "TikTok", "YouTube")]
    rows = made_rows(names, "EUR", until=date(2026, 11, 16))
    facts = [
        Fact(r.channel or "", "", r.start, 7, r.spend_minor or 0, r.impressions, r.clicks, r.conversions, r.value_minor)
        for r in rows
        if r.start
    ]
    history = weekly_history(facts, "EUR")
    started = time.process_time()
    result = fit(*response_series(history, "conversions"), seed=seed)
    period = Period(date(2026, 11, 16), date(2026, 11, 16) + timedelta(days=27))
    curves: dict[CurveKey, ChannelCurve] = {
        (channel.name, None): ChannelCurve(channel.curve_draws, 7, "conversions") for channel in result.channels
    }
    rates = {name: learn_rates(history.channel(name), horizon=4) for name in names}
    held = []
    for times in (0.6, 1.0, 1.4):
        weekly = {name: times * truth_of(name, "EUR").weekly_spend for name in names}
        lines = tuple(PlannedLine(name, name, period, round(400 * spend)) for name, spend in weekly.items())
        for line in predict(ForecastRequest(lines, curves, rates)).lines:
            truth = 4.0 * respond_truth(truth_of(line.channel, "EUR"), np.full(200, weekly[line.channel]))[-1]
            assert line.expected["conversions"] is not None
            held.append(holds(line.expected["conversions"], float(truth)))
    tried: list[Backtest | None] = [backtest_rates(history.channel(name), horizon=4) for name in names]
    return Measured(time.process_time() - started, returns=held, weeks=[test.coverage for test in tried if test is not None])


def mean(measured: list[Measured], of: str) -> float:
    """Give the mean of one of the lists over all sets."""
    return float(np.mean([value for m in measured for value in getattr(m, of)]))
