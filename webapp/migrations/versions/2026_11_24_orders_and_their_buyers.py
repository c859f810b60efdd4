"""Orders with their payloads, the buyer's row apart, and what they are here."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant, Json, Money

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "channel_orders",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "site_id",
            Id,
            sa.ForeignKey("sites.id", name="fk_channel_orders_site_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column("remote_id", sa.String(80), nullable=False),
        sa.Column(
            "number",
            sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total", Money(), nullable=True),
        sa.Column("ordered_at", Instant(), nullable=False),
        sa.Column("payment_method", sa.String(80), nullable=False),
        sa.Column("remote_modified_at", Instant(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("refunds_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("code", sa.String(40), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Instant(), nullable=True),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        sa.Column("applied_version", sa.Integer(), nullable=True),
        sa.Column("applied_modified_at", Instant(), nullable=True),
        sa.Column(
            "posting_terms_id",
            Id,
            sa.ForeignKey("posting_terms.id", name="fk_channel_orders_posting_terms_id"),
            nullable=True,
        ),
        sa.Column("is_asked_for", sa.Boolean(), nullable=False),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.Column("deletion_choice", sa.String(10), nullable=True),
        sa.Column("books_elsewhere", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_channel_orders"),
        sa.UniqueConstraint("site_id", "remote_id", name="uq_channel_orders_site_id_remote_id"),
    )
    op.create_index(
        "ix_channel_orders_ordered_at_id", "channel_orders", ["ordered_at", "id"], unique=False
    )
    op.create_index(
        "ix_channel_orders_site_id_number", "channel_orders", ["site_id", "number"], unique=False
    )
    op.create_index(
        "ix_channel_orders_site_id_state_ordered_at_id",
        "channel_orders",
        ["site_id", "state", "ordered_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_channel_orders_waiting",
        "channel_orders",
        ["site_id", "id"],
        unique=False,
        sqlite_where=sa.text("is_due OR state IN ('pending', 'retrying')"),
        postgresql_where=sa.text("is_due OR state IN ('pending', 'retrying')"),
    )

    op.create_table(
        "order_payloads",
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_order_payloads_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("remote_modified_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("refunds_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel_order_id", "version", name="pk_order_payloads"),
    )

    op.create_table(
        "order_buyers",
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_order_buyers_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("country", sa.String(80), nullable=False),
        sa.Column("billing", Json(), nullable=True),
        sa.Column("shipping", Json(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rest", Json(), nullable=True),
        sa.Column(
            "word_1",
            sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "word_2",
            sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "word_3",
            sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "word_4",
            sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "email_key",
            sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "phone_key",
            sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("is_masked", sa.Boolean(), nullable=False),
        sa.Column("emptied_at", Instant(), nullable=True),
        sa.Column("emptied_why", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("channel_order_id", name="pk_order_buyers"),
    )
    op.create_index(
        "ix_order_buyers_email_key",
        "order_buyers",
        ["email_key"],
        unique=False,
        sqlite_where=sa.text("email_key <> ''"),
        postgresql_where=sa.text("email_key <> ''"),
    )
    op.create_index(
        "ix_order_buyers_phone_key",
        "order_buyers",
        ["phone_key"],
        unique=False,
        sqlite_where=sa.text("phone_key <> ''"),
        postgresql_where=sa.text("phone_key <> ''"),
    )
    op.create_index(
        "ix_order_buyers_word_1",
        "order_buyers",
        ["word_1"],
        unique=False,
        sqlite_where=sa.text("word_1 <> ''"),
        postgresql_where=sa.text("word_1 <> ''"),
    )
    op.create_index(
        "ix_order_buyers_word_2",
        "order_buyers",
        ["word_2"],
        unique=False,
        sqlite_where=sa.text("word_2 <> ''"),
        postgresql_where=sa.text("word_2 <> ''"),
    )
    op.create_index(
        "ix_order_buyers_word_3",
        "order_buyers",
        ["word_3"],
        unique=False,
        sqlite_where=sa.text("word_3 <> ''"),
        postgresql_where=sa.text("word_3 <> ''"),
    )
    op.create_index(
        "ix_order_buyers_word_4",
        "order_buyers",
        ["word_4"],
        unique=False,
        sqlite_where=sa.text("word_4 <> ''"),
        postgresql_where=sa.text("word_4 <> ''"),
    )

    op.create_table(
        "retail_orders",
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_retail_orders_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("released_by", sa.String(200), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("paid_at", Instant(), nullable=True),
        sa.Column("shipped_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("channel_order_id", name="pk_retail_orders"),
    )

    op.create_table(
        "retail_order_lines",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id",
                name="fk_retail_order_lines_channel_order_id",
                ondelete="RESTRICT",
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("remote_line_id", sa.String(80), nullable=False),
        sa.Column(
            "listing_id",
            Id,
            sa.ForeignKey(
                "listings.id", name="fk_retail_order_lines_listing_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column(
            "mapping_id",
            Id,
            sa.ForeignKey(
                "mappings.id", name="fk_retail_order_lines_mapping_id", ondelete="RESTRICT"
            ),
            nullable=True,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sku", sa.String(200), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("net", Money(), nullable=False),
        sa.Column("tax", Money(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retail_order_lines"),
        sa.UniqueConstraint(
            "channel_order_id",
            "remote_line_id",
            name="uq_retail_order_lines_channel_order_id_remote_line_id",
        ),
    )

    op.create_table(
        "order_needs",
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_order_needs_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column(
            "listing_id",
            Id,
            sa.ForeignKey("listings.id", name="fk_order_needs_listing_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("channel_order_id", "listing_id", name="pk_order_needs"),
    )
    op.create_index("ix_order_needs_listing_id", "order_needs", ["listing_id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_deliveries_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("carrier", sa.String(80), nullable=False),
        sa.Column("tracking", sa.String(120), nullable=False),
        sa.Column("shipped_at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("told", sa.String(12), nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("told_message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint(
            "channel_order_id", "number", name="uq_deliveries_channel_order_id_number"
        ),
    )

    op.create_table(
        "payment_receipts",
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id",
                name="fk_payment_receipts_channel_order_id",
                ondelete="RESTRICT",
            ),
            nullable=False,
        ),
        sa.Column("amount", Money(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("method", sa.String(80), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("transaction_id", sa.String(200), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("channel_order_id", name="pk_payment_receipts"),
    )

    op.create_table(
        "sync_events",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "channel_order_id",
            Id,
            sa.ForeignKey(
                "channel_orders.id", name="fk_sync_events_channel_order_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("from_state", sa.String(10), nullable=True),
        sa.Column("to_state", sa.String(10), nullable=False),
        sa.Column("code", sa.String(40), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column(
            "run_id", Id, sa.ForeignKey("sync_runs.id", name="fk_sync_events_run_id"), nullable=True
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sync_events"),
    )
    op.create_index(
        "ix_sync_events_channel_order_id_id",
        "sync_events",
        ["channel_order_id", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("sync_events")
    op.drop_table("payment_receipts")
    op.drop_table("deliveries")
    op.drop_table("order_needs")
    op.drop_table("retail_order_lines")
    op.drop_table("retail_orders")
    op.drop_table("order_buyers")
    op.drop_table("order_payloads")
    op.drop_table("channel_orders")
