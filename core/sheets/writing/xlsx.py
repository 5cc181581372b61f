"""Changes cell values inside an Excel file and nothing else: every other byte of every part stays, charts, macros and pictures included.

The sheet's XML is spliced at the byte positions of the cells (Source: ECMA-376 part 1, 18.3.1.4 `c`, 18.2.2 `calcPr`). Cached values
of formulas that follow from the change are recomputed where possible, else dropped; Excel recomputes all when it opens the file.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from core.errors import InvalidInput, UnreadableFile
from core.model.changes import Scalar
from core.model.workbook import Address, Workbook, a1, parse_a1
from core.sheets.calculation import Calculator, Place
from core.sheets.formulas import Uncomputable
from core.sheets.functions import Value
from core.sheets.writing.drift import PlacedEdit

_PLAIN_NUMBERS = ("n", "")


@dataclass(slots=True)
class _CellSpan:
    """Byte positions of one `c` element and what it holds."""

    start: int
    end: int = 0
    open_end: int = 0
    kind: str = ""
    has_formula: bool = False
    value: tuple[int, int] | None = None


@dataclass(slots=True)
class _SheetMap:
    """Byte positions of all cells and rows of a sheet part."""

    cells: dict[Address, _CellSpan] = field(default_factory=dict)
    rows: dict[int, tuple[int, int]] = field(default_factory=dict)  # row -> (end of its start tag, start of its end tag)
    sheet_data: tuple[int, int] = (0, 0)
    prefix: str = ""


def patch_xlsx(content: bytes, workbook: Workbook, placed: Sequence[PlacedEdit]) -> bytes:
    """Give the file with the edits in it.

    Args:
        workbook: the same file as read, for what follows from the edits.
    Raises:
        InvalidInput: a target holds a formula, or its row does not exist in the file; nothing is returned.
        UnreadableFile: the file is not a workbook.
    """
    parts = Parts(content)
    changes: dict[Place, Scalar] = {(one.tab, *parse_a1(one.cell)): one.edit.after.value for one in placed}
    following = formulas_following(workbook, changes)
    for tab in workbook.tabs:
        own = {(row, column): value for (name, row, column), value in changes.items() if name == tab.name}
        cached = {(row, column): value for (name, row, column), value in following.items() if name == tab.name}
        if own or cached:
            name = parts.sheet_part(tab.name)
            parts.replace(name, _patch_sheet(parts.read(name), own, cached))
    parts.replace(parts.workbook_part, recalculate_on_load(parts.read(parts.workbook_part)))
    return parts.pack()


def losses_of(content: bytes) -> tuple[str, ...]:
    """Say what a patched file cannot keep as it is; empty for most files."""
    names = Parts(content).names
    found = []
    if any(name.startswith("_xmlsignatures/") for name in names):
        found.append("The file is digitally signed: its signature no longer holds once an amount changes.")
    if any("pivotCache" in name for name in names):
        found.append("Pivot tables show the new amounts after Refresh in Excel.")
    return tuple(found)


class Parts:
    """The parts of an Excel package, packed again with the same names, order, times and compression."""

    def __init__(self, content: bytes) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                self._infos = package.infolist()
                self._data = {info.filename: package.read(info) for info in self._infos}
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise UnreadableFile("This is not an Excel file, or it is protected by a password.") from error
        roots = _relations(self._data.get("_rels/.rels", b""), "")
        self.workbook_part = next((target for kind, _, target in roots if kind.endswith("/officeDocument")), "xl/workbook.xml")
        folder, name = posixpath.split(self.workbook_part)
        targets = {number: target for _, number, target in _relations(self._data.get(f"{folder}/_rels/{name}.rels", b""), folder)}
        self._sheets = {title: targets.get(number, "") for title, number in _sheets(self._data.get(self.workbook_part, b""))}

    @property
    def names(self) -> list[str]:
        return list(self._data)

    def sheet_part(self, title: str) -> str:
        if self._sheets.get(title) not in self._data:
            raise InvalidInput(f"The file has no sheet named {title!r}.")
        return self._sheets[title]

    @property
    def titles(self) -> list[str]:
        """Give the names of the worksheets, in order."""
        return [title for title, name in self._sheets.items() if name in self._data and "/worksheets/" in name]

    def read(self, name: str) -> bytes:
        return self._data[name]

    def replace(self, name: str, data: bytes) -> None:
        self._data[name] = data

    def drop_calculation_chain(self) -> None:
        """Leave out the order of calculation: Excel makes a new one, and a wrong one would be a damaged file."""
        for name in [name for name in self._data if name.endswith("/calcChain.xml")]:
            del self._data[name]
            self._infos = [info for info in self._infos if info.filename != name]
        for name in [name for name in self._data if name == "[Content_Types].xml" or name.endswith("/workbook.xml.rels")]:
            self._data[name] = re.sub(rb"<(?:Override|Relationship)\b[^>]*calcChain\.xml[^>]*/>", b"", self._data[name])

    def pack(self) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as package:
            for info in self._infos:
                package.writestr(info, self._data[info.filename], compress_type=info.compress_type)
        return packed.getvalue()


def relations_of(parts: Parts, name: str) -> list[tuple[str, str, str]]:
    """Give (type, id, part name) of what a part refers to."""
    folder, own = posixpath.split(name)
    rels = f"{folder}/_rels/{own}.rels"
    return _relations(parts.read(rels), folder) if rels in parts.names else []


def _relations(xml: bytes, folder: str) -> list[tuple[str, str, str]]:
    """Give (type, id, part name) of a relationships part."""
    found: list[tuple[str, str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found.append((attributes.get("Type", ""), attributes.get("Id", ""), path))

    _parse(xml, start)
    return found


def _sheets(xml: bytes) -> list[tuple[str, str]]:
    """Give (title, relationship id) of a workbook part."""
    found: list[tuple[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            number = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            found.append((attributes.get("name", ""), number))

    _parse(xml, start)
    return found


def _parse(xml: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    if xml:
        parser = _parser()
        parser.StartElementHandler = start
        _run(parser, xml)


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise UnreadableFile("The file declares XML entities, which Excel never writes.")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _run(parser: expat.XMLParserType, xml: bytes) -> None:
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise UnreadableFile(f"A part of the file is not valid XML: {error}.") from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _map_sheet(xml: bytes) -> _SheetMap:
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InvalidInput("The sheet is stored as UTF-16, which is not patched in place.", hint="Save it again in Excel and sync.")
    found, parser, open_cells, at = _SheetMap(), _parser(), [], [0, 0]

    def start(name: str, attributes: dict[str, str]) -> None:
        here, local = parser.CurrentByteIndex, _local(name)
        if local == "sheetData":
            found.prefix, found.sheet_data = name.removesuffix("sheetData"), (_tag_end(xml, here), 0)
        elif local == "row":
            at[:] = [int(attributes["r"]) if "r" in attributes else at[0] + 1, 0]
            found.rows[at[0]] = (_tag_end(xml, here), 0)
        elif local == "c":
            cell = _CellSpan(here, open_end=_tag_end(xml, here), kind=attributes.get("t", ""))
            open_cells.append(cell)
            at[1] = parse_a1(attributes["r"])[1] if "r" in attributes else at[1] + 1  # a file may leave addresses out
            found.cells[at[0], at[1]] = cell
        elif open_cells and local == "f":
            open_cells[-1].has_formula = True
        elif open_cells and local == "v":
            open_cells[-1].value = (here, 0)

    def end(name: str) -> None:
        here, local = parser.CurrentByteIndex, _local(name)
        if local == "c" and open_cells:
            cell = open_cells.pop()
            cell.end = cell.open_end if _self_closed(xml, cell.open_end) else _tag_end(xml, here)
        elif local == "v" and open_cells and open_cells[-1].value is not None:
            open_cells[-1].value = (open_cells[-1].value[0], max(_tag_end(xml, here), _tag_end(xml, open_cells[-1].value[0])))
        elif local == "row":
            found.rows[at[0]] = (found.rows[at[0]][0], here)
        elif local == "sheetData":
            found.sheet_data = (found.sheet_data[0], here)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    _run(parser, xml)
    return found


def _tag_end(xml: bytes, start: int) -> int:
    """Give the position after the `>` of the tag that starts here; quoted attributes may hold one."""
    match = _TAG.match(xml, start)
    if match is None:
        raise UnreadableFile("A part of the file is not valid XML.")
    return match.end()


_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")


def _self_closed(xml: bytes, open_end: int) -> bool:
    return xml[open_end - 2 : open_end] == b"/>"


def _patch_sheet(xml: bytes, changes: Mapping[Address, Scalar], cached: Mapping[Address, Value | None]) -> bytes:
    sheet = _map_sheet(xml)
    splices: list[tuple[int, int, bytes]] = []
    inserted: dict[int, list[tuple[int, bytes]]] = {}
    for place, value in changes.items():
        cell = sheet.cells.get(place)
        if cell is None:
            if value is not None:
                inserted.setdefault(place[0], []).append((place[1], _new_cell(sheet.prefix, place, value)))
        elif cell.has_formula:
            raise InvalidInput(f"{a1(*place)} holds a formula and is not written over.")
        else:
            splices.append((cell.start, cell.end, _with_value(xml, cell, sheet.prefix, value)))
    for place, value in cached.items():
        cell = sheet.cells.get(place)
        if cell is not None and (cell.has_formula or value is None):  # a cell that an array fills has a value only
            splices.extend(_recached(xml, cell, sheet.prefix, value))
    splices.extend(_insertions(xml, sheet, inserted))
    return _spliced(xml, splices)


def _spliced(xml: bytes, splices: Sequence[tuple[int, int, bytes]]) -> bytes:
    pieces, at = [], 0
    for start, end, replacement in sorted(splices):
        pieces += [xml[at:start], replacement]
        at = end
    return b"".join([*pieces, xml[at:]])


def _insertions(xml: bytes, sheet: _SheetMap, inserted: Mapping[int, list[tuple[int, bytes]]]) -> Iterator[tuple[int, int, bytes]]:
    """Yield new cells at their place within their row; a row that the file does not have is put in between the others."""
    for row, cells in inserted.items():
        if row not in sheet.rows:
            after = [end for other, (_, end) in sheet.rows.items() if other > row]
            body = b"".join(new for _, new in sorted(cells))
            new_row = f'<{sheet.prefix}row r="{row}">'.encode() + body + f"</{sheet.prefix}row>".encode()
            following = min((other for other in sheet.rows if other > row), default=None)
            at = sheet.sheet_data[1] if following is None else _row_start(xml, sheet, following)
            if not after and _self_closed(xml, sheet.sheet_data[0]):
                raise InvalidInput("The sheet is empty in the file; nothing was written.")
            yield at, at, new_row
            continue
        open_end, close = sheet.rows[row]
        if _self_closed(xml, open_end):
            body = b"".join(new for _, new in sorted(cells))
            yield open_end - 2, open_end, b">" + body + f"</{sheet.prefix}row>".encode()
            continue
        for column, new in sorted(cells):
            later = [span.start for (r, c), span in sheet.cells.items() if r == row and c > column]
            yield min(later, default=close), min(later, default=close), new


def _row_start(xml: bytes, sheet: _SheetMap, row: int) -> int:
    return xml.rindex(b"<", 0, sheet.rows[row][0])


def _with_value(xml: bytes, cell: _CellSpan, prefix: str, value: Scalar) -> bytes:
    """Give the cell's element with a new value; its style and other attributes stay as they are."""
    tag = xml[cell.start : cell.open_end]
    head = re.sub(rb"\s+t\s*=\s*(\"[^\"]*\"|'[^']*')", b"", tag[:-2] if tag.endswith(b"/>") else tag[:-1]).rstrip()
    if value is None:
        return head + b"/>"
    kind, body = _body(prefix, value)
    return head + kind + b">" + body + f"</{prefix}c>".encode()


