"""The supervisor of the embedded Postgres, against real clusters: odd paths, crashes, several users, no leftovers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from core.db.embedded import APP, OWNER, SUPERUSER, EmbeddedPostgres
from core.errors import Misconfigured
from tests.conftest import wait_until
from tests.postgres import FAST


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder with a space, deep enough that a socket in it would have too long a path."""
    top = Path(tempfile.mkdtemp(prefix="flightplan "))
    top.chmod(0o711)
    yield top / ("a rather long folder name " * 3).strip() / "postgres"
    shutil.rmtree(top, ignore_errors=True)


def postmaster(cluster: EmbeddedPostgres) -> psutil.Process:
    return psutil.Process(int((cluster.data / "postmaster.pid").read_text().split("\n")[0]))


def answer(cluster: EmbeddedPostgres, sql: str = "select 42", role: str = SUPERUSER) -> object:
    with psycopg.connect(cluster.url(role, "postgres").replace("+psycopg", ""), connect_timeout=10) as connection:
        row = connection.execute(sql).fetchone()
    return None if row is None else row[0]


def test_it_starts_on_an_odd_path_under_an_odd_locale_and_keeps_its_data(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "xx_YY.UTF-8")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    cluster = EmbeddedPostgres(root, settings=FAST)
    assert cluster.start() is True
    cluster.ensure_database("kept")
    assert cluster.stop() is True
    again = EmbeddedPostgres(root, settings=FAST)
    assert again.start() is True
    assert answer(again, "select 1 from pg_database where datname = 'kept'") == 1
    assert answer(again, "select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = current_user", APP) is False
    assert answer(again, "show listen_addresses", OWNER) == ""
    assert {path.stat().st_mode & 0o077 for path in root.rglob("*.password")} <= {0}
    again.stop()
    assert not [process for process in psutil.process_iter(["cmdline"]) if str(root) in " ".join(process.info["cmdline"] or [])]


def test_the_last_user_stops_the_server_and_nobody_before(root: Path) -> None:
    first, second = EmbeddedPostgres(root, settings=FAST), EmbeddedPostgres(root, settings=FAST)
    assert (first.start(), second.start()) == (True, False)
    assert first.stop() is False
    assert answer(second) == 42
    assert second.stop() is True
    assert second.stop() is False


def test_a_user_that_was_killed_does_not_keep_the_server_alive(root: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from core.db.embedded import EmbeddedPostgres;"
        " EmbeddedPostgres(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)"
    )
    user = subprocess.Popen([sys.executable, "-c", script, str(root)], stdout=subprocess.PIPE)
    assert user.stdout is not None and user.stdout.readline() == b"up\n"
    user.kill()
    user.communicate()
    cluster = EmbeddedPostgres(root)
    assert cluster.start() is False
    assert cluster.stop() is True


def test_a_crash_of_the_whole_server_loses_nothing_that_was_committed(root: Path) -> None:
    cluster = EmbeddedPostgres(root)
    cluster.start()
    with psycopg.connect(cluster.url(SUPERUSER, "postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (7)")
    main = postmaster(cluster)
    for process in [main, *main.children(recursive=True)]:
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: not main.is_running() or main.status() == psutil.STATUS_ZOMBIE)
    assert cluster.start() is True
    assert answer(cluster, "select n from kept") == 7
    cluster.stop()


def test_a_pid_file_that_names_a_foreign_process_does_not_stop_the_start(root: Path) -> None:
    cluster = EmbeddedPostgres(root, settings=FAST)
    cluster.start()
    main = postmaster(cluster)
    text = (cluster.data / "postmaster.pid").read_text()
    for process in [main, *main.children(recursive=True)]:
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: not main.is_running() or main.status() == psutil.STATUS_ZOMBIE)
    (cluster.data / "postmaster.pid").write_text(text.replace(str(main.pid), str(os.getpid()), 1))
    assert cluster.start() is True
    assert answer(cluster) == 42
    cluster.stop()


def test_a_data_folder_that_was_deleted_under_a_running_server_starts_over(root: Path) -> None:
    cluster = EmbeddedPostgres(root, settings=FAST)
    cluster.start()
    cluster.ensure_database("old")
    main = postmaster(cluster)
    shutil.rmtree(root)
    fresh = EmbeddedPostgres(root, settings=FAST)
    assert fresh.start() is True
    assert answer(fresh, "select count(*) from pg_database where datname = 'old'") == 0
    main.send_signal(signal.SIGINT)
    cluster.stop()
    fresh.stop()


def test_a_start_that_fails_says_where_the_log_is(root: Path) -> None:
    cluster = EmbeddedPostgres(root, settings={"shared_buffers": "nonsense"})
    with pytest.raises(Misconfigured, match="pg_ctl") as refused:
        cluster.start()
    assert "postgres.log" in refused.value.hint
    cluster.stop()
