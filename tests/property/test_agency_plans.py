"""Plans as agencies of many countries make them are read right, or say what is open; none is misread in silence."""

from __future__ import annotations

import pytest

from tests.plans.agencies_east import EAST
from tests.plans.agencies_west import WEST
from tests.plans.desks_large import LARGE
from tests.plans.desks_small import SMALL
from tests.plans.paper import weigh

MAKERS = WEST | EAST | SMALL | LARGE


@pytest.mark.parametrize("name", MAKERS)
def test_an_agency_plan_is_read_as_it_is_meant(name: str) -> None:
    outcome = weigh(name, MAKERS[name]())
    assert (outcome.outcome, outcome.faults) == ("right", ())
