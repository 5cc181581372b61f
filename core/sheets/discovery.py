"""How much a file looks like a media plan by its name alone, before it is opened; its content decides once it is read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Terms of trade by weight: how often a spreadsheet named so is a media plan. Compared without accents and case.
_SIGNS: tuple[tuple[float, str, str], ...] = (
    (0.9, "media plan", r"media ?plan(?:ung|ning|ering|u|y|o)?|plan ?m[eé]dias?|plan\w* ?de ?m(?:edios|idias?|edias?)"),
    (0.9, "media plan", r"piano ?media|medya ?plan\w*|plan ?mediow\w*|медиа ?план\w*|медіа ?план\w*|mediabegroting"),
    (0.85, "flow chart", r"streu ?plan|flow ?chart|blocking ?chart|flight ?plan|flighting|schalt ?plan"),
    (0.6, "media budget", r"(?:media|ad|ads|marketing|werbe|reklam\w*|campaign) ?(?:budget|spend|split)\w*|budget ?(?:split|media|pub\w*)"),
    (0.45, "plan", r"\bplan\w{0,4}\b|\bплан\w*|\bpiano\b|\bplano\b"),
    (0.4, "campaign", r"campaign|kampagne|campagne|campan(?:a|ha)|campagna|kampan(?:ia|j|ya)\w*|кампан\w*"),
    (0.4, "budget", r"budget\w*|presupuesto|orcamento|begroting|b[uü]tce|бюджет\w*"),
    (
        0.35,
        "media",
        r"\bmedia\b|\bmedien\b|\bmedios\b|\bmidia\b|\bmedya\b|медиа|реклам\w*|werbung|publicidad|publicite|pubblicita|advertising",
    ),
    (
        0.3,
        "channel",
        r"google ?ads|facebook|\bmeta\b|tiktok|youtube|\btv\b|\booh\b|\bdooh\b|radio|display|programmatic|\bseo\b|\bsea\b|influencer",
    ),
    (0.15, "period", r"\bq[1-4]\b|\b20[2-3]\d\b|\bh[12]\b"),
)
_COUNTER_SIGNS: tuple[tuple[float, str, str], ...] = (
    (0.85, "invoice", r"invoice|rechnung\w*|facture|factura|fattura|fatura|faktur\w*|счет|рахунок"),
    (0.85, "staff", r"payroll|salar\w*|gehalt\w*|timesheet|stundenzettel|holiday|urlaub\w*|vacation|onboarding|attendance|headcount"),
    (0.8, "finance", r"\bp ?&? ?l\b|balance ?sheet|cash ?flow|bilanz|expense\w*|travel|reisekosten|tax|steuer\w*"),
    (0.7, "list", r"contact\w*|address\w*|adress\w*|inventory|inventar|guest|attendees|checklist|to ?do|minutes|agenda|recipe\w*|seating"),
    (0.6, "report", r"report\w*|bericht\w*|rapport|informe|export|search ?terms?|keyword\w*|survey|umfrage|results?"),
    (0.5, "content calendar", r"editorial|redaktions\w*|content ?calendar|posting|social ?calendar"),
)
_SIGN_PATTERNS = tuple((weight, label, re.compile(pattern)) for weight, label, pattern in _SIGNS)
_COUNTER_PATTERNS = tuple((weight, label, re.compile(pattern)) for weight, label, pattern in _COUNTER_SIGNS)

_SEPARATORS = str.maketrans("_-", "  ")

PLAN_THRESHOLD = 0.5
"""From this score on, a file that nobody has read yet is shown among the plans."""


@dataclass(frozen=True, slots=True)
class NameScore:
    """0-1 that a file of this name is a media plan, and why in plain words."""

    score: float
    reasons: tuple[str, ...]


def score_name(name: str, folder: str | None = None) -> NameScore:
    """Weigh the words of a file's name (and, half as much, of its folder) in a dozen languages.

    Signs add up as independent evidence; counter-signs (invoice, payroll, report) take their share away.
    """
    against, reasons_against = _evidence(name, _COUNTER_PATTERNS, "its name speaks of")
    score, reasons = _evidence(name, _SIGN_PATTERNS, "its name says")
    if folder is not None:
        folder_score, folder_reasons = _evidence(folder, _SIGN_PATTERNS, "its folder says")
        score = 1 - (1 - score) * (1 - folder_score / 2)
        reasons += folder_reasons
    return NameScore(round(score * (1 - against), 4), tuple(reasons + reasons_against))


def _evidence(text: str, patterns: tuple[tuple[float, str, re.Pattern[str]], ...], lead: str) -> tuple[float, list[str]]:
    folded = _fold(text)
    doubt = 1.0
    reasons: list[str] = []
    covered: list[tuple[int, int]] = []
    for weight, label, pattern in patterns:
        match = pattern.search(folded)
        if match is None or any(start <= match.start() < end for start, end in covered):
            continue
        covered.append(match.span())
        doubt *= 1 - weight
        reasons.append(f"{lead} “{match[0].strip()}” ({label})")
    return 1 - doubt, reasons


def _fold(text: str) -> str:
    """Drop case and accents and open up underscores, so that `Plan_Médias` reads `plan medias`; Cyrillic й and ї stay letters."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SEPARATORS))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c) or c in "\u0306\u0308"))
