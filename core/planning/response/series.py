"""A performance series: dates, KPI, media and controls on an even grid of days or weeks, a row a market."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.errors import InvalidInput
from core.planning.response.result import Notice
from core.planning.response.spec import FitSpec
from core.planning.response.table import Table, is_blank, period_days, read_days, read_numbers
from core.planning.response.transforms import Array, Mask

_LEVELS_MOST = 20  # different texts in a control column


@dataclass(frozen=True, slots=True)
class Series:
    """An even grid of M markets x T periods.

    Attributes:
        dates: first day of each period, T.
        period_days: 1 or 7.
        markets: M names; one empty name where the data carry no market.
        kpi: (M, T); NaN where it is not known (such rows still carry spend into later ones).
        spend, media: (M, T, C); `media` is what drives the effect: the exposure where the spec names one, else the spend.
        controls: (M, T, K), standardised; `control_names` has K names.
        notices: gaps and missing values that were found and how they were treated.
    """

    dates: tuple[date, ...]
    period_days: int
    markets: tuple[str, ...]
    channels: tuple[str, ...]
    kpi: Array
    spend: Array
    media: Array
    controls: Array
    control_names: tuple[str, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def observed(self) -> Mask:
        return ~np.isnan(self.kpi)

    @property
    def mid_days(self) -> Array:
        """(T,) the ordinal day that each period is centred on."""
        return np.array([day.toordinal() for day in self.dates], dtype=np.float64) + (self.period_days - 1) / 2


def build_series(table: Table, spec: FitSpec) -> Series:
    """Put a table on an even grid of periods and markets.

    Args:
        table: a row a period (and market), in any order.
    Raises:
        InvalidInput: a column is missing, a cell is no number or date, spend is negative, a period stands twice, or
            the dates are neither daily nor weekly; names column and row (the line of the file).
    """
    _check_columns(table, spec)
    days = read_days(table, spec.date)
    labels = _markets(table, spec.market)
    markets = tuple(dict.fromkeys(labels))
    step = period_days(table, spec.date, days)
    dates = tuple(min(days) + timedelta(days=step * i) for i in range((max(days) - min(days)).days // step + 1))
    place = [(markets.index(label), (day - dates[0]).days // step) for day, label in zip(days, labels, strict=True)]
    _check_single(place, table, days, labels, spec.date)
    grid = _Grid(table, place, (len(markets), len(dates)))
    kpi = grid.numbers(spec.kpi)
    spend = np.stack([grid.numbers(channel.spend, lowest=0.0) for channel in spec.channels], axis=-1)
    media = np.stack([grid.numbers(channel.exposure or channel.spend, lowest=0.0) for channel in spec.channels], axis=-1)
    if np.isnan(kpi).all() or len(dates) < 3:
        raise InvalidInput(f"Column {spec.kpi}: at least 3 periods with a value are needed.")
    if np.nansum(np.abs(kpi)) == 0:
        raise InvalidInput(f"Column {spec.kpi}: every value is zero, so there is nothing that media could have brought.")
    controls, names, control_notices = _controls(grid, spec)
    return Series(
        dates=dates,
        period_days=step,
        markets=markets,
        channels=tuple(channel.name for channel in spec.channels),
        kpi=kpi,
        spend=np.nan_to_num(spend),
        media=np.nan_to_num(media),
        controls=controls,
        control_names=names,
        notices=(*_gap_notices(kpi, spend, len(table), spec), *control_notices),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table's rows with the place of each on a grid of markets and periods."""

    table: Table
    place: Sequence[tuple[int, int]]
    shape: tuple[int, int]

    def put(self, values: Array) -> Array:
        grid = np.full(self.shape, np.nan)
        for key, value in zip(self.place, values, strict=True):
            grid[key] = value
        return grid

    def numbers(self, column: str, *, lowest: float = -np.inf) -> Array:
        return self.put(read_numbers(self.table, column, lowest=lowest))


