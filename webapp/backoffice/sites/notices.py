"""Notices of stores, kept until somebody has looked at what they are of.

A notice is a row before it is answered, so nothing is lost while no worker runs. Many of one
order are one row. Who looks reads the row first, then the store, and takes the row only if it
was not heard again meanwhile: no clock decides, since each machine has its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, or_, select, text, tuple_, update
from sqlalchemy.orm import Session

from platforms.base import NoticeKind
from webapp.models.notices import NoticeSubscription, StoreNotice
from webapp.models.sites import Site
from webapp.models.types import Instant

KEPT = timedelta(days=7)
CHUNK = 400

_HEAR = text(
    "INSERT INTO store_notices"
    " (site_id, kind, order_remote_id, first_heard_at, last_heard_at, times)"
    " VALUES (:site_id, :kind, :order_remote_id, :now, :now, 1)"
    " ON CONFLICT (site_id, kind, order_remote_id) WHERE taken_at IS NULL"
    " DO UPDATE SET times = store_notices.times + 1, last_heard_at = excluded.last_heard_at"
).bindparams(bindparam("now", type_=Instant()))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNotice:
    """A notice as it stood when it was read. `times`: how often it had come by then."""

    id: int
    kind: NoticeKind
    order_remote_id: str
    first_heard_at: datetime
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWaiting:
    """A site with notices that may be looked at now. `since`: when the oldest of them came."""

    site_id: int
    notices: int
    since: datetime


def hear(
    connection: Connection, site_id: int, kind: NoticeKind, order_remote_id: str, now: datetime
) -> None:
    """Keep a notice, or count it to the one that waits already. One statement."""
    connection.execute(
        _HEAR,
        {"site_id": site_id, "kind": kind, "order_remote_id": order_remote_id, "now": now},
    )


def note_heard(session: Session, site_ids: Collection[int], now: datetime) -> None:
    """When these sites' stores were last heard."""
    session.execute(
        update(NoticeSubscription)
        .where(NoticeSubscription.site_id.in_(site_ids))
        .values(heard_at=now)
    )


def waiting_of(
    session: Session, site_id: int, *, at_most: int | None = None
) -> list[WaitingNotice]:
    """A site's waiting notices, the longest waiting first."""
    rows = session.execute(
        select(
            StoreNotice.id,
            StoreNotice.kind,
            StoreNotice.order_remote_id,
            StoreNotice.first_heard_at,
            StoreNotice.times,
        )
        .where(StoreNotice.site_id == site_id, StoreNotice.taken_at.is_(None))
        .order_by(StoreNotice.id)
        .limit(at_most)
    )
    return [
        WaitingNotice(
            id=row.id,
            kind=NoticeKind(row.kind),
            order_remote_id=row.order_remote_id,
            first_heard_at=row.first_heard_at,
            times=row.times,
        )
        for row in rows
    ]


def take(session: Session, looked_at: Sequence[WaitingNotice], now: datetime) -> int:
    """Take those that were not heard again since they were read; how many these were."""
    taken = 0
    for start in range(0, len(looked_at), CHUNK):
        read = [(each.id, each.times) for each in looked_at[start : start + CHUNK]]
        rows = session.scalars(
            update(StoreNotice)
            .where(
                tuple_(StoreNotice.id, StoreNotice.times).in_(read), StoreNotice.taken_at.is_(None)
            )
            .values(taken_at=now)
            .returning(StoreNotice.id)
            .execution_options(synchronize_session=False)
        ).all()
        taken += len(rows)
    return taken


def sites_waiting(session: Session, now: datetime) -> tuple[SiteWaiting, ...]:
    """Sites with waiting notices whose store may be asked now, the longest waiting first.

    Paused and stopped sites keep theirs; a store that failed is left alone for a while.
    """
    rows = session.execute(
        select(
            StoreNotice.site_id,
            func.count().label("notices"),
            func.min(StoreNotice.first_heard_at).label("since"),
        )
        .join(Site, Site.id == StoreNotice.site_id)
        .where(
            StoreNotice.taken_at.is_(None),
            Site.enabled.is_(True),
            Site.stopped_at.is_(None),
            or_(Site.next_notices_at.is_(None), Site.next_notices_at <= now),
        )
        .group_by(StoreNotice.site_id)
        .order_by(func.min(StoreNotice.first_heard_at), StoreNotice.site_id)
    )
    return tuple(
        SiteWaiting(site_id=row.site_id, notices=row.notices, since=row.since) for row in rows
    )


def forget_taken(session: Session, now: datetime) -> None:
    """Remove what was looked at long ago."""
    session.execute(delete(StoreNotice).where(StoreNotice.taken_at < now - KEPT))
