"""Read a whole workbook: every visible tab, the tables in it, how they relate, and whether it is a media plan at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from core.model.reading import Correction, PerformanceTable, Question, Reading, ReadingWarning
from core.model.workbook import Tab, Workbook, column_letters, column_number, parse_a1
from core.sheets.loading.limits import AMOUNT_BYTES, MAX_SIZE, collector_paused
from core.sheets.reading.bands import in_market
from core.sheets.reading.breakdowns import without_breakdowns
from core.sheets.reading.clients import client_of
from core.sheets.reading.compared import without_comparisons
from core.sheets.reading.date_points import DayOrder
from core.sheets.reading.details import without_told_lines
from core.sheets.reading.export_totals import counted_once
from core.sheets.reading.exports import read_export
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import Grid, is_blank
from core.sheets.reading.headers import find_headers
from core.sheets.reading.hidden import EXAMPLE, about_hidden
from core.sheets.reading.implied_headers import implied_headers
from core.sheets.reading.lexicon import says, says_total
from core.sheets.reading.makes import key_of, layout_of, placed
from core.sheets.reading.places import is_place
from core.sheets.reading.proof import agrees, row_sums
from core.sheets.reading.regions import Region, find_regions
from core.sheets.reading.relations import choose_alternatives, group_alternatives, set_aside
from core.sheets.reading.repeats import without_repeats
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.score import PLAN_FROM, score_table
from core.sheets.reading.settled_rows import followed, row_of, unfit
from core.sheets.reading.stacked import stacked_parts
from core.sheets.reading.stated import say_stated
from core.sheets.reading.summaries import without_summaries
from core.sheets.reading.surroundings import Surroundings, read_surroundings
from core.sheets.reading.tables import Draft, Hints, read_tables
from core.sheets.reading.uncached import with_computed
from core.sheets.reading.unread import say_unread

_TURNED_FROM = 0.75  # a tab read on its side has to look nearly as much like a plan as it does upright
_TAIL = 16
"""The last rows of a table, among which a line may say when all of it runs, before other small tables."""
_MONTH_FIRST = ("en_US", "en_PH", "es_US", "en_CA")


@dataclass(slots=True)
class _Job:
    """What reading one workbook carries along."""

    workbook: Workbook
    corrections: Sequence[Correction]
    locale: str | None
    fallback_year: int | None
    answers: dict[str, object] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    performance: list[PerformanceTable] = field(default_factory=list)
    warnings: list[ReadingWarning] = field(default_factory=list)
    findings: list[Findings] = field(default_factory=list)
    layout: list[tuple[str, str]] = field(default_factory=list)
    regions: dict[tuple[str, bool], list[Region]] = field(default_factory=dict)
    currency: str | None = None
    left_out: set[str] = field(default_factory=set)

    def about(self, tab: Tab) -> list[Correction]:
        return [c for c in self.corrections if c.tab in (None, tab.name)]


def read_workbook(
    workbook: Workbook, *, corrections: Sequence[Correction] = (), locale: str | None = None, fallback_year: int | None = None
) -> Reading:
    """Read every media plan and performance export in a workbook.

    Args:
        corrections: what people settled for this layout before (answers, roles, header rows, currency, scale, ignored tables, the
            alternative that counts).
        locale: `de_DE` and the like; decides what texts leave open, only where the sheet does not say.
        fallback_year: the year to show months in that name none, while the question about it is open; without it they are left out.
    Returns:
        the reading; nothing in it was guessed without a question or a warning that says so.
    """
    corrections, lost = followed(placed(corrections, workbook), workbook)
    answers = {c.target: c.value for c in corrections if c.kind == "answer"}
    workbook = with_computed(workbook)
    job = _Job(workbook, corrections, locale or workbook.locale, fallback_year, answers, warnings=lost)
    with collector_paused():
        for tab in workbook.tabs:
            if tab.visibility == "visible":
                _read_tab(job, tab)
            else:
                job.warnings.extend(about_hidden(tab))
        _read_turned(job)
        _share_currency(job)
    return _conclude(job)


def _share_currency(job: _Job) -> None:
    """Read the tabs that name no currency in the one that all others of the plan name; tabs called after countries may have their own."""
    plans = [draft for draft in job.drafts if draft.table.line_items and draft.score >= PLAN_FROM]
    named = {draft.table.currency for draft in plans if draft.table.currency}
    mute = list(dict.fromkeys(d.table.tab for d in plans if _names_no_currency(d) and not is_place(d.table.tab)))
    if len(named) != 1 or not mute:
        return
    job.currency = named.pop()
    for tab in mute:
        regions = job.regions[tab, any(d.region.grid.transposed for d in job.drafts if d.table.tab == tab)]
        job.drafts = [draft for draft in job.drafts if draft.table.tab != tab]
        job.drafts += _read_regions(job, regions)
    order = [tab.name for tab in job.workbook.tabs]
    job.drafts.sort(key=lambda draft: order.index(draft.table.tab))


def _names_no_currency(draft: Draft) -> bool:
    """Tell whether nothing of a table says or shows a currency, not even a sign that several share."""
    asked = [question for question in draft.findings.questions if question.kind == "currency"]
    return draft.table.currency is None and bool(asked) and all(question.why.startswith("no header") for question in asked)


def _read_tab(job: _Job, tab: Tab) -> None:
    """Read one tab as an export or as tables."""
    mine = job.about(tab)
    forced = frozenset(int(c.target) for c in mine if c.kind == "header_row" and c.target.isdigit() and c.tab == tab.name)
    grid = Grid(tab)
    blocks = find_headers(grid, forced=forced)
    blocks = blocks or implied_headers(grid)
    found = Findings(tab.name, job.answers)
    job.findings.append(found)
    unaided = find_headers(grid) if forced else blocks  # a corrected header row does not make it another layout
    job.layout.append(layout_of(tab.name, unaided, job.workbook.name))
    regions = find_regions(grid, blocks)
    export = read_export(grid, blocks, regions, found, locale=job.locale)
    if export is not None:
        job.performance.append(export)
    else:
        job.drafts.extend(_read_regions(job, regions))


def _read_turned(job: _Job) -> None:
    """Read tabs on their side where their columns name more roles than any of their rows: plans whose line items are columns."""
    exports = {table.tab for table in job.performance}
    for tab in job.workbook.tabs:
        mine = [draft for draft in job.drafts if draft.table.tab == tab.name]
        if tab.visibility != "visible" or len(tab.cells) > 20_000 or tab.name in exports:
            continue
        if any(d.by_metric_rows and d.table.line_items and not _flights_overlap(d) for d in mine):
            continue
        grids = [Grid(part, transposed=True) for part in stacked_parts(tab)]
        regions = [region for grid in grids for region in find_regions(grid, find_headers(grid)) if not _repeats_itself(region)]
        told = max((_roles_borne_out(region, 2) for region in regions), default=0)
        if told <= max((_roles_borne_out(draft.region, 1) for draft in mine), default=0):
            continue
        drafts = [d for d in _read_regions(job, regions) if d.table.line_items and d.score >= PLAN_FROM and _is_sound_turned(d)]
        upright = max((draft.score for draft in mine), default=0.0)
        if _proves_total([d for d in mine if _names_lines(d)]) and not _proves_total(drafts):
            continue
        if drafts and max(draft.score for draft in drafts) >= _TURNED_FROM * upright:
            job.drafts = [draft for draft in job.drafts if draft.table.tab != tab.name] + drafts


def _flights_overlap(draft: Draft) -> bool:
    """Tell whether the periods across a table overlap: flights of line items that are columns, no axis of time."""
    spans = sorted((flight.start, flight.end) for _, flight in draft.layout.periods if flight.start and flight.end)
    return any(later < end for (_, end), (later, _) in pairwise(spans))


def _proves_total(drafts: list[Draft]) -> bool:
    return any(check.matches and check.kind == "total" for draft in drafts for check in draft.table.totals)


def _names_lines(draft: Draft) -> bool:
    """Tell whether a table names its rows by more than dates."""
    return any(draft.layout.uses[c].role.kind == "dim" for c in draft.layout.naming)


def _is_sound_turned(draft: Draft) -> bool:
    """Tell whether a table on its side has a budget that is no total row, or periods that a total proves, and lines that are none."""
    budget = draft.layout.budget
    names = [next(iter(row.names.values()), "") for row in draft.rows if row.kind == "item"]
    if names and all(role_of_header(name).kind == "date" for name in names):
        return False
    if budget is None:
        return bool(draft.layout.periods) and _proves_total([draft])
    parts = [c for c in draft.layout.named("number") if c < budget and not draft.region.content(c).percents]
    sums = row_sums(draft.region, parts) if len(parts) >= 2 and says_total(draft.region.columns[budget].own) else {}
    return not agrees(draft.region, budget, sums)


def _repeats_itself(region: Region) -> bool:
    """Tell whether header texts come again and again: metric rows of several groups, not the attributes of line items."""
    texts = [header.own.casefold().strip() for header in region.columns.values() if header.own]
    return len(set(texts)) < 0.8 * len(texts)


def _roles_borne_out(region: Region, cells: int) -> int:
    """Count the different roles that a header names and at least so many cells under it bear out."""
    roles = set()
    for column, header in region.columns.items():
        content = region.content(column)
        fits = (
            content.numbers > content.texts if header.role.is_numeric or header.flight else content.texts + content.days > content.numbers
        )
        if content.filled >= cells and fits and (header.flight or (header.role.kind and header.role.certainty >= 0.45)):
            roles.add((header.role.kind, header.role.key, header.role.vat, header.flight))
    return len(roles)


def _read_regions(job: _Job, regions: list[Region]) -> list[Draft]:
    """Read the regions of one tab."""
    if not regions:
        return []
    tab, is_turned = regions[0].grid.tab, regions[0].grid.transposed
    mine = job.about(tab)
    job.regions[tab.name, is_turned] = regions
    drafts: list[Draft] = []
    ignored = {c.target for c in mine if c.kind == "ignore_table"}
    for region in regions:
        grid = region.grid
        if not ignored.isdisjoint(whole := {"", grid.tab.name, str(region.header.top)}):
            job.left_out |= whole
            continue
        hints = _hints([one for one in mine if _is_about(one, region)], job.locale, job.fallback_year)
        hints.roles = {column: role for column, role in hints.roles.items() if column in region.columns}
        hints.currency, hints.file = hints.currency or job.currency, job.workbook.name
        amounts = sum(len(item.by_period) for draft in [*job.drafts, *drafts] for item in draft.table.line_items)
        hints.room_bytes = MAX_SIZE - job.workbook.size_bytes - AMOUNT_BYTES * amounts
        around = _around(grid, region, regions, job.workbook, hints.order)
        place = _place(region, regions)
        found = Findings(
            grid.tab.name, job.answers, place=place, corner=grid.address(region.header.top, min(region.columns)) if place else None
        )
        for draft in read_tables(region, around, found, hints):
            draft.table = in_market(draft.table, [_title_of(grid, region), *draft.around.titles[2:][-1:], grid.tab.name])
            score_table(draft)
            begins = draft.table.range.partition(":")[0]  # tables side by side are told apart by the cell they begin in
            if begins in ignored:
                job.left_out.add(begins)
            else:
                drafts.append(draft)
    return drafts


def _is_about(correction: Correction, region: Region) -> bool:
    """Tell whether a correction counts for a table: it is about the tab, or the cell that it names lies in the table."""
    if row_of(correction) is None or correction.kind not in ("column_role", "currency"):
        return True
    row, column = parse_a1(correction.target.partition("@")[2] or correction.target)
    row, column = (column, row) if region.grid.transposed else (row, column)
    last = max(region.body, default=region.header.bottom)
    return region.header.top <= row <= last and min(region.columns) <= column <= max(region.columns)


def _place(region: Region, regions: list[Region]) -> str:
    """Give the first column of a table that stands right of another one; nothing for the first of those beside each other."""
    rows, first = {*region.body, region.header.top}, min(region.columns)
    beside = any(min(other.columns) < first and not rows.isdisjoint((*other.body, other.header.top)) for other in regions)
    return f"@{column_letters(first)}" if beside and not region.grid.transposed else ""


def _title_of(grid: Grid, region: Region) -> str:
    """Give the one text right above a table's own columns, where others stand beside them."""
    first, last = min(region.columns), max(region.columns)
    texts = [cell.value for c, cell in grid.rows.get(region.header.top - 1, {}).items() if first <= c <= last and not is_blank(cell.value)]
    return texts[0] if len(texts) == 1 and isinstance(texts[0], str) else ""


