"""Which column is the line items' money: header words rank the columns, and arithmetic overrules them where it proves another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, permutations

from core.sheets.reading.amounts import settle_amounts, settle_basis
from core.sheets.reading.frequencies import yearly_column
from core.sheets.reading.layout import Layout, Use
from core.sheets.reading.lexicon import words_of
from core.sheets.reading.proof import adds_up_to_its_total, agrees, column_values, discounted, products, row_sums
from core.sheets.reading.regions import Region
from core.sheets.reading.rivals import beside_periods, find_rivals, states_total
from core.sheets.reading.roles import Role, role_of_header
from core.sheets.reading.surroundings import years_in

AVOID = {"list": 3.0, "actual": 2.5, "former": 2.5, "cumulative": 6.0, "per_period": 4.0, "gross": 1.0, "fee_incl": 0.5}
PREFER = {"net": 0.5, "discounted": 0.5, "plan": 0.3}
_LEAST, _MOST = Decimal("0.3"), Decimal(3)
"""Between these a number beside amounts is a coefficient."""
PERIODS = "periods"
"""The answer that a line's periods are its money, not the column beside them."""
_FEW = 12


def settle_budget(
    region: Region, layout: Layout, *, forced: dict[int, str] | None = None, by_periods: bool = False, year: int | None = None
) -> None:
    """Settle the column of the line items' money and name the other money columns by their basis.

    Args:
        forced: roles a person gave to columns. by_periods: a person said that the periods are the money.
        year: the one year of the plan; money columns of another year are what was, not what is planned.
    """
    given = forced or {}
    for column in (c for c, name in given.items() if name != "budget" and c in layout.uses):
        role = _role_named(given[column], layout.uses[column].role)
        layout.uses[column] = replace(layout.uses[column], name=given[column], role=role, confidence=1.0)
    layout.periods = [(c, flight) for c, flight in layout.periods if given.get(c, "period_budget") == "period_budget"]
    if year is not None:
        _set_other_years_aside(region, layout, year)
    named = next((column for column, name in given.items() if name == "budget"), None)
    ranked = [] if by_periods and layout.periods else _ranked(region, layout, named)
    summed = named is None and layout.period_totals and ranked and "actual" in layout.uses[ranked[0][1]].role.mods
    if not ranked or (layout.periods and (summed or ranked[0][0] < -1.0)):  # `FY 2026` beside its quarters, before `FY 2025 actual`
        settle_basis(layout, [layout.uses[c].role for c, _ in layout.periods])
        layout.rivals = [] if by_periods else beside_periods(region, layout)
    else:
        layout.budget = ranked[0][1]
        if named is None:
            layout.rivals = find_rivals(region, layout, ranked)
            layout.unclear_discount = _unclear_discount(region, layout)
        layout.uses[layout.budget].name = "budget"
        if _counts_otherwise(region, layout, layout.budget):
            layout.mixed_scale, layout.flags, layout.periods = True, layout.periods, []
        settle_basis(layout, [layout.uses[layout.budget].role, *(layout.uses[c].role for c, _ in layout.periods)])
    settle_amounts(region, layout)
    if layout.vat_included is None and layout.budget is not None and _holds_vat(region, layout, layout.budget):
        layout.vat_included, layout.basis = True, "gross"


def _counts_otherwise(region: Region, layout: Layout, budget: int) -> bool:
    """Tell whether the periods count in thousands and the budget beside them does not: only so do they add up to it."""
    scales = {layout.uses[c].role.scale for c, _ in layout.periods}
    if len(scales) != 1 or scales == {layout.uses[budget].role.scale}:
        return False
    sums = row_sums(region, [c for c, _ in layout.periods])
    factor = Decimal(scales.pop()) / layout.uses[budget].role.scale
    return not agrees(region, budget, sums) and agrees(region, budget, {row: value * factor for row, value in sums.items()})


def _holds_vat(region: Region, layout: Layout, budget: int) -> bool:
    """Tell whether a budget is another column (and fees) with the VAT column beside it added, whatever its header says."""
    keys = {c: use.role.key for c, use in layout.uses.items() if use.flight is None and c != budget and region.content(c).is_numeric}
    fees = [c for c, key in keys.items() if key == "fee"][:3]
    vats = [c for c, key in keys.items() if key == "vat"]
    before = [c for c in keys if c not in fees and c not in vats][-_FEW:]
    return any(
        agrees(region, budget, row_sums(region, [base, *some, vat]))
        for vat in vats
        if any(column_values(region, vat).values())
        for base in before
        for count in range(len(fees) + 1)
        for some in combinations(fees, count)
    )


