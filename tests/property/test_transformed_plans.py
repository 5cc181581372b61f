"""What changes nothing in a plan changes nothing in its reading, or is asked or said."""

from __future__ import annotations

from tests.plans.transformed import changed_agency_plans, changed_plans, outcome


def test_generated_plans_changed_as_planners_change_them_are_read_as_before() -> None:
    outcomes = {changed.name: outcome(changed) for changed in changed_plans(range(41_000, 41_003))}
    assert [name for name, found in outcomes.items() if found == "silent"] == []
    assert sum(found == "right" for found in outcomes.values()) >= 0.98 * len(outcomes)
    assert len(outcomes) > 150


def test_nearly_all_plans_written_by_hand_are_read_as_before_or_asked_about_after_a_change() -> None:
    outcomes = [outcome(changed) for changed in changed_agency_plans(1)]
    assert len(outcomes) > 400
    assert outcomes.count("silent") <= 0.01 * len(outcomes)
    assert outcomes.count("right") >= 0.95 * len(outcomes)
