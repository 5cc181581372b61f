"""Where the graph's state lives: langgraph's own tables on the same Postgres, walled off by tenant.

A thread is `<workspace>:<conversation>`; row-level security compares its first part with the workspace that the connection is bound to, so
a connection of one workspace can neither read nor write another's state, whatever thread it asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from core.access import AccessContext
from core.db.turns import turn

if TYPE_CHECKING:
    from langgraph.checkpoint.postgres import PostgresSaver

SCHEMA = "langgraph"
_TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
_TENANT = "split_part(thread_id, ':', 1) = current_setting('app.workspace_id', true)"


def thread_of(ctx: AccessContext, conversation_id: UUID) -> str:
    """Give the thread of a conversation; only in the context's own workspace."""
    return f"{ctx.workspace_id}:{conversation_id}"


def prepare_checkpoints(owner_url: str, *, app_role: str) -> None:
    """Create or upgrade the tables and their row-level security as the owner; nothing happens when they are of this version."""
    import psycopg
    from psycopg.rows import dict_row

    mark = f"langgraph-checkpoint-postgres {version('langgraph-checkpoint-postgres')} for {app_role}"
    options = f"-c search_path={SCHEMA}"
    with (
        turn(owner_url, "langgraph"),
        psycopg.connect(_plain(owner_url), autocommit=True, prepare_threshold=0, row_factory=dict_row, options=options) as connection,
    ):
        connection.execute(f"create schema if not exists {SCHEMA}")
        kept = connection.execute("select obj_description(%s::regnamespace, 'pg_namespace') as mark", (SCHEMA,)).fetchone()
        if kept is not None and kept["mark"] == mark:
            return
        from langgraph.checkpoint.postgres import PostgresSaver

        PostgresSaver(cast(Any, connection)).setup()
        for statement in [*_walls(app_role), f"comment on schema {SCHEMA} is '{mark}'"]:
            connection.execute(statement)


def _walls(app_role: str) -> list[str]:
    """Give the statements that bind each table to the tenant of the connection."""
    role = '"' + app_role.replace('"', '""') + '"'
    statements = [f"grant usage on schema {SCHEMA} to {role}", f"grant select on {SCHEMA}.checkpoint_migrations to {role}"]
    for table in _TABLES:
        name = f"{SCHEMA}.{table}"
        statements += [
            f"alter table {name} enable row level security",
            f"alter table {name} force row level security",
            f"drop policy if exists tenant on {name}",
            f"create policy tenant on {name} using ({_TENANT}) with check ({_TENANT})",
            f"grant select, insert, update, delete on {name} to {role}",
        ]
    return statements


@contextmanager
def checkpointer_of(ctx: AccessContext, app_url: str) -> Iterator[PostgresSaver]:
    """Open the state of a workspace on a connection of its own, bound to it for as long as it lives."""
    import psycopg
    from langgraph.checkpoint.postgres import PostgresSaver
    from psycopg.rows import dict_row

    options = f"-c search_path={SCHEMA} -c app.workspace_id={ctx.workspace_id}"
    with psycopg.connect(_plain(app_url), autocommit=True, prepare_threshold=0, row_factory=dict_row, options=options) as connection:
        yield PostgresSaver(cast(Any, connection))


def _plain(url: str) -> str:
    """Give the URL as libpq knows it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
