"""The narrow door through which people's requests become work. No store is called here.

While nobody else works on the queue, a Retry processes what it can at once: that is work on
stored orders, in the database alone. What is left stays pending, and the next pull of the site
takes it up.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from redis import Redis
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from jobs import broker
from jobs.due import site_clocks
from jobs.handing import HandedOver, hand_over
from jobs.lanes import is_running, lane_of, lane_of_asked, slow_places_left
from jobs.work import Kind, Lane, Work
from platforms import registry
from webapp.backoffice.errors import Code
from webapp.backoffice.orders.processing import process_stored, waiting_orders
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.sites import asked, leases
from webapp.backoffice.sites.asked import AskedKind, Option
from webapp.backoffice.states import State, requeue
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

AT_ONCE = 50
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRequest:
    """What became of a Retry. `states`: outcomes of the orders that were processed at once.

    `waiting` orders are pending and are processed by the next pull of the site.
    """

    requested: int
    states: dict[str, int] = field(default_factory=dict)
    waiting: int = 0


def request_retry(
    engine: Engine, site_id: int, order_ids: Sequence[int], *, actor: str, now: datetime
) -> RetryRequest:
    """Have these orders of one site tried again, whatever their next attempt says.

    They are marked in the database first: what happens afterwards loses none of them. Orders of
    other sites and orders that are synced are left alone.
    """
    with writing(engine) as session:
        wanted = _to_retry(session, site_id, order_ids)
        requeue(session, wanted, now, message=f"Retry was pressed by {actor}.", actor=actor)
    states = _process_some(engine, site_id, wanted, actor=actor, now=now)
    waiting = len(wanted) - sum(states.values())
    return RetryRequest(requested=len(wanted), states=states, waiting=waiting)


def request_processing(
    engine: Engine, site_id: int, order_ids: Sequence[int] = (), *, actor: str, now: datetime
) -> dict[str, int]:
    """Have a site's waiting orders processed, these first; how many came into which state.

    {}: nothing was waiting, or another process works on the site and takes them up itself.
    """
    with reading(engine) as session:
        waiting = waiting_orders(session, site_id, now, AT_ONCE)
    first = list(order_ids)
    wanted = first + [order_id for order_id in waiting if order_id not in set(first)]
    return _process_some(engine, site_id, wanted, actor=actor, now=now)


def _to_retry(session: Session, site_id: int, order_ids: Sequence[int]) -> list[int]:
    found: list[int] = []
    for start in range(0, len(order_ids), CHUNK):
        query = select(ChannelOrder.id).where(
            ChannelOrder.id.in_(order_ids[start : start + CHUNK]),
            ChannelOrder.site_id == site_id,
            ChannelOrder.state != State.SYNCED,
        )
        found.extend(session.scalars(query.order_by(ChannelOrder.id)))
    return found


def _process_some(
    engine: Engine, site_id: int, order_ids: Sequence[int], *, actor: str, now: datetime
) -> dict[str, int]:
    """Process the first of them under the site's lease; {} while another process holds it.

    Those that wait for what only the store can tell stay as they are: the next pull asks it.
    """
    with reading(engine) as session:
        asks_store = _waiting_for_store(session, order_ids)
    order_ids = [order_id for order_id in order_ids if order_id not in asks_store]
    if not order_ids:
        return {}
    try:
        with writing(engine) as session:
            lease = leases.claim(session, site_id, now)
    except leases.LeaseTaken:
        return {}
    try:
        with writing(engine) as session:
            leases.renew(session, site_id, lease, now)
            site = session.get_one(Site, site_id)
            scene = set_scene(session, site, registry.get(site.platform), now, actor=actor)
            done = process_stored(session, scene, order_ids[:AT_ONCE])
            return dict(Counter(str(each.state) for each in done))
    except leases.LeaseLost:
        return {}
    finally:
        with writing(engine) as session:
            leases.release(session, site_id, lease)


def _waiting_for_store(session: Session, order_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(order_ids), CHUNK):
        query = select(ChannelOrder.id).where(
            ChannelOrder.id.in_(order_ids[start : start + CHUNK]),
            ChannelOrder.code == Code.ESCROW_NOT_READY.value,
        )
        found.update(session.scalars(query))
    return found


# --- to the workers -----------------------------------------------------------------------------


def request_pull(
    engine: Engine,
    connection: Redis,
    site_id: int,
    *,
    now: datetime,
    actor: str | None = None,
    **chosen: str | None,
) -> HandedOver:
    """Have the workers pull a site. `chosen`: `order`, or `since` and `until` as ISO instants.

    It stands in the database first, so that it happens even when the queue is emptied: a pull of
    all that changed is marked due, any other request is kept until it is done.
    `broker.AWAY`: the queue's server cannot be reached; what was asked for is kept.
    """
    given: dict[str, Option] = {name: value for name, value in chosen.items() if value}
    if given:
        return _ask(engine, connection, site_id, AskedKind.PULL, given, actor, now)
    with writing(engine) as session:
        site = session.get_one(Site, site_id)
        session.execute(update(Site).where(Site.id == site_id).values(next_pull_at=now))
        work = Work(
            kind=Kind.PULL,
            site_id=site_id,
            moment=int(now.timestamp()),
            lease_no=site.lease_no,
            lane=lane_of(session, site_id, Kind.PULL, now),
            is_asked=True,
        )
        if is_running(session, site, Kind.PULL, now):
            return HandedOver(job=work.job_id, is_enqueued=False)
    return hand_over(connection, work, now)


def request_push(
    engine: Engine,
    connection: Redis,
    site_id: int,
    *,
    now: datetime,
    actor: str | None = None,
    sends_all: bool = False,
) -> HandedOver:
    """Have the workers push a site, as a person's push: nothing holds it back. Else as above."""
    given: dict[str, Option] = {"sends_all": True} if sends_all else {}
    return _ask(engine, connection, site_id, AskedKind.PUSH, given, actor, now)


