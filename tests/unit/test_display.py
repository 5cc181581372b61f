"""Cells are shown as their number format asks for."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from core.model.workbook import Cell, CellError, CellValue
from core.sheets.display import display_text


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (None, None, ""),
        ("TV", "#,##0", "TV"),
        (True, None, "TRUE"),
        (CellError("#DIV/0!"), "0.00", "#DIV/0!"),
        (1234567, None, "1234567"),
        (0.1 + 0.2, None, "0.3"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1234.5, "#,##0.00 [$€-407]", "1,234.50 €"),
        (-1234.5, '"$"#,##0', "-$1,235"),
        (-1234.5, "#,##0;(#,##0)", "(1,235)"),
        (0, '#,##0;-#,##0;"–"', "–"),
        (1234, "#,##0 _₽;[Red]-#,##0 _₽", "1,234 "),
        (0.1234, "0.0%", "12.3%"),
        (0.5, "0%", "50%"),
        (1_234_567, '#,##0,"k"', "1,235k"),
        (2.5, "0.##", "2.5"),
        (2, "0.##", "2"),
        (7, 'General" pcs"', "7 pcs"),
        (date(2026, 3, 1), "dd.mm.yyyy", "01.03.2026"),
        (date(2026, 3, 1), "mmm-yy", "Mar-26"),
        (datetime(2026, 3, 1, 9, 5), "yyyy-mm-dd hh:mm", "2026-03-01 09:05"),
        (datetime(2026, 3, 1), None, "2026-03-01"),
        (time(9, 5), "h:mm", "9:05"),
    ],
)
def test_a_value_is_shown_under_its_number_format(value: CellValue, number_format: str | None, shown: str) -> None:
    assert display_text(Cell(value, number_format=number_format)) == shown


def test_the_sources_own_text_is_shown_as_it_is() -> None:
    assert display_text(Cell(1234.5, number_format="0", text="1.234,50 €")) == "1.234,50 €"
