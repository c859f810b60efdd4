"""What stores tell by themselves (webhooks): notices that wait, and how each store is asked for them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Secret

WAITS = "taken_at IS NULL"


class StoreNotice(Base):
    """A hint to look at one order (or at a consent), until somebody has looked.

    While it waits there is one row for all notices of the same thing; `times` counts them, and
    who has looked takes it only if the count is still the one that was read before looking.
    """

    __tablename__ = "store_notices"
    __table_args__ = (
        Index(
            "uq_store_notices_waiting",
            "site_id",
            "kind",
            "order_remote_id",
            unique=True,
            sqlite_where=text(WAITS),
            postgresql_where=text(WAITS),
        ),
        Index(None, "taken_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(20))
    order_remote_id: Mapped[str] = mapped_column(String(80), default="")
    first_heard_at: Mapped[datetime] = mapped_column(Instant)
    last_heard_at: Mapped[datetime] = mapped_column(Instant)
    times: Mapped[int] = mapped_column(default=1)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)


class NoticeSubscription(Base):
    """A site whose store is to send notices: what a person asked for, and how it stands.

    `secret` is what the store signs with, where it is ours to make up. `due_at`: when to look at
    the store next; `is_asked`: a person pressed, so it is put right whatever it is. `state` is of
    `platforms.base.SubscriptionState`, None while the store has not told. `mended_at`: when we
    last put it right by ourselves. `heard_at`: the last good notice, to the minute.
    """

    __tablename__ = "notice_subscriptions"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str | None] = mapped_column(Secret)
    wanted_at: Mapped[datetime] = mapped_column(Instant)
    is_asked: Mapped[bool] = mapped_column(default=True)
    due_at: Mapped[datetime] = mapped_column(Instant)
    url: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str | None] = mapped_column(String(20))
    said: Mapped[str] = mapped_column(Text, default="")
    fix: Mapped[str] = mapped_column(Text, default="")
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    mended_at: Mapped[datetime | None] = mapped_column(Instant)
    heard_at: Mapped[datetime | None] = mapped_column(Instant)
