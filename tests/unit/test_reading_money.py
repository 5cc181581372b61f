"""Which money of a sheet counts: budgets beside actuals, totals, fees, VAT, discounts, shares and versions."""

from __future__ import annotations

from tests.unit.sheets import Rows, budgets, checks, read, table

_ = None


def test_group_heads_that_sum_up_their_lines_are_not_counted() -> None:
    rows: Rows = [
        ["Category", "Jan", "Feb", "Total USD"],
        ["Digital", 300, 300, 600],
        ["Google Ads", 100, 100, 200],
        ["Facebook", 200, 200, 400],
        ["Offline", 50, 50, 100],
        ["Print", 30, 20, 50],
        ["Events", 20, 30, 50],
        ["Total", 350, 350, 700],
    ]
    found = table(rows, bold=(2, 5))
    assert [item.row for item in found.line_items] == [3, 4, 6, 7]
    assert found.total_minor == 70_000
    assert all(check.matches for check in found.totals)


def test_plan_beside_actual_counts_the_plan() -> None:
    rows: Rows = [
        ["Channel", "January 2026", _, "February 2026", _, "Total plan, EUR"],
        [_, "Plan", "Fact", "Plan", "Fact"],
        ["Meta", 100, 90, 200, 210, 300],
        ["TV", 50, 60, 70, 80, 120],
    ]
    found = table(rows)
    assert [[p.budget_minor for p in item.by_period] for item in found.line_items] == [[10_000, 20_000], [5000, 7000]]


def test_fee_and_vat_under_the_items_are_proven_and_not_counted() -> None:
    rows: Rows = [
        ["Канал", "Период", "Бюджет до НДС, руб."],
        ["Яндекс Директ", "01.03.2025-31.03.2025", 100000],
        ["VK Реклама", "01.03.2025-31.03.2025", 50000],
        ["Комиссия агентства 15%", _, 22500],
        ["Итого без НДС", _, 172500],
        ["НДС 20%", _, 34500],
        ["Итого с НДС", _, 207000],
    ]
    found = table(rows)
    assert budgets(found) == [10_000_000, 5_000_000]
    assert checks(found) == {"client": True, "vat": True, "gross": True}
    assert not [w for w in read(rows).warnings if w.code == "total_mismatch"]


def test_rates_that_their_rows_contradict_are_said() -> None:
    rows: Rows = [
        ["Channel", "Budget USD", "Impressions", "Clicks", "CTR (%)"],
        ["Meta", 500, 25000, 1200, 2083.3],
        ["TikTok", 300, 15000, 800, 1875.0],
    ]
    assert "metric_mismatch" in {warning.code for warning in read(rows).warnings}


def test_money_at_several_discounts_is_versions_and_never_added() -> None:
    rows: Rows = [
        ["Площадка", "Формат", "Стоимость, руб. без НДС", "Стоимость со скидкой 20%", "Стоимость со скидкой 30%"],
        ["РБК", "Баннер", 1000, 800, 700],
        ["Газета", "Баннер", 2000, 1600, 1400],
        ["Итого", _, 3000, 2400, 2100],
    ]
    reading = read(rows)
    assert [found.total_minor for found in reading.tables] == [240_000, 210_000]
    assert all(found.alternative_group for found in reading.tables)
    assert "alternatives" in {question.kind for question in reading.questions}


def test_a_vat_line_that_says_included_is_no_item() -> None:
    found = table([["Канал", "Стоимость с НДС 20%, руб."], ["ВК", 120], ["ТГ", 240], ["Итого с НДС", 360], ["в т.ч. НДС 20%", 60]])
    assert (found.basis, found.vat_included, budgets(found)) == ("gross", True, [12_000, 24_000])
    assert checks(found) == {"total": True, "vat": True}


def test_a_budget_left_empty_is_the_sum_of_its_months() -> None:
    found = table([["Channel", "Budget EUR", "Jan 2026", "Feb 2026"], ["Meta", 300, 100, 200], ["TV", _, 50, 50], ["Total", _, 150, 250]])
    assert budgets(found) == [30_000, 10_000]
    assert [item.budget_cell for item in found.line_items] == ["B2", None]


def test_options_with_equal_totals_stay_alternatives() -> None:
    head = ["Channel", "Publisher", "Budget EUR"]
    one = [["Option A"], head, ["Social", "Meta", 30000], ["Search", "Google", 15000], ["Video", "YouTube", 5000], ["Total", _, 50000], [_]]
    two = [["Option B"], head, ["Social", "Meta", 50000], ["Total", _, 50000]]
    reading = read(one + two)
    assert len(reading.tables) == 2 and len({t.alternative_group for t in reading.tables}) == 1
    assert reading.tables[0].alternative_group is not None and {q.kind for q in reading.questions} == {"alternatives"}


def test_an_answer_that_the_periods_count_makes_them_the_money() -> None:
    rows: Rows = [["Channel", "Budget €", "Jan 2026", "Feb 2026"], ["Meta", 1000, 300, 400], ["Google", 500, 300, 300]]
    reading = read(rows)
    (question,) = reading.questions
    assert question.kind == "which_budget" and [option.value for option in question.options] == ["B", "periods"]
    for answer, wanted in (("periods", [70_000, 60_000]), ("B", [100_000, 50_000])):
        settled = read(rows, answers={question.key: answer})
        assert budgets(settled.tables[0]) == wanted and not settled.questions


