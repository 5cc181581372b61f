"""Tells what the past says about each channel: return per unit spent, return of the next unit, and how sure that is."""

from __future__ import annotations

from pydantic import BaseModel

from agents.facts import Fact, number, share
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.workbench import LEVEL, performance_of
from core.access import Permission
from core.errors import NotFound
from core.services.planning import Performance

NO_DATA = ("There is no performance data on the table.", "Attach past spend and results by week (CSV) with the names of its columns.")


class Args(BaseModel):
    """Takes nothing: the series is the one of this conversation."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Fit the response curves (once a conversation) and tell them."""
    performance = performance_of(call)
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
        "warnings": list(performance.warnings[:4]),
    }
    rows = [{"channel": c["name"], "return": c["mean"], "evidence": c["evidence"]} for c in channels]
    table = [{**row, "return": row["return"]["value"]} for row in rows if isinstance(row["return"], dict)]
    return Outcome(facts, (Card("chart", "Return per unit spent", {"kind": "bar", "x": "channel", "y": "return", "rows": table}),))


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
