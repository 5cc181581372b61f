"""Formula texts: moving a shared formula to another cell."""

from __future__ import annotations

import re

from core.model.workbook import column_letters, column_number

_TOKENS = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|(?P<ref>\$?[A-Za-z]{1,3}\$?\d+)(?![\w(])|[\w.]+|.', re.DOTALL)
_REFERENCE = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")


def shift_formula(formula: str, rows: int, columns: int) -> str:
    """Move the relative references of a formula, as Excel does when it shares one over a range."""

    def moved(match: re.Match[str]) -> str:
        reference = match["ref"]
        if not reference:
            return match[0]
        parts = _REFERENCE.fullmatch(reference)
        if parts is None:
            return reference
        column = parts[2] if parts[1] else column_letters(max(1, column_number(parts[2]) + columns))
        row = parts[4] if parts[3] else str(int(parts[4]) + rows)
        return f"{parts[1]}{column}{parts[3]}{row}"

    return _TOKENS.sub(moved, formula)
