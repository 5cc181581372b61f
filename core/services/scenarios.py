"""Scenarios of a draft: optimised by a durable job or saved by hand, compared, copied, one of them marked as the plan."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.scenarios import Scenario
from core.errors import InvalidInput, NotFound
from core.model.distribution import Distribution
from core.planning.history import Kpi
from core.planning.optimising import Wanted
from core.runtime import Runtime
from core.services import activity
from core.services.drafts import DISTRIBUTION, draft_row
from core.services.optimisation import Outcome, ensure_curves, frontier, judge_table, optimise_table
from core.services.response import latest_fit

JOB_KIND = "planning"
_WANTED: TypeAdapter[Wanted] = TypeAdapter(Wanted)
_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


@dataclass(frozen=True, slots=True)
class OptimiseRequest:
    """Optimise a draft's table as edited so far; `name` names the scenario, made up when empty."""

    draft_id: UUID
    distribution: Distribution
    wanted: Wanted
    name: str = ""


@dataclass(frozen=True, slots=True)
class KeepScenario:
    """Keep a table of a draft as a named scenario; `kpi` is what it is judged by, None takes what the draft was planned for."""

    draft_id: UUID
    name: str
    distribution: Distribution
    kpi: Kpi | None = None


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """A scenario.

    Attributes:
        state: `waiting` for its job, `ready`, `partial` (judged but not optimised: the notes say why), `impossible` (the rules clash).
        outcome: None while waiting. wanted: what was asked for, None where it was kept by hand.
    """

    scenario_id: UUID
    draft_id: UUID
    name: str
    state: str
    job_id: str | None
    distribution: Distribution
    outcome: Outcome | None
    is_plan: bool
    created_by: str
    created_at: datetime
    wanted: Wanted | None = None


def start_optimisation(ctx: AccessContext, rt: Runtime, request: OptimiseRequest) -> ScenarioView:
    """Make a scenario and start the job that optimises it; the page may be closed meanwhile."""
    ctx.require(Permission.EDIT_DRAFT)
    now = rt.clock.now()
    with rt.db.session(ctx) as session:
        draft = draft_row(session, request.draft_id)
        scenario = _new(ctx, rt, draft.id, request.name or f"Optimised {now:%d %b %H:%M}", request.distribution)
        campaign = re.sub(r"[^a-z0-9]+", "-", draft.name.lower()).strip("-")[:40]
        scenario.state, scenario.wanted = "waiting", _WANTED.dump_python(request.wanted, mode="json")
        scenario.job_id = f"planning-{campaign}-{now:%Y%m%dT%H%M%S}-{scenario.id.hex[:6]}"
        session.add(scenario)
        activity.record(session, ctx, "started optimising", draft.name, draft_id=str(draft.id), scenario_id=str(scenario.id))
        session.flush()
        view = _view(scenario)
    assert view.job_id is not None
    rt.jobs.start(ctx, JOB_KIND, job_id=view.job_id, payload={"scenario_id": str(view.scenario_id)})
    return view


def gather_for(ctx: AccessContext, rt: Runtime, scenario_id: UUID) -> str:
    """See to it that there are curves for a scenario; gives the id of the fit. InvalidInput when there is nothing to fit."""
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        row = scenario_row(session, scenario_id)
        wanted, currency = _WANTED.validate_python(row.wanted), row.base["currency"]
    return ensure_curves(ctx, rt, wanted, currency=currency)


def analyse_scenario(ctx: AccessContext, rt: Runtime, scenario_id: UUID) -> str:
    """Optimise a waiting scenario and keep the answer; gives its new state. Doing it again changes nothing."""
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        row = scenario_row(session, scenario_id)
        if row.state != "waiting":
            return row.state
        base, wanted = DISTRIBUTION.validate_python(row.base), _WANTED.validate_python(row.wanted)
    answer = optimise_table(ctx, rt, base, wanted)
    return _keep(ctx, rt, scenario_id, answer.distribution, answer.outcome)


