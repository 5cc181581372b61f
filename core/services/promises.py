"""What a written plan promises by channel, kept for the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from core.access import AccessContext, Permission
from core.model.distribution import Distribution
from core.model.interval import Interval
from core.planning.flighting import is_dated
from core.planning.optimising import channel_of
from core.runtime import Runtime
from core.services.changes import change_set_row
from core.services.drafts import get_draft
from core.services.forecast import forecast_distribution
from core.services.ledger import PlanPromises, Promise, held_until, keep_promises

_OTHER_SPENDS = (0.5, 0.75, 1.25, 1.5, 2.0)  # flights that spend otherwise than planned are read against these


def promise_written(ctx: AccessContext, rt: Runtime, change_set_id: UUID) -> int:
    """Keep what the plan of an applied change set promises; gives how many channels."""
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id)
        draft_id, version = row.draft_id, row.draft_version
    return promise_plan(ctx, rt, draft_id, version=version)


def promise_plan(ctx: AccessContext, rt: Runtime, draft_id: UUID, *, version: int | None = None) -> int:
    """Keep what a draft's plan promises by channel for what has not begun yet; gives how many channels.

    Nothing is promised (0) without response curves in the plan's currency. A channel is promised from its first to its last period with
    money among those that start after today and after the flight that an earlier promise holds it to.
    """
    ctx.require(Permission.EDIT_DRAFT)
    draft = get_draft(ctx, rt, draft_id, version)
    table = _to_come(draft.distribution, rt.clock.now().date(), held_until(ctx, rt, draft.name))
    if table.total_minor == 0 or table.currency is None:
        return 0
    view = forecast_distribution(ctx, rt, table)
    if view.kpi is None:
        return 0
    others = {share: forecast_distribution(ctx, rt, _scaled(table, share), kpi=view.kpi).forecast.by_channel for share in _OTHER_SPENDS}
    promises = []
    for channel, expected in view.forecast.by_channel.items():
        rows = [row for row in table.rows if channel_of(row) == channel]
        live = [i for i in range(len(table.periods)) if any(row.cells[i].budget_minor > 0 for row in rows)]
        outcome = expected[view.kpi]
        if live and outcome is not None and view.forecast.basis[channel].startswith("response curve"):
            spend = sum(row.total_minor for row in rows)
            found = [(round(share * spend), others[share][channel][view.kpi]) for share in _OTHER_SPENDS]
            points: list[tuple[int, Interval]] = [(spend, outcome), *((at, one) for at, one in found if one is not None)]
            promises.append(Promise(channel, table.periods[live[0]].start, table.periods[live[-1]].end, spend, outcome, tuple(points)))
    return keep_promises(ctx, rt, PlanPromises(draft.name, view.kpi, table.currency, tuple(promises)))


def _to_come(table: Distribution, today: date, held: Mapping[str, date]) -> Distribution:
    """Give the part of a plan that has not begun and that no earlier promise covers."""
    if not is_dated(table.periods):
        return replace(table, rows=())
    ahead = [i for i, period in enumerate(table.periods) if period.start > today]
    periods = tuple(table.periods[i] for i in ahead)
    rows = []
    for row in table.rows:
        until = held.get(channel_of(row), today)
        cells = (row.cells[i] if table.periods[i].start > until else replace(row.cells[i], budget_minor=0) for i in ahead)
        rows.append(replace(row, cells=tuple(cells)))
    return replace(table, periods=periods, rows=tuple(rows), fixed_total_minor=None)


def _scaled(table: Distribution, share: float) -> Distribution:
    rows = (
        replace(row, cells=tuple(replace(cell, budget_minor=round(share * cell.budget_minor)) for cell in row.cells)) for row in table.rows
    )
    return replace(table, rows=tuple(rows))
