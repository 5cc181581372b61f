"""Published benchmarks are found for the channel a planner names, with their source."""

from __future__ import annotations

import pytest

from core.insights.benchmarks import find_benchmark, load_benchmarks


def test_every_published_figure_is_loaded_with_publisher_year_and_platform() -> None:
    figures = load_benchmarks()
    assert len(figures) == 438 - 11
    assert all(b.publisher and b.year and b.platforms for b in figures)
    assert all(0 < b.value < 1 for b in figures if b.metric in ("CTR", "CVR"))
    assert all(b.currency == "USD" for b in figures if b.metric in ("CPC", "CPM", "CPA"))


def test_the_newest_careful_figures_answer_for_a_channel() -> None:
    found = find_benchmark("Google Search", "CTR")
    assert found is not None
    assert found.low <= found.value <= found.high
    assert all(not b.note and b.network in ("search", "all") for b in found.figures)
    assert any("202" in source for source in found.sources)


def test_a_vertical_without_a_figure_falls_back_to_all_industries() -> None:
    plain, odd = find_benchmark("Meta Ads", "CPC"), find_benchmark("Meta Ads", "CPC", vertical="Submarines")
    assert plain == odd
    real_estate = find_benchmark("Bing Search", "CPC", vertical="real estate")
    assert real_estate is not None
    assert {b.vertical for b in real_estate.figures} == {"Real Estate"}


@pytest.mark.parametrize("channel", ["Billboards", "Radio"])
def test_a_channel_that_nobody_publishes_has_no_benchmark(channel: str) -> None:
    assert find_benchmark(channel, "CPM") is None
