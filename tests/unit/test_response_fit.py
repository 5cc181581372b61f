"""The response model recovers known truth, says what it cannot tell, and answers the same for the same seed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.planning.response import Belief, FitResult, build_series, fit, parse_csv, parse_spec, respond
from core.planning.response.command import run
from tests.bench.bench_response import holds, measure_fit
from tests.simulate import Shape, Simulated, simulate
from tests.simulate_afresh import simulate_afresh

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "performance"
PYMC = DATA / "pymc_example" / "mmm_example.csv"
ROBYN = DATA / "robyn_weekly" / "dt_simulated_weekly.csv"
needs_data = pytest.mark.skipif(not PYMC.exists(), reason="the public performance sets are not on this machine")


def fit_made(simulated: Simulated, *, seed: int = 0, beliefs: dict[str, Belief] | None = None, **spec: object) -> FitResult:
    parsed = parse_spec({**simulated.spec(), **spec})
    return fit(build_series(parse_csv(simulated.csv()), parsed), parsed, seed=seed, beliefs=beliefs)


def codes(result: FitResult) -> set[str]:
    return {notice.code for notice in result.warnings}


@needs_data
def test_the_published_example_gives_back_its_true_shares_and_carry_over() -> None:
    spec = parse_spec({"date": "date_week", "kpi": "y", "channels": ["x1", "x2"], "controls": ["event_1", "event_2"]})
    result = fit(build_series(parse_csv(PYMC.read_text()), spec), spec)
    for channel, share, alpha in zip(result.channels, (0.807, 0.193), (0.4, 0.2), strict=True):
        assert channel.share_of_media.low <= share <= channel.share_of_media.high
        assert channel.share_of_media.mean == pytest.approx(share, abs=0.03)
        assert channel.adstock.alpha_low <= alpha <= channel.adstock.alpha_high
        assert channel.evidence == "strong"
    assert result.fit.r2 > 0.93


@needs_data
def test_the_robyn_weekly_set_runs_through_the_command_with_events_holidays_and_exposures(tmp_path: Path) -> None:
    spec = {
        "date": "DATE",
        "kpi": "revenue",
        "channels": [
            {"name": "tv", "spend": "tv_S"},
            {"name": "ooh", "spend": "ooh_S"},
            {"name": "print", "spend": "print_S"},
            {"name": "search", "spend": "search_S", "exposure": "search_clicks_P"},
            {"name": "facebook", "spend": "facebook_S", "exposure": "facebook_I"},
        ],
        "controls": ["competitor_sales_B", "events", "newsletter"],
        "holidays": "DE",
    }
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    command = [sys.executable, "-m", "core.planning", "fit", str(ROBYN), "--spec", str(tmp_path / "spec.json"), "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert [channel["name"] for channel in answer["channels"]] == ["tv", "ooh", "print", "search", "facebook"]
    assert answer["seed"] == 3 and answer["fit"]["r2"] > 0.9 and answer["fit"]["holdout_weeks"] == 26
    for channel in answer["channels"]:
        assert 0 <= channel["share_of_media"]["low"] <= channel["share_of_media"]["mean"] <= channel["share_of_media"]["high"] <= 1
        assert channel["curve"]["kind"] == "hill" and 0.3 <= channel["curve"]["shape"] <= 6


@pytest.mark.parametrize("arguments", [(), ("series.csv",), ("series.csv", "--spec", "spec.json", "--seed", "x"), ("--unknown",)])
def test_arguments_that_cannot_be_used_are_told_in_one_line(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(list(arguments))
    said = capsys.readouterr().err
    assert left.value.code == 2 and said.count("\n") == 1 and "usage: python -m core.planning fit" in said


def test_a_kpi_that_never_moves_and_a_kind_that_is_not_known_are_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weeks = [date(2025, 1, 6) + timedelta(weeks=i) for i in range(30)]
    table = "d,y,a\n" + "".join(f"{week},100,{10 + 7 * (i % 5)}\n" for i, week in enumerate(weeks))
    (tmp_path / "series.csv").write_text(table, encoding="utf-8")
    (tmp_path / "spec.json").write_text(json.dumps({"date": "d", "kpi": "y", "kpi_kind": "x", "channels": ["a"]}), encoding="utf-8")
    assert run([str(tmp_path / "series.csv"), "--spec", str(tmp_path / "spec.json")]) == 0
    codes = {warning["code"] for warning in json.loads(capsys.readouterr().out)["warnings"]}
    assert {"constant_kpi", "unknown_kpi_kind"} <= codes


def test_bad_input_ends_the_command_with_two_and_one_line(tmp_path: Path) -> None:
    (tmp_path / "series.csv").write_text("day,y,tv\n2026-01-05,1,x\n2026-01-06,1,2\n2026-01-07,1,2\n")
    (tmp_path / "spec.json").write_text('{"date": "day", "kpi": "y", "channels": ["tv"]}')
    command = [sys.executable, "-m", "core.planning", "fit", str(tmp_path / "series.csv"), "--spec", str(tmp_path / "spec.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("series.csv: Column tv, row 2: 'x'")


def test_ninety_percent_intervals_hold_about_ninety_percent_of_the_truths() -> None:
    held: list[float] = []
    errors: list[float] = []
    for seed in range(50, 57):
        made = simulate(seed, Shape(channels=3 + seed % 3, weeks=90 + 12 * (seed % 5)))
        result = measure_fit(made)[1]
        for channel, share, returned in zip(result.channels, made.share_of_media, made.return_per_unit, strict=True):
            held += [holds(channel.share_of_media, share), holds(channel.return_per_unit, returned)]
            errors.append(abs(channel.share_of_media.mean - share))
    assert 0.8 <= np.mean(held) <= 0.99
    assert np.mean(errors) < 0.06


def test_intervals_hold_most_truths_of_forms_that_the_model_does_not_have() -> None:
    held: list[float] = []
    for seed in range(920, 923):
        made = simulate_afresh(seed)
        result = measure_fit(made)[1]
        for channel, share, returned in zip(result.channels, made.share_of_media, made.return_per_unit, strict=True):
            held += [holds(channel.share_of_media, share), holds(channel.return_per_unit, returned)]
    assert len(held) > 20 and np.mean(held) >= 0.75


def test_the_same_seed_gives_the_same_answer_and_another_one_nearly() -> None:
    made = simulate(7, Shape(channels=2, weeks=60))
    first, again, other = fit_made(made), fit_made(made), fit_made(made, seed=1)
    assert replace(first, seconds=0).to_json() == replace(again, seconds=0).to_json()
    for a, b in zip(first.channels, other.channels, strict=True):
        assert a.share_of_media.mean == pytest.approx(b.share_of_media.mean, abs=0.03)


def test_contributions_and_baseline_add_up_to_the_expected_kpi() -> None:
    made = simulate(8, Shape(channels=3, weeks=80))
    result = fit_made(made)
    assert result.decomposition.sum(axis=1) == pytest.approx(result.expected)
    shares = result.decomposition[:, 1:].sum(axis=0) / made.kpi.sum()
    assert shares == pytest.approx([channel.contribution_share.mean for channel in result.channels], rel=1e-6)


def test_a_channel_that_never_spent_answers_with_its_prior_and_says_so() -> None:
    made = simulate(3, Shape(channels=3, weeks=104))
    made.spend[:, 1] = 0
    result = fit_made(made)
    silent = result.channels[1]
    assert (silent.evidence, silent.contribution_share.mean, silent.spend_range_seen) == ("prior", 0.0, (0.0, 0.0))
    assert silent.return_per_unit.high > 5 * silent.return_per_unit.low
    assert any(notice.code == "no_data" and "channel_2" in notice.message for notice in result.warnings)


def test_a_series_without_any_spend_answers_with_priors() -> None:
    made = simulate(3, Shape(channels=2, weeks=40))
    result = fit_made(replace(made, spend=np.zeros_like(made.spend)))
    assert [channel.evidence for channel in result.channels] == ["prior", "prior"]
    assert [notice.code for notice in result.warnings].count("no_data") == 2


def test_a_lift_test_that_cannot_be_used_is_said() -> None:
    made = simulate(3, Shape(channels=2, weeks=40))
    idle = replace(made, spend=made.spend * [1.0, 0.0])
    days = {"start": made.dates[5].isoformat(), "end": made.dates[9].isoformat(), "kpi_delta": -100.0, "kpi_sd": 50.0}
    tests = [{"channel": "channel_1", "spend_delta": -1e9, **days}, {"channel": "channel_2", "spend_delta": 100.0, **days}]
    assert {"test_beyond_spend", "test_unused"} <= codes(fit_made(idle, lift_tests=tests))


def test_what_is_believed_of_a_channel_without_data_becomes_its_curve() -> None:
    made = simulate(3, Shape(channels=2, weeks=60))
    made.spend[:, 1] = 0
    result = fit_made(made, beliefs={"channel_2": Belief(return_per_unit=(4.0, 0.4), source="benchmark")})
    assert result.channels[1].return_per_unit.mean == pytest.approx(4.0, rel=0.05)
    assert any("benchmark" in notice.message for notice in result.warnings)


def test_three_weeks_give_wide_ranges_and_never_strong_evidence() -> None:
    made = simulate(2, Shape(channels=3, weeks=3))
    result = fit_made(made)
    assert {channel.evidence for channel in result.channels} == {"prior"}
    assert all(channel.return_per_unit.high > 4 * channel.return_per_unit.low for channel in result.channels)
    assert "short_series" in codes(result)
    assert result.fit.holdout_mape is None


def test_channels_that_move_together_are_named_and_their_split_stays_wide() -> None:
    made = simulate(5, Shape(channels=3, weeks=120, collinear=True))
    result = fit_made(made)
    message = next(notice.message for notice in result.warnings if notice.code == "collinear")
    assert "channel_1 and channel_2" in message
    together = result.channels[0].share_of_media.mean + result.channels[1].share_of_media.mean
    assert together == pytest.approx(made.share_of_media[:2].sum(), abs=0.1)
    assert "strong" not in {channel.evidence for channel in result.channels[:2]}


def test_spend_that_hardly_varies_is_called_not_enough_to_tell() -> None:
    made = simulate(6, Shape(channels=2, weeks=80))
    made.spend[:, 0] = 1000 + np.arange(80) % 2
    assert any(notice.code == "little_variation" and "channel_1" in notice.message for notice in fit_made(made).warnings)


def test_a_lift_test_pulls_the_curve_towards_what_was_measured() -> None:
    made = simulate(5, Shape(channels=3, weeks=120, collinear=True))
    truth = made.return_per_unit[0]
    delta = float(made.spend[40:48, 0].sum())
    before = fit_made(made).channels[0].return_per_unit
    tests = [
        {
            "channel": "channel_1",
            "start": made.dates[40].isoformat(),
            "end": made.dates[47].isoformat(),
            "spend_delta": -delta,
            "kpi_delta": -delta * truth,
            "kpi_sd": 0.03 * delta * truth,
        }
    ]
    after = fit_made(made, lift_tests=tests).channels[0].return_per_unit
    assert after.high - after.low < 0.6 * (before.high - before.low)
    assert abs(after.mean - truth) < abs(before.mean - truth)


def in_markets(made: Simulated, *markets: tuple[str, float, float, int]) -> str:
    """Write a series for markets of (name, size, factor of channel_1's effect, weeks from the end)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["date", "kpi", "channel_1", "channel_2", "market"])
    rng = np.random.default_rng(1)
    for market, size, factor, weeks in markets:
        spend = made.spend * rng.permutation(np.tile([0.6, 1.4], len(made.dates)))[: len(made.dates), None]
        more = made.contribution * (spend / np.maximum(made.spend, 1e-9)) ** 0.7
        kpi = (made.kpi - made.contribution.sum(axis=1) + more @ [factor, 1.0]) * rng.normal(1.0, 0.02, len(made.dates))
        for t in range(len(made.dates) - weeks, len(made.dates)):
            writer.writerow([made.dates[t], kpi[t] * size, *(spend[t] * size), market])
    return out.getvalue()


def test_each_market_gets_its_own_curve_held_to_the_channels_by_how_little_data_it_has() -> None:
    made = simulate(9, Shape(channels=2, weeks=90, media_share=0.5, noise=0.03))
    text = in_markets(made, ("DE", 3.0, 0.6, 90), ("AT", 1.0, 1.6, 90), ("CH", 1.0, 1.6, 10))
    spec = parse_spec({"date": "date", "kpi": "kpi", "market": "market", "channels": ["channel_1", "channel_2"]})
    result = fit(build_series(parse_csv(text), spec), spec)
    assert [market.market for market in result.markets] == ["DE", "AT", "CH"]
    germany, austria, new = (market.channels[0] for market in result.markets)
    pooled = result.channels[0].return_per_unit.mean
    assert germany.return_per_unit.mean < pooled < austria.return_per_unit.mean
    assert austria.return_per_unit.mean / germany.return_per_unit.mean == pytest.approx(1.6 / 0.6, rel=0.35)
    assert germany.return_per_unit.mean < new.return_per_unit.mean < 1.2 * austria.return_per_unit.mean
    assert new.return_per_unit.high - new.return_per_unit.low > austria.return_per_unit.high - austria.return_per_unit.low
    assert new.evidence == "some"
    assert {"name", "curve", "return_per_unit", "spend_range_seen", "evidence"} == set(result.to_json()["markets"][0]["channels"][0])  # type: ignore[index]


def test_the_curves_of_the_markets_add_up_to_the_channels() -> None:
    made = simulate(9, Shape(channels=2, weeks=60, media_share=0.5, noise=0.03))
    spec = parse_spec({"date": "date", "kpi": "kpi", "market": "market", "channels": ["channel_1", "channel_2"]})
    series = build_series(parse_csv(in_markets(made, ("DE", 3.0, 0.8, 60), ("AT", 1.0, 1.2, 60))), spec)
    result = fit(series, spec)
    size = np.nanmean(series.kpi, axis=1)
    spend = result.channels[0].spend_range_seen[1]
    parts = [
        respond(market.channels[0].curve_draws, np.array([spend * share]))
        for market, share in zip(result.markets, size / size.sum(), strict=True)
    ]
    assert sum(parts) == pytest.approx(respond(result.channels[0].curve_draws, np.array([spend])), rel=1e-6)


def test_days_are_fitted_as_days_with_the_weekday_in_the_baseline() -> None:
    made = simulate(4, Shape(channels=2, weeks=200, daily=True))
    result = fit_made(made)
    assert result.period_days == 1
    assert all(
        channel.share_of_media.low - 0.1 <= t <= channel.share_of_media.high + 0.1
        for channel, t in zip(result.channels, made.share_of_media, strict=True)
    )
