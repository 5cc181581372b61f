"""Working media and client totals, to the minor unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.planning.fees import Fees, client_total, working_media

AGENCY = Fees(commission_ratio=0.15, fee_ratio=0.02, fixed_minor=50_000, vat_ratio=0.19)


def test_a_client_total_is_made_of_its_parts() -> None:
    parts = client_total(8_500_00, AGENCY)
    assert (parts.commission_minor, parts.fee_minor, parts.fixed_minor) == (1_500_00, 170_00, 500_00)
    assert parts.vat_minor == 2_027_30 and parts.total_minor == 12_697_30


def test_the_total_held_by_the_client_gives_back_the_working_media() -> None:
    assert working_media(12_697_30, AGENCY) == client_total(8_500_00, AGENCY)
    assert working_media(1_000_00, Fees()).media_minor == 1_000_00


@given(
    total=st.integers(0, 10**9),
    commission=st.sampled_from([0.0, 0.1, 0.15, 0.333]),
    fee=st.sampled_from([0.0, 0.035, 0.2]),
    fixed=st.integers(0, 10**5),
    vat=st.sampled_from([0.0, 0.07, 0.19, 0.255]),
)
def test_working_media_is_the_most_that_the_total_pays_for(total: int, commission: float, fee: float, fixed: int, vat: float) -> None:
    fees = Fees(commission, fee, fixed, vat)
    if client_total(0, fees).total_minor > total:
        with pytest.raises(InvalidInput, match="fixed fee alone"):
            working_media(total, fees)
        return
    found = working_media(total, fees)
    assert found.total_minor <= total < client_total(found.media_minor + 1, fees).total_minor


def test_fees_that_cannot_be_are_refused() -> None:
    for fees in ({"commission_ratio": 1.0}, {"fee_ratio": -0.1}, {"fixed_minor": -1}):
        with pytest.raises(InvalidInput):
            Fees(**fees)  # type: ignore[arg-type]