def _new_cell(prefix: str, place: Address, value: Scalar) -> bytes:
    kind, body = _body(prefix, value)
    return f'<{prefix}c r="{a1(*place)}"'.encode() + kind + b">" + body + f"</{prefix}c>".encode()


def _body(prefix: str, value: Scalar) -> tuple[bytes, bytes]:
    if isinstance(value, bool):
        return b' t="b"', f"<{prefix}v>{int(value)}</{prefix}v>".encode()
    if isinstance(value, str):
        return b' t="inlineStr"', f'<{prefix}is><{prefix}t xml:space="preserve">{escape(value)}</{prefix}t></{prefix}is>'.encode()
    return b"", f"<{prefix}v>{value!r}</{prefix}v>".encode()


def _recached(xml: bytes, cell: _CellSpan, prefix: str, value: Value | None) -> Iterator[tuple[int, int, bytes]]:
    """Yield the splice that sets or drops the cached value of a formula; only numbers are set."""
    is_number = isinstance(value, float) and not isinstance(value, bool) and cell.kind in _PLAIN_NUMBERS
    text = f"<{prefix}v>{value!r}</{prefix}v>".encode() if is_number else b""
    if cell.value is not None:
        yield cell.value[0], cell.value[1], text
    elif text:
        close = xml.rindex(b"</", cell.open_end, cell.end)
        yield close, close, text


