"""Which other columns could be the budget as well: as good by their heads, of its size under a mute head, or the only ones with a total."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from core.sheets.reading.grid import is_number
from core.sheets.reading.layout import Layout
from core.sheets.reading.proof import adds_up_to_its_total, agrees, column_values, discounted, products, row_sums, total_rows
from core.sheets.reading.regions import Region

_CERTAIN = 99.0
_FEW = 12


def find_rivals(region: Region, layout: Layout, ranked: list[tuple[float, int]]) -> list[int]:
    """Give the columns that could be the budget as well as the first of the ranked ones; none where that one is proven."""
    best, first = ranked[0]
    if best >= _CERTAIN:
        return []
    chosen = layout.uses[first].role
    rivals = [c for s, c in ranked[1:] if best - s < 0.25 and layout.uses[c].role.vat == chosen.vat]
    if chosen.currency and not _factors(region, layout, first):  # what units times price make up is paid in the price's currency
        rivals += [c for c in _numeric(region, layout, first) if _names_another_currency(layout, c, chosen.currency)]
    head = region.columns[first].own.casefold()
    rivals += [c for _, c in ranked[1:] if c not in region.own_columns and head and region.columns[c].own.casefold() == head]
    if chosen.mods & {"gross", "list"} and chosen.vat is None and not layout.named("quantity", "spots") and not layout.metrics:
        rivals += [c for c, use in layout.uses.items() if use.name == "unit_price" and region.content(c).numbers]
    if fees := _before_fees(region, layout, first):
        return [*rivals, *fees]
    unsure = chosen.key == "spend" or bool(chosen.mods & {"actual", "former", "cumulative", "per_period"})
    named = [c for c, use in layout.uses.items() if use.name == "number" or (unsure and use.role.kind in ("price", "dim"))]
    mute = [
        c
        for c in named
        if c != first
        and layout.uses[c].flight is None
        and _could_be_money(region, c)
        and ((unsure and _counts(region, c, first)) or _speaks_for(region, c, first))
    ]
    kinds = ("price",) if states_total(region, first) else ("price", "money", "")
    if total_rows(region):
        priced = [c for c in _numeric(region, layout, first) if layout.uses[c].role.kind in kinds]
        rivals += [c for c in priced if adds_up_to_its_total(region, c)]
    if not (rivals or mute):
        return []
    if not (unsure or chosen.mods & {"gross", "list", "fee_incl"}):
        mute = [c for c in mute if not region.columns[c].own or adds_up_to_its_total(region, c)]
    explained = made_of(region, layout, first)
    return [c for c in dict.fromkeys(rivals + mute) if c not in explained]


def _names_another_currency(layout: Layout, column: int, currency: str) -> bool:
    role = layout.uses[column].role
    return role.kind in ("money", "") and role.key not in ("fee", "vat", "revenue", "profit") and role.currency not in (None, currency)


def made_of(region: Region, layout: Layout, budget: int) -> set[int]:
    """Give the columns that make the budget up: a price and a count, or its parts."""
    return _factors(region, layout, budget) | _parts(region, layout, budget) | _listed(region, layout, budget)


def _listed(region: Region, layout: Layout, budget: int) -> set[int]:
    """Give the columns that are the budget once their discount is taken off."""
    offs = layout.named("discount")
    numeric = _numeric(region, layout, budget) if offs else []
    return {c for c in numeric for off in offs if c != off and (paid := discounted(region, c, off)) and agrees(region, budget, paid)}


def _before_fees(region: Region, layout: Layout, budget: int) -> list[int]:
    """Give the mute or unknown column to which fees and taxes beside it are added to make the budget."""
    added = [c for c, use in layout.uses.items() if use.role.key in ("fee", "vat") and c != budget and region.content(c).numbers]
    most = sum(column_values(region, budget).values(), Decimal(0)) / 2
    bare = [c for c in layout.named("number") if sum(column_values(region, c).values(), Decimal(0)) > most] if added else []
    return [c for c in bare if len(sums := row_sums(region, [c, *added])) >= 2 and agrees(region, budget, sums)]


def beside_periods(region: Region, layout: Layout) -> list[int]:
    """Give the columns under a mute or unknown head about as large as what each line's periods add up to: they may state the budgets."""
    sums = row_sums(region, [c for c, _ in layout.periods])
    numbers = [c for c in layout.named("number") if _could_be_money(region, c)]
    return [c for c in numbers if _is_as_large(region, c, sums)]


def _speaks_for(region: Region, column: int, budget: int) -> bool:
    """Tell whether a column under a mute or unknown head may be the money: it is as large, or mute and adds up to a total."""
    return _is_as_large(region, column, column_values(region, budget)) or (
        not region.columns[column].own and adds_up_to_its_total(region, column)
    )


def _counts(region: Region, column: int, budget: int) -> bool:
    """Tell whether a column's numbers are not next to nothing beside the budget's: no ranks, tiers or scores."""
    own, stated = (sum(column_values(region, c).values(), Decimal(0)) for c in (column, budget))
    return abs(own) >= abs(stated) / 100


def states_total(region: Region, column: int) -> bool:
    """Tell whether a row that says total has a number in the column."""
    return any(is_number(region.grid.cell(row, column).value) for row in total_rows(region))


def _could_be_money(region: Region, column: int) -> bool:
    content = region.content(column)
    return content.is_numeric and not content.percents and not content.is_flags


def _is_as_large(region: Region, column: int, stated: dict[int, Decimal]) -> bool:
    """Tell whether a column holds amounts about as large as those of the budget, line by line."""
    amounts = column_values(region, column)
    pairs = [(amounts.get(row), value) for row, value in stated.items() if value]
    close = [Decimal("0.5") <= amount / value <= 2 for amount, value in pairs if amount]
    return len(close) >= 2 and all(close) and len(close) >= 0.6 * len(pairs)


def _numeric(region: Region, layout: Layout, budget: int) -> list[int]:
    return [c for c, use in layout.uses.items() if c != budget and use.flight is None and _could_be_money(region, c)][:_FEW]


def _factors(region: Region, layout: Layout, budget: int) -> set[int]:
    """Give the columns whose product is the budget (a price and a count): they are no budgets themselves."""
    pairs = combinations(_numeric(region, layout, budget), 2)
    return {c for pair in pairs if any(agrees(region, budget, made) for made in products(region, list(pair))) for c in pair}


def _parts(region: Region, layout: Layout, budget: int) -> set[int]:
    """Give the columns that add up to the budget, but for one that is nearly all of it: the other is a fee or a tax on it then."""
    numeric = _numeric(region, layout, budget)
    found = {c for c in numeric if len(numeric) > 2 and agrees(region, budget, row_sums(region, numeric))}
    unknown = [c for c in layout.named("number") if region.content(c).amounts_only]
    for whole in [[c, *(u for u in unknown if u != c and u in numeric)] for c in numeric]:  # `Rent`, and under unknown heads what is added
        found |= set(whole) if len(whole) > 2 and agrees(region, budget, row_sums(region, whole)) else set()
    stated = column_values(region, budget)
    for pair in combinations(numeric, 2):
        if agrees(region, budget, row_sums(region, list(pair))):
            least, most = sorted(pair, key=lambda c: sum(column_values(region, c).values(), Decimal(0)))
            is_part = sum(column_values(region, least).values(), Decimal(0)) > Decimal("0.3") * sum(stated.values(), Decimal(0))
            found |= set(pair) if is_part or layout.uses[most].role.key == "fee" else set()  # a creator's fee, and what is added to it
    return found
