"""Keep with a correction what stood in the row that it is about, and whose plan it was made for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("reading_corrections", sa.Column("row_texts", json, server_default="[]", nullable=False))
    op.add_column("reading_corrections", sa.Column("client", sa.String(), server_default="", nullable=False))
