"""Where a change set is written: a Google Sheet cell by cell, or an Excel or CSV file patched as a whole (in Drive, or an upload)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from core.access import AccessContext, Permission
from core.errors import Conflict, ConnectorError, InvalidInput, NotFound
from core.model.changes import CellState, RowEdit, RowPlan
from core.model.workbook import Workbook, parse_a1
from core.ports import CellWrite, GoogleWorkspace, RowLooks
from core.runtime import Runtime
from core.services.files import FileInfo, content_of, store_of
from core.services.uploads import Upload, upload_file
from core.sheets.loading import load_workbook
from core.sheets.writing.delimited import patch_delimited
from core.sheets.writing.drift import PlacedEdit, state_at
from core.sheets.writing.edits import WritePlan
from core.sheets.writing.guards import cautions, guarded_cells
from core.sheets.writing.ods import ods_losses, patch_ods
from core.sheets.writing.ods_guards import ods_guards
from core.sheets.writing.ods_rows import patch_ods_rows
from core.sheets.writing.operations import operations, tagged_cells
from core.sheets.writing.outline import Outline
from core.sheets.writing.restructure import Restructured
from core.sheets.writing.row_drift import place_rows, restructured
from core.sheets.writing.row_plan import RowPatch, changed_values
from core.sheets.writing.texts import TEXT_FILES
from core.sheets.writing.xlsx import losses_of, patch_xlsx
from core.sheets.writing.xlsx_guards import xlsx_guards
from core.sheets.writing.xlsx_rows import patch_rows, values_following

GOOGLE_SHEET = "application/vnd.google-apps.spreadsheet"
RowTags = Mapping[tuple[int, int], str]
"""New row ids by (tab id, row)."""
_NO_TAGS: RowTags = {}


@dataclass(frozen=True, slots=True)
class Contents:
    """A file before and after a write; both None where cells are written one by one."""

    before: bytes | None = None
    after: bytes | None = None


@dataclass(frozen=True, slots=True)
class RowWrite:
    """Rows to insert and delete with everything else of a change set.

    Attributes:
        workbook: as it was read. `edits`: placed in it. `result`: what comes of them.
        images: of rows that are put back. `mark`: names this write, so that it is known to have happened.
        restores: deleted rows are among them, to be put back as they were.
    """

    workbook: Workbook
    edits: tuple[RowEdit, ...]
    result: Restructured
    images: Mapping[str, Mapping[str, object]]
    mark: str
    restores: bool = False


class Target(Protocol):
    """A file that can be written."""

    def read(self, *, looks: bool = False) -> Workbook:
        """Give the file as it is now; with its looks where rows are to be deleted, so that `images` takes no call of its own."""
        ...

    def prepare(self, placed: Sequence[PlacedEdit], rows: RowWrite | None = None) -> Contents:
        """Make what `write` will put in place, from the state that was read last; nothing is written."""
        ...

    def images(self, edits: Sequence[RowEdit]) -> dict[str, Mapping[str, object]]:
        """Give what is needed to put deleted rows back, by row id. Conflict where that is not possible."""
        ...

    def is_applied(self, mark: str, content: bytes | None) -> bool:
        """Tell whether a write of rows has happened, and nothing over it; `content` is the file it made."""
        ...

    def settle(self, mark: str) -> Workbook:
        """Forget the mark of a write of rows that is known to have happened; gives the file as it is then."""
        ...

    def write(self, placed: Sequence[PlacedEdit], contents: Contents, rows: RowWrite | None = None, *, tags: RowTags = _NO_TAGS) -> None:
        """Write all of it or nothing, with ids for rows where the source keeps them. Conflict when a file changed since it was read."""
        ...

    def read_back(self, placed: Sequence[PlacedEdit]) -> dict[tuple[str, str], CellState]:
        """Give the cells as they are now."""
        ...


def open_target(ctx: AccessContext, rt: Runtime, file_id: UUID) -> Target:
    """Give the file's target, with the account it came from; who writes into it asks for the right to."""
    ctx.require(Permission.READ)
    handle = store_of(ctx, rt, file_id)
    if handle.google is None:
        return UploadedFile(ctx, rt, handle.info)
    if handle.info.mime_type == GOOGLE_SHEET:
        return GoogleSheetTarget(handle.google, handle.info.external_id)
    return DriveFile(handle.google, handle.info)


