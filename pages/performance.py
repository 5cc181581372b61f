"""Performance: what was spent and what it brought, one response curve a channel, and how far to trust them."""

from __future__ import annotations

import streamlit as st

from core.access import Permission
from core.planning.history import History, Kpi, recent_weeks
from core.services.performance import list_performance
from core.services.response import FitView, latest_fit
from pages._ui import performance_flights as flights
from pages._ui import performance_imports as imports
from pages._ui import performance_view as parts
from pages._ui.boundary import boundary
from pages._ui.charts import show
from pages._ui.components import empty, page_header, stale
from pages._ui.guard import guard
from pages._ui.jobs import filling_demo, job_progress
from pages._ui.performance_charts import contribution_chart, result_chart, spend_chart

page = guard(Permission.READ)
ICON = ":material/show_chart:"
NOTHING_YET = "Import an export of a platform, or a table of date, channel, spend and results."
NO_CURVES = "Fit them to see what each channel brings, and what more of it would bring."


def draw_performance(history: History) -> None:
    kpi = parts.choose_kpi(history)
    found, recent = latest_fit(page.ctx, page.rt, kpi, currency=history.currency), recent_weeks(history, kpi)
    if found is not None and found.state == "stale":
        stale("Performance was imported after these curves were fitted: fit them again to take it in.")
    parts.draw_figures(recent, kpi, history.currency)
    left, right = st.columns(2)
    with left:
        show(spend_chart(history), key="spend", title="Spend by channel")
    with right:
        show(result_chart(history, kpi, found), key="result", title=f"{parts.KPI_WORDS[kpi]} a week")
    parts.draw_fit_button(page, kpi, history.currency, found)
    if found is None:
        empty("No response curves yet", says=NO_CURVES, icon=":material/ssid_chart:")
    else:
        draw_fit(found, history, kpi)
    with st.expander("Lift tests", icon=":material/science:"):
        flights.draw_lift_tests(page, history, kpi)
    with st.expander("Pacing", icon=":material/speed:"):
        flights.draw_pacing(page)
    with st.expander("Promised against delivered", icon=":material/handshake:"):
        flights.draw_ledger(page, history, kpi)


def draw_fit(found: FitView, history: History, kpi: Kpi) -> None:
    channels, recent = list(history.paid), recent_weeks(history, kpi)
    show(contribution_chart(found, channels, parts.KPI_WORDS[kpi]), key="contribution", title="What brought the results")
    st.subheader("Response curves", anchor=False)
    parts.draw_curves(found, channels, recent)
    parts.draw_table(found)
    parts.draw_markets(found)
    parts.draw_quality(found)


with boundary():
    shown = list_performance(page.ctx, page.rt)
    badges = parts.header_badges(shown, latest_fit(page.ctx, page.rt, currency=shown.currency), page.rt.clock.now())
    page_header("Performance", icon=ICON, says="What media cost and brought, and what more of it would bring.", badges=badges)
    filling = filling_demo(page)
    if shown.history is None and filling is not None:
        job_progress(page, filling, title="Making your demo's performance, after its plans", can_cancel=False)
    elif shown.history is None:
        empty("Too little performance yet" if shown.lacks else "No performance yet", says=shown.lacks or NOTHING_YET, icon=ICON)
    else:
        chosen = parts.choose_currency(shown)
        shown = shown if chosen == shown.currency else list_performance(page.ctx, page.rt, currency=chosen)
    if shown.history is not None:
        draw_performance(shown.history)
    with st.expander("Import performance", icon=":material/upload:", expanded=shown.history is None):
        imports.draw_import(page)
        imports.draw_imports(page, shown)
