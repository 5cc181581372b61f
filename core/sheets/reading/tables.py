"""From a region to a plan table: layout, rows, line items, totals, currency, confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.errors import UnreadableFile
from core.model.money import minor_exponent, to_major
from core.model.reading import ColumnReading, LineItem, Option, PlanTable, SkippedRow, TotalCheck
from core.model.workbook import Span, column_letters
from core.sheets.loading.limits import AMOUNT_BYTES, MAX_SIZE
from core.sheets.reading.ambiguity import settle_ambiguous
from core.sheets.reading.axes import days_of
from core.sheets.reading.bands import Band, are_parts, find_bands, named_after
from core.sheets.reading.budget import PERIODS, settle_budget
from core.sheets.reading.cell_words import (
    say_struck_amounts,
    say_words_among_amounts,
    settle_cell_words,
    settle_vat_around,
    settle_vat_below,
)
from core.sheets.reading.confidence import MOST_SURE, grade_items, grade_table
from core.sheets.reading.crosstab import beside, find_parts
from core.sheets.reading.date_points import DayOrder
from core.sheets.reading.findings import Findings
from core.sheets.reading.frequencies import total_of
from core.sheets.reading.hidden import settle_left_out
from core.sheets.reading.items import ItemContext, build_item
from core.sheets.reading.layout import Layout, choose_grain, read_layout
from core.sheets.reading.metric_rows import MetricGroup, budget_rows, find_groups, group_item, label_column, without_sums
from core.sheets.reading.money import settle_currency
from core.sheets.reading.options import find_options, say_options
from core.sheets.reading.outliers import say_far_amounts, say_far_dates
from core.sheets.reading.proof import agrees, row_sums
from core.sheets.reading.ranges import settle_ranges
from core.sheets.reading.rates import check_amounts, check_rates
from core.sheets.reading.regions import Region
from core.sheets.reading.rows import Row, read_rows
from core.sheets.reading.scale import scale_below, scale_of_letter, scale_of_notes, scale_of_units
from core.sheets.reading.scale_words import scale_in_text
from core.sheets.reading.settled_rows import settle_lines
from core.sheets.reading.shares import apply_shares, find_shares, settle_counts_by_period, settle_phasing
from core.sheets.reading.surroundings import Surroundings, years_in
from core.sheets.reading.timing import Timing, complete_periods, settle_timing
from core.sheets.reading.totals import check_totals
from core.sheets.reading.undated import say_undated
from core.sheets.reading.unexplained import say_unexplained
from core.sheets.reading.variants import find_variants, planned_heads, told_by_periods


@dataclass(slots=True)
class Hints:
    """What is known before a table is read: the person's locale and corrections, the year for months without one, the room that is left."""

    locale: str | None = None
    order: DayOrder | None = None
    fallback_year: int | None = None
    currency: str | None = None
    scale: int | None = None
    basis: str | None = None
    roles: dict[int, str] = field(default_factory=dict)
    lines: dict[int, bool] = field(default_factory=dict)
    file: str = ""
    room_bytes: int = MAX_SIZE


@dataclass(slots=True)
class Draft:
    """A table read, with what is needed to weigh it against the other tables of the file."""

    table: PlanTable
    region: Region
    layout: Layout
    around: Surroundings
    rows: list[Row]
    findings: Findings
    by_metric_rows: bool = False
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)
    version_of: str | None = None
    part_of: str | None = None


def read_tables(region: Region, around: Surroundings, findings: Findings, hints: Hints) -> list[Draft]:
    """Read one region; money columns that are versions of each other give a table each."""
    region.columns = days_of(region.columns, around.months)
    versions = find_variants(region, [region.grid.tab.name, *around.titles]) if not hints.roles else []
    if versions and (roles := told_by_periods(region, versions)):
        hints, versions = replace(hints, roles=roles), []
    if not hints.roles and not versions and (bands := find_bands(region, around)):
        drafts = [_read_band(band, bands[0], around, findings, hints) for band in bands]
        return drafts if are_parts(bands, region) else _ask_bands(bands, drafts)
    layout = read_layout(region)
    parts = find_parts(region, layout, around) if not hints.roles and not versions else []
    if parts:
        return [_read_part(region, around, findings, hints, parts, column) for column in parts]
    if not versions:
        draft = read_table(region, around, findings, hints, layout)
        return _read_options(draft, hints) or [draft]
    drafts = []
    for column in versions:
        roles = {other: "version" for other in versions if other != column} | {column: "budget"}
        draft = read_table(region, around, findings.fresh(), replace(hints, roles=roles))
        draft.version_of = f"{findings.tab}:{region.header.top}"
        drafts.append(draft)
    return drafts


