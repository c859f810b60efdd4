"""What became of what people asked the workers for: waiting, begun, done, or given up and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.backoffice.sites.asked import AskedKind
from webapp.models.schedule import AskedWork
from webapp.models.sites import SyncRun

# The kind of the run in which each is done; a retry has none of its own.
RUNS = {
    AskedKind.PULL: "pull",
    AskedKind.PUSH: "push",
    AskedKind.DRY_RUN: "dry_run",
    AskedKind.CATALOGUE: "catalogue",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedNews:
    """The newest request of a kind. An open one with a `message` is tried again at `due_at`.

    `is_open` False with a `message`: it was given up, and why.
    """

    kind: AskedKind
    actor: str | None
    asked_at: datetime
    due_at: datetime
    closed_at: datetime | None
    is_begun: bool
    code: str | None
    message: str | None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def has_failed(self) -> bool:
        return self.closed_at is not None and self.code is not None


def news_of(
    session: Session, site_id: int, kinds: Collection[AskedKind] = tuple(AskedKind)
) -> dict[AskedKind, AskedNews]:
    """The newest request of each kind that a person made of a site; absent: none in a month."""
    newest = (
        select(func.max(AskedWork.id))
        .where(AskedWork.site_id == site_id, AskedWork.kind.in_([each.value for each in kinds]))
        .group_by(AskedWork.kind)
    )
    rows = session.scalars(select(AskedWork).where(AskedWork.id.in_(newest))).all()
    return {AskedKind(row.kind): _news(session, row) for row in rows}


def _news(session: Session, row: AskedWork) -> AskedNews:
    kind = AskedKind(row.kind)
    return AskedNews(
        kind=kind,
        actor=row.actor,
        asked_at=row.asked_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        is_begun=row.closed_at is None and row.tries > 0 and _is_running(session, row),
        code=row.code,
        message=row.message,
    )


def _is_running(session: Session, row: AskedWork) -> bool:
    """Whether the run in which it is done has begun and not ended."""
    kind = RUNS.get(AskedKind(row.kind))
    if kind is None:
        return True
    query = (
        select(SyncRun.finished_at)
        .where(SyncRun.site_id == row.site_id, SyncRun.kind == kind)
        .order_by(SyncRun.id.desc())
        .limit(1)
    )
    newest = session.execute(query).first()
    return newest is not None and newest.finished_at is None
