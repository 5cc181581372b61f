"""Computes a workbook's formulas, as it is or as it would be with some cells changed; IEEE doubles, as spreadsheets do."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping

from core.model.workbook import Cell, Span, Tab, Workbook
from core.sheets.formulas import Literal, Node, Operation, Reference, Uncomputable, parse, references
from core.sheets.functions import LISTS, SCALAR, Fault, Value, number_of, plain
from core.sheets.lookups import LOOKUPS, Matrix

Place = tuple[str, int, int]
"""(tab, row, column)."""
_MOST_LOOKED_AT = 5_000_000
_POINT_LANGUAGES = frozenset(["en", "ja", "zh", "ko", "th", "he", "iw", "hi", "bn", "ta", "te", "ur", "ms", "fil"])


class Calculator:
    """Gives cell values of a workbook with changes laid over it.

    Args:
        workbook: cached values are trusted for formulas that no change reaches.
        changes: new raw values by place.
        stale: formulas whose cached value is not trusted either.
    """

    def __init__(self, workbook: Workbook, changes: Mapping[Place, Value] | None = None, *, stale: Collection[Place] = ()) -> None:
        self._tabs: dict[str, Tab] = {tab.name: tab for tab in workbook.tabs}
        self._changes = dict(changes or {})
        self._stale = frozenset(stale)
        self._values: dict[Place, Value] = {}
        self._reached: dict[Place, bool] = {}
        self._open: set[Place] = set()
        self._ranges: dict[tuple[str, Span], Matrix] = {}
        self._looked_at = 0
        language = (workbook.locale or "en").split("_")[0].split("-")[0]
        self._decimal_comma = workbook.kind == "google_sheet" and language not in _POINT_LANGUAGES

    def value(self, place: Place) -> Value:
        """Give the value of a cell; Uncomputable when a formula on the way cannot be computed or yields an error."""
        try:
            return self._value(place)
        except (Fault, RecursionError, OverflowError) as error:
            raise Uncomputable(f"{place[0]}!{place[1]},{place[2]} has no value: {error}") from error

    def is_reached(self, place: Place) -> bool:
        """Tell whether a formula cell depends on a change, however far."""
        if place in self._changes or place in self._stale:
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

    def cell(self, place: Place) -> Cell | None:
        """Give a cell as the workbook has it."""
        tab = self._tabs.get(place[0])
        return None if tab is None else tab.cells.get((place[1], place[2]))

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
            return plain(cell.value)
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
        if node.name in SCALAR:
            return self._applied(node, home)
        if node.name in LISTS:
            return LISTS[node.name](list(self._items(node.operands, home)))
        if node.name in LOOKUPS:
            try:
                return LOOKUPS[node.name](node.operands, _Scope(self, home))
            except (IndexError, ValueError) as error:
                raise Uncomputable(f"{node.name} lacks operands") from error
        if node.name == "SUBTOTAL":
            return self._subtotal(node.operands, home)
        if node.name == "SUMPRODUCT":
            return self._sum_of_products(node.operands, home)
        raise Uncomputable(f"{node.name} is not computed here")

    def _applied(self, node: Operation, home: str) -> Value:
        values = [self._scalar(operand, home) for operand in node.operands]
        try:
            return SCALAR[node.name](*values)
        except TypeError as error:
            raise Uncomputable(f"{node.name} does not take {len(values)} operands") from error

    def matrix(self, reference: Reference, home: str) -> Matrix:
        """Give the values of a range by rows, cut to what the tab holds; Uncomputable when it is too large."""
        name = reference.tab or home
        tab = self._tabs.get(name)
        if tab is None:
            raise Uncomputable(f"there is no tab {name!r}")
        top, left, bottom, right = reference.span
        span = Span(top, left, min(bottom, max(tab.n_rows, top)), min(right, max(tab.n_columns, left)))
        self._looked_at += (span.bottom - span.top + 1) * (span.right - span.left + 1)
        if self._looked_at > _MOST_LOOKED_AT:
            raise Uncomputable("the lookups of the workbook go through too many cells")
        if (name, span) not in self._ranges:
            self._ranges[name, span] = self._read_range(name, span)
        return self._ranges[name, span]

    def _read_range(self, name: str, span: Span) -> Matrix:
        flat = iter([self._value((name, row, column)) for row, column in _addresses(span)])
        return [[next(flat) for _ in range(span.left, span.right + 1)] for _ in range(span.top, span.bottom + 1)]

    def scalar(self, node: Node | None, home: str) -> Value:
        return self._scalar(node, home)

    def _items(self, operands: tuple[Node | None, ...], home: str) -> Iterator[float]:
        for operand in operands:
            if isinstance(operand, Reference):
                for place in self._places(operand, home):
                    value = self._value(place)
                    if isinstance(value, float) and not isinstance(value, bool):
                        yield value
            else:
                yield number_of(self._scalar(operand, home))

    def _subtotal(self, operands: tuple[Node | None, ...], home: str) -> Value:
        """Compute SUBTOTAL over rows that all show: other subtotals in its ranges do not count (Source: ECMA-376 part 1, 18.17.7.311)."""
        code, ranges = operands[0], operands[1:]
        if not isinstance(code, Literal) or code.value not in _SUBTOTALS or not all(isinstance(one, Reference) for one in ranges):
            raise Uncomputable("SUBTOTAL of anything but ranges")
        items: list[float] = []
        for reference in ranges:
            assert isinstance(reference, Reference)
            for place in self._places(reference, home):
                if place[1] in self._tabs[place[0]].hidden_rows:
                    raise Uncomputable("SUBTOTAL over hidden rows")
                node = self.tree(place)
                value = None if isinstance(node, Operation) and node.name == "SUBTOTAL" else self._value(place)
                if isinstance(value, float) and not isinstance(value, bool):
                    items.append(value)
        return LISTS[_SUBTOTALS[code.value]](items)

    def _sum_of_products(self, operands: tuple[Node | None, ...], home: str) -> float:
        columns: list[list[float]] = []
        for operand in operands:
            if not isinstance(operand, Reference):
                raise Uncomputable("SUMPRODUCT of anything but ranges")
            columns.append([self._or_zero((operand.tab or home, row, column)) for row, column in _addresses(operand.span)])
        if len({len(column) for column in columns}) != 1:
            raise Fault("#VALUE!")
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


class _Scope:
    """A tab's view of the calculator, for functions that look into ranges."""

    def __init__(self, calculator: Calculator, home: str) -> None:
        self._calculator, self._home = calculator, home

    def scalar(self, node: Node | None) -> Value:
        return self._calculator.scalar(node, self._home)

    def matrix(self, reference: Reference) -> Matrix:
        return self._calculator.matrix(reference, self._home)


