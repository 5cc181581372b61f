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
from core.model.workbook import Cell, CellError, Cells, CellValue, Span, Tab, Visibility, column_number
from core.sheets.loading.formulas import shift_formula
from core.sheets.loading.limits import CELL_BYTES, PLACE_BYTES, ROW_BYTES, TEXT_BYTES, Budget
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
_SHARED_CELLS = 100_000
_VISIBILITY: dict[str, Visibility] = {"hidden": "hidden", "veryHidden": "very_hidden"}
_PIECE_BYTES = 4 * 2**20
_NUMBER_CELL = re.compile(rb'(?: s="(\d+)")?><v>(-?\d{1,15}(?:\.\d{1,18})?)</v></c>\s*')
_CELL = re.compile(
    rb'(?: s="(\d+)")?(?: t="(s|n|b|e|str|d|inlineStr)")?'
    rb'(?:/>|>(?:<f>([^<]*)</f>)?(?:<v>([^<]*)</v>|<v/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)\s*'
)
"""A cell as most producers write it, behind its address."""


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
        self.rows: dict[int, dict[int, Cell]] = {}
        self.hidden_rows: set[int] = set()
        self.columns: dict[str, int] = dict(_FIRST_COLUMNS)
        self.shared: dict[str, tuple[str, int, int]] = {}
        self.arrays: list[tuple[Span, str]] = []
        self.styles: dict[str | None, Style] = {}
        self.shared_cells: dict[bytes, Cell] = {}
        self.plain_styles: dict[bytes, Style] = {}
        self.plain_columns: dict[bytes, int] = {}
        self.value_tag = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}v"
        self.last_value_row = 0
        self.all_valued = True
        self.size = 0
        self.row = 0

    def take_row(self, element: Any) -> int:
        """Take one row element; gives the number of cells kept."""
        attributes = element.attrib
        number = attributes.get("r")
        self.row = row = int(number) if number else self.row + 1
        if attributes.get("hidden") in ("1", "true") or attributes.get("zeroHeight") == "1":
            self.hidden_rows.add(row)
        column, suffix = 0, -len(str(row))
        columns, line = self.columns, dict[int, Cell]()
        for node in element:
            reference = node.get("r")
            column = columns.get(reference[:suffix]) or self._column(reference) if reference else column + 1
            cell = self._cell(node, row, column)
            if cell is not None:
                line[column] = cell
        if line:
            self._keep(row, line, sum(cell.value is None for cell in line.values()))
        return len(line)

    def take_size(self) -> int:
        """Give what the cells kept since this was last asked take, in bytes; equal ones that share an object take little."""
        size, self.size = self.size, 0
        return size

    def _keep(self, row: int, line: dict[int, Cell], blanks: int) -> None:
        self.all_valued = self.all_valued and not blanks
        self.size += ROW_BYTES + PLACE_BYTES * len(line)
        if len(line) > blanks:
            self.last_value_row = row
        if row in self.rows:
            self.rows[row].update(line)
        else:
            self.rows[row] = line

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
        self.size += CELL_BYTES + (TEXT_BYTES + len(value) if isinstance(value, str) else 0) + (TEXT_BYTES + len(formula) if formula else 0)
        if value == "" and formula is None:
            value = None
        return Cell(value, formula, style.number_format, None, style.bold, style.fill, style.struck)

    def take_plain_row(self, row: bytes, attributes: bytes, body: bytes) -> int | None:
        """Take a row of plainly written cells; gives how many there were, None where one is written otherwise."""
        if b'hidden="1"' in attributes:
            self.hidden_rows.add(int(row))
        columns, shared, line = self.plain_columns, self.shared_cells, dict[int, Cell]()
        before, *cells = body.split(b'<c r="')
        number, end, blanks = int(row), row + b'"', 0
        for written in cells:
            letters, _, rest = written.partition(end)
            cell = shared.get(rest)
            if cell is None:
                cell = self._number_cell(rest)
            if cell is None:
                told = _CELL.fullmatch(rest)
                if told is None:
                    return None
                cell = self._plain_cell(number, told, rest)
                if cell is None:
                    continue
                blanks += cell.value is None
            column = columns.get(letters) or self._plain_column(letters)
            if column is None:
                return None
            line[column] = cell
        if line:
            self._keep(number, line, blanks)
        return None if before.strip() else len(cells)

    def _number_cell(self, written: bytes) -> Cell | None:
        """Make the cell of a plain number, which most are; None for any other."""
        told = _NUMBER_CELL.fullmatch(written)
        if told is None:
            return None
        index, raw = told.groups(b"")
        style = self.plain_styles.get(index) or self._plain_style(index)
        if style.is_date:
            return None
        number = float(raw)  # fifteen digits: exact
        value = int(number) if number.is_integer() else number
        return self._shared(Cell(value, None, style.number_format, None, style.bold, style.fill, style.struck), written)

    def _plain_cell(self, row: int, told: re.Match[bytes], written: bytes) -> Cell | None:
        """Make one plainly written cell; equal ones are one object, for the first hundred thousand of them."""
        index, kind, formula, stated, inline = told.groups(b"")
        raw = stated or inline
        style = self.plain_styles.get(index) or self._plain_style(index)
        if not raw and not formula:
            if style.fill is None or row > self.last_value_row + _BLANK_ROWS_KEPT:
                return None
            return Cell(None, None, style.number_format, None, False, style.fill)
        text = raw.decode()
        value = self._value(unescape(text) if "&" in text else text, kind.decode() or None, style) if raw or kind == b"str" else None
        shown = f"={unescape(formula.decode())}" if formula else None
        cell = Cell(
            None if value == "" and shown is None else value, shown, style.number_format, None, style.bold, style.fill, style.struck
        )
        if shown is None:
            return self._shared(cell, written)
        self.size += CELL_BYTES + TEXT_BYTES + len(formula) + len(raw)
        return cell

    def _shared(self, cell: Cell, written: bytes) -> Cell:
        self.size += CELL_BYTES + (TEXT_BYTES + len(written) if isinstance(cell.value, str) else 0)
        if cell.value is not None and len(self.shared_cells) < _SHARED_CELLS:
            self.shared_cells[written] = cell
        return cell

    def _plain_style(self, index: bytes) -> Style:
        self.plain_styles[index] = style = self._style(index.decode() or None)
        return style

    def _plain_column(self, letters: bytes) -> int | None:
        """Give the number of a column; None where its address is not the row's own."""
        if not (letters.isalpha() and letters.isupper()):
            return None
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
        if node.get("t") in ("array", "dataTable"):
            text = text or "TABLE()"
            self.arrays += [(span, f"={text}") for span in _span(node.get("ref", ""))]
        return f"={text}" if text else None

    def fill_arrays(self) -> None:
        """Give the formula of an array to every cell that it fills: the file holds only their values, as if they were typed."""
        for span, formula in self.arrays:
            for row in range(span.top, span.bottom + 1):
                for column, cell in self.rows.get(row, {}).items():
                    if span.left <= column <= span.right and cell.formula is None:
                        self.rows[row][column] = cell._replace(formula=formula)


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
                budget.count(pending, size=reader.take_size())
                pending = 0
        elif tag == "mergeCell":
            merges.extend(_span(element.get("ref", "")))
        elif tag == "col" and element.get("hidden") in ("1", "true"):
            hidden.update(range(int(element.get("min", 1)), min(int(element.get("max", 1)), 1000) + 1))
    reader.fill_arrays()
    budget.count(pending, size=reader.take_size())
    rows = max(reader.rows, default=0)
    columns = max((max(line) for line in reader.rows.values()), default=0)
    return Tab(
        name,
        Cells(reader.rows, all_valued=reader.all_valued),
        rows,
        columns,
        visibility,
        tuple(merges),
        frozenset(reader.hidden_rows),
        frozenset(hidden),
    )


