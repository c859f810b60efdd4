"""An installation's facts, read: the schedule, the sites, what waits.

Nothing here reads more the more orders there are: counts stop at a cap, and the rest is the end of
an index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, literal, or_, select, text, union_all
from sqlalchemy.orm import Session

from webapp.backoffice.reports.health import Health, SiteHealth
from webapp.backoffice.sites.pulse import last_beat, workers_alive
from webapp.backoffice.states import State
from webapp.models.orders import ChannelOrder, SyncEvent
from webapp.models.sites import Site, SyncRun
from webapp.models.stock import Oversell

COUNTED_UP_TO = 100_000
LOOKED_AT = 50
# The condition of the index of waiting orders, which holds nothing else, in its own words: SQLite
# takes the index for no others.
_WAITS = text("(channel_orders.is_due OR channel_orders.state IN ('pending', 'retrying'))")
KINDS = ("pull", "push", "dry_run", "sweep", "catalogue", "payouts")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The newest run of one kind on a site. `seconds` is None while it goes on."""

    kind: str
    started_at: datetime
    seconds: float | None
    requests: int
    has_failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """By site: orders by state, and the newest run of each kind. Counts stop at COUNTED_UP_TO.

    `waiting` orders have still to be processed; `runs` is how many were ever begun.
    """

    orders: dict[int, dict[str, int]]
    last_runs: dict[int, tuple[LastRun, ...]]
    waiting: int
    oversells: int
    runs: int


def read_health(session: Session, now: datetime) -> Health:
    """The facts as they stand."""
    beat = last_beat(session)
    sites = read_sites(session)
    return Health(
        now=now,
        beat_at=None if beat is None else beat.at,
        workers=workers_alive(session, now),
        sites=sites,
        waiting_since=_waiting_since(session, now, sites),
    )


def read_counts(session: Session, site_ids: Sequence[int]) -> Numbers:
    """How much there is of everything."""
    return Numbers(
        orders=_orders_by_state(session, site_ids),
        last_runs={site_id: _last_runs(session, site_id) for site_id in site_ids},
        waiting=_capped(session, _waiting()),
        oversells=_capped(session, select(Oversell.id)),
        runs=session.scalar(select(func.max(SyncRun.id))) or 0,
    )


def read_expected_since(session: Session) -> datetime | None:
    """Since when there has been a site that is meant to pull or push by itself."""
    has_cadence = or_(Site.pull_every.is_not(None), Site.push_every.is_not(None))
    return session.scalar(select(func.min(Site.created_at)).where(Site.enabled, has_cadence))


def read_sites(session: Session) -> tuple[SiteHealth, ...]:
    columns = [getattr(Site, name) for name in SiteHealth.__slots__]
    rows = session.execute(select(*columns).order_by(Site.id))
    return tuple(SiteHealth(**row._mapping) for row in rows)


def _orders_by_state(session: Session, site_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    counts = {site_id: dict.fromkeys((state.value for state in State), 0) for site_id in site_ids}
    parts = []
    for site_id in site_ids:
        for state in State:
            some = (
                select(ChannelOrder.id)
                .where(ChannelOrder.site_id == site_id, ChannelOrder.state == state.value)
                .limit(COUNTED_UP_TO)
                .subquery()
            )
            total = select(func.count()).select_from(some).scalar_subquery()
            parts.append(select(literal(site_id), literal(state.value), total))
    if parts:
        for site_id, state_name, total in session.execute(union_all(*parts)):
            counts[site_id][state_name] = total
    return counts


def _last_runs(session: Session, site_id: int) -> tuple[LastRun, ...]:
    found = []
    for kind in KINDS:
        row = session.execute(
            select(
                SyncRun.started_at,
                SyncRun.finished_at,
                SyncRun.requests,
                SyncRun.code,
            )
            .where(SyncRun.site_id == site_id, SyncRun.kind == kind)
            .order_by(SyncRun.id.desc())
            .limit(1)
        ).first()
        if row is not None:
            took = row.finished_at - row.started_at if row.finished_at is not None else None
            found.append(
                LastRun(
                    kind=kind,
                    started_at=row.started_at,
                    seconds=None if took is None else took.total_seconds(),
                    requests=row.requests,
                    has_failed=row.code is not None,
                )
            )
    return tuple(found)


def _waiting() -> Select[int]:
    return select(ChannelOrder.id).where(_WAITS)


def _capped(session: Session, ids: Select[int]) -> int:
    some = ids.limit(COUNTED_UP_TO).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _waiting_since(session: Session, now: datetime, sites: Sequence[SiteHealth]) -> datetime | None:
    """Since when the oldest order waits: since it became pending, or since its next try was due.

    Of each site the first orders that wait are looked at; one of a paused site may wait.
    """
    oldest: list[datetime] = []
    for site in sites:
        if not site.enabled:
            continue
        some = _waiting().where(ChannelOrder.site_id == site.id).order_by(ChannelOrder.id)
        since = (
            select(SyncEvent.at)
            .where(SyncEvent.channel_order_id == ChannelOrder.id)
            .order_by(SyncEvent.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        rows = session.execute(
            select(
                ChannelOrder.state, ChannelOrder.read_at, ChannelOrder.next_attempt_at, since
            ).where(ChannelOrder.id.in_(some.limit(LOOKED_AT)))
        )
        for state, read_at, next_attempt_at, event_at in rows:
            if state == State.PENDING:
                oldest.append(event_at or read_at)
            elif state == State.RETRYING and next_attempt_at is not None and next_attempt_at <= now:
                oldest.append(next_attempt_at)
    return min(oldest, default=None)
