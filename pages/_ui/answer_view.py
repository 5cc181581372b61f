"""The answer of a planning run: what the table should bring, what changed and why, the curves behind it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.model.interval import Interval
from core.model.money import to_minor
from core.planning.fees import ClientTotal
from core.planning.splitting import period_label
from core.services.optimisation import Outcome
from core.services.scenarios import ScenarioView
from pages._ui import formats
from pages._ui.charts import COLORS
from pages._ui.components import Color, Metric, metric_row
from pages._ui.formats import plain
from pages._ui.planning_charts import change_chart, path_chart, timeline_chart, waterfall_chart

KPI_WORDS = {"conversions": "Conversions", "value": "Revenue", None: "Results"}


def draw_answer(view: ScenarioView) -> None:
    """Draw a scenario's answer: figures with ranges, what was frozen, what changed and why, curves with both plans, the next 1,000."""
    outcome = view.outcome
    assert outcome is not None  # only a waiting scenario has none
    if outcome.is_made:
        st.badge("Rests on made data, not delivered", icon=":material/science:", color="violet")
    for note in outcome.notes:
        st.warning(plain(note), icon=":material/info:")
    if view.wanted is not None and view.wanted.client_total is not None:
        st.caption(formats.told(_says_paid(view.wanted.client_total, view.distribution.currency)))
    if view.state == "impossible":
        _draw_conflict(outcome)
        _draw_frozen(outcome, view)
        return
    draw_figures(outcome, view.distribution.currency)
    _draw_frozen(outcome, view)
    if view.state == "ready" and outcome.status is not None:
        _draw_details(view, outcome)
    else:  # nothing was changed that could be explained
        st.plotly_chart(timeline_chart(view.distribution), key=f"time-{view.scenario_id}", config={"displayModeBar": False}, theme=None)


def _draw_frozen(outcome: Outcome, view: ScenarioView) -> None:
    """Say what was frozen at what was delivered, what is left to divide, and what earlier spend still brings."""
    currency, periods = view.distribution.currency, {period.key: period_label(period) for period in view.distribution.periods}
    if outcome.left_minor is not None:
        at = "at what was delivered" if any(item.state == "over" for item in outcome.actuals) else "as planned"
        left = formats.money(outcome.left_minor, currency)
        st.markdown(f":material/ac_unit: What is over is frozen {at}; **{left}** were left to divide.")
    if outcome.actuals:
        words = {"over": "over: delivered", "running": "running: at least what is spent", "unknown": "over: not known, plan kept"}
        blind = "running: spend not known"
        table = pd.DataFrame(
            {
                "Channel": [item.channel for item in outcome.actuals],
                "Period": [periods.get(item.period, item.period) for item in outcome.actuals],
                "Planned": [formats.money(item.planned_minor, currency) for item in outcome.actuals],
                "Delivered": [formats.money(item.delivered_minor, currency) for item in outcome.actuals],
                "State": [
                    blind if item.state == "running" and item.delivered_minor is None else words[item.state] for item in outcome.actuals
                ],
            }
        )
        right = {name: st.column_config.TextColumn(alignment="right") for name in ("Planned", "Delivered")}
        st.dataframe(
            formats.inert_table(table),
            hide_index=True,
            key=f"frozen-{view.scenario_id}",
            column_config=right,
            height="content" if len(table) < 13 else 430,
        )
    if outcome.carried_in:
        parts = ", ".join(f"{plain(channel)} {formats.money(minor, currency, whole=True)}" for channel, minor in outcome.carried_in)
        st.caption(f"Carried in from spend before the plan and still felt in it: {parts}. It is not counted as this plan's outcome.")


def _says_paid(pays: ClientTotal, currency: str | None) -> str:
    """Say what the client pays in all and what of it is what."""
    named = {"commission": pays.commission_minor, "fee": pays.fee_minor, "fixed fee": pays.fixed_minor, "VAT": pays.vat_minor}
    parts = "".join(f", {name} {formats.money(minor, currency)}" for name, minor in named.items() if minor)
    media = formats.money(pays.media_minor, currency)
    return f"The client pays {formats.money(pays.total_minor, currency)} in all: working media {media}{parts}."


def _draw_conflict(outcome: Outcome) -> None:
    st.error(
        "These cannot hold together: "
        + "; ".join(plain(rule) for rule in outcome.conflict)
        + ".\n\nAny one of these would do:\n\n"
        + "\n".join(f"- {plain(way)}" for way in outcome.ways_out),
        icon=":material/block:",
        title="No split keeps all of the rules.",
    )


