"""Keep what an answer of the assistant cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation_turns", sa.Column("cost_micros", sa.BigInteger(), server_default="0", nullable=False))
