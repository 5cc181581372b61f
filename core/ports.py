"""What Flightplan needs from the outside world, as Protocols. Connectors implement them; bootstrap wires them into the Runtime.

Every method raises the ConnectorError family of core.errors, translated once at the connector's edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.access import AccessContext
from core.model.changes import CellState, Scalar
from core.model.workbook import Workbook
from core.sheets.writing.guards import Guards
from core.sheets.writing.operations import Operation


class Clock(Protocol):
    """The time, as a port: nothing else reads the wall clock."""

    def now(self) -> datetime:
        """Give the aware UTC time."""
        ...


# --- Google sign-in ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Credential:
    """OAuth tokens of one account; lives encrypted in the database and in memory only while used."""

    access_token: str
    refresh_token: str | None
    expires_at: datetime | None
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Credential(scopes={self.scopes!r}, expires_at={self.expires_at!r})"


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Who consented: the vendor's id, address and display name."""

    account_id: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """Where to send the browser, and the PKCE verifier to keep for the callback."""

    url: str
    code_verifier: str


class OAuthProvider(Protocol):
    """The consent flow of one vendor (authorisation code with PKCE S256)."""

    def authorization_request(self, *, state: str, redirect_uri: str) -> AuthorizationRequest: ...

    def exchange(self, *, code: str, code_verifier: str, redirect_uri: str) -> Credential:
        """Trade the code for tokens. AuthExpired when the code is spent or wrong; ScopeMissing when too little was granted."""
        ...

    def identify(self, credential: Credential) -> AccountIdentity: ...

    def refresh(self, credential: Credential) -> Credential:
        """Give a credential that is valid now. AuthExpired when it was revoked."""
        ...

    def revoke(self, credential: Credential) -> None: ...


# --- files and sheets --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file in the store as listed. `version` grows with every change; `trashed` files are listed by `changes` only."""

    file_id: str
    name: str
    mime_type: str
    modified_at: datetime
    version: str
    owner: str | None = None
    web_url: str | None = None
    folder: str | None = None
    size_bytes: int | None = None
    trashed: bool = False
    can_edit: bool = True


@dataclass(frozen=True, slots=True)
class FileChange:
    """One entry of the change feed; `file` is None when it was removed or is no longer shared."""

    file_id: str
    file: FileRef | None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """All changes since a token, and the token to ask with next time."""

    changes: tuple[FileChange, ...]
    next_token: str


class FileStore(Protocol):
    """Google Drive for one account."""

    def list_spreadsheets(self) -> Iterator[FileRef]:
        """Yield every Google Sheet, Excel, OpenDocument and CSV file the account can see, newest first, page by page."""
        ...

    def get(self, file_id: str) -> FileRef: ...

    def download(self, file_id: str) -> bytes:
        """Give a binary file's content (not for Google Sheets)."""
        ...

    def start_token(self) -> str:
        """Give the change token of now."""
        ...

    def changes(self, token: str) -> ChangePage: ...

    def replace_content(self, file_id: str, content: bytes, *, expected_version: str) -> FileRef:
        """Upload a new revision of a binary file. Conflict when its version is not the expected one."""
        ...


@dataclass(frozen=True, slots=True)
class CellWrite:
    """A raw value to put into one cell; never parsed as a formula (valueInputOption RAW)."""

    tab: str
    cell: str
    value: Scalar


RowLooks = Callable[[str, int], dict[str, object]]
"""Gives all that a row holds and looks like, by tab and row: what RestoreRow takes. Conflict where that is not all."""


class SheetStore(Protocol):
    """Google Sheets for one account."""

    def read_workbook(self, spreadsheet_id: str, *, with_revision: bool = True) -> Workbook:
        """Read every tab with values, formulas, formats, merges, hidden state and row ids in two calls; in one without its revision."""
        ...

    def read_with_looks(self, spreadsheet_id: str) -> tuple[Workbook, RowLooks]:
        """Read every tab as `read_workbook` without its revision, and the looks of every row with it, in one call."""
        ...

    def read_cells(self, spreadsheet_id: str, cells: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], CellState]:
        """Read single cells as they are now (formula and unformatted value) in one batch call.

        Args:
            cells: A1 addresses by tab name.
        Returns:
            state by (tab, address); an empty cell is CellState(None).
        Raises:
            NotFound: the spreadsheet or a tab is gone.
        """
        ...

    def write_cells(self, spreadsheet_id: str, writes: Sequence[CellWrite]) -> None:
        """Write all cells in one atomic values:batchUpdate as RAW; formats and every other cell stay as they are."""
        ...

    def change_rows(self, spreadsheet_id: str, operations: Sequence[Operation], *, mark: str | None = None) -> None:
        """Apply all steps in one atomic batch; a `mark` is in the spreadsheet from then on, until `unmark`."""
        ...

    def is_marked(self, spreadsheet_id: str, mark: str) -> bool:
        """Tell whether the batch with this mark was applied and not unmarked since."""
        ...

    def unmark(self, spreadsheet_id: str, mark: str) -> Workbook:
        """Take a mark away, where there is one, and give the spreadsheet as it is then; all in one call."""
        ...

    def row_images(self, spreadsheet_id: str, rows: Mapping[str, Sequence[int]]) -> dict[tuple[str, int], dict[str, object]]:
        """Give all that rows hold and look like, by (tab, row): what RestoreRow takes. Conflict where that is not all."""
        ...

    def guards(self, spreadsheet_id: str, cells: Mapping[str, Sequence[str]]) -> Guards:
        """Read in one call what keeps this account from typing into some cells, by tab: protection and rules of data validation."""
        ...

    def create(self, workbook: Workbook) -> FileRef:
        """Create a new spreadsheet with the workbook's values, formulas and formats."""
        ...


