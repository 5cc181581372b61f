"""Plans turned on their side: metric names down the rows (`Budget`, `Spend`, `Orders`), one group of rows a line item, periods across."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from core.model.money import to_minor
from core.model.reading import LineItem, PeriodAmount, TotalCheck
from core.sheets.reading.budget import AVOID, PREFER
from core.sheets.reading.grid import decimal_of, text_of
from core.sheets.reading.layout import Layout, Use
from core.sheets.reading.lexicon import says_total
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import Role, role_of_header

_KINDS = ("money", "metric", "price", "rate", "quantity")


@dataclass(slots=True)
class MetricGroup:
    """One line item of such a plan: its names by column, and the sheet row of each metric by role."""

    names: dict[int, str] = field(default_factory=dict)
    rows: list[tuple[int, Role]] = field(default_factory=list)

    def budget_row(self, *, spend: bool) -> tuple[int, Role] | None:
        """Give the row of the group's money: net before gross, planned before actual (`spend` where no group plans)."""
        scored = [
            (_score(role), -row, role)
            for row, role in self.rows
            if role.is_budget and (spend or not ({"actual"} & role.mods or role.key == "spend"))
        ]
        if not scored:
            return None
        best = max(scored, key=lambda entry: (entry[0], entry[1]))
        return -best[1], best[2]


def _score(role: Role) -> float:
    vat = {False: 3.0, None: 2.5, True: 1.0}[role.vat]
    return vat - sum(AVOID.get(mod, 0.0) for mod in role.mods) + sum(PREFER.get(mod, 0.0) for mod in role.mods)


def label_column(region: Region, layout: Layout) -> int | None:
    """Give the column whose texts are metric names, where there is one and periods stand across."""
    if any(
        use.flight is None and use.role.kind in ("money", "metric", "price") and not _only_sums(region, c, use) and region.content(c).filled
        for c, use in layout.uses.items()
    ):
        return None
    summed = any(use.flight is None and use.role.kind == "money" and _only_sums(region, c, use) for c, use in layout.uses.items())
    best: tuple[int, float, int] | None = None
    rows = region.body[:400]
    for column in region.columns:
        if not region.content(column).texts:
            continue
        texts = [text for row in rows if (text := text_of(region.grid.cell(row, column).value))]
        roles = [role_of_header(text) for text in texts if len(text) <= 70]
        known = [role for role in roles if role.kind in _KINDS and role.certainty >= 0.45]
        keys = {(role.kind, role.key) for role in known}
        again = len({" ".join(text.casefold().split()) for text in texts}) < 0.8 * len(texts)
        told = len(keys) >= (2 if again else 3) and len(known) >= 0.5 * len(texts) and any(role.kind == "money" for role in known)
        if len(texts) >= 3 and told and (again or not summed):
            found = (sum(role.is_budget for role in known), len(known) / len(texts), -column)
            best = max(found, best or found)
    return -best[2] if best else None


def _only_sums(region: Region, column: int, use: Use) -> bool:
    """Tell whether a column of money sums the periods up and says nothing else."""
    return use.role.key == "total" or bool(says_total(region.columns[column].own))


def find_groups(region: Region, column: int) -> list[MetricGroup]:
    """Cut the rows into groups at blank rows and wherever a metric name comes again."""
    groups: list[MetricGroup] = []
    seen: set[str] = set()
    before = 0
    for row in region.body:
        text = text_of(region.grid.cell(row, column).value)
        key = " ".join(text.casefold().split())
        if not groups or (row - before > 1 and _is_gap(region, before, row)) or (key and key in seen):
            groups.append(MetricGroup())
            seen = set()
        before = row
        for other in region.columns:
            name = text_of(region.grid.spread(row, other).value) if other < column else ""
            if name and name not in groups[-1].names.values():
                groups[-1].names.setdefault(other, name)
        if key:
            seen.add(key)
            groups[-1].rows.append((row, role_of_header(text)))
    for before_it, group in pairwise(groups):  # an outer name is written once for several groups
        outer = {c: name for c, name in before_it.names.items() if group.names and c < min(group.names)}
        group.names = outer | group.names
    return [group for group in groups if group.rows]


def _is_gap(region: Region, before: int, row: int) -> bool:
    return any(number not in region.grid.rows for number in range(before + 1, row))


