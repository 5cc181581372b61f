"""The other files of the demo Drive: what lies around in an agency and is no media plan."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from connectors.sandbox.drive.xlsx import xlsx_of_document
from connectors.sandbox.samples.paper import BOLD, HEAD, SUM, Content, Paper, document, number
from connectors.sandbox.samples.people import COLLEAGUE, PLANNER
from connectors.sandbox.sandbox import NewFile
from connectors.sandbox.wire import CSV, SPREADSHEET, XLSX

Rows = Sequence[Sequence[Content]]
MakeFile = Callable[[datetime], tuple[str, NewFile]]


def _paper(title: str, rows: Rows, *, head: int = 1) -> Paper:
    paper = Paper(title)
    for row, contents in enumerate(rows, start=1):
        paper.line(row, "A", contents, HEAD if row == head else {})
    return paper


def sheet(place: str, title: str, rows: Rows, *, owner: str = PLANNER, as_xlsx: bool = False) -> MakeFile:
    """Make a spreadsheet of plain rows."""

    def make(modified: datetime) -> tuple[str, NewFile]:
        made = document(title, [_paper("Sheet1", rows)], locale="en_US")
        readers = (PLANNER,) if owner != PLANNER else (COLLEAGUE,)
        if as_xlsx:
            return place, NewFile(f"{title}.xlsx", XLSX, owner, content=xlsx_of_document(made), readers=readers, modified=modified)
        return place, NewFile(title, SPREADSHEET, owner, document=made, readers=readers, modified=modified)

    return make


def other(place: str, name: str, mime_type: str, content: bytes | None = None) -> MakeFile:
    """Make a file that is no spreadsheet."""
    return lambda modified: (place, NewFile(name, mime_type, PLANNER, content=content, modified=modified))


def table(place: str, name: str, rows: Rows) -> MakeFile:
    """Make a CSV file."""

    def make(modified: datetime) -> tuple[str, NewFile]:
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        return place, NewFile(name, CSV, PLANNER, content=out.getvalue().encode(), modified=modified)

    return make


def invoice(number_text: str, client: str, positions: Sequence[tuple[str, float]]) -> MakeFile:
    """Make an invoice: positions, VAT and a sum to be paid."""

    def make(modified: datetime) -> tuple[str, NewFile]:
        paper = Paper("Invoice")
        paper.put("A1", f"Invoice {number_text}", BOLD)
        paper.line(3, "A", ["Bill to", client])
        paper.line(4, "A", ["Date", modified.date()])
        paper.line(6, "A", ["Position", "Amount EUR"], HEAD)
        for row, (text, amount) in enumerate(positions, start=7):
            paper.put(f"A{row}", text)
            paper.put(f"B{row}", amount, number("#,##0.00"))
        last = 6 + len(positions)
        paper.put(f"A{last + 1}", "VAT 19 %")
        paper.put(f"B{last + 1}", f"=ROUND(SUM(B7:B{last})*0.19,2)", number("#,##0.00"))
        paper.put(f"A{last + 2}", "To be paid within 14 days", SUM)
        paper.put(f"B{last + 2}", f"=SUM(B7:B{last + 1})", SUM | number("#,##0.00"))
        made = document(f"Invoice {number_text} {client}", [paper], locale="de_DE")
        return "Finance", NewFile(made.title, SPREADSHEET, PLANNER, document=made, modified=modified)

    return make


def _daily(days: int) -> Rows:
    """An ad platform's export: delivered performance, not a plan."""
    rows: list[list[Content]] = [["Day", "Campaign", "Currency", "Cost", "Impressions", "Clicks", "Conversions"]]
    for position in range(days):
        day = date(2026, 9, 1) + timedelta(days=position)
        for number_of, campaign in enumerate(("Brand DE", "Generic DE", "Shopping DE"), start=1):
            clicks = 120 * number_of + (position * 37 + number_of * 11) % 90
            rows.append([day.isoformat(), campaign, "EUR", round(clicks * 0.62, 2), clicks * 41, clicks, clicks // 24])
    return rows


def _months(*labels: str) -> list[str]:
    return [*labels, "Jan", "Feb", "Mar", "Apr", "May", "Jun"]


CLUTTER: tuple[MakeFile, ...] = (
    invoice("2026-0417", "Nordwind Fahrräder GmbH", (("Consulting September", 4800.0), ("Reporting", 950.0))),
    invoice("2026-0433", "Alpenquell AG", (("Workshop, two days", 3600.0), ("Travel", 412.8))),
    sheet(
        "Finance",
        "P&L 2026 H1",
        (
            _months("in EUR"),
            ["Revenue", 182000, 176500, 191200, 188000, 201300, 214900],
            ["Cost of goods", -74200, -71900, -77800, -76900, -82100, -87000],
            ["Personnel", -61500, -61500, -62300, -62300, -64000, -64000],
            ["Marketing", -9500, -8800, -11200, -10400, -12100, -12900],
            ["EBIT", *[f"=SUM({c}2:{c}5)" for c in "BCDEFG"]],
        ),
        as_xlsx=True,
    ),
    sheet(
        "Clients",
        "Contacts publishers",
        (
            ["Publisher", "Contact", "E-mail", "Phone"],
            ["RTL", "Petra Sommer", "p.sommer@example.com", "+49 30 5550101"],
            ["TF1", "Luc Martin", "l.martin@example.com", "+33 1 55501020"],
            ["JCDecaux", "Anna Roth", "a.roth@example.com", "+41 22 5550130"],
        ),
    ),
    sheet(
        "Media plans",
        "Media plan TEMPLATE (blank)",
        (
            ["Channel", "Publisher", "Format", "Start", "End", "Budget"],
            [None, None, None, None, None, None],
            ["Total", None, None, None, None, "=SUM(F2:F20)"],
        ),
    ),
    table("Reports", "google_ads_daily_2026-09.csv", _daily(30)),
    sheet(
        "Reports",
        "Campaign report August 2026",
        (
            ["Campaign", "Spend to date", "Impressions", "Clicks", "CTR", "CPC"],
            ["Brand", 8412.33, 412000, 15230, "=D2/C2", "=B2/D2"],
            ["Generic", 21984.1, 1830000, 31120, "=D3/C3", "=B3/D3"],
            ["Sum", "=SUM(B2:B3)", "=SUM(C2:C3)", "=SUM(D2:D3)", "=D4/C4", "=B4/D4"],
        ),
    ),
    sheet(
        "Reports",
        "KPI dashboard",
        (["KPI", "Target", "Actual"], ["Brand awareness", 0.42, 0.39], ["NPS", 40, 37], ["Visits", 90000, 94211]),
    ),
    sheet(
        "Team",
        "Holiday calendar 2027",
        (
            ["Name", "From", "To", "Days"],
            ["Mara", date(2027, 2, 8), date(2027, 2, 19), 10],
            ["Jonas", date(2027, 7, 5), date(2027, 7, 23), 15],
        ),
    ),
    sheet(
        "Team",
        "Travel expenses Jonas",
        (
            ["Date", "What", "Amount"],
            [date(2026, 9, 4), "Train Hamburg", 89.9],
            [date(2026, 9, 5), "Hotel", 142.0],
            ["Sum", None, "=SUM(C2:C3)"],
        ),
        owner=COLLEAGUE,
    ),
    sheet(
        "Team",
        "Editorial calendar Q1 2027",
        (
            ["Week", "Channel", "Topic", "Author", "Status"],
            ["W02", "Blog", "Winter riding", "Mara", "draft"],
            ["W03", "LinkedIn", "E-bike batteries", "Jonas", "idea"],
        ),
    ),
    sheet(
        "Clients",
        "Price list bikes 2027",
        (["Model", "Weight kg", "Retail price"], ["Polar E1", 22.4, 3499], ["Fjord C2", 13.1, 1899], ["Tern K", 9.8, 2799]),
    ),
    sheet("Clients", "Dealer survey results", (["Question", "Yes", "No"], ["Stock enough?", 41, 12], ["Would order again?", 49, 4])),
    sheet(
        "Finance",
        "Cash flow forecast",
        (
            _months("EUR"),
            ["Inflow", 120000, 98000, 134000, 141000, 120500, 99000],
            ["Outflow", -101000, -99500, -120400, -118000, -97000, -96000],
        ),
    ),
    sheet("Team", "Creative checklist", (["Asset", "Size", "Done"], ["Reel hook", "9:16", True], ["Bumper", "16:9", False])),
    sheet("Clients", "Stock levels warehouse", (["SKU", "On stock", "Reorder at"], ["NW-001", 212, 80], ["NW-002", 45, 60]), as_xlsx=True),
    other("Team", "Kick-off notes", "application/vnd.google-apps.document"),
    other("Clients", "Pitch deck Polar", "application/vnd.google-apps.presentation"),
    other("Clients", "Brief E-Bike Launch.pdf", "application/pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n"),
    other("Clients", "logo.png", "image/png", b"\x89PNG\r\n\x1a\n"),
)
