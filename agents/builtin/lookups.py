"""What only looks: which tools read the sheets, the past and the findings for each intent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agents.builtin.frame import Frame, channels_of
from agents.builtin.naming import plan_name, reading_answer
from agents.builtin.table import Table

_RATES = ("ctr", "cvr", "cpc", "cpm", "cpa")
PLANNING = ("plan_budget", "optimize", "adjust_total")
"""Intents that end in a split."""


@dataclass(frozen=True, slots=True)
class Step:
    """One tool call to make; `must` ends the specialist's work when it fails."""

    agent: str
    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)
    must: bool = True


def lookups(frame: Frame, table: Table) -> list[Step]:
    """Give the steps for what only looks, in the order of the message."""
    return [step for intent in frame.intents if intent in _LOOKUPS for step in _LOOKUPS[intent](frame, table)]


def _read_plan(frame: Frame, table: Table) -> list[Step]:
    return [Step("workspace", "read_google_sheet"), Step("workspace", "analyze_campaign_structure")]


def _budget_info(frame: Frame, table: Table) -> list[Step]:
    if frame.asks_for(*PLANNING) and frame.slots.totals:
        return []
    arguments: dict[str, Any] = {"channels": channels_of(frame.slots.targets)}
    markets = [n for t in frame.slots.targets if t.kind == "market" and t.known for n in t.names]
    if markets:
        arguments["market"] = markets[0]
    days = table.days(frame.slots.periods)
    if days is not None:
        arguments |= {"start": str(days.start), "end": str(days.end)}
    words = frame.text.lower()
    rates = [k.upper() for k in frame.slots.kpis if k in _RATES]
    if frame.ranking is not None:
        return [Step("workspace", "extract_budget_info", arguments | {"by": frame.ranking.by, "rank": frame.ranking.which})]
    if rates:
        return [Step("workspace", "extract_budget_info", arguments | {"rate": rates[0]})]
    if not arguments["channels"] and any(w in words for w in ("channel", "kanal", "kanäl")):
        arguments["by"] = "channel"
    elif any(w in words for w in ("per month", "by month", "pro monat", "je monat", "nach monat", "monthly", "monatlich")):
        arguments["by"] = "month"
    elif not markets and any(w in words for w in ("market", "markt", "märkt", "country", "land")):
        arguments["by"] = "market"
    return [Step("workspace", "extract_budget_info", arguments)]


def _find(frame: Frame, table: Table) -> list[Step]:
    return [Step("workspace", "find_plan", {"name": plan_name(frame.text)})]


def _question(frame: Frame, table: Table) -> list[Step]:
    answer = reading_answer(frame.text)
    return [Step("workspace", "answer_reading_question", {"answer": answer} if answer else {})]


def _benchmarks(frame: Frame, table: Table) -> list[Step]:
    metrics = [k.upper() for k in frame.slots.kpis if k in ("ctr", "cvr", "cpc", "cpm", "cpa")]
    return [Step("insights", "compare_industry_benchmarks", {"channels": channels_of(frame.slots.targets), "metrics": metrics})]


def _simple(agent: str, tool: str) -> Callable[[Frame, Table], list[Step]]:
    return lambda frame, table: [Step(agent, tool)]


_LOOKUPS: dict[str, Callable[[Frame, Table], list[Step]]] = {
    "read_plan": _read_plan,
    "budget_info": _budget_info,
    "patterns": _simple("workspace", "identify_campaign_patterns"),
    "find_plan": _find,
    "reading_question": _question,
    "performance": _simple("planning", "analyze_historical_performance"),
    "trends": _simple("insights", "identify_trends"),
    "anomalies": _simple("insights", "surface_anomalies"),
    "benchmarks": _benchmarks,
    "search_knowledge": lambda frame, table: [Step("insights", "search_knowledge", {"query": frame.text[:400]})],
}
