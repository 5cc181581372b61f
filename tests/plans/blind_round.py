"""What a round of plans made blind showed, and its like in other languages and layouts."""

from __future__ import annotations

from datetime import date

from tests.plans.paper import Book, Case, line

_MONTHS = ["2026-01-01", "2026-02-01", "2026-03-01"]


def copy_deadlines_beside_publication_dates() -> Case:
    """The day by which the copy is due stands beside the day on which the ad appears: the line runs on that one day."""
    book = Book()
    tab = book.tab("Insertions")
    tab.rows("A1", [["Press schedule"], [], ["Publication", "Insertion date", "Size", "Net cost £", "Copy deadline"]])
    tab.rows("A4", [["Yorkshire Post", date(2026, 3, 7), "Half page", 3360, date(2026, 3, 4)]])
    tab.rows("A5", [["Western Mail", date(2026, 4, 4), "25x4", 2047.5, date(2026, 3, 30)]])
    lines = [line("Yorkshire Post", 3360, "D4", dates="2026-03-07"), line("Western Mail", 2047.5, "D5", dates="2026-04-04")]
    return Case("press.xlsx", book.xlsx(), "GBP", lines)


def deadlines_in_front_of_flights() -> Case:
    """The closing day stands first: it dates nothing."""
    book = Book()
    tab = book.tab("Printplan")
    tab.rows("A1", [["Titel", "Anzeigenschluss", "DU-Schluss", "Erstverkaufstag", "Kosten netto €"]])
    tab.rows("A2", [["Stern", date(2026, 2, 2), date(2026, 2, 9), date(2026, 3, 5), 41000]])
    tab.rows("A3", [["Gala", date(2026, 2, 16), date(2026, 2, 20), date(2026, 3, 19), 22000]])
    lines = [line("Stern", 41000, "E2", dates="2026-03-05"), line("Gala", 22000, "E3", dates="2026-03-19")]
    return Case("print.xlsx", book.xlsx(), "EUR", lines)