class GoogleWorkspace(Protocol):
    """The stores of one connected Google account."""

    @property
    def files(self) -> FileStore: ...

    @property
    def sheets(self) -> SheetStore: ...


class GoogleConnector(Protocol):
    """Google as a whole: consent, and the stores for a credential."""

    @property
    def oauth(self) -> OAuthProvider: ...

    @property
    def is_sandbox(self) -> bool: ...

    def open(self, credential: Credential) -> GoogleWorkspace: ...

    def demo_credential(self) -> Credential:
        """Connect the sandbox's demo account without a browser, for the demo workspace. Misconfigured where Google is real."""
        ...


# --- durable work ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Where a durable workflow stands.

    Attributes:
        state: `queued`, `running`, `waiting`, `succeeded`, `failed`, `cancelled`.
        progress_ratio: 0-1, None when it cannot be told.
        step: what it is doing, in plain words.
        error: one sentence with what to do, None unless failed.
        result: JSON-serialisable, None unless succeeded.
    """

    job_id: str
    state: str
    step: str = ""
    progress_ratio: float | None = None
    error: str | None = None
    result: Mapping[str, object] | None = None


class JobRunner(Protocol):
    """Starts durable workflows by name and talks to them. The same id twice is one job; jobs of other workspaces are NotFound."""

    def start(self, ctx: AccessContext, kind: str, *, job_id: str, payload: Mapping[str, object]) -> str:
        """Start workflow `kind` unless `job_id` exists; `payload` holds ids only, JSON-serialisable. Gives the job id."""
        ...

    def signal(self, ctx: AccessContext, job_id: str, topic: str, message: Mapping[str, object]) -> None: ...

    def status(self, ctx: AccessContext, job_id: str) -> JobStatus: ...

    def running(self, ctx: AccessContext, *prefixes: str) -> str | None:
        """Give the newest job of the workspace that has not ended and whose id begins so; None when there is none."""
        ...

    def cancel(self, ctx: AccessContext, job_id: str) -> None: ...


# --- language models ---------------------------------------------------------------------------------------------------------------


class Embedder(Protocol):
    """Texts to vectors. `name` and `version` are stored with each collection; when they change it is re-indexed."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]: ...


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a note, small enough to be found by what it says. `passage_id` is unique in the workspace."""

    passage_id: str
    note_id: UUID
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class KnowledgeHit:
    """A passage that was found; `similarity` is the cosine, -1 to 1."""

    passage_id: str
    note_id: UUID
    similarity: float


class KnowledgeIndex(Protocol):
    """Finds passages by meaning, apart for each workspace. Postgres holds the notes: the index can be rebuilt from them at any time."""

    def is_current(self, workspace_id: UUID) -> bool: ...

    def rebuild(self, workspace_id: UUID, passages: Sequence[Passage]) -> None: ...

    def put(self, workspace_id: UUID, passages: Sequence[Passage]) -> None: ...

    def remove(self, workspace_id: UUID, note_id: UUID) -> None: ...

    def drop(self, workspace_id: UUID) -> None: ...

    def search(self, workspace_id: UUID, query: str, *, limit: int, kinds: Sequence[str] = ()) -> list[KnowledgeHit]: ...


class Assistant(Protocol):
    """Runs one turn of a conversation as a durable run and appends its events to the run's log."""

    @property
    def model(self) -> str:
        """Give the name of the model in use."""
        ...

    def run_turn(self, ctx: AccessContext, *, conversation_id: UUID, run_id: UUID) -> None: ...

    def forget(self, ctx: AccessContext, *, conversation_id: UUID) -> None:
        """Delete what it remembers of a conversation, for good."""
        ...
