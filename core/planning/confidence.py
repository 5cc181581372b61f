"""How far a forecast can be trusted, 0 to 100, with the reasons; docs/forecast.md defines it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.interval import Interval
from core.planning.rates import Backtest
from core.planning.response.result import Evidence

_FULL_PERIODS = 52
_GRADES = ((75, "high"), (45, "medium"), (0, "low"))
_WEIGHTS = {"data": 0.3, "range": 0.3, "extrapolation": 0.2, "backtest": 0.2}


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known about one line's forecast.

    Attributes:
        periods: of data with spend. evidence: of the curve, None without a curve. outcome: the forecast's main interval.
        spend_per_period, most_seen: planned spend and the largest seen, both a data period; backtest: of past forecasts.
    """

    periods: int
    evidence: Evidence | None
    outcome: Interval | None
    spend_per_period: float
    most_seen: float
    backtest: Backtest | None


@dataclass(frozen=True, slots=True)
class Confidence:
    """A score 0-100, its grade (high from 75, medium from 45, else low), each part 0-1, and plain reasons, the weakest part first."""

    score: int
    grade: str
    parts: dict[str, float]
    reasons: tuple[str, ...]


def score_line(grounds: Grounds) -> Confidence:
    """Score one line: the weighted geometric mean of four parts, so that one very weak part cannot be made up for."""
    judged = {
        "data": _data(grounds),
        "range": _range(grounds.outcome),
        "extrapolation": _extrapolation(grounds.spend_per_period, grounds.most_seen),
        "backtest": _backtest(grounds.backtest),
    }
    parts = {name: part for name, (part, _) in judged.items()}
    product = 1.0
    for name, part in parts.items():
        product *= max(part, 0.01) ** _WEIGHTS[name]
    reasons = tuple(text for _, text in sorted(judged.values(), key=lambda item: item[0]))
    return _graded(100.0 * product, parts, reasons)


def score_plan(lines: Sequence[tuple[Confidence, int]]) -> Confidence:
    """Score a plan: its lines' scores weighed by budget (minor units); reasons name how much of the budget rests on weak lines."""
    total = sum(budget for _, budget in lines)
    if total <= 0:
        return _graded(0.0, {}, ("The plan has no budget to forecast.",))
    score = sum(line.score * budget for line, budget in lines) / total
    parts = {name: sum(line.parts[name] * budget for line, budget in lines) / total for name in _WEIGHTS}
    reasons = [f"{share:.0%} of the budget is in lines of {grade} confidence." for grade, share in _by_grade(lines, total).items() if share]
    weakest = min(parts, key=lambda name: parts[name])
    return _graded(score, parts, (*reasons, f"The weakest part is {_PART_NAMES[weakest]}."))


_PART_NAMES = {
    "data": "how much data there is",
    "range": "how wide the ranges are",
    "extrapolation": "spend beyond what was seen",
    "backtest": "how past forecasts held",
}


_EVIDENCE_WORDS: dict[Evidence | None, str] = {
    "strong": "strong evidence for the curve",
    "some": "some evidence for the curve",
    "prior": "almost no evidence for the curve",
    None: "no response curve",
}


def _by_grade(lines: Sequence[tuple[Confidence, int]], total: int) -> dict[str, float]:
    return {grade: sum(budget for line, budget in lines if line.grade == grade) / total for _, grade in _GRADES}


def _graded(score: float, parts: dict[str, float], reasons: tuple[str, ...]) -> Confidence:
    whole = round(score)
    return Confidence(whole, next(grade for least, grade in _GRADES if whole >= least), parts, reasons)


def _data(grounds: Grounds) -> tuple[float, str]:
    if grounds.periods == 0:
        return 0.05, "No data of its own: it rests on benchmarks or other channels."
    part = min(grounds.periods / _FULL_PERIODS, 1.0) ** 0.5
    if grounds.evidence == "prior":
        part *= 0.4
    elif grounds.evidence in ("some", None):
        part *= 0.8
    word = {"strong": "strong evidence", "some": "some evidence", "prior": "almost no evidence", None: "no response curve"}[
        grounds.evidence
    ]
    return part, f"{grounds.periods} periods with spend, {word} for the curve."


def _range(outcome: Interval | None) -> tuple[float, str]:
    if outcome is None or outcome.mean <= 0:
        return 0.05, "Nothing is known to forecast the outcome by."
    width = (outcome.high - outcome.low) / (2.0 * outcome.mean)
    return 1.0 / (1.0 + (width / 0.6) ** 2), f"The 90% range is {width:.0%} either side of the forecast."


def _extrapolation(spend: float, most_seen: float) -> tuple[float, str]:
    if most_seen <= 0:
        return 0.2, "It never spent before: the whole budget is beyond what was seen."
    ratio = spend / most_seen
    if ratio <= 1.0:
        return 1.0, "The spend is within what was seen."
    return 1.0 / ratio**2, f"The spend is {ratio:.1f} times the most that was seen."


def _backtest(backtest: Backtest | None) -> tuple[float, str]:
    if backtest is None:
        return 0.4, "Too little history to test past forecasts."
    off = abs(backtest.coverage - 0.9)
    part = max(0.05, (1.0 - max(off - 0.05, 0.0) / 0.6) / (1.0 + backtest.mape))
    return (
        part,
        f"Of {backtest.forecasts} past forecasts {backtest.coverage:.0%} fell into their 90% range, off by {backtest.mape:.0%} on average.",
    )