def due_dates_under_a_head_that_nobody_knows() -> Case:
    """Days before the start of every line are no end of it, whatever stands above them."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Kanal", "Start", "Qwert", "Budżet netto PLN"], ["TVN", date(2026, 5, 11), date(2026, 4, 27), 90000]])
    tab.rows("A3", [["RMF FM", date(2026, 6, 1), date(2026, 5, 18), 40000]])
    return Case("plan.xlsx", book.xlsx(), "PLN", [line("TVN", 90000, "D2"), line("RMF FM", 40000, "D3")])


def a_content_calendar() -> Case:
    """Posts with reach and reactions, no money."""
    book = Book()
    tab = book.tab("Mai")
    tab.rows("A1", [["Redaktionsplan Mai"], ["Datum", "Plattform", "Thema", "Format", "Reichweite", "Gefällt mir", "Geteilt"]])
    posts = [
        ("LinkedIn", "Team", 900, 31),
        ("Instagram", "Rezept", 4200, 320),
        ("TikTok", "Trend", 8100, 510),
        ("Facebook", "News", 700, 12),
    ]
    tab.rows("A3", [[date(2026, 5, d), p, t, "Reel", r, n, n // 9] for d, (p, t, r, n) in enumerate(posts, 4)])
    return Case("redaktion.xlsx", book.xlsx(), None, plan=False)


def a_list_of_posts_with_an_unknown_count() -> Case:
    """A count that no word explains beside reach is no money where nothing in the file says that there is any."""
    book = Book()
    tab = book.tab("Posts")
    tab.rows("A1", [["Datum", "Kanaal", "Onderwerp", "Bereik", "Qwert"]])
    posts = [("Instagram", 4200, 320), ("TikTok", 8100, 510), ("Facebook", 700, 12)]
    tab.rows("A2", [[date(2026, 5, d), p, "Recept", r, n] for d, (p, r, n) in enumerate(posts, 4)])
    return Case("posts.xlsx", book.xlsx(), None, plan=False)


def _by_channel(tab_name: str, title: str, month: str, channels: dict[str, tuple[int, int, int]], below: str, each: int) -> Book:
    """Write months down and channels across, and below the same grid of counts under another title."""
    book = Book()
    tab, sums = book.tab(tab_name), [sum(v[at] for v in channels.values()) for at in range(3)]
    body = [[day, *(v[at] for v in channels.values()), sums[at]] for at, day in enumerate(map(date.fromisoformat, _MONTHS))]
    body.append(["Total", *(sum(v) for v in channels.values()), sum(sums)])
    tab.rows("A1", [[title], [], [month, *channels, "Total"], *body])
    counts = [[row[0], *(int(value) // each for value in row[1:])] for row in body]  # type: ignore[call-overload]
    tab.rows("A10", [[below], [month, *channels, "Total"], *counts])
    return book


_GRID = {"Google Search": (8500, 0, 3750), "LinkedIn": (4750, 3000, 0), "Transit shelters": (6000, 16750, 14250)}


def channels_across_over_a_second_grid_of_leads() -> Case:
    """Each column is a line; the same grid below counts leads."""
    book = _by_channel("2026 paid media", "Paid media budget 2026 (CAD)", "Month", _GRID, "Expected leads", 60)
    lines = [line(c, sum(v), f"{at}7", periods=dict(zip(_MONTHS, v, strict=True))) for at, (c, v) in zip("BCD", _GRID.items(), strict=True)]
    return Case("budget.xlsx", book.xlsx(), "CAD", lines)


def channels_across_over_a_second_grid_of_clicks() -> Case:
    """The same with a French head."""
    book = _by_channel("Budget", "Budget média 2026 (€ HT)", "Mois", _GRID, "Clics attendus", 2)
    lines = [line(c, sum(v), f"{at}7", periods=dict(zip(_MONTHS, v, strict=True))) for at, (c, v) in zip("BCD", _GRID.items(), strict=True)]
    return Case("budget.xlsx", book.xlsx(), "EUR", lines)


def two_brands_with_channels_across() -> Case:
    """The second grid is another brand's money: both count."""
    book = Book()
    tab, lines = book.tab("Plan"), []
    zenith = {"Google Search": (900, 300, 1250), "LinkedIn": (0, 2000, 400), "Transit shelters": (7000, 0, 0)}
    for top, brand, grid in ((1, "Acme", _GRID), (10, "Zenith", zenith)):
        sums = [sum(v[at] for v in grid.values()) for at in range(3)]
        body = [[date.fromisoformat(_MONTHS[at]), *(v[at] for v in grid.values()), sums[at]] for at in range(3)]
        totals = ["Total", *(sum(v) for v in grid.values()), sum(sums)]
        tab.rows(f"A{top}", [[f"{brand} media budget 2026 USD"], ["Month", *grid, "Total"], *body, totals])
        lines += [line(c, sum(v), f"{at}{top + 5}") for at, (c, v) in zip("BCD", grid.items(), strict=True)]
    return Case("plan.xlsx", book.xlsx(), "USD", lines)


def spots_by_weekday() -> Case:
    """Seven columns headed by the letters of the weekdays count spots."""
    book = Book()
    tab = book.tab("Pauta")
    tab.rows(
        "A1", [["PAUTA, pesos mexicanos (MXN)"], [], ["PLAZA", "CANAL", "PROGRAMA", "DURACIÓN", *"LMMJVSD", "SPOTS", "TARIFA", "INVERSIÓN"]]
    )
    tab.rows("A4", [["León", "La Z", "Rotativo", '20"', 4, None, 3, 6, 4, 2, 4, 23, 3400, 78200]])
    tab.rows("A5", [[None, "Exa FM", "Mañanero", '20"', 4, None, 2, 3, 3, 3, 3, 18, 380, 6840]])
    tab.put("L6", "TOTAL")
    tab.put("N6", 85040)
    return Case("pauta.xlsx", book.xlsx(), "MXN", [line("La Z", 78200, "N4"), line("Exa FM", 6840, "N5")])


