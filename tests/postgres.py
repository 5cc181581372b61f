"""The Postgres of a test run: one cluster a run, shared by its workers; one database a worker; rows deleted between tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from core.db.embedded import APP, OWNER, SUPERUSER, EmbeddedPostgres
from core.db.migrations import migrate
from core.workflows.engine import migrate_engine

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
EMPTY = """
do $$ declare t record; begin
  set local session_replication_role = replica;
  for t in select format('%I.%I', schemaname, tablename) as name from pg_tables
           where (schemaname = 'public' and tablename <> 'alembic_version')
              or (schemaname = 'dbos' and tablename not in ('dbos_migrations', 'application_versions', 'queues')) loop
    execute 'delete from ' || t.name;
  end loop;
end $$"""


class TestDatabase:
    """One worker's own database in the run's cluster."""

    __test__ = False

    def __init__(self, cluster: EmbeddedPostgres, name: str) -> None:
        self.cluster, self.name = cluster, name
        cluster.ensure_database(name)
        migrate(self.owner_url, app_role=APP)
        migrate_engine(self.owner_url, app_role=APP)

    @property
    def app_url(self) -> str:
        return self.cluster.url(APP, self.name)

    @property
    def owner_url(self) -> str:
        return self.cluster.url(OWNER, self.name)

    def connect_as_superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect past row-level security, to look at or empty what is there."""
        return psycopg.connect(self.cluster.url(SUPERUSER, self.name).replace("+psycopg", "", 1), autocommit=True)

    def empty(self) -> None:
        with self.connect_as_superuser() as connection:
            connection.execute(EMPTY)


@contextmanager
def cluster_of_this_run(run_id: str) -> Iterator[EmbeddedPostgres]:
    """Join the run's cluster; the last worker to leave stops it and removes its folder."""
    root = Path(tempfile.gettempdir()) / f"flightplan-tests-{os.getuid()}-{run_id}"
    cluster = EmbeddedPostgres(root, settings=FAST)
    cluster.start()
    try:
        yield cluster
    finally:
        if cluster.stop():
            shutil.rmtree(root, ignore_errors=True)
