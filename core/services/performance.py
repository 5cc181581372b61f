"""Delivered performance of a workspace: imported from files, kept by channel, market and day, given by week."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.performance import PerformanceFact, PerformanceImport
from core.errors import InvalidInput, NotFound
from core.model.money import to_major, to_minor
from core.model.reading import PerformanceRow
from core.planning.history import LONGEST_FACT_DAYS, Fact, History, weekly_history
from core.runtime import Runtime
from core.services import activity
from core.services.files import PlanView, get_file, open_plan
from core.services.ledger import close_flights
from core.sheets.performance import read_plain_table

_BATCH = 2000
_NEEDS_DAYS = "Export it again by day or by week: add that segment or breakdown to the report on the platform."
_PLATFORMS = {"dv360": "DV360", "tiktok_ads": "TikTok Ads", "linkedin_ads": "LinkedIn Ads", "vk_ads": "VK Ads"}
_MEASURES = ("spend_minor", "impressions", "clicks", "conversions", "value_minor")


@dataclass(frozen=True, slots=True)
class ImportFile:
    """Import a file the workspace knows. `channel` and `currency` stand in where its rows do not say."""

    file_id: UUID
    channel: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class ImportRows:
    """Import rows that were read already; `is_made` marks made data for good."""

    name: str
    rows: tuple[PerformanceRow, ...]
    file_id: UUID | None = None
    channel: str | None = None
    currency: str | None = None
    is_made: bool = False
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import; `skipped` says in plain words what was left out and why, `currency` is that of most rows of one just made."""

    import_id: UUID
    name: str
    rows: int
    is_made: bool
    imported_at: datetime
    skipped: tuple[str, ...] = ()
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class PerformanceView:
    """A workspace's performance by week.

    Attributes:
        history: None when nothing was imported yet, or too little: `lacks` says then what is missing.
        currency: the one asked for, else that with the most facts; facts in `other_currencies` are not in `history`.
        through: last day covered; is_made: some of it is made data.
    """

    history: History | None
    currency: str | None
    other_currencies: tuple[str, ...]
    through: date | None
    is_made: bool
    imports: tuple[ImportView, ...]
    lacks: str | None = None


def import_performance(ctx: AccessContext, rt: Runtime, request: ImportFile) -> ImportView:
    """Take in a platform's export, or a table of date, channel, spend and results, from a file as it was last read.

    Raises:
        InvalidInput: nothing in it can be used, or the currency is not said anywhere; nothing was changed.
    """
    ctx.require(Permission.CONNECT)
    view = open_plan(ctx, rt, request.file_id)
    rows, currency, platform, skipped = _rows_of(view, request.currency)
    return import_rows(
        ctx,
        rt,
        ImportRows(
            name=view.file.name,
            rows=rows,
            file_id=request.file_id,
            channel=request.channel or platform,
            currency=currency or request.currency,
            skipped=(*skipped, *_open_points(view, request)),
        ),
    )


def _rows_of(view: PlanView, named: str | None) -> tuple[tuple[PerformanceRow, ...], str | None, str | None, tuple[str, ...]]:
    """Prefer what the reader took for an export; else read a plain table. `named` is the currency of rows that leave it open.

    Raises:
        InvalidInput: an export whose rows have no days, or nothing that is a table of performance.
    """
    exports = [table for table in view.reading.performance if any(row.start is not None for row in table.rows)]
    if exports:
        platform, first = exports[0].platform, exports[0]
        asked = {question.tab for question in view.reading.questions if question.kind == "currency"}
        rows = tuple(_in_currency(row, named, is_open=table.tab in asked) for table in exports for row in table.rows)
        name = _PLATFORMS.get(platform, platform.replace("_", " ").title()) if platform else None
        return rows, named or first.currency if first.tab in asked else first.currency, name, ()
    try:
        table = read_plain_table(view.workbook)
    except InvalidInput:
        if not (count := sum(len(table.rows) for table in view.reading.performance)):
            raise
        asks = any(question.kind in ("ambiguous_date", "missing_year") for question in view.reading.questions)
        hint = "Answer the question about its dates on the page of the file." if asks else _NEEDS_DAYS
        raise InvalidInput(f"{view.file.name}: {count} rows were read, and none says on which day it was delivered.", hint=hint) from None
    return tuple(_in_currency(row, named, is_open=False) for row in table.rows), table.currency, None, table.skipped


def _in_currency(row: PerformanceRow, currency: str | None, *, is_open: bool) -> PerformanceRow:
    """Give a row whose currency was open in the one that a person named, its amounts in that one's minor units."""
    if currency is None or not (row.currency is None or is_open):
        return row
    spend, value = (
        None if minor is None else to_minor(to_major(minor, row.currency), currency) for minor in (row.spend_minor, row.value_minor)
    )
    if row.spend_exact is not None:
        spend = to_minor(row.spend_exact, currency)
    return replace(row, currency=currency, spend_minor=spend, value_minor=value)


