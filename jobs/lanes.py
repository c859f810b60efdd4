"""Who goes into the slow lane, and how many workers it may hold at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.work import Kind, Lane
from webapp.backoffice.sites.asked import Asked, AskedKind
from webapp.backoffice.sites.leases import is_held
from webapp.backoffice.sites.pulse import workers_alive
from webapp.models.sites import Site, SyncRun

# A run that took longer than this many seconds held its worker for long.
LONG = 8
# Long by nature, and nobody waits for them.
ALWAYS_SLOW = (Kind.CATALOGUE, Kind.PAYOUTS, Kind.SWEEP)
_RUNS_LOOKED_AT = 2


def lane_of(session: Session, site_id: int, kind: Kind, now: datetime) -> Lane:
    """The lane of a site's work. Two quick runs in a row bring a site back to the quick lane.

    What it brings in first may be a year of orders; it gives way after its turn, and is slow then.
    """
    if kind is Kind.PROCESS:
        return Lane.QUICK
    if kind in ALWAYS_SLOW or _took_long(session, site_id, Kind.PULL, now):
        return Lane.SLOW
    if kind is Kind.PUSH and _took_long(session, site_id, Kind.PUSH, now):
        return Lane.SLOW
    return Lane.QUICK


def lane_of_asked(session: Session, each: Asked, now: datetime) -> Lane:
    """The lane of what a person asked for. What was begun before has shown that it may take long."""
    is_long = each.kind is AskedKind.CATALOGUE or bool({"since", "until"} & set(each.options))
    if is_long or each.tries:
        return Lane.SLOW
    return lane_of(session, each.site_id, Kind.ASKED, now)


def is_at_slow_work(session: Session, site_id: int, now: datetime) -> bool:
    """Whether the work that is done on a site right now holds its worker for long."""
    for kind in ALWAYS_SLOW:
        rows = _last_runs(session, site_id, kind, 1)
        if rows and rows[0][1] is None:
            return True
    return lane_of(session, site_id, Kind.PUSH, now) is Lane.SLOW


def is_running(session: Session, site: Site, kind: Kind, now: datetime) -> bool:
    """Whether a run of this kind is under way on the site."""
    if not is_held(site.lease_until, site.lease_holder, now):
        return False
    rows = _last_runs(session, site.id, kind, 1)
    return bool(rows) and rows[0][1] is None


def slow_places(session: Session, now: datetime) -> int:
    """How many workers the slow lane may hold: all but one; the only one, where there is one."""
    return max(1, workers_alive(session, now) - 1)


def slow_places_left(session: Session, busy: Iterable[int], now: datetime) -> int:
    """How many more pieces of slow work may be begun while these sites are at work."""
    taken = sum(is_at_slow_work(session, site_id, now) for site_id in busy)
    return max(slow_places(session, now) - taken, 0)


def _took_long(session: Session, site_id: int, kind: Kind, now: datetime) -> bool:
    rows = _last_runs(session, site_id, kind, _RUNS_LOOKED_AT)
    return any(((finished or now) - started).total_seconds() > LONG for started, finished in rows)


def _last_runs(
    session: Session, site_id: int, kind: Kind, count: int
) -> Sequence[tuple[datetime, datetime | None]]:
    """When a site's last runs of a kind began and ended, the newest first."""
    query = (
        select(SyncRun.started_at, SyncRun.finished_at)
        .where(SyncRun.site_id == site_id, SyncRun.kind == kind.value)
        .order_by(SyncRun.id.desc())
        .limit(count)
    )
    return [(row.started_at, row.finished_at) for row in session.execute(query)]
