"""Grids of money with media or markets across and anything else down: every column is a part of the plan with line items of its own."""

from __future__ import annotations

from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import says
from core.sheets.reading.places import is_place
from core.sheets.reading.proof import adds_up_to_its_total, agrees, row_sums
from core.sheets.reading.regions import Region
from core.sheets.reading.surroundings import Surroundings


def find_parts(region: Region, layout: Layout, around: Surroundings) -> list[int]:
    """Give the columns of such a grid: headed by media or countries, nothing but numbers, proven by sums, said to be money somewhere."""
    if any(use.flight is not None or use.role.is_budget for use in layout.uses.values()):
        return []
    if any(use.role.kind in ("metric", "price", "rate", "quantity") for use in layout.uses.values()):
        return []
    numbers = [c for c in layout.named("number") if region.columns[c].own and not region.content(c).percents]
    mute = any(not region.columns[c].own for c in layout.named("number"))
    named = sum(says(region.columns[c].own, "media") for c in numbers)
    by_medium = named > len(numbers) / 2 and (named == len(numbers) or _rows_name_others(region, layout))
    if len(numbers) < 2 or mute or not (by_medium or all(is_place(region.columns[c].own) for c in numbers)):
        return []
    if region.grid.transposed and not all(adds_up_to_its_total(region, c) for c in numbers):
        return []  # columns that nothing adds up across may as well be versions
    shown = any(region.content(c).currencies or region.columns[c].role.currency for c in numbers)
    return numbers if (shown or around.currency) and _is_proven(region, layout, numbers) else []


def _rows_name_others(region: Region, layout: Layout) -> bool:
    """Tell whether the rows are named by texts alone, none of them a medium: markets, brands, shops."""
    texts = [text for c in layout.naming for text in region.content(c).distinct_texts]
    return all(layout.uses[c].role.kind == "dim" for c in layout.naming) and not any(says(text, "media") for text in texts)


def _is_proven(region: Region, layout: Layout, numbers: list[int]) -> bool:
    """Tell whether a total column states the rows' sums, or a total row the columns'."""
    totals = [c for c, use in layout.uses.items() if (use.role.kind, use.role.key) == ("money", "total")]
    sums = row_sums(region, numbers)
    return any(agrees(region, c, sums) for c in totals) or all(adds_up_to_its_total(region, c) for c in numbers)


def beside(region: Region, parts: list[int]) -> list[int]:
    """Give the columns that only sum the grid up."""
    return [c for c, header in region.columns.items() if c not in parts and (header.role.kind, header.role.key) == ("money", "total")]
