"""What flights came to: lift tests, pacing against the plan, promised against delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import streamlit as st

from core.access import Permission
from core.model.interval import Interval
from core.model.money import to_minor
from core.planning.history import History, Kpi
from core.planning.ledger import LedgerEntry
from core.services.drafts import list_drafts
from core.services.ledger import list_ledger
from core.services.lift_tests import NewLiftTest, add_lift_test, list_lift_tests, remove_lift_test
from core.services.pacing import pace_plan
from pages._ui import formats
from pages._ui.boundary import boundary
from pages._ui.components import say_after_rerun
from pages._ui.formats import plain
from pages._ui.guard import Page
from pages._ui.performance_view import KPI_WORDS

_PACE_WORDS = {
    "not_started": "not started",
    "on_pace": "on pace",
    "under": "under pace",
    "over": "over pace",
    "ended_under": "ended under budget",
    "ended_over": "ended over budget",
    "ended_on_budget": "ended on budget",
}


def draw_lift_tests(page: Page, history: History, kpi: Kpi) -> None:
    """List the lift tests and draw the form to enter one; the next fit takes them in."""
    for item in list_lift_tests(page.ctx, page.rt):
        test = item.test
        with st.container(horizontal=True, vertical_alignment="center"):
            gain = f"{test.kpi_delta:+,.0f} {KPI_WORDS[test.kpi].lower()} (± {test.kpi_sd:,.0f})"
            spent = formats.money_change(test.spend_delta_minor, test.currency)
            st.markdown(
                f":material/science: **{plain(test.channel)}**, {test.start:%-d %b %Y} to {test.end:%-d %b %Y}: {spent} brought {gain}",
                width="stretch",
            )
            if page.ctx.allows(Permission.EDIT_DRAFT) and st.button("Remove", key=f"remove-test-{item.test_id}"):
                remove_lift_test(page.ctx, page.rt, item.test_id)
                st.rerun()
    if page.ctx.allows(Permission.EDIT_DRAFT):
        _draw_lift_form(page, history, kpi)


def _draw_lift_form(page: Page, history: History, kpi: Kpi) -> None:
    last = history.weeks[-1] + timedelta(days=6)
    with st.form("lift-test", border=False):
        first_row, second_row = st.columns(3), st.columns(3)
        channel = first_row[0].selectbox("Channel", history.paid, key="lift-channel")
        start = first_row[1].date_input("First day", last - timedelta(days=27), key="lift-start", format="DD/MM/YYYY")
        end = first_row[2].date_input("Last day", last, key="lift-end", format="DD/MM/YYYY")
        delta = second_row[0].number_input(
            f"Change of spend ({history.currency})", value=0.0, key="lift-spend", help="What was spent more (or less) than usual in all."
        )
        gain = second_row[1].number_input(f"What it brought ({KPI_WORDS[kpi].lower()})", value=0.0, key="lift-gain")
        error = second_row[2].number_input("Give or take (standard error)", value=0.0, min_value=0.0, key="lift-error")
        if st.form_submit_button("Enter the result", icon=":material/add:"):
            with boundary():
                minor = to_minor(round(delta, 2), history.currency)
                add_lift_test(page.ctx, page.rt, NewLiftTest(str(channel), kpi, start, end, minor, gain, error, history.currency))
                say_after_rerun("Kept. Fit the curves again to take it in.")
                st.rerun()


def draw_pacing(page: Page) -> None:
    """Draw delivered against planned to date for a plan that is chosen among the drafts."""
    drafts = formats.apart({draft.draft_id: draft.name for draft in list_drafts(page.ctx, page.rt)})
    if not drafts:
        st.caption("There is no draft of a plan to pace yet.")
        return
    chosen: UUID = st.selectbox("Plan", list(drafts), format_func=lambda key: drafts[key], key="pacing-plan")
    with boundary():
        view = pace_plan(page.ctx, page.rt, chosen)
        st.caption(f"At the end of {view.on:%-d %b %Y}. The tolerance narrows from 25% at the start of a flight to 1% at its end.")
        st.dataframe(
            [
                {
                    "Channel": formats.inert(stand.line),
                    "State": _PACE_WORDS[stand.state],
                    "Planned to date": formats.money(stand.planned_to_date_minor, view.currency, whole=True),
                    "Delivered": formats.money(stand.delivered_minor, view.currency, whole=True),
                    "Pace": formats.percent(stand.pace_ratio, decimals=0),
                    "Will end at": formats.money(stand.projected_minor, view.currency, whole=True),
                    "Budget": formats.money(stand.budget_minor, view.currency, whole=True),
                    "A day to finish": formats.money(stand.daily_to_finish_minor, view.currency, whole=True),
                    "Days over the platform's limit": len(stand.over_delivery_days),
                }
                for stand in view.paces
            ],
            hide_index=True,
            key="pacing",
            column_config=_right("Planned to date", "Delivered", "Pace", "Will end at", "Budget", "A day to finish"),
        )
        if view.unmatched:
            st.caption("No performance was imported for: " + plain(", ".join(view.unmatched)))


def draw_ledger(page: Page, history: History, kpi: Kpi) -> None:
    """Draw promised against delivered by channel, once a flight is over."""
    currency = history.currency
    ledger = list_ledger(page.ctx, page.rt, kpi=kpi, currency=currency, seen=history.span)
    if not ledger.entries:
        waiting = f" {formats.count(ledger.running, 'promise')} still running." if ledger.running else ""
        st.caption(
            "A plan's forecast is kept when it is written back, for the periods still to begin, and compared here once they are over."
            + waiting
        )
        return
    st.dataframe(
        [
            {
                "Channel": formats.inert(line.channel),
                "Flights": line.flights,
                "Delivered of the promise at what was spent": formats.percent(line.ratio, decimals=0),
                "Inside the promised range": f"{line.held:.0%}",
                **({"The next fit starts from": _learnt(ledger.learnt.get(line.channel), kpi, currency)} if ledger.learnt else {}),
            }
            for line in ledger.lines
        ],
        hide_index=True,
        key="ledger",
    )
    _draw_entries(ledger.entries, currency)


def _draw_entries(entries: Sequence[LedgerEntry], currency: str) -> None:
    """Draw every finished flight, and in words how it is read."""
    st.dataframe(
        [
            {
                "Channel": formats.inert(entry.channel),
                "Plan and flight": entry.flight,
                "Promised": _ranged(entry.promised),
                "Promised at what was spent": _ranged(entry.at_spent),
                "Delivered": f"{entry.delivered:,.0f}",
                "Planned spend": formats.money(entry.promised_spend_minor, currency, whole=True),
                "Spent": formats.money(entry.delivered_spend_minor, currency, whole=True),
            }
            for entry in entries
        ],
        hide_index=True,
        key="ledger-entries",
        column_config=_right("Promised", "Promised at what was spent", "Delivered", "Planned spend", "Spent"),
    )
    st.caption(
        "A channel that spent more or less than planned is read against what its curve promised for that spend; both columns say so. "
        "Flights whose weeks are in the data are learnt from there, once: the next fit takes nothing from them besides."
    )


def _ranged(promise: Interval) -> str:
    return f"{promise.mean:,.0f} ({promise.low:,.0f} to {promise.high:,.0f})"


def _learnt(believed: tuple[float, float] | None, kpi: Kpi, currency: str) -> str:
    if believed is None:
        return formats.NOTHING
    per = 1 if kpi == "value" else 1000
    return f"{per * believed[0]:,.2f} per {per:,} {currency} (± {per * believed[1]:,.2f})"


def _right(*names: str) -> dict[str, Any]:
    return {name: st.column_config.TextColumn(alignment="right") for name in names}
