"""What a reading got right, asked or silently misread, against the truth of a generated plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from core.model.money import to_minor
from core.model.reading import LineItem, Reading
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from tests.plans.make import Plan, TrueItem


@dataclass(frozen=True)
class Verdict:
    """`right`, `asked` (wrong or missing, but a question or warning says so) or `silent`; `faults` name what differs."""

    seed: int
    kind: str
    language: str
    outcome: str
    faults: tuple[str, ...]
    confidences: tuple[tuple[float, bool], ...] = ()
    tables: tuple[tuple[float, bool], ...] = ()
    columns: tuple[tuple[float, bool], ...] = ()


def read_plan(plan: Plan) -> Reading:
    return read_workbook(load_workbook(plan.name, plan.content))


def judge(plan: Plan, reading: Reading | None = None) -> Verdict:
    """Read a generated plan and compare it with its truth."""
    reading = reading or read_plan(plan)
    claims = {"tables": tuple(_table_claims(plan, reading)), "columns": tuple(_column_claims(plan, reading))}
    return replace(_judge(plan, reading), **claims)


def _judge(plan: Plan, reading: Reading) -> Verdict:
    tables = [t for t in reading.tables if not t.alternative_group] or list(reading.tables)
    if plan.alternatives:
        return _judge_alternatives(plan, reading)
    items = [item for table in tables for item in table.line_items]
    faults = list(_faults(plan, items, plan.items))
    if any(table.alternative_group for table in reading.tables):
        faults.append("taken for alternatives")
    currencies = {table.currency for table in tables}
    if currencies != {plan.currency}:
        faults.append(f"currency {currencies} for {plan.currency}")
    asked = {q.kind for q in reading.questions}
    if plan.vat is False and any(t.vat_included for t in tables):
        faults.append("vat")
    return _verdict(plan, faults, asked, {w.code for w in reading.warnings}, items)


def _judge_alternatives(plan: Plan, reading: Reading) -> Verdict:
    faults = []
    for table in reading.tables:
        if not any(not list(_faults(plan, list(table.line_items), version)) for version in plan.alternatives):
            faults.append(f"table {table.tab}")
    if len(reading.tables) != len(plan.alternatives):
        faults.append("tables")
    if not all(table.alternative_group for table in reading.tables) and "alternatives" not in {q.kind for q in reading.questions}:
        faults.append("added up")
    return _verdict(
        plan, faults, {q.kind for q in reading.questions} - {"alternatives"}, set(), [i for t in reading.tables for i in t.line_items]
    )


def _faults(plan: Plan, items: list[LineItem], truth: list[TrueItem]):  # type: ignore[no-untyped-def]
    if len(items) != len(truth):
        yield f"items {len(items)} for {len(truth)}"
    for item, true in zip(items, truth, strict=False):
        if item.budget_minor != to_minor(true.budget, plan.currency):
            yield f"budget {item.budget_minor} for {true.budget}"
        if plan.dated and (item.start, item.end) != (true.start, true.end):
            yield f"dates {item.start}..{item.end} for {true.start}..{true.end}"
        if true.by_period and sum(p.budget_minor for p in item.by_period) != sum(
            to_minor(v, plan.currency) for v in true.by_period.values() if v != Decimal(0)
        ):
            yield "periods"
        texts = " | ".join(str(t) for t in (item.channel, item.publisher, item.format, item.campaign, *item.labels.values()))
        if true.names["channel"] not in texts:
            yield f"channel {true.names['channel']!r} not in {texts!r}"


def _verdict(plan: Plan, faults: list[str], asked: set[str], warned: set[str], items: list[LineItem]) -> Verdict:
    claims = tuple((item.confidence, right) for item, right in zip(items, _each_right(plan, items), strict=True))
    if not faults:
        return Verdict(plan.seed, plan.kind, plan.language, "right", (), claims)
    covered = all(_said(fault, asked, warned) for fault in faults)
    return Verdict(plan.seed, plan.kind, plan.language, "asked" if covered else "silent", tuple(dict.fromkeys(faults))[:4], claims)


def _each_right(plan: Plan, items: list[LineItem]) -> list[bool]:
    """Tell of each line item whether some true one has its money and dates."""
    truth = [true for version in plan.alternatives or [plan.items] for true in version]
    true = {(to_minor(t.budget, plan.currency), *((t.start, t.end) if plan.dated else (None, None))) for t in truth}
    return [(item.budget_minor, *((item.start, item.end) if plan.dated else (None, None))) in true for item in items]


def _said(fault: str, asked: set[str], warned: set[str]) -> bool:
    """Tell whether a question or warning covers a fault."""
    head = fault.split()[0]
    covering = {
        "budget": {"amount_mismatch", "ambiguous_number", "which_budget", "total_mismatch", "amount_is_text", "currency"},
        "items": {"total_mismatch", "unnamed_amount"},
        "currency": {"currency"},
        "dates": {"ambiguous_date", "missing_year", "impossible_date", "end_before_start"},
        "periods": {"period_mismatch", "missing_year"},
        "taken": {"alternatives"},
    }.get(head, set())
    if head == "currency" and "None" not in fault:
        return False
    return bool(covering & (asked | warned))


_ROLES = {
    **{name: {name} for name in ("channel", "publisher", "format", "campaign", "start", "end", "period", "quantity", "unit_price")},
    **{
        key: {"budget", "period_budget", "cost", "budget_net", "budget_other", "budget_other_net"} for key in ("budget", "net", "thousands")
    },
    "label": {"label", "comment", "number"},
    "gross": {"budget", "budget_gross", "budget_list", "gross", "cost"},
}


def _table_claims(plan: Plan, reading: Reading) -> Iterator[tuple[float, bool]]:
    """Give what each table claims, and whether all its line items are right and none is missing."""
    count = sum(len(t.line_items) for t in reading.tables)
    complete = count == len([i for version in plan.alternatives or [plan.items] for i in version])
    for table in reading.tables:
        yield table.confidence, complete and all(_each_right(plan, list(table.line_items)))


def _column_claims(plan: Plan, reading: Reading) -> Iterator[tuple[float, bool]]:
    """Give what each column with a known header claims, and whether its role is the one the header was meant to say."""
    for table in reading.tables:
        for column in table.columns:
            key = plan.headed.get(column.header.rpartition(" / ")[2])
            if key in _ROLES:
                yield column.confidence, column.role in _ROLES[key]
