"""What is asked of the allocator and what it answers: frozen types, money in integer minor units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Hill:
    """scale * x^shape / (half_saturation_minor^shape + x^shape); S-shaped where `shape` is above 1."""

    scale: float
    half_saturation_minor: float
    shape: float


@dataclass(frozen=True, slots=True)
class Log:
    """scale * ln(1 + x / unit_minor)."""

    scale: float
    unit_minor: float


@dataclass(frozen=True, slots=True)
class Power:
    """scale * (x / unit_minor)^exponent, exponent in (0, 1]."""

    scale: float
    unit_minor: float
    exponent: float


@dataclass(frozen=True, slots=True)
class Logistic:
    """scale * (1 - exp(-r x)) / (1 + exp(-r x)) with r = rate_per_minor."""

    scale: float
    rate_per_minor: float


@dataclass(frozen=True, slots=True)
class Points:
    """(spend, response) pairs, spend increasing: linear in between, flat before the first and beyond the last."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Draws:
    """Posterior draws of a hill (scale, half_saturation_minor, shape); the response is their mean, weighted where `weights` is given."""

    draws: tuple[tuple[float, float, float], ...]
    weights: tuple[float, ...] | None = None


Curve = Hill | Log | Power | Logistic | Points | Draws


@dataclass(frozen=True, slots=True)
class Cell:
    """One amount to decide: a channel in a period and market.

    Attributes:
        current_minor: today's amount, None when there is none (which is not the same as 0).
        locked_minor: exactly this much.
        zero_or_at_least_minor: nothing, or at least this much.
        step_minor: a multiple of this.
    """

    id: str
    curve: Curve
    channel: str | None = None
    period: str | None = None
    market: str | None = None
    current_minor: int | None = None
    min_minor: int | None = None
    max_minor: int | None = None
    locked_minor: int | None = None
    zero_or_at_least_minor: int | None = None
    step_minor: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """The total of some cells; groups may overlap freely."""

    id: str
    cells: tuple[str, ...]
    min_minor: int | None = None
    max_minor: int | None = None


TargetKind = Literal["cpa", "roas", "marginal_cpa", "marginal_roas"]


@dataclass(frozen=True, slots=True)
class Target:
    """The largest response whose average (or marginal) cost stays within a value.

    Attributes:
        value: CPA kinds: minor units per response; ROAS kinds: a ratio.
        value_per_response_minor: what one response is worth; needed by the ROAS kinds.
    """

    kind: TargetKind
    value: float
    value_per_response_minor: float | None = None

    @property
    def is_marginal(self) -> bool:
        return self.kind.startswith("marginal")

    @property
    def cost_cap_minor(self) -> float:
        """The most that one response may cost, in minor units: what both kinds come down to."""
        if self.kind.endswith("cpa"):
            return self.value
        assert self.value_per_response_minor is not None
        return self.value_per_response_minor / self.value


@dataclass(frozen=True, slots=True)
class Problem:
    """A budget to divide, or a target to plan for; exactly one of `budget_minor` and `target` is set.

    Attributes:
        max_live_cells: at most this many cells above zero.
        max_change_ratio: each cell with a current amount moves at most this share of it.
        risk_quantile: None plans for the mean; 0.2 for the response that four posterior draws in five exceed.
    """

    currency: str
    cells: tuple[Cell, ...]
    budget_minor: int | None = None
    target: Target | None = None
    groups: tuple[Group, ...] = ()
    max_live_cells: int | None = None
    max_change_ratio: float | None = None
    risk_quantile: float | None = None


Status = Literal["optimal", "within_gap", "infeasible"]


@dataclass(frozen=True, slots=True)
class BindingRule:
    """A rule that holds the answer back.

    Attributes:
        price: response gained per minor unit of slack. For `max_live_cells` (per further cell) and `max_change_ratio` (per minor unit moved
            beyond it) the average up to the plan without the rule.
        cost_response: what those two cost against the plan without them, in responses; None for the others.
        proven: False where time ended before the plan without the rule was proven best; the rule then costs at least this.
    """

    rule: str
    price: float
    cost_response: float | None = None
    proven: bool = True


@dataclass(frozen=True, slots=True)
class LockPrice:
    """What a lock costs against the plan without it, in responses. `proven` is False where it is a bound from the prices only."""

    cell: str
    cost_response: float
    proven: bool = True


@dataclass(frozen=True, slots=True)
class NextThousand:
    """What 1,000 more (major units) on one line would add, in responses, all other lines as they are."""

    cell: str
    response: float


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One single change that makes the impossible possible.

    Attributes:
        to: the new value; None where the rule has to go altogether.
        change: how far the rule's value moves, in its own unit; None with `to`.
    """

    rule: str
    value: float | None
    to: float | None
    change: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """The answer.

    Attributes:
        allocation: minor units by cell id; empty when infeasible.
        budget_minor: what the allocation sums to.
        response: expected responses of the allocation (the chosen quantile's where a risk was set).
        current_response: of the current amounts, None where a cell has none.
        upper_bound: no plan within the rules can exceed it (for a marginal target: none that spends the same).
        gap_ratio: (upper_bound - response) / upper_bound.
        conflict: when infeasible, as few rules as cannot hold together; none of them can be dropped.
        conflict_is_smallest: False where the time did not allow to prove that no conflict has fewer rules; None when feasible.
    """

    status: Status
    allocation: dict[str, int]
    budget_minor: int | None
    response: float | None
    current_response: float | None
    upper_bound: float | None
    gap_ratio: float | None
    binding: tuple[BindingRule, ...] = ()
    lock_prices: tuple[LockPrice, ...] = ()
    next_thousand: tuple[NextThousand, ...] = ()
    conflict: tuple[str, ...] = ()
    conflict_is_smallest: bool | None = None
    relaxations: tuple[Relaxation, ...] = ()
