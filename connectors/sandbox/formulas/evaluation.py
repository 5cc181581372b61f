"""Recalculates a spreadsheet: formulas downstream of changed cells, in order; unknown functions keep their value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Set
from typing import Literal

from connectors.sandbox.formulas.functions import FUNCTIONS, FormulaError, Grid, Operand, arithmetic, number, scalar, truth
from connectors.sandbox.formulas.syntax import Call, Constant, ErrorConstant, Node, Reference, Unsupported, parse, references
from connectors.sandbox.sheets.document import Document, Sheet, Value
from core.model.workbook import CellError, Span

Place = tuple[int, int, int]
"""(sheet id, row, column)."""
_MOST_PASSES = 10
"""Cells that name each other in branches of IF that are not taken settle in two; a true circle would never."""
_BINARY = frozenset({"+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">="})


def recalculate(document: Document, changed: Set[Place] | Literal["all"]) -> None:
    """Bring every formula downstream of the changed places up to date; "all" also those nothing was changed under."""
    Recalculation(document, changed).run()


class Recalculation:
    """One pass over a document."""

    def __init__(self, document: Document, changed: Set[Place] | Literal["all"]) -> None:
        self.document = document
        self.everything = changed == "all"
        self.changed: set[Place] = set() if changed == "all" else set(changed)
        self.formulas: dict[Place, str] = {
            (sheet.sheet_id, *address): cell.formula for sheet in document.sheets for address, cell in sheet.cells.items() if cell.formula
        }
        self.visited: set[Place] = set()
        self.settled: set[Place] = set()
        self.has_cycle = False
        self.has_moved = False

    def run(self) -> None:
        if not self.everything and not self.changed:
            return
        for _ in range(_MOST_PASSES):
            self.visited, self.settled, self.has_cycle, self.has_moved = set(), set(), False, False
            for place in self.formulas:
                self.visit(place)
            if not (self.has_cycle and self.has_moved):
                return

    def visit(self, start: Place) -> None:
        """Settle one formula after all it depends on; an explicit stack, as plans hold running totals of thousands of rows."""
        stack: list[tuple[Place, Iterator[Place]]] = []
        self.enter(start, stack)
        while stack:
            place, below = stack[-1]
            deeper = self.unvisited(below)
            if deeper is not None:
                self.enter(deeper, stack)
            else:
                stack.pop()
                self.settle(place)

    def unvisited(self, below: Iterator[Place]) -> Place | None:
        """Give the next place to settle first; one that is still being settled refers back, and another pass is needed."""
        for place in below:
            if place not in self.visited:
                return place
            self.has_cycle = self.has_cycle or place not in self.settled
        return None

    def enter(self, place: Place, stack: list[tuple[Place, Iterator[Place]]]) -> None:
        if place not in self.visited:
            self.visited.add(place)
            stack.append((place, iter([p for p in self.precedents(place) if p in self.formulas])))

    def precedents(self, place: Place) -> Iterator[Place]:
        try:
            tree = parse(self.formulas[place])
        except Unsupported:
            return
        own = self.document.sheet(place[0])
        for item in references(tree):
            found = self.resolve(item, own)
            if found is not None:
                sheet, span = found
                for row in range(span.top, span.bottom + 1):
                    for column in range(span.left, span.right + 1):
                        yield sheet.sheet_id, row, column

    def resolve(self, item: Reference, own: Sheet) -> tuple[Sheet, Span] | None:
        """Give sheet and span of a reference, open ends at the last filled cell; None when the tab is gone."""
        sheet = own if item.tab is None else self.document.titled(item.tab)
        if sheet is None:
            return None
        ends = (item.first, item.last)
        rows = [1 if i == 0 else max(sheet.last_row(), 1) for i, end in enumerate(ends) if end.row is None]
        rows += [end.row for end in ends if end.row is not None]
        columns = [1 if i == 0 else sheet.n_columns for i, end in enumerate(ends) if end.column is None]
        columns += [end.column for end in ends if end.column is not None]
        return sheet, Span(min(rows), min(columns), max(rows), max(columns))

    def settle(self, place: Place) -> None:
        """Evaluate the formula at a place when anything beneath it changed."""
        self.settled.add(place)
        if not (self.everything or place in self.changed or any(p in self.changed for p in self.precedents(place))):
            return
        sheet = self.document.sheet(place[0])
        cell = sheet.cells[place[1:]]
        try:
            value = self.evaluate(parse(self.formulas[place]), sheet)
            result = _tidy(scalar(value))
        except FormulaError as error:
            result = CellError(error.text)
        except (Unsupported, TypeError, ValueError, OverflowError, RecursionError):
            if cell.value is None:
                cell.value = CellError("#NAME?")
            return
        if not _same(cell.value, result):
            cell.value = result
            self.changed.add(place)
            self.has_moved = True

    def evaluate(self, node: Node, own: Sheet) -> Operand:
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, ErrorConstant):
            raise FormulaError(node.text)
        if isinstance(node, Reference):
            return self.fetch(node, own)
        return self.call(node, own)

    def fetch(self, item: Reference, own: Sheet) -> Operand:
        found = self.resolve(item, own)
        if found is None:
            raise FormulaError("#REF!")
        sheet, span = found
        if not item.is_range:
            return _value(sheet, span.top, span.left)
        columns = range(span.left, span.right + 1)
        return [[_value(sheet, row, column) for column in columns] for row in range(span.top, span.bottom + 1)]

    def call(self, node: Call, own: Sheet) -> Operand:
        name, arguments = node.name, node.arguments
        if name == "IF":
            chosen = 1 if truth(scalar(self.evaluate(arguments[0], own))) else 2
            return self.evaluate(arguments[chosen], own) if chosen < len(arguments) else False
        if name in ("IFERROR", "IFNA"):
            return self.guarded(arguments, own)
        operands = [self.evaluate(argument, own) for argument in arguments]
        if name == "ISBLANK":
            return scalar(operands[0]) is None
        if name in _BINARY:
            return _elementwise(lambda a, b: arithmetic(name, a, b), operands[0], operands[1])
        if name == "neg":
            return _elementwise(lambda a, _: -number(a), operands[0], None)
        if name == "%":
            return _elementwise(lambda a, b: arithmetic("/", a, b), operands[0], 100.0)
        if name not in FUNCTIONS:
            raise Unsupported(name)
        return FUNCTIONS[name](*operands)

    def guarded(self, arguments: tuple[Node, ...], own: Sheet) -> Operand:
        try:
            value = scalar(self.evaluate(arguments[0], own))
        except FormulaError:
            value = CellError("#N/A")
        if not isinstance(value, CellError):
            return value
        return self.evaluate(arguments[1], own) if len(arguments) > 1 else None


def _value(sheet: Sheet, row: int, column: int) -> Value:
    cell = sheet.cells.get((row, column))
    return None if cell is None else cell.value


def _elementwise(apply: Callable[[Value, Value], Value], left: Operand, right: Operand) -> Operand:
    if not isinstance(left, list) and not isinstance(right, list):
        return apply(left, right)
    rows = max(len(side) if isinstance(side, list) else 1 for side in (left, right))
    columns = max(len(side[0]) if isinstance(side, list) else 1 for side in (left, right))

    def at(side: Operand, row: int, column: int) -> Value:
        if not isinstance(side, list):
            return side
        return side[row if len(side) > 1 else 0][column if len(side[0]) > 1 else 0]

    grid: Grid = [[apply(at(left, r, c), at(right, r, c)) for c in range(columns)] for r in range(rows)]
    return grid


def _tidy(value: Value) -> Value:
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return CellError("#NUM!")
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return 0 if value is None else value


def _same(old: Value, new: Value) -> bool:
    """Tell whether nothing changed; a difference in the last digits is no change, as Excel and Google add in other orders."""
    if isinstance(old, bool) != isinstance(new, bool):
        return False
    if isinstance(old, int | float) and isinstance(new, int | float):
        return math.isclose(old, new, rel_tol=1e-12, abs_tol=1e-12)
    return old == new
