"""Runs one turn of a talk through the team: streams, checks every figure, and gives the answer whatever happens."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.errors import GraphRecursionError

from agents.builtin.model import ASKS, BuiltInModel
from agents.checks import Linked, check_figures, figures_of_text, numbers_said
from agents.desk import desk_of, told_desk
from agents.models import as_app_error
from agents.runner import Emit, Limits, ToolUse, Turn
from agents.spec import Card, Desk
from agents.team import CARRIED, build_team
from agents.workbench import distribution_of
from core.access import AccessContext
from core.config import BUILT_IN
from core.errors import AgentError, AppError, BudgetExceeded
from core.model.distribution import Distribution
from core.runtime import Runtime

log = structlog.get_logger()
_RECURSION = 60


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """What to answer.

    Attributes:
        thread: key of the conversation's state; its workspace is part of it.
        turn_id: the same id again goes on where the turn was interrupted.
        fork_from: the state to go on from instead of the newest; "" starts from an empty table.
        seed: put on the table before the first turn (a plan chosen on a page, a series attached).
    """

    thread: str
    turn_id: str
    message: str
    model: str
    locale: str = "en"
    seed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    fork_from: str | None = None


@dataclass(frozen=True, slots=True)
class TurnResult:
    """The answer and how it came about; `failure` is told in the answer too."""

    answer: str
    agents: tuple[str, ...]
    tools: tuple[ToolUse, ...]
    distribution: Distribution | None
    figures: tuple[Linked, ...]
    asks: tuple[str, ...]
    change_set: dict[str, str] | None
    cards: tuple[Card, ...]
    failure: AppError | None
    tokens: int
    seconds: float
    cost_micros: int = 0


@dataclass(frozen=True, slots=True)
class Team:
    """What answers: the models by agent name, where the state is kept, who asks."""

    ctx: AccessContext
    rt: Runtime
    models: Mapping[str, BaseChatModel]
    checkpointer: BaseCheckpointSaver[Any]


def run_turn(team: Team, request: TurnRequest, emit: Emit, *, stopped: threading.Event | None = None) -> TurnResult:
    """Answer one message; errors become part of the answer, nothing of the talk is lost."""
    began = time.monotonic()
    config: RunnableConfig = {"configurable": {"thread_id": request.thread}, "recursion_limit": _RECURSION}
    if _starts_over(team, config, request):
        team.checkpointer.delete_thread(request.thread)
    elif request.fork_from and not _is_under_way(team, config, request):
        config["configurable"]["checkpoint_id"] = request.fork_from
    state = team.checkpointer.get_tuple(config)
    values: dict[str, Any] = dict(state.checkpoint["channel_values"]) if state is not None else {}
    desk = desk_of(values)
    for key, data in request.seed.items():
        getattr(desk, key).update(data)
    turn = Turn(team.ctx, team.rt, desk, emit, request.limits, stopped=stopped or threading.Event(), run_id=_run_id(request))
    if values.get("record") and _is_under_way(team, config, request):
        turn.restore(values["record"])
    told = told_desk(turn.call, locale=request.locale, model=request.model)
    messages: list[BaseMessage] = list(values.get("messages", []))
    named = [name for key in ("names", "channels", "plans", "alternatives") for name in told.get(key, [])]
    stream = _Stream(turn, [*_said(messages), request.message], [*named, told.get("file", ""), told.get("unreadable", "")])
    failure: AppError | None = None
    final: AIMessage | None = None
    try:
        _make_ready(team.models, emit)
        graph = build_team(turn, team.models, desk=told, checkpointer=team.checkpointer)
        given = _input(messages, request, desk)
        for chunk, _ in graph.stream(given, config, stream_mode="messages", durability="sync"):
            stream.take(chunk)
            turn.check_stop()
        newest: RunnableConfig = {"configurable": {"thread_id": request.thread}}
        final = _last_answer(graph.get_state(newest).values["messages"])
    except GraphRecursionError:
        failure = BudgetExceeded("The turn ended early: it went round in circles.", hint="What is known so far is shown.")
    except AppError as error:
        failure = error
    except Exception as error:  # noqa: BLE001 - the turn boundary: a model's client may raise anything
        failure = as_app_error(error, team.rt.settings)
        _log_failure(error, failure, request.thread)
    return _result(turn, stream, final, failure, seconds=time.monotonic() - began)


def _make_ready(models: Mapping[str, BaseChatModel], emit: Emit) -> None:
    """Wait for the built-in model where it is still being trained, and say so."""
    for model in models.values():
        if isinstance(model, BuiltInModel):
            if not model.is_ready:
                emit("getting_ready", {"model": BUILT_IN})
            model.prepare()


def _log_failure(error: Exception, failure: AppError, thread: str) -> None:
    """Log what a vendor said in one line (its traceback holds the key's client and the whole conversation), a defect with its trace."""
    if type(failure) is AgentError:
        log.error("turn_failed", thread=thread, exc_info=error)
        return
    vendor = {"status": getattr(error, "status_code", None), "vendor_code": getattr(error, "code", None)}
    log.warning("turn_failed", thread=thread, code=failure.code, error=type(error).__name__, **vendor)


def _starts_over(team: Team, config: RunnableConfig, request: TurnRequest) -> bool:
    return request.fork_from == "" and not _is_under_way(team, config, request)


def _is_under_way(team: Team, config: RunnableConfig, request: TurnRequest) -> bool:
    """Tell whether this very turn was begun before and interrupted."""
    state = team.checkpointer.get_tuple(config)
    messages = state.checkpoint["channel_values"].get("messages", []) if state is not None else []
    return any(isinstance(m, HumanMessage) and m.id == request.turn_id for m in messages)


def _run_id(request: TurnRequest) -> str:
    return f"{request.thread}/{request.turn_id}"


def _said(messages: list[BaseMessage]) -> list[str]:
    return [str(m.content) for m in messages if isinstance(m, HumanMessage)]


def _input(messages: list[BaseMessage], request: TurnRequest, desk: Desk) -> dict[str, Any] | None:
    """Give the graph's input; None when this very turn was interrupted and goes on from its last step."""
    if any(isinstance(m, HumanMessage) and m.id == request.turn_id for m in messages):
        return None
    answered = {m.tool_call_id for m in messages if isinstance(m, ToolMessage)}
    open_calls = [c for m in messages if isinstance(m, AIMessage) for c in m.tool_calls if c["id"] not in answered]
    closing: list[BaseMessage] = [ToolMessage("The turn was stopped here.", tool_call_id=str(c["id"]), name=c["name"]) for c in open_calls]
    carried = {key: getattr(desk, key) for key in CARRIED} | {"record": {}}
    return {"messages": [*closing, HumanMessage(request.message, id=request.turn_id)], **carried}


def _last_answer(messages: list[BaseMessage]) -> AIMessage | None:
    last = messages[-1] if messages else None
    return last if isinstance(last, AIMessage) else None


class _Stream:
    """Shows the answer as it comes, sentence by sentence, each only after its figures were checked."""

    def __init__(self, turn: Turn, said: list[str], names: list[str]) -> None:
        self._turn, self._names = turn, [n for n in names if n]
        self.said = numbers_said(said)
        self._open = ""
        self._message: str | None = None

    def take(self, chunk: object) -> None:
        """Take a piece of a message of the supervisor."""
        if not isinstance(chunk, AIMessageChunk | AIMessage) or not chunk.text:
            return
        if chunk.id != self._message:
            self._message, self._open = chunk.id, ""
            self._turn.emit("answer_started", {})
        self._open += str(chunk.text)
        done, self._open = _whole_sentences(self._open)
        if done:
            self._turn.emit("token", {"text": self.checked(done)[0]})

    def close(self) -> None:
        """Show what is left."""
        if self._open:
            self._turn.emit("token", {"text": self.checked(self._open)[0]})
            self._open = ""

    def checked(self, text: str) -> tuple[str, list[Linked]]:
        """Give the text without unsourced figures."""
        return check_figures(text, self._turn.figures, said=self.said, names=[*self._names, *self._turn.quotes])


def _whole_sentences(text: str) -> tuple[str, str]:
    """Cut after the last end of a sentence or line; a number is never cut in two."""
    ends = [m.end() for m in re.finditer(r"[.!?:]\s+|\n", text)]
    return (text[: ends[-1]], text[ends[-1] :]) if ends else ("", text)


def _result(turn: Turn, stream: _Stream, final: AIMessage | None, failure: AppError | None, *, seconds: float) -> TurnResult:
    stream.close()
    text = str(final.text) if final is not None and failure is None else ""
    if failure is not None:
        text = "\n\n".join([*_known_so_far(turn), str(failure)])
        turn.figures += figures_of_text(str(failure), f"error:{failure.code}")  # what was used up is counted, not made up
    answer, linked = stream.checked(text)
    kept = final.additional_kwargs.get(ASKS) if final is not None and failure is None else None
    asks = tuple(str(a) for a in kept) if isinstance(kept, list) else tuple(_questions(answer))
    proposed = [u for u in turn.uses if u.name == "propose_write_back" and u.ok]
    change_set = turn.desk.distribution_plan.get("change_set") if proposed else None
    return TurnResult(
        answer=answer.strip(),
        agents=tuple(turn.agents),
        tools=tuple(turn.uses),
        distribution=distribution_of(turn.call),
        figures=tuple(dict.fromkeys(linked)),
        asks=asks,
        change_set=change_set,
        cards=tuple(turn.cards),
        failure=failure,
        tokens=turn.tokens,
        seconds=round(seconds, 3),
        cost_micros=turn.cost_micros,
    )


def _known_so_far(turn: Turn) -> Iterator[str]:
    """Say what was done before the turn ended early."""
    done = [use.name.replace("_", " ") for use in turn.uses if use.ok]
    if done:
        yield "Done so far: " + ", ".join(dict.fromkeys(done)) + "."


def _questions(answer: str) -> list[str]:
    """Give the questions an answer puts to the person, where the model does not name them itself."""
    return [q.strip() for q in re.findall(r"[^.!?\n|]*\?", answer) if len(q.split()) > 1]
