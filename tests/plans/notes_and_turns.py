"""Plans with notes and goals below their lines, scenarios across, and months down."""

from __future__ import annotations

from tests.plans.paper import Book, Case, line


def nl_bars_with_notes_below() -> Case:
    book = Book()
    tab = book.tab("Planning 2026")
    rows = [["Abri's", "JCDecaux", 24000, "x", "x"], ["Radio", "Qmusic", 16500, None, "x", "x"], ["Social", "Meta", 9000, "x", "x", "x"]]
    notes = [["Opmerkingen:"], ["Productiekosten radio ca.", None, 1500], ["Aantal abri's", None, 350]]
    tab.rows("A1", [["Kanaal", "Exploitant", "Budget (€)", "mrt", "apr", "mei"], *rows, [], *notes])
    lines = [line("Abri's|JCDecaux", 24000, "C2"), line("Radio|Qmusic", 16500, "C3"), line("Social|Meta", 9000, "C4")]
    return Case("planning 2026.xlsx", book.xlsx(), "EUR", lines, warns=frozenset({"rows_left_out"}))


def bars_without_budgets_over_notes() -> Case:
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1", [["Channel", "Budget £"], ["TV", 120000], ["Radio", 50000], ["Total", 170000], [], ["Channel", "Mar 26", "Apr 26", "May 26"]]
    )
    tab.rows("A7", [["TV"], ["Radio"], [], ["Assumption: CPM", 7.5], ["Max spend per day", 5000]])
    tab.fill("B7:C7")
    tab.fill("C8:D8")
    return Case("media plan.xlsx", book.xlsx(), "GBP", [line("TV", 120000), line("Radio", 50000)])


def se_scenarios_over_assumptions() -> Case:
    book = Book()
    tab = book.tab("Scenarier")
    tab.rows("A1", [["Scenarier höst 2026, tkr (SEK)"], ["Kanal", "Låg", "Bas", "Hög"], ["TV4", 400, 600, 900], ["YouTube", 120, 150, 200]])
    tab.rows("A5", [["Summa", 520, 750, 1100], [], ["Antagen räckvidd %", 45, 55, 68], ["Kontaktkostnad kr", 210, 225, 240]])
    versions = [[line("TV4", tv * 1000), line("YouTube", video * 1000)] for tv, video in ((400, 120), (600, 150), (900, 200))]
    return Case("scenarier.xlsx", book.xlsx(), "SEK", versions=versions, warns=frozenset({"rows_left_out"}))


def options_apart_without_any_total() -> Case:
    book = Book()
    plan = [["TV", "ProSieben", 60000], ["Online", "GMX", 25000], [], ["Optional (not included)"], ["Audio", "Spotify", 12000]]
    book.tab("Plan").rows("A1", [["Channel", "Publisher", "Cost €"], *plan])
    lines = [line("TV|ProSieben", 60000), line("Online|GMX", 25000)]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines, warns=frozenset({"rows_left_out"}))


def pt_months_down_media_across() -> Case:
    book = Book()
    months = {"Setembro 2026": (3000, 2000, 1000), "Outubro 2026": (3200, 2100, 1000), "Novembro 2026": (3500, 2600, 1500)}
    heads = ["Mês", "Google Ads", "Meta Ads", "LinkedIn", "Total (€)"]
    book.tab("Orçamento").rows("A1", [heads, *[[month, *amounts, sum(amounts)] for month, amounts in months.items()]])
    by_media = zip(heads[1:4], zip(*months.values(), strict=True), strict=True)
    firsts = ["2026-09-01", "2026-10-01", "2026-11-01"]
    lines = [line(name, sum(amounts), periods=dict(zip(firsts, amounts, strict=True))) for name, amounts in by_media]
    return Case("orcamento.xlsx", book.xlsx(), "EUR", lines)
