"""JSON to Problem and Result to JSON: strict, naming the field that is wrong."""

from __future__ import annotations

import difflib
import itertools
import math
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, cast

from core.errors import InvalidInput
from core.model.money import minor_exponent
from core.planning.allocation.problem import (
    Cell,
    Curve,
    Draws,
    Group,
    Hill,
    Log,
    Logistic,
    Points,
    Power,
    Problem,
    Result,
    Target,
)

MOST_MINOR: Final = 10**15
"""Amounts above this are refused: sums beyond it would not be exact in float64."""

_PROBLEM_KEYS: Final = ("currency", "budget_minor", "target", "cells", "groups", "max_live_cells", "max_change_ratio", "risk")
_CELL_KEYS: Final = (
    "id", "channel", "period", "market", "curve", "current_minor", "min_minor", "max_minor", "locked_minor",
    "zero_or_at_least_minor", "step_minor",
)  # fmt: skip
_GROUP_KEYS: Final = ("id", "cells", "min_minor", "max_minor")
_TARGET_KEYS: Final = ("kind", "value", "value_per_response_minor")
_TARGET_KINDS: Final = ("cpa", "roas", "marginal_cpa", "marginal_roas")


def parse_problem(document: object) -> Problem:
    """Build a Problem from decoded JSON.

    Unknown fields that look like a slip of a known one are refused; others are ignored.

    Raises:
        InvalidInput: naming the field and what it needs; nothing is guessed.
    """
    top = _mapping(document, "the problem")
    _refuse_slips(top, _PROBLEM_KEYS, "")
    currency = _text(top.get("currency"), "currency")
    minor_exponent(currency)
    budget, target = top.get("budget_minor"), top.get("target")
    if (budget is None) == (target is None):
        raise InvalidInput("Give exactly one of budget_minor and target.")
    cells = tuple(_cell(item, f"cells[{i}]") for i, item in enumerate(_list(top.get("cells"), "cells")))
    if not cells:
        raise InvalidInput("cells: at least one is needed.")
    _unique([cell.id for cell in cells], "cells", "id")
    groups = tuple(_group(item, f"groups[{i}]") for i, item in enumerate(_list(_default(top.get("groups"), []), "groups")))
    _unique([group.id for group in groups], "groups", "id")
    _known_cells(groups, {cell.id for cell in cells})
    return Problem(
        currency=currency,
        cells=cells,
        budget_minor=_amount_or_none(budget, "budget_minor"),
        target=None if target is None else _target(target),
        groups=groups,
        max_live_cells=_amount_or_none(top.get("max_live_cells"), "max_live_cells"),
        max_change_ratio=_number_or_none(top.get("max_change_ratio"), "max_change_ratio"),
        risk_quantile=_risk(top.get("risk")),
    )


def result_document(result: Result) -> dict[str, Any]:
    """Give the result as plain values for JSON, tuples as lists."""
    document = asdict(result)
    return {key: list(value) if isinstance(value, tuple) else value for key, value in document.items()}


def _cell(item: object, where: str) -> Cell:
    source = _mapping(item, where)
    _refuse_slips(source, _CELL_KEYS, where)
    step = _default(source.get("step_minor"), 1)
    amounts = {
        key: _amount_or_none(source.get(key), f"{where}.{key}")
        for key in ("current_minor", "min_minor", "max_minor", "locked_minor", "zero_or_at_least_minor")
    }
    return Cell(
        id=_text(source.get("id"), f"{where}.id"),
        curve=_curve(source.get("curve"), f"{where}.curve"),
        channel=_text_or_none(source.get("channel"), f"{where}.channel"),
        period=_text_or_none(source.get("period"), f"{where}.period"),
        market=_text_or_none(source.get("market"), f"{where}.market"),
        step_minor=_amount(step, f"{where}.step_minor", least=1),
        **amounts,
    )


def _group(item: object, where: str) -> Group:
    source = _mapping(item, where)
    _refuse_slips(source, _GROUP_KEYS, where)
    cells = tuple(_text(cell, f"{where}.cells[{i}]") for i, cell in enumerate(_list(source.get("cells"), f"{where}.cells")))
    _unique(list(cells), f"{where}.cells", "cell")
    return Group(
        id=_text(source.get("id"), f"{where}.id"),
        cells=cells,
        min_minor=_amount_or_none(source.get("min_minor"), f"{where}.min_minor"),
        max_minor=_amount_or_none(source.get("max_minor"), f"{where}.max_minor"),
    )


def _target(item: object) -> Target:
    source = _mapping(item, "target")
    _refuse_slips(source, _TARGET_KEYS, "target")
    kind = source.get("kind")
    if kind not in _TARGET_KINDS:
        raise InvalidInput(f"target.kind is {kind!r}; it must be one of {', '.join(_TARGET_KINDS)}.")
    worth = source.get("value_per_response_minor")
    if str(kind).endswith("roas") and worth is None:
        raise InvalidInput(f"target.value_per_response_minor is needed for {kind}.")
    return Target(
        kind=kind,
        value=_positive(source.get("value"), "target.value"),
        value_per_response_minor=None if worth is None else _positive(worth, "target.value_per_response_minor"),
    )


def _risk(item: object) -> float | None:
    if item is None:
        return None
    quantile = _number(_mapping(item, "risk").get("quantile"), "risk.quantile")
    if not 0 < quantile < 1:
        raise InvalidInput(f"risk.quantile is {quantile:g}; it must lie between 0 and 1.")
    return quantile


