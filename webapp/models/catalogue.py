"""Listings: what the stores sell, and what each store last showed and was told."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Money


class Listing(Base):
    """One sellable thing in a store. `key` is CLI.md's listing_id: "12" or "12:13".

    A line that the store serves without a product stands here as a gone listing, by its name.
    `store_quantity` is what the store last told us, by a catalogue pull or a push's answer.
    """

    __tablename__ = "listings"
    __table_args__ = (UniqueConstraint("site_id", "key"), Index(None, "site_id", "sku"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(String(80))
    parent_key: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(Text)
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
