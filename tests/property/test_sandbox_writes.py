"""Written through the real client while others edit the sheet, no amount lands in a wrong cell and no formula is lost."""

from __future__ import annotations

from tests.bench.bench_writing import plan_file, write_600_cells
from tests.property.sandbox_runs import Outcome, runs

RUNS = 150


def test_no_amount_lands_in_a_wrong_cell_and_no_formula_is_lost_whatever_others_do() -> None:
    with runs() as sandbox:
        outcomes = [sandbox.run(seed) for seed in range(RUNS)]
    assert [one for one in outcomes if one.wrong or one.lost] == []
    assert _share(outcomes, "cells") > 0.2 and _share(outcomes, "rows") > 0.05 and _share(outcomes, "conflicts") > 0.1


def _share(outcomes: list[Outcome], what: str) -> float:
    return sum(getattr(one, what) > 0 for one in outcomes) / len(outcomes)


def test_a_plan_of_600_cells_is_read_written_and_read_back_in_three_calls() -> None:
    calls = write_600_cells(*plan_file(50, 12))[0]
    assert (calls.name, calls.value) == ("Calls to Google for 600 cells", 3)
