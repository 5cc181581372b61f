"""Options on tabs of their own beside a tab that compares them, in every form; and summaries of parts that only look like it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.plans.paper import Book, Case, Line, line

_LEAN, _HERO = {"Domain": 67000, "Meta": 18000}, {"Spotify": 48000, "Meta": 116000, "TV": 134000}


def _tabs(book: Book, names: Sequence[str], heads: Sequence[str] = ("Channel", "Weeks", "Budget (AUD)")) -> list[list[Line]]:
    """Write two options on a tab each, under the names given."""
    told = []
    for name, channels in zip(names, (_LEAN, _HERO), strict=True):
        tab = book.tab(name)
        tab.rows("A1", [[f"Bright Homes {name}"], [], list(heads)])
        tab.rows("A4", [*[[c, 4, amount] for c, amount in channels.items()], ["Total", None, sum(channels.values())]])
        told.append([line(c, amount, f"C{row}") for row, (c, amount) in enumerate(channels.items(), 4)])
    return told


def options_across_with_metrics_down() -> Case:
    """A column for each option with its channels, money and reach."""
    book = Book()
    tab = book.tab("Comparison")
    tab.rows(
        "A1", [["Options for discussion"], [], [None, "Option A", "Option B"], ["Channels", 2, 3], ["Investment AUD ex GST", 85000, 298000]]
    )
    tab.rows("A6", [["Est. reach 1+", 0.48, 0.61]])
    versions = _tabs(book, ["Option A", "Option B"])
    return Case("plan.xlsx", book.xlsx(), "AUD", versions=versions, warns=frozenset({"repeats_money"}))


def options_down_with_metrics_across() -> Case:
    """A line for each option."""
    book = Book()
    tab = book.tab("Vergleich")
    tab.rows("A1", [["Variante", "Kanäle", "Reichweite", "Budget AUD"], ["Schlank", 2, 120000, 85000], ["Groß", 3, 430000, 298000]])
    versions = _tabs(book, ["Schlank", "Groß"], ("Kanal", "Wochen", "Budget AUD"))
    return Case("angebot.xlsx", book.xlsx(), "AUD", versions=versions, warns=frozenset({"repeats_money"}))


def options_across_with_channels_down() -> Case:
    """The options' money by channel beside each other, each summed up; a tab tells each option."""
    book = Book()
    tab = book.tab("Сравнение")
    tab.rows("A1", [["Канал", "Вариант 1, AUD", "Вариант 2, AUD"]])
    channels = list(dict.fromkeys([*_LEAN, *_HERO]))
    tab.rows("A2", [*[[c, _LEAN.get(c), _HERO.get(c)] for c in channels], ["Итого", 85000, 298000]])
    versions = _tabs(book, ["Вариант 1", "Вариант 2"], ("Канал", "Недель", "Бюджет, AUD"))
    return Case("media.xlsx", book.xlsx(), "AUD", versions=versions, warns=frozenset({"repeats_money"}))


def options_at_another_price_than_their_tabs() -> Case:
    """The comparison states the options with a fee on top: the tabs are named, and told in other amounts."""
    book = Book()
    tab = book.tab("Escenarios")
    tab.rows(
        "A1", [["Resumen de escenarios"], [], ["Escenario", "Alcance", "Inversión AUD con fee"], ["A", 0.4, 93500], ["B", 0.6, 327800]]
    )
    versions = _tabs(book, ["Escenario A", "Escenario B"], ("Canal", "Semanas", "Inversión AUD"))
    return Case("plan.xlsx", book.xlsx(), "AUD", versions=versions, warns=frozenset({"repeats_money"}))


def budget_levels_compared_last() -> Case:
    """Tabs called by their size, the comparison after them."""
    book = Book()
    versions = _tabs(book, ["85k", "298k"])
    tab = book.tab("Side by side")
    tab.rows("A1", [["Level", "Reach", "CPM", "Budget AUD"], ["85k", 120000, 11, 85000], ["298k", 430000, 10, 298000]])
    return Case("plan.xlsx", book.xlsx(), "AUD", versions=versions)


def parts_in_a_summary_that_compares_years() -> Case:
    """A summary of markets with their sum adds up, whatever its title says about last year."""
    book = Book()
    tab = book.tab("Summary")
    tab.rows("A1", [["Budget overview vs last year"], [], ["Market", "Budget AUD"], ["North", 85000], ["South", 298000], ["Total", 383000]])
    lines = [one for told in _tabs(book, ["North", "South"]) for one in told]
    return Case("plan.xlsx", book.xlsx(), "AUD", lines, warns=frozenset({"other_table"}))


def options_compared_without_tabs_of_their_own() -> Case:
    """Nothing but a line for each option: they are read, and said to be options."""
    book = Book()
    tab = book.tab("Proposal")
    tab.rows(
        "A1", [["Media proposal 2026"], [], ["Option", "Reach", "Impressions", "Budget USD"], ["Option 1 (Social)", 0.4, 900000, 85000]]
    )
    tab.rows("A5", [["Option 2 (TV)", 0.6, 2400000, 298000]])
    lines = [line("Option 1", 85000, "D4"), line("Option 2", 298000, "D5")]
    return Case("proposal.xlsx", book.xlsx(), "USD", lines, warns=frozenset({"options_in_rows"}))
