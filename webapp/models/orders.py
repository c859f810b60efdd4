"""Orders: the store's (channel order, payload versions), its buyer, and what it is here."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Json, Money

DIGEST = LargeBinary(32)
# Searched by its beginning: compared byte by byte on both databases.
KEY = String(80).with_variant(String(80, collation="C"), "postgresql")

# What the index of waiting orders holds. Queries use these very words: with bound values in
# their place SQLite would not know the index for fit, and go through every order.
WAITING = "is_due OR state IN ('pending', 'retrying')"
IS_WAITING = text(f"({WAITING})")
# What the index of causes holds, in the same way.
HELD_UP = "state IN ('blocked', 'failed', 'retrying')"
IS_HELD_UP = text(HELD_UP)


class ChannelOrder(Base):
    """The store's order as stored, with its sync state.

    `remote_modified_at`, `digest`: of the newest version seen. `applied_version` and
    `applied_modified_at`: of the version whose effects stand. `is_due`: to be planned again
    without leaving its state (its reservations may have changed).
    """

    __tablename__ = "channel_orders"
    __table_args__ = (
        UniqueConstraint("site_id", "remote_id"),
        Index(None, "site_id", "number"),
        Index(None, "site_id", "state", "ordered_at", "id"),
        Index(None, "site_id", "status", "state", "ordered_at", "id"),
        Index(None, "ordered_at", "id"),
        Index(
            "ix_channel_orders_waiting",
            "site_id",
            "id",
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
        Index(
            "ix_channel_orders_causes",
            "site_id",
            "state",
            "code",
            "ordered_at",
            "id",
            "currency",
            "total",
            sqlite_where=text(HELD_UP),
            postgresql_where=text(HELD_UP),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    remote_id: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(KEY)
    status: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[Decimal | None] = mapped_column(Money)
    ordered_at: Mapped[datetime] = mapped_column(Instant)
    payment_method: Mapped[str] = mapped_column(String(80), default="")

    remote_modified_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[bytes] = mapped_column(DIGEST)
    details_digest: Mapped[bytes] = mapped_column(DIGEST)
    version: Mapped[int]
    versions: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(Instant)

    state: Mapped[str] = mapped_column(String(10))
    code: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Instant)
    is_due: Mapped[bool] = mapped_column(default=False)
    applied_version: Mapped[int | None]
    applied_modified_at: Mapped[datetime | None] = mapped_column(Instant)
    posting_terms_id: Mapped[int | None] = mapped_column(ForeignKey("posting_terms.id"))

    is_asked_for: Mapped[bool] = mapped_column(default=False)
    gone_at: Mapped[datetime | None] = mapped_column(Instant)
    deletion_choice: Mapped[str | None] = mapped_column(String(10))
    books_elsewhere: Mapped[str | None] = mapped_column(Text)


class OrderPayload(Base):
    """One version of an order as the store served it, without its buyer, compressed."""

    __tablename__ = "order_payloads"

    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    remote_modified_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[bytes] = mapped_column(DIGEST)
    details_digest: Mapped[bytes] = mapped_column(DIGEST)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class OrderBuyer(Base):
    """Everything personal in an order, all versions together: the one place where it stands.

    `word_1` to `word_4`, `email_key`, `phone_key` are what people search by. `emptied_at`: the
    row was emptied and is not filled again.
    """

    __tablename__ = "order_buyers"
    __table_args__ = (
        *(
            Index(
                None, key, sqlite_where=text(f"{key} <> ''"), postgresql_where=text(f"{key} <> ''")
            )
            for key in ("word_2", "word_3", "word_4", "email_key", "phone_key")
        ),
        # Most people have two names: both are found in the one index.
        Index(
            None,
            "word_1",
            "word_2",
            sqlite_where=text("word_1 <> ''"),
            postgresql_where=text("word_1 <> ''"),
        ),
    )

    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT"), primary_key=True
    )
    name: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    country: Mapped[str] = mapped_column(String(80), default="")
    billing: Mapped[dict[str, str] | None] = mapped_column(Json)
    shipping: Mapped[dict[str, str] | None] = mapped_column(Json)
    note: Mapped[str] = mapped_column(Text, default="")
    rest: Mapped[dict[str, Any] | None] = mapped_column(Json)
    word_1: Mapped[str] = mapped_column(KEY, default="")
    word_2: Mapped[str] = mapped_column(KEY, default="")
    word_3: Mapped[str] = mapped_column(KEY, default="")
    word_4: Mapped[str] = mapped_column(KEY, default="")
    email_key: Mapped[str] = mapped_column(KEY, default="")
    phone_key: Mapped[str] = mapped_column(KEY, default="")
    is_masked: Mapped[bool] = mapped_column(default=False)
    emptied_at: Mapped[datetime | None] = mapped_column(Instant)
    emptied_why: Mapped[str | None] = mapped_column(String(40))


class RetailOrder(Base):
    """What a channel order is here: goods to deliver, with a life of its own."""

    __tablename__ = "retail_orders"

    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT"), primary_key=True
    )
    status: Mapped[str] = mapped_column(String(10))
    hold_reason: Mapped[str | None] = mapped_column(Text)
    released_by: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)
    paid_at: Mapped[datetime | None] = mapped_column(Instant)
    shipped_at: Mapped[datetime | None] = mapped_column(Instant)


class RetailOrderLine(Base):
    """One line of goods, on the listing that it keeps and the mapping that it was read with.

    No index on `mapping_id`: every order would pay for it, and only the correction of a mapping
    asks for it, which is rare and may read the whole table.
    """

    __tablename__ = "retail_order_lines"
    __table_args__ = (UniqueConstraint("channel_order_id", "remote_line_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT")
    )
    position: Mapped[int]
    remote_line_id: Mapped[str] = mapped_column(String(80))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id", ondelete="RESTRICT"))
    mapping_id: Mapped[int | None] = mapped_column(ForeignKey("mappings.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(Text)
    sku: Mapped[str] = mapped_column(String(200), default="")
    quantity: Mapped[int]
    net: Mapped[Decimal] = mapped_column(Money)
    tax: Mapped[Decimal] = mapped_column(Money)


class OrderNeed(Base):
    """A listing that an order waits for: unmapped, while the order holds or wants its pieces."""

    __tablename__ = "order_needs"
    __table_args__ = (Index(None, "listing_id"),)

    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT"), primary_key=True
    )
    listing_id: Mapped[int] = mapped_column(
        ForeignKey("listings.id", ondelete="RESTRICT"), primary_key=True
    )


class Delivery(Base):
    """Goods of a retail order leaving, and whether the store was told.

    `is_last`: with it, everything of the order has left. `source`: "here" or "store". `told`: "waiting", "told", "refused", "not_wanted", "by_store".
    `tracking_asked_at`: when the store was last asked for its courier's number.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("channel_order_id", "number"),
        Index(
            "ix_deliveries_untracked",
            "channel_order_id",
            sqlite_where=text("told = 'told' AND tracking = ''"),
            postgresql_where=text("told = 'told' AND tracking = ''"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT")
    )
    number: Mapped[int]
    is_last: Mapped[bool] = mapped_column(default=True, server_default=true())
    source: Mapped[str] = mapped_column(String(10))
    carrier: Mapped[str] = mapped_column(String(80), default="")
    tracking: Mapped[str] = mapped_column(String(120), default="")
    tracking_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    shipped_at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str | None] = mapped_column(String(200))
    told: Mapped[str] = mapped_column(String(12))
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    told_message: Mapped[str | None] = mapped_column(Text)


class DeliveryLine(Base):
    """How many of an order's line left with a delivery; one without any took all there was."""

    __tablename__ = "delivery_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("deliveries.id", ondelete="RESTRICT"), primary_key=True
    )
    remote_line_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    quantity: Mapped[int]


class PaymentReceipt(Base):
    """Money that the store says was taken for an order, with its gateway."""

    __tablename__ = "payment_receipts"

    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT"), primary_key=True
    )
    amount: Mapped[Decimal] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    transaction_id: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(Instant)


class SyncEvent(Base):
    """One line of an order's timeline: a change of state, or what a person did to it."""

    __tablename__ = "sync_events"
    __table_args__ = (Index(None, "channel_order_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT")
    )
    at: Mapped[datetime] = mapped_column(Instant)
    from_state: Mapped[str | None] = mapped_column(String(10))
    to_state: Mapped[str] = mapped_column(String(10))
    code: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(default=0)
    actor: Mapped[str | None] = mapped_column(String(200))
    detail: Mapped[str | None] = mapped_column(Text)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("sync_runs.id"))
