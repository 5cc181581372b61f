"""Puts the plan's own prices and rates beside published figures, each with publisher and year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from pydantic import BaseModel, Field

from agents.facts import Fact, money, number, share
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import OpenPlan, by_channel, open_plan, rows_of
from core.access import Permission
from core.insights.benchmarks import BenchmarkRange, Metric, find_benchmark
from core.model.distribution import DistributionRow
from core.model.money import to_major, to_minor
from core.planning.channels import canonical_channel

_PUBLISHED_AS = {"Search": "google search", "Shopping": "google shopping", "Display": "google display", "Social": "meta", "Meta": "meta",
                 "Performance Max": "google"}  # fmt: skip


class Args(BaseModel):
    """Which channels and metrics; all when nothing is given."""

    channels: list[str] = Field(default_factory=list, description="the plan's own names")
    metrics: list[Metric] = Field(default_factory=list)


def run(call: ToolCall, args: Args) -> Outcome:
    """Compare what can be compared; channels nobody publishes figures for are named as such."""
    plan = open_plan(call)
    named = {n: rows_of(call, plan.base, channel=n) for n in args.channels} or by_channel(plan.base)
    compared: list[Fact] = []
    unknown: list[str] = []
    for name, rows in named.items():
        published = {m: b for m in (args.metrics or get_args(Metric)) if (b := find_benchmark(_published(name), m)) is not None}
        compared += [_fact(plan, name, rows, benchmark) for benchmark in published.values()]
        unknown += [] if published else [name]
    call.desk.market_insights["benchmarks"] = compared
    return Outcome({"file": plan.view.file.name, "benchmarks": compared[:20], "unpublished": unknown})


def _published(name: str) -> str:
    return _PUBLISHED_AS.get(canonical_channel(name) or "", name)


def _fact(plan: OpenPlan, name: str, rows: Sequence[DistributionRow], benchmark: BenchmarkRange) -> Fact:
    source = "benchmark:" + "; ".join(benchmark.sources)
    own = own_rate(plan, rows, benchmark.metric)
    return {
        "name": name,
        "metric": benchmark.metric,
        "typical": _value(benchmark, benchmark.value, source),
        "low": _value(benchmark, benchmark.low, source),
        "high": _value(benchmark, benchmark.high, source),
        "sources": list(benchmark.sources),
        "own": own,
        "same_currency": benchmark.currency in (None, plan.base.currency),
    }


def _value(benchmark: BenchmarkRange, value: float, source: str) -> Fact:
    if benchmark.metric in ("CTR", "CVR"):
        return share(value, source)
    return money(to_minor(round(value, 2), benchmark.currency), benchmark.currency, source)


def own_rate(plan: OpenPlan, rows: Sequence[DistributionRow], metric: Metric) -> Fact | None:
    """Work out the plan's own rate or price from its counts; None where it gives none."""
    counts = {"impressions": 0.0, "clicks": 0.0, "conversions": 0.0}
    spend, cells = 0, []
    for row in rows:
        item = plan.items.get(row.id)
        if item is not None and item.metrics.get("impressions" if metric in ("CTR", "CPM") else "clicks") is not None:
            spend += row.total_minor
            for key in counts:
                counts[key] += item.metrics.get(key) or 0.0
            cells += [cell for key, cell in item.metric_cells.items() if key in counts]
    source = "plan:" + ",".join(cells[:6]) if cells else "plan"
    top = {"CTR": counts["clicks"], "CVR": counts["conversions"]}.get(metric, float(to_major(spend, plan.base.currency)))
    bottom = {"CTR": counts["impressions"], "CVR": counts["clicks"], "CPC": counts["clicks"], "CPM": counts["impressions"] / 1000,
              "CPA": counts["conversions"]}[metric]  # fmt: skip
    if top <= 0 or bottom <= 0:
        return None
    if metric in ("CTR", "CVR"):
        return share(top / bottom, source)
    return money(to_minor(round(top / bottom, 2), plan.base.currency), plan.base.currency, source) | {
        "unit": number(top / bottom, source)["text"]
    }


TOOL = ToolSpec("compare_industry_benchmarks", "Compare the plan's prices and rates with published benchmarks (publisher and year).",
                Args, Permission.READ, "read", run)  # fmt: skip
