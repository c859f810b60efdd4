"""Listings found by words and sorted by an index; mappings changed and taken back in batches."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant, Json, Money

revision = "0012"
down_revision = "0011"

NAME_KEY = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
INDEXES = (
    ("ix_listings_site_id_sort_name_id", ["site_id", "sort_name", "id"]),
    ("ix_listings_site_id_kind_sort_name_id", ["site_id", "kind", "sort_name", "id"]),
    ("ix_listings_site_id_kind_sku_id", ["site_id", "kind", "sku", "id"]),
)
REPLACED = "replaced_by_id IS NOT NULL"
CHUNK = 5_000
MOST_WORDS = 20


def upgrade() -> None:
    op.create_table(
        "listing_words",
        sa.Column("listing_id", Id, autoincrement=False, nullable=False),
        sa.Column("word", NAME_KEY, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name="fk_listing_words_listing_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_listing_words_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("listing_id", "word", name="pk_listing_words"),
    )
    op.add_column("listings", sa.Column("sort_name", NAME_KEY, nullable=False, server_default=""))
    op.add_column(
        "listings", sa.Column("kind", sa.String(8), nullable=False, server_default="unmapped")
    )
    _fill()
    for name, columns in INDEXES:
        op.create_index(name, "listings", columns)
    op.create_index(
        "ix_listing_words_site_id_word_listing_id",
        "listing_words",
        ["site_id", "word", "listing_id"],
    )
    op.create_index(
        "ix_mappings_replaced_by_id",
        "mappings",
        ["replaced_by_id"],
        sqlite_where=sa.text(REPLACED),
        postgresql_where=sa.text(REPLACED),
    )
    op.create_table(
        "mapping_batches",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("from_now", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=True),
        sa.Column("beat_at", Instant(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("counts", Json(), nullable=False),
        sa.Column("money", Money(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.Column("applied_by", sa.String(200), nullable=True),
        sa.Column("requeued", sa.Integer(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_by", sa.String(200), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_mapping_batches_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mapping_batches"),
    )
    op.create_index(
        "ix_mapping_batches_site_id_source_id", "mapping_batches", ["site_id", "source", "id"]
    )
    op.create_table(
        "mapping_batch_pages",
        sa.Column("batch_id", Id, autoincrement=False, nullable=False),
        sa.Column("tab", sa.String(12), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["mapping_batches.id"],
            name="fk_mapping_batch_pages_batch_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "tab", "number", name="pk_mapping_batch_pages"),
    )


def downgrade() -> None:
    op.drop_table("mapping_batch_pages")
    op.drop_table("mapping_batches")
    op.drop_index("ix_mappings_replaced_by_id", "mappings")
    op.drop_table("listing_words")
    for name, _ in INDEXES:
        op.drop_index(name, "listings")
    op.drop_column("listings", "kind")
    op.drop_column("listings", "sort_name")


def _fill() -> None:
    """What new listings get when they are stored, for those that are there already."""
    connection = op.get_bind()
    for kind, ignored in (("mapped", False), ("ignored", True)):
        connection.execute(
            sa.text(
                "UPDATE listings SET kind = :kind WHERE id IN ("
                "SELECT listing_id FROM mappings WHERE is_current AND is_ignored = :ignored)"
            ),
            {"kind": kind, "ignored": ignored},
        )
    last = 0
    while True:
        rows = connection.execute(
            sa.text(
                "SELECT id, site_id, key, sku, name FROM listings "
                "WHERE id > :last ORDER BY id LIMIT :most"
            ),
            {"last": last, "most": CHUNK},
        ).all()
        if not rows:
            return
        last = rows[-1].id
        connection.execute(
            sa.text("UPDATE listings SET sort_name = :sort_name WHERE id = :id"),
            [{"id": row.id, "sort_name": _sort_name(row.name)} for row in rows],
        )
        words: list[dict[str, Any]] = [
            {"listing_id": row.id, "site_id": row.site_id, "word": word}
            for row in rows
            for word in _words(row.key, row.sku, row.name)
        ]
        if words:
            connection.execute(
                sa.text(
                    "INSERT INTO listing_words (listing_id, word, site_id) "
                    "VALUES (:listing_id, :word, :site_id)"
                ),
                words,
            )


def _sort_name(name: str) -> str:
    return " ".join(name.split()).casefold()[:80]


def _words(key: str, sku: str, name: str) -> list[str]:
    signs = "".join(sign if sign.isalnum() else " " for sign in name.casefold())
    found = list(dict.fromkeys(word[:80] for word in signs.split()))[:MOST_WORDS]
    whole = ("".join(each.split()).casefold()[:80] for each in (sku, key, key.partition(":")[2]))
    return list(dict.fromkeys([*found, *(each for each in whole if each)]))
