"""Plans as agencies in eastern Europe, Asia and Latin America make them, with their truth."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.plans.paper import Book, Case, F, line, text


def pl_csv_months() -> Case:
    """Polish export with short month names across, decimal commas and spaces in thousands."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Kanał", "Dostawca", "sty 2026", "lut 2026", "mar 2026", "kwi 2026", "RAZEM (PLN)"]])
    plan = [
        ("Wyszukiwarka", "Google Ads", [12500.5, 13000, 13000, 9800]),
        ("Social", "Meta", [8000, 0, 8450.25, 9000]),
        ("Wideo", "YouTube", [0, 21000, 21000, 0]),
    ]
    months = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]
    lines = []
    for row, (kind, name, parts) in enumerate(plan, start=2):
        tab.rows(f"A{row}", [[kind, name, *(text(p, "1 234,56") if p else "-" for p in parts), text(sum(parts), "1 234,56")]])
        lines.append(line(name, sum(parts), f"G{row}", periods=dict(zip(months, parts, strict=True))))
    sums = [sum(p[2][i] for p in plan) for i in range(4)]
    tab.rows("A5", [["RAZEM", "", *(text(s, "1 234,56") for s in sums), text(sum(sums), "1 234,56")]])
    return Case("plan.csv", book.csv(";", "cp1250"), "PLN", lines)


def ru_tv_coefficients() -> Case:
    """Russian plan with seasonal coefficient, discount, price before and after VAT, and monthly subtotals."""
    book = Book()
    tab = book.tab("Медиаплан")
    tab.rows("A1", [["МЕДИАПЛАН"], ["Рекламодатель", "ООО «Ромашка»"], ["Период", "01.04.26-31.05.26"], []])
    tab.rows(
        "A5",
        [
            [
                "№",
                "Канал",
                "Формат",
                "Период",
                "GRP",
                "Цена за GRP, руб.",
                "Сезонный коэф.",
                "Скидка, %",
                "Бюджет без НДС, руб.",
                "Бюджет с НДС 22%, руб.",
            ]
        ],
    )
    row, lines, whole = 6, [], Decimal(0)
    for month, dates, iso in (
        ("апрель", "01.04.26-30.04.26", "2026-04-01..2026-04-30"),
        ("май", "01.05.26-31.05.26", "2026-05-01..2026-05-31"),
    ):
        part = Decimal(0)
        for number, (channel, grp, price) in enumerate([("ТНТ", 120, 95000), ("СТС", 80, 90500)], start=1):
            money = grp * price * Decimal("1.1") * Decimal("0.6")
            tab.rows(f"A{row}", [[number, channel, "Ролик 15 сек", dates, grp, price, 1.1, 40, money, money * Decimal("1.22")]])
            lines.append(line(channel, money, f"I{row}", dates=iso))
            part, row = part + money, row + 1
        tab.rows(f"A{row}", [[None, f"Итого {month}", None, None, 200, None, None, None, part, part * Decimal("1.22")]])
        whole, row = whole + part, row + 2
    tab.rows(f"A{row}", [[None, "ВСЕГО", None, None, 400, None, None, None, whole, whole * Decimal("1.22")]])
    return Case("mp.xlsx", book.xlsx(), "RUB", lines, basis="net")


def ua_thousands() -> Case:
    """Ukrainian month blocks in thousands of hryvnias, channel merged over its rows."""
    book = Book()
    tab = book.tab("Бюджет")
    tab.rows("A1", [["Медіабюджет на II квартал 2026 р., тис. грн без ПДВ"], []])
    tab.rows("A3", [["Канал", "Майданчик", "Квітень", "Травень", "Червень", "Разом"]])
    plan = [("Digital", "Google", [120.5, 130, 140]), (None, "Meta", [90, 95.25, 99]), ("Радіо", "Хіт FM", [60, 0, 60])]
    months = ["2026-04-01", "2026-05-01", "2026-06-01"]
    lines = []
    for row, (kind, name, parts) in enumerate(plan, start=4):
        tab.rows(f"A{row}", [[kind, name, *parts, sum(parts)]])
        money = [Decimal(str(p)) * 1000 for p in parts]
        lines.append(line(name, sum(money), f"F{row}", periods=dict(zip(months, money, strict=True))))
    tab.merges.append("A4:A5")
    tab.rows("A7", [["Всього", None, 270.5, 225.25, 299, 794.75]])
    return Case("budget.xlsx", book.xlsx(), "UAH", lines, basis="net")


