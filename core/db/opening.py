"""The database that the settings name, opened on a thread of its own: Postgres starts while Python still imports the rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.exc import OperationalError

from core.config import Settings
from core.db.embedded import APP, OWNER, EmbeddedPostgres
from core.db.migrations import migrate
from core.db.rls import check_role
from core.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """SQLAlchemy URLs of a migrated database; they hold passwords."""

    owner: str
    app: str

    @property
    def app_role(self) -> str:
        return str(make_url(self.app).username)


class Opening:
    """Starts the embedded Postgres, unless one is configured, and migrates; leaving it as a context manager leaves Postgres too."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._postgres: EmbeddedPostgres | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database-start")
        self._urls = self._thread.submit(self._open)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._thread.shutdown()
        if self._postgres is not None:
            self._postgres.stop()

    def wait(self) -> DatabaseUrls:
        """Give the URLs once the schema is the newest. Misconfigured, with a sentence, when it could not be opened."""
        return self._urls.result()

    def _open(self) -> DatabaseUrls:
        urls = self._configured() or self._embedded()
        try:
            migrate(urls.owner, app_role=urls.app_role)
            check_role(create_engine(urls.app, poolclass=NullPool))
        except OperationalError as error:
            raise Misconfigured(
                f"The database does not answer: {str(error.orig).splitlines()[0]}",
                hint="Check that Postgres runs, and DATABASE_URL and DATABASE_OWNER_URL.",
            ) from error
        return urls

    def _configured(self) -> DatabaseUrls | None:
        owner, app = self._settings.database_owner_url, self._settings.database_url
        if app is None:
            return None
        if owner is None:
            raise Misconfigured(
                "DATABASE_URL is set, DATABASE_OWNER_URL is not.", hint="Set both; README.md shows how to make the two roles."
            )
        return DatabaseUrls(owner=_with_driver(owner.get_secret_value()), app=_with_driver(app.get_secret_value()))

    def _embedded(self) -> DatabaseUrls:
        self._postgres = EmbeddedPostgres(self._settings.data_dir / "postgres")
        self._postgres.start()
        self._postgres.ensure_database()
        return DatabaseUrls(owner=self._postgres.url(OWNER), app=self._postgres.url(APP))


def _with_driver(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
