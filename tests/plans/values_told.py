"""Plans whose amounts, signs and periods only the language, the countries or the months of the sheet explain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.plans.paper import Book, Case, Line, line

_MARCH, _APRIL = "2026-03-01..2026-03-31", "2026-04-01..2026-04-30"


def _case(rows: list[list[Any]], currency: str | None, lines: list[Line], *asks: str, name: str = "Plan") -> Case:
    book = Book()
    book.tab(name).rows("A1", rows)
    return Case("plan.xlsx", book.xlsx(), currency, lines, asks=frozenset(asks))


def se_kronor_in_thousands() -> Case:
    """`tkr` in a Swedish plan is kronor, no other crowns."""
    head = ["Kanal", "Leverantör", "Period", "Netto tkr"]
    rows = [
        ["Mediaplan våren 2026"],
        head,
        ["TV", "TV4", "mars 2026", 350],
        ["Radio", "Bauer", "april 2026", 120.5],
        ["Summa", "", "", 470.5],
    ]
    return _case(rows, "SEK", [line("TV", 350_000, "D3", dates=_MARCH), line("Radio", 120_500, "D4", dates=_APRIL)])


def dk_kroner_of_a_market() -> Case:
    """English heads; only the market says whose `kr` it is."""
    rows = [
        ["Market", "Channel", "Period", "Budget kr"],
        ["Denmark", "TV", "March 2026", 350_000],
        ["Denmark", "Radio", "April 2026", 120_000],
    ]
    return _case(rows, "DKK", [line("TV", 350_000, dates=_MARCH), line("Radio", 120_000, dates=_APRIL)])


def nordic_kroner_of_two_markets() -> Case:
    """Two countries with crowns of their own: nothing decides."""
    rows = [
        ["Market", "Channel", "Period", "Budget kr"],
        ["Sweden", "TV", "March 2026", 350_000],
        ["Norway", "Radio", "April 2026", 120_000],
    ]
    return _case(rows, None, [], "currency")


def in_rupees_in_lakhs() -> Case:
    """Indian grouping and `Rs.` under a title that names no country; one line does."""
    head = ["Medium", "Publication", "Insertions", "Amount (Rs.)"]
    rows = [head, ["Print", "Times of India", 4, "12,50,000"], ["Print", "Lokmat", 6, "4,50,000"], ["Total", "", "", "17,00,000"]]
    return _case(rows, "INR", [line("Times of India", 1_250_000), line("Lokmat", 450_000)])


def es_points_for_thousands() -> Case:
    """Whole amounts with points under Spanish heads are thousands."""
    rows = [["Medio", "Soporte", "Inversión €"], ["Radio", "SER", "12.500"], ["Prensa", "El País", "9.250"]]
    return _case(rows, "EUR", [line("Radio", 12_500), line("Prensa", 9_250)])


def xx_point_beside_a_rate() -> Case:
    """A rate with a decimal point does not make amounts of 1.250 one and a quarter."""
    rows = [["Channel", "Partner", "CPM EUR", "Budget EUR"], ["Video", "YouTube", "8.5", "1.250"], ["Social", "Meta", "4.2", "2.500"]]
    return _case(rows, "EUR", [], "ambiguous_number")


def us_dashes_and_credits() -> Case:
    """Texts as an accounting format shows them: a dash for nothing, a credit in brackets after its sign."""
    rows = [
        ["Channel", "Jan-26", "Feb-26", "Q1 Total"],
        ["Paid Search", "$ 12,000", "$ -", "$ 12,000"],
        ["Affiliate credit", "$ (500)", "$ -", "$ (500)"],
        ["Total", "$ 11,500", "$ -", "$ 11,500"],
    ]
    return _case(rows, "USD", [line("Paid Search", 12_000, periods={"2026-01-01": 12_000}), line("Affiliate credit", -500)])


def de_strokes_for_cents() -> Case:
    """`28.500,-` and `42'000.--` are amounts, not credits."""
    rows = [
        ["Gattung", "Titel", "Periode", "Preis netto CHF"],
        ["Print", "Blick", "Mai & Juni 2026", "18'900.--"],
        ["Radio", "SRF", "1H May 2026", "9'450.-"],
    ]
    return _case(rows, "CHF", [line("Blick", 18_900, dates="2026-05-01..2026-06-30"), line("SRF", 9_450, dates="2026-05-01..2026-05-15")])


def xx_signs_against_the_head() -> Case:
    """The head says euros, the amounts show dollars."""
    rows = [["Channel", "Partner", "Budget (EUR)"], ["Search", "Google", "$12,500.00"], ["Social", "Meta", "$8,000.00"]]
    return _case(rows, None, [], "currency")


def xx_markets_with_their_currencies() -> Case:
    """A column for each market, each in its own currency: which is the budget, nothing says."""
    rows = [["Channel", "Partner", "UK (GBP)", "DE (EUR)"], ["Search", "Google", 10_000, 12_000], ["Social", "Meta", 8_000, 9_000]]
    return _case(rows, "EUR", [], "which_budget")


def de_year_typed_wrong() -> Case:
    """One end lies 36 years after all others."""
    dates = [(date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 3, 1), date(2062, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30))]
    sites = zip(("Spiegel", "Focus", "Stern"), dates, (10_000, 8_000, 6_000), strict=True)
    rows = [["Kanal", "Titel", "Start", "Ende", "Netto EUR"], *(["Online", name, *days, cost] for name, days, cost in sites)]
    case = _case(rows, "EUR", [line("Spiegel", 10_000), line("Focus", 8_000), line("Stern", 6_000)])
    return replace(case, warns=frozenset({"date_far_off"}))


def hu_thousands_of_forint() -> Case:
    """`eFt` is a thousand forints; the year stands only before the first day."""
    head = ["Csatorna", "Médium", "Időszak", "Nettó költség (eFt)"]
    rows = [["Médiaterv 2026. március"], head, ["TV", "RTL", "2026.03.02-03.29.", 12500], ["Online", "Index", "2026.03.09-03.22.", 3400.5]]
    return _case(
        rows, "HUF", [line("RTL", 12_500_000, dates="2026-03-02..2026-03-29"), line("Index", 3_400_500, dates="2026-03-09..2026-03-22")]
    )


def es_base_and_vat() -> Case:
    """`Base imponible` is the money before VAT, beside a total with it."""
    head = ["Medio", "Soporte", "Base imponible", "IVA 21%", "Total IVA incl."]
    rows = [["Plan de medios abril 2026, EUR"], head, ["Radio", "COPE", 10_000, 2_100, 12_100], ["Exterior", "Mupis", 8_500, 1_785, 10_285]]
    lines = [line("COPE", 10_000, "C3", dates=_APRIL), line("Mupis", 8_500, "C4", dates=_APRIL)]
    return replace(_case(rows, "EUR", lines), vat=False)


def xx_units_in_a_column() -> Case:
    """What the amounts count in stands in a column of its own."""
    rows = [["Brand", "Channel", "Budget", "Unit"], ["Alpha", "TV", 250, "k€"], ["Alpha", "Radio", 80, "k€"], ["Beta", "TV", 120.5, "k€"]]
    return _case(rows, "EUR", [line("Alpha|TV", 250_000), line("Alpha|Radio", 80_000), line("Beta|TV", 120_500)])


def de_words_among_the_weeks() -> Case:
    """Weeks with their month before them, points for thousands, and words where an amount should stand."""
    head = ["Kanal", "Partner", "Juni KW 23", "Juni KW 24", "Summe"]
    body = [["Online", "Teads", "5.000", "auf Anfrage", "5.000"], ["Online", "Outbrain", "3.000", "3.000", "6.000"]]
    rows = [["Mediaplan Juni 2026 EUR"], head, *body, ["Summe", "", "8.000", "3.000", "11.000"]]
    weeks = {"2026-06-01": 3_000, "2026-06-08": 3_000}
    lines = [line("Teads", 5_000, "E3", periods={"2026-06-01": 5_000}), line("Outbrain", 6_000, "E4", periods=weeks)]
    return replace(_case(rows, "EUR", lines), warns=frozenset({"amount_is_text"}))


def sa_vat_in_columns() -> Case:
    """Net, VAT and both together stand beside each other: the net is without VAT."""
    head = ["Channel", "Platform", "Net Budget (SAR)", "VAT 15%", "Gross Budget (SAR)"]
    rows = [["Ramadan Media Plan 2026"], head, ["Social", "Snapchat", 250_000, 37_500, 287_500], ["TV", "MBC", 800_000, 120_000, 920_000]]
    return replace(_case(rows, "SAR", [line("Snapchat", 250_000, "C3"), line("MBC", 800_000, "C4")]), vat=False)


def dk_quarters_in_millions() -> Case:
    """`mio. kr.` in a Danish title, and quarters numbered with a point."""
    rows = [
        ["Mediebudget 2026 (mio. kr.)"],
        ["Medie", "1. kvartal", "2. kvartal", "I alt"],
        ["TV", "2,5", "1,75", "4,25"],
        ["Online", "0,8", "0,9", "1,7"],
    ]
    lines = [line("TV", 4_250_000, "D3", periods={"2026-01-01": 2_500_000, "2026-04-01": 1_750_000}), line("Online", 1_700_000, "D4")]
    return _case(rows, "DKK", lines)


def za_rands() -> Case:
    """`R` before an amount is rand."""
    rows = [
        ["Medium", "Station", "Spots", "Rate", "Total"],
        ["Radio", "5FM", 60, "R 2 850,00", "R 171 000,00"],
        ["TV", "SABC", 20, "R 14 500,00", "R 290 000,00"],
    ]
    return _case(rows, "ZAR", [line("5FM", 171_000), line("SABC", 290_000)])


def us_thousands_with_a_sign() -> Case:
    """`($K)` names the currency and the scale."""
    rows = [["Channel", "Tactic", "Budget ($K)"], ["Search", "Brand", "125.5"], ["Social", "Prospecting", "80"]]
    return _case(rows, "USD", [line("Search", 125_500), line("Social", 80_000)])


def mx_pesos_in_words() -> Case:
    """The currency in words, with the scale, in a line of its own."""
    head = ["Medio", "Ene", "Feb", "Total"]
    body = [["TV", "1,250.5", "980", "2,230.5"], ["Digital", "450", "475.25", "925.25"]]
    rows = [["Presupuesto de medios 2026"], ["Cifras en miles de pesos mexicanos"], head, *body]
    return _case(rows, "MXN", [line("TV", 2_230_500, "D4"), line("Digital", 925_250, "D5")])


def es_weeks_with_points() -> Case:
    """Weeks whose short name is an English word as well do not make the sheet English."""
    head = ["Soporte", "Formato", "Sem 40", "Sem 41", "Total (€)"]
    rows = [["Planificación octubre 2026"], head, ["SER", "Cuña", "3.200", "3.200", "6.400"], ["El Mundo", "Banner", "", "4.500", "4.500"]]
    weeks = {"2026-09-28": 3_200, "2026-10-05": 3_200}
    return _case(rows, "EUR", [line("SER", 6_400, "E3", periods=weeks), line("El Mundo", 4_500, "E4", periods={"2026-10-05": 4_500})])


def sg_tax_below() -> Case:
    """Whole amounts with commas under English heads; the tax below them is no line."""
    rows = [
        ["Channel", "Publisher", "Cost S$"],
        ["OOH", "Moove", "85,000"],
        ["Digital", "Google", "40,000"],
        ["Total", "", "125,000"],
        ["GST 9%", "", "11,250"],
    ]
    return replace(_case(rows, "SGD", [line("Moove", 85_000), line("Google", 40_000)]), vat=False)


def ro_vat_to_come() -> Case:
    """`EUR + TVA` says that the tax comes on top."""
    head = ["Canal", "Furnizor", "Perioada", "Buget (EUR + TVA)"]
    rows = [head, ["Radio", "Europa FM", "01.03 - 31.03.2026", "8.500"], ["Online", "Google", "01.04 - 30.04.2026", "12.250"]]
    return replace(_case(rows, "EUR", [line("Radio", 8_500, dates=_MARCH), line("Online", 12_250, dates=_APRIL)]), vat=False)


def uk_bursts_with_their_days() -> Case:
    """Numbered bursts as columns, their days in brackets, and only regions as names."""
    head = ["Region", "Burst 1 (02 Mar - 29 Mar)", "Burst 2 (07 Sep - 04 Oct)", "Total"]
    rows = [["TV laydown 2026 (£000s)"], head, ["London", 450, 380, 830], ["North", 210.5, 190, 400.5], ["Total", 660.5, 570, 1230.5]]
    london = {"2026-03-02": 450_000, "2026-09-07": 380_000}
    return _case(rows, "GBP", [line("London", 830_000, "D3", periods=london), line("North", 400_500, "D4")])
