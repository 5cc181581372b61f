"""Talks with the assistant: start, ask, follow, stop, ask again, rename, search, export, delete. A person sees their own only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.conversations import Conversation, ConversationTurn
from core.errors import AppError, BudgetExceeded, Conflict, InvalidInput, NotFound
from core.runtime import Runtime
from core.services import activity

TURN = "assistant_turn"
MAX_MESSAGE = 8_000
_RUNNING = ("queued", "running")

TurnState = Literal["queued", "running", "done", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class TurnView:
    """One message and its answer; `result` holds tools, figures, cards and questions as the page shows them."""

    turn_id: UUID
    position: int
    message: str
    state: str
    model: str | None
    answer: str | None
    result: Mapping[str, Any]
    tokens: int
    cost_micros: int
    seconds: float | None
    feedback: int | None
    asked_at: datetime

    @property
    def is_running(self) -> bool:
        return self.state in _RUNNING


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A talk with its turns in order; replaced ones are left out."""

    conversation_id: UUID
    title: str
    file_id: UUID | None
    updated_at: datetime
    turns: tuple[TurnView, ...] = ()


@dataclass(frozen=True, slots=True)
class NewConversation:
    """A talk to start. `seed` is put on the table: state of the graph by its key."""

    file_id: UUID | None = None
    title: str = ""
    seed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A message. `replaces` is the last turn where the message was edited or is asked again."""

    conversation_id: UUID
    message: str
    locale: str = "en"
    replaces: UUID | None = None


def start_conversation(ctx: AccessContext, rt: Runtime, request: NewConversation) -> ConversationView:
    """Start a talk, about a plan where one is named."""
    ctx.require(Permission.USE_ASSISTANT)
    seed: dict[str, Any] = {key: dict(value) for key, value in request.seed.items()}
    if request.file_id is not None:
        from core.services.files import get_file

        get_file(ctx, rt, request.file_id)
        seed["campaign_data"] = {"file_id": str(request.file_id)}
    now = rt.clock.now()
    row = Conversation(
        id=uuid4(),
        workspace_id=ctx.workspace_id,
        owner_id=ctx.actor_id,
        title=request.title,
        file_id=request.file_id,
        seed=seed,
        seed_is_new=True,
        created_at=now,
        updated_at=now,
    )
    with rt.db.session(ctx) as session:
        session.add(row)
    return _view(row, [])


def put_on_table(ctx: AccessContext, rt: Runtime, conversation_id: UUID, seed: Mapping[str, Mapping[str, Any]]) -> None:
    """Lay something on the table for the next turn: another plan, a performance series."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        row = own_row(session, ctx, conversation_id, lock=True)
        row.seed_is_new = True
        row.seed = {**row.seed, **{key: dict(value) for key, value in seed.items()}}


def list_conversations(ctx: AccessContext, rt: Runtime, *, text: str = "") -> list[ConversationView]:
    """List the person's talks, newest first; `text` is looked for in titles and messages."""
    ctx.require(Permission.USE_ASSISTANT)
    query = select(Conversation).where(Conversation.owner_id == ctx.actor_id).order_by(Conversation.updated_at.desc()).limit(100)
    if text.strip():
        like = f"%{text.strip()}%"
        said = select(ConversationTurn.conversation_id).where(ConversationTurn.message.ilike(like) | ConversationTurn.answer.ilike(like))
        query = query.where(Conversation.title.ilike(like) | Conversation.id.in_(said))
    with rt.db.session(ctx) as session:
        return [_view(row, []) for row in session.scalars(query)]


