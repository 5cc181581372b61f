"""Number formats: which ones show dates, and how serials become days."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

BUILT_IN: dict[int, str] = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0_);\\("$"#,##0\\)',
    6: '"$"#,##0_);[Red]\\("$"#,##0\\)',
    7: '"$"#,##0.00_);\\("$"#,##0.00\\)',
    8: '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "mm-dd-yy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yy h:mm",
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_)_("$"* \\(#,##0.00\\)_("$"* "-"??_)_(@_)',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
}
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[\$[^\]]*\]|\[[A-Za-z]+\d*\]|\[(?:<|>|=)[^\]]*\]')
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  (a sheet's days have no time zone)


@lru_cache(maxsize=4096)
def shows_date(pattern: str | None) -> bool:
    """Tell whether a number format shows a date or a time."""
    if not pattern or pattern == "@" or pattern.casefold() == "general":
        return False
    bare = _LITERALS.sub("", pattern.split(";")[0]).casefold()
    if "[h" in pattern.casefold() or "[m" in pattern.casefold() or "[s" in pattern.casefold():
        return True
    return bool(re.search(r"[dy]|mmm|h.*m|m.*s|(?<![a-z#0])m{1,2}(?![a-z#0])", bare)) and not re.search(
        r"[#0?]{1}.*[#0]", bare.replace(".0", "").replace(".00", "")
    )


@lru_cache(maxsize=4096)
def shows_month_only(pattern: str | None) -> bool:
    """Tell whether a date format shows month (and year) without the day."""
    if not pattern or not shows_date(pattern):
        return False
    bare = _LITERALS.sub("", pattern.split(";")[0]).casefold()
    return "m" in bare and "d" not in bare and "h" not in bare and "s" not in bare


@lru_cache(maxsize=4096)
def shows_percent(pattern: str | None) -> bool:
    """Tell whether a number format shows percent."""
    return bool(pattern) and "%" in _LITERALS.sub("", str(pattern).split(";")[0])


def from_serial(serial: float, *, from_1904: bool = False) -> date | datetime | time | float:
    """Turn a spreadsheet serial into a day, a moment or a time of day; a number no calendar holds stays a number."""
    if 0 <= serial < 1:
        seconds = round(serial * 86400)
        return time(seconds // 3600 % 24, seconds % 3600 // 60, seconds % 60)
    if not 0 < serial < 2958466:
        return serial
    epoch = _EPOCH_1904 if from_1904 else _EPOCH
    moment = epoch + timedelta(days=int(serial), seconds=round((serial % 1) * 86400))
    return moment.date() if moment.time() == time(0) else moment


def to_serial(moment: date | datetime | time) -> float:
    """Turn a day, a moment or a time of day into the number that a spreadsheet computes with (days since 1899-12-30)."""
    if isinstance(moment, time):
        return (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86400
    instant = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
    return (instant.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)
