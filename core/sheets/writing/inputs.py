"""Where a budget is a formula: which typed cells make it up, what each would have to become, and what else would follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.model.workbook import Workbook, a1
from core.sheets.calculation import Calculator, Place
from core.sheets.formulas import Reference, Uncomputable, references
from core.sheets.writing.amounts import minor_of, raw_amount

INPUT_CHOICE = "input:"
"""Key prefix in Distribution.notes: `input:Plan!H9` -> the address of the input to change, `Plan!F9`."""
_DEPTH = 6
_MOST_INPUTS = 12
_MOST_FORMULAS = 500


@dataclass(frozen=True, slots=True)
class InputOption:
    """One typed cell behind a formula.

    Attributes:
        value: what it holds. `needed`: what it has to become, with as few decimals as give the amount; None where no value gives it.
        minor: the budget that follows from `needed`; differs from the wanted one where the input counts whole units.
    """

    tab: str
    cell: str
    label: str
    value: int | float
    needed: int | float | None
    minor: int | None


@dataclass(frozen=True, slots=True)
class FormulaTarget:
    """A budget cell that holds a formula, the amount wanted there, and the inputs to choose from.

    Attributes:
        cell: its address, or in words where it is in a new row; `tab!cell` names the choice.
    """

    tab: str
    cell: str
    formula: str
    wanted_minor: int
    options: tuple[InputOption, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An amount wanted in a formula cell, in the sheet's scale."""

    place: Place
    minor: int
    currency: str | None
    scale: int


def typed_inputs(workbook: Workbook, place: Place) -> tuple[Place, ...]:
    """Give the typed numeric cells that a formula is made of, nearest first, through other formulas.

    Cells that come in through a range (a sum of weeks) are given only where no single cell makes up the formula.
    """
    calculator = Calculator(workbook)
    single, in_ranges = dict[Place, None](), dict[Place, None]()
    layer: list[tuple[Place, bool]] = [(place, False)]
    for _ in range(_DEPTH):
        following: list[tuple[Place, bool]] = []
        for one, through_range in layer:
            for source, is_range in _precedents(calculator, one):
                if calculator.tree(source) is not None:
                    following.append((source, through_range or is_range))
                elif _is_number(workbook, source):
                    (in_ranges if through_range or is_range else single)[source] = None
        layer = following[:_MOST_FORMULAS]
    return tuple(single or in_ranges)[:_MOST_INPUTS]


def _precedents(calculator: Calculator, place: Place) -> Iterator[tuple[Place, bool]]:
    """Yield the cells that a formula names, and whether it names them within a range."""
    try:
        node = calculator.tree(place)
        named = {
            (reference.tab or place[0], reference.span.top, reference.span.left) for reference in references(node) if _is_single(reference)
        }
        yield from [(source, source not in named) for source in calculator.precedents(place)]
    except Uncomputable:
        return


def _is_single(reference: Reference) -> bool:
    return (reference.span.top, reference.span.left) == (reference.span.bottom, reference.span.right)


def _is_number(workbook: Workbook, place: Place) -> bool:
    value = workbook.tab(place[0]).value(place[1], place[2])
    return isinstance(value, int | float) and not isinstance(value, bool)


def option_for(workbook: Workbook, wanted: Wanted, source: Place, *, label: str, counts: bool) -> InputOption:
    """Work out what an input has to become for the wanted amount.

    Args:
        counts: True where the cell counts whole units (impressions, clicks, weeks) and so stays whole.
    """
    value = workbook.tab(source[0]).value(source[1], source[2])
    assert isinstance(value, int | float)

    def outcome(candidate: float) -> float:
        result = Calculator(workbook, {source: float(candidate)}).value(wanted.place)
        if isinstance(result, bool) or not isinstance(result, float):
            raise Uncomputable("the budget is not a number")
        return result

    target = float(raw_amount(wanted.minor, wanted.currency, wanted.scale))
    try:
        exact = _solve(outcome, float(value), target)
        if exact < 0 <= value:
            raise Uncomputable("no unit, price or part of a sum is below zero")
        needed, minor = _rounded(exact, outcome, wanted, decimals=0 if counts else _decimals(value), counts=counts)
    except Uncomputable:
        needed, minor = None, None
    return InputOption(source[0], a1(source[1], source[2]), label, value, needed, minor)


def _solve(outcome: Callable[[float], float], start: float, target: float) -> float:
    """Find x with outcome(x) = target: exactly where the outcome is straight in x or in 1/x, which budgets are."""
    step = abs(start) / 2 or 1.0
    first, second = outcome(start), outcome(start + step)
    if first == second:
        raise Uncomputable("the input does not change the budget")
    straight = start + (target - first) * step / (second - first)
    if _close(outcome(straight), target):
        return straight
    if first == 0 or second == 0 or target == 0:
        raise Uncomputable("no value gives the amount")
    slope = (1 / second - 1 / first) / step
    inverse = start + (1 / target - 1 / first) / slope
    if _close(outcome(inverse), target):
        return inverse
    raise Uncomputable("no value gives the amount")


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= max(1e-9 * abs(other), 0.006)


def _decimals(value: int | float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _rounded(
    exact: float, outcome: Callable[[float], float], wanted: Wanted, *, decimals: int, counts: bool
) -> tuple[int | float, int | None]:
    """Round the input to as few decimals as give the amount to the minor unit; whole units stay whole whatever follows."""
    for places in range(decimals, decimals + 1 if counts else 13):
        candidate = round(exact, places)
        minor = minor_of(outcome(candidate), wanted.currency, wanted.scale)
        if minor == wanted.minor or counts:
            return (int(candidate) if candidate == int(candidate) else candidate), minor
    raise Uncomputable("no value gives the amount to the cent")


def outcome_of(workbook: Workbook, changes: Mapping[Place, int | float], wanted: Wanted) -> int | None:
    """Give the amount a cell shows after changes, None where it cannot be computed."""
    return amount_shown(Calculator(workbook, {place: float(one) for place, one in changes.items()}), wanted)


def amount_shown(calculator: Calculator, wanted: Wanted) -> int | None:
    """Give the amount that a cell shows by a calculator, None where it cannot be computed."""
    try:
        value = calculator.value(wanted.place)
    except Uncomputable:
        return None
    return None if isinstance(value, bool | str) or value is None else minor_of(value, wanted.currency, wanted.scale)
