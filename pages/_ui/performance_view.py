"""The pieces of the performance page: importing, figures, curves, what the fit is worth in plain words, lift tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import streamlit as st

from core.access import Permission
from core.errors import InvalidInput
from core.model.money import CURRENCIES, to_minor
from core.planning.history import History, Recent, kpis_of
from core.services.drafts import list_drafts
from core.services.files import FileQuery, list_files
from core.services.ledger import list_ledger
from core.services.pacing import pace_plan
from core.services.performance import ImportFile, PerformanceView, import_performance, remove_import
from core.services.response import FitView, Kpi, NewLiftTest, add_lift_test, list_lift_tests, remove_lift_test, start_fit
from core.services.uploads import UPLOAD_TYPES, Upload, upload_file
from pages._ui import formats, state
from pages._ui.boundary import boundary
from pages._ui.components import Badge, Metric, ask, confirm, metric_row, say_after_rerun
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
_PACE_WORDS = {
    "not_started": "not started",
    "on_pace": "on pace",
    "under": "under pace",
    "over": "over pace",
    "ended_under": "ended under budget",
    "ended_over": "ended over budget",
    "ended_on_budget": "ended on budget",
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
        if st.button(label, key="fit", type="primary" if urgent else "secondary", icon=":material/ssid_chart:"):
            state.FIT_JOB.set(start_fit(page.ctx, page.rt, kpi, currency=currency))
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
            "Channel": answer["name"],
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


def draw_import(page: Page) -> None:
    """Draw the choice of a file to import, for those who may."""
    if not page.ctx.allows(Permission.CONNECT):
        st.caption("Your role may look, not import. Ask a planner, an admin or the owner.")
        return
    found = list_files(page.ctx, page.rt, FileQuery(include_decoys=True)).files
    readable = {info.file_id: info.name for info in found if info.state not in ("gone", "unread")}
    with st.form("import-performance", border=False):
        sent = st.file_uploader("A file from your computer", UPLOAD_TYPES, key="import-upload")
        known = st.selectbox(
            "or one that Flightplan already knows", list(readable), index=None, format_func=lambda key: readable[key], key="import-file"
        )
        left, right = st.columns(2)
        channel = left.text_input("Channel, if its rows name none", key="import-channel", placeholder="Google Search")
        currency = right.selectbox("Currency, if it says none", sorted(CURRENCIES), index=None, key="import-currency")
        if st.form_submit_button("Import", type="primary", icon=":material/upload:"):
            with boundary():
                file_id = upload_file(page.ctx, page.rt, Upload(sent.name, sent.getvalue())).file_id if sent is not None else known
                _import(page, file_id, channel or None, currency)


def _import(page: Page, file_id: UUID | None, channel: str | None, currency: str | None) -> None:
    if file_id is None:
        raise InvalidInput("No file was chosen.", hint="Choose one from your computer or one that is already here.")
    done = import_performance(page.ctx, page.rt, ImportFile(file_id, channel, currency))
    left_out = " " + " ".join(done.skipped) if done.skipped else ""
    say_after_rerun(f"Imported {formats.count(done.rows, 'row')} from {plain(done.name)}.{plain(left_out)}")
    st.rerun()


def draw_imports(page: Page, view: PerformanceView) -> None:
    """List the imports, each with a button that takes it out again."""
    for item in view.imports:
        key = f"remove-import-{item.import_id}"
        with st.container(horizontal=True, vertical_alignment="center"):
            made = " · :violet-badge[made]" if item.is_made else ""
            st.markdown(
                f":material/description: {plain(item.name)} · {formats.count(item.rows, 'row')} · {formats.moment(item.imported_at)}{made}",
                width="stretch",
            )
            if page.ctx.allows(Permission.CONNECT):
                st.button("Remove", key=key, on_click=ask, args=(f"confirm-{key}",))

        def remove(import_id: UUID = item.import_id) -> None:
            remove_import(page.ctx, page.rt, import_id)

        confirm(
            f"confirm-{key}",
            title=f"Remove {plain(item.name)}?",
            says="Its rows no longer count. The curves stay as they are until they are fitted again.",
            label="Remove",
            do=remove,
        )


def draw_ledger(page: Page, kpi: Kpi, currency: str) -> None:
    """Draw promised against delivered by channel, once a flight is over."""
    ledger = list_ledger(page.ctx, page.rt, kpi=kpi, currency=currency)
    if not ledger.entries:
        waiting = f" {formats.count(ledger.running, 'promise')} still running." if ledger.running else ""
        st.caption(f"A plan's forecast is kept when it is written back, and compared here when its flight is over.{waiting}")
        return
    st.dataframe(
        [
            {
                "Channel": line.channel,
                "Flights": line.flights,
                "Delivered of what was promised": f"{line.ratio:.0%}",
                "Inside the promised range": f"{line.held:.0%}",
                "The next fit learns": f"x {line.bias:.2f}",
            }
            for line in ledger.lines
        ],
        hide_index=True,
        key="ledger",
    )
    st.dataframe(
        [
            {
                "Channel": entry.channel,
                "Plan and flight": entry.flight,
                "Promised": f"{entry.promised.mean:,.0f} ({entry.promised.low:,.0f} to {entry.promised.high:,.0f})",
                "Delivered": f"{entry.delivered:,.0f}",
                "Planned spend": formats.money(entry.promised_spend_minor, currency, whole=True),
                "Spent": formats.money(entry.delivered_spend_minor, currency, whole=True),
            }
            for entry in ledger.entries
        ],
        hide_index=True,
        key="ledger-entries",
        column_config=_right("Promised", "Delivered", "Planned spend", "Spent"),
    )


def _right(*names: str) -> dict[str, Any]:
    return {name: st.column_config.TextColumn(alignment="right") for name in names}


def draw_pacing(page: Page) -> None:
    """Draw delivered against planned to date for a plan that is chosen among the drafts."""
    drafts = {draft.draft_id: draft.name for draft in list_drafts(page.ctx, page.rt)}
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
                    "Channel": stand.line,
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