def tr_units() -> Case:
    """Turkish plan: units times unit price, totals before and after VAT under the table."""
    book = Book()
    tab = book.tab("Medya Planı")
    tab.rows("A1", [["MEDYA PLANI"], ["Marka: Deniz Bank"], []])
    tab.rows("A4", [["Mecra", "Yayıncı", "Başlangıç", "Bitiş", "Birim", "Adet", "Birim Fiyat (TL)", "Toplam (TL)"]])
    plan = [("Dijital", "Hürriyet", "CPM", 5000, 85), ("Dijital", "Onedio", "CPC", 12000, 6.5), ("Açıkhava", "Ströer", "Adet", 40, 9500)]
    lines = []
    for row, (kind, name, unit, n, price) in enumerate(plan, start=5):
        tab.rows(f"A{row}", [[kind, name, "15.09.2026", "15.10.2026", unit, n, price, n * price]])
        lines.append(line(name, n * price, f"H{row}", dates="2026-09-15..2026-10-15"))
    net = sum(n * p for *_, n, p in plan)
    tab.rows("G8", [["Ara Toplam", net], ["KDV %20", net * 0.2], ["Genel Toplam", net * 1.2]])
    return Case("plan.xlsx", book.xlsx(), "TRY", lines)


def in_lakhs() -> Case:
    """Indian grouping in text amounts."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Media Plan - Diwali 2026 (all figures exclusive of GST)"], []])
    tab.rows("A3", [["Channel", "Publisher", "From", "To", "Amount"]])
    plan = [
        ("TV", "Star Plus", "₹ 12,50,000", 1250000),
        ("Digital", "Hotstar", "₹ 8,75,500", 875500),
        ("Print", "TOI", "₹ 25,00,000", 2500000),
    ]
    tab.rows("A4", [[c, p, "15-Oct-26", "12-Nov-26", t] for c, p, t, _ in plan])
    tab.rows("A7", [["Total", None, None, None, "₹ 46,25,500"]])
    lines = [line(p, b, f"E{r}", dates="2026-10-15..2026-11-12") for r, (_, p, _, b) in enumerate(plan, start=4)]
    return Case("diwali.xlsx", book.xlsx(), "INR", lines)


def ae_bilingual() -> Case:
    """English and Arabic in each head, one under the other in the same cell."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Ramadan Campaign 2026"], []])
    tab.rows("A3", [["Channel\nالقناة", "Platform\nالمنصة", "Start\nالبداية", "End\nالنهاية", "Budget (AED)\nالميزانية"]])
    plan = [("Social", "Snapchat", 180000), ("Video", "Shahid", 260000), ("OOH", "Sheikh Zayed Rd", 400000)]
    tab.rows("A4", [[c, p, date(2026, 2, 18), date(2026, 3, 19), b] for c, p, b in plan])
    tab.rows("A7", [["Grand Total / الإجمالي", None, None, None, 840000]])
    lines = [line(p, b, f"E{r}", dates="2026-02-18..2026-03-19") for r, (_, p, b) in enumerate(plan, start=4)]
    return Case("ramadan.xlsx", book.xlsx(), "AED", lines)


