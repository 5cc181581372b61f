"""The smallest conflict: as few rules as can clash, found by hitting every way of letting rules go.

A set of rules clashes exactly when it shares a rule with each correction set (rules whose absence lets all others hold together). So
the smallest set that hits all correction sets found so far is either a smallest conflict, or it can hold and gives one more of them.
Source: Ignatiev, Previti, Liffiton, Marques-Silva, Smallest MUS Extraction with Minimal Hitting Set Dualization (2015).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Numbers = list[int]
CanHold = Callable[[Numbers], bool]


def smallest_conflict(count: int, first: Numbers, can_hold: CanHold, *, freeing: Numbers, seconds: float) -> tuple[Numbers, bool]:
    """Give the numbers of as few rules as possible that cannot hold together.

    Args:
        count: rules are 0 to count - 1, the ones to name first in front.
        first: some irreducible conflict; it is kept where none is smaller.
        freeing: rules each of which frees all others when it alone goes; every conflict has them.
        seconds: how long may be looked for a smaller one.
    Returns:
        the conflict, and whether it is proven that no smaller one exists.
    """
    deadline = time.thread_time() + seconds
    corrections = [[number] for number in freeing]
    while True:
        hitting = _smallest_hitting_set(corrections, count)
        if len(hitting) >= len(first):
            return first, True
        if not can_hold(hitting):
            return hitting, True
        correction = _correction_set(hitting, count, can_hold, deadline)
        if correction is None or time.thread_time() > deadline:
            return first, False
        corrections.append(correction)


def _correction_set(kept: Numbers, count: int, can_hold: CanHold, deadline: float) -> Numbers | None:
    """Take in all rules that can hold together with those kept, halves of them at once; what stays out. None when the time is up."""
    held, out = list(kept), []
    waiting = [[rule for rule in range(count) if rule not in set(kept)]]
    while waiting:
        if time.thread_time() > deadline:
            return None
        part = waiting.pop()
        if can_hold(held + part):
            held += part
        elif len(part) == 1:
            out += part
        else:
            waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
    return out


def _smallest_hitting_set(sets: Sequence[Numbers], count: int) -> Numbers:
    """Choose as few numbers as possible with at least one of each set; of equals, the lower numbers."""
    if not sets:
        return []
    used = sorted({number for one in sets for number in one})
    column = {number: at for at, number in enumerate(used)}
    places = [(line, column[number]) for line, one in enumerate(sets) for number in one]
    lines, columns = np.array(places).T
    matrix = csr_array((np.ones(len(places)), (lines, columns)), shape=(len(sets), len(used)))
    weights = 1.0 + np.array(used) / (2.0 * count * count)
    found = milp(weights, integrality=np.ones(len(used)), bounds=Bounds(0, 1), constraints=LinearConstraint(matrix, 1, np.inf))
    assert found.x is not None
    return [used[at] for at in np.flatnonzero(found.x > 0.5)]
