"""The optimise command: what it reads, what it refuses, what it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidInput
from core.planning.allocation import optimise, parse_problem
from core.planning.allocation.command import run


def _document(**changes: Any) -> dict[str, Any]:
    cell = {"id": "a", "curve": {"kind": "hill", "scale": 10.0, "half_saturation_minor": 500.0, "shape": 1.0}, "current_minor": 400}
    other = {"id": "b", "curve": {"kind": "log", "scale": 3.0, "unit_minor": 100.0}, "current_minor": 600}
    return {"currency": "EUR", "budget_minor": 1000, "target": None, "cells": [cell, other], "groups": []} | changes


def _cell(**changes: Any) -> dict[str, Any]:
    document = _document()
    return document | {"cells": [document["cells"][0] | changes, document["cells"][1]]}


def test_a_problem_file_is_answered_with_one_json_object(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(_document()), encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "core.planning", "optimise", str(path)], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer["status"] == "optimal" and sum(answer["allocation"].values()) == 1000
    assert {"response", "current_response", "upper_bound", "gap_ratio", "binding", "lock_prices", "conflict", "relaxations"} <= set(answer)


_NOISY = """
import ctypes, sys
from core.planning.allocation import command
def noisy(problem, answer=command.optimise):
    ctypes.CDLL(None).printf(b"WARNING: a line from C\\n")
    return answer(problem)
