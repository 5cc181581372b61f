"""Delimited text in any encoding and dialect."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from core.errors import UnreadableFile
from core.model.workbook import Address, Cell, Tab
from core.sheets.loading.limits import Budget

_DELIMITERS = ",;\t|"
_MAX_FIELD, _LONG = 2**24, 2**17
"""Characters of one cell; a longer one than the second that runs over lines is a quote that nobody closed."""
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)
_WESTERN = frozenset({"cp1252", "cp1250", "cp1254", "cp1257", "iso8859_15"})
_DOS_SMALL = re.compile(rb"[\xa0-\xaf\xe0-\xf1]")
_DOS_WORD = re.compile(rb"[\x80-\xaf\xe0-\xf1]{3,}")
_DOS_LEAST = 12
_MAC_LETTER = re.compile(rb"(?<=[A-Za-z])[\x81-\x84\x86-\x90\x98-\x9f]|[\x81-\x84\x86-\x90\x98-\x9f](?=[a-z])")
_WINDOWS_LETTER = re.compile(rb"(?<=[A-Za-z])[\xc0-\xff]|[\xc0-\xff](?=[a-z])")


def load_tab(name: str, content: bytes, budget: Budget) -> tuple[Tab, str]:
    """Read delimited text into one tab of text cells, and give its delimiter. Empty cells are left out."""
    text = decode(content, budget).replace("\ufeff", "").replace("\x00", "")
    cells: dict[Address, Cell] = {}
    columns = number = counted = 0
    try:
        start, delimiter = dialect_of(text)
        for number, row in enumerate(_rows_of(text[start:], delimiter), start=1):
            filled = [(column, field) for column, field in enumerate(row, start=1) if field and not field.isspace()]
            for column, field in filled:
                if len(field) > _LONG and "\n" in field:
                    raise csv.Error("a quote opens there that nothing closes")
                cells[number, column] = Cell(_kept_text(field) if field.startswith('="') else field)
            columns = max(columns, filled[-1][0] if filled else 0)
            if number % 500 == 0:
                budget.count(len(cells) - counted)
                counted = len(cells)
    except csv.Error as error:
        raise UnreadableFile(f"{budget.name} is not delimited text: {error}, row {number}.", hint="Export it as CSV again.") from error
    return Tab(name, cells, max((row for row, _ in cells), default=0), columns), delimiter


def _kept_text(field: str) -> str:
    """Give the text of `="0012"`, as exports write what Excel shall not take for a number; anything else as it stands."""
    inner = field[2:-1]
    return inner.replace('""', '"') if field.endswith('"') and '"' not in inner.replace('""', "") else field


def _rows_of(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(_MAX_FIELD)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def dialect_of(text: str) -> tuple[int, str]:
    """Give where the first line begins, behind a line that says `sep=`, and the delimiter."""
    separator = re.match(r"^sep=(.)\r?\n", text)
    return (separator.end(), separator[1]) if separator else (0, sniff_delimiter(text))


def decode(content: bytes, budget: Budget) -> str:
    """Decode in the likeliest encoding; what does not belong to it is replaced. UnreadableFile where that is no text."""
    mark, encoding = encoding_of(content)
    text = content[len(mark) :].decode(encoding, errors="replace")
    is_guess = not mark and encoding != "utf-8"
    if is_guess and sum(not char.isprintable() and not char.isspace() for char in text[:4000]) > 200:
        raise UnreadableFile(f"{budget.name} is not text.", hint="Upload an xlsx, xls, ods, csv or tsv file.")
    return text


def encoding_of(content: bytes) -> tuple[bytes, str]:
    """Give the byte-order mark and the encoding of what follows: by the mark, zero bytes, UTF-8, the best guess among older encodings."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return mark, encoding
    sample = content[:4000]
    if sample.count(0) > len(sample) // 4:
        return b"", "utf-16-le" if sample[1:2] == b"\x00" else "utf-16-be"
    try:
        content.decode("utf-8")
        return b"", "utf-8"
    except UnicodeDecodeError:
        pass
    if _is_of_dos(content[:200_000]):
        return b"", "cp866"
    from charset_normalizer import from_bytes  # imported here: only files that are not Unicode need the guess

    guess = from_bytes(
        content[:200_000],
        cp_isolation=[
            "cp1252",
            "cp1251",
            "cp1250",
            "cp1254",
            "cp1253",
            "cp1257",
            "koi8_r",
            "shift_jis",
            "gb18030",
            "big5",
            "euc_kr",
            "iso8859_15",
        ],
    ).best()
    encoding = guess.encoding if guess else "cp1252"
    return b"", "mac_roman" if encoding in _WESTERN and _is_of_mac(content[:200_000]) else encoding


def _is_of_dos(content: bytes) -> bool:
    """Tell whether all that is not ASCII are Russian letters where DOS has them, most of them small ones."""
    strange = sum(byte >= 0x80 for byte in content)
    small = len(_DOS_SMALL.findall(content))
    letters = small + sum(0x80 <= byte <= 0x9F for byte in content)
    return strange >= _DOS_LEAST and letters >= 0.95 * strange and small >= 0.6 * strange and 8 * len(_DOS_WORD.findall(content)) >= strange


def _is_of_mac(content: bytes) -> bool:
    """Tell whether most letters with accents stand where an old Mac has them: Windows keeps signs and few letters there."""
    mac, windows = len(_MAC_LETTER.findall(content)), len(_WINDOWS_LETTER.findall(content))
    return mac >= 2 and mac > 3 * windows


def sniff_delimiter(text: str) -> str:
    """Choose the delimiter that cuts the most lines into the same number of fields, quotes respected."""
    head = text[:200_000]
    best, best_score = ",", -1.0
    for delimiter in _DELIMITERS:
        if delimiter not in head:
            continue
        rows = []
        for row in _rows_of(head, delimiter):
            rows.append(len(row))
            if len(rows) >= 400:
                break
        widths = Counter(width for width in rows if width > 1)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * item[0] ** 0.5, item[0]))
        score = count / len(rows) * min(width, 40) ** 0.5 * (1.5 if delimiter == "\t" else 1)  # texts hold commas, hardly ever tabs
        if score > best_score:
            best, best_score = delimiter, score
    return best
