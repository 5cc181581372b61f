"""What a sheet keeps people from typing, protected cells and rules of data validation, told before anything is written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.model.changes import CellEdit, RowPlan, Scalar
from core.model.workbook import CellValue, Span, Workbook, a1, column_number, parse_a1
from core.sheets.writing.references import Ref, tokens

Operator = Literal["between", "not_between", "equal", "not_equal", "greater", "at_least", "less", "at_most"]
_WORDS: Mapping[Operator, str] = {
    "between": "from {} to {}",
    "not_between": "outside {} to {}",
    "equal": "{}",
    "not_equal": "other than {}",
    "greater": "above {}",
    "at_least": "from {}",
    "less": "below {}",
    "at_most": "up to {}",
}
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Protection:
    """Cells that not everybody may edit.

    Attributes:
        area: None for the whole tab; `free` cells within it are not protected.
        title: what its maker called it, may be empty.
        kind: `refused` for this account, `asked` to confirm, `locked` in the program's own window (a file can be written all the same).
    """

    tab: str
    area: Span | None
    kind: Literal["refused", "asked", "locked"]
    title: str = ""
    free: tuple[Span, ...] = ()

    def holds(self, row: int, column: int) -> bool:
        """Tell whether a cell is protected."""
        is_inside = self.area is None or self.area.holds(row, column)
        return is_inside and not any(span.holds(row, column) for span in self.free)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a cell takes: the entries of a list (or of the range that holds them), numbers within bounds, or what cannot be told here."""

    kind: Literal["list", "range", "number", "other"]
    values: tuple[Scalar, ...] = ()
    operator: Operator = "between"


