"""Goods leave: a delivery is recorded here, and the store hears of it when the site says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from platforms.base import Shipment
from webapp.backoffice.orders.parcels import Goods, goods_of, in_words, part_of
from webapp.backoffice.people.audit import record_change
from webapp.backoffice.sites.settings import read_automation
from webapp.backoffice.states import requeue
from webapp.models.orders import ChannelOrder, Delivery, DeliveryLine, RetailOrder, SyncEvent
from webapp.models.sites import Site


class CannotShip(Exception):
    """The order cannot be shipped; the message says why, `next_step` what to do."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.next_step = next_step


@dataclass(frozen=True, slots=True)
class Untold:
    """A delivery that the store does not know of yet."""

    delivery_id: int
    order_id: int
    number: str
    shipment: Shipment


def ship(
    session: Session,
    site: Site,
    order_id: int,
    *,
    carrier: str,
    tracking: str,
    actor: str | None,
    now: datetime,
    pieces: Mapping[str, int] | None = None,
) -> int:
    """Record that goods of an order left, and have the order processed; the delivery's id.

    `pieces`: how many of each of the store's lines; None: all that is left. The same carrier
    and tracking again is the same delivery, once everything has left. An order blocked for
    money's sake ships like any other. CannotShip: no such goods, more than is left, on hold,
    cancelled, or shipped.
    """
    order = session.execute(
        select(ChannelOrder.number, ChannelOrder.state, RetailOrder.status, RetailOrder.hold_reason)
        .outerjoin(RetailOrder, RetailOrder.channel_order_id == ChannelOrder.id)
        .where(ChannelOrder.id == order_id)
        .with_for_update(of=ChannelOrder)
    ).one()
    known = session.execute(
        select(
            Delivery.id,
            Delivery.number,
            Delivery.is_last,
            Delivery.source,
            Delivery.carrier,
            Delivery.tracking,
            Delivery.tracking_asked_at,
        )
        .where(Delivery.channel_order_id == order_id)
        .order_by(Delivery.number.desc())
    ).first()
    has_left = known is not None and known.is_last
    if known is not None and has_left and known.source == "here":
        # A number that the store's courier gave was never typed in here.
        is_given = known.tracking_asked_at is not None and not tracking
        is_same = known.carrier == carrier and (known.tracking == tracking or is_given)
        if is_same and pieces is None:
            return int(known.id)
        raise CannotShip(f"Order {order.number} was shipped already.", "See its Delivery tab.")
    _refuse(order.number, order.status, order.hold_reason, has_left=has_left)
    goods = goods_of(session, order_id)
    leaving = _leaving(order.number, goods, pieces)
    is_last = all(each.left <= leaving.get(each.remote_line_id, 0) for each in goods)
    wants_telling = read_automation(site.automation).on_shipped_set_status is not None
    delivery_id = session.scalar(
        insert(Delivery)
        .values(
            channel_order_id=order_id,
            number=1 if known is None else known.number + 1,
            is_last=is_last,
            source="here",
            carrier=carrier,
            tracking=tracking,
            shipped_at=now,
            actor=actor,
            told="waiting" if wants_telling else "not_wanted",
        )
        .returning(Delivery.id)
    )
    rows = [
        {"delivery_id": delivery_id, "remote_line_id": line, "quantity": quantity}
        for line, quantity in leaving.items()
    ]
    if rows:
        session.execute(insert(DeliveryLine), rows)
    said = "Shipped." if is_last else f"Shipped in part: {in_words(goods, leaving)}."
    requeue(session, [order_id], now, message=said, actor=actor)
    record_change(
        session,
        now=now,
        actor=actor,
        action="ship",
        subject="channel_order",
        subject_id=order_id,
        label=order.number,
        after={"goods": in_words(goods, leaving), "carrier": carrier, "tracking": tracking},
    )
    return int(delivery_id or 0)


