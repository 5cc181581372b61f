"""Looks up budgets in the plan: of a channel, market or period, or by one of them, with the cells they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from agents.facts import Fact, money, share
from agents.lines import grouped
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.tools.compare_industry_benchmarks import own_rate
from agents.workbench import OpenPlan, cell_source, cells_source, distribution_of, open_plan, period_text, rows_of
from core.access import Permission
from core.errors import NotFound
from core.insights.benchmarks import Metric
from core.model.distribution import Distribution, DistributionRow
from core.services.planning import limit_periods


class Args(BaseModel):
    """Which budget: all of it when nothing is given."""

    channels: list[str] = Field(default_factory=list, description="the plan's own names")
    market: str | None = None
    start: date | None = None
    end: date | None = Field(None, description="inclusive")
    by: Literal["channel", "line", "month", "market"] | None = None
    rank: Literal["largest", "smallest"] | None = Field(None, description="name the first of them, with `by`")
    rate: Metric | None = Field(None, description="the plan's own average price or rate, from the counts that it has")


def run(call: ToolCall, args: Args) -> Outcome:
    """Add up the cells asked for and name them; what stands on the table is told where it differs."""
    plan = open_plan(call)
    standing = distribution_of(call)
    base = plan.base if args.rank is None or standing is None else standing
    if args.start is not None and args.end is not None:
        _check_dates(base, args.start, args.end)
        base = limit_periods(base, args.start, args.end)
    rows = _rows(call, base, args)
    minor, whole = sum(row.total_minor for row in rows), base.total_minor
    groups = _by(plan, base, rows, args.by)
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
        "groups": groups,
        "standing": _standing(call, args, base, rows),
    }  # fmt: skip
    if args.rank is not None and groups:
        facts["rank"] = {"which": args.rank, "first": _first(args, groups, minor)}
    if args.rate is not None:
        facts["rate"] = {"name": args.rate, "average": own_rate(plan, rows, args.rate), "lines": _rates(plan, rows, args.rate)}
    return Outcome(facts)


def _rows(call: ToolCall, base: Distribution, args: Args) -> tuple[DistributionRow, ...]:
    named = [rows_of(call, base, channel=name, market=args.market) for name in args.channels] or [rows_of(call, base, market=args.market)]
    return tuple({row.id: row for group in named for row in group}.values())


def _standing(call: ToolCall, args: Args, base: Distribution, rows: Sequence[DistributionRow]) -> Fact | None:
    """Give the same sum of the distribution on the table; None where there is none or it is the same."""
    standing = distribution_of(call)
    if standing is None:
        return None
    ids, periods = {row.id for row in rows}, {period.key for period in base.periods}
    minor = sum(c.budget_minor for row in standing.rows if row.id in ids for c in row.cells if c.period in periods or args.start is None)
    return money(minor, standing.currency, "run:distribution") if minor != sum(row.total_minor for row in rows) else None


def _first(args: Args, groups: Sequence[Fact], minor: int) -> list[Fact]:
    """Give the largest (or smallest) group with its part of the whole; all that are alike."""
    amounts = [_minor(group) for group in groups]
    wanted = max(amounts) if args.rank == "largest" else min(amounts)
    return [g | {"share": share(wanted / minor if minor else 0.0, "plan")} for g, a in zip(groups, amounts, strict=True) if a == wanted]


def _minor(group: Fact) -> int:
    budget = group["budget"]
    return int(budget["minor"]) if isinstance(budget, dict) else 0


def _rates(plan: OpenPlan, rows: Sequence[DistributionRow], metric: Metric) -> list[Fact]:
    found = [(plan.names.lines.get(row.id, row.label), own_rate(plan, [row], metric)) for row in rows]
    return [Fact(name=name, value=value) for name, value in found if value is not None][:12]


def _check_dates(base: Distribution, start: date, end: date) -> None:
    dated = [p for p in base.periods if p.start.year > 1]
    if dated and (end < dated[0].start or start > dated[-1].end):
        raise NotFound(f"The plan covers {period_text(dated)}, not {start} to {end}.", hint="Ask about one of its months.")


def _by(plan: OpenPlan, base: Distribution, rows: tuple[DistributionRow, ...], by: str | None) -> list[Fact]:
    planned = {row.id: row for row in plan.base.rows}
    groups: dict[str, Sequence[DistributionRow]] = {}
    if by == "month":
        groups = {p.key: [replace(r, cells=(r.cells[n],)) for r in rows] for n, p in enumerate(base.periods) if p.start.year > 1}
    elif by == "channel":
        groups = dict(grouped(plan.names, rows))
    elif by == "line":
        groups = {plan.names.lines.get(row.id, row.label): [row] for row in rows}
    elif by == "market":
        groups = {m: [r for r in rows if r.market == m] for m in dict.fromkeys(row.market for row in rows if row.market)}

    def source(group: Sequence[DistributionRow]) -> str:
        as_planned = all(c in planned[r.id].cells for r in group if r.id in planned for c in r.cells)
        return cells_source(plan, group) if as_planned else "run:distribution"

    return [
        {"name": name, "budget": money(sum(r.total_minor for r in group), base.currency, source(group))} for name, group in groups.items()
    ]


TOOL = ToolSpec("extract_budget_info", "Look up planned budgets of channels, a market or a period, with the cells they stand in.",
                Args, Permission.READ, "read", run)  # fmt: skip
