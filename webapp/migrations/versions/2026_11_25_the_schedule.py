"""The schedule: wished pushes, workers and the heartbeat, and how long a store is left alone."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "push_wishes",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_push_wishes"),
    )
    op.create_index("ix_push_wishes_site_id_id", "push_wishes", ["site_id", "id"])
    op.create_table(
        "workers",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )
    op.create_table(
        "heartbeats",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("worker", sa.String(200), nullable=False),
        sa.Column("enqueued", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeats"),
    )
    op.add_column("sites", sa.Column("quiet_until", Instant(), nullable=True))
    op.add_column("sites", sa.Column("last_catalogue_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("sites", "last_catalogue_at")
    op.drop_column("sites", "quiet_until")
    for table in ("heartbeats", "workers", "push_wishes"):
        op.drop_table(table)
