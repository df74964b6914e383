"""Sessions of the dashboard know when they began and when they were last used; those that go on end here: people log in again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_BEFORE = (
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("ends", sa.String(32), nullable=False),
)
_NEW = (sa.Column("began", sa.String(32), nullable=False), sa.Column("used", sa.String(32), nullable=False))


def upgrade() -> None:
    _made_anew(*_BEFORE, *_NEW)


def downgrade() -> None:
    _made_anew(*_BEFORE)


def _made_anew(*columns: sa.Column[str]) -> None:
    op.drop_table("admin_sessions")
    op.create_table("admin_sessions", *columns, sa.PrimaryKeyConstraint("digest", name="pk_admin_sessions"))
