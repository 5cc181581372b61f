"""Drafts: a file's plan as an editable distribution in immutable versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.snapshots import unpack_reading
from core.db.tables.drafts import Draft, DraftVersion
from core.db.tables.library import File, Snapshot
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.model.distribution import Distribution
from core.model.reading import PlanTable, Question
from core.planning.allocation.problem import Curve
from core.planning.optimising import Wanted, rule_words, way_words
from core.planning.responding import Evidence, fill_by_response
from core.planning.rules import violations_of
from core.planning.splitting import Weights, even_weights, round_to_steps, spread, weights_by_row, weights_like
from core.runtime import Runtime
from core.services import activity
from core.services.curves import has_curves
from core.services.dividing import divide
from core.services.draft_views import AmountDifference, DraftSummary, DraftView, VersionInfo
from core.services.files import PlanView, open_plan
from core.services.memory import remember_plan
from core.sheets.summary import questions_of_money
from core.sheets.writing.distribution import located, plan_tables, to_distribution

DISTRIBUTION: TypeAdapter[Distribution] = TypeAdapter(Distribution)


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """A save: the edited distribution, the version it was edited from, and the line items of that version that were removed, by id."""

    draft_id: UUID
    base_version: int
    distribution: Distribution
    note: str = ""
    removed: frozenset[str] = frozenset()


Rule = Literal["even", "last_plan", "weights", "response"]


@dataclass(frozen=True, slots=True)
class DistributeRequest:
    """Fill a distribution by rule.

    Attributes:
        distribution: as edited so far; its locks and bounds hold.
        total_minor: what to spread; None keeps the fixed total, else the present one.
        weights: by row id, for the rule `weights`.
        curves: response curves by row id or channel, for the rule `response`; none given: the workspace's own. Rows without one are taken
            to be concave around the plan as it is.
        step_minor: round amounts to multiples of this.
    """

    draft_id: UUID
    distribution: Distribution
    rule: Rule
    total_minor: int | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    step_minor: int = 1


def create_draft(ctx: AccessContext, rt: Runtime, file_id: UUID, *, draft_id: UUID | None = None) -> DraftView:
    """Start a draft from a file as it was last read; its first version is the sheet itself.

    Args:
        draft_id: the id it gets, for a caller that may have to do it again after a crash.

    Raises:
        InvalidInput: nothing to plan with in the file.
    """
    ctx.require(Permission.EDIT_DRAFT)
    plan = open_plan(ctx, rt, file_id)
    distribution = to_distribution(_tables_to_plan(plan), plan.workbook)
    with rt.db.session(ctx) as session:
        draft = Draft(
            id=draft_id if draft_id is not None else uuid4(),
            workspace_id=ctx.workspace_id,
            file_id=file_id,
            base_snapshot_id=plan.snapshot_id,
            name=plan.file.name,
            newest_version=1,
            created_by=ctx.actor_id,
            created_at=rt.clock.now(),
        )
        session.add(draft)
        session.flush()
        version = add_version(session, ctx, rt, draft, 1, distribution=distribution, note="As read from the sheet")
        activity.record(session, ctx, "started a draft of", draft.name, draft_id=str(draft.id), file_id=str(file_id))
        return _view(draft, version)


def _tables_to_plan(plan: PlanView) -> tuple[PlanTable, ...]:
    """Choose the tables to plan with; where an open question keeps their amounts unread, the refusal says so."""
    try:
        return plan_tables(plan.reading)
    except InvalidInput as error:
        if not questions_of_money(plan.reading):
            raise
        told = f"{plan.file.name} has no amounts to plan with: a question about them is open."
        raise InvalidInput(told, hint="Answer it above the sheet, then plan.") from error


def get_draft(ctx: AccessContext, rt: Runtime, draft_id: UUID, version: int | None = None) -> DraftView:
    """Give a version of a draft, the newest when none is named."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        draft = draft_row(session, draft_id)
        return _view(draft, _version_row(session, draft, version))