@dataclass(slots=True)
class GoogleSheetTarget:
    """A Google Sheet: one call each to read, write and read back."""

    google: GoogleWorkspace
    spreadsheet_id: str
    _looks: RowLooks | None = None

    def read(self, *, looks: bool = False) -> Workbook:
        if looks:
            workbook, self._looks = self.google.sheets.read_with_looks(self.spreadsheet_id)
            return workbook
        return self.google.sheets.read_workbook(self.spreadsheet_id, with_revision=False)

    def prepare(self, placed: Sequence[PlacedEdit], rows: RowWrite | None = None) -> Contents:
        return Contents()

    def images(self, edits: Sequence[RowEdit]) -> dict[str, Mapping[str, object]]:
        if self._looks is not None:
            return {edit.row_id: self._looks(edit.tab, edit.row) for edit in edits}
        rows: dict[str, list[int]] = {}
        for edit in edits:
            rows.setdefault(edit.tab, []).append(edit.row)
        found = self.google.sheets.row_images(self.spreadsheet_id, rows) if rows else {}
        return {edit.row_id: found[edit.tab, edit.row] for edit in edits}

    def is_applied(self, mark: str, content: bytes | None) -> bool:
        return self.google.sheets.is_marked(self.spreadsheet_id, mark)

    def settle(self, mark: str) -> Workbook:
        return self.google.sheets.unmark(self.spreadsheet_id, mark)

    def write(self, placed: Sequence[PlacedEdit], contents: Contents, rows: RowWrite | None = None, *, tags: RowTags = _NO_TAGS) -> None:
        if rows is not None:
            steps = operations(rows.workbook, placed, rows.edits, rows.result, images=rows.images)
            self.google.sheets.change_rows(self.spreadsheet_id, steps, mark=rows.mark)
            return
        if tags:
            self.google.sheets.change_rows(self.spreadsheet_id, tagged_cells(placed, tags))
            return
        self.google.sheets.write_cells(self.spreadsheet_id, [CellWrite(one.tab, one.cell, one.edit.after.value) for one in placed])

    def read_back(self, placed: Sequence[PlacedEdit]) -> dict[tuple[str, str], CellState]:
        cells: dict[str, list[str]] = {}
        for one in placed:
            cells.setdefault(one.tab, []).append(one.cell)
        return self.google.sheets.read_cells(self.spreadsheet_id, cells)


class WholeFile(ABC):
    """A file that is read and put back as a whole; where from and where to is its kind's."""

    def __init__(self, info: FileInfo) -> None:
        self.info = info
        self._content = b""
        self._workbook: Workbook | None = None

    @abstractmethod
    def _fetch(self) -> bytes: ...

    @abstractmethod
    def _replace(self, content: bytes) -> None: ...

    def read(self, *, looks: bool = False) -> Workbook:
        self._content = self._fetch()
        self._workbook = load_workbook(self.info.name, self._content)
        return self._workbook

    def prepare(self, placed: Sequence[PlacedEdit], rows: RowWrite | None = None) -> Contents:
        assert self._workbook is not None, "read comes first"
        return Contents(self._content, patch_file(self.info.name, self._content, self._workbook, placed, rows))

    def images(self, edits: Sequence[RowEdit]) -> dict[str, Mapping[str, object]]:
        return {}  # a file is put back as a whole

    def is_applied(self, mark: str, content: bytes | None) -> bool:
        return self._content == content

    def settle(self, mark: str) -> Workbook:
        return self.read()  # the file itself tells what was written

    def write(self, placed: Sequence[PlacedEdit], contents: Contents, rows: RowWrite | None = None, *, tags: RowTags = _NO_TAGS) -> None:
        assert contents.after is not None
        self._replace(contents.after)

    def read_back(self, placed: Sequence[PlacedEdit]) -> dict[tuple[str, str], CellState]:
        return _states(self.read(), placed)


class DriveFile(WholeFile):
    """An Excel or CSV file in Drive: a new revision of the same file, refused when someone else made one meanwhile."""

    def __init__(self, google: GoogleWorkspace, info: FileInfo) -> None:
        super().__init__(info)
        self.google = google
        self._version = ""

    def _fetch(self) -> bytes:
        self._version = self.google.files.get(self.info.external_id).version
        return self.google.files.download(self.info.external_id)

    def _replace(self, content: bytes) -> None:
        self.google.files.replace_content(self.info.external_id, content, expected_version=self._version)


