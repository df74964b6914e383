"""Labels that a maintainer corrected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("entry_id", sa.String(200), nullable=False),
        sa.Column("facet", sa.String(16), nullable=False),
        sa.Column("chosen", sa.JSON, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("made", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "facet", name="pk_corrections"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_corrections_entry_id"),
    )


def downgrade() -> None:
    op.drop_table("corrections")
