"""Make one plan from a seed: its shape, language and mess are drawn, its truth is known before it is written."""

from __future__ import annotations

import calendar
import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import xlsxwriter
from babel import Locale

from tests.plans.currencies import CURRENCIES, FORMATS_OF_CURRENCY, SYMBOLS
from tests.plans.words import CHANNELS, FORMATS, LANGUAGES, PUBLISHERS

KINDS = (
    "plain",
    "subtotals",
    "sections",
    "wide_months",
    "wide_quarters",
    "wide_weeks",
    "long_months",
    "units_price",
    "net_gross",
    "vat_columns",
    "thousands",
    "text_numbers",
    "sideways",
    "transposed",
    "banded",
    "hidden_stale",
    "side_by_side",
    "stacked",
    "alternatives",
    "unlabelled_total",
    "gantt",
    "periods_in_words",
    "detail_tabs",
    "carried_channel",
    "busy",
    "summary_block",
    "fees",
    "bonus",
    "repeated_header",
    "units_per_month",
    "shifted",
    "variant_columns",
)


@dataclass(frozen=True)
class TrueItem:
    """One line item as it is meant."""

    names: dict[str, str]
    budget: Decimal
    start: date | None = None
    end: date | None = None
    by_period: dict[tuple[date, date], Decimal] = field(default_factory=dict)


@dataclass
class Plan:
    """A generated file and the truth about it. `items` of several tables add up unless `alternatives`; `headed`: headers' keys."""

    seed: int
    kind: str
    language: str
    name: str
    content: bytes
    currency: str | None
    items: list[TrueItem]
    alternatives: list[list[TrueItem]] = field(default_factory=list)
    vat: bool | None = None
    dated: bool = False
    headed: dict[str, str] = field(default_factory=dict)


