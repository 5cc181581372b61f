"""What the tools share: the plan on the table, the distribution as it stands, the wishes, and how they are told as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from agents.facts import Fact, money, number, share
from agents.lines import LineNames, grouped, name_lines, rows_named
from agents.spec import Card, ToolCall
from core.errors import InvalidInput, NotFound
from core.model.distribution import Distribution, DistributionRow
from core.model.flight import Period
from core.model.reading import LineItem
from core.planning.outlook import Outlook
from core.planning.split import Wish
from core.services.files import PlanView
from core.services.planning import BudgetRequest, Performance, fit_attached, fit_performance, limit_periods, plan_of, workspace_performance

DISTRIBUTION: TypeAdapter[Distribution] = TypeAdapter(Distribution)
PERFORMANCE: TypeAdapter[Performance] = TypeAdapter(Performance)
_WISHES: TypeAdapter[tuple[Wish, ...]] = TypeAdapter(tuple[Wish, ...])
_EARLIER = 8
LEVEL = 0.9
"""Probability that a range told to a person holds."""


@dataclass(frozen=True, slots=True)
class OpenPlan:
    """A plan, its table as a planner edits it, and the line item behind each row."""

    view: PlanView
    base: Distribution
    items: dict[str, LineItem]
    names: LineNames


def open_plan(call: ToolCall) -> OpenPlan:
    """Give the plan on the table; NotFound when there is none."""
    file_id = call.desk.campaign_data.get("file_id")
    if file_id is None:
        raise NotFound("No plan is on the table.", hint="Name one of your plans, or attach a sheet.")
    if "plan" not in call.opened:
        chosen = call.desk.campaign_data.get("alternative")
        view, base, items = plan_of(call.ctx, call.rt, UUID(str(file_id)), alternative=None if chosen is None else str(chosen))
        call.opened["plan"] = OpenPlan(view, base, items, name_lines(base.rows, items))
        _note_plan(call, call.opened["plan"])
    plan: OpenPlan = call.opened["plan"]
    return plan


def _note_plan(call: ToolCall, plan: OpenPlan) -> None:
    """Keep what everybody at the table needs to know of the plan."""
    rows, periods = plan.base.rows, plan.base.periods
    call.desk.campaign_data |= {
        "file": plan.view.file.name,
        "currency": plan.base.currency,
        "channels": list(dict.fromkeys(row.channel or row.label for row in rows)),
        "names": list(plan.names.spelled[:200]),
        "markets": list(dict.fromkeys(row.market for row in rows if row.market)),
        "periods": [[str(p.start), str(p.end)] for p in periods if p.start.year > 1],
        "total_minor": plan.base.total_minor,
        "state": plan.view.state,
        "alternatives": alternatives_of(plan),
    }
    call.desk.confidence_scores["reading"] = min((table.confidence for table in plan.view.reading.tables), default=0.0)


def alternatives_of(plan: OpenPlan) -> list[str]:
    """Give the tabs that are alternatives of one another (Bronze, Silver, Gold); empty where the tables add up."""
    groups = [t for t in plan.view.reading.tables if t.alternative_group is not None]
    tabs = list(dict.fromkeys(t.tab for t in groups))
    return tabs if len(tabs) > 1 else []


def cell_source(plan: OpenPlan, tab: str | None, cell: str | None) -> str:
    """Give `plan:B9`, with the tab where the plan spans several; `plan` where the sheet has no such cell."""
    if cell is None:
        return "plan"
    tabs = {row.source_tab for row in plan.base.rows}
    return f"plan:{cell}" if len(tabs) <= 1 else f"plan:{tab}!{cell}"


def cells_source(plan: OpenPlan, rows: Sequence[DistributionRow]) -> str:
    """Give the source of a sum of rows: its cells, shortened where there are many."""
    cells = [cell_source(plan, row.source_tab, c.source_cell) for row in rows for c in row.cells if c.source_cell and c.budget_minor]
    if not cells:
        return "plan"
    return cells[0] + "".join("," + c.removeprefix("plan:") for c in cells[1:6]) + (",…" if len(cells) > 6 else "")


def performance_of(call: ToolCall) -> Performance | None:
    """Give the fitted past of the channels: of the conversation's own series, else the workspace's newest curves; None without either."""
    kept = call.desk.historical_performance
    if "performance" in call.opened:
        known: Performance = call.opened["performance"]
        return known
    if "fit" in kept:
        call.opened["performance"] = PERFORMANCE.validate_python(kept["fit"])
    elif "series_csv" in kept:
        fitted = fit_performance(call.ctx, call.rt, series_csv=str(kept["series_csv"]), spec=kept["spec"])
        kept["fit"] = PERFORMANCE.dump_python(fitted, mode="json")
        call.desk.confidence_scores["performance"] = dict(fitted.evidence)
        call.opened["performance"] = fitted
    else:
        currency = call.desk.campaign_data.get("currency")
        with suppress(InvalidInput):  # too little for curves of its own: those that there were before stand
            fit_series(call)
        own = workspace_performance(call.ctx, call.rt, currency=None if currency is None else str(currency))
        if own is None:
            return None
        call.desk.confidence_scores["performance"] = dict(own.evidence)
        call.opened["performance"] = own
    return performance_of(call)


def fit_series(call: ToolCall) -> Mapping[str, Any] | None:
    """Give what was attached as a series in the talk, fitting the workspace's curves with it the first time; None without one.

    Raises:
        InvalidInput: the series is taken in, but holds too little for curves.
    """
    attached: Mapping[str, Any] | None = call.desk.historical_performance.get("attached")
    if attached is None or attached.get("is_fitted"):
        return attached
    try:
        fit_attached(call.ctx, call.rt, currency=attached["currency"])
    except InvalidInput as error:
        hint = error.hint or "Attach more weeks."
        raise InvalidInput(f"{attached['name']} is taken in, but no response curves can be fitted: {error.message}", hint=hint) from error
    call.desk.historical_performance["attached"] = {**attached, "is_fitted": True}
    return attached


def distribution_of(call: ToolCall) -> Distribution | None:
    """Give the distribution as it stands, None before the first."""
    kept = call.desk.distribution_plan.get("distribution")
    return None if kept is None else DISTRIBUTION.validate_python(kept)


def put_distribution(call: ToolCall, distribution: Distribution, *, made_by: str, method: str | None = None) -> None:
    """Make it the one that stands; the one before can be gone back to."""
    plan = call.desk.distribution_plan
    if plan.get("distribution") is not None:
        plan["earlier"] = [*plan.get("earlier", []), plan["distribution"]][-_EARLIER:]
    plan["distribution"] = DISTRIBUTION.dump_python(distribution, mode="json")
    plan.pop("wishes_before", None)
    plan |= {"total_minor": distribution.total_minor, "made_by": made_by, "method": method or plan.get("method")}


def take_back(call: ToolCall) -> Distribution | None:
    """Go back to the distribution before; None when that is the plan itself."""
    plan = call.desk.distribution_plan
    earlier: list[Any] = plan.get("earlier", [])
    plan["distribution"] = earlier[-1] if earlier else None
    plan["earlier"] = earlier[:-1]
    plan.pop("draft_id", None)
    return distribution_of(call)


def wishes_of(call: ToolCall) -> tuple[Wish, ...]:
    return _WISHES.validate_python(call.desk.distribution_plan.get("wishes", []))


def keep_wishes(call: ToolCall, wishes: Sequence[Wish]) -> None:
    call.desk.distribution_plan["wishes"] = _WISHES.dump_python(tuple(wishes), mode="json")


def base_of(call: ToolCall, start: date | None = None, end: date | None = None) -> Distribution:
    """Give the table to plan on: the plan's, limited to the days asked for (or to those of the distribution that stands)."""
    base = open_plan(call).base
    kept = call.desk.distribution_plan
    if start is not None and end is not None:
        kept["start"], kept["end"] = str(start), str(end)
    if kept.get("start") and kept.get("end"):
        return limit_periods(base, date.fromisoformat(str(kept["start"])), date.fromisoformat(str(kept["end"])))
    return base


