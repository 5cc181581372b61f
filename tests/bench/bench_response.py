"""How fast, how close and how honest the response model is on series with known truth."""

from __future__ import annotations

import time

import numpy as np

from core.model.interval import Interval
from core.planning.response import FitResult, build_series, fit, parse_csv, parse_spec
from tests.bench.figure import Figure
from tests.simulate import Shape, Simulated, simulate

# PyMC-Marketing 0.19, 500 draws, 2 chains, on sets of 4 channels x 156 weeks made by another generator
_PEER_SECONDS, _PEER_ERROR, _PEER_COVERAGE = 15.0, 0.042, 0.75


def figures() -> list[Figure]:
    """Measure 4 x 156, 10 x 156 and 200 sets of many shapes."""
    four = [_measure(seed, Shape(channels=4, weeks=156)) for seed in range(1000, 1040)]
    ten = [_measure(seed, Shape(channels=10, weeks=156)) for seed in range(2000, 2005)]
    many = [_measure(seed, Shape()) for seed in range(3000, 3200)]
    peer = "PyMC-Marketing 0.19 (its own sets)"
    seconds = float(np.median([m[0] for m in four]))
    error = float(np.mean(np.concatenate([m[1] for m in four])))
    coverage = _mean(four, 2)
    return [
        Figure("response_seconds_4x156", seconds, "s median", "under 3 s", f"{peer}: {_PEER_SECONDS} s", _PEER_SECONDS / seconds),
        Figure("response_share_error_4x156", error, "mean", "under 0.042", f"{peer}: {_PEER_ERROR}", _PEER_ERROR / error),
        Figure("response_coverage_4x156", coverage, "of 90% intervals", "near 0.90", f"{peer}: {_PEER_COVERAGE}"),
        Figure("response_seconds_10x156", max(m[0] for m in ten), "s worst of 5", "at most 5 s"),
        Figure("response_share_coverage_200_sets", _mean(many, 2), "of 90% intervals", "near 0.90", note="1-10 channels, 30-208 weeks"),
        Figure("response_return_coverage_200_sets", _mean(many, 3), "of 90% intervals", "near 0.90"),
        Figure("response_holdout_coverage_200_sets", _mean(many, 4), "of 90% intervals", "near 0.90"),
    ]


Measured = tuple[float, list[float], list[float], list[float], list[float]]


def measure_fit(simulated: Simulated) -> tuple[float, FitResult]:
    """Fit a made series; give wall seconds and the answer."""
    spec = parse_spec(simulated.spec())
    started = time.perf_counter()
    result = fit(build_series(parse_csv(simulated.csv()), spec), spec)
    return time.perf_counter() - started, result


def holds(interval: Interval, truth: float) -> float:
    return float(interval.low <= truth <= interval.high)


def _measure(seed: int, shape: Shape) -> Measured:
    simulated = simulate(seed, shape)
    seconds, result = measure_fit(simulated)
    several = len(result.channels) > 1  # a lone channel's share of media is 1
    shares = list(zip(result.channels, simulated.share_of_media, strict=True)) if several else []
    held_out = result.fit.interval_coverage_holdout
    return (
        seconds,
        [abs(channel.share_of_media.mean - truth) for channel, truth in shares],
        [holds(channel.share_of_media, truth) for channel, truth in shares],
        [holds(channel.return_per_unit, truth) for channel, truth in zip(result.channels, simulated.return_per_unit, strict=True)],
        [] if held_out is None else [held_out],
    )


def _mean(measured: list[Measured], column: int) -> float:
    return float(np.mean([value for m in measured for value in m[column]]))  # type: ignore[union-attr]
