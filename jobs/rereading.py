"""Orders that are here, read from the store once more, whatever their dates say."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from platforms.base import FetchedOrder, Store
from webapp.backoffice.errors import Code
from webapp.backoffice.states import State
from webapp.models.orders import IS_WAITING, ChannelOrder

SCREENFUL = 50


def whole_orders(store: Store, remote_ids: Sequence[str]) -> tuple[FetchedOrder, ...]:
    """These orders as the store has them now, with their details; absent ones are left out.

    A screenful at most.
    """
    orders = store.orders_by_id(remote_ids)
    detailed = {
        each.remote_id: each
        for each in store.with_details([each for each in orders if each.has_details])
    }
    return tuple(detailed.get(each.remote_id, each) for each in orders)


def waiting_for_escrow(session: Session, site_id: int, now: datetime) -> list[str]:
    """The store's ids of orders that wait for their escrow and are to be tried now.

    What is stored of them tells nothing new: only the store can.
    """
    is_ready = or_(
        ChannelOrder.state == State.PENDING,
        and_(ChannelOrder.state == State.RETRYING, ChannelOrder.next_attempt_at <= now),
        ChannelOrder.is_due,
    )
    return list(
        session.scalars(
            select(ChannelOrder.remote_id)
            .where(
                ChannelOrder.site_id == site_id,
                IS_WAITING,
                is_ready,
                ChannelOrder.code == Code.ESCROW_NOT_READY.value,
            )
            .order_by(ChannelOrder.id)
        )
    )
