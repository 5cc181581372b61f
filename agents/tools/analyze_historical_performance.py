"""Tells what the past says about each channel: return per unit spent, return of the next unit, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from agents.facts import Fact, number, share
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.workbench import LEVEL, fit_series, performance_of
from core.access import Permission
from core.errors import NotFound
from core.services.planning import Performance, workspace_performance

NO_DATA = ("There is no performance data on the table.", "Attach past spend and results by week (CSV) with the names of its columns.")


class Args(BaseModel):
    """Takes nothing: the series is the one of this conversation."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Fit the response curves (once a conversation) and tell them."""
    series = fit_series(call)
    own = call.desk.campaign_data.get("currency")
    other = series is not None and own is not None and series["currency"] != own
    performance = workspace_performance(call.ctx, call.rt, currency=series["currency"]) if series and other else performance_of(call)
    if performance is None:
        raise NotFound(NO_DATA[0], hint=NO_DATA[1])
    source = "performance:fit"
    channels = [_channel(performance, name, source) for name in performance.draws]
    facts: Fact = {
        "kpi": performance.kpi,
        "kpi_kind": performance.kpi_kind,
        "from": performance.dates[0],
        "to": performance.dates[-1],
        "rows": number(len(performance.dates), "performance:series"),
        "fit": number(performance.r2, source) if performance.r2 is not None else None,
        "level": share(LEVEL, source),
        "channels": channels,
        "series": None if series is None else _series(series, plan_currency=own if other else None),
        "warnings": list(performance.warnings[:4]),
    }
    rows = [{"channel": c["name"], "return": c["mean"], "evidence": c["evidence"]} for c in channels]
    table = [{**row, "return": row["return"]["value"]} for row in rows if isinstance(row["return"], dict)]
    return Outcome(facts, (Card("chart", "Return per unit spent", {"kind": "bar", "x": "channel", "y": "return", "rows": table}),))


def _series(series: Mapping[str, Any], *, plan_currency: str | None) -> Fact:
    """Tell what was taken in, and whether a split of the plan can use it: curves of another currency it does not."""
    rows = number(series["rows"], "performance:series")
    return {
        "name": series["name"],
        "rows": rows,
        "currency": series["currency"],
        "plan_currency": plan_currency,
        "skipped": series["skipped"],
    }


def _channel(performance: Performance, name: str, source: str) -> Fact:
    mean, low, high = performance.returns[name]
    marginal = performance.marginal_returns[name]
    least, most = performance.spend_seen[name]
    return {
        "name": name,
        "mean": number(mean, source),
        "low": number(low, source),
        "high": number(high, source),
        "next_unit": number(marginal[0], source),
        "spend_low": number(least, "performance:series"),
        "spend_high": number(most, "performance:series"),
        "evidence": performance.evidence[name],
    }


TOOL = ToolSpec("analyze_historical_performance", "Tell each channel's return and the return of its next unit from past performance.",
                Args, Permission.READ, "read", run)  # fmt: skip