def _read_band(band: Band, first: Band, around: Surroundings, findings: Findings, hints: Hints) -> Draft:
    """Read one band of a table as a table of its own."""
    place = findings.place if band is first else f"@{column_letters(min(band.region.columns.keys() - first.region.columns.keys()))}"
    around = replace(around, currency=around.currency or band.currency)
    draft = read_table(band.region, around, findings.fresh(place), hints)
    draft.table = named_after(draft.table, band.name)
    draft.part_of = f"{findings.tab}:{band.region.header.top}"
    return draft


def _ask_bands(bands: Sequence[Band], drafts: list[Draft]) -> list[Draft]:
    """Ask whether bands are parts of a plan or versions of it, where neither their names nor a sum of them all says so."""
    options = [Option("additive", "parts of one plan: added up"), Option("alternatives", "alternatives: never added up")]
    told, why = ", ".join(band.name for band in bands), "nothing says whether the bands of columns add up"
    name = f"bands-{drafts[0].region.header.top}"
    if drafts[0].findings.ask("alternatives", name, told, options, why=why) == "alternatives":
        for draft in drafts:
            draft.table = replace(draft.table, alternative_group=f"{draft.table.tab}:{name}")
    return drafts


def _read_options(draft: Draft, hints: Hints) -> list[Draft]:
    """Read the options that a table's rows name as a table each, called as they are; none where they name none."""
    if draft.by_metric_rows:
        return []
    options = find_options(draft.region, draft.layout, draft.rows, draft.table.line_items, draft.table.totals)
    told = {name: replace(draft.around, titles=[*draft.around.titles, name]) for name in options}
    fresh = {name: draft.findings.fresh() for name in options}
    return [read_table(part, told[name], fresh[name], hints) for name, part in options.items()]


def _read_part(region: Region, around: Surroundings, findings: Findings, hints: Hints, parts: list[int], column: int) -> Draft:
    """Read one column of a grid as a table of its own."""
    roles = {other: "part" for other in (*parts, *beside(region, parts)) if other != column} | {column: "budget"}
    draft = read_table(region, around, findings.fresh(), replace(hints, roles=roles))
    draft.table = named_after(draft.table, region.columns[column].own)
    draft.part_of = f"{findings.tab}:{region.header.top}"
    return draft


def read_table(region: Region, around: Surroundings, findings: Findings, hints: Hints, layout: Layout | None = None) -> Draft:
    """Read one region as a plan table; it may turn out to have no line items. `layout` is what `read_layout` gave for it, if it did."""
    layout = read_layout(region) if layout is None else layout
    settle_phasing(region, layout)
    settle_counts_by_period(region, layout)
    by_periods = bool(layout.periods) and findings.answer("which_budget", "budget") == PERIODS
    settle_budget(region, layout, forced=_forced(region, findings, hints), by_periods=by_periods, year=_one(around.years))
    settle_ambiguous(region, {layout.budget, *(column for column, _ in layout.periods)}, findings, locale=hints.locale)
    timing = settle_timing(region, layout, findings, year=_year(region, around), around=around, order=hints.order)
    timing.years = around.years
    sideways = label_column(region, layout)
    groups = find_groups(region, sideways) if sideways is not None else []
    if sideways is not None and any(group.budget_row(spend=True) for group in groups):
        return _read_sideways(region, layout, around, groups, findings, hints)
    layout.shares = find_shares(region, layout)
    layout.budget = layout.shares if layout.shares is not None else layout.budget
    rows = read_rows(region, layout)
    if layout.shares is not None:
        apply_shares(region, layout, rows, around, findings)
    settle_ranges(region, layout, rows, findings)
    settle_left_out(region, rows, findings)
    settle_lines(rows, hints.lines)
    return _assemble(region, layout, around, rows, timing, findings, hints)


