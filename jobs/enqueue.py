"""The narrow door through which people's requests become work. No store is called here.

While nobody else works on the queue, a Retry processes what it can at once: that is work on
stored orders, in the database alone. What is left stays pending, and the next pull of the site
takes it up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from redis import Redis
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from jobs.handing import HandedOver, hand_over
from jobs.lanes import is_running, lane_of
from jobs.work import Kind, Option, Work
from platforms import registry
from webapp.backoffice.errors import Code
from webapp.backoffice.orders.processing import process_stored, waiting_orders
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.sites import leases
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
    engine: Engine, connection: Redis, site_id: int, *, now: datetime, **chosen: str | None
) -> HandedOver:
    """Have the workers pull a site. `chosen`: `order`, or `since` and `until` as ISO instants.

    A pull of all that changed is marked due in the database first, so that it happens even when
    the queue is emptied. `broker.AWAY`: the queue's server cannot be reached.
    """
    given = {name: value for name, value in chosen.items() if value}
    return _request(engine, connection, site_id, Kind.PULL, given, now)


def request_push(
    engine: Engine, connection: Redis, site_id: int, *, now: datetime, sends_all: bool = False
) -> HandedOver:
    """Have the workers push a site, as a person's push: nothing holds it back. Else as above."""
    given: dict[str, Option] = {"sends_all": True} if sends_all else {}
    return _request(engine, connection, site_id, Kind.PUSH, given, now)


def request_catalogue(
    engine: Engine, connection: Redis, site_id: int, *, now: datetime
) -> HandedOver:
    """Have the workers read a site's catalogue."""
    return _request(engine, connection, site_id, Kind.CATALOGUE, {}, now)


def request_retries(
    engine: Engine, connection: Redis, site_id: int, *, now: datetime, **chosen: str | None
) -> HandedOver:
    """Have the workers retry orders: `order`, `code`, `state` choose, none of them all that wait."""
    given = {name: value for name, value in chosen.items() if value}
    return _request(engine, connection, site_id, Kind.RETRY, given, now)


def _request(
    engine: Engine,
    connection: Redis,
    site_id: int,
    kind: Kind,
    given: Mapping[str, Option],
    now: datetime,
) -> HandedOver:
    with writing(engine) as session:
        site = session.get_one(Site, site_id)
        if not given and kind in _MARKS:
            session.execute(
                update(Site).where(Site.id == site_id).values({_MARKS[kind]: _mark(kind, now)})
            )
        work = Work(
            kind=kind,
            site_id=site_id,
            moment=int(now.timestamp()),
            lease_no=site.lease_no,
            lane=lane_of(session, site_id, kind, now),
            options={"is_asked": True, **given},
        )
        if not given and is_running(session, site, kind, now):
            return HandedOver(job=work.job_id, is_enqueued=False)
    return hand_over(connection, work, now)


_MARKS = {
    Kind.PULL: "next_pull_at",
    Kind.PUSH: "next_push_at",
    Kind.CATALOGUE: "last_catalogue_at",
}


def _mark(kind: Kind, now: datetime) -> datetime | None:
    return None if kind is Kind.CATALOGUE else now