def request_dry_run(
    engine: Engine, connection: Redis, site_id: int, *, now: datetime, actor: str | None = None
) -> HandedOver:
    """Have the workers do the dry run of a push; what it finds is kept for people to look at.

    `webapp.backoffice.goods.push_previews.read_preview` reads it. Nothing is sent, and the site's
    first push waits on.
    """
    return _ask(engine, connection, site_id, AskedKind.DRY_RUN, {}, actor, now)


def request_catalogue(
    engine: Engine, connection: Redis, site_id: int, *, now: datetime, actor: str | None = None
) -> HandedOver:
    """Have the workers read a site's catalogue."""
    return _ask(engine, connection, site_id, AskedKind.CATALOGUE, {}, actor, now)


def request_telling(
    engine: Engine, connection: Redis, site_id: int, *, now: datetime, actor: str | None = None
) -> HandedOver:
    """Have the workers tell a site's store of every delivery that waits to be told."""
    return _ask(engine, connection, site_id, AskedKind.TELL, {}, actor, now)


def request_retries(
    engine: Engine,
    connection: Redis,
    site_id: int,
    *,
    now: datetime,
    actor: str | None = None,
    **chosen: str | None,
) -> HandedOver:
    """Have the workers retry orders: `order`, `code`, `state` choose, none of them all that wait."""
    given: dict[str, Option] = {name: value for name, value in chosen.items() if value}
    return _ask(engine, connection, site_id, AskedKind.RETRY, given, actor, now)


def _ask(
    engine: Engine,
    connection: Redis,
    site_id: int,
    kind: AskedKind,
    given: dict[str, Option],
    actor: str | None,
    now: datetime,
) -> HandedOver:
    """Keep the request, and tell the workers. One job does all that was asked of a site."""
    with writing(engine) as session:
        is_new = asked.ask(session, site_id, kind, given, actor=actor, now=now)
        site = session.get_one(Site, site_id)
        first = asked.due_requests(session, now)[site_id]
        work = Work(
            kind=Kind.ASKED,
            site_id=site_id,
            moment=int(first.due_at.timestamp()),
            lease_no=site.lease_no,
            lane=lane_of_asked(session, first, now),
        )
        busy = [each.id for each in site_clocks(session) if each.is_at_work(now)]
        places = slow_places_left(session, busy, now)
    if work.lane is Lane.SLOW and places <= broker.lane(connection, Lane.SLOW).count:
        # The heartbeat hands it over when its turn comes, and leaves a worker to the others.
        return HandedOver(job=work.job_id, is_enqueued=is_new)
    done = hand_over(connection, work, now)
    return HandedOver(job=done.job, is_enqueued=is_new)
