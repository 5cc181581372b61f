"""Names that are spelt like currencies, numbered periods over amounts, and titles over money that is earned."""

from __future__ import annotations

import pytest

from core.sheets.reading.currency import currency_in_text
from tests.unit.sheets import Rows, budgets, read, table

_ = None


@pytest.mark.parametrize("name", ["NPR underwriting", "Hulu + Disney+ (via TTD)", "Display RON", "SDG bonds", "BOB and friends"])
def test_a_name_spelt_like_a_currency_says_nothing_of_the_money(name: str) -> None:
    reading = read([["Campaign", "Platform", "Approved budget"], ["Always on", "Meta", 100], [name, "Radio", 50], ["Total", _, 150]])
    assert reading.tables[0].currency is None and [question.kind for question in reading.questions] == ["currency"]


@pytest.mark.parametrize("heads", [["Budget NPR"], ["Budget (TTD)"], ["Buget RON fără TVA"], ["Cost in NPR per placement"]])
def test_such_a_currency_counts_where_a_head_says_it_of_money(heads: list[str]) -> None:
    found = table([["Channel", *heads], ["Radio", 100], ["TV", 50], ["Total", 150]])
    assert found.currency is not None and found.currency in heads[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NPR campaign 2026", None), ("RON impressions", None), ("All amounts in RON, without VAT", "RON"), ("Total, NPR:", "NPR"),
        ("NPR 12,000", "NPR"), ("EUR budget", "EUR"), ("KES and more", "KES"),
    ],
)  # fmt: skip
def test_a_code_that_is_also_a_name_needs_more_to_count(text: str, code: str | None) -> None:
    assert currency_in_text(text) == code


def test_numbered_months_speak_for_a_plan_as_dates_do() -> None:
    rows: Rows = [
        ["Category", "Month 1-2", "Month 3-4", "Month 5-6", "Total"],
        ["Field Agents", "₦2.4M", "₦3.6M", "₦4.8M", "₦10.8M"],
        ["WhatsApp groups", "₦600K", "₦800K", "₦1M", "₦2.4M"],
        ["Radio spots", "₦1.2M", "₦1.2M", "₦1.2M", "₦3.6M"],
        ["Total", "₦4.2M", "₦5.6M", "₦7M", "₦16.8M"],
    ]
    found = table(rows)
    assert (found.currency, budgets(found)) == ("NGN", [1_080_000_000, 240_000_000, 360_000_000])


def test_money_under_a_title_of_revenue_is_no_plan() -> None:
    rows: Rows = [
        ["Revenue projection (cautious)"],
        [],
        ["Channel", "Month 1", "Month 2"],
        ["AdSense", "$100", "$200"],
        ["Email", "$300", "$900"],
    ]
    assert not read([*rows, ["Total", "$400", "$1,100"]]).is_media_plan


@pytest.mark.parametrize(
    ("text", "amount"),
    [("~$5,000", 5000), ("$5,000+", 5000), ("40% ($5,000)", 5000), ("$5,000 (40%)", 5000), ("35% / 5,000 USD", 5000)],
)
def test_an_amount_that_is_meant_roughly_or_stands_beside_its_share_is_read_and_named(text: str, amount: int) -> None:
    reading = read([["Channel", "Budget USD"], ["Search", "$1,000"], ["Meta", text], ["TikTok", "$2,000"]])
    assert budgets(reading.tables[0]) == [1000_00, amount * 100, 2000_00]
    assert "amount_remark" in {warning.code for warning in reading.warnings}


@pytest.mark.parametrize("text", ["<$5,000", "up to $5,000", "ca. $5,000", "10 (5%)", "5+"])
def test_a_bound_or_a_small_count_is_no_amount(text: str) -> None:
    reading = read([["Channel", "Budget USD"], ["Search", "$1,000"], ["Meta", text], ["TikTok", "$2,000"]])
    assert budgets(reading.tables[0]) == [1000_00, None, 2000_00]
    assert "amount_is_text" in {warning.code for warning in reading.warnings}


@pytest.mark.parametrize("text", ["$5,000/mo", "$5,000 per month", "$5,000/wk", "$5,000 a month"])
def test_an_amount_by_the_month_is_read_as_stated_and_named(text: str) -> None:
    reading = read([["Channel", "Budget"], ["Search", text], ["Meta", "$1,000"]])
    assert budgets(reading.tables[0]) == [5000_00, 1000_00]
    assert "budget_per_period" in {warning.code for warning in reading.warnings}


def test_a_sum_over_months_is_money_and_no_date() -> None:
    rows: Rows = [
        ["Channel", "Monthly", "3-Month Total", "Goal"],
        ["Google Ads", "$2,000", "$6,000", "leads"],
        ["SEO", "$1,000", "$3,000", "traffic"],
    ]
    found = table([*rows, ["Total", "$3,000", "$9,000", _]])
    assert budgets(found) == [6000_00, 3000_00]


def test_gross_commission_and_net_speak_for_a_plan() -> None:
    rows: Rows = [
        ["Vendor", "Gross Cost", "Commission 15%", "Net Cost"],
        ["WABC", "$10,000", "$1,500", "$8,500"],
        ["WXYZ", "$20,000", "$3,000", "$17,000"],
    ]
    found = table([*rows, ["Total", "$30,000", "$4,500", "$25,500"]])
    assert (found.basis, budgets(found)) == ("net", [8500_00, 17000_00])


def test_bold_marks_of_markdown_are_no_part_of_an_amount() -> None:
    found = table([["Channel", "Budget"], ["Google Ads", "**$4,000**"], ["LinkedIn", "$3,000"], ["**Total**", "**$7,000**"]])
    assert (budgets(found), all(check.matches for check in found.totals)) == ([4000_00, 3000_00], True)
