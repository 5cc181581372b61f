"""Computes a workbook's formulas, as it is or as it would be with some cells changed; IEEE doubles, as spreadsheets do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from core.model.workbook import CellError, Span, Tab, Workbook
from core.sheets.formulas import Literal, Node, Operation, Reference, Uncomputable, parse, references
from core.sheets.loading.number_formats import to_serial

Place = tuple[str, int, int]
"""(tab, row, column)."""
Value = float | str | bool | None
_POINT_LANGUAGES = frozenset(["en", "ja", "zh", "ko", "th", "he", "iw", "hi", "bn", "ta", "te", "ur", "ms", "fil"])


class _Fault(Exception):
    """An error value such as #DIV/0! on its way up."""


class Calculator:
    """Gives cell values of a workbook with changes laid over it.

    Args:
        workbook: cached values are trusted for formulas that no change reaches.
        changes: new raw values by place.
    """

    def __init__(self, workbook: Workbook, changes: Mapping[Place, Value] | None = None) -> None:
        self._tabs: dict[str, Tab] = {tab.name: tab for tab in workbook.tabs}
        self._changes = dict(changes or {})
        self._values: dict[Place, Value] = {}
        self._reached: dict[Place, bool] = {}
        self._open: set[Place] = set()
        language = (workbook.locale or "en").split("_")[0].split("-")[0]
        self._decimal_comma = workbook.kind == "google_sheet" and language not in _POINT_LANGUAGES

    def value(self, place: Place) -> Value:
        """Give the value of a cell; Uncomputable when a formula on the way cannot be computed or yields an error."""
        try:
            return self._value(place)
        except (_Fault, RecursionError, OverflowError) as error:
            raise Uncomputable(f"{place[0]}!{place[1]},{place[2]} has no value: {error}") from error

    def is_reached(self, place: Place) -> bool:
        """Tell whether a formula cell depends on a change, however far."""
        if place in self._changes:
            return True
        if place not in self._reached:
            self._reached[place] = False  # a circle is not reached through itself
            self._reached[place] = any(self.is_reached(source) for source in self.precedents(place))
        return self._reached[place]

    def precedents(self, place: Place) -> Iterator[Place]:
        """Yield the filled or changed cells that a formula cell refers to; nothing for a plain cell. Unparsable formulas raise."""
        node = self.tree(place)
        if node is None:
            return
        for reference in references(node):
            yield from self._places(reference, place[0])

    def tree(self, place: Place) -> Node | None:
        tab = self._tabs.get(place[0])
        cell = None if tab is None else tab.cells.get((place[1], place[2]))
        if cell is None or cell.formula is None or place in self._changes:
            return None
        return parse(cell.formula, decimal_comma=self._decimal_comma)

    def _places(self, reference: Reference, home: str) -> Iterator[Place]:
        name = reference.tab or home
        tab = self._tabs.get(name)
        if tab is None:
            raise Uncomputable(f"there is no tab {name!r}")
        top, left, bottom, right = reference.span
        bottom, right = min(bottom, max(tab.n_rows, top)), min(right, max(tab.n_columns, left))
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) in tab.cells or (name, row, column) in self._changes:
                    yield name, row, column

    def _value(self, place: Place) -> Value:
        if place in self._changes:
            return self._changes[place]
        if place[0] not in self._tabs:
            raise Uncomputable(f"there is no tab {place[0]!r}")
        cell = self._tabs[place[0]].cells.get((place[1], place[2]))
        if cell is None:
            return None
        if cell.formula is None or (cell.value is not None and not self.is_reached(place)):
            return _plain(cell.value)
        if place not in self._values:
            if place in self._open:
                raise Uncomputable("the formulas run in a circle")
            self._open.add(place)
            try:
                result = self._scalar(parse(cell.formula, decimal_comma=self._decimal_comma), place[0])
                self._values[place] = 0.0 if result is None else result  # a formula that refers to an empty cell shows 0
            finally:
                self._open.discard(place)
        return self._values[place]

    def _scalar(self, node: Node | None, home: str) -> Value:
        if node is None:
            return None
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Reference):
            if node.span.top != node.span.bottom or node.span.left != node.span.right:
                raise Uncomputable("a range stands where a single value is needed")
            return self._value((node.tab or home, node.span.top, node.span.left))
        return self._operation(node, home)

    def _operation(self, node: Operation, home: str) -> Value:
        if node.name in _LAZY:
            return _LAZY[node.name](node.operands, lambda operand: self._scalar(operand, home))
        if node.name in _SCALAR:
            return _SCALAR[node.name](*[self._scalar(operand, home) for operand in node.operands])
        if node.name in _LISTS:
            return _LISTS[node.name](list(self._items(node.operands, home)))
        if node.name == "SUMPRODUCT":
            return self._sum_of_products(node.operands, home)
        raise Uncomputable(f"{node.name} is not computed here")

    def _items(self, operands: tuple[Node | None, ...], home: str) -> Iterator[float]:
        for operand in operands:
            if isinstance(operand, Reference):
                for place in self._places(operand, home):
                    value = self._value(place)
                    if isinstance(value, float) and not isinstance(value, bool):
                        yield value
            else:
                yield _number(self._scalar(operand, home))

    def _sum_of_products(self, operands: tuple[Node | None, ...], home: str) -> float:
        columns: list[list[float]] = []
        for operand in operands:
            if not isinstance(operand, Reference):
                raise Uncomputable("SUMPRODUCT of anything but ranges")
            columns.append([self._or_zero((operand.tab or home, row, column)) for row, column in _addresses(operand.span)])
        if len({len(column) for column in columns}) != 1:
            raise _Fault("#VALUE!")
        return math.fsum(math.prod(items) for items in zip(*columns, strict=True))

    def _or_zero(self, place: Place) -> float:
        value = self._value(place)
        return value if isinstance(value, float) and not isinstance(value, bool) else 0.0


