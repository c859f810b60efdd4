"""Listings: what the stores sell, and what each store last showed and was told."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Money

# Compared byte by byte on both databases, so that an index serves a beginning and an order.
NAME_KEY = String(80).with_variant(String(80, collation="C"), "postgresql")
NAME_KEY_LENGTH = 80


class Kind(StrEnum):
    """Whether a listing stands for stock items, for nothing on purpose, or nobody said yet."""

    UNMAPPED = "unmapped"
    MAPPED = "mapped"
    IGNORED = "ignored"


def sort_name(name: str) -> str:
    """A name as lists sort it: small letters, one blank between words, not longer than a key."""
    return " ".join(name.split()).casefold()[:NAME_KEY_LENGTH]


def _sort_name_of_row(context: Any) -> str:
    return sort_name(context.get_current_parameters()["name"])


class Listing(Base):
    """One sellable thing in a store. `key` is CLI.md's listing_id: "12" or "12:13".

    A line that the store serves without a product stands here as a gone listing, by its name.
    `store_quantity` is what the store last told us, by a catalogue pull or a push's answer.
    `kind` says again what its current mapping says, so that lists need not ask for each row.
    """

    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("site_id", "key"),
        Index(None, "site_id", "sku"),
        Index(None, "site_id", "sort_name", "id"),
        Index(None, "site_id", "kind", "sort_name", "id"),
        Index(None, "site_id", "kind", "sku", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(String(80))
    parent_key: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(Text)
    sort_name: Mapped[str] = mapped_column(NAME_KEY, default=_sort_name_of_row, server_default="")
    kind: Mapped[str] = mapped_column(
        String(8), default=Kind.UNMAPPED.value, server_default=Kind.UNMAPPED.value
    )
    sku: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(40), default="")
    price: Mapped[Decimal | None] = mapped_column(Money)
    stock_keeping: Mapped[str] = mapped_column(String(10), default="own")
    store_quantity: Mapped[int | None]
    store_quantity_at: Mapped[datetime | None] = mapped_column(Instant)
    is_gone: Mapped[bool] = mapped_column(default=False)
    seen_in_catalogue: Mapped[bool] = mapped_column(default=False)
    first_seen_at: Mapped[datetime] = mapped_column(Instant)

    pushed_quantity: Mapped[int | None]
    pushed_at: Mapped[datetime | None] = mapped_column(Instant)
    push_result: Mapped[str | None] = mapped_column(String(20))
    push_code: Mapped[str | None] = mapped_column(String(40))
    push_said: Mapped[str | None] = mapped_column(Text)


class ListingWord(Base):
    """What a listing is found by, from its beginning on: a word of its name, its SKU, its key."""

    __tablename__ = "listing_words"
    __table_args__ = (Index(None, "site_id", "word", "listing_id"),)

    listing_id: Mapped[int] = mapped_column(
        ForeignKey("listings.id", ondelete="RESTRICT"), primary_key=True
    )
    word: Mapped[str] = mapped_column(NAME_KEY, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
