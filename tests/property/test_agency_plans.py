"""Plans as agencies of many countries make them are read right, or say what is open; none is misread in silence."""

from __future__ import annotations

import pytest

from tests.plans.paper import makers
from tests.plans.weighing import weigh

MAKERS = makers()


@pytest.mark.parametrize("name", MAKERS)
def test_an_agency_plan_is_read_as_it_is_meant(name: str) -> None:
    outcome = weigh(name, MAKERS[name]())
    assert (outcome.outcome, outcome.faults) == ("right", ())
