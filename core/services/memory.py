"""What the workspace remembers by itself: saved plans, settled readings, insights, what flights delivered; each says where it is from.

A memory is a note with a subject, replaced by its next version. Nothing here may stand in the way of what it remembers: a search index
that is down, or a person who may not write notes, leaves no memory and no error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Concatenate, Literal, ParamSpec

import structlog

from core.access import AccessContext, Permission
from core.errors import AppError
from core.model.distribution import Distribution
from core.model.money import to_major
from core.model.reading import Correction
from core.planning.ledger import LedgerEntry
from core.runtime import Runtime
from core.services.draft_views import DraftView
from core.services.files import PlanView
from core.services.knowledge import NewNote, add_note

_MOST_FINDINGS = 20
log = structlog.get_logger()
P = ParamSpec("P")


def _quietly(remember: Callable[Concatenate[AccessContext, Runtime, P], None]) -> Callable[Concatenate[AccessContext, Runtime, P], None]:
    def run(ctx: AccessContext, rt: Runtime, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if rt.knowledge is None or not ctx.allows(Permission.USE_ASSISTANT):
            return
        try:
            remember(ctx, rt, *args, **kwargs)
        except AppError as error:
            log.warning("not_remembered", what=remember.__name__, code=error.code, request_id=ctx.request_id)

    return run


@_quietly
def remember_plan(ctx: AccessContext, rt: Runtime, draft: DraftView) -> None:
    """Remember a saved version of a plan: its split, who saved it and why."""
    ctx.require(Permission.USE_ASSISTANT)
    table = draft.distribution
    lines = [
        f"Saved by {draft.author} on {draft.saved_at:%Y-%m-%d}: {draft.note or 'no note'}.",
        f"Total {_money(table.total_minor, table)}.",
    ]
    lines += [f"{channel}: {_money(minor, table)}." for channel, minor in _by_channel(table).items()]
    lines.append(f"From version {draft.version} of the draft {draft.draft_id} of file {draft.file_id}.")
    title = f"Plan {draft.name}, version {draft.version}"
    add_note(ctx, rt, NewNote(title, "\n".join(lines), "plan", f"draft:{draft.draft_id}"))


@_quietly
def remember_reading(ctx: AccessContext, rt: Runtime, plan: PlanView, settled: Iterable[Correction]) -> None:
    """Remember how a file is to be read, as people settled it."""
    ctx.require(Permission.USE_ASSISTANT)
    said = [f"{one.kind.replace('_', ' ')} of {one.target}: {one.value}." for one in settled]
    lines = [f"How {plan.file.name} is read, settled by {ctx.actor_name}.", *said]
    lines.append(f"From revision {plan.revision} of file {plan.file.file_id}.")
    add_note(ctx, rt, NewNote(f"Reading of {plan.file.name}", "\n".join(lines), "reading", f"reading:{plan.file.file_id}"))


@_quietly
def remember_outcomes(ctx: AccessContext, rt: Runtime, entries: Iterable[LedgerEntry], *, kpi: str, currency: str) -> None:
    """Remember what each finished flight delivered against what was promised for it."""
    ctx.require(Permission.USE_ASSISTANT)
    for entry in entries:
        promised, planned = entry.promised, to_major(entry.promised_spend_minor, currency)
        body = (
            f"{entry.channel} in {entry.flight}: promised {promised.mean:,.0f} {kpi} ({promised.low:,.0f} to {promised.high:,.0f}) "
            f"for {currency} {planned:,.2f}; delivered {entry.delivered:,.0f} "
            f"for {currency} {to_major(entry.delivered_spend_minor, currency):,.2f}.\n"
            "From the ledger of promises and the imported performance."
        )
        subject = f"outcome:{entry.flight}:{entry.channel}:{kpi}"[:200]
        add_note(ctx, rt, NewNote(f"Outcome of {entry.channel}, {entry.flight}", body, "outcome", subject))


@dataclass(frozen=True, slots=True)
class Insight:
    """What was found in the data at one time.

    Attributes:
        about: `trends`, `anomalies` or `tips`.
        subject: what it was found in: the KPI and currency of a series, or the id of a plan's file. Found anew it replaces the earlier.
        findings: a sentence each; none where nothing was found, which takes the place of what was found before.
        source: what the findings rest on.
    """

    about: Literal["trends", "anomalies", "tips"]
    subject: str
    title: str
    findings: tuple[str, ...]
    source: str


@_quietly
def remember_insight(ctx: AccessContext, rt: Runtime, insight: Insight) -> None:
    """Remember what was found, with the day and what it rests on; one note for each subject, however often it is looked for."""
    ctx.require(Permission.USE_ASSISTANT)
    found = insight.findings[:_MOST_FINDINGS] or ("Nothing stood out.",)
    lines = [f"Found on {rt.clock.now():%Y-%m-%d}.", *found, f"From {insight.source}."]
    add_note(ctx, rt, NewNote(insight.title, "\n".join(lines), "insight", f"insight:{insight.about}:{insight.subject}"[:200]))


def _by_channel(table: Distribution) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in table.rows:
        name = row.channel or row.label
        found[name] = found.get(name, 0) + row.total_minor
    return found


def _money(minor: int, table: Distribution) -> str:
    return f"{table.currency or ''} {to_major(minor, table.currency):,.2f}".strip()