_SUBTOTALS: dict[object, str] = {1: "AVERAGE", 2: "COUNT", 4: "MAX", 5: "MIN", 6: "PRODUCT", 9: "SUM"}
_SUBTOTALS |= {100 + int(str(code)): name for code, name in _SUBTOTALS.items()}

_Operands = tuple[Node | None, ...]
_Evaluate = Callable[[Node | None], Value]


def _if(operands: _Operands, evaluate: _Evaluate) -> Value:
    if not 2 <= len(operands) <= 3:
        raise Uncomputable("IF takes two or three operands")
    if number_of(evaluate(operands[0])):
        return evaluate(operands[1])
    return evaluate(operands[2]) if len(operands) == 3 else False


def _if_error(operands: _Operands, evaluate: _Evaluate) -> Value:
    try:
        return evaluate(operands[0])
    except Fault:
        return evaluate(operands[1]) if len(operands) > 1 else None


def _is_error(operands: _Operands, evaluate: _Evaluate) -> Value:
    try:
        evaluate(operands[0])
    except Fault:
        return True
    return False


_LAZY: dict[str, Callable[[_Operands, _Evaluate], Value]] = {
    "IF": _if,
    "IFERROR": _if_error,
    "ISERR": _is_error,
    "ISERROR": _is_error,
    "AND": lambda operands, evaluate: all(number_of(evaluate(operand)) for operand in operands),
    "OR": lambda operands, evaluate: any(number_of(evaluate(operand)) for operand in operands),
}
