"""Every stated total beside what its rows add up to, to the cent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from core.model.money import to_minor
from core.model.reading import TotalCheck
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import decimal_of, exact, is_number
from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import says_total, words_of
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import Role, role_of_header
from core.sheets.reading.rows import Row
from core.sheets.reading.scale_words import scale_in_text

_NOISE = Decimal("1e-9")
"""What is left of a fraction that a sheet stores in binary, of each unit and of the smallest."""
_RATE = re.compile(r"(\d{1,2}(?:[.,]\d+)?)\s*%")


@dataclass(slots=True)
class Sums:
    """What the checks of one table share."""

    region: Region
    layout: Layout
    findings: Findings
    currency: str | None
    scale: int
    amounts: dict[int, Decimal]
    others: dict[str, dict[int, Decimal]]
    items: list[Row]
    last: Row | None
    checks: list[TotalCheck] = field(default_factory=list)
    vat_rate: Decimal | None = None
    fees: list[Decimal] = field(default_factory=list)
    discounts: list[Decimal] = field(default_factory=list)
    settled: bool = False
    names: dict[int, set[str]] | None = None

    def minor(self, value: Decimal) -> int:
        return to_minor(value * self.scale, self.currency)

    @property
    def whole(self) -> Decimal:
        return sum(self.amounts.values(), Decimal(0))


def check_totals(
    region: Region, layout: Layout, rows: list[Row], findings: Findings, *, currency: str | None, scale: int
) -> list[TotalCheck]:
    """Recompute every total, subtotal and summary line of a table; a mismatch is a warning that names both numbers."""
    items = [row for row in rows if row.kind == "item" and row.amount is not None]
    others = {name: _column(region, column, items) for name, column in layout.amounts.items()}
    amounts = {row.number: row.amount for row in items if row.amount is not None}
    last = next((row for row in reversed(rows) if row.kind in ("total", "subtotal")), None)
    sums = Sums(region, layout, findings, currency, scale, amounts, others, items, last)
    sums.vat_rate = _vat_rate(sums, rows)
    sums.fees = [row.amount for row in rows if row.kind == "fee" and row.amount is not None]
    sums.discounts = [row.amount for row in rows if row.kind == "discount" and row.amount is not None]
    block: list[int] = []
    covered: dict[int, tuple[int, ...]] = {}
    for row in rows:
        if row.kind == "item" and row.amount is not None:
            block.append(row.number)
        elif row.kind in ("total", "subtotal") and row.amount is not None:
            covered[row.number] = _check_total(sums, row, block, covered)
            block = []
        elif row.kind in ("fee", "vat", "pair", "discount"):
            _check_pair(sums, row)
    _say_missed(sums)
    return sums.checks


def _say_missed(sums: Sums) -> None:
    """Warn where the last total, below all lines, holds but leaves out lines that no other total adds up."""
    held = {row for check in sums.checks if check.kind in ("total", "subtotal") for row in check.covers_rows}
    missed = [row for row in sums.amounts if row not in held and sums.amounts[row]]
    last = sums.last
    if last is None or last.kind != "total" or not held or not missed or last.number < max(sums.amounts) or last.amount is None:
        return
    stated = sums.region.grid.address(last.number, sums.layout.budget or 1)
    if any(check.matches for check in sums.checks if check.cell == stated):
        left = sum((sums.amounts[row] for row in missed), Decimal(0))
        told = f"Leaves out rows {', '.join(map(str, missed[:10]))}, which come to {left * sums.scale:,.2f}; these were counted."
        sums.findings.warn("total_mismatch", stated, told)


def _column(region: Region, column: int, items: list[Row]) -> dict[int, Decimal]:
    values = {row.number: decimal_of(region.grid.cell(row.number, column).value, region.marks.get(column)) for row in items}
    return {number: value for number, value in values.items() if value is not None}


def _vat_rate(sums: Sums, rows: list[Row]) -> Decimal | None:
    """Give the VAT rate that the columns show, a label names, or a VAT line bears out."""
    gross = sum(sums.others.get("gross", {}).values(), Decimal(0))
    if gross and sums.whole and not sums.layout.vat_included and Decimal("1.02") < gross / sums.whole < Decimal("1.3"):
        return gross / sums.whole - 1
    for text in [row.label for row in rows] + [header.text for header in sums.region.columns.values()]:
        role = role_of_header(text)
        if (role.vat is not None or role.key == "vat") and (match := _RATE.search(text)):
            return Decimal(match[1].replace(",", ".")) / 100
    for row in rows:
        stated = _last_number(sums, row) if row.kind == "vat" else None
        rate = (stated[1] / sums.whole).quantize(Decimal("0.001")) if stated and sums.whole else Decimal(0)
        fits = stated is not None and abs(rate * sums.whole - stated[1]) <= Decimal("0.02") * len(sums.amounts)
        if Decimal("0.03") < rate < Decimal("0.28") and fits and not sums.layout.vat_included:
            return rate
    return None


def _same(one: Decimal, two: Decimal, count: int) -> bool:
    return abs(one - two) <= max(Decimal("0.011") * max(1, count // 2), abs(two) / 50_000_000)


def _check_total(sums: Sums, row: Row, block: list[int], covered: dict[int, tuple[int, ...]]) -> tuple[int, ...]:
    """Compare one total; it covers what its formula adds, else the rows since the last total, else all rows, whichever fits."""
    assert row.amount is not None
    if not (row.amount or block or row.covers) and row is not sums.last:
        _add(sums, row, "subtotal", row.amount, Decimal(0), ())  # the total of a block whose lines were taken out
        return ()
    named = _expand(row.covers, covered, sums)
    everything = tuple(sums.amounts)
    candidates = [c for c in (named, tuple(block), everything, () if row is sums.last else _named_in(sums, row.label)) if c]
    added = [(c, sum((sums.amounts[r] for r in c), Decimal(0))) for c in candidates]
    near = [c for c, whole in added if _same(whole, row.amount, len(c))]
    fits = next((c for c, whole in added if _is_exact(sums, whole, row.amount)), next(iter(near), None))
    chosen = fits or (named or (tuple(block) if block and (covered or row.kind == "subtotal") else everything))
    computed = sum((sums.amounts[r] for r in chosen), Decimal(0))
    kind = "subtotal" if (len(chosen) < len(everything) and row.kind != "total") or (len(chosen) < len(everything) and fits) else "total"
    if fits is None and sums.settled and not (row.covers and all(r in sums.amounts for r in row.covers)):
        _check_pair(sums, row)
        return chosen
    sums.settled = sums.settled or (fits is not None and len(fits) == len(everything))
    by_rate = False
    if fits is None and (other := _on_other_basis(sums, row.amount, chosen)) is not None:
        kind, computed, by_rate = other
    _add(sums, row, kind, row.amount, computed, chosen, by_rate=by_rate)
    _check_periods(sums, row, chosen, skip=kind not in ("total", "subtotal"))
    return chosen


def _named_in(sums: Sums, label: str) -> tuple[int, ...]:
    """Give the items that bear the name which a total's label adds to the word for total (`Total Germany`)."""
    rest = " ".join(word for word in words_of(label) if not says_total(word))
    if sums.names is None:
        sums.names = {row.number: {" ".join(words_of(name)) for name in row.names.values()} for row in sums.items}
    return tuple(row for row, names in sums.names.items() if rest and rest in names)


