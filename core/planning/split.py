"""Splits a budget over the rows and periods of a plan under wishes: in proportion, evenly, or by response curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from core.errors import RuleViolation
from core.model.distribution import Distribution, DistributionRow
from core.model.money import split_minor, to_major
from core.planning.allocation.problem import Cell, Curve, Draws, Group, Hill, Log, Problem, Relaxation, Result

Method = Literal["last_plan", "even", "response"]
CellKey = tuple[str, str]
"""(row id, period key)"""


@dataclass(frozen=True, slots=True)
class Wish:
    """A rule that a person set for some rows together, over all periods of the split.

    Attributes:
        amount_minor, share: exactly one is set; a share (0-1) is of the total.
    """

    kind: Literal["lock", "min", "max"]
    rows: tuple[str, ...]
    label: str
    amount_minor: int | None = None
    share: float | None = None

    def minor(self, total_minor: int) -> int:
        """Give the amount it stands for at a total."""
        return self.amount_minor if self.amount_minor is not None else round(total_minor * (self.share if self.share is not None else 0.0))


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """What to split and how.

    Attributes:
        base: rows and periods to plan; its amounts are the weights of `last_plan` and the current plan of `response`.
        curves: response of a row's channel over one whole period, by row id; rows that share a curve share its name in `curve_names`.
    """

    base: Distribution
    total_minor: int
    wishes: tuple[Wish, ...] = ()
    method: Method = "last_plan"
    curves: Mapping[str, Mapping[str, Curve]] = field(default_factory=dict)
    curve_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Split:
    """A distribution that sums to the total to the cent and keeps every wish; `result` is the optimiser's, None without curves."""

    distribution: Distribution
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class _Unit:
    """Rows that are treated alike: the same curve and the same wishes."""

    name: str
    rows: tuple[DistributionRow, ...]
    wishes: frozenset[int]
    weight: float


def split_budget(request: SplitRequest, optimise: Callable[[Problem], Result]) -> Split:
    """Split the total.

    Args:
        optimise: core.planning's optimiser, used for `response` and for wishes that overlap.
    Raises:
        RuleViolation: the wishes cannot hold together; all that clash are named.
    """
    check_room(request)
    if request.method == "response":
        return _optimised(request, _units(request), optimise)
    active = tuple(wish for wish in request.wishes if wish.kind == "lock")
    while not _overlap(active):
        bound = replace(request, wishes=active)
        units = _units(bound)
        totals = _apportion(bound, units)
        laid_out = _spread(bound, {unit.name: {None: minor} for unit, minor in zip(units, totals, strict=True)}, units)
        broken = tuple(wish for wish in request.wishes if wish not in active and is_broken(wish, laid_out))
        if not broken:
            return Split(laid_out)
        active += broken
    return _optimised(request, _units(request), optimise)


def is_broken(wish: Wish, distribution: Distribution) -> bool:
    """Tell whether a distribution does not keep a wish."""
    has = sum(row.total_minor for row in distribution.rows if row.id in wish.rows)
    return has != _kept(wish, has, distribution.total_minor)


def total_with(distribution: Distribution, wishes: Sequence[Wish]) -> int:
    """Give the total when wishes are met and every other line stays as it is."""
    total = distribution.total_minor
    for wish in wishes:
        has = sum(row.total_minor for row in distribution.rows if row.id in wish.rows)
        total += _kept(wish, has, distribution.total_minor) - has
    return total


def _kept(wish: Wish, has: int, total_minor: int) -> int:
    """Give what lines that have some amount must have under a wish."""
    wanted = wish.minor(total_minor)
    return max(has, wanted) if wish.kind == "min" else min(has, wanted) if wish.kind == "max" else wanted


def check_room(request: SplitRequest) -> None:
    """Refuse wishes that alone exceed the total, or leave some of it with nowhere to go.

    Raises:
        RuleViolation: naming each with what it needs.
    """
    currency, total = request.base.currency, request.total_minor
    floors = {w.rows: w.minor(total) for w in request.wishes if w.kind != "max"}
    if not _overlap(request.wishes) and sum(floors.values()) > total:
        said = [f"{w.label} needs {_shown(w.minor(total), currency)}" for w in request.wishes if w.kind != "max"]
        raise RuleViolation(
            f"The wishes need {_shown(sum(floors.values()), currency)}, the total is {_shown(total, currency)}.",
            violations=said,
            hint="Raise the total, or lower one of them: " + "; ".join(said) + ".",
        )
    ceilings = {w.rows: w.minor(total) for w in request.wishes if w.kind != "min"}
    held = {row for rows in ceilings for row in rows}
    if held >= {row.id for row in request.base.rows} and not _overlap(request.wishes) and sum(ceilings.values()) < total:
        raise RuleViolation(
            f"Every line is held, at {_shown(sum(ceilings.values()), currency)} in all; the total is {_shown(total, currency)}.",
            violations=[w.label for w in request.wishes],
            hint="Unlock a line or change the total.",
        )