def _set_other_years_aside(region: Region, layout: Layout, year: int) -> None:
    """Take money columns of other years (`Budget 2025` beside `Budget 2026`) for what was, where one of the plan's year stands there."""
    named = {
        c: years
        for c, use in layout.uses.items()
        if use.role.kind == "money" and (use.role.is_budget or use.role.key == "total") and (years := years_in([region.columns[c].text]))
    }
    if not any(years == {year} for years in named.values()):
        return
    for column in (c for c, years in named.items() if year not in years):
        use = layout.uses[column]
        layout.uses[column] = replace(use, role=replace(use.role, mods=use.role.mods | {"actual"}))


def _ranked(region: Region, layout: Layout, named: int | None) -> list[tuple[float, int]]:
    """Give the columns that could be the budget with their scores, the best first."""
    scores = {c: score for c, use in layout.uses.items() if (score := _budget_score(region, use, c)) is not None}
    ranked = _discounted_first(layout, sorted(((s, c) for c, s in scores.items()), key=lambda entry: (-entry[0], entry[1])))
    if (
        ranked and "list" in layout.uses[ranked[0][1]].role.mods
    ):  # beside list prices only, a column that shows a currency may be what is paid
        shown = [c for c, use in layout.uses.items() if not use.role.kind and use.role.currency and region.content(c).is_numeric]
        ranked = [*((1.0, c) for c in shown if _use_as_money(layout, c)), *ranked]
    first = named if named is not None else _proven_budget(region, layout, ranked[0][1]) if ranked else None
    if first is not None:
        return [(99.0, first), *((s, c) for s, c in ranked if c != first)]
    if ranked:
        return ranked
    if layout.periods:
        sums = row_sums(region, [c for c, _ in layout.periods])
        beside = [c for c, use in layout.uses.items() if use.flight is None or c in layout.period_totals]
        whole = [c for c in beside if region.content(c).is_numeric and agrees(region, c, sums)]
        return [(1.0, c) for c in whole[:1] if len(sums) >= 2 and len(layout.periods) >= 2]
    return _without_words(region, layout)


def _use_as_money(layout: Layout, column: int) -> bool:
    """Take a column for money whose header only names a currency."""
    use = layout.uses[column]
    layout.uses[column] = replace(use, name="cost", role=replace(use.role, kind="money", key="budget", certainty=0.6), confidence=0.6)
    return True


def _without_words(region: Region, layout: Layout) -> list[tuple[float, int]]:
    """Rank columns where no header names money: proven by arithmetic, a lone fee, or the only column of bare numbers."""
    proven = list(_whole_of_run(region, layout) or _money_by_arithmetic(region, layout))
    if proven:
        for column in proven:
            use = layout.uses[column]
            layout.uses[column] = replace(
                use, name="cost", role=replace(use.role, kind="money", key="budget", certainty=0.6), confidence=0.6
            )
        layout.inferred = not any(header.own for header in region.columns.values())
        return [(1.0, column) for column in proven]
    fees = [c for c, use in layout.uses.items() if (use.role.kind, use.role.key) == ("money", "fee") and "per" not in use.role.mods]
    fees = [c for c in fees or _prices_of_names(region, layout) if region.content(c).numbers]
    if len(fees) == 1:
        return [(1.0, fees[0])]
    prices = [c for c in layout.named("unit_price") if region.content(c).numbers]
    kinds = {use.role.kind for use in layout.uses.values()}
    if len(prices) == 1 and "date" in kinds and not kinds & {"quantity", "metric"}:
        return [(1.0, prices[0])]  # a dated price of nothing that is counted is what the line costs; a list of prices has no dates
    guesses = _money_by_content(region, layout)
    layout.inferred = bool(guesses)
    return [(1.0, column) for column in guesses]


def _prices_of_names(region: Region, layout: Layout) -> list[int]:
    """Give the columns of nothing but numbers whose header names a row first and money last (`Placement fee`, `Creator cost`)."""
    named = [c for c, use in layout.uses.items() if use.role.kind == "dim" and region.content(c).numbers and not region.content(c).texts]
    return [c for c in named if role_of_header((words_of(region.columns[c].own) or ("",))[-1]).kind == "money"]