def _open_points(view: PlanView, request: ImportFile) -> tuple[str, ...]:
    """Say what the reader still asks about an export, and what it chose among."""
    tabs = {table.tab for table in view.reading.performance}
    asked = [q for q in view.reading.questions if q.tab in tabs and not (q.kind == "currency" and request.currency is not None)]
    chosen = [w.message for w in view.reading.warnings if w.tab in tabs and w.code in ("several_costs", "with_vat", "budget_beside_spend")]
    return (*(f"Still open: {question.text}: {question.why}." for question in asked), *chosen)


def import_rows(ctx: AccessContext, rt: Runtime, request: ImportRows) -> ImportView:
    """Keep rows as facts; the same channel, market and day imported again, alone or within a week, is replaced.

    Raises:
        InvalidInput: no row can be used; nothing was changed.
    """
    ctx.require(Permission.CONNECT)
    if request.file_id is not None:
        get_file(ctx, rt, request.file_id)
    facts, skipped = _facts(request)
    if not facts:
        raise InvalidInput(
            f"{request.name}: none of its {len(request.rows)} rows can be used.",
            hint=skipped[0] if skipped else "Rows need a date of a day or week, a channel, and spend or results.",
        )
    entry = PerformanceImport(
        id=uuid4(),
        workspace_id=ctx.workspace_id,
        name=request.name,
        file_id=request.file_id,
        is_made=request.is_made,
        rows=len(facts),
        imported_by=ctx.actor_id,
        imported_at=rt.clock.now(),
    )
    with rt.db.session(ctx) as session:
        session.add(entry)
        session.flush()
        cut = _make_room(session, facts)
        _upsert(session, ctx, entry.id, facts)
        activity.record(session, ctx, "imported performance", request.name, rows=len(facts), is_made=request.is_made)
    close_flights(ctx, rt)
    weeks = "1 earlier week was" if cut == 1 else f"{cut} earlier weeks were"
    said = [f"{weeks} replaced whole: these rows cover only a part."] if cut else []
    left_out = (*request.skipped, *skipped, *said)
    currency = Counter(currency for _, _, currency, _ in facts).most_common(1)[0][0]
    return ImportView(entry.id, entry.name, entry.rows, entry.is_made, entry.imported_at, left_out, currency)


@dataclass(slots=True)
class _Total:
    """Rows of one channel, market, currency and day added up; a measure stays None while no row carries it."""

    days: int = 1
    spend_minor: int = 0
    impressions: float | None = None
    clicks: float | None = None
    conversions: float | None = None
    value_minor: int | None = None

    def add(self, row: PerformanceRow, days: int) -> None:
        self.days = max(self.days, days)
        for measure in _MEASURES:
            amount, so_far = getattr(row, measure), getattr(self, measure)
            if amount is not None:
                setattr(self, measure, amount if so_far is None else so_far + amount)


Keyed = dict[tuple[str, str, str, date], _Total]


def _facts(request: ImportRows) -> tuple[Keyed, tuple[str, ...]]:
    """Sum rows (campaigns of one channel) by channel, market, currency and day; say what was left out."""
    facts: Keyed = {}
    reasons: dict[str, int] = {}
    for row in request.rows:
        reason = _unusable(row, request)
        if reason is not None or row.start is None:
            reasons[reason or "no date."] = reasons.get(reason or "no date.", 0) + 1
            continue
        channel, currency = row.channel or request.channel or "", row.currency or request.currency or ""
        key = (channel.strip(), row.market or "", currency, row.start)
        facts.setdefault(key, _Total()).add(row, ((row.end or row.start) - row.start).days + 1)
    return facts, tuple(f"{n} row{'' if n == 1 else 's'} left out: {reason}" for reason, n in reasons.items())


def _unusable(row: PerformanceRow, request: ImportRows) -> str | None:
    if row.start is None:
        return "no date."
    if row.end is not None and (row.end - row.start).days >= LONGEST_FACT_DAYS:
        return "they sum up more than a week; export by day or by week."
    if not (row.channel or request.channel):
        return "no channel; say which channel the file is of."
    if not (row.currency or request.currency):
        return "no currency; say which currency the file is in."
    if row.spend_minor is not None and row.spend_minor < 0:
        return "negative spend."
    if all(amount is None for amount in (row.spend_minor, row.conversions, row.value_minor)):
        return "neither spend nor results."
    return None


