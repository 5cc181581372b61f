"""The one app process of a data folder: its lock, and how another terminal stops it."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from core.config import Settings
from core.db.embedded import EmbeddedPostgres
from core.errors import Misconfigured


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the data folder for this app process. Misconfigured, naming the other's address, when one is running on it already."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)  # its files are closed; root's Postgres must get through
    with (settings.data_dir / "app.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Misconfigured(
                f"Flightplan already runs on this data folder: {lock.read().strip() or 'it is just starting'}.",
                hint="Use that one, stop it first, or set DATA_DIR and PORT for another.",
            ) from error
        lock.truncate(0)
        lock.write(f"{settings.base_url} (process {os.getpid()})")
        lock.flush()
        yield
        lock.truncate(0)


def stop_other(settings: Settings) -> str:
    """Stop the app that runs on this data folder, and a Postgres that one killed before left behind; gives what was done."""
    lock_file = settings.data_dir / "app.lock"
    said = "Flightplan is not running."
    if lock_file.exists():
        with lock_file.open("a+") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _stop_postgres(settings, said)
        pid = int(lock_file.read_text().rpartition("(process ")[2].rstrip(")"))
        os.kill(pid, signal.SIGINT)
        with lock_file.open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # held until it has stopped
        said = "Flightplan is stopped."
    return said


def _stop_postgres(settings: Settings, said: str) -> str:
    folder = settings.data_dir / "postgres"
    if not folder.exists() or settings.database_url is not None:
        return said
    postgres = EmbeddedPostgres(folder)
    started_here = postgres.start()
    return f"{said} Its Postgres is stopped." if postgres.stop() and not started_here else said
