"""The dashboard: paused sources, what maintainers did, who is logged in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_pauses"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("about", sa.String(400)),
        sa.Column("before", sa.String),
        sa.Column("after", sa.String),
        sa.Column("why", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_table(
        "admin_sessions",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("ends", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_admin_sessions"),
    )
    op.create_table(
        "admin_attempts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_admin_attempts"),
    )


def downgrade() -> None:
    for table in ("admin_attempts", "admin_sessions", "audit", "pauses"):
        op.drop_table(table)
