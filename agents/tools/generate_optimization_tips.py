"""Suggests what to change: each tip with its evidence, expected gain and a one-click action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel

from agents.facts import Fact, money, money_text, number, share
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.tools.adjust_distribution import Step, moved
from agents.workbench import DISTRIBUTION, base_of, by_channel, distribution_of, performance_of
from core.access import Permission
from core.errors import AppError
from core.insights.tips import ChannelFacts, Evidence, Tip, make_tips
from core.model.distribution import Distribution, DistributionRow
from core.model.interval import Interval
from core.model.money import minor_exponent
from core.planning.shift import Place, added
from core.services.memory import Insight, remember_insight
from core.services.planning import Performance, curve_names, gain

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
    made = make_tips(_channels(distribution, performance), minor_per_unit=per_unit, currency=currency, kpi=kpi)
    tips = [tip for one in made if (tip := _measured(call, one, distribution, performance)) is not None]
    facts = [_fact(tip, distribution.currency) for tip in tips[:5]]
    call.desk.market_insights["tips"] = facts
    _remember(call, tips[:5], distribution)
    offers = [_offer(call, tip, distribution) for tip in tips[:5]]
    cards = (Card("tips", "Tips", {"offers": offers, "file_id": call.desk.campaign_data.get("file_id")}),) if offers else ()
    return Outcome({"tips": facts, "with_performance": performance is not None, "kpi": kpi}, cards)


def _remember(call: ToolCall, tips: Sequence[Tip], distribution: Distribution) -> None:
    """Let the workspace remember the tips for this plan."""
    plan = call.desk.campaign_data
    told = []
    for tip in tips:
        gain = tip.expected_gain
        more = "" if gain is None else f": expected gain {gain.mean:,.0f} {tip.gain_unit} ({gain.low:,.0f} to {gain.high:,.0f})"
        told.append(f"{_change(tip, distribution)[0]} ({tip.code.replace('_', ' ')}){more}.")
    source = f"the plan {plan.get('file', '')} as it stood in a conversation, and the response curves"
    remember_insight(
        call.ctx, call.rt, Insight("tips", str(plan.get("file_id")), f"Tips for {plan.get('file', 'a plan')}", tuple(told), source)
    )


def _measured(call: ToolCall, tip: Tip, distribution: Distribution, performance: Performance | None) -> Tip | None:
    """Give a shift the gain of the very change that its button makes; None where that gain is not beyond doubt."""
    _, step = _change(tip, distribution)
    if tip.code != "shift_budget" or performance is None or step is None:
        return tip
    try:
        expects = gain(distribution, moved(call, distribution, step), performance)
    except AppError:  # everything else is locked
        return None
    return replace(tip, expected_gain=expects) if expects.low > 0 else None


def _offer(call: ToolCall, tip: Tip, distribution: Distribution) -> dict[str, object]:
    """Give a tip's one click: what it says on the button, and the distribution that the planner then opens with."""
    label, step = _change(tip, distribution)
    try:
        changed = moved(call, distribution, step) if step is not None else distribution
    except AppError as error:  # everything else is locked: the planner opens with what stands, and the tip says why
        return {"label": "Open in planner", "why": error.message, "distribution": DISTRIBUTION.dump_python(distribution, mode="json")}
    return {"label": label, "why": "", "distribution": DISTRIBUTION.dump_python(changed, mode="json")}


def _change(tip: Tip, distribution: Distribution) -> tuple[str, Step | None]:
    said, first = tip.action.arguments, tip.channels[0]
    if tip.action.kind == "shift_budget":
        amount = int(said["amount_minor"])
        words = f"Move {money_text(amount, distribution.currency)} from {said['from']} to {said['to']}"
        return words, Step(source=str(said["from"]), destination=str(said["to"]), amount_minor=amount)
    if tip.action.kind == "set_maximum":
        planned = sum(row.total_minor for row in by_channel(distribution)[first])
        most = int(said["max_minor"])
        return f"Bring {first} down to {money_text(most, distribution.currency)}", Step(source=first, amount_minor=planned - most)
    if tip.action.kind == "compare_scenarios":
        return f"Try 10% less in {first}", Step(source=first, share=0.1)
    return f"Plan {first} again", None


def _channels(distribution: Distribution, performance: Performance | None) -> list[ChannelFacts]:
    names = curve_names(distribution, performance)
    found = []
    for channel, rows in by_channel(distribution).items():
        planned, curve = sum(row.total_minor for row in rows), names.get(rows[0].id)
        if performance is None or curve is None:
            found.append(ChannelFacts(channel, planned, evidence="prior" if performance is not None else None))
            continue
        next_thousand = _next_thousand(distribution, rows, performance)
        found.append(ChannelFacts(channel, planned, next_thousand, _EVIDENCE.get(performance.evidence[curve])))
    return found


def _next_thousand(distribution: Distribution, rows: Sequence[DistributionRow], performance: Performance) -> Interval | None:
    """Give what 1,000 more bring these rows; None where the sheet has no cell to hold them."""
    place = Place((frozenset(row.id for row in rows),))
    try:
        more = added(distribution, place, 1000 * 10 ** minor_exponent(distribution.currency))
    except AppError:
        return None
    return gain(distribution, more, performance)


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
