"""Is it a media plan: evidence for and against, in plain words."""

from __future__ import annotations

from core.sheets.reading.lexicon import says, says_total, senses
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.tables import Draft

PLAN_FROM = 0.5
_WHOLE = 0.9
_DATES = {"start", "end", "period", "month", "quarter", "week"}
_DIMS = {
    "channel": 0.2,
    "publisher": 0.15,
    "format": 0.15,
    "campaign": 0.2,
    "placement": 0.1,
    "audience": 0.1,
    "unit": 0.1,
    "objective": 0.05,
    "market": 0.05,
}


def score_table(draft: Draft) -> float:
    """Weigh one table, 0 to 1, and note the reasons."""
    score = 0.0
    for points, reason in _points(draft):
        if points:
            score += points
            draft.reasons.append(f"{reason} ({points:+.2f})")
    draft.score = round(max(0.0, min(1.0, score)), 3)
    return draft.score


def _points(draft: Draft) -> list[tuple[float, str]]:
    uses = draft.layout.uses.values()
    names = {use.name for use in uses}
    metrics = {
        use.role.key
        for use in uses
        if use.role.kind == "metric"
        or (use.role.kind in ("price", "rate") and use.role.key not in ("unit", "percent", "share", "discount", "markup"))
    }
    media = _media_share(draft)
    has_money = (
        draft.layout.budget is not None
        or draft.by_metric_rows
        or (draft.layout.periods and draft.table.currency is not None and media >= 0.5)
        or (draft.layout.periods and any(check.matches and check.kind == "total" for check in draft.table.totals))
        or any(draft.layout.uses[c].role.kind == "money" or draft.region.content(c).currencies for c, _ in draft.layout.periods)
    )
    return [
        (0.2 if has_money and not draft.layout.inferred else 0.0, "a column of money"),
        (sum(points for name, points in _DIMS.items() if name in names), "columns that media plans have"),
        (min(0.3, 0.1 * (len(metrics) + len(metrics & {"spots", "grp"}))), "media metrics"),
        (0.35 * media, "rows name media"),
        (0.1 if any(check.matches and check.kind == "total" for check in draft.table.totals) else 0.0, "its total adds up"),
        (0.1 if names & _DATES or draft.layout.periods or _has_numbered_periods(draft) else 0.0, "dates"),
        (0.1 if {"gross", "fee"} <= draft.layout.amounts.keys() else 0.0, "gross, commission and net"),
        (
            0.1 if any(says(title, "media") for title in (draft.table.tab, *draft.around.titles[2:])) else 0.0,
            "its tab or title names a medium",
        ),
        (0.25 if draft.around.says_plan else 0.0, "a title says so"),
        (-0.45 if _is_bare_guess(draft) else 0.0, "nothing says that its numbers are money"),
        (-1.0 if _counts_in_corner(draft) else 0.0, "the head over its names says that its numbers count something else"),
        (-0.6 if _is_revenue(draft) else 0.0, "its money is what was earned"),
        (-0.6 if _is_price_list(draft) else 0.0, "a list of prices by unit"),
        (
            -0.6 if any(says(title, "others") for title in (draft.table.tab, *draft.around.titles)) else 0.0,
            "competitors' spend, salaries or invoices",
        ),
        (-0.25 * sum(use.role.key == "services" for use in uses), "columns of services"),
        (-min(1.0, 0.4 * _ledger_words(draft)) if media < 0.5 else 0.0, "lines of a profit and loss account"),
    ]


def _has_numbered_periods(draft: Draft) -> bool:
    """Tell whether numbered months or weeks (`Month 1-2`) stand over amounts, whatever days they are."""
    heads = [draft.region.columns[column] for column in draft.layout.named("number")]
    return sum(head.role.kind == "date" and head.own[-1:].isdigit() for head in heads) >= 3


