"""What editors judged: labels they found right, entries they hold for the same call or for two."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("entry_id", sa.String(200), nullable=False),
        sa.Column("facet", sa.String(16), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("words", sa.String(64), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "facet", "value", name="pk_reviews"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_reviews_entry_id"),
    )
    op.create_table(
        "pairs",
        sa.Column("one", sa.String(200), nullable=False),
        sa.Column("other", sa.String(200), nullable=False),
        sa.Column("same", sa.Boolean, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name="pk_pairs"),
        sa.ForeignKeyConstraint(["one"], ["entries.id"], name="fk_pairs_one"),
        sa.ForeignKeyConstraint(["other"], ["entries.id"], name="fk_pairs_other"),
    )


def downgrade() -> None:
    for table in ("pairs", "reviews"):
        op.drop_table(table)
