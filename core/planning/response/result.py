"""What a fit answers: intervals, curves, diagnostics and warnings, in the shape of the response contract."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

from core.model.interval import Interval
from core.planning.response.transforms import Array

Evidence = Literal["strong", "some", "prior"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning a planner should read; `code` is stable (`collinear`, `no_data`, `little_variation`, `gap`, ...)."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Adstock:
    """Geometric adstock: share carried from one period of the data (a day or a week) into the next."""

    alpha: float
    alpha_low: float
    alpha_high: float
    kind: str = "geometric"


@dataclass(frozen=True, slots=True)
class HillCurve:
    """KPI per period of the data for spend per period, kept up: scale * x**shape / (half_saturation**shape + x**shape)."""

    scale: float
    half_saturation: float
    shape: float
    kind: str = "hill"


@dataclass(frozen=True, slots=True)
class ChannelFit:
    """One channel's answer.

    Attributes:
        contribution_share: of the KPI in the window; `share_of_media` of what all media brought. Carry-over counted inside the window.
        return_per_unit: KPI per unit of spend as given in the file; the marginal one is for the next unit, spread like the spend was.
        spend_range_seen: smallest and largest spend of a period.
        evidence: `strong`, `some` or `prior` (little or nothing in the data speaks about this channel).
        curve_draws: (D, 3) hill triples (scale, half_saturation, shape), one a posterior draw.
    """

    name: str
    contribution_share: Interval
    share_of_media: Interval
    return_per_unit: Interval
    marginal_return_per_unit: Interval
    adstock: Adstock
    curve: HillCurve
    draws: int
    spend_range_seen: tuple[float, float]
    evidence: Evidence
    curve_draws: Array = field(repr=False, compare=False)
    alpha_draws: Array = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class FitQuality:
    """How well it fits: in the window, and on the last weeks held out of a second fit (None where the series is too short)."""

    r2: float
    mape: float
    holdout_mape: float | None
    holdout_weeks: int
    interval_coverage_holdout: float | None


@dataclass(frozen=True, slots=True)
class MarketChannel:
    """One channel's answer in one market; its curve is held to the channel's by how little the market's data say.

    Attributes:
        curve: for spend in this market. curve_draws: (D, 3) Hill triples for it, one a posterior draw.
    """

    name: str
    return_per_unit: Interval
    curve: HillCurve
    spend_range_seen: tuple[float, float]
    evidence: Evidence
    curve_draws: Array = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class MarketFit:
    """One market's channels; only those that spent anywhere."""

    market: str
    channels: tuple[MarketChannel, ...]


@dataclass(frozen=True, slots=True)
class FitResult:
    """The whole answer. `decomposition` has a row a period: baseline first, then a column a channel (KPI units, posterior mean)."""

    channels: tuple[ChannelFit, ...]
    fit: FitQuality
    warnings: tuple[Notice, ...]
    seconds: float
    seed: int
    period_days: int
    dates: tuple[str, ...]
    decomposition: Array = field(repr=False, compare=False)
    expected: Array = field(repr=False, compare=False)
    markets: tuple[MarketFit, ...] = ()

    def channel(self, name: str) -> ChannelFit:
        return next(channel for channel in self.channels if channel.name == name)

    def to_json(self) -> dict[str, object]:
        """Give the contract's object (and `markets` where there are several)."""
        result: dict[str, object] = {
            "channels": [_channel_json(channel) for channel in self.channels],
            "fit": asdict(self.fit),
            "warnings": [asdict(notice) for notice in self.warnings],
            "seconds": round(self.seconds, 3),
            "seed": self.seed,
        }
        if self.markets:
            result["markets"] = [_market_json(market) for market in self.markets]
        return result


def _channel_json(channel: ChannelFit) -> dict[str, object]:
    return {
        "name": channel.name,
        "contribution_share": asdict(channel.contribution_share),
        "share_of_media": asdict(channel.share_of_media),
        "return_per_unit": asdict(channel.return_per_unit),
        "marginal_return_per_unit": asdict(channel.marginal_return_per_unit),
        "adstock": asdict(channel.adstock),
        "curve": asdict(channel.curve),
        "draws": channel.draws,
        "spend_range_seen": list(channel.spend_range_seen),
        "evidence": channel.evidence,
    }


def _market_json(market: MarketFit) -> dict[str, object]:
    channels = [
        {
            "name": channel.name,
            "return_per_unit": asdict(channel.return_per_unit),
            "curve": asdict(channel.curve),
            "spend_range_seen": list(channel.spend_range_seen),
            "evidence": channel.evidence,
        }
        for channel in market.channels
    ]
    return {"market": market.market, "channels": channels}
