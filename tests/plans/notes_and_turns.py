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


def us_options_with_their_sums_in_the_heads() -> Case:
    book = Book()
    tab = book.tab("Options")
    rows = [["Search", 40000, 60000], ["Social", 35000, 50000], ["CTV", 25000, 40000], ["Total", 100000, 150000]]
    tab.rows("A1", [["Channel", "Option A – $100K", "Option B – $150K"], *rows])
    versions = [[line(str(name), amounts[at]) for name, *amounts in rows[:-1]] for at in (0, 1)]
    return Case("options.xlsx", book.xlsx(), "USD", versions=versions)


def us_quarter_tabs_under_a_summary() -> Case:
    book = Book()
    summary = book.tab("Summary")
    summary.rows("A1", [["2026 Summary", "Q1", "Q2", "FY"], ["Search", 30000, 33000, 63000], ["Social", 18000, 21000, 39000]])
    summary.rows("A4", [["Total", 48000, 54000, 102000]])
    summary.style("B2:D4", "$#,##0")
    for quarter, months, search, social in (("Q1", ["Jan", "Feb", "Mar"], 10000, 6000), ("Q2", ["Apr", "May", "Jun"], 11000, 7000)):
        tab = book.tab(quarter)
        plan = [("Search", search), ("Social", social), ("Total", search + social)]
        tab.rows("A1", [[f"{quarter} 2026", *months, "Total"], *[[name, *[amount] * 3, 3 * amount] for name, amount in plan]])
        tab.style("B2:E4", "$#,##0")
    lines = [line("Search", 63000, "D2"), line("Social", 39000, "D3")]
    return Case("summary.xlsx", book.xlsx(), "USD", lines, warns=frozenset({"repeats_money"}))


def us_creators_with_boost() -> Case:
    book = Book()
    tab = book.tab("Influencers")
    plan = [["Ana Fit", 120000, "2 Reels", 6000, 2000, 8000], ["Joe Cooks", 450000, "1 TikTok", 12000, 5000, 17000]]
    heads = ["Creator", "Followers", "Deliverables", "Creator fee", "Boost budget", "Total"]
    tab.rows("A1", [heads, *plan, ["Total", None, None, 18000, 7000, 25000]])
    tab.style("D2:F4", "$#,##0")
    return Case("creators.xlsx", book.xlsx(), "USD", [line("Ana Fit", 8000, "F2"), line("Joe Cooks", 17000, "F3")])


def _gross_and_net(heads: list[str | None], *, net: bool) -> Case:
    book = Book()
    tab = book.tab("Plan 2026")
    plan = [("TV", "Kanal D", (100000, 120000)), ("Dijital", "Google", (40000, 40000))]
    tab.rows("A1", [["Mecra", "Yayıncı", *heads], [None, None, "Ocak", "Şubat", "Ocak", "Şubat"]])
    tab.rows("A3", [[m, y, *[x / 0.8 for x in a], *a, sum(a)] for m, y, a in plan])
    tab.rows("A5", [["Toplam", None, 175000, 200000, 140000, 160000, 300000]])
    tab.merges += ["C1:D1", "E1:F1"]
    firsts = ("2026-01-01", "2026-02-01")
    lines = [line(f"{m}|{y}", sum(a), periods=dict(zip(firsts, a, strict=True))) for m, y, a in plan]
    return Case("plan.xlsx", book.xlsx(), "TRY", lines, basis="net" if net else None)


def tr_gross_and_net_months_with_a_mute_sum() -> Case:
    return _gross_and_net(["Brüt (TL)", None, "Net (TL)", None, None], net=True)


def tr_months_twice_of_which_one_run_adds_up() -> Case:
    return _gross_and_net(["Tarife", None, "Ödenecek", None, "Toplam (TL)"], net=False)


def us_dma_pivot_with_its_title_beside() -> Case:
    book = Book()
    tab = book.tab("By DMA")
    tab.rows("A1", [["Sum of Net Cost", "Month"], ["DMA", "Apr-26", "May-26", "Grand Total"], ["New York", 12000, 15000, 27000]])
    tab.rows("A4", [["Chicago", 8000, 8000, 16000], ["Dallas", 5000, 0, 5000], ["Grand Total", 25000, 23000, 48000]])
    tab.put("F1", "OOH plan 2026, USD")
    lines = [line("New York", 27000, "D3"), line("Chicago", 16000, "D4"), line("Dallas", 5000, "D5")]
    return Case("ooh_dma.xlsx", book.xlsx(), "USD", lines)


def us_months_with_only_their_quarter_beside() -> Case:
    book = Book()
    tab = book.tab("FY26")
    tab.rows("A1", [["Channel", "Jan-26", "Feb-26", "Mar-26", "Q1"], ["ALWAYS ON"], ["Search", 20000, 20000, 20000, 60000]])
    tab.rows("A4", [["SPRING LAUNCH"], ["CTV", 0, 40000, 60000, 100000], ["Podcast", 0, 10000, 10000, 20000]])
    tab.style("B3:E6", "$#,##0")
    months = {f"2026-0{month}-01": 20000 for month in (1, 2, 3)}
    lines = [line("Search", 60000, "E3", periods=months), line("CTV", 100000, "E5"), line("Podcast", 20000, "E6")]
    return Case("FY26 media plan.xlsx", book.xlsx(), "USD", lines)


def ch_regions_down_and_mostly_media_across() -> Case:
    book = Book()
    tab = book.tab("Aufteilung")
    grid = {"Zürich": (40000, 12000, 18000), "Bern": (22000, 8000, 9000), "Romandie": (30000, 10000, 14000)}
    tab.rows("A1", [["Budgetaufteilung Herbst 2026 in CHF"], ["Region", "Plakat", "Radio", "Online", "Total"]])
    tab.rows("A3", [[region, *amounts, sum(amounts)] for region, amounts in grid.items()])
    tab.rows("A6", [["Total", 92000, 30000, 41000, 163000]])
    lines = [line(region, amount) for region, amounts in grid.items() for amount in amounts]
    return Case("mediaplan aufteilung.xlsx", book.xlsx(), "CHF", lines)


def shop_placements_by_fee() -> Case:
    book = Book()
    tab = book.tab("Promoplan")
    plan = [["KW 12", "Coop", "Flyer page 1", 18000], ["KW 14", "Migros", "Endcap", 9500], ["KW 16", "Galaxus", "Sponsored brand", 12000]]
    tab.rows("A1", [["Promoplan 2026 (CHF)"], ["Week", "Retailer", "Placement", "Placement fee"], *plan, ["Total", None, None, 39500]])
    lines = [
        line("Coop|Flyer page 1", 18000, "D3", dates="2026-03-16..2026-03-22"),
        line("Migros", 9500, "D4"),
        line("Galaxus", 12000, "D5"),
    ]
    return Case("promoplan.xlsx", book.xlsx(), "CHF", lines)