def budget_request(call: ToolCall, base: Distribution, total_minor: int | None, *, scope: Sequence[str] = ()) -> BudgetRequest:
    """Make the request of a split: the total that was said, else the one that stands, else the plan's own."""
    standing = call.desk.distribution_plan.get("total_minor")
    total = total_minor if total_minor is not None else int(standing) if standing is not None else base.total_minor
    if total <= 0:
        raise InvalidInput("There is no budget to split: the plan's cells are empty.", hint="Say how much there is.")
    return BudgetRequest(base, total, wishes=wishes_of(call), performance=performance_of(call), scope=tuple(scope))


def rows_of(call: ToolCall, base: Distribution, *, channel: str | None = None, market: str | None = None) -> tuple[DistributionRow, ...]:
    """Give the rows that a name and a market mean in the plan on the table; raises as `rows_named` does."""
    return rows_named(open_plan(call).names, base, channel=channel, market=market)


def by_channel(base: Distribution) -> dict[str, tuple[DistributionRow, ...]]:
    """Group rows by channel (by label where there is none), in the plan's order."""
    return grouped(LineNames(), base.rows)


def period_text(periods: Sequence[Period]) -> str:
    """Give `2026-01 – 2026-03`; empty where the plan names no dates."""
    dated = [p for p in periods if p.start.year > 1]
    if not dated:
        return ""
    first, last = dated[0].start.strftime("%Y-%m"), dated[-1].end.strftime("%Y-%m")
    return first if first == last else f"{first} – {last}"


