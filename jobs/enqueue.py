"""The narrow door through which people's requests become work. No store is called here.

While nobody else works on the queue, a Retry processes what it can at once: that is work on
stored orders, in the database alone. What is left stays pending, and the next pull of the site
takes it up.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

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
