"""What was read from a plan, beside the sheet: the cell in hand, questions, line items, totals, columns, what was left out, what moved."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.model.money import CURRENCIES
from core.model.reading import Correction, PlanTable, Question, Reading
from core.model.workbook import Tab, column_letters, parse_a1
from core.services.readings import Settled
from core.sheets.differences import Difference, Differences, label_of
from core.sheets.display import display_text
from core.sheets.summary import told_apart
from pages._ui import state
from pages._ui.file_list import ROW_HEIGHT, table_height
from pages._ui.formats import count, inert_table, money, money_change, plain
from pages._ui.sheet_marks import SKIP_REASONS, TabMarks, titled, words

Show = Callable[[str | None, str], None]
"""Brings a cell in view: tab (None for the one shown) and address."""

COLUMN_ROLES = (
    "budget", "channel", "publisher", "format", "campaign", "market", "objective", "placement", "audience", "product", "start",
    "end", "period", "period_budget", "quantity", "unit", "unit_price", "cpm", "cpc", "cpa", "impressions", "clicks", "reach",
    "views", "conversions", "fee", "vat", "gross", "list", "discount", "share", "comment", "label", "number",
)  # fmt: skip
_ASKED_AT_ONCE = 1
_BACKTICKS = re.compile("`([^`]*)`")
_ANSWERS = {
    "additive": "parts of one plan, added up", "alternatives": "never added up", "periods": "the periods",
    "dmy": "the day comes before the month", "mdy": "the month comes before the day",
    ",": "the comma is the decimal mark, 1.000 is a thousand", ".": "the point is the decimal mark, 1,000 is a thousand",
}  # fmt: skip
_ASKS = {
    "ambiguous_number": "Which number is {}?",
    "ambiguous_date": "Which day is {}?",
    "currency": "In which currency are the amounts?",
    "missing_year": "In which year is {}?",
    "which_budget": "Which column is the budget?",
    "shares_only": "Which amount is 100% of {}?",
    "fiscal_year": "When does the fiscal year of {} start?",
    "scale": "How do the amounts under {} count?",
    "mixed_frequency": "How are amounts {} added up?",
    "alternatives": "Are {} parts of one plan?",
    "struck_out": "Do {}, which are crossed out, count?",
}
_ASK_WHICH = "Which of {} counts?"
COMMON_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "PLN", "UAH", "RUB", "TRY", "INR", "BRL", "AED", "JPY", "CAD", "AUD")


def cell_panel(tab: Tab, marks: TabMarks, cell: str | None) -> None:
    """Draw the formula bar: what stands in the cell at hand, and what it was read as."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="formula_bar"):
        if cell is None:
            st.caption(":material/touch_app: Click a cell to see what stands in it and what it was read as.")
            return
        address = parse_a1(cell)
        found, mark = tab.cells.get(address), marks.cells.get(address)
        st.badge(cell, color="blue")
        stands = " ".join(((found.formula or display_text(found)) if found is not None else "").replace("`", " ").split())
        st.markdown(f"`{stands}`" if stands else ":gray[empty]")  # on one line: after a blank one the rest would be Markdown
        if found is not None and found.formula is not None:
            st.caption(f"= {plain(display_text(found))}")
        st.space("stretch")
        st.caption(plain(mark.text.replace("\n", " · ")) if mark is not None else "Nothing was read from this cell.")


def question_panel(questions: Sequence[Question], *, year: int, may_answer: bool, show: Show) -> Correction | None:
    """Ask what the sheet leaves open; gives the answer chosen in this run. Of many the first are asked, the others folded away.

    Args:
        year: of today; years around it are offered where the sheet names none.
    """
    answers = [_ask(question, year=year, may_answer=may_answer, show=show) for question in questions[:_ASKED_AT_ONCE]]
    if rest := questions[_ASKED_AT_ONCE:]:
        with st.expander(f"{count(len(rest), 'more question')}", icon=":material/help:"):
            answers += [_ask(question, year=year, may_answer=may_answer, show=show) for question in rest]
    return next((answer for answer in answers if answer is not None), None)