def _forced(region: Region, findings: Findings, hints: Hints) -> dict[int, str]:
    """Give the roles that a person gave to columns; a column named as the budget goes before an earlier answer about it."""
    return hints.roles if "budget" in hints.roles.values() else _answered_budget(region, findings) | hints.roles


def _answered_budget(region: Region, findings: Findings) -> dict[int, str]:
    """Give the budget column that a person chose before; none where no amounts stand there."""
    answer = findings.answer("which_budget", "budget")
    letters = str(answer).upper() if isinstance(answer, str) else ""
    return {column: "budget" for column in region.columns if column_letters(column) == letters and region.content(column).numbers}


def _money(
    region: Region, layout: Layout, around: Surroundings, findings: Findings, hints: Hints, *, has_items: bool
) -> tuple[str | None, int]:
    quiet = findings if has_items else Findings(findings.tab)
    currency = hints.currency or settle_currency(region, layout, around, quiet, locale=hints.locale)
    corner = max((scale_in_text(region.columns[c].text) for c in layout.naming), default=1)
    scale = hints.scale or next((found for found in (layout.scale, corner) if found > 1), around.scale)
    return currency, scale


def _assemble(
    region: Region, layout: Layout, around: Surroundings, rows: list[Row], timing: Timing, findings: Findings, hints: Hints
) -> Draft:
    items = [row for row in rows if row.kind == "item"]
    assumed = complete_periods(layout, timing, findings if items else Findings(findings.tab), hints.fallback_year)
    currency, scale = _money(region, layout, around, findings, hints, has_items=bool(items))
    if scale == 1 and hints.scale is None:
        stated = max(scale_below(region, rows), scale_of_units(region, findings), scale_of_letter(region, layout, rows, findings))
        scale = stated if stated > 1 or not items else scale_of_notes(region, findings)
    settle_vat_around(region, layout, around, findings if items else Findings(findings.tab))
    settle_cell_words(region, layout, [row.number for row in items], findings)
    _check_room(items, findings.tab, hints)
    context = ItemContext(region, layout, timing, findings, currency, scale)
    built = [build_item(context, row) for row in items]
    if assumed:
        built = [replace(item, start=None, end=None) if item.by_period and not _has_dates(layout) else item for item in built]
    checks = check_totals(region, layout, rows, findings, currency=currency, scale=scale) if items else []
    settle_vat_below(region, layout, checks)
    say_words_among_amounts(region, layout, [row.number for row in items], findings)
    _check_periods(built, layout, region, findings, currency=currency)
    if items:
        _say_basis(layout, region, findings)
        _say_undated(layout, region, findings)
    say_far_dates(built, timing.years, findings)
    say_far_amounts(built, currency, findings, scale=scale)
    check_rates(built, findings)
    check_amounts(region, layout, [row.number for row in items], findings)
    _ask_rivals(region, layout, items, findings)
    say_options(items, checks, findings)
    if items:
        say_unexplained(region, layout, rows, checks, findings)
        say_undated(region, layout, rows, built, findings)
    say_struck_amounts(region, built, findings)
    total = total_of(region, layout, built, findings, currency=currency)
    if currency is None and any(q.kind == "currency" and q.why.startswith("several") for q in findings.questions):
        total = None
    table = _table(region, layout, rows, built, checks, currency, scale, total)
    table = grade_table(replace(table, line_items=tuple(grade_items(table, layout, findings))), layout, findings)
    return Draft(table, region, layout, around, rows, findings)


def _check_room(items: Sequence[Row], tab: str, hints: Hints) -> None:
    """Refuse more amounts by period than fit beside the cells that they are read from."""
    amounts = sum(len(row.period_columns) for row in items)
    if amounts * AMOUNT_BYTES > hints.room_bytes:
        why = f"{hints.file} cannot be read: on the tab “{tab}” {len(items):,} lines have {amounts:,} amounts by period, more than fit"
        raise UnreadableFile(f"{why}.", hint="Keep only the lines or the periods of the plan and upload it again.")


