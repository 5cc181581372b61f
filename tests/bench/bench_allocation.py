"""How fast and how close to the proven bound budgets are divided, beside SLSQP and Meridian's greedy search, in processor time."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import numpy as np

from core.model.flight import months_between
from core.planning.allocation import Problem, Result, optimise
from core.planning.allocation.curves import Curves
from core.planning.allocation.felt import Felt
from core.planning.allocation.flow import optimise_felt
from core.planning.allocation.flow_risk import optimise_felt_quantile
from core.planning.allocation.problem import Cell, Draws, Group, Hill
from core.planning.flighting import carry_over
from tests.bench.figure import Figure
from tests.bench.peers import greedy, slsqp

_RUNS = 5


def figures() -> list[Figure]:
    """Measure 600 separable cells, 12 x 12 x 4 with totals, 30 posteriors, and S-shapes."""
    return [*_separable(), *_totals(), *_posterior(), *_alike(), *_quantiles(), *_over_time(), *_stuck_at_start(), *_s_shapes(), _command()]


def _separable() -> list[Figure]:
    seconds, result = _measured(separable(600))
    small = separable(60)
    started = time.perf_counter()
    slsqp(small)
    peer_seconds = time.perf_counter() - started  # its linear algebra spins in several threads, which processor time counts
    ours, _ = _measured(small)
    return [
        Figure(
            "allocation_seconds_600",
            seconds,
            "s processor, median",
            "under 0.3 s",
            "SLSQP: 106 s (measured once, field study)",
            106 / seconds,
        ),
        Figure("allocation_gap_600", _gap(result), "ratio", "at most 1e-4"),
        Figure("allocation_seconds_60", ours, "s processor, median", "", f"SLSQP: {peer_seconds:.2g} s", peer_seconds / ours),
    ]


def _totals() -> list[Figure]:
    seconds, result = _measured(planned(12, 12, 4))
    steep_seconds, steep = _measured(planned(12, 12, 4, steep=2.5), runs=2)
    medium = planned(8, 6, 1)
    started = time.perf_counter()
    amounts, _ = slsqp(medium)
    peer_seconds = time.perf_counter() - started  # its linear algebra spins in several threads, which processor time counts
    ours, answer = _measured(medium)
    assert answer.response is not None
    peer = f"SLSQP: {peer_seconds:.2g} s, {_short_of(medium, answer, amounts):.1%} below ours"
    return [
        Figure(
            "allocation_seconds_576_totals",
            seconds,
            "s processor, median",
            "under 1 s",
            note="12 channels x 12 months x 4 markets, 24 totals",
        ),
        Figure("allocation_gap_576_totals", _gap(result), "ratio", "at most 1e-4"),
        Figure("allocation_seconds_576_s_shaped", steep_seconds, "s processor, median", "", note="shapes 1 to 2.5, 24 totals"),
        Figure("allocation_gap_576_s_shaped", _gap(steep), "ratio", "at most 1e-3"),
        Figure("allocation_seconds_48_totals", ours, "s processor, median", "", peer, peer_seconds / ours),
    ]


def _posterior() -> list[Figure]:
    seconds, result = _measured(posterior(30, 500))
    steep_seconds, steep = _measured(posterior(30, 500, steep=2.5))
    return [
        Figure("allocation_seconds_30x500_draws", seconds, "s processor, median", "under 0.3 s"),
        Figure("allocation_gap_30x500_draws", _gap(result), "ratio", "at most 1e-4"),
        Figure("allocation_seconds_30x500_s_shaped", steep_seconds, "s processor, median", "under 0.3 s", note="shapes 0.8 to 2.5"),
        Figure("allocation_gap_30x500_s_shaped", _gap(steep), "ratio", "at most 1e-3"),
    ]


def _alike() -> list[Figure]:
    """Months that are nearly alike, which a branching search tries in every order; two channels are held at a total."""
    one = posterior(7, 60, steep=2.5)
    months = [(month, days / 31) for month, days in (("jan", 31), ("feb", 28), ("mar", 31))]
    cells = tuple(
        replace(cell, id=f"{cell.id}|{month}", curve=Draws(tuple((a * part, b * part, s) for a, b, s in cell.curve.draws)))
        for cell in one.cells
        if isinstance(cell.curve, Draws)
        for month, part in months
    )
    assert one.budget_minor is not None
    groups = tuple(
        Group(held.id, tuple(f"{held.id}|{month}" for month, _ in months), min_minor=total, max_minor=total)
        for held, total in zip(one.cells[:2], (one.budget_minor // 5, one.budget_minor // 9), strict=True)
    )
    seconds, result = _measured(replace(one, cells=cells, groups=groups), runs=2)
    return [
        Figure(
            "allocation_seconds_21x60_alike",
            seconds,
            "s processor, median",
            "under 1 s",
            note="7 posteriors, S-shaped, in 3 months, 2 totals",
        ),
        Figure("allocation_gap_21x60_alike", _gap(result), "ratio", "at most 1e-3"),
    ]


def _quantiles() -> list[Figure]:
    """A tenth and a quarter of the joint draws may miss the plan; the peers of the field plan for the mean only."""
    found = []
    for name, steep, aim in (("", 1.0, "at most 0.03"), ("_s_shaped", 2.5, "at most 0.2")):
        for quantile in (0.1, 0.25):
            seconds, result = _measured(replace(posterior(30, 500, steep=steep), risk_quantile=quantile), runs=1)
            share = f"{round(100 * quantile)}"
            found.append(Figure(f"allocation_gap_30x500_quantile_{share}{name}", _gap(result), "ratio", aim, note=f"{seconds:.1f} s"))
    return found


def _over_time() -> list[Figure]:
    """Spend is felt in later months too; shapes up to 1 are concave, up to 2.5 S-shaped."""
    found = []
    for lines, months, steep, aim in ((12, 12, 1.0, 1e-4), (7, 3, 2.5, 1e-3), (12, 12, 1.8, 1e-3), (12, 12, 2.5, 1e-3)):
        problem, felt = flighted(lines, months, steep=steep)
        started = time.process_time()
        result = optimise_felt(problem, felt)
        seconds = time.process_time() - started
        name = f"{lines}x{months}_carry_over" + ("" if steep == 1.0 else f"_shapes_to_{steep:g}")
        found.append(Figure(f"allocation_seconds_{name}", seconds, "s processor", "under 1 s"))
        found.append(Figure(f"allocation_gap_{name}", _gap(result), "ratio", f"at most {aim:g}"))
    problem, felt = _uncertain(*flighted(7, 3, steep=2.5), draws=50)
    started = time.process_time()
    careful = optimise_felt_quantile(replace(problem, risk_quantile=0.1), felt, 0.1)
    note = f"{time.process_time() - started:.1f} s processor, 50 draws"
    return [*found, Figure("allocation_gap_7x3_carry_over_quantile_10", _gap(careful), "ratio", "at most 0.03", note=note)]


def flighted(lines: int, months: int, *, steep: float) -> tuple[Problem, Felt]:
    """Make lines over months, each with its own curve and carry-over; a line's places are its months and the time after them."""
    rng, count = np.random.default_rng(0), lines * months
    periods = tuple(months_between(date(2026, 1, 1), date(2026, 12, 31)))[:months]
    cells = tuple(Cell(str(i), Hill(1.0, 1.0, 1.0), current_minor=100_000) for i in range(count))
    matrix, curves = np.zeros((lines * (months + 1), count)), list[Hill]()
    for line in range(lines):
        carry = carry_over(periods, float(rng.uniform(0.1, 0.7)), {})
        scale, half, shape = float(rng.lognormal(4, 0.6)), float(rng.lognormal(np.log(100_000), 0.5)), float(rng.uniform(0.6, steep))
        matrix[line * (months + 1) : (line + 1) * (months + 1), line * months : (line + 1) * months] = carry.matrix
        curves += [Hill(scale * days / 30.0, half * days / 30.0, shape) for days in carry.days.tolist()]
    return Problem("EUR", cells, budget_minor=count * 100_000), Felt(matrix, np.zeros(len(curves)), tuple(curves))