def _whole_of_run(region: Region, layout: Layout) -> list[int]:
    """Give the column that adds up the run of three or more numbered columns (`P1`, `P2`, ...) before it."""
    numeric = [c for c in layout.named("number") if region.content(c).is_numeric and not region.content(c).percents]
    parts = [c for c in numeric if region.columns[c].own[-1:].isdigit()]
    sums = row_sums(region, parts) if len(parts) >= 3 else {}
    return [c for c in numeric if c not in parts and len(sums) >= 2 and agrees(region, c, sums)][:1]


def _money_by_arithmetic(region: Region, layout: Layout) -> Iterator[int]:
    """Give the columns that arithmetic proves to be money: less a discount, units times price, or adding up to a labelled total."""
    numeric = [
        c
        for c, use in layout.uses.items()
        if use.flight is None and region.content(c).is_numeric and not region.content(c).percents and not region.content(c).is_flags
        if "cumulative" not in use.role.mods
    ]
    free = [
        c for c in numeric if layout.uses[c].role.kind == "" or (layout.uses[c].role.kind, layout.uses[c].role.key) == ("price", "unit")
    ]
    if len(numeric) > _FEW:
        numeric = free = free[-_FEW:]
    found = [paid for listed, paid in permutations(free, 2) for off in _discounts(region, layout) if _is_paid(region, listed, off, paid)]
    if not found:
        found = [c for c in free if any(agrees(region, c, p) for p in products(region, [n for n in numeric if n != c]))]
    if not found:
        found = [c for c in free if adds_up_to_its_total(region, c)]
    yield from dict.fromkeys(found)


def _discounts(region: Region, layout: Layout) -> list[int]:
    """Give the columns of discounts: by their header, or unnamed ones shown in percent."""
    shown = [c for c, use in layout.uses.items() if use.role.kind == "" and use.flight is None and region.content(c).percents]
    return [*layout.named("discount"), *layout.named("percent"), *shown]


def _is_paid(region: Region, listed: int, off: int, paid: int) -> bool:
    return off not in (listed, paid) and bool(expected := discounted(region, listed, off)) and agrees(region, paid, expected)


def _unclear_discount(region: Region, layout: Layout) -> int | None:
    """Give the discount column beside a budget that neither words nor arithmetic say to be before or after it."""
    assert layout.budget is not None
    if layout.uses[layout.budget].role.mods & {"discounted", "net", "list"}:
        return None
    for off in layout.named("discount"):
        if not discounted(region, layout.budget, off):
            continue
        listed = [c for c, use in layout.uses.items() if c not in (off, layout.budget) and use.flight is None and use.role.kind != "rate"]
        listed = [c for c in listed if region.content(c).is_numeric][:_FEW]
        less = [discounted(region, c, off) for c in listed]
        less += [discounted(region, values, off) for values in products(region, listed)]
        if not any(paid and agrees(region, layout.budget, paid) for paid in less):
            return off
    return None


def _role_named(name: str, role: Role) -> Role:
    """Give the role that a person's choice stands for."""
    if name in (
        "channel",
        "publisher",
        "format",
        "campaign",
        "market",
        "objective",
        "placement",
        "audience",
        "product",
        "label",
        "comment",
    ):
        return Role("dim", name)
    if name in ("start", "end", "period", "day", "month"):
        return Role("date", name)
    if name in ("ignore", "version", "part", "share"):
        return Role()
    return Role("metric", name) if name in ("impressions", "clicks", "views", "reach", "conversions") else role


