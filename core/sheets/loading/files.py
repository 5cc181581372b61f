"""Choose the loader by what a file is, not by what it is called."""

from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO
from pathlib import PurePath

from core.errors import UnreadableFile
from core.model.workbook import FileKind, Tab, Workbook
from core.sheets.loading.limits import MAX_FILE_BYTES, Budget, collector_paused

_MAX_ROWS, _MAX_COLUMNS = 1_048_576, 16_384
_OLE = b"\xd0\xcf\x11\xe0"


def load_workbook(name: str, content: bytes) -> Workbook:
    """Read a file into a workbook.

    Args:
        name: as people know it; only its ending is looked at, and the content decides where the two differ.
        content: the bytes, at most 100 MB.
    Returns:
        every tab with values, formulas, formats, merges and what is hidden; `revision` is the sha256 of the content.
    Raises:
        UnreadableFile: empty, encrypted, damaged, not a spreadsheet, or beyond the limits in docs/reading.md.
    """
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFile(
            f"{name} has {len(content):,} bytes; the limit is {MAX_FILE_BYTES:,}.", hint="Split the file or remove pictures."
        )
    if not content.strip(b"\x00 \r\n\t"):
        raise UnreadableFile(f"{name} is empty.", hint="Export it again.")
    budget = Budget(name)
    with collector_paused():
        kind, tabs, delimiter = _load(name, content, budget)
    if delimiter is None:
        _check_size(name, tabs)
    revision = hashlib.sha256(content).hexdigest()
    return Workbook(name, kind, tuple(tabs), revision=revision, delimiter=delimiter, size_bytes=budget.size)


def _check_size(name: str, tabs: list[Tab]) -> None:
    """Refuse a cell where no spreadsheet has one: whoever walks over its rows would never come to their end."""
    for tab in tabs:
        if tab.n_rows > _MAX_ROWS or tab.n_columns > _MAX_COLUMNS:
            where = f"tab “{tab.name}” has a cell in row {tab.n_rows:,}, column {tab.n_columns:,}"
            limits = f"a sheet ends at row {_MAX_ROWS:,}, column {_MAX_COLUMNS:,}"
            raise UnreadableFile(f"{name} is damaged: {where}; {limits}.", hint="Open it in Excel, save it and upload it again.")


def _load(name: str, content: bytes, budget: Budget) -> tuple[FileKind, list[Tab], str | None]:
    if content[:4] == _OLE:
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e" in content:
            raise UnreadableFile(f"{name} is protected with a password.", hint="Remove the password in Excel and upload it again.")
        from core.sheets.loading import xls  # each loader is imported where it is needed: it pulls in a library that the others do not

        return "xls", xls.load_tabs(content, budget), None
    if content[:2] == b"PK":
        try:
            archive = zipfile.ZipFile(BytesIO(content))
            names = set(archive.namelist())
        except zipfile.BadZipFile as error:
            raise UnreadableFile(f"{name} is damaged: its archive cannot be opened.", hint="Download or export it again.") from error
        budget.check_archive(archive)
        if "xl/workbook.xml" in names or any(part.endswith("workbook.xml") for part in names):
            from core.sheets.loading import xlsx

            macros = any(part.endswith("vbaProject.bin") for part in names)
            return ("xlsm" if macros else "xlsx"), xlsx.load_tabs(archive, budget), None
        if "content.xml" in names:
            from core.sheets.loading import ods

            return "ods", ods.load_tabs(archive, budget), None
        raise UnreadableFile(f"{name} is an archive but not a spreadsheet.", hint="Upload an xlsx, xls, ods, csv or tsv file.")
    if content[:5] in (b"%PDF-", b"\x89PNG\r") or content[:3] == b"\xff\xd8\xff":
        raise UnreadableFile(f"{name} is not a spreadsheet.", hint="Upload an xlsx, xls, ods, csv or tsv file.")
    from core.sheets.loading import text

    tab, delimiter = text.load_tab(PurePath(name).stem, content, budget)
    return ("tsv" if delimiter == "\t" else "csv"), [tab], delimiter
