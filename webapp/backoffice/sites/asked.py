"""What people asked the workers for: rows, until each is done once, or given up with a sentence.

The queue is only told to look here. Whoever works on a site begins its requests one by one under
the site's lease, so that none is done by two; one that a dead worker held is begun again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, and_, bindparam, case, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from webapp.backoffice.errors import Code
from webapp.backoffice.sites.backoff import next_attempt
from webapp.models.schedule import AskedWork
from webapp.models.sites import Site
from webapp.models.types import Instant

MOST_TRIES = 8
# A request that its store keeps waiting for so long is nobody's wish any more.
WAITS_AT_MOST = timedelta(days=7)
KEPT = timedelta(days=30)
LOOKS_AT = 20

NEVER_ENDED = "It was begun again and again, and never came to its end."
TOO_OLD = "It waited for more than seven days."

_ASK = text(
    "INSERT INTO asked_work (site_id, kind, options, actor, asked_at, due_at, tries)"
    " VALUES (:site_id, :kind, :options, :actor, :now, :now, 0)"
    " ON CONFLICT (site_id, kind, options) WHERE closed_at IS NULL DO NOTHING"
    " RETURNING id"
).bindparams(bindparam("now", type_=Instant()))


class AskedKind(StrEnum):
    PULL = "pull"
    PUSH = "push"
    DRY_RUN = "dry_run"
    CATALOGUE = "catalogue"
    RETRY = "retry"
    TELL = "tell"


Option = str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that is open. `tries`: how often it was begun, this time among them."""

    id: int
    site_id: int
    kind: AskedKind
    options: Mapping[str, Option]
    actor: str | None
    due_at: datetime
    tries: int


def ask(
    session: Session,
    site_id: int,
    kind: AskedKind,
    options: Mapping[str, Option],
    *,
    actor: str | None,
    now: datetime,
) -> bool:
    """Keep a request; False: an equal one is open already, which is due at once as if it were new."""
    same = {"site_id": site_id, "kind": kind.value, "options": json.dumps(options, sort_keys=True)}
    if session.scalar(_ASK, {**same, "actor": actor, "now": now}) is not None:
        return True
    session.execute(
        update(AskedWork)
        .filter_by(**same)
        .where(AskedWork.closed_at.is_(None))
        .values(due_at=case((AskedWork.due_at > now, now), else_=AskedWork.due_at), tries=0)
    )
    return False


def due_requests(session: Session, now: datetime) -> dict[int, Asked]:
    """The oldest request that is due of each site that has one.

    The first try is a person's own wish, whatever became of the site; further ones leave a store
    alone that refuses us or wants to be left alone.
    """
    oldest = session.scalars(
        _due(now).with_only_columns(func.min(AskedWork.id)).group_by(AskedWork.site_id)
    ).all()
    rows = session.scalars(select(AskedWork).where(AskedWork.id.in_(oldest)))
    return {row.site_id: _asked(row) for row in rows}


def begin_next(session: Session, site_id: int, now: datetime) -> Asked | None:
    """Begin the site's next request, under its lease; None: nothing is due.

    One that was begun too often, or is too old to be meant, is closed with its sentence instead.
    """
    waiting = _due(now).where(AskedWork.site_id == site_id).order_by(AskedWork.id)
    for row in session.scalars(waiting.limit(LOOKS_AT)).all():
        if row.tries >= MOST_TRIES:
            close(session, row.id, now, code=row.code or Code.INTERNAL_ERROR, message=NEVER_ENDED)
        elif row.tries and now - row.asked_at > WAITS_AT_MOST:
            said = f"{TOO_OLD} {row.message or ''}".strip()
            close(session, row.id, now, code=row.code or Code.INTERNAL_ERROR, message=said)
        else:
            row.tries += 1
            return _asked(row)
    return None


def close(
    session: Session,
    request_id: int,
    now: datetime,
    *,
    code: str | None = None,
    message: str | None = None,
) -> None:
    """A request is done, or with a `code` given up. What was closed long ago is forgotten."""
    session.execute(
        update(AskedWork)
        .where(AskedWork.id == request_id, AskedWork.closed_at.is_(None))
        .values(closed_at=now, code=code, message=message)
    )
    session.execute(delete(AskedWork).where(AskedWork.closed_at < now - KEPT))


def give_back(session: Session, request_id: int) -> None:
    """What was begun gave way to others: it is due as before, and that was no try."""
    session.execute(
        update(AskedWork)
        .where(AskedWork.id == request_id, AskedWork.tries > 0)
        .values(tries=AskedWork.tries - 1)
    )


def put_off(
    session: Session,
    each: Asked,
    now: datetime,
    *,
    code: str,
    message: str,
    retry_after: int | None = None,
    is_stopped: bool = False,
) -> bool:
    """A try came to nothing: the next one is timed; False: it was the last, the request is closed.

    `is_stopped`: the store refuses us as a whole, which uses up nobody's tries.
    """
    due_at = next_attempt(
        now,
        attempt=1 if is_stopped else each.tries,
        limit=MOST_TRIES,
        spread=each.id,
        retry_after=retry_after,
    )
    if due_at is None:
        close(session, each.id, now, code=code, message=message)
        return False
    tries = max(each.tries - 1, 1) if is_stopped else each.tries
    session.execute(
        update(AskedWork)
        .where(AskedWork.id == each.id, AskedWork.closed_at.is_(None))
        .values(due_at=due_at, tries=tries, code=code, message=message)
    )
    return True


def _due(now: datetime) -> Select[AskedWork]:
    may_be_asked = and_(
        Site.stopped_at.is_(None), or_(Site.quiet_until.is_(None), Site.quiet_until <= now)
    )
    return (
        select(AskedWork)
        .join(Site, Site.id == AskedWork.site_id)
        .where(
            AskedWork.closed_at.is_(None),
            AskedWork.due_at <= now,
            or_(AskedWork.tries == 0, may_be_asked),
        )
    )


def _asked(row: AskedWork) -> Asked:
    return Asked(
        id=row.id,
        site_id=row.site_id,
        kind=AskedKind(row.kind),
        options=json.loads(row.options),
        actor=row.actor,
        due_at=row.due_at,
        tries=row.tries,
    )