def _expand(rows: tuple[int, ...], covered: dict[int, tuple[int, ...]], sums: Sums) -> tuple[int, ...]:
    """Replace totals among the summed rows by the items under them; where both are summed, the items count once."""
    found: list[int] = []
    for row in rows:
        found.extend(covered[row] if row in covered and not any(r in rows for r in covered[row]) else (row,) if row in sums.amounts else ())
    return tuple(dict.fromkeys(found))


def _on_other_basis(sums: Sums, stated: Decimal, rows: tuple[int, ...]) -> tuple[str, Decimal, bool] | None:
    """Find the basis on which a total holds: another money column, less a discount, with or without fee and VAT; whether by a VAT rate."""
    main = sum((sums.amounts[r] for r in rows), Decimal(0))
    options = [(name, sum((values.get(r, Decimal(0)) for r in rows), Decimal(0)), False) for name, values in sums.others.items()]
    bases = [("net", main), *(("net", main - abs(d)) for d in sums.discounts)]
    fees = dict.fromkeys((*sums.fees, sum(sums.fees, Decimal(0))))
    bases += [(name, value) for fee in fees for name, value in (("net", main - fee), ("client", main + fee))]
    options += [(*base, False) for base in bases[1:]]
    if sums.vat_rate is not None:
        for _, base in bases:
            without = base / (1 + sums.vat_rate) if sums.layout.vat_included else base
            told = (("net", without), ("gross", without * (1 + sums.vat_rate)), ("vat", without * sums.vat_rate))
            options += [(name, value, True) for name, value in told]
    near = [option for option in options if option[1] and _same(option[1], stated, len(rows))]
    return next((option for option in near if _is_exact(sums, option[1], stated)), next(iter(near), None))


