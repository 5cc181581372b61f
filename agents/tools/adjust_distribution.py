"""Moves money between channels of the distribution on the table, or changes one and lets the others give or take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, Field

from agents.facts import Fact, money
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import base_of, describe, distribution_of, draft_card, keep_wishes, put_distribution, rows_named, wishes_of
from core.access import Permission
from core.errors import InvalidInput
from core.model.distribution import Distribution, DistributionRow
from core.model.money import split_minor


class Step(BaseModel):
    """One change. Without `source` (or `destination`) all other lines that are not locked give (or take) in proportion."""

    source: str | None = Field(None, description="channel that gives")
    destination: str | None = Field(None, description="channel that gets")
    amount_minor: int | None = Field(None, gt=0)
    share: float | None = Field(
        None, gt=0, le=1, description="of what the giving channel has (of the getting one where no source is named)"
    )


class Args(BaseModel):
    """The changes, in order."""

    steps: list[Step] = Field(min_length=1)


def run(call: ToolCall, args: Args) -> Outcome:
    """Apply the steps to the cent; the total stays as it is."""
    distribution = distribution_of(call) or base_of(call)
    moved: list[Fact] = []
    for step in args.steps:
        distribution, minor = _moved(distribution, step)
        said = {"source": step.source, "destination": step.destination}
        moved.append(said | {"amount": money(minor, distribution.currency, "run:adjust_distribution")})
    _follow_locks(call, distribution)
    put_distribution(call, distribution, made_by="adjust_distribution")
    facts = describe(call, distribution, "run:adjust_distribution") | {"moved": moved}
    return Outcome(facts, (draft_card(call, distribution, "Distribution"),))


def _follow_locks(call: ToolCall, distribution: Distribution) -> None:
    """A lock on lines that were changed by name holds their new amount from now on."""
    amounts = {row.id: row.total_minor for row in distribution.rows}
    kept = [
        replace(wish, amount_minor=sum(amounts.get(row, 0) for row in wish.rows), share=None) if wish.kind == "lock" else wish
        for wish in wishes_of(call)
    ]
    keep_wishes(call, kept)


def _moved(distribution: Distribution, step: Step) -> tuple[Distribution, int]:
    if step.source is None and step.destination is None:
        raise InvalidInput("A move needs a channel that gives or one that gets.", hint="Say from which channel to which.")
    named = {row.id for name in (step.source, step.destination) if name for row in rows_named(distribution, channel=name)}
    others = tuple(row for row in distribution.rows if row.id not in named and not row.locked)
    giving = rows_named(distribution, channel=step.source) if step.source else others
    getting = rows_named(distribution, channel=step.destination) if step.destination else others
    has = sum(row.total_minor for row in (giving if step.source else getting))
    minor = step.amount_minor if step.amount_minor is not None else round(has * (step.share if step.share is not None else 0.0))
    available = sum(row.total_minor for row in giving)
    if not giving or not getting:
        raise InvalidInput("Every other line is locked.", hint="Unlock one of them, or say where the money should come from.")
    if minor > available:
        have = money(available, distribution.currency, "run")["text"]
        raise InvalidInput(f"There are only {have} to take from.", hint="Move less, or name another channel.")
    changed = _changed(distribution, giving, -minor)
    return _changed(changed, getting, minor), minor


def _changed(distribution: Distribution, rows: Sequence[DistributionRow], minor: int) -> Distribution:
    """Add an amount to some rows in proportion to what their cells hold; nothing goes below zero."""
    ids = {row.id for row in rows}
    now = [row for row in distribution.rows if row.id in ids]
    weights = [cell.budget_minor for row in now for cell in row.cells]
    parts = iter(split_minor(minor, weights if any(weights) else [1] * len(weights)))
    new = {
        row.id: replace(row, cells=tuple(replace(cell, budget_minor=cell.budget_minor + next(parts)) for cell in row.cells)) for row in now
    }
    return replace(distribution, rows=tuple(new.get(row.id, row) for row in distribution.rows))


TOOL = ToolSpec("adjust_distribution", "Move money between channels of the distribution on the table; the total stays.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
