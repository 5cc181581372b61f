"""The planner's optimiser: what to optimise for, the job's progress, and the answer with what changed and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access import Permission
from core.model.money import ExchangeRate, minor_exponent, to_major, to_minor
from core.planning.fees import ClientTotal, Fees, working_media
from core.planning.optimising import Goal, Wanted
from core.services import scenarios
from core.services.draft_views import DraftView
from core.services.scenarios import OptimiseRequest, ScenarioView
from pages._ui import formats, nav, state
from pages._ui.answer_view import KPI_WORDS, draw_answer
from pages._ui.boundary import boundary
from pages._ui.budget_state import Budget, Editing, from_distribution
from pages._ui.components import say_after_rerun
from pages._ui.formats import plain
from pages._ui.guard import Page
from pages._ui.jobs import ENDED, job_progress

_GOALS: dict[Goal, str] = {
    "budget": "Most results for a budget",
    "cpa": "Most results within a cost per result",
    "roas": "Most results within a ROAS",
    "marginal_cpa": "Spend while one more result costs at most",
    "marginal_roas": "Spend while the next euro returns at least",
}
_RISKS: dict[float | None, str] = {None: "Expected outcome", 0.25: "Careful: three in four", 0.1: "Very careful: nine in ten"}


def draw_optimise(page: Page, draft: DraftView, editing: Editing, *, curves_in: tuple[str, ...]) -> None:
    """Draw the menu that starts an optimisation of the table as it stands; locks, minimums and maximums hold.

    `curves_in` are the currencies that there are fitted curves in.
    """
    started_before = state.PLANNING.of(draft.draft_id).get()  # a menu of another key is drawn closed
    with st.popover("Optimise", icon=":material/auto_graph:", key=f"optimise-menu-{started_before}"):
        goal: Goal = st.selectbox("Goal", list(_GOALS), format_func=lambda one: _GOALS[one], key="goal")
        revenue = st.segmented_control(
            "Results",
            ["conversions", "value"],
            default="conversions",
            format_func=lambda one: KPI_WORDS[one],
            key="plan-kpi",
            required=True,
        )
        value: int | float = 0
        pays: ClientTotal | None = None
        with boundary():
            value, pays = _draw_value(goal, editing)
        rate = _draw_rate(page, curves_in, editing.template.currency)
        limits = _draw_limits(page, goal, editing)
        if st.button("Optimise", type="primary", icon=":material/auto_graph:", key="optimise", width="stretch"):
            wanted = replace(
                limits,
                goal=goal,
                kpi="value" if revenue == "value" or goal.endswith("roas") else "conversions",
                budget_minor=value if goal == "budget" and isinstance(value, int) else None,
                value=None if goal == "budget" else float(value),
                rate=rate,
                client_total=pays,
            )
            with boundary():
                started = scenarios.start_optimisation(page.ctx, page.rt, OptimiseRequest(draft.draft_id, editing.distribution(), wanted))
                state.PLANNING.of(draft.draft_id).set(str(started.scenario_id))
                st.rerun()


def _draw_limits(page: Page, goal: Goal, editing: Editing) -> Wanted:
    """Ask for what to hold besides the table's own locks and bounds; how many amounts may be above zero is kept with the table."""
    amounts = editing.budget.amounts
    each = "a line item" if amounts.shape[1] == 1 else "a line item in a period"
    left, right = st.columns(2)
    hold = left.checkbox("Hold period totals", key="hold-periods", disabled=goal != "budget")
    freeze = right.checkbox(
        "Freeze what is over", value=True, key="freeze", help="What was delivered takes the place of what was planned; the rest is divided."
    )
    moves = st.checkbox("Limit changes", key="limit-changes")
    share = st.slider("Each amount moves at most", 5, 100, 30, 5, format="±%d%%", key="change-share") if moves else 100
    more = st.expander("Rounding, risk, most amounts", icon=":material/tune:")
    left, right = more.columns(2)
    step = left.selectbox("Round to", [0, 1, 10, 100, 1000], format_func=lambda one: f"{one:,}" if one else "Cents", key="plan-step")
    risk = right.selectbox("Plan for", list(_RISKS), format_func=lambda one: _RISKS[one], key="risk")
    smallest = _draw_smallest(more, editing.template.currency)
    most = more.number_input(
        f"Most amounts above zero (an amount is {each})",
        min_value=1,
        value=editing.budget.max_live_amounts,
        key=f"max-live-{editing.version}",
        placeholder=f"any number ({int((amounts > 0).sum())} of {amounts.size} now)",
        help="Saved with the version. Empty is any number.",
    )
    limit = None if most is None else int(most)
    if limit != editing.budget.max_live_amounts:
        editing.change(replace(editing.budget, max_live_amounts=limit), redraw=False)
    return Wanted(
        hold_periods=hold,
        max_change_ratio=share / 100 if moves else None,
        step_minor=max(1, step * 10 ** minor_exponent(editing.template.currency)),
        smallest_minor=smallest,
        risk_quantile=risk,
        frozen_through=page.rt.clock.now().date() - timedelta(days=1) if freeze else None,
    )


def _draw_smallest(more: DeltaGenerator, currency: str | None) -> int | None:
    """Ask from which amount on is planned, in minor units; None leaves it to the planner."""
    found = more.number_input(
        "Nothing, or at least",
        min_value=0,
        value=None,
        key="smallest",
        placeholder="chosen: about a hundredth of an average amount",
        help="An amount below this is not planned. 0 is any amount; `0 or from` in the table sets it for a line item.",
    )
    return None if found is None else int(found) * 10 ** minor_exponent(currency)


