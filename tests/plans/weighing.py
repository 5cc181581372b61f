"""Tell how the reading of a plan compares with its truth: right, asked, warned or misread in silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.model.money import to_minor
from core.model.reading import LineItem, PlanTable, Reading
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from tests.plans.paper import Case, Line

_COVERS = {
    "plan": {"other_table", "unread_table"},
    "money": {
        "unread_table",
        "other_table",
        "which_budget",
        "ambiguous_number",
        "mixed_frequency",
        "total_mismatch",
        "amount_is_text",
        "formula_without_value",
        "rows_left_out",
        "repeats_money",
        "options_in_rows",
        "unread_column",
        "periods_repeated",
    },
    "items": {
        "ambiguous_number",
        "which_budget",
        "total_mismatch",
        "formula_without_value",
        "amount_is_text",
        "other_table",
        "unread_table",
        "rows_left_out",
        "repeats_money",
        "hidden_rows",
        "unread_column",
        "alternatives",
        "shares_only",
    },
    "dates": {"ambiguous_date", "missing_year", "impossible_date", "unread_date", "end_before_start", "dates_swapped"},
    "periods": {"undated_periods", "periods_repeated", "period_mismatch", "missing_year", "which_budget", "ambiguous_number"},
    "currency": {"currency"},
    "versions": {"alternatives", "options_in_rows", "which_budget", "unread_table"},
    "basis": {"which_budget"},
}


@dataclass(frozen=True)
class Outcome:
    """`right`, `asked`, `warned` or `silent`; `noise` are warnings of mismatches that the truth does not know."""

    case: str
    outcome: str
    faults: tuple[str, ...]
    asked: tuple[str, ...]
    warned: tuple[str, ...]
    noise: tuple[str, ...]
    claims: tuple[tuple[float, bool], ...] = ()


def read_case(case: Case, name: str) -> Reading:
    return read_workbook(load_workbook(case.name, case.content), fallback_year=2026)


def weigh(name: str, case: Case, reading: Reading | None = None) -> Outcome:
    """Compare what was read with the truth of a case."""
    reading = reading or read_case(case, name)
    asked, warned = {q.kind for q in reading.questions}, {w.code for w in reading.warnings}
    faults = list(dict.fromkeys(_faults(case, reading)))
    outcome = "right"
    if faults:
        said = [bool(_COVERS.get(f.split(":")[0], set()) & (asked | warned)) for f in faults]
        by_question = [bool(_COVERS.get(f.split(":")[0], set()) & asked) for f in faults]
        outcome = "asked" if all(by_question) else "warned" if all(said) else "silent"
    noise = {"total_mismatch", "period_mismatch", "dates_swapped", "unread_date", "repeats_money", "metric_mismatch"} & warned - case.warns
    noise |= asked - case.asks - ({"alternatives"} if case.versions else set())
    claims = tuple(_claims(case, reading))
    return Outcome(name, outcome, tuple(faults[:6]), tuple(sorted(asked)), tuple(sorted(warned)), tuple(sorted(noise)), claims)


def _faults(case: Case, reading: Reading) -> Iterable[str]:
    if reading.is_media_plan is not case.plan:
        yield f"plan: {reading.is_media_plan}"
    if not case.plan:
        if any(t.line_items for t in reading.tables):
            yield "items: in what is no plan"
        return
    asked, warned = {q.kind for q in reading.questions}, {w.code for w in reading.warnings}
    yield from (f"unasked: {kind}" for kind in sorted(case.asks - asked))
    yield from (f"unwarned: {code}" for code in sorted(case.warns - warned))
    tables = [t for t in reading.tables if t.line_items]
    if case.versions:
        yield from _version_faults(case, tables, asked)
        return
    if any(t.alternative_group for t in tables):
        yield "versions: taken for alternatives"
    yield from _table_faults(case, tables, asked)
    if case.lines or not case.asks:
        yield from _line_faults(case, tables, case.lines, asked)


def _table_faults(case: Case, tables: list[PlanTable], asked: set[str]) -> Iterable[str]:
    for table in tables:
        if table.currency != case.currency and not ("currency" in asked and case.currency is None):
            yield f"currency: {table.currency} for {case.currency}"
        if case.basis and table.basis != case.basis:
            yield f"basis: {table.basis} for {case.basis}"
        if case.vat is not None and table.vat_included is (not case.vat):
            yield f"basis: vat {table.vat_included} for {case.vat}"


def _version_faults(case: Case, tables: list[PlanTable], asked: set[str]) -> Iterable[str]:
    if len(tables) != len(case.versions):
        yield f"versions: {len(tables)} for {len(case.versions)}"
    for table in tables:
        if all(list(_line_faults(case, [table], version, asked)) for version in case.versions):
            yield f"money: no version is {table.tab} {table.range}"
    if len(tables) > 1 and not all(t.alternative_group for t in tables) and "alternatives" not in asked:
        yield "added: up"


def _line_faults(case: Case, tables: list[PlanTable], truth: list[Line], asked: set[str]) -> Iterable[str]:
    items = [item for table in tables for item in table.line_items if item.budget_minor is not None]
    bought = [t for t in truth if t.budget]
    if len([i for i in items if i.budget_minor]) != len(bought):
        yield f"items: {len([i for i in items if i.budget_minor])} for {len(bought)}"
    left = list(items)
    for true in bought:
        found = next((i for i in left if _same_money(i, true, case) and _named(i, true)), None)
        if found is None:
            yield f"money: no item is {'|'.join(true.names)} {true.budget}"
            continue
        left.remove(found)
        yield from _detail_faults(found, true, case, asked)


def _same_money(item: LineItem, true: Line, case: Case) -> bool:
    return abs((item.budget_minor or 0) - to_minor(true.budget, case.currency or "USD")) <= 1


def _named(item: LineItem, true: Line) -> bool:
    told = " | ".join(
        str(t) for t in (item.channel, item.publisher, item.format, item.campaign, item.market, item.objective, *item.labels.values())
    )
    return all(name in told for name in true.names)


def _detail_faults(item: LineItem, true: Line, case: Case, asked: set[str]) -> Iterable[str]:
    if true.cell and item.budget_cell != true.cell:
        yield f"cell: {item.budget_cell} for {true.cell}"
    if true.start and "missing_year" not in case.asks:
        found = (str(item.start), str(item.end))
        if found != (true.start, true.end or true.start):
            yield f"dates: {item.start}..{item.end} for {true.start}..{true.end}"
    if true.periods is not None and "missing_year" not in case.asks:
        read: dict[str, Decimal] = defaultdict(Decimal)
        for part in item.by_period:
            read[str(part.start)] += part.budget_minor
        read = {start: amount for start, amount in read.items() if amount}
        wanted = {k: Decimal(to_minor(v, case.currency or "USD")) for k, v in true.periods.items()}
        if read.keys() != wanted.keys() or any(abs(read[k] - wanted[k]) > 1 for k in wanted):
            yield f"periods: {dict(list(read.items())[:2])} for {dict(list(wanted.items())[:2])}"


def _claims(case: Case, reading: Reading) -> Iterable[tuple[float, bool]]:
    truth = case.lines or [t for version in case.versions for t in version]
    for table in reading.tables:
        for item in table.line_items:
            yield item.confidence, any(_same_money(item, true, case) and _named(item, true) for true in truth)
