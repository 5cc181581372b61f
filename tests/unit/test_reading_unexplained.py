"""What stands in a table and nothing explains is named, and never read in silence."""

from __future__ import annotations

from tests.unit.sheets import Rows, budgets, codes, kinds, read

_ = None


def test_amounts_in_one_ratio_to_the_budget_under_an_unknown_head_are_named() -> None:
    rows: Rows = [["Channel", "Qwert", "Budget USD"], ["Meta", 207500, 5000], ["Google", 124500, 3000]]
    assert "unread_column" in codes(read(rows))
    rows[0][1] = "Impressions"
    assert "unread_column" not in codes(read(rows))


def test_a_column_that_makes_the_budget_up_or_numbers_the_rows_needs_no_word() -> None:
    assert not codes(read([["Channel", "Qwert", "Unit price", "Cost EUR"], ["Meta", 300, 10, 3000], ["Google", 500, 4, 2000]]))
    assert not codes(read([["Channel", "Ref", "Cost EUR"], ["Meta", 4711, 3000], ["Google", 4712, 2000]]))


def test_a_mute_column_to_which_fees_are_added_may_be_the_budget() -> None:
    rows: Rows = [["Channel", _, "Tech fee (5%)", "Total investment USD"], ["TV", 100000, 5000, 105000], ["Social", 80000, 4000, 84000]]
    reading = read(rows)
    assert "which_budget" in kinds(reading)


def test_the_same_months_twice_are_named_where_no_sum_tells_them_apart() -> None:
    rows: Rows = [["Channel", "Publisher", "Jan 2026", "Feb 2026", "Jan 2026", "Feb 2026"], ["TV", "RTL", 100, 200, 80, 160]]
    assert "periods_repeated" in codes(read([*rows, ["Radio", "NRJ", 300, 300, 240, 240]]))
    summed = [[*rows[0], "Total EUR"], ["TV", "RTL", 100, 200, 80, 160, 240], ["Radio", "NRJ", 300, 300, 240, 240, 480]]
    reading = read(summed)
    assert budgets(reading.tables[0]) == [24_000, 48_000]
    assert "periods_repeated" not in codes(reading)


def test_an_amount_among_the_totals_that_is_no_line_is_named() -> None:
    rows: Rows = [
        ["Channel", "Publisher", "Cost EUR"],
        ["TV", "RTL", 3000],
        ["Radio", "NRJ", 2000],
        ["Total", _, 5000],
        ["Sponsoring", _, 900],
    ]
    reading = read(rows)
    assert budgets(reading.tables[0]) == [300_000, 200_000]
    assert "rows_left_out" in codes(reading)


def test_a_lone_line_under_an_unknown_head_is_named_though_the_file_holds_no_plan() -> None:
    reading = read([["Zender", "Qwert"], ["Radio 538", 12000]])
    assert not reading.is_media_plan
    assert "unread_table" in codes(reading)


def test_a_table_that_nearly_restates_another_is_asked_about_whatever_its_title() -> None:
    heads = ["Kanal", "Jan 2026", "Feb 2026", "Mar 2026", "Total DKK"]
    plan: Rows = [["Plan"], heads, ["Search", 10000, 10000, 12000, 32000], ["Social", 8000, 9000, 9000, 26000]]
    other: Rows = [[_], ["Qwert"], heads, ["Search", 9800, 10100, 11900, 31800], ["Social", 7900, 8800, 9100, 25800]]
    assert "alternatives" in kinds(read([*plan, *other]))


def test_what_was_spent_is_not_the_budget_without_a_word_where_other_amounts_stand_beside_it() -> None:
    assert "which_budget" in kinds(read([["Channel", "Qwert", "Spent USD"], ["Meta", 60000, 15000], ["Google", 40000, 12000]]))
    assert not kinds(read([["Kanal", "Jahresbudget EUR", "Ist EUR"], ["Meta", 60000, 15000], ["Google", 40000, 12000]]))


def test_a_rate_whose_discount_leaves_the_cost_is_no_rival_of_it() -> None:
    rows: Rows = [["Magazine", "Open rate", "Discount", "Your cost USD"], ["Elle", 95000, 0.55, 42750], ["Vogue", 140000, 0.6, 56000]]
    assert not kinds(read([*rows, ["Total", 235000, _, 98750]]))


def test_an_old_budget_is_not_read_without_a_word_where_a_fee_stands_beside_it() -> None:
    rows: Rows = [
        ["Channel", "Retailer", "Placement fee", "Budget old EUR"],
        ["Radio", "Coop", 18000, 16000],
        ["Social", "Migros", 9500, 9000],
    ]
    assert "which_budget" in kinds(read(rows))


def test_versions_across_in_texts_are_not_added_up_because_only_their_columns_have_totals() -> None:
    rows: Rows = [["Kanaal", "Pakket Brons", "Pakket Zilver"], ["Radio", "€ 10.000", "€ 15.000"], ["Online", "€ 5.000", "€ 10.000"]]
    reading = read([["Offerte campagne 2026"], *rows, ["Totaal", "€ 15.000", "€ 25.000"]])
    assert "alternatives" in kinds(reading)
    assert all(found.alternative_group for found in reading.tables)


