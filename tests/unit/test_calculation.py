"""Formulas are computed as spreadsheets compute them, or not at all."""

from datetime import date

import pytest

from core.model.workbook import Cell, CellValue, Tab, Workbook, parse_a1
from core.sheets.calculation import Calculator
from core.sheets.formulas import Uncomputable


def workbook(cells: dict[str, CellValue], *, kind: str = "xlsx", locale: str | None = None) -> Workbook:
    filled = {
        parse_a1(at): Cell(None, value) if isinstance(value, str) and value.startswith("=") else Cell(value) for at, value in cells.items()
    }
    other = Tab("Prices 2026", {(1, 1): Cell(2.5)}, 1, 1)
    return Workbook("p.xlsx", kind, (Tab("Plan", filled, 20, 10), other), locale=locale)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=A1*B1", 20.0),
        ("=SUM(A1:B2)-1", 12.0),
        ("=-A1^2", 16.0),
        ("=A1/3%", 4 / 0.03),
        ("='Prices 2026'!$A$1*2", 5.0),
        ('=IF(OR(C1="CLICKS",A1>9),A1*1.2,1/0)', 4.8),
        ("=IFERROR(A1/Z9,7)", 7.0),
        ("=ROUND(2.5,0)+ROUND(-0.125,2)", 2.87),
        ("=SUMPRODUCT(A1:A2,B1:B2)", 24.0),
        ("=SUM(A:A)", 6.0),
        ('="a"&A1', "a4"),
        ("=Z9", 0.0),
        ("=AVERAGE(A1:A2)", 3.0),
    ],
)
def test_a_formula_has_the_value_a_spreadsheet_shows(formula: str, value: float | str) -> None:
    book = workbook({"A1": 4, "A2": 2, "B1": 5, "B2": 2, "C1": "clicks", "E5": formula})
    assert Calculator(book).value(("Plan", 5, 5)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=ROUND(A1*8%,2)", 0.32),
        ("=ROUND(A1*8%;2)", 0.32),
        ("=ROUND(A1*1,25;1)", 5.0),
        ("=ROUND(A1*1.25,1)", 5.0),
        ("=A1*1,19", 4.76),
        ("=A1*1.19", 4.76),
        ("=IF(A1>1,5,2)", 5.0),
        ('=IF(A1>1;"a,b";2)', "a,b"),
        ("=SUM(A1:A1)", 4.0),
    ],
)
def test_formulas_of_a_german_google_sheet_are_read_with_either_mark(formula: str, value: float | str) -> None:
    book = workbook({"A1": 4, "B1": formula}, kind="google_sheet", locale="de_DE")
    assert Calculator(book).value(("Plan", 1, 2)) == pytest.approx(value)


@pytest.mark.parametrize("formula", ["=SUM(1,5)", "=ROUND(2,5)", "=A1+MAX(1,25)"])
def test_a_comma_that_could_be_either_in_a_german_google_sheet_is_not_computed(formula: str) -> None:
    book = workbook({"A1": 4, "B1": formula}, kind="google_sheet", locale="de_DE")
    with pytest.raises(Uncomputable):
        Calculator(book).value(("Plan", 1, 2))


def test_a_decimal_comma_in_a_german_google_sheet_is_a_decimal_comma() -> None:
    book = workbook({"A1": 4, "B1": "=ROUND(A1*1,25;1)"}, kind="google_sheet", locale="de_DE")
    assert Calculator(book).value(("Plan", 1, 2)) == 5.0


@pytest.mark.parametrize("formula", ["=VLOOKUP(A1,B:C,2)", "=Budget*2", "=A1+", "=E5", "=1/0", "=A1:A2", "=Missing!A1", "=#REF!+1"])
def test_what_cannot_be_computed_says_so_instead_of_a_number(formula: str) -> None:
    with pytest.raises(Uncomputable):
        Calculator(workbook({"A1": 4, "E5": formula})).value(("Plan", 5, 5))


def test_a_change_reaches_formulas_through_others_and_leaves_the_rest_cached() -> None:
    book = workbook({"A1": 2, "B1": "=A1*10", "C1": "=B1+1", "D1": "=A2"})
    calculator = Calculator(book, {("Plan", 1, 1): 3.0})
    assert calculator.value(("Plan", 1, 3)) == 31.0
    assert calculator.is_reached(("Plan", 1, 3)) and not calculator.is_reached(("Plan", 1, 4))


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=DATE(2026,14,1)", 46419.0),  # 1 February 2027: a month above 12 runs into the next year
        ("=EDATE(DATE(2026,1,31),1)", 46081.0),  # 28 February 2026: the shorter month's last day
        ("=EOMONTH(D1,0)", 46112.0),  # 31 March 2026
        ("=MONTH(D1)*100+DAY(D1)+YEAR(D1)", 2335.0),
        ('=TEXT(D1,"mmm yyyy")', "Mar 2026"),
        ('=TEXT(1234.5,"#,##0.00")', "1,234.50"),
        ('=VLOOKUP("meta",A1:B3,2,FALSE)', 20.0),
        ("=VLOOKUP(25,B1:C3,2,TRUE)", 200.0),
        ("=HLOOKUP(10,B1:C2,2,FALSE)", 20.0),
        ('=INDEX(B1:B3,MATCH("TikTok",A1:A3,0))', 30.0),
        ('=XLOOKUP("none",A1:A3,B1:B3,7)', 7.0),
        ('=SUMIF(A1:A3,"Meta",B1:B3)+SUMIF(B1:B3,">15")', 70.0),
        ('=SUMIFS(C1:C3,A1:A3,"<>Meta",B1:B3,"<=30")', 400.0),
        ('=COUNTIF(A1:A3,"Meta")+COUNTA(A1:B3)', 7.0),
        ("=SUBTOTAL(9,B1:B3)", 60.0),
        ('=IFS(B1>50,1,TRUE,2)&CHOOSE(2,"a","b")', "2b"),
        ('=LEFT("Budget",3)&MID("Budget",4,1)&RIGHT("Budget",2)', "Budget"),
        ("=MOD(-3,2)+CEILING(B1+1,25)+FLOOR(B2,25)", 26.0),
    ],
)
def test_dates_texts_and_lookups_are_computed_as_a_spreadsheet_computes_them(formula: str, value: float | str) -> None:
    cells: dict[str, CellValue] = {
        "A1": "Google",
        "A2": "Meta",
        "A3": "TikTok",
        "B1": 10,
        "B2": 20,
        "B3": 30,
        "C1": 100,
        "C2": 200,
        "C3": 300,
    }
    book = workbook({**cells, "D1": date(2026, 3, 9), "E5": formula})
    assert Calculator(book).value(("Plan", 5, 5)) == value


@pytest.mark.parametrize(
    "formula",
    ['=VLOOKUP("M*",A1:B3,2,FALSE)', "=VLOOKUP(5,B1:C3,2)", '=TEXT(1,"0.0E+0")', "=MATCH(1,B1:B3,-1)", "=INDEX(B1:B3,9)", "=TODAY()"],
)
def test_a_lookup_that_a_spreadsheet_might_answer_otherwise_is_not_computed(formula: str) -> None:
    book = workbook({"A1": "x", "B1": 30, "B2": 20, "B3": 10, "E5": formula})
    with pytest.raises(Uncomputable):
        Calculator(book).value(("Plan", 5, 5))
