"""Finds values in the performance series that stand out, with a false-alarm rate that holds for the whole series."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from agents.facts import Fact, number, share
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.tools.analyze_historical_performance import NO_DATA
from agents.tools.identify_trends import all_series, remember_found
from agents.workbench import performance_of
from core.access import Permission
from core.errors import NotFound
from core.insights.anomalies import find_anomalies

_MOST_PER_SERIES = 3


class Args(BaseModel):
    """Takes nothing: the series is the one of this conversation."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Score every value of the KPI and of each channel's spend."""
    performance = performance_of(call)
    if performance is None:
        raise NotFound(NO_DATA[0], hint=NO_DATA[1])
    source, checked = "performance:series", 0
    found: list[dict[str, Any]] = []
    for series in all_series(performance):
        report = find_anomalies(series)
        checked += report.checked
        found += [
            {
                "name": series.name,
                "on": str(anomaly.on),
                "value": number(anomaly.value, source),
                "expected": number(anomaly.expected, source),
            }
            for anomaly in report.anomalies[:_MOST_PER_SERIES]
        ]
    facts: Fact = {"anomalies": found, "checked": number(checked, source), "false_alarm_rate": share(0.05, source)}
    call.desk.market_insights["anomalies"] = found
    told = [f"{one['name']} on {one['on']}: {one['value']['text']} where {one['expected']['text']} was expected." for one in found]
    remember_found(call, performance, "anomalies", told)
    return Outcome(facts)


TOOL = ToolSpec("surface_anomalies", "Find unusual values in past performance.", Args, Permission.READ, "read", run)
