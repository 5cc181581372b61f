"""Charts of the performance page: spend and results over time, contribution stacked to the total, response curves with what was seen."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from core.planning.history import History
from core.services.response import FitView, curve_points
from pages._ui.charts import COLORS, figure, is_dark

BASELINE_COLOR = "#94a3b8"


def color_of(channel: str, channels: list[str]) -> str:
    """Give a channel the same colour in every chart of the page."""
    return COLORS[channels.index(channel) % len(COLORS)]


def spend_chart(history: History) -> go.Figure:
    """Draw weekly spend, stacked by channel."""
    channels = list(history.paid)
    bars = [
        go.Bar(
            x=history.weeks,
            y=history.channel(channel).spend,
            name=channel,
            marker_color=color_of(channel, channels),
            hovertemplate="%{y:,.0f}",
        )
        for channel in channels
    ]
    chart = figure(bars, y_title=f"{history.currency} a week", y_format=",.0f", height=300)
    return chart.update_layout(barmode="stack", bargap=0.15, legend_traceorder="normal")


def result_chart(history: History, kpi: str, found: FitView | None) -> go.Figure:
    """Draw the KPI a week, and what the fit expected where there is one."""
    actual = history.kpi(kpi).sum(axis=0)
    line = "#e2e8f0" if is_dark() else "#0f172a"
    traces = [go.Scatter(x=history.weeks, y=actual, name="Delivered", line={"color": line, "width": 2}, hovertemplate="%{y:,.0f}")]
    if found is not None:
        timeline = found.timeline
        traces.append(
            go.Scatter(
                x=timeline["dates"],
                y=timeline["expected"],
                name="Expected by the fit",
                line={"color": COLORS[0], "width": 2, "dash": "dot"},
                hovertemplate="%{y:,.0f}",
            )
        )
    return figure(traces, y_format=",.0f", height=300).update_yaxes(rangemode="tozero")


def contribution_chart(found: FitView, channels: list[str], says: str) -> go.Figure:
    """Draw what each channel brought a week, stacked on the baseline up to the expected total, with the delivered line."""
    timeline = found.timeline
    areas = [("Without media", timeline["baseline"], BASELINE_COLOR)]
    areas += [(name, values, color_of(name, channels)) for name, values in timeline["channels"].items() if any(values)]
    traces: list[Any] = [
        go.Scatter(
            x=timeline["dates"],
            y=values,
            name=name,
            stackgroup="total",
            line={"width": 0.4, "color": color},
            fillcolor=_faded(color, 0.75),
            hovertemplate="%{y:,.0f}",
        )
        for name, values, color in areas
    ]
    line = "#e2e8f0" if is_dark() else "#0f172a"
    traces.append(
        go.Scatter(
            x=timeline["dates"], y=timeline["actual"], name="Delivered", line={"color": line, "width": 1.5}, hovertemplate="%{y:,.0f}"
        )
    )
    return figure(traces, y_title=says, y_format=",.0f", height=380).update_layout(legend_traceorder="normal")


def curve_chart(found: FitView, channel: str, channels: list[str], *, weekly_spend: float | None, says: str) -> go.Figure:
    """Draw a response curve with its 90% range, the spend seen (shaded, dotted end) and the mean of the last weeks (dot)."""
    points, color = curve_points(found, channel), color_of(channel, channels)
    seen = next(item for item in found.answer["channels"] if item["name"] == channel)["spend_range_seen"]
    chart = figure(
        [
            go.Scatter(x=points["spend"], y=points["high"], line={"width": 0}, showlegend=False, hoverinfo="skip"),
            go.Scatter(
                x=points["spend"],
                y=points["low"],
                fill="tonexty",
                fillcolor=_faded(color, 0.22),
                line={"width": 0},
                showlegend=False,
                hoverinfo="skip",
            ),
            go.Scatter(x=points["spend"], y=points["mean"], line={"color": color, "width": 2.5}, name=says, hovertemplate="%{y:,.0f}"),
        ],
        height=240,
        y_title=f"{says} a week",
        y_format=",.0f",
    )
    chart.update_layout(showlegend=False)
    chart.update_xaxes(title=f"{found.currency} a week", tickformat=",.0f", hoverformat=",.0f")
    if seen[1] > 0:
        chart.add_vrect(x0=seen[0], x1=seen[1], fillcolor=_faded(BASELINE_COLOR, 0.13), line_width=0, layer="below")
        chart.add_vline(x=seen[1], line={"color": BASELINE_COLOR, "width": 1, "dash": "dot"})
    if weekly_spend is not None:
        chart.add_trace(_today(points, weekly_spend, color))
    return chart


def _today(points: dict[str, list[float]], weekly_spend: float, color: str) -> go.Scatter:
    nearest = min(range(len(points["spend"])), key=lambda i: abs(points["spend"][i] - weekly_spend))
    return go.Scatter(
        x=[points["spend"][nearest]],
        y=[points["mean"][nearest]],
        mode="markers",
        marker={"size": 11, "color": color, "line": {"color": "white", "width": 2}},
        name="Last 13 weeks",
        hovertemplate="last 13 weeks: %{x:,.0f} a week<extra></extra>",
    )


def _faded(color: str, opacity: float) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