def _make_room(session: Session, facts: Keyed) -> int:
    """Remove earlier facts of any day that the new ones cover: no day counts twice, alone and within its week. Gives how many were cut."""
    covered: dict[tuple[str, str, str], set[date]] = {}
    for (channel, market, currency, day), fact in facts.items():
        covered.setdefault((channel, market, currency), set()).update(_days(day, fact.days))
    columns, removed, cut = (PerformanceFact.id, PerformanceFact.day, PerformanceFact.days), [], 0
    for (channel, market, currency), days in covered.items():
        same = (PerformanceFact.channel == channel, PerformanceFact.market == market, PerformanceFact.currency == currency)
        near = PerformanceFact.day.between(min(days) - timedelta(days=LONGEST_FACT_DAYS - 1), max(days))
        for fact_id, day, length in session.execute(select(*columns).where(*same, near)):
            own = _days(day, length)
            if not own.isdisjoint(days):
                removed.append(fact_id)
                cut += not own <= days
    for first in range(0, len(removed), _BATCH):
        session.execute(delete(PerformanceFact).where(PerformanceFact.id.in_(removed[first : first + _BATCH])))
    return cut


def _days(first: date, count: int) -> set[date]:
    return {first + timedelta(days=offset) for offset in range(count)}


def _upsert(session: Session, ctx: AccessContext, import_id: UUID, facts: Keyed) -> None:
    measures = ("days", *_MEASURES)
    rows = [
        {
            "id": uuid4(),
            "workspace_id": ctx.workspace_id,
            "import_id": import_id,
            "channel": channel,
            "market": market,
            "currency": currency,
            "day": day,
            **{measure: getattr(fact, measure) for measure in measures},
        }
        for (channel, market, currency, day), fact in facts.items()
    ]
    for first in range(0, len(rows), _BATCH):
        statement = insert(PerformanceFact).values(rows[first : first + _BATCH])
        replaced = {name: statement.excluded[name] for name in ("import_id", *measures)}
        keys = ["workspace_id", "channel", "market", "currency", "day"]
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=replaced))


def list_performance(ctx: AccessContext, rt: Runtime, *, currency: str | None = None) -> PerformanceView:
    """Give the workspace's performance by whole weeks and the imports behind it; an empty view before the first import.

    Args:
        currency: whose facts to give; None for the currency with the most facts. One without facts gives an empty view.
    """
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        imports = session.scalars(select(PerformanceImport).order_by(PerformanceImport.imported_at.desc())).all()
        counted = select(PerformanceFact.currency, func.count()).group_by(PerformanceFact.currency)
        ranked = sorted(session.execute(counted).all(), key=lambda item: (-item[1], item[0]))
        known = [item[0] for item in ranked]
        currency = currency if currency is not None else next(iter(known), None)
        rows = session.scalars(select(PerformanceFact).where(PerformanceFact.currency == currency)).all() if currency else []
    facts = [_fact(row) for row in rows]
    history, lacks = _history(facts, currency)
    return PerformanceView(
        history=history,
        currency=currency,
        other_currencies=tuple(code for code in known if code != currency),
        through=max((_last_day(fact) for fact in facts), default=None),
        is_made=any(entry.is_made for entry in imports),
        imports=tuple(ImportView(entry.id, entry.name, entry.rows, entry.is_made, entry.imported_at) for entry in imports),
        lacks=lacks,
    )


def _history(facts: list[Fact], currency: str | None) -> tuple[History | None, str | None]:
    """Give the facts by week, or None and what they lack: a first short export must leave the page where the next is imported."""
    if not facts or currency is None:
        return None, None
    try:
        return weekly_history(facts, currency), None
    except InvalidInput as short:
        return None, f"{short.message} {short.hint or ''}".strip()


def remove_import(ctx: AccessContext, rt: Runtime, import_id: UUID) -> None:
    """Take an import and all its facts out; NotFound when the workspace has none of this id."""
    ctx.require(Permission.CONNECT)
    with rt.db.session(ctx) as session:
        entry = session.get(PerformanceImport, import_id)
        if entry is None:
            raise NotFound("This import does not exist in this workspace.", hint="Look for it on Performance.")
        session.delete(entry)
        activity.record(session, ctx, "removed performance", entry.name, rows=entry.rows)


def history_of(ctx: AccessContext, rt: Runtime, *, currency: str | None = None) -> PerformanceView:
    """Give the performance of a workspace that must have some; InvalidInput when nothing was imported (in that currency)."""
    ctx.require(Permission.READ)
    view = list_performance(ctx, rt, currency=currency)
    if view.history is None:
        if view.lacks:
            raise InvalidInput(view.lacks, hint="Import an export or a table on Performance.")
        where = f" in {currency}" if currency else ""
        raise InvalidInput(f"There is no performance data{where} yet.", hint="Import an export or a table on Performance.")
    return view


def _last_day(fact: Fact) -> date:
    return date.fromordinal(fact.day.toordinal() + fact.days - 1)


def _fact(row: PerformanceFact) -> Fact:
    return Fact(
        channel=row.channel,
        market=row.market,
        day=row.day,
        days=row.days,
        spend_minor=row.spend_minor,
        impressions=row.impressions,
        clicks=row.clicks,
        conversions=row.conversions,
        value_minor=row.value_minor,
    )