def get_conversation(ctx: AccessContext, rt: Runtime, conversation_id: UUID) -> ConversationView:
    """Give a talk with its turns; another person's is NotFound."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        row = own_row(session, ctx, conversation_id)
        return _view(row, _turns(session, conversation_id))


def rename_conversation(ctx: AccessContext, rt: Runtime, conversation_id: UUID, *, title: str) -> None:
    """Give a talk another title."""
    ctx.require(Permission.USE_ASSISTANT)
    if not title.strip():
        raise InvalidInput("A conversation needs a title.")
    with rt.db.session(ctx) as session:
        own_row(session, ctx, conversation_id, lock=True).title = title.strip()[:120]


def delete_conversation(ctx: AccessContext, rt: Runtime, conversation_id: UUID) -> None:
    """Delete a talk for good, with what the assistant remembers of it; the audit of its tool calls stays."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        row = own_row(session, ctx, conversation_id, lock=True)
        if any(turn.is_running for turn in _turns(session, conversation_id)):
            raise Conflict("The assistant is still answering.", hint="Stop it first.")
        session.delete(row)
        activity.record(session, ctx, "deleted a conversation", row.title or "Conversation")
    if rt.assistant is not None:
        rt.assistant.forget(ctx, conversation_id=conversation_id)


def export_conversation(ctx: AccessContext, rt: Runtime, conversation_id: UUID) -> str:
    """Give a talk as Markdown."""
    ctx.require(Permission.USE_ASSISTANT)
    view = get_conversation(ctx, rt, conversation_id)
    parts = [f"# {view.title or 'Conversation'}"]
    for turn in view.turns:
        parts += [
            f"**You** ({turn.asked_at:%Y-%m-%d %H:%M} UTC)\n\n{turn.message}",
            f"**Assistant** ({turn.model or '–'})\n\n{turn.answer or '–'}",
        ]
    return "\n\n".join(parts) + "\n"


def ask(ctx: AccessContext, rt: Runtime, question: Question) -> TurnView:
    """Ask; the answer is made by a durable run that survives this process.

    Raises:
        Conflict: the last question is still being answered.
        BudgetExceeded: the workspace's tokens of the day are used up.
    """
    ctx.require(Permission.USE_ASSISTANT)
    message = question.message.strip()
    if not message or len(message) > MAX_MESSAGE:
        raise InvalidInput(f"A message holds 1 to {MAX_MESSAGE:,} characters.")
    _check_day(ctx, rt)
    with rt.db.session(ctx) as session:
        row = own_row(session, ctx, question.conversation_id, lock=True)
        turns = _turns(session, row.id)
        if any(turn.is_running for turn in turns):
            raise Conflict("The assistant is still answering.", hint="Wait for it, or stop it.")
        turn = _new_turn(session, ctx, rt, question, turns)
        row.title = row.title or message[:80]
        row.updated_at = rt.clock.now()
    try:
        rt.jobs.start(ctx, TURN, job_id=turn_job(turn.id), payload={"conversation_id": str(row.id), "turn_id": str(turn.id)})
    except AppError as error:  # nobody will answer it: left waiting, it would keep the talk from going on
        with rt.db.session(ctx) as session:
            waiting = own_turn(session, ctx, turn.id)
            waiting.state, waiting.answer, waiting.ended_at = "failed", str(error), rt.clock.now()
        raise
    return turn_view(turn)


def _new_turn(session: Session, ctx: AccessContext, rt: Runtime, question: Question, turns: Sequence[TurnView]) -> ConversationTurn:
    fork = None
    if question.replaces is not None:
        replaced = session.get(ConversationTurn, question.replaces)
        if replaced is None or not turns or turns[-1].turn_id != replaced.id:
            raise NotFound("Only the last message can be asked again.")
        replaced.replaced, fork = True, replaced.state_before if replaced.state_before is not None else ""
    last = session.scalar(select(func.max(ConversationTurn.position)).where(ConversationTurn.conversation_id == question.conversation_id))
    turn = ConversationTurn(
        id=uuid4(),
        workspace_id=ctx.workspace_id,
        conversation_id=question.conversation_id,
        position=1 if last is None else last + 1,
        message=question.message.strip(),
        locale=question.locale,
        state="queued",
        asked_at=rt.clock.now(),
        fork_from=fork,
        stop_asked=False,
        replaced=False,
        tokens=0,
        cost_micros=0,
    )
    session.add(turn)
    return turn


