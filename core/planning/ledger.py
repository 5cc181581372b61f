"""Promised against delivered: what each forecast said, what came, and what the next curves learn from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.model.interval import Interval
from core.planning.response.layout import Belief

_LEAST_SD_RATIO = 0.3


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One channel of one finished flight (both ends inclusive); outcome in KPI units, spend in minor units.

    Attributes:
        at_spent: what was promised for the spend that was delivered.
    """

    channel: str
    plan: str
    start: date
    end: date
    promised_spend_minor: int
    delivered_spend_minor: int
    promised: Interval
    at_spent: Interval
    delivered: float

    @property
    def flight(self) -> str:
        return f"{self.plan}, {self.start} to {self.end}"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A channel's record over its flights.

    Attributes:
        ratio: delivered over promised outcome, both summed, the promise taken at the spend that was delivered.
        held: share of flights inside the 90% range promised for the spend that was delivered.
    """

    channel: str
    flights: int
    ratio: float | None
    held: float


def sum_up(entries: Sequence[LedgerEntry]) -> tuple[LedgerLine, ...]:
    """Sum up the ledger by channel, in order of first appearance."""
    groups: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        groups[entry.channel].append(entry)
    return tuple(_line(channel, group) for channel, group in groups.items())


def _line(channel: str, entries: Sequence[LedgerEntry]) -> LedgerLine:
    promised = sum(entry.at_spent.mean for entry in entries)
    ratio = sum(entry.delivered for entry in entries) / promised if promised > 0 else None
    held = float(np.mean([entry.at_spent.low <= entry.delivered <= entry.at_spent.high for entry in entries]))
    return LedgerLine(channel, len(entries), ratio, held)


def promised_at(spend_minor: int, points: Sequence[tuple[int, Interval]]) -> Interval:
    """Give what a promise comes to at another spend: straight between the points of its curve and zero, and on from the last two."""
    known = sorted([(0, Interval(0.0, 0.0, 0.0)), *((spend, at) for spend, at in points if spend > 0)], key=lambda point: point[0])
    above = next((i for i, (spend, _) in enumerate(known) if i > 0 and spend >= spend_minor), len(known) - 1)
    if above == 0:
        return known[0][1]
    (low_spend, low), (high_spend, high) = known[above - 1], known[above]
    share = (spend_minor - low_spend) / (high_spend - low_spend)
    mean, least, most = (a + share * (b - a) for a, b in ((low.mean, high.mean), (low.low, high.low), (low.high, high.high)))
    return Interval(mean, min(least, mean), max(most, mean))


def unseen(entries: Sequence[LedgerEntry], seen: tuple[date, date] | None) -> tuple[LedgerEntry, ...]:
    """Give the flights that share no day with the series of a fit (first and last day): all others it has learnt from already."""
    return tuple(entry for entry in entries if seen is None or entry.end < seen[0] or entry.start > seen[1])


def beliefs_from_ledger(entries: Sequence[LedgerEntry], *, minor_per_unit: float) -> dict[str, Belief]:
    """Give what delivered flights say about each channel's return, as a prior for a fit that has not seen them: at best 30% loose."""
    groups: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if entry.delivered_spend_minor > 0:
            groups[entry.channel].append(entry)
    return {channel: _belief(group, minor_per_unit) for channel, group in groups.items()}


def _belief(entries: Sequence[LedgerEntry], minor_per_unit: float) -> Belief:
    spend = sum(entry.delivered_spend_minor for entry in entries) / minor_per_unit
    mean = sum(entry.delivered for entry in entries) / spend
    each = [entry.delivered / (entry.delivered_spend_minor / minor_per_unit) for entry in entries]
    spread = float(np.std(each)) / np.sqrt(len(each)) if len(each) > 1 else 0.5 * mean
    flights = f"{len(entries)} finished flight{'s' if len(entries) > 1 else ''}"
    return Belief(return_per_unit=(mean, max(spread, _LEAST_SD_RATIO * mean)), source=flights)
