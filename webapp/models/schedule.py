"""What the schedule keeps beside the sites: wished pushes, workers alive, the last heartbeat."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant


class PushWish(Base):
    """That a site's listings may show too much or too little, because a sale moved their stock.

    A push takes away the wishes that stood before it read the quantities. Neither a mark on the
    site nor a foreign key to it: two pages, each of which holds its own site's row, would wait
    for each other.
    """

    __tablename__ = "push_wishes"
    __table_args__ = (Index(None, "site_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(Instant)


class Worker(Base):
    """A worker process that was seen lately; its row goes when it ends in good order."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class Heartbeat(Base):
    """The last time that the schedule was read, one row: `enqueued` pieces of work came of it."""

    __tablename__ = "heartbeats"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    worker: Mapped[str] = mapped_column(String(200))
    enqueued: Mapped[int] = mapped_column(default=0)
