"""Keep what a promise comes to at other spends, edits that are not saved yet, and who has seen a planning run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.db.rls import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("promises", sa.Column("at_spends", json, nullable=True))
    op.add_column("scenarios", sa.Column("read_by", json, server_default="[]", nullable=False))
    op.create_table(
        "unsaved_edits",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("distribution", json, nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_unsaved_edits_draft_id_drafts"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_unsaved_edits_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsaved_edits")),
        sa.UniqueConstraint("draft_id", "person_id", name=op.f("uq_unsaved_edits_draft_id_person_id")),
    )
    op.create_index(op.f("ix_unsaved_edits_workspace_id"), "unsaved_edits", ["workspace_id"])
    for statement in protect("unsaved_edits"):
        op.execute(statement)