@dataclass
class Sheet:
    """Cells to write: value, and how."""

    name: str
    cells: dict[tuple[int, int], tuple[Any, str | None, str | None]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False

    def put(self, row: int, column: int, value: Any, *, style: str | None = None, formula: str | None = None) -> None:
        self.cells[row, column] = (value, style, formula)


class Maker:
    """Draws everything about one plan from its seed."""

    def __init__(self, seed: int, kind: str | None = None) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.headed: dict[str, str] = {}
        self.kind = kind or self.rng.choice(KINDS)
        self.language = self.rng.choice(list(LANGUAGES))
        self.words = LANGUAGES[self.language]
        self.currency = self.rng.choice(CURRENCIES[self.language])
        self.shown = self.rng.choice(
            ["header", "format", "title", "cells"] if self.kind != "text_numbers" else ["header", "title", "cells"]
        )
        self.csv = self.kind in ("text_numbers",) or (
            self.kind in ("plain", "wide_months", "subtotals", "unlabelled_total", "side_by_side") and self.rng.random() < 0.3
        )
        if self.csv and self.shown == "format":
            self.shown = "header"
        self.comma = self.language not in ("en",) if self.rng.random() < 0.85 else self.language == "en"
        self.year = self.rng.choice([2024, 2025, 2026])
        self.month = self.rng.randint(1, 8)
        self.months_shown = self.rng.choice(["dates", "names"])
        self.mark = self.rng.choice([1, "x", "X"])

    # --- small draws ---------------------------------------------------------------------------------------------------------------

    def word(self, key: str) -> str:
        return self.rng.choice(self.words[key])

    def amount(self) -> Decimal:
        if self.rng.random() < 0.5:
            return Decimal(self.rng.randint(5, 900) * 100)
        return Decimal(self.rng.randint(50_000, 20_000_000)) / 100

    def header(self, key: str) -> str:
        text = self._header(key)
        self.headed[text] = key
        return text

    def _header(self, key: str) -> str:
        text = self.word(key)
        if self.shown == "header" and key in ("budget", "net", "gross", "thousands"):
            sign = self.rng.choice([self.currency, SYMBOLS[self.currency]])
            return (
                text
                if SYMBOLS[self.currency] in text or self.currency in text or "TEUR" in text
                else self.rng.choice([f"{text} ({sign})", f"{text}, {sign}", f"{text} {sign}"])
            )
        return text

    def money_style(self) -> str:
        return FORMATS_OF_CURRENCY[self.currency] if self.shown == "format" else "#,##0.00"

    def draw_items(self, count: int | None = None, *, groups: bool = False) -> list[TrueItem]:
        count = count or self.rng.randint(3, 14)
        channels = (
            self.rng.sample(CHANNELS, min(len(CHANNELS), max(2, count // 3)))
            if groups
            else [self.rng.choice(CHANNELS) for _ in range(count)]
        )
        items = []
        for number in range(count):
            channel = channels[number * len(channels) // count] if groups else channels[number]
            start = date(self.year, self.month, 1) + timedelta(days=self.rng.randint(0, 60))
            end = start + timedelta(days=self.rng.randint(3, 80))
            names = {
                "channel": channel,
                "publisher": self.rng.choice(PUBLISHERS),
                "format": self.rng.choice(FORMATS),
                "campaign": f"{self.rng.choice(['Spring', 'Launch', 'Always On', 'Retail'])} {number + 1}",
            }
            items.append(TrueItem(names, self.amount(), start, end))
        return items

    def month_spans(self, count: int) -> list[tuple[date, date]]:
        spans = []
        year, month = self.year, self.month
        for _ in range(count):
            spans.append((date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])))
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return spans

    def month_name(self, day: date, *, year: bool) -> str:
        name = Locale.parse(self.language).months["stand-alone"]["wide"][day.month]
        name = name.capitalize() if self.rng.random() < 0.7 else name
        return f"{name} {day.year}" if year else name

    # --- writing -------------------------------------------------------------------------------------------------------------------

    def top(self, sheet: Sheet) -> int:
        """Write title and metadata; gives the header's row."""
        row = 0
        if self.rng.random() < 0.8 or self.shown == "title":
            sheet.put(row, 0, self.word("title").format(self.year))
            row += 1
        if self.shown == "title":
            sheet.put(row, 0, self.rng.choice([f"{self.currency}", f"All amounts in {self.currency}"]))
            row += 1
        for key, value in (("client", "ACME"), ("brand", "Rocket"), ("market", "DE")):
            if self.rng.random() < 0.4:
                sheet.put(row, 0, self.word(key))
                sheet.put(row, 1, value)
                row += 1
        return row + self.rng.randint(0, 2) if row else row

    def columns(self, extra: list[str]) -> list[str]:
        names = ["channel", *self.rng.sample(["publisher", "format", "campaign"], self.rng.randint(1, 3))]
        return names + extra

    def money(self, value: Decimal) -> Any:
        if self.csv:
            return self.text_number(value)
        if self.shown == "cells" and not self.csv:
            return self.text_number(value)
        return float(value)

    def text_number(self, value: Decimal, *, sign: bool = True) -> str:
        whole, _, cents = f"{value:.2f}".partition(".")
        groups = []
        while len(whole) > 3:
            groups.insert(0, whole[-3:])
            whole = whole[:-3]
        groups.insert(0, whole)
        thousands = self.rng.choice([" ", ".", "\u00a0"]) if self.comma else ","
        text = thousands.join(groups) + ("," if self.comma else ".") + cents
        if self.shown != "cells" or not sign:
            return text
        return self.rng.choice([f"{SYMBOLS[self.currency]}{text}", f"{text} {SYMBOLS[self.currency]}", f"{self.currency} {text}"])

    def notes(self, sheet: Sheet, row: int) -> None:
        if self.rng.random() < 0.5:
            sheet.put(row + self.rng.randint(1, 2), 0, self.word("note"))

    def finish(self, sheets: list[Sheet], items: list[TrueItem], **truth: Any) -> Plan:
        content = _as_csv(sheets[0], self.rng, self.comma) if self.csv else _as_xlsx(sheets)
        return Plan(
            self.seed,
            self.kind,
            self.language,
            f"plan-{self.seed}.{'csv' if self.csv else 'xlsx'}",
            content,
            truth.pop("currency", self.currency),
            items,
            headed=self.headed,
            **truth,
        )


def _as_csv(sheet: Sheet, rng: random.Random, comma: bool) -> bytes:
    rows, columns = max(r for r, _ in sheet.cells) + 1, max(c for _, c in sheet.cells) + 1
    out = io.StringIO()
    writer = csv.writer(out, delimiter=rng.choice([";", "\t"]) if comma else rng.choice([",", ";"]))
    for row in range(rows):
        values = [sheet.cells.get((row, column), ("", None, None))[0] for column in range(columns)]
        writer.writerow([v.strftime("%d.%m.%Y") if isinstance(v, date) else v for v in values])
    return out.getvalue().encode(rng.choice(["utf-8", "utf-8-sig", "utf-16"]))


def _as_xlsx(sheets: list[Sheet]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    styles: dict[str, Any] = {}
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        if sheet.hidden:
            page.hide()
        for (row, column), (value, style, formula) in sheet.cells.items():
            pattern = style or ("dd.mm.yyyy" if isinstance(value, date) else None)
            cell_format = styles.setdefault(pattern, book.add_format({"num_format": pattern})) if pattern else None
            if formula:
                page.write_formula(row, column, formula, cell_format, value)
            elif isinstance(value, date):
                page.write_datetime(row, column, value, cell_format)
            else:
                page.write(row, column, value, cell_format)
        for top, left, bottom, right in sheet.merges:
            value, style, _ = sheet.cells.get((top, left), ("", None, None))
            page.merge_range(top, left, bottom, right, value, styles.get(style))
    book.close()
    return out.getvalue()
