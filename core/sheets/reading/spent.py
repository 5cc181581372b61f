"""Lines of what was spent beside lines of what is planned (`Google Actual` beside `Google Budget`): they are no line items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from core.sheets.reading.grid import Number, exact
from core.sheets.reading.lexicon import senses, side_of, words_of
from core.sheets.reading.roles import role_of_header

Names = Mapping[int, str]
Amounts = Mapping[int, Number]


def rows_aside(names: Mapping[int, Names], amounts: Callable[[int], Amounts]) -> dict[int, str]:
    """Give the rows that tell the money of others again, with why: what was spent, or the gross amount of each net one.

    Args:
        names: what each row is called, by column. amounts: each row's amounts by column.
    """
    gross = _rows_of(names, "net", "gross")
    either = [row for row, told in names.items() if gross and any(side_of(text, ("net", "gross")) for text in told.values())]
    spent = _spent_lines({row: next(iter(told.values())) for row, told in names.items()}, amounts)
    paired = dict.fromkeys(gross if 2 * len(gross) == len(either) else (), "gross")
    return paired | dict.fromkeys(_rows_of(names, "plan", "actual") | spent, "actual")


def _rows_of(names: Mapping[int, Names], kept: str, left: str) -> set[int]:
    """Give the rows that a column calls one thing where it calls others of the same names another (`2025 actual` over `2026 plan`)."""
    texts = {text for told in names.values() for text in told.values()}
    sides = {text: side for text in texts if (side := side_of(text, (kept, left)))}
    said: dict[int, dict[str, set[int]]] = defaultdict(lambda: {kept: set(), left: set()})
    for row, told in names.items() if sides else ():
        for column, text in told.items():
            if text in sides:
                said[column][sides[text]].add(row)
    columns = [two for two in said.values() if 2 * len(two[kept] | two[left]) > len(names)]
    return next((two[left] for two in columns if two[kept] and two[left]), set())


def _spent_lines(names: Names, amounts: Callable[[int], Amounts]) -> set[int]:
    """Give the rows that name what was spent, or the difference, where two or more others of the same names say budget.

    Args:
        names: what each row is called. amounts: each row's amounts by column.
    """
    said: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for row, name in names.items():
        role = role_of_header(name)
        side = "actual" if "actual" in role.mods or role.key == "spend" else "plan" if role.is_budget or "plan" in role.mods else ""
        if side and len(name) <= 60:
            said[_without_side(name)].setdefault(side, row)
    pairs = [(sides["plan"], sides["actual"]) for sides in said.values() if len(sides) == 2]
    if len(pairs) < 2:
        return set()
    paired = {row for pair in pairs for row in pair}
    both = [(amounts(planned), amounts(spent)) for planned, spent in pairs]
    off = {row for row in names if row not in paired and any(_is_gap(amounts(row), planned, spent) for planned, spent in both)}
    return {actual for _, actual in pairs} | off


def _without_side(name: str) -> tuple[str, ...]:
    """Give the words of a name that say neither budget nor actual."""
    known = {sense.position for sense in senses(name, ("money", "mod")) if sense.key != "total"}
    return tuple(word for at, word in enumerate(words_of(name)) if at not in known)


def _is_gap(row: Amounts, plan: Amounts, actual: Amounts) -> bool:
    """Tell whether a line is in every column what is planned less what was spent, or the other way round."""
    columns: Sequence[int] = [column for column in row if column in plan and column in actual]
    gaps = [exact(plan[c]) - exact(actual[c]) for c in columns]
    return len(columns) >= 2 and any(all(exact(row[c]) == sign * gap for c, gap in zip(columns, gaps, strict=True)) for sign in (1, -1))