def describe(call: ToolCall, distribution: Distribution, source: str, *, cuts: Sequence[frozenset[str]] = ()) -> Fact:
    """Tell a distribution as facts: total, channels with share and what the plan has there, locks and periods.

    Args:
        cuts: row ids that were changed together; a channel of which they are a part is told line by line, as wishes on a part are.
    """
    plan = open_plan(call)
    before = {row.id: row for row in _same_periods(plan.base, distribution).rows}
    wishes = wishes_of(call)
    groups = grouped(plan.names, distribution.rows, [*cuts, *(frozenset(w.rows) for w in wishes)])
    currency, total = distribution.currency, distribution.total_minor
    return {
        "total": money(total, currency, source),
        "periods": period_text(distribution.periods),
        "months": [{"period": p.key, "budget": money(sum(r.cells[n].budget_minor for r in distribution.rows), currency, source)}
                   for n, p in enumerate(distribution.periods) if p.start.year > 1],
        "channels": [_told_group(plan, name, rows, total=total, before=before, source=source) for name, rows in groups.items()],
        "wishes": [wish_text(w, currency, source) for w in wishes],
    }  # fmt: skip


def _told_group(
    plan: OpenPlan, name: str, rows: Sequence[DistributionRow], *, total: int, before: Mapping[str, DistributionRow], source: str
) -> Fact:
    minor, in_plan = sum(row.total_minor for row in rows), [before[row.id] for row in rows if row.id in before]
    currency = plan.base.currency
    return {
        "name": name,
        "budget": money(minor, currency, source),
        "share": share(minor / total if total else 0.0, source),
        "in_plan": money(sum(row.total_minor for row in in_plan), currency, cells_source(plan, in_plan)),
        "locked": all(row.locked for row in rows),
    }


def _same_periods(base: Distribution, distribution: Distribution) -> Distribution:
    """Give the plan in the periods of a distribution; all of it where it has none of them."""
    wanted = {period.key for period in distribution.periods}
    kept = [n for n, period in enumerate(base.periods) if period.key in wanted]
    if not kept:
        return base
    rows = tuple(replace(row, cells=tuple(row.cells[n] for n in kept)) for row in base.rows)
    return replace(base, periods=tuple(base.periods[n] for n in kept), rows=rows)


def wish_text(wish: Wish, currency: str | None, source: str) -> Fact:
    """Tell a wish as a fact."""
    amount = money(wish.amount_minor, currency, "you") if wish.amount_minor is not None else share(wish.share or 0.0, "you")
    return {"kind": wish.kind, "label": wish.label, "amount": amount}


def outlook_facts(outlook: Outlook, performance: Performance, currency: str | None) -> Fact:
    """Tell an outlook as facts with its 90% ranges."""
    source = "performance:fit"
    return {
        "kpi": performance.kpi,
        "kpi_kind": performance.kpi_kind,
        "level": share(LEVEL, source),
        "total": number(outlook.total.mean, source),
        "low": number(outlook.total.low, source),
        "high": number(outlook.total.high, source),
        "channels": [
            {"name": n, "mean": number(r.mean, source), "low": number(r.low, source), "high": number(r.high, source),
             "next_unit": number(outlook.marginal.get(n, 0.0), source)}
            for n, r in outlook.by_channel.items()
        ],
        "left_out": money(outlook.left_out_minor, currency, "plan") if outlook.left_out_minor else None,
    }  # fmt: skip


def draft_card(call: ToolCall, distribution: Distribution, title: str) -> Card:
    """Give the table that the page shows for editing."""
    return Card("draft", title, {"distribution": DISTRIBUTION.dump_python(distribution, mode="json"),
                                 "file_id": call.desk.campaign_data.get("file_id")})  # fmt: skip