def _leaving(
    number: str, goods: tuple[Goods, ...], pieces: Mapping[str, int] | None
) -> dict[str, int]:
    """How many of which line leave now. CannotShip: none, or more than are left."""
    left = {each.remote_line_id: each.left for each in goods if each.left > 0}
    if pieces is None:
        return left
    leaving = {line: quantity for line, quantity in pieces.items() if quantity}
    if not leaving:
        raise CannotShip("No piece was chosen, so nothing was shipped.", "Say how many leave.")
    for line, quantity in leaving.items():
        if quantity < 0 or quantity > left.get(line, 0):
            raise CannotShip(
                f"Of this line of order {number} {left.get(line, 0)} can still leave, "
                f"not {quantity}.",
                "Say how many leave.",
            )
    return leaving


def _refuse(number: str, status: str | None, hold_reason: str | None, *, has_left: bool) -> None:
    if status is None:
        raise CannotShip(
            f"Order {number} was not taken in, so there is nothing to ship.",
            "Pull it by its number, or change which statuses the site takes in.",
        )
    if status == "hold":
        raise CannotShip(
            f"Order {number} is on hold: {hold_reason}", "Release it on the order's page first."
        )
    if status == "cancelled":
        raise CannotShip(f"Order {number} was cancelled in the store.", "Nothing is to be shipped.")
    if status == "complete" and not has_left:
        raise CannotShip(f"Order {number} was refunded whole.", "Nothing is to be shipped.")
    if has_left:
        raise CannotShip(
            f"The store says that order {number} was shipped.", "See its Delivery tab."
        )


def untold(session: Session, site: Site) -> list[Untold]:
    """The site's deliveries that wait to be told to the store, oldest first."""
    automation = read_automation(site.automation)
    rows = session.execute(
        select(
            Delivery.id,
            Delivery.channel_order_id,
            Delivery.carrier,
            Delivery.tracking,
            Delivery.shipped_at,
            ChannelOrder.remote_id,
            ChannelOrder.number,
            Delivery.is_last,
        )
        .join(ChannelOrder, ChannelOrder.id == Delivery.channel_order_id)
        .where(ChannelOrder.site_id == site.id, Delivery.told == "waiting")
        .order_by(Delivery.id)
    )
    return [
        Untold(
            delivery_id=row.id,
            order_id=row.channel_order_id,
            number=row.number,
            shipment=Shipment(
                remote_order_id=row.remote_id,
                # Only the parcel that brings the rest makes the order shipped in the store.
                set_status=automation.on_shipped_set_status if row.is_last else None,
                part="" if row.is_last else part_of(session, row.channel_order_id, row.id),
                carrier=row.carrier,
                tracking=row.tracking,
                shipped_at=row.shipped_at,
                handover=automation.handover or "",
            ),
        )
        for row in rows
    ]


def note_told(
    session: Session, each: Untold, *, was_told: bool, message: str, now: datetime
) -> None:
    """What the store answered, on the delivery and in the order's timeline."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == each.delivery_id)
        .values(
            told="told" if was_told else "refused",
            told_at=now if was_told else None,
            told_message=message,
        )
    )
    state = select(ChannelOrder.state).where(ChannelOrder.id == each.order_id)
    present = session.scalar(state)
    session.execute(
        insert(SyncEvent).values(
            channel_order_id=each.order_id,
            at=now,
            from_state=present,
            to_state=present,
            code=None if was_told else "store_refused",
            message=message,
            attempt=0,
        )
    )


def delivery_of(session: Session, delivery_id: int) -> Delivery:
    return session.get_one(Delivery, delivery_id)


def release(session: Session, order_id: int, *, actor: str, now: datetime) -> None:
    """Let a held order go. ValueError: it is not on hold."""
    released = session.scalar(
        update(RetailOrder)
        .where(RetailOrder.channel_order_id == order_id, RetailOrder.status == "hold")
        .values(released_by=actor)
        .returning(func.coalesce(RetailOrder.channel_order_id, 0))
    )
    if released is None:
        raise ValueError("this order is not on hold")
    requeue(session, [order_id], now, message="Released.", actor=actor)