def _addresses(span: Span) -> Iterator[tuple[int, int]]:
    if (span.bottom - span.top + 1) * (span.right - span.left + 1) > 200_000:
        raise Uncomputable("the range is too large")
    for row in range(span.top, span.bottom + 1):
        for column in range(span.left, span.right + 1):
            yield row, column


def _plain(value: object) -> Value:
    if isinstance(value, CellError):
        raise _Fault(value.text)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime | date | time):
        return to_serial(value)
    raise Uncomputable(f"{type(value).__name__} is not computed here")


def _number(value: Value) -> float:
    if value is None:
        return 0.0
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise _Fault("#VALUE!") from None
    return float(value)


def _divide(left: Value, right: Value) -> float:
    below = _number(right)
    if below == 0:
        raise _Fault("#DIV/0!")
    return _number(left) / below


def _power(left: Value, right: Value) -> float:
    result = _number(left) ** _number(right)
    if isinstance(result, complex):
        raise _Fault("#NUM!")
    return float(result)


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, float) else value


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        return _text(left).casefold() == _text(right).casefold()
    return _number(left) == _number(right)


def _rounded(mode: str) -> Callable[..., Value]:
    def apply(value: Value, digits: Value = 0.0) -> float:
        exact = Decimal(f"{_number(value):.15g}")
        return float(exact.quantize(Decimal(1).scaleb(-int(_number(digits))), rounding=mode))

    return apply


_SCALAR: dict[str, Callable[..., Value]] = {
    "+": lambda a, b: _number(a) + _number(b),
    "-": lambda a, b: _number(a) - _number(b),
    "*": lambda a, b: _number(a) * _number(b),
    "/": _divide,
    "^": _power,
    "%": lambda a: _number(a) / 100,
    "neg": lambda a: -_number(a),
    "&": lambda a, b: _text(a) + _text(b),
    "=": _same,
    "<>": lambda a, b: not _same(a, b),
    "<": lambda a, b: _number(a) < _number(b),
    ">": lambda a, b: _number(a) > _number(b),
    "<=": lambda a, b: _number(a) <= _number(b),
    ">=": lambda a, b: _number(a) >= _number(b),
    "ROUND": _rounded(ROUND_HALF_UP),
    "ROUNDUP": _rounded(ROUND_UP),
    "ROUNDDOWN": _rounded(ROUND_DOWN),
    "ABS": lambda a: abs(_number(a)),
    "INT": lambda a: float(math.floor(_number(a))),
    "NOT": lambda a: not _number(a),
    "ISBLANK": lambda a: a is None,
    "ISNUMBER": lambda a: isinstance(a, float) and not isinstance(a, bool),
}


def _average(items: list[float]) -> float:
    return _divide(math.fsum(items), float(len(items)))


_LISTS: dict[str, Callable[[list[float]], Value]] = {
    "SUM": math.fsum,
    "PRODUCT": lambda items: float(math.prod(items)) if items else 0.0,
    "MIN": lambda items: min(items, default=0.0),
    "MAX": lambda items: max(items, default=0.0),
    "AVERAGE": _average,
    "COUNT": lambda items: float(len(items)),
}

_Operands = tuple[Node | None, ...]
_Evaluate = Callable[[Node | None], Value]


def _if(operands: _Operands, evaluate: _Evaluate) -> Value:
    if not 2 <= len(operands) <= 3:
        raise Uncomputable("IF takes two or three operands")
    if _number(evaluate(operands[0])):
        return evaluate(operands[1])
    return evaluate(operands[2]) if len(operands) == 3 else False


def _if_error(operands: _Operands, evaluate: _Evaluate) -> Value:
    try:
        return evaluate(operands[0])
    except _Fault:
        return evaluate(operands[1]) if len(operands) > 1 else None


def _is_error(operands: _Operands, evaluate: _Evaluate) -> Value:
    try:
        evaluate(operands[0])
    except _Fault:
        return True
    return False


_LAZY: dict[str, Callable[[_Operands, _Evaluate], Value]] = {
    "IF": _if,
    "IFERROR": _if_error,
    "ISERR": _is_error,
    "ISERROR": _is_error,
    "AND": lambda operands, evaluate: all(_number(evaluate(operand)) for operand in operands),
    "OR": lambda operands, evaluate: any(_number(evaluate(operand)) for operand in operands),
}