def _has_dates(layout: Layout) -> bool:
    return any(layout.uses[column].role.kind == "date" for column in layout.naming)


def _table(
    region: Region,
    layout: Layout,
    rows: list[Row],
    items: Sequence[LineItem],
    checks: Sequence[TotalCheck],
    currency: str | None,
    scale: int,
    total: int | None,
) -> PlanTable:
    grid, block = region.grid, region.header
    used = [row.number for row in rows if row.kind not in ("note", "blank")]
    last = max(used, default=block.bottom)
    span = Span(block.top, min(region.columns), max(last, block.bottom), max(region.columns))
    shown = Span(span.left, span.top, span.right, span.bottom) if grid.transposed else span
    skipped = tuple(SkippedRow(row.number, row.reason or row.kind, row.label[:120]) for row in rows if row.kind != "item")
    columns = tuple(
        ColumnReading(
            str(use.column) if grid.transposed else column_letters(use.column),
            use.name,
            region.columns[use.column].text,
            round(min(use.confidence, MOST_SURE), 2),
        )
        for use in layout.uses.values()
    )
    return PlanTable(
        tab=grid.tab.name,
        range=shown.a1,
        header_rows=tuple(range(block.top, block.bottom + 1)),
        orientation="columns" if grid.transposed else "rows",
        currency=currency,
        scale=scale,
        basis=layout.basis,
        columns=columns,
        line_items=tuple(items),
        totals=tuple(checks),
        total_minor=total,
        vat_included=layout.vat_included,
        skipped=skipped,
    )


