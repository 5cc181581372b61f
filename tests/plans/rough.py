"""Generated plans made worse as people make them: mute and misspelt headers, slipped amounts, words for money, totals gone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from core.model.workbook import Address, Cell, Workbook
from core.sheets.loading import load_workbook
from core.sheets.reading.lexicon import says_total
from tests.plans.make import Plan

Cells = dict[Address, Cell]


def roughened(plan: Plan, seed: int) -> tuple[Plan, Workbook]:
    """Give a plan's workbook with one or two things wrong in it, and the plan with its headers as they stand now; the truth stays."""
    rng = random.Random(seed)
    book = load_workbook(plan.name, plan.content)
    at = rng.randrange(len(book.tabs))
    cells, headed = dict(book.tabs[at].cells), dict(plan.headed)
    for change in rng.sample(_CHANGES, rng.choice([1, 1, 2])):
        change(cells, headed, rng)
    tabs = tuple(replace(tab, cells=cells) if number == at else tab for number, tab in enumerate(book.tabs))
    return replace(plan, headed=headed), replace(book, tabs=tabs)


def _headers(cells: Cells, headed: dict[str, str]) -> list[Address]:
    return [at for at, cell in sorted(cells.items()) if isinstance(cell.value, str) and cell.value in headed]


def _mute(cells: Cells, headed: dict[str, str], rng: random.Random) -> None:
    for at in rng.sample(found, 1) if (found := _headers(cells, headed)) else ():
        text = rng.choice(["Spalte 7", "xx", "Info B", "???", "Feld", "Data"])
        headed[text] = headed[str(cells[at].value)]
        cells[at] = cells[at]._replace(value=text)


def _misspell(cells: Cells, headed: dict[str, str], rng: random.Random) -> None:
    for at in rng.sample(found, 1) if (found := _headers(cells, headed)) else ():
        text = str(cells[at].value)
        place = rng.randrange(1, max(2, len(text) - 1))
        wrong = text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :] if len(text) > 3 else text + text
        headed[wrong] = headed[text]
        cells[at] = cells[at]._replace(value=wrong)


def _amounts(cells: Cells) -> list[Address]:
    return [at for at, c in sorted(cells.items()) if isinstance(c.value, int | float) and not c.formula and abs(c.value) >= 100]


def _slip(cells: Cells, headed: dict[str, str], rng: random.Random) -> None:
    for at in rng.sample(found, 1) if (found := _amounts(cells)) else ():
        cells[at] = cells[at]._replace(value=float(cells[at].value or 0) * rng.choice([10, 0.1, 1.1]))


def _word(cells: Cells, headed: dict[str, str], rng: random.Random) -> None:
    for at in rng.sample(found, 1) if (found := _amounts(cells)) else ():
        cells[at] = cells[at]._replace(value=rng.choice(["tbd", "offen", "see PO 4711"]))


def _drop_totals(cells: Cells, headed: dict[str, str], rng: random.Random) -> None:
    heads = {row for row, _ in _headers(cells, headed)}
    rows = {row for (row, _), cell in cells.items() if isinstance(cell.value, str) and says_total(cell.value)} - heads
    for at in [at for at in cells if at[0] in rows]:
        del cells[at]


def _add_column(cells: Cells, headed: dict[str, str], rng: random.Random) -> None:
    """Add a column of the desk's own: no role that a reader could know."""
    found = _headers(cells, headed)
    if not found:
        return
    top = max({row for row, _ in found}, key=[row for row, _ in found].count)
    left, right = min(c for r, c in found if r == top), max(c for r, c in cells if r == top)
    text = rng.choice(["Owner", "PO", "Ref", "Kto", "Ответственный", "WBS"])
    headed[text] = "label"
    cells[top, right + 1] = Cell(text)
    for row in sorted({r for r, c in cells if r > top and c == left}):
        if (row, left + 1) in cells:
            cells[row, right + 1] = Cell(f"{rng.choice('ABC')}-{rng.randint(100, 999)}/{row}")


_CHANGES: list[Callable[[Cells, dict[str, str], random.Random], None]] = [_mute, _misspell, _slip, _word, _drop_totals, _add_column]