def _discounted_first(layout: Layout, ranked: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Let the money after a discount stand before the same money without a word about it."""
    if not any("discounted" in layout.uses[column].role.mods for _, column in ranked):
        return ranked
    lowered = [(score - (0.0 if "discounted" in layout.uses[column].role.mods else 1.2), column) for score, column in ranked]
    return sorted(lowered, key=lambda entry: (-entry[0], entry[1]))


def _proven_budget(region: Region, layout: Layout, likely: int) -> int | None:
    """Give the money column that arithmetic proves against the likely one: its periods' sum, or the likely one less the discount."""
    others = [c for c, use in layout.uses.items() if c != likely and use.flight is None and _could_be_money(use)]
    sums = row_sums(region, [c for c, _ in layout.periods])
    if len(sums) >= 2 and not agrees(region, likely, sums):
        proven = [c for c in others if layout.uses[c].role.kind != "price" and agrees(region, c, sums)]
        if len(proven) == 1:
            layout.overruled = likely
            return proven[0]
    if (added_up := _whole_of_parts(region, layout) or _whole_beside(region, layout, likely)) is not None:
        return added_up
    if (yearly := next((y for c in (likely, *others) if (y := yearly_column(region, layout, c)) is not None), None)) is not None:
        return yearly
    role = layout.uses[likely].role
    if role.mods & {"gross", "list"} and not states_total(region, likely):
        stated = [c for c in others if layout.uses[c].role.kind == "" and adds_up_to_its_total(region, c)]
        wholes = [c for c in stated if len(stated) > 2 and agrees(region, c, row_sums(region, [o for o in stated if o != c]))]
        if len(wholes or stated) == 1:
            return (wholes or stated)[0]
    others = [c for c in others if role.currency is None or layout.uses[c].role.currency in (None, role.currency)]  # a rate of exchange
    if (before := _before_added(region, layout, likely, others)) is not None:
        return before
    if (whole := _times_quantity(region, layout, likely, others) or _weighted(region, layout, likely, others)) is not None:
        return whole
    for discount in layout.named("discount"):
        paid = discounted(region, likely, discount)
        proven = [c for c in others if paid and agrees(region, c, paid)]
        if proven:
            last = _times_quantity(region, layout, proven[0], others)
            return proven[0] if last is None else last
    return None


def _times_quantity(region: Region, layout: Layout, likely: int, others: list[int]) -> int | None:
    """Give the money column that is the likely one times a quantity or a markup, or times a metric where it may be a price."""
    mods = layout.uses[likely].role.mods
    is_plain = "per_period" in mods or not mods & {"net", "gross", "list", "discounted", "total"}
    kinds = ("quantity", "metric") if is_plain else ("quantity",)
    times = [c for c, use in layout.uses.items() if (use.role.kind in kinds or use.name == "markup") and use.flight is None]
    more = {c: [row for row, value in column_values(region, c).items() if value != 1] for c in times}
    whole = [{row: made[row] for row in more[c] if row in made} for c in times for made in products(region, [likely, c])]
    return next((c for c in others if any(agrees(region, c, expected) for expected in whole if expected)), None)


def _weighted(region: Region, layout: Layout, likely: int, others: list[int]) -> int | None:
    """Give the money column that is the likely one times a coefficient (a season's, a position's)."""
    free = [c for c, use in layout.uses.items() if c != likely and use.flight is None and not region.content(c).percents]
    told = {c: layout.uses[c].role for c in free}
    whole = [c for c in free if c in others or told[c].kind == "rate"]  # `Budget with coeff.` is a rate by its words
    whole = [c for c in whole if not (told[c].vat or told[c].mods & {"gross", "actual", "fee_incl"})]
    for column in (c for c in free if told[c].kind in ("", "rate", "quantity")):
        values = column_values(region, column)
        if not values or not all(_LEAST < value < _MOST for value in values.values()):
            continue
        expected = {row: amount * values[row] for row, amount in column_values(region, likely).items() if values.get(row, 1) != 1}
        if len(expected) >= 2 and (found := next((c for c in whole if agrees(region, c, expected)), None)) is not None:
            return found
    return None


def _before_added(region: Region, layout: Layout, likely: int, others: list[int]) -> int | None:
    """Give the column to which a column of VAT, or of a fee, is added to make the likely one, which says so."""
    role = layout.uses[likely].role
    name = "vat" if role.vat else "fee" if "fee_incl" in role.mods else ""
    added = [c for c in layout.named(name) if any(column_values(region, c).values())] if name else []
    bases = [c for c in others if name == "vat" or layout.uses[c].role.kind in ("price", "money")]
    return next((c for c in bases for more in added if c != more and agrees(region, likely, row_sums(region, [c, more]))), None)


def _whole_of_parts(region: Region, layout: Layout) -> int | None:
    """Give the money column that adds up all others of its header (`All markets` beside each market), where there are two or more."""
    alike: dict[str, list[int]] = defaultdict(list)
    for column, use in layout.uses.items():
        if use.role.is_budget and use.flight is None:
            alike[region.columns[column].own.casefold()].append(column)
    for columns in alike.values():
        for whole in [c for c, use in layout.uses.items() if use.role.is_budget and use.flight is None] if len(columns) >= 2 else ():
            if len([c for c in columns if c != whole]) < 2:
                continue
            sums = row_sums(region, [c for c in columns if c != whole])
            if len(sums) >= 2 and agrees(region, whole, sums):
                return whole
    return None


def _whole_beside(region: Region, layout: Layout, likely: int) -> int | None:
    """Give the total column that is the sum of the likely budget and columns beside it, none of them a fee or a tax on it."""
    totals = [c for c, use in layout.uses.items() if c != likely and use.flight is None and use.role.key == "total"]
    plain = [c for c, use in layout.uses.items() if use.role.kind in ("", "money", "dim") and use.role.key not in ("total", "fee", "vat")]
    plain = [c for c in plain if c != likely and layout.uses[c].flight is None and region.content(c).is_numeric][:_FEW]
    plain = [c for c in plain if not region.content(c).percents and not _in_one_ratio(region, likely, c)]
    for whole in (c for c in totals if not layout.uses[c].role.vat and not layout.uses[c].role.mods & {"gross", "actual"}):
        for others in [*combinations(plain, 1), *combinations(plain, 2), tuple(plain)]:
            sums = row_sums(region, [likely, *others])
            if len(sums) >= 2 and agrees(region, whole, sums):
                return whole
    return None


def _in_one_ratio(region: Region, one: int, two: int) -> bool:
    """Tell whether a column is the same share of another in every row: a fee or a tax, whatever its header says."""
    first, second = column_values(region, one), column_values(region, two)
    ratios = [second[row] / value for row, value in first.items() if value and second.get(row)]
    return bool(ratios) and max(ratios) - min(ratios) <= Decimal("0.0005") * abs(max(ratios))


def _could_be_money(use: Use) -> bool:
    """Tell whether a column may turn out to be the budget once arithmetic says so."""
    role = use.role
    plain = role.kind == "" and use.name == "number"
    unit = (role.kind, role.key) == ("price", "unit")
    return (role.is_budget or role.key == "total" or plain or unit) and not role.mods & {"actual", "cumulative", "per_period", "list"}


def _budget_score(region: Region, use: Use, column: int) -> float | None:
    """Score a column as the line items' money: net before gross, planned before actual, discounted before list; None where it is none."""
    role, content = use.role, region.content(column)
    if use.flight is not None or not (role.is_budget or (role.kind, role.key) == ("money", "total")) or use.name == "label":
        return None
    score = {False: 3.0, None: 2.5, True: 1.0}[role.vat]
    score -= sum(AVOID.get(mod, 0.0) for mod in role.mods)
    score += sum(PREFER.get(mod, 0.0) for mod in role.mods)
    score -= 0.5 if role.key == "spend" else 0.6 if role.key == "total" else 0.0
    score += 0.5 if column in region.own_columns else 0.0
    score -= 1.5 if region.grid.is_hidden(column) else 0.0
    rows = max((c.filled for c in region.contents.values()), default=1)
    return score + min(1.0, content.numbers / max(rows, 1)) + 0.3 * role.certainty if content.filled or not rows else score - 2


def _money_by_content(region: Region, layout: Layout) -> list[int]:
    """Guess the money where no header says it: columns shown as currency, else those of bare numbers, the largest first."""
    numeric = [c for c in layout.named("number") if region.content(c).percents == 0 and not region.content(c).is_flags]
    numeric = [c for c in numeric if "cumulative" not in layout.uses[c].role.mods] or numeric
    shown = [c for c in numeric if region.content(c).currencies > region.content(c).numbers * 0.5]
    if shown:
        return shown[-1:]
    sums = {c: sum(values.values()) for c in numeric if not _counts_up(values := column_values(region, c))}
    return sorted(sums, key=lambda c: -sums[c])


def _counts_up(values: dict[int, Decimal]) -> bool:
    """Tell whether numbers only number the rows, or are years."""
    found = list(values.values())
    years = all(1990 <= value <= 2100 and value == int(value) for value in found)
    return years or found == [Decimal(at) for at in range(1, len(found) + 1)]
