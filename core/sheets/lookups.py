"""Functions that look into ranges: VLOOKUP and its kin, INDEX and MATCH, sums and counts on conditions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Protocol

from core.sheets.formulas import Node, Reference, Uncomputable
from core.sheets.functions import Fault, Value, number_of, same, text_of

Operands = tuple[Node | None, ...]
Matrix = list[list[Value]]


class Scope(Protocol):
    """What a function may ask of the sheet around it."""

    def scalar(self, node: Node | None) -> Value: ...

    def matrix(self, reference: Reference) -> Matrix: ...


def _range(node: Node | None, scope: Scope) -> Matrix:
    if not isinstance(node, Reference):
        raise Uncomputable("a range is expected")
    return scope.matrix(node)


def _line(node: Node | None, scope: Scope) -> list[Value]:
    """Give a range of one row or one column as a list."""
    cells = _range(node, scope)
    if len(cells) != 1 and any(len(row) != 1 for row in cells):
        raise Uncomputable("a single row or column is expected")
    return cells[0] if len(cells) == 1 else [row[0] for row in cells]


def _find(wanted: Value, line: list[Value], *, exact: bool) -> int:
    """Give the place of a value; without `exact` the last one not above it, in a line that rises (nothing else is defined)."""
    if isinstance(wanted, str) and re.search(r"[*?~]", wanted):
        raise Uncomputable("wildcards are not computed here")
    if exact:
        found = next((at for at, value in enumerate(line) if value is not None and _alike(wanted, value)), None)
    else:
        numbers = [value for value in line if value is not None]
        if not all(isinstance(value, float) for value in (*numbers, wanted)) or numbers != sorted(numbers, key=number_of):
            raise Uncomputable("an approximate lookup in a line that does not rise")
        found = max((at for at, value in enumerate(line) if value is not None and number_of(value) <= number_of(wanted)), default=None)
    if found is None:
        raise Fault("#N/A")
    return found


def _alike(one: Value, two: Value) -> bool:
    return isinstance(one, str) == isinstance(two, str) and same(one, two)


def _is_exact(operands: Operands, at: int, scope: Scope) -> bool:
    return len(operands) > at and not number_of(scope.scalar(operands[at]))


def _vlookup(operands: Operands, scope: Scope) -> Value:
    table = _range(operands[1], scope)
    column = int(number_of(scope.scalar(operands[2]))) - 1
    if not table or not 0 <= column < len(table[0]):
        raise Fault("#REF!")
    return table[_find(scope.scalar(operands[0]), [row[0] for row in table], exact=_is_exact(operands, 3, scope))][column]


def _hlookup(operands: Operands, scope: Scope) -> Value:
    table = _range(operands[1], scope)
    row = int(number_of(scope.scalar(operands[2]))) - 1
    if not 0 <= row < len(table):
        raise Fault("#REF!")
    return table[row][_find(scope.scalar(operands[0]), table[0], exact=_is_exact(operands, 3, scope))]


def _xlookup(operands: Operands, scope: Scope) -> Value:
    if len(operands) > 4:
        raise Uncomputable("XLOOKUP with a mode is not computed here")
    try:
        at = _find(scope.scalar(operands[0]), _line(operands[1], scope), exact=True)
    except Fault:
        if len(operands) == 4:
            return scope.scalar(operands[3])
        raise
    return _line(operands[2], scope)[at]


def _match(operands: Operands, scope: Scope) -> Value:
    mode = number_of(scope.scalar(operands[2])) if len(operands) > 2 else 1.0
    if mode < 0:
        raise Uncomputable("MATCH in a falling line is not computed here")
    return _find(scope.scalar(operands[0]), _line(operands[1], scope), exact=mode == 0) + 1.0


def _index(operands: Operands, scope: Scope) -> Value:
    table = _range(operands[0], scope)
    first = int(number_of(scope.scalar(operands[1])))
    second = int(number_of(scope.scalar(operands[2]))) if len(operands) > 2 else 0
    row, column = (first, second or 1) if len(operands) > 2 or len(table) > 1 else (1, first)
    if not (1 <= row <= len(table) and 1 <= column <= len(table[0])):
        raise Fault("#REF!") if row and column else Uncomputable("a whole row or column is not computed here")
    return table[row - 1][column - 1]


def _fits(condition: Value, value: Value) -> bool:
    """Tell whether a value meets a SUMIF condition (`Meta`, `>=100`, 5)."""
    match = re.match(r"(<>|<=|>=|=|<|>)(.*)", condition) if isinstance(condition, str) else None
    sign, wanted = (match[1], match[2]) if match else ("=", condition)
    if isinstance(wanted, str):
        if re.search(r"[*?~]", wanted):
            raise Uncomputable("wildcards are not computed here")
        if re.fullmatch(r"-?\d+(?:\.\d+)?", wanted):
            wanted = float(wanted)
    equal = value is not None and _alike(wanted, value)
    if sign in ("=", "<>"):
        return equal is (sign == "=")
    if not (isinstance(value, float) and isinstance(wanted, float)):
        return False
    return {"<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted}[sign]


def _chosen(pairs: list[tuple[Node | None, Node | None]], scope: Scope) -> list[bool]:
    chosen: list[bool] = []
    for cells, condition in pairs:
        wanted = scope.scalar(condition)
        kept = [_fits(wanted, value) for row in _range(cells, scope) for value in row]
        if chosen and len(kept) != len(chosen):
            raise Fault("#VALUE!")
        chosen = [one and two for one, two in zip(chosen, kept, strict=True)] if chosen else kept
    return chosen


def _sum_of(cells: Node | None, chosen: list[bool], scope: Scope) -> float:
    values = [value for row in _range(cells, scope) for value in row]
    if len(values) != len(chosen):
        raise Uncomputable("the ranges differ in size")
    return math.fsum(v for v, kept in zip(values, chosen, strict=True) if kept and isinstance(v, float) and not isinstance(v, bool))


def _sum_if(operands: Operands, scope: Scope) -> Value:
    return _sum_of(operands[2] if len(operands) > 2 else operands[0], _chosen([(operands[0], operands[1])], scope), scope)


def _sum_ifs(operands: Operands, scope: Scope) -> Value:
    return _sum_of(operands[0], _chosen(list(zip(operands[1::2], operands[2::2], strict=True)), scope), scope)


def _count_ifs(operands: Operands, scope: Scope) -> Value:
    return float(sum(_chosen(list(zip(operands[::2], operands[1::2], strict=True)), scope)))


def _count_filled(operands: Operands, scope: Scope) -> Value:
    return float(sum(value is not None for cells in operands for row in _range(cells, scope) for value in row))


def _choose(operands: Operands, scope: Scope) -> Value:
    at = int(number_of(scope.scalar(operands[0])))
    if not 1 <= at < len(operands):
        raise Fault("#VALUE!")
    return scope.scalar(operands[at])


def _ifs(operands: Operands, scope: Scope) -> Value:
    for condition, value in zip(operands[::2], operands[1::2], strict=True):
        if number_of(scope.scalar(condition)):
            return scope.scalar(value)
    raise Fault("#N/A")


def _joined(operands: Operands, scope: Scope) -> Value:
    between, skips = text_of(scope.scalar(operands[0])), number_of(scope.scalar(operands[1]))
    found: list[Value] = []
    for node in operands[2:]:
        found += [v for row in scope.matrix(node) for v in row] if isinstance(node, Reference) else [scope.scalar(node)]
    return between.join(text_of(value) for value in found if not skips or text_of(value))


LOOKUPS: dict[str, Callable[[Operands, Scope], Value]] = {
    "VLOOKUP": _vlookup,
    "HLOOKUP": _hlookup,
    "XLOOKUP": _xlookup,
    "INDEX": _index,
    "MATCH": _match,
    "SUMIF": _sum_if,
    "SUMIFS": _sum_ifs,
    "COUNTIF": _count_ifs,
    "COUNTIFS": _count_ifs,
    "COUNTA": _count_filled,
    "CHOOSE": _choose,
    "IFS": _ifs,
    "TEXTJOIN": _joined,
}
