"""From posterior draws to the answers per channel: shares, returns, adstock, curves and how much the data spoke."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from core.model.interval import Interval
from core.planning.response.candidates import saturate
from core.planning.response.curves import hill_triples, mean_curve, respond
from core.planning.response.layout import Layout
from core.planning.response.posterior import Draws
from core.planning.response.result import Adstock, ChannelFit, Evidence, MarketChannel, MarketFit
from core.planning.response.transforms import Array

_TAIL = 0.05
_STEP = 0.01  # of the spend, for the marginal return
_REACH = 1.5  # times the largest spend seen: how far curves are drawn and matched
_STRONG_WIDTH, _STRONG_PERIODS = 0.7, 26  # (high - low) / mean at most, periods with spend at least
_FEW_PERIODS = 3
_NO_DATA_SPREAD = 1.0  # sd of ln(return) for a channel without data, around what the others return
_NO_DATA_SHARE = 0.1  # of the mean KPI, where no channel has data


def interval(draws: Array) -> Interval:
    """Give mean and 90% interval of draws (D,)."""
    low, high = np.quantile(draws, [_TAIL, 1.0 - _TAIL])
    return Interval(float(draws.mean()), float(low), float(high))


class Posterior:
    """Draws of one layout with what is computed from them, in KPI units."""

    def __init__(self, layout: Layout, draws: Draws) -> None:
        self.layout, self.draws = layout, draws

    @property
    def unit(self) -> Array:
        """KPI units of one row, (M,)."""
        return np.asarray(self.layout.scale * self.layout.size)

    @cached_property
    def curves(self) -> Array:
        """(C', D, M * T): adstocked, saturated media."""
        draws = self.draws
        each = [saturate(self.layout.media[..., i], draws.z[:, i], draws.form[:, i]) for i in range(draws.beta.shape[1])]
        return np.array(each, dtype=np.float64).reshape(len(each), len(draws.beta), self.layout.series.kpi.size)

    def contribution(self, i: int) -> Array:
        """Give (D, M, T) of the i-th channel with data, in KPI units."""
        return self.effect(i, self.curves[i]) * self.unit[:, None]

    def effect(self, i: int, curve: Array) -> Array:
        """Give (D, M, T) of the i-th channel with data under a curve (D, M * T), in mean KPIs of the row's market."""
        shape = (len(self.draws.beta), *self.layout.series.kpi.shape)
        return np.asarray(self.draws.beta[:, i, :, None] * curve.reshape(shape))

    @cached_property
    def totals(self) -> Array:
        """(D, C'): contribution in the window, KPI units."""
        each = [self.contribution(i).sum(axis=(1, 2)) for i in range(len(self.curves))]
        return np.array(each).reshape(len(each), len(self.draws.beta)).T

    def predict(self) -> Array:
        """Give the expected KPI of every row, (D, M * T), in mean KPIs of the row's market."""
        media = np.zeros((len(self.draws.beta), self.layout.series.kpi.size))
        for i, curve in enumerate(self.curves):
            media += self.effect(i, curve).reshape(media.shape)
        return np.asarray(self.layout.baseline.offset + self.draws.gamma @ self.layout.baseline.basis.T + media)

    @cached_property
    def expected(self) -> Array:
        """(M, T): posterior mean of the KPI."""
        return np.asarray(self.predict().mean(axis=0).reshape(self.layout.series.kpi.shape) * self.unit[:, None])

    @property
    def kpi_total(self) -> float:
        """KPI of the window; rows where it is not known count with what is expected."""
        series = self.layout.series
        return float(np.where(series.observed, series.kpi, self.expected).sum())

    def decomposition(self) -> Array:
        """Give (T, 1 + C): baseline, then every channel (zero for one without data), posterior mean over all markets."""
        n_channels = len(self.layout.series.channels)
        result = np.zeros((len(self.layout.series.dates), 1 + n_channels))
        for i, c in enumerate(np.flatnonzero(self.layout.with_data)):
            result[:, 1 + c] = self.contribution(i).mean(axis=0).sum(axis=0)
        result[:, 0] = self.expected.sum(axis=0) - result[:, 1:].sum(axis=1)
        return result


def summarise(posterior: Posterior, rng: np.random.Generator) -> tuple[ChannelFit, ...]:
    """Answer for every channel, in the series' order."""
    layout = posterior.layout
    with_data = np.flatnonzero(layout.with_data)
    position = {int(c): i for i, c in enumerate(with_data)}
    answers = {c: _with_data(posterior, c, i) for c, i in position.items()}
    known = list(answers.values())
    return tuple(answers[c] if c in answers else _without_data(posterior, c, known, rng) for c in range(len(layout.series.channels)))


def _with_data(posterior: Posterior, c: int, i: int) -> ChannelFit:
    layout, draws = posterior.layout, posterior.draws
    series = layout.series
    totals, spend = posterior.totals, series.spend[..., c]
    media_total = np.maximum(totals.sum(axis=1), 1e-300)
    spent = float(spend.sum()) or float("nan")
    step = saturate(layout.media[..., i] * (1.0 + _STEP), draws.z[:, i], draws.form[:, i]) - posterior.curves[i]
    more = (posterior.effect(i, step) * posterior.unit[:, None]).sum(axis=(1, 2))
    triples = _triples(posterior, c, i)
    periods = spend.sum(axis=0)
    reach = _REACH * float(periods.max())
    returns = interval(totals[:, i] / spent)
    alpha = interval(draws.alpha[:, i])
    return ChannelFit(
        name=series.channels[c],
        contribution_share=interval(totals[:, i] / posterior.kpi_total),
        share_of_media=interval(totals[:, i] / media_total),
        return_per_unit=returns,
        marginal_return_per_unit=interval(more / (_STEP * spent)),
        adstock=Adstock(alpha.mean, alpha.low, alpha.high),
        curve=mean_curve(triples, reach),
        draws=len(triples),
        spend_range_seen=(float(periods.min()), float(periods.max())),
        evidence=_evidence(returns, int((series.media[..., c].sum(axis=0) > 0).sum())),
        curve_draws=triples,
        alpha_draws=draws.alpha[:, i],
    )


def _triples(posterior: Posterior, c: int, i: int, m: int | None = None) -> Array:
    """Give Hill triples for the spend of one period in market m, or over all markets, split by their size."""
    layout, draws = posterior.layout, posterior.draws
    size = layout.size if m is None else np.where(np.arange(len(layout.size)) == m, layout.size, 0.0)
    to_spend = float(layout.cost[c] * size.sum())
    reach = _REACH * float(layout.media[..., i].max()) * to_spend
    scale = (draws.beta[:, i] * size).sum(axis=1) * layout.scale
    return hill_triples(scale, draws.half[:, i] * to_spend, draws.shape[:, i], draws.is_logistic[:, i], reach=reach)


def summarise_markets(posterior: Posterior) -> tuple[MarketFit, ...]:
    """Answer for every channel in every market; a market that never spent on a channel gets the curve its size suggests and says so."""
    series = posterior.layout.series
    if len(series.markets) < 2:
        return ()
    known = list(enumerate(np.flatnonzero(posterior.layout.with_data)))
    return tuple(MarketFit(market, tuple(_in_market(posterior, int(c), i, m) for i, c in known)) for m, market in enumerate(series.markets))


def _in_market(posterior: Posterior, c: int, i: int, m: int) -> MarketChannel:
    series = posterior.layout.series
    spend, triples = series.spend[m, :, c], _triples(posterior, c, i, m)
    gain = posterior.contribution(i)[:, m].sum(axis=1)
    most = float(spend.max())
    typical = most or float(np.median(triples[:, 1]))
    returns = interval(gain / spend.sum()) if most > 0 else interval(respond(triples, np.array([typical]))[:, 0] / typical)
    return MarketChannel(
        name=series.channels[c],
        return_per_unit=returns,
        curve=mean_curve(triples, _REACH * typical),
        spend_range_seen=(float(spend.min()), most),
        evidence=_evidence(returns, int((series.media[m, :, c] > 0).sum())),
        curve_draws=triples,
    )


def _evidence(returns: Interval, periods: int) -> Evidence:
    if periods <= _FEW_PERIODS:
        return "prior"
    narrow = returns.high - returns.low <= _STRONG_WIDTH * returns.mean
    return "strong" if narrow and periods >= _STRONG_PERIODS else "some"


def _without_data(posterior: Posterior, c: int, known: list[ChannelFit], rng: np.random.Generator) -> ChannelFit:
    """Answer with the prior: the belief given, else what the other channels return, held loosely."""
    layout = posterior.layout
    n = len(posterior.draws.beta)
    belief = layout.beliefs.get(layout.series.channels[c])
    typical = layout.scale * float(layout.size.sum()) * _NO_DATA_SHARE
    half = float(np.median([channel.curve.half_saturation for channel in known])) if known else typical
    center = float(np.median([channel.return_per_unit.mean for channel in known])) if known else 1.0
    returns = center * np.exp(rng.normal(-0.5 * _NO_DATA_SPREAD**2, _NO_DATA_SPREAD, n))
    if belief is not None and belief.return_per_unit is not None:
        mean, sd = belief.return_per_unit
        returns = np.maximum(rng.normal(mean, sd, n), 0.0)
    if belief is not None and belief.half_saturation is not None:
        half = belief.half_saturation
    halves = half * np.exp(rng.normal(0.0, 0.7, n))
    shapes = np.exp(rng.normal(0.15, 0.3, n))
    # the return is taken to hold at half of a typical half saturation
    scales = returns * 0.5 * half * (1.0 + (halves / (0.5 * half)) ** shapes)
    triples = np.stack([scales, halves, np.clip(shapes, 0.3, 6.0)], axis=1)
    mean_logit, sd_logit = (belief.alpha if belief else None) or (-0.8, 1.1)
    alphas = 1.0 / (1.0 + np.exp(-rng.normal(mean_logit, sd_logit, n)))
    alpha = interval(alphas)
    nothing = Interval(0.0, 0.0, 0.0)
    return ChannelFit(
        name=layout.series.channels[c],
        contribution_share=nothing,
        share_of_media=nothing,
        return_per_unit=interval(returns),
        marginal_return_per_unit=interval(returns),
        adstock=Adstock(alpha.mean, alpha.low, alpha.high),
        curve=mean_curve(triples, 2.0 * half),
        draws=n,
        spend_range_seen=(0.0, 0.0),
        evidence="prior",
        curve_draws=triples,
        alpha_draws=alphas,
    )
