"""Charts of the optimiser and the scenarios: curves with both plans, what changed, amounts over time, outcome against budget."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.model.distribution import Distribution
from core.model.money import minor_exponent
from core.planning.splitting import period_label
from core.services.curve_paths import CurvePath
from core.services.optimisation import Change
from core.services.scenarios import ScenarioView
from pages._ui.charts import COLORS, figure, is_dark

_MUTED = "#94a3b8"


def path_chart(path: CurvePath, currency: str | None, *, color: str, says: str) -> go.Figure:
    """Draw a channel's curve over the whole plan with its 90% range, the two plans on it, and where spend leaves what was seen."""
    unit = 10 ** minor_exponent(currency)
    spend = [x / unit for x in path.spend_minor]
    band = f"rgba({','.join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))},0.2)"
    chart = figure(
        [
            go.Scatter(x=spend, y=path.high, line={"width": 0}, showlegend=False, hoverinfo="skip"),
            go.Scatter(x=spend, y=path.low, fill="tonexty", fillcolor=band, line={"width": 0}, showlegend=False, hoverinfo="skip"),
            go.Scatter(x=spend, y=path.mean, line={"color": color, "width": 2.5}, name=says, hovertemplate="%{y:,.0f}"),
            _stand(path.was, unit, name="As it was", color=_MUTED, symbol="circle-open"),
            _stand(path.now, unit, name="Optimised", color=color, symbol="circle"),
        ],
        height=230,
        y_format=",.0f",
    )
    chart.update_layout(showlegend=False, hovermode="closest")
    chart.update_xaxes(title=f"{currency or ''} over the plan", tickformat=",.0f")
    if path.most_seen_minor > 0:
        chart.add_vline(x=path.most_seen_minor / unit, line={"color": _MUTED, "width": 1, "dash": "dot"})
    return chart


def _stand(place: tuple[int, float], unit: int, *, name: str, color: str, symbol: str) -> go.Scatter:
    return go.Scatter(
        x=[place[0] / unit],
        y=[place[1]],
        mode="markers",
        marker={"size": 12, "color": color, "symbol": symbol, "line": {"color": color, "width": 2}},
        name=name,
        hovertemplate=f"{name}: %{{x:,.0f}} brings %{{y:,.0f}}<extra></extra>",
    )


def waterfall_chart(channels: Sequence[tuple[str, float, float]], says: str) -> go.Figure:
    """Draw how the outcome moves from the plan as it was to the optimised one, channel by channel."""
    moved = sorted((now - was, channel) for channel, was, now in channels)
    moved = [item for item in reversed(moved) if abs(item[0]) > 1e-9]
    was = sum(before for _, before, _ in channels)
    names = ["As it was", *(name for _, name in moved), "Optimised"]
    chart = figure(
        [
            go.Waterfall(
                x=names,
                y=[was, *(change for change, _ in moved), 0],
                measure=["absolute", *("relative" for _ in moved), "total"],
                connector={"line": {"color": _MUTED, "width": 1}},
                increasing={"marker": {"color": COLORS[1]}},
                decreasing={"marker": {"color": COLORS[4]}},
                totals={"marker": {"color": COLORS[0]}},
                hovertemplate="%{x}: %{y:,.0f}<extra></extra>",
            )
        ],
        y_title=says,
        y_format=",.0f",
        height=300,
    )
    chart.update_layout(showlegend=False, hovermode="closest")
    return chart.update_yaxes(rangemode="tozero")


def change_chart(changes: Sequence[Change], currency: str | None) -> go.Figure:
    """Draw what each line gains and gives, largest gain on top."""
    unit = 10 ** minor_exponent(currency)
    moved = sorted((change for change in changes if change.now_minor != change.was_minor), key=lambda c: c.now_minor - c.was_minor)[-20:]
    amounts = [(change.now_minor - change.was_minor) / unit for change in moved]
    colors = [COLORS[1] if amount > 0 else COLORS[4] for amount in amounts]
    labels = [change.label[:42] for change in moved]
    bars = go.Bar(x=amounts, y=labels, orientation="h", marker_color=colors, hovertemplate="%{y}: %{x:+,.0f}<extra></extra>")
    chart = figure([bars], height=max(160, 34 * len(moved) + 60))
    chart.update_layout(showlegend=False, hovermode="closest")
    return chart.update_xaxes(title=currency, tickformat="+,.0f")


