"""Marketplaces: an order's details, keys that the store renews, payouts that it lists itself."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Instant, Json, Secret

revision = "0007"
down_revision = "0006"

UNTRACKED = "told = 'told' AND tracking = ''"
DETAILED = ("channel_orders", "order_payloads")


def upgrade() -> None:
    for table in DETAILED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN refunds_digest TO details_digest")
    op.add_column("sites", sa.Column("renewed_keys", Secret(), nullable=True))
    op.add_column("sites", sa.Column("codes_seen", Json(), nullable=True))
    op.add_column("sites", sa.Column("consented_at", Instant(), nullable=True))
    op.add_column(
        "sites", sa.Column("key_lease_no", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("sites", sa.Column("key_lease_until", Instant(), nullable=True))
    op.add_column("sites", sa.Column("payouts_watermark", Instant(), nullable=True))
    op.add_column("sites", sa.Column("last_payouts_at", Instant(), nullable=True))
    op.add_column("deliveries", sa.Column("tracking_asked_at", Instant(), nullable=True))
    op.create_index(
        "ix_deliveries_untracked",
        "deliveries",
        ["channel_order_id"],
        sqlite_where=sa.text(UNTRACKED),
        postgresql_where=sa.text(UNTRACKED),
    )
    op.add_column("settlement_lines", sa.Column("settled_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("settlement_lines", "settled_at")
    op.drop_index("ix_deliveries_untracked", "deliveries")
    op.drop_column("deliveries", "tracking_asked_at")
    for column in (
        "last_payouts_at",
        "payouts_watermark",
        "key_lease_until",
        "key_lease_no",
        "consented_at",
        "codes_seen",
        "renewed_keys",
    ):
        op.drop_column("sites", column)
    for table in DETAILED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN details_digest TO refunds_digest")
