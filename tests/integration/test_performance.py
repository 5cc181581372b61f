"""Performance is imported, fitted and forecast on a real database; another workspace sees none of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import select

from core.access import AccessContext, Role
from core.db.tables.performance import PromiseEntry
from core.errors import Forbidden, InvalidInput, NotFound
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.flight import month_of
from core.model.interval import Interval
from core.model.workbook import Cell, Tab, Workbook
from core.planning.optimising import Wanted
from core.planning.response.curves import respond
from core.runtime import Runtime
from core.services.curves import CurveRequest, curves_for, has_curves
from core.services.demo_performance import _TRUTH, MADE_NAME, made_rows, make_demo_performance, respond_truth
from core.services.forecast import forecast_distribution
from core.services.ledger import PlanPromises, Promise, finished_entries, keep_promises, learnt_beliefs, list_ledger
from core.services.lift_tests import NewLiftTest, add_lift_test, list_lift_tests, remove_lift_test
from core.services.optimisation import ensure_curves
from core.services.performance import ImportRows, import_rows, list_performance, remove_import
from core.services.planning import workspace_performance
from core.services.response import (
    curve_points,
    fit_response,
    latest_fit,
    start_fit,
)
from core.sheets.performance import read_plain_table
from core.workflows.engine import Engine
from tests.conftest import SettableClock, make_member, wait_for_job
from tests.integration.performance_rows import row

CHANNELS = ("Search", "Meta", "TikTok")
JULY = month_of(date(2026, 7, 1))


def workbook(*rows: tuple[object, ...]) -> Workbook:
    cells = {(r, c): Cell(value) for r, row in enumerate(rows, 1) for c, value in enumerate(row, 1)}  # type: ignore[arg-type]
    return Workbook("results.xlsx", "xlsx", (Tab("Data", cells, len(rows), max(map(len, rows))),))


def test_a_plain_table_is_read_with_its_weeks_currency_and_bad_cells_named() -> None:
    table = read_plain_table(
        workbook(
            ("Our results", None, None, None),
            ("Week", "Kanal", "Kosten (EUR)", "Conv."),
            (date(2026, 1, 5), "Suche", "1.234,50", 12),
            ("12.01.2026", "Suche", 900, 11),
            ("soon", "Suche", 900, 11),
        )
    )
    assert [(r.start, r.end, r.spend_minor, r.conversions) for r in table.rows] == [
        (date(2026, 1, 5), date(2026, 1, 11), 1234_50, 12.0),
        (date(2026, 1, 12), date(2026, 1, 18), 900_00, 11.0),
    ]
    assert table.currency == "EUR"
    assert table.skipped == ("Data!A5: 'soon' is not a date such as 2026-03-31.",)


def test_a_workbook_without_performance_says_which_header_it_needs() -> None:
    with pytest.raises(InvalidInput, match="no header row with a date and a spend"):
        read_plain_table(workbook(("Campaign", "Budget"), ("Spring", 10)))


def test_rows_are_summed_by_channel_and_day_and_imported_again_they_replace(runtime: Runtime, ctx: AccessContext) -> None:
    days = [date(2026, 1, 5) + timedelta(days=i) for i in range(28)]
    rows = tuple(row(day, campaign=name) for day in days for name in ("a", "b"))
    import_rows(ctx, runtime, ImportRows("first", rows))
    import_rows(ctx, runtime, ImportRows("again", rows[:14]))
    view = list_performance(ctx, runtime)
    assert view.history is not None
    assert view.history.channel("Search").spend.tolist() == [1400.0] * 4
    assert view.history.kpi("conversions").tolist() == [[70.0] * 4]
    assert np.isnan(view.history.channel("Search").impressions).all()
    assert view.through == days[-1] and not view.is_made


@pytest.mark.parametrize("first", ["days", "weeks"])
def test_a_day_counts_once_whether_it_comes_alone_or_within_its_week(first: str, runtime: Runtime, ctx: AccessContext) -> None:
    monday = date(2026, 1, 5)
    days = tuple(row(monday + timedelta(days=i)) for i in range(28))
    weeks = tuple(
        row(monday + timedelta(days=7 * i), spend=700_00, conversions=35.0, end=monday + timedelta(days=7 * i + 6)) for i in range(4)
    )
    for rows in (days, weeks) if first == "days" else (weeks, days):
        import_rows(ctx, runtime, ImportRows("export", rows))
    history = list_performance(ctx, runtime).history
    assert history is not None
    assert history.channel("Search").spend.tolist() == [700.0] * 4
    partly = import_rows(ctx, runtime, ImportRows("a part", (row(monday + timedelta(days=2), channel="Meta"),)))
    assert partly.skipped == ()


def test_a_week_that_is_imported_again_in_part_is_replaced_and_said(runtime: Runtime, ctx: AccessContext) -> None:
    monday = date(2026, 1, 5)
    weeks = tuple(row(monday + timedelta(days=7 * i), spend=700_00, end=monday + timedelta(days=7 * i + 6)) for i in range(4))
    import_rows(ctx, runtime, ImportRows("weeks", weeks))
    again = import_rows(ctx, runtime, ImportRows("days", (row(monday + timedelta(days=9)), row(monday + timedelta(days=10)))))
    assert again.skipped == ("1 earlier week was replaced whole: these rows cover only a part.",)
    history = list_performance(ctx, runtime).history
    assert history is not None and history.channel("Search").spend.tolist() == [700.0, 200.0, 700.0, 700.0]


def test_what_cannot_be_used_is_left_out_and_said(runtime: Runtime, ctx: AccessContext) -> None:
    first = date(2026, 1, 5)
    rows = (
        *(row(first + timedelta(days=7 * i), end=first + timedelta(days=7 * i + 6)) for i in range(5)),
        row(first, None),
        row(first, currency=None),
        row(first, end=first + timedelta(days=30)),
        row(first, spend=-1),
    )
    view = import_rows(ctx, runtime, ImportRows("mixed", rows))
    assert view.rows == 5
    assert len(view.skipped) == 4 and any("more than a week" in reason for reason in view.skipped)
    with pytest.raises(InvalidInput, match="none of its 1 rows"):
        import_rows(ctx, runtime, ImportRows("bad", rows[5:6]))


def test_an_empty_workspace_says_so_and_fits_nothing(runtime: Runtime, ctx: AccessContext) -> None:
    assert list_performance(ctx, runtime).history is None
    assert latest_fit(ctx, runtime) is None
    with pytest.raises(InvalidInput, match="no performance data yet"):
        start_fit(ctx, runtime, "conversions")


def test_made_data_are_marked_the_same_every_time_and_their_curves_are_found(runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    view = list_performance(ctx, runtime)
    assert view.is_made and view.imports[0].name == MADE_NAME
    assert view.history is not None and view.history.paid == ("Meta", "Search", "TikTok")
    assert made_rows(CHANNELS, "EUR", until=date(2026, 3, 2)) == made_rows(CHANNELS, "EUR", until=date(2026, 3, 2))
    found = fit_response(ctx, runtime, "conversions")
    assert found.is_made and found.state == "fresh"
    for item in found.answer["channels"]:
        truth, spend = _TRUTH[item["name"]], view.history.channel(item["name"]).spend
        real = respond_truth(truth, spend).sum() / spend.sum()
        assert item["return_per_unit"]["low"] * 0.85 <= real <= item["return_per_unit"]["high"] * 1.15
    points = curve_points(found, "Search")
    assert points["low"][-1] < points["mean"][-1] < points["high"][-1]


def test_a_fit_runs_as_a_job_and_goes_stale_with_the_next_import(runtime: Runtime, ctx: AccessContext, engine: Engine) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS[:2], currency="EUR")
    status = wait_for_job(runtime, ctx, start_fit(ctx, runtime, "conversions"))
    assert status.state == "succeeded", status.error
    found = latest_fit(ctx, runtime)
    assert found is not None and found.state == "fresh"
    runtime.clock.advance(minutes=5)  # type: ignore[attr-defined]
    import_rows(ctx, runtime, ImportRows("newer", (row(date(2026, 2, 16), end=date(2026, 2, 22)),)))
    later = latest_fit(ctx, runtime)
    assert later is not None and later.state == "stale"


def test_curves_for_a_plan_come_from_the_fit_or_are_priors_that_say_so(runtime: Runtime, ctx: AccessContext) -> None:
    with pytest.raises(InvalidInput, match="no response curves in EUR yet"):
        curves_for(ctx, runtime, CurveRequest((("Search", None),), "EUR", (JULY,)))
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    found = fit_response(ctx, runtime, "conversions")
    lines = tuple((channel, None) for channel in ("Paid search", "Google Display", "Zeppelins"))
    curves = {line[0]: view for line, view in curves_for(ctx, runtime, CurveRequest(lines, "EUR", (JULY,))).items()}
    search = curves["Paid search"]
    assert (search.key, search.source) == (("Search", None), "fit") and search.most_seen_minor > 0
    weeks = 31 / 7
    monthly = respond(search.triples[JULY.key], np.array([weeks * 9000_00.0])).mean()
    weekly = respond(found.draws["Search"], np.array([9000.0])).mean()
    assert monthly == pytest.approx(weeks * weekly, rel=0.02)
    assert curves["Google Display"].evidence == "prior" and "CPA" in curves["Google Display"].source
    assert curves["Zeppelins"].evidence == "prior" and "other channels" in curves["Zeppelins"].source
    with pytest.raises(InvalidInput, match="no response curves in USD yet"):
        curves_for(ctx, runtime, CurveRequest((("Search", None),), "USD", (JULY,)))


def test_a_budget_table_is_forecast_with_confidence_and_a_backtest(runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    fit_response(ctx, runtime, "conversions")
    rows = tuple(
        DistributionRow(id=f"r{i}", label=name, channel=name, cells=(DistributionCell(JULY.key, 30_000_00),))
        for i, name in enumerate(("Search", "Meta", "Zeppelins"))
    )
    view = forecast_distribution(ctx, runtime, Distribution("EUR", (JULY,), rows))
    search = view.forecast.lines[0].expected
    assert search["conversions"] and search["cpa"] and search["roas"] and search["impressions"]
    assert search["conversions"].low < search["conversions"].mean < search["conversions"].high
    assert view.forecast.total["conversions"] is None  # nothing is known of zeppelins
    assert view.confidence["r0"].score > view.confidence["r2"].score
    assert view.backtest is not None and 0.75 <= view.backtest.coverage <= 1
    assert view.holdout is not None and view.is_made and view.kpi == "conversions"


def test_a_table_is_filled_by_the_workspaces_curves_where_they_have_one_of_its_channels(runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    fit_response(ctx, runtime, "conversions")
    rows = tuple(
        DistributionRow(id=label, label=label, channel=channel, cells=(DistributionCell(JULY.key, 20_000_00),))
        for label, channel in (("Brand search", "Search"), ("Zeppelins", None))
    )
    assert has_curves(ctx, runtime, Distribution("EUR", (JULY,), rows))
    assert not has_curves(ctx, runtime, Distribution("USD", (JULY,), rows))
    assert not has_curves(ctx, runtime, Distribution("EUR", (JULY,), rows[1:]))


def test_the_assistant_plans_with_the_workspaces_own_curves(runtime: Runtime, ctx: AccessContext) -> None:
    assert workspace_performance(ctx, runtime, currency="EUR") is None
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    fit_response(ctx, runtime, "conversions")
    own = workspace_performance(ctx, runtime, currency="EUR")
    assert own is not None and set(own.draws) == set(CHANNELS)
    assert len(own.kpi_values) == len(own.dates) == len(own.spend["Search"]) == 104
    assert own.returns["Search"][1] < own.returns["Search"][0] < own.returns["Search"][2]
    assert workspace_performance(ctx, runtime, currency="USD") is None


def test_a_forecast_without_any_data_rests_on_published_figures(runtime: Runtime, ctx: AccessContext) -> None:
    rows = (DistributionRow(id="r", label="Meta", channel="Meta", cells=(DistributionCell(JULY.key, 30_000_00),)),)
    view = forecast_distribution(ctx, runtime, Distribution("EUR", (JULY,), rows))
    assert view.forecast.total["clicks"] is not None
    assert "published" in view.forecast.basis["Meta"]
    assert view.plan_confidence.grade == "low" and view.backtest is None


def test_lift_tests_are_kept_checked_and_removed(runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    good = NewLiftTest("Search", "conversions", date(2025, 6, 2), date(2025, 6, 29), 20_000_00, 900.0, 90.0, "EUR")
    kept = add_lift_test(ctx, runtime, good)
    assert list_lift_tests(ctx, runtime) == (kept,)
    for bad in (
        NewLiftTest("Radio", "conversions", good.start, good.end, 1, 1.0, 1.0, "EUR"),
        NewLiftTest("Search", "conversions", good.end, good.start, 1, 1.0, 1.0, "EUR"),
        NewLiftTest("Search", "conversions", good.start, good.end, 0, 1.0, 1.0, "EUR"),
    ):
        with pytest.raises(InvalidInput):
            add_lift_test(ctx, runtime, bad)
    remove_lift_test(ctx, runtime, kept.test_id)
    assert list_lift_tests(ctx, runtime) == ()
    with pytest.raises(NotFound):
        remove_lift_test(ctx, runtime, kept.test_id)


def test_a_promise_meets_what_was_delivered_once_its_flight_is_over(runtime: Runtime, ctx: AccessContext, clock: SettableClock) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    clock.advance(days=-90)
    over = Promise("Paid search", date(2026, 1, 5), date(2026, 1, 25), 25_000_00, Interval(1000, 800, 1200))
    coming = Promise("Paid search", date(2026, 7, 1), date(2026, 7, 31), 25_000_00, Interval(1000, 800, 1200))
    for _ in range(2):
        assert keep_promises(ctx, runtime, PlanPromises("Winter", "conversions", "EUR", (over, coming))) == 2
    clock.advance(days=90)
    entries = finished_entries(ctx, runtime, kpi="conversions", currency="EUR")
    assert [entry.channel for entry in entries] == ["Search"]
    view = list_performance(ctx, runtime)
    assert view.history is not None
    at = view.history.weeks.index(date(2026, 1, 5))
    assert entries[0].delivered == view.history.channel("Search").conversions[at : at + 3].sum()


def test_a_promise_is_kept_for_what_is_still_to_begin_and_the_first_one_stands(
    runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    def promised(start: date, end: date, mean: float) -> int:
        promise = Promise("Search", start, end, 25_000_00, Interval(mean, mean, mean))
        return keep_promises(ctx, runtime, PlanPromises("Spring", "conversions", "EUR", (promise,)))

    def told() -> list[tuple[date, float]]:
        with runtime.db.session(ctx) as session:
            return [(entry.start, entry.mean) for entry in session.scalars(select(PromiseEntry).order_by(PromiseEntry.start))]

    march, april, may = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
    clock.at = datetime(2026, 2, 27, tzinfo=UTC)
    assert promised(date(2026, 2, 1), date(2026, 2, 28), 1.0) == 0  # it runs already
    assert promised(date(2026, 2, 27), date(2026, 3, 31), 1.0) == 0  # it begins today
    assert promised(march, date(2026, 4, 30), 2.0) == 1
    assert promised(march, date(2026, 4, 30), 3.0) == 1 and told() == [(march, 3.0)]  # written again before it begins
    clock.at = datetime(2026, 3, 10, tzinfo=UTC)
    assert promised(march, date(2026, 4, 30), 9.0) == 0 and told() == [(march, 3.0)]
    assert promised(april, date(2026, 5, 31), 9.0) == 0  # April is promised already
    assert promised(may, date(2026, 5, 31), 4.0) == 1 and told() == [(march, 3.0), (may, 4.0)]


def test_a_flight_that_is_in_the_fitted_data_is_not_counted_twice(runtime: Runtime, ctx: AccessContext, clock: SettableClock) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    before = fit_response(ctx, runtime, "conversions").answer
    clock.advance(days=-90)
    over = Promise("Paid search", date(2026, 1, 5), date(2026, 1, 25), 25_000_00, Interval(1000, 800, 1200))
    keep_promises(ctx, runtime, PlanPromises("Winter", "conversions", "EUR", (over,)))
    clock.advance(days=90)
    history = list_performance(ctx, runtime).history
    assert history is not None
    ledger = list_ledger(ctx, runtime, kpi="conversions", currency="EUR", seen=history.span)
    assert [line.channel for line in ledger.lines] == ["Search"] and ledger.learnt == {}
    assert set(learnt_beliefs(ctx, runtime, kpi="conversions", currency="EUR")) == {"Search"}  # for a fit without these weeks
    assert fit_response(ctx, runtime, "conversions").answer["channels"] == before["channels"]


def test_holidays_of_a_country_are_taken_in_and_remembered(runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    plain = fit_response(ctx, runtime, "conversions")
    german = fit_response(ctx, runtime, "conversions", holidays="DE")
    assert (plain.answer["holidays"], german.answer["holidays"]) == (None, "DE")
    assert german.timeline["baseline"] != plain.timeline["baseline"]
    with pytest.raises(InvalidInput, match="'QQ' is not a country"):
        fit_response(ctx, runtime, "conversions", holidays="QQ")


def test_other_workspaces_and_viewers_are_kept_out(runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext) -> None:
    imported = make_demo_performance(ctx, runtime, channels=CHANNELS[:1], currency="EUR")
    fit_response(ctx, runtime, "conversions")
    assert list_performance(other_ctx, runtime).history is None
    assert latest_fit(other_ctx, runtime) is None
    with pytest.raises(NotFound):
        remove_import(other_ctx, runtime, imported.import_id)
    with pytest.raises(NotFound):
        remove_import(ctx, runtime, uuid4())
    viewer = make_member(runtime, Role.VIEWER, of=ctx)
    assert latest_fit(viewer, runtime) is not None
    for refused in (
        lambda: fit_response(viewer, runtime, "conversions"),
        lambda: start_fit(viewer, runtime, "conversions"),
        lambda: remove_import(viewer, runtime, imported.import_id),
    ):
        with pytest.raises(Forbidden):
            refused()
    remove_import(ctx, runtime, imported.import_id)
    assert list_performance(ctx, runtime).history is None


def test_each_currency_has_its_own_history_and_fit(runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    make_demo_performance(ctx, runtime, channels=CHANNELS[:1], currency="JPY")
    both = list_performance(ctx, runtime)
    assert (both.currency, both.other_currencies) == ("EUR", ("JPY",))
    yen = list_performance(ctx, runtime, currency="JPY")
    assert yen.history is not None and yen.history.paid == ("Search",)
    assert list_performance(ctx, runtime, currency="USD").history is None
    ensure_curves(ctx, runtime, Wanted(), currency="JPY")
    assert latest_fit(ctx, runtime, currency="EUR") is None
    found = latest_fit(ctx, runtime, currency="JPY")
    assert found is not None and set(found.draws) == {"Search"}
