"""Tips that a planner can act on with one click, each with its evidence and what it is expected to gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.insights.benchmarks import BenchmarkRange
from core.model.interval import Interval

MOVE_SHARE = 0.10
"""How much of the weaker channel's budget a shift moves at once: planners' platforms cap single steps at 10% (Sprinklr, Alli)."""
PACE_TOLERANCE = 0.10
CONCENTRATION = 0.60
MIN_SHARE_TO_TEST = 0.15

TipCode = Literal["shift_budget", "beyond_seen_range", "test_before_scaling", "cost_above_benchmark", "off_pace", "concentrated"]


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What is known of one channel; None where nothing is.

    Attributes:
        planned_minor: budget of the plan at hand.
        marginal_per_1000: response (conversions or value) gained by the next 1,000 currency units at the planned spend.
        evidence: how much data stands behind the curve.
        seen_high_minor: the highest spend a period of the same length that the data hold.
        delivered_minor, expected_minor: spent to date, and what the plan foresaw to date.
        cpa_minor: cost per conversion delivered; `benchmark` the published range in major units of the same currency.
    """

    channel: str
    planned_minor: int
    marginal_per_1000: Interval | None = None
    evidence: Literal["strong", "some", "prior"] | None = None
    seen_high_minor: int | None = None
    delivered_minor: int | None = None
    expected_minor: int | None = None
    cpa_minor: int | None = None
    benchmark: BenchmarkRange | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One computed figure behind a tip: what it is, its value and unit, and where it comes from."""

    what: str
    value: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class TipAction:
    """The one click: `kind` is what the planner page does, `arguments` are JSON-serialisable."""

    kind: Literal["shift_budget", "set_maximum", "plan_lift_test", "open_performance", "replan_rest", "compare_scenarios"]
    arguments: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Tip:
    """A suggestion. `expected_gain` is in the KPI's unit, None where no honest number can be given."""

    code: TipCode
    channels: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    action: TipAction
    expected_gain: Interval | None = None
    gain_unit: str = ""


def make_tips(channels: Sequence[ChannelFacts], *, minor_per_unit: int, currency: str, kpi: str) -> list[Tip]:
    """Derive every tip that the facts carry, the largest expected gain first.

    Args:
        minor_per_unit: 100 for EUR, 1 for JPY: minor units in one currency unit.
        kpi: what `marginal_per_1000` counts, in the plural (`conversions`).
    """
    tips = [*_shift(channels, minor_per_unit, currency, kpi)]
    for facts in channels:
        tips += [*_beyond_range(facts), *_untested(facts, channels), *_dear(facts, minor_per_unit, currency), *_off_pace(facts, currency)]
    tips += _concentrated(channels)
    return sorted(tips, key=lambda tip: -(tip.expected_gain.mean if tip.expected_gain is not None else 0.0))


def _shift(channels: Sequence[ChannelFacts], minor_per_unit: int, currency: str, kpi: str) -> list[Tip]:
    """Move money only where the next unit is worth more beyond doubt: the two intervals must not overlap."""
    known = [c for c in channels if c.marginal_per_1000 is not None]
    givers = [c for c in known if c.planned_minor > 0]
    if not givers or len(known) < 2:
        return []
    to = max(known, key=lambda c: c.marginal_per_1000.low if c.marginal_per_1000 else 0.0)
    giver = min(givers, key=lambda c: c.marginal_per_1000.high if c.marginal_per_1000 else 0.0)
    gain, loss = to.marginal_per_1000, giver.marginal_per_1000
    if gain is None or loss is None or gain.low <= loss.high:
        return []
    moved_minor = int(giver.planned_minor * MOVE_SHARE)
    thousands = moved_minor / minor_per_unit / 1000
    expected = Interval(*(thousands * (g - b) for g, b in ((gain.mean, loss.mean), (gain.low, loss.high), (gain.high, loss.low))))
    unit = f"{kpi} per 1,000 {currency}"
    evidence = (
        Evidence(f"next 1,000 in {to.channel}", gain.mean, unit, "response curve"),
        Evidence(f"next 1,000 in {giver.channel}", loss.mean, unit, "response curve"),
    )
    action = TipAction("shift_budget", {"from": giver.channel, "to": to.channel, "amount_minor": moved_minor})
    return [Tip("shift_budget", (giver.channel, to.channel), evidence, action, expected, kpi)]


def _beyond_range(facts: ChannelFacts) -> list[Tip]:
    seen = facts.seen_high_minor
    if seen is None or facts.planned_minor <= seen:
        return []
    evidence = (
        Evidence(f"planned for {facts.channel}", facts.planned_minor, "minor units", "plan"),
        Evidence("most ever spent in the data", seen, "minor units", "performance data"),
    )
    return [Tip("beyond_seen_range", (facts.channel,), evidence, TipAction("set_maximum", {"channel": facts.channel, "max_minor": seen}))]


def _untested(facts: ChannelFacts, channels: Sequence[ChannelFacts]) -> list[Tip]:
    total = sum(c.planned_minor for c in channels)
    share = facts.planned_minor / total if total > 0 else 0.0
    if facts.evidence != "prior" or share < MIN_SHARE_TO_TEST:
        return []
    evidence = (Evidence(f"share of budget that rests on no own data ({facts.channel})", share, "share 0-1", "plan and response curve"),)
    return [Tip("test_before_scaling", (facts.channel,), evidence, TipAction("plan_lift_test", {"channel": facts.channel}))]


def _dear(facts: ChannelFacts, minor_per_unit: int, currency: str) -> list[Tip]:
    published = facts.benchmark
    comparable = published is not None and published.metric == "CPA" and published.currency == currency
    if published is None or not comparable or facts.cpa_minor is None or facts.cpa_minor / minor_per_unit <= published.high:
        return []
    evidence = (
        Evidence(f"cost per conversion of {facts.channel}", facts.cpa_minor / minor_per_unit, currency, "performance data"),
        Evidence("highest published", published.high, currency, "; ".join(published.sources)),
    )
    return [Tip("cost_above_benchmark", (facts.channel,), evidence, TipAction("open_performance", {"channel": facts.channel}))]


def _off_pace(facts: ChannelFacts, currency: str) -> list[Tip]:
    spent, expected = facts.delivered_minor, facts.expected_minor
    if spent is None or expected is None or expected <= 0 or abs(spent / expected - 1) <= PACE_TOLERANCE:
        return []
    evidence = (
        Evidence(f"{facts.channel} spent to date", spent, f"{currency} minor units", "performance data"),
        Evidence("planned to date", expected, f"{currency} minor units", "plan"),
    )
    return [Tip("off_pace", (facts.channel,), evidence, TipAction("replan_rest", {"channel": facts.channel}))]


def _concentrated(channels: Sequence[ChannelFacts]) -> list[Tip]:
    total = sum(c.planned_minor for c in channels)
    if total <= 0 or len(channels) < 2:
        return []
    first = max(channels, key=lambda c: c.planned_minor)
    share = first.planned_minor / total
    if share < CONCENTRATION:
        return []
    evidence = (Evidence(f"share of the budget in {first.channel}", share, "share 0-1", "plan"),)
    return [Tip("concentrated", (first.channel,), evidence, TipAction("compare_scenarios", {"channel": first.channel}))]