def stop_turn(ctx: AccessContext, rt: Runtime, turn_id: UUID) -> None:
    """Ask a running turn to end with what is known so far; one that has ended is left alone."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        own_turn(session, ctx, turn_id).stop_asked = True


def give_feedback(ctx: AccessContext, rt: Runtime, turn_id: UUID, *, thumb: Literal[1, -1] | None) -> None:
    """Keep a thumb up or down with the turn; None takes it back."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        own_turn(session, ctx, turn_id).feedback = thumb


@dataclass(frozen=True, slots=True)
class Used:
    """What a workspace's answers used since midnight UTC; the cost in millionths of a dollar."""

    tokens: int
    cost_micros: int


def used_today(ctx: AccessContext, rt: Runtime) -> Used:
    """Give what the workspace's answers used since midnight UTC."""
    ctx.require(Permission.READ)
    midnight = rt.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with rt.db.session(ctx) as session:
        sums = select(func.sum(ConversationTurn.tokens), func.sum(ConversationTurn.cost_micros))
        tokens, micros = session.execute(sums.where(ConversationTurn.asked_at >= midnight)).one()
        return Used(0 if tokens is None else int(tokens), 0 if micros is None else int(micros))


def _check_day(ctx: AccessContext, rt: Runtime) -> None:
    used, of = used_today(ctx, rt), rt.settings
    if used.tokens >= of.assistant_daily_tokens:
        raise BudgetExceeded(
            f"This workspace has used its {of.assistant_daily_tokens:,} tokens of the day.",
            hint="Go on tomorrow, or raise ASSISTANT_DAILY_TOKENS.",
        )
    if of.price_of(of.assistant_model) is not None and used.cost_micros >= of.assistant_daily_cost * 1e6:
        raise BudgetExceeded(
            f"This workspace has spent its ${of.assistant_daily_cost:,.2f} of the day on answers.",
            hint="Go on tomorrow, or raise ASSISTANT_DAILY_COST.",
        )


def turn_job(turn_id: UUID) -> str:
    """Give the job of a turn."""
    return f"turn-{turn_id}"


def own_row(session: Session, ctx: AccessContext, conversation_id: UUID, *, lock: bool = False) -> Conversation:
    """Give the person's own row or raise NotFound."""
    row = session.get(Conversation, conversation_id, with_for_update=lock)
    if row is None or row.owner_id != ctx.actor_id:
        raise NotFound("This conversation does not exist.")
    return row


def own_turn(session: Session, ctx: AccessContext, turn_id: UUID) -> ConversationTurn:
    """Give a turn of the person's own talk or raise NotFound."""
    turn = session.get(ConversationTurn, turn_id)
    if turn is None:
        raise NotFound("This message does not exist.")
    own_row(session, ctx, turn.conversation_id)
    return turn


def _turns(session: Session, conversation_id: UUID) -> list[TurnView]:
    query = (
        select(ConversationTurn)
        .where(ConversationTurn.conversation_id == conversation_id, ConversationTurn.replaced.is_(False))
        .order_by(ConversationTurn.position)
    )
    return [turn_view(row) for row in session.scalars(query)]


def turn_view(row: ConversationTurn) -> TurnView:
    """Make the view of a turn."""
    return TurnView(
        turn_id=row.id,
        position=row.position,
        message=row.message,
        state=row.state,
        model=row.model,
        answer=row.answer,
        result=row.result if row.result is not None else {},
        tokens=row.tokens,
        cost_micros=row.cost_micros,
        seconds=row.seconds,
        feedback=row.feedback,
        asked_at=row.asked_at,
    )


def _view(row: Conversation, turns: Sequence[TurnView]) -> ConversationView:
    return ConversationView(row.id, row.title, row.file_id, row.updated_at, tuple(turns))
