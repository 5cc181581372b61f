"""The database: one engine under the application role, and sessions bound to a tenant for each transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from core.access import AccessContext


class Database:
    """Opens sessions. Row-level security sees only the tenant that a session is bound to.

    A session commits when its block ends and rolls back when it raises.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.engine: Engine = create_engine(url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, hide_parameters=True)

    @contextmanager
    def session(self, ctx: AccessContext) -> Iterator[Session]:
        """Open a transaction that sees the context's workspace only."""
        with self.tenant_session(ctx.workspace_id) as session:
            yield session

    @contextmanager
    def tenant_session(self, workspace_id: UUID) -> Iterator[Session]:
        """Open a transaction bound to a workspace; for the doors that build an AccessContext, nobody else."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            session.execute(text("select set_config('app.workspace_id', :id, true)"), {"id": str(workspace_id)})
            yield session

    @contextmanager
    def global_session(self) -> Iterator[Session]:
        """Open a transaction bound to no workspace: tenant tables are empty to it. For users, sign-in sessions and tickets."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()
