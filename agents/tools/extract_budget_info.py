"""Looks up budgets in the plan: of a channel, market or period, or by one of them, with the cells they stand in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from agents.facts import Fact, money, share
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import OpenPlan, by_channel, cell_source, cells_source, open_plan, period_text, rows_named
from core.access import Permission
from core.errors import NotFound
from core.model.distribution import Distribution, DistributionRow
from core.services.planning import limit_periods


class Args(BaseModel):
    """Which budget: all of it when nothing is given."""

    channels: list[str] = Field(default_factory=list, description="the plan's own names")
    market: str | None = None
    start: date | None = None
    end: date | None = Field(None, description="inclusive")
    by: Literal["channel", "month", "market"] | None = None


def run(call: ToolCall, args: Args) -> Outcome:
    """Add up the cells asked for and name them."""
    plan = open_plan(call)
    base = plan.base
    if args.start is not None and args.end is not None:
        _check_dates(base, args.start, args.end)
        base = limit_periods(base, args.start, args.end)
    named = [rows_named(base, channel=name, market=args.market) for name in args.channels] or [rows_named(base, market=args.market)]
    rows = tuple({row.id: row for group in named for row in group}.values())
    minor, whole = sum(row.total_minor for row in rows), base.total_minor
    facts: Fact = {
        "file": plan.view.file.name,
        "about": ", ".join(args.channels) or args.market or "",
        "periods": period_text(base.periods),
        "budget": money(minor, base.currency, cells_source(plan, rows)),
        "share": share(minor / whole if whole else 0.0, "plan"),
        "cells": [
            {"line": row.label, "period": "" if c.period.startswith("0001") else c.period,
             "cell": cell_source(plan, row.source_tab, c.source_cell),
             "budget": money(c.budget_minor, base.currency, cell_source(plan, row.source_tab, c.source_cell))}
            for row in rows for c in row.cells if c.budget_minor
        ][:12],
        "by": args.by,
        "groups": _by(plan, base, rows, args.by),
    }  # fmt: skip
    return Outcome(facts)


def _check_dates(base: Distribution, start: date, end: date) -> None:
    dated = [p for p in base.periods if p.start.year > 1]
    if dated and (end < dated[0].start or start > dated[-1].end):
        raise NotFound(f"The plan covers {period_text(dated)}, not {start} to {end}.", hint="Ask about one of its months.")


def _only(rows: tuple[DistributionRow, ...], n: int) -> list[DistributionRow]:
    return [replace(row, cells=(row.cells[n],)) for row in rows]


def _by(plan: OpenPlan, base: Distribution, rows: tuple[DistributionRow, ...], by: str | None) -> list[Fact]:
    if by == "month":
        return [
            {"name": p.key, "budget": money(sum(r.cells[n].budget_minor for r in rows), base.currency, cells_source(plan, _only(rows, n)))}
            for n, p in enumerate(base.periods)
            if p.start.year > 1
        ]
    if by == "channel":
        return [
            {"name": name, "budget": money(sum(r.total_minor for r in group), base.currency, cells_source(plan, group))}
            for name, group in by_channel(base).items()
        ]
    if by == "market":
        markets = list(dict.fromkeys(r.market for r in rows if r.market))
        groups = [tuple(r for r in rows if r.market == m) for m in markets]
        return [
            {"name": m, "budget": money(sum(r.total_minor for r in g), base.currency, cells_source(plan, g))}
            for m, g in zip(markets, groups, strict=True)
        ]
    return []


TOOL = ToolSpec("extract_budget_info", "Look up planned budgets of channels, a market or a period, with the cells they stand in.",
                Args, Permission.READ, "read", run)  # fmt: skip