def test_shares_of_a_total_are_money_to_the_cent_and_have_no_cell_to_write_to() -> None:
    rows: Rows = [
        ["Total budget: € 100.00"],
        [_],
        ["Channel", "Platform", "Share"],
        ["A", "Meta", "33.33%"],
        ["B", "Google", "33.33%"],
        ["C", "TV", "33.34%"],
    ]
    found = table(rows)
    assert budgets(found) == [3333, 3333, 3334] and all(item.budget_cell is None for item in found.line_items)


def test_shares_without_a_total_are_asked_and_answered_in_money() -> None:
    rows: Rows = [["Channel", "Platform", "Share €"], ["Social", "Meta", "60%"], ["Search", "Google", "40%"]]
    rows = [["Media plan"], *rows]
    reading = read(rows)
    (question,) = [q for q in reading.questions if q.kind == "shares_only"]
    assert budgets(reading.tables[0]) == [None, None]
    assert budgets(read(rows, answers={question.key: 1000}).tables[0]) == [60_000, 40_000]


def test_a_budget_that_may_still_lose_a_discount_says_so() -> None:
    reading = read([["Channel", "Partner", "Budget €", "Discount %"], ["Print", "Elle", 1000, 10], ["Print", "Vogue", 2000, 20]])
    assert "discount_unclear" in {warning.code for warning in reading.warnings}


def test_a_plan_beside_its_actuals_is_read_as_the_plan() -> None:
    rows: Rows = [
        [_, _, "Jan 2026", "Jan 2026", "Jan 2026", "Feb 2026", "Feb 2026", "Feb 2026", "Total", "Total"],
        ["Channel", "Campaign", "Plan", "Actual", "Var", "Plan", "Actual", "Var", "Plan", "Actual"],
        ["PPC", "Brand", 5000, 4800, 200, 6000, 0, 6000, 11000, 4800],
        ["PPC", "Generic", 9000, 9100, -100, 8000, 0, 8000, 17000, 9100],
        ["Total", _, 14000, 13900, 100, 14000, 0, 14000, 28000, 13900],
    ]
    found = table(rows)
    assert budgets(found) == [1100000, 1700000]
    assert [period.budget_minor for period in found.line_items[0].by_period] == [500000, 600000]


def test_groups_that_open_with_their_sum_count_once() -> None:
    rows: Rows = [
        ["Channel", "Qty", "Cost per unit", "Cost ($)"],
        ["National", _, _, 8100],
        ["Banner Ads", 10, 450, 4500],
        ["Influencer posts", 3, 1200, 3600],
        ["Local", _, _, 900],
        ["In-Store", 6, 150, 900],
        ["Total", _, _, 9000],
    ]
    found = table(rows)
    assert budgets(found) == [450000, 360000, 90000]
    assert found.total_minor == 900000


def test_a_total_named_in_the_second_column_is_no_line_item() -> None:
    rows: Rows = [["Month", "Channel", "Market", "Budget (EUR)"]]
    for month in ("2026-01", "2026-02"):
        rows += [[month, "Search", "DE", 1200.5], [month, "Search", "AT", 300.25], [month, "Total", _, 1500.75]]
    found = table(rows)
    assert found.total_minor == 300150
    assert [total.matches for total in found.totals] == [True, True]


def test_a_cost_a_unit_beside_units_is_no_budget() -> None:
    rows: Rows = [["Channel", "Format", "Units", "Cost", "Total €"], ["Radio", "30s", 40, 150, 6000], ["Print", "1/1", 3, 900, 2700]]
    assert [item.budget_cell for item in table(rows).line_items] == ["E2", "E3"]


def test_plan_and_actual_of_a_month_are_not_added_up() -> None:
    rows: Rows = [
        ["Канал", "Январь план", "Январь факт", "Февраль план", "Февраль факт"],
        ["VK", 100, 95, 110, 20],
        ["Яндекс", 50, 51, 50, 0],
    ]
    assert budgets(table(rows, name="2026, руб.")) == [21_000, 10_000]


def test_a_daily_budget_alone_says_that_it_is_not_the_whole() -> None:
    reading = read([["Campaign", "Platform", "Daily budget ($)"], ["A", "Meta", 50], ["B", "Google", 20]])
    assert {warning.code for warning in reading.warnings} == {"budget_per_period"}


def test_a_column_that_the_quarters_add_up_to_is_the_budget_under_any_header() -> None:
    rows: Rows = [["Вид рекламы", "1 кв.", "2 кв.", "Год"], ["Радио", 50, 60, 110], ["Интернет", 200, 210, 410], ["ИТОГО", 250, 270, 520]]
    assert [item.budget_cell for item in table(rows, name="2026, руб.").line_items] == ["D2", "D3"]


def test_a_row_that_breaks_units_times_price_is_named() -> None:
    body = [["Meta", n, 10, n * 10] for n in range(100, 160, 10)]
    body[3][3] = 13000
    reading = read([["Channel", "Clicks", "CPC €", "Cost €"], *body])
    assert [(w.code, w.cell) for w in reading.warnings if w.code == "amount_mismatch"] == [("amount_mismatch", "D5")]
