"""Names of markets: codes and countries' names in many languages, against each other."""

from __future__ import annotations

import pytest

from core.planning.markets import country_of, match_market


@pytest.mark.parametrize("name", ["DE", "de", "DEU", "Germany", "Deutschland", "Allemagne", "Германия", "DE - Germany", "Germany (DE)"])
def test_a_country_is_known_by_code_and_by_its_name_in_many_languages(name: str) -> None:
    assert country_of(name) == "DE"


@pytest.mark.parametrize("name", ["DACH", "DE/AT", "Global", "Nordics", "North", "EU", "", "Region 1", "NY"])
def test_what_is_no_single_country_is_not_taken_for_one(name: str) -> None:
    assert country_of(name) is None


def test_a_plans_market_finds_the_datas_own_name_of_it() -> None:
    assert match_market("Deutschland", ["AT", "DE", ""]) == "DE"
    assert match_market("UK", ["Germany", "United Kingdom"]) == "United Kingdom"
    assert match_market(" österreich", ["Österreich", "AT"]) == "Österreich"
    assert match_market("France", ["DE", "AT"]) is None and match_market(None, ["DE"]) is None and match_market("", ["DE"]) is None
    assert match_market("Germany", ["DE", "Deutschland"]) is None  # two could be meant


def test_two_letters_of_states_are_not_taken_for_countries() -> None:
    assert match_market("Canada", ["CA", "NY", "TX"]) is None
    assert match_market("Canada", ["CA", "US"]) == "CA"
