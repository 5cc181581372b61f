"""The pieces of the performance page: figures, curves, and what the fit is worth in plain words."""

from __future__ import annotations

from typing import Any, cast

import streamlit as st

from core.access import Permission
from core.model.money import to_minor
from core.planning.history import History, Kpi, Recent, kpis_of
from core.planning.response.baseline import holiday_countries
from core.services.performance import PerformanceView
from core.services.response import FitView, start_fit
from pages._ui import formats, state
from pages._ui.components import Badge, Metric, metric_row
from pages._ui.formats import plain
from pages._ui.guard import Page
from pages._ui.jobs import job_progress
from pages._ui.performance_charts import curve_chart

KPI_WORDS: dict[str, str] = {"conversions": "Conversions", "value": "Revenue"}
_EVIDENCE = {
    "strong": Badge("strong evidence", ":material/verified:", "green"),
    "some": Badge("some evidence", ":material/rule:", "orange"),
    "prior": Badge("a prior, not measured", ":material/help:", "gray"),
}
_WARNING_ICONS = {"collinear": ":material/call_merge:", "no_data": ":material/help:", "extrapolation": ":material/trending_flat:"}


def header_badges(view: PerformanceView, found: FitView | None, now: Any) -> list[Badge]:
    """Say how far the data reach, whether they are made, and how the curves stand to them."""
    badges = [Badge(f"Data through {view.through:%-d %b %Y}", ":material/event:", "blue")] if view.through else []
    if view.is_made:
        badges.append(Badge("Made data, not delivered", ":material/science:", "violet"))
    if found is not None and found.state == "stale":
        badges.append(Badge("Curves are older than the data", ":material/schedule:", "orange"))
    elif found is not None:
        badges.append(Badge(f"Curves fitted {formats.ago(found.fitted_at, now)}", ":material/check:", "green"))
    return badges


def draw_figures(recent: Recent, kpi: str, currency: str) -> None:
    """Draw the last quarter's spend, results and efficiency beside the quarter before."""
    now, before = recent.now, recent.before
    was = (None, None, None) if before is None else (before.spend, before.kpi, before.per_unit)
    rate = "ROAS" if kpi == "value" else "Cost per conversion"
    kpi_text = _amount(now.kpi, currency) if kpi == "value" else f"{now.kpi:,.0f}"
    weeks, against = f"last {now.weeks} weeks", f"on the {now.weeks} weeks before"
    metric_row(
        [
            Metric(f"Spend, {weeks}", _amount(now.spend, currency), _change(now.spend, was[0]), against, "off"),
            Metric(f"{KPI_WORDS[kpi]}, {weeks}", kpi_text, _change(now.kpi, was[1]), against),
            Metric(
                rate,
                _rate(now.per_unit, kpi, currency),
                _change(now.per_unit, was[2]),
                against,
                "normal" if kpi == "value" else "inverse",
                "All results over all spend, whether media brought them or not.",
            ),
        ]
    )


def _amount(major: float, currency: str) -> str:
    return formats.money(to_minor(round(major), currency), currency, whole=True)


def _rate(per_unit: float | None, kpi: str, currency: str) -> str:
    if per_unit is None:
        return formats.NOTHING
    return f"{per_unit:,.2f}" if kpi == "value" else formats.money(to_minor(round(per_unit, 2), currency), currency)


def _change(now: float | None, before: float | None) -> str | None:
    return None if now is None or not before else f"{now / before - 1:+.1%}"


def draw_fit_button(page: Page, kpi: Kpi, currency: str, found: FitView | None) -> None:
    """Draw the button that starts a fit, or the progress of the one that runs."""
    if job_id := state.FIT_JOB.get():
        job_progress(page, job_id, title="Fitting response curves", on_end=lambda _: state.FIT_JOB.set(""))
    elif page.ctx.allows(Permission.EDIT_DRAFT):
        urgent = found is None or found.state == "stale"
        label = "Fit the curves" if found is None else "Fit again"
        known, last = holiday_countries(), found.answer.get("holidays") if found is not None else None
        with st.container(horizontal=True, vertical_alignment="bottom"):
            holidays = st.selectbox(
                "Public holidays of",
                known,
                index=list(known).index(last) if last in known else None,
                format_func=lambda code: f"{known[code]} ({code})",
                key="fit-holidays",
                placeholder="no country",
                width=240,
                help="Results that rise or fall with these days are not taken for the media's.",
            )
            if st.button(label, key="fit", type="primary" if urgent else "secondary", icon=":material/ssid_chart:"):
                state.FIT_JOB.set(start_fit(page.ctx, page.rt, kpi, currency=currency, holidays=holidays))
                st.rerun()


def choose_currency(view: PerformanceView) -> str | None:
    """Let the person choose where the data are in several currencies: they are never added up."""
    known = [code for code in (view.currency, *view.other_currencies) if code]
    if len(known) < 2:
        return view.currency
    return st.selectbox("Currency", known, key="performance-currency", width=160)


def choose_kpi(history: History) -> Kpi:
    """Let the person choose among the KPIs that the data carry."""
    known = kpis_of(history)
    chosen = st.segmented_control(
        "KPI", known, default=known[0], format_func=lambda kpi: KPI_WORDS[kpi], key="kpi", required=True, label_visibility="collapsed"
    )
    return cast(Kpi, chosen or known[0])


