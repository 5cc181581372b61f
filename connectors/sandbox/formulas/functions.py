"""The functions and operators that formulas may call, over scalars and grids of values."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal

from connectors.sandbox.formulas.syntax import Unsupported
from connectors.sandbox.sheets.document import Value
from core.model.workbook import CellError

Grid = list[list[Value]]
Operand = Value | Grid
EPOCH = date(1899, 12, 30)


class FormulaError(Exception):
    """The formula evaluates to an error value."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def number(value: Value) -> float:
    """Coerce a scalar to a number as an operator does; #VALUE! for text that is none."""
    if isinstance(value, CellError):
        raise FormulaError(value.text)
    if value is None:
        return 0.0
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise FormulaError("#VALUE!") from None
    return float(value)


def scalar(operand: Operand) -> Value:
    """Give the one value of an operand; a 1x1 grid counts as one."""
    if isinstance(operand, list):
        if len(operand) == 1 and len(operand[0]) == 1:
            return operand[0][0]
        raise Unsupported("a range where one value is expected")
    return operand


def text(value: Value) -> str:
    """Coerce a scalar to text."""
    if isinstance(value, CellError):
        raise FormulaError(value.text)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def truth(value: Value) -> bool:
    """Coerce a scalar to a truth value."""
    if isinstance(value, str):
        if value.upper() in ("TRUE", "FALSE"):
            return value.upper() == "TRUE"
        raise FormulaError("#VALUE!")
    return number(value) != 0


def cells(operands: Sequence[Operand]) -> Iterator[tuple[Value, bool]]:
    """Yield each value and whether it came from a range."""
    for operand in operands:
        if isinstance(operand, list):
            yield from ((value, True) for row in operand for value in row)
        else:
            yield operand, False


def numbers(operands: Sequence[Operand]) -> list[float]:
    """Give the numbers an aggregate sees: in ranges texts, blanks and truth values are passed over."""
    found = []
    for value, in_range in cells(operands):
        if isinstance(value, CellError):
            raise FormulaError(value.text)
        if in_range and (value is None or isinstance(value, str | bool)):
            continue
        found.append(number(value))
    return found


def _rounded(mode: str) -> Callable[..., Value]:
    def apply(value: Operand, digits: Operand = 0) -> Value:
        places = int(number(scalar(digits)))
        exact = Decimal(repr(number(scalar(value))))
        return float(exact.quantize(Decimal(1).scaleb(-places), rounding=mode))

    return apply


def _average(*operands: Operand) -> Value:
    found = numbers(operands)
    if not found:
        raise FormulaError("#DIV/0!")
    return math.fsum(found) / len(found)


def _sumproduct(*grids: Operand) -> Value:
    tables: list[Grid] = [grid if isinstance(grid, list) else [[grid]] for grid in grids]
    shape = [len(row) for row in tables[0]]
    if any([len(row) for row in table] != shape for table in tables):
        raise FormulaError("#VALUE!")
    total = []
    for row, width in enumerate(shape):
        for column in range(width):
            factors = [table[row][column] for table in tables]
            if any(isinstance(factor, CellError) for factor in factors):
                raise FormulaError(next(f.text for f in factors if isinstance(f, CellError)))
            total.append(math.prod(float(f) if isinstance(f, int | float) and not isinstance(f, bool) else 0.0 for f in factors))
    return math.fsum(total)


def matches(value: Value, criterion: Value) -> bool:
    """Tell whether a cell meets a criterion such as `>5`, `<>x` or `*search*`."""
    if not isinstance(criterion, str):
        return value == criterion
    found = re.match(r"(<>|<=|>=|=|<|>)?(.*)", criterion, re.S)
    operator, wanted = (found[1] or "=", found[2]) if found else ("=", criterion)
    try:
        limit: Value = float(wanted)
    except ValueError:
        pattern = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in wanted)
        shown = value.text if isinstance(value, CellError) else text(value)
        same = re.fullmatch(pattern, shown, re.I | re.S) is not None
        if operator not in ("=", "<>"):
            raise Unsupported(criterion) from None
        return same == (operator == "=")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return operator == "<>"
    return bool(compare(operator, value, limit))