def _around(grid: Grid, region: Region, regions: list[Region], workbook: Workbook, order: DayOrder | None) -> Surroundings:
    names = [workbook.name.rpartition(".")[0], grid.tab.name]
    if grid.transposed:
        filled = [column for column in region.columns if region.content(column).filled]
        return read_surroundings(Grid(workbook.tab(grid.tab.name)), min(filled or region.columns), names, order)
    below = region.body[-_TAIL] if len(region.body) > _TAIL else region.header.bottom
    heads = {row for other in regions for row in range(other.header.top, other.header.bottom + 1)}
    around = read_surroundings(grid, region.header.top, names, order, below=below, heads=heads)
    beside = [header.own for column, header in region.columns.items() if header.own and not region.content(column).filled]
    around.titles[:0] = [text for text in beside if says(text, "title") or says(text, "media")]
    return around


def _hints(corrections: Sequence[Correction], locale: str | None, fallback_year: int | None) -> Hints:
    hints = Hints(locale=locale, fallback_year=fallback_year)
    if locale:
        hints.order = "mdy" if locale.replace("-", "_") in _MONTH_FIRST else "dmy"
    for correction in corrections:
        if correction.kind == "currency":
            hints.currency = str(correction.value)
        elif correction.kind == "scale":
            hints.scale = int(str(correction.value))
        elif correction.kind == "column_role":
            hints.roles[column_number(correction.target.partition("@")[0])] = str(correction.value)
        elif correction.kind == "line_item_row" and correction.target.isdigit():
            hints.lines[int(correction.target)] = bool(correction.value)
    return hints


