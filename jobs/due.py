"""What is due, read from the database: the schedule has no other home."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from jobs.lanes import lane_of, lane_of_asked, slow_places_left
from jobs.work import Kind, Lane, Work
from platforms import registry
from webapp.backoffice.errors import Code
from webapp.backoffice.sites import asked, notices, subscriptions
from webapp.backoffice.sites.leases import is_held
from webapp.backoffice.states import State
from webapp.models.orders import IS_WAITING, ChannelOrder
from webapp.models.schedule import PushWish
from webapp.models.sites import Site

# Sales close together make one push.
SETTLING = timedelta(seconds=1)
NIGHT_BEGINS = 2
NIGHT_MINUTES = 120
PAYOUTS_EVERY = timedelta(hours=6)
# What may wait does not wait for ever behind pulls.
PATIENCE = timedelta(hours=1)

_COLUMNS = (
    "id", "platform", "enabled", "created_at", "timezone", "stopped_at", "quiet_until",
    "pull_every", "push_every", "next_pull_at", "next_push_at", "push_seen_at", "push_held_at",
    "last_sweep_at", "last_catalogue_at", "last_payouts_at",
    "lease_no", "lease_until", "lease_holder",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteClock:
    """A site as far as its schedule goes."""

    id: int
    platform: str
    enabled: bool
    created_at: datetime
    timezone: str
    stopped_at: datetime | None
    quiet_until: datetime | None
    pull_every: int | None
    push_every: int | None
    next_pull_at: datetime | None
    next_push_at: datetime | None
    push_seen_at: datetime | None
    push_held_at: datetime | None
    last_sweep_at: datetime | None
    last_catalogue_at: datetime | None
    last_payouts_at: datetime | None
    lease_no: int
    lease_until: datetime | None
    lease_holder: str | None

    def runs(self, now: datetime) -> bool:
        """Whether its store may be asked by itself: not paused, stopped, or to be left alone."""
        is_quiet = self.quiet_until is not None and self.quiet_until > now
        return self.enabled and self.stopped_at is None and not is_quiet

    def is_at_work(self, now: datetime) -> bool:
        return is_held(self.lease_until, self.lease_holder, now)


def due_work(session: Session, now: datetime) -> list[Work]:
    """The work that is due and that nobody does, the longest due first; one piece a site.

    Of the slow lane only as much as leaves a worker to the others.
    """
    clocks = site_clocks(session)
    wishes = {site_id: at for site_id, at in session.execute(_WISHES)}
    waiting = set(session.scalars(_waiting_sites(now)))
    unpaid = set(session.scalars(_sites_without_escrow(now)))
    told = {each.site_id: each.since for each in notices.sites_waiting(session, now)}
    requests = asked.due_requests(session, now)
    unlooked = set(subscriptions.due_subscriptions(session, now))
    busy = [each for each in clocks if each.is_at_work(now)]
    found: list[Work] = []
    for clock in clocks:
        if clock in busy:
            continue
        due = due_of_site(
            clock,
            wishes.get(clock.id),
            is_waiting=clock.id in waiting,
            waits_for_escrow=clock.id in unpaid,
            told_at=told.get(clock.id),
            now=now,
        )
        if clock.id in unlooked and clock.runs(now):
            due.setdefault(Kind.SUBSCRIPTION, now)
        request = requests.get(clock.id)
        if request is not None:
            due[Kind.ASKED] = request.due_at
        chosen = _first(due, now)
        if chosen is not None:
            if chosen is Kind.ASKED and request is not None:
                lane = lane_of_asked(session, request, now)
            else:
                lane = lane_of(session, clock.id, chosen, now)
            found.append(_work(clock, chosen, due[chosen], lane))
    found.sort(key=lambda work: work.moment)
    places = slow_places_left(session, (each.id for each in busy), now)
    slow = [work for work in found if work.lane is Lane.SLOW][:places]
    return [work for work in found if work.lane is not Lane.SLOW] + slow


def site_clocks(session: Session) -> list[SiteClock]:
    rows = session.execute(select(*(getattr(Site, name) for name in _COLUMNS)).order_by(Site.id))
    return [SiteClock(**row._mapping) for row in rows]


def due_of_site(
    clock: SiteClock,
    wished_at: datetime | None,
    *,
    is_waiting: bool,
    waits_for_escrow: bool = False,
    told_at: datetime | None = None,
    now: datetime,
) -> dict[Kind, datetime]:
    """What is due of one site, and since when. Pure.

    `wished_at`: the oldest wish for a push. `is_waiting`: stored orders wait to be processed,
    which asks no store and so goes on while the site is stopped. `waits_for_escrow`: some wait
    for what only the store can tell. `told_at`: since when notices of the store wait.
    """
    due: dict[Kind, datetime] = {}
    if is_waiting:
        due[Kind.PROCESS] = now
    pull_at = _next(clock.next_pull_at, clock.pull_every, clock.created_at)
    push_at = _next(clock.next_push_at, clock.push_every, clock.created_at)
    if clock.push_seen_at is None or clock.push_held_at is not None:
        push_at = None
    if not clock.runs(now):
        # A stop that may pass by itself has its next tries after it.
        if clock.enabled and clock.stopped_at is not None:
            tries = ((Kind.PULL, pull_at), (Kind.PUSH, push_at))
            due |= {kind: at for kind, at in tries if at and clock.stopped_at < at <= now}
        return due
    if told_at is not None:
        due[Kind.NOTICES] = told_at
    if waits_for_escrow:
        due[Kind.ESCROWS] = now
    if pull_at is not None and pull_at <= now:
        due[Kind.PULL] = pull_at
    if push_at is not None and push_at <= now:
        due[Kind.PUSH] = push_at
    elif push_at is not None and wished_at is not None and wished_at + SETTLING <= now:
        due[Kind.PUSH] = wished_at
    return due | _in_its_time(clock, now)


def _in_its_time(clock: SiteClock, now: datetime) -> dict[Kind, datetime]:
    """What is done once a night, or a few times a day. A site that never pulls is left alone."""
    if clock.pull_every is None:
        return {}
    due: dict[Kind, datetime] = {}
    night = last_night(clock, now)
    if (clock.last_sweep_at or clock.created_at) < night:
        due[Kind.SWEEP] = night
    if clock.last_catalogue_at is None:
        due[Kind.CATALOGUE] = clock.created_at
    elif clock.last_catalogue_at < night:
        due[Kind.CATALOGUE] = night
    if registry.get(clock.platform).has_payouts:
        asked_at = clock.last_payouts_at or clock.created_at
        if asked_at + PAYOUTS_EVERY <= now:
            due[Kind.PAYOUTS] = asked_at + PAYOUTS_EVERY
    return due


def last_night(clock: SiteClock, now: datetime) -> datetime:
    """The last time that the site's nightly work was due: after two, shop time, spread by site."""
    here = now.astimezone(ZoneInfo(clock.timezone))
    minutes = clock.id * 37 % NIGHT_MINUTES
    begins = here.replace(hour=NIGHT_BEGINS, minute=0, second=0, microsecond=0)
    at = begins + timedelta(minutes=minutes)
    return (at if at <= here else at - timedelta(days=1)).astimezone(now.tzinfo)