command.optimise = noisy
sys.exit(command.run(sys.argv[1:]))
"""


def test_what_a_solver_prints_from_c_never_stands_beside_the_answer(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(_document()), encoding="utf-8")
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}  # C keeps its lines until it is told
    done = subprocess.run([sys.executable, "-c", _NOISY, str(path)], capture_output=True, text=True, check=True, env=buffered)
    assert json.loads(done.stdout)["status"] == "optimal"
    assert "a line from C" in done.stderr


def test_an_infeasible_problem_is_an_answer_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(_document(groups=[{"id": "g", "cells": ["a", "b"], "max_minor": 900}])), encoding="utf-8")
    assert run([str(path)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "infeasible" and answer["conflict"] == ["budget", "group:g:max"]


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (_document(budget_minor=None), "exactly one of budget_minor and target"),
        (_document(budget_minor=-1), "budget_minor"),
        (_document(budget_minor=10.5), "budget_minor"),
        (_document(budget_minor=True), "budget_minor"),
        (_document(budget_minor=10**400), "budget_minor"),
        (_document(currency="XXL"), "XXL"),
        (_document(cells=[]), "cells"),
        (_document(budget_minr=5), "did you mean budget_minor"),
        (_document(groups=[{"id": "g", "cells": ["nobody"]}]), "nobody"),
        (_document(groups=[{"id": "g", "cells": ["a", "a"]}]), "twice"),
        (_document(budget_minor=None, target={"kind": "roas", "value": 2}), "value_per_response_minor"),
        (_document(budget_minor=None, target={"kind": "cheap", "value": 2}), "target.kind"),
        (_cell(id="b"), "'b' stands there twice"),
        (_cell(min_minor=-5), "cells[0].min_minor"),
        (_cell(step_minor=0), "cells[0].step_minor"),
        (_cell(max_minr=5), "did you mean max_minor"),
        (_cell(curve={"kind": "hill", "scale": float("nan"), "half_saturation_minor": 1, "shape": 1}), "cells[0].curve.scale"),
        (_cell(curve={"kind": "hill", "scale": 1, "half_saturation_minor": 1, "shape": 9}), "cells[0].curve.shape"),
        (_cell(curve={"kind": "power", "scale": 1, "unit_minor": 1, "exponent": 1.5}), "cells[0].curve.exponent"),
        (_cell(curve={"kind": "points", "points": [[0, 0], [0, 1]]}), "cells[0].curve.points[1]"),
        (_cell(curve={"kind": "draws", "draws": []}), "cells[0].curve.draws"),
        (_cell(curve={"kind": "magic"}), "cells[0].curve.kind"),
        ([], "the problem must be an object"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_the_field(document: object, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_problem(document)
    assert named in str(refused.value)


def test_bad_input_ends_with_exit_code_two_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "problem.json"
    for text in ("{", json.dumps(_document(budget_minor=-1)), '{"currency": "EUR"\n\n'):
        path.write_text(text, encoding="utf-8")
        assert run([str(path)]) == 2
        written = capsys.readouterr()
        assert written.out == "" and written.err.count("\n") == 1
    assert run([str(tmp_path / "missing.json")]) == 2


def test_nothing_and_unknown_are_different_for_the_current_plan() -> None:
    assert optimise(parse_problem(_cell(current_minor=0))).current_response is not None
    assert optimise(parse_problem(_cell(current_minor=None))).current_response is None
    frozen = _cell(current_minor=0) | {"max_change_ratio": 0.5, "budget_minor": 700}
    assert optimise(parse_problem(frozen)).allocation == {"a": 0, "b": 700}
    free = _cell(current_minor=None) | {"max_change_ratio": 0.5, "budget_minor": 700}
    assert optimise(parse_problem(free)).allocation["a"] > 0


def test_a_zero_budget_spends_nothing() -> None:
    answer = optimise(parse_problem(_document(budget_minor=0)))
    assert answer.status == "optimal" and answer.allocation == {"a": 0, "b": 0} and answer.response == 0.0


def test_a_target_that_cannot_be_reached_spends_nothing_where_that_is_allowed() -> None:
    answer = optimise(parse_problem(_document(budget_minor=None, target={"kind": "cpa", "value": 0.01})))
    assert answer.status == "optimal" and answer.budget_minor == 0


def test_a_target_that_forced_spend_misses_names_both_and_gives_the_nearest_value() -> None:
    forced = _cell(min_minor=900) | {"budget_minor": None, "target": {"kind": "cpa", "value": 10.0}}
    answer = optimise(parse_problem(forced))
    assert answer.status == "infeasible" and set(answer.conflict) == {"target", "cell:a:min"}
    way = next(way for way in answer.relaxations if way.rule == "target")
    assert way.to is not None
    again = optimise(parse_problem(forced | {"target": {"kind": "cpa", "value": way.to}}))
    assert again.status != "infeasible"


def test_a_step_that_does_not_divide_the_budget_is_named() -> None:
    steps = [cell | {"step_minor": 300} for cell in _document()["cells"]]
    answer = optimise(parse_problem(_document(cells=steps)))
    assert answer.status == "infeasible" and set(answer.conflict) == {"budget", "cell:a:step", "cell:b:step"}
    assert {(way.rule, way.to) for way in answer.relaxations} >= {("budget", 900.0)}


def test_a_lock_is_priced_against_the_plan_without_it() -> None:
    locked = optimise(parse_problem(_cell(locked_minor=1000)))
    free = optimise(parse_problem(_document()))
    assert free.response is not None and locked.response is not None
    (price,) = locked.lock_prices
    assert price.cell == "a" and price.cost_response == pytest.approx(free.response - locked.response, rel=1e-6)


def test_limits_on_live_cells_and_on_change_cost_what_the_plan_without_them_brings() -> None:
    free = optimise(parse_problem(_document()))
    for limit in ({"max_live_cells": 1}, {"max_change_ratio": 0.05}):
        held = optimise(parse_problem(_document(**limit)))
        (rule,) = (rule for rule in held.binding if rule.rule in limit)
        assert free.response is not None and held.response is not None
        assert rule.cost_response == pytest.approx(free.response - held.response, rel=1e-3) and rule.proven
        moved = sum(abs(free.allocation[cell] - held.allocation[cell]) for cell in free.allocation)
        assert rule.price == pytest.approx(rule.cost_response / (1 if "max_live_cells" in limit else moved), rel=0.1)
    for loose in ({"max_live_cells": 2}, {"max_change_ratio": 1.0}):
        assert not {rule.rule for rule in optimise(parse_problem(_document(**loose))).binding} & set(loose)


def test_a_line_without_end_is_harmless_where_it_is_locked_and_named_where_it_is_not() -> None:
    straight = {"id": "b", "curve": {"kind": "power", "scale": 50.0, "unit_minor": 10000.0, "exponent": 1.0}}
    target = {"budget_minor": None, "target": {"kind": "cpa", "value": 300.0}}
    with pytest.raises(InvalidInput, match="b stays within it at any spend"):
        optimise(parse_problem(_document(cells=[_document()["cells"][0], straight], **target)))
    answer = optimise(parse_problem(_document(cells=[_document()["cells"][0], straight | {"locked_minor": 500}], **target)))
    assert answer.status == "optimal" and answer.allocation["b"] == 500 and answer.lock_prices == ()


def test_a_binding_cap_has_the_price_of_the_next_unit() -> None:
    document = _document(groups=[{"id": "g", "cells": ["b"], "max_minor": 200}])
    answer = optimise(parse_problem(document))
    wider = optimise(parse_problem(_document(groups=[{"id": "g", "cells": ["b"], "max_minor": 201}])))
    price = next(rule.price for rule in answer.binding if rule.rule == "group:g:max")
    assert answer.response is not None and wider.response is not None
    assert price == pytest.approx(wider.response - answer.response, rel=0.02)


def test_a_quantile_is_explained_where_its_own_draws_miss_the_target() -> None:
    cells = [
        {
            "id": name,
            "max_minor": 2000,
            "curve": {"kind": "draws", "draws": [[1.0 if i % 2 else 20.0, 500.0, 1.0] for i in range(40)]},
            **rule,
        }
        for name, rule in (("a", {"locked_minor": 1000, "step_minor": 10}), ("b", {"min_minor": 500, "step_minor": 10}))
    ]
    target = {"kind": "cpa", "value": 180.0}
    answer = optimise(parse_problem(_document(cells=cells, budget_minor=None, target=target, risk={"quantile": 0.1})))
    assert answer.budget_minor is not None and answer.response is not None and answer.budget_minor > 180.0 * answer.response
    assert "budget" not in {rule.rule for rule in answer.binding} and [price.cell for price in answer.lock_prices] == ["a"]


def test_a_lower_quantile_prefers_the_certain_line_and_never_exceeds_its_bound() -> None:
    certain = [[10.0, 500.0, 1.0]] * 40
    uncertain = [[2.0 if i % 2 else 20.0, 500.0, 1.0] for i in range(40)]
    cells = [{"id": name, "curve": {"kind": "draws", "draws": draws}} for name, draws in (("safe", certain), ("wild", uncertain))]
    mean = optimise(parse_problem(_document(cells=cells)))
    careful = optimise(parse_problem(_document(cells=cells, risk={"quantile": 0.2})))
    assert careful.allocation["safe"] > mean.allocation["safe"]
    assert sum(careful.allocation.values()) == 1000
    assert careful.response is not None and careful.upper_bound is not None and careful.response <= careful.upper_bound