def _conclude(job: _Job) -> Reading:
    """Choose the plan's tables among all that were read, relate them and gather what they leave open."""
    relations = Findings("", job.answers)
    filled, compared = without_comparisons([draft for draft in job.drafts if draft.table.line_items], relations)
    best = max((draft.score for draft in filled), default=0.0)
    plans = _plans_among(filled, best)
    left = [draft for draft in filled if draft not in plans and (plans or _may_be_plan(draft))]
    others = [_left_out(draft) for draft in left]
    others += [unfit(one) for one in job.corrections if one.kind == "ignore_table" and one.row_texts and one.target not in job.left_out]
    others += say_unread(job.workbook, job.drafts, {table.tab for table in job.performance}, is_plan=bool(plans))
    plans, summaries = without_told_lines(plans, relations)
    plans, repeats = without_repeats(plans, relations)
    for relate in (without_summaries, without_breakdowns):
        plans, told = relate(plans, relations)
        repeats += told
    plans = choose_alternatives(group_alternatives(plans, relations), job.corrections, relations)
    performance, again = counted_once(job.performance)
    repeats += say_stated(plans)
    blank = _blank_among(job, plans) if plans or not performance else None
    notes = [draft.findings for draft in plans] + job.findings
    related = [*relations.warnings, *(warning for found in notes for warning in found.warnings), *compared, *summaries, *repeats, *again]
    warnings = [*job.warnings, *others, *related]
    if blank:
        relations.questions.clear()
        notes = [relations]  # what an empty form leaves open is no question
        warnings.append(ReadingWarning("blank_template", None, "The plan has no filled line items.", blank.table.tab))
    score = max((draft.score for draft in plans), default=max(0.6, blank.score) if blank else min(best, PLAN_FROM - 0.01))
    return Reading(
        file=job.workbook.name,
        is_media_plan=bool(plans) or blank is not None,
        plan_score=round(score, 3),
        tables=tuple(draft.table for draft in plans),
        performance=tuple(performance),
        questions=_questions([relations, *notes]),
        warnings=tuple(warnings),
        reasons=tuple(reason for draft in (plans or filled)[:1] for reason in draft.reasons),
        layout_key=key_of(now for now, _ in job.layout),
        former_layout_key=key_of(before for _, before in job.layout),
        client=next(filter(None, (client_of(draft.around.pairs, draft.around.titles) for draft in plans)), ""),
        locale=job.locale,
    )


