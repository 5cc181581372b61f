"""Create every table, its row-level security and the application's grants."""

from __future__ import annotations

from alembic import context, op

from core.db.rls import grants, own_memberships, protect
from core.db.tables import Base, tenant_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())
    statements = protect("workspaces", column="id")
    for table in tenant_tables(Base.metadata):
        statements += protect(table.name)
    for statement in [*statements, own_memberships(), *grants(context.config.attributes["app_role"])]:
        op.execute(statement)
