"""A draft, or a plan as it was read, taken out: CSV, Excel with formats and live totals, or a new Google Sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from core.access import AccessContext, Permission
from core.errors import InvalidInput
from core.model.distribution import Distribution, DistributionRow
from core.model.money import minor_exponent, to_major
from core.model.workbook import Cell, Tab, Workbook, a1
from core.planning.splitting import period_label
from core.ports import FileRef
from core.runtime import Runtime
from core.services import activity
from core.services.drafts import get_draft
from core.services.files import PlanView, open_plan, store_of
from core.sheets.display import harmless
from core.sheets.writing.distribution import plan_tables, to_distribution

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEXTS = ("Line item", "Channel", "Publisher", "Format", "Campaign", "Market")


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to download."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OfDraft:
    """What is taken out: the newest version of a draft."""

    draft_id: UUID


@dataclass(frozen=True, slots=True)
class OfPlan:
    """What is taken out: a file's plan as it was last read."""

    file_id: UUID


Subject = OfDraft | OfPlan


@dataclass(frozen=True, slots=True)
class _Taken:
    name: str
    file_id: UUID
    distribution: Distribution
    says: str
    facts: dict[str, object]


def has_export(plan: PlanView) -> bool:
    """Tell whether a plan as it was read can be taken out: it has amounts, all in one currency."""
    try:
        return bool(plan_tables(plan.reading))
    except InvalidInput:
        return False


def export_csv(ctx: AccessContext, rt: Runtime, subject: Subject) -> ExportedFile:
    """Give the amounts as CSV (UTF-8 with a mark, so that Excel reads it).

    Texts that a spreadsheet would take for a formula get an apostrophe in front (Source: OWASP, CSV injection).
    """
    ctx.require(Permission.READ)
    taken = _take(ctx, rt, subject)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([*_TEXTS, *(period_label(period) for period in taken.distribution.periods), "Total", "Currency"])
    for row in taken.distribution.rows:
        amounts = [*(cell.budget_minor for cell in row.cells), row.total_minor]
        numbers = [str(to_major(minor, taken.distribution.currency)) for minor in amounts]
        writer.writerow([*(harmless(text) for text in _texts(row)), *numbers, taken.distribution.currency or ""])
    _note(ctx, rt, taken, "CSV")
    return ExportedFile(f"{stem_of(taken.name)}.csv", "text/csv", stream.getvalue().encode("utf-8-sig"))


def export_xlsx(ctx: AccessContext, rt: Runtime, subject: Subject) -> ExportedFile:
    """Give the amounts as an Excel file whose totals are formulas."""
    ctx.require(Permission.READ)
    import xlsxwriter

    taken = _take(ctx, rt, subject)
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        tab = plan_tab(taken.distribution)
        sheet = book.add_worksheet(tab.name)
        formats = {
            (bold, pattern): book.add_format({"bold": bold, **({"num_format": pattern} if pattern else {})})
            for bold, pattern in {(cell.bold, cell.number_format) for cell in tab.cells.values()}
        }
        for (row, column), cell in tab.cells.items():
            look = formats[cell.bold, cell.number_format]
            if cell.formula is not None:
                sheet.write_formula(row - 1, column - 1, cell.formula, look, cell.value)
            elif isinstance(cell.value, str):
                sheet.write_string(row - 1, column - 1, cell.value, look)
            else:
                sheet.write(row - 1, column - 1, cell.value, look)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 42)
        sheet.set_column(1, tab.n_columns - 1, 15)
        sheet.autofilter(0, 0, len(taken.distribution.rows), tab.n_columns - 1)
    _note(ctx, rt, taken, "Excel")
    return ExportedFile(f"{stem_of(taken.name)}.xlsx", XLSX, stream.getvalue())


