"""Tracking numbers that the store's own courier gives to what was shipped here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, insert, or_, select, text, update
from sqlalchemy.orm import Session

from webapp.models.orders import ChannelOrder, Delivery, SyncEvent

ASK_AGAIN = timedelta(minutes=5)
# Who has no number by then gets none; asking would never end.
GIVEN_UP = timedelta(days=30)
LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Untracked:
    """A delivery that the store knows of, without a tracking number."""

    delivery_id: int
    order_id: int
    remote_id: str


def untracked(session: Session, site_id: int, now: datetime, *, at_most: int) -> list[Untracked]:
    """Deliveries whose number may be asked for now: those never asked for first, then the oldest."""
    asked = Delivery.tracking_asked_at
    query = (
        _without_number(site_id)
        .where(Delivery.shipped_at > now - GIVEN_UP, or_(asked.is_(None), asked <= now - ASK_AGAIN))
        .order_by(asked.is_not(None), asked, Delivery.id)
        .limit(at_most)
    )
    return [_untracked(row) for row in session.execute(query)]


def untracked_of(session: Session, site_id: int, remote_id: str) -> list[Untracked]:
    """The deliveries of one order that wait for a number."""
    query = _without_number(site_id).where(ChannelOrder.remote_id == remote_id)
    return [_untracked(row) for row in session.execute(query)]


def note_tracking(session: Session, each: Untracked, tracking: str, now: datetime) -> bool:
    """What the store said; "" is nothing yet. A number that stands already stays; True: it is new."""
    number = " ".join(tracking.split())[:LONGEST]
    values: dict[str, object] = {"tracking_asked_at": now}
    if number:
        values["tracking"] = number
    found = session.scalar(
        update(Delivery)
        .where(Delivery.id == each.delivery_id, Delivery.tracking == "")
        .values(**values)
        .returning(Delivery.id)
    )
    if found is None or not number:
        return False
    state = session.scalar(select(ChannelOrder.state).where(ChannelOrder.id == each.order_id))
    session.execute(
        insert(SyncEvent).values(
            channel_order_id=each.order_id,
            at=now,
            from_state=state,
            to_state=state,
            message=f"The store's courier gave it the tracking number {number}.",
            attempt=0,
        )
    )
    return True


def _without_number(site_id: int) -> Select[int, int, str]:
    return (
        select(Delivery.id, Delivery.channel_order_id, ChannelOrder.remote_id)
        .join(ChannelOrder, ChannelOrder.id == Delivery.channel_order_id)
        .where(
            ChannelOrder.site_id == site_id,
            Delivery.source == "here",
            # Literally as the partial index says it.
            text("deliveries.told = 'told' AND deliveries.tracking = ''"),
        )
    )


def _untracked(row: Any) -> Untracked:
    return Untracked(delivery_id=row.id, order_id=row.channel_order_id, remote_id=row.remote_id)
