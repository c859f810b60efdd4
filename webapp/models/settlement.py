"""Settlement lines: what payment providers' files say they charged, gave back, and paid out."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Money


class SettlementLine(Base):
    """One line of a settlement file, or of a store's own list of payouts; unique by its key, so
    what comes twice adds nothing.

    `kind` is "charge", "refund", "release" (a marketplace paid out an order) or "other"; `fee` a cost when positive; `reference` the line's
    name for people. `order_number` and `transaction_id` are as the file names them.
    `channel_order_id` is the order it was found to belong to. `code` and `message` say why it
    waits in the worklist; both are None once the line is posted to its order. `settled_at` is
    the moment, where the store tells one: adjustments before it are in the payout, later ones not.
    """

    __tablename__ = "settlement_lines"
    __table_args__ = (
        UniqueConstraint("site_id", "key"),
        Index(
            "ix_settlement_lines_of_order",
            "channel_order_id",
            sqlite_where=text("channel_order_id IS NOT NULL"),
            postgresql_where=text("channel_order_id IS NOT NULL"),
        ),
        Index(
            "ix_settlement_lines_waiting",
            "site_id",
            "settled_on",
            "id",
            sqlite_where=text("code IS NOT NULL"),
            postgresql_where=text("code IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str] = mapped_column(String(120))
    order_number: Mapped[str] = mapped_column(String(80), default="")
    transaction_id: Mapped[str] = mapped_column(String(200), default="")
    gross: Mapped[Decimal] = mapped_column(Money)
    fee: Mapped[Decimal] = mapped_column(Money)
    net: Mapped[Decimal] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(String(3))
    settled_on: Mapped[date] = mapped_column(Date)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    format: Mapped[str] = mapped_column(String(10))
    imported_at: Mapped[datetime] = mapped_column(Instant)
    imported_by: Mapped[str | None] = mapped_column(String(200))
    channel_order_id: Mapped[int | None] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT")
    )
    code: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str | None] = mapped_column(Text)


class SettlementClue(Base):
    """One thing in a line that may name its order; the first that finds one counts.

    `kind` is "number" (of the order) or "transaction" (the gateway's id of the payment).
    """

    __tablename__ = "settlement_clues"
    __table_args__ = (Index(None, "value"),)

    line_id: Mapped[int] = mapped_column(
        ForeignKey("settlement_lines.id", ondelete="RESTRICT"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(200))