def spots_by_short_weekdays() -> Case:
    """The same with short names and few heads that say anything."""
    book = Book()
    tab = book.tab("Spotplan")
    heads = ["Sender", "Qwert", "Mo", "Di", "Mi", "Do", "Fr", "Sa", "So", "Spots", "Preis", "Kosten €"]
    tab.rows("A1", [heads, ["FFH", "6-10", 2, 2, 2, 2, 2, 0, 0, 10, 180, 1800], ["planet", "10-14", 1, 1, 1, 1, 1, 1, 1, 7, 90, 630]])
    return Case("spots.xlsx", book.xlsx(), "EUR", [line("FFH", 1800, "L2"), line("planet", 630, "L3")])


def a_form_with_an_example_in_its_first_row() -> Case:
    """Nobody buys the example, though the total adds it up: the form is blank."""
    book = Book()
    tab = book.tab("Vorlage")
    heads = ["Medium", "Format", "Menge", "Preis €", "Kosten netto €"]
    tab.rows("A1", [["Mediaplan (Vorlage)"], [], heads, ["Beispiel: RTL", "20 Sek.", 10, 900, 9000], *[[None] * 4 + [0]] * 3])
    tab.rows("A8", [["Summe", None, None, None, 9000]])
    return Case("vorlage.xlsx", book.xlsx(), "EUR", warns=frozenset({"blank_template"}))


def an_example_left_over_in_a_filled_plan() -> Case:
    """The lines count, the example does not, and that is said."""
    book = Book()
    tab = book.tab("Plan")
    rows = [["Channel", "Format", "Cost USD"], ["Meta (example)", "Reels", 1000], ["Meta", "Reels", 5200], ["TikTok", "TopView", 8100]]
    tab.rows("A1", [*rows, ["Total", None, 13300]])
    return Case("plan.xlsx", book.xlsx(), "USD", [line("Meta", 5200, "C3"), line("TikTok", 8100, "C4")], warns=frozenset({"rows_left_out"}))


def sales_by_channel() -> Case:
    """What a shop earned by channel and month is no plan."""
    book = Book()
    tab = book.tab("Sales report")
    tab.rows("A1", [["Sales by channel 2025"], ["Net revenue in EUR"], [], ["Channel", "Jan", "Feb", "Mar", "YTD revenue", "Orders"]])
    tab.rows("A5", [["Google Ads", 54358, 11005, 49264, 114627, 2120], ["Instagram shop", 12566, 42564, 10638, 65768, 1210]])
    tab.rows("A7", [["Email", 42331, 56162, 18800, 117293, 2300], ["Total revenue", 109255, 109731, 78702, 297688, 5630]])
    return Case("sales.xlsx", book.xlsx(), None, plan=False)


def turnover_by_channel_without_a_word_in_its_heads() -> Case:
    """Only the title says that it was earned."""
    book = Book()
    tab = book.tab("Bericht")
    tab.rows("A1", [["Umsatz nach Kanal (EUR)"], [], ["Kanal", "Jan 2025", "Feb 2025", "Summe"], ["Google", 54358, 11005, 65363]])
    tab.rows("A5", [["Instagram", 12566, 42564, 55130], ["Summe", 66924, 53569, 120493]])
    return Case("bericht.xlsx", book.xlsx(), None, plan=False)


def posters_with_printing_and_mounting() -> Case:
    """Rent for the period, printing and mounting make the total up: nothing is left to explain."""
    book = Book()
    tab = book.tab("Адресная программа")
    heads = ["Город", "Адрес", "Аренда в месяц, руб.", "Кол-во мес.", "Аренда за период, руб.", "Печать", "Монтаж", "ИТОГО, руб."]
    tab.rows(
        "A1",
        [heads, ["Самара", "Южный мост", 26000, 3, 78000, 3500, 2500, 84000], ["Самара", "пл. Славы", 31500, 1, 31500, 3500, 2500, 37500]],
    )
    tab.rows("A4", [["Саратов", "ул. Чехова", 41500, 2, 83000, 700, 600, 84300], ["Итого", None, None, None, 192500, 7700, 5600, 205800]])
    lines = [line("Южный мост", 84000, "H2"), line("пл. Славы", 37500, "H3"), line("ул. Чехова", 84300, "H4")]
    return Case("ooh.xlsx", book.xlsx(), "RUB", lines)