def _check_columns(table: Table, spec: FitSpec) -> None:
    wanted = [spec.date, spec.kpi, *spec.controls, *([spec.market] if spec.market else [])]
    wanted += [column for channel in spec.channels for column in (channel.spend, channel.exposure) if column]
    for column in wanted:
        if column not in table.columns:
            raise InvalidInput(f"Column {column!r} is not in the series; it has: {', '.join(table.columns)}.")
    roles = [spec.date, spec.kpi, *([spec.market] if spec.market else []), *(c.spend for c in spec.channels), *spec.controls]
    for column in roles:
        if roles.count(column) > 1:
            raise InvalidInput(f"Column {column!r} is named {roles.count(column)} times in the spec: it can stand for one thing only.")


def _markets(table: Table, column: str | None) -> list[str]:
    if column is None:
        return [""] * len(table)
    labels = table.columns[column]
    if "" in labels:
        raise InvalidInput(f"{table.place(column, labels.index(''))}: the market is empty.")
    return labels


def _check_single(place: Sequence[tuple[int, int]], table: Table, days: Sequence[date], labels: Sequence[str], column: str) -> None:
    seen: dict[tuple[int, int], int] = {}
    for i, key in enumerate(place):
        if key in seen:
            market = f" of {labels[i]}" if labels[i] else ""
            raise InvalidInput(f"Column {column}, rows {table.lines[seen[key]]} and {table.lines[i]}: {days[i]}{market} stands twice.")
        seen[key] = i


def _gap_notices(kpi: Array, spend: Array, n_rows: int, spec: FitSpec) -> list[Notice]:
    notices = []
    absent = kpi.size - n_rows
    if absent:
        notices.append(Notice("gap", f"{absent} periods are missing from the series: no KPI, spend counted as zero"))
    unknown = int(np.isnan(kpi).sum()) - absent
    if unknown:
        notices.append(Notice("missing_kpi", f"{spec.kpi} is empty in {unknown} rows: they carry spend but are not fitted"))
    for c, channel in enumerate(spec.channels):
        empty = int(np.isnan(spend[..., c]).sum()) - absent
        if empty:
            notices.append(Notice("missing_spend", f"{channel.spend} is empty in {empty} rows: counted as zero"))
    return notices


def _controls(grid: _Grid, spec: FitSpec) -> tuple[Array, tuple[str, ...], list[Notice]]:
    columns: list[tuple[str, Array]] = []
    notices: list[Notice] = []
    for name in spec.controls:
        texts = grid.table.columns[name]
        empty = sum(is_blank(text) for text in texts)
        if 2 * sum(_is_number(text) for text in texts) > len(texts) - empty:
            values = grid.numbers(name)
            is_flag = 2 * empty > len(texts) or np.nanmin(values) == np.nanmax(values)  # written only where it is on
            columns.append((name, _filled(np.nan_to_num(values) if is_flag else values)))
            treated = "counted as zero" if is_flag else "bridged from the rows around them"
            notices += [Notice("missing_control", f"{name} is empty in {empty} rows: {treated}")] if empty else []
        else:
            columns += _levels(name, grid)
    varied = [(name, _standard(values)) for name, values in columns if np.ptp(values) > 0]
    notices += [Notice("constant_control", f"{name} never changes: left out") for name, values in columns if np.ptp(values) == 0]
    if not varied:
        return np.zeros((*grid.shape, 0)), (), notices
    return np.stack([values for _, values in varied], axis=-1), tuple(name for name, _ in varied), notices


def _levels(name: str, grid: _Grid) -> list[tuple[str, Array]]:
    texts = grid.table.columns[name]
    levels = sorted(set(texts), key=lambda level: (-texts.count(level), level))[1:]  # the most frequent one is the baseline
    if len(levels) >= _LEVELS_MOST:
        raise InvalidInput(
            f"Column {name}: {len(levels) + 1} different texts are too many for a control; at most {_LEVELS_MOST} can be told apart."
        )
    return [(f"{name}={level}", np.nan_to_num(grid.put(np.array([float(text == level) for text in texts])))) for level in levels]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _filled(values: Array) -> Array:
    """Bridge missing values in a straight line within each market."""
    result = values.copy()
    for line in result:
        known = ~np.isnan(line)
        line[~known] = np.interp(np.flatnonzero(~known), np.flatnonzero(known), line[known]) if known.any() else 0.0
    return result


def _standard(values: Array) -> Array:
    return np.asarray((values - values.mean()) / values.std(), dtype=np.float64)