def _shown(minor: int, currency: str | None) -> str:
    return f"{currency or ''} {to_major(minor, currency):,.2f}".strip().removesuffix(".00")


def _overlap(wishes: Sequence[Wish]) -> bool:
    """Tell whether two wishes share rows without being about the very same ones."""
    sets = list({frozenset(w.rows) for w in wishes})
    return any(a & b for i, a in enumerate(sets) for b in sets[i + 1 :])


def _units(request: SplitRequest) -> list[_Unit]:
    groups: dict[tuple[str, frozenset[int]], list[DistributionRow]] = {}
    for row in request.base.rows:
        mine = frozenset(i for i, wish in enumerate(request.wishes) if row.id in wish.rows)
        curve = request.curve_names.get(row.id, "") if request.method == "response" else ""
        groups.setdefault((curve, mine), []).append(row)
    even = request.method == "even"
    return [
        _Unit(f"u{n}", tuple(rows), wishes, _even_weight(rows, request.base) if even else float(max(0, sum(r.total_minor for r in rows))))
        for n, ((_, wishes), rows) in enumerate(groups.items())
    ]


def _even_weight(rows: Sequence[DistributionRow], base: Distribution) -> float:
    """Channels count alike, rows within a channel too."""
    sizes: dict[str, int] = {}
    for row in base.rows:
        sizes[row.channel or row.id] = sizes.get(row.channel or row.id, 0) + 1
    return sum(1.0 / sizes[row.channel or row.id] for row in rows)


def _apportion(request: SplitRequest, units: Sequence[_Unit]) -> list[int]:
    """Give each unit its part: in proportion to the weights, clamped by the wishes, the rest in proportion again, exact to the cent."""
    total = request.total_minor
    bounds = [_bounds([request.wishes[i] for i in unit.wishes], total) for unit in units]
    weights = [unit.weight for unit in units]
    if not any(w for w, (low, high) in zip(weights, bounds, strict=True) if low != high):
        weights = [1.0] * len(units)
    fixed: dict[int, int] = {i: low for i, (low, high) in enumerate(bounds) if low == high}
    while len(fixed) < len(units):
        free = [i for i in range(len(units)) if i not in fixed]
        rest = total - sum(fixed.values())
        parts = dict(
            zip(
                free,
                split_minor(max(rest, 0), [weights[i] for i in free] if any(weights[i] for i in free) else [1] * len(free)),
                strict=True,
            )
        )
        low_gap = {i: bounds[i][0] - parts[i] for i in free if parts[i] < bounds[i][0]}
        high_gap = {i: parts[i] - bounds[i][1] for i in free if parts[i] > bounds[i][1]}
        if not low_gap and not high_gap:
            return [fixed.get(i, parts.get(i, 0)) for i in range(len(units))]
        if sum(low_gap.values()) >= sum(high_gap.values()):
            fixed |= {i: bounds[i][0] for i in low_gap}
        else:
            fixed |= {i: bounds[i][1] for i in high_gap}
    allowed = sum(fixed.values())
    if allowed != total:
        currency = request.base.currency
        raise RuleViolation(
            f"The wishes allow {_shown(allowed, currency)} in all, the total is {_shown(total, currency)}.",
            violations=[w.label for w in request.wishes],
            hint="Change the total or one of the limits.",
        )
    return [fixed[i] for i in range(len(units))]


def _bounds(wishes: Sequence[Wish], total: int) -> tuple[int, int]:
    low = max([w.minor(total) for w in wishes if w.kind in ("lock", "min")], default=0)
    high = min([w.minor(total) for w in wishes if w.kind in ("lock", "max")], default=max(total, low))
    if low > high:
        raise RuleViolation(
            "Two wishes for the same lines contradict each other.", violations=[w.label for w in wishes], hint="Drop one of them."
        )
    return low, high


def _optimised(request: SplitRequest, units: Sequence[_Unit], optimise: Callable[[Problem], Result]) -> Split:
    cells = [cell for unit in units for cell in _cells(request, unit)]
    by_unit = {unit.name: tuple(c.id for c in cells if c.id.startswith(unit.name + "|")) for unit in units}
    by_row = {row.id: by_unit[unit.name] for unit in units for row in unit.rows}
    groups = wish_groups(request.wishes, request.total_minor, by_row)
    result = optimise(Problem(request.base.currency or "EUR", tuple(cells), budget_minor=request.total_minor, groups=groups))
    if result.status == "infeasible":
        raise clash_of(result, request.base.currency)
    amounts: dict[str, dict[str | None, int]] = {unit.name: {} for unit in units}
    for cell in cells:
        name, period = cell.id.split("|", 1)
        amounts[name][period] = result.allocation[cell.id]
    return Split(_spread(request, amounts, units), result if request.method == "response" else None)


