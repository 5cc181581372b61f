"""Plans from buying desks and networks: codes, many money columns, hidden parts and long headers, with their truth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.plans.paper import Book, Case, F, line, text


def ru_digital_vat_rows() -> Case:
    """Russian network: price a thousand, volume in thousands, discount, surcharge, cost before and after VAT, bonus in words."""
    book = Book()
    tab = book.tab("МП")
    tab.rows("A1", [["Клиент:", "Банк Север"], ["Период:", "01.10.2026 - 31.12.2026"], []])
    head = [
        "Площадка",
        "Размещение",
        "Единица",
        "Кол-во, тыс.",
        "Цена за ед., руб.",
        "Сезонность",
        "Скидка",
        "Стоимость без НДС",
        "НДС",
        "Стоимость с НДС",
    ]
    tab.rows("A4", [head])
    plan = [("Яндекс", "РСЯ видео", "CPM", 5000, 180, 1.2, 0.3), ("VK", "Клипы", "CPM", 8000, 95, 1.2, 0.25)]
    lines = []
    for row, (site, place, unit, n, price, season, off) in enumerate(plan, start=5):
        net = Decimal(str(n * price)) * Decimal(str(season)) * (1 - Decimal(str(off)))
        tab.rows(f"A{row}", [[site, place, unit, n, price, season, off, net, net * Decimal("0.22"), net * Decimal("1.22")]])
        lines.append(line(site, net, f"H{row}", dates="2026-10-01..2026-12-31"))
    tab.rows("A7", [["Дзен", "Статья (бонус)", "шт.", 0.001, 350000, 1, 1, 0, 0, 0]])
    net = sum((i.budget for i in lines), Decimal(0))
    tab.rows("A8", [["ИТОГО", None, None, None, None, None, None, net, net * Decimal("0.22"), net * Decimal("1.22")]])
    tab.style("H5:J8", '#,##0.00" ₽"')
    tab.style("G5:G7", "0%")
    return Case("mp.xlsx", book.xlsx(), "RUB", lines, basis="net")


def ru_month_blocks_beside() -> Case:
    """Budget and impressions under every month, with sums at the right."""
    book = Book()
    tab = book.tab("План")
    tab.rows("A1", [[None, None, "Январь 2026", None, "Февраль 2026", None, "Итого", None]])
    tab.merges += ["C1:D1", "E1:F1", "G1:H1"]
    tab.rows("A2", [["Канал", "Площадка", "Бюджет, руб.", "Показы", "Бюджет, руб.", "Показы", "Бюджет, руб.", "Показы"]])
    plan = [("Контекст", "Яндекс", 300000, 90000, 320000, 95000), ("Соцсети", "VK", 150000, 700000, 180000, 800000)]
    lines = []
    for row, (c, p, a, ia, b, ib) in enumerate(plan, start=3):
        tab.rows(f"A{row}", [[c, p, a, ia, b, ib, a + b, ia + ib]])
        lines.append(line(p, a + b, f"G{row}", periods={"2026-01-01": a, "2026-02-01": b}))
    tab.rows("A5", [["Итого", None, 450000, 790000, 500000, 895000, 950000, 1685000]])
    return Case("plan.xlsx", book.xlsx(), "RUB", lines)


def de_agency_nn() -> Case:
    """German chain: media gross, client net, agency commission, net-net, VAT below: both nets are paid by someone."""
    book = Book()
    tab = book.tab("Kostenplan")
    tab.rows("B2", [["Kostenplan Print Herbst 2026"], ["Alle Preise in Euro zzgl. MwSt."], []])
    tab.rows("B5", [["Titel", "ET", "Format", "MB Brutto", "Rabatt", "Kundennetto", "AE 15%", "Netto-Netto"]])
    plan = [
        ("Der Spiegel", date(2026, 9, 12), "1/1 4c", 82000, 0.12),
        ("Stern", date(2026, 9, 17), "1/1 4c", 64000, 0.2),
        ("Focus", date(2026, 9, 26), "2/1 4c", 98000, 0.25),
    ]
    for row, (t, et, f, gross, off) in enumerate(plan, start=6):
        net = gross * (1 - off)
        tab.rows(f"B{row}", [[t, et, f, gross, off, net, net * 0.15, net * 0.85]])
    tab.style("F6:F8", "0%")
    tab.style("E6:E9", "#,##0.00 €")
    tab.style("G6:I9", "#,##0.00 €")
    sums = [sum(tab.cells[r, c] for r in (6, 7, 8)) for c in (5, 7, 8, 9)]
    tab.rows("B9", [["Gesamt", None, None, sums[0], None, *sums[1:]]])
    tab.rows("H11", [["MwSt. 19%", round(sums[3] * 0.19, 2)]])
    return Case("kostenplan.xlsx", book.xlsx(), "EUR", [], asks=frozenset({"which_budget"}))


def pl_hidden_rows() -> Case:
    """Hidden rows hold a version that was dropped; the visible total leaves them out."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Kanał", "Wydawca", "Budżet netto PLN"],
            ["Online", "Onet", 40000],
            ["Online", "WP", 35000],
            ["Radio", "RMF FM", 60000],
            ["Radio", "Zet", 20000],
            ["Razem", None, 100000],
        ],
    )
    tab.hidden_rows.add(3)
    tab.hidden_rows.add(5)
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "PLN",
        [line("Onet", 40000, "C2"), line("RMF FM", 60000, "C4")],
        basis="net",
        warns=frozenset({"hidden_rows"}),
    )