def cz_discount_price() -> Case:
    """Czech: list price, discount as fraction, price after it without VAT; bonus line at zero."""
    book = Book()
    tab = book.tab("Mediaplán")
    tab.rows("A1", [["Mediaplán jaro 2026 – ceny bez DPH"], []])
    tab.rows("A3", [["Médium", "Formát", "Období", "Ceníková cena", "Sleva", "Cena po slevě"]])
    plan = [
        ("Seznam.cz", "Branding", "2.3.–15.3.2026", 250000, 0.25),
        ("Novinky.cz", "Wallpaper", "16.3.–29.3.2026", 180000, 0.2),
        ("Prima+", "Bonus spot", "2.3.–29.3.2026", 60000, 1),
    ]
    iso = ["2026-03-02..2026-03-15", "2026-03-16..2026-03-29", ""]
    lines = []
    for row, ((name, form, when, gross, off), dates) in enumerate(zip(plan, iso, strict=True), start=4):
        tab.rows(f"A{row}", [[name, form, when, gross, off, gross * (1 - off)]])
        lines.append(line(name, gross * (1 - off), f"F{row}", dates=dates))
    tab.style("D4:F7", '# ##0 "Kč"')
    tab.style("E4:E6", "0%")
    tab.rows("A7", [["Celkem", None, None, 490000, None, 331500]])
    return Case("mediaplan.xlsx", book.xlsx(), "CZK", lines)


def hu_net_vat() -> Case:
    """Hungarian net, VAT and gross columns."""
    book = Book()
    tab = book.tab("Médiaterv")
    tab.rows("A1", [["Csatorna", "Felület", "Időszak", "Nettó (Ft)", "ÁFA 27% (Ft)", "Bruttó (Ft)"]])
    plan = [("Online", "Index.hu", 1500000), ("Rádió", "Retro Rádió", 2200000)]
    lines = []
    for row, (kind, name, net) in enumerate(plan, start=2):
        tab.rows(f"A{row}", [[kind, name, "2026.09.01-2026.09.30", net, round(net * 0.27), round(net * 1.27)]])
        lines.append(line(name, net, f"D{row}", dates="2026-09-01..2026-09-30"))
    tab.rows("A4", [["Összesen", None, None, 3700000, 999000, 4699000]])
    return Case("mediaterv.xlsx", book.xlsx(), "HUF", lines, basis="net")


def jp_months() -> Case:
    """Japanese months across, yen in the header."""
    book = Book()
    tab = book.tab("プラン")
    tab.rows("A1", [["2026年度 広告プラン"], []])
    tab.rows("A3", [["媒体", "メニュー", "2026年4月", "2026年5月", "2026年6月", "合計（円）"]])
    plan = [("Google", "検索", [800000, 800000, 900000]), ("LINE", "Talk Head", [0, 3000000, 0])]
    months = ["2026-04-01", "2026-05-01", "2026-06-01"]
    lines = []
    for row, (name, menu, parts) in enumerate(plan, start=4):
        tab.rows(f"A{row}", [[name, menu, *parts, sum(parts)]])
        lines.append(line(name, sum(parts), f"F{row}", periods=dict(zip(months, parts, strict=True))))
    tab.rows("A6", [["合計", None, 800000, 3800000, 900000, 5500000]])
    return Case("plan.xlsx", book.xlsx(), "JPY", lines)


def br_daily_insertions() -> Case:
    """Brazilian radio grid: days across count insertions; list price, discount, negotiated total at the right."""
    book = Book()
    tab = book.tab("Rádio")
    tab.rows("A1", [["MAPA DE VEICULAÇÃO - MAIO/2026"], []])
    days = list(range(1, 32))
    tab.rows(
        "A3", [["Veículo", "Programa", *days, "Inserções", "Vlr. Unit. Tabela", "Desc. %", "Vlr. Unit. Negoc.", "Total Negociado (R$)"]]
    )
    plan = [("Jovem Pan", "Pânico", 3, 900, 40), ("CBN", "Jornal", 4, 650, 30)]
    lines = []
    for row, (name, show, step, unit, off) in enumerate(plan, start=4):
        marks = [1 if d % step == 0 else None for d in days]
        n = sum(m or 0 for m in marks)
        price = unit * (100 - off) / 100
        tab.rows(f"A{row}", [[name, show, *marks, n, unit, off, price, n * price]])
        lines.append(line(name, n * price))
    tab.rows("A6", [["TOTAL", None, *([None] * 31), 17, None, None, None, 10 * 540 + 7 * 455]])
    return Case("mapa.xlsx", book.xlsx(), "BRL", lines)