def across(region: Region, layout: Layout, row: int) -> tuple[dict[int, Decimal], int | None]:
    """Give a row's amounts by period column, and the column that states their sum."""
    values = {c: v for c, _ in layout.periods if (v := decimal_of(region.grid.cell(row, c).value, region.marks.get(c))) is not None}
    total = sum(values.values(), Decimal(0))
    stated = next(
        (
            c
            for c in reversed(list(layout.uses))
            if c not in values and decimal_of(region.grid.cell(row, c).value, region.marks.get(c)) == total and total
        ),
        None,
    )
    return values, stated


def budget_rows(groups: list[MetricGroup]) -> list[tuple[MetricGroup, int, Role]]:
    """Give each group's budget row; spend counts only where no group plans anything."""
    groups = [group for group in groups if not any(says_total(name) for name in group.names.values())] or groups
    spend = not any(group.budget_row(spend=False) for group in groups)
    return [(group, *found) for group in groups if (found := group.budget_row(spend=spend)) is not None]


def without_sums(found: list[tuple[MetricGroup, int, Role]], region: Region, layout: Layout) -> list[tuple[MetricGroup, int, Role]]:
    """Leave out a group that adds up all the others, period by period (`All Platforms`)."""
    amounts = [across(region, layout, row)[0] for _, row, _ in found]
    for at, own in enumerate(amounts):
        others = amounts[:at] + amounts[at + 1 :]
        columns = {column for each in amounts for column in each}
        sums = all(own.get(c, 0) == sum((other.get(c, Decimal(0)) for other in others), Decimal(0)) for c in columns)
        if len(others) >= 2 and any(own.values()) and sums:
            return found[:at] + found[at + 1 :]
    return found


def group_item(
    region: Region, layout: Layout, group: MetricGroup, row: int, *, currency: str | None, scale: int
) -> tuple[LineItem, list[TotalCheck]]:
    """Make the line item of one group, and the check of the column that states its sum."""
    values, stated = across(region, layout, row)
    flights, grid = dict(layout.periods), region.grid
    periods = tuple(
        PeriodAmount(f.start, f.end, to_minor(value * scale, currency), grid.address(row, c))
        for c, value in values.items()
        if (f := flights.get(c)) and f.start and f.end
    )
    budget = to_minor(sum(values.values(), Decimal(0)) * scale, currency) if values else None
    cell = grid.address(row, stated) if stated is not None else None
    amounts, metrics = _others(region, layout, group, row, currency=currency, scale=scale)
    spent = [p for p in periods if p.budget_minor]
    name = next(iter(group.names.values()), None)
    fields = {layout.uses[c].name: text for c, text in group.names.items() if layout.uses[c].name in ("publisher", "format", "market")}
    labels = {region.columns[c].own or f"column {c}": text for c, text in list(group.names.items())[1:]}
    item = LineItem(
        row,
        channel=None if name in fields.values() else name,
        publisher=fields.get("publisher"),
        format=fields.get("format"),
        market=fields.get("market"),
        start=min((p.start for p in spent), default=None),
        end=max((p.end for p in spent), default=None),
        budget_minor=budget,
        budget_cell=cell,
        by_period=periods,
        metrics=metrics,
        amounts=amounts if budget is None else {layout.basis: budget, **amounts},
        labels={"group": name, **labels} if name else {},
    )
    return item, [TotalCheck(cell, "total", budget, budget, True, (row,))] if cell else []


def _others(
    region: Region, layout: Layout, group: MetricGroup, budget: int, *, currency: str | None, scale: int
) -> tuple[dict[str, int], dict[str, float | int | None]]:
    """Add up the group's other rows: money by its basis, counts by their name."""
    amounts: dict[str, int] = {}
    metrics: dict[str, float | int | None] = {}
    for row, role in group.rows:
        found, _ = across(region, layout, row)
        if row == budget or not found:
            continue
        total = sum(found.values(), Decimal(0))
        if role.is_budget or (role.kind, role.key) == ("money", "revenue"):
            amounts.setdefault(_amount_name(role), to_minor(total * scale, currency))
        elif role.kind == "metric":
            metrics.setdefault(role.key, int(total) if total == total.to_integral_value() else float(total))
    return amounts, metrics


def _amount_name(role: Role) -> str:
    if role.key == "revenue":
        return "revenue"
    if "actual" in role.mods or role.key == "spend":
        return "actual"
    if role.vat:
        return "gross"
    return "other" if "discounted" in role.mods else "list"
