"""The references of a formula as text: found, moved with rows, and copied to another row, every other character kept.

Works in every language of Sheets and Excel: only references are looked at, never separators or function names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from core.model.workbook import column_number

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]*"
_AREA = rf"(?:{_CELL}(?::(?:{_CELL}|\$?[A-Za-z]{{1,3}}))?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[1-9][0-9]*:\$?[1-9][0-9]*)(?![\w(.!\[])"
_TOKEN = re.compile(
    rf"""(?P<text>"(?:[^"]|"")*")
    |(?P<elsewhere>(?:'[^']*\[(?:[^']|'')*'|\[[^\[\]]+\](?:[^\W\d][\w.]*)?|[^\W\d][\w.]*:[^\W\d][\w.]*)!\#?{_AREA})
    |(?P<bracket>\[(?:[^\[\]]|\[[^\[\]]*\])*\])
    |(?P<ref>(?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?{_AREA})
    |(?P<word>[^\W\d][\w.]*!?|\d[\w.]*)
    |(?P<other>.)""",
    re.X | re.S,
)
_ACROSS = re.compile(
    rf"""(?:"(?:[^"]|"")*")|(?P<elsewhere>'[^']*\[(?:[^']|'')*'!|\][^\W\d][\w.]*:)
    |(?P<tabs>'(?:[^'\[\]:]|'')+:(?:[^'\[\]:]|'')+'|[^\W\d][\w.]*:[^\W\d][\w.]*)!(?P<area>{_AREA})""",
    re.X,
)
_END = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)")


@dataclass(frozen=True, slots=True)
class End:
    """One end of a reference; `row` is None where it is open (`D:D`)."""

    column: str
    row: int | None
    row_mark: str

    def text(self) -> str:
        return self.column + ("" if self.row is None else f"{self.row_mark}{self.row}")


@dataclass(frozen=True, slots=True)
class Ref:
    """A cell or range as written; `tab` is None for the formula's own, `prefix` the tab as written with its `!`."""

    prefix: str
    tab: str | None
    first: End
    last: End | None

    def text(self) -> str:
        return self.prefix + self.first.text() + ("" if self.last is None else f":{self.last.text()}")

    @property
    def rows(self) -> tuple[int, int] | None:
        """Give top and bottom row; None for whole columns. An open lower end reaches far."""
        top = self.first.row
        if top is None:
            return None
        bottom = top if self.last is None else (self.last.row if self.last.row is not None else 10_000_000)
        return min(top, bottom), max(top, bottom)

    @property
    def column(self) -> int:
        return column_number(self.first.column.replace("$", "")) if self.first.column.replace("$", "") else 0

    def with_rows(self, top: int, bottom: int) -> Ref:
        """Give it with other rows; marks stay, a single cell that comes to span rows becomes a range."""
        last = self.last
        if last is None:
            last = None if top == bottom else replace(self.first, row=bottom)
        elif last.row is not None:
            last = replace(last, row=bottom)
        return replace(self, first=replace(self.first, row=top), last=last)


Move = Callable[[Ref], Ref | None]
"""Gives what a reference becomes; None makes it #REF!."""


@lru_cache(maxsize=16384)
def tokens(formula: str) -> tuple[str | Ref, ...]:
    """Give a formula in pieces: references, and the text between them."""
    return tuple(_pieces(formula))


def _pieces(formula: str) -> Iterator[str | Ref]:
    plain = ""
    for match in _TOKEN.finditer(formula):
        if match.lastgroup != "ref":
            plain += match[0]
            continue
        if plain:
            yield plain
            plain = ""
        yield _ref(match[0])
    if plain:
        yield plain


def _ref(text: str) -> Ref:
    prefix, bang, area = text.rpartition("!")
    name = prefix[1:-1].replace("''", "'") if prefix.startswith("'") else prefix
    first, _, last = area.partition(":")
    return Ref(prefix + bang, name if bang else None, _end(first), _end(last) if last else None)


def _end(text: str) -> End:
    match = _END.fullmatch(text)
    assert match is not None, text
    if not match[2]:
        return End("", int(match[4]), match[1] or match[3])
    return End(match[1] + match[2], int(match[4]) if match[4] else None, match[3])


def rewritten(formula: str, move: Move) -> str:
    """Give the formula with every reference moved."""
    parts: list[str] = []
    for piece in tokens(formula):
        if isinstance(piece, str):
            parts.append(piece)
        else:
            moved = move(piece)
            parts.append("#REF!" if moved is None else moved.text())
    return "".join(parts)


def spans_of_tabs(formula: str) -> Iterator[tuple[str, str, tuple[int, int] | None]]:
    """Yield first tab, last tab and rows (None for whole columns) of every reference across tabs of this file (`Jan:Mar!A1`)."""
    for match in _ACROSS.finditer(formula):
        if match["area"] is not None:
            first, _, last = match["tabs"].strip("'").replace("''", "'").partition(":")
            yield first, last, _ref(match["area"]).rows


def copied(formula: str, rows: int) -> str:
    """Give the formula as it reads when copied so many rows down: relative rows move, rows with a `$` stay."""

    def move(ref: Ref) -> Ref | None:
        ends = [_down(end, rows) for end in (ref.first, ref.last) if end is not None]
        if any(end is None for end in ends):
            return None
        first, last = ends[0], ends[1] if len(ends) > 1 else None
        assert first is not None
        return replace(ref, first=first, last=last)

    return rewritten(formula, move)


def _down(end: End, rows: int) -> End | None:
    if end.row is None or end.row_mark:
        return end
    return None if end.row + rows < 1 else replace(end, row=end.row + rows)


def chain_of(formula: str) -> tuple[Ref, ...]:
    """Give the single cells of a formula that does nothing but add them up (`=D4+D5+D6`); empty for any other."""
    pieces = tokens(formula.removeprefix("=").strip())
    signs = [piece.strip() for piece in pieces if isinstance(piece, str)]
    refs = [piece for piece in pieces if isinstance(piece, Ref)]
    if not refs or any(sign not in ("+", "") for sign in signs) or len([s for s in signs if s == "+"]) != len(refs) - 1:
        return ()
    return tuple(refs) if all(ref.last is None for ref in refs) else ()


def is_list_of_sums(formula: str) -> bool:
    """Tell whether a formula is a SUM of nothing but references, in any language (`=SUM(D4;D6)`, `=SUMME(D4)`)."""
    pieces = tokens(formula.removeprefix("=").strip())
    words = "".join(piece for piece in pieces if isinstance(piece, str))
    return re.fullmatch(r"(?:SUM|SUMME|SOMME|SUMA|SOMMA|SOMA|SOM|СУММ)\((?:[\s,;])*\)", words, re.I) is not None
