"""What OpenDocument styles say about cells: number formats as Excel writes them, bold, fills; and formulas in Excel's spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.sheets.loading.xlsx_parts import tag_of

_DATA_STYLES = frozenset({"number-style", "currency-style", "percentage-style", "date-style", "time-style", "text-style"})
_DATE_PARTS = {"day-of-week": ("ddd", "dddd"), "day": ("d", "dd"), "year": ("yy", "yyyy"), "hours": ("h", "hh"), "minutes": ("m", "mm")}
_TOKENS = re.compile(r'"(?:[^"]|"")*"|\[(?P<ref>[^\]]*)\]|(?P<separator>;)')
_REFERENCE = re.compile(r"(?:\$?(?P<tab>'(?:[^']|'')*'|[^.':]*))?\.(?P<cell>[^.]*)")


class CellStyle(NamedTuple):
    """How a cell is shown: an Excel number format, bold, background as RRGGBB, crossed out."""

    number_format: str | None = None
    bold: bool = False
    fill: str | None = None
    struck: bool = False


@dataclass
class Styles:
    """The cell styles of a document by name, and the names of table styles that do not display."""

    cells: dict[str, CellStyle]
    hidden: set[str]
    patterns: dict[str, str]

    def learn(self, styles: Iterable[Any]) -> None:
        """Take in the children of a styles element; data styles stand before the cell styles that use them."""
        for style in styles:
            name, kind = get(style, "name") or "", tag_of(style)
            if kind in _DATA_STYLES:
                self.patterns[name] = self._pattern(style)
            elif kind == "style" and get(style, "family") == "table-cell":
                self.cells[name] = self._cell(style)
            elif kind == "style" and any(get(child, "display") == "false" for child in style):
                self.hidden.add(name)

    def _cell(self, style: Any) -> CellStyle:
        pattern, bold, fill, struck = self.cells.get(get(style, "parent-style-name") or "", CellStyle())
        pattern = self.patterns.get(get(style, "data-style-name") or "", pattern)
        for child in style:
            weight, colour = get(child, "font-weight"), get(child, "background-color")
            if weight is not None:
                bold = weight == "bold"
            if (line := get(child, "text-line-through-style")) is not None:
                struck = line != "none"
            if tag_of(child) == "table-cell-properties" and colour is not None:
                fill = colour.lstrip("#").upper() if colour.startswith("#") and colour.casefold() != "#ffffff" else None
        return CellStyle(pattern, bold, fill, struck)

    def _pattern(self, style: Any) -> str:
        """Spell a data style as Excel does; the sections of its conditions come before its own."""
        sections = [self.patterns[name] for child in style if (name := get(child, "apply-style-name")) in self.patterns and name]
        return ";".join([*sections, "".join(_part(child) for child in style)])


def get(element: Any, name: str) -> str | None:
    """Give an attribute by its name without its namespace."""
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), None)


def _part(node: Any) -> str:
    kind, long = tag_of(node), get(node, "style") == "long"
    if kind == "number":
        decimals = int(get(node, "decimal-places") or 0)
        return ("#,##0" if get(node, "grouping") == "true" else "0") + ("." + "0" * decimals if decimals else "")
    if kind == "currency-symbol":
        return f"[${node.text or ''}]"
    if kind == "text":
        return _literal(node.text or "")
    if kind == "month":
        return ("mmm" if get(node, "textual") == "true" else "m") + ("m" if long else "")
    if kind == "seconds":
        return "ss" if long else "s"
    if kind in _DATE_PARTS:
        return _DATE_PARTS[kind][long]
    return {"am-pm": "AM/PM", "text-content": "@", "scientific-number": "0.00E+00", "fraction": "# ?/?"}.get(kind, "")


def _literal(text: str) -> str:
    quoted = text.replace('"', "")
    return text if text in ("%", "-", "/", " ", ".", ",", ":", "(", ")") else f'"{quoted}"' if quoted else ""


def excel_formula(formula: str) -> str:
    """Spell an OpenFormula as Excel does: `of:=SUM([.B2:.B4];[$'My tab'.C1])` is `=SUM(B2:B4,'My tab'!C1)`.

    Source: OpenDocument 1.3 part 4, 5.8 references.
    """

    def spelled(match: re.Match[str]) -> str:
        if match["separator"]:
            return ","
        return match[0] if match["ref"] is None else _reference(match["ref"])

    return _TOKENS.sub(spelled, re.sub(r"^[\w.]+:(?==)", "", formula))


def _reference(text: str) -> str:
    ends = [(match["tab"] or "", match["cell"]) for match in _REFERENCE.finditer(text)]
    if not ends:
        return text
    tab = ends[0][0]
    return (f"{tab}!" if tab else "") + ":".join(cell.rstrip(":") for _, cell in ends)