def wish_groups(wishes: Sequence[Wish], total_minor: int, cells: Mapping[str, Sequence[str]]) -> tuple[Group, ...]:
    """Give the totals that wishes set over cells (their ids by row id)."""
    return tuple(
        Group(
            wish.label,
            tuple(dict.fromkeys(cell for row in wish.rows for cell in cells.get(row, ()))),
            min_minor=wish.minor(total_minor) if wish.kind != "max" else None,
            max_minor=wish.minor(total_minor) if wish.kind != "min" else None,
        )
        for wish in wishes
    )


def clash_of(result: Result, currency: str | None) -> RuleViolation:
    """Put rules that cannot hold together into words."""
    return RuleViolation(
        "These wishes cannot hold together: " + ", ".join(dict.fromkeys(_rule_name(rule) for rule in result.conflict)) + ".",
        violations=list(result.conflict),
        hint=" ".join(_relaxed(change, currency) for change in result.relaxations[:3]),
    )


def _rule_name(rule: str) -> str:
    """Give the label of the wish behind the optimiser's name for a rule."""
    return {"budget": "the total"}.get(rule, rule.removeprefix("group:").removesuffix(":max").removesuffix(":min"))


def _relaxed(change: Relaxation, currency: str | None) -> str:
    if change.value is None or change.to is None:
        return f"It works without {_rule_name(change.rule)}."
    to, now = _shown(round(change.to), currency), _shown(round(change.value), currency)
    return f"It works with {_rule_name(change.rule)} at {to} instead of {now}."


def _cells(request: SplitRequest, unit: _Unit) -> list[Cell]:
    """One amount to decide for each period; a unit that is part of a channel gets its part of the channel's curve."""
    curve_name = request.curve_names.get(unit.rows[0].id)
    curves = request.curves.get(curve_name, {}) if curve_name is not None and request.method == "response" else {}
    whole = sum(row.total_minor for row in request.base.rows if curve_name is not None and request.curve_names.get(row.id) == curve_name)
    portion = unit.weight / whole if whole > 0 and unit.weight > 0 else 1.0
    all_weight = sum(row.total_minor for row in request.base.rows)
    cells = []
    for n, period in enumerate(request.base.periods):
        current = sum(row.cells[n].budget_minor for row in unit.rows)
        key = f"{unit.name}|{period.key}"
        if period.key in curves:
            cells.append(Cell(key, scaled(curves[period.key], portion), unit.name, period.key, current_minor=current))
        else:
            weight = current / all_weight if all_weight else 1.0
            kept = round(request.total_minor * weight) if request.method == "response" and not unit.wishes else None
            unit_minor = max(1.0, request.total_minor * 1e-6)
            cells.append(Cell(key, Log(max(weight, 1e-9), unit_minor), unit.name, period.key, current_minor=current, locked_minor=kept))
    return cells


def scaled(curve: Curve, portion: float) -> Curve:
    """Give the curve of a part of a channel that responds like the whole: `portion` of the spend brings `portion` of the response."""
    if isinstance(curve, Hill):
        return replace(curve, scale=curve.scale * portion, half_saturation_minor=curve.half_saturation_minor * portion)
    if isinstance(curve, Draws):
        return replace(curve, draws=tuple((scale * portion, half * portion, shape) for scale, half, shape in curve.draws))
    return curve


def _spread(request: SplitRequest, amounts: Mapping[str, Mapping[str | None, int]], units: Sequence[_Unit]) -> Distribution:
    """Lay the units' amounts out over rows and periods, in proportion to the base, exact to the cent."""
    minors: dict[CellKey, int] = {}
    periods = request.base.periods
    for unit in units:
        for period, minor in amounts[unit.name].items():
            places = [n for n, p in enumerate(periods) if period is None or p.key == period]
            weights = [_weights(row, places, even=request.method == "even") for row in unit.rows]
            by_row = split_minor(minor, _usable([sum(w) for w in weights]))
            for row, part, own in zip(unit.rows, by_row, weights, strict=True):
                parts = split_minor(part, _usable(own))
                minors |= {(row.id, periods[n].key): amount for n, amount in zip(places, parts, strict=True)}
    return laid_out(request, minors)


def laid_out(request: SplitRequest, minors: Mapping[CellKey, int]) -> Distribution:
    """Put amounts into the table; lines that a wish locks are locked."""
    held = {row for wish in request.wishes if wish.kind == "lock" for row in wish.rows}
    rows = tuple(
        replace(
            row,
            locked=row.id in held,
            cells=tuple(replace(c, budget_minor=minors[row.id, c.period], locked=row.id in held) for c in row.cells),
        )
        for row in request.base.rows
    )
    return replace(request.base, rows=rows, fixed_total_minor=request.total_minor)


def _weights(row: DistributionRow, places: Sequence[int], *, even: bool) -> list[int]:
    """Weigh a row's cells: as the base has them, or alike where the sheet has a cell to write to."""
    has_cell = [int(row.cells[n].source_cell is not None or row.source_tab is None) for n in places]
    return has_cell if even else [max(0, row.cells[n].budget_minor) for n in places]


def _usable(weights: Sequence[int]) -> Sequence[int]:
    return weights if any(weights) else [1] * len(weights)
