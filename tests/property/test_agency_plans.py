"""Plans as agencies of many countries make them are read right, or say what is open; none is misread in silence."""

from __future__ import annotations

import pytest

from tests.plans import (
    agencies_east,
    agencies_english,
    agencies_west,
    bars_and_bands,
    blocks_and_tabs,
    desks_english,
    desks_large,
    desks_small,
    flights_across,
    money_places,
    outlines,
    tabs_related,
    trades,
)
from tests.plans.paper import makers, weigh

MAKERS = makers(
    agencies_east,
    agencies_english,
    agencies_west,
    bars_and_bands,
    blocks_and_tabs,
    desks_english,
    desks_large,
    desks_small,
    flights_across,
    money_places,
    outlines,
    tabs_related,
    trades,
)


@pytest.mark.parametrize("name", MAKERS)
def test_an_agency_plan_is_read_as_it_is_meant(name: str) -> None:
    outcome = weigh(name, MAKERS[name]())
    assert (outcome.outcome, outcome.faults) == ("right", ())
