"""The journal: entries and lines, append-only."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Money


class JournalEntry(Base):
    """A dated whole that balances. A part's entries are numbered: 1, and then its differences.

    `original_on` is the date it belongs to when its period was closed.
    """

    __tablename__ = "journal_entries"
    __table_args__ = (
        UniqueConstraint("channel_order_id", "chapter", "part", "seq"),
        Index(None, "site_id", "posted_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    channel_order_id: Mapped[int] = mapped_column(
        ForeignKey("channel_orders.id", ondelete="RESTRICT")
    )
    chapter: Mapped[str] = mapped_column(String(10))
    part: Mapped[str] = mapped_column(String(120))
    seq: Mapped[int]
    posted_on: Mapped[date] = mapped_column(Date)
    original_on: Mapped[date | None] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    memo: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class JournalLine(Base):
    """One side of an entry: debit or credit, never both. `because` names the store's fields."""

    __tablename__ = "journal_lines"
    __table_args__ = (
        CheckConstraint(
            "(debit > 0 AND credit = 0) OR (credit > 0 AND debit = 0)", name="one_side"
        ),
        Index(None, "entry_id"),
        Index(None, "ledger_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id", ondelete="RESTRICT"))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(40))
    ledger_id: Mapped[int] = mapped_column(ForeignKey("ledgers.id", ondelete="RESTRICT"))
    debit: Mapped[Decimal] = mapped_column(Money)
    credit: Mapped[Decimal] = mapped_column(Money)
    tax_rate: Mapped[str | None] = mapped_column(String(120))
    because: Mapped[str] = mapped_column(Text)
