"""A reading in a few figures: what the plan costs, in which currency, over which days, and what is still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.model.reading import LineItem, PlanTable, Question, Reading

_ABOUT_MONEY = ("ambiguous_number", "which_budget", "shares_only", "scale", "mixed_frequency", "alternatives", "currency", "struck_out")


def questions_of_money(reading: Reading) -> tuple[Question, ...]:
    """Give the open questions whose answers decide which amounts a plan has: until then nothing of it can be written."""
    return tuple(question for question in reading.questions if question.kind in _ABOUT_MONEY)


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """A plan in figures.

    Attributes:
        currency: None where the file does not say, or says several.
        total_minor: None where the tables differ in currency or none states a budget.
        mismatches: totals that the line items do not add up to.
    """

    currency: str | None
    total_minor: int | None
    line_items: int
    questions: int
    mismatches: int
    start: date | None
    end: date | None


def counted_tables(reading: Reading) -> tuple[PlanTable, ...]:
    """Give the tables that add up: of alternatives (scenarios, tiers) only the first counts."""
    seen: set[str] = set()
    counted: list[PlanTable] = []
    for table in reading.tables:
        if table.alternative_group in seen:
            continue
        if table.alternative_group is not None:
            seen.add(table.alternative_group)
        counted.append(table)
    return tuple(counted)


def summarise(reading: Reading) -> PlanSummary:
    """Sum up a reading; totals of different currencies are never added."""
    tables = counted_tables(reading)
    currencies = {table.currency for table in tables}
    totals = [table.total_minor for table in tables if table.total_minor is not None]
    items = [item for table in tables for item in table.line_items]
    starts = [day for item in items if (day := _first_day(item.start, [p.start for p in item.by_period])) is not None]
    ends = [day for item in items if (day := _last_day(item.end, [p.end for p in item.by_period])) is not None]
    return PlanSummary(
        currency=next(iter(currencies)) if len(currencies) == 1 else None,
        total_minor=sum(totals) if totals and len(currencies) == 1 else None,
        line_items=len(items),
        questions=len(reading.questions),
        mismatches=sum(check.computed_minor is not None and not check.matches for table in tables for check in table.totals),
        start=min(starts, default=None),
        end=max(ends, default=None),
    )


def is_template(reading: Reading) -> bool:
    """Tell a plan's empty form from a plan: it looks like one, nothing is open, and no line item has an amount or a metric."""
    items = [item for table in reading.tables for item in table.line_items]
    amounts = [item.budget_minor for item in items] + [part.budget_minor for item in items for part in item.by_period]
    filled = any(amounts) or any(item.metrics for item in items)
    return reading.is_media_plan and not reading.questions and not filled


def _first_day(own: date | None, periods: list[date]) -> date | None:
    return own if own is not None else min(periods, default=None)


def _last_day(own: date | None, periods: list[date]) -> date | None:
    return own if own is not None else max(periods, default=None)


def told_apart(items: Sequence[LineItem], names: Sequence[str]) -> list[str]:
    """Give the line items' names, those that several share with the first of their labels by which they differ."""
    shared = {name for name, times in Counter(names).items() if times > 1}
    told = list(names)
    for name in shared:
        group = [number for number, own in enumerate(names) if own == name]
        headers = dict.fromkeys(header for n in group for header in items[n].labels)
        values = {header: [items[n].labels.get(header, "").strip() for n in group] for header in headers}
        differing = [texts for texts in values.values() if len(set(texts)) > 1]
        best = max(differing, key=lambda texts: len(set(texts)), default=[""] * len(group))
        for number, text in zip(group, best, strict=True):
            told[number] = f"{name} · {text}" if text and text != name else name
    return told
