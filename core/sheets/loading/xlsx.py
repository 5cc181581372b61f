"""Excel workbooks: one streaming pass a tab over values, formulas, styles, merges and what is hidden."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from core.errors import UnreadableFile
from core.model.workbook import Address, Cell, CellError, CellValue, Span, Tab, Visibility, column_number
from core.sheets.loading.formulas import shift_formula
from core.sheets.loading.limits import Budget
from core.sheets.loading.number_formats import from_serial
from core.sheets.loading.xlsx_parts import (
    Style,
    open_part,
    part_name,
    read_relations,
    read_shared_strings,
    read_styles,
    read_tree,
    refuse_entities,
    starts_1904,
    tag_of,
    texts_of,
    unescape,
    unescape_text,
)

_FIRST_COLUMNS = {letters: column_number(letters) for letters in ("A", "B", "C", "D", "E", "F", "G", "H")}
_BLANK_ROWS_KEPT = 40
_VISIBILITY: dict[str, Visibility] = {"hidden": "hidden", "veryHidden": "very_hidden"}
_PLAIN_BYTES = 64 * 2**20
_ROW = re.compile(rb'<row r="(\d+)"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_ROW_START = re.compile(rb'<row r="')
_CELL = re.compile(rb'<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(s|n|b|e|str|d)")?(?:/>|>(?:<f>([^<]*)</f>)?(?:<v>([^<]*)</v>|<v/>)?</c>)')


@dataclass(frozen=True, slots=True)
class _Book:
    strings: list[str]
    styles: list[Style]
    from_1904: bool


def load_tabs(archive: zipfile.ZipFile, budget: Budget) -> list[Tab]:
    """Read every tab of an xlsx archive. Raises UnreadableFile when its XML is damaged, declares entities or exceeds the budget."""
    try:
        root = read_tree(archive, part_name(archive, "workbook.xml"), budget)
        base = posixpath.dirname(part_name(archive, "workbook.xml"))
        targets = read_relations(archive, base, budget)
        book = _Book(read_shared_strings(archive, base, budget), read_styles(archive, base, budget), starts_1904(root))
        tabs = []
        for sheet in (element for element in root.iter() if tag_of(element) == "sheet"):
            path = targets.get(next((v for k, v in sheet.attrib.items() if k.endswith("}id")), ""))
            if path is None or "worksheet" not in path:
                continue
            tabs.append(_tab(archive, path, str(sheet.get("name")), _VISIBILITY.get(sheet.get("state", ""), "visible"), book, budget))
        return tabs
    except (etree.XMLSyntaxError, KeyError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFile(
            f"{budget.name} is damaged: {type(error).__name__} while reading it.", hint="Open it in Excel, save it and upload it again."
        ) from error


class _TabReader:
    """Collects one tab while its rows stream by."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.cells: dict[Address, Cell] = {}
        self.hidden_rows: set[int] = set()
        self.columns: dict[str, int] = dict(_FIRST_COLUMNS)
        self.shared: dict[str, tuple[str, int, int]] = {}
        self.styles: dict[str | None, Style] = {}
        self.texts: dict[tuple[bytes, bytes], Cell] = {}
        self.plain_styles: dict[bytes, Style] = {}
        self.plain_columns: dict[bytes, int] = {}
        self.value_tag = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}v"
        self.last_value_row = 0
        self.row = 0

    def take_row(self, element: Any) -> int:
        """Take one row element; gives the number of cells kept."""
        attributes = element.attrib
        number = attributes.get("r")
        self.row = row = int(number) if number else self.row + 1
        if attributes.get("hidden") in ("1", "true") or attributes.get("zeroHeight") == "1":
            self.hidden_rows.add(row)
        before = len(self.cells)
        column, suffix = 0, -len(str(row))
        columns, cells = self.columns, self.cells
        for node in element:
            reference = node.get("r")
            column = columns.get(reference[:suffix]) or self._column(reference) if reference else column + 1
            cell = self._cell(node, row, column)
            if cell is not None:
                cells[row, column] = cell
        return len(cells) - before

    def _column(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        return self.columns.setdefault(letters, column_number(letters))

    def _cell(self, node: Any, row: int, column: int) -> Cell | None:
        style = self.styles.get(node.get("s")) or self._style(node.get("s"))
        kind = node.get("t")
        value: CellValue = None
        formula: str | None = None
        for child in node:
            tag = child.tag
            if tag == self.value_tag:
                value = self._value(child.text, kind, style)
            elif tag.endswith("}f"):
                formula = self._formula(child, row, column)
            elif tag.endswith("}is"):
                value = unescape_text(texts_of(child))
        if value is None and formula is None:
            if style.fill is None or row > self.last_value_row + _BLANK_ROWS_KEPT or column > 800:
                return None
            return Cell(None, None, style.number_format, None, False, style.fill)
        self.last_value_row = row
        if value == "" and formula is None:
            value = None
        return Cell(value, formula, style.number_format, None, style.bold, style.fill)

    def take_plain_row(self, row: int, attributes: bytes, body: bytes) -> int:
        """Take a row of plainly written cells; gives how many there were."""
        if b'hidden="1"' in attributes:
            self.hidden_rows.add(row)
        columns, styles, cells = self.plain_columns, self.plain_styles, self.cells
        taken = 0
        for letters, index, kind, formula, raw in _CELL.findall(body):
            taken += 1
            style = styles.get(index) or self._plain_style(index)
            if not raw and not formula:
                if style.fill is None or row > self.last_value_row + _BLANK_ROWS_KEPT:
                    continue
                cells[row, columns.get(letters) or self._plain_column(letters)] = Cell(
                    None, None, style.number_format, None, False, style.fill
                )
                continue
            if not kind and not style.is_date and raw.isdigit():
                value: CellValue = int(raw)
            elif kind == b"s" and not formula:
                self.last_value_row = row
                cells[row, columns.get(letters) or self._plain_column(letters)] = self.texts.get((raw, index)) or self._plain_text(
                    raw, index, style
                )
                continue
            else:
                text = raw.decode()
                value = (
                    self._value(unescape(text) if "&" in text else text, kind.decode() or None, style) if raw or kind == b"str" else None
                )
            self.last_value_row = row
            shown = f"={unescape(formula.decode())}" if formula else None
            value = None if value == "" and shown is None else value
            cells[row, columns.get(letters) or self._plain_column(letters)] = Cell(
                value, shown, style.number_format, None, style.bold, style.fill
            )
        return taken

    def _plain_text(self, raw: bytes, index: bytes, style: Style) -> Cell:
        """Give the cell of a shared string; equal ones are one object."""
        text = self.book.strings[int(raw)]
        self.texts[raw, index] = cell = Cell(text or None, None, style.number_format, None, style.bold, style.fill)
        return cell

    def _plain_style(self, index: bytes) -> Style:
        self.plain_styles[index] = style = self._style(index.decode() or None)
        return style

    def _plain_column(self, letters: bytes) -> int:
        self.plain_columns[letters] = column = column_number(letters.decode())
        return column

    def _style(self, index: str | None) -> Style:
        number = int(index or 0)
        style = self.book.styles[number if number < len(self.book.styles) else 0]
        self.styles[index] = style
        return style

    def _value(self, text: str | None, kind: str | None, style: Style) -> CellValue:
        if text is None:
            return "" if kind == "str" else None
        if kind is None and not style.is_date and text.isdigit():
            return int(text)
        if kind == "s":
            index = int(text)
            return self.book.strings[index] if index < len(self.book.strings) else None
        if kind is None or kind == "n":
            return self._number(text, style)
        if kind == "b":
            return text == "1"
        if kind == "e":
            return CellError(text)
        if kind == "d":
            moment = datetime.fromisoformat(text)
            return moment.date() if moment.time().isoformat() == "00:00:00" else moment
        return unescape_text(text)

    def _number(self, text: str, style: Style) -> CellValue:
        try:
            number: int | float = int(text)
        except ValueError:
            try:
                number = float(text)
            except ValueError:
                return text
            if number.is_integer() and abs(number) < 2**53:
                number = int(number)
        if style.is_date:
            decoded = from_serial(number, from_1904=self.book.from_1904)
            return number if isinstance(decoded, float) else decoded
        return number

    def _formula(self, node: Any, row: int, column: int) -> str | None:
        """Give a formula with its leading `=`; a shared one is moved from the cell that holds it."""
        text, index = node.text, node.get("si")
        if node.get("t") == "shared" and index is not None:
            if text:
                self.shared[index] = (text, row, column)
            elif index in self.shared:
                source, at_row, at_column = self.shared[index]
                text = shift_formula(source, row - at_row, column - at_column)
        return f"={text}" if text else None


def _tab(archive: zipfile.ZipFile, path: str, name: str, visibility: Visibility, book: _Book, budget: Budget) -> Tab:
    reader = _TabReader(book)
    merges: list[Span] = []
    hidden: set[int] = set()
    pending = 0
    rest = _take_plain(archive, path, reader, budget)
    if rest is None:
        reader = _TabReader(book)
    for element in _stream_tab(archive, path, budget) if rest is None else rest:
        tag = element.tag[element.tag.rfind("}") + 1 :]
        if tag == "row":
            if pending == 0 and "purl.oclc.org" in element.tag:
                reader.value_tag = element.tag.replace("}row", "}v")
            pending += reader.take_row(element) + 1
            if pending > 2000:
                budget.count(pending)
                pending = 0
        elif tag == "mergeCell":
            merges.extend(_span(element.get("ref", "")))
        elif tag == "col" and element.get("hidden") in ("1", "true"):
            hidden.update(range(int(element.get("min", 1)), min(int(element.get("max", 1)), 1000) + 1))
    budget.count(pending)
    rows = max((row for row, _ in reader.cells), default=0)
    columns = max((column for _, column in reader.cells), default=0)
    return Tab(name, reader.cells, rows, columns, visibility, tuple(merges), frozenset(reader.hidden_rows), frozenset(hidden))


def _take_plain(archive: zipfile.ZipFile, path: str, reader: _TabReader, budget: Budget) -> list[Any] | None:
    """Read a tab whose cells are all written in the one plain way that most producers share, several times quicker than an XML parser.

    Gives the elements outside the cells (merges, columns); None where one cell is written otherwise, and nothing of it counts then.
    """
    if archive.getinfo(path).file_size > _PLAIN_BYTES if path in archive.namelist() else True:
        return None
    content = budget.read(open_part(archive, path))
    refuse_entities(content[:4096], budget)
    start, end = content.find(b"<sheetData>"), content.rfind(b"</sheetData>")
    if start < 0 or end < 0 or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    body = content[start + 11 : end]
    taken = 0
    for row in _ROW.finditer(body):
        taken += reader.take_plain_row(int(row[1]), row[2], row[3] or b"")
        if row[1].endswith(b"00"):
            budget.count(0)
    if taken != body.count(b"<c ") + body.count(b"<c>") or body.count(b"<row") != len(_ROW_START.findall(body)):
        return None
    budget.count(len(reader.cells))
    outside = etree.fromstring(
        content[:start] + content[end + 12 :], etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    )
    return [element for element in outside.iter() if tag_of(element) in ("mergeCell", "col")]


def _stream_tab(archive: zipfile.ZipFile, path: str, budget: Budget) -> Iterator[Any]:
    with open_part(archive, path) as part:
        refuse_entities(part.read(4096), budget)
    with open_part(archive, path) as part:
        tags = ("{*}row", "{*}mergeCell", "{*}col")
        for _, element in etree.iterparse(part, events=("end",), tag=tags, resolve_entities=False, no_network=True, huge_tree=True):
            yield element
            element.clear(keep_tail=False)
            parent = element.getparent()
            while element.getprevious() is not None:
                del parent[0]


def _span(reference: str) -> Iterator[Span]:
    match = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", reference)
    if match:
        yield Span(int(match[2]), column_number(match[1]), int(match[4]), column_number(match[3]))