def _ask(question: Question, *, year: int, may_answer: bool, show: Show) -> Correction | None:
    answer: Correction | None = None
    with st.container(border=True, gap="small", key=f"question_{question.key}"):
        st.markdown(f":orange-badge[:material/help: Question] **{sentence_of(question)}** :gray[{plain(_quoted(question.why))}]")
        row = st.container(horizontal=True, vertical_alignment="center")
        for number, (value, label) in enumerate(_choices(question, year)):
            if row.button(plain(label), key=f"answer_{question.key}_{number}", disabled=not may_answer):
                answer = Correction("answer", question.key, value, tab=question.tab)
        if question.kind == "currency" and (code := _other_currency(question, row, may_answer=may_answer)):
            answer = Correction("answer", question.key, code, tab=question.tab)
        if question.kind == "shares_only" and (amount := _amount(question, row, may_answer=may_answer)):
            answer = Correction("answer", question.key, amount, tab=question.tab)
        if question.cell is not None:
            icon = ":material/my_location:"
            place = (question.tab, question.cell)
            row.button(f"Show {question.cell}", key=f"show_{question.key}", type="tertiary", icon=icon, on_click=show, args=place)
    return answer


def sentence_of(question: Question) -> str:
    """Give a question as a sentence for Markdown."""
    offered = {option.value for option in question.options}
    sentence = _ASKS.get(question.kind, f"{titled(question.kind)}: {{}}")
    if question.kind == "alternatives" and not offered & {"additive", "alternatives"}:
        sentence = _ASK_WHICH
    return sentence.format(plain(f"“{question.text}”" if question.kind != "alternatives" else question.text))


def _quoted(text: str) -> str:
    """Give a text with quotes for what stands in backticks, which Markdown would not show."""
    return _BACKTICKS.sub(r"“\1”", text)


def _choices(question: Question, year: int) -> list[tuple[object, str]]:
    """Give values and labels: what the reader offers, or years where it asks for one."""
    if question.kind == "ambiguous_number":
        return [(option.value, f"{option.value:,.10g}") for option in question.options if isinstance(option.value, int | float)]
    if question.options:
        return [(option.value, option.label or str(option.value)) for option in question.options]
    return [(offered, str(offered)) for offered in range(year - 2, year + 3)] if question.kind != "shares_only" else []


def _other_currency(question: Question, row: DeltaGenerator, *, may_answer: bool) -> str | None:
    """Offer every currency beside those that are likely; gives the one chosen in this run."""
    offered = {option.value for option in question.options}
    others = [code for code in sorted(CURRENCIES) if code not in offered]
    key = f"other_{question.key}"
    return row.selectbox(
        "Other currency", others, index=None, key=key, placeholder="Other currency", label_visibility="collapsed", width=170,
        disabled=not may_answer,
    )  # fmt: skip


def _amount(question: Question, row: DeltaGenerator, *, may_answer: bool) -> float | None:
    """Ask for the amount that shares are of; gives it in the run in which it is sent."""
    label = "Amount that is 100%"
    key = f"amount_{question.key}"
    amount = row.number_input(label, 0.0, value=None, key=key, label_visibility="collapsed", placeholder=label, disabled=not may_answer)
    sent = row.button("Use this amount", key=f"send_{question.key}", disabled=not may_answer)
    return amount if sent and amount else None


def _chosen(frame: pd.DataFrame, cells: Sequence[str | None], *, key: str, show: Callable[[str], None], **columns: Any) -> None:
    """Draw a table whose rows lead to cells: choosing one shows it."""

    def pick() -> None:
        event: Any = state.Key[Any](key, None).get()
        rows = event["selection"]["rows"] if event else ()
        cell = cells[rows[0]] if rows and rows[0] < len(cells) else None
        if cell is not None:
            show(cell)

    st.dataframe(
        inert_table(frame),
        hide_index=True,
        key=key,
        on_select=pick,
        selection_mode="single-row",
        column_config=columns,
        row_height=ROW_HEIGHT,
        height=table_height(len(frame), most=12),
    )


def items_panel(table: PlanTable, *, key: str, show: Callable[[str], None]) -> None:
    """List the line items; a chosen one leads to its budget cell."""
    names = told_apart(table.line_items, [label_of(item) for item in table.line_items])
    frame = pd.DataFrame(
        [
            {
                "Line item": name,
                "Budget": money(item.budget_minor, table.currency),
                "From": item.start.isoformat() if item.start is not None else "",
                "To": item.end.isoformat() if item.end is not None else "",
                "Cell": item.budget_cell or "",
                "Sure": round(100 * item.confidence) if item.budget_minor is not None else None,
            }
            for item, name in zip(table.line_items, names, strict=True)
        ]
    )
    _chosen(
        frame,
        [item.budget_cell for item in table.line_items],
        key=key,
        show=show,
        Budget=st.column_config.TextColumn(alignment="right"),
        Sure=st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d%%", width=80),
    )


