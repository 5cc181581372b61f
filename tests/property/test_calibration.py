"""A confidence of 0.9 means nine in ten, for tables, columns and line items alike, also in the lower grades."""

from __future__ import annotations

from tests.plans.calibration import bands


def test_claims_come_true_as_often_as_they_say() -> None:
    found = [band for band in bands(range(80_000, 80_006)) if band.count >= 30]
    assert {(band.subject, band.low) for band in found} >= {
        ("items", 0.9),
        ("items", 0.965),
        ("tables", 0.0),
        ("tables", 0.6),
        ("tables", 0.965),
        ("columns", 0.6),
        ("columns", 0.965),
    }
    off = [band for band in found if abs(band.claimed - band.true) > (0.05 if band.low >= 0.9 else 0.2)]
    assert not off
