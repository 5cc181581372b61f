"""The syntax of formulas: tokens, a parse tree, and references that move when rows and columns do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.model.workbook import column_letters, column_number


class Unsupported(Exception):
    """The formula uses something this evaluator does not know."""


_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>"(?:[^"]|"")*")
    |(?P<error>\#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!))
    |(?P<ref>(?:(?P<tab>'(?:[^']|'')+'|[^\W\d][\w.]*)!)?
        (?:\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d*)?|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d+:\$?\d+)(?![\w(.]))
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<function>[^\W\d][\w.]*(?=\())
    |(?P<name>[^\W\d][\w.]*)
    |(?P<operator><>|<=|>=|[-+*/^&=<>%(),;{}\\])""",
    re.X,
)
_END = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)(\d*)")


@dataclass(frozen=True, slots=True)
class End:
    """One end of a reference; row or column is None where the reference is open."""

    row: int | None
    column: int | None
    row_fixed: bool = False
    column_fixed: bool = False

    def text(self) -> str:
        column = "" if self.column is None else ("$" if self.column_fixed else "") + column_letters(self.column)
        row = "" if self.row is None else ("$" if self.row_fixed else "") + str(self.row)
        return column + row


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell or a range, on a named tab or (None) on the formula's own."""

    tab: str | None
    first: End
    last: End
    is_range: bool

    def text(self) -> str:
        body = f"{self.first.text()}:{self.last.text()}" if self.is_range else self.first.text()
        if self.tab is None:
            return body
        plain = re.fullmatch(r"[^\W\d][\w.]*", self.tab) and not re.fullmatch(r"[A-Za-z]{1,3}\d+", self.tab)
        return (self.tab if plain else "'" + self.tab.replace("'", "''") + "'") + "!" + body


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, a truth value, or None for a left-out argument."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True)
class ErrorConstant:
    """An error written into the formula, such as #REF!."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; operators are calls too (`+`, `neg`, `%`)."""

    name: str
    arguments: tuple[Node, ...]


Node = Constant | ErrorConstant | Reference | Call


def tokens(formula: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of a formula without its `=`; every character is in exactly one token."""
    position = 0
    while position < len(formula):
        match = _TOKEN.match(formula, position)
        if match is None:
            raise Unsupported(formula[position:])
        kind = "ref" if match["ref"] is not None else str(match.lastgroup)
        yield kind, match[0]
        position = match.end()


def reference(text: str) -> Reference:
    """Read a reference token."""
    tab, mark, body = text.rpartition("!")
    title = tab[1:-1].replace("''", "'") if tab.startswith("'") else tab
    first, colon, last = body.partition(":")
    start = _end(first)
    return Reference(title if mark else None, start, _end(last) if colon else start, bool(colon))


def _end(text: str) -> End:
    match = _END.fullmatch(text)
    if match is None:
        raise Unsupported(text)
    if not match[4]:
        return End(None, column_number(match[2]), column_fixed=bool(match[1]))
    if not match[2]:
        return End(int(match[4]), None, row_fixed=bool(match[1] or match[3]))
    return End(int(match[4]), column_number(match[2]), row_fixed=bool(match[3]), column_fixed=bool(match[1]))


def rewrite(formula: str, move: Callable[[Reference], Reference | None]) -> str:
    """Replace every reference of a formula (with its `=`); None from `move` becomes #REF!. Unreadable formulas stay."""
    try:
        parts = list(tokens(formula[1:]))
    except Unsupported:
        return formula
    out = []
    for kind, text in parts:
        if kind != "ref":
            out.append(text)
            continue
        moved = move(reference(text))
        out.append("#REF!" if moved is None else moved.text())
    return "=" + "".join(out)


_LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))


class _Parser:
    """Precedence climbing over the tokens of one formula."""

    def __init__(self, formula: str) -> None:
        self.tokens = [token for token in tokens(formula) if token[0] != "space"]
        self.position = 0

    def peek(self) -> str | None:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else None

    def take(self, expected: str | None = None) -> tuple[str, str]:
        if self.position >= len(self.tokens) or (expected is not None and self.peek() != expected):
            raise Unsupported(f"expected {expected}")
        self.position += 1
        return self.tokens[self.position - 1]

    def expression(self, level: int = 0) -> Node:
        if level == len(_LEVELS):
            return self.postfix()
        node = self.expression(level + 1)
        while self.peek() in _LEVELS[level] and self.tokens[self.position][0] == "operator":
            operator = self.take()[1]
            node = Call(operator, (node, self.expression(level + 1)))
        return node

    def postfix(self) -> Node:
        node = self.unary()
        while self.peek() == "%":
            self.take()
            node = Call("%", (node,))
        return node

    def unary(self) -> Node:
        if self.peek() in ("-", "+"):
            sign = self.take()[1]
            return Call("neg", (self.postfix(),)) if sign == "-" else self.postfix()
        return self.primary()

    def primary(self) -> Node:
        kind, text = self.take()
        if text == "(":
            node = self.expression()
            self.take(")")
            return node
        if kind == "number":
            return Constant(float(text))
        if kind == "string":
            return Constant(text[1:-1].replace('""', '"'))
        if kind == "ref":
            return reference(text)
        if kind == "error":
            return ErrorConstant(text)
        if kind == "function":
            return Call(text.upper().removeprefix("_XLFN."), self.arguments())
        if kind == "name" and text.upper() in ("TRUE", "FALSE"):
            return Constant(text.upper() == "TRUE")
        raise Unsupported(text)

    def arguments(self) -> tuple[Node, ...]:
        self.take("(")
        found: list[Node] = []
        while self.peek() != ")":
            found.append(Constant(None) if self.peek() in (",", ";") else self.expression())
            if self.peek() in (",", ";"):
                self.take()
                if self.peek() == ")":
                    found.append(Constant(None))
        self.take(")")
        return tuple(found)


@lru_cache(maxsize=20_000)
def parse(formula: str) -> Node:
    """Parse a formula (with its `=`).

    Raises:
        Unsupported: it uses names, array constants or anything else this evaluator does not know.
    """
    parser = _Parser(formula[1:])
    node = parser.expression()
    if parser.peek() is not None:
        raise Unsupported(str(parser.peek()))
    return node


def references(node: Node) -> Iterator[Reference]:
    """Yield every reference in a parse tree."""
    if isinstance(node, Reference):
        yield node
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from references(argument)
