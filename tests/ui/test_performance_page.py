"""The performance page shows each state differently and never more than a role may."""

from __future__ import annotations

from datetime import date, timedelta

from core.access import AccessContext, Role
from core.model.reading import PerformanceRow
from core.runtime import Runtime
from core.services.demo import open_demo
from core.services.demo_performance import make_demo_performance
from core.services.identity import open_session, signed_in
from core.services.lift_tests import list_lift_tests
from core.services.performance import ImportRows, import_rows
from core.services.response import fit_response, latest_fit
from core.workflows.engine import Engine
from tests.conftest import make_member, wait_until
from tests.ui.conftest import OpenAs, texts

CHANNELS = ("Search", "Meta")


def labels(test: object, kind: str) -> list[str]:
    return [element.label for element in test.get(kind)]  # type: ignore[attr-defined]


def test_an_empty_workspace_is_asked_for_data_and_shows_no_figures(open_as: OpenAs, ctx: AccessContext) -> None:
    test = open_as(ctx, "performance")
    assert not test.exception
    assert "No performance yet" in texts(test)
    assert not test.metric
    assert "Import" in [button.label for button in test.button]


def test_a_demo_that_is_still_filled_says_that_its_performance_is_being_made(open_as: OpenAs, runtime: Runtime) -> None:
    who = signed_in(runtime, open_session(runtime, open_demo(runtime), replaces=None, browser="test"))
    test = open_as(who.ctx, "performance")
    assert not test.exception and "No performance yet" not in texts(test)
    assert "performance, after its plans" in str([bar.proto for bar in test.get("progress")])


def test_data_without_a_fit_show_figures_and_offer_to_fit(open_as: OpenAs, runtime: Runtime, ctx: AccessContext, engine: Engine) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    test = open_as(ctx, "performance")
    assert not test.exception
    assert "No response curves yet" in texts(test)
    assert [metric.label for metric in test.metric][2] == "Cost per conversion"
    assert {"Germany (DE)", "Austria (AT)"} <= set(test.selectbox(key="fit-holidays").options)
    test.selectbox(key="fit-holidays").select("DE")
    test.button(key="fit").click().run()
    wait_until(lambda: "Response curves" in texts(test.run()), seconds=40)
    assert not test.exception
    found = latest_fit(ctx, runtime)
    assert found is not None and found.answer["holidays"] == "DE"


def test_data_of_several_markets_show_what_each_returns(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    rows = [
        PerformanceRow(day, day + timedelta(days=6), "Search", None, "EUR", spend * 100_00, conversions=20.0 + 4 * spend, market=market)
        for week in range(20)
        for market, spend in (("DE", 1 + week % 4), ("AT", 1 + week % 3))
        for day in (date(2025, 6, 2) + timedelta(weeks=week),)
    ]
    import_rows(ctx, runtime, ImportRows("markets", tuple(rows)))
    fit_response(ctx, runtime, "conversions")
    test = open_as(ctx, "performance")
    assert not test.exception
    assert "By market" in labels(test, "expander")
    assert [list(table.value["Market"]) for table in test.dataframe if "Market" in table.value] == [["AT", "DE"]]


def test_a_fit_is_shown_with_its_worth_in_plain_words(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    fit_response(ctx, runtime, "conversions")
    shown = texts(open_as(ctx, "performance"))
    for words in (
        "How far to trust these curves",
        "They explain",
        "which a second fit never saw",
        "The next 1,000 EUR bring",
        "Made data, not delivered",
    ):
        assert words in shown, words


def test_curves_older_than_the_data_are_called_stale(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    fit_response(ctx, runtime, "conversions")
    runtime.clock.advance(hours=1)  # type: ignore[attr-defined]
    row = PerformanceRow(date(2026, 2, 16), date(2026, 2, 22), "Search", None, "EUR", 900_00, conversions=50.0)
    import_rows(ctx, runtime, ImportRows("newer", (row,)))
    assert "fit them again" in texts(open_as(ctx, "performance"))


def test_a_viewer_sees_curves_but_cannot_import_fit_or_enter(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    fit_response(ctx, runtime, "conversions")
    test = open_as(make_member(runtime, Role.VIEWER, of=ctx), "performance")
    assert "Response curves" in texts(test)
    assert "may look, not import" in texts(test)
    assert not {"Import", "Fit again", "Enter the result"} & {button.label for button in test.button}


def test_a_lift_test_is_entered_on_the_page_and_an_empty_one_is_refused(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    test = open_as(ctx, "performance")
    enter = next(button for button in test.button if button.label == "Enter the result")
    enter.click().run()
    assert any("needs a change of spend" in (error.value or "") + str(error.proto) for error in test.error)
    test.number_input(key="lift-spend").set_value(20000.0)
    test.number_input(key="lift-gain").set_value(400.0)
    test.number_input(key="lift-error").set_value(60.0)
    next(button for button in test.button if button.label == "Enter the result").click().run()
    kept = list_lift_tests(ctx, runtime)
    assert [(item.test.spend_delta_minor, item.test.kpi_delta) for item in kept] == [(20_000_00, 400.0)]
    assert "brought +400 conversions" in texts(test)


def test_an_import_is_removed_only_after_it_was_confirmed(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    made = make_demo_performance(ctx, runtime, channels=CHANNELS, currency="EUR")
    test = open_as(ctx, "performance")
    test.button(key=f"remove-import-{made.import_id}").click().run()
    assert test.metric
    test.button(key=f"confirm-remove-import-{made.import_id}-confirm").click().run()
    assert "No performance yet" in texts(test)