def open_questions(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> tuple[Question, ...]:
    """List what is still open about the money of the sheet that a draft was started from; until it is answered nothing is proposed."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        draft = draft_row(session, draft_id)
        packed = session.execute(select(Snapshot.reading).where(Snapshot.id == draft.base_snapshot_id)).scalar_one()
    return questions_of_money(unpack_reading(packed))


def read_distribution(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> Distribution:
    """Give the sheet as it was read last for a draft: what its amounts are compared with."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        draft = draft_row(session, draft_id)
    plan = open_plan(ctx, rt, draft.file_id, snapshot_id=draft.base_snapshot_id)
    return to_distribution(plan_tables(plan.reading), plan.workbook)


def save_version(ctx: AccessContext, rt: Runtime, request: SaveDraft) -> DraftView:
    """Save an edited distribution as the next version.

    Raises:
        Conflict: someone saved a later version in the meantime; nothing was saved.
        RuleViolation: rules are broken, all of them listed; nothing was saved.
    """
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        draft = draft_row(session, request.draft_id, lock=True)
        newest = _version_row(session, draft, None)
        if draft.newest_version != request.base_version:
            raise Conflict(
                f"{newest.author_name} saved version {draft.newest_version} of {draft.name} in the meantime.",
                hint="Compare it with yours under Versions; your edits are still in the table.",
            )
        before = DISTRIBUTION.validate_python(newest.distribution)
        violations = violations_of(request.distribution, before=before, removed=request.removed)
        if violations:
            raise RuleViolation("The plan cannot be saved as it is.", violations=violations, hint="Correct these and save again.")
        draft.newest_version += 1
        version = add_version(
            session, ctx, rt, draft, draft.newest_version, distribution=request.distribution, note=request.note.strip()[:500]
        )
        activity.record(session, ctx, "saved", draft.name, draft_id=str(draft.id), version=draft.newest_version)
        saved = _view(draft, version)
    remember_plan(ctx, rt, saved)
    return saved


def restore_version(ctx: AccessContext, rt: Runtime, draft_id: UUID, *, version: int, base_version: int) -> DraftView:
    """Make an older version the newest again, as a new version; nothing is lost."""
    ctx.require(Permission.EDIT_DRAFT)
    sheet = read_distribution(ctx, rt, draft_id)
    with rt.db.session(ctx) as session:
        draft = draft_row(session, draft_id, lock=True)
        if draft.newest_version != base_version:
            raise Conflict(f"Version {draft.newest_version} of {draft.name} was saved in the meantime.", hint="Look at it first.")
        older = _version_row(session, draft, version)
        moved = _misplaced(DISTRIBUTION.validate_python(older.distribution), sheet)
        if moved:
            raise Conflict(
                f"Rows have come and gone in the sheet since version {version}: {moved} is not where it was.",
                hint="Look at that version and take over its amounts by hand.",
            )
        draft.newest_version += 1
        distribution = DISTRIBUTION.validate_python(older.distribution)
        row = add_version(session, ctx, rt, draft, draft.newest_version, distribution=distribution, note=f"Version {version} restored")
        activity.record(session, ctx, f"restored version {version} of", draft.name, draft_id=str(draft.id), version=draft.newest_version)
        return _view(draft, row)


def _misplaced(version: Distribution, sheet: Distribution) -> str | None:
    """Name a line item of a version whose row says something else in the sheet by now."""
    labels = {row.id: row.label for row in sheet.rows}
    return next((row.label for row in version.rows if row.source_tab is not None and labels.get(row.id) != row.label), None)


def list_versions(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> tuple[VersionInfo, ...]:
    """List the versions of a draft, newest first."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        draft = draft_row(session, draft_id)
        rows = session.scalars(select(DraftVersion).where(DraftVersion.draft_id == draft.id).order_by(DraftVersion.version.desc())).all()
    return tuple(VersionInfo(row.version, row.author_name, row.saved_at, row.note, _total(row.distribution)) for row in rows)


def compare_versions(ctx: AccessContext, rt: Runtime, draft_id: UUID, *, was: int, now: int) -> tuple[AmountDifference, ...]:
    """List the amounts that differ between two versions, in the order of the later one."""
    ctx.require(Permission.READ)
    older, newer = get_draft(ctx, rt, draft_id, was), get_draft(ctx, rt, draft_id, now)
    return differences(older.distribution, newer.distribution)


def differences(was: Distribution, now: Distribution) -> tuple[AmountDifference, ...]:
    """List the amounts in which two distributions differ."""
    before = {(row.id, cell.period): cell.budget_minor for row in was.rows for cell in row.cells}
    after = {(row.id, cell.period): cell.budget_minor for row in now.rows for cell in row.cells}
    labels = {row.id: row.name for row in (*was.rows, *now.rows)}
    keys = [*after, *(key for key in before if key not in after)]
    return tuple(
        AmountDifference(row_id, labels[row_id], period, before.get((row_id, period)), after.get((row_id, period)))
        for row_id, period in keys
        if before.get((row_id, period)) != after.get((row_id, period))
    )


def list_drafts(ctx: AccessContext, rt: Runtime, *, file_id: UUID | None = None) -> list[DraftSummary]:
    """List the drafts of the workspace, or of one file, last saved first."""
    ctx.require(Permission.READ)
    newest = (DraftVersion.draft_id == Draft.id) & (DraftVersion.version == Draft.newest_version)
    query = select(Draft, DraftVersion, File.name).join(DraftVersion, newest).join(File, File.id == Draft.file_id)
    if file_id is not None:
        query = query.where(Draft.file_id == file_id)
    with rt.db.session(ctx) as session:
        rows = session.execute(query.order_by(DraftVersion.saved_at.desc())).all()
    return [
        DraftSummary(
            draft_id=draft.id,
            file_id=draft.file_id,
            file_name=file_name,
            name=draft.name,
            version=version.version,
            author=version.author_name,
            saved_at=version.saved_at,
            note=version.note,
            currency=version.distribution["currency"],
            total_minor=_total(version.distribution),
            line_items=len(version.distribution["rows"]),
        )
        for draft, version, file_name in rows
    ]


def check(ctx: AccessContext, rt: Runtime, draft_id: UUID, distribution: Distribution) -> tuple[str, ...]:
    """List what would keep an edited distribution from being saved."""
    ctx.require(Permission.READ)
    draft = get_draft(ctx, rt, draft_id)
    return violations_of(distribution, before=draft.distribution)


def distribute(ctx: AccessContext, rt: Runtime, request: DistributeRequest) -> Distribution:
    """Fill a distribution by rule within its locks and bounds, exact to the minor unit; nothing is saved.

    Raises:
        RuleViolation: locks and bounds cannot hold with the total.
    """
    ctx.require(Permission.EDIT_DRAFT)
    first = read_distribution(ctx, rt, request.draft_id)
    plan, total = request.distribution, _total_wanted(request)
    if total < 0 or request.step_minor < 1:
        raise InvalidInput("The total and the rounding step must be above zero.")
    if request.rule == "response":
        if not request.curves and has_curves(ctx, rt, plan):
            return round_to_steps(_divided(ctx, rt, plan, total), request.step_minor)
        evidence = Evidence(first, _outcomes(ctx, rt, request.draft_id), request.curves)
        return fill_by_response(plan, total, evidence, step_minor=request.step_minor)
    return spread(plan, total, _weights(request, first), step_minor=request.step_minor)


def _divided(ctx: AccessContext, rt: Runtime, plan: Distribution, total_minor: int) -> Distribution:
    """Fill by the workspace's own curves, as the planner's Optimise does."""
    found = divide(ctx, rt, plan, Wanted(budget_minor=total_minor))
    if found.result.status == "infeasible":
        ways_out = [way_words(way.rule, way.to, plan) for way in found.result.relaxations]
        raise RuleViolation(
            "The amounts that are locked or bounded do not fit the total.",
            violations=[*(f"{rule_words(rule, plan)} cannot hold together with the others named here." for rule in found.result.conflict)],
            hint=" ".join(ways_out[:3]),
        )
    return found.table


def _outcomes(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> dict[str, float]:
    """Give the responses that the sheet itself expects of each line item: the deepest metric that every one of them states."""
    draft = get_draft(ctx, rt, draft_id)
    plan = open_plan(ctx, rt, draft.file_id, snapshot_id=draft.base_snapshot_id)
    places = located(plan_tables(plan.reading), draft.distribution.rows)
    rows = {row.id: places[row.id][1].metrics if row.id in places else {} for row in draft.distribution.rows}
    for name in ("conversions", "leads", "clicks", "views", "impressions"):
        stated = {row_id: value for row_id, found in rows.items() if (value := found.get(name)) is not None and value > 0}
        if len(stated) == len(rows):
            return {row_id: float(value) for row_id, value in stated.items()}
    return {}


def _total_wanted(request: DistributeRequest) -> int:
    if request.total_minor is not None:
        return request.total_minor
    fixed = request.distribution.fixed_total_minor
    return request.distribution.total_minor if fixed is None else fixed


def _weights(request: DistributeRequest, first: Distribution) -> Weights:
    if request.rule == "even":
        return even_weights(request.distribution)
    if request.rule == "last_plan":
        return weights_like(first)
    if any(weight < 0 for weight in request.weights.values()) or not any(request.weights.values()):
        raise InvalidInput("Weights must not be negative and not all zero.", hint="Give at least one line item a weight.")
    return weights_by_row(request.distribution, request.weights)


def draft_row(session: Session, draft_id: UUID, *, lock: bool = False) -> Draft:
    """Give the row, locked against other saves when asked; NotFound when the workspace has none of this id."""
    draft = session.get(Draft, draft_id, with_for_update=lock)
    if draft is None:
        raise NotFound("This draft does not exist in this workspace.", hint="Open a plan and start one.")
    return draft


def _version_row(session: Session, draft: Draft, version: int | None) -> DraftVersion:
    wanted = draft.newest_version if version is None else version
    query = select(DraftVersion).where(DraftVersion.draft_id == draft.id, DraftVersion.version == wanted)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFound(f"{draft.name} has no version {wanted}.")
    return row


def add_version(
    session: Session, ctx: AccessContext, rt: Runtime, draft: Draft, number: int, *, distribution: Distribution, note: str
) -> DraftVersion:
    """Add a version to a draft that is locked."""
    row = DraftVersion(
        workspace_id=ctx.workspace_id,
        draft_id=draft.id,
        version=number,
        author_id=ctx.actor_id,
        author_name=ctx.actor_name,
        saved_at=rt.clock.now(),
        note=note,
        distribution=DISTRIBUTION.dump_python(distribution, mode="json"),
    )
    session.add(row)
    session.flush()
    return row


def _view(draft: Draft, version: DraftVersion) -> DraftView:
    return DraftView(
        draft_id=draft.id,
        file_id=draft.file_id,
        name=draft.name,
        version=version.version,
        distribution=DISTRIBUTION.validate_python(version.distribution),
        author=version.author_name,
        saved_at=version.saved_at,
        note=version.note,
        base_snapshot_id=draft.base_snapshot_id,
        newest_version=draft.newest_version,
    )


def _total(packed: Mapping[str, Any]) -> int:
    return sum(cell["budget_minor"] for row in packed["rows"] for cell in row["cells"])
