"""What a written plan promises by channel, kept for the ledger."""

from __future__ import annotations

from uuid import UUID

from core.access import AccessContext, Permission
from core.runtime import Runtime
from core.services.changes import change_set_row
from core.services.drafts import get_draft
from core.services.forecast import forecast_distribution
from core.services.ledger import PlanPromises, Promise, keep_promises


def promise_written(ctx: AccessContext, rt: Runtime, change_set_id: UUID) -> int:
    """Keep what the plan of an applied change set promises; gives how many channels."""
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        draft_id = change_set_row(session, change_set_id).draft_id
    return promise_plan(ctx, rt, draft_id)


def promise_plan(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> int:
    """Keep what a draft's plan promises by channel, from its first to its last period with money; gives how many channels.

    Nothing is promised (0) without response curves in the plan's currency.
    """
    ctx.require(Permission.EDIT_DRAFT)
    draft = get_draft(ctx, rt, draft_id)
    table, view = draft.distribution, forecast_distribution(ctx, rt, draft.distribution)
    if view.kpi is None or table.currency is None:
        return 0
    promises = []
    for channel, expected in view.forecast.by_channel.items():
        rows = [row for row in table.rows if (row.channel or row.label) == channel]
        live = [i for i in range(len(table.periods)) if any(row.cells[i].budget_minor > 0 for row in rows)]
        outcome = expected[view.kpi]
        if live and outcome is not None and view.forecast.basis[channel].startswith("response curve"):
            spend = sum(row.total_minor for row in rows)
            promises.append(Promise(channel, table.periods[live[0]].start, table.periods[live[-1]].end, spend, outcome))
    return keep_promises(ctx, rt, PlanPromises(draft.name, view.kpi, table.currency, tuple(promises)))
