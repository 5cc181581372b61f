"""A series is read strictly: what cannot be used is named by column and row, what is missing is reported."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InvalidInput
from core.planning.response import FitSpec, build_series, parse_csv, parse_spec
from core.planning.response.baseline import build_baseline

SPEC = {"date": "day", "kpi": "y", "channels": [{"name": "tv", "spend": "tv"}]}


def weekly(*lines: str, header: str = "day,y,tv") -> list[dict[str, str]]:
    return parse_csv("\n".join([header, *lines]))


def spec(**more: object) -> FitSpec:
    return parse_spec({**SPEC, **more})


GOOD = ("2026-01-05,10,1", "2026-01-12,11,2", "2026-01-19,12,3")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("2026-01-05,10,1", "2026-01-12,eleven,2", "2026-01-19,12,3"), "Column y, row 3: 'eleven' is not a number"),
        (("2026-01-05,10,1", "2026-01-12,11,-2", "2026-01-19,12,3"), "Column tv, row 3: -2 is negative"),
        (("2026-01-05,10,1", "soon,11,2", "2026-01-19,12,3"), "Column day, row 3: 'soon' is not a date"),
        (("2026-01-05,10,1", "2026-01-12,11,2", "2026-01-12,12,3"), "rows 3 and 4: 2026-01-12 stands twice"),
        (("2026-01-05,10,1", "2026-01-10,11,2", "2026-01-21,12,3"), "neither daily nor weekly"),
        (("2026-01-05,10,1", "2026-01-12,inf,2", "2026-01-19,12,3"), "not a finite number"),
    ],
)
def test_a_bad_cell_is_named_by_column_and_row(lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        build_series(weekly(*lines), spec())


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({**SPEC, "kpi": "sales"}, "Column 'sales' is not in the series"),
        ({**SPEC, "channels": []}, "name at least one channel"),
        ({**SPEC, "channels": ["tv", "tv"]}, "'tv' is named twice"),
        ({**SPEC, "seasonality": "lunar"}, "seasonality: 'lunar'"),
        ({**SPEC, "lift_tests": [{"channel": "radio"}]}, r"lift_tests\[0\].channel: 'radio'"),
        ({"kpi": "y", "channels": ["tv"]}, "Spec field date: a text is needed"),
        ([], "an object is needed"),
    ],
)
def test_a_bad_spec_is_named_by_field(raw: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        build_series(weekly(*GOOD), parse_spec(raw))


def test_missing_weeks_and_empty_cells_are_put_on_the_grid_and_reported() -> None:
    series = build_series(weekly("2026-01-05,10,1", "2026-01-12,,2", "2026-01-26,12,", "2026-02-02,13,4"), spec())
    assert [day.isoformat() for day in series.dates] == ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02"]
    assert series.observed.tolist() == [[True, False, False, True, True]]
    assert series.spend[0, :, 0].tolist() == [1, 2, 0, 0, 4]
    assert [notice.code for notice in series.notices] == ["gap", "missing_kpi", "missing_spend"]
    assert "tv is empty in 1 rows" in series.notices[2].message


def test_a_file_with_semicolons_decimal_commas_and_german_dates_is_read() -> None:
    rows = parse_csv("\ufeffday;y;tv\n05.01.2026;1.234,5;1\n12.01.2026;10;2,5\n19.01.2026;11;3")
    series = build_series(rows, spec())
    assert series.kpi[0].tolist() == [1234.5, 10, 11]
    assert series.spend[0, 1, 0] == 2.5


def test_a_control_of_texts_becomes_one_column_a_level_but_for_the_usual_one() -> None:
    rows = weekly("2026-01-05,10,1,na,1", "2026-01-12,11,2,sale,2", "2026-01-19,12,3,na,", header="day,y,tv,events,price")
    series = build_series(rows, spec(controls=["events", "price"]))
    assert series.control_names == ("events=sale", "price")
    assert series.controls[0, :, 0].argmax() == 1
    assert series.controls[0, 1, 1] == series.controls[0, 2, 1]  # the missing price is carried on


def test_markets_get_a_row_each_and_share_the_dates() -> None:
    lines = [f"2026-01-{day:02d},{10 * size},{size},{market}" for day in (5, 12, 19) for market, size in (("DE", 2), ("AT", 1))]
    series = build_series(weekly(*lines, header="day,y,tv,market"), spec(market="market"))
    assert series.markets == ("DE", "AT")
    assert series.kpi.tolist() == [[20, 20, 20], [10, 10, 10]]


def test_holidays_of_a_country_enter_the_baseline_and_an_unknown_country_is_named() -> None:
    lines = [f"{np.datetime64('2025-01-06') + 7 * i},{10 + i % 3},{i % 4}" for i in range(60)]
    series = build_series(weekly(*lines), spec())
    plain = build_baseline(series, spec(seasonality="none")).basis.shape[1]
    german = build_baseline(series, spec(seasonality="none", holidays="DE")).basis.shape[1]
    assert german - plain == 9
    with pytest.raises(InvalidInput, match="holidays: 'QQ'"):
        build_baseline(series, spec(holidays="QQ"))
