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
