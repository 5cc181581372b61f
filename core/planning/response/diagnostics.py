"""Diagnostics a planner can read: how well it fits, on weeks it never saw too, and what makes an answer doubtful."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.planning.response.result import FitQuality, FitResult, Notice
from core.planning.response.summary import Posterior
from core.planning.response.transforms import Array

_COLLINEAR = 0.85
_BASELINE_R2 = 0.9
_VARIATION_MIN = 0.1
_SHORT_PERIODS = 30
_FEW_PERIODS = 8
_KPI_KINDS = ("revenue", "conversions")
_POOR_COVERAGE = 0.7
_RHAT_MAX = 1.05


@dataclass(frozen=True, slots=True)
class Holdout:
    """The last periods predicted by a fit that never saw them; (D, n) predictions with noise, in KPI units."""

    periods: int
    actual: Array
    predicted: Array


def fit_quality(posterior: Posterior, holdout: Holdout | None) -> FitQuality:
    """Measure the fit in the window and, where there is one, on the holdout."""
    series = posterior.layout.series
    actual, expected = series.kpi[series.observed], posterior.expected[series.observed]
    spread = float(((actual - actual.mean()) ** 2).sum())
    r2 = 1.0 - float(((actual - expected) ** 2).sum()) / spread if spread > 0 else 0.0
    quality = FitQuality(r2, mape(actual, expected), None, 0, None)
    if holdout is None:
        return quality
    low, high = np.quantile(holdout.predicted, [0.05, 0.95], axis=0)
    return FitQuality(
        r2=r2,
        mape=quality.mape,
        holdout_mape=mape(holdout.actual, holdout.predicted.mean(axis=0)),
        holdout_weeks=round(holdout.periods * series.period_days / 7),
        interval_coverage_holdout=float(((holdout.actual >= low) & (holdout.actual <= high)).mean()),
    )


def mape(actual: Array, expected: Array) -> float:
    """Give the mean absolute error as a share of the actual, over rows where that is not zero."""
    known = actual != 0
    return float(np.abs((actual[known] - expected[known]) / actual[known]).mean()) if known.any() else 0.0


def find_warnings(posterior: Posterior, result: FitResult) -> list[Notice]:
    """Name all that makes an answer doubtful, channels by name."""
    layout = posterior.layout
    notices = [Notice("ignored", f"the spec's {key!r} is not known and was not used") for key in layout.spec.ignored]
    notices += _doubtful_kpi(posterior)
    if len(result.dates) < _SHORT_PERIODS:
        unit = "weeks" if result.period_days == 7 else "days"
        notices.append(Notice("short_series", f"only {len(result.dates)} {unit}: curves lean on what is believed beforehand"))
    notices += _no_data(posterior) + _collinear(posterior) + _little_variation(posterior) + _extrapolation(posterior)
    notices += _doubtful_tests(posterior)
    if posterior.draws.rhat.size and posterior.draws.rhat.max() > _RHAT_MAX:
        notices.append(
            Notice("not_converged", f"the sampler had not settled (R-hat {posterior.draws.rhat.max():.2f}): take ranges as rough")
        )
    coverage = result.fit.interval_coverage_holdout
    if coverage is not None and coverage < _POOR_COVERAGE:
        message = f"on the last {result.fit.holdout_weeks} weeks only {coverage:.0%} of the values fell into their 90% ranges"
        notices.append(Notice("poor_holdout", message))
    return notices


def _doubtful_kpi(posterior: Posterior) -> list[Notice]:
    """Name a KPI of an unknown kind, and one that never moves."""
    spec, values = posterior.layout.spec, posterior.layout.series.kpi
    notices = []
    if spec.kpi_kind not in _KPI_KINDS:
        message = f"kpi_kind {spec.kpi_kind!r} is not one of {', '.join(_KPI_KINDS)}: taken as a plain count"
        notices.append(Notice("unknown_kpi_kind", message))
    known = values[~np.isnan(values)]
    if known.size and known.min() == known.max():
        message = f"{spec.kpi} is {known[0]:g} in every period: the series cannot tell what any channel brings"
        notices.append(Notice("constant_kpi", message))
    return notices


def _no_data(posterior: Posterior) -> list[Notice]:
    layout = posterior.layout
    notices = []
    for c, name in enumerate(layout.series.channels):
        belief = layout.beliefs.get(name)
        source = belief.source if belief and belief.source else "what the other channels return, held loosely"
        periods = int((layout.series.media[..., c].sum(axis=0) > 0).sum())
        if periods == 0:
            notices.append(Notice("no_data", f"{name} never spent: its curve is a prior ({source}), not a measurement"))
        elif periods < _FEW_PERIODS:
            notices.append(Notice("few_periods", f"{name} spent in {periods} periods only: its curve leans on its prior"))
    return notices


def _collinear(posterior: Posterior) -> list[Notice]:
    series, media = posterior.layout.series, posterior.layout.media
    names = [series.channels[c] for c in np.flatnonzero(posterior.layout.with_data)]
    flat = media.reshape(series.kpi.size, -1)
    varied = [i for i in range(len(names)) if np.ptp(flat[:, i]) > 0]
    notices = []
    for n, i in enumerate(varied):
        for j in varied[n + 1 :]:
            r = float(np.corrcoef(flat[:, i], flat[:, j])[0, 1])
            if abs(r) >= _COLLINEAR:
                notices.append(Notice("collinear", f"{names[i]} and {names[j]} move together (r = {r:.2f}): their split is uncertain"))
    return notices + _like_baseline(posterior, names, varied)


def _like_baseline(posterior: Posterior, names: list[str], varied: list[int]) -> list[Notice]:
    basis = posterior.layout.baseline.basis
    if basis.shape[0] < 3 * basis.shape[1]:
        return []
    notices = []
    for i in varied:
        column = posterior.layout.media[..., i].ravel()
        rest = column - basis @ np.linalg.lstsq(basis, column, rcond=None)[0]
        explained = 1.0 - float(rest @ rest) / float(((column - column.mean()) ** 2).sum())
        if explained >= _BASELINE_R2:
            notices.append(
                Notice("like_baseline", f"{names[i]} follows trend and season ({explained:.0%}): its effect is hard to tell from theirs")
            )
    return notices


def _little_variation(posterior: Posterior) -> list[Notice]:
    series = posterior.layout.series
    notices = []
    for c in np.flatnonzero(posterior.layout.with_data):
        spend = series.spend[..., c].sum(axis=0)
        if spend.mean() > 0 and spend.std() < _VARIATION_MIN * spend.mean():
            ratio = spend.std() / spend.mean()
            notices.append(
                Notice("little_variation", f"{series.channels[c]} hardly varies ({ratio:.0%} of its mean): not enough variation to tell")
            )
    return notices


def _extrapolation(posterior: Posterior) -> list[Notice]:
    layout = posterior.layout
    notices = []
    for i, c in enumerate(np.flatnonzero(layout.with_data)):
        beyond = float((posterior.draws.half[:, i] > layout.media[..., i].max()).mean())
        if beyond > 0.5:
            most = layout.series.spend[..., c].sum(axis=0).max()
            message = f"{layout.series.channels[c]} was never near saturation: above {most:,.6g} a period its curve is extrapolated"
            notices.append(Notice("extrapolation", message))
    return notices


def _doubtful_tests(posterior: Posterior) -> list[Notice]:
    layout = posterior.layout
    series = layout.series
    first, last = series.dates[0], series.dates[-1]
    notices = []
    for test in layout.spec.lift_tests:
        c, what = series.channels.index(test.channel), f"the test of {test.channel} ({test.start})"
        inside = [test.start <= day <= test.end for day in series.dates]
        if not layout.with_data[c]:
            notices.append(Notice("test_unused", f"{what} was not used: the series has no spend of {test.channel} to compare it with"))
        elif test.end < first or test.start > last:
            notices.append(Notice("test_outside", f"{what} is outside the series: set at the last spend"))
        elif -test.spend_delta > 1.01 * series.spend[:, inside, c].sum() and any(inside):
            notices.append(Notice("test_beyond_spend", f"{what} takes away more than was spent then: taken as going dark"))
    return notices