def _check_periods(items: Sequence[LineItem], layout: Layout, region: Region, findings: Findings, *, currency: str | None) -> None:
    """Warn where a line item's periods do not add up to its budget; where that is so in every line, ask which of both is meant."""
    if layout.budget is None:
        return
    split = [item for item in items if item.by_period and item.budget_minor is not None]
    off = [item for item in split if _gap(item) > max(2 * len(item.by_period), abs(item.budget_minor or 0) // 10_000_000)]
    unit = 10 ** minor_exponent(currency)
    for item in off:
        stated, parts = item.budget_minor or 0, sum(p.budget_minor for p in item.by_period)
        code = "period_rounding" if _gap(item) <= unit * len(item.by_period) else "period_mismatch"
        shown = f"States {to_major(stated, currency):,.2f}, its periods sum to {to_major(parts, currency):,.2f}."
        findings.warn(code, item.budget_cell, shown)
    if split and len(off) == len(split) and all(_gap(item) > unit * len(item.by_period) for item in off):
        header = region.columns[layout.budget].text
        options = [Option(column_letters(layout.budget), header), Option(PERIODS, "what the periods add up to")]
        findings.ask("which_budget", "budget", header, options, why="no line's periods add up to its budget", cell=off[0].budget_cell)


def _gap(item: LineItem) -> int:
    return abs(sum([p.budget_minor for p in item.by_period]) - (item.budget_minor or 0))


def _say_basis(layout: Layout, region: Region, findings: Findings) -> None:
    """Say on which basis the money was read where the periods, not the words, decided it, and where a discount stays unclear."""
    if layout.budget is None:
        return
    chosen, cell = region.columns[layout.budget].text, region.grid.address(region.header.bottom, layout.budget)
    if layout.overruled is not None and layout.uses[layout.overruled].role.vat != layout.uses[layout.budget].role.vat:
        other = region.columns[layout.overruled].text
        findings.warn(
            "periods_on_other_basis", cell, f"The periods add up to {chosen!r}, not to {other!r}; the lines are read as {chosen!r}."
        )
    if "per_period" in layout.uses[layout.budget].role.mods:
        told = f"{chosen!r} is an amount per day, week or month and nothing states the whole; it was read and added up as stated."
        findings.warn("budget_per_period", cell, told)
    if layout.mixed_scale:
        told = f"{chosen!r} and the periods beside it count in different scales (thousands); the periods were not read as amounts."
        findings.warn("mixed_scale", cell, told)
    if layout.unclear_discount is not None:
        off = region.columns[layout.unclear_discount].text
        findings.warn("discount_unclear", cell, f"Nothing says whether {chosen!r} is before or after {off!r}; it is read as stated.")


def _say_undated(layout: Layout, region: Region, findings: Findings) -> None:
    """Say that numbered columns (`1` to `31`, `P1` to `P13`) split the money and that nothing in the sheet dates them."""
    if layout.doubled:
        told = "The same periods stand side by side more than once and nothing says whether they add up; they were added up."
        findings.warn("periods_repeated", region.grid.address(region.header.bottom, layout.periods[0][0]), told)
    if weeks := [column for column, flight in layout.periods + layout.flags if flight.grain == "part"]:
        told = "Weeks 1 to 4 stand under months; they are read as the days 1-7, 8-14, 15-21 and those from the 22nd on."
        findings.warn("weeks_of_months", region.grid.address(region.header.bottom, weeks[0]), told)
    parts = [c for c in layout.named("number") if region.columns[c].own[-1:].isdigit()]
    sums = row_sums(region, parts) if len(parts) >= 5 and layout.budget is not None else {}
    if layout.budget is not None and sums and agrees(region, layout.budget, sums):
        first, last = (region.columns[c].own for c in (parts[0], parts[-1]))
        told = f"{first!r} to {last!r} add up to the budget, but nothing says which days they are; they were not read as periods."
        findings.warn("undated_periods", region.grid.address(region.header.bottom, parts[0]), told)


def _ask_rivals(region: Region, layout: Layout, items: list[Row], findings: Findings) -> None:
    """Ask which column is the budget where two are as good and differ, or whether a mute one is, beside periods."""
    grid, budget = region.grid, layout.budget
    differ = []
    for rival in layout.rivals if items else ():
        stated = [
            (grid.cell(row.number, budget).value if budget is not None else None, grid.cell(row.number, rival).value) for row in items
        ]
        if any(one != two for one, two in stated if two is not None):
            differ.append(Option(column_letters(rival), region.columns[rival].text))
    if differ:
        text = region.columns[budget].text if budget is not None else ""
        first = Option(column_letters(budget), text) if budget is not None else Option(PERIODS, "what the periods add up to")
        findings.ask("which_budget", "budget", text, [first, *differ], why="several columns could be the budget", cell=None)


def _read_sideways(
    region: Region, layout: Layout, around: Surroundings, groups: list[MetricGroup], findings: Findings, hints: Hints
) -> Draft:
    """Read a plan whose metrics stand in rows: one line item a group, by period across."""
    chosen = without_sums(budget_rows(groups), region, layout)
    layout.vat_included = chosen[0][2].vat if chosen else None
    layout.basis = "gross" if layout.vat_included else "net"
    layout.periods, layout.period_totals = [], []
    choose_grain(layout, [c for c, use in layout.uses.items() if use.flight is not None])
    assumed = complete_periods(layout, Timing(year=_year(region, around)), findings, hints.fallback_year)
    currency, scale = _money(region, layout, around, findings, hints, has_items=bool(chosen))
    items: list[LineItem] = []
    checks: list[TotalCheck] = []
    for group, row, _ in chosen:
        item, found = group_item(region, layout, group, row, currency=currency, scale=scale)
        items.append(replace(item, start=None, end=None) if assumed else item)
        checks.extend(found)
    say_struck_amounts(region, items, findings)
    taken = {row for _, row, _ in chosen}
    skipped = [Row(row, {}, "", kind="metric") for group in groups for row, _ in group.rows if row not in taken]
    total = sum(item.budget_minor or 0 for item in items) if items else None
    table = replace(_table(region, layout, skipped, items, checks, currency, scale, total), orientation="columns")
    table = grade_table(replace(table, line_items=tuple(grade_items(table, layout, findings))), layout, findings)
    return Draft(table, region, layout, around, skipped, findings, by_metric_rows=True)


def _year(region: Region, around: Surroundings) -> int | None:
    """Give the one year that the lines above a table name, else its header, else the heads of what is planned."""
    return _one(around.years or years_in([header.text for header in region.columns.values()])) or _one(years_in(planned_heads(region)))


def _one(years: set[int]) -> int | None:
    return next(iter(years)) if len(years) == 1 else None
