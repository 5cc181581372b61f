"""What lies on the table at the start of a turn, told to every agent; and the distribution as the command line prints it."""

from __future__ import annotations

from typing import Any

from agents.builtin.table import MOST_NAMES
from agents.spec import Desk, ToolCall
from agents.workbench import OpenPlan, by_channel, distribution_of, open_plan, performance_of
from core.errors import AppError
from core.model.distribution import Distribution
from core.services.files import FileQuery, list_files


def desk_of(values: dict[str, Any]) -> Desk:
    """Give the table as the graph's state holds it."""
    return Desk(
        campaign_data=dict(values.get("campaign_data") or {}),
        historical_performance=dict(values.get("historical_performance") or {}),
        market_insights=dict(values.get("market_insights") or {}),
        distribution_plan=dict(values.get("distribution_plan") or {}),
        confidence_scores=dict(values.get("confidence_scores") or {}),
    )


def told_desk(call: ToolCall, *, locale: str, model: str) -> dict[str, Any]:
    """Tell what lies on the table: names and amounts of the plan, whether there is a distribution, today's date."""
    told: dict[str, Any] = {"today": str(call.rt.clock.now().date()), "locale": locale, "model": model}
    own_series = bool({"fit", "series_csv", "attached"} & call.desk.historical_performance.keys())
    told["has_performance"] = own_series or performance_of(call) is not None
    if call.desk.campaign_data.get("file_id") is None:
        return told | {"plans": [info.name for info in list_files(call.ctx, call.rt, FileQuery()).files[:8]]}
    try:
        plan = open_plan(call)
    except AppError as error:
        return told | {"unreadable": str(error), "plans": [info.name for info in list_files(call.ctx, call.rt, FileQuery()).files[:8]]}
    standing = distribution_of(call)
    data = call.desk.campaign_data
    return told | {
        "file": data["file"],
        "currency": data["currency"],
        "channels": data["channels"][:MOST_NAMES],
        "names": data["names"],
        "ambiguous": plan.names.ambiguous(),
        "markets": data["markets"][:MOST_NAMES],
        "periods": data["periods"][:40],
        **_amounts(plan, standing if standing is not None else plan.base),
        "plan_total_minor": plan.base.total_minor,
        "total_minor": standing.total_minor if standing is not None else None,
        "has_draft": standing is not None,
        "alternatives": data["alternatives"] if data.get("alternative") is None else [],
        "method": call.desk.distribution_plan.get("method") if standing is not None else None,
    }


def _amounts(plan: OpenPlan, table: Distribution) -> dict[str, Any]:
    """Tell what stands, in minor units: of each channel, each word of the plan that means certain lines, each line, month and market."""
    amounts = {row.id: row.total_minor for row in table.rows}
    words = {word: plan.names.readings(word) for word in plan.names.spelled[:200]}
    markets = list(dict.fromkeys(row.market for row in table.rows if row.market))
    lines = sorted(((plan.names.lines.get(row.id, row.label), row.total_minor) for row in table.rows), key=lambda line: -line[1])
    return {
        "amounts": {name: sum(r.total_minor for r in rows) for name, rows in by_channel(table).items()},
        "words": {w: sum(amounts.get(i, 0) for i in next(iter(ids.values()))) for w, ids in words.items() if len(ids) == 1},
        "lines": dict(lines if len(lines) <= MOST_NAMES else [*lines[: MOST_NAMES // 2], *lines[-MOST_NAMES // 2 :]]),
        "months": {p.key: sum(r.cells[n].budget_minor for r in table.rows) for n, p in enumerate(table.periods) if p.start.year > 1},
        "market_amounts": {market: sum(r.total_minor for r in table.rows if r.market == market) for market in markets},
    }


def draft_rows(distribution: Distribution) -> dict[str, Any]:
    """Give a distribution with one row an amount, as the command-line contract has it."""
    return {
        "currency": distribution.currency,
        "total_minor": distribution.total_minor,
        "rows": [
            {
                "id": f"{row.id}|{cell.period}",
                "label": row.label,
                "channel": row.channel or row.label,
                "period": cell.period,
                "market": row.market,
                "budget_minor": cell.budget_minor,
                "locked": cell.locked or row.locked,
            }
            for row in distribution.rows
            for cell in row.cells
        ],
    }
