"""The phrases that the built-in model learns from: templates with alternatives, expanded."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.planning.channels import plain

_FOLDER = Path(__file__).parent
_CHOICE = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")
_CHANGING = frozenset(("plan_budget", "optimize", "adjust_total", "set_constraint", "move_budget", "what_if", "compare"))
_VALUES = {
    "amount": "180k|EUR 40.000|20,000 euros|1,2 Mio Euro|50k|€75,000|12.500 €|300 thousand|$90k|250 Tsd. Euro|15k|8000 Euro",
    "share": "20%|30 %|5%|half|15 percent|10 Prozent|40%",
    "channel": "Search|TV|Meta|Display|Facebook|YouTube|TikTok|Radio|LinkedIn|OOH|Programmatic|Instagram|Google Ads",
    "market": "Germany|Austria|France|Deutschland|Österreich|the UK|Spain",
    "period_en": "Q1|January|next month|Jan-Mar|the second quarter|February 2026|Q3 2026|April to June|H1",
    "period_de": "Q1|Januar|nächsten Monat|Jan–Mär|das zweite Quartal|Februar 2026|Q3 2026|April bis Juni|H1",
    "kpi": "conversions|clicks|revenue|ROAS|leads|reach|CPA|CPC|CPM|impressions|CTR",
    "kpi_de": "Conversions|Klicks|Umsatz|ROAS|Leads|Reichweite|CPA|CPC|TKP|Impressionen|CTR",
    "plan": "Spring plan|Herbstplan|Media plan 2026|Christmas|Sommerplan 2026|Brand 2027",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence and what it asks for."""

    intent: str
    text: str


def training_phrases(per_template: int = 12) -> list[Phrase]:
    """Expand every template into at most `per_template` sentences, half as many of the further ones; the same ones every time."""
    chance = random.Random(20260101)  # noqa: S311 - sampling phrases, no secret
    phrases: dict[str, Phrase] = {}
    for language in ("en", "de"):
        for stem, most in (("templates", per_template), ("further", per_template // 2)):
            for intent, template in _templates(_FOLDER / f"{stem}_{language}.txt"):
                for _ in range(most):
                    text = _expand(template, chance)
                    phrases.setdefault(text, Phrase(intent, text))
    return list(phrases.values())


def _templates(path: Path) -> list[tuple[str, str]]:
    intent, found = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            intent = line.strip("[] ")
        elif line.strip():
            found.append((intent, line.strip()))
    return found


def _expand(template: str, chance: random.Random) -> str:
    text = template
    while _CHOICE.search(text):
        text = _CHOICE.sub(lambda m: chance.choice(m[1].split("|")), text)
    text = _SLOT.sub(lambda m: chance.choice(_VALUES[m[1]].split("|")), text)
    return " ".join(text.split())


@cache
def template_words() -> frozenset[str]:
    """Give every word that the templates are written with, folded; of the further ones only those that ask for a change."""
    texts = [_SLOT.sub(" ", text) for language in ("en", "de") for _, text in _templates(_FOLDER / f"templates_{language}.txt")]
    texts += [_SLOT.sub(" ", t) for language in ("en", "de") for i, t in _templates(_FOLDER / f"further_{language}.txt") if i in _CHANGING]
    return frozenset(re.findall(r"[^\W\d_]+", plain(" ".join(texts))))
