"""Promised against delivered: what each forecast said, what came, and what the next curves learn from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.model.interval import Interval
from core.planning.response.layout import Belief

_LEAST_SD_RATIO = 0.3


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One channel of one finished flight; outcome in KPI units, spend in minor units."""

    channel: str
    flight: str
    promised_spend_minor: int
    delivered_spend_minor: int
    promised: Interval
    delivered: float


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A channel's record over its flights.

    Attributes:
        ratio: delivered over promised outcome, both summed, the promise taken at the spend that was delivered.
        held: share of flights inside the promised 90% range.
    """

    channel: str
    flights: int
    ratio: float
    held: float


def sum_up(entries: Sequence[LedgerEntry]) -> tuple[LedgerLine, ...]:
    """Sum up the ledger by channel, in order of first appearance."""
    groups: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        groups[entry.channel].append(entry)
    return tuple(_line(channel, group) for channel, group in groups.items())


def _line(channel: str, entries: Sequence[LedgerEntry]) -> LedgerLine:
    scaled = [(entry.delivered, entry.promised.mean * _spend_ratio(entry)) for entry in entries]
    promised = sum(promise for _, promise in scaled)
    ratio = sum(came for came, _ in scaled) / promised if promised > 0 else 1.0
    held = float(np.mean([e.promised.low * _spend_ratio(e) <= e.delivered <= e.promised.high * _spend_ratio(e) for e in entries]))
    return LedgerLine(channel, len(entries), ratio, held)


def _spend_ratio(entry: LedgerEntry) -> float:
    return entry.delivered_spend_minor / entry.promised_spend_minor if entry.promised_spend_minor > 0 else 1.0


def beliefs_from_ledger(entries: Sequence[LedgerEntry], *, minor_per_unit: float) -> dict[str, Belief]:
    """Give what delivered flights say about each channel's return, as a prior for the next fit: at best 30% loose."""
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
