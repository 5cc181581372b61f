"""Rows that a sheet hides, cancels, shows as examples or offers under its total: left out where the totals do; said either way."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from statistics import median

from core.model.reading import Option, ReadingWarning
from core.model.workbook import Tab
from core.sheets.reading.findings import Findings
from core.sheets.reading.lexicon import coverage, says
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import Role, role_of_header
from core.sheets.reading.rows import Row

EXAMPLE = "example"
_WHOLE, _LONG = 0.9, 200
_PARTS = re.compile(r"[:–—()\[\]|]|\s-\s")


def about_hidden(tab: Tab) -> list[ReadingWarning]:
    """Say that a hidden tab with numbers was left out."""
    numbers = sum(isinstance(cell.value, int | float) for cell in tab.cells.values())
    return [ReadingWarning("hidden_tab", None, "The tab is hidden; it was not read.", tab.name)] if numbers >= 3 else []


def settle_left_out(region: Region, rows: list[Row], findings: Findings) -> None:
    """Decide which line items a table does not count: those of its rows that are hidden, cancelled, examples or offered below its total."""
    _settle_examples(rows, findings)
    _say_twins(rows, findings)
    _settle_hidden(region, rows, findings)
    _settle_struck(rows, findings)
    _settle_cancelled(rows, findings)
    _say_unsettled(rows, findings)
    _settle_below_total(rows, findings)
    _settle_apart(rows, findings)


def _say_twins(rows: list[Row], findings: Findings) -> None:
    """Name a line that stands there twice in a row where the total counts it once: a copy that was forgotten, or a total that was."""
    for row, below in pairwise(rows):
        is_twin = row.kind == "subtotal" and below.kind == "item" and row.amount and row.amount == below.amount
        if is_twin and row.names and row.names == below.names:
            told = f"Rows {row.number} and {below.number} say the same and the total counts one of them; row {row.number} was not counted."
            findings.warn("rows_left_out", None, told)


def _settle_hidden(region: Region, rows: list[Row], findings: Findings) -> None:
    """Let hidden line items count unless a stated total leaves them out."""
    hidden = set() if region.grid.transposed else set(region.grid.tab.hidden_rows)
    items = _counted(rows)
    covered = [row for row in items if row.number in hidden and row.amount]
    if not covered or len(covered) == len(items):
        return
    how = _left_out(rows, covered, "hidden_row") or "they were counted"
    findings.warn("hidden_rows", None, f"Hidden rows hold money (rows {_numbers(covered)}): {how}.")


def _settle_struck(rows: list[Row], findings: Findings) -> None:
    """Leave out lines that are crossed out; where a stated total still adds them up, ask."""
    items = _counted(rows)
    said = [row for row in items if row.struck]
    if not said:
        return
    stated = [row.amount for row in rows if row.kind == "total" and row.amount is not None]
    if any(_is_sum(items, amount) for amount in stated):
        options = [Option("left_out", "cancelled: left out"), Option("counted", "part of the plan: counted, as the total does")]
        why = "the total still adds them up"
        if findings.ask("struck_out", "rows", f"rows {_numbers(said)}", options, why=why) != "left_out":
            return
    for row in said:
        row.kind, row.reason = "excluded", "struck_out"
    findings.warn("rows_left_out", None, f"Rows {_numbers(said)} are crossed out: they were not counted.")


def _settle_cancelled(rows: list[Row], findings: Findings) -> None:
    """Leave out lines that say they are cancelled where a stated total does."""
    said = _rows_saying(_counted(rows), lambda text: says(text, "status", "cancelled"))
    if not said or len(said) == len(_counted(rows)):
        return
    how = _left_out(rows, said, "cancelled") or "no total leaves them out; they were counted"
    findings.warn("rows_left_out", None, f"Rows {_numbers(said)} are cancelled: {how}.")


def _say_unsettled(rows: list[Row], findings: Findings) -> None:
    """Name the lines that say they are optional or not decided yet, where others say nothing of the kind; they count as the totals do."""
    said = _rows_saying(_counted(rows), lambda text: coverage(text, "unsettled") >= _WHOLE)
    if not said or len(said) == len(_counted(rows)):
        return
    how = _left_out(rows, said, "optional") or "they were counted"
    findings.warn("rows_left_out", None, f"Rows {_numbers(said)} say that they are optional or not decided: {how}.")


def _settle_examples(rows: list[Row], findings: Findings) -> None:
    """Leave out lines that say they are an example of how to fill the form: nobody buys them, whatever a total adds up."""
    said = _rows_saying([row for row in rows if row.kind in ("item", "total")], _is_example)
    for row in said:
        row.kind, row.reason = "excluded", EXAMPLE
    if said:
        findings.warn("rows_left_out", None, f"Rows {_numbers(said)} say that they are an example: they were not counted.")


def _is_example(text: str) -> bool:
    """Tell whether a part of a text is a word for example and nothing else (`Example: Meta`, `Meta (Beispiel)`)."""
    return any(part.strip() and coverage(part, "example") >= _WHOLE for part in _PARTS.split(text[:_LONG]))


def _left_out(rows: list[Row], some: list[Row], reason: str) -> str:
    """Leave lines out where the stated totals do, and say so; nothing is said where they stay."""
    if not _totals_leave_out(rows, some):
        return ""
    for row in some:
        row.kind, row.reason = "excluded", reason
    return "the total leaves them out; they were not counted"


def _rows_saying(rows: list[Row], told: Callable[[str], bool]) -> list[Row]:
    """Give the rows with a name of which something is true; each text is looked at once."""
    said = {text for text in {name for row in rows for name in row.names.values()} if told(text)}
    return [row for row in rows if not said.isdisjoint(row.names.values())] if said else []


def _settle_below_total(rows: list[Row], findings: Findings) -> None:
    """Leave out options and mere notes below the last total; say of whole lines there that no total holds them."""
    totals = [at for at, row in enumerate(rows) if row.kind in ("total", "subtotal") and row.amount is not None]
    before, below = (_counted(rows[: totals[-1]]), _counted(rows[totals[-1] :])) if totals else ([], [])
    if not before or not below or not _is_sum(before, rows[totals[-1]].amount):
        return
    usual = median(_width(row) for row in before)
    apart = below if usual <= 2 and below[0].number - rows[totals[-1]].number > 1 else []
    offered = [row for row in below if row in apart or _is_offered(row) or _width(row) < 0.6 * usual]
    for row in offered:
        row.kind, row.reason = "excluded", "below_total"
    how = "they were not counted" if len(offered) == len(below) else "the total leaves them out; they were counted"
    findings.warn("rows_left_out", None, f"Rows {_numbers(below)} stand below the total: {how}.")


def _settle_apart(rows: list[Row], findings: Findings) -> None:
    """Leave out options, goals and notes at the end, after a gap or a heading, where no total below the lines says what they hold."""
    items = _counted(rows)
    if not items or any(row.kind in ("total", "subtotal") and row.number > items[0].number for row in rows):
        return
    below = _last_block(rows)
    before = items[: len(items) - len(below)]
    if not before:
        return
    usual = median(_width(row) for row in before)
    if not all(_is_offered(row) or _width(row) < 0.6 * usual for row in below) or any(_is_offered(row) for row in before):
        return
    counted = all(says(row.label, "media") and not _is_offered(row) for row in below)
    for row in () if counted else below:
        row.kind, row.reason = "excluded", "apart"
    findings.warn("rows_left_out", None, f"Rows {_numbers(below)} stand apart: they were {'' if counted else 'not '}counted.")


def _last_block(rows: list[Row]) -> list[Row]:
    """Give the counted lines after the last empty line or heading between two of them."""
    found: list[Row] = []
    apart, last = False, rows[0].number
    for row in rows:
        apart = apart or row.number - last > 1 or row.kind in ("section", "note")
        last = row.number
        if row.kind == "item" and row.amount is not None:
            found = [] if apart else found
            found.append(row)
            apart = False
    return found


def _is_offered(row: Row) -> bool:
    """Tell whether a row is an option, a remark or a goal by its heading or its own words."""
    role = _role_of(row.section)
    return says(row.section, "alternative") or (role.key == "comment" and role.certainty >= 0.5) or _is_measure(row.label)


def _is_measure(label: str) -> bool:
    """Tell whether a label is that of a goal or a rate (`Reach %`, `Frequency`), not of something bought."""
    role = _role_of(label)
    return role.kind in ("metric", "rate", "price") and role.certainty >= 0.9


def _role_of(text: str) -> Role:
    """Give what a short text would be as a header; longer ones are prose."""
    return role_of_header(text if len(text) <= 40 else "")


def _width(row: Row) -> int:
    """Count what a row fills: its names, its periods and its metrics."""
    return len(row.names) + len(row.period_columns) + row.metrics


def _counted(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.kind == "item" and row.amount is not None]


def _totals_leave_out(rows: list[Row], some: list[Row]) -> bool:
    """Tell whether a stated total is the sum of all line items but some, and none is the sum of all."""
    items = _counted(rows)
    stated = [row.amount for row in rows if row.kind == "total" and row.amount is not None]
    rest = [row for row in items if row not in some]
    return any(_is_sum(rest, amount) for amount in stated) and not any(_is_sum(items, amount) for amount in stated)


def _is_sum(rows: list[Row], amount: Decimal | None) -> bool:
    return bool(rows) and amount == sum((row.amount for row in rows if row.amount is not None), Decimal(0))


def _numbers(rows: list[Row]) -> str:
    return ", ".join(str(row.number) for row in rows[:10])