def _sumif(area: Operand, criterion: Operand, summed: Operand = None) -> Value:
    source = area if isinstance(area, list) else [[area]]
    target = summed if isinstance(summed, list) else source
    wanted = scalar(criterion)
    picked: Grid = [
        [target[r][c] for c, value in enumerate(row) if matches(value, wanted) and r < len(target) and c < len(target[r])]
        for r, row in enumerate(source)
    ]
    return math.fsum(numbers([picked]))


def _sumifs(summed: Operand, *pairs: Operand) -> Value:
    target = summed if isinstance(summed, list) else [[summed]]
    tests = [
        (grid if isinstance(grid, list) else [[grid]], scalar(criterion)) for grid, criterion in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    picked: Grid = [
        [value for c, value in enumerate(row) if all(matches(grid[r][c], wanted) for grid, wanted in tests)] for r, row in enumerate(target)
    ]
    return math.fsum(numbers([picked]))


def _countif(area: Operand, criterion: Operand) -> Value:
    wanted = scalar(criterion)
    return float(sum(matches(value, wanted) for value, _ in cells([area])))


def _subtotal(kind: Operand, *operands: Operand) -> Value:
    names = {1: "AVERAGE", 2: "COUNT", 3: "COUNTA", 4: "MAX", 5: "MIN", 6: "PRODUCT", 9: "SUM"}
    name = names.get(int(number(scalar(kind))) % 100)
    if name is None:
        raise Unsupported("SUBTOTAL")
    return FUNCTIONS[name](*operands)


def _index(area: Operand, row: Operand, column: Operand = 1) -> Value:
    table = area if isinstance(area, list) else [[area]]
    r, c = int(number(scalar(row))), int(number(scalar(column)))
    if len(table) == 1 and r > 1 and c == 1:
        r, c = 1, r
    if not (1 <= r <= len(table) and 1 <= c <= len(table[0])):
        raise FormulaError("#REF!")
    return table[r - 1][c - 1]


def _match(wanted: Operand, area: Operand, kind: Operand = 1) -> Value:
    if number(scalar(kind)) != 0:
        raise Unsupported("MATCH in sorted ranges")
    sought = scalar(wanted)
    for position, (value, _) in enumerate(cells([area]), start=1):
        if compare("=", value, sought):
            return float(position)
    raise FormulaError("#N/A")


def _vlookup(wanted: Operand, area: Operand, column: Operand, is_sorted: Operand = True) -> Value:
    table = area if isinstance(area, list) else [[area]]
    if truth(scalar(is_sorted)):
        raise Unsupported("VLOOKUP in sorted ranges")
    row = _match(wanted, [[line[0]] for line in table], 0)
    return _index(table, row, column)


def _date(year: Operand, month: Operand, day: Operand) -> Value:
    months = int(number(scalar(year))) * 12 + int(number(scalar(month))) - 1
    first = date(months // 12, months % 12 + 1, 1)
    return float((first - EPOCH).days + int(number(scalar(day))) - 1)


def _day(value: Operand) -> date:
    return EPOCH + timedelta(days=int(number(scalar(value))))


def _shifted(start: Operand, months: Operand, *, to_end: bool) -> Value:
    day = _day(start)
    count = day.year * 12 + day.month - 1 + int(number(scalar(months)))
    year, month = count // 12, count % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return float((date(year, month, last if to_end else min(day.day, last)) - EPOCH).days)


def _mod(value: Operand, divisor: Operand) -> Value:
    by = number(scalar(divisor))
    if by == 0:
        raise FormulaError("#DIV/0!")
    return number(scalar(value)) % by


def compare(operator: str, left: Value, right: Value) -> Value:
    """Compare two scalars; numbers stand before texts, texts before truth values, letters' case does not count."""

    def key(value: Value) -> tuple[int, float, str]:
        if isinstance(value, CellError):
            raise FormulaError(value.text)
        if isinstance(value, bool):
            return 2, float(value), ""
        return (1, 0.0, value.casefold()) if isinstance(value, str) else (0, number(value), "")

    if left is None or right is None:
        other = right if left is None else left
        blank: Value = "" if isinstance(other, str) else False if isinstance(other, bool) else 0
        left, right = (blank if left is None else left), (blank if right is None else right)
    a, b = key(left), key(right)
    return {"=": a == b, "<>": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]


_ARITHMETIC: dict[str, Callable[[float, float], float | complex]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """Apply one binary operator to two scalars."""
    if operator == "&":
        return text(left) + text(right)
    if operator in ("=", "<>", "<", ">", "<=", ">="):
        return compare(operator, left, right)
    a, b = number(left), number(right)
    if operator == "/" and b == 0:
        raise FormulaError("#DIV/0!")
    try:
        result = _ARITHMETIC[operator](a, b)
    except (OverflowError, ZeroDivisionError):
        raise FormulaError("#NUM!") from None
    if isinstance(result, complex):
        raise FormulaError("#NUM!")
    return float(result)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "SUM": lambda *operands: math.fsum(numbers(operands)),
    "SUMPRODUCT": _sumproduct,
    "SUMIF": _sumif,
    "SUMIFS": _sumifs,
    "SUBTOTAL": _subtotal,
    "PRODUCT": lambda *operands: math.prod(numbers(operands)),
    "AVERAGE": _average,
    "MIN": lambda *operands: min(numbers(operands), default=0.0),
    "MAX": lambda *operands: max(numbers(operands), default=0.0),
    "COUNT": lambda *operands: float(sum(isinstance(v, int | float) and not isinstance(v, bool) for v, _ in cells(operands))),
    "COUNTA": lambda *operands: float(sum(value is not None for value, _ in cells(operands))),
    "COUNTIF": _countif,
    "ROUND": _rounded(ROUND_HALF_UP),
    "ROUNDUP": _rounded(ROUND_UP),
    "ROUNDDOWN": _rounded(ROUND_DOWN),
    "TRUNC": _rounded(ROUND_DOWN),
    "CEILING": lambda value: _rounded(ROUND_CEILING)(value),
    "FLOOR": lambda value: _rounded(ROUND_FLOOR)(value),
    "INT": lambda value: float(math.floor(number(scalar(value)))),
    "ABS": lambda value: abs(number(scalar(value))),
    "MOD": _mod,
    "AND": lambda *operands: all(truth(value) for value, _ in cells(operands) if value is not None),
    "OR": lambda *operands: any(truth(value) for value, _ in cells(operands) if value is not None),
    "NOT": lambda value: not truth(scalar(value)),
    "CONCATENATE": lambda *operands: "".join(text(value) for value, _ in cells(operands)),
    "UPPER": lambda value: text(scalar(value)).upper(),
    "LOWER": lambda value: text(scalar(value)).lower(),
    "TRIM": lambda value: " ".join(text(scalar(value)).split()),
    "LEN": lambda value: float(len(text(scalar(value)))),
    "INDEX": _index,
    "MATCH": _match,
    "VLOOKUP": _vlookup,
    "DATE": _date,
    "YEAR": lambda value: float(_day(value).year),
    "MONTH": lambda value: float(_day(value).month),
    "DAY": lambda value: float(_day(value).day),
    "EDATE": lambda start, months: _shifted(start, months, to_end=False),
    "EOMONTH": lambda start, months: _shifted(start, months, to_end=True),
}
"""Functions that evaluate all their arguments; IF, IFERROR and ISBLANK are in evaluation.py."""