def draw_curves(found: FitView, channels: list[str], recent: Recent) -> None:
    """Draw a curve a channel, two in a row, with its evidence and what the next unit brings."""
    answers = found.answer["channels"]
    for first in range(0, len(answers), 2):
        for column, answer in zip(st.columns(2), answers[first : first + 2], strict=False):
            with column.container(border=True):
                _draw_curve(found, answer, channels, recent)
    st.caption(
        "The band holds the truth nine times in ten. Shaded is the weekly spend that was seen; right of the dotted line the curve is "
        "extrapolated. The dot is the mean of the last 13 weeks."
    )


def _draw_curve(found: FitView, answer: dict[str, Any], channels: list[str], recent: Recent) -> None:
    name = answer["name"]
    badge = _EVIDENCE[answer["evidence"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(name)}**", width="stretch")
        st.badge(badge.label, icon=badge.icon, color=badge.color)
    spend = recent.weekly_spend.get(name)
    chart = curve_chart(found, name, channels, weekly_spend=spend, says=KPI_WORDS[found.kpi])
    st.plotly_chart(chart, key=f"curve-{name}", config={"displayModeBar": False}, theme=None)
    st.caption(_curve_words(answer, found))


def _curve_words(answer: dict[str, Any], found: FitView) -> str:
    next_unit, carried = answer["marginal_return_per_unit"], answer["adstock"]
    if found.kpi == "value":
        brings = f"The next {found.currency} brings {next_unit['mean']:,.2f} ({next_unit['low']:,.2f} to {next_unit['high']:,.2f})."
    else:
        per = _per(found)
        mean, low, high = (per * next_unit[end] for end in ("mean", "low", "high"))
        brings = f"The next {per:,.0f} {found.currency} bring {mean:,.1f} ({low:,.1f} to {high:,.1f})."
    ends = f"{carried['alpha_low']:.0%} to {carried['alpha_high']:.0%}"
    return f"{brings} {carried['alpha']:.0%} of a week's effect carries into the next ({ends})."


def _per(found: FitView) -> float:
    """Give the round amount that brings at least a conversion or two: 1,000 euros, 100,000 yen; 1 where the KPI is money."""
    best = max(answer["return_per_unit"]["mean"] for answer in found.answer["channels"])
    per = 1.0 if found.kpi == "value" else 1000.0
    while found.kpi != "value" and 0 < best * per < 2 and per < 1e9:
        per *= 10
    return per


def draw_table(found: FitView) -> None:
    """Draw every channel's shares and returns with their ranges."""
    per = _per(found)
    unit = f"per {found.currency}" if found.kpi == "value" else f"per {per:,.0f} {found.currency}"
    rows = [
        {
            "Channel": formats.inert(answer["name"]),
            "Evidence": answer["evidence"],
            "Share of media": 100 * answer["share_of_media"]["mean"],
            "90% range of share": "{:.0%} to {:.0%}".format(answer["share_of_media"]["low"], answer["share_of_media"]["high"]),
            f"Return {unit}": per * answer["return_per_unit"]["mean"],
            "90% range of return": f"{per * answer['return_per_unit']['low']:,.2f} to {per * answer['return_per_unit']['high']:,.2f}",
            f"Next unit {unit}": per * answer["marginal_return_per_unit"]["mean"],
        }
        for answer in found.answer["channels"]
    ]
    st.dataframe(
        rows,
        hide_index=True,
        key="fit-table",
        height="content",
        column_config={
            "Share of media": st.column_config.ProgressColumn(format="%.0f%%", min_value=0, max_value=100),
            f"Return {unit}": st.column_config.NumberColumn(format="%.2f"),
            f"Next unit {unit}": st.column_config.NumberColumn(format="%.2f"),
        },
    )


def draw_markets(found: FitView) -> None:
    """Draw what each channel returns in each market, where the data carry markets."""
    markets = found.answer.get("markets", [])
    if not markets:
        return
    per = _per(found)
    unit = f"per {found.currency}" if found.kpi == "value" else f"per {per:,.0f} {found.currency}"
    rows = [
        {
            "Market": market["market"] or "no market",
            "Channel": formats.inert(answer["name"]),
            "Evidence": answer["evidence"],
            f"Return {unit}": per * answer["return_per_unit"]["mean"],
            "90% range of return": f"{per * answer['return_per_unit']['low']:,.2f} to {per * answer['return_per_unit']['high']:,.2f}",
        }
        for market in markets
        for answer in market["channels"]
    ]
    with st.expander("By market", icon=":material/public:"):
        st.caption("A market's curve is drawn around the channel's, as far from it as the market's own data carry.")
        number = st.column_config.NumberColumn(format="%.2f")
        st.dataframe(rows, hide_index=True, key="fit-markets", column_config={f"Return {unit}": number})


def draw_quality(found: FitView) -> None:
    """Say in plain words how well the fit holds, and everything that makes it doubtful."""
    quality, warnings = found.answer["fit"], found.answer["warnings"]
    with st.container(border=True):
        st.markdown("**How far to trust these curves**")
        lines = [f"- They explain {quality['r2']:.0%} of the ups and downs; a typical week is {quality['mape']:.1%} off."]
        if quality["holdout_mape"] is None:
            lines.append("- The series is too short to hold weeks out and test the fit on them.")
        else:
            lines.append(
                f"- On the last {quality['holdout_weeks']} weeks, which a second fit never saw, it was {quality['holdout_mape']:.1%} off "
                f"and {quality['interval_coverage_holdout']:.0%} of the weeks fell into their 90% range (90% would be ideal)."
            )
        st.markdown("\n".join(lines))
        for warning in warnings:
            icon = _WARNING_ICONS.get(warning["code"], ":material/info:")
            st.markdown(f"{icon} {plain(warning['message'])}")
        if not warnings:
            st.caption(":material/check_circle: Nothing else to watch for.")
