"""A series is read strictly: what cannot be used is named by column and row, what is missing is reported."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from core.errors import InvalidInput
from core.planning.response import FitSpec, build_series, parse_csv, parse_spec
from core.planning.response.baseline import build_baseline
from core.planning.response.table import Table

SPEC = {"date": "day", "kpi": "y", "channels": [{"name": "tv", "spend": "tv"}]}


def weekly(*lines: str, header: str = "day,y,tv") -> Table:
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
        (("2026-01-05,10,1", "", ",,", "2026-01-12,x,2"), "Column y, row 5: 'x' is not a number"),
        (("2026-01-05,10,1", "2026-01-13,11,2", "2026-01-19,12,3", "2026-01-26,12,3"), "row 3: 2026-01-13 is a Tuesday"),
        (("2026-01-05,10,1", "2026-01-12,11,2", "2062-01-16,12,3"), "row 4: 2062-01-16 is 13153 days away"),
        (("2026-01-05,0,1", "2026-01-12,0,2", "2026-01-19,0,3"), "Column y: every value is zero"),
        (("2026-01-05,10,1", "2026-01-12,11"), "Row 3 has 2 cells where the header has 3"),
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
        ({**SPEC, "controls": ["tv"]}, "Column 'tv' is named 2 times in the spec"),
        ({**SPEC, "channels": ["tv", {"name": "radio", "spend": "tv"}]}, "Column 'tv' is named 2 times in the spec"),
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


@pytest.mark.parametrize(
    ("cells", "delimiter"),
    [
        (("$1,234.50", "USD 900", "2 000"), ","),
        (("1234.5", "900.00", "2000.0"), ","),
        (("1.234,50", "900", "2.000"), ";"),
        (("1.234,50 €", "900,00 €", "2.000,00 €"), ";"),
        (("1'234.50", "900", "2'000.00"), "\t"),
    ],
)
def test_amounts_are_read_in_the_conventions_of_their_file(cells: tuple[str, str, str], delimiter: str) -> None:
    days = ("2026-01-05", "2026-01-12", "2026-01-19")
    lines = [
        "day,y,tv".replace(",", delimiter),
        *(delimiter.join((day, f"{i + 1}", f'"{cell}"')) for i, (day, cell) in enumerate(zip(days, cells, strict=True))),
    ]
    assert build_series(parse_csv("\n".join(lines)), spec()).spend[0, :, 0].tolist() == [1234.5, 900, 2000]


@pytest.mark.parametrize("pattern", ["%m/%d/%Y", "%d/%m/%Y", "%d-%b-%Y", "%Y-%m-%d 00:00:00", "%G-W%V"])
def test_dates_of_any_one_format_are_read_and_day_and_month_told_apart_by_even_steps(pattern: str) -> None:
    days = [date(2026, 1, 5) + timedelta(weeks=i) for i in range(6)]
    table = weekly(*(f"{day.strftime(pattern)},{10 + i},{i}" for i, day in enumerate(days)))
    assert list(build_series(table, spec()).dates) == days


def test_dates_that_could_be_read_two_ways_are_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot be told apart"):
        build_series(weekly("01/02/2026,1,1", "03/04/2026,2,2", "02/07/2026,3,1"), spec())


def test_a_column_that_stands_twice_in_the_header_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'tv' stands 2 times"):
        weekly("2026-01-05,10,1,2", header="day,y,tv,tv")


def test_controls_say_what_was_done_with_them() -> None:
    lines = [f"2026-{1 + i // 4:02d}-{1 + 7 * (i % 4):02d},{10 + i},{i},{'1' if i == 2 else ''},5,{'' if i == 1 else i}" for i in range(4)]
    series = build_series(weekly(*lines, header="day,y,tv,promo,flat,price"), spec(controls=["promo", "flat", "price"]))
    assert series.control_names == ("promo", "price")
    assert [(notice.code, notice.message.split(" ")[0]) for notice in series.notices] == [
        ("missing_control", "promo"),
        ("missing_control", "price"),
        ("constant_control", "flat"),
    ]
    assert "counted as zero" in series.notices[0].message and "bridged" in series.notices[1].message


def test_a_control_of_free_texts_or_with_one_bad_number_is_named() -> None:
    lines = [f"2026-{1 + i // 28:02d}-{1 + i % 28:02d},{10 + i},{i},note {i},{'x' if i == 3 else i}" for i in range(40)]
    table = weekly(*lines, header="day,y,tv,notes,price")
    with pytest.raises(InvalidInput, match="Column notes: 40 different texts"):
        build_series(table, spec(controls=["notes"]))
    with pytest.raises(InvalidInput, match="Column price, row 5: 'x' is not a number"):
        build_series(table, spec(controls=["price"]))


def test_rows_in_any_order_give_the_same_series() -> None:
    lines = ["2026-01-19,12,3", "2026-01-05,10,1", "2026-01-12,11,2"]
    one, other = build_series(weekly(*GOOD), spec()), build_series(weekly(*lines), spec())
    assert one.dates == other.dates and (one.kpi == other.kpi).all() and (one.spend == other.spend).all()


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


def test_what_moves_every_market_at_once_is_one_part_of_the_baseline_and_a_lone_market_has_none() -> None:
    days = [np.datetime64("2025-01-06") + 7 * i for i in range(60)]
    lines = [f"{day},{10 + i % 3},{i % 4},{market}" for i, day in enumerate(days) for market in ("DE", "AT")]
    several = build_baseline(build_series(weekly(*lines, header="day,y,tv,market"), spec(market="market")), spec(seasonality="none"))
    alone = build_baseline(build_series(weekly(*[line.rsplit(",", 1)[0] for line in lines[::2]]), spec()), spec(seasonality="none"))
    german, austrian = np.split(several.basis, 2)
    common = np.flatnonzero((german == austrian).all(axis=0))
    assert german[:, common].sum(axis=1)[2:-2] == pytest.approx(np.ones(56))  # a movement of any week is within reach
    assert 2 * alone.basis.shape[1] == several.basis.shape[1] - len(common)
    assert sorted(set(several.prior_sd[:, common].ravel())) == [0.001, 0.05] and len(several.prior_sd) == 2 * len(alone.prior_sd)
