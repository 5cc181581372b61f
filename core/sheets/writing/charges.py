"""Fees, tax and grand totals typed under a table's total: each follows at the rate or as the sum that it was, or is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from core.model.money import minor_exponent
from core.model.reading import PlanTable, TotalCheck
from core.model.workbook import Cell, Tab, Workbook, parse_a1
from core.sheets.writing.consequences import AmountChange, Moves, is_typed, money_cells, moved_under

_PERCENT = re.compile(r"(\d{1,2}(?:[.,]\d+)?)\s*%")
_MOST = Decimal("0.5")
"""No fee and no tax is more of what it is charged on."""


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount under a table, as it was and as it will be, in minor units; `after` is None where nobody can say."""

    before: int
    after: int | None


@dataclass(slots=True)
class _Chain:
    """What stands under a table so far: the latest sum, and what was charged since."""

    sums: list[_Amount]
    charged: list[_Amount] = field(default_factory=list)

    def running(self, sign: int = 1) -> _Amount:
        """Give the latest sum with all that was charged since, or (-1) without it."""
        last, after = self.sums[-1], sum(part.after or 0 for part in self.charged)
        is_known = last.after is not None and all(part.after is not None for part in self.charged)
        before = last.before + sign * sum(part.before for part in self.charged)
        return _Amount(before, (last.after or 0) + sign * after if is_known else None)


def charges_below(tables: Sequence[PlanTable], workbook: Workbook, moves: Moves) -> tuple[list[AmountChange], list[str]]:
    """Give the typed charges and grand totals that follow, and a sentence for each table with some that do not."""
    changes: list[AmountChange] = []
    notes: list[str] = []
    for table in tables:
        tab, left = workbook.tab(table.tab), list[str]()
        for check, cell, amount in _charges(table, tab, moves):
            if amount.after is None:
                left.append(f"{check.cell} ({_label(tab, check)})")
            elif amount.after != amount.before and is_typed(cell):
                changes.append(AmountChange(table, check.cell, _label(tab, check), "total", amount.before, amount.after))
        if left:
            notes.append(f"Typed under {table.tab} and left as they are, as nothing says how they follow: {', '.join(left[:6])}.")
    return changes, notes


def _charges(table: PlanTable, tab: Tab, moves: Moves) -> Iterator[tuple[TotalCheck, Cell | None, _Amount]]:
    """Yield the typed charges and sums of a table whose money moves; `after` is None where nobody can say."""
    if not any(minor for (name, _), cells in moves.under.items() if name == table.tab for minor in cells.values()):
        return
    whole = _whole(table)
    chain = None if whole is None else _Chain([_Amount(*_stated(whole, table, moves))])
    beside = {parse_a1(at)[1] for item in table.line_items for at in item.amount_cells.values()}
    beside -= {parse_a1(at)[1] for item in table.line_items for at in money_cells(item)}  # columns that follow or are named by their ratio
    for check in sorted(table.totals, key=lambda c: parse_a1(c.cell)):
        is_sum = check.kind in ("total", "subtotal", "period_total") or parse_a1(check.cell)[1] in beside
        if is_sum or not check.stated_minor:
            continue
        cell, amount = tab.cells.get(parse_a1(check.cell)), _Amount(check.stated_minor, None)
        if chain is not None and whole is not None and _is_below(check, whole):
            amount = _followed(check, chain, table, tab)
        if is_typed(cell):
            yield check, cell, amount


def _whole(table: PlanTable) -> TotalCheck | None:
    """Give the total of all lines, None where it is not stated or one did not add up."""
    totals = [check for check in table.totals if check.kind == "total"]
    return totals[-1] if totals and all(check.matches and check.stated_minor is not None for check in totals) else None


def _stated(check: TotalCheck, table: PlanTable, moves: Moves) -> tuple[int, int]:
    stated = check.stated_minor or 0
    return stated, stated + moved_under(table, check, moves.under)


def _is_below(check: TotalCheck, whole: TotalCheck) -> bool:
    return parse_a1(check.cell)[0] > parse_a1(whole.cell)[0] and set(check.covers_rows) == set(whole.covers_rows)


def _followed(check: TotalCheck, chain: _Chain, table: PlanTable, tab: Tab) -> _Amount:
    """Give what a line under the total becomes: the sum or difference of what stands above it, or a rate of that."""
    stated = check.stated_minor or 0
    for running in (chain.running(), chain.running(-1)) if chain.charged else ():
        if abs(stated - running.before) <= len(chain.charged):
            amount = _Amount(stated, None if running.after is None else running.after + stated - running.before)
            chain.sums.append(amount)
            chain.charged.clear()
            return amount
    amount = _Amount(stated, None)
    for base in (chain.running(), *reversed(chain.sums)):
        if base.after is not None and (rate := _rate(check, base.before, table, tab)) is not None:
            amount = _Amount(stated, _rounded(base.after * rate[0], rate[1]))
            break
    fixed = amount.after is None and check.kind == "fee"
    chain.charged.append(_Amount(stated, stated) if fixed else amount)  # what is added stays as it is: a grand total still follows the rest
    return amount


def _rate(check: TotalCheck, base: int, table: PlanTable, tab: Tab) -> tuple[Decimal, int] | None:
    """Give the rate of a charge on a base and the minor units it is rounded to; a fee's has to stand in its row."""
    stated = check.stated_minor or 0
    if not 0 < stated < base * _MOST:
        return None
    unit = 10 ** minor_exponent(table.currency)
    said = _said(check, tab)
    within = [rate / (1 + rate) for rate in said] if check.kind == "vat" else []  # `incl. VAT 20%`
    for rate in (*said, *within) or ([round(Decimal(stated) / base, 3)] if check.kind == "vat" else []):
        for step in dict.fromkeys((1, unit, max(1, unit * table.scale // 100), unit * table.scale)):
            if _rounded(base * rate, step) == stated:
                return rate, step
    return None


def _said(check: TotalCheck, tab: Tab) -> list[Decimal]:
    """Give the rates that stand in a row, in words or as a number of its own."""
    row, column = parse_a1(check.cell)
    cells = [cell for (at, place), cell in tab.cells.items() if at == row and place != column]
    said = [
        Decimal(found.replace(",", ".")) / 100 for cell in cells if isinstance(cell.value, str) for found in _PERCENT.findall(cell.value)
    ]
    own = [Decimal(str(cell.value)) for cell in cells if isinstance(cell.value, float) and "%" in (cell.number_format or "")]
    return [rate for rate in (*said, *own) if rate]


def _rounded(minor: Decimal, step: int) -> int:
    return int((minor / step).quantize(Decimal(1), rounding=ROUND_HALF_UP)) * step


def _label(tab: Tab, check: TotalCheck) -> str:
    row = parse_a1(check.cell)[0]
    texts = (cell.value.strip() for (at, _), cell in sorted(tab.cells.items()) if at == row and isinstance(cell.value, str))
    return next((text[:60] for text in texts if text), check.kind)
