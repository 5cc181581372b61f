"""How often ranges hold the truth over many made series of many shapes; some ten minutes, so run by name only."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.bench.bench_response import NEAR, Measured, mean, measure_afresh, measure_example, measure_kind, measure_shape
from tests.bench.figure import Figure
from tests.simulate import Shape
from tests.simulate_elsewhere import KINDS

_SETS = int(os.environ.get("BENCH_SETS", "200"))
_FIRST_SEED = 7000  # of sets that nothing was tuned on


def figures() -> list[Figure]:
    """Measure BENCH_SETS sets (200): three in ten of the first generator, nearly half after other tools, the rest of two more."""
    tenth = max(_SETS // 20, 1)
    with ProcessPoolExecutor(2) as pool:
        made = {
            "own": _all(pool, partial(measure_shape, Shape()), 6 * tenth),
            **{kind: _all(pool, partial(measure_kind, kind), tenth) for kind in KINDS},
            "forms the model does not have": _all(pool, measure_afresh, 4 * tenth),
            "published example": _all(pool, measure_example, tenth),
        }
    sets = [measured for part in made.values() for measured in part]
    by_part = ", ".join(f"{name} {len(part)}: {mean(part, 'shares'):.0%} / {mean(part, 'returns'):.0%}" for name, part in made.items())
    return [
        Figure("coverage_shares", mean(sets, "shares"), "of 90% intervals", NEAR, note=f"{len(sets)} sets, shares / returns: {by_part}"),
        Figure("coverage_returns", mean(sets, "returns"), "of 90% intervals", NEAR),
        Figure("coverage_market_returns", mean(sets, "markets"), "of 90% intervals", NEAR, note="sets with markets only"),
        Figure("coverage_holdout", mean(sets, "weeks"), "of 90% intervals", NEAR),
        Figure("coverage_share_error", mean(sets, "errors"), "mean"),
    ]


def _all(pool: ProcessPoolExecutor, measure: Callable[[int], Measured], count: int) -> list[Measured]:
    return list(pool.map(measure, range(_FIRST_SEED, _FIRST_SEED + count)))
