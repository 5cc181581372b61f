"""Alembic's entry: one transaction under an advisory lock, the public schema only."""

from __future__ import annotations

from alembic import context
from sqlalchemy import NullPool, create_engine

from core.db.tables import Base

LOCK_KEY = 7_270_011  # any constant: all processes that migrate this database wait for one another on it


def _ours(name: str | None, kind: str, _parent: object) -> bool:
    """Leave the schemas of DBOS and LangGraph alone."""
    return name in (None, "public") if kind == "schema" else True


engine = create_engine(context.config.attributes["owner_url"], poolclass=NullPool)
with engine.connect() as connection, connection.begin():
    connection.exec_driver_sql(f"select pg_advisory_xact_lock({LOCK_KEY})")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        include_name=_ours,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