def _left_out(draft: Draft) -> ReadingWarning:
    told = f"{draft.table.range} does not look like a part of the plan; it was not counted."
    return ReadingWarning("other_table", None, told, draft.table.tab)


def _plans_among(filled: list[Draft], best: float) -> list[Draft]:
    """Give the tables that make the plan up: those that look like one, and further blocks of theirs."""
    plans = [draft for draft in filled if draft.score >= max(PLAN_FROM, 0.6 * best)]
    plans += [draft for draft in filled if draft not in plans and any(_is_next_block(draft, plan) for plan in plans)]
    plans.sort(key=filled.index)
    return set_aside([draft for draft in plans if not draft.layout.inferred] or plans)[0]


def _blank_among(job: _Job, plans: list[Draft]) -> Draft | None:
    """Give the plan that nobody filled in: a header alone, or lines of which none has an amount."""
    if plans:
        return None if any(_has_amounts(draft) for draft in plans) else plans[0]
    return _is_blank_plan(job.workbook, job.drafts)


def _has_amounts(draft: Draft) -> bool:
    """Tell whether any line or total of a table has an amount other than 0, or one that could not be read."""
    amounts = [amount for item in draft.table.line_items for amount in (item.budget_minor, *item.amounts.values())]
    only_example = any(row.reason == EXAMPLE for row in draft.table.skipped)
    return any(amounts) or None in amounts or (not only_example and any(check.stated_minor for check in draft.table.totals))


