"""A performance series: dates, KPI, media and controls on an even grid of days or weeks, a row a market."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np

from core.errors import InvalidInput
from core.planning.response.result import Notice
from core.planning.response.spec import FitSpec
from core.planning.response.transforms import Array, Mask

Row = Mapping[str, str]
_BLANK = {"", "na", "n/a", "nan", "null", "none", "-"}
_DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d")


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


def parse_csv(text: str) -> list[dict[str, str]]:
    """Read a CSV (comma, semicolon or tab; the header decides) into rows by column name; InvalidInput names the line."""
    lines = text.lstrip("\ufeff")
    header = lines.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    table = [row for row in csv.reader(io.StringIO(lines), delimiter=delimiter) if any(cell.strip() for cell in row)]
    if len(table) < 2:
        raise InvalidInput("The series has no rows: a header and at least one row are needed.")
    names = [name.strip() for name in table[0]]
    for i, row in enumerate(table[1:], start=2):
        if len(row) != len(names):
            raise InvalidInput(f"Row {i} has {len(row)} cells where the header has {len(names)}.")
    decimal_comma = delimiter == ";"
    return [{name: _plain(cell.strip(), decimal_comma=decimal_comma) for name, cell in zip(names, row, strict=True)} for row in table[1:]]


def _plain(cell: str, *, decimal_comma: bool) -> str:
    if decimal_comma and "," in cell and cell.replace(".", "").replace(",", "").lstrip("-").isdigit():
        return cell.replace(".", "").replace(",", ".")
    return cell


def build_series(rows: Sequence[Row], spec: FitSpec) -> Series:
    """Put rows on an even grid of periods and markets.

    Args:
        rows: a row a period (and market), in any order; texts as in the file.
    Raises:
        InvalidInput: a column is missing, a cell is no number or date, spend is negative, a period stands twice, or
            the dates are neither daily nor weekly; names column and row (2 is the first below the header).
    """
    _check_columns(rows, spec)
    days = [_day(row[spec.date], spec.date, i) for i, row in enumerate(rows, start=2)]
    labels = [row[spec.market] if spec.market else "" for row in rows]
    markets = tuple(dict.fromkeys(labels))
    step = _period_days(sorted(set(days)), spec.date)
    dates = tuple(min(days) + timedelta(days=step * i) for i in range((max(days) - min(days)).days // step + 1))
    place = [(markets.index(label), (day - dates[0]).days // step) for day, label in zip(days, labels, strict=True)]
    _check_single(place, days, labels, spec.date)

    def numbers(column: str, *, lowest: float = -math.inf) -> Array:
        grid = np.full((len(markets), len(dates)), np.nan)
        for i, row in enumerate(rows):
            grid[place[i]] = _number(row[column], column, i + 2, lowest)
        return grid

    kpi = numbers(spec.kpi)
    spend = np.stack([numbers(channel.spend, lowest=0.0) for channel in spec.channels], axis=-1)
    media = np.stack([numbers(channel.exposure or channel.spend, lowest=0.0) for channel in spec.channels], axis=-1)
    notices = _gap_notices(kpi, spend, len(rows), spec)
    controls, names = _controls(rows, place, spec, (len(markets), len(dates)), numbers)
    if np.isnan(kpi).all() or len(dates) < 3:
        raise InvalidInput(f"Column {spec.kpi}: at least 3 periods with a value are needed.")
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
        notices=tuple(notices),
    )


def _check_columns(rows: Sequence[Row], spec: FitSpec) -> None:
    if not rows:
        raise InvalidInput("The series has no rows.")
    wanted = [spec.date, spec.kpi, *spec.controls, *([spec.market] if spec.market else [])]
    wanted += [column for channel in spec.channels for column in (channel.spend, channel.exposure) if column]
    for column in wanted:
        if column not in rows[0]:
            raise InvalidInput(f"Column {column!r} is not in the series; it has: {', '.join(rows[0])}.")


def _day(text: str, column: str, row: int) -> date:
    for pattern in _DATE_FORMATS:
        try:
            return datetime.strptime(text[:10], pattern).date()  # noqa: DTZ007 a calendar day has no zone
        except ValueError:
            continue
    raise InvalidInput(f"Column {column}, row {row}: {text!r} is not a date such as 2026-03-31.")


def _number(text: str, column: str, row: int, lowest: float) -> float:
    if text.casefold() in _BLANK:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise InvalidInput(f"Column {column}, row {row}: {text!r} is not a number.") from None
    if not math.isfinite(value):
        raise InvalidInput(f"Column {column}, row {row}: {text!r} is not a finite number.")
    if value < lowest:
        raise InvalidInput(f"Column {column}, row {row}: {text} is negative.")
    return value


def _period_days(days: Sequence[date], column: str) -> int:
    gaps = [(b - a).days for a, b in pairwise(days)]
    if not gaps:
        raise InvalidInput(f"Column {column}: at least 3 different dates are needed.")
    if all(gap % 7 == 0 for gap in gaps):
        return 7
    if np.median(gaps) <= 2:
        return 1
    raise InvalidInput(f"Column {column}: the dates are neither daily nor weekly (most are {int(np.median(gaps))} days apart).")


def _check_single(place: Sequence[tuple[int, int]], days: Sequence[date], labels: Sequence[str], column: str) -> None:
    seen: dict[tuple[int, int], int] = {}
    for i, key in enumerate(place):
        if key in seen:
            market = f" of {labels[i]}" if labels[i] else ""
            raise InvalidInput(f"Column {column}, rows {seen[key] + 2} and {i + 2}: {days[i]}{market} stands twice.")
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


def _controls(
    rows: Sequence[Row],
    place: Sequence[tuple[int, int]],
    spec: FitSpec,
    shape: tuple[int, int],
    numbers: Callable[[str], Array],
) -> tuple[Array, tuple[str, ...]]:
    columns: list[tuple[str, Array]] = []
    for name in spec.controls:
        texts = [row[name] for row in rows]
        if any(known := [text for text in texts if text.casefold() not in _BLANK]) and all(map(_is_number, known)):
            columns.append((name, _filled(numbers(name))))
        else:
            columns += _levels(name, texts, place, shape)
    varied = [(name, _standard(values)) for name, values in columns if np.ptp(values) > 0]
    if not varied:
        return np.zeros((*shape, 0)), ()
    return np.stack([values for _, values in varied], axis=-1), tuple(name for name, _ in varied)


def _levels(name: str, texts: Sequence[str], place: Sequence[tuple[int, int]], shape: tuple[int, int]) -> list[tuple[str, Array]]:
    levels = sorted(set(texts), key=lambda level: (-texts.count(level), level))[1:]  # the most frequent one is the baseline
    result = []
    for level in levels:
        grid = np.zeros(shape)
        for key, text in zip(place, texts, strict=True):
            grid[key] = float(text == level)
        result.append((f"{name}={level}", grid))
    return result


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