def formulas_following(workbook: Workbook, changes: Mapping[Place, Scalar]) -> dict[Place, Value | None]:
    """Give the formula cells that depend on the changes with their new values; None where that is not known."""
    calculator = Calculator(workbook, {place: _value(one) for place, one in changes.items()})
    found: dict[Place, Value | None] = {}
    for tab in workbook.tabs:
        for (row, column), cell in tab.cells.items():
            place = (tab.name, row, column)
            if cell.formula is None or place in changes:
                continue
            try:
                if calculator.is_reached(place):
                    found[place] = calculator.value(place)
            except (Uncomputable, RecursionError):
                found[place] = None
    return found


def _value(value: Scalar) -> Value:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def recalculate_on_load(xml: bytes) -> bytes:
    """Set fullCalcOnLoad, so that Excel computes every formula when it opens the file."""
    calc = re.search(rb"<(?:\w+:)?calcPr\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", xml)
    if calc is not None:
        tag = re.sub(rb"\s+fullCalcOnLoad\s*=\s*(\"[^\"]*\"|'[^']*')", b"", calc[0])
        end = -2 if tag.endswith(b"/>") else -1
        return xml[: calc.start()] + tag[:end].rstrip() + b' fullCalcOnLoad="1"' + tag[end:] + xml[calc.end() :]
    after = [match.end() for match in re.finditer(rb"</(\w+:)?(sheets|functionGroups|externalReferences|definedNames)>", xml)]
    if not after:
        raise UnreadableFile("The workbook part of the file names no sheets.")
    prefix = re.search(rb"</((?:\w+:)?)sheets>", xml)
    return xml[: max(after)] + b"<" + (prefix[1] if prefix else b"") + b'calcPr fullCalcOnLoad="1"/>' + xml[max(after) :]
