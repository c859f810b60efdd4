"""What of an order's goods has left, in which parcel, and what is still to be shipped."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models.orders import Delivery, DeliveryLine, RetailOrderLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A line of goods as it is packed. `left`: pieces that no parcel from here has taken yet."""

    remote_line_id: str
    name: str
    quantity: int
    left: int


def goods_of(session: Session, order_id: int) -> tuple[Goods, ...]:
    """The lines of a retail order with what is still to be shipped of each; () before it is one.

    A parcel without lines took everything.
    """
    lines = session.scalars(
        select(RetailOrderLine)
        .where(RetailOrderLine.channel_order_id == order_id)
        .order_by(RetailOrderLine.position, RetailOrderLine.id)
    ).all()
    gone = dict(
        session.execute(
            select(DeliveryLine.remote_line_id, func.sum(DeliveryLine.quantity))
            .join(Delivery, Delivery.id == DeliveryLine.delivery_id)
            .where(Delivery.channel_order_id == order_id)
            .group_by(DeliveryLine.remote_line_id)
        ).all()
    )
    is_whole = session.scalar(
        select(Delivery.id).where(Delivery.channel_order_id == order_id, Delivery.is_last).limit(1)
    )
    return tuple(
        Goods(
            remote_line_id=line.remote_line_id,
            name=line.name,
            quantity=line.quantity,
            left=0
            if is_whole is not None
            else max(line.quantity - int(gone.get(line.remote_line_id, 0)), 0),
        )
        for line in lines
    )


def parcels_of(session: Session, order_id: int) -> dict[int, dict[str, int]]:
    """Pieces by the store's line of each delivery, by its id; one that took all is not in it."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for line in session.scalars(
        select(DeliveryLine)
        .join(Delivery, Delivery.id == DeliveryLine.delivery_id)
        .where(Delivery.channel_order_id == order_id)
    ):
        found[line.delivery_id][line.remote_line_id] = line.quantity
    return found


def part_of(session: Session, order_id: int, delivery_id: int) -> str:
    """What one parcel holds, in words."""
    goods = goods_of(session, order_id)
    return in_words(goods, parcels_of(session, order_id).get(delivery_id, {}))


def in_words(goods: Sequence[Goods], pieces: Mapping[str, int]) -> str:
    """2 × Batik mug, 1 × Tray."""
    return ", ".join(
        f"{pieces[each.remote_line_id]} × {each.name}"
        for each in goods
        if pieces.get(each.remote_line_id)
    )