def fi_plan_and_actual() -> Case:
    """Finnish plan and actual side by side for each month."""
    book = Book()
    tab = book.tab("Seuranta")
    tab.rows("A1", [[None, None, "Tammikuu 2026", None, "Helmikuu 2026", None, "Yhteensä", None]])
    tab.merges += ["C1:D1", "E1:F1", "G1:H1"]
    tab.rows("A2", [["Kanava", "Kampanja", "Budjetti €", "Toteuma €", "Budjetti €", "Toteuma €", "Budjetti €", "Toteuma €"]])
    plan = [("Google Ads", "Brändi", 2000, 1874.2, 2500, 1200), ("Meta", "Talvi", 3000, 3010.4, 3500, 900)]
    lines = []
    for row, (name, camp, a, b, c, d) in enumerate(plan, start=3):
        tab.rows(f"A{row}", [[name, camp, a, b, c, d, a + c, b + d]])
        lines.append(line(name, a + c, f"G{row}", periods={"2026-01-01": a, "2026-02-01": c}))
    tab.rows("A5", [["Yhteensä", None, 5000, 4884.6, 6000, 2100, 11000, 6984.6]])
    return Case("seuranta.xlsx", book.xlsx(), "EUR", lines)


def dk_days_down() -> Case:
    """Danish daily grid on its side: days down, channels across, sums below."""
    book = Book()
    tab = book.tab("Daglig")
    tab.rows("A1", [["Dagsbudgetter (DKK)"], [], ["Dato", "Google Ads", "Meta", "TikTok", "I alt"]])
    days = [date(2026, 6, 1) + timedelta(days=d) for d in range(10)]
    for row, day in enumerate(days, start=4):
        parts = [1500 + 10 * row, 2000, 500 if row % 2 else None]
        tab.rows(f"A{row}", [[day, *parts, sum(p or 0 for p in parts)]])
    sums = [sum(tab.cells.get((r, c), 0) for r in range(4, 14)) for c in (2, 3, 4, 5)]
    tab.rows("A14", [["Total", *sums]])
    lines = [line(n, s) for n, s in zip(["Google Ads", "Meta", "TikTok"], sums, strict=False)]
    return Case("daglig.xlsx", book.xlsx(), "DKK", lines)


