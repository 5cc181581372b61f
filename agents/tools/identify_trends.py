"""Finds trends and change points in the performance series: the KPI and each channel's spend."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from agents.facts import Fact, number, share
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.tools.analyze_historical_performance import NO_DATA
from agents.workbench import performance_of
from core.access import Permission
from core.errors import NotFound
from core.insights.series import Series
from core.insights.trends import find_change_points, find_trend
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
    points = [{"date": str(d), "value": v} for d, v in zip(series[0].dates, series[0].values, strict=True)]
    chart = Card("chart", performance.kpi, {"kind": "line", "x": "date", "y": "value", "rows": points})
    return Outcome({"kpi": performance.kpi, "trends": trends}, (chart,))


def all_series(performance: Performance) -> list[Series]:
    """Give the KPI and then each channel's spend as series."""
    dates = tuple(date.fromisoformat(d) for d in performance.dates)
    named = [(performance.kpi, performance.kpi_values), *((f"{name} spend", values) for name, values in performance.spend.items())]
    return [Series(name, dates, values) for name, values in named]


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
