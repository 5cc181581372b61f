"""Turns moves, ups and downs, and amounts for a line into steps that change only these lines, in the months that were said."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from agents.builtin.frame import Frame, share_or_amount
from agents.builtin.periods import PeriodMention
from agents.builtin.said import Delta, Move, Rest, Rule, Target
from agents.builtin.table import Table


def adjustments(frame: Frame, table: Table) -> list[dict[str, Any]]:
    """Give a step for each move, and for each line that goes up or down."""
    slots = frame.slots
    relative = [rule for rule in slots.rules if rule.kind in ("up", "down")]
    steps = [step for move in slots.moves for step in _moved(move, slots.method, table)]
    steps += [_shift(rule, slots.rest, table) for rule in relative]
    return [part for step in steps for part in (_each_month(step, table) if slots.per_month else [step])]


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


def _moved(move: Move, method: str | None, table: Table) -> list[dict[str, Any]]:
    if move.value is None or move.source is None or move.destination is None:
        return []
    into = _days(move.into, table)
    return [
        {
            "source": _names([move.source, *move.more_sources]),
            "destination": _names([move.destination, *move.more_destinations]),
            **share_or_amount(move.value, move.is_share, table),
            **_days(move.periods, table),
            **({f"to_{key}": day for key, day in into.items()}),
            **({"spread": "even"} if method == "even" else {}),
        }
    ]


def _shift(rule: Rule, rest: Rest | None, table: Table) -> dict[str, Any]:
    side = "destination" if rule.kind == "up" else "source"
    values = share_or_amount(rule.value, rule.is_share, table)
    return {side: _names([rule.target]), **values, **_answering(rest), **_days(rule.periods, table)}


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
