"""What the built-in model reads out of a sentence."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from agents.builtin import phrasing
from agents.builtin.amounts import find_quantities
from agents.builtin.intents import IntentModel, load_intents
from agents.builtin.periods import find_periods, resolve_period
from agents.builtin.phrases import training_phrases
from agents.builtin.said import Slots, Vocabulary
from agents.builtin.slots import read_slots
from agents.builtin.wording import language_of
from core.model.flight import Period, month_of

VOCABULARY = Vocabulary(("Search", "Meta", "TV", "Radio"), ("DE", "AT"), today=date(2026, 11, 21))


@pytest.fixture(scope="session")
def intents(trained_dir: Path) -> IntentModel:
    return load_intents(trained_dir / "models")


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("180k", 180_000, None),
        ("1,2 Mio Euro", 1_200_000, "EUR"),
        ("EUR 40.000", 40_000, "EUR"),
        ("€40,000.50", Decimal("40000.50"), "EUR"),
        ("1.234,56 €", Decimal("1234.56"), "EUR"),
        ("$5k", 5_000, "USD"),
        ("180 Tsd.", 180_000, None),
        ("1,200k", 1_200_000, None),
        ("fünfundzwanzigtausend", 25_000, None),
        ("two hundred thousand", 200_000, None),
    ],
)
def test_an_amount_is_read_in_either_convention(text: str, value: Decimal, currency: str | None) -> None:
    (found,) = find_quantities(text)
    assert (found.value, found.currency) == (value, currency)


@pytest.mark.parametrize(
    ("text", "first", "last", "year"),
    [
        ("Q1", 1, 3, None),
        ("Jan–Mar", 1, 3, None),
        ("nächsten Monat", 12, 12, 2026),
        ("Nov to Jan 2027", 11, 1, 2026),
        ("2. Halbjahr 2026", 7, 12, 2026),
        ("this quarter", 10, 12, 2026),
    ],
)
def test_a_period_is_read_in_english_and_german(text: str, first: int, last: int, year: int | None) -> None:
    (found,) = find_periods(text, VOCABULARY.today)
    assert (found.first_month, found.last_month, found.year) == (first, last, year)


def test_a_period_without_a_year_is_the_plans_own() -> None:
    (q1,) = find_periods("Q1", VOCABULARY.today)
    known = [month_of(date(2025, 2, 1))]
    assert resolve_period(q1, known=known, today=VOCABULARY.today) == Period(date(2025, 1, 1), date(2025, 3, 31))
    assert resolve_period(q1, known=[], today=VOCABULARY.today).start == date(2027, 1, 1)


def rules(slots: Slots) -> list[str]:
    return [f"{r.kind} {'/'.join(r.target.names)}" + ("" if r.value is None else f" {float(r.value):g}") for r in slots.rules]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("keep Search at 40k and TV at 20k", ["lock Search 40000", "lock TV 20000"]),
        ("TV at least 20k, Radio at most 10k", ["min TV 20000", "max Radio 10000"]),
        ("höchstens 30% auf Facebook", ["max Meta 0.3"]),
        ("don't touch Search", ["lock Search"]),
        ("TV unverändert lassen", ["lock TV"]),
        ("ohne Radio bitte", ["remove Radio"]),
        ("60/40 between Search and TV", ["lock Search 0.6", "lock TV 0.4"]),
        ("give TV 20k more", ["up TV 20000"]),
        ("20k for Search, Meta and TV each", ["lock Search 20000", "lock Meta 20000", "lock TV 20000"]),
    ],
)
def test_a_wish_is_read_with_its_target(text: str, expected: list[str]) -> None:
    assert rules(read_slots(text, VOCABULARY)) == expected


def test_a_whole_request_is_read_at_once() -> None:
    slots = read_slots(
        "I have 180k for Q1, mostly Germany, keep Search at 40k: how should I split it, and what would 20k more bring?", VOCABULARY
    )
    assert slots.totals == (180_000,)
    assert rules(slots) == ["emphasis DE", "lock Search 40000"]
    assert [(d.value, d.sign) for d in slots.deltas] == [(20_000, 1)]
    assert [(p.first_month, p.last_month) for p in slots.periods] == [(1, 3)]


def test_a_move_names_both_sides() -> None:
    (move,) = read_slots("nimm bitte 5.000 € aus Radio und leg sie auf Search", VOCABULARY).moves
    assert move.value == 5_000
    assert move.source is not None and move.source.names == ("Radio",)
    assert move.destination is not None and move.destination.names == ("Search",)


def test_a_channel_that_the_plan_has_not_is_told_as_unknown() -> None:
    (rule,) = read_slots("at least 10k for TikTok", VOCABULARY).rules
    assert rule.target.names == ("TikTok",) and not rule.target.known


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I have 180k for Q1, how should I split it?", "plan_budget"),
        ("Was würden 20k mehr bringen?", "what_if"),
        ("schreib das zurück ins Sheet", "write_back"),
        ("why so much on TV?", "explain"),
        ("wie wird das Wetter morgen?", "out_of_scope"),
        ("and with 20% less?", "adjust_total"),
    ],
)
def test_an_intent_is_told_from_the_wording(intents: IntentModel, text: str, intent: str) -> None:
    assert intents.best(text, VOCABULARY.channels)[0] == intent


def test_a_trained_model_is_read_back_from_the_cache_with_the_same_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = training_phrases()[::5]
    monkeypatch.setattr("agents.builtin.intents.training_phrases", lambda: few)
    monkeypatch.setattr("agents.builtin.intents.BUILT", tmp_path / "no environment's own")
    first = load_intents(tmp_path)
    monkeypatch.setattr("agents.builtin.intents.train_intents", lambda phrases: pytest.fail("trained again"))
    again = load_intents(tmp_path)
    text = "verteile 50k auf alle Kanäle"
    assert len(list(tmp_path.iterdir())) == 1
    assert again.best(text)[0] == first.best(text)[0] == "plan_budget"


def test_the_language_is_told_from_small_words() -> None:
    assert language_of("Wie soll ich 180k aufteilen?", "en") == "de"
    assert language_of("How should I split 180k?", "de") == "en"
    assert language_of("180k", "de") == "de"


def test_every_sentence_that_is_said_is_there_in_every_language() -> None:
    code = "".join(path.read_text("utf-8") for path in Path(phrasing.__file__).parent.glob("*.py"))
    said = set(re.findall(r'(?:\bsay\([^,()]*(?:\([^()]*\))?[^,()]*,|\.ask\()\s*"(\w+)"', code))
    assert len(said) > 60
    assert all(said <= phrasing.keys(language) for language in phrasing.LANGUAGES)


def test_no_sentence_is_there_twice() -> None:
    for language in phrasing.LANGUAGES:
        path = Path(phrasing.__file__).parent / "phrases" / f"say_{language}.txt"
        names = [line.partition(":")[0] for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        assert sorted(names) == sorted(set(names))