def totals_panel(table: PlanTable, *, key: str, show: Callable[[str], None]) -> None:
    """List the stated totals beside what the rows add up to."""
    if not table.totals:
        st.caption("The sheet states no total for this table.")
        return
    frame = pd.DataFrame(
        [
            {
                "": "✓" if check.matches else "" if check.computed_minor is None else "≠",
                "Total": words(check.kind),
                "Sheet says": money(check.stated_minor, table.currency),
                "Rows add up to": money(check.computed_minor, table.currency),
                "Difference": "" if check.matches or check.stated_minor is None or check.computed_minor is None
                else money(check.stated_minor - check.computed_minor, table.currency),
                "Cell": check.cell,
            }
            for check in table.totals
        ]
    )  # fmt: skip
    right = st.column_config.TextColumn(alignment="right")
    _chosen(
        frame,
        [check.cell for check in table.totals],
        key=key,
        show=show,
        **{"Sheet says": right, "Rows add up to": right, "Difference": right},
    )


def skipped_panel(table: PlanTable, *, key: str, show: Callable[[str], None]) -> None:
    """List the rows that are no line items, and why."""
    if not table.skipped:
        st.caption("Every row of this table is a line item.")
        return
    column = table.range.rstrip("0123456789:").partition(":")[0].rstrip("0123456789") or "A"
    frame = pd.DataFrame(
        [{"Row": row.row, "Why": SKIP_REASONS.get(row.reason, words(row.reason)), "Text": row.text} for row in table.skipped]
    )
    _chosen(frame, [f"{column}{row.row}" for row in table.skipped], key=key, show=show)


def columns_panel(table: PlanTable, tables: Sequence[PlanTable], *, key: str, may_correct: bool) -> Correction | None:
    """Offer one choice a column, the header row and the currency, and to leave out one table of many; gives what was changed in this run.

    What is read now is part of each key: a box starts anew when the reading changes under it.
    """
    changed: Correction | None = None
    begins = table.range.partition(":")[0]
    is_alone = all(other is table or other.tab != table.tab for other in tables)  # else what is chosen counts for this one of the tab
    left, right = st.columns(2)
    currencies = list(dict.fromkeys([*([table.currency] if table.currency else []), *COMMON_CURRENCIES, *sorted(CURRENCIES)]))
    currency = left.selectbox(
        "Currency",
        currencies,
        index=0 if table.currency else None,
        key=f"{key}_currency_{table.currency}",
        disabled=not may_correct,
        placeholder="not said",
    )
    if currency is not None and currency != table.currency:
        changed = Correction("currency", table.range if is_alone else begins, currency, tab=table.tab)
    last = table.header_rows[-1] if table.header_rows else 1
    rows = list(range(max(1, last - 8), last + 9))
    header = right.selectbox("Last header row", rows, index=rows.index(last), key=f"{key}_header_{last}", disabled=not may_correct)
    if header != last:
        changed = Correction("header_row", str(header), header, tab=table.tab)
    for number, column in enumerate(table.columns):
        if number % 2 == 0:
            pair = st.columns(2)  # pair by pair, so that Tab goes from column to column as the sheet does
        options = [column.role, *(role for role in COLUMN_ROLES if words(role) != words(column.role))]  # the browser tells them by words
        role = pair[number % 2].selectbox(
            f"{column.column} · {column.header[:40] or 'no header'}",
            options,
            format_func=words,
            key=f"{key}_role_{column.column}_{column.role}",
            disabled=not may_correct,
            help=f"{round(100 * column.confidence)}% sure",
        )
        if role != column.role:
            changed = Correction("column_role", column.column + ("" if is_alone else f"@{begins}"), role, tab=table.tab)
    if len(tables) > 1:
        label = f"Leave {table.tab} {table.range} out of the plan"
        if st.button(plain(label), key=f"{key}_leave", icon=":material/block:", type="tertiary", disabled=not may_correct):
            changed = Correction("ignore_table", begins, True, tab=table.tab)
    return changed


def settled_panel(settled: Sequence[Settled], *, may_correct: bool) -> Correction | None:
    """List what people settled about this reading, each to be forgotten on its own; gives what is to be forgotten."""
    if not settled:
        return None
    forgotten: Correction | None = None
    st.markdown("**Settled by people**")
    for number, one in enumerate(settled):
        with st.container(horizontal=True, vertical_alignment="center"):
            origin = f" :gray[for {plain(one.made_for)}, which has the same layout]" if one.made_for is not None else ""
            st.markdown(f":material/check: {plain(correction_words(one.correction))}{origin}", width="content")
            key = f"forget_{number}_{one.correction.kind}_{one.correction.target}"
            if st.button("Forget", key=key, icon=":material/undo:", type="tertiary", disabled=not may_correct):
                forgotten = one.correction
    return forgotten