def timeline_chart(table: Distribution) -> go.Figure:
    """Draw amounts by period, stacked by line; small lines are joined."""
    unit = 10 ** minor_exponent(table.currency)
    labels = [period_label(period) for period in table.periods]
    ranked = sorted(table.rows, key=lambda row: -row.total_minor)
    bars = [
        go.Bar(x=labels, y=[cell.budget_minor / unit for cell in row.cells], name=row.name[:30], hovertemplate="%{y:,.0f}")
        for row in ranked[:7]
    ]
    if rest := ranked[7:]:
        sums = [sum(row.cells[at].budget_minor for row in rest) / unit for at in range(len(labels))]
        bars.append(go.Bar(x=labels, y=sums, name=f"{len(rest)} more lines", marker_color=_MUTED, hovertemplate="%{y:,.0f}"))
    return figure(bars, y_title=table.currency, y_format=",.0f", height=320).update_layout(barmode="stack", bargap=0.25)


def frontier_chart(views: Sequence[ScenarioView], currency: str | None, says: str) -> go.Figure:
    """Draw budget against outcome: the best that each budget could bring, and every scenario as a point."""
    unit, text = 10 ** minor_exponent(currency), "#e2e8f0" if is_dark() else "#0f172a"
    chart = figure(y_title=says, y_format=",.0f", height=360)
    line = next((view.outcome.frontier for view in views if view.outcome is not None and view.outcome.frontier), ())
    if line:
        budgets, responses = [point[0] / unit for point in line], [point[1] for point in line]
        best = go.Scatter(
            x=budgets, y=responses, name="Best for each budget", line={"color": _MUTED, "dash": "dot"}, hovertemplate="%{y:,.0f}"
        )
        chart.add_trace(best)
    shown = [(view, found) for view in views if (found := outcome_of(view)) is not None]
    places = [(view.distribution.total_minor / unit, found) for view, found in shown]
    names = joined_labels(places, [view.name[:28] for view, _ in shown], beside=[(point[0] / unit, point[1]) for point in line])
    for at, ((view, _), (x, y), name) in enumerate(zip(shown, places, names, strict=True)):
        chart.add_trace(
            go.Scatter(
                x=[x],
                y=[y],
                mode="markers+text",
                text=[name],
                textposition="top center",
                textfont={"color": text},
                cliponaxis=False,
                marker={"size": 14, "symbol": "star" if view.is_plan else "circle", "color": COLORS[at % len(COLORS)]},
                name=view.name[:28],
                hovertemplate=f"{view.name[:40]}: %{{x:,.0f}} brings %{{y:,.0f}}<extra></extra>",
            )
        )
    chart.update_layout(showlegend=False, hovermode="closest")
    chart.update_yaxes(range=_padded([y for _, y in places] + [point[1] for point in line], below=0.08, above=0.3))
    xs = [x for x, _ in places] + [point[0] / unit for point in line]
    return chart.update_xaxes(title=f"Budget, {currency or ''}", tickformat=",.0f", range=_padded(xs, below=0.1, above=0.1))


_LABEL = (0.16, 0.08)  # what a label takes of the chart's width and height
_MOST_NAMED = 4


def joined_labels(places: Sequence[tuple[float, float]], names: Sequence[str], *, beside: Sequence[tuple[float, float]] = ()) -> list[str]:
    """Give each point its label; points so close that labels would lie on each other share one, at the highest of them.

    Args:
        beside: other points of the chart, which its width and height go by.
    """
    across, up = ([place[axis] for place in (*places, *beside)] for axis in (0, 1))
    width, height = ((max(values) - min(values)) or abs(values[0]) or 1.0 for values in (across, up)) if places else (1.0, 1.0)
    groups: list[list[int]] = []
    for at in sorted(range(len(places)), key=lambda i: -places[i][1]):
        near = (abs(places[group[0]][0] - places[at][0]) / width < _LABEL[0] for group in groups)
        close = (abs(places[group[-1]][1] - places[at][1]) / height < _LABEL[1] for group in groups)
        home = next((group for group, is_near, is_close in zip(groups, near, close, strict=True) if is_near and is_close), None)
        if home is None:
            groups.append([at])
        else:
            home.append(at)
    labels = [""] * len(places)
    for group in groups:
        more = [f"and {len(group) - _MOST_NAMED} more"] if len(group) > _MOST_NAMED else []
        labels[group[0]] = "<br>".join([*(names[at] for at in group[:_MOST_NAMED]), *more])
    return labels


def _padded(values: Sequence[float], *, below: float, above: float) -> list[float] | None:
    if not values:
        return None
    low, high = min(values), max(values)
    room = (high - low) or abs(high) or 1.0
    return [max(0.0, low - below * room), high + above * room]


def outcome_of(view: ScenarioView) -> float | None:
    """Give what a scenario should bring in responses, None where nothing is known or its rules clash."""
    if view.outcome is None or view.state == "impossible":
        return None
    found = view.outcome.now.value if view.outcome.kpi == "value" else view.outcome.now.conversions
    return view.outcome.response if found is None else found.mean
