"""Rates and unit prices beside what they are made of: a CTR that is no CTR is said, not passed on in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from statistics import median

from core.model.reading import LineItem
from core.sheets.reading.findings import Findings
from core.sheets.reading.layout import Layout
from core.sheets.reading.proof import column_values, products
from core.sheets.reading.regions import Region

_TOLERANCE = 0.1
_ENOUGH_ROWS = 5
_SLIP = 2
_COUNTS = {"cpm": ("impressions", 1000), "cpc": ("clicks", 1), "cpv": ("views", 1)}


def check_rates(items: Sequence[LineItem], findings: Findings) -> None:
    """Warn once a column where most stated rates differ from clicks over impressions, or cost over clicks or thousand impressions."""
    _check(items, findings, "ctr", lambda item: _over(item.metrics.get("clicks"), item.metrics.get("impressions")))
    bases = ("", *dict.fromkeys(name for item in items for name in item.amounts))
    if all(_wrong(items, "cpc_minor", _cost_per_click(basis)) for basis in bases):
        _check(items, findings, "cpc_minor", _cost_per_click(""))


def _cost_per_click(basis: str) -> Callable[[LineItem], float | None]:
    """Give how a line's cost per click is made of its budget, or of its money on another basis."""
    return lambda item: _over(item.amounts.get(basis) if basis else item.budget_minor, item.metrics.get("clicks"))


def _over(above: float | int | None, below: float | int | None) -> float | None:
    return above / below if above is not None and below else None


def _check(items: Sequence[LineItem], findings: Findings, name: str, compute: Callable[[LineItem], float | None]) -> None:
    if wrong := _wrong(items, name, compute):
        told = f"The column {name.removesuffix('_minor').upper()} is not what its row gives ({len(wrong)} rows)."
        findings.warn("metric_mismatch", wrong[0].metric_cells.get(name), told)


def _wrong(items: Sequence[LineItem], name: str, compute: Callable[[LineItem], float | None]) -> list[LineItem]:
    """Give the lines whose rate is not what their row gives, where these are most of those that state one."""
    wrong: list[LineItem] = []
    seen = 0
    for item in items:
        stated, computed = item.metrics.get(name), compute(item)
        if stated is None or computed is None or not stated or not computed:
            continue
        seen += 1
        off = min(abs(stated / (computed * factor) - 1) for factor in (1.0, 1.2, 100.0 if name == "ctr" else 1.0))
        rounding = 0.5 / max(abs(stated), 1e-9) if name == "cpc_minor" else 0.0
        if off > _TOLERANCE + rounding:
            wrong.append(item)
    return wrong if len(wrong) > 0.5 * seen else []


def check_amounts(region: Region, layout: Layout, rows: Sequence[int], findings: Findings) -> None:
    """Warn of the few rows (of the first 200) whose budget breaks what the others keep: units times price, or a rate to other money."""
    if layout.budget is None or layout.shares is not None:
        return
    items = set(rows)
    stated = {row: value for row, value in column_values(region, layout.budget).items() if row in items and value}
    if len(rows) < _ENOUGH_ROWS:
        _check_few(region, layout, stated, findings)
        return
    for expected in _expectations(region, layout, stated):
        both = [row for row in stated if row in expected]
        off = [row for row in both if abs(stated[row] - expected[row]) > max(Decimal("0.02"), abs(expected[row]) / 200)]
        if len(both) >= _ENOUGH_ROWS and off and len(off) <= 0.2 * len(both):
            for row in off:
                cell = region.grid.address(row, layout.budget)
                findings.warn(
                    "amount_mismatch", cell, f"States {stated[row]:,.2f}; by what the other rows keep it would be {expected[row]:,.2f}."
                )
            return


def _check_few(region: Region, layout: Layout, stated: dict[int, Decimal], findings: Findings) -> None:
    """Warn of a line of a short plan whose budget is not its impressions, clicks or views times their price, where others are."""
    for price, (count, per) in _COUNTS.items():
        at, of = layout.metrics.get(price), layout.metrics.get(count)
        if at is None or of is None or layout.budget is None:
            continue
        prices, counts = column_values(region, at), column_values(region, of)
        both = {row: prices[row] * counts[row] / per for row in stated if prices.get(row) and counts.get(row)}
        kept = [row for row, value in both.items() if abs(stated[row] - value) <= max(Decimal("0.02"), value / 200)]
        off = [row for row, value in both.items() if not value / _SLIP < stated[row] < value * _SLIP]  # less is a discount
        for row in off if kept and len(off) <= len(kept) else ():
            told = f"States {stated[row]:,.2f}; {count} times {price.upper()} would be {both[row]:,.2f}."
            findings.warn("amount_mismatch", region.grid.address(row, layout.budget), told)


def _expectations(region: Region, layout: Layout, stated: dict[int, Decimal]) -> Iterator[dict[int, Decimal]]:
    factors = [c for c, use in layout.uses.items() if use.flight is None and use.role.kind in ("price", "quantity", "metric")]
    yield from products(region, factors[:6])
    for column in layout.amounts.values():
        other = {row: value for row, value in column_values(region, column).items() if row in stated and value}
        if len(other) >= _ENOUGH_ROWS:
            rate = median(stated[row] / value for row, value in other.items())
            yield {row: value * rate for row, value in other.items()}
