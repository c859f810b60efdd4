"""What the schedule keeps beside the sites: wishes, people's requests, workers, the heartbeat."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant

IS_OPEN = "closed_at IS NULL"


class PushWish(Base):
    """That a site's listings may show too much or too little: their stock or mapping has changed.

    A push takes away the wishes that stood before it read the quantities. Neither a mark on the
    site nor a foreign key to it: two pages, each of which holds its own site's row, would wait
    for each other.
    """

    __tablename__ = "push_wishes"
    __table_args__ = (Index(None, "site_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(Instant)


class AskedWork(Base):
    """What a person asked the workers for, until it is done or given up: the queue may be lost.

    `options` is JSON with its keys in order: asked twice while open, it is one row. `tries` counts
    how often it was begun since it was asked last. A closed row with a `code` was given up, and
    `message` says why; an open one has those of its last try.
    """

    __tablename__ = "asked_work"
    __table_args__ = (
        Index(
            "uq_asked_work_open",
            "site_id",
            "kind",
            "options",
            unique=True,
            sqlite_where=text(IS_OPEN),
            postgresql_where=text(IS_OPEN),
        ),
        Index(None, "closed_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(20))
    options: Mapped[str] = mapped_column(String(400))
    actor: Mapped[str | None] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    code: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str | None] = mapped_column(Text)


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
