"""Plans whose dates leave open, or tell, which of day and month stands first, with their truth."""

from __future__ import annotations

from tests.plans.paper import Book, Case, line


def us_ambiguous_dates() -> Case:
    """All days and months at most 12 and no hint of the country: the order must be asked."""
    book = Book()
    tab = book.tab("plan")
    tab.rows("A1", [["Campaign", "Channel", "Start", "End", "Budget EUR"]])
    tab.rows("A2", [["Launch", "Meta", "03/04/2026", "05/06/2026", "1500"], ["Retarget", "Google", "04/05/2026", "07/08/2026", "2500"]])
    return Case("plan.csv", book.csv(), "EUR", [line("Launch", 1500), line("Retarget", 2500)], asks=frozenset({"ambiguous_date"}))


def us_open_flights() -> Case:
    """Ranges and a title whose days are all at most 12: the order must be asked there too."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Flight: 3/4/2026 - 5/6/2026"],
            [],
            ["Channel", "Flight dates", "Budget ($)"],
            ["Search", "4/1 - 6/1", 1500],
            ["Meta", None, 2500],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "USD", [line("Search", 1500), line("Meta", 2500)], asks=frozenset({"ambiguous_date"}))


def us_flights_without_year() -> Case:
    """Month before day without a year, settled by the days above 12."""
    book = Book()
    tab = book.tab("Plan 2026")
    tab.rows(
        "A1",
        [["Channel", "Flight dates", "Budget ($)"], ["Search", "4/1 - 4/30", 1500], ["Meta", "4/15-5/31", 2500], ["Total", None, 4000]],
    )
    lines = [line("Search", 1500, "C2", dates="2026-04-01..2026-04-30"), line("Meta", 2500, "C3", dates="2026-04-15..2026-05-31")]
    return Case("plan 2026.xlsx", book.xlsx(), "USD", lines)


def us_title_month_first() -> Case:
    """A range in the title whose last day tells that months stand first."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Flight: 9/1/2026 - 10/31/2026"], [], ["Channel", "Budget"], ["Search", 1500], ["Meta", 2500], ["Total", 4000]])
    tab.style("B4:B6", "$#,##0")
    return Case("plan.xlsx", book.xlsx(), "USD", [line("Search", 1500, "B4", dates="2026-09-01..2026-10-31"), line("Meta", 2500, "B5")])


def fr_dates_of_the_language() -> Case:
    """Days of at most 12 under French heads: no French sheet writes the month first. The period stands below the table."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1", [["Levier", "Début", "Fin", "Montant HT €"], ["Affichage", "03/04/2026", "05/06/2026", 1500], ["Presse", None, None, 2500]]
    )
    tab.put("A5", "Période : 01/04/2026 - 12/06/2026")
    lines = [line("Affichage", 1500, dates="2026-04-03..2026-06-05"), line("Presse", 2500, dates="2026-04-01..2026-06-12")]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def us_waves_under_their_names() -> Case:
    """Days of a wave on the second line of its head."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [["Channel", "Wave 1\n3/1-3/31/26", "Wave 2\n6/1-6/30/26", "Total"], ["Meta", 20000, 25000, 45000], ["Snap", 10000, 10000, 20000]],
    )
    tab.rows("A4", [["Total", 30000, 35000, 65000]])
    tab.style("B2:D4", "$#,##0")
    waves = {"2026-03-01": 20000, "2026-06-01": 25000}
    return Case("waves.xlsx", book.xlsx(), "USD", [line("Meta", 45000, "D2", periods=waves), line("Snap", 20000, "D3")])