def _take_plain(archive: zipfile.ZipFile, path: str, reader: _TabReader, budget: Budget) -> list[Any] | None:
    """Read a tab whose cells are all written in the one plain way that most producers share, several times quicker than an XML parser.

    The part goes by in pieces of whole rows, so that a large one costs no more than its cells.
    Gives the elements outside the cells (merges, columns); None where one cell is written otherwise, and nothing of it counts then.
    """
    if path not in archive.namelist():
        return None
    with open_part(archive, path) as part:
        before = part.read(_PIECE_BYTES)
        refuse_entities(before[:4096], budget)
        start = before.find(b"<sheetData>")
        if start < 0 or before.startswith((b"\xff\xfe", b"\xfe\xff")):
            return None
        rest = before[start + 11 :]
        while (end := rest.find(b"</sheetData>")) < 0:
            cut = rest.rfind(b"</row>") + 6
            if (cut < 6 and len(rest) > _PIECE_BYTES) or not _take_piece(rest[:cut] if cut >= 6 else b"", reader, budget):
                return None
            more = part.read(_PIECE_BYTES)
            if not more:
                return None
            rest = (rest[cut:] if cut >= 6 else rest) + more
        if not _take_piece(rest[:end], reader, budget):
            return None
        after = rest[end + 12 :] + part.read(_PIECE_BYTES)
        if part.read(1):
            return None
    outside = etree.fromstring(before[:start] + after, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    return [element for element in outside.iter() if tag_of(element) in ("mergeCell", "col")]


def _take_piece(piece: bytes, reader: _TabReader, budget: Budget) -> bool:
    """Take whole rows; tells whether every cell in them was written plainly."""
    before, *rows = piece.split(b'<row r="')
    taken = 0
    for row in rows:
        number, _, rest = row.partition(b'"')
        attributes, _, rest = rest.partition(b">")
        body, closed, behind = (b"", b"/", rest) if attributes.endswith(b"/") else rest.rpartition(b"</row>")
        kept = reader.take_plain_row(number, attributes, body) if number.isdigit() and closed and not behind.strip() else None
        if kept is None:
            return False
        taken += kept
    budget.count(taken, size=reader.take_size())
    return not before.strip()


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
