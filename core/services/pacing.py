"""Pacing of a plan: each channel's delivered spend against what its budget table planned to date."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from core.access import AccessContext, Permission
from core.db.tables.performance import PerformanceFact
from core.errors import InvalidInput
from core.insights.benchmarks import platform_key
from core.model.distribution import Distribution
from core.model.flight import Period
from core.planning.channels import match_name
from core.planning.pacing import Pace, PacingLine, pace
from core.runtime import Runtime
from core.services.drafts import get_draft
from core.services.flighting import spend_by_day


@dataclass(frozen=True, slots=True)
class PacingView:
    """Where a plan stands at the end of `on`; `unmatched` are channels of the plan that no performance was imported for."""

    plan: str
    currency: str
    on: date
    paces: tuple[Pace, ...]
    unmatched: tuple[str, ...]


def pace_plan(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> PacingView:
    """Compare a draft's plan with the imported performance, up to the last day that the data cover.

    Raises:
        InvalidInput: the plan has no currency or no dated periods, or there is no performance in its currency.
    """
    ctx.require(Permission.READ)
    draft = get_draft(ctx, rt, draft_id)
    table = draft.distribution
    periods = [period for period in table.periods if period.start.year > 1]
    if table.currency is None or not periods:
        raise InvalidInput(f"{draft.name} has no currency or no dated periods to pace.", hint="Settle them on the plan's page.")
    with rt.db.session(ctx) as session:
        facts = session.scalars(select(PerformanceFact).where(PerformanceFact.currency == table.currency)).all()
    if not facts:
        raise InvalidInput(f"There is no performance in {table.currency} to pace {draft.name} with.", hint="Import it on Performance.")
    on = min(max(fact.day + timedelta(days=fact.days - 1) for fact in facts), rt.clock.now().date())
    delivered = spend_by_day(facts)
    budgets = _budgets(table)
    matched = {channel: match_name(channel, list(delivered)) for channel in budgets}
    return PacingView(
        plan=draft.name,
        currency=table.currency,
        on=on,
        paces=tuple(
            pace(PacingLine(channel, tuple(budgets[channel]), delivered[name], platform_key(name)), on=on)
            for channel, name in matched.items()
            if name is not None
        ),
        unmatched=tuple(channel for channel, name in matched.items() if name is None),
    )


def _budgets(table: Distribution) -> dict[str, list[tuple[Period, int]]]:
    """Give each channel's budget by period, periods without money left out."""
    sums: dict[str, dict[Period, int]] = defaultdict(lambda: defaultdict(int))
    for row in table.rows:
        for period, cell in zip(table.periods, row.cells, strict=True):
            if cell.budget_minor > 0:
                sums[row.channel or row.label][period] += cell.budget_minor
    return {channel: sorted(by_period.items()) for channel, by_period in sums.items()}
