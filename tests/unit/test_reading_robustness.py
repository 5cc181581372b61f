"""Plans whose money, scale, weeks and totals are only settled by arithmetic or by the lines around them."""

from __future__ import annotations

from core.model.reading import Reading
from core.model.workbook import Cell, CellValue, Tab, Workbook
from core.sheets.reading import read_workbook

Rows = list[list[CellValue]]


def read(rows: Rows) -> Reading:
    cells = {(r, c): Cell(v) for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1) if v is not None}
    return read_workbook(Workbook("plan.xlsx", "xlsx", (Tab("Plan", cells, len(rows), max(map(len, rows))),)), fallback_year=2026)


def test_the_price_after_discount_that_the_months_add_up_to_is_the_budget() -> None:
    rows: Rows = [
        ["Mezzo", "Testata", "Listino €", "Sconto", "Netto negoziato €", "settembre 2026", "ottobre 2026"],
        ["Stampa", "Corriere", 100000, 0.4, 60000, 30000, 30000],
        ["Radio", "RTL", 50000, 0.3, 35000, 35000, 0],
    ]
    reading = read(rows)
    assert [item.budget_minor for item in reading.tables[0].line_items] == [6_000_000, 3_500_000]
    assert not reading.warnings


def test_months_prove_a_money_column_that_no_header_names() -> None:
    rows: Rows = [
        ["Channel", "Publisher", "Budget EUR", "Agreed", "Jan 2026", "Feb 2026"],
        ["Print", "Times", 1000, 800, 300, 500],
        ["Radio", "Capital", 2000, 1500, 1000, 500],
    ]
    assert [item.budget_minor for item in read(rows).tables[0].line_items] == [80_000, 150_000]


def test_text_days_without_a_year_are_weeks_that_marks_stand_under() -> None:
    rows: Rows = [
        ["Период РК", "март-апрель 2025"],
        [],
        ["Сайт", "Формат", "Объем", "Стоимость до НДС, руб.", "Стоимость с НДС", "03.03", "10.03", "17.03", "24.03"],
        ["Авто.ру", "Баннер", 3000, 1000, 1200, "x", "x", None, None],
        ["VK", "Видео", 2000, 500, 600, None, None, "x", "x"],
        ["ИТОГО:", None, None, 1500, 1800],
        ["АК 3%", None, None, 45, 54],
        ["ИТОГО с АК", None, None, 1545, 1854],
    ]
    table = read(rows).tables[0]
    assert [item.budget_minor for item in table.line_items] == [100_000, 50_000]
    assert [(str(item.start), str(item.end)) for item in table.line_items] == [("2025-03-03", "2025-03-16"), ("2025-03-17", "2025-03-30")]


def test_thousands_named_above_the_table_scale_its_amounts() -> None:
    for text in ("alle Angaben in T€, netto", "in Tsd. €", "budget en milliers d'euros", "in k€", "Angaben in TEUR"):
        rows: Rows = [["Mediaplan"], [text], ["Kanal", "Umfeld", "Budget"], ["Video", "YouTube", 150.5], ["Suche", "Google", 42]]
        assert read(rows).tables[0].total_minor == 19_250_000, text


def test_equal_blocks_that_a_grand_total_adds_are_parts_of_one_plan() -> None:
    rows: Rows = []
    for market in ("Nederland", "België"):
        rows += [[market], ["Kanaal", "Medium", "Jan 2026", "Feb 2026", "Totaal EUR"], ["Search", "Google", 10, 20, 30]]
        rows += [["Social", "Meta", 5, 5, 10], [f"Totaal {market}", None, 15, 25, 40], []]
    reading = read([*rows, ["Totaal", None, None, None, 80]])
    assert sum(table.total_minor or 0 for table in reading.tables) == 8000
    assert not [w for w in reading.warnings if w.code == "repeats_money"]
    assert all(table.alternative_group is None for table in reading.tables)


def test_weeks_of_spots_say_when_a_line_runs() -> None:
    rows: Rows = [
        ["TV-Plan KW 10-13 / 2026"],
        [],
        ["Sender", "Spots", "GRP", "Netto CHF", "KW 10", "KW 11", "KW 12", "KW 13"],
        ["SRF 1", 40, 120, 48600, 10, 10, 10, 10],
        ["3+", 60, 80, 18000, 0, 30, 30, 0],
    ]
    runs = [(str(item.start), str(item.end)) for item in read(rows).tables[0].line_items]
    assert runs == [("2026-03-02", "2026-03-29"), ("2026-03-09", "2026-03-22")]


def test_fees_of_creators_with_blank_rows_between_are_a_plan() -> None:
    rows: Rows = [
        ["Creator", "Platform", "Followers", "Deliverables", "# posts", "Fee per post ($)", "Total fee ($)"],
        ["@anna", "Instagram", 120000, "2 Reels", 2, 1500, 3000],
        [],
        ["@bob", "TikTok", 800000, "1 video", 1, 4000, 4000],
        [],
        ["TOTAL", None, None, None, None, None, 7000],
    ]
    table = read(rows).tables[0]
    assert ([item.budget_minor for item in table.line_items], table.currency) == ([300_000, 400_000], "USD")


def test_a_report_of_money_spent_to_date_is_performance() -> None:
    rows: Rows = [
        ["Campaign", "Spend to date", "Impressions", "Clicks", "CTR", "CPC"],
        ["Brand", 8412.33, 412000, 15230, 0.037, 0.55],
        ["Generic", 21984.1, 1830000, 31120, 0.017, 0.71],
        ["Sum", 30396.43, 2242000, 46350, 0.02, 0.66],
    ]
    reading = read(rows)
    assert not reading.is_media_plan
    assert len(reading.performance[0].rows) == 2
