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
    """A channel or market as the plan spells it.

    Attributes:
        known: False when the plan has none such.
        but: what `EVERYTHING` leaves out.
        of_many: it was not named, but is one of those that words for many lines stand for.
    """

    kind: TargetKind
    names: tuple[str, ...]
    known: bool = True
    but: tuple[str, ...] = ()
    of_many: bool = False

    @property
    def is_everything(self) -> bool:
        return self.names == ("*",)


NOBODY = Target("channel", (), False)
"""Stands for the channel that a wish does not name."""
EVERYTHING = Target("channel", ("*",))
"""Stands for every line of the plan."""


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
        each: the amount is meant for every one that gives.
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
    each: bool = False


@dataclass(frozen=True, slots=True)
class Rounding:
    """Amounts to full multiples of `unit` major units, in these lines (in all where none is named)."""

    unit: Decimal
    targets: tuple[Target, ...] = ()


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
    """All that a message says; `orphans` are locks that name no channel, `unknown` the words that nothing stands for.

    Attributes:
        swaps: pairs of lines that exchange what they have.
        each: an amount is meant for every one of the lines.
    """

    totals: tuple[Decimal, ...] = ()
    currency: str | None = None
    rules: tuple[Rule, ...] = ()
    moves: tuple[Move, ...] = ()
    swaps: tuple[tuple[Target, Target], ...] = ()
    rounding: Rounding | None = None
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
    each: bool = False
    unknown: tuple[str, ...] = ()
