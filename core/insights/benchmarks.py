"""Published benchmark figures with publisher and year: what a channel without own history is compared with."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Metric = Literal["CTR", "CVR", "CPC", "CPM", "CPA"]

_FILE = Path(__file__).resolve().parents[2] / "data" / "reference" / "benchmarks.csv"
_ALL = "All industries"
_METRICS: dict[str, Metric] = {
    "CTR": "CTR",
    "CVR": "CVR",
    "CPC": "CPC",
    "CPM": "CPM",
    "CPM_low": "CPM",
    "CPA": "CPA",
    "CPL": "CPA",  # a lead is the action that the publisher counted
}
_PLATFORM_WORDS: tuple[tuple[str, str], ...] = (
    ("instagram", "instagram"),
    ("facebook", "meta"),
    ("meta", "meta"),
    ("tiktok", "tiktok"),
    ("youtube", "youtube"),
    ("linkedin", "linkedin"),
    ("snapchat", "snapchat"),
    ("twitter", "twitter"),
    ("bing", "microsoft"),
    ("microsoft", "microsoft"),
    ("google", "google"),
    ("adwords", "google"),
)
_NETWORK_WORDS = ("shopping", "display", "search")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One published figure.

    Attributes:
        platforms: keys such as `google`, `microsoft`, `meta`; a figure may cover two.
        network: `search`, `shopping`, `display`, `leads`, `traffic` or `all`.
        metric: CTR and CVR as ratios 0-1; CPC, CPM and CPA as money in major units of `currency`. A published range is its middle.
        note: why to be careful with it; empty when there is no reason.
    """

    platforms: tuple[str, ...]
    network: str
    vertical: str
    metric: Metric
    value: float
    currency: str | None
    year: str
    region: str
    publisher: str
    seen_at: str
    note: str = ""

    @property
    def source(self) -> str:
        """Give publisher and year as they are shown beside the figure."""
        return f"{self.publisher}, {self.year}"


@dataclass(frozen=True, slots=True)
class BenchmarkRange:
    """What is published for a channel: the middle figure, lowest and highest, and every figure behind it."""

    metric: Metric
    value: float
    low: float
    high: float
    currency: str | None
    sources: tuple[str, ...]
    figures: tuple[Benchmark, ...]


def platform_key(name: str) -> str | None:
    """Give the platform behind a channel's name (`Meta Ads` -> `meta`); None when none of the published ones is named."""
    words = name.casefold()
    return next((key for word, key in _PLATFORM_WORDS if word in words), None)


def network_key(name: str) -> str | None:
    """Give the network named in a channel's name (`Google Shopping` -> `shopping`); None when none is."""
    return next((word for word in _NETWORK_WORDS if word in name.casefold()), None)


@cache
def load_benchmarks() -> tuple[Benchmark, ...]:
    """Read data/reference/benchmarks.csv once; a low and a high CPM of one row become one figure."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    highs = {_key(row): float(row["value"]) for row in rows if row["metric"] == "CPM_high"}
    return tuple(_benchmark(row, highs) for row in rows if row["metric"] != "CPM_high")


def find_benchmark(channel: str, metric: Metric, *, vertical: str | None = None, network: str | None = None) -> BenchmarkRange | None:
    """Find what is published for a channel; the newest figures count, careful ones only where there is nothing better.

    Args:
        channel: as people name it, `Google Search` or `meta`; the platform and network are read from it.
        vertical: as published (`Real Estate`); where it has no figure, all industries answer.
        network: overrides the one read from the name.
    Returns:
        None where nothing is published for that platform.
    """
    platform = platform_key(channel)
    if platform is None:
        return None
    wanted = network or network_key(channel)
    figures = [b for b in load_benchmarks() if platform in b.platforms and b.metric == metric]
    figures = _prefer(figures, [b for b in figures if b.network == wanted])
    if wanted is None:
        figures = _prefer(figures, [b for b in figures if b.network == "all"])
    in_vertical = [b for b in figures if vertical is not None and b.vertical.casefold() == vertical.casefold()]
    figures = _prefer([b for b in figures if b.vertical == _ALL] or figures, in_vertical)
    figures = _prefer(figures, [b for b in figures if not b.note])
    newest = max((_last_year(b) for b in figures), default=0)
    return _range(metric, [b for b in figures if _last_year(b) >= newest - 1])


def _prefer(otherwise: list[Benchmark], wanted: list[Benchmark]) -> list[Benchmark]:
    return wanted or otherwise


def _range(metric: Metric, figures: Sequence[Benchmark]) -> BenchmarkRange | None:
    if not figures:
        return None
    values = sorted(b.value for b in figures)
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    sources = tuple(dict.fromkeys(b.source for b in figures))
    return BenchmarkRange(metric, middle, values[0], values[-1], figures[0].currency, sources, tuple(figures))


def _last_year(benchmark: Benchmark) -> int:
    return max(int(year) for year in re.findall(r"20\d\d", benchmark.year))


def _key(row: dict[str, str]) -> tuple[str, ...]:
    return row["platform"], row["network_or_objective"], row["vertical"], row["data_year"], row["publisher"]


def _benchmark(row: dict[str, str], highs: dict[tuple[str, ...], float]) -> Benchmark:
    value = float(row["value"])
    if row["metric"] == "CPM_low":
        value = (value + highs[_key(row)]) / 2
    platforms = tuple(dict.fromkeys(key for part in row["platform"].split("+") if (key := platform_key(part))))
    return Benchmark(
        platforms=platforms,
        network=network_key(row["platform"]) or row["network_or_objective"],
        vertical=row["vertical"],
        metric=_METRICS[row["metric"]],
        value=value / 100 if row["unit"] == "percent" else value,
        currency=row["currency"] or None,
        year=row["data_year"],
        region=row["region"],
        publisher=row["publisher"],
        seen_at=row["seen_at"],
        note=row["note"],
    )
