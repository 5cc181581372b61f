"""What a tool and a specialist declare; both are discovered by their constants `TOOL` and `AGENT`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from core.access import AccessContext, Permission
from core.runtime import Runtime

Effect = Literal["read", "propose"]


@dataclass(frozen=True, slots=True)
class Card:
    """Something to show besides words: a `table`, a `chart`, `tips`, a `draft` to open in the planner or a `change_set` to approve."""

    kind: Literal["table", "chart", "tips", "draft", "change_set"]
    title: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool found: facts for the model, and cards for the page."""

    facts: Mapping[str, object]
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool. Who asks, the workspace and the account come from the context, never from the arguments.

    Attributes:
        effect: `read` looks and computes; `propose` makes something that a person must approve or can discard.
        run: gets the call (context, runtime, desk) and the validated arguments.
    """

    name: str
    description: str
    args_model: type[BaseModel]
    permission: Permission
    effect: Effect
    run: Callable[[ToolCall, Any], Outcome]


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """One specialist: its name, when the supervisor should call it, and the tools it may use."""

    name: str
    description: str
    tools: tuple[str, ...]


@dataclass(slots=True)
class Desk:
    """What lies on the table of a conversation; plain JSON-serialisable data, kept in the graph's state between turns.

    Attributes:
        campaign_data: the plan in use (`file_id` and what was read from it).
        historical_performance: the fitted response of each channel.
        market_insights: trends, anomalies, benchmarks and tips found so far.
        distribution_plan: the distribution as it stands, its wishes and how it came about, and earlier ones to go back to.
        confidence_scores: 0-1 by subject.
    """

    campaign_data: dict[str, Any] = field(default_factory=dict)
    historical_performance: dict[str, Any] = field(default_factory=dict)
    market_insights: dict[str, Any] = field(default_factory=dict)
    distribution_plan: dict[str, Any] = field(default_factory=dict)
    confidence_scores: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """Everything a tool gets besides its arguments.

    Attributes:
        opened: what the turn has already read.
        run_id: the turn's own; what is made under an id derived from it is made once, also when a crashed turn is taken up again.
    """

    ctx: AccessContext
    rt: Runtime
    desk: Desk
    opened: dict[str, Any] = field(default_factory=dict)
    run_id: str = ""
