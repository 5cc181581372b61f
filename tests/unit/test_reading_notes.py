"""What notes under a table say of all its amounts, and heads that name the rate of a VAT."""

from __future__ import annotations

import pytest

from tests.unit.sheets import Rows, codes, kinds, read, table

_ = None
_PLAN: Rows = [["Kanal", "Partner", "Cost EUR"], ["TV", "RTL", 10], ["Suche", "Google", 20], ["Total", _, 30]]


@pytest.mark.parametrize(
    "note",
    [
        *("* alle Beträge in Tausend Euro", "Montants en milliers d'euros", "Note: all media costs are shown in thousand EUR"),
        *("Alle Preise in Tsd. €", "Суммы указаны в тысячах рублей", "Усі суми у тисячах гривень", "Importi in migliaia di euro"),
        *("Wszystkie kwoty w tysiącach złotych", "Tutarlar bin TL olarak verilmiştir", "Belopp i tusental kronor", "Angaben in 1.000 €"),
    ],
)
def test_a_note_that_all_amounts_are_thousands_counts_above_and_below(note: str) -> None:
    for rows in ([*_PLAN, [_], [note]], [[note], *_PLAN]):
        assert [t.scale for t in read(rows).tables] == [1000] and "scale" not in kinds(read(rows))


@pytest.mark.parametrize("note", ["Production costs in k€ available on request", "Beträge laut Angebot in Tausend Euro"])
def test_a_note_about_amounts_in_thousands_that_is_understood_in_part_is_asked(note: str) -> None:
    rows: Rows = [*_PLAN, [_], [note]]
    assert kinds(read(rows)) == {"scale"} and read(rows).tables[0].scale == 1
    answered = read(rows, answers={"scale:Plan:note": 1000})
    assert answered.tables[0].scale == 1000 and not kinds(answered)


@pytest.mark.parametrize("note", ["Reichweite in Tausend", "Cost per thousand impressions", "Mindestbuchung 5 Tsd. EUR", "K for Kids"])
def test_a_note_about_people_or_one_amount_is_no_scale(note: str) -> None:
    found = read([*_PLAN, [_], [note]])
    assert found.tables[0].scale == 1 and not kinds(found)


_WITH = [
    *(
        "All prices incl. 19% VAT",
        "* Preise inkl. MwSt.",
        "Preise inkl. der gesetzlichen MwSt.",
        "Prix TVA 20% incluse",
        "Los precios incluyen IVA",
    ),
    *("I prezzi includono l'IVA", "Prijzen zijn inclusief 21% btw", "Ceny zawierają VAT 23%", "Цены указаны с НДС", "Ціни вказані з ПДВ"),
    *("Fiyatlara KDV dahildir", "Priser inkl. 25% moms", "VAT included in all prices"),
]
_WITHOUT = [
    *("All prices exclude VAT", "Alle Preise zzgl. gesetzl. MwSt.", "Prices do not include VAT", "Les prix s'entendent hors TVA"),
    *("Los precios no incluyen IVA", "I prezzi non includono l'IVA", "Os preços não incluem IVA", "Prijzen zijn exclusief btw"),
    *("Ceny nie zawierają VAT", "Цены не включают НДС", "Fiyatlara KDV dahil değildir", "Priserna är exklusive moms", "VAT not included"),
]


@pytest.mark.parametrize(("note", "included"), [*((note, True) for note in _WITH), *((note, False) for note in _WITHOUT)])
def test_a_note_about_vat_counts_above_and_below(note: str, included: bool) -> None:
    for rows in ([*_PLAN, [_], [note]], [[note], *_PLAN]):
        found = table(rows)
        assert (found.vat_included, found.basis) == (included, "gross" if included else "net")


@pytest.mark.parametrize("note", ["Production cost 500 EUR plus VAT", "Hotel costs incl. VAT", "Agency fee excl. VAT"])
def test_a_note_about_the_vat_of_something_else_is_said_and_not_taken(note: str) -> None:
    found = read([*_PLAN, [_], [note]])
    assert found.tables[0].vat_included is None and "vat_unclear" in codes(found)


@pytest.mark.parametrize(
    "head",
    [
        "Cost EUR (incl. 20% VAT)",
        "Cost incl. 20% VAT EUR",
        "Kosten EUR inkl. 19% MwSt.",
        "Coût EUR (avec 20 % TVA)",
        "Coste con 21% IVA EUR",
    ],
)
def test_a_head_that_names_the_rate_of_its_vat_is_with_it(head: str) -> None:
    found = table([["Kanal", "Partner", head], ["TV", "RTL", 119], ["Suche", "Google", 238]])
    assert (found.vat_included, found.basis, found.total_minor) == (True, "gross", 35_700)


@pytest.mark.parametrize(("rows", "stated"), [((1000, 2500), 3500.01), ((1000.1, 2500.2), 3500.29), ((33.33, 33.33, 33.33), 100)])
def test_a_total_a_cent_off_its_rows_is_a_mismatch_with_both_numbers(rows: tuple[float, ...], stated: float) -> None:
    found = read([_PLAN[0], *[["TV", f"RTL {at}", amount] for at, amount in enumerate(rows)], ["Total", _, stated]])
    (check,) = found.tables[0].totals
    assert (check.computed_minor, check.stated_minor, check.matches) == (round(100 * sum(rows)), round(100 * stated), False)
    assert "total_mismatch" in codes(found)


def test_rows_with_more_decimals_than_cents_add_up_to_their_total_and_what_rounding_loses_is_said() -> None:
    found = read([_PLAN[0], *[["TV", f"RTL {at}", 100 / 3] for at in range(3)], ["Total", _, 100]])
    assert [(check.computed_minor, check.matches) for check in found.tables[0].totals] == [(10_000, True)]
    assert codes(found) == {"total_rounding"} and found.tables[0].total_minor == 9_999
    noise = read([_PLAN[0], ["TV", "RTL", 7222.219999999999], ["TV", "Vox", 0.1 + 0.2], ["Total", _, 7222.519999999999]])
    assert noise.tables[0].totals[0].matches and not codes(noise)