def _curve(item: object, where: str) -> Curve:
    source = _mapping(item, where)
    kind = source.get("kind")
    match kind:
        case "hill":
            shape = _number(source.get("shape"), f"{where}.shape")
            if not 0.3 <= shape <= 6:
                raise InvalidInput(f"{where}.shape is {shape:g}; it must lie in 0.3 to 6.")
            return Hill(_scale(source, where), _positive(source.get("half_saturation_minor"), f"{where}.half_saturation_minor"), shape)
        case "log":
            return Log(_scale(source, where), _positive(source.get("unit_minor"), f"{where}.unit_minor"))
        case "power":
            exponent = _number(source.get("exponent"), f"{where}.exponent")
            if not 0 < exponent <= 1:
                raise InvalidInput(f"{where}.exponent is {exponent:g}; it must lie above 0 and be at most 1.")
            return Power(_scale(source, where), _positive(source.get("unit_minor"), f"{where}.unit_minor"), exponent)
        case "logistic":
            return Logistic(_scale(source, where), _positive(source.get("rate_per_minor"), f"{where}.rate_per_minor"))
        case "points":
            return _points(_list(source.get("points"), f"{where}.points"), f"{where}.points")
        case "draws":
            return _draws(_list(source.get("draws"), f"{where}.draws"), f"{where}.draws")
        case _:
            raise InvalidInput(f"{where}.kind is {kind!r}; it must be one of hill, log, power, logistic, points, draws.")


def _points(items: list[object], where: str) -> Points:
    pairs = [_numbers(item, f"{where}[{i}]", 2) for i, item in enumerate(items)]
    if not pairs:
        raise InvalidInput(f"{where}: at least one pair is needed.")
    if pairs[0][0] < 0:
        raise InvalidInput(f"{where}[0]: spend must not be negative.")
    for i, (before, after) in enumerate(itertools.pairwise(pairs), start=1):
        if after[0] <= before[0]:
            raise InvalidInput(f"{where}[{i}]: spend must increase ({after[0]:g} follows {before[0]:g}).")
    return Points(tuple((x, y) for x, y in pairs))


def _draws(items: list[object], where: str) -> Draws:
    triples = [_numbers(item, f"{where}[{i}]", 3) for i, item in enumerate(items)]
    if not triples:
        raise InvalidInput(f"{where}: at least one draw is needed.")
    for i, (scale, half, shape) in enumerate(triples):
        if scale < 0 or half <= 0 or not 0 < shape <= 50:
            raise InvalidInput(f"{where}[{i}]: needs scale >= 0, half_saturation_minor > 0 and shape in 0 to 50.")
    return Draws(tuple((scale, half, shape) for scale, half, shape in triples))


def _known_cells(groups: tuple[Group, ...], known: set[str]) -> None:
    for i, group in enumerate(groups):
        for cell in group.cells:
            if cell not in known:
                raise InvalidInput(f"groups[{i}].cells names {cell!r}, which is not the id of a cell.")


def _refuse_slips(source: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for key in source:
        if key not in known and (near := difflib.get_close_matches(str(key), known, n=1, cutoff=0.8)):
            raise InvalidInput(f"{where + '.' if where else ''}{key} is not a field; did you mean {near[0]}?")


def _unique(names: list[str], where: str, what: str) -> None:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            raise InvalidInput(f"{where}[{i}]: the {what} {name!r} stands there twice.")
        seen.add(name)


def _default(value: object, otherwise: object) -> object:
    return otherwise if value is None else value


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise InvalidInput(f"{where} must be an object, not {_kind(value)}.")
    return value


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise InvalidInput(f"{where} must be a list, not {_kind(value)}.")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{where} must be a text that is not empty, not {_kind(value)}.")
    return value


def _text_or_none(value: object, where: str) -> str | None:
    return None if value is None else _text(value, where)


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
        raise InvalidInput(f"{where} must be a finite number, not {_kind(value)}.")
    return float(value)


def _number_or_none(value: object, where: str) -> float | None:
    if value is None:
        return None
    number = _number(value, where)
    if number < 0:
        raise InvalidInput(f"{where} is {number:g}; it must not be negative.")
    return number


def _positive(value: object, where: str) -> float:
    number = _number(value, where)
    if number <= 0:
        raise InvalidInput(f"{where} is {number:g}; it must be above zero.")
    return number


def _scale(source: Mapping[str, object], where: str) -> float:
    scale = _number(source.get("scale"), f"{where}.scale")
    if scale < 0:
        raise InvalidInput(f"{where}.scale is {scale:g}; it must not be negative.")
    return scale


def _numbers(value: object, where: str, count: int) -> tuple[float, ...]:
    items = _list(value, where)
    if len(items) != count:
        raise InvalidInput(f"{where} must hold {count} numbers, not {len(items)}.")
    return tuple(_number(item, f"{where}[{i}]") for i, item in enumerate(items))


def _amount(value: object, where: str, *, least: int = 0) -> int:
    number = _number(value, where)
    if number != int(number):
        raise InvalidInput(f"{where} is {number:g}; money is a whole number of minor units.")
    if not least <= number <= MOST_MINOR:
        raise InvalidInput(f"{where} is {number:g}; it must lie in {least} to {MOST_MINOR:g}.")
    return int(cast(float, value))


def _amount_or_none(value: object, where: str) -> int | None:
    return None if value is None else _amount(value, where)


def _kind(value: object) -> str:
    if value is None:
        return "missing"
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return repr(value) if isinstance(value, str | int | float) else type(value).__name__
