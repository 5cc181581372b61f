"""Suggests what to change: each tip with its evidence, expected gain and a one-click action."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from agents.facts import Fact, money, number, share
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.workbench import base_of, by_channel, distribution_of, performance_of
from core.access import Permission
from core.insights.tips import ChannelFacts, Evidence, Tip, make_tips
from core.model.distribution import Distribution
from core.model.interval import Interval
from core.model.money import minor_exponent
from core.services.planning import Performance, curve_names, expected

_EVIDENCE: dict[str, Literal["strong", "some", "prior"]] = {"strong": "strong", "some": "some", "prior": "prior"}


class Args(BaseModel):
    """Takes nothing: it is about the distribution on the table, or the plan where there is none."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Derive every tip the facts carry, the largest gain first."""
    distribution = distribution_of(call) or base_of(call)
    performance = performance_of(call)
    currency = distribution.currency or ""
    per_unit = 10 ** minor_exponent(distribution.currency)
    kpi = performance.kpi if performance is not None else ""
    tips = make_tips(_channels(distribution, performance), minor_per_unit=per_unit, currency=currency, kpi=kpi)
    facts = [_fact(tip, distribution.currency) for tip in tips[:5]]
    call.desk.market_insights["tips"] = facts
    rows = [
        {"tip": tip.code.replace("_", " "), "channels": ", ".join(tip.channels), "action": tip.action.kind.replace("_", " ")}
        for tip in tips[:5]
    ]
    cards = (Card("table", "Tips", {"rows": rows, "money": []}),) if rows else ()
    return Outcome({"tips": facts, "with_performance": performance is not None, "kpi": kpi}, cards)


def _channels(distribution: Distribution, performance: Performance | None) -> list[ChannelFacts]:
    outlook = expected(distribution, performance)
    names = curve_names(distribution, performance)
    found = []
    for channel, rows in by_channel(distribution).items():
        planned, curve = sum(row.total_minor for row in rows), names.get(rows[0].id)
        if performance is None or curve is None or outlook is None:
            found.append(ChannelFacts(channel, planned, evidence="prior" if performance is not None else None))
            continue
        mean, low, high = performance.marginal_returns[curve]
        now = outlook.marginal.get(channel, mean)
        spread = now / mean if mean else 1.0
        at_plan = Interval(now * 1000, low * spread * 1000, high * spread * 1000)
        found.append(ChannelFacts(channel, planned, at_plan, _EVIDENCE.get(performance.evidence[curve])))
    return found


def _fact(tip: Tip, currency: str | None) -> Fact:
    gain = tip.expected_gain
    source = "run:generate_optimization_tips"
    return {
        "code": tip.code,
        "channels": list(tip.channels),
        "evidence": [{"what": e.what, "figure": _figure(e, currency)} for e in tip.evidence],
        "gain": None
        if gain is None
        else {"mean": number(gain.mean, source), "low": number(gain.low, source), "high": number(gain.high, source)},
        "gain_unit": tip.gain_unit,
        "action": {"kind": tip.action.kind, "arguments": tip.action.arguments},
        "amount": money(int(tip.action.arguments["amount_minor"]), currency, source) if "amount_minor" in tip.action.arguments else None,
    }


def _figure(evidence: Evidence, currency: str | None) -> Fact:
    source = f"tip:{evidence.source}"
    if evidence.unit == "share 0-1":
        return share(evidence.value, source)
    if evidence.unit.endswith("minor units"):
        return money(int(evidence.value), currency, source)
    return number(evidence.value, source, unit=evidence.unit)


TOOL = ToolSpec("generate_optimization_tips", "Suggest what to change in the budget: evidence, expected gain and one action each.",
                Args, Permission.READ, "read", run)  # fmt: skip
