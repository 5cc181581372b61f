"""Options of one plan in the rows of a table (`Option A`, `Bronze` and `Silver`): each is read as a table of its own, never added up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.model.reading import LineItem, TotalCheck
from core.sheets.reading.findings import Findings
from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import says, senses, words_of
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.rows import Row

_NUMBER = re.compile(r"\d{1,2}|[a-eа-д]|i{1,3}|iv|v")
_SPANS = re.compile(r"(?:мес|скидк|tier)", re.IGNORECASE)
"""Words that mostly name something else in rows: months of a campaign, discounts, priorities of markets."""


def find_options(
    region: Region, layout: Layout, rows: list[Row], items: Sequence[LineItem], checks: Sequence[TotalCheck]
) -> dict[str, Region]:
    """Give each option that the rows name with the part of the table that is its own; empty where a total adds them all up.

    Options are numbered (`Option A`, `Вариант 2`), or lines of the same media under other names (`Bronze`, `Gold`).
    """
    bought = [item for item in items if item.budget_minor is not None]
    whole = any(check.matches and len(check.covers_rows) >= len(bought) for check in checks)
    if whole or region.grid.transposed:
        return {}
    for told in _namings(layout, region, rows, bought):
        if len(set(told.values())) > 1 and len(bought) > len(set(told.values())) and _are_options(told, bought):
            return _slices(region, rows, told)
    return {}


def _namings(layout: Layout, region: Region, rows: list[Row], items: list[LineItem]) -> list[dict[int, str]]:
    """Give, for the sections and for every column of names, what all lines are called there."""
    sections = {row.number: row.section for row in rows}
    told = [{item.row: sections.get(item.row, "") for item in items}]
    for column in (c for c in layout.naming if _may_name_options(region, c)):
        carried, named = "", {}
        for row in rows:
            carried = row.names.get(column, carried) if row.kind in ("item", "section") else carried
            named[row.number] = carried
        told.append({item.row: named.get(item.row, "") for item in items})
    return [names for names in told if names and all(names.values()) and all(map(_is_option, names.values()))]


def _may_name_options(region: Region, column: int) -> bool:
    """Tell whether a column may name options: its head says so, or says nothing that is bought."""
    head = region.columns[column].own
    role = role_of_header(head)
    return says(head, "alternative") or role.kind == "" or role.key in ("product", "campaign", "comment", "label")


def _is_option(text: str) -> bool:
    """Tell whether a text begins or ends as the name of an option."""
    words, found = words_of(text), senses(text, ("alternative",))
    ends = bool(found) and (found[0].position == 0 or found[-1].position == len(words) - 1)
    return ends and len(text) <= 80 and not _SPANS.search(text)


def _is_numbered(text: str) -> bool:
    words = words_of(text)
    return len(words) >= 2 and says(words[0], "alternative") and bool(_NUMBER.fullmatch(words[1]))


def _are_options(told: dict[int, str], items: list[LineItem]) -> bool:
    """Tell whether names are versions of one plan: numbered all, or each over some of the media that another one has."""
    if all(map(_is_numbered, told.values())):
        return True
    media = {option: {_medium(item, option) for item in items if told[item.row] == option} for option in set(told.values())}
    return all(any(own & other for name, other in media.items() if name != option) for option, own in media.items())


def _medium(item: LineItem, option: str) -> str:
    names = (item.channel, item.publisher, item.format, *item.labels.values())
    return next((name for name in names if name and name != option), "")


def _slices(region: Region, rows: list[Row], told: dict[int, str]) -> dict[str, Region]:
    """Give each option's rows: its lines, the section above them and the sums below them."""
    names = list(dict.fromkeys(told.values()))
    bodies: dict[str, list[int]] = {name: [] for name in names}
    current = names[0]
    for row in rows:
        opened = next((name for name in names if row.kind in ("section", "subtotal") and row.label == name), None)
        current = told.get(row.number) or opened or current
        bodies[current].append(row.number)
    return {name: replace(region, body=body, totals=None) for name, body in bodies.items()}


def say_options(items: list[Row], checks: Sequence[TotalCheck], findings: Findings) -> None:
    """Say that rows name different options of one plan that nothing tells apart for certain, where no total adds them all up."""
    said = {text for text in {name for row in items for name in row.names.values()} if says(text, "alternative")}
    named = [said.intersection(row.names.values()) for row in items] if said else []
    options = set().union(*named) if named and all(named) else set()
    whole = any(check.matches and len(check.covers_rows) == len(items) for check in checks)
    if len(options) > 1 and (len(items) > len(options) or all(map(_is_numbered, options))) and not whole:
        told = f"Lines belong to different options ({', '.join(sorted(options))[:120]}); they were added up all the same."
        findings.warn("options_in_rows", None, told)