def _draw_rate(page: Page, known: tuple[str, ...], currency: str | None) -> ExchangeRate | None:
    """Ask for an exchange rate where curves are fitted in other currencies only; None where it is not needed or not complete."""
    if currency is None or not known or currency in known:
        return None
    st.info(f"Curves are fitted in {', '.join(known)} only; the plan is in {currency}. Give the rate they are converted at.")
    base, value = st.columns(2)
    chosen = base.selectbox("Curves in", known, key="rate-base")
    rate = value.number_input(f"One {chosen} in {currency}", min_value=0.0, value=None, format="%.6f", key="rate-value")
    on, source = st.columns(2)
    day = on.date_input("Rate of", value=page.rt.clock.now().date(), key="rate-on")
    where = source.text_input("From", key="rate-source", placeholder="e.g. ECB reference rate")
    if rate is None or rate <= 0 or not where.strip() or not isinstance(day, date):
        return None
    return ExchangeRate(chosen, float(rate), day, where.strip()[:120])


def _draw_value(goal: Goal, editing: Editing) -> tuple[int | float, ClientTotal | None]:
    """Give the budget in minor units, a CPA in minor units or a ROAS, and what the client pays where the budget is a part of it."""
    currency = editing.template.currency
    if goal.endswith("roas"):
        return float(st.number_input("ROAS", min_value=0.01, value=3.0, step=0.1, key="roas")), None
    if goal.endswith("cpa"):
        return float(
            to_minor(float(st.number_input(f"Cost per result, {currency}", min_value=0.01, value=30.0, key="cpa")), currency)
        ), None
    fixed = editing.budget.fixed_total_minor
    total = float(to_major(editing.budget.total_minor if fixed is None else fixed, currency))
    typed = st.number_input(f"Budget, {currency}", min_value=0.0, value=total, key=f"budget-{editing.grid}", disabled=fixed is not None)
    budget = to_minor(float(typed), currency)
    if fixed is not None or not st.checkbox("This is what the client pays in all", key="client-total"):
        return budget, None
    pays = _draw_fees(budget, currency)
    return pays.media_minor, pays


def _draw_fees(total_minor: int, currency: str | None) -> ClientTotal:
    """Ask for what comes on top of working media and give the parts of what the client pays."""
    columns = st.columns(4)
    commission, fee, vat = (
        float(column.number_input(f"{label} %", 0.0, 99.0, 0.0, 0.5, key=f"fees-{label}"))
        for column, label in zip(columns, ("Commission", "Fee", "VAT"), strict=False)
    )
    fixed = to_minor(float(columns[3].number_input("Fixed fee", min_value=0.0, value=0.0, key="fees-fixed")), currency)
    fees = Fees(round(commission / 100, 6), round(fee / 100, 6), fixed, round(vat / 100, 6))
    parts = working_media(total_minor, fees)
    shown = [formats.money(minor, currency) for minor in (parts.media_minor, parts.total_minor, parts.vat_minor)]
    st.caption(formats.told(f"Working media {shown[0]} of {shown[1]}, VAT {shown[2]} included."))
    return parts


def draw_planning(page: Page, draft: DraftView, editing: Editing) -> None:
    """Draw the draft's newest planning run, whoever started it: its progress, then its answer until the person puts it away."""
    view = scenarios.newest_run(page.ctx, page.rt, draft.draft_id)
    if view is None:
        return
    if view.state == "waiting" and view.job_id is not None:
        job_progress(page, view.job_id, title="Optimising")
        if page.rt.jobs.status(page.ctx, view.job_id).state in ENDED and st.button("Close", key="close-answer"):
            _put_away(page, view)
        return
    with st.container(border=True):
        st.markdown(f"#### :material/auto_graph: {plain(view.name)}")
        st.caption(f"Asked for by {plain(view.created_by)}, {formats.ago(view.created_at, page.rt.clock.now())}.")
        draw_answer(view)
        with st.container(horizontal=True, vertical_alignment="center"):
            may_take = view.state == "ready" and page.ctx.allows(Permission.EDIT_DRAFT)
            if may_take and st.button("Put into the table", type="primary", icon=":material/table_edit:", key="take-answer"):
                editing.change(_taken(editing, view), redraw=True)
                say_after_rerun(f"{view.name} is in the table; save it to keep it.")
                _put_away(page, view)
            if st.button("Close", key="close-answer"):
                _put_away(page, view)
            nav.link("scenarios", label="Compare scenarios", icon=":material/alt_route:", query={"draft": str(draft.draft_id)})


def _put_away(page: Page, view: ScenarioView) -> None:
    scenarios.put_away(page.ctx, page.rt, view.scenario_id)
    st.rerun()


def _taken(editing: Editing, view: ScenarioView) -> Budget:
    """Give the table with the scenario's amounts, line item by line item; those it does not know keep theirs."""
    known = {(row.id, row.label): [cell.budget_minor for cell in row.cells] for row in view.distribution.rows}
    table = editing.distribution()
    rows = [
        replace(
            row, cells=tuple(replace(cell, budget_minor=minor) for cell, minor in zip(row.cells, known[row.id, row.label], strict=True))
        )
        if (row.id, row.label) in known
        else row
        for row in table.rows
    ]
    return from_distribution(replace(table, rows=tuple(rows), fixed_total_minor=view.distribution.fixed_total_minor))
