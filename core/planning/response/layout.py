"""A series made ready to model: markets brought to one size, priors from beliefs, lift tests on the series' grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from core.planning.response.baseline import Baseline, build_baseline
from core.planning.response.candidates import FORMS_OF_MARKETS, ChannelPrior
from core.planning.response.noise import Noise
from core.planning.response.posterior import LiftTerm, Model
from core.planning.response.series import Series
from core.planning.response.spec import FitSpec, LiftTest
from core.planning.response.transforms import Array, Mask

_SHAPE_OF_MARKETS = (0.1, 0.6)  # mean and sd of ln(Hill exponent), where there are several markets


@dataclass(frozen=True, slots=True)
class Belief:
    """What is known of a channel before its data: from an earlier fit, a sister campaign or published benchmarks.

    Attributes:
        return_per_unit: mean and sd, KPI per unit of spend; None when nothing is known.
        half_saturation: typical spend a period at half the effect; None when nothing is known.
        alpha: mean and sd of logit(alpha); None for the usual.
        source: said to the person beside the curve.
    """

    return_per_unit: tuple[float, float] | None = None
    half_saturation: float | None = None
    alpha: tuple[float, float] | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A series ready to model: KPI and media in comparable units (a market's size is its mean KPI over the mean of all).

    Attributes:
        scale: mean absolute KPI of an average market; size: (M,), averaging 1.
        with_data: (C,) channels that spent anything; only these are sampled.
        media: (M, T, C') for the channels with data, divided by market size.
    """

    series: Series
    spec: FitSpec
    baseline: Baseline
    beliefs: Mapping[str, Belief]
    scale: float
    size: Array
    with_data: Mask
    media: Array
    cost: Array = field(repr=False)

    @property
    def kpi(self) -> Array:
        """(M * T,) KPI in mean KPIs of its market, the baseline's offset taken off."""
        return np.asarray((self.series.kpi / self.size[:, None] / self.scale).ravel() - self.baseline.offset)

    def model(self, *, rows: Mask, noise: Noise, forms: tuple[float, ...] | None = None) -> Model:
        """Give the sampler's model of some rows (M * T mask); `forms` in place of how likely each form is believed to be."""
        priors = tuple(self._prior(int(c), i) for i, c in enumerate(np.flatnonzero(self.with_data)))
        priors = priors if forms is None else tuple(replace(prior, forms=forms) for prior in priors)
        kpi, basis = noise.whiten(self.kpi[rows]), noise.whiten(self.baseline.basis[rows].T).T
        return Model(kpi, rows, noise, self.media, basis, self.baseline.prior_sd, priors, self._lifts())

    def _prior(self, c: int, i: int) -> ChannelPrior:
        media = self.media[..., i]
        belief = self.beliefs.get(self.series.channels[c], Belief())
        alpha = belief.alpha or ((-0.8, 1.1) if self.series.period_days == 7 else (0.4, 1.5))
        half = (float(np.log(0.5 * np.quantile(media[media > 0], 0.98))), 0.85)
        if belief.half_saturation is not None:
            half = (float(np.log(belief.half_saturation / self.cost[c] / self.size.sum())), 0.6)
        prior = ChannelPrior(alpha, half)
        if len(self.series.markets) > 1:  # so many rows tell forms apart, and a belief held tightly would look like knowledge
            prior = replace(prior, shape=_SHAPE_OF_MARKETS, forms=FORMS_OF_MARKETS)
        if belief.return_per_unit is None:
            return prior
        per_return = self.series.spend[..., c].sum() / self.size.sum() / len(self.series.dates) / self.scale
        mean, sd = belief.return_per_unit
        return replace(prior, level=(mean * per_return, max(sd * per_return, 1e-6)))

    def _lifts(self) -> tuple[LiftTerm, ...]:
        position = {self.series.channels[c]: i for i, c in enumerate(np.flatnonzero(self.with_data))}
        return tuple(self._lift(test, position[test.channel]) for test in self.spec.lift_tests if test.channel in position)

    def _lift(self, test: LiftTest, i: int) -> LiftTerm:
        starts = np.array([day.toordinal() for day in self.series.dates])
        inside = (starts + self.series.period_days > test.start.toordinal()) & (starts <= test.end.toordinal())
        if not inside.any():
            inside[-1] = True  # a test outside the window: taken at the last period's spend
        media = self.media[..., i]
        window = np.where(inside, media, 0.0)
        weight = window if window.sum() > 0 else np.broadcast_to(inside, media.shape).astype(np.float64)
        by_size = self.size[:, None] * weight
        added = test.spend_delta / self.cost[np.flatnonzero(self.with_data)[i]] * weight / by_size.sum()
        unit = self.scale * float(self.size.mean())
        by_row = np.repeat(self.size / self.size.mean(), media.shape[1])
        return LiftTerm(i, np.maximum(media + added, 0.0), by_row, test.kpi_delta / unit, test.kpi_sd / unit)


def lay_out(series: Series, spec: FitSpec, beliefs: Mapping[str, Belief]) -> Layout:
    """Bring markets to one size and leave out channels that never spent."""
    level = np.nanmean(np.abs(series.kpi), axis=1)
    scale = max(float(np.nanmean(level)), 1e-12)
    size = np.maximum(np.nan_to_num(level / scale, nan=1.0), 1e-6)
    with_data = np.asarray(series.media.sum(axis=(0, 1)) > 0)
    totals = series.media.sum(axis=(0, 1))
    cost = np.where(totals > 0, series.spend.sum(axis=(0, 1)) / np.where(totals > 0, totals, 1.0), 1.0)
    media = series.media[..., with_data] / size[:, None, None]
    return Layout(series, spec, build_baseline(series, spec), beliefs, scale, size, with_data, media, np.where(cost > 0, cost, 1.0))
