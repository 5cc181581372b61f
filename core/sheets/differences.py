"""What moved between two readings of a plan, in money; rows are followed by what they say, not by where they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from core.model.flight import Period
from core.model.reading import LineItem, PeriodAmount, PlanTable, Reading
from core.sheets.summary import summarise


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that moved.

    Attributes:
        field: `budget`, a period's key, `start`, `end` or `name`.
        was, now: as text where it is not money.
        cell: where it stands now, or stood for what was removed.
    """

    kind: Literal["added", "removed", "changed"]
    tab: str
    line_item: str
    field: str
    currency: str | None
    was_minor: int | None = None
    now_minor: int | None = None
    was: str | None = None
    now: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that moved, and the two totals (None where a reading has none)."""

    moved: tuple[Difference, ...]
    was_total_minor: int | None
    now_total_minor: int | None
    was_currency: str | None
    now_currency: str | None


def compare_readings(was: Reading, now: Reading) -> Differences:
    """List what moved from one reading to the next; the same reading twice gives nothing."""
    before, after = summarise(was), summarise(now)
    return Differences(
        moved=tuple(_moved(was, now)),
        was_total_minor=before.total_minor,
        now_total_minor=after.total_minor,
        was_currency=before.currency,
        now_currency=after.currency,
    )


def label_of(item: LineItem) -> str:
    """Name a line item by what it buys, as people would."""
    parts = [item.channel, item.publisher, item.campaign, item.format, item.market, item.objective]
    named = list(dict.fromkeys(part for part in parts if part))
    return " · ".join(named) if named else next(iter(item.labels.values()), f"row {item.row}")


def _moved(was: Reading, now: Reading) -> Iterator[Difference]:
    before, after = _by_place(was), _by_place(now)
    for place in [*before, *(place for place in after if place not in before)]:
        old, new = before.get(place), after.get(place)
        pairs = _pair(old.line_items if old else (), new.line_items if new else ())
        for one, other in pairs:
            if one is None and other is not None and new is not None:
                yield _whole("added", new, other)
            elif other is None and one is not None and old is not None:
                yield _whole("removed", old, one)
            elif one is not None and other is not None and new is not None:
                yield from _changes(new, one, other)


def _by_place(reading: Reading) -> dict[tuple[str, int], PlanTable]:
    """Name tables by tab and their order on it: headers and ranges may move."""
    counts: dict[str, int] = defaultdict(int)
    places: dict[tuple[str, int], PlanTable] = {}
    for table in reading.tables:
        places[(table.tab, counts[table.tab])] = table
        counts[table.tab] += 1
    return places


_Pair = tuple[LineItem | None, LineItem | None]


def _identity(item: LineItem) -> tuple[object, ...]:
    return (item.channel, item.publisher, item.format, item.campaign, item.market, item.objective, tuple(sorted(item.labels.items())))


def _pair(old: Sequence[LineItem], new: Sequence[LineItem]) -> list[_Pair]:
    """Pair by identical texts (equal budgets first among namesakes), then by label, then a renamed row by its place and budget."""
    pairs: list[_Pair] = []
    left, right = list(old), list(new)
    keys = (
        lambda item: (_identity(item), item.budget_minor),
        _identity,
        label_of,
        lambda item: (item.row, item.budget_minor),
    )
    for key in keys:
        waiting: dict[object, list[LineItem]] = defaultdict(list)
        for item in left:
            waiting[key(item)].append(item)
        unpaired = []
        for item in right:
            if same := waiting.get(key(item)):
                pairs.append((same.pop(0), item))
            else:
                unpaired.append(item)
        left, right = [item for items in waiting.values() for item in items], unpaired
    pairs += [(item, None) for item in left] + [(None, item) for item in right]
    return sorted(pairs, key=_place)


def _place(pair: _Pair) -> int:
    one, other = pair
    standing = other or one
    return standing.row if standing is not None else 0


def _whole(kind: Literal["added", "removed"], table: PlanTable, item: LineItem) -> Difference:
    minor = item.budget_minor
    return Difference(
        kind=kind,
        tab=table.tab,
        line_item=label_of(item),
        field="budget",
        currency=table.currency,
        was_minor=minor if kind == "removed" else None,
        now_minor=minor if kind == "added" else None,
        cell=item.budget_cell,
    )


def _changes(table: PlanTable, one: LineItem, other: LineItem) -> Iterator[Difference]:
    base = Difference("changed", table.tab, label_of(other), "name", table.currency)
    if label_of(one) != label_of(other):
        yield replace(base, was=label_of(one), now=label_of(other))
    if one.budget_minor != other.budget_minor:
        yield replace(base, field="budget", was_minor=one.budget_minor, now_minor=other.budget_minor, cell=other.budget_cell)
    before, after = _by_period(one), _by_period(other)
    for days in sorted(before.keys() | after.keys()):
        old, new = before.get(days), after.get(days)
        standing = new or old
        was_minor, now_minor = (amount.budget_minor if amount is not None else None for amount in (old, new))
        if was_minor != now_minor and standing is not None:
            yield replace(base, field=_name(days), was_minor=was_minor, now_minor=now_minor, cell=standing.cell)
    for field in ("start", "end"):
        was_day, now_day = getattr(one, field), getattr(other, field)
        if was_day != now_day:
            yield replace(base, field=field, was=str(was_day or "none"), now=str(now_day or "none"))


def _by_period(item: LineItem) -> dict[tuple[date, date], PeriodAmount]:
    return {(amount.start, amount.end): amount for amount in item.by_period}


def _name(days: tuple[date, date]) -> str:
    """Name a period by its key; one that ends before it starts (a typo in the sheet) is named by its days."""
    start, end = days
    return Period(start, end).key if end >= start else f"{start}..{end}"