def draw_figures(outcome: Outcome, currency: str | None) -> None:
    """Draw what the table should bring beside the table before it, with 90% ranges."""
    if outcome.now.total_minor == 0:
        st.info("The budget is 0: nothing is spent, so nothing is brought and there is no cost per result.", icon=":material/info:")
        return
    now, before = outcome.now, outcome.before
    main, was = (now.value, before.value) if outcome.kpi == "value" else (now.conversions, before.conversions)
    metric_row(
        [
            Metric(
                "Budget", formats.money(now.total_minor, currency, whole=True), _moved(now.total_minor, before.total_minor), None, "off"
            ),
            Metric(KPI_WORDS[outcome.kpi], number(main), _moved(main, was), says_range(main)),
            Metric("Cost per conversion", price(now.cpa, currency), _moved(now.cpa, before.cpa), says_range(now.cpa, 2), "inverse"),
            Metric(
                "ROAS",
                formats.NOTHING if now.roas is None else f"{now.roas.mean:,.2f}",
                _moved(now.roas, before.roas),
                says_range(now.roas, 2),
            ),
        ]
    )
    with st.container(horizontal=True, gap="small"):
        color: Color = "green" if now.confidence.grade == "high" else "orange" if now.confidence.grade == "medium" else "red"
        st.badge(f"Confidence {now.confidence.score} of 100", icon=":material/verified:", color=color)
        if outcome.gap_ratio is not None:
            proof = "Proven optimal" if outcome.gap_ratio <= 1e-4 else f"Proven within {outcome.gap_ratio:.2%} of the best"
            st.badge(proof, icon=":material/rule:", color="green" if outcome.gap_ratio <= 1e-3 else "orange")
        st.caption(plain(" ".join(now.confidence.reasons)))


def number(interval: Interval | None) -> str:
    return formats.NOTHING if interval is None else f"{interval.mean:,.0f}"


def price(interval: Interval | None, currency: str | None) -> str:
    return formats.NOTHING if interval is None else formats.money(to_minor(round(interval.mean, 2), currency), currency)


def says_range(interval: Interval | None, decimals: int = 0) -> str | None:
    return None if interval is None else f"{interval.low:,.{decimals}f} to {interval.high:,.{decimals}f}"


def _moved(now: Interval | int | None, before: Interval | int | None) -> str | None:
    new, old = (value.mean if isinstance(value, Interval) else value for value in (now, before))
    return None if new is None or old is None or old == 0 or new == old else f"{new / old - 1:+.1%}"


def _draw_details(view: ScenarioView, outcome: Outcome) -> None:
    currency, says = view.distribution.currency, KPI_WORDS[outcome.kpi]
    changed, why, curves, time, next_up = st.tabs(["What changed", "Why", "Curves", "Over time", "Next 1,000"])
    key = str(view.scenario_id)
    with changed:
        left, right = st.columns(2)
        left.plotly_chart(change_chart(outcome.changes, currency), key=f"change-{key}", config={"displayModeBar": False}, theme=None)
        if outcome.channels:
            right.plotly_chart(waterfall_chart(outcome.channels, says), key=f"fall-{key}", config={"displayModeBar": False}, theme=None)
    with why:
        _draw_reasons(outcome, says)
    with curves:
        for first in range(0, len(outcome.curves), 2):
            for column, at in zip(st.columns(2), range(first, min(first + 2, len(outcome.curves))), strict=False):
                path = outcome.curves[at]
                column.markdown(f"**{plain(path.channel)}** · {path.evidence} evidence")
                chart = path_chart(path, currency, color=COLORS[at % len(COLORS)], says=says)
                column.plotly_chart(chart, key=f"path-{key}-{at}", config={"displayModeBar": False}, theme=None)
        st.caption("The ring is the plan as it was, the dot the optimised one; right of the dotted line nobody has spent as much yet.")
    time.plotly_chart(timeline_chart(view.distribution), key=f"time-{key}", config={"displayModeBar": False}, theme=None)
    with next_up:
        _draw_next(view, outcome, says)


def _draw_reasons(outcome: Outcome, says: str) -> None:
    """Say which rules bind and what each lock costs."""
    if not outcome.binding and not outcome.lock_prices:
        st.caption("No rule holds the answer back but the curves themselves.")
    for rule in outcome.binding:
        st.markdown(f"- {_sentence(rule.says)}: 1,000 more room would bring **{rule.response:,.1f}** {says.lower()}")
    for lock in outcome.lock_prices:
        st.markdown(f"- {_sentence(lock.says)} costs **{lock.response:,.1f}** {says.lower()}")


def _sentence(words: str) -> str:
    return plain(words[:1].upper() + words[1:])


def _draw_next(view: ScenarioView, outcome: Outcome, says: str) -> None:
    currency = view.distribution.currency
    ranked = sorted(outcome.changes, key=lambda change: -change.next_thousand)
    table = pd.DataFrame(
        {
            "Line": [change.label for change in ranked],
            "Was": [formats.money(change.was_minor, currency, whole=True) for change in ranked],
            "Now": [formats.money(change.now_minor, currency, whole=True) for change in ranked],
            f"Next 1,000 {currency} bring": [round(change.next_thousand, 2) for change in ranked],
        }
    )
    st.dataframe(
        formats.inert_table(table), hide_index=True, key=f"next-thousand-{view.scenario_id}", height="content" if len(table) < 9 else 330
    )
    st.caption(f"{says} that 1,000 more on the line's best period would add, all else as it is.")
