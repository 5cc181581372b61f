"""Turns moves, ups and downs, and amounts for a line into steps that change only these lines, in the months that were said."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from agents.builtin.frame import Frame, share_or_amount
from agents.builtin.periods import PeriodMention
from agents.builtin.said import EVERYTHING, Delta, Move, Rest, Rounding, Rule, Slots, Target
from agents.builtin.table import Table


def adjustments(frame: Frame, table: Table) -> list[dict[str, Any]]:
    """Give a step for each move, and for each line that goes up or down."""
    slots = frame.slots
    relative = [rule for rule in slots.rules if rule.kind in ("up", "down")]
    moves = [_moved(move, slots.moves[:n], slots.method, table) for n, move in enumerate(slots.moves)]
    steps = [step for step in moves if step is not None]
    answering = _answering_together(slots, table)
    steps += [_shift(rule, slots, table) | (answering if not rule.target.is_everything else {}) for rule in relative]
    steps = [part for step in steps for part in (_each_month(step, table) if slots.per_month else [step])]
    days = _days(slots.periods, table)
    steps += [{"source": _names([one]), "destination": _names([other]), "swap": True, **days} for one, other in slots.swaps]
    return steps + ([] if slots.rounding is None else [_rounding(slots.rounding, table) | days])


def _rounding(rounding: Rounding, table: Table) -> dict[str, Any]:
    return {"destination": _names(rounding.targets) if rounding.targets else "*", "round_to_minor": table.minor(rounding.unit)}


def _each_month(step: dict[str, Any], table: Table) -> list[dict[str, Any]]:
    """Give an amount that is meant for each month as a step for every month of its days; a share is the same either way."""
    first, last = step.get("start", ""), step.get("end", "9999")
    months = [p for p in table.periods if p.start.year > 1 and first <= str(p.start) and str(p.end) <= last]
    if "share" in step or "to_start" in step or not months:
        return [step]
    return [step | {"start": str(p.start), "end": str(p.end)} for p in months]


def settings(rules: Sequence[Rule], rest: Rest | None, table: Table) -> list[dict[str, Any]]:
    """Give a step for each line that is to have an amount, at least or at most."""
    steps: list[dict[str, Any]] = []
    for rule in rules:
        values = _to(rule, table)
        bound = {"bound": rule.kind} if rule.kind in ("min", "max") else {}
        if values is not None:
            step = {"destination": _names([rule.target]), "to_minor": values, **bound, **_answering(rest), **_days(rule.periods, table)}
            steps += _each_month(step, table) if rule.per_month else [step]
    return steps


def whole_part(total: Decimal, periods: tuple[PeriodMention, ...], table: Table) -> dict[str, Any]:
    """Give the step by which all lines together have an amount in some days, and the total changes with it."""
    return {"destination": EVERYTHING.names[0], "to_minor": table.minor(total), "total_stays": False, **_days(periods, table)}


def whole_shift(delta: Delta, periods: tuple[PeriodMention, ...], table: Table) -> dict[str, Any]:
    """Give the step by which every line goes up or down, and the total with it."""
    side = "destination" if delta.sign > 0 else "source"
    return {side: "*", **share_or_amount(delta.value, delta.is_share, table), "total_stays": False, **_days(periods, table)}


def _to(rule: Rule, table: Table) -> int | None:
    if rule.kind == "remove":
        return 0
    if rule.value is None:
        return None
    total = table.total_minor if table.total_minor is not None else table.plan_total_minor
    return round((total or 0) * float(rule.value)) if rule.is_share else table.minor(rule.value)


def _moved(move: Move, before: Sequence[Move], method: str | None, table: Table) -> dict[str, Any] | None:
    """Give the step of a move; None where it lacks a side, or an amount."""
    into = _days(move.into, table)
    if move.value is None or ((move.source is None or move.destination is None) and not into):
        return None
    source, destination = (t if t is not None else EVERYTHING for t in (move.source, move.destination))
    value = move.value
    if move.is_share:  # `60% of it to Search and 40% to Meta` are shares of what there was before
        gone = sum((m.value for m in before if m.value is not None and m.is_share and m.source == move.source), Decimal(0))
        value = value / (1 - gone) if gone < 1 else value
    return {
        "source": _names([source, *move.more_sources]),
        "destination": _names([destination, *move.more_destinations]),
        **_but(source),
        **share_or_amount(value, move.is_share, table),
        **_days(move.periods, table),
        **({f"to_{key}": day for key, day in into.items()}),
        **({"spread": "even"} if method == "even" else {}),
        **({"each": True} if move.each and not move.is_share else {}),
    }


def _shift(rule: Rule, slots: Slots, table: Table) -> dict[str, Any]:
    side = "destination" if rule.kind == "up" else "source"
    each = {"each": True} if rule.target.is_everything and slots.each and not rule.is_share else {}
    values = share_or_amount(rule.value, rule.is_share, table) | _but(rule.target) | each
    return {side: _names([rule.target]), **values, **_answering(slots.rest), **_days(rule.periods, table)}


def _answering_together(slots: Slots, table: Table) -> dict[str, Any]:
    """Tell who answers for several changes said at once: the lines that none of them is about; the total where there is none."""
    relative = [rule.target for rule in slots.rules if rule.kind in ("up", "down")]
    sides = [one for m in slots.moves for one in (m.source, m.destination, *m.more_sources, *m.more_destinations) if one is not None]
    held = [rule.target for rule in slots.rules if rule.kind == "lock" and rule.value is None]
    changed = [*relative, *sides]
    if slots.rest is not None or not relative or any(target.is_everything for target in changed):
        return {}
    lines = table.markets if all(target.kind == "market" for target in changed) else table.channels
    named = {name for target in changed for name in target.names}
    free = [name for name in lines if name not in named | {name for target in held for name in target.names}]
    if not named <= {*lines} or (len(changed) == 1 and free):
        return {}
    return {"others": free} if free else {"total_stays": False}


def _but(target: Target) -> dict[str, Any]:
    return {"but": list(target.but)} if target.but else {}


def _answering(rest: Rest | None) -> dict[str, Any]:
    """Tell who gives or takes for a change."""
    if rest is None:
        return {}
    if rest.stays:
        return {"total_stays": False}
    others = [name for target in rest.targets for name in target.names]
    return ({"others": others} if others else {}) | ({"spread": "even"} if rest.evenly else {})


def _days(periods: tuple[PeriodMention, ...], table: Table) -> dict[str, str]:
    days = table.part(periods)
    return {} if days is None else {"start": str(days.start), "end": str(days.end)}


def _names(targets: Sequence[Target]) -> str | list[str]:
    names = list(dict.fromkeys(name for target in targets for name in target.names))
    return names[0] if len(names) == 1 else names


def amount_now(rule: Rule, table: Table) -> int:
    """Give what a line has now, in minor units."""
    return sum(table.words.get(name, table.amounts.get(name, 0)) for name in rule.target.names)


def tried(rule: Rule, table: Table) -> dict[str, Any]:
    """`what if TV had 20k less` is a lock at that amount."""
    now = amount_now(rule, table)
    value = rule.value if rule.value is not None else Decimal(0)
    by = round(now * float(value)) if rule.is_share else table.minor(value)
    after = max(0, now + by * (1 if rule.kind == "up" else -1))
    names = list(rule.target.names)
    return {"kind": "lock", **({"channels": names} if len(names) > 1 else {"channel": names[0]}), "amount_minor": after}