def export_google_sheet(ctx: AccessContext, rt: Runtime, subject: Subject) -> FileRef:
    """Create a new Google Sheet with the amounts, in the account that its plan came from.

    Raises:
        InvalidInput: the plan is an upload, so there is no account to put it into.
    """
    ctx.require(Permission.EDIT_DRAFT)
    taken = _take(ctx, rt, subject)
    handle = store_of(ctx, rt, taken.file_id)
    if handle.google is None:
        raise InvalidInput(f"{taken.name} was uploaded; there is no Google account to put a sheet into.", hint="Export it as Excel.")
    name = f"{stem_of(taken.name)} - {taken.says}"
    created = handle.google.sheets.create(Workbook(name, "google_sheet", (plan_tab(taken.distribution),)))
    _note(ctx, rt, taken, "a new Google Sheet")
    return created


def plan_tab(distribution: Distribution) -> Tab:
    """Lay a distribution out as a sheet: texts, an amount a period, totals by row and by column as formulas with their values."""
    first, n_rows, periods = len(_TEXTS) + 1, len(distribution.rows), distribution.periods
    last, total = first + len(periods) - 1, first + len(periods)
    pattern = _pattern(distribution.currency)
    headers = [*_TEXTS, *(period_label(period) for period in periods), "Total"]
    cells = {(1, column): Cell(text, bold=True) for column, text in enumerate(headers, 1)}
    for number, row in enumerate(distribution.rows, 2):
        cells |= {(number, column): Cell(text) for column, text in enumerate(_texts(row), 1) if text}
        for column, cell in enumerate(row.cells, first):
            cells[number, column] = Cell(_number(cell.budget_minor, distribution.currency), number_format=pattern)
        value = _number(row.total_minor, distribution.currency)
        cells[number, total] = Cell(value, f"=SUM({a1(number, first)}:{a1(number, last)})", pattern, bold=True)
    bottom = n_rows + 2
    cells[bottom, 1] = Cell("Total", bold=True)
    sums = [sum(row.cells[i].budget_minor for row in distribution.rows) for i in range(len(periods))]
    for column, minor in enumerate([*sums, sum(sums)], first):
        formula = f"=SUM({a1(2, column)}:{a1(bottom - 1, column)})"
        cells[bottom, column] = Cell(_number(minor, distribution.currency), formula, pattern, bold=True)
    return Tab("Plan", cells, bottom, total)


def _texts(row: DistributionRow) -> Iterator[str]:
    yield from (row.name, row.channel or "", row.publisher or "", row.format or "", row.campaign or "", row.market or "")


def _number(minor: int, currency: str | None) -> float:
    return float(to_major(minor, currency))


def _pattern(currency: str | None) -> str:
    decimals = minor_exponent(currency)
    return "#,##0" + ("." + "0" * decimals if decimals else "") + (f' "{currency}"' if currency else "")


def stem_of(name: str) -> str:
    """Give a draft's name as the beginning of a file's name, without the ending of the file it came from."""
    stem = name.rsplit(".", 1)[0] if name.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv")) else name
    return "".join(character if character.isalnum() or character in " -_.()" else "_" for character in stem).strip() or "plan"


def _take(ctx: AccessContext, rt: Runtime, subject: Subject) -> _Taken:
    if isinstance(subject, OfDraft):
        draft = get_draft(ctx, rt, subject.draft_id)
        facts: dict[str, object] = {"draft_id": str(draft.draft_id), "version": draft.version}
        return _Taken(draft.name, draft.file_id, draft.distribution, f"version {draft.version}", facts)
    plan = open_plan(ctx, rt, subject.file_id)
    distribution = to_distribution(plan_tables(plan.reading), plan.workbook)
    return _Taken(plan.file.name, plan.file.file_id, distribution, "as read", {"file_id": str(plan.file.file_id)})


def _note(ctx: AccessContext, rt: Runtime, taken: _Taken, form: str) -> None:
    with rt.db.session(ctx) as session:
        activity.record(session, ctx, f"exported as {form}", taken.name, **taken.facts)
