"""What stands typed under a plan's lines follows an edit: totals, fees, tax and what is payable, or it is named."""

from __future__ import annotations

from dataclasses import replace

from core.model.workbook import Cell, Workbook, parse_a1
from core.sheets.reading import read_workbook
from core.sheets.writing.distribution import plan_tables, to_distribution
from core.sheets.writing.edits import WritePlan, plan_writes
from tests.unit.sheets import Rows, workbook

_ = None
HEAD: list[object] = ["Channel", "Publisher", "Budget EUR"]
LINES: Rows = [["TV", "RTL", 600_000], ["Radio", "Antenne", 300_000], ["OOH", "Ströer", 503_185]]


def _edited(rows: Rows, row: int, period: int, amount_minor: int | None) -> WritePlan:
    """Change one amount of a line, or take the line out."""
    book = workbook(rows)
    tables = plan_tables(read_workbook(book))
    before = to_distribution(tables, book)
    lines = list(before.rows)
    if amount_minor is None:
        del lines[row]
    else:
        cells = list(lines[row].cells)
        cells[period] = replace(cells[period], budget_minor=amount_minor)
        lines[row] = replace(lines[row], cells=tuple(cells))
    return plan_writes(tables, book, replace(before, rows=tuple(lines)))


def _written(plan: WritePlan) -> dict[str, object]:
    assert plan.violations == () and plan.choices == ()
    return {edit.cell: edit.after.value for edit in plan.edits}


def test_a_fee_tax_and_what_is_payable_follow_at_the_rates_that_they_had() -> None:
    below: Rows = [
        ["TOTAL", _, 1_403_185],
        ["Agency fee 3%", _, 42_095.55],
        ["Total before VAT", _, 1_445_280.55],
        ["VAT 5%", _, 72_264.03],
        ["Total payable incl. VAT", _, 1_517_544.58],
    ]
    plan = _edited([HEAD, *LINES, *below], 0, 0, 70_000_000)
    assert _written(plan) == {"C2": 700_000, "C5": 1_503_185, "C6": 45_095.55, "C7": 1_548_280.55, "C8": 77_414.03, "C9": 1_625_694.58}
    assert plan.notes == ()


def test_a_fee_without_a_rate_stays_and_is_named_and_what_is_payable_follows() -> None:
    below: Rows = [["Total", _, 1_403_185], ["Agency fee", _, 25_000], ["Total incl. fee", _, 1_428_185]]
    plan = _edited([HEAD, *LINES, *below], 0, 0, 70_000_000)
    assert _written(plan) == {"C2": 700_000, "C5": 1_503_185, "C7": 1_528_185}
    (note,) = plan.notes
    assert "C6 (Agency fee)" in note and "left as they are" in note


def test_a_tax_is_rounded_as_it_was() -> None:
    below: Rows = [["Total", _, 1_403_185], ["VAT 19%", _, 266_605], ["Total incl. VAT", _, 1_669_790]]
    assert _written(_edited([HEAD, *LINES, *below], 0, 0, 60_000_100)) == {"C2": 600_001, "C5": 1_403_186, "C7": 1_669_791}


def test_charges_under_a_total_that_did_not_add_up_are_named() -> None:
    below: Rows = [["Total", _, 1_403_000], ["VAT 19%", _, 266_570], ["Total incl. VAT", _, 1_669_570]]
    plan = _edited([HEAD, *LINES, *below], 0, 0, 70_000_000)
    assert _written(plan) == {"C2": 700_000}
    assert any("C5" in note for note in plan.notes)


MONTHS: Rows = [
    ["Channel", "Publisher", "Jan 2026", "Feb 2026", "Mar 2026", "Total EUR"],
    ["TV", "RTL", 1000, 2000, 3000, 6000],
    ["Radio", "Antenne", 500, 500, 500, 1500],
    ["OOH", "Ströer", _, _, _, 4000],
    ["Total", _, 1500, 2500, 3500, 11500],
]


def test_the_total_of_all_follows_a_month_where_another_line_has_no_months() -> None:
    assert _written(_edited(MONTHS, 0, 0, 150_000)) == {"C2": 1500, "F2": 6500, "C5": 2000, "F5": 12000}


def test_the_total_of_all_follows_a_line_that_goes_where_another_has_no_months() -> None:
    plan = _edited(MONTHS, 0, 0, None)
    assert _written(plan) == {"C5": 500, "D5": 500, "E5": 500, "F5": 5500}


def _shared(rows: Rows, formulas: dict[str, tuple[str, float]]) -> Workbook:
    """Give a workbook in which some cells are formulas with what they show."""
    (tab,) = workbook(rows).tabs
    cells = {**tab.cells, **{parse_a1(at): Cell(value, formula) for at, (formula, value) in formulas.items()}}
    return Workbook("plan.xlsx", "xlsx", (replace(tab, cells=cells),))