def tr_two_line_header() -> Case:
    """Turkish two-line header with merged bands and amounts with and without VAT."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["2026 SONBAHAR MEDYA PLANI"], []])
    tab.rows("A3", [["Mecra", "Yayın", "Dönem", None, "Bütçe (TL)", None, None]])
    tab.rows("A4", [[None, None, "Başlangıç", "Bitiş", "KDV Hariç", "KDV", "KDV Dahil"]])
    tab.merges += ["A3:A4", "B3:B4", "C3:D3", "E3:G3"]
    plan = [("TV", "Kanal D", 2500000), ("Radyo", "Power FM", 400000), ("Dijital", "YouTube", 900000)]
    tab.rows("A5", [[m, y, date(2026, 9, 1), date(2026, 11, 30), b, b * 0.2, b * 1.2] for m, y, b in plan])
    tab.rows("A8", [["TOPLAM", None, None, None, 3800000, 760000, 4560000]])
    lines = [line(y, b, f"E{r}", dates="2026-09-01..2026-11-30") for r, (_, y, b) in enumerate(plan, start=5)]
    return Case("plan.xlsx", book.xlsx(), "TRY", lines, basis="net", vat=False)


def se_csv_semicolon() -> Case:
    """Swedish CSV in UTF-16 with spaces in thousands and SEK in the head."""
    book = Book()
    tab = book.tab("x")
    tab.rows("A1", [["Kanal", "Leverantör", "Startdatum", "Slutdatum", "Nettokostnad (SEK)"]])
    plan = [("Display", "Aftonbladet", "2026-04-01", "2026-04-30", 185000), ("Video", "TV4", "2026-04-13", "2026-05-10", 420500.5)]
    tab.rows("A2", [[k, v, s, e, text(b, "1\u00a0234,56")] for k, v, s, e, b in plan])
    tab.rows("A4", [["Summa", "", "", "", text(605500.5, "1\u00a0234,56")]])
    return Case("plan.csv", book.csv(";", "utf-16"), "SEK", [line(p[1], p[4], dates=f"{p[2]}..{p[3]}") for p in plan], basis="net")


def no_plan_nok() -> Case:
    """Norwegian plan with kroner in the number format and eks. mva in the title."""
    book = Book()
    tab = book.tab("Medieplan")
    tab.rows("A1", [["Medieplan vår 2026 (alle priser eks. mva)"], [], ["Kanal", "Leverandør", "Periode", "Pris"]])
    plan = [("Nett", "VG.no", "01.03.2026 - 31.03.2026", 120000), ("TV", "TV 2", "09.03.2026 - 05.04.2026", 640000)]
    tab.rows("A4", [list(p) for p in plan])
    tab.rows("A6", [["Sum", None, None, 760000]])
    tab.style("D4:D6", "[$kr-414] #,##0")
    dates = ["2026-03-01..2026-03-31", "2026-03-09..2026-04-05"]
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "NOK",
        [line(p[1], p[3], f"D{r}", dates=d) for r, (p, d) in enumerate(zip(plan, dates, strict=True), start=4)],
    )


def ua_usd_rate() -> Case:
    """Hryvnia and dollar columns at a rate named above the table."""
    book = Book()
    tab = book.tab("Медіаплан")
    tab.rows("A1", [["Медіаплан"], ["Курс USD:", 41.5], [], ["Канал", "Майданчик", "Період", "Бюджет, грн без ПДВ", "Бюджет, USD"]])
    plan = [("Соцмережі", "Meta", "01.05.2026-31.05.2026", 207500), ("Пошук", "Google", "01.05.2026-30.06.2026", 124500)]
    tab.rows("A5", [[*p, p[3] / 41.5] for p in plan])
    tab.rows("A7", [["Разом", None, None, 332000, 8000]])
    dates = ["2026-05-01..2026-05-31", "2026-05-01..2026-06-30"]
    lines = [line(p[1], p[3], f"D{r}", dates=d) for r, (p, d) in enumerate(zip(plan, dates, strict=True), start=5)]
    return Case("plan.xlsx", book.xlsx(), "UAH", lines, basis="net")


def in_cr_lakh_scale() -> Case:
    """Amounts in lakhs of rupees: a scale that the head names."""
    book = Book()
    tab = book.tab("AOP")
    tab.rows(
        "A1",
        [
            ["AOP FY 2026-27 (INR lakhs)"],
            [],
            ["Medium", "Channel", "Spends (INR lakhs)"],
            ["TV", "Star", 250.5],
            ["Digital", "YouTube", 80],
            ["Print", "TOI", 45.25],
            ["Total", None, 375.75],
        ],
    )
    lines = [line("Star", 25050000, "C4"), line("YouTube", 8000000, "C5"), line("TOI", 4525000, "C6")]
    return Case("aop.xlsx", book.xlsx(), "INR", lines)


def jp_thousand_yen() -> Case:
    """Thousands of yen (千円)."""
    book = Book()
    tab = book.tab("計画")
    tab.rows(
        "A1",
        [
            ["媒体計画 2026年度（単位：千円）"],
            [],
            ["媒体", "メニュー", "予算"],
            ["Yahoo!", "検索広告", 12000],
            ["LINE", "SNS広告", 8500],
            ["合計", None, 20500],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "JPY", [line("Yahoo!", 12000000, "C4"), line("LINE", 8500000, "C5")])


def br_stacked_campaigns() -> Case:
    """Several campaigns stacked with their own heads and totals, a general total at the end."""
    book = Book()
    tab = book.tab("Plano")
    row, lines, whole = 1, [], 0
    for campaign, plan in {"Dia das Mães": [("Meta", 50000), ("Google", 30000)], "São João": [("Globo", 120000), ("Meta", 25000)]}.items():
        tab.rows(
            f"A{row}",
            [
                [f"Campanha: {campaign}"],
                ["Veículo", "Formato", "Valor (R$)"],
                *[[v, "Vídeo", b] for v, b in plan],
                ["Subtotal", None, sum(b for _, b in plan)],
            ],
        )
        lines += [line(v, b, f"C{r}") for r, (v, b) in enumerate(plan, start=row + 2)]
        whole += sum(b for _, b in plan)
        row += 6
    tab.rows(f"A{row}", [["TOTAL GERAL", None, whole]])
    return Case("plano.xlsx", book.xlsx(), "BRL", lines)


def es_text_months_csv() -> Case:
    """Spanish CSV: months across without a year, points for thousands, the year nowhere."""
    book = Book()
    tab = book.tab("x")
    tab.rows("A1", [["Medio", "Soporte", "Enero", "Febrero", "Marzo", "Total €"]])
    plan = [("Radio", "SER", [12500, 13000, 0]), ("Digital", "Google", [4250, 4250, 4500])]
    tab.rows("A2", [[m, s, *(text(p, "1.234") for p in parts), text(sum(parts), "1.234")] for m, s, parts in plan])
    tab.rows("A4", [["TOTAL", "", "16.750", "17.250", "4.500", "38.500"]])
    return Case("plan.csv", book.csv(";", "utf-8"), "EUR", [], asks=frozenset({"missing_year"}))


def fr_gantt_colours() -> Case:
    """Weeks across as S36.., bars as fills over striped rows, amounts at the right in net."""
    book = Book()
    tab = book.tab("Calendrier")
    tab.rows("A1", [["Calendrier média rentrée 2026"], [], ["Média", "Support", *(f"S{w}" for w in range(36, 42)), "Budget net HT €"]])
    plan = [("TV", "France TV", 0, 2, 180000), ("Radio", "RTL", 1, 4, 65000), ("Affichage", "JCDecaux", 3, 5, 90000)]
    lines = []
    for row, (m, s, a, b, money) in enumerate(plan, start=4):
        tab.rows(f"A{row}", [[m, s]])
        if row % 2:
            tab.fill(f"A{row}:I{row}", "F2F2F2")
        tab.fill(f"{chr(67 + a)}{row}:{chr(67 + b)}{row}", "00B050")
        tab.put(f"I{row}", money)
        first, last = date.fromisocalendar(2026, 36 + a, 1), date.fromisocalendar(2026, 36 + b, 7)
        lines.append(line(s, money, f"I{row}", dates=f"{first}..{last}"))
    tab.rows("A7", [["Total", None, None, None, None, None, None, None, 335000]])
    return Case("calendrier.xlsx", book.xlsx(), "EUR", lines, basis="net")


def de_uncached_index_match() -> Case:
    """Monthly amounts from INDEX/MATCH and SUMIF over a data tab, months by EOMONTH, no values stored."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Kanal", "Anbieter", date(2026, 1, 31), F("=EOMONTH(C1,1)"), "Summe EUR"]])
    tab.style("C1:D1", "mmm yy")
    for row, name in ((2, "Google"), (3, "Meta")):
        tab.rows(
            f"A{row}",
            [
                [
                    "Performance",
                    name,
                    F(f"=INDEX(Daten!$B$2:$B$3,MATCH(B{row},Daten!$A$2:$A$3,0))"),
                    F(f"=SUMIF(Daten!$A$2:$A$3,B{row},Daten!$C$2:$C$3)"),
                    F(f"=C{row}+D{row}"),
                ]
            ],
        )
    tab.rows("A4", [["Summe", None, F("=SUM(C2:C3)"), F("=SUM(D2:D3)"), F("=SUM(E2:E3)")]])
    data = book.tab("Daten")
    data.rows("A1", [["Name", "a", "b"], ["Google", 1000, 1200], ["Meta", 2000, 2500]])
    lines = [
        line("Google", 2200, "E2", periods={"2026-01-01": 1000, "2026-02-01": 1200}),
        line("Meta", 4500, "E3", periods={"2026-01-01": 2000, "2026-02-01": 2500}),
    ]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def nl_empty_amounts() -> Case:
    """Half of the lines have no budget yet; those are no money, and nothing is made up."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Kanaal", "Medium", "Budget (€)"],
            ["Radio", "538", 12000],
            ["TV", "RTL 4"],
            ["Online", "NU.nl", 8000],
            ["OOH", "Exterion"],
            ["Totaal", None, 20000],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "EUR", [line("538", 12000, "C2"), line("NU.nl", 8000, "C4")])
