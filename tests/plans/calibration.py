"""What readings claim beside what came true, on generated plans as they are and roughened, half of each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import mean

from core.sheets.reading import read_workbook
from tests.plans.compare import Verdict, judge
from tests.plans.make import KINDS
from tests.plans.rough import roughened
from tests.plans.shapes import make_plan

BANDS = ((0.0, 0.6), (0.6, 0.9), (0.9, 0.965), (0.965, 1.01))


@dataclass(frozen=True)
class Band:
    """The claims of one kind (items, tables, columns) within a range: how many, their mean, and the share that came true."""

    subject: str
    low: float
    high: float
    count: int
    claimed: float
    true: float


def bands(seeds: range) -> list[Band]:
    """Read the plans of all kinds and seeds twice, as they are and roughened, and sort the claims."""
    verdicts = [verdict for kind in KINDS for seed in seeds for verdict in _both(seed, kind)]
    return [
        Band(subject, low, min(high, 1.0), len(inside), mean(c for c, _ in inside), mean(right for _, right in inside))
        for subject, claims in _claims(verdicts).items()
        for low, high in BANDS
        if (inside := [claim for claim in claims if low <= claim[0] < high])
    ]


def _both(seed: int, kind: str) -> tuple[Verdict, Verdict]:
    plan = make_plan(seed, kind)
    worse, book = roughened(plan, 1000 * seed + KINDS.index(kind))
    return judge(plan), judge(worse, read_workbook(book))


def _claims(verdicts: list[Verdict]) -> dict[str, list[tuple[float, bool]]]:
    claims: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for verdict in verdicts:
        claims["items"] += verdict.confidences
        claims["tables"] += verdict.tables
        claims["columns"] += verdict.columns
    return claims
