"""Stock items, their append-only moves, and the pieces that orders hold."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Money


class StockItem(Base):
    """One SKU. `on_hand` equals the sum of its moves, `reserved` that of its reservations.

    `counted_at` is None until it was counted or received: unknown is not zero.
    """

    __tablename__ = "stock_items"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sku: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(Text, default="")
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    cost: Mapped[Decimal | None] = mapped_column(Money)
    counted_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class StockMove(Base):
    """An append-only change of a stock item's quantity.

    Moves of an order are numbered per stock item: two workers that saw the same last number
    collide on it.
    """

    __tablename__ = "stock_moves"
    __table_args__ = (
        UniqueConstraint("channel_order_id", "stock_item_id", "seq"),
        CheckConstraint("quantity <> 0", name="quantity_not_zero"),
        Index(None, "stock_item_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    stock_item_id: Mapped[int] = mapped_column(ForeignKey("stock_items.id", ondelete="RESTRICT"))
    quantity: Mapped[int]
    reason: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant)
    channel_order_id: Mapped[int | None] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT")
    )
    seq: Mapped[int | None]
    actor: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)


class Reservation(Base):
    """Pieces that an order holds and no move has taken yet. Present state, not history."""

    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index(None, "stock_item_id"),
    )

    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT"), primary_key=True
    )
    stock_item_id: Mapped[int] = mapped_column(
        ForeignKey("stock_items.id", ondelete="RESTRICT"), primary_key=True
    )
    quantity: Mapped[int]


class Oversell(Base):
    """That an order took pieces which were not there: recorded, never refused."""

    __tablename__ = "oversells"
    __table_args__ = (UniqueConstraint("channel_order_id", "stock_item_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    stock_item_id: Mapped[int] = mapped_column(ForeignKey("stock_items.id", ondelete="RESTRICT"))
    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT")
    )
    missing: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)


class CountSheet(Base):
    """An uploaded sheet of counts, packed, until a person has seen what it would post."""

    __tablename__ = "count_sheets"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str | None] = mapped_column(String(200))
    counted_at: Mapped[datetime | None] = mapped_column(Instant)
    content: Mapped[bytes] = mapped_column(LargeBinary)
