"""Keep the rows that a change set inserts and deletes, and what undo needs of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("change_sets", "journal_entries"):
        op.add_column(table, sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