def _is_bare_guess(draft: Draft) -> bool:
    """Tell whether money is only guessed beside columns of metrics: no word, currency, title or total says that there is any.

    Where other columns carry the currency and the guessed one does not, a total that adds up is one of counts.
    """
    budget, region = draft.layout.budget, draft.region
    counts = any(use.role.kind == "metric" for use in draft.layout.uses.values())
    if budget is None or not counts or draft.around.says_plan:
        return False
    carriers = {c for c, use in draft.layout.uses.items() if use.role.currency or region.content(c).currencies}
    unnamed = role_of_header(region.columns[budget].own).kind != "money" and budget not in carriers
    if unnamed and carriers and draft.around.currency is None:
        return True
    return draft.layout.inferred and draft.table.currency is None and not any(check.matches for check in draft.table.totals)


def _counts_in_corner(draft: Draft) -> bool:
    """Tell whether a metric is the head over the names (`Impressions` in the corner of a grid), and no word or sign says money."""
    region, naming = draft.region, draft.layout.naming
    beside = [c for c in region.columns if c not in naming]
    if draft.by_metric_rows or any(region.content(c).currencies or role_of_header(region.columns[c].text).is_budget for c in beside):
        return False
    roles = [role_of_header(region.columns[c].own) for c in naming if draft.layout.uses[c].name in ("label", "period")]
    return any(role.kind in ("metric", "rate") and role.certainty >= _WHOLE for role in roles)


def _is_price_list(draft: Draft) -> bool:
    """Tell whether the only money is a list price or one by the unit: nothing says how many, when, or what it comes to."""
    uses = draft.layout.uses
    if draft.layout.budget is None or draft.layout.periods or draft.table.totals:
        return False
    kinds = {use.role.kind for use in uses.values()}
    if any(says(title, "prices", "price_list") for title in (draft.table.tab, *draft.around.titles)):
        return not kinds & {"quantity", "date"}
    role = role_of_header(draft.region.columns[draft.layout.budget].own)
    if role.kind == "price" and "per" in role.mods:
        return not kinds & {"quantity", "date"}
    is_listed = "list" in uses[draft.layout.budget].role.mods and "unit" in {use.name for use in uses.values()}
    return is_listed and not kinds & {"quantity", "metric", "date"}


def _is_revenue(draft: Draft) -> bool:
    """Tell whether the column of the money says revenue, or a title `Sales by channel` over a table without a word for a budget."""
    uses = draft.layout.uses
    if draft.layout.budget is not None and uses[draft.layout.budget].role.key in ("revenue", "profit"):
        return True
    heads = [draft.region.columns[c] for c, use in uses.items() if use.role.is_budget]
    if any(role_of_header(head.text).is_budget and not says_total(head.own) for head in heads):
        return False
    if any(says(title, "money", "revenue") and says(title, "dim", "channel") for title in draft.around.titles):
        return True
    heading = draft.around.titles[-1] if len(draft.around.titles) > 2 else ""
    spent = (says(heading, "money", key) for key in ("budget", "cost", "spend"))
    return says(heading, "money", "revenue") and not (any(spent) or says(heading, "media") or says(heading, "title"))


def _media_share(draft: Draft) -> float:
    """Give the share of line items that name a medium or platform."""
    items = draft.table.line_items[:200]
    if not items:
        return 0.0
    hits = 0
    for item in items:
        texts = [item.channel, item.publisher, item.format, item.campaign, *item.labels.values()]
        hits += any(text and senses(text[:200], ("media",)) for text in texts)
    return hits / len(items)


def _ledger_words(draft: Draft) -> int:
    """Count the different revenue and profit lines among the labels of rows (heads, on a table on its side)."""
    grid = draft.region.grid
    first = sorted(draft.region.columns)[:2]
    labels = [grid.cell(row, column).value for row in draft.region.body[:200] for column in first]
    found: set[str] = set()
    for value in [*labels, *(header.own for header in draft.region.columns.values() if grid.transposed)]:
        if isinstance(value, str) and len(value) <= 60:
            role = role_of_header(value)
            if role.kind == "money" and role.key in ("profit", "revenue") and role.certainty > 0.5:
                found.add(" ".join(value.casefold().split()))
    lines = [text for text in found if "roas" not in text]
    return len(lines) if len(lines) >= 2 and any(role_of_header(text).key == "profit" for text in lines) else 0
