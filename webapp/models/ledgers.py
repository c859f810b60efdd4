"""The chart of accounts and the closed periods."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant


class LedgerType(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class Ledger(Base):
    """An account of the chart of accounts. A blank currency takes any."""

    __tablename__ = "ledgers"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str | None] = mapped_column(String(3))
    is_active: Mapped[bool] = mapped_column(default=True)


class PeriodClosing(Base):
    """A closing or reopening of the books; the newest row holds. None: nothing is closed."""

    __tablename__ = "period_closings"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    closed_through: Mapped[date | None] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text, default="")
