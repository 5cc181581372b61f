"""Tables beside and below each other: each asks for itself, and a note under the last of them counts for all."""

from __future__ import annotations

import pytest

from core.model.reading import Reading
from tests.unit.sheets import Rows, budgets, codes, kinds, read

_ = None
_BESIDE: Rows = [
    *([["Media plan 2026 EUR"], [_], ["Channel", "Partner", "Cost", "Costs", _, "Channel", "Partner", "Cost", "Costs"]]),
    *([["TV", "RTL", 100, 110, _, "Search", "Google", 30, 35], ["Radio", "FFH", 50, 55, _, "Social", "Meta", 20, 22]]),
]


def test_tables_beside_each_other_that_ask_the_same_have_answers_of_their_own() -> None:
    asked = read(_BESIDE)
    assert [(q.key, q.cell) for q in asked.questions] == [("which_budget:Plan:budget", None), ("which_budget:Plan:budget@F", "F3")]
    answered = read(_BESIDE, answers={"which_budget:Plan:budget": "D", "which_budget:Plan:budget@F": "I"})
    assert [budgets(table) for table in answered.tables] == [[11000, 5500], [3500, 2200]] and not answered.questions
    one = read(_BESIDE, answers={"which_budget:Plan:budget": "D"})
    assert [q.key for q in one.questions] == ["which_budget:Plan:budget@F"] and not codes(one)


def test_tables_beside_each_other_without_a_currency_may_be_in_different_ones() -> None:
    rows: Rows = [
        *([["Media plan 2026"], [_], ["Channel", "Partner", "Cost", _, "Channel", "Partner", "Cost"]]),
        *([["TV", "RTL", 100, _, "Search", "Google", 30], ["Radio", "FFH", 50, _, "Social", "Meta", 20]]),
    ]
    keys = [question.key for question in read(rows).questions]
    found = read(rows, answers=dict(zip(keys, ("GBP", "EUR"), strict=True)))
    assert [table.currency for table in found.tables] == ["GBP", "EUR"] and not found.questions


def _stacked(note: str, *, apart: bool) -> Reading:
    head: list[object] = ["Kanal", "Partner", "Kosten"]
    above: Rows = [["Mediaplan 2026"], [_], ["TV"], head, ["TV", "RTL", 10000], ["TV", "Pro7", 20000], ["Total", _, 30000]]
    below: Rows = [[_], ["Digital"], head, ["Suche", "Google", 5000], ["Social", "Meta", 7000], ["Total", _, 12000]]
    return read([*above, *below, *([[_]] if apart else []), [note]])


@pytest.mark.parametrize("apart", [True, False])
def test_a_note_about_all_amounts_under_the_last_table_counts_for_those_above_it(apart: bool) -> None:
    found = _stacked("Alle Preise in Tsd. EUR", apart=apart)
    assert [(t.currency, t.scale, t.total_minor) for t in found.tables] == [("EUR", 1000, 3000000000), ("EUR", 1000, 1200000000)]
    assert [t.vat_included for t in _stacked("Alle Beträge in EUR, zzgl. MwSt.", apart=apart).tables] == [False, False]


def test_a_note_that_may_be_about_the_last_table_alone_is_asked_or_said() -> None:
    found = _stacked("in Tsd. EUR", apart=False)
    assert [t.scale for t in found.tables] == [1, 1000] and kinds(found) == {"scale"}
    found = _stacked("Preise inkl. MwSt., in EUR", apart=False)
    assert [t.vat_included for t in found.tables] == [None, True] and codes(found) == {"vat_unclear"}