def ro_no_year() -> Case:
    """Day ranges without a year; only the title tells it."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Plan media toamna 2026"], []])
    tab.rows("A3", [["Canal", "Format", "Perioada", "Buget (RON)"]])
    plan = [
        ("Pro TV", 'Spot 20"', "01.09 - 30.09", 120000),
        ("Digi FM", 'Spot 30"', "15.09 - 14.10", 45000),
        ("Meta", "Video", "01.09 - 31.10", 60000),
    ]
    iso = ["2026-09-01..2026-09-30", "2026-09-15..2026-10-14", "2026-09-01..2026-10-31"]
    tab.rows("A4", [list(p) for p in plan])
    tab.rows("A7", [["TOTAL", None, None, 225000]])
    lines = [line(p[0], p[3], f"D{r}", dates=d) for r, (p, d) in enumerate(zip(plan, iso, strict=True), start=4)]
    return Case("plan.xlsx", book.xlsx(), "RON", lines)


def kz_hidden_copy() -> Case:
    """A hidden older copy, a tab of notes, and terms under the table."""
    book = Book()
    tab = book.tab("Финал")
    head = ["Площадка", "Формат", "Начало", "Окончание", "Стоимость, тг (без НДС)"]
    plan = [("Kolesa.kz", "Баннер", 2400000), ("Krisha.kz", "Брендинг", 3150000), ("Instagram", "Stories", 1800000)]
    tab.rows("A1", [["Медиаплан Весна 2026 — финал"], [], head, *[[n, f, date(2026, 3, 1), date(2026, 4, 15), b] for n, f, b in plan]])
    tab.rows(
        "A7",
        [
            ["Итого", None, None, None, 7350000],
            [],
            ["Условия оплаты: 100% предоплата до 20.02.2026"],
            ["НДС 12%: 882 000 тг"],
            ["Срок действия: 14 дней"],
        ],
    )
    old = book.tab("черновик", hidden=True)
    old.rows("A1", [["Медиаплан"], [], head, *[[n, f, date(2026, 3, 1), date(2026, 4, 15), b + 100000] for n, f, b in plan]])
    lines = [line(n, b, f"E{r}", dates="2026-03-01..2026-04-15") for r, (n, _, b) in enumerate(plan, start=4)]
    return Case("final.xlsx", book.xlsx(), "KZT", lines, basis="net", warns=frozenset())


def mx_market_grid() -> Case:
    """Countries down, channels across: every cell is a budget."""
    book = Book()
    tab = book.tab("LATAM")
    tab.rows("A1", [["Presupuesto LATAM 2026 (USD)"], [], ["País", "Google", "Meta", "TikTok", "Total"]])
    grid = [("México", [50000, 40000, 20000]), ("Colombia", [20000, 25000, 10000]), ("Chile", [15000, 12000, 0])]
    tab.rows("A4", [[c, *p, sum(p)] for c, p in grid])
    tab.rows("A7", [["Total", 85000, 77000, 30000, 192000]])
    names = ["Google", "Meta", "TikTok"]
    lines = [line(f"{c}|{n}", b) for c, parts in grid for n, b in zip(names, parts, strict=True) if b]
    return Case("latam.xlsx", book.xlsx(), "USD", lines)


def rs_negative_discount_row() -> Case:
    """A discount and a commission as rows under the lines, before the total."""
    book = Book()
    tab = book.tab("Ponuda")
    tab.rows("A1", [["Ponuda za kampanju"], [], ["Medij", "Format", "Period", "Cena (EUR)"]])
    tab.rows("A4", [["Blic.rs", "Banner", "01.05.2026-31.05.2026", 3000], ["Nova S", "Spot 30s", "01.05.2026-31.05.2026", 7000]])
    tab.rows("A6", [["Popust 10%", None, None, -1000], ["Agencijska provizija 5%", None, None, 450], ["Ukupno", None, None, 9450]])
    lines = [line("Blic.rs", 3000, "D4", dates="2026-05-01..2026-05-31"), line("Nova S", 7000, "D5", dates="2026-05-01..2026-05-31")]
    return Case("ponuda.xlsx", book.xlsx(), "EUR", lines)


def by_uncached_months() -> Case:
    """Months made with EDATE and amounts with IF, no value stored anywhere."""
    book = Book()
    tab = book.tab("План")
    tab.rows("A1", [["Канал", "Площадка", date(2026, 1, 1), F("=EDATE(C1,1)"), F("=EDATE(D1,1)"), "Итого, BYN"]])
    tab.style("C1:E1", "mmm yyyy")
    plan = [("Контекст", "Яндекс", 5000), ("Видео", "YouTube", 3000)]
    lines = []
    for row, (kind, name, base) in enumerate(plan, start=2):
        tab.rows(f"A{row}", [[kind, name, base, F(f"=C{row}*1.1"), F(f'=IF(B{row}="Яндекс",C{row}*2,C{row})'), F(f"=SUM(C{row}:E{row})")]])
        third = base * 2 if name == "Яндекс" else base
        lines.append(
            line(name, base + base * 1.1 + third, f"F{row}", periods={"2026-01-01": base, "2026-02-01": base * 1.1, "2026-03-01": third})
        )
    tab.rows("A4", [["Итого", None, *(F(f"=SUM({c}2:{c}3)") for c in "CDEF")]])
    return Case("plan.xlsx", book.xlsx(), "BYN", lines)
