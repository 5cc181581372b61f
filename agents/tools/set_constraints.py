"""Keeps what the person wants held: locks, floors, ceilings and channels left out, for every split that follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import base_of, distribution_of, keep_wishes, rows_of, wish_text, wishes_of
from core.access import Permission
from core.model.distribution import Distribution
from core.planning.split import Wish


class Constraint(BaseModel):
    """One wish. Give `amount_minor` or `share`; a lock with neither holds the amount as it stands."""

    kind: Literal["lock", "min", "max", "exclude", "unlock"]
    channel: str | None = Field(None, description="the plan's own name")
    channels: list[str] = Field(default_factory=list, description="several names that are held together, instead of `channel`")
    market: str | None = None
    amount_minor: int | None = Field(None, ge=0, description="in minor units (cents), over the whole period")
    share: float | None = Field(None, ge=0, le=1, description="of the total")
    per_month: bool = Field(False, description="the amount is for each month")


class Args(BaseModel):
    """The wishes to add or to change; those for other lines stay."""

    constraints: list[Constraint]


def run(call: ToolCall, args: Args) -> Outcome:
    """Merge the new wishes with those that hold; the same kind for the same lines is replaced."""
    base = distribution_of(call) or base_of(call)
    before = kept = wishes_of(call)
    for constraint in args.constraints:
        kept = merged(call, kept, constraint, base)
    call.desk.distribution_plan["wishes_before"] = call.desk.distribution_plan.get("wishes", [])
    keep_wishes(call, kept)
    facts = [wish_text(wish, base.currency, "you") for wish in kept]
    replaced = [wish_text(w, base.currency, "you") for w in before if w not in kept and all(c.kind != "unlock" for c in args.constraints)]
    return Outcome({"wishes": facts, "changed": [_label(c) for c in args.constraints], "replaced": replaced})


def merged(call: ToolCall, kept: Sequence[Wish], constraint: Constraint, base: Distribution) -> tuple[Wish, ...]:
    """Add one wish to those that hold."""
    names: list[str | None] = [*constraint.channels] or [constraint.channel]
    named = [rows_of(call, base, channel=name, market=constraint.market) for name in names]
    rows = tuple({row.id: row for group in named for row in group}.values())
    ids = tuple(row.id for row in rows)
    others = tuple(w for w in kept if set(w.rows) != set(ids))
    if constraint.kind == "unlock":
        return tuple(w for w in kept if not set(w.rows) & set(ids))
    amount, share = constraint.amount_minor, constraint.share
    if amount is not None and constraint.per_month:
        amount *= max(1, len(base.periods))
    if constraint.kind == "exclude":
        return (*others, Wish("lock", ids, _label(constraint), 0))
    if amount is None and share is None:
        amount = sum(row.total_minor for row in rows)
    wish = Wish(constraint.kind, ids, _label(constraint), amount, share)
    same = tuple(w for w in kept if set(w.rows) == set(ids) and {w.kind, wish.kind} == {"min", "max"})
    return (*others, *same, wish)


def _label(constraint: Constraint) -> str:
    return " ".join(part for part in (constraint.channel, " + ".join(constraint.channels), constraint.market) if part) or "all"


TOOL = ToolSpec("set_constraints", "Keep locks, minimums, maximums and exclusions per channel or market for the splits that follow.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
