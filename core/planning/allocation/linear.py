"""Linear programs over envelope segments, solved by HiGHS through scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from core.planning.allocation.grid import Segments
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Model
from core.planning.allocation.prices import Prices

Mask = NDArray[np.bool_]


def solve_segments(model: Model, segments: Segments) -> tuple[Array, Prices] | None:
    """Choose how far to fill each segment (a share of its width); None when that cannot meet the rows."""
    start, cell, width, gain = segments.start, segments.cell, segments.width, segments.gain
    values = float(segments.start_values.sum())
    net = gain - model.spend_price * width
    worth = float(np.mean(np.abs(net))) if len(net) and np.any(net) else 1.0
    unit = max(1.0, float(np.median(width))) if len(width) else 1.0
    lines, rests = _lines(model, cell, width, gain, start, values)
    options: dict[str, Any] = _program(lines / unit, rests / unit)
    found = linprog(-net / worth, bounds=(0.0, 1.0), method="highs", options={"presolve": False}, **options) if len(cell) else None
    if found is None:
        return (start, _no_prices(model)) if (rests[:, 0] <= 0).all() and (rests[:, 1] >= 0).all() else None
    if found.status != 0:
        return None
    amounts = start + np.bincount(cell, found.x * width, len(start))
    return amounts, _prices(model, rests, found, worth / unit)


def choose_steps(model: Model, segments: Segments) -> tuple[Array, None] | None:
    """Take or leave each segment as a whole; None when that cannot meet the rows."""
    values = float(segments.start_values.sum())
    lines, rests = _lines(model, segments.cell, segments.width, segments.gain, segments.start, values)
    unit = max(1.0, float(np.min(segments.width))) if len(segments.width) else 1.0
    net = segments.gain - model.spend_price * segments.width
    worth = float(np.mean(np.abs(net))) if len(net) and np.any(net) else 1.0
    if not len(net):
        return None
    rows = [LinearConstraint(csr_array(lines / unit), rests[:, 0] / unit, rests[:, 1] / unit)] if len(lines) else []
    found = milp(-net / worth, integrality=np.ones(len(net)), bounds=(0.0, 1.0), constraints=rows, options={"time_limit": 1.0})
    if found.x is None:
        return None
    return segments.start + np.bincount(segments.cell, np.rint(found.x) * segments.width, len(segments.start)), None


def _lines(model: Model, cell: NDArray[np.int64], width: Array, gain: Array, start: Array, values: float) -> tuple[Array, Array]:
    """Give the coefficients of each line over the columns and what is left of its (low, high) beside `start`."""
    used = model.matrix @ start
    low = np.array([-np.inf if row.low is None else row.low for row in model.rows]) - used
    high = np.array([np.inf if row.high is None else row.high for row in model.rows]) - used
    matrix, rests = [model.matrix[:, cell] * width], [np.stack([low, high], axis=1).reshape(-1, 2)]
    if model.max_live is not None:
        weights, room = _live_line(model, start)
        matrix.append((weights[cell] * width)[None, :])
        rests.append(np.array([[-np.inf, room]]))
    if model.cost_cap is not None:
        matrix.append((width - model.cost_cap * gain)[None, :])
        rests.append(np.array([[-np.inf, model.cost_cap * values - float(start.sum())]]))
    return np.vstack(matrix), np.vstack(rests)


def _live_line(model: Model, start: Array) -> tuple[Array, float]:
    """Count a cell as live by the share of its most that it uses, never more than in truth; in minor units of the largest cell."""
    assert model.max_live is not None
    high, least = model.domains.high.astype(np.float64), model.domains.least
    most = max(1.0, float(high.max()))
    open_cells = (least == 0) & (high > 0)
    weights = np.where(open_cells, most / np.maximum(high, 1.0), 0.0)
    return weights, (model.max_live - int((least > 0).sum())) * most - float(weights @ start)


def _program(lines: Array, rests: Array) -> dict[str, Any]:
    """Split lines into equalities and upper bounds, as linprog takes them."""
    equal = rests[:, 0] == rests[:, 1]
    above, below = ~equal & np.isfinite(rests[:, 1]), ~equal & np.isfinite(rests[:, 0])
    program: dict[str, Any] = {}
    if equal.any():
        program |= {"A_eq": csr_array(lines[equal]), "b_eq": rests[equal, 0]}
    if (above | below).any():
        program |= {
            "A_ub": csr_array(np.vstack([lines[above], -lines[below]])),
            "b_ub": np.concatenate([rests[above, 1], -rests[below, 0]]),
        }
    return program


def _prices(model: Model, rests: Array, found: Any, scale: float) -> Prices:
    """Read the marginals back, line by line, as prices of slack above and below."""
    equal = rests[:, 0] == rests[:, 1]
    above, below = ~equal & np.isfinite(rests[:, 1]), ~equal & np.isfinite(rests[:, 0])
    upper, lower = np.zeros(len(rests)), np.zeros(len(rests))
    if equal.any():
        marginals = -found.eqlin.marginals * scale
        upper[equal], lower[equal] = np.maximum(marginals, 0.0), np.maximum(-marginals, 0.0)
    if (above | below).any():
        marginals = np.maximum(-found.ineqlin.marginals * scale, 0.0)
        upper[above], lower[below] = marginals[: int(above.sum())], marginals[int(above.sum()) :]
    count = len(model.rows)
    rest = list(upper[count:])
    live = 0.0 if model.max_live is None else float(rest.pop(0)) * max(1.0, float(model.domains.high.max()))
    return Prices(upper[:count], lower[:count], live, float(rest.pop(0)) if model.cost_cap is not None else 0.0)


def _no_prices(model: Model) -> Prices:
    return Prices(np.zeros(len(model.rows)), np.zeros(len(model.rows)))
