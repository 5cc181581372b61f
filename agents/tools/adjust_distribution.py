"""Moves money between lines of the distribution on the table, or changes one and lets the others give or take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, Field

from agents.facts import Fact, money
from agents.lines import grouped
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import (
    base_of,
    describe,
    distribution_of,
    draft_card,
    keep_wishes,
    open_plan,
    period_text,
    put_distribution,
    rows_of,
    wish_text,
    wishes_of,
)
from core.access import Permission
from core.errors import InvalidInput
from core.model.distribution import Distribution, DistributionRow
from core.model.flight import Period
from core.planning.shift import Place, added, exchanged, held, postponed, rounded, with_locks
from core.planning.split import Wish, is_broken

_SOURCE = "run:adjust_distribution"
_ALL = "*"


class Step(BaseModel):
    """One change. Without `source` (or `destination`) all other lines that are not locked give (or take), or those in `others`."""

    source: str | list[str] | None = Field(None, description="line or channel that gives, or several; `*` for every line")
    destination: str | list[str] | None = Field(None, description="line or channel that gets, or several; `*` for every line")
    but: list[str] = Field(default_factory=list, description="lines that `*` leaves out")
    each: bool = Field(False, description="the amount is for every one of the lines on the side that has several, not for all together")
    swap: bool = Field(False, description="instead of an amount: source and destination exchange what they have")
    round_to_minor: int | None = Field(None, gt=0, description="instead: the destination's cells become multiples; their sum stays")
    amount_minor: int | None = Field(None, gt=0)
    share: float | None = Field(
        None, gt=0, le=10, description="of what the giving channel has (of the getting one where no source is named)"
    )
    to_minor: int | None = Field(None, ge=0, description="instead: what the destination should have afterwards")
    bound: Literal["min", "max"] | None = Field(None, description="`to_minor` is the least or the most: nothing happens where it holds")
    start: date | None = Field(None, description="only in these days, both inclusive; without them over the whole plan")
    end: date | None = None
    to_start: date | None = Field(None, description="where the money goes into other days than it comes from")
    to_end: date | None = None
    spread: Literal["proportional", "even"] = "proportional"
    others: list[str] = Field(default_factory=list, description="who gives or takes where only one side is named; empty for all others")
    total_stays: bool = Field(True, description="false: nobody else gives or takes, the total changes")


class Args(BaseModel):
    """The changes, in order."""

    steps: list[Step] = Field(min_length=1)
    lift: bool = Field(False, description="true only when the person said that limits and locks in the way may go")


@dataclass(frozen=True, slots=True)
class _Change:
    """A step with its places found; None on the side that nobody is on, and no name where it is the others."""

    step: Step
    giving: Place | None
    getting: Place | None
    giver: str | list[str] | None
    getter: str | list[str] | None
    minor: int
    into: frozenset[str] | None = None


def run(call: ToolCall, args: Args) -> Outcome:
    """Apply the steps to the cent, or nothing at all: a wish that would break, or money that is not there, is told and asked about."""
    standing = distribution_of(call) or base_of(call)
    distribution, changes = standing, []
    for step in args.steps:
        change = _resolved(call, distribution, step)
        available = held(distribution, change.giving) if change.giving is not None else change.minor
        if change.minor > available:
            return _refused(call, {"short": _short(change, available, distribution)})
        after = _applied(distribution, change)
        if step.round_to_minor is not None and after == distribution and len(args.steps) == 1:
            return _refused(call, {"round": money(step.round_to_minor, distribution.currency, "you")})
        distribution = after
        changes.append(change)
    wishes = wishes_of(call)
    broken = [w for w in wishes if is_broken(w, distribution)]
    if broken and not args.lift:
        return _refused(call, {"broken": [_told_broken(w, distribution) for w in broken]})
    kept = [w for w in wishes if w not in broken]
    keep_wishes(call, kept)
    distribution = with_locks(distribution, [row for w in kept if w.kind == "lock" for row in w.rows])
    put_distribution(call, distribution, made_by="adjust_distribution", method="standing")
    cuts = [place.rows for c in changes for place, named in ((c.giving, c.giver), (c.getting, c.getter)) if place and named]
    facts = describe(call, distribution, _SOURCE, cuts=cuts) | {
        "moved": [_told(change, distribution) for change in changes],
        "lifted": [wish_text(w, distribution.currency, "you") for w in broken],
        "total_before": money(standing.total_minor, standing.currency, _SOURCE),
    }
    return Outcome(facts, (draft_card(call, distribution, "Distribution"),))


def _refused(call: ToolCall, why: Fact) -> Outcome:
    """Nothing was changed; wishes of the same request are not kept either."""
    plan = call.desk.distribution_plan
    plan["wishes"] = plan.pop("wishes_before", plan.get("wishes", []))
    return Outcome({"refused": True} | why)


def moved(call: ToolCall, distribution: Distribution, step: Step) -> Distribution:
    """Give the distribution after one change; nothing on the table changes.

    Raises:
        InvalidInput: there is not so much to take, or every other line is locked.
    """
    change = _resolved(call, distribution, step)
    if change.giving is not None and change.minor > held(distribution, change.giving):
        raise InvalidInput("There is not so much to take.", hint="Take less, or from another line.")
    return _applied(distribution, change)


def _applied(distribution: Distribution, change: _Change) -> Distribution:
    unit = change.step.round_to_minor
    if unit is not None and change.getting is not None:
        return rounded(distribution, change.getting, unit)
    if change.step.swap and change.giving is not None and change.getting is not None:
        return exchanged(distribution, change.giving, change.getting)
    if change.into is not None and change.giving is not None:
        return postponed(distribution, change.giving, change.into, change.step.share if change.step.share is not None else 0.0)
    if change.giving is not None:
        distribution = added(distribution, change.giving, -change.minor)
    return distribution if change.getting is None else added(distribution, change.getting, change.minor)


def _resolved(call: ToolCall, distribution: Distribution, step: Step) -> _Change:
    """Find who gives and gets how much.

    Raises:
        InvalidInput: no side is named, or all the others are locked.
    """
    if step.source is None and step.destination is None:
        raise InvalidInput("A move needs a channel that gives or one that gets.", hint="Say from which channel to which.")
    _check_amount(step)
    periods = _periods(distribution, step.start, step.end)
    into = _periods(distribution, step.to_start, step.to_end) if step.to_start is not None else periods
    giving = _place(call, distribution, step, step.source, periods)
    getting = _place(call, distribution, step, step.destination, into)
    if step.source == step.destination == _ALL and giving is not None and into is not None:
        return _all_later(distribution, step, giving, into)
    giving, getting = _apart(step, giving, getting)
    named = giving or getting
    assert named is not None
    minor, giver, getter = _amount(step, distribution, named), step.source, step.destination
    if step.swap and getting is not None:
        minor -= held(distribution, getting)
    if (giving is None or step.swap) and minor < 0:  # it is to have less than it has
        giving, getting, giver, getter, minor = getting, giving, getter, giver, -minor
    if step.total_stays and step.round_to_minor is None:
        others = _others(call, distribution, step, named, into if getting is None else periods)
        giving, getting = giving or others, getting or others
    return _Change(step, giving, getting, giver, getter, minor)


def _check_amount(step: Step) -> None:
    """Hold a step to one way of saying how much.

    Raises:
        InvalidInput: none is said, or several that may differ; or a line is to change places with nobody.
    """
    said = [step.amount_minor is not None, step.share is not None, step.to_minor is not None, step.round_to_minor is not None, step.swap]
    if sum(said) != 1:
        raise InvalidInput("A change needs exactly one amount: a sum, a share, what it should have, a swap or a rounding.")
    if step.swap and (step.source is None or step.destination is None):
        raise InvalidInput("Two lines are needed to change places.", hint="Name the other one.")


def _all_later(distribution: Distribution, step: Step, giving: Place, into: frozenset[str]) -> _Change:
    """Every line moves its own money to other days.

    Raises:
        InvalidInput: an amount instead of a share, which does not tell whose money it is.
    """
    if step.share is None:
        raise InvalidInput("An amount does not tell which lines it comes from.", hint="Name the line, or a share of every line.")
    return _Change(step, giving, None, _ALL, _ALL, round(held(distribution, giving) * step.share), into)


def _apart(step: Step, giving: Place | None, getting: Place | None) -> tuple[Place | None, Place | None]:
    """Nobody gives to himself: `*` on one side leaves out who is named on the other."""
    if giving is None or getting is None:
        return giving, getting
    if step.source == _ALL:
        giving = replace(giving, groups=tuple(group for group in giving.groups if not group & getting.rows))
    elif step.destination == _ALL:
        getting = replace(getting, groups=tuple(group for group in getting.groups if not group & giving.rows))
    if giving.rows & getting.rows and giving.periods == getting.periods:
        raise InvalidInput("The same line would give and get.", hint="Name different lines.")
    return giving, getting


def _amount(step: Step, distribution: Distribution, named: Place) -> int:
    if step.to_minor is not None:
        gap = step.to_minor - held(distribution, named)
        return min(gap, 0) if step.bound == "max" else max(gap, 0) if step.bound == "min" else gap
    if step.amount_minor is not None:
        return step.amount_minor * (len(named.groups) if step.each else 1)
    if step.swap:
        return held(distribution, named)
    return round(held(distribution, named) * (step.share if step.share is not None else 0.0))


def _place(
    call: ToolCall, distribution: Distribution, step: Step, named: str | list[str] | None, periods: frozenset[str] | None
) -> Place | None:
    if named is None:
        return None
    if named == _ALL:
        out = {row.id for name in step.but for row in rows_of(call, distribution, channel=name)}
        rows = [row for row in distribution.rows if not row.locked and row.id not in out]
        if not rows:
            raise InvalidInput("Every other line is locked.", hint="Unlock one of them first.")
        all_groups = [frozenset(row.id for row in group) for group in grouped(open_plan(call).names, rows, [frozenset(out)]).values()]
        return Place(tuple(all_groups), periods, evenly=step.each)
    names = [named] if isinstance(named, str) else named
    groups = [frozenset(row.id for row in rows_of(call, distribution, channel=name)) for name in names]
    return Place(tuple(dict.fromkeys(groups)), periods, evenly=(step.spread == "even" or step.each) and len(groups) > 1)


def _others(call: ToolCall, distribution: Distribution, step: Step, named: Place, periods: frozenset[str] | None) -> Place:
    """Give the lines that answer for a change: those that were said, else all that are neither named nor locked."""
    rows: Sequence[DistributionRow] = [row for row in distribution.rows if row.id not in named.rows and not row.locked]
    if step.others:
        rows = [row for name in step.others for row in rows_of(call, distribution, channel=name)]
    if not rows:
        raise InvalidInput("Every other line is locked.", hint="Unlock one of them, or say where the money should come from.")
    groups = [frozenset(row.id for row in group) for group in grouped(open_plan(call).names, rows).values()]
    return Place(tuple(dict.fromkeys(groups)), periods, evenly=step.spread == "even")


def _periods(distribution: Distribution, start: date | None, end: date | None) -> frozenset[str] | None:
    """Give the periods of some days.

    Raises:
        InvalidInput: the distribution has no periods of its own for these days.
    """
    if start is None or end is None:
        return None
    whole = [p for p in distribution.periods if start <= p.start and p.end <= end]
    cut = [p for p in distribution.periods if p not in whole and p.start <= end and start <= p.end]
    if cut or not whole:
        has = ", ".join(p.key for p in distribution.periods[:12] if p.start.year > 1) or "no dates"
        raise InvalidInput(f"The plan has no cells of its own for {_days(start, end)}.", hint=f"Its periods are: {has}.")
    return frozenset(p.key for p in whole)


def _days(start: date, end: date) -> str:
    in_months = start.day == 1 and (end + timedelta(days=1)).day == 1
    return period_text([Period(start, end)]) if in_months else f"{start} – {end}"


def _short(change: _Change, available: int, distribution: Distribution) -> Fact:
    step = change.step
    return {
        "source": _written(change.giver),
        "periods": _days(step.start, step.end) if step.start is not None and step.end is not None else "",
        "has": money(available, distribution.currency, _SOURCE),
        "asked": money(change.minor, distribution.currency, "you"),
    }


def _written(names: str | list[str] | None) -> str | None:
    return " + ".join(names) if isinstance(names, list) else names


def _told_broken(wish: Wish, distribution: Distribution) -> Fact:
    would = sum(row.total_minor for row in distribution.rows if row.id in wish.rows)
    return wish_text(wish, distribution.currency, "you") | {"would": money(would, distribution.currency, _SOURCE)}


def _told(change: _Change, distribution: Distribution) -> Fact:
    step, one_sided = change.step, None in (change.giver, change.getter)
    return {
        "source": _written(change.giver),
        "destination": _written(change.getter),
        "others": (step.others or [_ALL]) if step.total_stays and one_sided else [],
        "but": step.but,
        "each": money(step.amount_minor, distribution.currency, "you") if step.each and step.amount_minor is not None else None,
        "swap": step.swap,
        "round": money(step.round_to_minor, distribution.currency, "you") if step.round_to_minor is not None else None,
        "evenly": step.spread == "even",
        "amount": money(change.minor, distribution.currency, _SOURCE),
        "periods": _days(step.start, step.end) if step.start is not None and step.end is not None else "",
        "into": _days(step.to_start, step.to_end) if step.to_start is not None and step.to_end is not None else "",
    }


TOOL = ToolSpec("adjust_distribution", "Move money between lines of the distribution on the table, over all of it or in some months only.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
