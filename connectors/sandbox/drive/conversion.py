"""Files into Google Sheets and back, and the text that full-text search sees."""

from __future__ import annotations

import csv
import io

from connectors.sandbox.drive.files import DriveFile
from connectors.sandbox.drive.xlsx import document_of_xlsx, xlsx_of_document
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.sheets.document import Document, Sheet
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.sheets.entry import enter
from connectors.sandbox.sheets.ranges import Area
from connectors.sandbox.sheets.values import Rendering, value_range
from connectors.sandbox.wire import CSV, SPREADSHEET, XLSX, ApiError


def imported(name: str, content: bytes, media_type: str, *, locale: str = "en_US") -> Document:
    """Convert an uploaded file to a spreadsheet, values read as if typed; 400 for kinds that Drive would not convert here."""
    if content.startswith(b"PK"):
        return document_of_xlsx(name, content, locale=locale)
    if not media_type.startswith("text/"):
        raise ApiError(400, "The requested conversion is not supported.", reason="badRequest")
    text = content.decode("utf-8-sig", "replace")
    document = Document("", name, locale, sheets=[Sheet(0, name)])
    editor = Editor(document)
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    for row, line in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
        for column, value in enumerate(line, start=1):
            if value:
                document.sheets[0].grow(row, column)
                editor.put(document.sheets[0], (row, column), enter(value, is_raw=False, locale=locale))
    editor.finish()
    return document


def exported(document: Document, media_type: str) -> bytes:
    """Convert a spreadsheet; 400 for kinds the sandbox does not write."""
    if media_type == XLSX:
        return xlsx_of_document(document)
    if media_type in (CSV, "text/tab-separated-values"):
        first = document.sheets[0]
        rows = value_range(document, Area(first, first.whole()), Rendering()).get("values", [])
        width = max(map(len, rows), default=0)
        out = io.StringIO()
        delimiter = "," if media_type == CSV else "\t"
        csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows([row + [""] * (width - len(row)) for row in rows])
        return out.getvalue().removesuffix("\r\n").encode()
    raise ApiError(400, "The requested conversion is not supported.", reason="badRequest")


def content_text(sandbox: Sandbox, file: DriveFile) -> str:
    """Give a file's name and texts for full-text search."""
    texts = [file.name, file.description]
    if file.mime_type == SPREADSHEET:
        texts += [
            str(cell.value) for sheet in sandbox.document(file.file_id).sheets for cell in sheet.cells.values() if cell.value is not None
        ]
    elif file.mime_type.startswith("text/"):
        texts.append(sandbox.storage.blob(file.file_id).decode("utf-8", "replace"))
    return " ".join(texts)
