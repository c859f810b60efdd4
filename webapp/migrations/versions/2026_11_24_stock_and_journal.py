"""Stock moves, reservations and oversells; journal entries and lines."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant, Money

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "stock_moves",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "stock_item_id",
            Id,
            sa.ForeignKey(
                "stock_items.id", name="fk_stock_moves_stock_item_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_stock_moves_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=True,
        ),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stock_moves"),
        sa.UniqueConstraint(
            "channel_order_id",
            "stock_item_id",
            "seq",
            name="uq_stock_moves_channel_order_id_stock_item_id_seq",
        ),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_moves_quantity_not_zero")),
    )
    op.create_index(
        "ix_stock_moves_stock_item_id_id", "stock_moves", ["stock_item_id", "id"], unique=False
    )

    op.create_table(
        "reservations",
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_reservations_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column(
            "stock_item_id",
            Id,
            sa.ForeignKey(
                "stock_items.id", name="fk_reservations_stock_item_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel_order_id", "stock_item_id", name="pk_reservations"),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservations_quantity_positive")),
    )
    op.create_index(
        "ix_reservations_stock_item_id", "reservations", ["stock_item_id"], unique=False
    )

    op.create_table(
        "oversells",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "stock_item_id",
            Id,
            sa.ForeignKey("stock_items.id", name="fk_oversells_stock_item_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_oversells_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_oversells"),
        sa.UniqueConstraint(
            "channel_order_id", "stock_item_id", name="uq_oversells_channel_order_id_stock_item_id"
        ),
    )

    op.create_table(
        "journal_entries",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "site_id",
            Id,
            sa.ForeignKey("sites.id", name="fk_journal_entries_site_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_journal_entries_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("chapter", sa.String(10), nullable=False),
        sa.Column("part", sa.String(120), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("original_on", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entries"),
        sa.UniqueConstraint(
            "channel_order_id",
            "chapter",
            "part",
            "seq",
            name="uq_journal_entries_channel_order_id_chapter_part_seq",
        ),
    )
    op.create_index(
        "ix_journal_entries_site_id_posted_on_id",
        "journal_entries",
        ["site_id", "posted_on", "id"],
        unique=False,
    )

    op.create_table(
        "journal_lines",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "entry_id",
            Id,
            sa.ForeignKey(
                "journal_entries.id", name="fk_journal_lines_entry_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column(
            "ledger_id",
            Id,
            sa.ForeignKey("ledgers.id", name="fk_journal_lines_ledger_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column("debit", Money(), nullable=False),
        sa.Column("credit", Money(), nullable=False),
        sa.Column("tax_rate", sa.String(120), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_lines"),
        sa.CheckConstraint(
            "(debit > 0 AND credit = 0) OR (credit > 0 AND debit = 0)",
            name=op.f("ck_journal_lines_one_side"),
        ),
    )
    op.create_index("ix_journal_lines_entry_id", "journal_lines", ["entry_id"], unique=False)
    op.create_index(
        "ix_journal_lines_ledger_id_entry_id",
        "journal_lines",
        ["ledger_id", "entry_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("journal_lines")
    op.drop_table("journal_entries")
    op.drop_table("oversells")
    op.drop_table("reservations")
    op.drop_table("stock_moves")