def _uncertain(problem: Problem, felt: Felt, *, draws: int) -> tuple[Problem, Felt]:
    """Draw each line's curve anew, alike in all its places."""
    places = len(felt.curves) // 7
    spread = np.repeat(np.random.default_rng(0).lognormal(0.0, 0.25, (7, draws, 2)), places, axis=0)
    curves = [
        Draws(tuple((curve.scale * float(a), curve.half_saturation_minor * float(b), curve.shape) for a, b in own))
        for curve, own in zip(felt.curves, spread, strict=True)
        if isinstance(curve, Hill)
    ]
    return problem, replace(felt, curves=tuple(curves))


def _stuck_at_start() -> list[Figure]:
    """A KPI of about 100 on a budget of a million: where SLSQP calls the equal split optimal."""
    short, stuck, ours = [], 0, []
    for seed in range(30):
        problem = separable(5, seed=seed, scale=30.0, budget=100_000_000)
        result = optimise(problem)
        amounts, success = slsqp(problem)
        short.append(_short_of(problem, result, amounts))
        stuck += success and float(np.abs(amounts / amounts.mean() - 1).max()) < 0.01
        ours.append(_gap(result))
    peer = f"SLSQP: {stuck} of 30 stay at the equal split, worst {max(short):.1%} below"
    return [Figure("allocation_worst_gap_small_kpi", max(ours), "ratio", "at most 1e-4", peer)]


