"""Money in bands: the same periods or columns again under each market, brand or medium, every band a part of the plan by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.model.reading import PlanTable
from core.sheets.reading.header_periods import period_in_header
from core.sheets.reading.headers import ColumnHeader, role_under
from core.sheets.reading.lexicon import says, says_total
from core.sheets.reading.places import is_place
from core.sheets.reading.proof import agrees, row_sums
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.surroundings import Surroundings

_LEVELS = " / "
_SOLID = 0.3
"""Below this a word or two of a name (`de` in `Rio de Janeiro`) say nothing of it."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band: its name, the table of the naming columns with its own alone, and the currency that sums beside the bands name."""

    name: str
    region: Region
    currency: str | None


def find_bands(region: Region, around: Surroundings) -> list[Band]:
    """Give the bands of a table: two or more names over the same money columns; none where the names say anything but what is bought.

    Names of metrics, bases, plan and actual, periods or versions make no bands. Where a column beside them sums money up, it must be
    what all bands add up to; where none does, the sheet must show a currency.
    """
    groups = _groups(region)
    groups = {name: columns for name, columns in groups.items() if not _sums_others(region, name, columns, groups)}
    heads = {tuple(_head(region, c) for c in columns) for columns in groups.values()}
    if len(groups) < 2 or len(heads) != 1 or not all(_names_part(name) for name in groups):
        return []
    money = {name: _money(region, columns) for name, columns in groups.items()}
    if not all(money.values()) or not _is_whole(region, around, list(money.values())):
        return []
    inside = {c for columns in _groups(region).values() for c in columns}
    naming = [c for c in region.columns if c not in inside and _names_rows(region, c)]
    told = (header.role.currency for c, header in region.columns.items() if c not in inside and header.flight is None)
    currency = next((code for code in told if code), None)
    return [Band(name, _part(region, naming, columns), currency) for name, columns in groups.items()]


def are_parts(bands: Sequence[Band], region: Region) -> bool:
    """Tell whether bands are parts of one plan for certain: a sum beside them says so, or their names are markets, media or the like."""
    named = all(is_place(band.name) or says(band.name, "media") or role_of_header(band.name).kind == "dim" for band in bands)
    return named or bool(_totals_beside(region))


def _totals_beside(region: Region) -> list[int]:
    """Give the columns outside of all bands that a header calls money or its total."""
    inside = {c for columns in _groups(region).values() for c in columns}
    return [c for c, header in region.columns.items() if c not in inside and _is_money(header) and region.content(c).is_numeric]


def _groups(region: Region) -> dict[str, list[int]]:
    """Give the columns by the level of the bands above them that tells them apart."""
    levels = {c: header.band.split(_LEVELS) for c, header in region.columns.items() if header.band and region.content(c).texts == 0}
    if not levels or len({len(level) for level in levels.values()}) != 1:
        return {}
    depth = [at for at in range(len(next(iter(levels.values())))) if len({level[at] for level in levels.values()}) > 1]
    found: dict[str, list[int]] = defaultdict(list)
    for column, level in levels.items() if len(depth) == 1 else ():
        found[level[depth[0]]].append(column)
    return dict(found)


def _head(region: Region, column: int) -> str:
    return region.columns[column].own.casefold()


def _sums_others(region: Region, name: str, columns: list[int], groups: dict[str, list[int]]) -> bool:
    """Tell whether a band only adds the others up: by its name, or column by column."""
    others = [group for other, group in groups.items() if other != name and len(group) == len(columns)]
    if says_total(name):
        return True
    sums = [row_sums(region, [group[at] for group in others]) for at in range(len(columns))] if len(others) >= 2 else []
    return bool(sums) and all(len(told) >= 2 and agrees(region, c, told) for c, told in zip(columns, sums, strict=True))


def _names_part(name: str) -> bool:
    """Tell whether a band's name can be a market, a brand or a medium."""
    role = role_of_header(name)
    told = (role.kind in ("", "dim") or role.certainty < _SOLID) and not role.mods and role.currency is None
    return told and period_in_header(name, None) is None and not says(name, "alternative")


def _money(region: Region, columns: list[int]) -> list[int]:
    """Give the columns of a band that are amounts: its periods where it has any, else those that a header calls so."""
    plain = [c for c in columns if not region.content(c).percents]
    periods = [c for c in plain if region.columns[c].flight is not None and region.columns[c].role.kind in ("", "dim", "money")]
    named = [c for c in plain if role_of_header(region.columns[c].own).is_budget]
    return periods or named


def _is_whole(region: Region, around: Surroundings, money: list[list[int]]) -> bool:
    """Tell whether the sums beside the bands are those of all of them; where there are none, whether anything shows a currency."""
    totals = _totals_beside(region)
    if not totals:
        columns = [c for group in money for c in group]
        return bool(around.currency) or any(region.content(c).currencies or region.columns[c].role.currency for c in columns)
    whole = [row_sums(region, [c for group in money for c in group]), *(row_sums(region, list(at)) for at in zip(*money, strict=True))]
    return any(len(sums) >= 2 and agrees(region, c, sums) for c in totals for sums in whole)


def _is_money(header: ColumnHeader) -> bool:
    return header.flight is None and (header.role.is_budget or (header.role.kind, header.role.key) == ("money", "total"))


def _names_rows(region: Region, column: int) -> bool:
    content = region.content(column)
    return content.texts + content.days > content.numbers or (not content.numbers and region.columns[column].role.kind in ("dim", "date"))


def _part(region: Region, naming: list[int], columns: list[int]) -> Region:
    """Give the table of one band, which its headers do not name any more."""
    kept = sorted([*naming, *columns])
    levels = [region.columns[c].band.split(_LEVELS) for c in columns]
    others = {c: header.band.split(_LEVELS) for c, header in region.columns.items() if header.band and c not in columns}
    shared = {level for path in others.values() for level in path}
    own = {c: _LEVELS.join(level for level in path if level in shared) for c, path in zip(columns, levels, strict=True)}
    headers = {c: _under(region.columns[c], own[c]) if c in own else region.columns[c] for c in kept}
    return replace(
        region,
        columns=headers,
        contents={c: region.contents[c] for c in kept if c in region.contents},
        own_columns=frozenset(kept),
        totals=None,
    )


def _under(header: ColumnHeader, band: str) -> ColumnHeader:
    """Give a column's header as it reads under another band, or under none."""
    return replace(header, band=band, role=role_under(header.own, band, [header.flight]))


def in_market(table: PlanTable, names: Sequence[str]) -> PlanTable:
    """Give a table with the first of the names over it that is a country as the market of its lines, where they name none."""
    place = next((name for name in names if is_place(name)), None)
    if place is None or any(item.market for item in table.line_items):
        return table
    return replace(table, line_items=tuple(replace(item, market=place) for item in table.line_items))


def named_after(table: PlanTable, name: str) -> PlanTable:
    """Give a part's table with its name on every line: as the market or the channel where it is one, else as a label."""
    field = "market" if is_place(name) else "channel" if says(name, "media") else ""
    items = []
    for item in table.line_items:
        if item.budget_minor is None:
            continue
        if field and getattr(item, field) is None:
            items.append(replace(item, market=name) if field == "market" else replace(item, channel=name))
        else:
            items.append(replace(item, labels={"column": name, **item.labels}))
    return replace(table, line_items=tuple(items))
