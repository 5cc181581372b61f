"""Runs tools for a model: injects who asks, checks the right, validates, counts budgets, audits, and turns errors into answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, ValidationError

from agents.checks import figures_of_text
from agents.facts import Figure, figures_in, quotes_in
from agents.spec import Card, Desk, ToolCall, ToolSpec
from core.access import AccessContext
from core.config import told_cost
from core.errors import AgentError, AppError, BudgetExceeded, InvalidInput
from core.runtime import Runtime

log = structlog.get_logger()

Emit = Callable[[str, Mapping[str, Any]], None]
"""Takes the kind of an event (`tool_started`, `tool_ended`, `token`, `card`, ...) and its JSON-serialisable data."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one turn may use; `cost_micros` in millionths of a US dollar, None for no limit in money."""

    tool_calls: int = 24
    model_calls: int = 24
    tokens: int = 120_000
    seconds: float = 120.0
    cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One tool call of a turn, for the audit and the page."""

    name: str
    agent: str
    arguments: dict[str, Any]
    ok: bool
    error: dict[str, Any] | None
    seconds: float
    currency: str | None = None


@dataclass(slots=True)
class Turn:
    """One turn: who asks, what lies on the table, what was found so far and what may still be used."""

    ctx: AccessContext
    rt: Runtime
    desk: Desk
    emit: Emit
    limits: Limits = field(default_factory=Limits)
    uses: list[ToolUse] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    agents: list[str] = field(default_factory=lambda: ["supervisor"])
    tokens: int = 0
    cost_micros: int = 0
    model_calls: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=time.monotonic)
    opened: dict[str, Any] = field(default_factory=dict)
    run_id: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def call(self) -> ToolCall:
        """Give what a tool of this turn gets."""
        return ToolCall(self.ctx, self.rt, self.desk, self.opened, self.run_id)

    @property
    def record(self) -> dict[str, Any]:
        """Give what was done and found so far as plain data: kept in the graph's state, a turn that was killed goes on with it."""
        return {
            "uses": [asdict(use) for use in self.uses],
            "figures": [asdict(figure) for figure in self.figures],
            "quotes": list(self.quotes),
            "cards": [asdict(card) for card in self.cards],
            "agents": list(self.agents),
            "tokens": self.tokens,
            "cost_micros": self.cost_micros,
            "model_calls": self.model_calls,
        }

    def restore(self, record: Mapping[str, Any]) -> None:
        """Go on from a record."""
        self.uses = [ToolUse(**use) for use in record["uses"]]
        self.figures = [Figure(**figure) for figure in record["figures"]]
        self.quotes, self.agents = list(record["quotes"]), list(record["agents"])
        self.cards = [Card(**card) for card in record["cards"]]
        self.tokens, self.cost_micros = int(record["tokens"]), int(record["cost_micros"])
        self.model_calls = int(record["model_calls"])

    @property
    def currency(self) -> str | None:
        """Give the currency of the plan on the table."""
        known = self.desk.campaign_data.get("currency")
        return None if known is None else str(known)

    def count_usage(self, model: BaseChatModel, messages: Iterable[BaseMessage]) -> None:
        """Count what a model call used, in tokens and in money."""
        for message in messages:
            if isinstance(message, AIMessage) and message.usage_metadata is not None:
                used = message.usage_metadata
                self.tokens += used["total_tokens"]
                price = self.rt.settings.price_of(str(getattr(model, "model_name", "")))
                if price is not None:
                    self.cost_micros += price.micros(used["input_tokens"], used["output_tokens"])

    def check_stop(self) -> None:
        """Raise BudgetExceeded when the person stopped the turn."""
        if self.stopped.is_set():
            raise BudgetExceeded("You stopped this turn.", hint="What is known so far is shown.")

    def check_budget(self) -> None:
        """Raise BudgetExceeded when the turn has used up what it may use, or the person stopped it."""
        self.check_stop()
        used_up = (
            (f"{self.limits.tool_calls} tool calls", len(self.uses) >= self.limits.tool_calls),
            (f"{self.limits.model_calls} model calls", self.model_calls >= self.limits.model_calls),
            (f"{self.limits.tokens:,} tokens", self.tokens >= self.limits.tokens),
            (
                f"its cost of {told_cost(self.cost_micros)}",
                self.limits.cost_micros is not None and self.cost_micros >= self.limits.cost_micros,
            ),
            (f"{self.limits.seconds:.0f} seconds", time.monotonic() - self.started >= self.limits.seconds),
        )
        for what, is_reached in used_up:
            if is_reached:
                raise BudgetExceeded(f"The turn ended early: {what}.", hint="What is known so far is shown. Ask again to go on.")