def _named(book: Workbook, amount_minor: int, source: str | None) -> WritePlan:
    tables = plan_tables(read_workbook(book))
    before = to_distribution(tables, book)
    line = before.rows[0]
    changed = replace(line, cells=(replace(line.cells[0], budget_minor=amount_minor), *line.cells[1:]))
    notes = {} if source is None else {f"input:Plan!{line.cells[0].source_cell}": f"Plan!{source}"}
    return plan_writes(tables, book, replace(before, rows=(changed, *before.rows[1:]), notes=notes))


PRICED: Rows = [
    ["Channel", "CPP EUR", "GRP Mar", "GRP Apr", "Mar 2026", "Apr 2026", "Total EUR"],
    ["TV", 1000, 50, 60],
    ["Radio", 300, 20, 10],
]
BY_PRICE = {
    **{"E2": ("=B2*C2", 50_000.0), "F2": ("=B2*D2", 60_000.0), "G2": ("=E2+F2", 110_000.0)},
    **{"E3": ("=B3*C3", 6_000.0), "F3": ("=B3*D3", 3_000.0), "G3": ("=E3+F3", 9_000.0)},
}


def test_amounts_that_hang_on_a_named_price_besides_are_told_before_it_is_approved() -> None:
    plan = _named(_shared(PRICED, BY_PRICE), 5_500_000, "B2")
    assert _written(plan) == {"B2": 1100}
    assert [note for note in plan.notes if "hangs on" in note] == [
        "TV, 2026-04 (Plan!F2) changes too, from 60,000.00 to 66,000.00: it hangs on the same input."
    ]
    assert not [note for note in _named(_shared(PRICED, BY_PRICE), 5_500_000, "C2").notes if "hangs on" in note]


def test_a_named_gross_takes_cents_and_is_not_told_to_stay_behind() -> None:
    rows: Rows = [["Channel", "Gross cost EUR", "Net cost EUR"], ["TV", 25_000], ["Radio", 10_000]]
    book = _shared(rows, {"C2": ("=B2*0.85", 21_250.0), "C3": ("=B3*0.85", 8_500.0)})
    plan = _named(book, 2_125_425, "B2")
    assert _written(plan) == {"B2": 25_005} and not [note for note in plan.notes if "B2" in note]
    (target,) = _named(book, 2_125_009, None).choices
    assert [option.needed for option in target.options] == [25_000.1]


def test_no_input_is_offered_below_zero() -> None:
    rows: Rows = [["Channel", "Base", "Boost", "Budget EUR"], ["TV", 90_000, 10_000], ["Radio", 8_000, 1_000]]
    (target,) = _named(_shared(rows, {"D2": ("=B2+C2", 100_000.0), "D3": ("=B3+C3", 9_000.0)}), 5_000_000, None).choices
    assert {option.cell: option.needed for option in target.options} == {"B2": 40_000, "C2": None}


def test_a_line_may_come_and_another_go_in_one_change_where_their_months_differ() -> None:
    rows: Rows = [*MONTHS[:4], ["CTV", "Joyn", _, _, 700, 700], ["Total"]]
    sums = {f"{c}6": (f"=SUM({c}2:{c}5)", shown) for c, shown in zip("CDEF", (1500.0, 2500.0, 4200.0, 12200.0), strict=True)}
    book = _shared(rows, sums)
    tables = plan_tables(read_workbook(book))
    before = to_distribution(tables, book)
    kept, model = before.rows[1:-1], before.rows[-1]
    cells = tuple(replace(cell, source_cell=None) for cell in model.cells)
    new = replace(model, id="new", like=model.id, source_row=None, cells=cells, label="CTV · Joyn (copy)")
    plan = plan_writes(tables, book, replace(before, rows=(*kept, model, new)))
    assert plan.violations == () and {edit.kind for edit in plan.rows.edits} == {"insert", "delete"}
    assert {follow.cell: follow.minor_after for follow in plan.follows}["C6"] == 50_000


def test_a_new_line_does_not_rename_the_rows_that_have_their_label_from_above() -> None:
    rows: Rows = [["Market", "Channel", "Budget EUR"], ["León", "Radio", 100], [_, "TV", 200], ["CDMX", "OOH", 50], ["Total", _, 350]]
    book = workbook(rows)
    tables = plan_tables(read_workbook(book))
    before = to_distribution(tables, book)

    def copied(at: int, market: str) -> WritePlan:
        line = before.rows[at]
        cells = tuple(replace(cell, source_cell=None) for cell in line.cells)
        new = replace(line, id="new", like=line.id, source_row=None, cells=cells, market=market)
        return plan_writes(tables, book, replace(before, rows=(*before.rows[: at + 1], new, *before.rows[at + 1 :])))

    assert [row.market for row in before.rows] == ["León", "León", "CDMX"]
    (told,) = copied(0, "Puebla").violations
    assert "takes 'León' from above" in told
    assert not copied(0, "León").violations and not copied(1, "Puebla").violations and not copied(2, "Puebla").violations
