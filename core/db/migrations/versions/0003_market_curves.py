"""Keep a response curve by market as well."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("response_fits", sa.Column("market_draws", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
