"""An edited plan becomes the right numbers for the right cells, as the sheet is built."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.model.distribution import Distribution
from core.model.reading import ColumnReading, LineItem, PeriodAmount, PlanTable, TotalCheck
from core.model.workbook import Cell, CellValue, Tab, Workbook, parse_a1
from core.services.drafts import DISTRIBUTION
from core.sheets.writing.amounts import raw_amount, text_like
from core.sheets.writing.distribution import UNDATED, to_distribution
from core.sheets.writing.edits import WritePlan, plan_writes
from core.sheets.writing.following import follow
from core.sheets.writing.outline import frame_of, outline_of


def sheet(cells: dict[str, CellValue], *, cached: dict[str, CellValue] | None = None) -> Workbook:
    filled = {}
    for at, value in cells.items():
        formula = value if isinstance(value, str) and value.startswith("=") else None
        filled[parse_a1(at)] = Cell((cached or {}).get(at) if formula else value, formula)
    return Workbook("plan.xlsx", "xlsx", (Tab("Plan", filled, 30, 12),))


def table(items: list[LineItem], *, scale: int = 1, totals: tuple[TotalCheck, ...] = (), currency: str | None = "EUR") -> PlanTable:
    return PlanTable("Plan", "A1:H20", (1,), "rows", currency, scale, "net", (), tuple(items), totals, None)


def months(row: int, *amounts: int, first: str = "C") -> tuple[PeriodAmount, ...]:
    return tuple(
        PeriodAmount(date(2026, i, 1), date(2026, i, 28), minor, f"{chr(ord(first) + i - 1)}{row}") for i, minor in enumerate(amounts, 1)
    )


def changed(distribution: Distribution, amounts: dict[tuple[int, int], int]) -> Distribution:
    rows = []
    for r, row in enumerate(distribution.rows):
        cells = tuple(replace(cell, budget_minor=amounts.get((r, c), cell.budget_minor)) for c, cell in enumerate(row.cells))
        rows.append(replace(row, cells=cells))
    return replace(distribution, rows=tuple(rows))


def written(plan: WritePlan) -> dict[str, object]:
    assert plan.violations == () and plan.choices == ()
    return {edit.cell: edit.after.value for edit in plan.edits}


MONTHLY = {"A1": "Channel", "C1": "Jan", "D1": "Feb", "E1": "Sum", "A2": "Meta", "A3": "TV", "C2": 100.5, "D2": 50, "C3": 7, "E3": 7}


def test_period_cells_are_written_and_a_typed_row_sum_and_total_follow() -> None:
    book = sheet({**MONTHLY, "E2": 150.5, "C4": 107.5, "D4": "=SUM(D2:D3)", "E4": 157.5}, cached={"D4": 50})
    items = [
        LineItem(row=2, channel="Meta", budget_minor=15_050, budget_cell="E2", by_period=months(2, 10_050, 5_000)),
        LineItem(row=3, channel="TV", budget_minor=700, budget_cell="E3", by_period=months(3, 700)),
    ]
    totals = (
        TotalCheck("C4", "period_total", 10_750, 10_750, True),
        TotalCheck("D4", "period_total", 5_000, 5_000, True),
        TotalCheck("E4", "total", 15_750, 15_750, True),
    )
    plan_table = table(items, totals=totals)
    before = to_distribution([plan_table], book)
    assert [cell.source_cell for cell in before.rows[1].cells] == ["C3", "D3"]
    plan = plan_writes([plan_table], book, changed(before, {(0, 0): 20_000, (1, 1): 300}))
    assert written(plan) == {"C2": 200, "E2": 250, "D3": 3, "E3": 10, "C4": 207, "E4": 260}
    assert [(follow.cell, follow.minor_after) for follow in plan.follows] == [("D4", 5_300)]


def test_amounts_are_written_in_the_scale_of_the_sheet() -> None:
    book = sheet({"A1": "Channel", "B1": "tEUR", "A2": "Meta", "B2": 12.5})
    plan_table = table([LineItem(row=2, channel="Meta", budget_minor=1_250_000, budget_cell="B2")], scale=1000)
    before = to_distribution([plan_table], book)
    assert before.periods == (UNDATED,)
    assert written(plan_writes([plan_table], book, changed(before, {(0, 0): 1_234_567}))) == {"B2": 12.34567}


def test_a_cell_that_is_not_what_was_read_is_never_written() -> None:
    book = sheet({"A1": "Channel", "B1": "Cost", "A2": "Meta", "B2": 99})
    plan_table = table([LineItem(row=2, channel="Meta", budget_minor=10_000, budget_cell="B2")])
    plan = plan_writes([plan_table], book, changed(to_distribution([plan_table], book), {(0, 0): 20_000}))
    assert not plan.edits and "Plan!B2 does not hold" in plan.violations[0]


UNITS = {"A1": "Site", "B1": "Units", "C1": "Price", "D1": "Cost", "A2": "Meta", "B2": 4000, "C2": 12.5, "D2": '=IF(A2<>"",B2*C2/10,0)'}


def test_a_formula_is_never_flattened_and_its_inputs_are_offered_with_what_follows() -> None:
    book = sheet({**UNITS, "D3": "=SUM(D2:D2)"}, cached={"D2": 5000, "D3": 5000})
    item = LineItem(row=2, channel="Meta", budget_minor=500_000, budget_cell="D2", metric_cells={"impressions": "B2", "cpm_minor": "C2"})
    plan_table = table([item], totals=(TotalCheck("D3", "total", 500_000, 500_000, True),))
    wanted = changed(to_distribution([plan_table], book), {(0, 0): 600_001})
    asked = plan_writes([plan_table], book, wanted)
    assert asked.edits == ()
    options = {option.cell: option for option in asked.choices[0].options}
    assert (options["B2"].needed, options["B2"].minor) == (4800, 600_000)
    assert (options["C2"].needed, options["C2"].minor) == (15.00003, 600_001)

    priced = plan_writes([plan_table], book, replace(wanted, notes={"input:Plan!D2": "Plan!C2"}))
    assert written(priced) == {"C2": 15.00003}
    assert [(follow.cell, follow.minor_after) for follow in priced.follows] == [("D3", 600_001)]
    counted = plan_writes([plan_table], book, replace(wanted, notes={"input:Plan!D2": "Plan!B2"}))
    assert written(counted) == {"B2": 4800}
    assert counted.notes == ("Plan!D2 will show 6,000.00, not 6,000.01.",)


def test_one_input_cannot_serve_two_wishes() -> None:
    book = sheet(
        {"A1": "Site", "B1": "Cost", "D1": 2.0, "A2": "Meta", "A3": "TV", "B2": "=D1*10", "B3": "=D1*20"}, cached={"B2": 20, "B3": 40}
    )
    items = [LineItem(row=r, channel="x", budget_minor=m, budget_cell=f"B{r}") for r, m in ((2, 2_000), (3, 4_000))]
    plan_table = table(items)
    notes = {"input:Plan!B2": "Plan!D1", "input:Plan!B3": "Plan!D1"}
    wanted = replace(changed(to_distribution([plan_table], book), {(0, 0): 3_000, (1, 0): 5_000}), notes=notes)
    assert any("makes up both" in one for one in plan_writes([plan_table], book, wanted).violations)


def test_a_row_whose_months_are_formulas_of_its_budget_is_edited_as_a_whole() -> None:
    book = sheet({"A1": "Site", "B1": "Cost", "C1": "Jan", "A2": "Meta", "B2": 300, "C2": "=B2/3", "D2": "=B2/3"})
    item = LineItem(row=2, channel="Meta", budget_minor=30_000, budget_cell="B2", by_period=months(2, 15_000, 15_000))
    distribution = to_distribution([table([item])], book)
    assert [cell.source_cell for cell in distribution.rows[0].cells] == ["B2"]


@pytest.mark.parametrize(
    ("sample", "was", "now", "expected"),
    [
        ("1 234,50 €", "1234.50", "99999.9", "99 999,90 €"),
        ("1.234", "1234", "5678", "5.678"),
        ("1.234", "1.234", "5.5", "5.500"),
        ("$1,234.50", "1234.5", "7", "$7.00"),
        ("12'000", "12000", "1500000.5", "1'500'000.50"),
        ("$542,464", "542464", "596810.4", "$596,810.40"),
        ("500,5", "500.5", "1234.56", "1234,56"),
        ("1.234,- €", "1234", "1234.56", "1.234,56 €"),
        ("1.234,- €", "1234", "2000", "2.000,- €"),
        ("Fr. 1'234.–", "1234", "999.95", "Fr. 999.95"),
        ("₹ 32,34,500.00", "3234500", "2000005", "₹ 20,00,005.00"),
    ],
)
def test_text_amounts_keep_the_way_they_were_written(sample: str, was: str, now: str, expected: str) -> None:
    assert text_like(sample, Decimal(was), Decimal(now), currency="EUR") == expected


@pytest.mark.parametrize(("sample", "was"), [("1,2 Mio", "1200000"), ("2 x 500", "1000"), ("n/a", "0"), ("1.234", "99")])
def test_a_text_that_is_not_understood_is_not_rewritten(sample: str, was: str) -> None:
    assert text_like(sample, Decimal(was), Decimal(5), currency="EUR") is None


def test_raw_amounts_are_exact_in_every_currency() -> None:
    assert raw_amount(123_456, "EUR", 1) == 1234.56
    assert raw_amount(123_456, "JPY", 1000) == 123.456
    assert raw_amount(500_000, "KWD", 1) == 500 and isinstance(raw_amount(500_000, "KWD", 1), int)


def gross_plan(*gross: float) -> tuple[Workbook, PlanTable]:
    cells: dict[str, CellValue] = {"A1": "Channel", "B1": "Net", "C1": "Gross incl. VAT", "A5": "Total", "C5": sum(gross)}
    items = []
    for row, (net, amount) in enumerate(zip((100, 50.05, 20), gross, strict=True), 2):
        cells |= {f"A{row}": f"Line {row}", f"B{row}": net, f"C{row}": amount}
        minor = {"net": round(net * 100), "gross": round(amount * 100)}
        items.append(
            LineItem(
                row=row,
                channel=f"Line {row}",
                budget_minor=minor["net"],
                budget_cell=f"B{row}",
                amounts=minor,
                amount_cells={"gross": f"C{row}"},
            )
        )
    total = TotalCheck("C5", "gross", round(sum(gross) * 100), round(sum(gross) * 100), True)
    columns = (ColumnReading("C", "gross", "Gross incl. VAT", 1.0),)
    return sheet(cells), replace(table(items, totals=(total,)), columns=columns)


def test_a_typed_gross_beside_the_net_is_named_and_follows_only_where_a_person_says_so() -> None:
    book, plan_table = gross_plan(120, 60.06, 24)
    wanted = changed(to_distribution([plan_table], book), {(1, 0): 60_10})
    told = plan_writes([plan_table], book, wanted)
    assert written(told) == {"B3": 60.1}
    assert told.notes == ("Gross incl. VAT is typed and does not follow the budget: Plan!C3 will no longer match.",)
    assert [(offer.key, offer.ratio, offer.lines, offer.cells) for offer in told.ratios] == [("ratio:Plan!C", "1.2", 3, ("C3",))]
    both = plan_writes([plan_table], book, replace(wanted, notes={"input:ratio:Plan!C": "1.2"}))
    assert written(both) == {"B3": 60.1, "C3": 72.12, "C5": 216.12}
    assert both.notes == ("Gross incl. VAT is written too, taken to be 1.2 times the budget as in all lines of Plan.",)


def test_a_typed_gross_without_one_ratio_in_the_sheet_is_never_offered() -> None:
    book, plan_table = gross_plan(120, 60.06, 25)
    plan = plan_writes([plan_table], book, changed(to_distribution([plan_table], book), {(1, 0): 60_10}))
    assert plan.ratios == () and "Plan!C3 will no longer match" in plan.notes[0]


def test_a_stray_cell_at_the_end_of_the_sheet_belongs_to_no_outline_and_the_line_items_are_still_found() -> None:
    cells: dict[tuple[int, int], Cell] = {(1, 1): Cell("Channel"), (1, 2): Cell("Budget"), (2, 1): Cell("TV"), (2, 2): Cell(100)}
    plan = Tab("Plan", {**cells, (1_048_576, 1): Cell(1)}, 1_048_576, 2)
    outline = outline_of(plan, frame_of(plan, [(2, 2)]))
    assert len(outline.rows) == 2
    moved = {(row + 3, column): cell for (row, column), cell in cells.items()}
    now = follow(outline, Tab("Plan", {**moved, (1_048_576, 1): Cell(1)}, 1_048_576, 2), [2])
    assert now.rows[2].at == 5 and now.columns[2].at == 2


def test_line_items_that_share_a_name_are_told_apart_in_the_planner_by_what_tells_them_apart_on_the_plan_page() -> None:
    items = [
        LineItem(row, channel="Meta", budget_minor=row, budget_cell=f"C{row}", labels={"Buying": "CPM", "Audience": audience})
        for row, audience in ((2, "Parents"), (3, "Students"))
    ]
    book = sheet({"A1": "Channel", "C1": "Budget", "A2": "Meta", "A3": "Meta", "C2": 2, "C3": 3})
    made = to_distribution((table(items),), book)
    assert [row.name for row in made.rows] == ["Meta · Parents", "Meta · Students"]
    assert [row.label for row in made.rows] == ["Meta", "Meta"]  # by which a version and the sheet are matched
    assert DISTRIBUTION.validate_python(DISTRIBUTION.dump_python(made, mode="json")).rows[1].name == "Meta · Students"
    (only,) = to_distribution((table(items[:1]),), book).rows
    assert only == replace(made.rows[0], cells=only.cells) and only.name == "Meta"