def correction_words(correction: Correction) -> str:
    """Say a correction as the person who made it would."""
    on = f" of {correction.tab}" if correction.tab else ""
    match correction.kind:
        case "column_role":
            column, _, begins = correction.target.partition("@")
            return f"Column {column}{on}{f' (the table from {begins})' if begins else ''}: {words(str(correction.value))}"
        case "header_row":
            return f"The header{on} ends in row {correction.target}"
        case "alternative":
            return f"Of the alternatives, {str(correction.value).replace('!', ' ')} counts"
        case "ignore_table":
            where = f"under row {correction.target}" if correction.target.isdecimal() else f"that begins in {correction.target}"
            return f"The table {where}{on} is left out"
        case "line_item_row":
            return f"Row {correction.target}{on} is {'a' if correction.value else 'no'} line item"
        case "answer":
            return _answered_words(correction, on)
    return f"{titled(correction.kind)}{on}: {correction.value}"


def _answered_words(correction: Correction, on: str) -> str:
    """Say an answer to a question, with the column that it is about."""
    kind, column = correction.target.partition(":")[0], re.search(r":column:(\d+)$", correction.target)
    place = f" in column {column_letters(int(column[1]))}" if column is not None else ""
    value = f"column {correction.value}" if kind == "which_budget" and len(str(correction.value)) < 4 else str(correction.value)
    return f"{titled(kind)}{place}{on}: {_ANSWERS.get(str(correction.value), value)}"


def alternatives_panel(tables: Sequence[PlanTable], tabs: Sequence[str], *, may_correct: bool) -> Correction | None:
    """Show which of the alternatives counts and offer the others in the order of the `tabs`; gives the choice made in this run."""
    groups: dict[str, list[PlanTable]] = {}
    for table in tables:
        if table.alternative_group is not None:
            groups.setdefault(table.alternative_group, []).append(table)
    changed: Correction | None = None
    for group, members in groups.items():
        places = {f"{table.tab}!{table.range}": table for table in members}
        if len(places) < len(members):
            continue  # versions in columns of one table: a question asks for the one that counts
        alone = len({table.tab for table in members}) == len(members)
        labels = {
            place: plain(f"{table.tab if alone else f'{table.tab} {table.range}'} · {money(table.total_minor, table.currency)}")
            for place, table in places.items()
        }
        first = next(iter(places))
        chosen = st.segmented_control(
            "Alternatives: one of them counts in the budget",
            sorted(places, key=lambda place: (tabs.index(place.rpartition("!")[0]), place)),
            default=first,
            required=True,
            format_func=labels.__getitem__,
            key=f"alternative_{group}_{first}",
            disabled=not may_correct,
        )
        if chosen != first:
            changed = Correction("alternative", group, chosen)
    return changed


def warnings_panel(reading: Reading) -> None:
    """List what a planner should look at."""
    for warning in reading.warnings:
        place = f"{warning.tab}!{warning.cell}" if warning.tab and warning.cell else warning.cell or warning.tab or ""
        st.markdown(f":material/warning: {plain(warning.message)} :gray[{plain(place)}]")


def differences_panel(differences: Differences) -> None:
    """Tell what moved, in money."""
    left, right, third = st.columns(3)
    left.metric("Was", money(differences.was_total_minor, differences.was_currency), border=True)
    right.metric("Is", money(differences.now_total_minor, differences.now_currency), border=True)
    if None not in (differences.was_total_minor, differences.now_total_minor) and differences.was_currency == differences.now_currency:
        delta = (differences.now_total_minor or 0) - (differences.was_total_minor or 0)
        third.metric("Moved", money_change(delta, differences.now_currency), border=True)
    if not differences.moved:
        st.caption("No line item, budget or date moved.")
        return
    frame = pd.DataFrame([_difference(moved) for moved in differences.moved])
    aligned = {name: st.column_config.TextColumn(alignment="right") for name in ("Was", "Is", "Moved")}
    height = table_height(len(frame), most=12)
    st.dataframe(inert_table(frame), hide_index=True, row_height=ROW_HEIGHT, height=height, column_config=aligned)


def _difference(moved: Difference) -> dict[str, str]:
    is_money = moved.was_minor is not None or moved.now_minor is not None
    was = money(moved.was_minor, moved.currency) if is_money else moved.was or ""
    now = money(moved.now_minor, moved.currency) if is_money else moved.now or ""
    delta = money_change((moved.now_minor or 0) - (moved.was_minor or 0), moved.currency) if is_money else ""
    return {
        "What": moved.kind,
        "Line item": moved.line_item,
        "Field": moved.field,
        "Was": was,
        "Is": now,
        "Moved": delta,
        "Where": f"{moved.tab}!{moved.cell}" if moved.cell else moved.tab,
    }
