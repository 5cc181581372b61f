"""What to fit: the columns of a series and what each stands for, as the response contract's SPEC.json gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from core.errors import InvalidInput

Seasonality = Literal["auto", "none", "yearly"]
_KEYS = {"date", "kpi", "kpi_kind", "market", "channels", "controls", "holidays", "seasonality", "lift_tests"}


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A channel: its spend column, and its exposure column (impressions, clicks) where that carries the effect better."""

    name: str
    spend: str
    exposure: str | None = None


@dataclass(frozen=True, slots=True)
class LiftTest:
    """An experiment's result: `spend_delta` more (or less) than the file's spend over the days, and what the KPI gained by it.

    Attributes:
        start, end: both inclusive; the change is spread over the periods in proportion to their spend (evenly where there was none).
        kpi_sd: standard error of `kpi_delta`, above zero.
    """

    channel: str
    start: date
    end: date
    spend_delta: float
    kpi_delta: float
    kpi_sd: float


@dataclass(frozen=True, slots=True)
class FitSpec:
    """The request of a fit. `holidays` is a country code such as DE (with a subdivision: DE-BY); `ignored` names unknown keys."""

    date: str
    kpi: str
    channels: tuple[ChannelSpec, ...]
    kpi_kind: str = "revenue"
    market: str | None = None
    controls: tuple[str, ...] = ()
    holidays: str | None = None
    seasonality: Seasonality = "auto"
    lift_tests: tuple[LiftTest, ...] = ()
    ignored: tuple[str, ...] = field(default=())


def parse_spec(raw: object) -> FitSpec:
    """Read a SPEC.json object; InvalidInput in one line that names the field."""
    spec = _mapping(raw, "the spec")
    channels = tuple(_channel(item, i) for i, item in enumerate(_list(spec, "channels")))
    if not channels:
        raise InvalidInput("Spec field channels: name at least one channel.")
    names = [channel.name for channel in channels]
    if len(set(names)) != len(names):
        raise InvalidInput(f"Spec field channels: {next(n for n in names if names.count(n) > 1)!r} is named twice.")
    seasonality = spec.get("seasonality") or "auto"
    if seasonality not in ("auto", "none", "yearly"):
        raise InvalidInput(f"Spec field seasonality: {seasonality!r} is not one of auto, none, yearly.")
    return FitSpec(
        date=_text(spec, "date"),
        kpi=_text(spec, "kpi"),
        channels=channels,
        kpi_kind=_optional(spec, "kpi_kind") or "revenue",
        market=_optional(spec, "market"),
        controls=tuple(_string(item, f"controls[{i}]") for i, item in enumerate(_list(spec, "controls"))),
        holidays=_optional(spec, "holidays"),
        seasonality=seasonality,
        lift_tests=tuple(_lift_test(item, i, names) for i, item in enumerate(_list(spec, "lift_tests"))),
        ignored=tuple(sorted(set(spec) - _KEYS)),
    )


def _channel(raw: object, index: int) -> ChannelSpec:
    where = f"channels[{index}]"
    if isinstance(raw, str):
        return ChannelSpec(raw, raw)
    item = _mapping(raw, where)
    name = _string(item.get("name"), f"{where}.name")
    spend = item.get("spend")
    return ChannelSpec(name, name if spend is None else _string(spend, f"{where}.spend"), _optional(item, "exposure"))


def _lift_test(raw: object, index: int, names: list[str]) -> LiftTest:
    where = f"lift_tests[{index}]"
    item = _mapping(raw, where)
    channel = _string(item.get("channel"), f"{where}.channel")
    if channel not in names:
        raise InvalidInput(f"Spec field {where}.channel: {channel!r} is not one of the channels.")
    start, end = _date(item.get("start"), f"{where}.start"), _date(item.get("end"), f"{where}.end")
    if end < start:
        raise InvalidInput(f"Spec field {where}: it ends ({end}) before it starts ({start}).")
    test = LiftTest(channel, start, end, *(_number(item.get(key), f"{where}.{key}") for key in ("spend_delta", "kpi_delta", "kpi_sd")))
    if test.kpi_sd <= 0 or test.spend_delta == 0:
        raise InvalidInput(f"Spec field {where}: kpi_sd must be above zero and spend_delta not zero.")
    return test


def _mapping(raw: object, where: str) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        raise InvalidInput(f"Spec field {where}: an object is needed, not {type(raw).__name__}.")
    return raw


def _list(spec: Mapping[str, object], key: str) -> list[object]:
    value = spec.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInput(f"Spec field {key}: a list is needed, not {type(value).__name__}.")
    return value


def _text(spec: Mapping[str, object], key: str) -> str:
    return _string(spec.get(key), key)


def _string(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"Spec field {where}: a text is needed, not {value!r}.")
    return value


def _optional(spec: Mapping[str, object], key: str) -> str | None:
    value = spec.get(key)
    return None if value is None else _string(value, key)


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput(f"Spec field {where}: a number is needed, not {value!r}.")
    return float(value)


def _date(value: object, where: str) -> date:
    try:
        return date.fromisoformat(_string(value, where))
    except ValueError:
        raise InvalidInput(f"Spec field {where}: {value!r} is not a date such as 2026-03-31.") from None
