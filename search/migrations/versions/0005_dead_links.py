"""Published links that lead nowhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "dead_links",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("entries", sa.JSON, nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("checked", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_dead_links"),
    )


def downgrade() -> None:
    op.drop_table("dead_links")
