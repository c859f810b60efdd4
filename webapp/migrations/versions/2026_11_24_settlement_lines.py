"""What payment providers' files say they charged, gave back and paid out."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant, Money

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "settlement_lines",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "site_id",
            Id,
            sa.ForeignKey("sites.id", name="fk_settlement_lines_site_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reference", sa.String(120), nullable=False),
        sa.Column("order_number", sa.String(80), nullable=False),
        sa.Column("transaction_id", sa.String(200), nullable=False),
        sa.Column("gross", Money(), nullable=False),
        sa.Column("fee", Money(), nullable=False),
        sa.Column("net", Money(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("format", sa.String(10), nullable=False),
        sa.Column("imported_at", Instant(), nullable=False),
        sa.Column("imported_by", sa.String(200), nullable=True),
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id",
                name="fk_settlement_lines_channel_order_id",
                ondelete="RESTRICT",
            ),
            nullable=True,
        ),
        sa.Column("code", sa.String(40), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_settlement_lines"),
        sa.UniqueConstraint("site_id", "key", name="uq_settlement_lines_site_id_key"),
    )
    op.create_index(
        "ix_settlement_lines_of_order",
        "settlement_lines",
        ["channel_order_id"],
        unique=False,
        sqlite_where=sa.text("channel_order_id IS NOT NULL"),
        postgresql_where=sa.text("channel_order_id IS NOT NULL"),
    )
    op.create_index(
        "ix_settlement_lines_waiting",
        "settlement_lines",
        ["site_id", "settled_on", "id"],
        unique=False,
        sqlite_where=sa.text("code IS NOT NULL"),
        postgresql_where=sa.text("code IS NOT NULL"),
    )

    op.create_table(
        "settlement_clues",
        sa.Column(
            "line_id",
            Id,
            sa.ForeignKey(
                "settlement_lines.id", name="fk_settlement_clues_line_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("line_id", "position", name="pk_settlement_clues"),
    )
    op.create_index("ix_settlement_clues_value", "settlement_clues", ["value"], unique=False)


def downgrade() -> None:
    op.drop_table("settlement_clues")
    op.drop_table("settlement_lines")
