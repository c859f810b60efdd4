"""Orders that the store no longer has; what becomes of them is decided in `decisions`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.backoffice.states import requeue
from webapp.models.orders import ChannelOrder


def mark_gone(session: Session, site_id: int, number: str, now: datetime) -> bool:
    """Note that the store does not have this order any more; False: nor do we."""
    ids = session.scalars(
        select(ChannelOrder.id).where(
            ChannelOrder.site_id == site_id, ChannelOrder.number == number
        )
    ).all()
    mark_ids_gone(session, ids, now)
    return bool(ids)


def mark_ids_gone(session: Session, order_ids: Sequence[int], now: datetime) -> int:
    """Note it for these orders, and have them processed again. How many were news."""
    news = session.scalars(
        select(ChannelOrder.id).where(
            ChannelOrder.id.in_(order_ids), ChannelOrder.gone_at.is_(None)
        )
    ).all()
    session.execute(update(ChannelOrder).where(ChannelOrder.id.in_(news)).values(gone_at=now))
    return requeue(session, news, now, message="The store no longer has this order.")
