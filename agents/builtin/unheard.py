"""Finds what a message said and the steps do not do, so that it is asked about instead of left out in silence."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from agents.builtin.frame import Frame
from agents.builtin.lookups import Step
from agents.builtin.phrasing import figure, say
from agents.builtin.table import Table
from agents.facts import money

_CHANGING = frozenset({"set_constraints", "calculate_distribution", "optimize_budget_allocation", "adjust_distribution"})
_CORRECTS = re.compile(r"\b(?:not|nicht|instead of|statt|anstatt|rather than)\b", re.IGNORECASE)
_TRYING = frozenset({"compare_scenarios"})


def changes(steps: Sequence[Step]) -> bool:
    """Tell whether the steps change the distribution on the table, or try it."""
    return any(step.tool in _CHANGING | _TRYING for step in steps)


def unheard(frame: Frame, table: Table, steps: Sequence[Step]) -> list[str]:
    """Give the months, names and amounts of a request for a change that none of its steps has, in words."""
    if not changes(steps):
        return []
    slots, language = frame.slots, frame.language
    given = json.dumps([step.arguments for step in steps if step.tool in _CHANGING | _TRYING], ensure_ascii=False)
    left: list[str] = []
    if table.part(slots.periods) is not None and '"start"' not in given:
        left += [frame.written[period.start : period.end] for period in slots.periods]
    names = dict.fromkeys(name for target in slots.targets if target.known and not target.is_everything for name in target.names[:1])
    left += [name for name in names if json.dumps(name, ensure_ascii=False) not in given]
    compares = any(step.tool in _TRYING for step in steps)
    corrects = _CORRECTS.search(frame.written) is not None  # `190k not 180k` names the one that it was not
    further = slots.totals[1:] if not compares and not corrects else ()
    left += [figure(money(table.minor(total), table.currency, "you"), language) for total in further]
    if slots.rest is not None and slots.rest.stays and not {"keep_others", "total_stays"} & set(_keys(steps)) and not slots.moves:
        left.append(say(language, "rest_stays"))
    return list(dict.fromkeys(left))


def _keys(steps: Sequence[Step]) -> list[str]:
    changes = [one for step in steps for one in step.arguments.get("steps", [])]
    return [key for step in steps for key in step.arguments] + [key for change in changes for key in change]
