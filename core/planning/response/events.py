"""What a short first fit tells of the level: steps that stay, and weeks that stand out at the same time of every year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from core.planning.response.baseline import Baseline
from core.planning.response.noise import Noise, spread_of, with_free_media
from core.planning.response.result import Notice
from core.planning.response.transforms import Array, Mask

_EVENT_SD = 0.3  # prior of a step or of a peak's height, in KPI means
_EDGE, _PERIODS_MIN = 6, 40
_YEAR_DAYS = 365.25
_NEAR = 4.0  # days that count as the same time of the year
_WIDTHS = (4.0, 9.0, 16.0)  # days either side to 60% of a peak's height


@dataclass(frozen=True, slots=True)
class _Asked:
    """What it takes to be an event.

    Attributes:
        most: so many at most. odds: log evidence beyond that of having looked everywhere.
        clipped: spreads beyond which a row says no more; one outlier must not pass for an event.
    """

    most: int
    odds: float
    clipped: float


_STEP, _YEARLY = _Asked(2, 2.0, 2.5), _Asked(4, 5.0, 4.0)


@dataclass(frozen=True, slots=True)
class Event:
    """A step of the level from period `at` on (width 0), or a peak around the same time of each year, the first at `at`."""

    at: int
    width: float = 0.0

    def column(self, days: Array) -> Array:
        """Give its shape over periods (T,) of mid-days."""
        if not self.width:
            return np.asarray(np.arange(len(days)) >= self.at, dtype=np.float64)
        return np.asarray(np.exp(-0.5 * (_away(days, self.at) / self.width) ** 2), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class FirstFit:
    """What a first fit without events says at the n fitted rows.

    Attributes:
        expected, residual: (n,) of the KPI. curves: (n, C) saturated media, free to explain events too.
        noise: what was learnt of it. rows: (M, T) mask of the fitted. days: (T,) mid-day of each period.
    """

    expected: Array
    residual: Array
    curves: Array
    noise: Noise
    rows: Mask
    days: Array


def find_events(first: FirstFit, baseline: Baseline) -> tuple[Event, ...]:
    """Give the events whose evidence beats the best baseline without by more than looking everywhere explains."""
    if first.rows.shape[1] < _PERIODS_MIN:
        return ()
    steps = _search(first, baseline, _steps(first), _STEP)
    return steps + _search(first, with_events(baseline, steps, len(first.rows), first.days), _peaks(first), _YEARLY)


def _search(first: FirstFit, baseline: Baseline, candidates: Sequence[Event], asked: _Asked) -> tuple[Event, ...]:
    """Take the best of the candidates as long as one brings what is asked."""
    found: list[Event] = []
    if not candidates:
        return ()
    columns = np.stack([event.column(first.days) for event in candidates], axis=1)[np.nonzero(first.rows)[1]]
    even, most = replace(first.noise, scale=np.ones(len(first.residual))), asked.clipped * max(spread_of(first.residual), 1e-9)
    target = even.whiten(first.expected + np.clip(first.residual, -most, most))
    known = even.whiten(np.column_stack([baseline.basis[first.rows.ravel()], first.curves]).T).T
    fresh, prior_sd = even.whiten(columns.T).T, with_free_media(baseline, first.curves)
    while len(found) < asked.most:
        without, gain = _evidence(target, known, fresh, prior_sd)
        best = int(np.argmax((without[:, None] + gain).max(axis=0)))
        if (without + gain[:, best]).max() - without.max() < np.log(len(candidates)) + asked.odds:
            break
        found.append(candidates[best])
        known, prior_sd = np.column_stack([known, fresh[:, best]]), np.column_stack([prior_sd, np.full(len(prior_sd), _EVENT_SD)])
    return tuple(sorted(found, key=lambda event: event.at))


def _away(days: Array, at: int) -> Array:
    """Give the days from the nearest return of a period's time of year."""
    return np.asarray((days - days[at] + _YEAR_DAYS / 2) % _YEAR_DAYS - _YEAR_DAYS / 2, dtype=np.float64)


def _steps(first: FirstFit) -> list[Event]:
    return [Event(at) for at in range(_EDGE, len(first.days) - _EDGE)]


def _peaks(first: FirstFit) -> list[Event]:
    """Give peaks of every width at every week of the year that was seen twice."""
    days, seen = first.days, np.asarray(first.rows.any(axis=0), dtype=np.bool_)
    every, year = max(round(7 / (days[1] - days[0])), 1), int(np.searchsorted(days, days[0] + _YEAR_DAYS - 3.5))
    weeks = [at for at in range(0, min(year, len(days)), every) if _returns(days, at, seen)]
    return [Event(at, width) for at in weeks for width in _WIDTHS]


def _returns(days: Array, at: int, seen: Mask) -> bool:
    near = days[(np.abs(_away(days, at)) <= _NEAR) & seen]
    return bool(len(near) and near[-1] - near[0] > _YEAR_DAYS / 2)


def _evidence(target: Array, known: Array, fresh: Array, prior_sd: Array) -> tuple[Array, Array]:
    """Give the log evidence of a linear model under each prior (H,), and what one more column would add to it (H, S).

    Source: rank-one updates of the marginal likelihood of a linear model with normal priors; the noise is the pilot's.
    """
    gram, on_known, on_fresh = known.T @ known, known.T @ target, known.T @ fresh
    square, along = (fresh**2).sum(axis=0), fresh.T @ target
    noise = max(spread_of(target - known @ np.linalg.lstsq(known, target, rcond=None)[0]), 1e-6) ** 2
    without, gain = [], []
    for sd in prior_sd:
        inner = np.linalg.inv(gram + np.diag(noise / sd**2))
        log_det = -np.linalg.slogdet(inner)[1] + np.log(sd**2 / noise).sum()
        without.append(-0.5 * log_det - 0.5 * float(target @ target - on_known @ inner @ on_known) / noise)
        free = _EVENT_SD**2 * np.maximum(square - np.einsum("ps,pq,qs->s", on_fresh, inner, on_fresh, optimize=True), 0.0) / noise
        score = (along - on_fresh.T @ (inner @ on_known)) / noise
        gain.append(-0.5 * np.log1p(free) + 0.5 * (_EVENT_SD * score) ** 2 / (1.0 + free))
    return np.array(without), np.array(gain)


def with_events(baseline: Baseline, events: Sequence[Event], n_markets: int, days: Array) -> Baseline:
    """Give the baseline a column an event, shared by the markets."""
    if not events:
        return baseline
    columns = np.tile(np.stack([event.column(days) for event in events], axis=1), (n_markets, 1))
    sd = np.full((len(baseline.prior_sd), len(events)), _EVENT_SD)
    return replace(baseline, basis=np.column_stack([baseline.basis, columns]), prior_sd=np.column_stack([baseline.prior_sd, sd]))


def event_notices(events: Sequence[Event], dates: Sequence[date]) -> list[Notice]:
    """Say which events were found and how they are treated."""
    steps = [dates[event.at] for event in events if not event.width]
    peaks = [dates[event.at] for event in events if event.width]
    notices = [Notice("level_shift", f"the level changed around {day}: taken as the baseline's, not the media's") for day in steps]
    return notices + [
        Notice("yearly_peak", f"the weeks around {day:%-d %B} stand out every year: taken as season, not media's") for day in peaks
    ]