class UploadedFile(WholeFile):
    """An uploaded file: the change becomes its next revision here, and a download for the person."""

    def __init__(self, ctx: AccessContext, rt: Runtime, info: FileInfo) -> None:
        super().__init__(info)
        self.ctx, self.rt = ctx, rt

    def _fetch(self) -> bytes:
        return content_of(self.ctx, self.rt, self.info.file_id)

    def _replace(self, content: bytes) -> None:
        upload_file(self.ctx, self.rt, Upload(self.info.name, content))


def patch_file(name: str, content: bytes, workbook: Workbook, placed: Sequence[PlacedEdit], rows: RowWrite | None = None) -> bytes:
    """Give a file's content with the edits in it; InvalidInput for a kind that cannot be written without loss."""
    if rows is not None:
        return _patch_rows(name, content, placed, rows)
    if workbook.kind in ("xlsx", "xlsm"):
        return patch_xlsx(content, workbook, placed)
    if workbook.kind == "ods":
        return patch_ods(content, name, workbook, placed)
    if workbook.kind in ("csv", "tsv"):
        return patch_delimited(content, name, workbook, placed)
    raise InvalidInput(f"{name} cannot be written without loss.", hint="Save it as .xlsx or as a Google Sheet.")


def _patch_rows(name: str, content: bytes, placed: Sequence[PlacedEdit], rows: RowWrite) -> bytes:
    if rows.workbook.kind not in ("xlsx", "xlsm", "ods", "csv", "tsv"):
        raise InvalidInput(f"Rows of {name} cannot be inserted or deleted.", hint="Save it as .xlsx or as a Google Sheet.")
    if rows.restores:
        raise Conflict(f"Someone changed {name} since: a deleted row is not put back into it by itself.", hint="Put it back by hand.")
    if rows.workbook.kind in TEXT_FILES:
        return patch_delimited(content, name, rows.workbook, placed, edits=rows.edits, wanted=rows.result.workbook)
    cells = {(one.tab, *parse_a1(one.cell)): one.edit.after.value for one in placed}
    changed = changed_values(rows.result, rows.edits, cells)
    patch = RowPatch(rows.edits, rows.result, cells, values_following(rows.result, changed))
    return patch_ods_rows(content, name, patch) if rows.workbook.kind == "ods" else patch_rows(content, name, patch)


def why_not_rows(ctx: AccessContext, rt: Runtime, file_id: UUID, rows: RowPlan, outlines: Sequence[Outline]) -> str | None:
    """Say why a file cannot take the rows of a plan, by trying it without writing; None when it can, or when its rows are not found now."""
    ctx.require(Permission.READ)
    target = open_target(ctx, rt, file_id)
    if isinstance(target, GoogleSheetTarget):
        return None
    theirs = target.read()
    placed = place_rows(rows, outlines, theirs)
    if placed.conflicts:
        return None
    result, _ = restructured(theirs, (), placed)
    try:
        target.prepare((), RowWrite(theirs, placed.edits, result, {}, ""))
    except InvalidInput as error:
        return error.message
    return None


def warnings_of(ctx: AccessContext, rt: Runtime, file_id: UUID, written: WritePlan, workbook: Workbook) -> tuple[str, ...]:
    """Say what a write would not keep, meet protected or break, before anything is written; asks the file as it is now.

    Args:
        workbook: the file as it was read, for the entries of lists.
    """
    ctx.require(Permission.READ)
    handle = store_of(ctx, rt, file_id)
    name, google = handle.info.name.lower(), handle.google
    cells = guarded_cells(written.edits, written.rows)
    if google is not None and handle.info.mime_type == GOOGLE_SHEET:
        try:
            guards = google.sheets.guards(handle.info.external_id, cells)
        except (ConnectorError, NotFound) as error:
            return (f"Whether cells are protected could not be looked up: {error.message}",)
        return cautions(guards, written.edits, written.rows, workbook)
    if not name.endswith((".xlsx", ".xlsm", ".ods")):
        return ()
    content = content_of(ctx, rt, file_id) if google is None else google.files.download(handle.info.external_id)
    losses, guards_in = (ods_losses, ods_guards) if name.endswith(".ods") else (losses_of, xlsx_guards)
    return (*losses(content), *cautions(guards_in(content, cells), written.edits, written.rows, workbook))


def _states(workbook: Workbook, placed: Sequence[PlacedEdit]) -> dict[tuple[str, str], CellState]:
    names = {tab.name for tab in workbook.tabs}
    return {(one.tab, one.cell): state_at(workbook, one.tab, one.cell) for one in placed if one.tab in names}