@dataclass(frozen=True, slots=True)
class Guards:
    """All that guards some cells; rules by (tab, cell)."""

    protections: tuple[Protection, ...] = ()
    rules: Mapping[tuple[str, str], Rule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Touched:
    """A cell that is written or goes; `rule_at` is the cell whose rule it has, `beside` one more that has to be protected with it."""

    tab: str
    cell: str
    value: Scalar = None
    rule_at: str | None = None
    beside: str | None = None


def guarded_cells(edits: Sequence[CellEdit], rows: RowPlan) -> dict[str, list[str]]:
    """Give the cells to ask about, by tab."""
    cells: dict[str, list[str]] = {}
    for one in _touched(edits, rows):
        cells.setdefault(one.tab, []).append(one.rule_at or one.cell)
    return {tab: list(dict.fromkeys(own)) for tab, own in cells.items()}


def cautions(guards: Guards, edits: Sequence[CellEdit], rows: RowPlan, workbook: Workbook) -> tuple[str, ...]:
    """Say which cells of a write are protected and which would break a rule of data validation, and what to do about it."""
    touched = list(_touched(edits, rows))
    return (*_protected(guards.protections, touched), *_broken(guards.rules, touched, workbook))


def _touched(edits: Sequence[CellEdit], rows: RowPlan) -> Iterator[_Touched]:
    for edit in edits:
        yield _Touched(edit.tab, edit.cell, edit.after.value, edit.cell)
    for row in rows.edits:
        typed = dict(row.cells)
        for column in sorted({*typed, *row.copies, *row.keeps}):
            at = a1(row.row, column)
            if row.kind == "delete":
                yield _Touched(row.tab, at)
            else:  # a new row is protected where it comes to lie inside of what is
                value = typed[column].value if column in typed else None
                yield _Touched(row.tab, at, value, at if column in typed else None, a1(row.row + 1, column))


def _protected(protections: Sequence[Protection], touched: Sequence[_Touched]) -> Iterator[str]:
    for one in protections:
        held = [
            f"{cell.tab}!{cell.cell}"
            for cell in touched
            if cell.tab == one.tab and one.holds(*parse_a1(cell.cell)) and (cell.beside is None or one.holds(*parse_a1(cell.beside)))
        ]
        if held:
            yield _PROTECTED[one.kind].format(
                cells=_named(held), are="is" if len(set(held)) == 1 else "are", title=f" (“{one.title}”)" if one.title else ""
            )


_PROTECTED = {
    "refused": "{cells} {are} protected{title} from the connected account: Google will refuse the whole write and nothing will be changed. "
    "Ask the sheet's owner to let it edit there, or leave what is there as it is.",
    "asked": "{cells} {are} protected with a warning{title}: people are asked to confirm a change there. Approving is that confirmation.",
    "locked": "{cells} {are} locked in a protected sheet: nobody can type there. The file is changed all the same, its protection "
    "stays; ask whoever protected it whether they agree.",
}


def _broken(rules: Mapping[tuple[str, str], Rule], touched: Sequence[_Touched], workbook: Workbook) -> Iterator[str]:
    unknown: list[str] = []
    told: dict[str, list[str]] = {}
    for one in touched:
        rule = rules.get((one.tab, one.rule_at)) if one.rule_at is not None else None
        if rule is None or one.value in (None, ""):
            continue
        allowed = _entries(rule, workbook, one.tab) if rule.kind in ("list", "range") else rule.values
        if allowed is None or rule.kind == "other":
            unknown.append(f"{one.tab}!{one.cell}")
        elif not _is_allowed(one.value, rule, allowed):
            told.setdefault(_demand(rule, allowed), []).append(f"{one.tab}!{one.cell} ({_shown(one.value)})")
    for demand, cells in told.items():
        yield (
            f"{_named(cells)}: the sheet's data validation takes only {demand}. It is written all the same and marked as invalid there; "
            "plan what it takes, or have the rule changed in the sheet."
        )
    if unknown:
        yield f"{_named(unknown)}: the sheet has a rule for what is typed there that cannot be checked here. Look there after writing."


def _named(cells: Sequence[str]) -> str:
    own = list(dict.fromkeys(cells))
    return ", ".join(own[:_MOST_NAMED]) + (f" and {len(own) - _MOST_NAMED} more" if len(own) > _MOST_NAMED else "")


def _entries(rule: Rule, workbook: Workbook, tab: str) -> tuple[Scalar, ...] | None:
    """Give the entries of a list; None where its range cannot be told."""
    if rule.kind == "list":
        return rule.values
    found = [piece for piece in tokens("=" + str(rule.values[0]).removeprefix("=")) if isinstance(piece, Ref)]
    names = {one.name: one for one in workbook.tabs}
    if len(found) != 1 or found[0].rows is None or (found[0].tab or tab) not in names:
        return None
    ref, cells = found[0], names[found[0].tab or tab].cells
    last = ref.column if ref.last is None else column_number(ref.last.column.replace("$", ""))
    top, bottom = ref.rows or (1, 0)
    held = ((cell.value) for (row, column), cell in cells.items() if top <= row <= bottom and ref.column <= column <= last)
    return tuple(value for value in held if isinstance(value, str | int | float))


def _is_allowed(value: Scalar, rule: Rule, allowed: Sequence[Scalar]) -> bool:
    if rule.kind != "number":
        return any(_same(value, one) for one in allowed)
    bounds = [one for one in map(_number, allowed) if one is not None]
    number = _number(value)
    if number is None:
        return False
    low, high = bounds[0], bounds[-1]
    return {
        "between": low <= number <= high,
        "not_between": not low <= number <= high,
        "equal": number == low,
        "not_equal": number != low,
        "greater": number > low,
        "at_least": number >= low,
        "less": number < low,
        "at_most": number <= low,
    }[rule.operator]


def _same(value: Scalar, entry: Scalar) -> bool:
    one, other = _number(value), _number(entry)
    return one == other if one is not None and other is not None else str(value).strip().casefold() == str(entry).strip().casefold()


def _number(value: CellValue | Scalar) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except ValueError:
        return None


def _demand(rule: Rule, allowed: Sequence[Scalar]) -> str:
    if rule.kind == "number":
        return "numbers " + _WORDS[rule.operator].format(*map(_shown, allowed))
    shown = ", ".join(map(_shown, allowed[:6]))
    return f"{shown} and {len(allowed) - 6} more" if len(allowed) > 6 else shown or "nothing"


def _shown(value: Scalar) -> str:
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
