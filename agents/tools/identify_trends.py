"""Finds trends and change points in the performance series: the KPI and each channel's spend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from agents.facts import Fact, number, share
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.tools.analyze_historical_performance import NO_DATA
from agents.workbench import performance_of
from core.access import Permission
from core.errors import NotFound
from core.insights.series import Series
from core.insights.trends import find_change_points, find_trend
from core.services.memory import Insight, remember_insight
from core.services.planning import Performance


class Args(BaseModel):
    """Takes nothing: the series is the one of this conversation."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Test each series; a trend is only told where its sign is certain at 95%."""
    performance = performance_of(call)
    if performance is None:
        raise NotFound(NO_DATA[0], hint=NO_DATA[1])
    series = all_series(performance)
    trends = [_trend(one) for one in series]
    call.desk.market_insights["trends"] = trends
    remember_found(call, performance, "trends", [sentence for one in trends for sentence in _sentences(one)])
    points = [{"date": str(d), "value": v} for d, v in zip(series[0].dates, series[0].values, strict=True)]
    chart = Card("chart", performance.kpi, {"kind": "line", "x": "date", "y": "value", "rows": points})
    return Outcome({"kpi": performance.kpi, "trends": trends}, (chart,))


def all_series(performance: Performance) -> list[Series]:
    """Give the KPI and then each channel's spend as series."""
    dates = tuple(date.fromisoformat(d) for d in performance.dates)
    named = [(performance.kpi, performance.kpi_values), *((f"{name} spend", values) for name, values in performance.spend.items())]
    return [Series(name, dates, values) for name, values in named]


def remember_found(call: ToolCall, performance: Performance, about: Literal["trends", "anomalies"], findings: Sequence[str]) -> None:
    """Let the workspace remember what was found in the series, for the KPI and currency that it is of."""
    subject = f"{performance.kpi}:{call.desk.campaign_data.get('currency') or ''}"
    source = f"the performance series of {performance.kpi}, {performance.dates[0]} to {performance.dates[-1]}"
    title = f"{about.capitalize()} in {performance.kpi}"
    remember_insight(call.ctx, call.rt, Insight(about, subject, title, tuple(findings), source))


def _sentences(trend: Mapping[str, Any]) -> list[str]:
    change, direction = trend["change"], trend["direction"]
    told = [f"{trend['name']}: {direction}" + (f" by {change['text']}." if change else ".")] if direction in ("up", "down") else []
    moved = [
        f"{trend['name']} changed its level on {c['on']}: {c['before']['text']} before, {c['after']['text']} after."
        for c in trend["changes"]
    ]
    return told + moved


def _trend(series: Series) -> Fact:
    source = "performance:series"
    trend, changes = find_trend(series), find_change_points(series)
    return {
        "name": series.name,
        "direction": trend.direction,
        "change": share(trend.change_ratio, source) if trend.change_ratio is not None else None,
        "changes": [{"on": str(c.on), "before": number(c.before, source), "after": number(c.after, source)} for c in changes[-3:]],
    }


TOOL = ToolSpec("identify_trends", "Find trends and change points in past performance.", Args, Permission.READ, "read", run)