def test_columns_that_a_total_adds_up_and_no_word_explains_are_named() -> None:
    rows: Rows = [["Регион", "Россия 1", "НТВ", "Итого, руб."], ["Казань", 240000, 190000, 430000], ["Омск", 350000, 280000, 630000]]
    reading = read([["ТВ-план, медиаплан 2026"], *rows, ["Итого", 590000, 470000, 1060000]])
    assert budgets(reading.tables[0]) == [43_000_000, 63_000_000]
    assert "unread_column" in codes(reading)


def test_money_under_the_same_head_in_a_block_beside_is_asked_about() -> None:
    rows: Rows = [
        ["Csatorna", "Költség (Ft)", _, "Csatorna", "Költség (Ft)"],
        ["TV", 12000000, _, "TV", 9000000],
        ["Online", 4000000, _, "Online", 5000000],
    ]
    assert "which_budget" in kinds(read([["A", _, _, "B"], *rows]))


def test_a_remark_between_the_lines_is_none_of_them() -> None:
    rows: Rows = [
        ["Channel", "Vendor", "Cost USD"],
        ["TV", "WCVB", 60000],
        ["Note: includes added value", _, 10500],
        ["Digital", "Meta", 25000],
    ]
    reading = read([*rows, ["Total", _, 85000]])
    assert budgets(reading.tables[0]) == [6_000_000, 2_500_000]
    assert any(check.matches and check.kind == "total" for check in reading.tables[0].totals)


def test_flights_across_lines_that_are_columns_are_no_months() -> None:
    flights = ["6/1/2026 - 8/31/2026", "6/1/2026 - 7/31/2026", "7/1/2026 - 8/31/2026"]
    rows: Rows = [
        [_, "Search", "Display", "Video"],
        ["Flight", *flights],
        ["Vendor", "Google", "DV360", "YouTube"],
        ["Impressions", _, 4000000, 1500000],
    ]
    found = read([*rows, ["CPM", _, "$5.00", "$16.00"], ["Budget", "$45,000", "$20,000", "$24,000"]], name="Media plan").tables[0]
    assert budgets(found) == [4_500_000, 2_000_000, 2_400_000]


def test_tables_of_what_is_no_media_money_are_no_plans() -> None:
    """Whoever counts on a funnel, an account or a calculator must not be offered to plan with it."""
    funnel: Rows = [
        ["Quelle", "Monat", "Leads", "Qwertz", "Umsatz (€)"],
        ["Google Ads", "Januar", 49, 8, 105000],
        ["LinkedIn", "Januar", 60, 10, 144000],
    ]
    account: Rows = [
        ["Kennzahl", "Jan Plan", "Jan Ist"],
        ["Umsatz", 840000, 812300],
        ["Bruttogewinn", 530000, 506900],
        ["Werbung", 65000, 58200],
    ]
    calculator: Rows = [
        ["Assumption", "Low", "High"],
        ["Monthly budget ($)", 900, 900],
        ["Average basket ($)", 185, 195],
        ["Revenue", 6000, 9000],
    ]
    posts: Rows = [["Datum", "Síť", "Text příspěvku", "Cíl dosahu", "Hodiny práce"], ["2026-03-02", "Instagram", "Koláč za 39 Kč", 1800, 1]]
    calculator += [["Gross profit", 2000, 4000], ["ROAS", 0.6, 2.7]]
    funnel += [["Total", _, 109, 18, 249000]]
    for rows in (funnel, account, calculator, [*posts, ["2026-03-04", "Facebook", "Sleva", 3200, 2], [_, _, "Celkem", 5000, 3]]):
        reading = read(rows)
        assert not reading.is_media_plan, rows[0]


def test_a_forecast_of_media_on_its_side_stays_a_plan_beside_its_revenue_and_profit() -> None:
    rows: Rows = [
        ["Metric", "Meta", "Google Search", "TikTok"],
        ["Budget EUR", 5000, 8000, 3000],
        ["Clicks", 9000, 7000, 4000],
        ["Revenue", 15000, 32000, 6000],
    ]
    reading = read([*rows, ["Gross profit", 6000, 12000, 1500]])
    assert reading.is_media_plan and budgets(reading.tables[0]) == [500_000, 800_000, 300_000]


def test_lists_of_prices_and_what_competitors_spend_are_no_plans() -> None:
    """A campaign against competitors stays one: only their spend is nobody's plan."""
    prices: Rows = [["Площадка", "Ед.", "Прайс"], ["Авто.ру", "1000 показов", 620], ["VK Реклама", "клик", 38]]
    assert not read(prices).is_media_plan
    spends: Rows = [
        ["Advertiser", "Media", "Jan 2026", "Feb 2026", "Total EUR"],
        ["Bank A", "TV", 100, 200, 300],
        ["Bank B", "Radio", 50, 60, 110],
    ]
    assert not read([["Competitor spend, source: monitor"], *spends]).is_media_plan
    search: Rows = [
        ["Competitors"],
        ["Campaign", "Channel", "Budget EUR"],
        ["Rivals DE", "Google Search", 5000],
        ["Rivals AT", "Google Search", 900],
    ]
    assert read(search).is_media_plan
