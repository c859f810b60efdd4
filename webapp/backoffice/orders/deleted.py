"""Orders that the store no longer has, and what a person decides about them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.backoffice.states import State, requeue
from webapp.models.orders import ChannelOrder

CHOICES = ("reverse", "keep")


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


def decide_deleted(
    session: Session, order_id: int, choice: str, *, actor: str | None, now: datetime
) -> None:
    """A person's choice on an order deleted in the store: `reverse` as cancelled, or `keep`.

    ValueError: another choice, or an order that is not blocked for being deleted.
    """
    if choice not in CHOICES:
        raise ValueError(f"choose reverse or keep, not {choice!r}")
    row = session.execute(
        select(ChannelOrder.state, ChannelOrder.code).where(ChannelOrder.id == order_id)
    ).one()
    if row.state != State.BLOCKED or row.code != "order_deleted":
        raise ValueError("this order is not waiting for that decision")
    session.execute(
        update(ChannelOrder).where(ChannelOrder.id == order_id).values(deletion_choice=choice)
    )
    words = {"reverse": "Reverse it as cancelled.", "keep": "Keep it as it stands."}
    requeue(session, [order_id], now, message=words[choice], actor=actor)
