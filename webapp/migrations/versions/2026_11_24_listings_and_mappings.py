"""What the stores sell, our stock items, and which stands for which."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant, Money

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "listings",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "site_id",
            Id,
            sa.ForeignKey("sites.id", name="fk_listings_site_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("parent_key", sa.String(80), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sku", sa.String(200), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("price", Money(), nullable=True),
        sa.Column("stock_keeping", sa.String(10), nullable=False),
        sa.Column("store_quantity", sa.Integer(), nullable=True),
        sa.Column("store_quantity_at", Instant(), nullable=True),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("seen_in_catalogue", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("pushed_quantity", sa.Integer(), nullable=True),
        sa.Column("pushed_at", Instant(), nullable=True),
        sa.Column("push_result", sa.String(20), nullable=True),
        sa.Column("push_code", sa.String(40), nullable=True),
        sa.Column("push_said", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_listings"),
        sa.UniqueConstraint("site_id", "key", name="uq_listings_site_id_key"),
    )
    op.create_index("ix_listings_site_id_sku", "listings", ["site_id", "sku"], unique=False)

    op.create_table(
        "stock_items",
        sa.Column("id", Id, nullable=False),
        sa.Column("sku", sa.String(200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("cost", Money(), nullable=True),
        sa.Column("counted_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stock_items"),
        sa.UniqueConstraint("sku", name="uq_stock_items_sku"),
    )

    op.create_table(
        "mappings",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "listing_id",
            Id,
            sa.ForeignKey("listings.id", name="fk_mappings_listing_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("is_ignored", sa.Boolean(), nullable=False),
        sa.Column("ignore_reason", sa.Text(), nullable=False),
        sa.Column("max_quantity", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=True),
        sa.Column(
            "replaced_by_id",
            Id,
            sa.ForeignKey("mappings.id", name="fk_mappings_replaced_by_id"),
            nullable=True,
        ),
        sa.Column("replaced_how", sa.String(10), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mappings"),
    )
    op.create_index("ix_mappings_listing_id", "mappings", ["listing_id"], unique=False)
    op.create_index(
        "uq_mappings_current",
        "mappings",
        ["listing_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )

    op.create_table(
        "mapping_components",
        sa.Column(
            "mapping_id",
            Id,
            sa.ForeignKey(
                "mappings.id", name="fk_mapping_components_mapping_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column(
            "stock_item_id",
            Id,
            sa.ForeignKey(
                "stock_items.id", name="fk_mapping_components_stock_item_id", ondelete="RESTRICT"
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mapping_id", "stock_item_id", name="pk_mapping_components"),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_mapping_components_quantity_positive")),
    )
    op.create_index(
        "ix_mapping_components_stock_item_id", "mapping_components", ["stock_item_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("mapping_components")
    op.drop_table("mappings")
    op.drop_table("stock_items")
    op.drop_table("listings")
