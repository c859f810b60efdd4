"""Notices of stores: those that wait to be looked at, and how each store is asked for them."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant, Secret

revision = "0009"
down_revision = "0008"

WAITS = "taken_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "store_notices",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("order_remote_id", sa.String(80), nullable=False),
        sa.Column("first_heard_at", Instant(), nullable=False),
        sa.Column("last_heard_at", Instant(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_store_notices_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_store_notices"),
    )
    op.create_index(
        "uq_store_notices_waiting",
        "store_notices",
        ["site_id", "kind", "order_remote_id"],
        unique=True,
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )
    op.create_index("ix_store_notices_taken_at", "store_notices", ["taken_at"])
    op.create_table(
        "notice_subscriptions",
        sa.Column("site_id", Id, autoincrement=False, nullable=False),
        sa.Column("secret", Secret(), nullable=True),
        sa.Column("wanted_at", Instant(), nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("state", sa.String(20), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("mended_at", Instant(), nullable=True),
        sa.Column("heard_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_notice_subscriptions_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("site_id", name="pk_notice_subscriptions"),
    )
    op.add_column("sites", sa.Column("next_notices_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("sites", "next_notices_at")
    op.drop_table("notice_subscriptions")
    op.drop_table("store_notices")
