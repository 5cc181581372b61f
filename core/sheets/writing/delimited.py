"""Changes fields and lines of a CSV or TSV file and nothing else: encoding, delimiter, quoting and line ends of everything else stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import InvalidInput
from core.model.changes import RowEdit, Scalar
from core.model.workbook import Address, Workbook, a1, parse_a1
from core.sheets.loading import load_workbook
from core.sheets.loading.text import dialect_of, encoding_of
from core.sheets.writing.drift import PlacedEdit, apply_edits
from core.sheets.writing.row_drift import hashes_of


@dataclass(slots=True)
class _Line:
    """One line of the file: its fields as written, quotes included, and what ends it."""

    fields: list[str] = field(default_factory=list)
    end: str = ""


def patch_delimited(
    content: bytes,
    name: str,
    workbook: Workbook,
    placed: Sequence[PlacedEdit],
    *,
    edits: Sequence[RowEdit] = (),
    wanted: Workbook | None = None,
) -> bytes:
    """Give the file with the edits in it.

    Args:
        workbook: the same file as read. `edits`: lines to insert and delete, placed in it. `wanted`: what comes of all of it.
    Raises:
        InvalidInput: the file made would not read as it was meant to; nothing is returned.
    """
    mark, encoding, text = _decoded(content)
    start, delimiter = dialect_of(text)
    lines = list(_lines(text[start:], delimiter))
    _put_cells(lines, {parse_a1(one.cell): one.edit.after.value for one in placed}, delimiter)
    made = text[:start] + _joined(_changed(lines, edits, delimiter), delimiter, like=lines)
    try:
        packed = mark + made.encode(encoding)
    except UnicodeEncodeError as error:
        letters = made[error.start : error.end]
        raise InvalidInput(f"{name} is stored as {encoding}, which has no {letters!r}.", hint="Save it as UTF-8 and sync.") from error
    expected = apply_edits(workbook, placed) if wanted is None else wanted
    tab = expected.tabs[0].name
    if hashes_of(load_workbook(name, packed), [tab]) != hashes_of(expected, [tab]):
        cells = ", ".join(one.cell for one in placed[:6])
        raise InvalidInput(
            f"{name} could not be changed exactly ({cells}); nothing was written.", hint="Refresh the file and propose again."
        )
    return packed


def _decoded(content: bytes) -> tuple[bytes, str, str]:
    """Give mark, encoding and text; an encoding that would not give the same bytes again is taken as bytes."""
    mark, encoding = encoding_of(content)
    body = content[len(mark) :]
    try:
        text = body.decode(encoding)
        if text.encode(encoding) == body:
            return mark, encoding, text
    except UnicodeError:
        pass
    return mark, "latin-1", body.decode("latin-1")  # maps every byte to itself, so that what is not changed stays


def _lines(text: str, delimiter: str) -> Iterator[_Line]:
    """Yield the lines of a text as csv.reader counts them (Source: RFC 4180)."""
    cut = re.escape(delimiter)
    part = re.compile(rf'((?:"[^"]*(?:""[^"]*)*(?:"|\Z))?[^{cut}\r\n]*)({cut}|\r\n|\r|\n|\Z)')
    line = _Line()
    for match in part.finditer(text):
        is_last = match[2] == ""
        if is_last and not match[1] and not line.fields:
            return
        line.fields.append(match[1])
        if match[2] != delimiter:
            line.end = match[2]
            yield line
            line = _Line()
        if is_last:
            return


def _put_cells(lines: Sequence[_Line], values: Mapping[Address, Scalar], delimiter: str) -> None:
    for (row, column), value in values.items():
        if row > len(lines):
            raise InvalidInput(f"{a1(row, column)} is not in the file.")
        _put(lines[row - 1].fields, column, value, delimiter)


def _put(fields: list[str], column: int, value: Scalar, delimiter: str) -> None:
    fields += [""] * (column - len(fields))
    fields[column - 1] = _quoted("" if value is None else str(value), fields[column - 1], delimiter)


def _quoted(value: str, like: str, delimiter: str) -> str:
    """Write a field, quoted where the old one was or where its text needs it."""
    needs = any(character in value for character in f'"\r\n{delimiter}')
    return '"' + value.replace('"', '""') + '"' if like.startswith('"') or needs else value


def _changed(lines: Sequence[_Line], edits: Sequence[RowEdit], delimiter: str) -> Iterator[_Line]:
    """Yield the lines that stay and the new ones, each right below its own."""
    gone = {edit.row for edit in edits if edit.kind == "delete"}
    for number, line in enumerate(lines, 1):
        if number not in gone:
            yield line
        yield from (_new_line(line, edit, delimiter) for edit in edits if edit.kind == "insert" and edit.row == number)


def _new_line(model: _Line, edit: RowEdit, delimiter: str) -> _Line:
    """Give a line like the one above: as many fields, quoted alike, filled with what is typed or kept."""
    fields = [text if column in edit.keeps else '""' if text.startswith('"') else "" for column, text in enumerate(model.fields, 1)]
    for column, state in edit.cells:
        _put(fields, column, state.value, delimiter)
    return _Line(fields, model.end)


def _joined(lines: Iterator[_Line], delimiter: str, *, like: Sequence[_Line]) -> str:
    """Give the text of lines; the last one ends as the file's last one did."""
    usual, last = (like[0].end if like else "") or "\n", like[-1].end if like else ""
    made = list(lines)
    ends = [line.end or usual for line in made[:-1]] + [last]
    return "".join(delimiter.join(line.fields) + end for line, end in zip(made, ends, strict=False))
