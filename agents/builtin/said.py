"""What a message can say: amounts with their role, channels and markets, moves, changes, periods, KPIs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from agents.builtin.periods import PeriodMention

TargetKind = Literal["channel", "market"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is on the table: the plan's own names and today's date."""

    channels: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    today: date = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Target:
    """A channel or market as the plan spells it; `known` is False when the plan has none such."""

    kind: TargetKind
    names: tuple[str, ...]
    known: bool = True


NOBODY = Target("channel", (), False)
"""Stands for the channel that a wish does not name."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A wish about a target: lock, min, max, unlock, remove, emphasis, up, down. `value` is major units or a share."""

    kind: str
    target: Target
    value: Decimal | None = None
    is_share: bool = False
    per_month: bool = False
    absolute: bool = False
    currency: str | None = None
    periods: tuple[PeriodMention, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Money from one target to another; a side that was not said is None.

    Attributes:
        more_sources, more_destinations: further targets on a side, sharing the amount.
        into: when the money arrives, where that is not when it is taken.
    """

    value: Decimal | None
    is_share: bool
    source: Target | None
    destination: Target | None
    currency: str | None = None
    more_sources: tuple[Target, ...] = ()
    more_destinations: tuple[Target, ...] = ()
    periods: tuple[PeriodMention, ...] = ()
    into: tuple[PeriodMention, ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """A change of the whole budget: `sign` +1 or -1; a share is of the total."""

    value: Decimal
    is_share: bool
    sign: int


@dataclass(frozen=True, slots=True)
class Rest:
    """What was said of all the other lines.

    Attributes:
        stays: they keep their amounts, so that the total changes.
        targets: who gives or takes for a change; empty for all others.
        evenly: in equal parts instead of in proportion.
    """

    stays: bool = False
    targets: tuple[Target, ...] = ()
    evenly: bool = False


@dataclass(frozen=True, slots=True)
class Slots:
    """All that a message says; `orphans` are locks that name no channel, `unknown` the words that nothing stands for."""

    totals: tuple[Decimal, ...] = ()
    currency: str | None = None
    rules: tuple[Rule, ...] = ()
    moves: tuple[Move, ...] = ()
    deltas: tuple[Delta, ...] = ()
    shares: tuple[Decimal, ...] = ()
    targets: tuple[Target, ...] = ()
    periods: tuple[PeriodMention, ...] = ()
    kpis: tuple[str, ...] = ()
    method: str | None = None
    per_month: bool = False
    what_if: bool = False
    bare: tuple[Decimal, ...] = ()
    orphans: tuple[Rule, ...] = ()
    rest: Rest | None = None
    in_proportion: bool = False
    unknown: tuple[str, ...] = ()
