"""A plan that is written back leaves a promise; the ledger compares it with what came, and the next fit learns from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext
from core.errors import InvalidInput
from core.model.reading import PerformanceRow
from core.runtime import Runtime
from core.services.changes import approve, get_change_set
from core.services.demo_performance import make_demo_performance
from core.services.drafts import get_draft
from core.services.forecast import forecast_distribution
from core.services.ledger import list_ledger
from core.services.pacing import pace_plan
from core.services.performance import ImportRows, import_rows
from core.services.promises import promise_plan
from core.services.response import fit_response
from core.workflows.engine import Engine
from tests.conftest import SettableClock, wait_for_job
from tests.integration.plan_in_drive import connect_plan


def test_a_written_plan_leaves_its_promises_and_the_ledger_settles_them(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine, clock: SettableClock
) -> None:
    clock.at = datetime(2025, 12, 22, 9, 0, tzinfo=UTC)  # a week before the plan begins
    plan = connect_plan(ctx, runtime, drive, "Media plan spring")
    view = plan.proposed({(0, 0): 41_000_00})
    table = get_draft(ctx, runtime, view.draft_id).distribution
    assert table.currency == "EUR"
    assert promise_plan(ctx, runtime, view.draft_id) == 0  # there are no curves yet
    channels = sorted({row.channel or row.label for row in table.rows})
    make_demo_performance(ctx, runtime, channels=channels, currency="EUR")
    fit_response(ctx, runtime, "conversions")
    approve(ctx, runtime, view.id, expected_hash=view.hash)
    job_id = get_change_set(ctx, runtime, view.id).job_id
    assert job_id is not None and wait_for_job(runtime, ctx, job_id).state == "succeeded"
    ledger = list_ledger(ctx, runtime, kpi="conversions", currency="EUR")
    assert ledger.running + len(ledger.entries) == len(channels)
    promised = forecast_distribution(ctx, runtime, table).forecast.by_channel
    _deliver_all(ctx, runtime, channels, table.periods[-1].end)
    settled = list_ledger(ctx, runtime, kpi="conversions", currency="EUR")
    assert settled.running == 0 and {line.channel for line in settled.lines} == set(channels)
    for entry in settled.entries:
        expected = promised[entry.channel]["conversions"]
        assert expected is not None and entry.promised == expected
        assert entry.at_spent != entry.promised and entry.at_spent.low <= entry.at_spent.mean <= entry.at_spent.high
    assert promise_plan(ctx, runtime, view.draft_id) == len(channels)  # not begun yet: it takes the place of the first
    clock.at = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
    assert promise_plan(ctx, runtime, view.draft_id) == 0  # begun: the first stands
    learnt = fit_response(ctx, runtime, "conversions")
    assert len(learnt.answer["channels"]) == len(channels)


def test_a_plan_is_paced_by_what_was_imported(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> None:
    plan = connect_plan(ctx, runtime, drive, "Media plan spring")
    draft = plan.draft()
    with pytest.raises(InvalidInput, match="no performance in EUR"):
        pace_plan(ctx, runtime, draft.draft_id)
    channels = sorted({row.channel or row.label for row in draft.distribution.rows})
    first = draft.distribution.periods[0].start
    rows = tuple(PerformanceRow(first + timedelta(days=n), None, channels[0], None, "EUR", 100_00, conversions=1.0) for n in range(20))
    import_rows(ctx, runtime, ImportRows("daily", rows))
    view = pace_plan(ctx, runtime, draft.draft_id)
    assert view.on == first + timedelta(days=19)
    (stand,) = view.paces
    assert (stand.line, stand.delivered_minor) == (channels[0], 2_000_00)
    assert stand.projected_minor > stand.delivered_minor and stand.state == "under"
    assert set(view.unmatched) == set(channels[1:])


def _deliver_all(ctx: AccessContext, runtime: Runtime, channels: list[str], until: date) -> None:
    first = date(2025, 12, 29)
    weeks = [first + timedelta(days=7 * n) for n in range((until - first).days // 7 + 2)]
    rows = tuple(
        PerformanceRow(week, week + timedelta(days=6), channel, None, "EUR", 5_000_00, conversions=140.0)
        for week in weeks
        for channel in channels
    )
    import_rows(ctx, runtime, ImportRows("delivered", rows))
