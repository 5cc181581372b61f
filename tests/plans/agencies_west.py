"""Plans as agencies in western Europe and America make them, with their truth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.plans.paper import Book, Case, F, line, text


def de_brutto_rabatt() -> Case:
    """Gross list price, discount in percent points without a sign, and the price to pay."""
    book = Book()
    tab = book.tab("Mediaplan")
    tab.rows("A1", [["Mediaplan Frühjahr 2026"], ["Kunde:", "Nordlicht Optik"], []])
    tab.rows(
        "A4",
        [
            ["Medium", "Titel", "Format", "Brutto €", "Rabatt", "Preis €"],
            ["Print", "Stern", "1/1 Seite 4c", 10000, 30, 7000],
            ["Print", "Brigitte", "1/2 Seite hoch", 6000, 10, 5400],
            ["Summe", None, None, 16000, None, 12400],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "EUR", [line("Stern", 7000, "F5"), line("Brigitte", 5400, "F6")])


def de_list_price_percent() -> Case:
    """A list price under a plain head beside a percentage discount; the money to pay has another word."""
    book = Book()
    tab = book.tab("Plan")
    rows = [("Meta", "Reels", 12000, 0.15), ("Google Ads", "Search", 8400, 0.05), ("YouTube", "Bumper", 20500, 0.2)]
    tab.rows("B2", [["Plattform", "Format", "Preis", "Rabatt %", "zu zahlen (EUR)"]])
    for row, (name, form, price, off) in enumerate(rows, start=3):
        tab.rows(f"B{row}", [[name, form, price, off, F(f"=D{row}*(1-E{row})", price * (1 - off))]])
    tab.style("E3:E5", "0%")
    tab.rows("B6", [["Gesamt", None, None, None, F("=SUM(F3:F5)", 34580)]])
    return Case("angebot.xlsx", book.xlsx(), "EUR", [line(n, round(p * (1 - o)), f"F{r}") for r, (n, _, p, o) in enumerate(rows, start=3)])


def fr_honoraires_tva() -> Case:
    """French plan from gross to all taxes: discount, net, fee, total before tax, VAT, total with it."""
    book = Book()
    tab = book.tab("Plan média")
    tab.rows("A1", [["PLAN MÉDIA - Automne 2026"], ["Annonceur : Maison Verdier"], []])
    tab.rows(
        "A4",
        [
            [
                "Support",
                "Format",
                "Dates",
                "Nb insertions",
                "Tarif unitaire brut",
                "Total brut HT",
                "Remise %",
                "Net HT",
                "Honoraires 5%",
                "Total HT",
                "TVA 20%",
                "Total TTC",
            ]
        ],
    )
    rows = [
        ("Le Monde", "Page quadri", "du 05/10/2026 au 18/10/2026", 2, 24000, 40),
        ("Elle", "Double page", "du 12/10/2026 au 25/10/2026", 1, 51000, 35),
        ("JCDecaux", "Réseau 4x3", "du 19/10/2026 au 01/11/2026", 1, 82000, 50),
    ]
    lines = []
    for row, (name, form, dates, n, unit, off) in enumerate(rows, start=5):
        gross = n * unit
        net = gross * (100 - off) / 100
        fee = net * 0.05
        tab.rows(f"A{row}", [[name, form, dates, n, unit, gross, off / 100, net, fee, net + fee, (net + fee) * 0.2, (net + fee) * 1.2]])
        first, last = dates[3:13], dates[17:]
        iso = "..".join("-".join(reversed(d.split("/"))) for d in (first, last))
        lines.append(line(name, net, f"H{row}", dates=iso))
    tab.style("E5:L8", '#,##0.00" €"')
    tab.style("G5:G8", "0%")
    tab.put("A8", "TOTAL")
    sums = _sums(tab, "FHIJKL", 5, 7)
    for column, value in sums.items():
        tab.put(f"{column}8", F(f"=SUM({column}5:{column}7)", value))
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def _sums(tab: object, columns: str, first: int, last: int) -> dict[str, float]:
    cells = tab.cells  # type: ignore[attr-defined]
    return {c: sum(cells[r, ord(c) - 64] for r in range(first, last + 1)) for c in columns}


def se_weeks() -> Case:
    """Swedish week columns in thousands of kronor, year only in the title."""
    book = Book()
    tab = book.tab("Mediaplan")
    tab.rows("A1", [["Mediaplan Höst 2026 – Fjällräven Kaffe"], ["Alla belopp i tkr exkl. moms"], []])
    weeks = range(36, 44)
    tab.rows("A4", [["Kanal", "Format", *(f"v.{w}" for w in weeks), "Totalt"]])
    plan = [
        ("TV4 Play", "15 sek", [120, 120, 0, 0, 80, 80, 0, 0]),
        ("Spotify", "Audio 30", [15, 15, 15, 15, 15, 15, 15, 15]),
        ("Clear Channel", "Eurosize", [0, 0, 210, 210, 0, 0, 0, 0]),
    ]
    lines = []
    for row, (name, form, parts) in enumerate(plan, start=5):
        tab.rows(f"A{row}", [[name, form, *(p or None for p in parts), sum(parts)]])
        spread = {str(date.fromisocalendar(2026, w, 1)): p * 1000 for w, p in zip(weeks, parts, strict=True)}
        lines.append(line(name, sum(parts) * 1000, f"K{row}", periods=spread))
    totals = [sum(p[i] for _, _, p in plan) for i in range(8)]
    tab.rows("A8", [["Totalt", None, *totals, sum(totals)]])
    return Case("mediaplan.xlsx", book.xlsx(), "SEK", lines, basis="net")


def it_lordo_netto() -> Case:
    """Italian plan with gross, discount, net-net and agency rights, as text numbers in a CSV."""
    book = Book()
    tab = book.tab("Piano")
    tab.rows("A1", [["Piano Media - Primavera 2026", "", "", "", "", "", ""], [""] * 7])
    plan = [("RAI", 'Spot 30"', 85000, 45), ("Corriere della Sera", "Pagina", 32000, 50), ("Clear Channel", "Poster 6x3", 18500, 30)]
    tab.rows("A3", [["Mezzo", "Formato", "Costo lordo (€)", "Sconto %", "Costo netto (€)", "Diritti agenzia 3% (€)", "Totale (€)"]])
    lines = []
    for row, (name, form, gross, off) in enumerate(plan, start=4):
        net = Decimal(gross) * (100 - off) / 100
        fee = net * 3 / 100
        tab.rows(f"A{row}", [[name, form, text(gross), f"{off}%", text(net), text(fee), text(net + fee)]])
        lines.append(line(name, net, f"E{row}"))
    net = sum((i.budget for i in lines), Decimal(0))
    tab.rows("A7", [["Totale", "", text(135500), "", text(net), text(net * 3 / 100), text(net * Decimal("1.03"))]])
    tab.rows("A9", [["I prezzi si intendono IVA esclusa. Validità offerta 30 giorni.", "", "", "", "", "", ""]])
    return Case("piano.csv", book.csv(";", "cp1252"), "EUR", lines)


def es_stacked_months() -> Case:
    """A table a month one under the other, each with its total, and a grand total at the end."""
    book = Book()
    tab = book.tab("Plan 2026")
    tab.rows("A1", [["PLAN DE MEDIOS 2026"], ["Importes en euros, sin IVA"], []])
    row, lines, whole = 4, [], 0
    months = {
        "ENERO 2026": ("2026-01-01", "2026-01-31"),
        "FEBRERO 2026": ("2026-02-01", "2026-02-28"),
        "MARZO 2026": ("2026-03-01", "2026-03-31"),
    }
    for number, (month, _) in enumerate(months.items(), start=1):
        tab.rows(f"A{row}", [[month], ["Soporte", "Formato", "Inserciones", "Inversión"]])
        plan = [("Cadena SER", 'Cuña 20"', 40, 6200 + 100 * number), ("El País", "Banner", 12, 4800 + 50 * number)]
        for at, (name, form, n, money) in enumerate(plan, start=row + 2):
            tab.rows(f"A{at}", [[name, form, n, money]])
            lines.append(line(name, money, f"D{at}"))
        part = sum(p[3] for p in plan)
        tab.rows(f"A{row + 4}", [[f"Total {month.split()[0].lower()}", None, None, part]])
        whole += part
        row += 6
    tab.rows(f"A{row}", [["TOTAL TRIMESTRE", None, None, whole]])
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def nl_fee_footer() -> Case:
    """Net lines, then a fee, a subtotal, VAT and the total with it, in the same columns."""
    book = Book()
    tab = book.tab("Blad1")
    tab.rows("A1", [["Mediaplan Q3 2026"], ["Klant", "Zonneveld Tuinen"], []])
    tab.rows("A4", [["Kanaal", "Medium", "Periode", "Bruto", "Netto"]])
    plan = [("Radio", "Qmusic", "1 juli - 31 juli 2026", 24000, 14400), ("Online", "NU.nl", "1 juli - 30 september 2026", 15000, 9750)]
    tab.rows("A5", [list(p) for p in plan])
    tab.rows("A7", [["Subtotaal media", None, None, 39000, 24150], ["Bureaufee 7,5%", None, None, None, 1811.25]])
    tab.rows("A9", [["Totaal excl. btw", None, None, None, 25961.25], ["BTW 21%", None, None, None, 5451.86]])
    tab.rows("A11", [["Totaal incl. btw", None, None, None, 31413.11], ["* Onder voorbehoud van beschikbaarheid"]])
    tab.style("D5:E11", "€ #,##0.00")
    lines = [line("Qmusic", 14400, "E5", dates="2026-07-01..2026-07-31"), line("NU.nl", 9750, "E6", dates="2026-07-01..2026-09-30")]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines, basis="net")


def ch_apostrophes() -> Case:
    """Swiss amounts as text with apostrophes and a dash for no Rappen."""
    book = Book()
    tab = book.tab("Mediaplan")
    tab.rows("A1", [["Mediaplan Herbst 2026, Beträge in CHF exkl. MwSt."], []])
    tab.rows("A3", [["Medium", "Sujet", "Von", "Bis", "Kosten"]])
    plan = [("20 Minuten", "Sujet A", 12500), ("APG Plakat", "Sujet B", 48250), ("SRF Radio", "Sujet A", 7300)]
    tab.rows("A4", [[n, s, "01.09.2026", "30.09.2026", f"{text(k, chr(49) + chr(39) + '234')}.–"] for n, s, k in plan])
    tab.rows("A7", [["Total", None, None, None, "68'050.–"]])
    lines = [line(n, k, f"E{r}", dates="2026-09-01..2026-09-30") for r, (n, _, k) in enumerate(plan, start=4)]
    return Case("plan.xlsx", book.xlsx(), "CHF", lines, basis="net")


def de_options_same_total() -> Case:
    """Two options one under the other with the same total, split otherwise."""
    book = Book()
    tab = book.tab("Optionen")
    head = ["Kanal", "Anbieter", "Budget EUR"]
    first = [("Social", "Meta", 30000), ("Suche", "Google", 20000)]
    second = [("Social", "TikTok", 15000), ("Video", "YouTube", 35000)]
    tab.rows("A1", [["Option A"], head, *map(list, first), ["Summe", None, 50000], []])
    tab.rows("A7", [["Option B"], head, *map(list, second), ["Summe", None, 50000]])
    versions = [[line(p, b) for _, p, b in plan] for plan in (first, second)]
    return Case("optionen.xlsx", book.xlsx(), "EUR", versions=versions)


def pt_gross_months() -> Case:
    """Months that add up to the amount with VAT, beside a column without it."""
    book = Book()
    tab = book.tab("Plano")
    months = ["Jan 2026", "Fev 2026", "Mar 2026"]
    tab.rows("A1", [["Plano de Meios 1º Trimestre"], [], ["Meio", "Suporte", "Valor s/ IVA", *months, "Valor c/ IVA 23%"]])
    plan = [("TV", "SIC", [12300, 24600, 6150]), ("Digital", "Google", [2460, 2460, 3690])]
    lines = []
    for row, (kind, name, parts) in enumerate(plan, start=4):
        net = round(sum(parts) / 1.23, 2)
        tab.rows(f"A{row}", [[kind, name, net, *parts, sum(parts)]])
        lines.append(line(name, sum(parts), f"G{row}", periods=dict(zip(["2026-01-01", "2026-02-01", "2026-03-01"], parts, strict=True))))
    tab.rows("A6", [["Total", None, 42000, 14760, 27060, 9840, 51660]])
    tab.style("C4:G6", "#,##0.00 €")
    return Case("plano.xlsx", book.xlsx(), "EUR", lines, vat=True)


def de_vlookup() -> Case:
    """Prices looked up in a rate tab, nothing calculated in the file."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Umfeld", "Format", "TKP-Menge (Tsd.)", "TKP €", "Budget €"]])
    plan = [("Spiegel Online", "Billboard", 800, 42), ("Zeit Online", "Medium Rectangle", 1200, 28), ("T-Online", "Wallpaper", 650, 35)]
    for row, (site, form, volume, _) in enumerate(plan, start=2):
        tab.rows(f"A{row}", [[site, form, volume, F(f"=VLOOKUP(B{row},Preise!$A$2:$B$4,2,FALSE)"), F(f"=IF(C{row}>0,C{row}*D{row},0)")]])
    tab.rows("A5", [["Summe", None, F("=SUM(C2:C4)"), None, F("=SUM(E2:E4)")]])
    rates = book.tab("Preise")
    rates.rows("A1", [["Format", "TKP"], *[[form, price] for _, form, _, price in plan]])
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(s, v * p, f"E{r}") for r, (s, _, v, p) in enumerate(plan, start=2)])