def _s_shapes() -> list[Figure]:
    unspent, short, ours = [], [], []
    for seed in range(20):
        problem = separable(8, seed=seed, steep=3.0, start=1.0)
        result = optimise(problem)
        amounts = greedy(problem)
        assert problem.budget_minor is not None
        unspent.append(1 - float(amounts.sum()) / problem.budget_minor)
        short.append(_short_of(problem, result, amounts))
        ours.append(_gap(result))
    left = sum(share > 0.01 for share in unspent)
    peer = f"Meridian's search: {left} of 20 leave over 1% unspent, worst {max(short):.1%} below ours"
    return [Figure("allocation_worst_gap_s_shaped", max(ours), "ratio", "at most 1e-3", peer)]


def _command() -> Figure:
    cells = [
        {"id": cell.id, "curve": {"kind": "hill"} | asdict(cell.curve), "current_minor": cell.current_minor} for cell in separable(30).cells
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.json"
        path.write_text(json.dumps({"currency": "EUR", "budget_minor": 3_000_000, "cells": cells}), encoding="utf-8")
        times = []
        for _ in range(_RUNS):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-m", "core.planning", "optimise", str(path)], check=True, capture_output=True)
            times.append(time.perf_counter() - started)
    return Figure("allocation_command_seconds_30", float(np.median(times)), "s median", "", note="whole process, 30 cells")


def separable(
    count: int, *, seed: int = 0, start: float = 0.5, steep: float = 1.0, scale: float = 150.0, budget: int | None = None
) -> Problem:
    """Make cells under one budget."""
    rng = np.random.default_rng(seed)
    total = count * 100_000 if budget is None else budget
    half = np.log(total / count * 1.6)
    cells = tuple(
        Cell(
            str(i),
            Hill(float(scale * rng.lognormal(0, 1)), float(rng.lognormal(half, 0.7)), float(rng.uniform(start, steep))),
            current_minor=total // count,
        )
        for i in range(count)
    )
    return Problem("EUR", cells, budget_minor=total)


def planned(channels: int, months: int, markets: int, *, steep: float = 1.0) -> Problem:
    """Make a media plan with a range for each channel and a hard total for each month."""
    rng = np.random.default_rng(0)
    ids = [(c, m, k) for c in range(channels) for m in range(months) for k in range(markets)]
    total = len(ids) * 100_000
    shape = (0.5, 1.0) if steep <= 1 else (1.0, steep)
    cells = tuple(
        Cell(
            f"{c}|{m}|{k}",
            Hill(float(rng.lognormal(5, 1)), float(rng.lognormal(12, 0.7)), float(rng.uniform(*shape))),
            current_minor=100_000,
        )
        for c, m, k in ids
    )
    by_channel = [
        Group(
            f"channel {c}", tuple(x.id for x in cells if x.id.startswith(f"{c}|")), int(total / channels * 0.7), int(total / channels * 1.3)
        )
        for c in range(channels)
    ]
    by_month = [
        Group(f"month {m}", tuple(x.id for x in cells if x.id.split("|")[1] == str(m)), total // months, total // months)
        for m in range(months)
    ]
    return Problem("EUR", cells, budget_minor=total, groups=(*by_channel, *by_month))


def posterior(count: int, draws: int, *, steep: float = 1.0) -> Problem:
    """Make cells with a posterior each."""
    rng = np.random.default_rng(0)
    shape = (0.6, 1.0) if steep <= 1 else (0.8, steep)
    columns = [(rng.lognormal(5, 0.3, draws), rng.lognormal(12, 0.3, draws), rng.uniform(*shape, draws)) for _ in range(count)]
    cells = tuple(
        Cell(str(i), Draws(tuple((float(a), float(b), float(c)) for a, b, c in zip(*column, strict=True))))
        for i, column in enumerate(columns)
    )
    return Problem("EUR", cells, budget_minor=count * 100_000)


def _measured(problem: Problem, *, runs: int = _RUNS) -> tuple[float, Result]:
    times, result = [], optimise(problem)
    for _ in range(runs):
        started = time.process_time()
        result = optimise(problem)
        times.append(time.process_time() - started)
    return float(np.median(times)), result


def _gap(result: Result) -> float:
    assert result.gap_ratio is not None
    return result.gap_ratio


def _short_of(problem: Problem, result: Result, amounts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Give by which share other amounts fall short of our answer."""
    assert result.response is not None
    return 1 - float(np.sum(Curves([cell.curve for cell in problem.cells]).values(amounts))) / result.response
