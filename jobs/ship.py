"""An order is shipped: recorded here first, then told to the store."""

from dataclasses import dataclass
from datetime import datetime

from jobs.process import process_waiting
from jobs.runtime import Runtime, SiteLease, connect, learned, leased
from platforms.base import Store
from platforms.errors import NotFound, PlatformError, Refused
from webapp.backoffice.orders.shipping import delivery_of, note_told, ship, untold
from webapp.backoffice.orders.tracking import note_tracking, untracked_of
from webapp.database import reading
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipReport:
    """`store_told` False: it was not wanted, or the store refused, or is told with the next push.

    `message` is what the store made of it.
    """

    number: str
    shipped_at: datetime
    store_told: bool
    message: str = ""


def ship_order(
    runtime: Runtime,
    site_id: int,
    order_id: int,
    *,
    carrier: str = "",
    tracking: str = "",
    actor: str | None = None,
) -> ShipReport:
    """Ship an order and tell the store, if the site's Automation says so.

    A store that cannot be reached is told with the next push. CannotShip, LeaseTaken.
    """
    with leased(runtime, site_id) as lease:
        with lease.writing() as session:
            site = session.get_one(Site, site_id)
            delivery_id = ship(
                session,
                site,
                order_id,
                carrier=carrier,
                tracking=tracking,
                actor=actor,
                now=runtime.now(),
            )
        process_waiting(runtime, lease, actor=actor)
        message = ""
        if site.enabled:
            try:
                tell_waiting(runtime, lease)
            except PlatformError as fault:
                message = f"{fault.sentence} It is told with the next push."
    with reading(runtime.engine) as session:
        delivery = delivery_of(session, delivery_id)
        number = session.get_one(ChannelOrder, order_id).number
        return ShipReport(
            number=number,
            shipped_at=delivery.shipped_at,
            store_told=delivery.told == "told",
            message=delivery.told_message or message,
        )


def tell_waiting(runtime: Runtime, lease: SiteLease) -> int:
    """`tell_store` for a caller that has not opened the store. Raises as that, and as connecting."""
    with reading(runtime.engine) as session:
        site = session.get_one(Site, lease.site_id)
    store, _ = learned(runtime, lease, site, connect(runtime, site))
    return tell_store(runtime, lease, store)


def tell_store(runtime: Runtime, lease: SiteLease, store: Store) -> int:
    """Tell the store of every delivery it does not know of; how many it took.

    A refusal is recorded on its delivery and the rest go on. TryAgain, SiteRefused: the rest
    stay waiting.
    """
    with reading(runtime.engine) as session:
        waiting = untold(session, session.get_one(Site, lease.site_id))
    told = 0
    for each in waiting:
        try:
            done = store.tell_shipped(each.shipment)
            message, tracking, was_told = done.sentence, done.tracking, True
        except (Refused, NotFound) as fault:
            said = f" The store said: {fault.said}" if fault.said else ""
            message, tracking, was_told = f"{fault.sentence}{said}", "", False
        with lease.writing() as session:
            note_told(session, each, was_told=was_told, message=message, now=runtime.now())
            for parcel in untracked_of(session, lease.site_id, each.shipment.remote_order_id):
                if tracking:
                    note_tracking(session, parcel, tracking, runtime.now())
        told += was_told
    return told