def nl_ods() -> Case:
    """An OpenDocument plan with currency cells and real dates."""
    book = Book()
    tab = book.tab("Plan")
    plan = [
        ("Facebook", "Carrousel", Decimal("4250.50")),
        ("LinkedIn", "Sponsored", Decimal("3100")),
        ("Google Ads", "Zoeken", Decimal("7820.75")),
    ]
    tab.rows("A1", [["Kanaal", "Formaat", "Startdatum", "Einddatum", "Budget"]])
    tab.rows("A2", [[k, f, date(2026, 5, 4), date(2026, 6, 28), b] for k, f, b in plan])
    tab.style("E2:E5", "EUR")
    tab.rows("A5", [["Totaal", None, None, None, sum(b for *_, b in plan)]])
    lines = [line(k, b, f"E{r}", dates="2026-05-04..2026-06-28") for r, (k, _, b) in enumerate(plan, start=2)]
    return Case("plan.ods", book.ods(), "EUR", lines)


def de_rate_card() -> Case:
    """A price list without quantities: no plan."""
    book = Book()
    tab = book.tab("Preisliste 2026")
    tab.rows("A1", [["Preisliste 2026 – gültig ab 1. Januar"], [], ["Format", "Platzierung", "TKP (€)", "Mindestbuchung (€)"]])
    tab.rows("A4", [["Billboard", "Home", 45, 5000], ["Halfpage", "Run of Site", 28, 2500], ["Wallpaper", "Ressort Sport", 52, 5000]])
    return Case("preisliste.xlsx", book.xlsx(), "EUR", [], plan=False)