def add_frontier(ctx: AccessContext, rt: Runtime, scenario_id: UUID) -> int:
    """Add the outcome that other budgets could reach; gives how many points."""
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        row = scenario_row(session, scenario_id)
        base, wanted = DISTRIBUTION.validate_python(row.base), _WANTED.validate_python(row.wanted)
        outcome = _OUTCOME.validate_python(row.outcome)
    points = frontier(ctx, rt, base, wanted)
    with rt.db.session(ctx) as session:
        scenario_row(session, scenario_id).outcome = _OUTCOME.dump_python(replace(outcome, frontier=points), mode="json")
    return len(points)


def keep_partial(ctx: AccessContext, rt: Runtime, scenario_id: UUID, reason: str) -> str:
    """Keep what can be said without an optimum: the table as it was, judged, and why there is no more."""
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        row = scenario_row(session, scenario_id)
        if row.state != "waiting":
            return row.state
        base = DISTRIBUTION.validate_python(row.base)
    outcome = judge_table(ctx, rt, base, base=base, notes=(f"Not optimised: {reason}",))
    return _keep(ctx, rt, scenario_id, base, outcome, state="partial")


def newest_run(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> ScenarioView | None:
    """Give the draft's newest planning run, whoever started it; None where there is none or the person has put its answer away."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        draft_row(session, draft_id)
        chosen = select(Scenario).where(Scenario.draft_id == draft_id, Scenario.job_id.is_not(None))
        row = session.scalars(chosen.order_by(Scenario.created_at.desc(), Scenario.id).limit(1)).one_or_none()
        return None if row is None or str(ctx.actor_id) in row.read_by else _view(row)


def put_away(ctx: AccessContext, rt: Runtime, scenario_id: UUID) -> None:
    """Remember that the person has seen a planning run's answer; it stays among the scenarios."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        row = scenario_row(session, scenario_id)
        row.read_by = sorted({*row.read_by, str(ctx.actor_id)})


def save_scenario(ctx: AccessContext, rt: Runtime, request: KeepScenario) -> ScenarioView:
    """Keep a table as a named scenario, judged by the curves of its KPI.

    Raises:
        InvalidInput: no name.
    """
    ctx.require(Permission.EDIT_DRAFT)
    _check_name(request.name)
    table = request.distribution
    kpi = _planned_for(ctx, rt, request.draft_id, table.currency) if request.kpi is None else request.kpi
    outcome = judge_table(ctx, rt, table, base=table, wanted=Wanted(kpi=kpi))
    with rt.db.session(ctx) as session:
        draft = draft_row(session, request.draft_id)
        scenario = _new(ctx, rt, draft.id, request.name, table)
        scenario.outcome = _OUTCOME.dump_python(outcome, mode="json")
        session.add(scenario)
        activity.record(session, ctx, "saved a scenario of", draft.name, draft_id=str(draft.id), scenario_id=str(scenario.id))
        session.flush()
        return _view(scenario)


def _planned_for(ctx: AccessContext, rt: Runtime, draft_id: UUID, currency: str | None) -> Kpi | None:
    """Give the KPI that a draft was planned for last, else conversions where curves count them, else whatever they count."""
    with rt.db.session(ctx) as session:
        draft_row(session, draft_id)
        chosen = select(Scenario.outcome["kpi"].astext).where(Scenario.draft_id == draft_id, Scenario.outcome["kpi"].astext.is_not(None))
        newest = session.scalars(chosen.order_by(Scenario.created_at.desc(), Scenario.id).limit(1)).one_or_none()
    if newest is not None:
        return cast(Kpi, newest)
    return "conversions" if latest_fit(ctx, rt, "conversions", currency=currency) is not None else None


def list_scenarios(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> list[ScenarioView]:
    """List a draft's scenarios: the plan first, then the newest."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        draft_row(session, draft_id)
        order = Scenario.is_plan.desc(), Scenario.created_at.desc(), Scenario.id
        rows = session.scalars(select(Scenario).where(Scenario.draft_id == draft_id).order_by(*order)).all()
    return [_view(row) for row in rows]


def get_scenario(ctx: AccessContext, rt: Runtime, scenario_id: UUID) -> ScenarioView:
    """Give one scenario."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        return _view(scenario_row(session, scenario_id))


def copy_scenario(ctx: AccessContext, rt: Runtime, scenario_id: UUID, *, name: str) -> ScenarioView:
    """Copy a scenario under another name."""
    ctx.require(Permission.EDIT_DRAFT)
    _check_name(name)
    with rt.db.session(ctx) as session:
        source = scenario_row(session, scenario_id)
        if source.state == "waiting":
            raise InvalidInput(f"{source.name} is still being optimised.", hint="Copy it when it is done.")
        copy = _new(ctx, rt, source.draft_id, name, DISTRIBUTION.validate_python(source.distribution))
        copy.base, copy.wanted, copy.outcome, copy.state = source.base, source.wanted, source.outcome, source.state
        session.add(copy)
        session.flush()
        return _view(copy)


def rename_scenario(ctx: AccessContext, rt: Runtime, scenario_id: UUID, *, name: str) -> ScenarioView:
    """Give a scenario another name."""
    ctx.require(Permission.EDIT_DRAFT)
    _check_name(name)
    with rt.db.session(ctx) as session:
        row = scenario_row(session, scenario_id)
        row.name = name.strip()
        return _view(row)


def mark_as_plan(ctx: AccessContext, rt: Runtime, scenario_id: UUID) -> ScenarioView:
    """Mark one scenario of its draft as the plan; the others are no longer.

    Raises:
        InvalidInput: it is waiting or impossible.
    """
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        row = scenario_row(session, scenario_id)
        if row.state not in ("ready", "partial"):
            raise InvalidInput(f"{row.name} has no table that could be the plan.")
        session.execute(update(Scenario).where(Scenario.draft_id == row.draft_id).values(is_plan=False))
        session.refresh(row)
        row.is_plan = True
        activity.record(session, ctx, "marked as the plan", row.name, draft_id=str(row.draft_id), scenario_id=str(row.id))
        session.flush()
        return _view(row)


def delete_scenario(ctx: AccessContext, rt: Runtime, scenario_id: UUID) -> None:
    """Remove a scenario; drafts and sheets stay as they are."""
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        row = scenario_row(session, scenario_id)
        session.delete(row)
        activity.record(session, ctx, "removed the scenario", row.name, draft_id=str(row.draft_id))


def scenario_row(session: Session, scenario_id: UUID) -> Scenario:
    """Give the row; NotFound when the workspace has none of this id."""
    row = session.get(Scenario, scenario_id)
    if row is None:
        raise NotFound("This scenario does not exist in this workspace.", hint="It may have been removed.")
    return row


def _check_name(name: str) -> None:
    if not 0 < len(name.strip()) <= 80:
        raise InvalidInput("A scenario needs a name of at most 80 characters.")


def _new(ctx: AccessContext, rt: Runtime, draft_id: UUID, name: str, distribution: Distribution) -> Scenario:
    packed: dict[str, Any] = DISTRIBUTION.dump_python(distribution, mode="json")
    return Scenario(
        id=uuid4(),
        workspace_id=ctx.workspace_id,
        draft_id=draft_id,
        name=name.strip()[:80],
        state="ready",
        job_id=None,
        base=packed,
        wanted={},
        distribution=packed,
        outcome={},
        is_plan=False,
        created_by_name=ctx.actor_name,
        created_at=rt.clock.now(),
    )


def _keep(ctx: AccessContext, rt: Runtime, scenario_id: UUID, table: Distribution, outcome: Outcome, *, state: str = "ready") -> str:
    with rt.db.session(ctx) as session:
        row = scenario_row(session, scenario_id)
        row.distribution = DISTRIBUTION.dump_python(table, mode="json")
        row.outcome = _OUTCOME.dump_python(outcome, mode="json")
        row.state = "impossible" if outcome.status == "infeasible" else state
        return row.state


def _view(row: Scenario) -> ScenarioView:
    return ScenarioView(
        scenario_id=row.id,
        draft_id=row.draft_id,
        name=row.name,
        state=row.state,
        job_id=row.job_id,
        distribution=DISTRIBUTION.validate_python(row.distribution),
        outcome=_OUTCOME.validate_python(row.outcome) if row.outcome else None,
        is_plan=row.is_plan,
        created_by=row.created_by_name,
        created_at=row.created_at,
        wanted=_WANTED.validate_python(row.wanted) if row.wanted else None,
    )
