"""Files of one make: what their layouts have in common, and how what was settled for one finds its place in another."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from core.model.reading import Correction, Question
from core.model.workbook import Tab, Workbook
from core.sheets.reading.ambiguity import decimal_mark
from core.sheets.reading.headers import HeaderBlock
from core.sheets.reading.lexicon import normalise
from core.sheets.reading.months import month_of_word

_DATES = re.compile(r"\d{1,4}([./-])\d{1,4}(?:\1\d{1,4})?|(?:19|20)\d\d|\bv(?:er|ersion)?[ ._]?\d+(?:\.\d+)*\b|\(\d+\)")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_NAMELESS = re.compile(
    "sheet|tabelle|лист|аркуш|feuil|feuille|hoja|foglio|arkusz|blad|sayfa|planilha|list|munkalap|taul|ark",
)
"""What spreadsheet programs call a tab that nobody named."""
_SAY_PLAN = re.compile("plan|media|mediaplan|медиаплан|план|piano|plano")
_POSITIONAL = re.compile(r"(?:column:\d+|@[A-Z]+)$")


def stable_name(tab: str, file: str = "") -> str:
    """Give what a tab is called from file to file: without months, dates and versions; nothing where that only says `Plan` or `Sheet1`.

    Args:
        file: the file's name; a tab called after its file (a csv) has no name of its own.
    """
    if file and tab == PurePath(file).stem:
        return ""
    words = _WORD.findall(_DATES.sub(" ", normalise(tab.replace("_", " "))))
    named = [word for before, word in zip(["", *words], words, strict=False) if not _dates(before, word)]
    return "" if not named or all(map(_SAY_PLAN.fullmatch, named)) else " ".join(named)


def _dates(before: str, word: str) -> bool:
    """Tell whether a word only says which month, or counts the tabs of a program, or is the number behind such a word."""
    return any(month_of_word(one) is not None or _NAMELESS.fullmatch(one) for one in ([before, word] if word.isdigit() else [word]))


def layout_of(tab: str, blocks: Sequence[HeaderBlock], file: str = "") -> tuple[str, str]:
    """Name a tab's layout by its headers as they are found unaided, as it is named now and as it was named before.

    Headers that only name a period are alike: next quarter's plan has the same layout.
    """
    headers = [header for block in blocks[:3] for header in block.columns.values()]
    alike = ["~" if header.flight is not None and not stable_name(header.own) else header.own for header in headers]
    return "|".join([stable_name(tab, file), *alike]), "|".join([tab, *(header.own for header in headers)])


def key_of(layouts: Iterable[str]) -> str:
    """Give the key of a file's layout."""
    return hashlib.sha256("\n".join(layouts).encode()).hexdigest()[:24]


def placed(corrections: Sequence[Correction], workbook: Workbook) -> list[Correction]:
    """Move what was settled on a tab that another file calls otherwise (`May` for `April`) to the one tab it can be about."""
    tabs = [tab for tab in workbook.tabs if tab.visibility == "visible"]
    return [_placed(one, workbook, tabs) for one in corrections]


def _placed(correction: Correction, workbook: Workbook, tabs: Sequence[Tab]) -> Correction:
    kind, _, rest = correction.target.partition(":") if correction.kind == "answer" else ("", "", "")
    if any(correction.tab == tab.name or (rest and rest.startswith(f"{tab.name}:")) for tab in workbook.tabs):
        return correction
    named = correction.tab if correction.tab is not None else rest.partition(":")[0]
    same = [tab.name for tab in tabs if stable_name(tab.name, workbook.name) == stable_name(named)]
    found = same if len(tabs) > 1 else [tab.name for tab in tabs]
    if not named or len(found) != 1:
        return correction
    target = f"{kind}:{found[0]}:{rest.removeprefix(f'{named}:')}" if rest.startswith(f"{named}:") else correction.target
    return replace(correction, tab=None if correction.tab is None else found[0], target=target)


def kept_answer(question: Question, answer: object) -> object:
    """Give an answer as what it means beyond the cell that was asked about: for a number, which mark is the decimal one."""
    return (decimal_mark(question.text, answer) or answer) if question.kind == "ambiguous_number" else answer


def is_positional(correction: Correction) -> bool:
    """Tell whether a correction is about a column by its place: it means nothing once the columns are others."""
    if correction.kind != "answer":
        return correction.kind == "column_role"
    kind = correction.target.partition(":")[0]
    by_column = kind == "which_budget" or (kind == "alternatives" and str(correction.value).isdigit())
    return by_column or _POSITIONAL.search(correction.target) is not None


def is_of_one_file(correction: Correction) -> bool:
    """Tell whether a correction serves no other file: which offer counts, the year, the amount that shares are of."""
    asked = correction.target.partition(":")[0] if correction.kind == "answer" else correction.kind
    return asked in ("alternative", "missing_year", "shares_only")
