"""Spreadsheet formulas: parsed to a small tree, their references named, and computed where they are plain arithmetic.

Source: ECMA-376 part 1, 18.17 (formulas). Only what media plans use is computed; anything else raises Uncomputable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.model.workbook import Span, column_number


class Uncomputable(Exception):
    """The formula uses something that is not computed here; never shown to a person."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text or logical constant."""

    value: float | str | bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell or a range; `tab` is None for the formula's own tab. Open ends (`A:A`, `3:3`) reach 10^7."""

    tab: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator (`+`, `neg`, `%`, `<=`, ...) or a function (upper-case name) and its operands."""

    name: str
    operands: tuple[Node | None, ...]


Node = Literal | Reference | Operation

_ENDLESS = 10_000_000
_NUMBER = r"(?:\d+(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?"
_TAB = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!"
_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]*"
_AREA = rf"(?:{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[1-9][0-9]*:\$?[1-9][0-9]*)(?![\w(])"


@lru_cache(maxsize=2)
def _lexer(decimal_comma: bool) -> re.Pattern[str]:
    number = _NUMBER.format(point="," if decimal_comma else r"\.")
    separator = ";" if decimal_comma else "[,;]"
    return re.compile(
        rf'\s*(?:(?P<ref>(?:{_TAB})?{_AREA})|(?P<number>{number})|(?P<text>"(?:[^"]|"")*")|(?P<name>[^\W\d][\w.]*)'
        rf"|(?P<separator>{separator})|(?P<symbol><>|<=|>=|[-+*/^&=<>%()]))\s*"
    )


def _tokens(text: str, decimal_comma: bool) -> list[tuple[str, str]]:
    lexer, found, at = _lexer(decimal_comma), [], 0
    while at < len(text):
        match = lexer.match(text, at)
        if match is None or match.lastgroup is None:
            raise Uncomputable(f"unexpected {text[at : at + 10]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def _reference(text: str) -> Reference:
    tab, bang, area = text.rpartition("!")
    name = tab[1:-1].replace("''", "'") if tab.startswith("'") else tab
    first, _, last = area.replace("$", "").partition(":")
    top, left = _corner(first, lowest=True)
    bottom, right = _corner(last or first, lowest=False)
    return Reference(name if bang else None, Span(min(top, bottom), min(left, right), max(top, bottom), max(left, right)))


def _corner(text: str, *, lowest: bool) -> tuple[int, int]:
    letters, digits = text.rstrip("0123456789"), text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    edge = 1 if lowest else _ENDLESS
    return int(digits) if digits else edge, column_number(letters) if letters else edge


_BINDING = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}
_UNARY = 7  # spreadsheets read -2^2 as (-2)^2


class _Parser:
    """A precedence climber over the tokens."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> Node:
        node = self.expression(0)
        if self._at != len(self._tokens):
            raise Uncomputable("something follows the formula")
        return node

    def expression(self, floor: int) -> Node:
        node = self._operand()
        while self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if text == "%" and kind == "symbol":
                self._at += 1
                node = Operation("%", (node,))
            elif kind == "symbol" and _BINDING.get(text, 0) > floor:
                self._at += 1
                node = Operation(text, (node, self.expression(_BINDING[text])))
            else:
                break
        return node

    def _operand(self) -> Node:
        kind, text = self._take()
        if kind == "number":
            return Literal(float(text.replace(",", ".")))
        if kind == "text":
            return Literal(text[1:-1].replace('""', '"'))
        if kind == "ref":
            return _reference(text)
        if kind == "symbol" and text in "+-":
            inner = self.expression(_UNARY)
            return Operation("neg", (inner,)) if text == "-" else inner
        if kind == "symbol" and text == "(":
            inner = self.expression(0)
            self._expect(")")
            return inner
        if kind == "name":
            return self._named(text.upper())
        raise Uncomputable(f"unexpected {text!r}")

    def _named(self, name: str) -> Node:
        if not self._sees("("):
            if name in ("TRUE", "FALSE"):
                return Literal(name == "TRUE")
            raise Uncomputable(f"the name {name} is not known")
        self._at += 1
        operands: list[Node | None] = []
        while not self._sees(")"):
            empty = self._at < len(self._tokens) and self._tokens[self._at][0] == "separator"
            operands.append(None if empty else self.expression(0))
            if not self._sees(")") and self._take()[0] != "separator":
                raise Uncomputable("a separator is missing")
        self._at += 1
        return Operation(name, tuple(operands))

    def _sees(self, symbol: str) -> bool:
        if self._at >= len(self._tokens):
            return False
        return self._tokens[self._at] == ("symbol", symbol)

    def _expect(self, symbol: str) -> None:
        if self._take() != ("symbol", symbol):
            raise Uncomputable(f"{symbol} is missing")

    def _take(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise Uncomputable("the formula ends early")
        self._at += 1
        return self._tokens[self._at - 1]


@lru_cache(maxsize=65536)
def parse(formula: str, *, decimal_comma: bool = False) -> Node:
    """Give the tree of a formula (with or without its `=`). Raises Uncomputable for what is not understood.

    Args:
        decimal_comma: the sheet writes `1,5` and parts arguments with `;`; what only reads with points and commas is taken for that
            (sheets hand formulas out either way), and what reads differently in both ways is not understood.
    """
    if len(formula) > 8192:
        raise Uncomputable("the formula is too long")
    if not decimal_comma:
        return _parsed(formula, decimal_comma=False)
    try:
        with_commas = _parsed(formula, decimal_comma=True)
    except Uncomputable:
        return _parsed(formula, decimal_comma=False)
    if ";" in formula or "," not in formula:
        return with_commas
    try:
        with_points = _parsed(formula, decimal_comma=False)
    except Uncomputable:
        return with_commas
    if with_points != with_commas:
        raise Uncomputable("a comma could be a decimal mark or part two arguments")
    return with_commas


def _parsed(formula: str, *, decimal_comma: bool) -> Node:
    try:
        return _Parser(_tokens(formula.strip().removeprefix("=").strip(), decimal_comma)).whole()
    except RecursionError as error:
        raise Uncomputable("the formula is nested too deeply") from error


def references(node: Node | None) -> Iterator[Reference]:
    """Yield every reference of a tree, in order of writing."""
    if isinstance(node, Reference):
        yield node
    elif isinstance(node, Operation):
        for operand in node.operands:
            yield from references(operand)
