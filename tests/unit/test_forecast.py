"""Forecasts add up, carry honest ranges, and their confidence names its reasons."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.flight import Period, month_of
from core.model.interval import Interval
from core.planning.confidence import Grounds, score_line, score_plan
from core.planning.forecast import ChannelCurve, ForecastRequest, PlannedLine, predict
from core.planning.ledger import LedgerEntry, beliefs_from_ledger, promised_at, sum_up, unseen
from core.planning.pacing import PacingLine, pace, planned_by_day
from core.planning.rates import Backtest, ChannelRates, Delivered, Rate, backtest_rates, learn_rates, pool_backtests, rate_from_range

MARCH, APRIL = month_of(date(2026, 3, 1)), month_of(date(2026, 4, 1))
CURVE = ChannelCurve(np.column_stack([np.linspace(90, 110, 200), np.full(200, 500.0), np.ones(200)]), 7, "conversions")
RATES = ChannelRates(Rate(8.0, 0.1), Rate(0.02, 0.1), Rate(0.03, 0.1), Rate(60.0, 0.05))


def delivered(seed: int, n: int = 80) -> Delivered:
    rng = np.random.default_rng(seed)
    spend = rng.uniform(500, 1500, n)
    impressions = spend / (8 * np.exp(rng.normal(0, 0.08, n))) * 1000
    clicks = impressions * 0.02 * np.exp(rng.normal(0, 0.05, n))
    return Delivered(spend, impressions, clicks, clicks * 0.03 * np.exp(rng.normal(0, 0.1, n)), clicks * 1.8)


def test_lines_sum_to_their_period_channel_and_plan() -> None:
    lines = (
        PlannedLine("a", "search", MARCH, 100_000),
        PlannedLine("b", "search", MARCH, 300_000),
        PlannedLine("c", "meta", APRIL, 200_000),
        PlannedLine("d", "meta", MARCH, 0),
    )
    forecast = predict(ForecastRequest(lines, {("search", None): CURVE}, {"search": RATES, "meta": RATES}))
    for metric in ("impressions", "clicks", "conversions", "value"):
        known = [line.expected[metric] for line in forecast.lines]
        total = forecast.total[metric]
        assert total is not None
        assert sum(part.mean for part in known if part is not None) == pytest.approx(total.mean)
        assert sum(part[metric].mean for part in forecast.by_period.values() if part[metric]) == pytest.approx(total.mean)
    a, b = forecast.lines[0].expected["conversions"], forecast.lines[1].expected["conversions"]
    assert a and b and b.mean == pytest.approx(3 * a.mean)
    assert [line.line for line in forecast.lines] == ["a", "b", "c", "d"]
    assert forecast.basis["search"].startswith("response curve")


def test_conversions_follow_the_curve_and_diminish() -> None:
    def conversions(minor: int) -> float:
        found = predict(ForecastRequest((PlannedLine("a", "s", MARCH, minor),), {("s", None): CURVE}, {})).total["conversions"]
        assert found is not None
        return found.mean

    weeks = 31 / 7
    assert conversions(round(500 * weeks * 100)) == pytest.approx(weeks * 100 / 2, rel=0.01)
    assert conversions(200_000) < 2 * conversions(100_000)


def test_a_plan_with_a_line_that_nothing_is_known_of_has_no_total() -> None:
    lines = (PlannedLine("a", "search", MARCH, 100_000), PlannedLine("b", "blimps", MARCH, 100_000))
    forecast = predict(ForecastRequest(lines, {}, {"search": RATES}))
    assert forecast.lines[0].expected["clicks"] is not None
    assert forecast.total["clicks"] is None and forecast.by_channel["blimps"]["cpa"] is None


def test_a_revenue_curve_gives_roas_and_conversions_through_their_value() -> None:
    curve = ChannelCurve(CURVE.draws * np.array([60.0, 1, 1]), 7, "revenue")
    forecast = predict(ForecastRequest((PlannedLine("a", "s", MARCH, 100_000),), {("s", None): curve}, {"s": RATES}))
    value, conversions, roas = (forecast.total[metric] for metric in ("value", "conversions", "roas"))
    assert value and conversions and roas
    assert roas.mean == pytest.approx(value.mean / 1000)
    assert conversions.mean == pytest.approx(value.mean / 60, rel=0.02)


def test_rates_and_their_ranges_hold_on_periods_they_never_saw() -> None:
    pooled = pool_backtests([backtest_rates(delivered(seed), horizon=4) for seed in range(20)])
    assert pooled is not None
    assert 0.82 <= pooled.coverage <= 0.99
    assert pooled.mape < 0.1
    rates = learn_rates(delivered(1), horizon=4)
    assert rates.cpm and rates.cpm.mean == pytest.approx(8, rel=0.05)
    assert rates.ctr and rates.ctr.mean == pytest.approx(0.02, rel=0.05)


def test_too_little_history_gives_no_rate_and_no_backtest() -> None:
    short = delivered(1, 3)
    assert learn_rates(short, horizon=4) == ChannelRates()
    assert backtest_rates(short, horizon=4) is None
    assert rate_from_range(8.0, 4.0, 12.0).log_sd >= 0.3


def test_confidence_falls_with_less_data_wider_ranges_and_spend_beyond_what_was_seen() -> None:
    good = Grounds(104, "strong", Interval(100, 90, 110), 900, 1000, Backtest(0.9, 0.08, 40))
    best = score_line(good)
    assert best.grade == "high"
    for worse in (
        Grounds(5, "prior", good.outcome, 900, 1000, good.backtest),
        Grounds(104, "strong", Interval(100, 20, 300), 900, 1000, good.backtest),
        Grounds(104, "strong", good.outcome, 3000, 1000, good.backtest),
        Grounds(104, "strong", good.outcome, 900, 1000, Backtest(0.3, 0.9, 40)),
        Grounds(104, "strong", good.outcome, 900, 1000, None),
    ):
        assert score_line(worse).score < best.score
    beyond = score_line(Grounds(104, "strong", good.outcome, 3000, 1000, good.backtest))
    assert beyond.reasons[0] == "The spend is 3.0 times the most that was seen."


def test_a_plan_is_as_sure_as_its_money() -> None:
    high = score_line(Grounds(104, "strong", Interval(100, 90, 110), 900, 1000, Backtest(0.9, 0.08, 40)))
    low = score_line(Grounds(0, None, None, 900, 0, None))
    mostly_high, mostly_low = score_plan([(high, 90), (low, 10)]), score_plan([(high, 10), (low, 90)])
    assert mostly_high.score > mostly_low.score
    assert "90% of the budget is in lines of low confidence." in mostly_low.reasons
    assert score_plan([]).grade == "low"


@given(st.integers(0, 10**9), st.integers(1, 60), st.integers(-5, 70))
def test_daily_plans_sum_to_the_budget_and_the_pace_says_when_it_ends(budget: int, days: int, today: int) -> None:
    period = Period(date(2026, 3, 1), date(2026, 3, 1) + timedelta(days=days - 1))
    plan = planned_by_day([(period, budget)])
    assert sum(plan.values()) == budget and len(plan) == days
    stand = pace(PacingLine("a", ((period, budget),), plan), on=period.start + timedelta(days=today))
    assert stand.delivered_minor == stand.planned_to_date_minor
    assert stand.state in ("not_started", "on_pace", "ended_on_budget")


def test_a_line_that_spends_half_is_under_and_told_what_a_day_needs() -> None:
    period = Period(date(2026, 3, 1), date(2026, 3, 30))
    spent = {date(2026, 3, 1) + timedelta(days=i): 50_00 for i in range(15)}
    stand = pace(PacingLine("a", ((period, 3000_00),), spent), on=date(2026, 3, 15))
    assert (stand.state, stand.pace_ratio) == ("under", 0.5)
    assert stand.projected_minor == 1500_00
    assert stand.daily_to_finish_minor == 150_00
    assert stand.tolerance == pytest.approx(0.13)


def test_days_above_what_the_platform_may_spend_are_named() -> None:
    period = Period(date(2026, 3, 1), date(2026, 3, 30))
    spent = {date(2026, 3, 2): 199_00, date(2026, 3, 3): 201_00}
    stand = pace(PacingLine("a", ((period, 3000_00),), spent, platform="google"), on=date(2026, 3, 3))
    assert stand.over_delivery_days == (date(2026, 3, 3),)


def test_the_ledger_sums_up_flights_and_turns_into_a_belief() -> None:
    day, promised, half = date(2026, 3, 1), Interval(20, 15, 25), Interval(10, 7.5, 12.5)
    entries = [LedgerEntry("meta", f"flight {i}", day, day, 100_00, 50_00, promised, half, 8.0) for i in range(4)]
    line = sum_up(entries)[0]
    assert line.ratio == pytest.approx(0.8)
    assert line.held == 1.0
    belief = beliefs_from_ledger(entries, minor_per_unit=100)["meta"]
    assert belief.return_per_unit == pytest.approx((8 / 50, 0.3 * 8 / 50))
    assert belief.source == "4 finished flights"


def test_a_promise_at_another_spend_follows_its_curve() -> None:
    points = ((100_00, Interval(20, 15, 25)), (200_00, Interval(30, 20, 40)), (50_00, Interval(12, 9, 15)))
    assert promised_at(100_00, points) == Interval(20, 15, 25)
    assert promised_at(150_00, points) == Interval(25, 17.5, 32.5)  # not the 30 that 1.5 times the promise would be
    assert promised_at(25_00, points) == Interval(6, 4.5, 7.5)
    assert promised_at(300_00, points) == Interval(40, 25, 55)
    assert promised_at(0, points) == Interval(0, 0, 0)
    assert promised_at(30_00, [(100_00, Interval(20, 15, 25))]) == Interval(6, 4.5, 7.5)  # only the promise itself is known


def test_flights_that_a_fit_sees_in_its_data_are_not_learnt_from_again() -> None:
    def flight(start: date, end: date) -> LedgerEntry:
        return LedgerEntry("meta", "Plan", start, end, 100_00, 100_00, Interval(20, 15, 25), Interval(20, 15, 25), 8.0)

    inside, across, after = (
        flight(date(2026, 1, 5), date(2026, 1, 25)),
        flight(date(2026, 2, 20), date(2026, 3, 20)),
        flight(date(2026, 3, 2), date(2026, 3, 4)),
    )
    assert unseen((inside, across, after), (date(2025, 1, 6), date(2026, 3, 1))) == (after,)
    assert unseen((inside,), None) == (inside,)


def test_the_cost_shown_is_the_budget_over_the_outcome_shown() -> None:
    wide = ChannelCurve(np.column_stack([np.geomspace(20, 400, 200), np.full(200, 500.0), np.ones(200)]), 7, "conversions")
    total = predict(ForecastRequest((PlannedLine("a", "search", MARCH, 300_000),), {("search", None): wide}, {"search": RATES})).total
    conversions, value, cpa, roas = (total[name] for name in ("conversions", "value", "cpa", "roas"))
    assert conversions is not None and value is not None and cpa is not None and roas is not None
    assert cpa.mean == pytest.approx(3000 / conversions.mean) and roas.mean == pytest.approx(value.mean / 3000)
    assert cpa.low < cpa.mean < cpa.high and cpa.low == pytest.approx(3000 / conversions.high, rel=0.02)