def _next(at: datetime | None, every: int | None, since: datetime) -> datetime | None:
    """When a run is due; a cadence that was given later, and never ran, is due from the start."""
    if at is None and every is not None:
        return since
    return at


# What a person asked for and a sale that was told of come before all; a push pulls first, a pull
# asks for escrows and processes.
HASTY = (Kind.ASKED, Kind.NOTICES)
URGENT = (*HASTY, Kind.PUSH, Kind.PULL, Kind.ESCROWS, Kind.PROCESS)
# What reads the orders that were told of as well.
READS_NOTICES = (Kind.PUSH, Kind.PULL)


def _first(due: Mapping[Kind, datetime], now: datetime) -> Kind | None:
    """What a site does first."""
    urgent = _most_urgent(due)
    patient = min(
        (kind for kind in due if kind not in URGENT), key=lambda kind: due[kind], default=None
    )
    if patient is None:
        return urgent
    if urgent is None or due[patient] + PATIENCE <= now:
        return patient
    return urgent


def _most_urgent(due: Mapping[Kind, datetime]) -> Kind | None:
    """A shop that sells all day tells of something all the time: what waits longer goes first."""
    hasty = min((kind for kind in HASTY if kind in due), key=lambda kind: due[kind], default=None)
    if hasty is not None:
        for kind in READS_NOTICES:
            if kind in due and due[kind] <= due[hasty]:
                return kind
    return hasty or next((kind for kind in URGENT if kind in due), None)


def _work(clock: SiteClock, kind: Kind, at: datetime, lane: Lane) -> Work:
    return Work(
        kind=kind,
        site_id=clock.id,
        moment=int(at.timestamp()),
        lease_no=clock.lease_no,
        lane=lane,
    )


_WISHES = select(PushWish.site_id, func.min(PushWish.at)).group_by(PushWish.site_id)


def _waiting_sites(now: datetime) -> Select[int]:
    """Sites with orders that can go on by what is stored of them."""
    may_retry = (
        (ChannelOrder.state == State.RETRYING)
        & (ChannelOrder.next_attempt_at <= now)
        & ChannelOrder.code.is_distinct_from(Code.ESCROW_NOT_READY.value)
    )
    is_ready = (ChannelOrder.state == State.PENDING) | may_retry | ChannelOrder.is_due
    return select(ChannelOrder.site_id).where(IS_WAITING, is_ready).distinct()


def _sites_without_escrow(now: datetime) -> Select[int]:
    """Sites with orders whose escrow the store may have by now."""
    return (
        select(ChannelOrder.site_id)
        .where(
            IS_WAITING,
            ChannelOrder.state == State.RETRYING,
            ChannelOrder.next_attempt_at <= now,
            ChannelOrder.code == Code.ESCROW_NOT_READY.value,
        )
        .distinct()
    )