def bind(spec: ToolSpec, turn: Turn, agent: str) -> BaseTool:
    """Make a tool that a model can call; it never raises, it answers with an error instead."""

    def call(**arguments: Any) -> str:
        return json.dumps(run_tool(spec, turn, agent, arguments), ensure_ascii=False, default=str)

    return StructuredTool.from_function(
        func=call,
        name=spec.name,
        description=spec.description,
        args_schema=spec.args_model,
        handle_validation_error=_refusal(turn, spec, agent),
    )


def run_tool(spec: ToolSpec, turn: Turn, agent: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run one tool call and give `{"ok": true, "facts": ...}` or `{"ok": false, "error": {code, message, hint, retryable}}`."""
    shown = {key: _plain(value) for key, value in arguments.items() if value not in (None, [], "")}
    turn.emit("tool_started", {"name": spec.name, "agent": agent, "arguments": shown, "currency": turn.currency})
    began = time.monotonic()
    error: AppError | None = None
    facts: Mapping[str, object] = {}
    try:
        turn.check_budget()
        turn.ctx.require(spec.permission)
        validated = spec.args_model.model_validate(dict(arguments))
        with turn.lock:  # tools of one turn share the table
            outcome = spec.run(turn.call, validated)
        facts = outcome.facts
        turn.figures += figures_in(facts)
        turn.quotes += quotes_in(facts)
        for card in outcome.cards:
            turn.cards.append(card)
            turn.emit("card", asdict(card))
    except AppError as failure:
        error = failure
    except ValidationError as failure:
        error = _invalid(failure)
    except Exception as failure:  # the tool boundary: a defect in one tool must not end the talk
        log.error("tool_failed", tool=spec.name, request_id=turn.ctx.request_id, exc_info=failure)
        error = AgentError(f"{spec.name} failed unexpectedly.", hint="It is in the log; the rest of the answer stands.")
    return _finish(spec, turn, agent, shown, facts=facts, error=error, seconds=time.monotonic() - began)


def _finish(
    spec: ToolSpec, turn: Turn, agent: str, shown: dict[str, Any], *, facts: Mapping[str, object], error: AppError | None, seconds: float
) -> dict[str, Any]:
    told = None if error is None else {"code": error.code, "message": error.message, "hint": error.hint, "retryable": error.retryable}
    use = ToolUse(spec.name, agent, shown, error is None, told, round(seconds, 3), turn.currency)
    turn.uses.append(use)
    turn.emit("tool_ended", asdict(use))
    if error is not None:  # what a service says about the amounts that clash is computed too
        turn.figures += figures_of_text(f"{error.message} {error.hint}", f"error:{spec.name}")
    return {"ok": True, "facts": facts} if told is None else {"ok": False, "error": told}


def _invalid(failure: ValidationError) -> InvalidInput:
    first = failure.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return InvalidInput(f"The argument {where!r} cannot be used: {first['msg']}.", hint="Ask the person, or correct the argument.")


def _refusal(turn: Turn, spec: ToolSpec, agent: str) -> Callable[[Any], str]:
    """Answer arguments that do not fit the schema like any other failed call."""

    def refuse(failure: Any) -> str:
        error = _invalid(failure) if isinstance(failure, ValidationError) else InvalidInput(str(failure))
        turn.emit("tool_started", {"name": spec.name, "agent": agent, "arguments": {}})
        return json.dumps(_finish(spec, turn, agent, {}, facts={}, error=error, seconds=0.0), ensure_ascii=False)

    return refuse


def _plain(value: Any) -> Any:
    """Give arguments as JSON: models become objects without their unset fields."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else str(value)
