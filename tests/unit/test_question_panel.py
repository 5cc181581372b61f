"""The panel of open questions takes an amount where only an amount answers."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.model.reading import LineItem
from core.sheets.summary import told_apart


def page() -> None:
    import streamlit as st

    from core.model.reading import Question
    from pages._ui.plan_panels import question_panel

    question = Question("shares_only:Plan:total", "C4", "shares_only", "Share", (), "which amount is 100%?", "Plan")
    answer = question_panel([question], year=2026, may_answer=True, show=lambda tab, cell: None)
    st.text(f"{answer.target} {answer.value}" if answer is not None else "open")


def test_shares_are_answered_with_an_amount_and_never_with_a_year() -> None:
    app = AppTest.from_function(page, default_timeout=30).run()
    assert [button.label for button in app.button] == ["Use this amount", "Show C4"] and app.text[0].value == "open"
    app.number_input[0].set_value(80000.0)
    app.button[0].click().run()
    assert app.text[0].value == "shares_only:Plan:total 80000.0" and not app.exception


def number_page() -> None:
    import streamlit as st

    from core.model.reading import Option, Question
    from pages._ui.plan_panels import question_panel

    options = (Option(1000.0, "1000.0"), Option(1.0, "1.000"))
    question = Question("ambiguous_number:Plan:C2", "C2", "ambiguous_number", "1.000", options, "no other cell decides", "Plan")
    answer = question_panel([question], year=2026, may_answer=True, show=lambda tab, cell: None)
    st.text(f"{answer.value}" if answer is not None else "open")


def test_the_readings_of_an_ambiguous_number_are_offered_as_people_write_them() -> None:
    app = AppTest.from_function(number_page, default_timeout=30).run()
    assert [button.label for button in app.button] == [r"1,000", "1", "Show C2"]
    app.button[0].click().run()
    assert app.text[0].value == "1000.0"


def test_line_items_of_one_name_are_told_apart_by_the_label_in_which_they_differ() -> None:
    items = [LineItem(row, channel="SEO", labels={"Category": "SEO", "Item": text}) for row, text in enumerate(("Buffer", "Bitly"), 2)]
    assert told_apart(items, ["SEO", "SEO"]) == ["SEO · Buffer", "SEO · Bitly"]
    assert told_apart(items[:1], ["SEO"]) == ["SEO"]
    assert told_apart([LineItem(2), LineItem(3)], ["TV", "TV"]) == ["TV", "TV"]


def currency_page() -> None:
    import streamlit as st

    from core.model.reading import Option, Question
    from pages._ui.plan_panels import question_panel

    question = Question("currency:Plan:currency", None, "currency", "currency", (Option("EUR"), Option("USD")), "no `$` says whose", "Plan")
    answer = question_panel([question], year=2026, may_answer=True, show=lambda tab, cell: None)
    st.text(f"{answer.value}" if answer is not None else "open")


def test_any_currency_answers_the_question_about_it_which_is_a_sentence() -> None:
    app = AppTest.from_function(currency_page, default_timeout=30).run()
    said = app.markdown[0].value
    assert "In which currency are the amounts?" in said and "`" not in said and "currency: currency" not in said.casefold()
    app.selectbox[0].set_value("KWD").run()
    assert app.text[0].value == "KWD"