def _may_be_plan(draft: Draft) -> bool:
    """Tell whether a table of a file without any plan is worth a word: it comes near to one, or its money adds up and is no ledger's."""
    proven = draft.table.currency is not None and any(check.matches for check in draft.table.totals)
    return draft.score >= PLAN_FROM / 2 or (proven and not any("profit and loss" in reason for reason in draft.reasons))


def _is_next_block(draft: Draft, plan: Draft) -> bool:
    """Tell whether a table is another block of a plan: on its tab, with the same words over the same column of money."""
    one, two = (d.layout.budget for d in (draft, plan))
    if draft.table.tab != plan.table.tab or one is None or one != two or draft.score < PLAN_FROM / 2:
        return False
    header, other = draft.region.columns[one], plan.region.columns[one]
    return bool(header.own) and header.own.casefold() == other.own.casefold()


def _questions(notes: list[Findings]) -> tuple[Question, ...]:
    """Gather the questions, each key once."""
    by_key = {question.key: question for found in reversed(notes) for question in reversed(found.questions)}
    return tuple(dict(reversed(by_key.items())).values())


def _is_blank_plan(workbook: Workbook, drafts: list[Draft]) -> Draft | None:
    """Find the header of a plan that nobody filled in yet."""
    if any("profit and loss" in reason for draft in drafts for reason in draft.reasons):
        return None
    for draft in drafts:
        titled = draft.around.says_plan or says(workbook.name, "title", "media_plan")
        if not draft.table.line_items and (
            (draft.score >= PLAN_FROM + 0.1 and any(use.role.is_budget for use in draft.layout.uses.values()))
            or (titled and draft.score >= 0.2)
        ):
            return draft
    return None
