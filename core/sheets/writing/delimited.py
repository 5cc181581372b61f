"""Changes fields inside a CSV or TSV file and nothing else: encoding, delimiter, quoting and line ends of every other field stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.errors import InvalidInput
from core.model.workbook import Address, Workbook, a1, parse_a1
from core.sheets.writing.drift import PlacedEdit

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DELIMITERS = ",;\t|"


def patch_delimited(content: bytes, workbook: Workbook, placed: Sequence[PlacedEdit]) -> bytes:
    """Give the file with the edits in it.

    Args:
        workbook: the same file as read; tells the delimiter by which its cells come out as they were read.
    Raises:
        InvalidInput: the file's fields are not where they were read; nothing is returned.
    """
    bom, encoding = _encoding(content)
    text = content[len(bom) :].decode(encoding)
    changes = {parse_a1(one.cell): one for one in placed}
    expected = {place: one.theirs.value for place, one in changes.items()}
    fields = _fields_as_read(text, expected)
    pieces, at = [], 0
    for place, (start, end) in sorted(fields.items(), key=lambda item: item[1]):
        if place in changes:
            value = changes[place].edit.after.value
            pieces += [text[at:start], _quoted("" if value is None else str(value), text[start:end])]
            at = end
    return bom + "".join([*pieces, text[at:]]).encode(encoding)


def _encoding(content: bytes) -> tuple[bytes, str]:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return bom, encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            if content.decode(encoding).encode(encoding) == content:
                return b"", encoding
        except UnicodeDecodeError:
            continue
    return b"", "latin-1"  # maps every byte to itself, so that what is not changed stays


def _fields_as_read(text: str, expected: Mapping[Address, object]) -> dict[Address, tuple[int, int]]:
    """Give the position of every field under the one delimiter by which all targets hold what was read."""
    for delimiter in sorted(_DELIMITERS, key=lambda one: -text.count(one)):
        fields = dict(_scan(text, delimiter))
        if all(place in fields and _holds(text[slice(*fields[place])], value) for place, value in expected.items()):
            return fields
    cells = ", ".join(a1(*place) for place in expected)
    raise InvalidInput(f"The file's fields are not where they were read ({cells}).", hint="Refresh the file and propose again.")


def _holds(field: str, value: object) -> bool:
    plain = field[1:-1].replace('""', '"') if field.startswith('"') and field.endswith('"') and len(field) > 1 else field
    if isinstance(value, int | float) and not isinstance(value, bool):
        digits = "".join(character for character in plain if character.isdigit())
        return digits.strip("0") == "".join(character for character in f"{value:f}" if character.isdigit()).strip("0")
    return plain.strip() == ("" if value is None else str(value).strip())


def _scan(text: str, delimiter: str) -> Iterator[tuple[Address, tuple[int, int]]]:
    """Yield ((row, column), (start, end)) of every field, quotes included (Source: RFC 4180)."""
    row, column, start, at, quoted = 1, 1, 0, 0, False
    while at <= len(text):
        character = text[at] if at < len(text) else "\n"
        if quoted:
            quoted = character != '"' or text[at + 1 : at + 2] == '"'
            at += 2 if character == '"' and quoted else 1
            continue
        if character == '"' and text[start:at].strip() == "":
            quoted = True
        elif character == delimiter or character in "\r\n":
            if at < len(text) or start < at:
                yield (row, column), (start, at)
            if character == delimiter:
                column += 1
            else:
                row, column = row + 1, 1
                at += 1 if text[at : at + 2] == "\r\n" else 0
            start = at + 1
        at += 1


def _quoted(value: str, like: str) -> str:
    """Write a field, quoted where the old one was or where its text needs it."""
    needs = any(character in value for character in '",;\t|\r\n')
    return '"' + value.replace('"', '""') + '"' if like.startswith('"') or needs else value
