"""A market is planned, optimised and forecast with its own curve where the data tell markets apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.access import AccessContext
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.flight import month_of, months_between
from core.model.money import ExchangeRate
from core.planning.optimising import Wanted
from core.planning.response.curves import respond
from core.runtime import Runtime
from core.services.curves import CurveRequest, curves_for
from core.services.forecast import forecast_distribution
from core.services.optimisation import optimise_table
from core.services.performance import ImportRows, import_rows
from core.services.response import (
    fit_response,
)
from tests.integration.performance_rows import row

JULY = month_of(date(2026, 7, 1))


def fit_two_markets(runtime: Runtime, ctx: AccessContext) -> None:
    """Import 80 weeks of one channel that brings 60 in Germany where it brings 25 in Austria, and fit them."""
    rng = np.random.default_rng(0)
    rows = []
    for week in range(80):
        monday = date(2024, 6, 3) + timedelta(weeks=week)
        for market, effect in (("DE", 60.0), ("AT", 25.0)):
            spend = float(rng.choice([0.0, 2000.0, 6000.0, 12000.0]))
            got = 40.0 + effect * spend / (spend + 6000.0) + rng.normal(0, 2)
            facts = {"end": monday + timedelta(days=6), "market": market, "spend": round(spend * 100), "conversions": got}
            rows.append(row(monday, **facts))
    import_rows(ctx, runtime, ImportRows("two markets", tuple(rows)))
    fit_response(ctx, runtime, "conversions")


def test_a_market_of_a_plan_is_planned_with_the_markets_own_curve(runtime: Runtime, ctx: AccessContext) -> None:
    fit_two_markets(runtime, ctx)
    spend = np.array([20_000_00.0])
    lines_of = {m: ("Search", m) for m in ("de", "AT", "Germany", "FR", None)}
    found = curves_for(ctx, runtime, CurveRequest(tuple(lines_of.values()), "EUR", (JULY,)))
    views = {m: found[line] for m, line in lines_of.items()}
    assert {m: view.key[1] for m, view in views.items()} == {"de": "DE", "AT": "AT", "Germany": "DE", "FR": None, None: None}
    assert views["FR"].unknown_market == "FR" and views[None].unknown_market is None
    brings = {m: respond(view.triples[JULY.key], spend).mean() for m, view in views.items()}
    assert brings["de"] / brings["AT"] == pytest.approx(60 / 25, rel=0.3)
    assert views["de"].most_seen_minor == 12_000_00 < views[None].most_seen_minor
    rate = ExchangeRate("EUR", 0.8, date(2026, 1, 2), "ECB reference rate")
    pounds = curves_for(ctx, runtime, CurveRequest((("Search", "DE"),), "GBP", (JULY,), rate=rate))["Search", "DE"]
    assert (pounds.key[1], pounds.most_seen_minor) == ("DE", 9600_00)
    assert respond(pounds.triples[JULY.key], 0.8 * spend).mean() == pytest.approx(brings["de"], rel=1e-6)
    lines = tuple(
        DistributionRow(id=m, label=f"Search {m}", channel="Search", market=m, cells=(DistributionCell(JULY.key, 20_000_00),))
        for m in ("DE", "AT")
    )
    table = Distribution("EUR", (JULY,), lines)
    expected = {line.line: line.expected["conversions"] for line in forecast_distribution(ctx, runtime, table).forecast.lines}
    for m, key in (("DE", "de"), ("AT", "AT")):
        assert expected[m] is not None and expected[m].mean == pytest.approx(brings[key], rel=0.05)


def test_what_an_optimised_table_of_markets_promises_is_what_its_forecast_says(runtime: Runtime, ctx: AccessContext) -> None:
    fit_two_markets(runtime, ctx)
    periods = tuple(months_between(date(2025, 12, 1), date(2026, 2, 28)))
    lines = (("Brand", "Germany", 20), ("Generic", "DE", 40), ("Search", "Österreich", 60), ("Search", "FR", 10))
    rows = tuple(
        DistributionRow(
            id=f"r{i}", label=name, channel="Search", market=market, cells=tuple(DistributionCell(p.key, amount * 1000_00) for p in periods)
        )
        for i, (name, market, amount) in enumerate(lines)
    )
    table = Distribution("EUR", periods, (*rows[:3], replace(rows[3], locked=True)))
    answer = optimise_table(ctx, runtime, table, Wanted(kpi="conversions"))
    outcome, promised = answer.outcome, answer.outcome.now.conversions
    assert promised is not None and outcome.response == pytest.approx(promised.mean, rel=1e-4)
    assert outcome.before.conversions is not None and outcome.was_response == pytest.approx(outcome.before.conversions.mean, rel=1e-4)
    assert outcome.gap_ratio is not None and outcome.gap_ratio <= 1e-3
    brand, generic, austria, france = (row.total_minor for row in answer.distribution.rows)
    assert generic == pytest.approx(2 * brand, rel=0.01) and france == 30_000_00  # lines of one curve stay in proportion
    assert (brand + generic) / austria > 1.3  # three fifths of the effect, where the plan had half of the money
    assert {path.channel for path in outcome.curves} == {"Search, DE", "Search, AT", "Search"}
    assert any("no market FR" in note for note in outcome.notes)
    freely = forecast_distribution(ctx, runtime, answer.distribution).forecast.total["conversions"]
    assert freely is not None and freely.mean == promised.mean
    over = optimise_table(ctx, runtime, table, Wanted(kpi="conversions", frozen_through=date(2025, 12, 31)))
    kept = {(item.channel, item.state): item.delivered_minor for item in over.outcome.actuals}
    assert {"Search, DE", "Search, AT"} <= {channel for channel, _ in kept}
    assert over.outcome.now.conversions is not None and over.outcome.response == pytest.approx(over.outcome.now.conversions.mean, rel=1e-4)