def _is_exact(sums: Sums, computed: Decimal, stated: Decimal) -> bool:
    """Tell whether two amounts are the same in minor units, or but for the noise of stored fractions."""
    noise = abs(stated) * _NOISE + _NOISE
    return sums.minor(computed) == sums.minor(stated) or abs(computed - stated) <= noise


def _add(
    sums: Sums,
    row: Row,
    kind: str,
    stated: Decimal,
    computed: Decimal | None,
    covers: tuple[int, ...],
    *,
    column: int | None = None,
    by_rate: bool = False,
) -> None:
    """Note a check: it matches to the minor unit, or where a rounding explains the cents between both, which is said."""
    first = sums.layout.periods[0][0] if sums.layout.periods else 1
    at = column if column is not None else sums.layout.budget if sums.layout.budget is not None else first
    address = sums.region.grid.address(row.number, at)
    said, found = sums.minor(stated), None if computed is None else sums.minor(computed)
    exact = computed is not None and _is_exact(sums, computed, stated)
    rounded = computed is not None and not exact and (sums.scale > 1 or by_rate) and _same(stated, computed, len(covers))
    sums.checks.append(TotalCheck(address, kind, said, found, exact or rounded, covers))
    shown = f"States {stated * sums.scale:,.2f}, its rows sum to {(computed or Decimal(0)) * sums.scale:,.2f}"
    if rounded:
        sums.findings.warn("total_rounding", address, f"{shown}: what is left by rounding.")
    elif exact and kind in ("total", "subtotal") and len(covers) > 1 and (cents := _lost_by_rounding(sums, said, covers)):
        sums.findings.warn("total_rounding", address, f"{shown}; the rows rounded to the cent, each by itself, are {cents} cents off.")
    elif not exact and computed is not None and kind in ("total", "subtotal", "period_total"):
        sums.findings.warn("total_mismatch", address, f"{shown}.")


def _lost_by_rounding(sums: Sums, said: int, covers: tuple[int, ...]) -> int:
    """Give by how many minor units the rows differ from their total once each of them is rounded; 0 where it is on another basis."""
    if not all(number in sums.amounts for number in covers):
        return 0
    gap = abs(sum(sums.minor(sums.amounts[number]) for number in covers) - said)
    return gap if gap <= len(covers) else 0


def _check_periods(sums: Sums, row: Row, rows: tuple[int, ...], *, skip: bool) -> None:
    if skip or sums.layout.budget is None:
        return
    amounts = row.periods
    for column, _ in sums.layout.periods:
        stated = amounts.get(column)
        if stated is not None:
            parts = [decimal_of(sums.region.grid.cell(r, column).value, sums.region.marks.get(column)) for r in rows]
            _add(sums, row, "period_total", exact(stated), sum((p for p in parts if p is not None), Decimal(0)), rows, column=column)


def _last_number(sums: Sums, row: Row) -> tuple[int, Decimal] | None:
    cells = [
        (c, v)
        for c, cell in sorted(sums.region.grid.rows[row.number].items())
        if c in sums.region.columns and is_number(cell.value) and (v := decimal_of(cell.value, sums.region.marks.get(c))) is not None
    ]
    return cells[-1] if cells else None


def _check_pair(sums: Sums, row: Row) -> None:
    """Check a line of the summary under a table: a label with one amount (`Итого с НДС`, `Agency fee`)."""
    found = _last_number(sums, row)
    if found is None or not row.label:
        return
    column, stated = found
    role = role_of_header(row.label)
    if role.kind not in ("money", "") or (role.kind == "" and not says_total(row.label)):
        return
    kind, computed, by_rate = _pair_kind(sums, row, role, stated)
    if kind:
        scale = sums.scale
        sums.scale = scale_in_text(row.label) if scale_in_text(row.label) > 1 else scale
        _add(sums, row, kind, stated, computed, tuple(sums.amounts), column=column, by_rate=by_rate)
        sums.scale = scale


def _pair_kind(sums: Sums, row: Row, role: Role, stated: Decimal) -> tuple[str, Decimal | None, bool]:
    rows = tuple(sums.amounts)
    if not rows:
        return "", None, False
    if role.key == "fee" and not says_total(row.label):
        return "fee", None, False
    other = _on_other_basis(sums, stated, rows)
    if role.key == "vat":
        return "vat", other[1] if other else None, True
    if _same(sums.whole, stated, len(rows)):
        return ("total" if role.vat in (None, sums.layout.vat_included) else "gross" if role.vat else "net"), sums.whole, False
    if other:
        return other
    if role.is_budget or role.key == "total" or says_total(row.label):
        return ("gross" if role.vat else "net" if role.vat is False else "other"), None, False
    return "", None, False
