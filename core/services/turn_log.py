"""The log of a turn while it runs: what the assistant appends, what pages read on from, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.access import AccessContext, Permission
from core.db.tables.conversations import Conversation, ToolCallAudit, TurnEvent
from core.runtime import Runtime
from core.services.conversations import own_row, own_turn


@dataclass(frozen=True, slots=True)
class TurnTask:
    """A turn to answer.

    Attributes:
        fork_from: the state to go on from; None for the newest, "" for an empty table.
    """

    turn_id: UUID
    conversation_id: UUID
    message: str
    locale: str
    seed: Mapping[str, Mapping[str, Any]]
    fork_from: str | None
    has_ended: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: `position` grows by one."""

    position: int
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn ended."""

    state: str
    answer: str
    model: str
    result: Mapping[str, Any]
    tokens: int
    seconds: float
    state_before: str | None = None
    cost_micros: int = 0


def begin_turn(ctx: AccessContext, rt: Runtime, turn_id: UUID) -> TurnTask:
    """Take a turn up; taken up again after a crash its earlier events go, as they will be written anew."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        turn = own_turn(session, ctx, turn_id)
        talk = own_row(session, ctx, turn.conversation_id)
        has_ended = turn.state not in ("queued", "running")
        if not has_ended:
            for event in session.scalars(select(TurnEvent).where(TurnEvent.turn_id == turn_id)):
                session.delete(event)
            turn.state = "running"
        seed = dict(talk.seed) if talk.seed_is_new or turn.fork_from == "" else {}
        return TurnTask(turn_id, talk.id, turn.message, turn.locale, seed, turn.fork_from, has_ended)


def append_event(ctx: AccessContext, rt: Runtime, turn_id: UUID, *, kind: str, data: Mapping[str, Any]) -> bool:
    """Append an event; tell whether the person asked to stop."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        turn = own_turn(session, ctx, turn_id)
        last = session.scalar(select(func.max(TurnEvent.position)).where(TurnEvent.turn_id == turn_id))
        position = 1 if last is None else last + 1
        session.add(TurnEvent(workspace_id=ctx.workspace_id, turn_id=turn_id, position=position, kind=kind, data=dict(data)))
        if kind == "tool_ended":
            session.add(_audit(ctx, rt, turn_id, data))
        return turn.stop_asked


def _audit(ctx: AccessContext, rt: Runtime, turn_id: UUID, data: Mapping[str, Any]) -> ToolCallAudit:
    error = data.get("error")
    return ToolCallAudit(
        workspace_id=ctx.workspace_id,
        turn_id=turn_id,
        actor_id=ctx.actor_id,
        agent=str(data["agent"]),
        tool=str(data["name"]),
        arguments=dict(data["arguments"]),
        ok=bool(data["ok"]),
        error_code=None if error is None else str(error["code"]),
        seconds=float(data["seconds"]),
        called_at=rt.clock.now(),
    )


def end_turn(ctx: AccessContext, rt: Runtime, turn_id: UUID, ending: Ending) -> None:
    """Keep the answer; what was laid on the table is in the assistant's own state from now on."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        turn = own_turn(session, ctx, turn_id)
        turn.state, turn.answer, turn.model = ending.state, ending.answer, ending.model
        turn.result, turn.tokens, turn.seconds = dict(ending.result), ending.tokens, ending.seconds
        turn.cost_micros = ending.cost_micros
        turn.state_before, turn.ended_at = ending.state_before, rt.clock.now()
        talk = session.get_one(Conversation, turn.conversation_id)
        talk.seed_is_new, talk.updated_at = False, rt.clock.now()


def events_after(ctx: AccessContext, rt: Runtime, turn_id: UUID, *, position: int = 0) -> tuple[list[Event], str]:
    """Give the events after a position and the turn's state."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        turn = own_turn(session, ctx, turn_id)
        rows = session.scalars(
            select(TurnEvent).where(TurnEvent.turn_id == turn_id, TurnEvent.position > position).order_by(TurnEvent.position)
        )
        return [Event(row.position, row.kind, row.data) for row in rows], turn.state
