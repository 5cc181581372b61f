"""Parts of one plan beside each other, options in rows, and summaries with their details."""

from __future__ import annotations

from tests.plans.paper import Book, Case, line


def _months(*amounts: int) -> dict[str, int]:
    return {f"2026-0{at}-01": amount for at, amount in enumerate(amounts, 1)}


def countries_over_months() -> Case:
    """Three months and their sum under each country, all countries' sum at the right: a line for each channel and country."""
    book = Book()
    tab = book.tab("Gulf")
    plan = {"YouTube": ((20, 25, 30), (12, 12, 15)), "Snapchat": ((15, 15, 22), (6, 6, 9)), "TikTok": ((8, 0, 16), (5, 5, 5))}
    heads = [["Channel", "Oman", None, None, None, "Qatar", None, None, None, "Grand Total"], [None, *["Jan", "Feb", "Mar", "Total"] * 2]]
    tab.rows("A1", [["Gulf media budget 2026 (USD)"], [], *heads])
    tab.merges += ["B3:E3", "F3:I3"]
    tab.rows("A5", [[c, *one, sum(one), *two, sum(two), sum(one + two)] for c, (one, two) in plan.items()])
    tab.rows("A8", [["Total", 43, 40, 68, 151, 23, 23, 29, 75, 226]])
    lines = [line(f"{c}|Oman", sum(one), f"E{r}", periods=_months(*one)) for r, (c, (one, _)) in enumerate(plan.items(), 5)]
    lines += [line(f"{c}|Qatar", sum(two), f"I{r}", periods=_months(*two)) for r, (c, (_, two)) in enumerate(plan.items(), 5)]
    return Case("plan.xlsx", book.xlsx(), "USD", lines)


def countries_across_channels_down() -> Case:
    """A column for each country and their sum: a line for each cell."""
    book = Book()
    tab = book.tab("Benelux")
    tab.rows("A1", [["Mediaplan 2026, bedragen in €"], [], ["Kanaal", "Nederland", "België", "Totaal"], ["Search", 4000, 1500, 5500]])
    tab.rows("A5", [["Social", 6000, 2500, 8500], ["Totaal", 10000, 4000, 14000]])
    told = [
        ("Search|Nederland", 4000, "B4"),
        ("Social|Nederland", 6000, "B5"),
        ("Search|België", 1500, "C4"),
        ("Social|België", 2500, "C5"),
    ]
    return Case("mediaplan.xlsx", book.xlsx(), "EUR", [line(*one) for one in told])


def packages_in_a_column() -> Case:
    """A column names the package of each line, and a sum closes each: three alternatives."""
    book = Book()
    tab = book.tab("Proposal")
    packages = {"Bronze": (("Meta", 4000), ("Display", 2800)), "Silver": (("Meta", 7200), ("Display", 4200), ("Spotify", 5400))}
    tab.rows("A1", [["Media proposal 2026"], [], ["Package", "Channel", "Cost (USD)"]])
    row = 4
    for name, lines in packages.items():
        tab.rows(f"A{row}", [*[[name, *told] for told in lines], [f"{name} total", None, sum(cost for _, cost in lines)]])
        row += len(lines) + 1
    return Case("proposal.xlsx", book.xlsx(), "USD", versions=[[line(*told) for told in lines] for lines in packages.values()])


def options_under_section_lines() -> Case:
    """Lines between the rows open an option each; they are never added up, whatever media they hold."""
    book = Book()
    tab = book.tab("Angebot")
    tab.rows("A1", [["Mediaplan Herbst 2026"], [], ["Kanal", "Format", "Kosten netto €"], ["Option A"], ["TV", "20 Sek.", 90000]])
    tab.rows(
        "A6", [["Radio", "20 Sek.", 30000], ["Summe", None, 120000], ["Option B"], ["Meta", "Reels", 40000], ["YouTube", "Bumper", 35000]]
    )
    tab.rows("A11", [["Summe", None, 75000]])
    one, two = [line("TV", 90000, "C5"), line("Radio", 30000, "C6")], [line("Meta", 40000, "C9"), line("YouTube", 35000, "C10")]
    return Case("angebot.xlsx", book.xlsx(), "EUR", versions=[one, two])


def tiers_of_markets_in_a_column() -> Case:
    """A column of tiers says how much a market matters: all lines are one plan."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1", [["Campaign", "Tier", "Market", "Budget €"], ["City breaks", "Tier 1", "Germany", 50000], ["Golf", "Tier 2", "UK", 17000]]
    )
    tab.rows("A4", [["City breaks", "Tier 2", "Austria", 12000], ["Sun", "Tier 1", "UK", 20000], ["Total", None, None, 99000]])
    told = [("City breaks|Germany", 50000), ("Golf", 17000), ("City breaks|Austria", 12000), ("Sun", 20000)]
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(*one) for one in told])


def details_of_two_of_three_lines() -> Case:
    """A summary of three media, two of which have a tab of their own: those count there, the third in the summary, in its currency."""
    book = Book()
    book.tab("Summary").rows("A1", [["Medium", "Budget (CZK)"], ["TV", 500], ["Radio", 200], ["OOH", 300], ["Total", 1000]])
    book.tab("TV").rows("A1", [["Channel", "Format", "Net cost"], ["Nova", "30s", 350], ["Prima", "30s", 150], ["Total", None, 500]])
    book.tab("Radio plan").rows("A1", [["Channel", "Spots", "Net cost"], ["Impuls", 40, 120], ["Kiss", 30, 80], ["Total", 70, 200]])
    lines = [line("OOH", 300, "B4"), line("Nova", 350, "C2"), line("Prima", 150), line("Impuls", 120), line("Kiss", 80)]
    return Case("mediaplan.xlsx", book.xlsx(), "CZK", lines, warns=frozenset({"repeats_money"}))


def summary_that_differs_from_its_details() -> Case:
    """One tab states another amount than the summary's line: a person says which counts; the tabs do until then."""
    book = Book()
    book.tab("Summary").rows("A1", [["Medium", "Budget (CZK)"], ["TV", 510], ["Radio", 200], ["Total", 710]])
    book.tab("TV").rows("A1", [["Channel", "Format", "Net cost"], ["Nova", "30s", 350], ["Prima", "30s", 150], ["Total", None, 500]])
    book.tab("Radio").rows("A1", [["Channel", "Spots", "Net cost"], ["Impuls", 40, 120], ["Kiss", 30, 80], ["Total", 70, 200]])
    lines = [line("Nova", 350, "C2"), line("Prima", 150), line("Impuls", 120), line("Kiss", 80)]
    told = {"asks": frozenset({"alternatives"}), "warns": frozenset({"repeats_money"})}
    return Case("mediaplan.xlsx", book.xlsx(), "CZK", lines, **told)
