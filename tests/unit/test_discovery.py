"""Names of files are weighed in many languages, with the reasons said."""

from __future__ import annotations

import pytest

from core.sheets.discovery import PLAN_THRESHOLD, score_name


@pytest.mark.parametrize(
    "name",
    [
        "Mediaplan Q1 2026.xlsx",
        "Media_Plan_Nike_FINAL(2)",
        "Plan_Médias_2026.xlsx",
        "Plan de medios – Otoño",
        "Piano media autunno",
        "Медиаплан банк",
        "Медіаплан осінь",
        "Medya Planı 2026",
        "Marketing budget 2026",
        "Streuplan Frühjahr",
        "Kampagnenplan Budget 2026",
    ],
)
def test_a_media_plan_is_recognised_by_its_name(name: str) -> None:
    assert score_name(name).score >= PLAN_THRESHOLD


@pytest.mark.parametrize(
    "name", ["P&L 2026", "Invoice 2231 media plan agency", "Team holiday plan 2026", "Campaign report March", "Seating plan", "Rezepte", ""]
)
def test_what_only_shares_a_word_with_a_media_plan_stays_below_the_threshold(name: str) -> None:
    assert score_name(name).score < PLAN_THRESHOLD


def test_every_word_that_counted_is_given_as_a_reason() -> None:
    reasons = score_name("Invoice for the Media Plan Q1", folder="Kampagnen").reasons
    assert [reason.split("(")[-1] for reason in reasons] == ["media plan)", "period)", "campaign)", "invoice)"]


def test_a_folder_helps_but_does_not_decide() -> None:
    assert score_name("Spring", folder=None).score < score_name("Spring", folder="Media plans").score < PLAN_THRESHOLD
