"""Orders leave in parts, and are listed by their status in the store, their cause, their buyer."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id

revision = "0015"
down_revision = "0014"

HELD_UP = "state IN ('blocked', 'failed', 'retrying')"
HAS_WORD = "word_1 <> ''"


def upgrade() -> None:
    op.add_column(
        "deliveries", sa.Column("is_last", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.create_table(
        "delivery_lines",
        sa.Column("delivery_id", Id, nullable=False),
        sa.Column("remote_line_id", sa.String(80), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_delivery_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name="fk_delivery_lines_delivery_id_deliveries",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "remote_line_id", name="pk_delivery_lines"),
    )
    op.create_index(
        "ix_channel_orders_site_id_status_state_ordered_at_id",
        "channel_orders",
        ["site_id", "status", "state", "ordered_at", "id"],
    )
    op.create_index(
        "ix_channel_orders_causes",
        "channel_orders",
        ["site_id", "state", "code", "ordered_at", "id", "currency", "total"],
        sqlite_where=sa.text(HELD_UP),
        postgresql_where=sa.text(HELD_UP),
    )
    op.drop_index("ix_order_buyers_word_1", "order_buyers")
    op.create_index(
        "ix_order_buyers_word_1_word_2",
        "order_buyers",
        ["word_1", "word_2"],
        sqlite_where=sa.text(HAS_WORD),
        postgresql_where=sa.text(HAS_WORD),
    )


def downgrade() -> None:
    op.drop_index("ix_order_buyers_word_1_word_2", "order_buyers")
    op.create_index(
        "ix_order_buyers_word_1",
        "order_buyers",
        ["word_1"],
        sqlite_where=sa.text(HAS_WORD),
        postgresql_where=sa.text(HAS_WORD),
    )
    op.drop_index("ix_channel_orders_causes", "channel_orders")
    op.drop_index("ix_channel_orders_site_id_status_state_ordered_at_id", "channel_orders")
    op.drop_table("delivery_lines")
    op.drop_column("deliveries", "is_last")
